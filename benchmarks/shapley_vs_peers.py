"""Shapley weights beside `shap` and `shapiq`: their error, with as many calls.

Run with `python -m benchmarks.shapley_vs_peers`. Games are texts, pictures and rows of the built-in
tasks; up to 16 components all masks are asked first, so that the truth is exact and every answer is
looked up; beyond, it is the mean of long runs of plain least squares, and its own error is printed.
An error is the sum of squares over that of the true weights; the tables have the geometric mean
over games, once of those with an exact truth and once of the others. `shapiq` (with
lightgbm and xgboost, which two of its ways need) asks for a newer Python than the rest: install it
where there is one, with requirements.txt, and run this there; without it the others are measured.
The Partition explainer of `shap` is not among them: it works out Owen values, which are others.
"""

import argparse
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from math import comb
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.timing import geometric_mean
from lime_engine import Design, ImagePerturber, TextPerturber
from lime_engine.samplers import MaskLaw
from lime_engine.shapley import fit_shapley, shapley_design
from lime_engine.types import FloatArray, MaskArray
from sample_models import load_data, load_model, tasks

SEEDS = 20
CALLS = (60, 120, 250, 500)
MOST_EXACT = 16  # components
LONG_RUNS, LONG_CALLS = 5, 12_000
WORDS = {"newsgroups": (14, 60), "triage": (14,)}  # in each text
TEXTS, PICTURES, SUPERPIXELS, ROWS = 1, (5,), (16, 64), (72,)
LEAST = 1e-6  # errors below count as that: what is found exactly would make all of a geometric mean


@dataclass(frozen=True)
class Game:
    """Masks (n, d) -> answers (n,), with the true weights and the square of their own error."""

    name: str
    d: int
    play: Callable[[MaskArray], FloatArray]
    truth: FloatArray
    of_truth: float


Way = Callable[[Game, int, int], FloatArray]  # a game, calls and a seed -> weights (d,)


def played(name: str, d: int, ask: Callable[[MaskArray], FloatArray]) -> Game:
    """With the truth; what few components can ask is asked once and for all."""
    if d > MOST_EXACT:
        runs = [plainly(ask, d, 10**6 + run) for run in range(LONG_RUNS)]
        spread = float(np.var(runs, axis=0, ddof=1).sum()) / LONG_RUNS
        return Game(name, d, ask, np.mean(runs, axis=0), spread)
    powers = 1 << np.arange(d)
    masks = (np.arange(2**d)[:, None] & powers) > 0
    answers = np.concatenate([ask(some) for some in np.array_split(masks, max(1, 2**d // 4096))])
    on = masks.sum(axis=1)
    truth = np.empty(d)
    for i in range(d):
        without = np.flatnonzero(~masks[:, i])
        ways = np.array([d * comb(d - 1, s) for s in range(d)])[on[without]]
        truth[i] = ((answers[without + powers[i]] - answers[without]) / ways).sum()
    return Game(name, d, lambda some: answers[some @ powers], truth, 0.0)


def plainly(ask: Callable[[MaskArray], FloatArray], d: int, seed: int) -> FloatArray:
    """Weighted least squares under the constraint on the sum, with LONG_CALLS and nothing else."""
    design = shapley_design(_law(d), LONG_CALLS, np.random.default_rng(seed))
    answers = np.concatenate([ask(some) for some in np.array_split(design.masks, 8)])
    whole = answers[0] - answers[1]
    root = np.sqrt(design.weights)
    share = design.masks.mean(axis=1)
    x = root[:, None] * (design.masks - share[:, None])
    y = root * (answers - answers[1] - whole * share)
    return np.asarray(whole / d + np.linalg.lstsq(x, y, rcond=None)[0])


def games() -> Iterator[Game]:
    for task, sizes in WORDS.items():
        perturber, data = TextPerturber(), load_data(task)
        for size in sizes:
            cut = [
                " ".join(text.split()[8:]) if size > 14 or task == "newsgroups" else text
                for text in data.test.instances
            ]
            subjects = (perturber.components(_first(text, size)) for text in cut if text.strip())
            fitting = [
                s
                for s, _ in zip(
                    (s for s in subjects if s.n_components == size), range(TEXTS), strict=False
                )
            ]
            for model in ("a", "b"):
                predict = load_model(task, model)
                for number, subject in enumerate(fitting):
                    asked = _asked(perturber.realiser(subject), predict, 1)
                    yield played(f"{task} {model} {number}, {size} words", size, asked)
    data = load_data("digits")
    for size, row, model in product(SUPERPIXELS, PICTURES, ("logistic", "forest")):
        grid, predict = ImagePerturber("grid", n_segments=size, fill=0), load_model("digits", model)
        image = np.asarray(data.split("field").instance(row))
        picture = grid.components(image)
        target = int(np.argmax(predict(image[None])[0]))
        asked = _asked(grid.realiser(picture), predict, target)
        yield played(f"digits {model} {row}, {size} superpixels", picture.n_components, asked)
    for task in ("flu", "breast_cancer"):
        for card in tasks()[task].models:
            predict = load_model(task, card.key)
            for row in ROWS:
                data = load_data(task)
                both = pd.concat([data.test.instance(row), data.train.instance(3)])
                yield played(f"{task} {card.key} {row}", both.shape[1], _rows(both, predict))


def _first(text: str, n_words: int) -> str:
    """As many words of a text as have so many components, or nearly."""
    words = text.split()
    return " ".join(words[:n_words])


def _asked(realise: Any, predict: Any, target: int) -> Callable[[MaskArray], FloatArray]:
    return lambda masks: np.asarray(predict(realise(Design(masks, np.ones(len(masks))))))[:, target]


def _rows(both: pd.DataFrame, predict: Any) -> Callable[[MaskArray], FloatArray]:
    """Of the first row where a mask is on, of the second where it is off."""

    def answers(masks: MaskArray) -> FloatArray:
        mixed = {
            name: both[name].iloc[np.where(on, 0, 1)].array
            for name, on in zip(both.columns, masks.T, strict=True)
        }
        return np.asarray(predict(pd.DataFrame(mixed)))[:, 1]

    return answers


def ours(game: Game, calls: int, seed: int) -> FloatArray:
    design = shapley_design(_law(game.d), calls, np.random.default_rng(seed))
    return np.array(fit_shapley(design, game.play(design.masks), len(design)).weights)


def _law(d: int) -> MaskLaw:
    return MaskLaw(np.full(d + 1, 1 / (d + 1)), np.ones(d + 1))


def ways() -> dict[str, Way]:
    found: dict[str, Way] = {"ours": ours} | _of_shap()
    try:
        from shapiq import approximator
    except ImportError:
        print("shapiq is not there: its ways are left out.")
        return found
    return found | _of_shapiq(approximator)


def _of_shap() -> dict[str, Way]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # matplotlib's, on import
        import shap

    def kernel(game: Game, calls: int, seed: int) -> FloatArray:
        np.random.seed(seed)
        explainer = shap.KernelExplainer(lambda rows: game.play(rows > 0.5), np.zeros((1, game.d)))
        options = {"nsamples": calls - 2, "l1_reg": False, "silent": True}
        return np.asarray(explainer.shap_values(np.ones(game.d), **options))

    def permutation(game: Game, calls: int, seed: int) -> FloatArray:
        explainer = shap.explainers.Permutation(
            lambda rows: game.play(np.asarray(rows) > 0.5), np.zeros((1, game.d)), seed=seed
        )
        one_order = 2 * game.d + 1
        if one_order > 1.1 * calls:
            raise ValueError("it asks no fewer than one order from both ends")
        most = max(calls, one_order)
        return np.asarray(explainer(np.ones((1, game.d)), max_evals=most, silent=True).values[0])

    return {"shap, Kernel": kernel, "shap, Permutation": permutation}


def _of_shapiq(approximator: Any) -> dict[str, Way]:
    def way(make: Callable[[int, int], Any]) -> Way:
        def weights(game: Game, calls: int, seed: int) -> FloatArray:
            empty = float(game.play(np.zeros((1, game.d), dtype=bool))[0])
            found = make(game.d, seed).approximate(
                calls, lambda masks: game.play(np.asarray(masks, dtype=bool)) - empty
            )
            return np.array([found[(i,)] for i in range(game.d)])

        return weights

    proxy: dict[str, Any] = {"max_order": 1, "index": "SV", "adjustment": True}
    a = approximator
    return {
        "shapiq, KernelSHAP": way(lambda d, s: a.KernelSHAP(d, random_state=s)),
        "shapiq, KernelSHAP in pairs": way(
            lambda d, s: a.KernelSHAP(d, random_state=s, pairing_trick=True)
        ),
        "shapiq, LeverageSHAP": way(lambda d, s: a.LeverageSHAP(d, random_state=s)),
        "shapiq, SVARM": way(lambda d, s: a.SVARM(d, random_state=s)),
        "shapiq, OddSHAP": way(lambda d, s: a.OddSHAP(d, random_state=s)),
        "shapiq, ProxySHAP": way(lambda d, s: a.ProxySHAP(d, random_state=s, **proxy)),
        "shapiq, RegressionMSR": way(lambda d, s: a.RegressionMSR(d, "SV", random_state=s)),
    }


def error(way: Way, game: Game, calls: int, seeds: int) -> float:
    """The mean over seeds; infinite where the way does not work with so few calls."""
    size = float((game.truth**2).sum())
    try:
        found = [way(game, calls, seed) for seed in range(seeds)]
    except (ValueError, IndexError, ZeroDivisionError):
        return np.inf
    return float(np.mean([((weights - game.truth) ** 2).sum() / size for weights in found]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--slow", action="store_true", help="SVARM too, which is far behind")
    asked = parser.parse_args()
    warnings.simplefilter("ignore")  # the others', of few calls
    chosen = ways()
    if not asked.slow:
        chosen.pop("shapiq, SVARM", None)
    errors: dict[bool, dict[str, list[list[float]]]] = {
        exact: {name: [] for name in chosen} for exact in (True, False)
    }
    print("| game | d | truth's own | " + " | ".join(f"ours / best, {n}" for n in CALLS) + " |")
    print("|---|---|---|" + "---|" * len(CALLS), flush=True)
    for game in games():
        alike = errors[game.d <= MOST_EXACT]
        for name, way in chosen.items():
            alike[name].append([error(way, game, calls, asked.seeds) for calls in CALLS])
        cells = []
        for column in range(len(CALLS)):
            own, *others = (max(alike[name][-1][column], LEAST) for name in chosen)
            cells.append(f"{own:.2g} / {min(others):.2g}")
        own_error = game.of_truth / float((game.truth**2).sum())
        print(
            f"| {game.name} | {game.d} | {own_error:.1g} | " + " | ".join(cells) + " |", flush=True
        )
    for exact, alike in errors.items():
        print("\n| exact truth |" if exact else "\n| truth from long runs |", end=" ")
        print(" | ".join(str(calls) for calls in CALLS) + " |\n|---|" + "---|" * len(CALLS))
        for name, rows in alike.items():
            means = [
                geometric_mean([max(row[i], LEAST) for row in rows]) for i in range(len(CALLS))
            ]
            print(f"| {name} | " + " | ".join(f"{mean:.2g}" for mean in means) + " |")


if __name__ == "__main__":
    main()
