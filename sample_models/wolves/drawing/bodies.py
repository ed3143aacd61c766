"""How the animals stand, walk, sniff, sit and howl: limbs and markings as lines.

Lengths are in shoulder heights, x towards the head, y upwards from the ground.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from sample_models.wolves.drawing.coats import Coat

Pose = Literal["standing", "walking", "sniffing", "sitting", "howling", "sitting howl"]
POSES: tuple[Pose, ...] = ("standing", "walking", "sniffing", "sitting", "howling", "sitting howl")
CHANCES = (0.27, 0.25, 0.1, 0.22, 0.09, 0.07)
MIDDLE: dict[Pose, float] = {
    "standing": 0.1, "walking": 0.16, "sniffing": 0.24,
    "sitting": -0.14, "howling": 0.04, "sitting howl": -0.16,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Body:
    """Limbs as (x, y, half width) and the lines where the coat changes colour."""

    trunk: tuple[ArrayLike, ...]
    near_legs: tuple[ArrayLike, ...]
    far_legs: tuple[ArrayLike, ...]
    tail: ArrayLike
    head: tuple[float, float, float]  # where, and how far it is raised (radians)
    saddle: ArrayLike  # its lower edge, from the tail to the neck
    belly: ArrayLike  # the upper edge of the pale underside, from the tail to the throat


def _upright(coat: Coat, stride: float, head: tuple[float, float, float]) -> Body:
    """On four legs; `stride` is how far the feet are apart from rest."""
    husky = coat.husky
    hx, hy, _ = head
    deep = 1.0 if husky else 0.9
    reach = 0.0 if husky else 0.04
    back = [
        [-0.5 - reach, 0.8, 0.17 * deep],
        [-0.28, 0.775, 0.2 * deep],
        [0.0, 0.755, 0.205 * deep],
        [0.26, 0.735, 0.255 * deep],
        [0.42 + reach, 0.765, 0.235 * deep],
    ]
    neck = [
        [0.3, 0.8, 0.23 * deep],
        [0.5 * (0.42 + hx), 0.5 * (0.8 + hy), 0.215],
        [hx - 0.06, hy - 0.02, 0.17],
    ]

    def front(x: float, swing: float) -> ArrayLike:
        lift = max(0.0, swing) * 0.25
        return [
            [x, 0.68, 0.15],
            [x - 0.02 + swing * 0.3, 0.46, 0.088],
            [x + 0.02 + swing * 0.75, 0.25 + lift, 0.058],
            [x + swing, 0.08 + lift * 0.4, 0.048],
            [x + 0.05 + swing, 0.042 + lift * 0.4, 0.046],
            [x + 0.09 + swing, 0.036 + lift * 0.4, 0.036],
        ]

    def hind(x: float, swing: float) -> ArrayLike:
        lift = max(0.0, -swing) * 0.2
        return [
            [x, 0.74, 0.17 * deep],
            [x + 0.07 + swing * 0.4, 0.5, 0.12],
            [x - 0.06 + swing * 0.6, 0.34, 0.068],
            [x - 0.11 + swing * 0.85, 0.26 + lift, 0.052],
            [x - 0.07 + swing, 0.08 + lift * 0.5, 0.046],
            [x - 0.02 + swing, 0.042 + lift * 0.4, 0.046],
            [x + 0.02 + swing, 0.036 + lift * 0.4, 0.036],
        ]

    near = (hind(-0.45 - reach, -stride), front(0.33 + reach, stride))
    far = (hind(-0.35 - reach, stride * 0.9), front(0.45 + reach, -stride * 0.9))
    if husky:
        tail = [[-0.58, 0.84, 0.08], [-0.68, 0.94, 0.11], [-0.69, 1.1, 0.135], [-0.55, 1.21, 0.14],
                [-0.4, 1.16, 0.12], [-0.34, 1.06, 0.07]]  # fmt: skip
    else:
        tail = [[-0.64, 0.84, 0.06], [-0.74, 0.7, 0.08], [-0.79, 0.5, 0.088], [-0.78, 0.32, 0.06],
                [-0.75, 0.24, 0.02]]  # fmt: skip
    if husky:
        saddle = [[-0.8, 0.62], [-0.55, 0.6], [-0.3, 0.68], [0.0, 0.66], [0.24, 0.6], [0.42, 0.72],
                  [hx - 0.02, hy - 0.04]]  # fmt: skip
        belly = [[-0.8, 0.5], [-0.5, 0.5], [-0.3, 0.62], [0.0, 0.62], [0.24, 0.56], [0.42, 0.68],
                 [hx, hy - 0.06]]  # fmt: skip
    else:
        saddle = [[-0.8, 0.8], [-0.5, 0.83], [-0.2, 0.8], [0.1, 0.78], [0.28, 0.84], [0.44, 0.94],
                  [hx - 0.18, hy + 0.06]]  # fmt: skip
        belly = [[-0.6, 0.34], [-0.4, 0.46], [-0.2, 0.62], [0.1, 0.58], [0.3, 0.54], [0.52, 0.66],
                 [hx + 0.05, hy - 0.14]]  # fmt: skip
    return Body((back, neck), near, far, tail, head, saddle, belly)


def _seated(coat: Coat, head: tuple[float, float, float]) -> Body:
    husky = coat.husky
    hx, hy, _ = head
    deep = 1.0 if husky else 0.92
    back = [
        [-0.34, 0.24, 0.23 * deep],
        [-0.22, 0.46, 0.24 * deep],
        [-0.04, 0.68, 0.24 * deep],
        [0.1, 0.82, 0.22 * deep],
    ]
    neck = [
        [0.04, 0.8, 0.22 * deep],
        [0.5 * (0.1 + hx), 0.5 * (0.84 + hy), 0.205],
        [hx - 0.05, hy, 0.16],
    ]

    def front(x: float) -> ArrayLike:
        return [[x - 0.1, 0.72, 0.15], [x - 0.03, 0.5, 0.1], [x, 0.28, 0.064], [x, 0.09, 0.052],
                [x + 0.05, 0.044, 0.05], [x + 0.1, 0.038, 0.038]]  # fmt: skip

    haunch = [[-0.3, 0.2, 0.19], [-0.16, 0.26, 0.2], [-0.06, 0.2, 0.15]]
    foot = [[-0.2, 0.06, 0.055], [-0.02, 0.052, 0.055], [0.1, 0.045, 0.042]]
    if husky:
        tail = [
            [-0.5, 0.14, 0.07],
            [-0.64, 0.2, 0.11],
            [-0.72, 0.34, 0.13],
            [-0.66, 0.48, 0.12],
            [-0.56, 0.52, 0.08],
        ]
    else:
        tail = [[-0.48, 0.12, 0.07], [-0.66, 0.08, 0.08], [-0.86, 0.07, 0.07], [-1.0, 0.05, 0.03]]
    saddle = [
        [-0.6, 0.16],
        [-0.4, 0.44],
        [-0.22, 0.6],
        [-0.08, 0.72],
        [0.02, 0.86],
        [hx - 0.1, hy + 0.02],
    ]
    if husky:
        belly = [
            [-0.55, 0.06],
            [-0.2, 0.12],
            [-0.06, 0.36],
            [0.0, 0.56],
            [0.06, 0.76],
            [hx - 0.02, hy - 0.04],
        ]
    else:
        belly = [
            [-0.4, 0.0],
            [0.0, 0.1],
            [0.06, 0.36],
            [0.1, 0.6],
            [0.14, 0.8],
            [hx + 0.04, hy - 0.1],
        ]
    return Body((back, neck), (foot, front(0.2), haunch), (front(0.3),), tail, head, saddle, belly)


def body_of(pose: Pose, coat: Coat, looking: bool, rng: np.random.Generator) -> Body:
    nod = rng.normal(0.0, 0.05)
    x, y = rng.normal(0.0, 0.015, 2)
    match pose:
        case "standing":
            head = (0.64 + x, 1.13 + y, nod) if not looking else (0.6 + x, 1.12 + y, nod)
            return _upright(coat, rng.uniform(-0.05, 0.05), head)
        case "walking":
            side = rng.choice((-1.0, 1.0))
            return _upright(coat, side * rng.uniform(0.1, 0.17), (0.7 + x, 1.04 + y, nod - 0.08))
        case "sniffing":
            return _upright(coat, rng.uniform(-0.1, 0.1), (0.8 + x, 0.62 + y, nod - 0.5))
        case "howling":
            return _upright(coat, rng.uniform(-0.04, 0.04), (0.6 + x, 1.16 + y, nod + 0.95))
        case "sitting":
            return _seated(coat, (0.24 + x, 1.14 + y, nod))
        case "sitting howl":
            return _seated(coat, (0.2 + x, 1.18 + y, nod + 1.0))
