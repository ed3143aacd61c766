"""Tables: our engine and the package `lime` side by side, on the same rows and models.

Run with `make bench`. Prints one table: seconds for the whole call, medians over rows and repeats,
the two engines taking turns. Learning the training table is outside both.
"""

import argparse
import statistics
import sys
import warnings
from collections.abc import Callable
from typing import Any

from lime.lime_tabular import LimeTabularExplainer
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from benchmarks.timing import Timed, timed
from lime_engine import LimeSettings, TabularPerturber, explain

ROWS = (3, 77, 210)
N_SAMPLES = 5000
FEATURES = (6, 10)
REPEATS = 5


def ours(
    perturber: TabularPerturber, instance: Any, model: Timed, n_features: int, seed: int
) -> Callable[[], object]:
    settings = LimeSettings(
        n_samples=N_SAMPLES, n_features=n_features, held_out=0.0, seed=seed, sampler="lime"
    )
    return lambda: explain(instance, model, perturber, settings)


def theirs(
    explainer: LimeTabularExplainer, instance: Any, model: Timed, n_features: int
) -> Callable[[], object]:
    return lambda: explainer.explain_instance(
        instance, model, num_features=n_features, num_samples=N_SAMPLES
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=REPEATS)
    repeats = parser.parse_args().repeats
    cancer = load_breast_cancer()
    perturber = TabularPerturber.learn(cancer.data, names=list(cancer.feature_names))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # some of `lime`'s own
        explainer = LimeTabularExplainer(
            cancer.data, feature_names=list(cancer.feature_names), random_state=0
        )
        models = {
            "logistic regression": make_pipeline(StandardScaler(), LogisticRegression()),
            "forest of 100": RandomForestClassifier(100, random_state=0),
        }
        print(f"breast cancer, {N_SAMPLES} samples, seconds, median of {repeats} x {len(ROWS)}\n")
        print(
            "| model | K | lime | ours | faster | lime outside | ours outside | model |\n"
            "|---|---|---|---|---|---|---|---|"
        )
        for name, classifier in models.items():
            model = Timed(classifier.fit(cancer.data, cancer.target).predict_proba)
            for n_features in FEATURES:
                rows = [
                    (
                        *timed(ours(perturber, cancer.data[row], model, n_features, seed), model),
                        model.seconds,
                        *timed(theirs(explainer, cancer.data[row], model, n_features), model),
                    )
                    for seed in range(repeats)
                    for row in ROWS
                ]
                whole, outside, asked, lime_whole, lime_outside = (
                    statistics.median(column) for column in zip(*rows, strict=True)
                )
                print(
                    f"| {name} | {n_features} | {lime_whole:.3f} | {whole:.3f} | "
                    f"{lime_whole / whole:.1f}x | {lime_outside:.3f} | {outside:.3f} | "
                    f"{asked:.3f} |"
                )
                sys.stdout.flush()


if __name__ == "__main__":
    main()
