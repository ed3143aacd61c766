"""Two models explained on one design: what it costs, and whether noise passes for difference.

Run with `make bench`. Prints:

a   seconds to explain newsgroup posts by both of the task's models, in the processes of the
    default pool
s   asking both models about one design, as a share of their own prediction time plus one
    neighbourhood (drawn and written, for a model that costs nothing)
r   how often a model beside itself, under another seed, is said to have the same reasons; and
    two different models

Part a needs 20 newsgroups (SCIKIT_LEARN_DATA); the others leave it out where it is not.
"""

import argparse
import statistics
from collections.abc import Sequence
from functools import partial
from time import perf_counter
from typing import Any

import numpy as np

from benchmarks.timing import Timed
from lime_engine import (
    Comparison,
    LimeSettings,
    Overlap,
    TabularPerturber,
    TextPerturber,
    ask_about,
    ask_each_about,
    compare_many,
    overlap,
)
from lime_engine.evaluation import Perturber
from lime_engine.fit.projection import Estimate, project
from lime_engine.types import FloatArray
from sample_models import Task, load_data, load_model, tasks

# Worker processes import this module too: what only some parts need is imported there.

POSTS = 300
SAMPLES = 500
K = 10
ITEMS = 20  # of each task, in parts s and r
REPEATS = 3
SHARING = ("newsgroups", "triage", "wolves", "flu")
STATES = ("same", "different", "unclear")


def load_both(task: str) -> tuple[Any, Any]:
    first, second, *_ = tasks()[task].models
    return load_model(task, first.key), load_model(task, second.key)


def settings(seed: int = 0) -> LimeSettings:
    return LimeSettings(n_samples=SAMPLES, n_features=K, held_out=0.0, seed=seed)


def perturber_of(task: Task) -> Perturber[Any, Any]:
    if task.kind == "text":
        return TextPerturber()
    return task.image if task.kind == "image" else TabularPerturber.learn(_rows(task.key))


def _rows(key: str) -> Any:
    return load_data(key).train.instances


# --- a: many posts -------------------------------------------------------------------------------


def keep(post: str, comparison: Comparison) -> str:
    return comparison.overlap.state


def print_a(n_posts: int) -> None:
    texts = list(load_data("newsgroups").test.instances[:n_posts])
    start = perf_counter()
    load = partial(load_both, "newsgroups")
    outcomes = compare_many(texts, load, TextPerturber(), settings(), keep=keep)
    found = [next(outcomes)]
    first = perf_counter()
    found += outcomes
    end = perf_counter()
    states = [outcome.result for outcome in found if outcome.error is None]
    told = ", ".join(f"{states.count(state)} {state}" for state in STATES)
    print(
        f"{len(states)} of {n_posts} posts, both models, {SAMPLES} samples each: start-up "
        f"(libraries and both\nmodels in each process) {first - start:.1f} s, explaining "
        f"{end - first:.1f} s, in all {end - start:.1f} s. Reasons: {told}.\n",
        flush=True,
    )


# --- s: one design for two models ----------------------------------------------------------------


def free(n_classes: int, batch: Any) -> FloatArray:
    return np.full((len(batch), n_classes), 1 / n_classes)


def print_s(keys: Sequence[str]) -> None:
    print(
        f"One design for two models, {SAMPLES} samples, {ITEMS} items, medians, ms an item. The\n"
        "last column is the first over the sum of the three beside it: asked is at most 1.15.\n\n"
        "| task | both on one design | model 1 alone | model 2 alone | neighbourhood | share |\n"
        "|---|---|---|---|---|---|"
    )
    for key in keys:
        task = tasks()[key]
        perturber, models = perturber_of(task), [Timed(model) for model in load_both(key)]
        nothing = partial(free, len(task.class_names))
        test = load_data(key).test
        times: list[list[float]] = []
        for row in range(ITEMS):
            subject = perturber.components(test.instance(row))
            times.append(_shared(subject, models, nothing, perturber))
        both, first, second, neighbourhood = np.median(times, axis=0) * 1000
        shares = [t[0] / sum(t[1:]) for t in times]
        print(
            f"| {key} | {both:.1f} | {first:.1f} | {second:.1f} | {neighbourhood:.1f} | "
            f"{statistics.median(shares):.2f} |",
            flush=True,
        )
    print()


def _shared(
    subject: Any, models: Sequence[Timed], nothing: Any, perturber: Perturber[Any, Any]
) -> list[float]:
    """Seconds of both on one design, of each model alone, and of a neighbourhood: best of a few.

    The best, because what else runs on the machine only ever adds to a time.
    """
    found: list[list[float]] = []
    for _ in range(REPEATS):
        start = perf_counter()
        ask_each_about(subject, models, perturber, settings())
        own = [perf_counter() - start]
        for model in models:
            model.seconds = 0.0
            ask_about(subject, model, perturber, settings())
            own.append(model.seconds)
        start = perf_counter()
        ask_about(subject, nothing, perturber, settings())
        found.append([*own, perf_counter() - start])
    return np.min(found, axis=0).tolist()  # type: ignore[no-any-return]


# --- r: reruns -----------------------------------------------------------------------------------


def print_r(keys: Sequence[str]) -> None:
    print(
        f"Reasons for {ITEMS} items of each task, {SAMPLES} samples: said to be the same / "
        "different / too unsteady to tell;\nand the corrected share of common reasons, mean.\n\n"
        "| task | model 1 and itself, another seed | corrected | model 2 and itself | corrected | "
        "model 1 and model 2 | corrected |\n|---|---|---|---|---|---|---|"
    )
    for key in keys:
        task = tasks()[key]
        perturber, models = perturber_of(task), load_both(key)
        test = load_data(key).test
        found: list[list[Overlap]] = [[], [], []]
        for row in range(ITEMS):
            subject = perturber.components(test.instance(row))
            once, again = (_estimates(subject, models, perturber, seed) for seed in (0, 1))
            found[0].append(overlap(once[0], again[0]))
            found[1].append(overlap(once[1], again[1]))
            found[2].append(overlap(once[0], once[1]))
        print("| " + " | ".join([key, *map(_told, found)]) + " |", flush=True)
    print()


def _estimates(
    subject: Any, models: Sequence[Any], perturber: Perturber[Any, Any], seed: int
) -> list[Estimate]:
    asked = ask_each_about(subject, models, perturber, settings(seed))
    return [
        project(
            own.law,
            own.design,
            own.responses.values,
            int(own.probabilities.argmax()),
            influence=True,
        )
        for own in asked
    ]


def _told(found: Sequence[Overlap]) -> str:
    counts = " / ".join(str(sum(one.state == state for one in found)) for state in STATES)
    least = [one.least for one in found if one.least is not None]
    return f"{counts} | {np.mean(least):.2f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parts", nargs="+", choices=list("asr"), default=list("asr"))
    parser.add_argument("--posts", type=int, default=POSTS, help="for a")
    arguments = parser.parse_args()
    keys = [key for key in SHARING if tasks()[key].is_here()]
    if "a" in arguments.parts and "newsgroups" in keys:
        print_a(arguments.posts)
    if "s" in arguments.parts:
        print_s(keys)
    if "r" in arguments.parts:
        print_r(keys)


if __name__ == "__main__":
    main()
