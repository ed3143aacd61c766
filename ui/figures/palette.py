"""Colours, numbers and escaping that every figure shares.

Orange speaks for a class, purple against it, and zero has no colour at all. The two
colours (ColorBrewer's PuOr ends) stay apart for all common kinds of colour blindness;
still every figure repeats the sign in a mark that needs no colour.
"""

import re
from collections.abc import Iterable

FONT = '"Source Sans", "Source Sans Pro", "Segoe UI", Roboto, Helvetica, Arial, sans-serif'

POSITIVE = "#E66101"
NEGATIVE = "#5E3C99"

LEAST_SCALE = 0.02  # two percentage points

Rgb = tuple[int, int, int]

# Behind light text the official purple is too dark to be told from the page.
_TINTS: dict[tuple[bool, bool], Rgb] = {
    (False, True): (230, 97, 1),
    (False, False): (94, 60, 153),
    (True, True): (230, 97, 1),
    (True, False): (137, 108, 214),
}
# Above these the text on the tint falls below a contrast of 4.5 to 1.
_STRONGEST: dict[tuple[bool, bool], float] = {
    (False, True): 0.66,
    (False, False): 0.52,
    (True, True): 0.66,
    (True, False): 0.68,
}
_FAINTEST = 0.10


def background(dark: bool) -> Rgb:
    """The page's background, as in `.streamlit/config.toml`."""
    return (20, 23, 26) if dark else (255, 255, 255)


def page_colour(dark: bool) -> str:
    """The page's background, for Plotly."""
    return "rgb({},{},{})".format(*background(dark))


def text_colour(dark: bool) -> str:
    """Colour of running text, as in `.streamlit/config.toml`."""
    return "#E8EAED" if dark else "#1F2328"


def quiet_colour(dark: bool) -> str:
    """Colour of what is there but not meant to be looked at first (contrast above 4.5)."""
    return "#A2A9B1" if dark else "#646B74"


def line_colour(dark: bool) -> str:
    """Colour of zero lines and other thin rules (contrast above 3)."""
    return "rgba(232,234,237,0.4)" if dark else "rgba(31,35,40,0.5)"


def wrong_colours(dark: bool) -> tuple[str, str, str]:
    """Text, background and edge of a badge that says what is wrong (contrast above 4.5)."""
    return ("#FDA29B", "#3A1A17", "#7A271A") if dark else ("#B42318", "#FEF3F2", "#FECDCA")


def caution_colours(dark: bool) -> tuple[str, str, str]:
    """The same of a chip that says what to be careful about."""
    return ("#FEC84B", "#2E2410", "#7A5B1E") if dark else ("#93370D", "#FFFAEB", "#FEDF89")


def quiet_colours(dark: bool) -> tuple[str, str, str]:
    """The same where nothing has to be looked at first."""
    return (quiet_colour(dark), "#1F2428", "#3A4148") if dark else ("#5B626B", "#F3F4F6", "#D5D9DE")


FRAME = "#868D95"  # around pictures, which may be as white or as dark as the page


def mark_colour(positive: bool, dark: bool) -> str:
    """Solid colour of a bar or line that shows a sign."""
    if dark:
        return "#F1853C" if positive else "#A78BE6"
    return POSITIVE if positive else NEGATIVE


def colour_scale(weights: Iterable[float]) -> float:
    """The weight with the strongest colour and the longest bar, in units of the answer.

    The largest one, but never less than `LEAST_SCALE`: what hardly counts stays pale.
    """
    return max(LEAST_SCALE, *(abs(weight) for weight in weights), 0.0)


def signed_colour(value: float, scale: float, dark: bool) -> str:
    """Tint behind a word: hue is the sign, strength is ``|value| / scale``.

    Parameters
    ----------
    value : float
        Signed weight. Zero and not-a-number give a transparent tint.
    scale : float
        Weight that gets the strongest tint; one number for everything that is compared.
    dark : bool
        Whether the text on the tint is light.

    Returns
    -------
    str
        ``rgba(r,g,b,a)``.
    """
    if not value or value != value:
        return "rgba(0,0,0,0)"
    kind = (dark, value > 0)
    share = min(1.0, abs(value) / scale) if scale > 0 else 1.0
    alpha = _FAINTEST + (_STRONGEST[kind] - _FAINTEST) * share
    red, green, blue = _TINTS[kind]
    return f"rgba({red},{green},{blue},{alpha:.3f})"


def signed(value: float, digits: int = 2) -> str:
    """``+0.12``, ``−0.12``, and ``0`` for exactly zero; tiny values get the digits they need."""
    if value == 0 or value != value:
        return "0" if value == 0 else "?"
    sign = "+" if value > 0 else "\N{MINUS SIGN}"
    if abs(value) < 0.5 * 10.0**-digits:
        return f"{sign}{abs(value):.1g}"
    return f"{sign}{abs(value):.{digits}f}"


def percent(value: float) -> str:
    """A probability in whole percent, honest at the ends: ``<1%`` and ``>99%``."""
    if 0 < value < 0.005:
        return "<1%"
    if 0.995 < value < 1:
        return ">99%"
    return f"{100 * value:.0f}%"


def counted(n: float, noun: str, nouns: str = "") -> str:
    """A number of things: "1 row", "5,000 rows", "2 boxes"; `nouns` where no s makes it many."""
    return f"{n:,.0f} {noun if n == 1 else nouns or noun + 's'}"


_INVISIBLE = re.compile(
    "[\u0080-\u009f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]"
)


def printable(text: str) -> str:
    """Text that draws as one harmless run: control characters visible, no direction tricks.

    Control characters become their pictures (``␀``), lone surrogates ``\N{REPLACEMENT CHARACTER}``
    (they cannot be sent to a browser), and marks that turn the writing direction are dropped.
    """
    shown = "".join(
        chr(0x2400 + ord(c)) if c < " " else "\u2421" if c == "\x7f" else c for c in text
    )
    shown = _INVISIBLE.sub("", shown)
    return re.sub("[\ud800-\udfff]", "\N{REPLACEMENT CHARACTER}", shown)


_SPECIAL = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "#": "&#35;", "$": "&#36;", "%": "&#37;"}


def escape(label: str) -> str:
    """Text from people, files or models, made safe for a Plotly label.

    Plotly reads a subset of HTML and entities, ``%{...}`` in templates and ``$...$`` as
    mathematics; Streamlit swaps its theme's colours for ``#000001`` and the like anywhere in a
    figure. All of these are shown as typed.
    """
    return "".join(_SPECIAL.get(c, c) for c in printable(label))


def shorten(label: str, longest: int) -> str:
    """Cut in the middle, so that both the start and the ending can be read."""
    if len(label) <= longest:
        return label
    keep = max(2, longest - 1)
    return f"{label[: (keep + 1) // 2]}…{label[len(label) - keep // 2 :]}"


def label_width(label: str, font_px: float) -> float:
    """A careful (slightly too wide) guess of a label's width in pixels in the body font."""
    ems = 0.0
    for c in label:
        if c in "iljtfrI.,:;'|!()[] -":
            ems += 0.34
        elif c in "mwMW@%":
            ems += 0.88
        elif c < "\u0100":
            ems += 0.64 if c.isupper() else 0.54
        else:
            ems += 1.0 if c > "\u1100" else 0.62
    return ems * font_px


def fit_label(label: str, font_px: float, longest_px: float) -> str:
    """`label`, shortened in the middle until `label_width` is at most `longest_px`."""
    label = " ".join(printable(label.replace("\n", " ").replace("\t", " ")).split()) or "(empty)"
    longest = len(label)
    shown = label
    while label_width(shown, font_px) > longest_px and longest > 3:
        longest -= 1
        shown = shorten(label, longest)
    return shown
