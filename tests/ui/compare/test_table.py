"""The list as a table: what stands in it, whatever it is sorted by, and the items in small."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from sample_models import tasks
from tests.ui.compare.test_panels import ANSWERED, CHOICE, COMPARED
from tests.ui.reports import Told
from ui.compare import wording as told
from ui.compare.choice import first_comparison
from ui.compare.panels import table
from ui.compare.values import Answered
from ui.compare.work import explaining, in_small
from ui.shell.wording import NOUNS
from ui.workshop.store import store

SMALLS = {item.row: f"text {item.row}" for item in ANSWERED.items}


def frame(**changes: object) -> pd.DataFrame:
    known = told.overlaps_of(ANSWERED, COMPARED)
    choice = replace(CHOICE, **changes)  # type: ignore[arg-type]
    return table.as_frame(choice, ANSWERED, ANSWERED.items, known, SMALLS)


def test_a_row_says_what_both_answer_and_what_is_wrong() -> None:
    found = frame()
    assert list(found["item"][:2]) == ["Text 1", "Text 2"]
    assert list(found["small"]) == list(SMALLS.values())
    assert list(found["answer-0"]) == [
        *("✗ routine", "✗ urgent", "routine", "✗ urgent", "urgent", "urgent")
    ]
    assert list(found["answer-1"][:3]) == ["✗ routine", "✗ urgent", "urgent"]
    assert found["sure-0"][0] == pytest.approx(90)
    assert list(found["label"]) == ["urgent", "routine", "", "routine", "urgent", "urgent"]
    assert list(found["reasons"]) == [
        *("different", "too unsteady to tell", "", "different", "", "same")
    ]
    assert found["common"][3] == pytest.approx(10)
    assert np.isnan(found["common"][1])  # of which it is not said how much


def test_before_anything_is_explained_the_items_are_there() -> None:
    found = table.as_frame(CHOICE, ANSWERED, ANSWERED.items, {}, SMALLS)
    assert "reasons" not in found
    assert list(found["small"]) == list(SMALLS.values())
    without = table.as_frame(CHOICE, ANSWERED, ANSWERED.items, {}, {})
    assert "small" not in without


def test_a_row_of_a_table_has_its_values_each_column_of_one_type() -> None:
    flu = first_comparison(tasks()["flu"])
    answered = replace(ANSWERED, columns=("age", "name", "age"))
    smalls = {item.row: [item.row, "x" if item.row else None, None] for item in answered.items}
    found = table.as_frame(flu, answered, answered.items, {}, smalls)
    assert list(found["value-0"]) == [0, 1, 2, 3, 4, 5]
    assert list(found["value-1"]) == ["", "x", "x", "x", "x", "x"]
    assert "value-2" not in found  # nothing is there


@pytest.mark.parametrize("task", ["triage", "flu", "digits"])
def test_the_items_in_small_are_kept_while_they_are_read_anyway(task: str) -> None:
    choice = first_comparison(tasks()[task])
    rows = [3, 7, 8]
    found = Answered.from_dict(explaining.answered(choice.params(), rows, report=Told()))
    raw = store().read(in_small.IN_SMALL, in_small.block_id(choice, rows))
    assert raw is not None
    kept = json.loads(raw)
    assert kept == in_small.in_small(choice.params(), rows, report=Told())
    instances = choice.task.data().test.instances
    match choice.task.kind:
        case "text":
            for row, small in zip(rows, kept, strict=True):
                text = " ".join(instances[row].split())
                assert small.rstrip("…") == text[: len(small.rstrip("…"))]
                assert len(small) <= 201
        case "table":
            expected = instances.iloc[rows].to_numpy().tolist()
            assert kept == expected
            assert len(found.columns) == len(kept[0])
        case "image":
            assert all(small.startswith("data:image/") for small in kept)
            assert len(set(kept)) == 3


def test_blocks_have_every_row_once() -> None:
    rows = list(range(0, 2400, 2))
    found = in_small.blocks(rows)
    assert [len(block) for block in found] == [500, 500, 200]
    assert [row for block in found for row in block] == rows


def test_items_are_called_by_their_number() -> None:
    assert table.name_of(NOUNS["image"], 4) == "Picture 5"
