"""What is taken away from a comparison: the numbers as they are, no markup, no names too early."""

import csv
import io
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from lime_engine import TextPerturber
from lime_engine.overlap import Corrected, Overlap, State
from lime_engine.subjects import TabularSubject, subject_to_dict
from sample_models import tasks
from tests.conditions import PATIENCE
from ui.compare.choice import CompareChoice, blinded, first_comparison
from ui.compare.export import Shown, as_report, sheet
from ui.compare.panels import whole
from ui.compare.values import (
    Answered,
    AnsweredItem,
    ClassScores,
    Compared,
    Curves,
    Estimated,
    Lean,
    OverlapOf,
    PairedItem,
    Scoreboard,
    Scores,
)
from ui.compare.verdicts import Verdict, look, read_verdict, say
from ui.explain import sheet as sheets
from ui.figures import pixels
from ui.pick.values import Reason

WHO = "0123456789abcdef"
TEXT = "Chest pain since noon. Ward W9. =cmd() <script>alert(1)</script>"
NASTY = "<script>note()</script> {{ 7 * 7 }} ![x](http://e.invalid)"


def overlap(corrected: float | None, state: State = "different") -> Overlap:
    shared = Corrected(None if corrected is None else corrected / 2, (0.5, 0.75), corrected)
    return Overlap(
        state, shared, Corrected(-0.25, (0.9, 0.9), -0.2778), Corrected(0.9, (1, 1), 0.9)
    )


def board(first: float, second: float, *, n: int = 4) -> Scoreboard:
    one, two = (
        Scores(
            Estimated(share, share - 0.0625, share + 0.0625),
            Estimated(1.25, 1.0, 1.5),
            Estimated(0.125, 0.0625, 0.25),
            (),
        )
        for share in (first, second)
    )
    return Scoreboard(n, n, Estimated(0.75, 0.3, 0.95), (one, two), (7, 1), 0.0703)


def paired(row: int, found: Overlap, subject: Any = None) -> PairedItem:
    reasons = (
        (Reason(0, 0, "Chest", 0.4), Reason(1, 0, "pain", -0.1)),
        (Reason(5, 0, "W9", 0.2),),
    )
    subject = subject or TextPerturber().components(TEXT)
    return PairedItem(row, reasons, found, subject_to_dict(subject), None)


ITEMS = (
    AnsweredItem(0, 1, (1, 1), (0.9, 0.8), 0.1),
    AnsweredItem(1, 0, (0, 1), (0.7, 0.6), 0.3),
    AnsweredItem(2, None, (1, 1), (0.99, 0.51), 0.48),
    AnsweredItem(3, 1, (1, 1), (0.8, 0.8), 0.0),
)
OVERLAPS = (
    OverlapOf(0, overlap(0.5)),
    OverlapOf(1, overlap(0.1)),
    OverlapOf(2, overlap(0.125)),
    OverlapOf(3, overlap(None, "unclear")),
)
COMPARED = Compared(
    OVERLAPS,
    (Lean("W9", (0.05, 0.2), (0, 2)), Lean("=<b>pain</b>", (0.1, 0.0), (0,))),
    ((9, "the model a said no"),),
)


def shown(choice: CompareChoice | None = None, **changes: Any) -> Shown:
    choice = replace(choice or first_comparison(tasks()["triage"]), who=WHO)
    found = Shown(
        choice,
        Answered(("routine", "urgent"), ITEMS, board(0.9, 0.75)),
        COMPARED,
        tuple(paired(each.row, each.overlap) for each in OVERLAPS if each.row != 1),
        read_verdict(choice.verdicts_id, WHO),
        None,
    )
    return replace(found, **changes)


def lines(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


class Cells(HTMLParser):
    """The tables of a page as rows of texts; what is open when it ends must be nothing."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in ("meta", "img", "br"):
            return
        self._open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if {"td", "th"} & set(self._open):
            self.rows[-1][-1] += data.strip()


def test_the_report_tells_of_classes_and_costs() -> None:
    share, auc = Estimated(0.75, 0.5, 0.875), 0.8765
    curves = Curves((), (), auc, 0.5)
    answered = replace(
        shown().answered,
        items=tuple(replace(item, p=(0.9, 0.2)) for item in ITEMS),
        classes=(ClassScores(1, 2, (share, None), (None, share), (curves, curves)),),
    )
    text = as_report(shown(answered=answered))
    rows = Cells(text).rows
    assert ["urgent (2)", "found (recall)", "75% (50% to 88%)", "not known"] in rows
    assert ["urgent", "right when it says so (precision)", "not known", "75% (50% to 88%)"] in rows
    assert ["urgent", "area under the ROC curve", "0.876", "0.876"] in rows
    # Of the three with a label two are urgent; all get one probability: to call all of them urgent
    # costs one false alarm, to call none 10.
    assert "If to miss one “urgent” costs as much as 5 false alarms: Both cost the same: 1." in text
    assert "If to miss one" not in as_report(shown())


# --- CSV ----------------------------------------------------------------------------------------


def as_csv(found: Shown) -> str:
    return sheets.as_csv(sheet(found))


def test_the_csv_has_what_is_known_of_every_item() -> None:
    pairs = {each.row: paired(each.row, each.overlap) for each in OVERLAPS}
    texts = [["=cmd()"], ["two"], ["three"], ["four"]]
    found = shown(contents=lambda: texts, pair=pairs.get)
    head, *rows = lines(as_csv(found))
    assert [row[1] for row in rows] == ["'=cmd()", "two", "three", "four"]
    assert json.loads(rows[0][5]) == [["Chest", 0.4], ["pain", -0.1]]
    assert json.loads(rows[0][8]) == [["W9", 0.2]]
    book = lines(sheets.codebook(sheet(found)))
    assert [name for name, _ in book[1:]] == head
    assert all(meaning.endswith(".") for _, meaning in book[1:])
    assert "Chest" not in as_csv(shown())  # of what is not explained


def test_the_csv_has_the_numbers_of_every_item() -> None:
    head, *rows = lines(as_csv(shown()))
    assert head == [
        "item",
        "text",
        "label",
        "Model A: answer",
        "Model A: probability",
        "Model A: reasons",
        "Model B: answer",
        "Model B: probability",
        "Model B: reasons",
        "distance",
        "reasons",
        "in common",
        "share that both name",
        "correlation of weights",
        "correlation of order",
    ]
    assert len(rows) == len(ITEMS)
    assert rows[1] == (
        "test-1,,routine,routine,0.7000,,urgent,0.6000,,0.3000,,,,,"  # two answers
    ).split(",")
    assert [row[2] for row in rows] == ["urgent", "routine", "", "urgent"]
    assert rows[2][10:] == ["different", "0.1250", "0.1250", "0.9000", "-0.2778"]
    assert rows[3][10:] == ["unclear", "", "", "0.9000", "-0.2778"]


def test_the_csv_before_anything_is_explained() -> None:
    rows = lines(as_csv(shown(compared=None, items=())))
    assert all(row[10:] == [""] * 5 for row in rows[1:])


def test_cells_are_no_formulas() -> None:
    task = tasks()["triage"]
    named = replace(task, models=(replace(task.models[0], name="=x"), task.models[1]))
    answered = Answered(("=HYPERLINK(1)", "@SUM"), ITEMS, board(0.9, 0.75))
    rows = lines(as_csv(shown(CompareChoice(named, ("a", "b")), answered=answered)))
    assert rows[0][3] == "'=x: answer"
    assert rows[2][3] == "'=HYPERLINK(1)"
    assert not [c for row in rows for c in row if c.startswith(("=", "@", "+"))]


# --- The report ---------------------------------------------------------------------------------


def test_the_report_has_the_numbers_of_the_screen() -> None:
    choice = first_comparison(tasks()["triage"])
    for what in ("1", "2"):
        look(choice.verdicts_id, WHO, "item", what)
    say(choice.verdicts_id, WHO, "second", "W9 is a *stamp*", last=True)
    html = as_report(shown(field=board(0.5, 0.875, n=300)))
    rows = Cells(html).rows
    for row in (
        ["After looking", "Model B", "W9 is a *stamp*"],
        ["Model A", "90% (84% to 96%)", "50% (44% to 56%)"],
        ["Right answers", "90% (84% to 96%)", "75% (69% to 81%)"],
        [
            "Price of its mistakes (log loss, less is better)",
            "1.25 (1.00 to 1.50)",
            "1.25 (1.00 to 1.50)",
        ],
        ["routine", "0", "1"],  # the matrix
        ["urgent", "0", "3"],
        ["0.050", "W9", "0.200"],  # what each leans on
        ["0.100", "=<b>pain</b>", "0.000"],
    ):
        assert row in rows
    text = re.sub(r"\s+", " ", html)
    for told in (
        "Nothing was said before looking.",
        "Looked at before the last word: 2 texts.",
        "7 go to Model A",
        "Same answer: 75% (30% to 95%)",
        '<p class="quiet">Different reasons: 12% in common.</p>',
        '<p class="quiet">Too unsteady to tell. In the data',
        "different reasons on 2; too unsteady to tell on 1",
        "the stamp says nothing",
        "1 could not be explained",
    ):
        assert told in text


def test_bars_are_as_long_as_their_numbers() -> None:
    widths = re.findall(
        r'class="bar" aria-hidden="true" style="width:([\d.]+)%', as_report(shown())
    )
    w9, pain = [0.05, 0.2], [0.1, 0.0]  # the strongest of each model, then the differences
    means = np.array([*pain, *w9, *w9, *w9, *pain])
    np.testing.assert_allclose([float(w) for w in widths], 55 * means / 0.2, atol=0.05)


def test_the_least_alike_come_first_and_only_those_with_the_same_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(whole.explaining, "paired_item", lambda _, row: paired(row, overlap(0.1)))
    choice = replace(first_comparison(tasks()["triage"]), show="answers", cell=(0, 1))

    def numbers(items: tuple[AnsweredItem, ...], overlaps: tuple[OverlapOf, ...]) -> list[str]:
        answered = Answered(("routine", "urgent"), items, board(0.9, 0.75))
        compared = replace(COMPARED, overlaps=overlaps)
        html = as_report(whole.shown(choice, answered, compared, Verdict(), None))
        return re.findall(r"<h3>Text (\d+):", html)

    assert numbers(ITEMS, OVERLAPS) == ["3", "1", "4"]  # counted from 1
    many = tuple(replace(ITEMS[0], row=row) for row in range(30))
    rising = tuple(OverlapOf(row, overlap(row / 30)) for row in range(30))
    assert numbers(many, rising) == [str(row) for row in range(1, 11)]


def test_both_sides_have_one_colour_scale() -> None:
    html = as_report(shown(items=(paired(0, overlap(0.1)),)))
    tints = [float(a) for a in re.findall(r"rgba\(230,97,1,([\d.]+)\)", html)]
    strongest, half = max(tints), min(tints)
    assert strongest == pytest.approx(0.66)
    assert half == pytest.approx(0.1 + 0.56 / 2)  # 0.2 of 0.4


def test_rows_and_pictures() -> None:
    row = TabularSubject(("id", "cough"), (3, "<b>dry"), ("id <= 3", "cough = <b>dry"))
    reasons = ((Reason(0, 0, "id", 0.4),), (Reason(1, 0, "cough", 0.3),))
    of_row = replace(paired(0, overlap(0.1), row), reasons=reasons)
    cells = Cells(as_report(shown(items=(of_row,)))).rows
    assert ["Column", "Value", "Range it is in", "Model A", "Model B"] in cells
    assert ["cough", "<b>dry", "cough = <b>dry", "", "+0.300"] in cells
    uri = pixels.data_uri(np.zeros((4, 4, 3), np.uint8), "photograph")
    pictures = replace(of_row, subject=None, pictures=(uri, uri))
    assert as_report(shown(items=(pictures,))).count(uri) == 2
    gone = replace(pictures, pictures=None)
    assert "not at hand" in as_report(shown(items=(gone,)))


def test_the_report_is_one_escaped_file() -> None:
    task = tasks()["triage"]
    named = (replace(task.models[0], name=NASTY), task.models[1])
    choice = CompareChoice(replace(task, title="<b>title</b>", models=named), ("a", "b"))
    say(choice.verdicts_id, WHO, "first", NASTY, last=True)
    answered = Answered((NASTY, "<img src=x>"), ITEMS, board(0.9, 0.75))
    html = as_report(shown(choice, answered=answered))
    Cells(html)
    for tag in ("<script", "<img", "<b>", "<link", "javascript:"):
        assert tag not in html
    assert "&lt;script&gt;note()&lt;/script&gt; {{ 7 * 7 }}" in html
    assert "default-src 'none'" in html
    assert "http" not in html.replace("http-equiv", "").replace("http://e.invalid", "")


def test_without_labels_reasons_or_a_verdict_it_says_so() -> None:
    nothing = Scoreboard(4, 0, Estimated(0.75, 0.3, 0.95), None, None, None)
    answered = Answered(("routine", "urgent"), ITEMS, nothing)
    html = as_report(shown(answered=answered, compared=None, items=()))
    for told in ("have no labels", "There is no last word yet", "is explained yet", "nothing."):
        assert told in html
    assert "Price of its mistakes" not in html
    assert "leans on</h2>" not in html


def test_many_answers_are_a_matrix_that_adds_up() -> None:
    names = tuple(f"class {i}" for i in range(40))
    items = tuple(AnsweredItem(i, None, (i % 40, (i * 7) % 40), (0.5, 0.5), 0.1) for i in range(80))
    rows = Cells(as_report(shown(answered=Answered(names, items, board(0.5, 0.5))))).rows
    start = next(i for i, row in enumerate(rows) if "other answers" in row)
    matrix = [row[1:] for row in rows[start + 1 : start + 14]]
    assert [len(row) for row in matrix] == [13] * 13
    assert sum(int(cell) for row in matrix for cell in row) == 80


# --- Without names ------------------------------------------------------------------------------


@pytest.mark.parametrize("task_key", ["triage", "wolves", "flu"])
def test_while_names_are_hidden_no_file_has_them(task_key: str) -> None:
    task = tasks()[task_key]
    hidden = replace(blinded(replace(first_comparison(task), source="field")), who=WHO)
    say(hidden.verdicts_id, WHO, "first", "", last=False)
    found = shown(hidden, field=board(0.5, 0.875))
    for text in (as_csv(found), as_report(found)):
        assert "Model 1" in text
        assert "Model 2" in text
        for card in task.models:
            assert card.name not in text
            assert card.summary not in text
        assert hidden.blind not in text
        assert "field-" not in text
        assert "the model a" not in text  # what a model said when it failed
    # The scores in real use, and what was planted, are told with the last word only.
    assert "88%" not in as_report(found)
    assert task.flaw is not None
    assert task.flaw.summary not in as_report(found)


def test_both_orders_of_a_hidden_pair_make_the_same_files() -> None:
    choice = first_comparison(tasks()["triage"])
    pairs: dict[tuple[str, str], CompareChoice] = {}
    while len(pairs) < 2:
        hidden = blinded(choice)
        pairs[hidden.models] = hidden
    csvs, reports = (
        {re.sub(r"[\d-]+ [\d:]+ UTC", "", make(shown(hidden))) for hidden in pairs.values()}
        for make in (as_csv, as_report)
    )
    assert len(csvs) == len(reports) == 1


def test_the_last_word_tells_the_names() -> None:
    hidden = replace(blinded(first_comparison(tasks()["triage"])), who=WHO)
    say(hidden.verdicts_id, WHO, "first", "", last=True)
    html = as_report(shown(hidden))
    first, second = hidden.names
    assert {first, second} == {"Model A", "Model B"}
    assert f"Model 1 was {first}. Model 2 was {second}." in html
    assert lines(as_csv(shown(hidden)))[0][3] == f"{first}: answer"


# --- The buttons --------------------------------------------------------------------------------


def page() -> None:
    from tests.ui.compare.test_export import shown
    from ui.compare.choice import blinded
    from ui.compare.panels.verdict import take_away

    take_away(lambda: shown(blinded(shown().choice)))


def test_the_files_names_tell_nothing() -> None:
    app = AppTest.from_function(page, default_timeout=PATIENCE).run()
    assert not app.exception
    buttons = app.get("download_button")
    assert [button.proto.label for button in buttons] == ["Report", "CSV", "Codebook"]
    source = repr([button.proto for button in buttons])
    assert "Model" not in source
    assert "triage" not in source
