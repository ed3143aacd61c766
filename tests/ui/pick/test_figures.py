import html
import itertools
import json
import random
import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lime_engine.subjects import TabularSubject, TextSubject
from lime_engine.text import TextPerturber
from ui.figures import palette
from ui.figures.markup import EXCERPT
from ui.pick.figures.coverage import coverage_curve, coverage_in_words
from ui.pick.figures.matrix import KEY, features_left_out, matrix_in_words, pick_matrix
from ui.pick.figures.thumbnails import (
    NOTHING,
    adds_html,
    picture_small,
    row_small,
    strip_html,
    text_small,
)
from ui.pick.values import Feature, Picked, PickedItem, Reason

PIXEL = "data:image/png;base64,iVBORw0KGgo="
PHONE, LAPTOP = 340, 1040
CLASSES = ["atheism", "soc.religion.christian"]
HOSTILE = ["<u>x</u>", "<script>alert(1)</script>", "$x$", "%{y}", "a" * 200, "b" * 40, " ", ""]


def picked_of(items, names, *, targets=None, share=None, examples=(), draws=40, seed=0):
    """A pick of these items in this order; an item is its (feature, weight) pairs."""
    sizes = [0.0] * len(names)
    for feature, weight in itertools.chain.from_iterable(items):
        sizes[feature] += abs(weight)
    roots = share or [size**0.5 for size in sizes]
    total = sum(roots) or 1.0
    features = tuple(
        Feature(name, root / total, tuple(examples))
        for name, root in zip(names, roots, strict=True)
    )

    def shown(some):
        return sum(features[f].share for f in {f for item in some for f, _ in item})

    made, seen = [], set()
    for row, item in enumerate(items):
        new = sorted({f for f, _ in item} - seen, key=lambda f: -features[f].share)
        seen |= set(new)
        strongest = sorted(enumerate(item), key=lambda pair: -abs(pair[1][1]))
        made.append(
            PickedItem(
                row=row,
                label=0,
                probabilities=(0.8, 0.2),
                target=targets[row] if targets else row % 2,
                reasons=tuple(Reason(i, f, names[f], w) for i, (f, w) in strongest),
                adds=tuple(new),
                gain=sum(features[f].share for f in new),
                picture=examples[0] if examples else None,
            )
        )
    rng = random.Random(seed)
    n = range(1, len(items) + 1)
    orders = [rng.sample(items, len(items)) for _ in range(draws)]
    levels = np.array([[shown(order[:k]) for k in n] for order in orders]).reshape(
        draws, len(items)
    )
    return Picked(
        features=features,
        items=tuple(made),
        shares=tuple(shown(items[:k]) for k in n),
        random_mean=tuple(levels.mean(axis=0)),
        random_low=tuple(np.quantile(levels, 0.05, axis=0)),
        random_high=tuple(np.quantile(levels, 0.95, axis=0)),
        n_items=len(items),
        n_empty=0,
        n_favoured=None,
        failed=(),
    )  # fmt: skip


NAMES = ["Host", "NNTP", "Keith", "God", "of"]
ITEMS = [
    [(0, 0.30), (1, 0.10), (4, -0.02)],
    [(0, -0.20), (2, 0.40)],
    [(1, 0.05), (3, -0.15), (4, 0.02)],
    [(0, 0.10)],
]
PICKED = picked_of(ITEMS, NAMES)


@st.composite
def picks(draw, most_items=6, most_features=40):
    d = draw(st.integers(1, most_features))
    names = draw(st.lists(st.text(max_size=60) | st.sampled_from(HOSTILE), min_size=d, max_size=d))
    weight = st.floats(-1, 1).map(lambda w: round(w, 3))
    item = st.lists(st.tuples(st.integers(0, d - 1), weight), max_size=10)
    items = draw(st.lists(item, max_size=most_items))
    return picked_of(items, names, draws=5)


def plain(text):
    return html.unescape(re.sub("<[^>]*>", "", text.replace("<br>", " ")))


def said(figure):
    return [plain(a.text) for a in figure.layout.annotations]


def extent(note):
    """Left, right, top and bottom of an annotation in the pixels of the drawing."""
    wide = palette.label_width(plain(note.text), note.font.size) * (
        1.06 if "<b>" in note.text else 1
    )
    tall = float(note.font.size)
    turn = np.deg2rad(abs(note.textangle or 0))
    across = wide * np.cos(turn) + tall * np.sin(turn)
    down = wide * np.sin(turn) + tall * np.cos(turn)
    left = note.x - {"left": 0, "center": across / 2, "right": across}[note.xanchor]
    top = note.y - {"middle": down / 2, "bottom": down}[note.yanchor]
    return left, left + across, top, top + down


def inside(figure):
    for note in figure.layout.annotations:
        left, right, top, bottom = extent(note)
        assert left >= -2, note.text
        assert right <= figure.layout.width + 2, note.text
        assert top >= -4, note.text
        assert bottom <= figure.layout.height + 2, note.text
    for trace in figure.data:
        assert all(0 <= x <= figure.layout.width for x in trace.x)
        assert all(0 <= y <= figure.layout.height for y in trace.y)
    json.loads(figure.to_json())


# The curve


def drawn_shares(figure, trace):
    """Back from pixels to shares, by the labels of the axis."""
    marks = {
        a.y: float(a.text.replace("&#37;", "")) / 100
        for a in figure.layout.annotations
        if a.xanchor == "right" and a.text.endswith("&#37;")
    }
    (low, at_low), (high, at_high) = max(marks.items()), min(marks.items())
    return [at_low + (low - y) / (low - high) * (at_high - at_low) for y in trace.y]


@pytest.mark.parametrize("width", [PHONE, LAPTOP])
def test_the_curve_and_its_labels_are_the_picks_numbers(width):
    figure = coverage_curve(PICKED, 2, width=width, dark=False)
    band, mean, curve, mark, other = figure.data
    assert drawn_shares(figure, curve) == pytest.approx(PICKED.shares, abs=0.005)
    assert drawn_shares(figure, mean) == pytest.approx(PICKED.random_mean, abs=0.005)
    edge = drawn_shares(figure, band)
    assert edge[:4] == pytest.approx(PICKED.random_high, abs=0.005)
    assert edge[4:] == pytest.approx(PICKED.random_low[::-1], abs=0.005)
    heights = zip(band.y[:4], mean.y, band.y[:3:-1], strict=True)
    assert all(high <= middle <= low for high, middle, low in heights)  # downwards
    assert band.y[0] < mean.y[0] < band.y[7]
    assert (mark.x, mark.y) == (curve.x[1:2], curve.y[1:2])
    assert (other.x, other.y) == (mean.x[1:2], mean.y[1:2])
    assert curve.customdata == (1, 2, 3, 4)
    assert mean.line.dash
    assert curve.line.dash is None
    shown = said(figure)
    assert f"these 2: {PICKED.shares[1]:.0%}" in shown
    assert f"a random 2: {PICKED.random_mean[1]:.0%}" in shown
    assert figure.layout.width <= width
    assert coverage_in_words(PICKED, 2).startswith(
        f"Share shown of all that the model uses. these 2: {PICKED.shares[1]:.0%}."
    )


def test_a_budget_beyond_the_picks_is_all_of_them():
    shown = said(coverage_curve(PICKED, 30, width=700, dark=True))
    assert "these 4: 100%" in shown
    assert "these 4: 100%" in coverage_in_words(PICKED, 30)


@pytest.mark.parametrize(
    "picked",
    [
        picked_of([], []),
        picked_of([[(0, 0.1)]], ["a"]),
        replace(PICKED, shares=(1.0,) * 4, random_mean=(1.0,) * 4, random_low=(1.0,) * 4,
                random_high=(1.0,) * 4),
        replace(PICKED, random_mean=(), random_low=(), random_high=()),
        replace(PICKED, shares=(1e-9,) * 4, random_mean=(0.0,) * 4, random_low=(0.0,) * 4,
                random_high=(0.0,) * 4),
    ],
)  # fmt: skip
@pytest.mark.parametrize("width", [PHONE, LAPTOP])
def test_unusual_curves_are_drawn_whole(picked, width):
    inside(coverage_curve(picked, 8, width=width, dark=False))
    assert coverage_in_words(picked, 8)


@given(
    st.integers(1, 30), st.integers(1, 30), st.integers(0, 10**6), st.sampled_from([PHONE, LAPTOP])
)
@settings(max_examples=25, deadline=None)
def test_the_two_labels_stay_inside_and_apart(n, k, seed, width):
    rng = np.random.default_rng(seed)
    gains, others = (sorted(rng.exponential(size=n) ** 3, reverse=True) for _ in range(2))

    def rising(values):
        return tuple(rng.uniform() * np.cumsum(values) / sum(values))

    levels = rising(others)
    picked = replace(
        picked_of([[(0, 0.1)]] * n, ["a"], draws=1),
        shares=rising(gains),
        random_mean=levels,
        random_low=tuple(0.8 * level for level in levels),
        random_high=tuple(min(1.0, 1.2 * level) for level in levels),
    )
    figure = coverage_curve(picked, min(k, n), width=width, dark=False)
    inside(figure)
    labels = [
        extent(a) for a in figure.layout.annotations
        if re.match("these |this |a random ", plain(a.text))
    ]  # fmt: skip
    assert len(labels) == 2
    a, b = labels
    assert a[1] <= b[0] or b[1] <= a[0] or a[3] <= b[2] + 4 or b[3] <= a[2] + 4


# The matrix


def heads(figure):
    """The names over the columns by where they stand."""
    return [plain(a.text) for a in figure.layout.annotations if a.textangle]


def cells(figure):
    """By (pick, column from the left): the cell's fill, edge and sign."""
    trace, blanks = figure.data
    if not trace.x:
        return {}
    columns = sorted({*trace.x} | {x for x, y in zip(blanks.x, blanks.y, strict=True)
                                   if x > min(trace.x)})  # fmt: skip
    return {
        (pick, columns.index(x)): (fill, edge, plain(sign))
        for pick, x, fill, edge, sign in zip(
            trace.customdata, trace.x, trace.marker.color, trace.marker.line.width, trace.text,
            strict=True,
        )
    }  # fmt: skip


def test_columns_stand_in_the_order_in_which_the_picks_add_them():
    figure = pick_matrix(PICKED, 3, CLASSES, width=LAPTOP, dark=False, kind="text")
    order = list(dict.fromkeys(f for item in PICKED.items[:3] for f in item.adds))
    assert heads(figure) == [NAMES[f] for f in order]
    assert features_left_out(PICKED, 3, width=LAPTOP, kind="text") == ""
    one = pick_matrix(PICKED, 1, CLASSES, width=LAPTOP, dark=False, kind="text")
    assert heads(one) == [NAMES[f] for f in PICKED.items[0].adds]


@pytest.mark.parametrize("dark", [False, True])
def test_cells_have_the_sign_the_tint_and_the_edge_of_what_they_say(dark):
    figure = pick_matrix(PICKED, 4, CLASSES, width=LAPTOP, dark=dark, kind="text")
    order = [NAMES.index(name) for name in heads(figure)]
    expected = {
        (number, order.index(r.feature)): (r.weight, r.feature in item.adds)
        for number, item in enumerate(PICKED.items, start=1)
        for r in item.reasons
    }
    found = cells(figure)
    assert found.keys() == expected.keys()
    for place, (weight, new) in expected.items():
        fill, edge, sign = found[place]
        assert sign == ("+" if weight > 0 else "−")
        assert (edge > 0) == new
        assert fill == palette.signed_colour(weight, 0.4, dark)  # one scale, of the strongest
        red, green, blue = map(int, re.findall(r"\d+", fill)[:3])
        assert red > blue if weight > 0 else blue > red > green
    edges = [place for place, (_, edge, _) in found.items() if edge]
    assert [c for _, c in sorted(edges)] == list(range(len(order)))  # a staircase
    assert set(KEY) <= set(said(figure))


def test_hovering_says_pick_reason_points_and_class_and_clicking_the_pick():
    figure = pick_matrix(PICKED, 3, CLASSES, width=LAPTOP, dark=False, kind="text")
    hovers = {plain(text) for text in figure.data[0].hovertext}
    assert "pick 1: “Host” +30 points for atheism new here" in hovers
    assert "pick 2: “Host” −20 points for soc.religion.christian" in hovers
    assert {type(c) for trace in figure.data for c in trace.customdata} == {int}
    for trace in figure.data:
        rows = sorted({*zip(trace.y, trace.customdata, strict=True)})
        assert [pick for _, pick in rows] == [1, 2, 3]
        assert trace.unselected.marker.opacity == trace.selected.marker.opacity


def test_two_regions_of_one_kind_are_one_cell_with_their_sum():
    picked = picked_of([[(0, 0.15), (0, -0.03)], [(0, 0.1), (0, -0.1)]], ["kind 1"])
    figure = pick_matrix(picked, 2, CLASSES, width=PHONE, dark=False, kind="image")
    assert [plain(t) for t in figure.data[0].text] == ["+", "±"]
    assert "+12 points for atheism in 2 regions" in plain(figure.data[0].hovertext[0])


def test_what_does_not_fit_is_the_least_important_and_counted():
    rng = random.Random(1)
    names = [f"word{i}" for i in range(50)]
    items = [[(f, rng.uniform(-1, 1)) for f in rng.sample(range(50), 10)] for _ in range(8)]
    picked = picked_of(items, names)
    for width in (PHONE, 700, LAPTOP):
        figure = pick_matrix(picked, 8, CLASSES, width=width, dark=False, kind="text")
        *shown, last = heads(figure)
        all_of_them = {f for item in picked.items for f in item.adds}
        left_out = len(all_of_them) - len(shown)
        assert last == "others"
        assert (
            features_left_out(picked, 8, width=width, kind="text") == f"and {left_out} more words"
        )
        shares = [picked.features[names.index(name)].share for name in shown]
        rest = [picked.features[f].share for f in all_of_them if names[f] not in shown]
        assert min(shares) >= max(rest)
        counts = [int(a.text) for a in figure.layout.annotations
                  if a.xanchor == "center" and a.text.isdecimal()]  # fmt: skip
        assert sum(counts) + len(figure.data[0].x) == sum(
            len(item.reasons) for item in picked.items
        )
        inside(figure)


@given(picks(), st.integers(0, 8), st.sampled_from([PHONE, 479, 480, LAPTOP]),
       st.sampled_from(["text", "table", "image"]))  # fmt: skip
@settings(max_examples=15, deadline=None)
def test_nothing_of_the_matrix_is_cut_and_no_cells_touch(picked, budget, width, kind):
    figure = pick_matrix(picked, budget, HOSTILE[:2], width=width, dark=True, kind=kind)
    inside(figure)
    assert figure.layout.width == width
    trace = figure.data[0]
    for (y, x), (below, right) in itertools.pairwise(sorted(zip(trace.y, trace.x, strict=True))):
        assert below >= y + trace.marker.size if below != y else right >= x + trace.marker.size
    texts = [a.text for a in figure.layout.annotations]
    hovers = [h for t in figure.data for h in t.hovertext]
    assert not re.search(r"<script|<u>|\$|%\{", " ".join([*texts, *hovers]))
    matrix_in_words(picked, budget, HOSTILE, kind)


def test_visual_words_have_a_picture_over_their_column():
    picked = picked_of(ITEMS, [f"kind {i}" for i in range(5)], examples=(PIXEL,))
    figure = pick_matrix(picked, 4, CLASSES, width=PHONE, dark=False, kind="image")
    assert len(figure.layout.images) == 5
    assert [i.x for i in figure.layout.images] == [
        a.x for a in figure.layout.annotations if a.textangle
    ]
    remote = picked_of(ITEMS, NAMES, examples=("https://example.org/a.png",))
    figure = pick_matrix(remote, 4, CLASSES, width=PHONE, dark=False, kind="image")
    assert not figure.layout.images


def test_the_matrix_in_words_says_what_each_pick_adds():
    words = matrix_in_words(PICKED, 4, CLASSES, "text")
    assert words.startswith("Pick 1, atheism: adds “Host” +30 points, ")
    assert "Pick 2, soc.religion.christian: adds “Keith” +40 points." in words
    assert words.endswith("Pick 4, soc.religion.christian: adds nothing new.")


# Items in small


def item_of(weights):
    """A pick with these weights of its components."""
    order = sorted(weights, key=lambda i: -abs(weights[i]))
    reasons = tuple(Reason(i, 0, "", weights[i]) for i in order)
    return replace(PICKED.items[0], reasons=reasons)


def marked(page):
    """The marked words with their numbers."""
    found = re.findall(r"<mark[^>]*>(.*?)<sup[^>]*>(.*?)</sup></mark>", page)
    return [(html.unescape(word), number) for word, number in found]


words = st.sampled_from(["God", "host", "the", "a", "é", "c" * 90, "of"]) | st.text(
    "abcdXYZ", min_size=1, max_size=12
)
breaks = st.sampled_from([" ", ", ", "\n\n", "  ", "; <b>", " $x$ ", "\r\n>> ", "@", "-" * 40])


@given(
    st.lists(st.tuples(words, breaks), min_size=1, max_size=150),
    st.lists(st.integers(0, 10**6), max_size=10, unique=True),
)
@settings(max_examples=60, deadline=None)
def test_marked_words_of_a_snippet_are_exactly_those_of_its_reasons(parts, chosen):
    subject = TextPerturber().components("".join(word + gap for word, gap in parts))
    weights = {i % subject.n_components: 0.9 - 0.08 * k for k, i in enumerate(chosen)}
    page = text_small(subject, item_of(weights), dark=False)
    labels = {
        (palette.shorten(subject.labels[i], 60), palette.signed(w)) for i, w in weights.items()
    }
    assert set(marked(page)) <= labels
    if weights:
        first = max(weights, key=weights.get)
        strongest = (palette.shorten(subject.labels[first], 60), palette.signed(weights[first]))
        assert strongest in marked(page)
    if len(subject.text) <= EXCERPT:
        assert set(marked(page)) == labels
    text = plain(re.sub(r"<sup.*?</sup>", "", page))
    assert len(text) <= EXCERPT + 4
    source = " ".join(subject.text.split())
    if max(map(len, subject.labels)) <= 60 and weights:
        assert all(" ".join(piece.split()) in source for piece in text.split("…"))
    assert not re.search("<b>|<script", page)


def test_late_reasons_of_a_long_text_are_shown_with_what_stands_around_them():
    text = "From nowhere. " * 60 + "Then the Host said <b>no</b> to " + "so on and " * 80 + "Keith."
    subject = TextPerturber().components(text)
    weights = {subject.labels.index("Host"): 0.3, subject.labels.index("Keith"): -0.2}
    page = text_small(subject, item_of(weights), dark=True)
    assert marked(page) == [("Host", "+0.30"), ("Keith", "−0.20")]
    text = plain(re.sub(r"<sup.*?</sup>", "", page))
    assert re.fullmatch("… .*Then the Host said <b>no</b> to so.* … .*and Keith[.]", text)
    assert "solid" in page
    assert "dashed" in page


def test_a_text_without_reasons_shows_its_beginning():
    subject = TextSubject("word " * 100, (((0, 4),),))
    assert plain(text_small(subject, item_of({}), dark=False)).startswith("word word")


def test_a_row_in_small_names_its_four_strongest_values():
    row = TabularSubject(
        ("age", "<i>note", "c", "d", "e"),
        (34.0, "<b>" + "x" * 200, 1.0, 2.0, 3.0),
        ("29.5 < age <= 41", "<i>note = <b>" + "x" * 200, "c > 0", "d > 0", "e > 0"),
    )
    weights = {0: 0.2, 1: -0.1, 2: 0.05, 3: 0.04, 4: 0.03}
    page = row_small(row, item_of(weights), dark=False)
    assert "age 34 (29.5 to 41)" in plain(page)
    assert re.findall(r">([+−][\d.]+)</mark>", page) == ["+0.200", "−0.100", "+0.050", "+0.040"]
    assert "<b>" not in page
    assert "<i>" not in page
    assert "x" * 61 not in page


def test_a_picture_in_small_is_its_own_with_an_escaped_text():
    item = picked_of(ITEMS, NAMES, examples=(PIXEL,)).items[0]
    page = picture_small(item, width_px=90, alt='pick 1: "<wolf>"')
    assert f'src="{PIXEL}" alt="pick 1: &quot;&lt;wolf&gt;&quot;"' in page
    assert picture_small(PICKED.items[0], width_px=90, alt="x") == ""


def test_what_a_pick_adds_is_named_or_said_to_be_nothing():
    names = ["<b>x</b>", "$x$", "a" * 200, " ", "e"]
    picked = picked_of([[(i, 0.5 - i / 10) for i in range(5)], [(0, 0.1)]], names)
    page = adds_html(picked.items[0], picked, dark=False)
    middle = palette.shorten(names[2], 60)
    assert plain(page) == f"adds: <b>x</b>, $x$, {middle} and 2 more"
    assert "<b>" not in page
    assert plain(adds_html(picked.items[1], picked, dark=True)) == NOTHING
    space = replace(picked.items[0], adds=(3,))
    assert plain(adds_html(space, picked, dark=True)).strip() == "adds: (space)"


def test_added_visual_words_are_strips_of_examples():
    picked = picked_of(ITEMS, [f"kind {i}" for i in range(1, 6)], examples=(PIXEL,) * 8)
    page = adds_html(picked.items[0], picked, dark=False)
    assert page.count("<img") == 9
    names = [picked.features[f].name for f in picked.items[0].adds]
    alts = list(dict.fromkeys(re.findall('alt="(.*?)"', page)))
    assert alts == [f"{name}, for example" for name in names]
    strip = strip_html(picked.features[0], dark=True, px=20, most=2)
    assert strip.count("width:20px") >= 2
    assert strip.count("<img") == 2
    with pytest.raises(ValueError, match="data:image"):
        strip_html(replace(picked.features[0], examples=("https://x.org/a.png",)), dark=True)
