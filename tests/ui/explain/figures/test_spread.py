import html
import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ui.explain.figures.spread import value_histogram
from ui.figures import palette
from ui.figures.parts import number_text, ticks

CLASSES = ("no flu", "flu")
EDGES = [36.0, 37.0, 38.0, 39.0, 40.0]
TEMPERATURE = {"edges": EDGES, "counts": [[10, 5, 2, 0], [0, 1, 4, 8]], "missing": [3, 0]}
HEADACHE = {"categories": ["mild", "none", "severe"], "counts": [[20, 70, 10], [25, 0, 75]]}


def drawn(
    values, value, bin_range=None, classes=CLASSES, column="temperature", width_px=600, **more
):
    return value_histogram(
        values, value, bin_range, classes, column, **{"width_px": width_px, "dark": False, **more}
    )


def plain(text):
    return html.unescape(re.sub("<[^>]*>", "", text))


def said(figure):
    return [plain(a.text) for a in figure.layout.annotations]


def x_of(figure, number):
    """Where a number lies, from two ticks."""
    at = {plain(a.text): a.x for a in figure.layout.annotations}
    (a, xa), (b, xb) = ((float(t), at[t]) for t in ("37", "39"))
    return xa + (number - a) * (xb - xa) / (b - a)


def inside(figure):
    """Every annotation lies within the figure, by the careful guess of its width."""
    for note in figure.layout.annotations:
        wide = palette.label_width(plain(note.text), note.font.size)
        left = note.x - (wide / 2 if note.xanchor == "center" else 0)
        assert left >= -1
        assert left + wide <= figure.layout.width + 1
        assert 0 <= note.y <= figure.layout.height


def test_each_class_has_its_histogram_with_bars_as_high_as_its_counts():
    figure = drawn(TEMPERATURE, 38.4, (37.1, 38.4))
    assert len(figure.data) == 2
    for bars, counts in zip(figure.data, TEMPERATURE["counts"], strict=True):
        tallest = max(counts)
        heights = [-y for y in bars.y]
        assert [h / max(heights) for h in heights] == pytest.approx(
            [n / tallest for n in counts], abs=0.01
        )
        assert min(heights) >= 0
    assert figure.data[0].base < figure.data[1].base  # under each other
    assert list(figure.data[0].x) == list(figure.data[1].x)
    assert "no flu  17 rows, 3 missing" in said(figure)
    assert "flu  13 rows" in said(figure)
    assert plain(figure.data[1].hovertext[3].replace("<br>", " ")) == "39 to 40 8 of 13, 62%"


def test_the_row_s_value_and_its_bin_are_where_they_belong():
    figure = drawn(TEMPERATURE, 38.4, (37.1, 38.4))
    assert "this row: 38.4" in said(figure)
    lines = [s for s in figure.layout.shapes if s.type == "line" and s.x0 == s.x1]
    assert len(lines) == 2  # through each class
    assert [s.x0 for s in lines] == [pytest.approx(x_of(figure, 38.4), abs=0.2)] * 2
    (bin_,) = [s for s in figure.layout.shapes if s.type == "rect"]
    assert (bin_.x0, bin_.x1) == (
        pytest.approx(x_of(figure, 37.1), abs=0.2),
        pytest.approx(x_of(figure, 38.4), abs=0.2),
    )
    colours = figure.data[0].marker.color
    assert colours[1] != colours[0] == colours[2] == colours[3]  # 37 to 38 is in the bin


def test_open_bins_reach_the_end():
    (bin_,) = [s for s in drawn(TEMPERATURE, 39.5, (39.0, None)).layout.shapes if s.type == "rect"]
    assert bin_.x1 == 600 - 8
    (bin_,) = [
        s for s in drawn(TEMPERATURE, 36, (float("-inf"), 37)).layout.shapes if s.type == "rect"
    ]
    assert bin_.x0 == 8


def test_a_value_beyond_the_training_data_is_on_the_figure_and_says_so():
    figure = drawn(TEMPERATURE, 44.2, (39.0, None))
    assert "this row: 44.2, beyond the training data" in said(figure)
    (x,) = {s.x0 for s in figure.layout.shapes if s.type == "line" and s.x0 == s.x1}
    assert max(figure.data[0].x) < x < 600


def test_a_missing_value_has_no_line():
    figure = drawn(TEMPERATURE, None, None)
    assert "this row has no value in temperature" in said(figure)
    assert not [s for s in figure.layout.shapes if s.type == "rect" or s.x0 == s.x1]


def test_categories_have_a_bar_a_class_as_long_as_their_share():
    figure = drawn(HEADACHE, "severe", column="headache")
    for bars, counts in zip(figure.data, HEADACHE["counts"], strict=True):
        shares = [bars.x[i] / bars.x[1] for i in (1, 2, 3)]
        by_share = [counts[i] / sum(counts) for i in (2, 1, 0)]  # most frequent first
        assert shares == pytest.approx([s / by_share[0] for s in by_share], abs=0.15)
    order = [t for t in said(figure) if t.split("  ")[0] in HEADACHE["categories"]]
    assert order == ["severe  this row", "none", "mild"]
    assert {"10%", "75%", "70%", "0%", "20%", "25%"} <= set(said(figure))
    assert len([s for s in figure.layout.shapes if s.type == "rect"]) == 1


def test_classes_are_told_apart_without_the_colours_of_signs():
    figure = drawn(HEADACHE, "severe", column="headache")
    looks = [bars.marker.pattern.shape for bars in figure.data]
    assert len(set(looks)) == 2
    spec = figure.to_json() + drawn(TEMPERATURE, 38.4, (37.1, 38.4)).to_json()
    for dark in (False, True):
        for positive in (False, True):
            assert palette.mark_colour(positive, dark) not in spec


def test_of_many_categories_the_rest_is_summed_and_the_row_s_own_is_shown():
    names = [f"ward {i}" for i in range(40)]
    counts = [[100 - i for i in range(40)]]
    figure = drawn({"categories": names, "counts": counts}, "ward 33", classes=["all"])
    shown = [t for t in said(figure) if t.startswith("ward")]
    assert shown == [*names[:11], "ward 33  this row"]
    assert "28 others" in said(figure)
    rest = 1 - (sum(counts[0][:11]) + counts[0][33]) / sum(counts[0])
    assert palette.percent(rest) in said(figure)


def test_unknown_and_missing_categories_say_so():
    assert "This row has odd, which the training data does not have." in said(
        drawn(HEADACHE, "odd")
    )
    assert "This row has no value in headache." in said(drawn(HEADACHE, None, column="headache"))


def test_more_classes_than_fit_are_summed():
    counts = [[i, 10 - i] for i in range(10)]
    figure = drawn({"edges": [0, 1, 2], "counts": counts}, 0.5, classes=list("abcdefghij"))
    assert len(figure.data) == 6
    assert "5 others  50 rows" in said(figure)
    figure = drawn({"categories": ["x", "y"], "counts": counts}, "x", classes=list("abcdefghij"))
    assert len(figure.data) == 3
    assert "8 others  80 rows" in said(figure)


@pytest.mark.parametrize("kind", ["edges", "categories"])
def test_a_column_without_values_is_one_sentence(kind):
    figure = drawn({kind: [], "counts": [[], []], "missing": [4, 5]}, None)
    assert said(figure) == ["All 9 values are missing in temperature."]
    assert len(figure.data) == 0
    assert said(drawn({kind: [], "counts": [[], []]}, None)) == [
        "The training data has no values in temperature."
    ]


def test_names_are_shown_as_typed():
    values = {"categories": ["<b>%{x}", "#000001"], "counts": [[1, 2]]}
    spec = drawn(values, "<b>%{x}", classes=["<i>$a$"]).to_json()
    drawing = json.loads(spec)
    drawing["layout"].pop("template", None)  # Streamlit's has "#000001", once it is imported
    text = json.dumps(drawing, ensure_ascii=False)
    assert "<i>" not in text
    assert "%{x}" not in text
    assert "#000001" not in text
    assert "&lt;b&gt;&#37;{x}" in text


def test_counts_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="1 lists of counts for 2 classes"):
        drawn({"edges": [0, 1], "counts": [[1]]}, 0)
    with pytest.raises(ValueError, match="2 counts for class 'flu'; expected 1"):
        drawn({"edges": [0, 1], "counts": [[1], [1, 2]]}, 0)


names = st.text(max_size=60)


@given(
    st.lists(
        st.tuples(names, st.integers(0, 500)), min_size=1, max_size=20, unique_by=lambda t: t[0]
    ),
    st.lists(names, min_size=1, max_size=5),
    names,
    st.integers(300, 1400),
    st.booleans(),
)
@settings(max_examples=40, deadline=None)
def test_categories_are_never_cut(categories, classes, column, width, dark):
    values = {
        "categories": [name for name, _ in categories],
        "counts": [[n for _, n in categories] for _ in classes],
        "missing": [7 for _ in classes],
    }
    for value in (categories[0][0], None):
        figure = drawn(values, value, None, classes, column, width, dark=dark)
        assert figure.layout.width <= width
        inside(figure)
        json.loads(figure.to_json())


@given(
    st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=30, unique=True),
    st.floats(-1e7, 1e7) | st.none() | st.booleans(),
    st.integers(300, 1400),
    names,
)
@settings(max_examples=60, deadline=None)
def test_numbers_are_never_cut(edges, value, width, name):
    edges = sorted(edges)
    counts = [[i % 5 for i in range(len(edges) - 1)], [1] * (len(edges) - 1)]
    figure = drawn(
        {"edges": edges, "counts": counts}, value, (edges[0], None), (name, "b"), name, width
    )
    inside(figure)
    for bars in figure.data:
        assert all(0 <= x <= figure.layout.width for x in bars.x)
        assert all(w >= 1 for w in bars.width)


@given(st.floats(-1e9, 1e9), st.floats(1e-6, 1e9), st.integers(3, 12))
def test_ticks_are_few_and_within(low, span, most):
    span = max(span, 1e-6 * abs(low))
    found = ticks(low, low + span, most)
    assert len(found) <= most
    assert all(low - 1e-6 * span <= t <= low + span * (1 + 1e-6) for t in found)
    assert ticks(0, 10, 6) == [0, 2, 4, 6, 8, 10]


@pytest.mark.parametrize(
    ("value", "text"),
    [(38.4, "38.4"), (2019.0, "2019"), (12500, "12,500"), (-0.00312, "−0.00312"), (1e20, "1e+20")],
)
def test_numbers_are_written_as_people_do(value, text):
    assert number_text(value) == text
