import html
import re

import pytest

from lime_engine.subjects import TabularSubject
from ui.figures.markup import (
    picture_copies_table,
    picture_html,
    row_copies_table,
    row_table,
    value_text,
)

URI = "data:image/png;base64,iVBORw0KGgo="
ROW = TabularSubject(
    ("temperature", "headache", "patient <id>", "smoker"),
    (38.4, "severe <b>", 1234567.0, None),
    ("37.1 < temperature <= 38.4", "headache = severe <b>", "patient <id> > 900000", "no smoker"),
)
COPIES = [
    {"off": [0, 2], "probability": 0.31, "weight": 0.8, "values": [36.6, "severe <b>", 12.0, None]},
    {"off": [1], "probability": 0.912, "weight": 0.955, "values": [38.1, "<i>", 1234567.0, None]},
]


def cells(page):
    """The text of each cell, row by row."""
    rows = re.findall("<tr>(.*?)</tr>", page)
    return [
        [
            html.unescape(re.sub("<[^>]*>", "", c)).strip()
            for c in re.findall("<t[dh].*?>(.*?)</t[dh]>", r)
        ]
        for r in rows
    ]


def test_a_row_s_table_puts_first_what_counts_most():
    page = row_table(ROW, {1: -0.08, 0: 0.213}, dark=False)
    assert cells(page) == [
        ["Column", "Value", "Range it is in", "Weight"],
        ["temperature", "38.4", "37.1 < temperature <= 38.4", "+0.213"],
        ["headache", "severe <b>", "headache = severe <b>", "−0.080"],
        ["patient <id>", "1234567", "patient <id> > 900000", ""],
        ["smoker", "missing", "no smoker", ""],
    ]
    plus, minus = re.findall('<mark style="(.*?)"', page)
    assert "border-bottom:2px solid" in plus
    assert "border-bottom:2px dashed" in minus
    assert page.count('scope="col"') == 4


def test_an_edited_value_stands_beside_the_old_one():
    page = row_table(ROW, {}, [(0, 36.9), (3, True)], dark=True)
    assert re.search(r"<del[^>]*>38.4</del> <strong>36.9</strong>", page)
    assert re.search(r"<del[^>]*>missing</del> <strong>yes</strong>", page)
    assert page.count("<del") == 2


def test_markup_in_a_row_is_shown_as_typed():
    tables = [
        row_table(ROW, {0: 0.1}, [(1, "<script>")], dark=False),
        row_copies_table(ROW, COPIES, "<u>flu</u>", [0, 1, 2], dark=False),
        picture_copies_table([URI, URI], COPIES, "<u>flu</u>", dark=False),
    ]
    known = {
        "div",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "mark",
        "span",
        "del",
        "strong",
        "img",
    }
    for page in tables:
        assert set(re.findall(r"</?([a-z]+)", page)) <= known


def test_copies_of_a_row_stress_what_left_its_bin():
    page = row_copies_table(ROW, COPIES, "flu", [0, 1, 2], dark=False)
    assert cells(page) == [
        ["", "temperature", "headache", "patient <id>", "Model: flu", "How much it counts"],
        ["This row", "38.4", "severe <b>", "1234567", "", ""],
        ["Copy 1", "36.6", "severe <b>", "12", "31%", "0.80"],
        ["Copy 2", "38.1", "<i>", "1234567", "91%", "0.95" if f"{0.955:.2f}" == "0.95" else "0.96"],
    ]
    stressed = [html.unescape(t) for t in re.findall("<strong[^>]*>(.*?)</strong>", page)]
    assert stressed == ["36.6", "12", "<i>"]


def test_copies_of_a_picture_say_in_words_how_many_regions_are_off():
    page = picture_copies_table([URI, URI], COPIES, "wolf", dark=False)
    assert re.findall('alt="(.*?)"', page) == [
        "Copy 1 with 2 regions off",
        "Copy 2 with 1 region off",
    ]
    assert page.count(f'src="{URI}"') == 2
    assert [row[1] for row in cells(page)] == ["Model: wolf", "31%", "91%"]
    with pytest.raises(ValueError, match="zip"):
        picture_copies_table([URI], COPIES, "wolf", dark=False)


def test_a_picture_is_its_own_file_with_words_for_it():
    page = picture_html(URI, 'a "wolf" <in> snow\x07')
    assert page.startswith(f'<img src="{URI}" alt="a &quot;wolf&quot; &lt;in&gt; snow␇" ')
    for address in ("https://example.org/x.png", "//x", "javascript:alert(1)", "data:text/html,x"):
        with pytest.raises(ValueError, match="data:image/"):
            picture_html(address, "x")
    assert '"onerror' not in picture_html(f'{URI}" onerror="x', "x")


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "missing"), (True, "yes"), (False, "no"), ("", "(empty)"), (-3.0, "−3"),
     (0.123456789, "0.123457"), (20190412.0, "20190412"), (1e20, "1e+20"), (float("nan"), "nan")],
)  # fmt: skip
def test_values_are_written_as_people_read_them(value, text):
    assert value_text(value) == text
