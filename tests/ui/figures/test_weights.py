import html
import json
import math
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ui.figures import palette
from ui.figures.answer import MOST_CLASSES, answer_bars
from ui.figures.weights import LONGEST_WHISKER, full_length, weights_chart

CLASSES = ("urgent", "routine")
numbers = st.floats(-5, 5).map(lambda v: round(v, 4))
names = st.text(max_size=60)


def chart(labels, weights, width_px=700, dark=False, classes=CLASSES, **more):
    return weights_chart(labels, weights, *classes, width_px=width_px, dark=dark, **more)


def plain(text):
    return html.unescape(re.sub("<[^>]*>", "", text))


def labels_and_numbers(figure, n):
    """The first n annotations are labels, the next n numbers, the last two the heads."""
    notes = [plain(a.text) for a in figure.layout.annotations]
    return notes[:n], notes[n : 2 * n], notes[2 * n :]


def edges(figure):
    """Left and right edge of every annotation in pixels, by the careful guess of its width."""
    left_margin = figure.layout.margin.l
    plot = figure.layout.width - left_margin - figure.layout.margin.r
    low, high = figure.layout.xaxis.range
    for note in figure.layout.annotations:
        share = note.x if note.xref == "paper" else (note.x - low) / (high - low)
        x = left_margin + share * plot
        width = palette.label_width(plain(note.text), note.font.size)
        yield (x, x + width) if note.xanchor == "left" else (x - width, x)


def test_strongest_first_with_numbers_and_signs():
    figure = chart(["a", "b", "c"], [0.1, -0.5, 0.25])
    labels, values, heads = labels_and_numbers(figure, 3)
    assert labels == ["b", "c", "a"]
    assert values == ["−0.500", "+0.250", "+0.100"]
    assert list(figure.data[0].x) == [-0.5, 0.25, 0.1]
    assert list(figure.data[0].customdata) == [1, 2, 0]
    assert figure.layout.yaxis.range[0] > figure.layout.yaxis.range[1]  # row 0 on top
    assert heads == ["← speaks for routine", "speaks for urgent →"]


def test_negative_bars_are_hatched_and_positive_ones_are_not():
    figure = chart(["a", "b", "c"], [0.1, -0.5, 0.0])
    assert list(figure.data[0].marker.pattern.shape) == ["/", "", ""]


@given(
    st.lists(st.tuples(names, numbers), max_size=12),
    st.integers(300, 1400),
    st.booleans(),
    names,
    names,
)
@settings(max_examples=40, deadline=None)
def test_nothing_is_cut_at_any_width(rows, width, dark, positive, negative):
    figure = chart([r[0] for r in rows], [r[1] for r in rows], width, dark, (positive, negative))
    assert figure.layout.width <= width
    for left, right in edges(figure):
        assert left >= -1
        assert right <= figure.layout.width + 1
    low, high = figure.layout.xaxis.range
    assert low == -high
    assert all(low <= v <= high for v in figure.data[0].x)
    json.loads(figure.to_json())


def test_heads_stand_beside_each_other_or_on_two_lines_but_never_overlap():
    for classes in (CLASSES, ("soc.religion.christian", "alt.atheism"), ("x" * 90, "y" * 90)):
        for width in (300, 358, 700):
            figure = chart(["word"], [0.3], width, classes=classes)
            (a, b), (c, d) = list(edges(figure))[-2:]
            first, second = figure.layout.annotations[-2:]
            assert first.yshift != second.yshift or b <= c or d <= a


def test_long_names_keep_start_and_end_and_are_whole_in_the_hover():
    name = "mean radius of the nucleus > 13.37 and <= 15.78 (third quartile)"
    figure = chart([name], [0.2], 600)
    shown = labels_and_numbers(figure, 1)[0][0]
    assert shown.startswith("mean radius")
    assert shown.endswith("quartile)")
    assert "…" in shown
    assert name in plain(figure.data[0].hovertext[0])
    assert labels_and_numbers(chart(["short"], [0.2], 600), 1)[0] == ["short"]


def test_on_a_phone_a_long_name_gets_a_line_of_its_own():
    name = "worst perimeter <= 84.11 mm"
    figure = chart([name, "b"], [0.2, 0.1], 358)
    assert labels_and_numbers(figure, 2)[0] == [name, "b"]
    assert figure.layout.margin.l == 0
    assert figure.layout.annotations[0].y < 0  # above the bar in row 0
    assert chart(["a", "b"], [0.2, 0.1], 358).layout.annotations[0].y == 0


def test_markup_in_names_is_shown_as_typed():
    figure = chart(["<b>x</b> &amp; #000001", "y"], [0.2, 0.1], classes=("<i>a</i>", "%{b}"))
    spec = figure.to_json()
    assert (
        "&lt;b&gt;x&lt;/b&gt; &amp;amp; &#35;000001"
        in json.loads(spec)["layout"]["annotations"][0]["text"]
    )
    assert "<i>" not in "".join(a.text for a in figure.layout.annotations)
    assert not {"<i>", "%{b}"} & set(re.findall("<i>|%{b}", spec))


def test_one_scale_gives_equal_bars_to_equal_weights():
    a = chart(["a"], [0.1], scale=1.0)
    b = chart(["a", "b"], [0.1, 1.0], scale=1.0)
    assert a.layout.xaxis.range == b.layout.xaxis.range
    assert chart(["a"], [0.1]).layout.xaxis.range != a.layout.xaxis.range


def test_no_weights_and_zero_weights_are_drawn():
    assert chart([], []).layout.height > 0
    assert labels_and_numbers(chart(["a"], [0.0]), 1)[1] == ["0"]


def test_a_weight_is_missing():
    with pytest.raises(ValueError, match="2 labels and 1 weights"):
        chart(["a", "b"], [0.1])


def answer(series, classes=("routine", "urgent"), width_px=700, **more):
    return answer_bars(classes, series, width_px=width_px, dark=False, **more)


def answers(figure):
    return [trace for trace in figure.data if trace.customdata is not None]


def test_an_answer_has_one_bar_a_class_with_its_percent():
    figure = answer({"as written": [0.126, 0.874]}, target=1)
    (bars,) = answers(figure)
    assert list(bars.customdata) == [0.126, 0.874]
    assert [a.text for a in figure.layout.annotations] == [
        "routine",
        "urgent",
        "13&#37;",
        "87&#37;",
    ]
    assert bars.x[1] / bars.x[0] == pytest.approx(0.874 / 0.126, rel=1e-3)
    assert list(bars.marker.color) == [palette.NEGATIVE, palette.POSITIVE]


def test_three_answers_are_filled_hatched_and_outlined():
    p = [0.4, 0.6]
    figure = answer({"as written": p, "edited": p, "forecast": p}, target=1)
    filled, hatched, outlined = answers(figure)
    assert (filled.marker.pattern.shape, hatched.marker.pattern.shape) == (None, "/")
    assert set(outlined.marker.color) == {"rgba(0,0,0,0)"}
    assert outlined.marker.line.width > filled.marker.line.width
    text = [plain(a.text) for a in figure.layout.annotations]
    assert {"as written", "edited", "forecast"} <= set(text)
    places = [y for trace in answers(figure) for y in trace.y]
    assert len(set(places)) == 6


def test_more_than_five_classes_are_summed_and_the_explained_one_stays():
    p = [0.3, 0.2] + [0.05] * 10
    figure = answer({"a": p}, classes=[f"class {k}" for k in range(12)], target=11)
    (bars,) = answers(figure)
    text = [plain(a.text) for a in figure.layout.annotations][:MOST_CLASSES]
    assert len(bars.x) == MOST_CLASSES
    assert text[0] == "class 0"
    assert text[-2:] == ["class 11", "8 others"]
    assert sum(bars.customdata) == pytest.approx(1)


@given(
    st.lists(names, min_size=2, max_size=14),
    st.lists(names, min_size=1, max_size=3, unique=True),
    st.integers(300, 1400),
    st.data(),
)
@settings(max_examples=40, deadline=None)
def test_no_part_of_an_answer_is_cut(classes, series, width, data):
    share = st.lists(st.floats(0, 1), min_size=len(classes), max_size=len(classes))
    figure = answer({s: data.draw(share) for s in series}, classes, width)
    for left, right in edges(figure):
        assert left >= -1
        assert right <= figure.layout.width + 1
    low, high = figure.layout.yaxis.range
    assert all(high < a.y < low for a in figure.layout.annotations)
    json.loads(figure.to_json())


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0%"), (0.001, "<1%"), (0.5, "50%"), (0.999, ">99%"), (1, "100%")]
)
def test_percents_are_honest_at_the_ends(value, text):
    assert palette.percent(value) == text


def marks(figure):
    """Where the marks of the answer before stand, as shares of their tracks, by class."""
    tracks = [s for s in figure.layout.shapes if s.type == "rect"]
    found = {}
    for shape in figure.layout.shapes:
        if shape.type == "line":
            row = next(i for i, t in enumerate(tracks) if t.y0 > shape.y0 and t.y1 < shape.y1)
            found[row] = (shape.x0 - tracks[row].x0) / (tracks[row].x1 - tracks[row].x0)
    return found


def test_after_an_edit_each_class_has_one_bar_and_a_mark_where_it_was():
    figure = answer({"edited": [0.39, 0.61]}, target=1, before=[[0.05, 0.95]])
    (bars,) = answers(figure)
    assert list(bars.customdata) == [0.39, 0.61]
    assert marks(figure) == {0: pytest.approx(0.05), 1: pytest.approx(0.95)}
    full = bars.x[1] / 0.61
    assert bars.x[0] == pytest.approx(0.39 * full, abs=0.1)
    text = [plain(a.text) for a in figure.layout.annotations]
    assert text == ["routine", "urgent", "39%", "61%", "was 5%", "was 95%"]
    as_it_was = answer({"": [0.05, 0.95]}, target=1)
    assert as_it_was.layout.height == figure.layout.height  # nothing moves
    (before,) = answers(as_it_was)
    assert before.x[1] / 0.95 == pytest.approx(full, rel=1e-3)


def test_of_many_classes_that_which_an_edit_leads_to_has_a_bar():
    before, after = [0.9] + [0.01] * 10, [0.1] + [0.01] * 8 + [0.81, 0.01]
    names = [f"class {k}" for k in range(11)]
    figure = answer({"edited": after}, classes=names, target=0, before=[before])
    text = [plain(a.text) for a in figure.layout.annotations][:MOST_CLASSES]
    assert text[0] == "class 0"
    assert text[-2:] == ["class 9", "7 others"]
    assert sum(answers(figure)[0].customdata) == pytest.approx(sum(after))


def test_answers_that_cannot_be_drawn():
    with pytest.raises(ValueError, match="1 numbers for 2 classes"):
        answer({"a": [1.0]})
    with pytest.raises(ValueError, match="0 series"):
        answer({})
    with pytest.raises(ValueError, match="4 series"):
        answer({s: [0.5, 0.5] for s in "abcd"})
    for series in ({"a": [0.5, 0.5], "b": [0.5, 0.5]}, {"a": [0.5, 0.5]}):
        with pytest.raises(ValueError, match="before has"):
            answer(series, before=[[0.5, 0.5]] if len(series) == 2 else [[1.0]])


def test_what_hardly_counts_stays_pale_and_short() -> None:
    assert palette.colour_scale([0.001, -0.002]) == palette.LEAST_SCALE
    assert palette.colour_scale([0.1, -0.3]) == 0.3
    assert palette.colour_scale([]) == palette.LEAST_SCALE


def whisker_ends(figure):
    """Row to the (left, right) ends of its whisker, from the drawing."""
    found = {}
    for shape in figure.layout.shapes:
        if shape.type == "path" and shape.xref != "paper":
            numbers = [float(n) for n in re.findall(r"-?[\d.]+(?:e-?\d+)?", shape.path)]
            (a, y, b, _), rest = numbers[:4], numbers[4:]
            assert min(rest[::2]) >= a - 1e-9
            assert max(rest[::2]) <= b + 1e-9
            found[round(y)] = a, b
    return found


def test_a_whisker_lies_where_its_interval_is():
    intervals = [(0.08, 0.14), (-0.6, -0.4), None]
    figure = chart(["a", "b", "c"], [0.1, -0.5, 0.01], intervals=intervals)
    assert whisker_ends(figure) == {0: (-0.6, -0.4), 1: (0.08, 0.14)}
    hovers = figure.data[0].hovertext
    assert hovers[0].endswith("<br>between −0.600 and −0.400 in 95 of 100 repeats")
    assert hovers[1].endswith("<br>between +0.080 and +0.140 in 95 of 100 repeats")
    assert "repeats" not in hovers[2]
    assert "95 of 100 repeats lie within" in labels_and_numbers(figure, 3)[2]


def test_an_interval_without_length_or_end_has_no_whisker():
    nowhere = float("nan")
    intervals = [(0.3, 0.3), (nowhere, nowhere), (-math.inf, 0.2)]
    figure = chart(["a", "b", "c"], [0.3, 0.2, 0.1], intervals=intervals)
    assert whisker_ends(figure) == {}
    assert "+0.300 in every repeat" in figure.data[0].hovertext[0]
    assert len(figure.layout.annotations) == 3 + 3 + 2  # no key


def test_an_interval_too_short_to_read_is_not_called_exact():
    figure = chart(["a"], [0.3], intervals=[(0.2999, 0.3001)])
    assert "+0.300 in 95 of 100 repeats" in figure.data[0].hovertext[0]


def test_a_whisker_beyond_the_scale_is_cut_and_points_on():
    figure = chart(["a", "b"], [0.1, -0.05], intervals=[(-3, 4), (-0.06, -0.04)])
    top = LONGEST_WHISKER * 0.1
    assert whisker_ends(figure)[0] == (-top, top)
    arrows = [
        s.path.count(f"{-top:.8g},") for s in figure.layout.shapes if s.type == "path"
    ]  # the tip of an arrow lies on the line: once more for the line's start
    assert arrows == [2, 2, 0, 0, 0, 0]
    assert "between −3.000 and +4.000" in figure.data[0].hovertext[0]


@pytest.mark.parametrize("weight", [0.1, -0.1, 0.0])
def test_full_length_has_room_for_bars_and_whiskers(weight):
    assert full_length([weight]) == palette.colour_scale([weight])
    assert full_length([weight], [None, (weight - 0.03, weight + 0.03)]) == pytest.approx(
        max(abs(weight) + 0.03, 0.02)
    )
    assert full_length([0.1], [(-9, 9)]) == pytest.approx(LONGEST_WHISKER * 0.1)


ends = st.floats(-9, 9).map(lambda v: round(v, 3))


@given(
    st.lists(
        st.tuples(names, numbers, st.none() | st.tuples(ends, ends), st.booleans()), max_size=8
    ),
    st.integers(300, 1400),
    st.booleans(),
)
@settings(max_examples=30, deadline=None)
def test_numbers_never_touch_their_whiskers(rows, width, dark):
    labels, weights, intervals, faded = ([row[k] for row in rows] for k in range(4))
    figure = chart(labels, weights, width, dark, intervals=intervals, faded=faded)
    low, high = figure.layout.xaxis.range
    px = (high - low) / (figure.layout.width - figure.layout.margin.l)
    assert all(left >= -1 and right <= width + 1 for left, right in edges(figure))
    numbers_at = figure.layout.annotations[len(rows) : 2 * len(rows)]
    for row, (a, b) in whisker_ends(figure).items():
        assert low <= a <= b <= high
        note = numbers_at[row]
        if note.xanchor == "left":
            assert note.x - 4 * px >= b
        else:
            assert note.x + 4 * px <= a
    tops = [a.y for a in figure.layout.annotations if a.yref != "paper"]
    bottom, top = figure.layout.yaxis.range
    assert all(top <= y <= bottom for y in tops)
    json.loads(figure.to_json())


def test_what_is_not_settled_is_pale_and_dotted_and_says_so():
    figure = chart(["a", "b"], [-0.5, 0.25], faded=[True, False])
    bars = figure.data[0]
    colours = {palette.mark_colour(sign, False) for sign in (False, True)}
    assert bars.marker.color[0] not in colours
    assert bars.marker.color[1] in colours
    assert list(bars.marker.pattern.shape) == ["/", ""]
    assert "not settled" in bars.hovertext[0]
    assert "not settled" not in bars.hovertext[1]
    dotted = [s for s in figure.layout.shapes if s.line.dash == "dot"]
    assert [(s.x0, s.x1) for s in dotted if s.xref != "paper"] == [(0, -0.5)]
    assert "not settled" in labels_and_numbers(figure, 2)[2]  # also for those who cannot hover


def test_without_intervals_and_pale_bars_nothing_is_added():
    plain_one = chart(["a", "b"], [0.5, -0.25])
    same = chart(["a", "b"], [0.5, -0.25], intervals=[None, None], faded=[False, False])
    assert same == plain_one
    assert len(plain_one.layout.annotations) == 2 + 2 + 2
    assert {s.type for s in plain_one.layout.shapes} == {"line"}


def test_intervals_and_bools_are_one_a_weight():
    with pytest.raises(ValueError, match="1 intervals for 2 weights"):
        chart(["a", "b"], [0.1, 0.2], intervals=[None])
    with pytest.raises(ValueError, match="3 faded for 2 weights"):
        chart(["a", "b"], [0.1, 0.2], faded=[True] * 3)


@pytest.mark.parametrize("dark", [False, True])
def test_a_whisker_can_be_seen_on_any_bar(dark):
    figure = chart(["a"], [0.3], dark=dark, intervals=[(0.2, 0.4)])
    halo, ink = (s for s in figure.layout.shapes if s.type == "path" and s.xref != "paper")
    assert halo.path == ink.path
    assert halo.line.width > ink.line.width + 2
    assert halo.line.color == "rgb({},{},{})".format(*palette.background(dark))
    assert ink.line.color == palette.text_colour(dark)


def test_answers_of_their_own_are_not_summed_and_have_no_other_class():
    names = [f"class {i}" for i in range(8)]
    values = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2]
    figure = answer_bars(names, {"": values}, width_px=400, dark=False, independent=True)
    assert list(figure.data[0].customdata) == [0.9, 0.8, 0.7, 0.6, 0.5]
    assert "4 others, the strongest" in [note.text for note in figure.layout.annotations]
    pair = answer_bars(
        ["red", "round"], {"": [0.9, 0.8]}, width_px=400, dark=False, target=0, independent=True
    )
    assert pair.data[0].marker.color[1] == palette.quiet_colour(False)


def test_bars_have_the_numbers_of_their_parts_before_their_names():
    names, weights = ["a", "b", "c"], [0.1, -0.5, 0.25]
    for width in (358, 700):
        figure = chart(names, weights, width, badges=True, ids=[7, 8, 9])
        circles = [s for s in figure.layout.shapes if s.type == "circle"]
        labels, _, rest = labels_and_numbers(figure, 3)
        assert labels == ["b", "c", "a"]
        assert rest[:-2] == ["1", "2", "3"]
        assert [c.line.dash == "solid" for c in circles] == [False, True, True]
        for circle, note in zip(circles, figure.layout.annotations, strict=False):
            assert circle.yanchor == note.y
            plot = figure.layout.width - figure.layout.margin.l
            left = figure.layout.margin.l + circle.xanchor * plot
            assert left - 11 >= 0
            assert left + 11 <= figure.layout.margin.l + note.x * plot - 4
        assert all(left >= -1 and right <= width + 1 for left, right in edges(figure))


def test_each_row_can_be_lit_whole():
    figure = chart(["a", "b"], [0.1, -0.5], ids=[7, 8], badges=True)
    first, second = figure.layout.meta["parts"]
    assert (first["id"], first["said"]) == (8, "1: b, −0.500")
    assert (second["id"], second["said"]) == (7, "2: a, +0.100")
    head, row = figure.layout.margin.t, 30
    assert float(re.findall(r"V([\d.]+)a", first["path"])[0]) == pytest.approx(head + row - 5)
    assert float(re.findall(r",([\d.]+)H", second["path"])[0]) == pytest.approx(head + row + 1)
    assert chart(["a"], [0.1]).layout.meta is None


def test_how_many_hardly_matter_is_said_below():
    figure = chart(["a", "b"], [0.5, -0.25], n_left_out=4)
    said = labels_and_numbers(figure, 2)[2][0]
    assert said == "4 others hardly matter: less than 5% of the strongest"
    assert figure.layout.height > chart(["a", "b"], [0.5, -0.25]).layout.height
    one = chart(["a"], [0.5], intervals=[(0.4, 0.6)], n_left_out=1)
    ys = [a.y for a in one.layout.annotations[-4:-2]]
    assert ys[0] + 15 / 30 < ys[1] < one.layout.yaxis.range[0]  # on a line of its own, and seen
    assert labels_and_numbers(chart([], [], n_left_out=3), 0)[2][0] == (
        "nothing here moves the answer at all"
    )


def test_after_an_edit_the_bars_of_both_models_have_their_own_marks() -> None:
    before = [0.05, 0.95], [0.4, 0.6]
    figure = answer({"A": [0.5, 0.5], "B": [0.3, 0.7]}, target=1, before=before)
    for series, was in zip(answers(figure), before, strict=True):
        full = series.x[0] / series.customdata[0]
        for y, value in zip(series.y, was, strict=True):
            (x,) = {s.x0 for s in figure.layout.shapes if s.y0 < y < s.y1}
            assert x / full == pytest.approx(value, rel=1e-3)
            (number,) = (a for a in figure.layout.annotations if a.y == y)
            assert number.x > x  # the mark hides no number
