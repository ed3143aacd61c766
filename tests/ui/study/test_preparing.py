"""A study's items: which, how many wrong, and that what is frozen is what the model said."""

from collections import Counter
from dataclasses import replace
from typing import Any, cast

import numpy as np
import pytest

from lime_engine.errors import InputError
from sample_models import load_data, load_model, tasks
from trust_study.stages import registry
from ui.figures.markup import value_text
from ui.study.draft import DESIGNS, Draft
from ui.study.freezing import frozen_study, next_version
from ui.study.work import preparing
from ui.study.work.preparing import balanced, placebo, prepared
from ui.workshop import case
from ui.workshop.jobs import Report


@pytest.fixture(autouse=True)
def few_candidates(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preparing, "CANDIDATES", 40)


class _Report:
    """Nobody watches."""

    def __call__(self, fraction: float) -> None:
        assert 0 <= fraction <= 1

    def part(self, start: float, end: float) -> "_Report":
        return self

    def should_stop(self) -> bool:
        return False


def made(draft: Draft, n_edited: int = 2) -> dict[str, Any]:
    report = cast(Report, _Report())
    where = draft.task, draft.model, draft.source, draft.rows
    return prepared(*where, draft.n, n_edited, 1, report=report)


def test_half_are_wrong_and_the_given_ones_come_first() -> None:
    rows, wrong = list(range(20)), [3, 5, 11, 13, 17]
    assert balanced(rows, wrong, 8) == [0, 1, 2, 3, 4, 5, 11, 13]
    assert balanced(rows, [3], 4) == [0, 1, 2, 3]  # there is no other wrong one
    assert balanced(rows[:4], [0, 1, 2], 4) == [0, 1, 2, 3]  # nor enough right ones
    assert balanced(rows[:3], [], 8) == [0, 1, 2]


def test_a_placebo_has_the_same_weights_elsewhere() -> None:
    weights = [0.5, -0.25, 0.0, 0.0, 0.125, 0.0, 0.0, 0.0]
    found = [placebo(weights, np.random.default_rng(seed)) for seed in range(200)]
    assert all(Counter(each) == Counter(weights) for each in found)
    # Each place has the heaviest about as often: 25 of 200 expected, standard deviation 4.7.
    where = Counter(each.index(0.5) for each in found)
    assert len(where) == 8
    assert max(where.values()) < 25 + 4 * 4.7


@pytest.mark.parametrize(("task", "source"), [("triage", "field"), ("flu", "field")])
def test_what_is_frozen_is_what_the_model_said(task: str, source: str) -> None:
    draft = Draft(task, "a", source, rows=(7, 4), n=6, stages=("marks", "forward"))
    found = made(draft)
    study = frozen_study(draft, found)
    registry.check(study)
    data = load_data(task).split(cast(Any, source))
    assert len(study.items) == 6
    assert {f"{source}-7", f"{source}-4"} & {item.id for item in study.items}
    assert [item.is_right for item in study.items].count(False) == 3
    for item in study.items:
        row = int(item.id.rpartition("-")[2])
        answer = load_model(task, "a")(
            data.instance(row) if task == "flu" else [data.instance(row)]
        )[0]
        assert item.truth == data.labels[row]
        assert item.advice == answer.argmax()
        assert item.probability == pytest.approx(answer.max())
        if task == "triage":
            assert item.shown.text == data.instance(row)
        shown = [weight for weight in item.weights["lime"] if weight]
        assert 0 < len(shown) <= 10
        assert sorted(item.weights["placebo"]) == sorted(item.weights["lime"])
    assert any(part.is_flaw for item in study.items for part in item.components)
    assert study.edited
    for item in study.edited:
        if task == "triage":
            answer = load_model(task, "a")([item.shown.text])[0]
            assert item.advice == answer.argmax()
        else:
            row = data.instance(int(item.id.rpartition("-")[2])).iloc[0]
            cells = zip(item.shown.row, row, strict=True)
            assert sum(value != value_text(before) for (_, value), before in cells) == 1


def test_pictures_have_outlines_inside_them_and_fit_on_a_phone() -> None:
    draft = Draft("wolves", "a", "test", n=2, stages=("marks",))
    study = frozen_study(draft, made(draft, n_edited=1))
    registry.check(study)
    for item in study.items:
        width, height = item.shown.size
        assert len(item.shown.picture) < 110_000
        outlines = [where for part in item.components for where in part.where]
        xs = [x for where in outlines for x in where[::2]]
        ys = [y for where in outlines for y in where[1::2]]
        assert min(xs) >= -1
        assert width * 0.9 < max(xs) <= width + 1
        assert min(ys) >= -1
        assert height * 0.9 < max(ys) <= height + 1


def test_where_nobody_knows_what_is_right_there_is_no_study(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = case.items_of
    monkeypatch.setattr(case, "items_of", lambda *args: replace(real(*args), labels=None))
    with pytest.raises(InputError, match="label"):
        made(Draft("flu", "a", "test", n=2))


def test_a_thousand_answers_are_too_many() -> None:
    with pytest.raises(InputError, match="1,000 answers"):
        made(Draft("photos", tasks()["photos"].models[0].key, "test", n=2))


def test_a_fork_keeps_the_items_and_names_what_it_is_of() -> None:
    draft = Draft("flu", "a", "test", n=4, title="One")
    study = frozen_study(draft, made(draft))
    other = next_version(Draft("flu", "a", title="Two", design="lime", version=2), study)
    assert other.items == study.items
    assert (other.title, other.arms) == ("Two", DESIGNS["lime"])
    assert other.made_with["fork_of"] == study.sha256 != other.sha256
    assert (study.made_with["version"], other.made_with["version"]) == ("1", "2")
