"""Texts: our engine and the package `lime` side by side, same model, posts and number of samples.

Run with `make bench`. Prints one table: seconds for the whole call and outside the model, medians
over the repeats, the two engines taking turns. Needs 20 newsgroups (SCIKIT_LEARN_DATA).
"""

import argparse
import statistics
import sys
from collections.abc import Callable

from lime.lime_text import LimeTextExplainer
from sklearn.datasets import fetch_20newsgroups
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from benchmarks.timing import Timed, geometric_mean, timed
from lime_engine import LimeSettings, TextPerturber, explain

CATEGORIES = ["alt.atheism", "soc.religion.christian"]
POSTS = (5, 83, 200)
N_SAMPLES = 5000
FEATURES = (6, 10)
REPEATS = 5
MODELS = {"linear": LogisticRegression(), "forest": RandomForestClassifier(500, random_state=0)}


def ours(model: Timed, text: str, n_features: int, seed: int) -> Callable[[], object]:
    settings = LimeSettings(
        n_samples=N_SAMPLES, n_features=n_features, held_out=0.0, seed=seed, sampler="lime"
    )
    perturber = TextPerturber(pattern=r"\w+")  # the components of `lime`
    return lambda: explain(text, model, perturber, settings)


def theirs(model: Timed, text: str, n_features: int, seed: int) -> Callable[[], object]:
    explainer = LimeTextExplainer(random_state=seed)
    return lambda: explainer.explain_instance(
        text, model, num_features=n_features, num_samples=N_SAMPLES
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=REPEATS)
    parser.add_argument("--models", nargs="+", choices=list(MODELS), default=list(MODELS))
    asked = parser.parse_args()
    repeats = asked.repeats

    train = fetch_20newsgroups(subset="train", categories=CATEGORIES)
    test = fetch_20newsgroups(subset="test", categories=CATEGORIES)
    print(f"{N_SAMPLES} samples, seconds, median of {repeats}; outside = outside the model\n")
    print(
        "| model | K | post | words | lime | ours | faster | lime outside | ours outside | model |"
        " ours outside / model |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    for name in asked.models:
        pipeline = make_pipeline(TfidfVectorizer(lowercase=False), MODELS[name])
        model = Timed(pipeline.fit(train.data, train.target).predict_proba)
        for n_features in FEATURES:
            speedups, shares = [], []
            for post in POSTS:
                text = test.data[post]
                rows = [
                    timed(ours(model, text, n_features, seed), model)
                    + timed(theirs(model, text, n_features, seed), model)
                    for seed in range(repeats)
                ]
                whole, outside, lime_whole, lime_outside = (
                    statistics.median(column) for column in zip(*rows, strict=True)
                )
                inside = whole - outside
                speedups.append(lime_whole / whole)
                shares.append(outside / inside)
                d = TextPerturber(pattern=r"\w+").components(text).n_components
                print(
                    f"| {name} | {n_features} | {post} | {d} | {lime_whole:.3f} | {whole:.3f} | "
                    f"{speedups[-1]:.1f}x | {lime_outside:.3f} | {outside:.3f} | {inside:.3f} | "
                    f"{shares[-1]:.0%} |"
                )
                sys.stdout.flush()
            print(
                f"| {name} | {n_features} | geometric mean | | | | "
                f"{geometric_mean(speedups):.1f}x | | | | "
                f"{geometric_mean(shares):.0%} |"
            )


if __name__ == "__main__":
    main()
