"""The pick as the workers and the server make it, against the real tasks and a real pool."""

import json
import os
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lime_engine import explain
from lime_engine.errors import InputError
from sample_models import load_data, load_model, tasks
from tests.conditions import until
from ui.pick.choice import MAX_BUDGET, PickChoice, first_pick, read_pick
from ui.pick.values import Picked
from ui.pick.work import choosing, explaining
from ui.workshop import kept, runs
from ui.workshop.item import Item
from ui.workshop.store import Store, StoreError, store


class Asked:
    """A report that nobody reads."""

    def __call__(self, fraction: float) -> None:
        assert 0 <= fraction <= 1

    def part(self, start: float, end: float) -> "Asked":
        assert 0 <= start <= end <= 1
        return self

    def should_stop(self) -> bool:
        return False


def finished(run: runs.Run) -> runs.Run:
    until(lambda: run.ended)
    return run


def explained_here(choice: PickChoice, n: int) -> None:
    """What the worker processes of a run do, done in this one."""
    for row in range(n):
        of = choice.request(row)
        record = explaining.explained(of, report=Asked())
        store().write(explaining.KIND, of.store_id(explaining.KIND), json.dumps(record).encode())


def pick_of(choice: PickChoice, n: int) -> Picked:
    result = choosing.picked(choice.params(), range(n), (), report=Asked())
    return Picked.from_dict(json.loads(json.dumps(result)))


def test_the_url_is_the_choice() -> None:
    choice = PickChoice(tasks()["flu"], "b", "field", 77, 5, "unsure", 75)
    assert read_pick(choice.params()) == choice
    assert first_pick(tasks()["flu"]).params() == {"task": "flu", "model": "a"}
    wrong = {"task": "flu", "model": "z", "n": "0", "budget": "31", "favour": "me", "source": "x"}
    read = read_pick(wrong)
    assert read == first_pick(tasks()["flu"])
    assert len(read.problems) == 5
    assert all(value in " ".join(read.problems) for value in ("“z”", "“0”", "“31”", "“me”", "“x”"))


def test_a_run_explains_each_item_once_and_its_pick_shows_their_reasons() -> None:
    choice = PickChoice(tasks()["triage"], "a", n=12)
    run = finished(runs.start(explaining.Explaining(choice), range(12)))
    assert (run.state, run.n_done, run.failed) == ("done", 12, [])
    assert runs.ended(explaining.Explaining(choice)) == {
        "rows": list(range(12)),
        "failed": [],
        "lost": [],
    }
    again = finished(runs.start(explaining.Explaining(choice), range(12)))
    assert (list(again.todo), again.n_done) == ([], 0)
    more = finished(runs.start(explaining.Explaining(choice), range(14)))
    assert list(more.todo) == [12, 13]

    picked = pick_of(choice, 12)
    data, predict = load_data("triage").test, load_model("triage", "a")
    assert (picked.n_items, picked.n_empty, picked.n_favoured) == (12, 0, None)
    for item in picked.items:
        here = explain(
            data.instances[item.row],
            predict,
            choice.request(item.row).view,
            choice.request(item.row).settings,
        )
        assert item.label == data.labels[item.row]
        assert item.target == np.argmax(predict([data.instances[item.row]])[0])
        assert [r.part for r in item.reasons] == [w.label for w in here.weights if w.weight]
        assert [r.weight for r in item.reasons] == pytest.approx(
            [w.weight for w in here.weights if w.weight]
        )
        assert [r.part.lower() for r in item.reasons] == [
            picked.features[r.feature].name.lower() for r in item.reasons
        ]
    names = [feature.name for feature in picked.features]
    assert len({name.lower() for name in names}) == len(names)  # "No" and "no" are one feature
    added = [feature for item in picked.items for feature in item.adds]
    assert len(added) == len(set(added)) == len(picked.features)
    assert np.cumsum([item.gain for item in picked.items]) == pytest.approx(picked.shares)
    assert sum(feature.share for feature in picked.features) == pytest.approx(picked.shares[-1])
    assert all(
        low <= mean <= high
        for low, mean, high in zip(
            picked.random_low, picked.random_mean, picked.random_high, strict=True
        )
    )


def test_a_cancelled_run_keeps_what_is_finished_and_goes_on() -> None:
    choice = PickChoice(tasks()["flu"], "a", n=200)
    run = runs.start(explaining.Explaining(choice), range(200))
    assert runs.start(explaining.Explaining(choice), range(200)) is run  # a second viewer joins
    until(lambda: run.n_done >= 3)
    run.stop.set()
    assert finished(run).state == "cancelled"
    assert runs.ended(explaining.Explaining(choice)) is None
    kept = runs.explained_rows(explaining.Explaining(choice), range(200))
    assert 3 <= len(kept) < 200
    runs.settle_for(explaining.Explaining(choice), range(200))
    settled = runs.ended(explaining.Explaining(choice))
    assert settled is not None
    assert set(settled["rows"]) >= set(kept)
    some = len(runs.explained_rows(explaining.Explaining(choice), range(20)))
    rest = runs.start(explaining.Explaining(choice), range(20))
    assert len(rest.todo) == 20 - some


def test_what_cannot_be_explained_is_listed_and_the_rest_is_used() -> None:
    source = kept.keep_texts(["Chest pain and short of breath", "   ", "Repeat prescription"])
    choice = PickChoice(tasks()["triage"], "a", source, 3)
    run = finished(runs.start(explaining.Explaining(choice), range(3)))
    found = runs.ended(explaining.Explaining(choice))
    assert run.state == "done"
    assert found is not None
    assert found["rows"] == [0, 2]
    ((row, why),) = found["failed"]
    assert row == 1
    assert "no word" in why.lower() or "empty" in why.lower()
    result = choosing.picked(choice.params(), [0, 2], found["failed"], report=Asked())
    assert Picked.from_dict(result).n_items == 2
    assert all(item["label"] is None for item in result["items"])


def test_a_wrong_answer_is_told_by_the_labels_that_were_brought() -> None:
    texts = ["Chest pain and short of breath", "Repeat prescription", "Severe bleeding"]
    says = tasks()["triage"].model("b").load()(texts).argmax(axis=1).tolist()
    assert says == [1, 0, 1]
    source = kept.keep_texts(texts, kept.Labels(("routine", "urgent", "?"), (0, 0, 2)))
    choice = PickChoice(tasks()["triage"], "b", source, 3, favour="wrong")
    explained_here(choice, 3)
    result = Picked.from_dict(choosing.picked(choice.params(), range(3), [], report=Asked()))
    assert {item.row: item.label for item in result.items} == {0: 0, 1: 0, 2: None}
    assert [item.row for item in result.items if item.is_wrong] == [0]
    assert result.n_favoured == 1


@pytest.mark.long
def test_what_is_lost_is_counted_and_explained_again() -> None:
    choice = PickChoice(tasks()["flu"], "a", n=12)
    work = explaining.Explaining(choice)
    explained_here(choice, 12)
    runs.settle_for(work, range(12))
    whole = pick_of(choice, 12)
    folder = Path(os.environ["LIME_LAB_STORE"]) / explaining.KIND
    (folder / work.entry_id(3)).unlink()
    for row in (5, 7):
        (folder / work.entry_id(row)).write_bytes(b"damaged")
    found = runs.ended(work)
    assert found is not None
    assert found["lost"] == [3]
    with pytest.raises(runs.Lost, match="kept of 2 of the items is damaged") as lost:
        choosing.picked(choice.params(), found["rows"], (), report=Asked())
    assert pickle.loads(pickle.dumps(lost.value)).args == lost.value.args
    found = runs.ended(work)
    assert found is not None
    assert found["lost"] == [3, 5, 7]
    result = choosing.picked(choice.params(), found["rows"], (), report=Asked())
    assert result["n_items"] == 9
    again = finished(runs.start(work, range(12)))
    assert again.todo == [3, 5, 7]
    found = runs.ended(work)
    assert found is not None
    assert (found["rows"], found["lost"]) == (list(range(12)), [])
    assert pick_of(choice, 12) == whole


def test_a_run_that_cannot_keep_anything_stops_with_the_reason(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(_: object) -> None:
        raise StoreError("The disk is full.")

    monkeypatch.setattr(Store, "check", refuse)
    work = explaining.Explaining(PickChoice(tasks()["flu"], "a", n=12))
    run = finished(runs.start(work, range(12)))
    assert (run.state, run.error, run.failed) == ("failed", "The disk is full.", [])
    assert runs.explained_rows(work, range(12)) == []


def test_a_worker_with_other_code_is_refused() -> None:
    choice = first_pick(tasks()["triage"])
    with pytest.raises(InputError, match="another version"):
        explaining.keep(choice.request(0), "other", Item("test", 0), None)  # type: ignore[arg-type]


def test_a_cluster_that_does_not_answer_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(runs.DASK, "tcp://127.0.0.1:9")
    monkeypatch.setattr(runs, "CONNECT_SECONDS", 1)
    choice = PickChoice(tasks()["triage"], "a", n=2)
    run = finished(runs.start(explaining.Explaining(choice), range(2)))
    assert run.state == "failed"
    assert "tcp://127.0.0.1:9" in run.error
    assert "unset" in run.error


def test_favoured_items_have_their_share_of_every_first_part() -> None:
    choice = PickChoice(tasks()["triage"], "a", "field", 40)
    explained_here(choice, 40)
    field = load_data("triage").field
    said = {
        model: load_model("triage", model)(field.instances[:40]).argmax(axis=1) for model in "ab"
    }
    surest = load_model("triage", "a")(field.instances[:40]).max(axis=1)
    members = {
        "wrong": said["a"] != field.labels[:40],
        "disagreement": said["a"] != said["b"],
        "unsure": surest <= np.quantile(surest, choosing.UNSURE_SHARE),
    }
    for favour, those in members.items():
        picked = pick_of(PickChoice(choice.task, "a", "field", 40, favour=favour, share=50), 40)
        assert picked.n_favoured == those.sum() > 3
        among = np.cumsum([those[item.row] for item in picked.items])
        left = those.sum()
        for k, count in enumerate(among.tolist(), start=1):
            assert count >= min(left, k // 2), favour
    alike = pick_of(PickChoice(choice.task, "a", "field", 40, favour="classes"), 40)
    answers = np.array([item.target for item in alike.items])
    for k in range(1, len(answers) + 1):
        counts = np.bincount(answers[:k], minlength=2)
        if k <= 2 * min((said["a"] == 0).sum(), (said["a"] == 1).sum()):
            assert abs(counts[0] - counts[1]) <= 1


def test_pictures_share_visual_words_that_show_what_they_are() -> None:
    choice = PickChoice(tasks()["wolves"], "a", n=6)
    explained_here(choice, 6)
    picked = pick_of(choice, 6)
    assert picked.n_items == 6
    assert any(
        len({item.row for item in picked.items if number in {r.feature for r in item.reasons}}) > 1
        for number in range(len(picked.features))
    )
    for item in picked.items:
        assert str(item.picture).startswith("data:image/")
        assert item.subject is None
    assert all(1 <= len(f.examples) <= choosing.N_EXAMPLES for f in picked.features)


@pytest.mark.parametrize(
    ("texts", "n_items", "n_empty", "n_picked"),
    [
        (["Chest pain, sweating"], 1, 0, 1),
        (["Chest pain, sweating"] * 4, 4, 0, 1),
        (["xqzv wvut", "zzyx qqrs"], 2, 2, 0),
        (["Chest pain, sweating", "xqzv wvut"], 2, 1, 1),
    ],
)
def test_odd_cases_have_a_pick(texts: list[str], n_items: int, n_empty: int, n_picked: int) -> None:
    choice = PickChoice(tasks()["triage"], "b", kept.keep_texts(texts), len(texts))
    explained_here(choice, len(texts))
    for favour in ("nothing", "wrong", "unsure", "classes", "disagreement"):
        picked = pick_of(PickChoice(choice.task, "b", choice.source, favour=favour), len(texts))
        assert (picked.n_items, picked.n_empty) == (n_items, n_empty)
        assert n_picked <= len(picked.items) <= min(len(texts), MAX_BUDGET)
        if picked.items:
            assert picked.shares[-1] == pytest.approx(1.0)


def test_nothing_explained_is_an_empty_pick() -> None:
    picked = pick_of(PickChoice(tasks()["triage"], "a"), 0)
    assert (picked.items, picked.n_items) == ((), 0)


def test_the_store_knows_what_it_has(tmp_path: Path) -> None:
    now = [0.0]
    own = Store(tmp_path, max_bytes=10_000, ttl_seconds=10, clock=lambda: now[0])
    entry = own.put("kind", b"content")
    assert own.has("kind", entry)
    assert not own.has("other", entry)
    assert not own.has("kind", own.key("kind", b"else"))
    assert not own.has("kind", "../../etc")
    now[0] = 11
    assert not own.has("kind", entry)


def test_the_record_of_a_row_names_its_columns() -> None:
    choice = PickChoice(tasks()["flu"], "a", n=3)
    explained_here(choice, 3)
    picked = pick_of(choice, 3)
    columns = set(load_data("flu").test.instances.columns)
    parts: dict[str, Any] = {r.part: r for item in picked.items for r in item.reasons}
    assert set(parts) <= columns
    assert "patient id" in parts
