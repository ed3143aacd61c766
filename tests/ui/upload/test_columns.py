"""Which columns are proposed as the texts and as the labels."""

from typing import Any

import pandas as pd
import pytest

from tests.ui.reports import Told
from ui.upload import work
from ui.upload.reading.columns import facts_of, label_candidates, proposed_text
from ui.upload.reading.predictions import proposed_predictions
from ui.upload.reading.text_files import ReadAs, read_table
from ui.workshop.store import store

N = 40
TEXTS = [f"bus number {i} came late" for i in range(N)]
LONG = [
    "The comment is harmless: it says what its author thinks, and hurts nobody at all",
    "The comment is offensive: it belittles somebody for what they are, and should go",
]
LABELS = [LONG[i % 3 % 2] for i in range(N)]
FIVE = [f"{LONG[0]} {i % 5}" for i in range(N)]

PROPOSED: dict[str, tuple[dict[str, list[Any]], str]] = {
    "long labels": ({"comment": TEXTS, "label": LABELS}, "comment"),
    "long labels called otherwise": ({"comment": TEXTS, "stance": FIVE}, "comment"),
    "a small table": ({"comment": TEXTS[:3], "label": LABELS[:3]}, "comment"),
    "labels before the texts, and an id": (
        {"id": [f"{i:060x}" for i in range(N)], "class": LABELS, "text": TEXTS},
        "text",
    ),
    "numbers are no texts": ({"label": LABELS, "x": [i / 7 for i in range(N)]}, "label"),
    "answers are texts": (
        {"question": [f"Why {i}?" for i in range(N)], "answer": TEXTS, "score": [1, 2] * (N // 2)},
        "answer",
    ),
    "the longer of two": ({"title": [f"late {i}" for i in range(N)], "body": TEXTS}, "body"),
    "nothing but labels": ({"label": LABELS, "target": ["a", "b"] * (N // 2)}, "label"),
}


def csv(columns: dict[str, list[Any]]) -> bytes:
    return pd.DataFrame(columns).to_csv(index=False).encode()


@pytest.mark.parametrize(("columns", "expected"), PROPOSED.values(), ids=PROPOSED)
def test_labels_are_not_proposed_as_the_texts(columns: dict[str, list[Any]], expected: str) -> None:
    table = read_table("a.csv", csv(columns))
    assert proposed_text(table, facts_of(table)) == expected


MOODS = [["ok", "OK", "rude ", "Rude", "RUDE"][i % 5] for i in range(N)]
CHANNELS = [["app", "web"][i % 2] for i in range(N)]


def read(columns: dict[str, list[Any]], label: str | None = None) -> dict[str, Any]:
    upload_id = store().put("upload", csv(columns))
    return work.texts("a.csv", upload_id, None, label, report=Told())


def test_what_else_may_be_the_labels_is_told_where_none_is_called_so() -> None:
    columns: dict[str, list[Any]] = {"comment": TEXTS, "channel": CHANNELS, "moderation": MOODS}
    found = read(columns)
    assert (found["column"], found["label"], found["label_too"]) == (
        "comment", "channel", ["moderation"],
    )  # fmt: skip
    assert read(columns, "moderation")["label_too"] == []  # somebody has chosen
    assert read(columns, "")["label_too"] == []
    called = read(columns | {"label": CHANNELS})
    assert (called["label"], called["label_too"]) == ("label", [])
    predicted = read(columns | {"model": MOODS}, "moderation")
    assert predicted["predicted"] == ["model"]


def test_labels_in_many_spellings_are_as_few_as_those_in_one() -> None:
    """Also where they are kept apart: what was proposed stands in the boxes by then."""
    columns: dict[str, list[Any]] = {"text": TEXTS, "moderation": MOODS, "channel": CHANNELS}
    columns["p_rude"] = [i / N for i in range(N)]
    for apart in (False, True):
        table = read_table("a.csv", csv(columns), ReadAs(apart=apart))
        facts = facts_of(table)
        assert label_candidates(facts)[:2] == ["moderation", "channel"]
        assert proposed_predictions(table, facts, "moderation", ["text"]) == ["p_rude"]
