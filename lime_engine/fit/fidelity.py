"""How good an imitation of the model the surrogate is: numbers on masks it was not fitted to."""

from collections.abc import Callable

import numpy as np

from lime_engine.fit.rounding import moves
from lime_engine.settings import Mode
from lime_engine.types import Design, Fidelity, FloatArray, Neighbourhood, Surrogate

HALF = 0.5  # a probability from which on the answer is yes


def measure_fidelity(
    neighbourhood: Neighbourhood,
    surrogate_of: Callable[[int], Surrogate],
    target: int,
    mode: Mode,
) -> Fidelity:
    """Fidelity of the target's surrogate on the held-out masks; on all 2^d if the design is exact.

    An exact design leaves no fresh masks to hold out, and needs none: every mask is known.
    """
    design, responses = neighbourhood.design, neighbourhood.responses
    surrogate = surrogate_of(target)
    on_instance = float(surrogate.predict(design.masks[:1])[0])
    local_gap = abs(float(neighbourhood.probabilities[target]) - on_instance)
    effective = float(design.weights.sum() ** 2 / (design.weights**2).sum())

    judged, truth = neighbourhood.held_out, neighbourhood.held_out_responses
    if design.exact:
        judged, truth = design, responses
    if judged is None or truth is None or judged.weights.sum() == 0:
        return Fidelity(None, None, None, None, None, local_gap, effective, 0, False)

    f, g = truth.values[:, target], surrogate.predict(judged.masks)
    w = judged.weights / judged.weights.sum()
    rmse, spread = _size(f - g, w), _size(f - w @ f, w)
    same_side = constant_same_side = None
    if mode == "multilabel":  # a class has two sides of its own: yes and no
        yes = f >= HALF
        same_side = float(w @ (yes == (g >= HALF)))
        constant_same_side = float(w @ (yes == (neighbourhood.probabilities[target] >= HALF)))
    if mode == "classification":
        same_side, constant_same_side = _same_side(
            neighbourhood, judged, truth.values, g, target, surrogate_of
        )
    return Fidelity(
        r2=1 - (rmse / spread) ** 2 if moves(f) and spread > 0 else None,
        rmse=rmse,
        spread=spread,
        same_side=same_side,
        constant_same_side=constant_same_side,
        local_gap=local_gap,
        effective_samples=effective,
        n_held_out=0 if design.exact else len(judged),
        exact=design.exact,
    )


def _size(differences: FloatArray, weights: FloatArray) -> float:
    """Their weighted root mean square."""
    unit = float(np.abs(differences).max(initial=0.0)) or 1.0  # the square of a small one is 0
    return unit * float(np.sqrt(weights @ (differences / unit) ** 2))


def _same_side(
    neighbourhood: Neighbourhood,
    judged: Design,
    truth: FloatArray,
    g: FloatArray,
    target: int,
    surrogate_of: Callable[[int], Surrogate],
) -> tuple[float, float]:
    """Weighted share of masks on which f and g choose the same class, and that of a constant.

    g chooses among the classes that f ever chooses: the one whose surrogate, of the same kind on
    the same components, is largest. The constant answer is the class of the instance.
    """
    by_f = truth.argmax(axis=1)
    classes = np.union1d(by_f, [target])
    rivals = np.empty((len(judged), len(classes)))
    for column, label in enumerate(classes):
        if label == target:
            rivals[:, column] = g
        else:
            rivals[:, column] = surrogate_of(int(label)).predict(judged.masks)
    w = judged.weights / judged.weights.sum()
    by_g = classes[rivals.argmax(axis=1)]
    constant = neighbourhood.probabilities.argmax()
    return float(w @ (by_f == by_g)), float(w @ (by_f == constant))
