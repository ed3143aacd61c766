"""What is settled, what is a tie, and when an adaptive run stops."""

from collections.abc import Callable

import numpy as np
import pytest

from lime_engine import Cancelled, LimeSettings, TextPerturber, ask, ask_more, explain, fit
from lime_engine.fit.projection import Estimate
from lime_engine.fit.stability import judge
from lime_engine.types import FloatArray
from tests.lime_engine.conftest import TextModel, yes_no

TEXT = " ".join(f"w{i}" for i in range(30))


def known(weights: list[float], std_error: float) -> Estimate:
    """Weights whose errors are independent and all the same."""
    d = len(weights)
    covariance = np.eye(d + 1) * std_error**2
    return Estimate(np.array([[0.0], *([w] for w in weights)]), 0, covariance)


def top(k: int) -> FloatArray:
    return np.arange(k)


def test_a_clear_lead_is_settled_and_no_tie() -> None:
    found = judge(known([0.5, -0.4, 0.1, 0.05], 0.01), top(2), 1, 100)
    assert found is not None
    stability, settled = found
    assert stability.settled
    assert stability.forecast is None
    assert settled == {0: True, 1: True}
    assert stability.ties == ()


def test_equal_weights_are_a_tie_whatever_their_sign_and_settled_once_known_well() -> None:
    found = judge(known([0.5, 0.2, -0.2, 0.2], 0.01), top(2), 1, 100)
    assert found is not None
    assert found[0].settled  # another run may show -0.2 instead of 0.2: as strong
    assert found[0].ties == ((1, 2, 3),)


@pytest.mark.parametrize("third", [0.2, 0.1, 0.0])
def test_a_forecast_is_what_it_takes(third: float) -> None:
    """With so many samples, and errors that shrink with their root, it is settled; before, not."""
    weights = [0.5, 0.22, third]
    found = judge(known(weights, 0.1), top(2), 1, 100)
    assert found is not None
    stability, settled = found
    assert not stability.settled
    assert not settled[1]
    forecast = stability.forecast
    assert forecast is not None
    assert forecast > 100
    for n, expected in ((forecast, True), (0.98 * forecast, False)):
        again = judge(known(weights, 0.1 * np.sqrt(100 / n)), top(2), 1, round(n))
        assert again is not None
        assert again[0].settled is expected


def test_looking_again_asks_for_more() -> None:
    """The level is .05 / (t (t + 1)): what is settled at the first look may not be at the fifth."""
    estimate = known([0.5, 0.3, 0.1], 0.05)
    verdicts = [judge(estimate, top(2), looks, 100) for looks in (1, 2, 5, 50)]
    settled = [verdict[0].settled for verdict in verdicts if verdict is not None]
    assert settled == sorted(settled, reverse=True)
    assert settled[0]
    assert not settled[-1]
    assert sum(0.05 / (t * (t + 1)) for t in range(1, 10_000)) <= 0.05


def test_what_moves_together_is_told_apart_sooner() -> None:
    """An error that two weights share does not blur which of them is larger."""
    alone, together = known([0.5, 0.4, 0.3], 0.1), known([0.5, 0.4, 0.3], 0.1)
    assert together.covariance is not None
    together.covariance[1:, 1:] += 0.99 * 0.1**2 * (1 - np.eye(3))
    verdicts = [judge(estimate, top(2), 1, 100) for estimate in (alone, together)]
    assert [verdict[0].settled for verdict in verdicts if verdict is not None] == [False, True]


def ranked(weights: list[float]) -> TextModel:
    return yes_no(lambda words: 0.5 + sum(w for i, w in enumerate(weights) if f"w{i}" in words))


def bumpy(weights: list[float]) -> TextModel:
    """Linear but for a high-order interaction that no pair explains."""
    return yes_no(
        lambda words: (
            0.4
            + sum(w for i, w in enumerate(weights) if f"w{i}" in words)
            + 0.15 * (sum(hash_free(word) for word in words) % 2)
        )
    )


def hash_free(word: str) -> int:
    return int(word[1:]) % 3


def test_an_easy_run_stops_at_once_and_a_hard_one_says_so_at_its_cap() -> None:
    settings = LimeSettings(n_samples="auto", n_features=2, max_samples=600)
    easy = explain(TEXT, ranked([0.2, 0.1, 0.01]), TextPerturber(), settings)
    assert easy.n_samples == 128
    assert easy.stability is not None
    assert easy.stability.settled
    hard = explain(TEXT, bumpy([0.05, 0.03, 0.02]), TextPerturber(), settings)
    assert hard.n_samples == 600
    assert hard.stability is not None
    assert not hard.stability.settled
    assert hard.stability.forecast is not None
    assert hard.stability.forecast > 600


def test_settled_runs_show_the_same_again() -> None:
    """Ten seeds: whoever is shown is as strong as whoever is not, up to a fifth."""
    weights = [0.12, 0.1, 0.08, 0.06, 0.04, 0.03]
    for seed in range(10):
        settings = LimeSettings(n_samples="auto", n_features=3, max_samples=20_000, seed=seed)
        explanation = explain(TEXT, bumpy(weights), TextPerturber(), settings)
        assert explanation.stability is not None
        assert explanation.stability.settled
        least = min(weights[w.index] if w.index < 6 else 0.0 for w in explanation.weights)
        shown = {w.index for w in explanation.weights}
        left_out = max(w for i, w in enumerate(weights) if i not in shown)
        assert left_out - least <= 0.2 * 0.12 + 0.01


def test_the_same_seed_gives_the_same_run_and_progress_grows_to_the_end() -> None:
    settings = LimeSettings(n_samples="auto", n_features=3, seed=4)
    seen: list[float] = []
    first = explain(TEXT, bumpy([0.1, 0.08]), TextPerturber(), settings, on_progress=seen.append)
    again = explain(TEXT, bumpy([0.1, 0.08]), TextPerturber(), settings)
    assert first.to_dict() == again.to_dict()
    assert seen == sorted(seen)
    assert seen[-1] == pytest.approx(1)


def test_an_adaptive_run_can_be_stopped() -> None:
    asked = iter([False] * 3 + [True] * 100)
    with pytest.raises(Cancelled):
        explain(
            TEXT,
            bumpy([0.05, 0.04]),
            TextPerturber(),
            LimeSettings(n_samples="auto", n_features=2),
            should_stop=lambda: next(asked),
        )


def counting(model: TextModel) -> tuple[TextModel, Callable[[], int]]:
    asked: list[int] = []

    def predict(texts: object) -> FloatArray:
        asked.append(len(texts))  # type: ignore[arg-type]
        return model(texts)  # type: ignore[arg-type]

    return predict, lambda: sum(asked)


def test_a_run_goes_on_where_it_was() -> None:
    settings = LimeSettings(n_samples=200, n_features=3)
    model, asked = counting(bumpy([0.1, 0.08]))
    first = ask(TEXT, model, TextPerturber(), settings)
    before = asked()
    more = ask_more(first, 300, model, TextPerturber(), settings)
    assert more.looks == 2
    assert len(more.design) == 500
    assert asked() - before <= 300 + 30  # the held-out masks grow along
    assert asked() == more.n_calls
    np.testing.assert_array_equal(more.design.masks[:200], first.design.masks)
    errors = [[w.std_error or 1.0 for w in fit(each, settings).weights] for each in (first, more)]
    assert np.mean(errors[1]) < np.mean(errors[0])


def test_more_than_there_are_masks_is_all_of_them() -> None:
    text, settings = "w0 w1 w2 w3 w4 w5", LimeSettings(n_samples=40, n_features=3)
    model, asked = counting(bumpy([0.1, 0.08]))
    first = ask(text, model, TextPerturber(), settings)
    assert not first.design.exact
    grown = ask_more(first, 100, model, TextPerturber(), settings)
    assert grown.design.exact
    assert asked() == grown.n_calls == 2**6
    stability = fit(grown, settings).stability
    assert stability is not None
    assert stability.settled
