"""Scores of the stages beside the final answer, against hand counts."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from tests.trust_study.studies import item, study
from trust_study.scoring.tables import scored
from trust_study.stages.forward import score as forward
from trust_study.stages.marks import score as marks

PLAIN = replace(
    item(1), components=tuple(replace(part, is_flaw=False) for part in item(1).components)
)
STUDY = study(items=(item(0), PLAIN), edited=(item(9), replace(item(8), advice=0)))


def long(rows: list[tuple[int, str, str, str, str, object]]) -> pd.DataFrame:
    columns = ["participant", "arm", "item", "stage", "field", "value"]
    return pd.DataFrame(rows, columns=columns).assign(group=0)


def test_guesses_are_right_where_they_are_what_the_model_said() -> None:
    said = [
        (n, "lime", each, "forward", "answer", n % 2)
        for n in range(6)
        for each in ("item-9", "item-8")
    ]
    found = forward.guesses(STUDY, long(said))
    assert len(found) == 12
    for row in found.itertuples():
        assert row.is_right == ((row.participant % 2 == 1) == (row.item == "item-9"))
    table = scored(forward.tallied(found, ["answer", "lime"]), n_resamples=100).estimates
    lime = table[table["arm"] == "lime"].iloc[0]
    assert (lime["value"], lime["people"], lime["cases"]) == (0.5, 6, 12)
    assert (lime["low"], lime["high"]) == (0.5, 0.5)  # everybody is right once
    assert table[table["arm"] == "answer"]["value"].isna().all()


@pytest.mark.parametrize(
    ("marked", "arm", "found", "alarmed", "of_flaw", "of_explanation"),
    [
        # The flaw is the fourth part; LIME shows parts 1, 3 and 4, the placebo 2, 3 and 4.
        ([3], "lime", True, False, 1.0, 1 / 3),
        ([0, 1], "lime", False, False, 0.0, 1 / 4),
        ([0, 3], "lime", True, False, 1 / 2, 2 / 3),
        ([0, 3], "placebo", True, False, 1 / 2, 1 / 4),
        ([], "lime", False, False, 0.0, 0.0),
        ([3], "answer", True, False, 1.0, 0.0),
    ],
)
def test_marks_beside_the_flaw_and_the_explanation(
    marked: list[int], arm: str, found: bool, alarmed: bool, of_flaw: float, of_explanation: float
) -> None:
    said = json.dumps(marked)
    row = marks.marks(STUDY, long([(1, arm, "item-0", "marks", "marked", said)])).iloc[0]
    assert (row["has_flaw"], row["found"], row["alarmed"]) == (True, found, alarmed)
    assert row["overlap_flaw"] == pytest.approx(of_flaw)
    assert row["is_explained"] == (arm != "answer")
    assert row["overlap_explanation"] == pytest.approx(of_explanation)


def test_marks_where_there_is_no_flaw_are_false_alarms() -> None:
    said = [
        (n, "lime", each, "marks", "marked", json.dumps([3] if n < most else []))
        for n in range(20)
        for each, most in (("item-0", 15), ("item-1", 5))
    ]
    table = scored(marks.tallied(marks.marks(STUDY, long(said)), ["lime"])).estimates
    table = table.set_index("measure")
    assert table.loc["flaw_found", "value"] == 15 / 20
    assert table.loc["false_alarms", "value"] == 5 / 20
    assert table.loc["overlap_flaw", "value"] == 15 / 20
    assert table.loc["overlap_explanation", "value"] == pytest.approx(20 / 3 / 40)
    # 20 people, each with one item: nearly the binomial's interval.
    half = 1.96 * np.sqrt(0.25 * 0.75 / 20)
    assert table.loc["false_alarms", "high"] == pytest.approx(0.25 + half, abs=0.05)
