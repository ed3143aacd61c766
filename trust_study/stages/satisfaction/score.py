"""How content people are: secondary, as ratings do not tell how useful explanations are."""

from collections.abc import Sequence

import pandas as pd

from trust_study.scoring.tables import Tally, share, tally


def tallied(long: pd.DataFrame, arms: Sequence[str]) -> Tally:
    """The mean rating, 1 to 5.

    References
    ----------
    Hoffman et al. 2023; Hase and Bansal 2020 (ratings do not predict usefulness).
    """
    rated = long[long["stage"] == "satisfaction"]
    people = tally(rated, [rated["value"].astype(float), pd.Series(1, rated.index)], arms)
    return Tally(people, [share("satisfaction", 0, 1, is_rate=False)], arms)
