import html
import itertools
import json
import math
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ui.explain.figures.dependence import MOST_LINES, dependence_figure
from ui.figures import palette

GRID = [36.0, 37.0, 38.0, 39.0, 40.0]
MEAN = [0.1, 0.2, 0.5, 0.8, 0.9]
LINES = [[0.0, 0.1, 0.3, 0.7, 1.0], [0.2, 0.3, 0.7, 0.9, 0.8]]
names = st.text(max_size=60)


def figure_of(grid=GRID, mean=MEAN, lines=LINES, here=38.5, answer=0.6, width_px=700, **more):
    texts = more.pop("texts", ("temperature", "flu"))
    return dependence_figure(
        grid, mean, lines, here, answer, *texts, **{"width_px": width_px, "dark": False, **more}
    )


def plain(text):
    return html.unescape(re.sub("<[^>]*>", "", text))


def said(figure):
    return [plain(a.text) for a in figure.layout.annotations]


def answer_at(figure, y):
    """The answer at a height, from two levels."""
    levels = {plain(a.text): a.y for a in figure.layout.annotations if a.text.endswith("&#37;")}
    low, high = levels["0%"], levels["50%"]
    return 0.5 * (y - low) / (high - low)


def value_at(figure, x):
    ticks = {plain(a.text): a.x for a in figure.layout.annotations}
    return 37 + 2 * (x - ticks["37"]) / (ticks["39"] - ticks["37"])


@pytest.mark.parametrize("width", [700, 358])
def test_the_mean_and_the_rows_lie_where_their_numbers_say(width):
    figure = figure_of(width_px=width)
    single, mean, own = figure.data
    assert [value_at(figure, x) for x in mean.x] == pytest.approx(GRID, abs=0.02)
    assert [answer_at(figure, y) for y in mean.y] == pytest.approx(MEAN, abs=0.01)
    drawn = [answer_at(figure, y) for y in single.y if y is not None]
    assert drawn == pytest.approx([*LINES[0], *LINES[1]], abs=0.01)
    assert [y for y in single.y if y is None] == [None, None]  # a gap after each row
    assert mean.line.width > 2 * single.line.width
    assert value_at(figure, own.x[0]) == pytest.approx(38.5, abs=0.02)
    assert answer_at(figure, own.y[0]) == pytest.approx(0.6, abs=0.01)
    assert "this row: 38.5, 60%" in said(figure)
    assert {"temperature", "the model's answer: flu"} <= set(said(figure))


def test_hovering_the_mean_says_value_and_answer():
    assert [plain(t.replace("<br>", ", ")) for t in figure_of().data[1].hovertext[:2]] == [
        "temperature 36, 10% on average",
        "temperature 37, 20% on average",
    ]


@pytest.mark.parametrize(("n", "drawn"), [(0, 0), (3, 3), (MOST_LINES, MOST_LINES), (200, 40)])
def test_at_most_forty_rows_are_drawn_and_the_key_says_so(n, drawn):
    figure = figure_of(lines=[[i / 1000] * 5 for i in range(n)])
    assert sum(y is None for y in figure.data[0].y) == drawn
    assert len(set(figure.data[0].y)) >= 0.9 * drawn  # from all over, not one twice
    key = [text for text in said(figure) if "rows" in text]
    more = ["single rows, 40 of 200 shown"] if n == 200 else ["single rows"] if n else []
    assert key == ["mean of all rows", *more]


@pytest.mark.parametrize("missing", [None, math.nan, math.inf])
def test_a_row_without_a_value_or_answer_has_no_mark(missing):
    for here, answer in ((missing, 0.5), (38.0, missing)):
        figure = figure_of(here=here, answer=answer)
        assert len(figure.data) == 2
        assert not [text for text in said(figure) if text.startswith("this row")]


def test_a_value_beyond_the_grid_is_in_the_picture():
    figure = figure_of(here=44.0, answer=0.95)
    assert max(figure.data[1].x) < figure.data[2].x[0] < 700


def test_what_hardly_moves_looks_flat():
    figure = figure_of(mean=[0.50, 0.505, 0.51, 0.505, 0.50], lines=[], answer=0.5)
    heights = figure.data[1].y
    assert max(heights) - min(heights) < 0.06 * 210


def test_answers_that_are_no_probabilities_are_written_as_numbers():
    figure = figure_of(mean=[-10.0, 0, 10, 20, 30], lines=[], answer=12.34, percent=False)
    assert "this row: 38.5, 12.3" in said(figure)
    assert not [text for text in said(figure) if "%" in text]
    assert {"−10", "0", "10", "20", "30"} <= set(said(figure))


def test_one_value_is_a_point():
    figure = figure_of([3], [0.4], [[0.2], [0.3]], 3, 0.35)
    assert [trace.mode for trace in figure.data] == ["markers"] * 3
    assert figure.data[1].marker.size > figure.data[0].marker.size


def test_gaps_stay_gaps():
    figure = figure_of(lines=[[0.1, math.nan, 0.2, 0.3, 0.4]])
    assert figure.data[0].y[1] is None
    json.loads(figure.to_json())


@given(
    st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=12, unique_by=lambda v: round(v, 3)),
    st.floats(-1e7, 1e7) | st.none(),
    st.floats(0, 1),
    st.booleans(),
    st.tuples(names, names),
    st.integers(300, 1400),
)
@settings(max_examples=40, deadline=None)
def test_nothing_is_cut(grid, here, answer, percent, texts, width):
    mean = [answer] * len(grid)
    figure = figure_of(
        sorted(grid), mean, [mean, mean], here, answer, width, percent=percent, texts=texts
    )
    layout = figure.layout
    ticks = []
    for note in layout.annotations:
        wide = palette.label_width(plain(note.text), note.font.size)
        part = {"left": 0, "center": 0.5, "right": 1}[note.xanchor]
        left = note.x - part * wide
        assert left >= -1
        assert left + wide <= layout.width + 1
        assert 0 <= note.y <= layout.height
        ticks.append((note.y, left, left + wide))
    ticks.sort()
    for (y, _, right), (z, left, _) in itertools.pairwise(ticks):
        assert y != z or right <= left
    for trace in figure.data:
        assert all(x is None or 0 <= x <= layout.width for x in trace.x)
        assert all(y is None or 0 <= y <= layout.height for y in trace.y)
    json.loads(figure.to_json())


def test_names_are_shown_as_typed():
    figure = figure_of(texts=("<i>%{x}", "<i>t"))
    spec = json.dumps([t.to_plotly_json() for t in figure.data], default=list) + " ".join(
        a.text for a in figure.layout.annotations
    )
    assert "<i>" not in spec
    assert "%{x}" not in spec
    assert "&lt;i&gt;" in spec


@pytest.mark.parametrize("dark", [False, True])
def test_only_the_greys_of_the_page_are_used(dark):
    spec = json.dumps([t.to_plotly_json() for t in figure_of(dark=dark).data], default=list)
    for sign in (False, True):
        assert palette.mark_colour(sign, dark) not in spec
    assert figure_of(dark=dark).data[1].line.color == palette.text_colour(dark)


def test_lists_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="4 answers in the mean for 5 values"):
        figure_of(mean=MEAN[:4])
    with pytest.raises(ValueError, match="1 answers in line 1 for 5 values"):
        figure_of(lines=[MEAN, [0.1]])
    for grid, mean in (([], []), ([1.0, 1.0], [0.1, 0.1]), ([2.0, 1.0], [0.1, 0.1])):
        with pytest.raises(ValueError, match="Give a grid"):
            figure_of(grid, mean, [])
