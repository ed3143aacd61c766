import re

import pytest

from ui.figures.bars import bars_html, reach, track_html

AT = r"left:([\d.]+)%;width:([\d.]+)%"


def drawn(weight: float, within: tuple[float, float]) -> tuple[float, float]:
    """Where the bar begins and ends, in percent of its track."""
    found = re.search(AT, track_html(weight, within, dark=False))
    assert found is not None
    start, wide = map(float, found.groups())
    return start, start + wide


def test_a_bar_is_as_long_as_its_weight_on_its_own_side_of_zero() -> None:
    weights = (0.3, -0.1, 0.05)
    within = reach(weights)
    assert within == (-0.1, 0.3)
    assert drawn(0.3, within) == pytest.approx((25, 100))
    assert drawn(-0.1, within) == pytest.approx((0, 25))
    assert drawn(0.05, within) == pytest.approx((25, 37.5))


def test_the_whisker_lies_where_its_interval_does_and_ends_with_the_track() -> None:
    within = reach((0.2,), [(0.1, 0.3)])
    assert within == pytest.approx((0, 0.3))
    html = track_html(0.2, within, dark=False, interval=(0.1, 0.3))
    bar, whisker = (tuple(map(float, found)) for found in re.findall(AT, html))
    assert bar == pytest.approx((0, 66.67))
    assert whisker == pytest.approx((33.33, 66.67))
    far = reach((0.2,), [(-90.0, 90.0)])
    assert far == pytest.approx((-0.5, 0.5))  # the bar can still be seen
    assert reach((0.2,), [(0.1, float("inf"))]) == (0, 0.2)


@pytest.mark.parametrize("weight", [1e-6, -1e-6])
def test_what_is_practically_nothing_stays_short(weight: float) -> None:
    start, end = drawn(weight, reach((weight,)))
    assert end - start < 0.1


def test_names_are_escaped_and_a_sign_needs_no_colour() -> None:
    html = bars_html([("<b>a</b>", 0.1), ("b", -0.1)], dark=True)
    assert "<b>" not in html
    assert "+0.100" in html
    assert "\N{MINUS SIGN}0.100" in html
    assert html.count("solid #F1853C") == html.count("dashed #A78BE6") == 1
