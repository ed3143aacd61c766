"""LIME's weights beside `lime`, and beside the laws of GLIME and captum: error at equal calls.

Run with `python -m benchmarks.weights_vs_peers`. An error is that of all d weights, squared, as a
share of the sum of squares of the weights themselves, in the mean over seeds; tables have geometric
means over games. Each law is a question of its own, so every way is held against the limit of its
own law: the weighted regression over all masks up to 16 components (`MOST_EXACT`); beyond, and
where a row's numbers are drawn within bins, the mean of long runs, whose own error is printed.

- Ours, the sampler of `lime`, the package itself (texts) and "drawn as weighed" have one limit. The
  last is GLIME's idea with the kernel of `lime`: masks are drawn as often as they would weigh, and
  weigh the same.
- GLIME-Binomial (Tan, Tian & Li, "GLIME", NeurIPS 2023): each component is on with probability
  e^(1/w^2) / (1 + e^(1/w^2)), all masks weigh the same, ridge. Its width w is 1 here: at the .25 of
  its authors' example one component in ten million is off.
- captum's Lime as it comes: each component is on with probability 1/2, kernel exp(-D^2 / (2 w^2))
  with w = 1 on the cosine distance, lasso with alpha .01. It takes that distance between the
  inputs; here it is between the masks, which is the same where all components are of one size. Its
  lasso changes the limit itself, by as much as the first table says. With the ridge of the others
  its law can be seen alone.

Off, to the last two, a column of a row has the value of another row; to `lime` and ours it is drawn
from the training rows.
"""

import argparse
import sys
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from lime.lime_text import LimeTextExplainer
from scipy.stats import binom
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import Lasso, Ridge

from benchmarks.projected_vs_lime import built_in
from benchmarks.timing import geometric_mean
from lime_engine import (
    Design,
    ImagePerturber,
    LimeSettings,
    Subject,
    TabularPerturber,
    TextPerturber,
    explain,
)
from lime_engine.evaluation import Perturber
from lime_engine.fit.projection import project
from lime_engine.kernels import cosine_distance, exponential_kernel
from lime_engine.samplers import MaskLaw
from lime_engine.settings import Sampler
from lime_engine.types import FloatArray, Law, MaskArray
from sample_models import load_data, load_model

SEEDS = 20
CALLS = (60, 120, 250, 500, 1000, 2000)
MOST_EXACT = 16  # components, or as many combinations of categories
LONG_RUNS, LONG_CALLS = 10, 10_000
GLIME_WIDTH = 1.0
CAPTUM_WIDTH, CAPTUM_ALPHA = 1.0, 0.01
RIDGE = 1.0
LEAST = 1e-6  # errors below count as that: what is found exactly would make all of a geometric mean
AT_ONCE = 4096  # rows

MADE_UP = ("linear", "pairs", "forest", "sigmoid")
SMALL = {"text": 12, "image": 16, "row": 12}  # components of the made-up games, of all of these
LARGE, AMONG_LARGE = {"text": 60, "image": 60, "row": 30}, ("pairs", "forest")
Scores = Callable[[MaskArray], FloatArray]


@dataclass(frozen=True)
class Game:
    """A model near an instance.

    `predict` has two columns, the second is explained. `masked` is the answer to masks (n, d) for
    those who know nothing else, (n,); of texts and pictures it is that of `predict`.
    """

    kind: str
    model: str
    name: str
    perturber: Perturber[Any, Any]
    instance: Any
    predict: Callable[[Any], FloatArray]
    masked: Scores | None = None

    @cached_property
    def subject(self) -> Subject:
        subject: Subject = self.perturber.components(self.instance)
        return subject

    @cached_property
    def d(self) -> int:
        return self.subject.n_components

    @cached_property
    def law(self) -> Law:
        return self.perturber.law(self.subject, None)

    @cached_property
    def _realise(self) -> Callable[[Design], Any]:
        return self.perturber.realiser(self.subject)

    def answers(self, design: Design) -> FloatArray:
        """Of the model, (n,)."""
        starts = range(0, len(design), AT_ONCE)
        parts = [self.predict(self._realise(design[i : i + AT_ONCE]))[:, 1] for i in starts]
        return np.concatenate(parts)

    def masked_answers(self, design: Design) -> FloatArray:
        return self.answers(design) if self.masked is None else self.masked(design.masks)


def made_up_scores(model: str, d: int) -> Scores:
    """Masks (n, d) -> answers (n,) from 0 to 1, of one of the kinds `MADE_UP`."""
    rng = np.random.default_rng(d)
    slopes = rng.normal(size=d)
    pairs = np.triu(rng.normal(size=(d, d)) * (rng.random((d, d)) < 3 / d), 1) * 1.5

    def linear(masks: MaskArray) -> FloatArray:
        return np.asarray((masks - 0.5) @ slopes / np.abs(slopes).sum() + 0.5)

    def crossed(masks: MaskArray) -> FloatArray:
        z = masks - 0.5
        both = z @ slopes + np.einsum("ni,ij,nj->n", z, pairs, z)
        return np.asarray(both / (np.abs(slopes).sum() + np.abs(pairs).sum()) + 0.5)

    def sigmoid(masks: MaskArray) -> FloatArray:
        return 1 / (1 + np.exp(-2 * ((masks - 0.75) @ slopes)))

    if model == "forest":
        seen = rng.random((2000, d)) < rng.random((2000, 1))
        trees = RandomForestRegressor(30, max_depth=8, random_state=0)
        trees.fit(seen, sigmoid(seen) > 0.5)
        return lambda masks: np.asarray(trees.predict(masks))
    return {"linear": linear, "pairs": crossed, "sigmoid": sigmoid}[model]


def made_up(kind: str, model: str, d: int) -> Game:
    """A text of d words, a picture of d strips or a row of d columns that a made-up model reads."""
    scores = made_up_scores(model, d)
    perturber: Perturber[Any, Any]
    instance: Any
    if kind == "text":
        words = {f"w{i}": i for i in range(d)}
        perturber, instance = TextPerturber(), " ".join(words)

        def read(batch: Any) -> MaskArray:
            masks = np.zeros((len(batch), d), dtype=bool)
            for mask, text in zip(masks, batch, strict=True):
                mask[[words[word] for word in text.split()]] = True
            return masks

    elif kind == "image":
        strips = np.arange(d)[None].repeat(2, axis=0)
        perturber = ImagePerturber(segmentation=lambda pixels: strips, fill=0)
        instance = np.ones((2, d))

        def read(batch: Any) -> MaskArray:
            return np.asarray(batch)[:, 0] > 0.5

    else:
        shares = np.linspace(0.2, 0.8, d)  # of the training rows that have the row's own value
        rows = np.where((np.arange(100)[:, None] + 0.5) / 100 < shares, "own", "other")
        table = pd.DataFrame(rows, columns=[f"c{j}" for j in range(d)])
        perturber, instance = TabularPerturber.learn(table), table.iloc[0]

        def read(batch: Any) -> MaskArray:
            return np.asarray(batch == "own")

    def predict(batch: Any) -> FloatArray:
        answers = scores(read(batch))
        return np.column_stack([1 - answers, answers])

    name = f"{kind}, {model}, {d}"
    return Game(kind, model, name, perturber, instance, predict, scores)


def games(kinds: tuple[str, ...]) -> Iterator[Game]:
    for kind in kinds:
        for model in MADE_UP:
            yield made_up(kind, model, SMALL[kind])
        for model in AMONG_LARGE:
            yield made_up(kind, model, LARGE[kind])
        yield from {"text": posts, "image": digits, "row": patients}[kind]()


def posts() -> Iterator[Game]:
    """Of newsgroups: a few words of one, of which both models are asked; and all of it."""
    data = load_data("newsgroups")
    short = " ".join(data.test.instances[44].split()[8:24])
    for text, model, name in (
        (short, "b", "linear"),
        (short, "a", "forest"),
        (data.test.instances[44], "b", "linear"),
    ):
        perturber = TextPerturber(pattern=r"\w+")  # the words of `lime`
        d = perturber.components(text).n_components
        predict = _remembered(load_model("newsgroups", model))
        yield Game("text", "real", f"newsgroups, {name}, {d}", perturber, text, predict)


def _remembered(predict: Any) -> Callable[[Any], FloatArray]:
    """The same model, asked once for each text: some masks are drawn again and again."""
    known: dict[str, FloatArray] = {}

    def answer(texts: Any) -> FloatArray:
        new = list(dict.fromkeys(text for text in texts if text not in known))
        if new:
            known.update(zip(new, np.asarray(predict(new)), strict=True))
        return np.array([known[text] for text in texts])

    return answer


def digits() -> Iterator[Game]:
    grid = ImagePerturber("grid", n_segments=16, fill=0)
    for row, model, perturber in ((99, "forest", grid), (295, "logistic", None)):
        case = built_in("digits", "field", row, truth_runs=0)
        asked = perturber or case.perturber
        d = asked.components(case.instance).n_components
        name = f"digits {row}, {model}, {d}"
        yield Game("image", "real", name, asked, case.instance, case.predict(model))


def patients() -> Iterator[Game]:
    for key, split, row in (("flu", "test", 72), ("breast_cancer", "test", 53)):
        case = built_in(key, split, row, truth_runs=0)
        other = load_data(key).train.instance(3)
        for model in case.models:
            predict = case.predict(model)
            d = case.perturber.components(case.instance).n_components
            mixed = _mixed(case.instance, other, predict)
            name = f"{key} {row}, {model}, {d}"
            yield Game("row", "real", name, case.perturber, case.instance, predict, mixed)


def _mixed(row: Any, other: Any, predict: Callable[[Any], FloatArray]) -> Scores:
    """Answers to the row where a mask is on, and to another row where it is off."""
    both = pd.concat([row, other])

    def answers(masks: MaskArray) -> FloatArray:
        columns = {
            name: both[name].iloc[np.where(on, 0, 1)].array
            for name, on in zip(both.columns, masks.T, strict=True)
        }
        return predict(pd.DataFrame(columns))[:, 1]

    return answers


def glime_law(d: int) -> MaskLaw:
    """GLIME-Binomial."""
    on = 1 / (1 + np.exp(-1 / GLIME_WIDTH**2))
    return MaskLaw(binom.pmf(np.arange(d + 1), d, 1 - on), np.ones(d + 1))


def captum_law(d: int) -> MaskLaw:
    """That of captum's Lime."""
    removed = np.arange(d + 1)
    kernel = exponential_kernel(cosine_distance(removed, d), CAPTUM_WIDTH)
    return MaskLaw(binom.pmf(removed, d, 0.5), kernel)


def drawn_as_weighed(law: Law, n: int, rng: np.random.Generator) -> Design:
    """n rows as often as `law` weighs them, all with the weight 1: drawn, and kept by their weight.

    The masks are those of the law times its kernel.
    """
    kept: list[Design] = []
    while sum(map(len, kept)) < n:
        design = law.draw(4 * n, rng)
        likely = design.weights / law.kernel.max()
        kept.append(design[np.flatnonzero(rng.random(len(design)) < likely)])
    whole = kept[0]
    for more in kept[1:]:
        whole = whole + more
    whole = whole[:n]
    return Design(whole.masks, np.ones(n), draws=whole.draws)


def limit(law: Law, answers: Callable[[Design], FloatArray]) -> tuple[FloatArray, float]:
    """The weights (d,) of infinitely many rows by least squares, and the square of their error."""
    everything = law.enumerate(2**MOST_EXACT)
    if everything is not None:
        x = np.column_stack([np.ones(len(everything)), everything.masks])
        root = np.sqrt(everything.weights)
        found = np.linalg.lstsq(x * root[:, None], answers(everything) * root, rcond=None)[0]
        return found[1:], 0.0
    runs = []
    for run in range(LONG_RUNS):
        design = law.draw_balanced(LONG_CALLS, np.random.default_rng(10**6 + run))
        runs.append(project(law, design, answers(design)[:, None], 0).weights)
    spread = float(np.var(runs, axis=0, ddof=1).sum()) / LONG_RUNS
    return np.mean(runs, axis=0), spread


def lasso_limit(law: MaskLaw, weights: FloatArray) -> FloatArray:
    """That of captum's lasso, (d,), where that of least squares is `weights`.

    What the answers are beyond their fit on the masks is uncorrelated with the masks in the limit:
    a lasso sees nothing of the answers but that fit, and the masks' covariance.
    """
    moments = law.moments(np.arange(law.n_components + 1))
    moments = moments / moments[0, 0]
    covariance = moments[1:, 1:] - np.outer(moments[0, 1:], moments[0, 1:])
    x = np.linalg.cholesky(covariance).T * np.sqrt(len(weights))  # x^T x / n is the covariance
    lasso = Lasso(CAPTUM_ALPHA, fit_intercept=False, tol=1e-10, max_iter=100_000)
    return np.asarray(lasso.fit(x, x @ weights).coef_)


def of_engine(game: Game, calls: int, seed: int, sampler: Sampler) -> FloatArray:
    settings = LimeSettings(
        n_samples=calls, selection="none", held_out=0.0, seed=seed, sampler=sampler
    )
    found = np.empty(game.d)
    for weight in explain(game.instance, game.predict, game.perturber, settings, target=1).weights:
        found[weight.index] = weight.weight
    return found


def of_lime(game: Game, calls: int, seed: int) -> FloatArray:
    """The package's; its words are in our order, that of the text."""
    explainer = LimeTextExplainer(random_state=seed, feature_selection="none")
    found = np.empty(game.d)
    explained = explainer.explain_instance(
        game.instance, game.predict, labels=(1,), num_samples=calls
    )
    for index, weight in explained.as_map()[1]:
        found[index] = weight
    return found


def of_weighed(game: Game, calls: int, seed: int) -> FloatArray:
    design = drawn_as_weighed(game.law, calls, np.random.default_rng(seed))
    return np.asarray(Ridge(RIDGE).fit(design.masks, game.answers(design)).coef_)


def of_glime(game: Game, calls: int, seed: int) -> FloatArray:
    design = glime_law(game.d).draw(calls, np.random.default_rng(seed))
    return np.asarray(Ridge(RIDGE).fit(design.masks, game.masked_answers(design)).coef_)


def of_captum(game: Game, calls: int, seed: int, model: Any) -> FloatArray:
    design = captum_law(game.d).draw(calls, np.random.default_rng(seed))
    answers = game.masked_answers(design)
    return np.asarray(model.fit(design.masks, answers, sample_weight=design.weights).coef_)


@dataclass(frozen=True)
class Way:
    """A game, calls and a seed -> weights (d,), and the name of the limit they are held against."""

    weights: Callable[[Game, int, int], FloatArray]
    limit: str
    kinds: tuple[str, ...] = ("text", "image", "row")


WAYS = {
    "ours": Way(lambda g, n, s: of_engine(g, n, s, "projected"), "lime"),
    'ours, `sampler="lime"`': Way(lambda g, n, s: of_engine(g, n, s, "lime"), "lime"),
    "`lime`": Way(of_lime, "lime", ("text",)),
    "drawn as weighed": Way(of_weighed, "lime"),
    "GLIME-Binomial": Way(of_glime, "glime"),
    "captum's law, ridge": Way(lambda g, n, s: of_captum(g, n, s, Ridge(RIDGE)), "captum"),
    "captum's law, its lasso": Way(
        lambda g, n, s: of_captum(g, n, s, Lasso(CAPTUM_ALPHA)), "captum, lasso"
    ),
}


@dataclass(frozen=True)
class Limits:
    """Of a game, by the name of the law; `size` is the sum of squares without a lasso."""

    weights: dict[str, FloatArray]
    size: dict[str, float]
    own_error: float

    @classmethod
    def of(cls, game: Game) -> "Limits":
        # Rows apart, both are the same, but masks are quicker asked than texts are written.
        answers = game.answers if game.kind == "row" else game.masked_answers
        found = {
            "lime": limit(game.law, answers),
            "glime": limit(glime_law(game.d), game.masked_answers),
            "captum": limit(captum_law(game.d), game.masked_answers),
        }
        weights = {name: each for name, (each, _) in found.items()}
        size = {name: float((each**2).sum()) for name, each in weights.items()}
        own = max(spread / size[name] for name, (_, spread) in found.items())
        weights["captum, lasso"] = lasso_limit(captum_law(game.d), weights["captum"])
        size["captum, lasso"] = size["captum"]
        return cls(weights, size, own)

    @property
    def taken_away(self) -> float:
        """By the lasso, of the sum of squares."""
        gone = self.weights["captum, lasso"] - self.weights["captum"]
        return float((gone**2).sum()) / self.size["captum"]


def error(way: Way, game: Game, limits: Limits, calls: int, seeds: int) -> float:
    """The mean over seeds."""
    target = limits.weights[way.limit]
    squares = [((way.weights(game, calls, seed) - target) ** 2).sum() for seed in range(seeds)]
    return float(np.mean(squares)) / limits.size[way.limit]


WHOLE = ("lime", "glime", "captum")  # the limits that no lasso has taken anything from
Errors = dict[str, list[float]]  # of one game: by way, one for each of CALLS


def print_means(title: str, found: list[tuple[Game, Errors]]) -> None:
    print(f"\n| {title} | " + " | ".join(str(calls) for calls in CALLS) + " |")
    print("|---|" + "---|" * len(CALLS))
    for name in WAYS:
        rows = [errors[name] for _, errors in found if name in errors]
        if len(rows) == len(found):
            columns = zip(*rows, strict=True)
            means = [geometric_mean([max(e, LEAST) for e in column]) for column in columns]
            print(f"| {name} | " + " | ".join(f"{mean:.2g}" for mean in means) + " |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--kinds", nargs="+", choices=list(SMALL), default=list(SMALL))
    asked = parser.parse_args()
    warnings.simplefilter("ignore")  # the lasso's, which has not converged on few calls
    found: list[tuple[Game, Errors]] = []
    print("| game, components | truth's own | " + " | ".join(f"ours, {n}" for n in CALLS), end="")
    print(" | taken by the lasso |\n|---|" + "---|" * (len(CALLS) + 2), flush=True)
    for game in games(tuple(asked.kinds)):
        limits = Limits.of(game)
        errors = {
            name: [error(way, game, limits, calls, asked.seeds) for calls in CALLS]
            for name, way in WAYS.items()
            if game.kind in way.kinds
        }
        found.append((game, errors))
        cells = []
        for column, own in enumerate(errors["ours"]):
            others = [name for name, way in WAYS.items() if name in errors and way.limit in WHOLE]
            best = min((errors[name][column], name) for name in others if name != "ours")
            cells.append(f"{max(own, LEAST):.2g} ({max(best[0], LEAST):.2g} {best[1]})")
        line = [game.name, f"{limits.own_error:.1g}", *cells, f"{limits.taken_away:.0%}"]
        print("| " + " | ".join(line) + " |", flush=True)
        print(f"{game.name} is done", file=sys.stderr, flush=True)
    for kind in asked.kinds:
        print_means(kind, [one for one in found if one[0].kind == kind])
    for model in (*MADE_UP, "real"):
        print_means(model, [one for one in found if one[0].model == model])


if __name__ == "__main__":
    main()
