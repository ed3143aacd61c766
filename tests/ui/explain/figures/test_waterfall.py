"""The steps lead from the model's answer without the parts to its answer, whatever they are."""

import json
import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ui.explain.figures.waterfall import in_points, waterfall_figure, waterfall_in_words
from ui.figures import palette

weights = st.floats(-1.5, 1.5)
shares = st.floats(0, 1)
steps_of = st.lists(st.tuples(st.text(min_size=1, max_size=60), weights), max_size=8)


@given(steps_of, shares, shares, st.integers(300, 1400), st.booleans())
@settings(max_examples=40, deadline=None)
def test_each_step_begins_where_the_last_one_ends_and_all_end_at_the_answer(
    steps: list[tuple[str, float]], start: float, end: float, width: int, dark: bool
) -> None:
    figure = waterfall_figure(
        steps, start, end, "without any word", "urgent", width_px=width, dark=dark
    )
    (bars,) = figure.data
    spans = bars.customdata
    assert spans[0] == [0, start]
    for (_, before), (after, _) in pairwise(spans[:-1]):
        assert before == pytest.approx(after)
    for (name, weight), (low, high) in zip(steps, spans[1:-2], strict=True):
        assert high - low == pytest.approx(weight), name
    assert spans[-2][1] == spans[-1][1] == end
    rest = spans[-2][1] - spans[-2][0]
    assert start + sum(w for _, w in steps) + rest == pytest.approx(end)
    assert all(0 <= x <= figure.layout.width for x in bars.base)
    ends = [base + x for base, x in zip(bars.base, bars.x, strict=True)]
    assert max(ends) <= figure.layout.width
    for note in figure.layout.annotations:
        text = re.sub(r"&#(\d+);", lambda m: chr(int(m[1])), note.text)
        assert note.x + palette.label_width(text, note.font.size) <= figure.layout.width + 5
    json.loads(figure.to_json())


def test_a_step_has_a_sign_without_colour() -> None:
    steps = [("pain", 0.3), ("calm", -0.2)]
    figure = waterfall_figure(steps, 0.1, 0.5, "none", "urgent", width_px=700, dark=False)
    assert list(figure.data[0].marker.pattern.shape) == ["", "", "/", "x", ""]
    words = [note.text for note in figure.layout.annotations]
    assert words[1::2] == ["10&#37;", "+30 points", "−20 points", "+30 points", "50&#37;"]
    assert waterfall_in_words(steps, 0.1, 0.5, "none") == (
        "none 10%; pain +30 points; calm −20 points; everything else +30 points; as it is 50%"
    )


@pytest.mark.parametrize(
    ("weight", "says"),
    [
        (0.123, "+12 points"),
        (-0.0412, "−4.1 points"),
        (0.0999, "+10 points"),
        (0.0, "0.0 points"),
        (-0.0004, "0.0 points"),
    ],
)
def test_points_have_the_digits_that_mean_something(weight: float, says: str) -> None:
    assert in_points(weight) == says
