import html
import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ui.explain.figures.opinions import opinions_chart
from ui.figures import palette

NAMES = ["fever", "cough", "the"]
LIME, SHAPLEY = [0.1, -0.5, 0.02], [0.2, -0.3, -0.04]
INTERVALS = [(0.05, 0.15), (-0.6, -0.4), None]
numbers = st.floats(-5, 5).map(lambda v: round(v, 4)) | st.just(float("nan"))
names = st.text(max_size=60)


def chart(first=LIME, second=SHAPLEY, labels=NAMES, width_px=700, dark=False, **more):
    texts = more.pop("texts", ("LIME", "Shapley", "urgent", "routine"))
    return opinions_chart(labels, first, second, *texts, width_px=width_px, dark=dark, **more)


def plain(text):
    return html.unescape(re.sub("<[^>]*>", "", text))


def said(figure):
    return [plain(a.text) for a in figure.layout.annotations]


def whiskers(figure):
    """(height, left, right) of every whisker on a bar, from the drawing, without their halos."""
    found = set()
    for shape in figure.layout.shapes:
        if shape.type == "path" and shape.xref != "paper":
            a, y, b = map(float, re.findall(r"-?[\d.]+(?:e-?\d+)?", shape.path)[:3])
            found.add((round(y, 4), a, b))
    return sorted(found)


def test_both_opinions_have_a_bar_of_their_own_on_one_scale():
    figure = chart()
    filled, outlined = figure.data
    assert list(filled.x) == [-0.5, 0.1, 0.02]  # the first method's order
    assert list(outlined.x) == [-0.3, 0.2, -0.04]
    assert list(filled.customdata) == list(outlined.customdata) == [1, 0, 2]
    assert [round(y) for y in (*filled.y, *outlined.y)] == [0, 1, 2] * 2
    assert all(b - a >= filled.width for a, b in zip(filled.y, outlined.y, strict=True))
    low, high = figure.layout.xaxis.range
    assert low == -high
    assert high > 0.5
    assert {"LIME", "Shapley", "fever", "−0.50", "−0.30", "+0.20", "−0.04"} <= set(said(figure))


def test_the_two_are_told_apart_without_colour():
    filled, outlined = chart().data
    assert set(outlined.marker.color) == {"rgba(0,0,0,0)"}
    assert filled.marker.color == filled.marker.line.color
    assert outlined.marker.pattern.shape is None
    assert list(filled.marker.pattern.shape) == ["/", "", ""]
    assert filled.hovertext[1].startswith("LIME<br><b>fever</b>  +0.10<br>speaks for urgent")
    assert outlined.hovertext[2].startswith("Shapley<br><b>the</b>  −0.04<br>speaks for routine")


def test_whiskers_lie_on_their_own_bars():
    figure = chart(first_intervals=INTERVALS, second_intervals=[None, (-0.4, -0.2), None])
    first, second = figure.data
    assert whiskers(figure) == sorted(
        [
            (round(first.y[0], 4), -0.6, -0.4),
            (round(second.y[0], 4), -0.4, -0.2),
            (round(first.y[1], 4), 0.05, 0.15),
        ]
    )
    assert "95 of 100 repeats lie within" in said(figure)
    assert "95 of 100 repeats lie within" not in said(chart())
    assert "between +0.05 and +0.15 in 95 of 100 repeats" in first.hovertext[1]


def test_a_weight_that_a_method_does_not_have_says_none():
    figure = chart([0.1, float("nan"), float("nan")])
    assert said(figure).count("none") == 2
    assert list(figure.data[0].customdata) == [0, 1, 2]  # then the stronger of the second
    json.loads(figure.to_json())


@given(
    st.lists(
        st.tuples(names, numbers, numbers, st.none() | st.tuples(numbers, numbers)), max_size=6
    ),
    st.integers(300, 1400),
    st.tuples(names, names, names, names),
)
@settings(max_examples=30, deadline=None)
def test_nothing_is_cut_and_no_number_touches_a_whisker(rows, width, texts):
    labels, first, second, intervals = ([row[k] for row in rows] for k in range(4))
    figure = chart(
        first, second, labels, width, texts=texts,
        first_intervals=intervals, second_intervals=intervals[::-1],
    )  # fmt: skip
    left = figure.layout.margin.l
    plot = figure.layout.width - left
    low, high = figure.layout.xaxis.range
    at = {(y, side): (a, b) for y, a, b in whiskers(figure) for side in ("left", "right")}
    bottom, top = figure.layout.yaxis.range
    for note in figure.layout.annotations:
        share = note.x if note.xref == "paper" else (note.x - low) / (high - low)
        wide = palette.label_width(plain(note.text), note.font.size)
        start = left + share * plot - (0 if note.xanchor == "left" else wide)
        assert start >= -1
        assert start + wide <= figure.layout.width + 1
        assert note.yref == "paper" or top <= note.y <= bottom
        if note.xref != "paper" and (spot := at.get((round(note.y, 4), note.xanchor))):
            assert note.x > spot[1] if note.xanchor == "left" else note.x < spot[0]
    json.loads(figure.to_json())


def test_names_are_shown_as_typed():
    figure = chart(labels=["<b>x</b>", "%{y}", "z"], texts=("<i>a", "<i>b", "<i>c", "<i>d"))
    spec = json.dumps([figure.to_dict()["data"], figure.to_dict()["layout"]["annotations"]],
                      default=list)  # fmt: skip
    assert "<i>" not in spec
    assert "%{y}" not in spec
    assert "<b>x" not in spec
    assert "&lt;b&gt;x" in spec


def test_zero_weights_have_no_colour_and_no_components_no_bars():
    for trace in chart([0, 0, 0], [0, 0, 0]).data:
        assert set(trace.marker.line.width) == {0}
    empty = chart([], [], [])
    assert empty.layout.height > 0
    assert {"LIME", "Shapley"} <= set(said(empty))


def test_lists_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="2 weights of the second for 3 names"):
        chart(second=[0.1, 0.2])
    with pytest.raises(ValueError, match="1 intervals of the first for 3 names"):
        chart(first_intervals=[None])
