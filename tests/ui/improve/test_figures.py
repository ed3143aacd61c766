import itertools
from typing import Any

import pytest

from ui.figures import palette
from ui.improve.figures.rounds import TOP_PX, Line, alt, improvement_figure

TEST = Line("test data", (0.96, 0.91, 0.89), ((0.96,) * 3, (0.96, 0.95, 0.97), (0.95, 0.93, 0.96)))
FIELD = Line("real use", (0.70, 0.85, 0.88), ((0.70,) * 3, (0.70, 0.69, 0.71), (0.71, 0.7, 0.72)))
WIDTHS = (340, 390, 520, 768, 1100)


def drawn(test: Line = TEST, field: Line = FIELD, **options: Any) -> Any:
    return improvement_figure(test, field, **{"width_px": 700, "dark": False, **options})


def chain(n: int) -> tuple[Line, Line]:
    """Lines of n rounds that come together in the end."""
    steps = [i / n for i in range(n + 1)]
    return (
        Line("test data", [0.95 - 0.1 * s for s in steps], [(0.95, 0.94, 0.96)] * (n + 1)),
        Line("real use", [0.6 + 0.25 * s for s in steps], [(0.6, 0.6, 0.6)] * (n + 1)),
    )


def box(note: Any) -> tuple[float, float, float, float]:
    lines = note.text.replace("<b>", "").replace("</b>", "").split("<br>")
    wide = max(palette.label_width(line.replace("&#37;", "%"), note.font.size) for line in lines)
    left = note.x - {"left": 0, "center": wide / 2, "right": wide}[note.xanchor]
    high = 15 * len(lines)
    return left, left + wide, note.y - high / 2, note.y + high / 2


def texts(figure: Any) -> list[str]:
    return [
        note.text.replace("&#37;", "%").replace("<b>", "").replace("</b>", "")
        for note in figure.layout.annotations
    ]


def test_heights_are_the_shares() -> None:
    figure = drawn()
    _, _, test, _, _, field = figure.data
    ys = dict(zip((*TEST.shares, *FIELD.shares), (*test.y, *field.y), strict=True))
    per_point = (ys[0.70] - ys[0.96]) / 0.26
    for share, y in ys.items():
        assert ys[0.96] + per_point * (0.96 - share) == pytest.approx(y, abs=0.2)
    assert list(test.x) == list(field.x) == sorted(test.x)


def test_the_band_goes_from_the_lowest_draw_to_the_highest() -> None:
    figure = drawn()
    band, dashed, *_ = figure.data
    lows, highs = band.y[:3], band.y[3:][::-1]
    assert all(high <= mean <= low for low, mean, high in zip(lows, dashed.y, highs, strict=True))
    assert lows[0] == highs[0]
    assert lows[2] - highs[2] > lows[1] - highs[1] > 0


@pytest.mark.parametrize("dark", [False, True])
def test_lines_differ_in_more_than_colour(dark: bool) -> None:
    _, test_random, test, _, field_random, field = drawn(dark=dark).data
    assert [trace.line.dash for trace in (test, field)] == [None, None]
    assert [trace.line.dash for trace in (test_random, field_random)] == ["dash", "dash"]
    assert field.line.width > test.line.width > test_random.line.width
    assert field.marker.symbol != test.marker.symbol
    assert field.line.color == palette.text_colour(dark)


def test_each_line_is_named_at_its_end() -> None:
    names = texts(drawn(random_name="random words"))
    assert {
        "test data 89%",
        "real use 88%",
        "test data, random words 95%",
        "real use, random words 71%",
    } <= set(names)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("lines", [(TEST, FIELD), *(chain(n) for n in (1, 2, 7, 20))])
def test_nothing_overlaps_or_is_cut(lines: tuple[Line, Line], width: int) -> None:
    figure = drawn(*lines, random_name="random columns", width_px=width)
    boxes = [box(note) for note in figure.layout.annotations]
    for left, right, top, bottom in boxes:
        assert left >= -1
        assert right <= figure.layout.width + 1
        assert top >= 0
        assert bottom <= figure.layout.height
    for one, other in itertools.combinations(boxes, 2):
        assert (
            one[1] <= other[0] + 1
            or other[1] <= one[0] + 1
            or one[3] <= other[2] + 1
            or other[3] <= one[2] + 1
        )


def test_a_small_difference_does_not_look_large() -> None:
    figure = drawn(Line("test data", (0.90, 0.91)), Line("real use", (0.90, 0.90)))
    (test, field) = figure.data
    assert abs(test.y[0] - test.y[1]) < 20
    assert all(y >= TOP_PX for y in (*test.y, *field.y))


def test_without_random_parts_there_are_two_lines_alone() -> None:
    assert len(drawn(Line("test data", (1, 0.8)), Line("real use", (0.5, 0.8))).data) == 2


def test_without_real_use_there_is_the_test_data_alone() -> None:
    figure = improvement_figure(TEST, None, width_px=700, dark=False)
    assert len(figure.data) == 3  # the band, the random parts, the line
    assert list(figure.data[2].y) == sorted(figure.data[2].y)  # down, as the shares go
    assert not [text for text in texts(figure) if "real use" in text]
    assert "real use" not in alt(TEST, None)
    assert alt(TEST, FIELD).startswith(alt(TEST, None))


def test_alt_says_all_numbers() -> None:
    assert alt(TEST, FIELD, "random words") == (
        "Right answers. test data: before 96%, round 1 91%, round 2 89%. "
        "test data, random words: before 96%, round 1 96%, round 2 95%. "
        "real use: before 70%, round 1 85%, round 2 88%. "
        "real use, random words: before 70%, round 1 70%, round 2 71%."
    )


@pytest.mark.parametrize(
    ("test", "field"),
    [
        (Line("test", (0.9,)), Line("field", (0.9,))),
        (Line("test", (0.9, 0.8)), Line("field", (0.9, 0.8, 0.7))),
        (Line("test", (0.9, 0.8), ((0.9, 0.9, 0.9),)), Line("field", (0.9, 0.8))),
    ],
)
def test_lines_that_do_not_fit_together_are_refused(test: Line, field: Line) -> None:
    with pytest.raises(ValueError, match="shares for"):
        drawn(test, field)


def test_names_are_shown_as_typed() -> None:
    name = "<b>% $x$"
    figure = drawn(Line(name, (0.9, 0.8)), Line("real use", (0.9, 0.8)))
    said = [note.text for note in figure.layout.annotations]
    assert any(text.startswith("&lt;b&gt;&#37; &#36;x&#36;") for text in said)
    assert not any(text.startswith(name) for text in said)
