"""Our two samplers side by side: the error of the weights, at the same number of questions.

Run with `make bench`. Prints two tables. The first: the mean squared error of all d weights with
sampler "projected", relative to that with "lime", against the weights of infinitely many samples.
The second: `n_samples="auto"`, how much it asks, and whether reruns show the same five components.
Needs 20 newsgroups (SCIKIT_LEARN_DATA).
"""

import argparse
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from benchmarks.timing import geometric_mean
from lime_engine import LimeSettings, TabularPerturber, TextPerturber, ask_about, fit
from lime_engine.evaluation import Perturber
from lime_engine.settings import Sampler
from lime_engine.types import FloatArray, Neighbourhood
from sample_models import load_data, load_model, tasks

SEEDS = 20
K = 5
TOLERANCE = 0.2  # of the largest weight: a swap of components closer than that is none
ENOUGH = 4  # samples per coefficient, from which on no case may be much worse than "lime"
TRUTH_ROWS = 10_000  # in each of the runs whose mean is the truth
TRUTH_SEED = 1_000_000

# kind: two numbers of samples to compare at, and how many "auto" may ask (and "lime" asks)
SIZES = {"text": (1667, 5000), "image": (333, 1000), "table": (500, 2000)}
MOST = {"text": 5000, "image": 1000, "table": 5000}

POSTS = (44, 200, 5, 461)
PICTURES = {"wolves": (("test", 98), ("field", 48)), "digits": (("field", 295), ("field", 99))}
ROWS = {"flu": (("field", 357), ("test", 72)), "breast_cancer": (("test", 53), ("test", 115))}


@dataclass(frozen=True)
class Case:
    """One instance, and models that say how likely its class is, (n,), from what they all read."""

    kind: str
    name: str
    perturber: Perturber[Any, Any]
    instance: Any
    read: Callable[[Any], Any]
    models: dict[str, Callable[[Any], FloatArray]]
    truth_runs: int

    def predict(self, *names: str) -> Callable[[Any], FloatArray]:
        """Column 1 + i is the answer of the i-th of these models, all of them if none is named."""
        models = [self.models[name] for name in names or self.models]

        def answer(batch: Any) -> FloatArray:
            written = self.read(batch)
            answers = [model(written) for model in models]
            return np.column_stack([1 - answers[0], *answers])

        return answer


def column(model: Callable[[Any], FloatArray], target: int) -> Callable[[Any], FloatArray]:
    return lambda batch: model(batch)[:, target]


def texts() -> Iterator[Case]:
    data = load_data("newsgroups")
    vectorizer = TfidfVectorizer(lowercase=False)
    train = vectorizer.fit_transform(data.train.instances)
    models = {
        "LR": LogisticRegression(),
        "RF": RandomForestClassifier(100, random_state=0),
        "SVM": CalibratedClassifierCV(LinearSVC(random_state=0), ensemble=False),
    }
    answers = {
        name: column(model.fit(train, data.train.labels).predict_proba, 1)
        for name, model in models.items()
    }
    for post in POSTS:
        yield Case(
            kind="text",
            name=f"post {post}",
            perturber=TextPerturber(pattern=r"\w+"),  # the components of `lime`
            instance=data.test.instances[post],
            read=vectorizer.transform,
            models=answers,
            truth_runs=10,
        )


def pictures() -> Iterator[Case]:
    for key, chosen in PICTURES.items():
        for split, row in chosen:
            yield built_in(key, split, row, truth_runs=2 if key == "wolves" else 10)


def rows() -> Iterator[Case]:
    for key, chosen in ROWS.items():
        for split, row in chosen:
            yield built_in(key, split, row, truth_runs=5)


def built_in(key: str, split: Any, row: int, truth_runs: int) -> Case:
    """An instance of a built-in task, with both its models, each explained in what it predicts."""
    task, data = tasks()[key], load_data(key)
    instance = data.split(split).instance(row)
    batch = instance if task.kind == "table" else np.asarray(instance)[None]
    models = {}
    for card in task.models:
        predict = load_model(key, card.key)
        models[card.key] = column(predict, int(np.argmax(predict(batch)[0])))
    train = data.train
    columns = TabularPerturber.learn(train.instances) if task.kind == "table" else None
    return Case(
        kind=task.kind,
        name=f"{key} {split} {row}",
        perturber=columns or task.image,
        instance=instance,
        read=lambda batch: batch,
        models=models,
        truth_runs=truth_runs,
    )


CASES = {"text": texts, "image": pictures, "table": rows}


class Truth:
    """The weights of infinitely many samples, (models, d): the mean of independent long runs.

    `variance` is that of the mean, (models, d), as the runs themselves say.
    """

    def __init__(self, case: Case, subject: Any) -> None:
        found, variances = [], []
        for run in range(case.truth_runs):
            long = asked(case, subject, TRUTH_ROWS, "projected", TRUTH_SEED + run)
            weights, errors = fitted(*long, len(case.models))
            found.append(weights)
            variances.append(errors**2)
        self.weights = np.mean(found, axis=0)
        self.variance = np.mean(variances, axis=0) / case.truth_runs


def asked(
    case: Case, subject: Any, n_samples: int, sampler: Sampler, seed: int
) -> tuple[Neighbourhood, LimeSettings]:
    settings = LimeSettings(
        n_samples=n_samples,
        n_features=subject.n_components,
        selection="none",
        held_out=0.0,
        seed=seed,
        sampler=sampler,
    )
    return ask_about(subject, case.predict(), case.perturber, settings), settings


def fitted(
    neighbourhood: Neighbourhood, settings: LimeSettings, n_models: int
) -> tuple[FloatArray, FloatArray]:
    """All weights for each model, (models, d), and their standard errors, NaN where unknown."""
    weights = np.empty((n_models, neighbourhood.subject.n_components))
    errors = np.full(weights.shape, np.nan)
    for i in range(n_models):
        for weight in fit(neighbourhood, settings, target=i + 1).weights:
            weights[i, weight.index] = weight.weight
            if weight.std_error is not None:
                errors[i, weight.index] = weight.std_error
    return weights, errors


def shown(
    neighbourhood: Neighbourhood, settings: LimeSettings, target: int
) -> tuple[frozenset[int], bool]:
    """The K components of an explanation, and whether it says that they are settled."""
    explanation = fit(neighbourhood, settings, target=target)
    settled = explanation.stability is not None and explanation.stability.settled
    return frozenset(weight.index for weight in explanation.weights), settled


def alike(a: frozenset[int], b: frozenset[int], limit: FloatArray, tolerance: float) -> float:
    """Jaccard of two sets of components, where some may stand for others.

    What is in only one of the sets is matched, one to one and as many as can be, with what is only
    in the other if their weights `limit` (d,) are of the same size up to `tolerance` of the
    largest; each matched pair counts as one common element. A tolerance below 0 matches none.
    """
    only_a, only_b = sorted(a - b), sorted(b - a)
    size = np.abs(limit)
    close = np.abs(size[only_a][:, None] - size[only_b]) <= tolerance * size.max()
    n_common = len(a & b) + int(close[linear_sum_assignment(close, maximize=True)].sum())
    return n_common / (len(a) + len(b) - n_common)


def mean_alike(sets: list[frozenset[int]], limit: FloatArray, tolerance: float) -> float:
    """Over all pairs of runs."""
    return float(np.mean([alike(a, b, limit, tolerance) for a, b in combinations(sets, 2)]))


@dataclass(frozen=True)
class Error:
    """Of one model and number of samples; `truth` is the truth's own share of the smaller one."""

    n_samples: int
    per_coefficient: float
    ratio: float
    truth: float


@dataclass(frozen=True)
class Adaptive:
    """Of `n_samples="auto"` for one model; each pair is with tolerance, and plain."""

    calls: float
    settled: float
    auto: tuple[float, float]
    lime: tuple[float, float]


class Comparison:
    """One case, all its models."""

    def __init__(self, case: Case, n_seeds: int) -> None:
        self.case = case
        self.subject = case.perturber.components(case.instance)
        self.d = self.subject.n_components
        self.truth = Truth(case, self.subject)
        self.errors: dict[str, list[Error]] = {name: [] for name in case.models}
        for n in SIZES[case.kind]:
            self._compare(n, n_seeds)
        self.z = self._lime_in_the_limit(n_seeds)
        self.adaptive = {
            name: self._adaptive(i, name, n_seeds) for i, name in enumerate(case.models)
        }

    def _compare(self, n: int, n_seeds: int) -> None:
        mse: dict[Sampler, FloatArray] = {}
        samplers: tuple[Sampler, Sampler] = ("projected", "lime")
        for sampler in samplers:
            runs = [
                fitted(*asked(self.case, self.subject, n, sampler, seed), len(self.case.models))[0]
                for seed in range(n_seeds)
            ]
            mse[sampler] = np.mean((np.array(runs) - self.truth.weights) ** 2, axis=(0, 2))
        for i, name in enumerate(self.case.models):
            least = min(mse["projected"][i], mse["lime"][i])
            self.errors[name].append(
                Error(
                    n_samples=n,
                    per_coefficient=n / (self.d + 1),
                    ratio=float(mse["projected"][i] / mse["lime"][i]),
                    truth=float(self.truth.variance[i].mean() / least),
                )
            )

    def _lime_in_the_limit(self, n_seeds: int) -> float:
        """How far another long run is from the truth, in standard errors of their difference.

        The samples of "lime" of all seeds together, without its ridge and without the instance,
        which both weigh nothing in the limit. About 1 if the two have the same limit.
        """
        self.limes = [
            asked(self.case, self.subject, MOST[self.case.kind], "lime", seed)[0]
            for seed in range(n_seeds)
        ]
        apart = []
        for hood in self.limes:
            x = np.column_stack([np.ones(len(hood.design) - 1), hood.design.masks[1:]])
            w = hood.design.weights[1:]
            apart.append(((x * w[:, None]).T @ x, (x * w[:, None]).T @ hood.responses.values[1:]))
        together = np.linalg.lstsq(sum(g for g, _ in apart), sum(c for _, c in apart), rcond=None)
        runs = [np.linalg.lstsq(g, c, rcond=None)[0][1:, 1:].T for g, c in apart]
        variance = np.var(runs, axis=0, ddof=1) / n_seeds + self.truth.variance
        z = (together[0][1:, 1:].T - self.truth.weights) / np.sqrt(variance)
        return float(np.sqrt(np.mean(z**2)))

    def _adaptive(self, number: int, name: str, n_seeds: int) -> Adaptive:
        most, limit = MOST[self.case.kind], self.truth.weights[number]
        calls, settled, auto, lime = [], [], [], []
        for seed in range(n_seeds):
            settings = LimeSettings(
                n_samples="auto", max_samples=most, n_features=K, held_out=0.0, seed=seed
            )
            predict = self.case.predict(name)
            hood = ask_about(self.subject, predict, self.case.perturber, settings, target=1)
            components, is_settled = shown(hood, settings, 1)
            calls.append(hood.n_calls)
            settled.append(is_settled)
            auto.append(components)
            settings = LimeSettings(n_samples=most, n_features=K, sampler="lime", seed=seed)
            lime.append(shown(self.limes[seed], settings, number + 1)[0])
        return Adaptive(
            calls=float(np.mean(calls)),
            settled=float(np.mean(settled)),
            auto=(mean_alike(auto, limit, TOLERANCE), mean_alike(auto, limit, -1)),
            lime=(mean_alike(lime, limit, TOLERANCE), mean_alike(lime, limit, -1)),
        )


def print_errors(found: list[Comparison]) -> None:
    print(
        "| what | model | d | N | N / (d+1) | error | N | N / (d+1) | error | truth's own |\n"
        "|---|---|---|---|---|---|---|---|---|---|"
    )
    for one in found:
        for name, errors in one.errors.items():
            cells = " | ".join(
                f"{e.n_samples} | {e.per_coefficient:.1f} | {e.ratio:.2f}" for e in errors
            )
            own = max(e.truth for e in errors)
            print(f"| {one.case.name} | {name} | {one.d} | {cells} | {own:.1%} |")
    every = [(one, name, e) for one in found for name, errors in one.errors.items() for e in errors]
    print()
    for kind in dict.fromkeys(one.case.kind for one in found):
        ratios = [e.ratio for one, _, e in every if one.case.kind == kind]
        print(f"{kind}: geometric mean {geometric_mean(ratios):.2f} of {len(ratios)}")
    print(f"all: geometric mean {geometric_mean([e.ratio for _, _, e in every]):.2f}")
    enough = [one for one in every if one[2].per_coefficient >= ENOUGH]
    worst, name, error = max(enough, key=lambda one: one[2].ratio)
    print(
        f"worst of {len(enough)} with N >= {ENOUGH} (d+1): {error.ratio:.2f} "
        f"({worst.case.name}, {name}, N = {error.n_samples})"
    )
    apart = ", ".join(f"{one.case.name} {one.z:.2f}" for one in found)
    print(f'pooled samples of "lime" to the truth, in standard errors: {apart}\n')


def print_adaptive(found: list[Comparison]) -> None:
    print(
        "| what | model | d | calls | of lime's | settled | auto, same five | auto, plain | "
        "lime, same five | lime, plain |\n|---|---|---|---|---|---|---|---|---|---|"
    )
    for one in found:
        most = MOST[one.case.kind]
        for name, a in one.adaptive.items():
            print(
                f"| {one.case.name} | {name} | {one.d} | {a.calls:.0f} | {a.calls / most:.0%} | "
                f"{a.settled:.0%} | {a.auto[0]:.3f} | {a.auto[1]:.3f} | "
                f"{a.lime[0]:.3f} | {a.lime[1]:.3f} |"
            )
    print()
    for kind in dict.fromkeys(one.case.kind for one in found):
        runs = [a for one in found if one.case.kind == kind for a in one.adaptive.values()]
        print(
            f"{kind}: {np.mean([a.calls for a in runs]) / MOST[kind]:.0%} of the calls, same five "
            f"{np.mean([a.auto[0] for a in runs]):.3f} (least {min(a.auto[0] for a in runs):.3f}), "
            f"lime {np.mean([a.lime[0] for a in runs]):.3f}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--kinds", nargs="+", choices=list(CASES), default=list(CASES))
    arguments = parser.parse_args()
    found = []
    for kind in arguments.kinds:
        for case in CASES[kind]():
            found.append(Comparison(case, arguments.seeds))
            print(f"{case.name} is done", file=sys.stderr, flush=True)
    print(f"{arguments.seeds} seeds\n")
    print_errors(found)
    print_adaptive(found)


if __name__ == "__main__":
    main()
