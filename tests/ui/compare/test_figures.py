import html
import json
import math
import re
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lime_engine.compare import PairedWeight
from ui.compare.figures.answer_matrix import (
    MOST_ANSWERS,
    ROW_PX,
    answer_matrix,
    cells,
    left_out,
    matrix_in_words,
)
from ui.compare.figures.before_after import before_after
from ui.compare.figures.curves import curves_figure
from ui.compare.figures.mirrored_bars import mirrored_bars, mirrored_in_words
from ui.compare.figures.own_bars import own_bars, own_in_words
from ui.compare.figures.paired_differences import BY_CHANCE
from ui.compare.figures.paired_weights import paired_in_words, paired_weights_chart
from ui.compare.figures.shares import SharesRow, shares_figure, shares_in_words
from ui.compare.values import AnsweredItem, Estimated, Lean
from ui.figures import palette
from ui.figures.weights import LIE_WITHIN

MODELS = ("Forest", "Line")
HOSTILE = "<b>x</b> $y$ %{z}"
names = st.text(max_size=60)
widths = st.integers(300, 1400)


def items_of(*answers):
    return [AnsweredItem(row, None, pair, (0.7, 0.6), 0.1) for row, pair in enumerate(answers)]


def plain(text):
    return html.unescape(re.sub("<[^>]*>", "", text))


def notes(figure):
    return [plain(note.text) for note in figure.layout.annotations]


def edges(figure):
    """Left and right edge of every annotation in pixels, by the careful guess of its width."""
    layout = figure.layout
    plot = layout.width - layout.margin.l - layout.margin.r
    low, high = layout.xaxis.range
    start, end = layout.xaxis.domain or (0, 1)
    for note in layout.annotations:
        inside = start + (end - start) * (note.x - low) / (high - low)
        x = layout.margin.l + plot * (note.x if note.xref == "paper" else inside)
        lines = note.text.split("<br>")
        wide = max(palette.label_width(plain(line), note.font.size) for line in lines)
        if note.textangle:
            wide = note.font.size
        share = {"left": 0, "center": 0.5, "right": 1}[note.xanchor]
        yield x - share * wide, x + (1 - share) * wide


def nothing_is_cut(figure, width):
    assert figure.layout.width <= width
    for left, right in edges(figure):
        assert left >= -1
        assert right <= figure.layout.width + 1
    bottom, top = figure.layout.yaxis.range
    assert all(top <= note.y <= bottom for note in figure.layout.annotations)
    json.loads(figure.to_json())


def shown_as_typed(figure, *typed):
    """Names from people are in the figure, but none of their markup."""
    spec = figure.to_json()
    assert not {"<b>x</b>", "$y$", "%{z}"} & set(re.findall(r"<b>x</b>|\$y\$|%\{z\}", spec))
    for name in typed:
        assert name in notes(figure)


# What one answers against the other


def matrix(items, answers=("cat", "dog"), width_px=700, dark=False, models=MODELS, **more):
    return answer_matrix(items, answers, models, width_px=width_px, dark=dark, **more)


def test_a_cell_stands_in_the_first_models_row_and_the_seconds_column():
    items = items_of(*[(0, 0)] * 5, *[(0, 1)] * 3, (2, 1))
    figure = matrix(items, ("cat", "dog", "eel"))
    (bars,) = figure.data
    found = {
        divmod(number, 3): (text, x, y)
        for number, text, x, y in zip(bars.customdata, bars.text, bars.x, bars.base, strict=True)
    }
    assert {cell: text for cell, (text, _, _) in found.items()} == {
        (0, 0): "5",
        (0, 1): "3",
        (2, 1): "1",
    }
    (_, x00, y00), (_, x01, y01), (_, x21, y21) = (found[c] for c in [(0, 0), (0, 1), (2, 1)])
    assert (x01 - x00, y01 - y00) == (bars.width, 0)
    assert (x21 - x01, y21 - y01) == (0, 2 * ROW_PX)
    where = {plain(n.text): (n.x, n.y) for n in figure.layout.annotations if n.textangle is None}
    # "dog" is written twice, last as a row.
    assert where["dog"][1] == pytest.approx(y00 + 1.5 * ROW_PX)
    heads = [n for n in figure.layout.annotations if "says" in n.text]
    assert [plain(n.text) for n in heads] == ["Forest says ↓", "Line says →"]
    assert notes(figure).count("0") == 6  # which cannot be clicked: they have no bar


def test_the_more_items_the_bluer_and_agreement_is_grey():
    items = items_of(*[(0, 0)] * 50, *[(0, 1)] * 9, *[(1, 0)] * 3)
    (bars,) = matrix(items).data
    colour = dict(zip(bars.customdata, bars.marker.color, strict=True))
    strength = {k: float(c.rstrip(")").split(",")[-1]) for k, c in colour.items()}
    assert strength[1] > strength[2] > strength[0]
    assert colour[0].rsplit(",", 1)[0] == "rgba(31,35,40"


@pytest.mark.parametrize("dark", [False, True])
def test_counts_can_be_read_on_the_strongest_shade(dark):
    def light(rgb):
        parts = [v / 255 for v in rgb]
        lin = [v / 12.92 if v <= 0.03928 else ((v + 0.055) / 1.055) ** 2.4 for v in parts]
        return 0.2126 * lin[0] + 0.7152 * lin[1] + 0.0722 * lin[2]

    (bars,) = matrix(items_of(*[(0, 1)] * 9), dark=dark).data
    *rgb, alpha = (float(v) for v in re.findall(r"[\d.]+", bars.marker.color[0]))
    page = palette.background(dark)
    behind = light(c * alpha + p * (1 - alpha) for c, p in zip(rgb, page, strict=True))
    ink = bars.textfont.color[0]
    text = light(int(ink[i : i + 2], 16) for i in (1, 3, 5))
    brighter, darker = max(text, behind), min(text, behind)
    assert (brighter + 0.05) / (darker + 0.05) >= 4.5


def test_the_chosen_cell_has_an_edge_around_its_bar():
    items = items_of((0, 0), (0, 1), (1, 1))
    figure = matrix(items, chosen=(0, 1))
    (bars,) = figure.data
    (edge,) = (s for s in figure.layout.shapes if s.type == "rect")
    at = list(bars.customdata).index(1)
    assert (edge.x0 + edge.x1) / 2 == pytest.approx(bars.x[at])
    assert edge.y0 == pytest.approx(bars.base[at] + 1)
    empty = matrix(items, chosen=(1, 0))
    assert not [s for s in empty.layout.shapes if s.type == "rect"]


pairs = st.tuples(st.integers(0, 999), st.integers(0, 999))


@given(st.lists(pairs, max_size=60), widths, st.booleans())
@settings(max_examples=30, deadline=None)
def test_of_many_answers_the_most_frequent_disagreements_are_shown(answers, width, dark):
    items = items_of(*answers)
    figure = matrix(items, [f"answer {i}" for i in range(1000)], width, dark)
    (bars,) = figure.data
    shown = {divmod(int(number), 1000): int(text) for number, text in
             zip(bars.customdata, bars.text, strict=True)}  # fmt: skip
    counts = Counter(answers)
    assert all(counts[cell] == n for cell, n in shown.items())
    assert sum(shown.values()) + left_out(items) == len(items)
    assert len({answer for cell in shown for answer in cell}) <= MOST_ANSWERS
    unlike = [cell for cell, _ in cells(items) if cell[0] != cell[1]]
    assert set(unlike[: MOST_ANSWERS // 2]) <= set(shown)
    nothing_is_cut(figure, width)


def test_few_answers_are_all_shown():
    items = items_of(*((i, j) for i in range(10) for j in range(10)))
    assert left_out(items) == 0
    assert len(matrix(items, [str(i) for i in range(10)], 358).data[0].x) == 100


@given(st.lists(names, min_size=3, max_size=3), names, names, widths, st.booleans())
@settings(max_examples=30, deadline=None)
def test_no_name_in_a_matrix_is_cut(answers, first, second, width, dark):
    items = items_of((0, 1), (1, 2), (2, 2))
    nothing_is_cut(matrix(items, answers, width, dark, (first, second)), width)


def test_the_matrix_shows_markup_as_typed():
    figure = matrix(items_of((0, 1)), (HOSTILE, "dog"), models=(HOSTILE, "B"))
    shown_as_typed(figure, HOSTILE, f"{HOSTILE} says ↓")


def test_cells_start_with_the_most_frequent_difference():
    items = items_of(*[(0, 0)] * 9, *[(1, 0)] * 2, *[(0, 1)] * 3, (1, 1))
    assert cells(items) == [((0, 1), 3), ((1, 0), 2), ((0, 0), 9), ((1, 1), 1)]
    assert matrix_in_words(items, ("cat", "dog"), MODELS) == (
        "Both models answer alike on 10 of 15 items. "
        "Forest says cat and Line says dog: 3 items. Forest says dog and Line says cat: 2 items."
    )


def test_a_matrix_of_nothing():
    assert matrix([]).layout.height > 0
    assert (cells([]), left_out([])) == ([], 0)
    assert matrix_in_words([], (), MODELS) == "There are no items."


# What each model leans on

PICTURES = tuple(f"data:image/png;base64,{name}" for name in "abcde")
LEANS = [
    Lean("Host", (0.2, 0.05), (3, 1)),
    Lean("God", (0.0, 0.1), (2,)),
    Lean(" ", (0.1, 0.0004), (1,)),
]


def mirrored(leans=LEANS, models=MODELS, width_px=700, dark=False, **more):
    return mirrored_bars(leans, models, width_px=width_px, dark=dark, **more)


@pytest.mark.parametrize("width", [358, 700])
def test_both_sides_have_one_scale_and_point_away_from_each_other(width):
    rows, first, second = mirrored(width_px=width).data
    assert first.x[0] < 0 < second.x[0]
    for side, trace in enumerate((first, second)):
        for x, lean in zip(trace.x, LEANS, strict=True):
            share = lean.means[side] / 0.2
            is_seen = share * abs(first.x[0]) >= 1  # a pixel
            assert abs(x) / abs(first.x[0]) == pytest.approx(share if is_seen else 0)
    assert first.base[0] < second.base[0]
    assert first.base[0] + second.base[0] == pytest.approx(rows.x[0])  # the middle of the figure


def test_numbers_and_names_stand_in_the_rows():
    assert notes(mirrored()) == [
        *("← Forest", "Line →"),
        *("Host", "0.200", "0.050"),
        *("God", "0", "0.100"),
        *("(space)", "0.100", "about 0"),
    ]


def test_a_click_anywhere_in_a_row_carries_its_place():
    figure = mirrored(chosen=1)
    assert [list(trace.customdata) for trace in figure.data] == [[0, 1, 2]] * 3
    rows = figure.data[0]
    assert set(rows.x) == {figure.layout.width}
    edges_ = [(y - rows.width / 2, y + rows.width / 2) for y in rows.y]
    assert [b for _, b in edges_[:-1]] == [a for a, _ in edges_[1:]]  # no gaps
    colours = list(rows.marker.color)
    assert colours[0] == colours[2] != colours[1]
    bold = [plain(n.text) for n in figure.layout.annotations[2:] if n.text.startswith("<b>")]
    assert bold == ["God"]
    assert "among the reasons for 2 items" in rows.hovertext[0]


@given(
    st.lists(st.tuples(names, st.floats(0, 5), st.floats(0, 5)), max_size=20),
    names,
    names,
    widths,
    st.booleans(),
)
@settings(max_examples=30, deadline=None)
def test_nothing_of_the_mirrored_bars_is_cut(rows, first, second, width, dark):
    leans = [Lean(name, (round(a, 3), round(b, 3)), (0,)) for name, a, b in rows]
    figure = mirrored(leans, (first, second), width, dark)
    nothing_is_cut(figure, width)
    for trace in figure.data[1:]:
        for base, x in zip(trace.base, trace.x, strict=True):
            assert 0 <= base + x <= figure.layout.width


def test_leans_show_markup_as_typed():
    shown_as_typed(mirrored([Lean(HOSTILE, (0.1, 0.2), ())], (HOSTILE, "B")), HOSTILE)


def test_leans_in_words():
    assert mirrored_in_words(LEANS[:2], MODELS) == (
        "Host: Forest 0.200, Line 0.050. God: Forest 0, Line 0.100."
    )
    assert mirrored_in_words(LEANS * 4, MODELS).endswith("And 4 more.")
    assert mirrored_in_words([], MODELS) == "There are no features."


# What one model leans on most


def own(leans=LEANS, side=0, width_px=390, dark=False, beside=(), **more):
    return own_bars(leans, side, MODELS, beside=beside, width_px=width_px, dark=dark, **more)


def test_own_bars_have_the_scale_of_both_models_and_carry_their_place():
    others = [Lean("something with a longer name", (0.0, 0.4), (1,))]
    rows, bars = own(LEANS, 0, beside=others).data
    (their_bars,) = own(others, 1, beside=LEANS).data[1:]
    assert their_bars.base[0] == bars.base[0]
    assert [round(x / their_bars.x[0], 3) for x in bars.x] == [0.5, 0, 0.25]
    assert list(rows.customdata) == list(bars.customdata) == [0, 1, 2]
    assert notes(own()) == ["Host", "0.200", "God", "0", "(space)", "0.100"]
    assert own_in_words(LEANS[:2], 1) == "Host 0.050, God 0.100."


def test_a_kind_of_region_is_told_by_pictures_with_borders():
    kinds = [replace(LEANS[0], examples=PICTURES), replace(LEANS[1], examples=PICTURES[:1])]
    for figure in (own(kinds), mirrored(kinds, width_px=390)):
        assert [image.source for image in figure.layout.images] == [*PICTURES[:3], PICTURES[0]]
        borders = [shape for shape in figure.layout.shapes if shape.type == "rect"]
        for image, border in zip(figure.layout.images, borders, strict=True):
            assert border.x0 < image.x - image.sizex / 2 < image.x + image.sizex / 2 < border.x1
            assert border.y0 < image.y - image.sizey / 2 < image.y + image.sizey / 2 < border.y1
            assert border.line.width
        rows = figure.data[0]
        for number, y in enumerate(rows.y):  # in the row of its own feature
            own_borders = borders[3:] if number else borders[:3]
            assert all(y - rows.width / 2 <= b.y0 < b.y1 <= y + rows.width / 2 for b in own_borders)
        bars_from = min(x for trace in figure.data[-1:] for x in trace.base)
        assert bars_from >= max(border.x1 for border in borders)
        nothing_is_cut(figure, 390)


@given(
    st.lists(st.tuples(names, st.floats(0, 0.2), st.integers(0, 5)), min_size=1, max_size=8),
    widths,
    st.booleans(),
)
@settings(max_examples=30, deadline=None)
def test_nothing_of_own_bars_is_cut(rows, width, dark):
    leans = [Lean(name, (round(mean, 3), 0.1), (0,), PICTURES[:n]) for name, mean, n in rows]
    figure = own(leans, 0, width, dark)
    nothing_is_cut(figure, width)
    for base, x in zip(figure.data[1].base, figure.data[1].x, strict=True):
        assert 0 <= base + x <= figure.layout.width


def test_own_features_show_markup_as_typed():
    shown_as_typed(own([Lean(HOSTILE, (0.1, 0.2), ())]), HOSTILE)


# Before, and in real use


def slopes(shares=None, names=MODELS, width_px=700, dark=False):
    shares = shares or (
        (Estimated(0.96, 0.93, 0.98), Estimated(0.88, 0.85, 0.91)),
        (Estimated(0.57, 0.52, 0.62), Estimated(0.86, 0.82, 0.89)),
    )
    heads = ("On these texts", "In real use")
    return before_after(shares, names, heads, width_px=width_px, dark=dark)


def test_a_line_goes_from_the_share_before_to_that_in_real_use():
    figure = slopes()
    first, second = figure.data
    assert first.y[0] < second.y[0]  # better at first, which is higher up
    assert first.y[1] > second.y[1]
    per_share = (first.y[1] - first.y[0]) / (0.96 - 0.57)
    assert second.y[1] - second.y[0] == pytest.approx(per_share * (0.88 - 0.86))
    ranges = [s for s in figure.layout.shapes if s.x0 == s.x1 and s.line.width > 1]
    assert [abs(s.y1 - s.y0) / per_share for s in ranges] == pytest.approx([0.05, 0.1, 0.06, 0.07])
    assert notes(figure) == [
        *("On these texts", "In real use"),
        *("96%", "57% Forest", "88%", "86% Line"),
    ]
    shown_as_typed(slopes(names=(HOSTILE, "B")))


@given(st.lists(st.floats(0, 1), min_size=4, max_size=4), names, widths, st.booleans())
@settings(max_examples=30, deadline=None)
def test_nothing_of_the_slopes_is_cut_or_written_over(shares, name, width, dark):
    found = [Estimated(p, max(0.0, p - 0.05), min(1.0, p + 0.05)) for p in shares]
    figure = slopes(((found[0], found[1]), (found[2], found[3])), (name, "Line"), width, dark)
    nothing_is_cut(figure, width)
    told = figure.layout.annotations[2:]
    for first, second in zip(told[:2], told[2:], strict=True):
        assert abs(first.y - second.y) >= 16


# Both weights of a component


def weight(index, first, second, error=0.02, of_difference=0.05):
    return PairedWeight(index, "", (first, second), (error, error), first - second, of_difference)


WEIGHTS = [weight(7, 0.3, -0.1), weight(2, -0.2, -0.18), weight(4, 0.05, 0.05, None, None)]
LABELS = ["Host", "God", "x"]


def paired(weights=WEIGHTS, labels=LABELS, models=MODELS, width_px=700, dark=False, **more):
    sides = "urgent", "routine"
    return paired_weights_chart(
        labels, weights, models, *sides, width_px=width_px, dark=dark, **more
    )


def whiskers(figure, xref):
    """The (left, right) ends of the whiskers on this axis, from top to bottom."""
    found = {}
    for shape in figure.layout.shapes:
        if shape.type == "path" and (shape.xref or "x") == xref:
            a, y, b = (float(n) for n in re.findall(r"-?[\d.]+(?:e-?\d+)?", shape.path)[:3])
            found[y] = a, b
    return [found[y] for y in sorted(found)]


@pytest.mark.parametrize("width", [358, 520, 900])
def test_bars_and_dots_carry_weights_and_components_in_the_order_given(width):
    figure = paired(width_px=width)
    first, second, dots = figure.data
    assert list(first.x) == [0.3, -0.2, 0.05]
    assert list(second.x) == [-0.1, -0.18, 0.05]
    assert list(dots.x) == pytest.approx([0.4, -0.02, 0])
    assert [list(t.customdata) for t in figure.data] == [[7, 2, 4]] * 3
    assert (first.xaxis or "x") == (second.xaxis or "x") != dots.xaxis
    for above, dot, below in zip(first.y, dots.y, second.y, strict=True):
        assert above < dot < below
    assert figure.layout.xaxis.domain[1] < figure.layout.xaxis2.domain[0]
    assert all(sum(axis.range) == 0 for axis in (figure.layout.xaxis, figure.layout.xaxis2))


def test_whiskers_lie_where_the_intervals_are():
    figure = paired()
    near, far = 1.959964 * 0.02, 1.959964 * 0.05
    bars = whiskers(figure, "x")
    expected = [(v - near, v + near) for v in (0.3, -0.1, -0.2, -0.18)]
    assert bars == [pytest.approx(ends, abs=1e-6) for ends in expected]
    between = whiskers(figure, "x2")
    assert between == [pytest.approx((v - far, v + far), abs=1e-6) for v in (0.4, -0.02)]


def test_a_difference_that_may_be_chance_is_hollow_and_quiet():
    figure = paired()
    quiet, text = palette.quiet_colour(False), palette.text_colour(False)
    dots = figure.data[2]
    assert list(dots.marker.line.color) == [text, quiet, quiet]  # the last is no difference
    assert dots.marker.color[0] == text
    assert dots.marker.color[1] == dots.marker.color[2] == "rgb(255,255,255)"
    assert [BY_CHANCE in hover for hover in dots.hovertext] == [False, True, False]
    assert "+0.30 and +0.50 in 95 of 100" in dots.hovertext[0]
    key = notes(figure)[-3:]
    assert key == ["difference: Forest − Line", BY_CHANCE, LIE_WITHIN]


def test_an_exact_difference_is_not_called_chance():
    figure = paired([weight(0, 0.2, 0.1, 0.0, 0.0), weight(1, 0.2, 0.1, None, None)], ["a", "b"])
    assert whiskers(figure, "x") == whiskers(figure, "x2") == []
    assert set(figure.data[2].marker.color) == {palette.text_colour(False)}
    assert BY_CHANCE not in figure.to_json()
    assert LIE_WITHIN not in notes(figure)


def test_the_models_and_the_signs_differ_without_colour():
    first, second, _ = paired().data
    assert list(first.marker.pattern.shape) == ["", "/", ""]
    assert list(second.marker.pattern.shape) == ["/", "/", ""]
    solid = {palette.mark_colour(sign, False) for sign in (True, False)}
    assert set(first.marker.color) <= solid
    assert not set(second.marker.color) & solid
    assert set(second.marker.line.color) <= solid
    assert first.hovertext[0].startswith("Forest<br><b>Host</b>  +0.30<br>speaks for urgent")
    assert second.hovertext[0].startswith("Line<br><b>Host</b>  −0.10<br>speaks for routine")
    assert notes(paired())[:2] == list(MODELS)  # the key on top


def test_one_scale_for_charts_that_are_compared():
    one = paired(WEIGHTS[:1], LABELS[:1], scale=1.0)
    other = paired([weight(0, 0.3, -1.0)], LABELS[:1], scale=1.0)
    assert one.layout.xaxis.range == other.layout.xaxis.range
    assert paired(WEIGHTS[:1], LABELS[:1]).layout.xaxis.range != one.layout.xaxis.range


def test_swapping_the_models_turns_the_differences_around():
    swapped = [weight(w.index, *w.weights[::-1], w.std_errors[0], w.difference_std_error)
               for w in WEIGHTS]  # fmt: skip
    one, other = paired(), paired(swapped)
    assert one.layout.xaxis.range == other.layout.xaxis.range
    assert [-x for x in other.data[2].x] == list(one.data[2].x)
    assert list(other.data[0].x) == list(one.data[1].x)


numbers = st.floats(-3, 3).map(lambda v: round(v, 4))
errors = st.none() | st.sampled_from([0.0, 0.01, 0.3, math.inf])


@given(
    st.lists(st.tuples(names, numbers, numbers, errors, errors), max_size=20),
    names,
    names,
    widths,
    st.booleans(),
)
@settings(max_examples=30, deadline=None)
def test_nothing_of_the_pairs_is_cut(rows, first, second, width, dark):
    weights = [weight(i, *row[1:]) for i, row in enumerate(rows)]
    figure = paired(weights, [row[0] for row in rows], (first, second), width, dark)
    nothing_is_cut(figure, width)
    for axis, traces in (("xaxis", figure.data[:2]), ("xaxis2", figure.data[2:])):
        low, high = figure.layout[axis].range
        assert all(low < x < high for trace in traces for x in trace.x)


def test_pairs_show_markup_as_typed():
    shown_as_typed(paired(WEIGHTS[:1], [HOSTILE], (HOSTILE, "B")), HOSTILE)


def test_pairs_in_words():
    assert paired_in_words(LABELS[:2], WEIGHTS[:2], MODELS) == (
        "Host: Forest +0.30, Line −0.10, difference +0.40. "
        "God: Forest −0.20, Line −0.18, difference −0.02 (may be chance)."
    )
    assert paired_in_words(LABELS * 5, WEIGHTS * 5, MODELS).endswith("And 5 more.")
    assert paired_in_words([], [], MODELS) == "There are no weights."


def test_a_pair_is_missing():
    with pytest.raises(ValueError, match="3 labels and 2 weights"):
        paired(WEIGHTS[:2])


# --- Right answers against what is right ---------------------------------------------------------


def test_against_what_is_right_rows_are_labels():
    figure = answer_matrix(
        items_of((0, 1), (1, 1), (0, 1)), ("no", "yes"), MODELS, width_px=600, dark=False,
        truth="In the data",
    )  # fmt: skip
    (bars,) = figure.data
    counts = dict(zip(bars.customdata, bars.text, strict=True))
    assert counts == {1: "2", 3: "1"}
    texts = [plain(note.text) for note in figure.layout.annotations]
    assert "In the data ↓" in texts
    assert "Line says →" in texts
    hovers = dict(zip(bars.customdata, map(plain, bars.hovertext), strict=True))
    assert hovers == {
        1: "In the data noLine says yes2 items",
        3: "In the data yesLine says yes1 item",
    }


# --- Shares and curves ---------------------------------------------------------------------------


@given(names, st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), max_size=6), widths)
@settings(max_examples=30, deadline=None)
def test_shares_stand_in_order_and_inside(name, shares, width):
    rows = [
        SharesRow(name, 9, (Estimated(a, a / 2, (1 + a) / 2), Estimated(b, b / 2, (1 + b) / 2)))
        for a, b in shares
    ]
    figure = shares_figure(rows, MODELS, width_px=width, dark=False)
    for side, trace in enumerate(figure.data):
        assert all(0 <= x <= width for x in trace.x)
        by_share = sorted(zip([pair[side] for pair in shares], trace.x, strict=True))
        assert [x for _, x in by_share] == sorted(x for _, x in by_share)
        assert all(0 <= y <= figure.layout.height for y in trace.y)
    assert shares_in_words(rows, MODELS).count("9 items") == len(rows)


def test_shares_are_told_and_what_is_not_known_has_no_dot():
    rows = [
        SharesRow(HOSTILE, 4, (Estimated(0.5, 0.2, 0.8), None)),
        SharesRow("quiet", 1, (Estimated(1, 0.2, 1), Estimated(0, 0, 0.8)), is_quiet=True),
    ]
    figure = shares_figure(rows, MODELS, width_px=700, dark=True)
    assert [len(trace.x) for trace in figure.data] == [2, 1]
    texts = [note.text for note in figure.layout.annotations]
    assert {"–", "50%", "100%", "0%"} <= {html.unescape(text) for text in texts}
    assert all("<b>x" not in text for text in texts)
    assert any(text.startswith("<b>") for text in texts)
    assert any(text == "quiet  1" for text in texts)
    assert shares_in_words(rows, MODELS) == (
        f"{HOSTILE} (4 items): Forest 50%, Line not known. quiet (1 item): Forest 100%, Line 0%."
    )
    assert shares_in_words([], MODELS) == "There is nothing to show."


def test_curves_are_the_points_and_the_names_are_escaped():
    lines = [[(0, 0), (0.2, 0.9), (1, 1)], [(0.5, 0.5)]]
    figure = curves_figure(
        lines, (HOSTILE, "Line"), x="so", y="such", width_px=900, dark=False,
        is_diagonal=True, counts=[[1, 4, 100], [25]],
    )  # fmt: skip
    diagonal, first, second = figure.data
    assert (diagonal.x, diagonal.y) == ((0, 1), (0, 1))
    for line, points in ((first, lines[0]), (second, lines[1])):
        assert list(zip(line.x, line.y, strict=True)) == points
    assert first.line.dash != second.line.dash
    sizes = (*first.marker.size, *second.marker.size)
    assert sizes[0] < sizes[1] < sizes[3] < sizes[2]
    assert all("<b>x" not in hover for hover in first.hovertext)
    assert plain(second.hovertext[0]) == "Lineso: 50%such: 50%25 items"
