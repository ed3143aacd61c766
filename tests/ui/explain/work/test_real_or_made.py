"""How well copies are told from real instances, where the right answer is known."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import sample_models
from lime_engine.errors import Cancelled
from tests.ui.reports import Told
from ui.explain.choice import first_choice, read_choice
from ui.explain.work import real_or_made
from ui.explain.work.real_or_made import separability, separability_id
from ui.workshop import case, catalogue, instances
from ui.workshop.item import Item
from ui.workshop.request import Request


class Rewritten:
    """Takes instances apart as another perturber does, and writes its copies as `write` says."""

    def __init__(self, like: Any, write: Callable[[Any], list[Any]]) -> None:
        self._like, self._write = like, write
        self.default_kernel_width, self.law = like.default_kernel_width, like.law

    def components(self, instance: Any) -> Any:
        self._instance = instance
        return self._like.components(instance)

    def realiser(self, subject: Any) -> Callable[[Any], Any]:
        copies = self._write(self._instance)
        assert len(copies) == real_or_made.COPIES_EACH
        if hasattr(self._instance, "iloc"):
            import pandas as pd

            return lambda design: pd.concat(copies)
        return lambda design: copies


def test_without_training_data_nothing_is_compared() -> None:
    found = separability(asking("comments"), report=Told())
    assert found == {"share": None, "auc": None, "n_copies": 0, "n_real": 0}


def three(instance: Any) -> list[Any]:
    return [instance] * real_or_made.COPIES_EACH


@pytest.fixture
def rewrite(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Any], list[Any]]], None]:
    """From now on the copies are written so."""

    def use(write: Callable[[Any], list[Any]]) -> None:
        monkeypatch.setattr(
            case,
            "perturber_of",
            lambda view, data: Rewritten(instances.perturber_of(view, data), write),
        )

    return use


def asking(task: str, **params: str) -> Request:
    return read_choice(first_choice(sample_models.tasks()[task]).params() | params).request


@pytest.mark.parametrize("task", ["triage", "digits", "flu", "breast_cancer"])
def test_real_ones_cannot_be_told_from_themselves(task: str, rewrite: Any) -> None:
    # Judged by a detector that knows their siblings, the copies would be found: the share is .7.
    rewrite(three)
    found = separability(asking(task), report=Told())
    assert found["share"] == pytest.approx(0.5, abs=0.08)
    assert found["auc"] == pytest.approx(0.5, abs=0.1)


@pytest.mark.parametrize(
    ("task", "params"),
    [
        ("triage", {"components": "places"}),  # UNKWORDZ stands for what is off
        ("digits", {"fill": "grey"}),
        ("breast_cancer", {}),  # radius, perimeter and area no longer fit
    ],
)
def test_blatant_perturbing_is_seen(task: str, params: dict[str, str]) -> None:
    found = separability(asking(task, **params), report=Told())
    assert found["share"] > 0.95
    assert found["auc"] > 0.98
    n_train = len(sample_models.load_data(task).train.labels)
    assert found["n_copies"] == found["n_real"] == min(300, n_train)


def test_a_gap_where_a_word_was_is_enough(rewrite: Any) -> None:
    rewrite(lambda text: three(text.replace(" ", "  ", 1)))
    assert separability(asking("triage"), report=Told())["share"] > 0.95


def test_a_number_with_more_decimals_than_real_ones_is_enough(rewrite: Any) -> None:
    def write(row: Any) -> list[Any]:
        return three(row.assign(temperature=row["temperature"] + 1 / 3e6))

    rewrite(write)
    # One in ten has no temperature, and nothing gives its copies away.
    assert separability(asking("flu"), report=Told())["share"] > 0.85


def test_half_seen_is_half_of_the_way(rewrite: Any) -> None:
    # One copy of three is a hundred years older, two are as they were: the best there is sees
    # one copy in three, so that the ROC curve's area is 1/3 + (2/3) / 2.
    rewrite(lambda row: [row.assign(age=row["age"] + 100), row, row])
    found = separability(asking("flu"), report=Told())
    assert found["auc"] == pytest.approx(2 / 3, abs=0.06)
    assert 0.55 < found["share"] < 2 / 3 + 0.04


def test_the_answer_is_the_tasks_and_not_the_items() -> None:
    one = asking("digits")
    other = replace(
        asking("digits", seed="7", samples="500", features="3"), item=Item("test", 99), target=2
    )
    assert separability(one, report=Told()) == separability(other, report=Told())
    assert separability_id(one) == separability_id(other)
    ids = {
        separability_id(asking(task, **params))
        for task, params in (
            ("digits", {}),
            ("digits", {"width": "wide"}),
            ("digits", {"fill": "mean"}),
            ("digits", {"regions": "coarse"}),
            ("wolves", {}),
            ("flu", {}),
            ("flu", {"bins": "decile"}),
            ("breast_cancer", {}),
        )
    }
    assert len(ids) == 8


def test_large_pictures_are_judged_too() -> None:
    found = separability(asking("wolves"), report=Told())
    assert found["share"] > 0.9
    assert found["n_copies"] == found["n_real"] == real_or_made.N_REAL_LARGE


def test_texts_without_a_word_have_no_copies(monkeypatch: pytest.MonkeyPatch) -> None:
    train = sample_models.load_data("triage").train
    texts = tuple("..." if row % 2 else text for row, text in enumerate(train.instances))
    some = replace(
        sample_models.load_data("triage"), train=sample_models.Labelled(texts, train.labels)
    )
    monkeypatch.setattr(catalogue, "load_data", lambda task: some)
    found = separability(asking("triage"), report=Told())
    assert found["n_copies"] == found["n_real"] == 300


def test_a_network_that_was_brought_has_no_data() -> None:
    own = replace(asking("digits"), task="own-" + "a" * 26)
    assert separability(own, report=Told()) == {
        "share": None,
        "auc": None,
        "n_copies": 0,
        "n_real": 0,
    }


def test_progress_rises_to_the_end() -> None:
    report = Told()
    separability(asking("digits"), report=report)
    assert np.all(np.diff(report.fractions) > 0)
    assert report.fractions[-1] == 1


@pytest.mark.parametrize("until", [0.0, 0.3, 0.7])
def test_it_stops_when_nobody_waits(until: float) -> None:
    report = Told(until)
    with pytest.raises(Cancelled, match="Stopped before"):
        separability(asking("digits"), report=report)
    assert report.fractions[-1] < until + 0.15
