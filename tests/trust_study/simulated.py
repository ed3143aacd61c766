"""People whose behaviour is known, as trials."""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import pandas as pd
from scipy.stats import norm

# Whether to follow: of the arm, whether the model is right, and a random number.
Behaviour: TypeAlias = Callable[[str, bool, float], bool]


def always(arm: str, is_right: bool, chance: float) -> bool:
    return True


def never(arm: str, is_right: bool, chance: float) -> bool:
    return False


def discerning(arm: str, is_right: bool, chance: float) -> bool:
    """d' = 1, without bias."""
    return chance < norm.cdf(0.5 if is_right else -0.5)


def only_with_lime(arm: str, is_right: bool, chance: float) -> bool:
    return arm == "lime"


def with_any_weights(arm: str, is_right: bool, chance: float) -> bool:
    return arm != "answer"


def trials(
    behaviour: Behaviour,
    n_people: int,
    n_items: int = 16,
    arms: tuple[str, ...] = ("answer", "lime", "placebo"),
    seed: int = 0,
) -> pd.DataFrame:
    """Trials of two labels, half of the model's answers wrong, own answers a coin's.

    Who does not follow says the other label.
    """
    rng = np.random.default_rng(seed)
    rows = []
    for person in range(n_people):
        group = person % len(arms)
        for n in range(n_items):
            truth, is_right = n // 2 % 2, n % 2 == 0
            advice = truth if is_right else 1 - truth
            follows = behaviour(arms[group], is_right, rng.random())
            rows.append(
                {
                    "participant": person,
                    "group": group,
                    "arm": arms[group],
                    "item": f"item-{n}",
                    "truth": truth,
                    "advice": advice,
                    "own": int(rng.integers(2)),
                    "own_confidence": 50,
                    "final": advice if follows else 1 - advice,
                    "final_confidence": 80,
                }
            )
    return pd.DataFrame(rows)
