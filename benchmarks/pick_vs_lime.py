"""A pick of posts that show what a model leans on: our engine beside `lime.submodular_pick`.

Run with `make bench`. Prints, of 700 newsgroup posts and a logistic regression (model B):

a, b   seconds to explain all of them, in the processes of the default pool, and to pick 50;
       with 500 samples each, and with `n_samples="auto"`
c      seconds of `SubmodularPick` for a few posts, and what that makes for all of them
d      the greedy pick alone, on a large generated matrix
r      whether reruns with another seed name the same ten words

Needs 20 newsgroups (SCIKIT_LEARN_DATA).
"""

import argparse
import os
import statistics
import sys
import tracemalloc
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import Any

import numpy as np

from benchmarks.timing import in_this_process
from lime_engine import (
    Explanation,
    ExplanationMatrix,
    LimeSettings,
    Pick,
    TextPerturber,
    ask,
    explain_many,
    fit,
    submodular_pick,
)
from sample_models import load_data, load_model, tasks

# Worker processes import this module too: what only some parts need is imported there.

POSTS = 700
K = 10
BUDGET = 50
FIXED = 500  # samples
LIME_SAMPLES = 5000
LIME_POSTS = 30
RERUN_POSTS = 20
TRUTH_SAMPLES = 20_000
TOLERANCE = 0.2  # of the largest weight: a swap of words closer than that is none
ITEMS, FEATURES, REPEATS = 10_000, 20_000, 5
LIME_ITEMS, LIME_FEATURES, LIME_BUDGET = 300, 600, 10
PERTURBER = TextPerturber(pattern=r"\w+")  # the components of `lime`

LOAD = partial(in_this_process, load_model, "newsgroups", "b")


def posts(n: int = POSTS) -> list[str]:
    return list(load_data("newsgroups").test.instances[:n])


@dataclass(frozen=True, slots=True)
class Kept:
    """Of an explanation: its words with their weights, and what it took."""

    words: tuple[tuple[str, float], ...]
    n_calls: int
    settled: bool
    asked: float  # seconds that the model took


def keep(post: str, explanation: Explanation) -> Kept:
    words = tuple((weight.label, weight.weight) for weight in explanation.weights)
    stability = explanation.stability
    model = LOAD()
    asked, model.seconds = model.seconds, 0.0
    return Kept(words, explanation.n_calls, stability is not None and stability.settled, asked)


def settings(n_samples: Any, seed: int = 0) -> LimeSettings:
    return LimeSettings(
        n_samples=n_samples, n_features=K, max_samples=LIME_SAMPLES, held_out=0.0, seed=seed
    )


# --- a, b: all posts -------------------------------------------------------------------------


def print_all(n_samples: Any, n_posts: int) -> None:
    instances = posts(n_posts)
    start = perf_counter()
    outcomes = explain_many(
        instances,
        LOAD,
        PERTURBER,
        settings(n_samples),
        class_names=tasks()["newsgroups"].class_names,
        keep=keep,
    )
    found = [next(outcomes)]
    first = perf_counter()
    found += outcomes
    last = perf_counter()
    kept = {outcome.row: outcome.result for outcome in found if outcome.result is not None}
    matrix = ExplanationMatrix.of((row, kept[row].words) for row in sorted(kept))
    pick = submodular_pick(matrix, BUDGET)
    end = perf_counter()
    calls = [one.n_calls for one in kept.values()]
    asked = sum(one.asked for one in kept.values()) / (os.cpu_count() or 1)
    print(
        f"| {n_samples} | {len(kept)} of {len(instances)} | {first - start:.1f} | "
        f"{last - first:.1f} | {asked:.1f} | {(last - first) / asked:.2f} | "
        f"{end - last:.3f} | {end - start:.1f} | {np.mean(calls):.0f} | "
        f"{np.mean([one.settled for one in kept.values()]):.0%} | {len(matrix.features)} | "
        f"{pick.shares[-1]:.0%} |",
        flush=True,
    )


def print_a_and_b(parts: set[str], n_posts: int) -> None:
    print(
        f"All posts, K = {K}, held-out masks off, as on the screen Pick. Start-up is until the\n"
        f"first explanation: processes, libraries, the fit of the model in each. The model's own\n"
        f"is what it takes of the processes' time, over their number.\n\n"
        f"| samples | explained | start-up | explaining | the model's own | explaining / own | "
        f"matrix and pick of {BUDGET} | all, s | "
        "calls, mean | settled | words in all | covered by the pick |\n"
        "|---|---|---|---|---|---|---|---|---|---|---|---|"
    )
    for part, n_samples in {"a": FIXED, "b": "auto"}.items():
        if part in parts:
            print_all(n_samples, n_posts)
    print()


# --- c: the package `lime` -------------------------------------------------------------------


def print_c(n_posts: int) -> None:
    from lime.lime_text import LimeTextExplainer
    from lime.submodular_pick import SubmodularPick

    instances, predict = posts(), LOAD()
    few = [instances[row] for row in spread(n_posts, len(instances))]
    explainer = LimeTextExplainer(random_state=0)
    start = perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # some of `lime`'s own
        SubmodularPick(
            explainer,
            few,
            predict,
            method="full",
            num_exps_desired=5,
            num_features=K,
            num_samples=LIME_SAMPLES,
        )
    seconds = perf_counter() - start
    print(
        f"lime.submodular_pick: {n_posts} posts with {LIME_SAMPLES} samples, pick of 5, one "
        f"process: {seconds:.1f} s.\nExtrapolated, in proportion to the posts, to {POSTS}: "
        f"{seconds * POSTS / n_posts:.0f} s (not run; its pick itself grows faster, see d).\n",
        flush=True,
    )


# --- d: the greedy pick alone ----------------------------------------------------------------


def generated(n_items: int, n_features: int, seed: int) -> ExplanationMatrix:
    """K features an item, some ten times as often as most, as words are."""
    rng = np.random.default_rng(seed)
    chances = 1 / np.sqrt(np.arange(1, n_features + 1))
    chances /= chances.sum()

    def items() -> Iterator[tuple[int, list[tuple[str, float]]]]:
        for row in range(n_items):
            drawn = np.unique(rng.choice(n_features, size=K, p=chances))
            while len(drawn) < K:
                more = rng.choice(n_features, size=K - len(drawn), p=chances)
                drawn = np.unique(np.append(drawn, more))
            yield row, [(f"f{i}", w) for i, w in zip(drawn, rng.normal(size=K), strict=True)]

    return ExplanationMatrix.of(items())


def seconds_of(matrix: ExplanationMatrix, budget: int) -> tuple[float, Pick]:
    seconds = []
    for _ in range(REPEATS):
        start = perf_counter()
        pick = submodular_pick(matrix, budget)
        seconds.append(perf_counter() - start)
    return statistics.median(seconds), pick


class Ready:
    """What `SubmodularPick` asks of an explainer and of an explanation; nothing is explained."""

    mode = "classification"

    def __init__(self, matrix: ExplanationMatrix, item: int = 0) -> None:
        self.matrix, self.item = matrix, item

    def explain_instance(self, item: int, predict: Any, **more: Any) -> "Ready":
        return Ready(self.matrix, item)

    def available_labels(self) -> list[int]:
        return [1]

    def as_list(self, label: int = 1) -> list[tuple[str, float]]:
        columns = self.matrix.features_of(self.item)
        weights = self.matrix.weights.data[slice(*self.matrix.weights.indptr[self.item :][:2])]
        return [(self.matrix.features[c], w) for c, w in zip(columns, weights, strict=True)]


def print_d() -> None:
    from lime.submodular_pick import SubmodularPick

    matrix = generated(ITEMS, FEATURES, seed=0)
    seconds, pick = seconds_of(matrix, BUDGET)
    tracemalloc.start()
    submodular_pick(matrix, BUDGET)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    print(
        f"The greedy pick alone: {ITEMS} items, {len(matrix.features)} of {FEATURES} features in "
        f"use, {K} an item, {len(pick.items)} picked:\n{seconds:.3f} s (median of {REPEATS}), "
        f"{peak / 2**20:.1f} MB at its peak. The matrix of `lime` is dense: "
        f"{8 * ITEMS * FEATURES / 2**30:.1f} GB,\nof which it makes another for each item it looks "
        "at. So, at a size that it manages:\n"
    )
    small = generated(LIME_ITEMS, LIME_FEATURES, seed=0)
    ours, pick = seconds_of(small, LIME_BUDGET)
    explainer = Ready(small)
    start = perf_counter()
    theirs = SubmodularPick(
        explainer,
        range(LIME_ITEMS),
        None,
        method="full",
        num_exps_desired=LIME_BUDGET,
        num_features=K,
    )
    lime = perf_counter() - start
    print(
        f"| items | features | picked | lime | ours | faster | covered by lime's | by ours |\n"
        f"|---|---|---|---|---|---|---|---|\n"
        f"| {LIME_ITEMS} | {LIME_FEATURES} | {LIME_BUDGET} | {lime:.2f} | {ours:.4f} | "
        f"{lime / ours:.0f}x | {small.coverage(theirs.V):.3f} | "
        f"{small.coverage(pick.items):.3f} |\n",
        flush=True,
    )


# --- r: reruns -------------------------------------------------------------------------------


def spread(n: int, n_all: int) -> list[int]:
    """n rows, evenly from all."""
    return [int(row) for row in np.linspace(0, n_all - 1, n)]


def print_r(n_posts: int) -> None:
    from lime.lime_text import LimeTextExplainer

    from benchmarks.projected_vs_lime import alike

    instances, predict = posts(), LOAD()

    def ours(n_samples: Any) -> Callable[[str, int], frozenset[str]]:
        def words(post: str, seed: int) -> frozenset[str]:
            how = settings(n_samples, seed)
            shown = fit(ask(post, predict, PERTURBER, how), how).weights
            return frozenset(weight.label for weight in shown)

        return words

    def lime(post: str, seed: int) -> frozenset[str]:
        explainer = LimeTextExplainer(random_state=seed)
        found = explainer.explain_instance(
            post, predict, top_labels=1, num_features=K, num_samples=LIME_SAMPLES
        )
        return frozenset(word for word, _ in found.as_list(found.available_labels()[0]))

    ways = {
        f"ours, {FIXED}": ours(FIXED),
        "ours, auto": ours("auto"),
        f"lime, {LIME_SAMPLES}": lime,
    }
    plain: dict[str, list[float]] = {name: [] for name in ways}
    tied: dict[str, list[float]] = {name: [] for name in ways}
    for row in spread(n_posts, len(instances)):
        post = instances[row]
        how = LimeSettings(
            n_samples=TRUTH_SAMPLES, n_features=1, selection="none", held_out=0.0, seed=10**6
        )
        truth = fit(ask(post, predict, PERTURBER, how), how)
        number = {weight.label: weight.index for weight in truth.weights}
        limit = np.zeros(len(number))
        for weight in truth.weights:
            limit[weight.index] = weight.weight
        for name, words in ways.items():
            one, other = (frozenset(map(number.__getitem__, words(post, s))) for s in (1, 2))
            plain[name].append(alike(one, other, limit, -1))
            tied[name].append(alike(one, other, limit, TOLERANCE))
        print(f"post {row} is done", file=sys.stderr, flush=True)
    print(
        f"The {K} words of two runs, {n_posts} posts: share in common (Jaccard), and with\n"
        f"swaps of words allowed that differ by less than {TOLERANCE:.0%} of the largest weight "
        f"({TRUTH_SAMPLES} samples).\n\n| engine, samples | plain | with swaps |\n|---|---|---|"
    )
    for name in ways:
        print(f"| {name} | {np.mean(plain[name]):.3f} | {np.mean(tied[name]):.3f} |")
    print(flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parts", nargs="+", choices=list("abcdr"), default=list("abcdr"))
    parser.add_argument("--posts", type=int, default=POSTS, help="for a and b")
    parser.add_argument("--lime-posts", type=int, default=LIME_POSTS, help="for c")
    parser.add_argument("--rerun-posts", type=int, default=RERUN_POSTS, help="for r")
    arguments = parser.parse_args()
    parts = set(arguments.parts)
    if parts & {"a", "b"}:
        print_a_and_b(parts, arguments.posts)
    if "d" in parts:
        print_d()
    if "r" in parts:
        print_r(arguments.rerun_posts)
    if "c" in parts:
        print_c(arguments.lime_posts)


if __name__ == "__main__":
    main()
