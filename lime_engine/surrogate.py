"""The simple model that imitates the black box near the instance."""

import numpy as np

from lime_engine.selection import IntArray
from lime_engine.types import Design, FloatArray, LinearSurrogate, Surrogate, TreeSurrogate

RIDGE_ALPHA = 1.0
TREE_DEPTH = 4
ROUNDING = 1e-12  # in units of the answer; probabilities carry about 1e-16


def fit_surrogate(design: Design, y: FloatArray, chosen: IntArray, kind: str) -> Surrogate:
    """The surrogate of this kind ("ridge", "tree") on the chosen components, for answers y (n,)."""
    return _fit_tree(design, y, chosen) if kind == "tree" else _fit_ridge(design, y, chosen)


def _fit_ridge(design: Design, y: FloatArray, chosen: IntArray) -> LinearSurrogate:
    from sklearn.linear_model import Ridge

    if len(chosen) == 0:
        return LinearSurrogate(float(np.average(y, weights=design.weights)), {})
    masks = design.masks[:, chosen].astype(float)
    ridge = Ridge(alpha=RIDGE_ALPHA).fit(masks, y, sample_weight=design.weights)
    coefficients = dict(zip(chosen.tolist(), ridge.coef_.tolist(), strict=True))
    return LinearSurrogate(float(ridge.intercept_), coefficients)


def _fit_tree(design: Design, y: FloatArray, chosen: IntArray) -> TreeSurrogate:
    from sklearn.tree import DecisionTreeRegressor

    if len(chosen) == 0:
        return TreeSurrogate((-1,), (-1,), (-1,), (float(np.average(y, weights=design.weights)),))
    tree = DecisionTreeRegressor(max_depth=TREE_DEPTH, random_state=0)
    tree.fit(design.masks[:, chosen].astype(float), y, sample_weight=design.weights)
    nodes = tree.tree_
    return TreeSurrogate(
        tuple(int(chosen[f]) if f >= 0 else -1 for f in nodes.feature),
        tuple(nodes.children_left.tolist()),
        tuple(nodes.children_right.tolist()),
        tuple(nodes.value[:, 0, 0].tolist()),
    )


def contributions(surrogate: Surrogate, design: Design, chosen: IntArray) -> dict[int, float]:
    """The weight of each chosen component.

    For the linear surrogate its coefficient. For the tree the weighted mean, over the design, of
    g with the component on minus g with it off, which is the coefficient when g is linear. What is
    left of rounding alone is 0: a model that does not move has no weights.
    """
    if isinstance(surrogate, LinearSurrogate):
        found = surrogate.coefficients
    else:
        found = _mean_effects(surrogate, design, chosen)
    return {i: 0.0 if abs(weight) < ROUNDING else weight for i, weight in found.items()}


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
