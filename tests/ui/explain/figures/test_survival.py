import base64
import html
import io
import itertools
import json
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from ui.explain.figures.survival import Survival, stayed, survival_figure, survival_picture, wrapped
from ui.figures import palette

VARIANTS = ["as shown", "half width", "double width", "other seed 1"]
ROWS = [
    Survival("no", [-0.1, -0.2, None, -0.1]),
    Survival("fever", [0.3, 0.25, 0.3, 0.2]),
    Survival("the", [None, 0.02, -0.02, 0.01]),
]
NARROW = 358
names = st.text(max_size=60)
weights = st.none() | st.floats(-1, 1)


def figure_of(rows=ROWS, variants=VARIANTS, width_px=700, dark=False):
    return survival_figure(rows, variants, width_px=width_px, dark=dark)


def plain(text):
    return html.unescape(re.sub("<[^>]*>", "", text.replace("<br>", " ")))


def said(figure):
    return [plain(a.text) for a in figure.layout.annotations]


def table(figure):
    """The signs, row by row, as they lie in the drawing."""
    trace = figure.data[0]
    cells = sorted(zip(trace.y, trace.x, map(plain, trace.text), strict=True))
    rows = sorted({y for y, _, _ in cells})
    return [[text for y, _, text in cells if y == row] for row in rows]


def test_what_stayed_most_often_comes_first_with_its_signs_and_count():
    figure = figure_of()
    assert table(figure) == [["+"] * 4, ["−", "−", "·", "−"], ["·", "+", "−", "+"]]
    counts = [text for text in said(figure) if re.fullmatch(r"\d of \d", text)]
    assert counts == ["4 of 4", "3 of 4", "2 of 4"]
    bold = [a.text for a in figure.layout.annotations if " of " in a.text and "<b>" in a.text]
    assert bold == ["<b>4 of 4</b>"]
    order = [text for text in said(figure) if text in ("no", "fever", "the")]
    assert order == ["fever", "no", "the"]


@pytest.mark.parametrize(
    ("weights", "times"),
    [
        ([0.1, 0.2, -0.1], 2),
        ([-0.1, 0.2, 0.1], 1),  # the sign on the page counts
        ([None, 0.2, 0.1, -0.1], 2),
        ([None, None], 0),
        ([0.0, float("nan"), 0.1], 1),
        ([], 0),
    ],
)
def test_stayed_is_shown_with_the_same_sign(weights, times):
    assert stayed(weights) == times


def test_marks_have_the_edge_of_their_sign_and_the_fill_of_their_strength():
    figure = figure_of()
    marks = [s for s in figure.layout.shapes if s.line.dash]
    assert len(marks) == 4 + 3 + 3  # one a sign, none for a dot
    at = dict(zip(zip(figure.data[0].x, figure.data[0].y, strict=True), figure.data[0].text,
                  strict=True))  # fmt: skip
    for mark in marks:
        sign = plain(at[(mark.x0 + mark.x1) / 2, (mark.y0 + mark.y1) / 2])
        assert mark.line.dash == ("solid" if sign == "+" else "3px,2px")
        assert mark.line.color == palette.mark_colour(sign == "+", False)
    alphas = [float(mark.fillcolor.split(",")[3][:-1]) for mark in marks]
    assert alphas[0] == max(alphas)  # 0.3 of fever
    assert alphas[0] > alphas[1]  # 0.25


def test_hovering_names_the_component_the_variant_and_the_weight():
    hovers = [plain(text) for text in figure_of().data[0].hovertext]
    assert hovers[1] == "fever half width: +0.250"
    assert hovers[6] == "no double width: not among those shown"


def test_names_of_variants_stand_above_or_are_numbers_with_a_key():
    wide, narrow = said(figure_of()), said(figure_of(width_px=NARROW))
    assert wide[:4] == VARIANTS
    many = [*VARIANTS, "other seed 2", "grey instead", "twice the samples"]
    rows = [("fever", [0.1] * 7)]
    narrow = said(figure_of(rows, many, NARROW))
    assert narrow[:7] == list("1234567")
    assert [f"{i} {name}" for i, name in enumerate(many, start=1)] == narrow[-7:]
    assert said(figure_of(rows, many))[:7] == many


@pytest.mark.parametrize("dark", [False, True])
def test_a_mark_looks_the_same_in_every_column(dark):
    """Under each lies the page's own colour: the band of the first column would dull its tint."""
    figure = figure_of([("fever", [0.4, 0.4])], ["as shown", "other"], dark=dark)
    page = "rgb({},{},{})".format(*palette.background(dark))
    band, *boxes = figure.layout.shapes
    assert band.x1 - band.x0 > boxes[0].x1 - boxes[0].x0
    for under, mark in zip(boxes[::2], boxes[1::2], strict=True):
        assert (under.fillcolor, under.line.width) == (page, 0)
        assert (under.x0, under.x1, under.y0, under.y1) == (mark.x0, mark.x1, mark.y0, mark.y1)
    assert boxes[1].fillcolor == boxes[3].fillcolor


def test_on_a_phone_long_names_stand_above_their_marks():
    long = "mean radius of the nucleus > 13.37 and <= 15.78"
    figure = figure_of([(long, [0.1] * 4)], width_px=NARROW)
    note = next(a for a in figure.layout.annotations if plain(a.text) == long)
    assert note.y < min(figure.data[0].y) - 20
    short = figure_of([("a", [0.1] * 4)], width_px=NARROW)
    note = next(a for a in short.layout.annotations if plain(a.text) == "a")
    assert note.y == short.data[0].y[0]


@given(
    st.integers(1, 12).flatmap(
        lambda n: st.tuples(
            st.lists(st.tuples(names, st.lists(weights, min_size=n, max_size=n)), max_size=6),
            st.lists(names, min_size=n, max_size=n),
        )
    ),
    st.integers(300, 1400),
)
@settings(max_examples=30, deadline=None)
def test_nothing_is_cut_or_touches(case, width):
    rows, variants = case
    figure = figure_of(rows, variants, width)
    layout = figure.layout
    for note in layout.annotations:
        lines = [plain(line) for line in note.text.split("<br>")]
        wide = max(palette.label_width(line, note.font.size) for line in lines)
        left = note.x - (wide / 2 if note.xanchor == "center" else 0)
        assert left >= -1
        assert left + wide <= layout.width + 1
        assert 0 <= note.y <= layout.height
    n = len(variants)
    marks = sorted((s.y0, s.x0, s.x1) for s in layout.shapes if s.line.dash)
    assert all(b[1] > a[2] for a, b in itertools.pairwise(marks) if a[0] == b[0])
    assert len(figure.data[0].x) == n * len(rows)
    json.loads(figure.to_json())


def test_names_are_shown_as_typed():
    figure = figure_of([("<i>x", [0.1])], ["<i>%{y}"])
    spec = json.dumps([list(figure.data[0].hovertext), [a.text for a in figure.layout.annotations]])
    assert "<i>" not in spec
    assert "%{y}" not in spec
    assert "&lt;i&gt;x" in spec


def test_a_row_with_too_few_weights_is_refused():
    with pytest.raises(ValueError, match="1 weights for 'x' in 4 variants"):
        figure_of([("x", [0.1])])


@given(st.text(max_size=80), st.integers(30, 300), st.integers(1, 4))
@settings(max_examples=60, deadline=None)
def test_lines_fit_and_are_few(text, longest, most):
    lines = wrapped(text, 12, longest, most)
    assert 1 <= len(lines) <= most
    assert all(palette.label_width(line, 12) <= longest or len(line) <= 3 for line in lines)


def picture(uri):
    kind, _, data = uri.partition(";base64,")
    image = Image.open(io.BytesIO(base64.b64decode(data)))
    assert kind == f"data:image/{image.format.lower()}"
    return np.asarray(image.convert("RGB")).astype(int)


PHOTO = np.full((160, 200, 3), (120, 160, 140), dtype=np.uint8)


def regions():
    """Four squares, 60 wide: stayed for, in half of the variants, against in all, in half."""
    positive, negative = np.zeros((2, 160, 200))
    positive[10:70, 20:80] = 1
    positive[10:70, 110:170] = 0.5
    negative[85:145, 20:80] = 1
    negative[85:145, 110:170] = 0.5
    return positive, negative


def patch(drawn, row, column):
    """A square well inside one of the four, of a drawing twice as large."""
    return drawn[2 * row : 2 * row + 40, 2 * column : 2 * column + 40].reshape(-1, 3)


@pytest.mark.parametrize("dark", [False, True])
def test_a_picture_is_the_more_coloured_the_more_often_a_region_stayed(dark):
    drawn = picture(survival_picture(PHOTO, regions(), px=400, dark=dark))
    assert drawn.shape == (320, 400, 3)
    always, half, never = patch(drawn, 30, 40), patch(drawn, 30, 130), patch(drawn, 30, 178)
    spread = [np.ptp(each.mean(axis=0)) for each in (always, half, never)]
    assert spread[0] > spread[1] + 20 > spread[2] + 40
    assert spread[2] < 6  # grey
    assert always.mean(axis=0).argmax() == 0  # orange
    against = patch(drawn, 105, 40).mean(axis=0)
    assert against[2] > against[1]  # purple
    brightness = never.mean()
    assert brightness < 110 if dark else brightness > 150


def test_signs_in_a_picture_are_told_apart_without_colour():
    drawn = picture(survival_picture(PHOTO, regions(), px=400, dark=False))
    grey = [patch(drawn, *at).mean(axis=1).std() for at in ((30, 40), (105, 40), (105, 130))]
    assert grey[0] < 3  # smooth
    assert min(grey[1:]) > 4  # hatched


def test_only_what_stayed_in_all_variants_has_an_outline():
    drawn = picture(survival_picture(PHOTO, regions(), px=400, dark=False))

    def white(row, column):
        """Share of white pixels within a few pixels of a square's upper edge."""
        strip = drawn[2 * row : 2 * row + 8, 2 * column + 20 : 2 * column + 100]
        return (strip.min(axis=2) > 235).mean()

    assert white(10, 20) > 0.1
    assert white(85, 20) > 0.1
    assert white(10, 110) == white(85, 110) == 0
    nearly = [np.minimum(share, 0.99) for share in regions()]
    drawn = picture(survival_picture(PHOTO, nearly, px=400, dark=False))
    assert white(10, 20) == 0


def test_a_region_that_changed_its_sign_has_the_more_frequent_one_or_none():
    tie = np.full((160, 200), 0.5)
    drawn = picture(survival_picture(PHOTO, (tie, tie), px=200, dark=False))
    assert np.ptp(drawn.reshape(-1, 3).mean(axis=0)) < 6
    drawn = picture(survival_picture(PHOTO, (tie, tie / 2), px=200, dark=False))
    assert drawn.reshape(-1, 3).mean(axis=0).argmax() == 0


@pytest.mark.parametrize("shape", [(8, 8), (8, 8, 1), (8, 8, 4), (1, 1, 3), (300, 2, 3)])
def test_pictures_of_any_kind_are_drawn(shape):
    share = np.zeros(shape[:2])
    share[: max(1, shape[0] // 2)] = 1
    uri = survival_picture(np.ones(shape), (share, np.zeros(shape[:2])), px=120, dark=True)
    assert max(picture(uri).shape) == 120


def test_shares_of_another_size_are_refused():
    with pytest.raises(ValueError, match=r"positive shares have the shape \(2, 2\)"):
        survival_picture(PHOTO, (np.zeros((2, 2)), np.zeros((160, 200))), dark=False)
