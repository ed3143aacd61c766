"""Colours that can be read and told apart (WCAG 2.2, 1.4.3 and 1.4.11); numbers in words."""

import re
import tomllib
from pathlib import Path

import pytest

from tests.ui.conftest import misplaced
from ui.compare.figures import answer_matrix
from ui.explain.figures import image
from ui.figures import palette
from ui.figures.layout import bare_layout
from ui.figures.linked import LIT_SHARE, badge
from ui.figures.parts import shade
from ui.figures.weights import whisker

Rgb = tuple[float, ...]
THEME = tomllib.loads((Path(__file__).parents[3] / ".streamlit/config.toml").read_text())["theme"]
TEXT, GRAPHICS = 4.5, 3.0
WHITE, BLACK = (255.0, 255.0, 255.0), (0.0, 0.0, 0.0)


def rgb(colour: str, behind: Rgb = WHITE) -> Rgb:
    """``#rrggbb``, ``rgb()`` or ``rgba()`` as it looks on what is behind it."""
    if colour.startswith("#"):
        return tuple(int(colour[i : i + 2], 16) for i in (1, 3, 5))
    *own, alpha = [*map(float, re.findall(r"[\d.]+", colour)), 1.0][:4]
    return tuple(alpha * c + (1 - alpha) * b for c, b in zip(own, behind, strict=True))


def luminance(colour: Rgb) -> float:
    shares = [c / 255 for c in colour]
    linear = [s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: Rgb, other: Rgb) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast(BLACK, WHITE) == pytest.approx(21)
    assert contrast(rgb("#767676"), WHITE) == pytest.approx(4.54, abs=0.01)  # its own example
    assert rgb("rgba(0,0,0,0.5)") == pytest.approx((127.5,) * 3)


@pytest.mark.parametrize("dark", [False, True])
def test_text_can_be_read(dark: bool) -> None:
    page = tuple(map(float, palette.background(dark)))
    theme = THEME["dark" if dark else "light"]
    text, quiet = rgb(palette.text_colour(dark)), rgb(palette.quiet_colour(dark))
    fields = [page, rgb(shade(dark), page), rgb(theme["secondaryBackgroundColor"])]
    fields += [rgb(palette.signed_colour(sign, 1.0, dark), page) for sign in (1.0, -1.0)]
    fields += [rgb(answer_matrix._tint(1.0, dark), page)]
    assert rgb(theme["backgroundColor"]) == page
    assert rgb(theme["textColor"]) == text
    assert min(contrast(text, field) for field in fields) >= TEXT
    assert contrast(quiet, page) >= TEXT
    assert contrast(rgb(theme["linkColor"]), page) >= TEXT
    for colours in (palette.wrong_colours, palette.caution_colours, palette.quiet_colours):
        ink, ground, _ = colours(dark)
        assert contrast(rgb(ink), rgb(ground)) >= TEXT
        assert contrast(rgb(ink), page) >= TEXT  # a chip that a theme has drawn without its ground
    assert contrast(WHITE, rgb(theme["primaryColor"])) >= TEXT  # on buttons


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("on_picture", [False, True])
@pytest.mark.parametrize("off", [False, True])
@pytest.mark.parametrize("weight", [-0.1, 0.1])
def test_numbers_in_badges_can_be_read_and_their_edges_seen(
    dark: bool, on_picture: bool, off: bool, weight: float
) -> None:
    circle, note = badge(1, 0.0, 0.0, weight, dark=dark, off=off, on_picture=on_picture)
    fill = rgb(circle["fillcolor"])
    page = tuple(map(float, palette.background(dark)))
    assert contrast(rgb(note["font"]["color"]), fill) >= TEXT
    assert contrast(rgb(circle["line"]["color"]), fill) >= GRAPHICS
    assert on_picture or fill == page


@pytest.mark.parametrize("dark", [False, True])
def test_greys_can_be_read_on_all_that_lies_behind_them(dark: bool) -> None:
    page = tuple(map(float, palette.background(dark)))
    theme = THEME["dark" if dark else "light"]
    lit = tuple(
        LIT_SHARE * own + (1 - LIT_SHARE) * behind
        for own, behind in zip(rgb(theme["primaryColor"]), page, strict=True)
    )
    behind = [page, lit, rgb(theme["secondaryBackgroundColor"]), rgb(shade(dark), page)]
    text, quiet = rgb(palette.text_colour(dark)), rgb(palette.quiet_colour(dark))
    assert min(contrast(quiet, field) for field in behind) >= TEXT
    assert min(contrast(text, field) for field in behind) >= TEXT
    label = bare_layout(100, 100, dark)["hoverlabel"]
    assert contrast(rgb(label["font"]["color"]), rgb(label["bgcolor"])) >= TEXT


@pytest.mark.parametrize("dark", [False, True])
def test_marks_and_edges_can_be_seen(dark: bool) -> None:
    page = tuple(map(float, palette.background(dark)))
    seen = [palette.mark_colour(sign, dark) for sign in (True, False)]
    seen += [palette.FRAME, palette.line_colour(dark)]
    seen += [THEME["dark" if dark else "light"]["primaryColor"]]  # the edge of what is chosen
    assert min((contrast(rgb(colour, page), page), colour) for colour in seen)[0] >= GRAPHICS


def test_lines_on_pictures_can_be_seen_beside_their_white() -> None:
    for colour in (palette.POSITIVE, palette.NEGATIVE, image.CHOSEN):
        assert contrast(rgb(colour), WHITE) >= GRAPHICS


def test_a_path_without_numbers_is_found() -> None:
    nan = float("nan")
    (bad, _), (good, _) = (whisker((0.1, 0.2), y, 1.0, (0.01, 0.1), False) for y in (nan, 1.0))
    assert set(misplaced(bad)) == {"path"}
    assert misplaced(good) == misplaced({"x0": 0, "x1": 1.5}) == {}
    assert set(misplaced({"x0": nan, "x1": 1.5})) == {"x0"}


@pytest.mark.parametrize(
    ("n", "told"), [(0, "0 rows"), (1, "1 row"), (2, "2 rows"), (5000, "5,000 rows")]
)
def test_things_are_counted(n: int, told: str) -> None:
    assert palette.counted(n, "row") == told


def test_not_every_plural_is_an_s() -> None:
    assert palette.counted(1, "class", "classes") == "1 class"
    assert palette.counted(3, "class", "classes") == "3 classes"
