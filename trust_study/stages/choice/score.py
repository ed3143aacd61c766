"""Whether people choose the better model more often after the items than before."""

from dataclasses import dataclass

import pandas as pd

from trust_study.scoring.rates import P_VALUES_FROM, mcnemar, wilson


@dataclass(frozen=True, slots=True)
class Change:
    """The choice of people who were asked both times.

    Parameters
    ----------
    people
        How many.
    before, after
        How many chose the better model.
    gained, lost
        How many changed to it, and away from it.
    p_value
        Exact McNemar; None for fewer than `P_VALUES_FROM` people.
    """

    people: int
    before: int
    after: int
    gained: int
    lost: int
    p_value: float | None

    @property
    def intervals(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """The intervals of the shares before and after (Wilson)."""
        return wilson(self.before, self.people), wilson(self.after, self.people)


def change(before: pd.Series, after: pd.Series, better: int) -> Change:
    """Compare the choices, each indexed by participant; who answered once is left out."""
    both = pd.DataFrame({"before": before, "after": after}).dropna() == better
    had, has = both["before"].to_numpy(bool), both["after"].to_numpy(bool)
    n, gained, lost = len(both), int((~had & has).sum()), int((had & ~has).sum())
    p_value = mcnemar(gained, lost) if n >= P_VALUES_FROM else None
    return Change(n, int(had.sum()), int(has.sum()), gained, lost, p_value)
