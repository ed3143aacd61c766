import html
import itertools
import json
import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ui.explain.figures.text import MARGIN_PX, THUMB_PX, line_px, parts, text_figure
from ui.figures import lettering, palette
from ui.figures.markup import as_html
from ui.figures.wrap import SPACE, set_lines

LETTER = 0.6  # em, of a made-up typeface
FILL, CLICK, PLUS, MINUS, WORDS, QUIET, STRUCK = range(7)

ALPHABET = (
    "abcXYZ019_ \t\n\r>.,:;!?'\"()<&/@-#$%{}"
    "äß日本語カ。「」\u0301\u0e14\u0e31\u0e49مرحשל\u200d\ufe0f👍👩🇩🇪\u202e\u0000\u0007\x0b\x85\u2028\ud800\xa0"
)
texts = st.text(st.sampled_from(ALPHABET), max_size=160)


@st.composite
def texts_with_spans(draw):
    """A text and components that share its characters out without overlap."""
    text = draw(texts)
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=30)))
    spans = [[] for _ in range(5)]
    for a, b in itertools.pairwise(cuts):
        owner = draw(st.integers(0, 6))
        if owner < 5:
            spans[owner].append((a, b))
    return text, spans


def words(text):
    """Every different word is a component, as in the engine's bag of words."""
    found = {}
    for match in re.finditer(r"\w+", text):
        found.setdefault(match.group(), []).append(match.span())
    return list(found), list(found.values())


@pytest.fixture
def even_letters(monkeypatch):
    """Letters of a made-up typeface, all as wide, and spaces too: where each goes is known."""
    monkeypatch.setattr("ui.figures.lettering.has", lambda letter: False)
    monkeypatch.setattr("ui.figures.wrap.SPACE", LETTER)
    lettering.advance.cache_clear()
    yield
    lettering.advance.cache_clear()


def visible(text):
    return [i for i, c in enumerate(text) if not c.isspace()]


@given(texts_with_spans(), st.floats(2.4, 60))
@settings(max_examples=80, deadline=None)
def test_every_visible_character_is_set_once_and_in_order(case, ems):
    text, spans = case
    places = [
        i for line in set_lines(text, spans, ems) for p in line for i in range(p.start, p.end)
    ]
    assert places == visible(text)


@given(texts_with_spans(), st.floats(2.4, 60))
@settings(max_examples=80, deadline=None)
def test_every_character_of_a_component_carries_its_number(case, ems):
    text, spans = case
    owner = {i: p.component for line in set_lines(text, spans, ems) for p in line
             for i in range(p.start, p.end)}  # fmt: skip
    for component, places in enumerate(spans):
        for a, b in places:
            assert {owner[i] for i in range(a, b) if i in owner} <= {component}
    inside = {i for places in spans for a, b in places for i in range(a, b)}
    for i in set(owner) - inside:  # only a mark on the component's last letter may join it
        assert owner[i] is None or not text[i].isalnum()


@given(texts_with_spans(), st.floats(2.4, 60))
@example(("\u0e31" * 3, [[]]), 2.5)  # marks alone, which the typeface does not have
@settings(max_examples=80, deadline=None)
def test_no_line_is_wider_than_its_width_and_no_pieces_overlap(case, ems):
    text, spans = case
    for line in set_lines(text, spans, ems):
        placed = sorted((p for p in line if p.width), key=lambda p: p.x)
        assert all(p.x >= -1e-9 for p in line)
        assert placed == [] or placed[-1].x + placed[-1].width <= ems + 1e-6
        for left, right in itertools.pairwise(placed):
            assert left.x + left.width <= right.x + 1e-6


@given(texts, st.floats(2.4, 60))
@settings(max_examples=80, deadline=None)
def test_empty_lines_neither_pile_up_nor_stand_at_the_ends(text, ems):
    lines = set_lines(text, [], ems)
    assert all(a or b for a, b in itertools.pairwise(lines))
    assert not lines or (lines[0] and lines[-1])


@given(texts_with_spans(), st.integers(40, 900), st.integers(3, 20))
@settings(max_examples=80, deadline=None)
def test_parts_are_all_lines_in_order_and_draw_the_whole_text(case, width, most):
    text, spans = case
    cut = parts(text, spans, width, most)
    assert cut[0][0] == 0
    assert all(a[1] == b[0] for a, b in itertools.pairwise(cut))
    assert all(last - first <= most * 1.25 for first, last in cut)
    drawn = ""
    for part in cut:
        figure = text_figure(text, spans, {0: 0.5}, width_px=width, dark=False, part=part, off=[1])
        json.loads(figure.to_json())  # also lone surrogates must travel
        pieces = [
            (y, order, html.unescape(re.sub("</?s>", "", t)))
            for trace in figure.data[WORDS:]
            for y, order, t in zip(trace.y, trace.x, trace.text, strict=True)
        ]
        drawn += "".join(t for _, _, t in pieces)
    expected = "".join(palette.printable(text[i]) for i in visible(text))
    turned = str.maketrans(")]}>»", "([{<«")  # brackets turn round in right-to-left lines
    assert sorted(drawn.translate(turned)) == sorted(expected.translate(turned))


def test_lines_and_indentation_of_the_text_stay(even_letters):
    text = "Dear all,\n\n\n\n  two spaces\n> a quote that has to go on to the next line\n"
    lines = set_lines(text, [], 20 * LETTER)
    shown = [" ".join(p.shown for p in line) for line in lines]
    assert shown == [
        "Dear all,",
        "",
        "two spaces",
        "> a quote that has",
        "to go on to the",
        "next line",
    ]
    assert lines[2][0].x == pytest.approx(2 * LETTER)
    assert lines[4][0].x == pytest.approx(2 * LETTER)  # under the quote's first word


def test_columns_stay_where_they_fit_and_close_up_where_they_do_not(even_letters):
    text = "name        age"
    assert set_lines(text, [], 20 * LETTER)[0][1].x == pytest.approx(12 * LETTER)
    assert set_lines(text, [], 12 * LETTER)[0][1].x == pytest.approx(6 * LETTER)


def test_a_long_address_breaks_between_its_components_and_a_long_word_between_letters(even_letters):
    text = "see http://host.example.org/path " + "x" * 25
    _, spans = words(text)
    shown = ["".join(p.shown for p in line) for line in set_lines(text, spans, 12 * LETTER)]
    assert shown == ["seehttp://", "host.example", ".org/pathxx", "x" * 12, "x" * 11]


def test_wide_letters_take_more_room_and_marks_none(even_letters):
    (wide,) = set_lines("日本", [[(0, 2)]], 30)
    (marked,) = set_lines("e\u0301", [[(0, 1)]], 30)
    assert wide[0].width == pytest.approx(2.0)
    assert marked[0].width == pytest.approx(LETTER)
    assert (marked[0].end, marked[0].component) == (2, 0)  # the accent stays on its letter


def test_right_to_left_lines_start_on_the_right():
    text = "שלום abc def עולם"
    _, spans = words(text)
    (line,) = set_lines(text, spans, 30)
    x = {p.shown: p.x for p in line}
    assert x["שלום"] > x["def"] > x["abc"] > x["עולם"]


def test_brackets_turn_round_with_the_direction():
    text = "שלום (עולם)"
    (line,) = set_lines(text, words(text)[1], 30)
    assert [p.shown for p in sorted(line, key=lambda p: p.x)] == ["(", "עולם", ")", "שלום"]


def test_an_occurrence_is_one_box_and_two_occurrences_are_two():
    one = text_figure("so good it is", [[(0, 7)]], {0: 1.0}, width_px=700, dark=False)
    two = text_figure("good good", [[(0, 4), (5, 9)]], {0: 1.0}, width_px=700, dark=False)
    assert [len(one.data[i].x) for i in (FILL, CLICK)] == [1, 1]
    assert [len(two.data[i].x) for i in (FILL, CLICK)] == [2, 2]


def test_clicks_carry_the_component_of_every_occurrence():
    text = "no pain, no gain; pain"
    names, spans = words(text)
    figure = text_figure(text, spans, {1: 0.2}, width_px=700, dark=False)
    assert [names[i] for i in figure.data[CLICK].customdata] == ["no", "pain", "no", "gain", "pain"]
    assert [names.index(t) for t in figure.data[WORDS].text] == list(figure.data[CLICK].customdata)
    assert all(trace.hoverinfo == "skip" for i, trace in enumerate(figure.data) if i != CLICK)


def test_what_can_be_clicked_neither_overlaps_nor_leaves_the_figure():
    text = "a b c, d-e " * 30
    _, spans = words(text)
    figure = text_figure(text, spans, {}, width_px=358, dark=False)
    clicks = figure.data[CLICK]
    boxes = sorted(zip(clicks.y, clicks.base, clicks.x, strict=True))
    for (y, x, w), (next_y, next_x, _) in itertools.pairwise(boxes):
        assert y != next_y or x + w <= next_x + 0.05
    assert all(w >= 9 for _, _, w in boxes)
    assert max(x + w for _, x, w in boxes) <= 358 + 0.3 * 16


def test_the_sign_shows_in_line_and_number_as_well_as_in_colour():
    text = "good bad plain"
    figure = text_figure(text, words(text)[1], {0: 0.123, 1: -0.5}, width_px=700, dark=False)
    good, bad, plain = figure.data[CLICK].hovertext
    assert "+0.12" in good
    assert "−0.50" in bad
    assert plain == "<b>plain</b><br>click to switch off"
    assert figure.data[PLUS].line.dash == "solid"
    assert figure.data[MINUS].line.dash != "solid"
    assert figure.data[PLUS].x[0] == pytest.approx(MARGIN_PX)
    assert figure.data[MINUS].x[0] > figure.data[PLUS].x[1]
    assert len(figure.data[FILL].x) == 2  # nothing behind the word without a weight


def test_a_word_that_is_off_is_struck_and_loses_its_tint():
    text = "good bad plain"
    figure = text_figure(text, words(text)[1], {0: 0.1, 1: -0.5}, width_px=700, dark=True, off={1})
    assert list(figure.data[STRUCK].text) == ["<s>bad</s>"]
    assert list(figure.data[WORDS].text) == ["good", "plain"]
    assert len(figure.data[FILL].x) == 1
    assert list(figure.data[MINUS].x) == []
    assert figure.data[CLICK].hovertext[1].endswith("click to switch on")


def test_markup_colours_and_templates_in_a_text_are_shown_as_typed():
    text = "<b>x</b> &amp; #000001 $a$ %{text} <br>"
    figure = text_figure(text, [[(0, len(text))]], {0: 1.0}, width_px=700, dark=False)
    spec = str(figure.to_plotly_json()["data"])
    drawn = " ".join(figure.data[WORDS].text)
    assert html.unescape(drawn) == text
    assert not re.search("<(?!b>|/b>|br>)", "".join(figure.data[CLICK].hovertext))
    assert "&amp;amp;" in drawn
    assert "#000001" not in spec  # Streamlit would put its own colour there
    assert "%{" not in spec


def test_one_scale_makes_equal_weights_equal_in_different_figures():
    def colours(weights, scale):
        figure = text_figure(
            "a b", [[(0, 1)], [(2, 3)]], weights, width_px=300, dark=False, scale=scale
        )
        return list(figure.data[FILL].marker.color)

    assert colours({0: 0.1}, 1.0) == colours({0: 0.1, 1: 0.9}, 1.0)[:1]
    assert colours({0: 0.1}, None) != colours({0: 0.1}, 1.0)


def test_the_figure_cannot_be_dragged_or_zoomed_and_is_as_high_as_its_lines():
    figure = text_figure("a\nb\nc", [], {}, width_px=321, dark=False)
    layout = figure.layout
    assert (layout.width, layout.height, layout.dragmode) == (321, 3 * line_px(321), False)
    assert layout.xaxis.fixedrange
    assert layout.yaxis.fixedrange
    assert layout.margin.to_plotly_json().items() >= {"l": 0, "r": 0, "t": 0, "b": 0}.items()
    assert text_figure("", [], {}, width_px=321, dark=False).layout.height == line_px(321)
    assert line_px(358) == THUMB_PX >= 40 > line_px(700)


def test_widths_are_those_of_the_typeface_that_the_browser_gets():
    """Advances that the makers of Source Sans publish for its regular weight."""
    for letter, units in {"m": 829, "i": 246, "T": 536, "W": 786, "a": 504, "o": 542}.items():
        assert 1000 * lettering.advance(letter) == pytest.approx(units, abs=1)
    assert all(map(lettering.has, "éßяΩ—“"))
    word = sum(lettering.advance(c) for c in "urgent")
    assert word == pytest.approx(2.776, abs=0.01)
    assert lettering.advance("o", "T") < lettering.advance("o") - 0.03  # drawn closer together
    assert not any(map(lettering.has, "ש日👍ด"))
    assert lettering.advance("日") == 1.0
    assert lettering.advance("é") == pytest.approx(lettering.advance("e"))


def test_without_the_typeface_widths_are_guessed(monkeypatch):
    monkeypatch.setattr(lettering, "_FILES", "no-such-file")
    for cache in (lettering._typeface, lettering.has, lettering.advance):
        cache.cache_clear()
    try:
        assert lettering.advance("m") == lettering.GUESS
        (line,) = set_lines("two words", [], 30)
        assert line[1].x == pytest.approx(3 * lettering.GUESS + SPACE)
    finally:
        for cache in (lettering._typeface, lettering.has, lettering.advance):
            cache.cache_clear()


def test_every_tinted_word_has_the_number_of_its_bar_in_the_space_after_it():
    text = "no pain, no gain or pain"
    names, spans = words(text)
    weights = {names.index("pain"): 0.2, names.index("no"): -0.4, names.index("gain"): 0.001}
    figure = text_figure(text, spans, weights, width_px=700, dark=False, badges=True)
    numbers = figure.data[-1]
    assert list(numbers.text) == ["1", "2", "1", "2"]
    tinted, words_ = figure.data[FILL], figure.data[WORDS]
    assert len(tinted.x) == 4  # "gain" is practically nothing
    for x, left, wide in zip(numbers.x, tinted.base, tinted.x, strict=True):
        after = [w for w in words_.x if w > x]
        assert left + wide - 2 < x < min(after, default=700)
    assert [p["said"] for p in figure.layout.meta["parts"]] == ["1: no, −0.40", "2: pain, +0.20"]


def test_a_part_s_box_is_around_every_occurrence():
    text = "no pain, no gain"
    names, spans = words(text)
    figure = text_figure(text, spans, {names.index("no"): -0.4}, width_px=700, dark=False)
    (part,) = figure.layout.meta["parts"]
    starts = [float(x) for x in re.findall(r"M([\d.-]+),", part["path"])]
    assert part["id"] == names.index("no")
    assert len(starts) == 2
    for start, base in zip(starts, figure.data[FILL].base, strict=True):
        assert base - 6 < start <= base + 5


def luminance(rgb):
    parts_ = [c / 255 for c in rgb]
    lin = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts_]
    return 0.2126 * lin[0] + 0.7152 * lin[1] + 0.0722 * lin[2]


def contrast(a, b):
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def rgb(colour):
    return tuple(int(colour[i : i + 2], 16) for i in (1, 3, 5))


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("value", [-1.0, -0.6, -0.01, 0.01, 0.6, 1.0, 7.0, -7.0])
def test_text_keeps_its_contrast_on_every_tint(value, dark):
    *tint, alpha = map(float, re.findall(r"[\d.]+", palette.signed_colour(value, 1.0, dark)))
    page = palette.background(dark)
    mixed = tuple(alpha * t + (1 - alpha) * p for t, p in zip(tint, page, strict=True))
    assert contrast(rgb(palette.text_colour(dark)), mixed) >= 4.5


@pytest.mark.parametrize("dark", [False, True])
def test_quiet_text_keeps_its_contrast_and_marks_can_be_seen(dark):
    page = palette.background(dark)
    assert contrast(rgb(palette.quiet_colour(dark)), page) >= 4.5
    for positive in (False, True):
        assert contrast(rgb(palette.mark_colour(positive, dark)), page) >= 3


@given(st.floats(-10, 10), st.floats(-10, 10), st.booleans())
def test_stronger_weights_get_stronger_tints(a, b, dark):
    def alpha(v):
        return float(palette.signed_colour(v, 10.0, dark).rsplit(",", 1)[1][:-1])

    if abs(a) <= abs(b) and (a > 0) == (b > 0):
        assert alpha(a) <= alpha(b)
    assert alpha(0.0) == 0


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.1234, "+0.12"), (-0.5, "−0.50"), (0.0, "0"), (0.0004, "+0.0004"), (float("nan"), "?")],
)
def test_numbers_show_their_sign(value, text):
    assert palette.signed(value) == text


@given(texts)
def test_an_escaped_label_is_the_label_and_holds_no_markup(text):
    escaped = palette.escape(text)
    assert html.unescape(escaped) == palette.printable(text)
    assert not set("<>#$%") & set(re.sub(r"&#?\w+;", "", escaped))
    escaped.encode()


@given(texts_with_spans())
@settings(deadline=None)
def test_html_is_the_text_and_nothing_else(case):
    text, spans = case
    page = as_html(text, spans, {0: 0.25, 1: -0.25}, off=[2])
    assert set(re.findall(r"</?([a-z]+)", page)) <= {"div", "mark", "sup", "del"}
    bare = re.sub("<[^>]*>", "", re.sub("<sup.*?</sup>", "", page))
    kept = text.replace("\r\n", "\n").replace("\r", "\n")
    shown = "".join(c if c in "\n\t" else palette.printable(c) for c in kept)
    assert html.unescape(bare) == shown


def test_html_shows_signs_without_colour():
    page = as_html("good bad <i>", words("good bad")[1], {0: 0.25, 1: -0.25})
    assert "border-bottom:2px solid" in page.split("good")[0]
    assert "border-bottom:2px dashed" in page.split("good")[1]
    assert "+0.25" in page
    assert "−0.25" in page
    assert "&lt;i&gt;" in page
    assert page.count("color:inherit") == 2
