"""What is taken away from a pick: its numbers as they are, and what each column is."""

import csv
import io
import json

import numpy as np
import pytest

from lime_engine import TabularPerturber, TextPerturber
from lime_engine.subjects import subject_to_dict
from sample_models import load_data, tasks
from ui.explain.sheet import as_csv, codebook
from ui.pick.choice import PickChoice
from ui.pick.export import sheet
from ui.pick.values import Feature, Picked, PickedItem, Reason


def picked(subjects: list[object]) -> Picked:
    items = tuple(
        PickedItem(
            row=10 * number,
            label=1 - number % 2,
            probabilities=(0.25, 0.75),
            target=1,
            reasons=(Reason(0, 0, "=pain", 0.41234), Reason(1, 1, "today", -0.1)),
            adds=(0, 1) if number == 0 else (),
            gain=0.5 / (number + 1),
            picture=None,
            subject=subject_to_dict(subject),
        )
        for number, subject in enumerate(subjects)
    )
    features = Feature("=pain", 0.6, ()), Feature("today", 0.4, ())
    n = len(items)
    return Picked(features, items, *(((0.5,) * n,) * 4), n, 0, None, ())


def lines(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_each_pick_is_a_line_with_its_text_and_reasons_and_no_formulas() -> None:
    subjects = [TextPerturber().components(text) for text in ("=pain today", "None", "None")]
    choice, found = PickChoice(tasks()["triage"], "a"), picked(list(subjects))
    rows = lines(as_csv(sheet(choice, found, 2)))
    assert [row["text"] for row in rows] == ["'=pain today", "None"]
    assert [row["item"] for row in rows] == ["test-0", "test-10"]
    assert json.loads(rows[0]["reasons"]) == [["=pain", 0.4123], ["today", -0.1]]
    assert (rows[0]["adds"], rows[0]["gain"], rows[1]["adds"]) == ("'=pain; today", "0.5000", "")
    assert (rows[0]["model_says"], rows[0]["probability"]) == ("urgent", "0.7500")
    book = lines(codebook(sheet(choice, found, 2)))
    assert [row["column"] for row in book] == list(rows[0])
    assert all(row["what is in it"].endswith(".") for row in book)


def test_labels_are_taken_away_only_where_they_are_shown() -> None:
    subjects = [TextPerturber().components("pain")]
    task, found = tasks()["triage"], picked(list(subjects))
    assert "data_says" not in as_csv(sheet(PickChoice(task, "a"), found, 1))
    (row,) = lines(as_csv(sheet(PickChoice(task, "a", favour="wrong"), found, 1)))
    assert row["data_says"] == "urgent"


def test_a_row_has_a_column_a_value() -> None:
    data = load_data("flu")
    frame = data.test.instances
    perturber = TabularPerturber.learn(data.train.instances)
    found = picked([perturber.components(data.test.instance(0))])
    (row,) = lines(as_csv(sheet(PickChoice(tasks()["flu"], "a"), found, 1)))
    for name in frame.columns:
        value, cell = frame[name].iloc[0], row[f"value of {name}"]
        is_number = isinstance(value, int | float | np.number)
        assert (
            (float(cell or "nan") == pytest.approx(value, nan_ok=True))
            if is_number
            else (cell == str(value))
        )
