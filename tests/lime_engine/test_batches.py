"""How many instances a model is asked about at once, on a clock of the model's own."""

import numpy as np
import pytest

from lime_engine import Cancelled, LimeSettings, TextPerturber, evaluation, explain
from lime_engine.types import FloatArray

TEXT = " ".join(f"word{number}" for number in range(40))
SETTINGS = LimeSettings(n_samples=1000, held_out=0.0)


class Slow:
    """A model that takes `call` seconds a call and `row` seconds an instance."""

    def __init__(self, call: float, row: float) -> None:
        self.call, self.row = call, row
        self.now, self.sizes = 0.0, list[int]()

    def __call__(self, texts: list[str]) -> FloatArray:
        self.now += self.call + self.row * len(texts)
        self.sizes.append(len(texts))
        p = np.array([0.2 + 0.6 * ("word7" in text.split()) for text in texts])
        return np.column_stack([1 - p, p])

    def clock(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("call", "row"),
    [(0, 1e-6), (0, 0.05), (0, 2.9), (0.002, 0.0001), (0.05, 0.001), (0.3, 1e-4), (1.5, 1e-3)],
)
def test_a_stop_is_asked_for_within_a_batch_and_calls_are_few(
    call: float, row: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = Slow(call, row)
    monkeypatch.setattr(evaluation, "perf_counter", model.clock)
    looks: list[float] = []

    def look() -> bool:
        looks.append(model.now)
        return False

    explain(TEXT, model, TextPerturber(), SETTINGS, should_stop=look)
    waits = np.diff([*looks, model.now])
    least = evaluation.FIRST_BATCH * row + call
    assert waits.max() <= max(least, evaluation.BATCH_SECONDS + row / 2, 2 * call) * 1.01
    n_rows = sum(model.sizes)
    # As few calls as that allows, but for those that find out.
    ideal = n_rows * row / max(evaluation.BATCH_SECONDS - call, call, row)
    assert len(model.sizes) <= ideal * 1.1 + 7


def test_batches_follow_a_model_that_changes_its_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    model = Slow(0.01, 1e-4)
    room = evaluation.Room()
    monkeypatch.setattr(evaluation, "perf_counter", model.clock)
    explain(TEXT, model, TextPerturber(), SETTINGS, room=room)
    model.row, model.sizes = 0.05, []
    explain(TEXT, model, TextPerturber(), LimeSettings(n_samples=4000, held_out=0.0), room=room)
    assert all(size * model.row <= 0.25 for size in model.sizes[2:])


def test_a_slow_model_is_stopped_after_its_first_instances() -> None:
    model = Slow(0, 0)
    with pytest.raises(Cancelled, match=r"Stopped after 2 of \d+ questions"):
        explain(TEXT, model, TextPerturber(), SETTINGS, should_stop=lambda: len(model.sizes) == 1)
