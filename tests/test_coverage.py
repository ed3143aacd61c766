"""The 95% intervals that an explanation shows hold the limit about that often, of every kind."""

import numpy as np
import pytest

from benchmarks.coverage import Held, held
from benchmarks.weights_vs_peers import SMALL, limit, made_up

D, RUNS = 8, 40
LEAST, MOST = 0.92, 0.985


def of_all_models(kind: str, times: int) -> Held:
    found = []
    for model in ("pairs", "forest", "sigmoid"):
        game = made_up(kind, model, D)
        weights, own_error = limit(game.law, game.answers)
        assert own_error == 0
        every, _ = held(game, weights, 1 + times * (D + 1), RUNS)
        assert every.has_intervals == 1
        found.append(every.distances)
    return Held(np.concatenate(found), np.nan)


@pytest.mark.parametrize("kind", SMALL)
def test_intervals_hold_the_limit(kind: str) -> None:
    """From the fewest samples that have them, of three kinds of models.

    That the bound is one is seen from intervals only .7 times as wide, which are below it.
    """
    fewest, more = of_all_models(kind, 2), of_all_models(kind, 10)
    print(kind, fewest.share(), more.share(), fewest.share(0.7), more.share(0.7))
    assert fewest.share() >= LEAST
    assert LEAST <= more.share() <= MOST
    assert more.share(0.7) < LEAST


def test_what_is_linear_is_exact() -> None:
    game = made_up("text", "linear", D)
    weights, _ = limit(game.law, game.answers)
    every, shown = held(game, weights, 40, 3)
    assert every.is_exact
    assert shown.is_exact
    assert every.share() == 1
    assert np.isnan(held(game, weights, 10, 1)[0].share())
