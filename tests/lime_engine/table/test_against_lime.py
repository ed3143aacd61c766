"""The package `lime` on the same rows and models: as alike as two of its own seeds are."""

import itertools
import warnings
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pytest
from lime.lime_tabular import LimeTabularExplainer
from sklearn.datasets import load_breast_cancer, load_diabetes
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from lime_engine import LimeSettings, explain
from lime_engine.table.perturber import TabularPerturber
from lime_engine.types import FloatArray

SEEDS = range(5)
ROWS, LABELS = map(np.asarray, load_breast_cancer(return_X_y=True))
Predict = Callable[[FloatArray], FloatArray]


def logistic() -> Predict:
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(ROWS, LABELS)
    return model.predict_proba  # type: ignore[no-any-return]


def forest() -> Predict:
    model = RandomForestClassifier(n_estimators=50, random_state=0).fit(ROWS, LABELS)
    return model.predict_proba  # type: ignore[no-any-return]


def theirs(
    train: FloatArray,
    row: FloatArray,
    predict: Predict,
    options: dict[str, Any],
    seeds: Iterable[int] = SEEDS,
) -> list[list[float]]:
    """All weights of `lime` for class 1 (or the value), one list a seed."""
    found = []
    for seed in seeds:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            peer = LimeTabularExplainer(
                train, feature_selection="none", random_state=seed, **options
            ).explain_instance(row, predict, num_samples=5000, num_features=len(row))
        weights = dict(peer.as_map()[1])
        found.append([weights[j] for j in range(len(row))])
    return found


def ours(
    perturber: TabularPerturber,
    row: FloatArray,
    predict: Predict,
    options: dict[str, Any],
    seeds: Iterable[int] = SEEDS,
) -> list[list[float]]:
    found = []
    for seed in seeds:
        settings = LimeSettings(
            n_samples=5000, selection="none", held_out=0, seed=seed, sampler="lime", **options
        )
        target = 0 if settings.mode == "regression" else 1
        mine = explain(row, predict, perturber, settings, target=target)
        weights = {weight.index: weight.weight for weight in mine.weights}
        found.append([weights[j] for j in range(len(row))])
    return found


def assert_alike(theirs: list[list[float]], ours: list[list[float]]) -> None:
    both: FloatArray = np.asarray(np.corrcoef(theirs + ours))
    n = len(theirs)
    among_theirs = both[:n, :n][np.triu_indices(n, 1)].mean()
    across = both[:n, n:].mean()
    ratio = np.std(ours) / np.std(theirs)
    print(f"lime with lime {among_theirs:.4f}, lime with ours {across:.4f}, scale {ratio:.3f}")
    assert across >= among_theirs - 0.01
    assert ratio == pytest.approx(1, abs=0.05)  # and on the same scale


@pytest.mark.parametrize("row", [3, 400])
@pytest.mark.parametrize("model", [logistic, forest])
def test_weights_correlate_as_two_seeds_of_lime_do(model: Callable[[], Predict], row: int) -> None:
    predict = model()
    perturber = TabularPerturber.learn(ROWS)
    assert_alike(theirs(ROWS, ROWS[row], predict, {}), ours(perturber, ROWS[row], predict, {}))


ALL = list(itertools.product(["quartile", "decile", "entropy"], [logistic, forest], [3, 100]))
SHORT = [("quartile", forest, 3), ("decile", logistic, 100), ("entropy", logistic, 3)]


@pytest.mark.parametrize(
    ("bins", "model", "row"),
    [pytest.param(*case, marks=() if case in SHORT else pytest.mark.long) for case in ALL],
)
def test_mean_weights_are_those_of_lime(bins: str, model: Callable[[], Predict], row: int) -> None:
    """Over ten seeds each, within their own standard errors.

    A sharper test than the correlation, which ten pairs of seeds tell no better than to .015 where
    a forest's weights are uncertain.
    """
    predict, seeds = model(), range(10)
    perturber = TabularPerturber.learn(ROWS, bins=bins, labels=LABELS)
    options = {"discretizer": bins, "training_labels": LABELS}
    a = np.array(theirs(ROWS, ROWS[row], predict, options, seeds))
    b = np.array(ours(perturber, ROWS[row], predict, {}, seeds))
    z = (a.mean(axis=0) - b.mean(axis=0)) / np.sqrt(
        (a.var(axis=0, ddof=1) + b.var(axis=0, ddof=1)) / len(seeds)
    )
    off = np.sqrt((z**2).mean())  # 1 for one law, but for chance
    print(f"{bins} {row}: off by {off:.2f} standard errors")
    assert off < 1.5
    noise = np.sqrt(a.var(axis=0).mean() / b.var(axis=0).mean())
    assert noise == pytest.approx(1, abs=0.2)  # and as uncertain


def test_weights_of_a_regression_correlate_as_two_seeds_of_lime_do() -> None:
    rows, target = map(np.asarray, load_diabetes(return_X_y=True))
    rows = np.delete(rows, 1, axis=1)  # of two values only: for the smaller `lime` draws 0
    predict = LinearRegression().fit(rows, target).predict
    options = {"mode": "regression"}
    perturber = TabularPerturber.learn(rows)
    assert_alike(
        theirs(rows, rows[5], predict, options), ours(perturber, rows[5], predict, options)
    )


def test_weights_with_categories_correlate_as_two_seeds_of_lime_do() -> None:
    rng = np.random.default_rng(0)
    rows = np.column_stack([rng.normal(size=(500, 4)), rng.integers(0, 4, (500, 3))])
    labels = rows[:, 0] + (rows[:, 4] == 2) - (rows[:, 5] == 1) > 0.2
    predict = RandomForestClassifier(30, random_state=0).fit(rows, labels).predict_proba
    columns = [4, 5, 6]
    perturber = TabularPerturber.learn(rows, categorical=columns)
    assert_alike(
        theirs(rows, rows[1], predict, {"categorical_features": columns}),
        ours(perturber, rows[1], predict, {}),
    )
