"""How wide letters are in the app's own typeface, read from the file that the browser gets.

Browsers do not tell Python how wide a word is. Streamlit serves the typeface of its pages, Source
Sans, and Pillow reads its metrics, kerning included. What the typeface lacks the browser takes
from another one, of which only a guess is known.
"""

import unicodedata
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

GUESS = 0.6  # em, of a letter that the typeface does not have
EMOJI = 1.3  # fonts differ: Segoe 1.37, Noto 1.25, Apple 1.0
_FILES = "static/static/media/SourceSansVF-Upright*.woff2"
_REGULAR = 400
_UNITS, _SMALL = 1000, 24  # pixels an em: to measure, and to see whether there is a letter
_NO_LETTER = "\U0010ffff"
_NO_MARK = f"\N{DOTTED CIRCLE}{_NO_LETTER}"  # a mark alone is laid out as if on such a circle


@lru_cache(maxsize=2)
def _typeface(px: int) -> "FreeTypeFont | None":
    """The typeface in its regular weight; None where Streamlit or Pillow is another one."""
    from PIL import ImageFont

    spec = find_spec("streamlit")
    folder = Path(spec.origin).parent if spec is not None and spec.origin else Path()
    for file in sorted(folder.glob(_FILES)):
        try:
            font = ImageFont.truetype(str(file), px)
            font.set_variation_by_axes([_REGULAR])
        except (OSError, NotImplementedError):
            continue
        return font
    return None


@lru_cache(maxsize=4096)
def has(letter: str) -> bool:
    """Whether the typeface has this character."""
    font = _typeface(_SMALL)
    if font is None:
        return False
    if not letter.isprintable() or letter.isspace():
        return letter == " "
    drawn = bytes(font.getmask(letter))
    return all(drawn != bytes(font.getmask(lacking)) for lacking in (_NO_LETTER, _NO_MARK))


@lru_cache(maxsize=16384)
def advance(grapheme: str, after: str = "") -> float:
    """Width in em of what a reader takes for one letter, with the kerning `after` another."""
    font = _typeface(_UNITS)
    if font is None or not all(map(has, grapheme)):
        return guessed(grapheme)
    own = font.getlength(grapheme)
    if after and all(map(has, after)):
        own = font.getlength(after + grapheme) - font.getlength(after)
    return max(own, 0.0) / _UNITS


def guessed(grapheme: str) -> float:
    """Width in em of a letter from another typeface: East Asian ones 1, marks on a letter none."""
    if "\ufe0f" in grapheme or 0x1F000 <= ord(grapheme[0]) <= 0x1FAFF:
        return EMOJI
    return sum(
        1.0 if unicodedata.east_asian_width(c) in "WF" else GUESS
        for c in grapheme
        if unicodedata.category(c) not in ("Mn", "Me", "Cf")
    )


def is_wide(grapheme: str) -> bool:
    """Whether it is as wide as an East Asian letter or an emoji, beside which a line may break."""
    return bool(grapheme) and not all(map(has, grapheme)) and guessed(grapheme) >= 1
