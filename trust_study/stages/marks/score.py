"""Whether people mark what should not matter, and how their marks agree with the explanation."""

import json
from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from trust_study.frozen import EXPLAINED, Item, Study
from trust_study.scoring.tables import Tally, share, tally

MEASURES = (
    share("flaw_found", 0, 1),  # of items with the flaw: some of it was marked
    share("false_alarms", 2, 3),  # of items without: something was marked
    share("overlap_flaw", 4, 1, is_rate=False),  # Jaccard of the marks and the flaw
    share("overlap_explanation", 5, 6, is_rate=False),  # and of the marks and what was shown
)


def marks(study: Study, long: pd.DataFrame) -> pd.DataFrame:
    """A row an item that somebody marked, or left unmarked.

    Returns
    -------
    pandas.DataFrame
        participant, group, arm, item; has_flaw, found, alarmed, overlap_flaw (0 without a flaw),
        is_explained, overlap_explanation (0 if it is not).
    """
    asked = long[(long["stage"] == "marks") & (long["field"] == "marked")]
    rows = []
    for row in asked.itertuples():
        item = study.item(str(row.item))
        marked = {*json.loads(str(row.value))}
        flaw = {n for n, component in enumerate(item.components) if component.is_flaw}
        shown = _shown(item, str(row.arm))
        rows.append(
            {
                "participant": row.participant,
                "group": row.group,
                "arm": row.arm,
                "item": row.item,
                "has_flaw": bool(flaw),
                "found": bool(flaw & marked),
                "alarmed": not flaw and bool(marked),
                "overlap_flaw": _jaccard(marked, flaw) if flaw else 0.0,
                "is_explained": bool(shown),
                "overlap_explanation": _jaccard(marked, shown) if shown else 0.0,
            }
        )
    columns = "participant group arm item has_flaw found alarmed overlap_flaw is_explained".split()
    return pd.DataFrame(rows, columns=[*columns, "overlap_explanation"])


def tallied(marks: pd.DataFrame, arms: Sequence[str]) -> Tally:
    """The `MEASURES`."""
    has_flaw = marks["has_flaw"].to_numpy(bool)
    columns: list[ArrayLike] = [
        *(marks["found"], has_flaw, marks["alarmed"], ~has_flaw),
        *(marks["overlap_flaw"], marks["overlap_explanation"], marks["is_explained"]),
    ]
    return Tally(tally(marks, columns, arms), MEASURES, arms)


def _shown(item: Item, arm: str) -> set[int]:
    """The components that had a weight in what was shown."""
    weights = next((item.weights[each] for each in EXPLAINED if each == arm), ())
    return {int(n) for n in np.flatnonzero(weights)}


def _jaccard(first: set[int], second: set[int]) -> float:
    return len(first & second) / len(first | second)
