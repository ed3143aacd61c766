import html
import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ui.figures import palette
from ui.figures.answer import MOST_CLASSES, answer_bars
from ui.figures.weights import weights_chart

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


def test_answers_that_cannot_be_drawn():
    with pytest.raises(ValueError, match="1 numbers for 2 classes"):
        answer({"a": [1.0]})
    with pytest.raises(ValueError, match="0 series"):
        answer({})
    with pytest.raises(ValueError, match="4 series"):
        answer({s: [0.5, 0.5] for s in "abcd"})


def test_what_hardly_counts_stays_pale_and_short() -> None:
    assert palette.colour_scale([0.001, -0.002]) == palette.LEAST_SCALE
    assert palette.colour_scale([0.1, -0.3]) == 0.3
    assert palette.colour_scale([]) == palette.LEAST_SCALE
