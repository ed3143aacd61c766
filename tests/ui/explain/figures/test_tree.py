import html
import itertools
import json
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lime_engine.types import TreeSurrogate
from ui.explain.figures.tree import tree_figure, tree_in_words
from ui.figures import palette

# fever? gone: 12%; there: chest pain? gone: 41%, there: 87%
TREE = TreeSurrogate(
    component=(0, -1, 2, -1, -1),
    off=(1, -1, 3, -1, -1),
    on=(2, -1, 4, -1, -1),
    value=(0.45, 0.12, 0.7, 0.41, 0.873),
)
ALONE = TreeSurrogate((-1,), (-1,), (-1,), (0.45,))
NAMES = ["fever", "cough", "chest pain"]
WIDTHS = (700, 358)
texts = st.text(max_size=60)


def figure_of(tree=TREE, names=NAMES, target="urgent", width_px=700, dark=False, **more):
    return tree_figure(tree, names, target, width_px=width_px, dark=dark, **more)


def plain(text):
    return html.unescape(re.sub("<[^>]*>", "", text.replace("<br>", " ")))


def said(figure):
    return [plain(a.text) for a in figure.layout.annotations]


def places(figure):
    """Node to the middle of its box."""
    trace = figure.data[0]
    return dict(zip(trace.customdata, zip(trace.x, trace.y, strict=True), strict=True))


def boxes(figure):
    """Node to its box with an edge."""
    found = {}
    middles = {xy: node for node, xy in places(figure).items()}
    for shape in figure.layout.shapes:
        if shape.type == "rect" and shape.line.color:
            xy = (shape.x0 + shape.x1) / 2, (shape.y0 + shape.y1) / 2
            node = next(n for (x, y), n in middles.items() if abs(x - xy[0]) + abs(y - xy[1]) < 0.1)
            found[node] = shape
    return found


def text_in(figure, node):
    x, y = places(figure)[node]
    (note,) = [a for a in figure.layout.annotations if abs(a.x - x) + abs(a.y - y) < 0.1]
    return note.text


def full(depth, seed=0):
    """A tree that asks one component a level, numbered as scikit-learn does."""
    rng = np.random.default_rng(seed)
    component, off, on, value = [], [], [], []

    def grow(level):
        node = len(component)
        for row in (component, off, on):
            row.append(-1)
        value.append(float(rng.uniform()))
        if level < depth:
            component[node] = level
            off[node] = grow(level + 1)
            on[node] = grow(level + 1)
        return node

    grow(0)
    return TreeSurrogate(tuple(component), tuple(off), tuple(on), tuple(value))


@pytest.mark.parametrize("width", WIDTHS)
def test_every_node_has_a_box_with_its_question_or_percent(width):
    figure = figure_of(width_px=width)
    inside = [plain(text_in(figure, node)) for node in range(5)]
    assert inside == ["fever?", "12%", "chest pain?", "41%", "87% copies like it"]
    assert said(figure)[0] == "urgent: 45% on average over all copies"
    assert sorted(said(figure)).count("there") == sorted(said(figure)).count("gone") == 2


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("tree", [TREE, ALONE, full(4)])
def test_the_way_of_the_instance_is_bold_and_no_other(tree, width):
    """The oracle is the surrogate's own walk with everything on."""
    names = ["a", "b", "c", "d"]
    figure = figure_of(tree, names, width_px=width)
    way, node = [0], 0
    while tree.component[node] >= 0:
        node = tree.on[node]
        way.append(node)
    assert tree.value[node] == tree.predict(np.ones((1, 4), dtype=bool))[0]
    bold = [n for n in range(len(tree.value)) if text_in(figure, n).startswith("<b>")]
    thick = [n for n, box in boxes(figure).items() if box.line.width > 2]
    assert sorted(bold) == sorted(thick) == sorted(way)
    branches = [a.text for a in figure.layout.annotations if plain(a.text) in ("there", "gone")]
    assert branches.count("<b>there</b>") == len(way) - 1
    assert "<b>gone</b>" not in branches


def test_side_by_side_the_way_of_the_instance_is_on_the_left():
    at = places(figure_of())
    assert at[2][1] == pytest.approx(at[1][1], abs=12)  # on one level
    assert at[4][0] < at[3][0] < at[1][0]
    assert at[2][0] < at[0][0] < at[1][0]


def test_on_a_phone_it_is_an_indented_list_from_top_to_bottom():
    at, found = places(figure_of(width_px=358)), boxes(figure_of(width_px=358))
    assert [at[n][1] for n in (0, 2, 4, 3, 1)] == sorted(y for _, y in at.values())
    assert found[0].x0 < found[2].x0 < found[4].x0 == found[3].x0
    assert found[1].x0 == found[2].x0


def test_what_does_not_fit_side_by_side_is_a_list_too():
    at = places(figure_of(full(4), list("abcd")))
    assert len({y for _, y in at.values()}) == 31


def test_ends_are_coloured_around_the_mean_and_have_the_edge_of_their_side():
    found = boxes(figure_of())
    assert [found[n].line.dash for n in (1, 3, 4)] == ["4px,3px", "4px,3px", "solid"]
    assert found[4].line.color == palette.mark_colour(True, False)
    assert found[1].line.color == palette.mark_colour(False, False)
    scale = 0.873 - 0.45
    for node in (1, 3, 4):
        expected = palette.signed_colour(TREE.value[node] - 0.45, scale, False)
        assert found[node].fillcolor == expected
    mark = {palette.mark_colour(sign, False) for sign in (False, True)}
    assert boxes(figure_of(ALONE))[0].line.color not in mark


def test_the_caller_s_words_are_used():
    figure = figure_of(
        question=lambda i: f"is “{NAMES[i]}” there?",
        labels=("as here", "otherwise"),
        here="this row",
    )
    assert {"is “fever” there?", "87% this row", "as here", "otherwise"} <= set(said(figure))


def test_hovering_says_what_is_there_and_gone():
    hovers = [plain(text) for text in figure_of().data[0].hovertext]
    by_node = dict(zip(figure_of().data[0].customdata, hovers, strict=True))
    assert by_node[3] == "fever there, chest pain gone urgent: 41% on average"
    assert by_node[0] == "all copies urgent: 45% on average"


def test_the_tree_in_words_has_every_end_with_its_own_first():
    assert tree_in_words(TREE, NAMES, "urgent") == (
        "urgent: 45% on average over all copies. "
        "fever there, chest pain there (copies like it): 87%. "
        "fever there, chest pain gone: 41%. fever gone: 12%."
    )
    assert tree_in_words(ALONE, NAMES, "urgent") == "urgent: 45% on average over all copies."
    long = tree_in_words(full(3), list("abc"), "urgent")
    assert long.count("%") == 1 + 8
    assert long.count("copies like it") == 1


@given(
    st.integers(0, 4),
    st.lists(texts, min_size=4, max_size=4),
    texts,
    st.tuples(texts, texts),
    texts,
    st.integers(300, 1400),
)
@settings(max_examples=30, deadline=None)
def test_nothing_is_cut_and_no_boxes_touch(depth, names, target, labels, here, width):
    figure = figure_of(full(depth), names, target, width, labels=labels, here=here)
    layout = figure.layout
    for note in layout.annotations:
        wide = max(
            palette.label_width(plain(line), note.font.size) for line in note.text.split("<br>")
        )
        left = note.x - (wide / 2 if note.xanchor == "center" else 0)
        assert left >= -1
        assert left + wide <= layout.width + 1
        assert 0 <= note.y <= layout.height
    found = list(boxes(figure).values())
    assert len(found) == 2 ** (depth + 1) - 1
    for i, a in enumerate(found):
        assert a.x0 >= 0
        assert a.x1 <= layout.width
        assert a.y1 <= layout.height
        for b in found[:i]:
            assert a.x0 >= b.x1 or b.x0 >= a.x1 or a.y0 >= b.y1 or b.y0 >= a.y1
    json.loads(figure.to_json())


@pytest.mark.parametrize("labels", [("there", "gone"), ("as here", "otherwise")])
def test_the_two_labels_under_a_question_do_not_touch(labels):
    figure = figure_of(full(2), ["a", "b"], labels=labels)
    spans = []
    for note in figure.layout.annotations:
        if plain(note.text) in labels:
            half = palette.label_width(plain(note.text), note.font.size) / 2
            spans.append((round(note.y), note.x - half, note.x + half))
    spans.sort()
    assert len(spans) == 6
    for (y, _, right), (z, left, _) in itertools.pairwise(spans):
        assert y != z or right <= left


@pytest.mark.parametrize("width", WIDTHS)
def test_names_are_shown_as_typed(width):
    figure = figure_of(names=["<i>x", "y", "%{z}"], target="<i>t", width_px=width,
                       labels=("<i>on", "<i>off"), here="<i>here")  # fmt: skip
    spec = json.dumps([list(figure.data[0].hovertext), [a.text for a in figure.layout.annotations]])
    assert "<i>" not in spec
    assert "%{z}" not in spec
    assert "&lt;i&gt;x" in spec


def test_a_component_without_a_name_is_refused():
    with pytest.raises(ValueError, match="component 2, but there are 2 names"):
        figure_of(names=["a", "b"])
