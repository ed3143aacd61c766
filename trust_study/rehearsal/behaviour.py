"""What simulated people do: known behaviours, so that one knows what their results must be."""

from typing import Literal, get_args

import numpy as np
from scipy.stats import norm

from trust_study.frozen import Arm, Item

Behaviour = Literal["always", "never", "discern", "random", "lime", "drop_out"]
BEHAVIOURS: tuple[Behaviour, ...] = get_args(Behaviour)
MEANING: dict[Behaviour, str] = {
    "always": "follow the model always",
    "never": "never follow it",
    "discern": "follow it more often where it is right (d' = 1)",
    "random": "answer at random",
    "lime": "follow it only where LIME explains it",
    "drop_out": "leave half-way",
}
D_PRIME = 1.0  # of those who discern


def final_answer(
    behaviour: Behaviour, item: Item, arm: Arm | None, n_labels: int, rng: np.random.Generator
) -> int:
    """The final answer to an item.

    Who does not follow says one of the other labels.
    """
    match behaviour:
        case "always":
            follows = True
        case "never":
            follows = False
        case "discern":
            half = D_PRIME / 2 if item.is_right else -D_PRIME / 2
            follows = bool(rng.random() < norm.cdf(half))
        case "lime":
            follows = arm == "lime"
        case "random" | "drop_out":
            return int(rng.integers(n_labels))
    others = [label for label in range(n_labels) if label != item.advice]
    return item.advice if follows else int(rng.choice(others))
