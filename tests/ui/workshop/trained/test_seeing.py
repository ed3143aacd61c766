"""Pictures are looked at by the network once, with progress, for all models and workers."""

from typing import Any

import numpy as np
import pytest

from lime_engine.errors import Cancelled
from model_adapters.trained.pictures import histograms
from sample_models import photos
from tests.ui.reports import Told
from tests.ui.workshop.trained.data_sets import bring_pictures, card_of
from ui.workshop import kept
from ui.workshop.trained import seeing
from ui.workshop.trained.card import keep_card, read_facts
from ui.workshop.trained.data import Pictures
from ui.workshop.trained.judging import judged


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many pictures the network was shown, each time."""
    found = []

    def counting(pictures: Any) -> Any:
        found.append(len(pictures))
        return photos.features(pictures)

    monkeypatch.setattr(seeing, "features", counting)
    return found


def test_what_was_seen_is_kept_and_the_rest_is_looked_at(
    looked_at: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    source, brought = bring_pictures(40)
    pictures = Pictures(picture for _, picture in kept.pictures(source) or ())
    with pytest.raises(Cancelled):
        seeing.seen_in(pictures, Told(until=0.0))
    report = Told()
    found = seeing.seen_in(pictures, report)
    assert looked_at == [32, 8]
    assert report.fractions == [0.0, 0.8]
    np.testing.assert_array_equal(found, photos.features(brought.instances))
    np.testing.assert_array_equal(seeing.seen_in(pictures[30:35]), found[30:35])
    assert looked_at == [32, 8]
    np.testing.assert_array_equal(seeing.seen_in(brought.instances[:3]), found[:3])
    assert looked_at == [32, 8, 3]
    counted = seeing.counted_in(pictures)
    np.testing.assert_array_equal(counted, histograms(brought.instances))
    monkeypatch.setattr(seeing, "histograms", None)
    np.testing.assert_array_equal(seeing.counted_in(pictures[3:]), counted[3:])


def test_training_tells_how_long_a_new_picture_takes(looked_at: list[int]) -> None:
    source, _ = bring_pictures(40)
    key = keep_card(card_of("image", source, ("red", "blue")))
    report = Told()
    assert judged(key, report=report)["accuracy"] == [1.0, 1.0]
    assert report.fractions == sorted(report.fractions)
    assert sum(looked_at) == 40 + 10  # and the ten that are held out once more, for their time
    facts = read_facts(key)
    assert facts is not None
    assert min(facts.seconds) > 0.0002  # some milliseconds: not those of a file that is read
