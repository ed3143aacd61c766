"""The simple model that imitates the black box near the instance."""

from collections.abc import Callable
from functools import cache

import numpy as np

from lime_engine.fit.projection import Estimate
from lime_engine.fit.ridge import ridge
from lime_engine.fit.rounding import moves
from lime_engine.types import (
    Design,
    FloatArray,
    IntArray,
    LinearSurrogate,
    Neighbourhood,
    Surrogate,
    TreeSurrogate,
)

RIDGE_ALPHA = 1.0
TREE_DEPTH = 4


def surrogates(
    neighbourhood: Neighbourhood, chosen: IntArray, kind: str, estimate: Estimate | None
) -> Callable[[int], Surrogate]:
    """Class -> its surrogate of this `kind` ("ridge", "tree") on the chosen components.

    Each is fitted when it is asked for, once. A ridge is the `estimate` on them, (K+1, n_classes),
    where there is one.
    """
    design, values = neighbourhood.design, neighbourhood.responses.values
    if kind == "tree":
        return cache(lambda column: _fit_tree(design, values[:, column], chosen))
    if estimate is None:
        return cache(lambda column: _fit_ridge(design, values[:, column], chosen))
    return lambda column: LinearSurrogate(
        float(estimate.coefficients[0, column]),
        dict(zip(chosen.tolist(), estimate.coefficients[1:, column].tolist(), strict=True)),
    )


def _fit_ridge(design: Design, y: FloatArray, chosen: IntArray) -> LinearSurrogate:
    if len(chosen) == 0:
        return LinearSurrogate(float(np.average(y, weights=design.weights)), {})
    intercept, coefficients = ridge(design.masks[:, chosen], y, design.weights, RIDGE_ALPHA)
    return LinearSurrogate(
        intercept, dict(zip(chosen.tolist(), coefficients.tolist(), strict=True))
    )


def _fit_tree(design: Design, y: FloatArray, chosen: IntArray) -> TreeSurrogate:
    from sklearn.tree import DecisionTreeRegressor

    if len(chosen) == 0:
        return TreeSurrogate((-1,), (-1,), (-1,), (float(np.average(y, weights=design.weights)),))
    # What a tree takes for no spread at all is absolute: it gets the answers in their own units.
    level, unit = float(y[0]), float(np.ptp(y)) if moves(y) else 0.0
    around = (y - level) / (unit or np.inf)
    tree = DecisionTreeRegressor(max_depth=TREE_DEPTH, random_state=0)
    masks = design.masks[:, chosen].astype(float)
    tree.fit(masks, around, sample_weight=design.weights)
    nodes = tree.tree_
    return TreeSurrogate(
        tuple(int(chosen[f]) if f >= 0 else -1 for f in nodes.feature),
        tuple(nodes.children_left.tolist()),
        tuple(nodes.children_right.tolist()),
        tuple((level + unit * nodes.value[:, 0, 0]).tolist()),
    )


def contributions(
    surrogate: Surrogate, design: Design, chosen: IntArray, least: float
) -> dict[int, float]:
    """The weight of each chosen component.

    For the linear surrogate its coefficient. For the tree the weighted mean, over the design, of
    g with the component on minus g with it off, which is the coefficient when g is linear. What is
    below `least`, which is rounding, is 0: a model that does not move has no weights.
    """
    if isinstance(surrogate, LinearSurrogate):
        found = surrogate.coefficients
    else:
        found = _mean_effects(surrogate, design, chosen)
    return {i: 0.0 if abs(weight) < least else weight for i, weight in found.items()}


def _mean_effects(surrogate: TreeSurrogate, design: Design, chosen: IntArray) -> dict[int, float]:
    weights = {}
    for component in chosen.tolist():
        masks = design.masks.copy()
        masks[:, component] = True
        on = surrogate.predict(masks)
        masks[:, component] = False
        difference = on - surrogate.predict(masks)
        weights[component] = float(np.average(difference, weights=design.weights))
    return weights
