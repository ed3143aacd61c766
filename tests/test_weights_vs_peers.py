"""The benchmark of LIME's weights holds every law against its own limit."""

import numpy as np
import pytest
from sklearn.linear_model import Lasso, LinearRegression

from benchmarks import weights_vs_peers as bench
from lime_engine.samplers import MaskLaw
from lime_engine.types import FloatArray, MaskArray

D = 8


def masks_of(d: int) -> MaskArray:
    return (np.arange(2**d)[:, None] >> np.arange(d)) & 1 == 1


def weighed(masks: MaskArray) -> dict[str, FloatArray]:
    """How likely each mask is times its kernel, by the definitions alone."""
    n, d = masks.shape
    on, instance = 1 / (1 + np.exp(-1.0)), np.ones(d)
    length = np.linalg.norm(masks, axis=1)
    cosine = np.divide(masks @ instance, length * np.sqrt(d), out=np.zeros(n), where=length > 0)
    return {
        "glime": np.prod(np.where(masks, on, 1 - on), axis=1),
        "captum": 0.5**d * np.exp(-((1 - cosine) ** 2) / 2),
    }


@pytest.mark.parametrize("model", bench.MADE_UP)
def test_a_laws_limit_is_a_weighted_regression_over_all_masks(
    model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By enumeration and by long runs; the lasso's from that of least squares."""
    game = bench.made_up("text", model, D)
    masks = masks_of(D)
    assert game.masked is not None
    answers = game.masked(masks)
    laws = {"glime": bench.glime_law(D), "captum": bench.captum_law(D)}
    for name, weights in weighed(masks).items():
        whole = LinearRegression().fit(masks, answers, sample_weight=weights).coef_
        found, own_error = bench.limit(laws[name], game.answers)
        np.testing.assert_allclose(found, whole, atol=1e-9)
        assert own_error == 0
        with monkeypatch.context() as patched:
            patched.setattr(bench, "MOST_EXACT", D - 1)
            patched.setattr(bench, "LONG_CALLS", 1000)
            found, own_error = bench.limit(laws[name], game.masked_answers)
        assert ((found - whole) ** 2).sum() <= 4 * own_error + 1e-12
        assert own_error <= 1e-3 * (whole**2).sum()
    lasso = Lasso(bench.CAPTUM_ALPHA, tol=1e-10).fit(masks, answers, weighed(masks)["captum"])
    found = bench.lasso_limit(laws["captum"], bench.limit(laws["captum"], game.answers)[0])
    np.testing.assert_allclose(found, lasso.coef_, atol=1e-6)


def test_masks_drawn_as_weighed_are_the_law_times_its_kernel() -> None:
    law = bench.made_up("text", "pairs", D).law
    assert isinstance(law, MaskLaw)
    n = 40_000
    design = bench.drawn_as_weighed(law, n, np.random.default_rng(0))
    assert len(design) == n
    assert (design.weights == 1).all()
    share = np.bincount(D - design.masks.sum(axis=1), minlength=D + 1) / n
    mass = law.sizes * law.kernel / (law.sizes @ law.kernel)
    assert (np.abs(share - mass) <= 4.5 * np.sqrt(mass / n)).all()


def test_a_picture_and_a_row_are_what_their_masks_say() -> None:
    """So that all kinds play the same made-up game."""
    for kind in bench.SMALL:
        game = bench.made_up(kind, "sigmoid", D)
        design = game.law.draw(50, np.random.default_rng(0))
        np.testing.assert_allclose(game.answers(design), game.masked_answers(design))


def test_ours_is_no_further_off_than_limes_own_draw() -> None:
    """In the mean over seeds and games, each game as a share of that of `lime`'s sampler.

    Of texts and pictures: columns of a made-up row have two values, and nothing to bend with.
    """
    shares = []
    for kind in ("text", "image"):
        for model in ("pairs", "forest", "sigmoid"):
            game = bench.made_up(kind, model, D)
            limits = bench.Limits.of(game)
            ours, theirs = (
                bench.error(bench.WAYS[way], game, limits, calls=120, seeds=16)
                for way in ("ours", 'ours, `sampler="lime"`')
            )
            shares.append(ours / theirs)
    assert np.mean(shares) <= 0.9
