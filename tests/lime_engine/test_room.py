"""Samples times components have a bound, which is checked before anything is drawn."""

import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from lime_engine import (
    Design,
    ImagePerturber,
    LimeSettings,
    SettingsError,
    TabularPerturber,
    TextPerturber,
    ask,
    ask_more,
    compare,
    explain,
    explain_shapley,
    samplers,
)
from lime_engine.samplers import MaskLaw, most_samples
from lime_engine.shapley import shapley_design

LONG = " ".join(chr(0x4E00 + i) for i in range(20_000))  # Chinese: a component a character
MUCH = LimeSettings(n_samples=10_000)


def never_asked(batch: Any) -> Any:
    raise AssertionError("the model was asked")


def half(batch: Any) -> Any:
    return np.full((len(batch), 2), 0.5)


def of_a_text() -> None:
    explain(LONG, never_asked, TextPerturber(), MUCH)


def as_lime_does() -> None:
    explain(LONG, never_asked, TextPerturber(), LimeSettings(n_samples=10_000, sampler="lime"))


def of_two_models() -> None:
    compare(LONG, (never_asked, never_asked), TextPerturber(), MUCH)


def of_a_wide_row() -> None:
    train = np.arange(8400.0).reshape(4, 2100)
    explain(train[0], never_asked, TabularPerturber.learn(train), MUCH)


def of_a_picture_in_pieces() -> None:
    pieces = np.arange(2500).reshape(50, 50)
    picture = np.random.default_rng(0).integers(0, 256, (50, 50, 3), np.uint8)
    perturber = ImagePerturber(segmentation=lambda pixels: pieces, fill=0)
    explain(picture, never_asked, perturber, MUCH)


def by_shapley() -> None:
    perturber = TextPerturber()
    subject = perturber.components(" ".join(f"w{i}" for i in range(3000)))
    explain_shapley(subject, never_asked, perturber, MUCH, target=1)


@pytest.mark.parametrize(
    ("attempt", "n_components"),
    [
        (of_a_text, 20_000),
        (as_lime_does, 20_000),
        (of_two_models, 20_000),
        (of_a_wide_row, 2100),
        (of_a_picture_in_pieces, 2500),
        (by_shapley, 3000),
    ],
)
def test_too_many_samples_are_refused_before_memory_is_spent(
    attempt: Callable[[], None], n_components: int
) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(SettingsError) as caught:
            attempt()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 10_000 * n_components / 2  # the masks alone would have a byte for each
    said = str(caught.value)
    assert "10,000 samples" in said
    assert f"{n_components:,} components" in said
    assert f"at most {20_000_000 // n_components:,} samples" in said


def test_going_on_counts_what_there_is() -> None:
    text, perturber = " ".join(f"w{i}" for i in range(5000)), TextPerturber()
    settings = LimeSettings(n_samples=100, held_out=0.0)
    neighbourhood = ask(text, half, perturber, settings)
    with pytest.raises(SettingsError, match=r"4,001 samples .* at most 4,000 samples"):
        ask_more(neighbourhood, 3901, never_asked, perturber, settings)
    assert len(ask_more(neighbourhood, 50, half, perturber, settings).design) == 150


def test_as_many_as_fit_are_drawn_and_one_more_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(samplers, "MAX_CELLS", 4000)
    text = " ".join(f"w{i}" for i in range(40))
    assert most_samples(40) == 100
    assert explain(text, half, TextPerturber(), LimeSettings(n_samples=100)).n_samples == 100
    with pytest.raises(SettingsError, match="101 samples"):
        explain(text, never_asked, TextPerturber(), LimeSettings(n_samples=101))


def test_until_it_is_settled_ends_where_there_is_no_more_room(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def restless(texts: Any) -> Any:  # whatever is on: nothing is ever settled
        p = np.array([hash(text) % 1000 / 1000 for text in texts])
        return np.column_stack([1 - p, p])

    text = " ".join(f"w{i}" for i in range(40))
    settings = LimeSettings(n_samples="auto", n_features=3)
    assert explain(text, restless, TextPerturber(), settings).n_samples > 500
    monkeypatch.setattr(samplers, "MAX_CELLS", 8000)
    done: list[float] = []
    found = explain(text, restless, TextPerturber(), settings, on_progress=done.append)
    assert found.n_samples == 200
    assert done == sorted(done)
    assert done[-1] == pytest.approx(1)


def test_shapley_weights_need_room_for_all_pairs() -> None:
    law = MaskLaw(np.full(5001, 1 / 5001), np.ones(5001))
    with pytest.raises(SettingsError, match=r"5,000 components.* at most 4,472"):
        shapley_design(law, 100, np.random.default_rng(0))


def test_masks_are_the_same_however_many_are_drawn_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    law = MaskLaw(np.full(31, 1 / 31), np.ones(31))

    def drawn() -> Design:
        return law.draw(1000, np.random.default_rng(3))

    at_once = drawn()
    for n in (1, 100, 10_007):
        monkeypatch.setattr(samplers, "_CELLS_AT_ONCE", n)
        np.testing.assert_array_equal(drawn().masks, at_once.masks)
    removed = (~at_once.masks).sum(axis=1)
    np.testing.assert_array_equal(np.unique(removed), np.arange(31))
