"""How often the 95% intervals of the weights hold what infinitely many samples would give.

Run with `python -m benchmarks.coverage`. Four made-up models of texts, pictures and rows, and real
ones of a few words, a digit and two rows, each explained with many seeds. Intervals are those that
an explanation shows, of all d weights; "six shown" are those of the six strongest, each held
against the limit of a fit on these six alone. `n_samples="auto"` decides for itself when to stop,
and with how many samples. The limits are those of `weights_vs_peers`. A number is a share of all
intervals of all runs; of a share of .95, 200 runs with a single weight each would leave .03 to
chance, and with d weights less.
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from benchmarks.weights_vs_peers import (
    MADE_UP,
    SMALL,
    Game,
    digits,
    limit,
    made_up,
    patients,
    posts,
)
from lime_engine import Explanation, LimeSettings, ask_about, fit
from lime_engine.fit.projection import Estimate, restricted
from lime_engine.types import Z95, FloatArray

SEEDS = 200
SIZES = (16, 40)  # components
TIMES = (2, 4, 10)  # samples per coefficient
MANY = 1000
SHOWN = 6
EXACT = 1e-7  # of the largest weight: what is found so well is found exactly, but for rounding


@dataclass(frozen=True)
class Held:
    """How far weights are from their limits, in standard errors; NaN where there was no interval.

    `distances` (runs, weights); `calls` in the mean.
    """

    distances: FloatArray
    calls: float

    def share(self, width: float = 1.0) -> float:
        """Of the intervals that hold the limit, if they were so many times as wide."""
        known = self.distances[~np.isnan(self.distances)]
        return float(np.mean(known <= Z95 * width)) if len(known) else np.nan

    @property
    def is_exact(self) -> bool:
        return not self.distances.any()

    @property
    def has_intervals(self) -> float:
        """Share of the weights with one."""
        return float(1 - np.isnan(self.distances).mean())


def samples(game: Game) -> list[int | Literal["auto"]]:
    """The instance is one of them, and does not count for the fit."""
    return [*(1 + times * (game.d + 1) for times in TIMES), MANY, "auto"]


def held(
    game: Game, weights: FloatArray, n_samples: int | Literal["auto"], seeds: int
) -> tuple[Held, Held]:
    """Of all weights, and of those shown; their limit is `weights` (d,)."""
    every: list[FloatArray] = []
    shown: list[FloatArray] = []
    calls = []
    for seed in range(seeds):
        settings = LimeSettings(n_samples=n_samples, n_features=SHOWN, held_out=0.0, seed=seed)
        asked = ask_about(game.subject, game.predict, game.perturber, settings, target=1)
        calls.append(len(asked.design))
        for some, found in ((replace(settings, selection="none"), every), (settings, shown)):
            found.append(_distances(game, weights, fit(asked, some, target=1)))
    return Held(np.array(every), float(np.mean(calls))), Held(np.array(shown), np.nan)


def _distances(game: Game, weights: FloatArray, explanation: Explanation) -> FloatArray:
    given = sorted(explanation.weights, key=lambda weight: weight.index)
    chosen = np.array([weight.index for weight in given])
    whole = Estimate(np.append(0.0, weights)[:, None], 0, None)
    targets = restricted(game.law, whole, chosen).weights
    errors = np.array([np.nan if w.std_error is None else w.std_error for w in given])
    away = np.abs(np.array([weight.weight for weight in given]) - targets)
    away[away < EXACT * np.abs(weights).max()] = 0.0
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where((away == 0) & ~np.isnan(errors), 0.0, away / errors)


def games(kinds: tuple[str, ...]) -> Iterator[Game]:
    for kind in kinds:
        for d in SIZES:
            for model in MADE_UP:
                yield made_up(kind, model, d)
        real = {"text": posts, "image": digits, "row": patients}[kind]
        yield from (game for game in real() if game.d <= SIZES[-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--kinds", nargs="+", choices=list(SMALL), default=list(SMALL))
    arguments = parser.parse_args()
    columns = [*(f"{times} (d+1)" for times in TIMES), str(MANY), f"{MANY}, six shown"]
    columns += ["auto, calls", "auto", "auto, six shown"]
    print("| game, components | " + " | ".join(columns) + " |\n|---|" + "---|" * len(columns))
    for game in games(tuple(arguments.kinds)):
        answers = game.answers if game.kind == "row" else game.masked_answers
        weights, _ = limit(game.law, answers)
        cells = []
        for n_samples in samples(game):
            every, shown = held(game, weights, n_samples, arguments.seeds)
            if n_samples == "auto":
                cells.append(f"{every.calls:.0f}")
            cells.append(_cell(every))
            if n_samples in (MANY, "auto"):
                cells.append(_cell(shown))
        print(f"| {game.name} | " + " | ".join(cells) + " |", flush=True)
        print(f"{game.name} is done", file=sys.stderr, flush=True)


def _cell(found: Held) -> str:
    if found.is_exact:
        return "exact"
    known = "" if found.has_intervals == 1 else f" ({found.has_intervals:.0%} have one)"
    return f"{found.share():.3f}{known}"


if __name__ == "__main__":
    main()
