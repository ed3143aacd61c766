"""Shapley weights against their definition, the package `shap`, and laws that they obey."""

import itertools
import json
import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from math import prod
from typing import Any

import numpy as np
import pandas as pd
import pytest

from lime_engine import (
    Cancelled,
    Design,
    ImagePerturber,
    LimeSettings,
    TabularPerturber,
    TargetError,
    TextPerturber,
)
from lime_engine.samplers import MaskLaw, all_masks
from lime_engine.shapley import (
    LEAST_BACKGROUND,
    ShapleyWeights,
    explain_shapley,
    fit_shapley,
    shapley_design,
)
from lime_engine.types import Z95, FloatArray, MaskArray
from tests.lime_engine.conftest import TextModel, yes_no

Game = Callable[[MaskArray], FloatArray]  # masks (n, d) -> answers (n,)
WORDS = 12


def words(n: int) -> str:
    return " ".join(f"w{i}" for i in range(n))


def by_permutations(answer: Callable[[int], float], d: int) -> FloatArray:
    """The definition: what each adds to those before it, over all orders; masks are bits."""
    answers = [answer(bits) for bits in range(2**d)]
    added = np.zeros(d)
    n_orders = 0
    for order in itertools.permutations(range(d)):
        before = 0
        for i in order:
            added[i] += answers[before | 1 << i] - answers[before]
            before |= 1 << i
        n_orders += 1
    return added / n_orders


class Teams:
    """A game whose Shapley weights are known: a team that is on as a whole adds its worth."""

    def __init__(self, d: int, seed: int = 0) -> None:
        rng = np.random.default_rng(seed)
        self.teams = [rng.choice(d, min(d, size), replace=False) for size in [1, 2, 3, 4] * d]
        self.worth = rng.normal(size=len(self.teams))
        self.shapley = np.zeros(d)
        for team, worth in zip(self.teams, self.worth, strict=True):
            self.shapley[team] += worth / len(team)

    def __call__(self, masks: MaskArray) -> FloatArray:
        on = np.stack([masks[:, team].all(axis=1) for team in self.teams], axis=1)
        return np.asarray(on @ self.worth)


def mask_law(d: int) -> MaskLaw:
    return MaskLaw(np.full(d + 1, 1 / (d + 1)), np.ones(d + 1))


def played(game: Game, d: int, n_samples: int, seed: int = 0) -> ShapleyWeights:
    design = shapley_design(mask_law(d), n_samples, np.random.default_rng(seed))
    return fit_shapley(design, game(design.masks), len(design))


# --- the definition --------------------------------------------------------------------------


@pytest.mark.parametrize("d", [1, 2, 3, 8])
def test_enumeration_is_the_mean_over_all_orders(d: int) -> None:
    model = yes_no(
        lambda left: (
            0.1
            + 0.3 * ({"w0", "w1", "w2"} <= left)
            + 0.2 * ("w1" in left and "w3" not in left)
            + 0.3 * ("w0" in left or {"w4", "w5", "w6"} <= left)
            + 0.1 * (len(left) > 4)
        )
    )

    def answer(bits: int) -> float:
        text = " ".join(f"w{i}" for i in range(d) if bits >> i & 1)
        return float(model([text])[0, 1])

    perturber = TextPerturber()
    settings = LimeSettings(n_samples=2**d)
    found = explain_shapley(perturber.components(words(d)), model, perturber, settings, target=1)
    np.testing.assert_allclose(found.weights, by_permutations(answer, d), atol=1e-12)
    assert found.exact
    assert found.std_errors == (0.0,) * d
    assert found.n_calls == 2**d
    assert found.full == answer(2**d - 1)
    assert found.base == answer(0)


def test_many_components_are_exact_too() -> None:
    teams = Teams(14)
    found = played(teams, 14, 2**14)
    assert found.exact
    np.testing.assert_allclose(found.weights, teams.shapley, atol=1e-9)


def test_a_component_that_does_nothing_gets_nothing_and_twins_get_the_same() -> None:
    teams = Teams(7)

    def game(masks: MaskArray) -> FloatArray:
        return teams(masks[:, :7]) + 2.0 * (masks[:, 7] & masks[:, 8] & ~masks[:, 0])

    weights = played(game, 10, 2**10).weights
    assert weights[9] == pytest.approx(0, abs=1e-12)
    assert weights[7] == pytest.approx(weights[8], abs=1e-12)
    assert abs(weights[7]) > 0.1


# --- the package -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def by_shap() -> Callable[..., FloatArray]:
    """The weights that `shap` gives a row, from all coalitions."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PendingDeprecationWarning)  # matplotlib's, on import
        import shap

    def weights(predict: Any, background: FloatArray, row: FloatArray) -> FloatArray:
        explainer = shap.KernelExplainer(predict, background)
        every = 2 ** len(row)
        return np.asarray(explainer.shap_values(row, nsamples=every, l1_reg=False, silent=True))

    return weights


def brightness(images: Any) -> FloatArray:
    """Left brighter than right, but only if the top is not dark."""
    grey = np.asarray(images, dtype=float) / 255
    left, right = grey[:, :, :6].mean(axis=(1, 2)), grey[:, :, 6:].mean(axis=(1, 2))
    top = grey[:, :4].mean(axis=(1, 2))
    p = 1 / (1 + np.exp(-4 * (left - right) * top - grey.max(axis=(1, 2)) * top))
    return np.column_stack([1 - p, p])


def test_texts_and_images_have_the_weights_of_shap(
    by_shap: Callable[..., FloatArray], crooked_model: TextModel
) -> None:
    pixels = np.random.default_rng(0).integers(0, 255, (12, 12)).astype(np.uint8)
    image = ImagePerturber("grid", n_segments=6, fill=0)
    cases: list[tuple[Any, Any, Any]] = [
        (TextPerturber(), words(9), crooked_model),
        (image, pixels, brightness),
    ]
    for perturber, instance, model in cases:
        subject = perturber.components(instance)
        realise, d = perturber.realiser(subject), subject.n_components

        def game(rows: FloatArray, realise: Any = realise, model: Any = model) -> FloatArray:
            return np.asarray(model(realise(Design(rows > 0.5, np.ones(len(rows)))))[:, 1])

        ours = explain_shapley(subject, model, perturber, LimeSettings(n_samples=600), target=1)
        theirs = by_shap(game, np.zeros((1, d)), np.ones(d))
        assert ours.exact
        np.testing.assert_allclose(ours.weights, theirs, atol=1e-6)


def curved(rows: Any) -> FloatArray:
    a, b, c, d = np.asarray(rows, dtype=float).T
    return np.asarray(a * b + np.sin(c) + d**2 - 0.5 * a * b * d)


def test_a_table_has_the_weights_of_shap_on_the_same_background(
    by_shap: Callable[..., FloatArray],
) -> None:
    rng = np.random.default_rng(1)
    train = rng.normal(size=(300, 4)) * [1, 2, 1, 0.5] + [0, 1, 0, 2]
    perturber = TabularPerturber.learn(train)
    subject = perturber.components(np.array([1.0, -1.0, 0.5, 3.0]))
    design = shapley_design(perturber.law(subject, None), 16 * 30 + 15, rng)
    assert design.draws is not None
    empty = ~design.masks.any(axis=1)
    background = design.draws[empty]
    assert background.shape == (30, 4)
    ours = fit_shapley(design, curved(perturber.realiser(subject)(design)), len(design))
    assert ours.exact
    theirs = by_shap(curved, background, np.array(subject.values))
    np.testing.assert_allclose(ours.weights, theirs, atol=1e-6)
    assert ours.base == pytest.approx(curved(background).mean())


# --- sampling --------------------------------------------------------------------------------


def test_a_sampled_design_has_whole_sizes_and_of_the_others_alike_none_twice() -> None:
    d, n = 10, 602
    design = shapley_design(mask_law(d), n, np.random.default_rng(0))
    on = design.masks.sum(axis=1)
    assert len(design) == n
    assert (on[0], on[1]) == (d, 0)
    assert design.weights[:2].tolist() == [0, 0]
    asked = np.bincount(on[2:], minlength=d)[1:]
    assert asked[[0, 1, -2, -1]].tolist() == [10, 45, 45, 10]  # all there are
    assert np.ptp(asked[2:-2]) <= 2
    assert len(np.unique(design.masks, axis=0)) == n
    np.testing.assert_array_equal(design.masks[2::2], ~design.masks[3::2])
    assert design.clusters is not None
    np.testing.assert_array_equal(design.clusters[2::2], design.clusters[3::2])
    assert len(set(design.clusters.tolist())) == 2 + 300
    # All of one size weigh together what the kernel says.
    for size in range(1, d):
        together = design.weights[on == size].sum()
        assert together == pytest.approx((d - 1) / (size * (d - size)), rel=0.03)
    for size in (3, 5, 7):  # within a size every component is on equally often
        share_on = design.masks[on == size].mean(axis=0)
        np.testing.assert_allclose(share_on, size / d, atol=0.17)


@pytest.mark.parametrize(("d", "n_samples"), [(2, 3), (3, 7), (4, 14), (5, 20), (60, 400)])
def test_no_mask_is_asked_twice(d: int, n_samples: int) -> None:
    for seed in range(20):
        masks = shapley_design(mask_law(d), n_samples, np.random.default_rng(seed)).masks
        assert len(np.unique(masks, axis=0)) == len(masks) <= n_samples


@pytest.mark.parametrize("n_samples", [2, 3, 10, 25, 26, 40, 301])
def test_the_weights_always_add_up(n_samples: int) -> None:
    for found in (
        played(Teams(WORDS), WORDS, n_samples),
        *colours_explained(n_samples, range(3)),
    ):
        assert not found.exact
        assert sum(found.weights) == pytest.approx(found.full - found.base, abs=1e-12)


def test_an_additive_game_is_found_exactly_from_few_masks() -> None:
    slopes = np.random.default_rng(0).normal(size=30)
    found = played(lambda masks: 5 + masks @ slopes, 30, 100)
    np.testing.assert_allclose(found.weights, slopes, atol=1e-12)
    assert found.std_errors == pytest.approx([0] * 30, abs=1e-12)
    assert found.base == 5


def covered(runs: Iterable[ShapleyWeights], exact: FloatArray) -> float:
    """How often the 95% interval holds the exact weight."""
    hits = [np.abs(np.subtract(r.weights, exact)) <= Z95 * np.array(r.std_errors) for r in runs]
    return float(np.mean(hits))


def off_by(runs: Sequence[ShapleyWeights], exact: FloatArray) -> float:
    """The mean over runs minus the exact weight, in standard errors of that mean; the largest."""
    found = np.array([run.weights for run in runs])
    error = found.std(axis=0, ddof=1) / np.sqrt(len(found))
    return float(np.abs((found.mean(axis=0) - exact) / error).max())


def sizes_of_errors(
    runs: Sequence[ShapleyWeights], exact: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Of each weight: the mean error, the root mean square of errors, and what they were said."""
    errors = np.array([run.weights for run in runs]) - exact
    said = np.mean([np.square(run.std_errors or ()) for run in runs], axis=0)
    return np.abs(errors.mean(axis=0)), np.sqrt((errors**2).mean(axis=0)), np.sqrt(said)


@pytest.mark.parametrize("n_samples", [4 * (WORDS + 1), 200])
def test_intervals_hold_and_are_no_wider_than_they_need_be(n_samples: int) -> None:
    teams = Teams(WORDS)
    runs = [played(teams, WORDS, n_samples, seed) for seed in range(60)]
    always, seen, said = sizes_of_errors(runs, teams.shapley)
    assert covered(runs, teams.shapley) >= 0.93
    assert (said < 2.2 * seen).all()
    assert (always < said).all()


def test_threes_are_found_where_there_are_few() -> None:
    """What is not of pairs is two threes: a linear fit to these masks is off by up to 0.3."""

    def game(masks: MaskArray) -> FloatArray:
        return masks @ np.arange(12) + 5.0 * masks[:, [0, 3, 9]].all(axis=1) - masks[:, :3].all(1)

    exact = np.arange(12) + np.bincount([0, 3, 9], minlength=12) * 5 / 3
    exact[:3] -= 1 / 3
    found = played(game, 12, 300)
    np.testing.assert_allclose(found.weights, exact, atol=0.05)


def test_as_many_pairs_as_components_tell_them_apart() -> None:
    """Of a game that is nearly additive little error is left, where chance would leave most."""
    d = 40
    teams, slopes = Teams(d), np.random.default_rng(1).normal(size=d)
    exact = 10 * slopes + teams.shapley
    misses = [
        np.subtract(
            played(lambda masks: masks @ (10 * slopes) + teams(masks), d, 2 * d + 2, seed).weights,
            exact,
        )
        for seed in range(10)
    ]
    assert np.mean(np.square(misses)) < 0.05 * np.var(exact)


def by_orders(game: Game, d: int, n_orders: int, rng: np.random.Generator) -> FloatArray:
    """What each adds to those before it, over some orders and their reverses."""
    added = np.zeros(d)
    for _ in range(n_orders):
        place = rng.permutation(d)
        first = place < np.arange(d + 1)[:, None]  # 0, 1, … d of one order
        for masks in (first, ~first[::-1]):
            added[np.argsort(place)[:: 1 if masks is first else -1]] += np.diff(game(masks))
    return added / (2 * n_orders)


@pytest.mark.parametrize("n_samples", [200, 260])
def test_few_masks_tell_more_than_as_many_in_orders(n_samples: int) -> None:
    """Of many components and of what pairs, threes and fours add: at most half the error."""
    d = 60
    teams = Teams(d)
    errors = {"ours": 0.0, "orders": 0.0}
    for seed in range(10):
        found = np.array(played(teams, d, n_samples, seed).weights)
        orders = by_orders(teams, d, n_samples // (2 * d + 1), np.random.default_rng(seed))
        errors["ours"] += float(np.square(found - teams.shapley).sum())
        errors["orders"] += float(np.square(orders - teams.shapley).sum())
    assert errors["ours"] < 0.5 * errors["orders"]


@pytest.mark.parametrize(("d", "n_samples", "most"), [(14, 60, 1.15), (60, 160, 1.5)])
def test_masks_tell_components_apart_nearly_as_well_as_any(
    d: int, n_samples: int, most: float
) -> None:
    """The variances of a linear fit, beside those if all directions were told alike."""
    for seed in range(5):
        design = shapley_design(mask_law(d), n_samples, np.random.default_rng(seed))
        masks = design.masks[2::2]
        x = np.sqrt(design.weights[2::2, None]) * (masks - masks.mean(axis=1, keepdims=True))
        told = np.linalg.eigvalsh(x.T @ x)[1:]  # without that of the sum, which is known
        assert (1 / told).mean() * told.mean() < most


def test_each_mask_alone_is_any_of_its_size() -> None:
    """Which components are on is as likely for all, and for all that are on together."""
    d, runs = 8, 400
    together = np.zeros((d, d))
    for seed in range(runs):
        design = shapley_design(mask_law(d), 30, np.random.default_rng(seed))
        threes = design.masks[design.masks.sum(axis=1) == 3]
        together += threes.T.astype(float) @ threes / len(threes) / runs
    np.testing.assert_allclose(together.diagonal(), 3 / d, atol=0.05)
    pairs = together[~np.eye(d, dtype=bool)]
    np.testing.assert_allclose(pairs, 3 * 2 / (d * (d - 1)), atol=0.05)


@pytest.mark.parametrize("unit", [1e-12, 1e9])
def test_weights_are_in_the_units_of_the_answers(unit: float) -> None:
    teams = Teams(WORDS)
    found = played(teams, WORDS, 200)
    scaled = played(lambda masks: unit * teams(masks), WORDS, 200)
    np.testing.assert_allclose(scaled.weights, unit * np.array(found.weights), rtol=1e-6)
    assert scaled.std_errors == pytest.approx([unit * e for e in found.std_errors or ()], rel=1e-6)


def test_few_samples_give_no_intervals_and_no_wild_weights() -> None:
    """As many pairs as components is where plain least squares would go astray."""
    d = 40
    teams = Teams(d)
    assert played(teams, d, 3 * (d + 1) - 2).std_errors is None
    assert played(teams, d, 3 * (d + 1) + 1).std_errors is not None
    misses = [
        np.subtract(played(teams, d, 2 * d + 2, seed).weights, teams.shapley) for seed in range(40)
    ]
    assert np.sqrt(np.mean(np.square(misses))) < 1.5 * teams.shapley.std()


# --- tables ----------------------------------------------------------------------------------

SHARES = {"red": 0.5, "green": 0.3, "blue": 0.2}
COLOUR_COLUMNS = 5


def colour_score(*row: str) -> float:
    """An answer in which columns act together."""
    a, b, c, d, _ = row
    return (
        (a == "red") * 2.0
        + (b == "blue") * (c != "green")
        - 1.5 * (a == b)
        + (a == "green") * (c == "red") * (d == "blue")
    )


def colour_model(table: "pd.DataFrame") -> FloatArray:
    return np.array([colour_score(*row) for row in table.itertuples(index=False)])


def colours_explained(n_samples: int, seeds: Iterable[int]) -> list[ShapleyWeights]:
    column = [colour for colour, share in SHARES.items() for _ in range(round(10 * share))]
    train = pd.DataFrame({f"column {j}": column for j in range(COLOUR_COLUMNS)})
    perturber = TabularPerturber.learn(train)
    row = dict(zip(train.columns, INSTANCE, strict=True))
    subject = perturber.components(row)
    return [
        explain_shapley(
            subject,
            colour_model,
            perturber,
            LimeSettings(n_samples=n_samples, seed=seed, mode="regression"),
            target=0,
        )
        for seed in seeds
    ]


INSTANCE = ("red", "blue", "red", "blue", "green")


@pytest.fixture(scope="module")
def colour_weights() -> FloatArray:
    """By the definition, over all colours that the columns that are off can have."""

    def answer(bits: int) -> float:
        on = [bits >> j & 1 for j in range(COLOUR_COLUMNS)]
        choices = [[x] if keep else list(SHARES) for x, keep in zip(INSTANCE, on, strict=True)]
        return sum(
            colour_score(*row)
            * prod(SHARES[x] for x, keep in zip(row, on, strict=True) if not keep)
            for row in itertools.product(*choices)
        )

    return by_permutations(answer, COLOUR_COLUMNS)


@pytest.mark.parametrize("n_samples", [200, 1000])
def test_a_table_is_right_on_average_over_its_background(
    colour_weights: FloatArray, n_samples: int
) -> None:
    runs = colours_explained(n_samples, range(100))
    if n_samples == 1000:
        assert all(run.exact and abs(run.weights[-1]) < 1e-12 for run in runs)
        # What the column that does nothing has is rounding, of which there are no statistics.
        runs = [
            replace(r, weights=r.weights[:4], std_errors=(r.std_errors or ())[:4]) for r in runs
        ]
        colour_weights = colour_weights[:4]
    assert off_by(runs, colour_weights) < 4
    assert 0.9 <= covered(runs, colour_weights) <= 0.99


@pytest.mark.parametrize(("n_samples", "exact"), [(39, False), (80, True)])
def test_the_errors_of_a_table_are_those_of_its_background(n_samples: int, exact: bool) -> None:
    """An additive model of two columns: what varies is which background rows were drawn."""
    perturber = TabularPerturber.learn(np.random.default_rng(0).normal(size=(200, 2)))
    law = perturber.law(perturber.components([1.0, 2.0]), None)
    runs = []
    for seed in range(400):
        design = shapley_design(law, n_samples, np.random.default_rng(seed))
        assert design.draws is not None
        runs.append(fit_shapley(design, design.draws @ [1.0, 3.0], len(design)))
    assert all(run.exact == exact for run in runs)
    claimed = np.mean([np.square(run.std_errors or ()) for run in runs], axis=0)
    seen = np.var([run.weights for run in runs], axis=0, ddof=1)
    assert claimed / seen == pytest.approx([1, 1], abs=0.25)


def test_a_table_is_enumerated_from_ten_background_rows_on() -> None:
    perturber = TabularPerturber.learn(np.random.default_rng(0).normal(size=(50, 3)))
    law = perturber.law(perturber.components([0.0, 1.0, 2.0]), None)
    enough = LEAST_BACKGROUND * 2**3
    whole = shapley_design(law, enough, np.random.default_rng(0))
    assert whole.exact
    assert whole.draws is not None
    rows = whole.draws.reshape(LEAST_BACKGROUND, 8, 3)
    for masked in rows:  # the same background row for every mask
        np.testing.assert_array_equal(masked, np.where(all_masks(3), [0.0, 1.0, 2.0], masked[-1]))
    sampled = shapley_design(law, enough - 1, np.random.default_rng(0))
    assert not sampled.exact
    assert sampled.draws is not None
    assert len(sampled) <= enough - 1
    empty = ~sampled.masks.any(axis=1)
    assert empty.sum() == LEAST_BACKGROUND
    assert len(np.unique(sampled.draws[empty], axis=0)) == LEAST_BACKGROUND
    first, second = sampled.draws[11::2], sampled.draws[12::2]
    kept = sampled.masks[11::2]
    assert (np.where(kept, first, second) == [0.0, 1.0, 2.0]).all()


@pytest.mark.parametrize("n_samples", [2, 7, 19, 20, 500])
def test_one_column_gets_everything(n_samples: int) -> None:
    train = np.random.default_rng(0).normal(size=(60, 1))
    perturber = TabularPerturber.learn(train)
    settings = LimeSettings(n_samples=n_samples, mode="regression")
    found = explain_shapley(
        perturber.components([3.0]), lambda rows: 2 * rows[:, 0], perturber, settings, target=0
    )
    assert found.full == 6
    assert found.weights == pytest.approx([6 - found.base])


# --- asking and keeping ----------------------------------------------------------------------


def test_the_same_seed_gives_the_same_weights_and_json_keeps_them(
    crooked_model: TextModel,
) -> None:
    perturber = TextPerturber()
    subject = perturber.components(words(WORDS))

    def run(**settings: Any) -> ShapleyWeights:
        return explain_shapley(
            subject, crooked_model, perturber, LimeSettings(**settings), target=1
        )

    found = run(n_samples=100, seed=3)
    assert found == run(n_samples=100, seed=3)
    assert found != run(n_samples=100, seed=4)
    few = run(n_samples=10)
    assert few.std_errors is None
    for weights in (found, few):
        assert ShapleyWeights.from_dict(json.loads(json.dumps(weights.to_dict()))) == weights
    assert run(n_samples="auto", max_samples=2**WORDS).exact


def test_progress_and_cancel_are_passed_on_and_masks_are_asked_once() -> None:
    asked: list[str] = []

    def model(texts: Sequence[str]) -> FloatArray:
        asked.extend(texts)
        return yes_no(lambda left: 0.05 * len(left))(texts)

    perturber, shares = TextPerturber(), list[float]()
    subject = perturber.components(words(WORDS))
    settings = LimeSettings(n_samples=600)
    found = explain_shapley(
        subject, model, perturber, settings, target=1, on_progress=shares.append
    )
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert found.n_calls == len(asked) == len(set(asked)) == 600
    with pytest.raises(Cancelled):
        explain_shapley(subject, model, perturber, settings, target=1, should_stop=lambda: True)
    with pytest.raises(TargetError, match="from 0 to 1"):
        explain_shapley(subject, model, perturber, settings, target=2)
