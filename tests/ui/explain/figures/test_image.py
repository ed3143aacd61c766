import json
import re

import numpy as np
import pytest

from lime_engine.image.perturber import ImagePerturber
from lime_engine.subjects import ImageSubject
from ui.explain.figures.image import (
    FONT_PX,
    MOST_NUMBERS,
    TALLEST_PX,
    WIDEST_PX,
    badge_places,
    figure_size,
    image_figure,
    room_for,
)
from ui.explain.figures.targets import MOST_MARKERS, markers
from ui.figures import palette
from ui.figures.linked import BADGE_PX, LEAST_SHARE, numbered, telling
from ui.figures.overlay import SWALLOWED, counting, tint_contrast

RNG = np.random.default_rng(5)


def scene(height, width, n_segments, seed=0):
    """Smooth patches of colour, cut into superpixels by colour."""
    rng = np.random.default_rng(seed)
    rows, columns = np.indices((height, width)) / max(height, width)
    waves = [np.sin(9 * (a * rows + b * columns) + c) for a, b, c in rng.normal(0, 2, (3, 3))]
    return ImagePerturber(n_segments=n_segments).components(np.dstack(waves))


PHOTOGRAPH = scene(300, 400, 60)
DIGIT = ImagePerturber(segmentation="grid", n_segments=16).components(
    np.random.default_rng(2).integers(0, 17, (8, 8)).astype(float)
)
DOT = np.zeros((200, 200), dtype=np.intp)
DOT[120, 77] = 1
SUBJECTS = {
    "photograph": PHOTOGRAPH,
    "digit": DIGIT,
    "150": scene(512, 512, 190, 3),
    "dot": ImageSubject(RNG.random((200, 200)), DOT),
    "one": ImageSubject(RNG.random((100, 90)), np.zeros((100, 90), dtype=np.intp)),
    "wide": scene(70, 600, 20, 4),
    "pixel": ImageSubject(np.ones((1, 1)), np.zeros((1, 1), dtype=np.intp)),
}
every_subject = pytest.mark.parametrize("subject", SUBJECTS.values(), ids=SUBJECTS)


def drawn(subject, weights=(), width_px=520, dark=False, **more):
    names = {"positive_name": "wolf", "negative_name": "husky"}
    return image_figure(subject, dict(weights), width_px=width_px, dark=dark, **{**names, **more})


def points(figure):
    return [
        np.concatenate([np.asarray(trace[name]) for trace in figure.data]).astype(int)
        for name in ("x", "y", "customdata")
    ]


def hovers(figure):
    """The text of each superpixel's markers, as it is shown."""
    found = {}
    for trace in figure.data:
        for i, number in zip(trace.customdata, trace.text, strict=True):
            template = trace.hovertemplate.removesuffix("<extra></extra>")
            found[int(i)] = template.replace("%{text}", number)
    return found


@every_subject
@pytest.mark.parametrize("width_px", [358, 520])
def test_every_marker_carries_the_superpixel_under_it_and_every_superpixel_has_one(
    subject, width_px
):
    x, y, ids = points(drawn(subject, width_px=width_px))
    assert np.array_equal(subject.segments[y, x], ids)
    assert set(ids.tolist()) == set(range(subject.n_components))
    assert len(ids) <= MOST_MARKERS


@pytest.mark.parametrize(
    ("name", "share"), [("photograph", 0.95), ("digit", 1.0), ("150", 0.9), ("wide", 0.95)]
)
@pytest.mark.parametrize("width_px", [358, 520])
def test_the_marker_nearest_to_a_click_tells_the_superpixel(name, share, width_px):
    subject = SUBJECTS[name]
    size = np.array(figure_size(subject.segments.shape, width_px))
    x, y, ids = markers(subject.segments, tuple(size))
    shape = np.array(subject.segments.shape[::-1])
    clicks = np.random.default_rng(0).random((1000, 2))
    at = np.column_stack([x, y]) + 0.5
    away = np.hypot(*np.moveaxis((clicks[:, None] - at / shape) * size, -1, 0))
    columns, rows = (clicks * shape).astype(int).T
    assert (ids[away.argmin(axis=1)] == subject.segments[rows, columns]).mean() >= share


def test_thousands_of_superpixels_keep_the_figure_small():
    ids = np.arange(2500).reshape(50, 50).repeat(10, 0).repeat(10, 1)
    x, _, found = markers(ids, (500, 500))
    assert set(found.tolist()) == set(range(2500))
    assert len(x) <= MOST_MARKERS


def test_the_figure_has_the_picture_s_shape_and_exact_size():
    for shape, width_px, size in [
        ((300, 400), 520, (520, 390)),
        ((300, 400), 358, (358, 268)),
        ((8, 8), 1400, (WIDEST_PX, WIDEST_PX)),
        ((900, 300), 520, (200, TALLEST_PX)),
    ]:
        assert figure_size(shape, width_px) == size
    layout = drawn(PHOTOGRAPH).layout
    assert (layout.width, layout.height, layout.dragmode) == (520, 390, False)
    assert layout.margin.to_plotly_json().items() >= {"l": 0, "r": 0, "t": 0, "b": 0}.items()
    assert layout.xaxis.range == (-0.5, 399.5)
    assert layout.yaxis.range == (299.5, -0.5)
    assert not layout.xaxis.visible
    assert layout.xaxis.fixedrange
    assert layout.yaxis.fixedrange
    assert layout.hoverdistance == -1  # a click anywhere counts


def test_picture_and_tints_are_two_layers_that_fill_the_figure():
    below, above = drawn(PHOTOGRAPH, {0: 0.1}).layout.images
    assert (below.layer, above.layer) == ("below", "above")
    assert below.source.startswith("data:image/jpeg")
    assert above.source.startswith("data:image/png")
    for image in (below, above):
        assert (image.xref, image.yref, image.sizing) == ("paper", "paper", "stretch")
        assert (image.x, image.y, image.sizex, image.sizey) == (0, 1, 1, 1)
    original, only = drawn(PHOTOGRAPH, {0: 0.1}, mode="only").layout.images
    assert (original.source, original.layer, only.layer) == (below.source, "below", "above")


def test_hovering_tells_the_place_the_weight_and_whom_it_speaks_for():
    corner = int(DIGIT.segments[0, 0])
    text = hovers(drawn(DIGIT, {corner: 0.08, 5: -0.5, 6: 0.0}, off=[5]))
    assert text[corner] == (
        f"<b>region {corner + 1}, upper left</b><br>+0.08 speaks for wolf<br>click to switch off"
    )
    assert "−0.50 speaks for husky<br>click to switch on" in text[5]
    assert "0 speaks for neither" in text[6]
    assert "speaks" not in text[15]
    assert "click" not in "".join(hovers(drawn(DIGIT, {0: 1.0}, clickable=False)).values())


def test_names_are_shown_as_typed():
    figure = drawn(DIGIT, {0: 0.1}, positive_name="<b>%{x}</b> #000001 $a$")
    spec = json.dumps([trace.hovertemplate for trace in figure.data])
    assert "&lt;b&gt;&#37;{x}&lt;/b&gt; &#35;000001 &#36;a&#36;" in spec
    assert set(re.findall(r"%{.*?}", spec)) == {"%{text}"}


def test_the_strongest_with_room_carry_their_numbers():
    cells = np.arange(16).reshape(4, 4).repeat(50, 0).repeat(50, 1)
    subject = ImageSubject(RNG.random((200, 200)), cells)
    weights = {i: (i + 1) * (-1) ** i / 100 for i in range(10)}
    notes = drawn(subject, weights, off=[9]).layout.annotations
    assert len(notes) == MOST_NUMBERS
    assert [re.sub("<.*?>", "", a.text) for a in notes] == [
        "+0.09", "−0.08", "+0.07", "−0.06", "+0.05",
    ]  # fmt: skip
    for note, i in zip(notes, (8, 7, 6, 5, 4), strict=True):
        assert cells[round(note.y), round(note.x)] == i
        assert note.bordercolor == ("#E66101" if i % 2 == 0 else "#5E3C99")
    assert not drawn(subject, weights, width_px=60).layout.annotations  # no room


@pytest.mark.parametrize("strongest", [0, 12, 37])
def test_the_very_strongest_has_its_number_also_where_it_is_too_small_for_it(strongest):
    """Strips of 5 pixels: no number fits into any."""
    strips = np.repeat(np.arange(40), 5)[None].repeat(200, 0)
    subject = ImageSubject(RNG.random((200, 200)), strips)
    weights = dict.fromkeys(range(40), 0.1) | {strongest: -0.5}
    (note,) = drawn(subject, weights).layout.annotations
    assert re.sub("<.*?>", "", note.text) == "−0.50"
    half = (palette.label_width("−0.50", FONT_PX) + 6) / 2 * 200 / drawn(subject, {}).layout.width
    assert half - 1 <= note.x <= 200 - half  # not beyond the edge of the picture
    assert abs(note.x - (5 * strongest + 2)) <= max(2.5, half)  # and as near as that allows


def test_a_box_is_put_where_it_fits():
    mask = np.zeros((20, 30), dtype=bool)
    mask[:, :2] = True  # a stem too thin for it
    mask[12:20, :20] = True
    x, y = room_for(mask, 8, 4)
    assert mask[int(y - 1.5) : int(y + 2.5), int(x - 3.5) : int(x + 4.5)].all()
    assert room_for(mask, 28, 4) is None
    assert room_for(np.zeros((5, 5), dtype=bool), 1, 1) is None


def test_the_chosen_superpixel_has_an_outline_around_its_pixels():
    shapes = drawn(DIGIT, chosen=5).layout.shapes
    assert len(shapes) == 2  # blue on white
    rows, columns = np.nonzero(DIGIT.segments == 5)
    numbers = [float(n) for n in re.findall(r"-?[\d.]+", shapes[1].path)]
    xs, ys = numbers[::2], numbers[1::2]
    assert (min(xs), max(xs)) == (columns.min() - 0.5, columns.max() + 0.5)
    assert (min(ys), max(ys)) == (rows.min() - 0.5, rows.max() + 0.5)
    assert not drawn(DIGIT).layout.shapes


def test_one_scale_gives_the_same_overlay_beside_a_stronger_weight():
    def overlay(weights, scale):
        return drawn(DIGIT, weights, scale=scale).layout.images[1].source

    assert overlay({0: 0.1}, 1.0) != overlay({0: 0.1}, None)
    assert overlay({0: 0.1, 3: 0.0}, 1.0) == overlay({0: 0.1}, 1.0)


@every_subject
@pytest.mark.parametrize("mode", ["colours", "only"])
@pytest.mark.parametrize("dark", [False, True])
def test_everything_off_and_nothing_weighed_is_drawn(subject, mode, dark):
    figure = drawn(subject, mode=mode, dark=dark, off=range(subject.n_components), width_px=358)
    assert len(figure.layout.images) == 2
    assert len(figure.to_json()) < 300_000


def test_a_large_photograph_stays_small():
    subject = SUBJECTS["150"]
    noisy = ImageSubject(RNG.integers(0, 256, (512, 512, 3), dtype=np.uint8), subject.segments)
    assert len(drawn(subject, {i: 0.1 * (-1) ** i for i in range(10)}).to_json()) < 300_000
    assert drawn(noisy).layout.images[0].source.startswith("data:image/jpeg")


@every_subject
@pytest.mark.parametrize("width_px", [180, 358, 520])
def test_every_part_that_tells_something_has_its_number_where_it_is(subject, width_px):
    d = subject.n_components
    weights = {i: 0.1 + 0.01 * i for i in range(0, d, max(1, d // 6))} | {d - 1: -0.4}
    figure = drawn(subject, weights, width_px=width_px, numbers=numbered(weights), off=[0])
    circles = [s for s in figure.layout.shapes if s.type == "circle"]
    notes = [re.sub("<.*?>", "", a.text) for a in figure.layout.annotations]
    order = list(telling(weights))
    assert notes == [str(n) for n in range(1, len(order) + 1)]
    assert numbered(weights) == {i: n for n, i in enumerate(order, start=1)}
    px = figure.layout.width / subject.segments.shape[1]
    half = BADGE_PX / 2
    for circle, i in zip(circles, order, strict=True):
        x, y = circle.xanchor, circle.yanchor
        dashed = circle.line.dash != "solid"
        assert dashed == (weights[i] < 0)
        if min(figure.layout.width, figure.layout.height) >= BADGE_PX:  # not beyond the edge
            assert half - 1 <= (x + 0.5) * px <= figure.layout.width - half + 1
        rows, columns = np.nonzero(subject.segments == i)
        assert np.hypot(columns - x, rows - y).min() * px <= 2 * half + px  # or beside the edge


def test_badges_stand_apart_and_inside_where_there_is_room():
    cells = np.arange(16).reshape(4, 4).repeat(50, 0).repeat(50, 1)
    places = badge_places(cells, list(range(16)), (400, 400))
    for i, (x, y) in enumerate(places):
        row, column = divmod(i, 4)
        assert (x, y) == pytest.approx((50 * column + 24.5, 50 * row + 24.5), abs=1.5)
    strips = np.repeat(np.arange(40), 5)[None].repeat(200, 0)
    at = np.array(badge_places(strips, list(range(10, 20)), (400, 400))) * 2
    away = np.hypot(*np.moveaxis(at[:, None] - at[None], -1, 0)) + 1000 * np.eye(10)
    assert away.min() >= BADGE_PX - 1


def test_the_chart_and_the_picture_leave_out_the_same():
    weights = {3: 0.4, 1: -0.019, 7: 0.021, 2: 0.0, 5: float("nan")}
    assert telling(weights) == {3: 0.4, 7: 0.021}
    assert min(map(abs, telling(weights).values())) >= LEAST_SHARE * 0.4
    assert counting(weights, [7]) == {3: 0.4}
    assert [p["id"] for p in drawn(DIGIT, weights).layout.meta["parts"]] == [3, 7]
    assert telling({1: 1e-9, 2: -1e-9}) == {1: 1e-9, 2: -1e-9}  # against each other, not a number
    assert telling({}) == telling({1: 0.0}) == {}


def test_an_outline_that_can_be_lit_runs_around_its_superpixel():
    figure = drawn(PHOTOGRAPH, {5: 0.3})
    (part,) = figure.layout.meta["parts"]
    numbers = np.array(re.findall(r"[\d.]+", part["path"]), dtype=float).reshape(-1, 2)
    rows, columns = np.nonzero(PHOTOGRAPH.segments == 5)
    px = figure.layout.width / 400
    assert numbers.min(axis=0) == pytest.approx([columns.min() * px, rows.min() * px], abs=4)
    assert numbers.max(axis=0) == pytest.approx(
        [(columns.max() + 1) * px, (rows.max() + 1) * px], abs=4
    )
    assert part["said"].startswith("region 6, ")


def test_saturated_colours_swallow_the_tint_and_greys_do_not():
    cells = np.arange(16).reshape(4, 4).repeat(12, 0).repeat(12, 1)
    rng = np.random.default_rng(0)
    hues = np.array([(255, 120, 0), (120, 0, 200), (0, 160, 60), (230, 0, 40)])
    bright = hues[rng.integers(0, 4, (48, 48))].astype(np.uint8)
    grey = np.repeat(rng.integers(0, 256, (48, 48, 1)), 3, axis=2).astype(np.uint8)
    weights = {5: 0.2, 10: -0.15, 0: 0.1}
    assert tint_contrast(ImageSubject(bright, cells), weights, 0.2) < SWALLOWED
    assert tint_contrast(ImageSubject(grey, cells), weights, 0.2) > 3 * SWALLOWED
    pale = (0.85 * grey + 0.15 * bright).astype(np.uint8)
    assert tint_contrast(ImageSubject(pale, cells), weights, 0.2) > SWALLOWED
    assert tint_contrast(ImageSubject(grey, cells), {}, 0.2) == float("inf")
