"""How often people guess what the model will say."""

from collections.abc import Sequence

import pandas as pd

from trust_study.frozen import Study
from trust_study.scoring.tables import Tally, share, tally


def guesses(study: Study, long: pd.DataFrame) -> pd.DataFrame:
    """A row a guess: participant, group, arm, item, is_right.

    The arm is that of the items before it.
    """
    asked = long[(long["stage"] == "forward") & (long["field"] == "answer")]
    advice = {item.id: item.advice for item in study.edited}
    is_right = asked["value"].astype(float) == asked["item"].map(advice).astype(float)
    return asked[["participant", "group", "arm", "item"]].assign(is_right=is_right)


def tallied(guesses: pd.DataFrame, arms: Sequence[str]) -> Tally:
    """The share of right guesses."""
    people = tally(guesses, [guesses["is_right"], pd.Series(1, guesses.index)], arms)
    return Tally(people, [share("simulation", 0, 1)], arms)
