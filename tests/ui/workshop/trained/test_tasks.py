"""Labelled data that somebody brought is a task like any other, with models trained here."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from lime_engine import TextPerturber
from lime_engine.errors import Cancelled, InputError
from model_adapters.trained import fit, recipes_for, split, warnings_of
from sample_models import Labelled, tasks
from tests.ui.reports import Told
from tests.ui.workshop.trained.data_sets import (
    bring_messages,
    bring_patients,
    bring_pictures,
    card_of,
    messages_key,
    patients_key,
)
from ui.explain.work import evidence
from ui.figures.markup import evidence_table
from ui.improve.work import measure, parts_of
from ui.workshop import kept
from ui.workshop.case import Case
from ui.workshop.catalogue import (
    Rounds,
    data_of,
    entry_of,
    find_task,
    has_data,
    keep_rounds,
    task_of,
)
from ui.workshop.instances import items_of
from ui.workshop.item import Item
from ui.workshop.request import Request, settings_of_many, standard_view
from ui.workshop.store import Store, store
from ui.workshop.trained.card import keep_card, read_card
from ui.workshop.trained.data import frame_of
from ui.workshop.trained.judging import judged

URGENT = tasks()["triage"].class_names


def test_what_models_learn_from_and_what_is_held_out_are_those_of_the_split() -> None:
    source, brought = bring_messages()
    task = task_of(keep_card(card_of("text", source, URGENT, seed=3, share=30)))
    train, test = split(brought.labels, share=0.3, seed=3)
    data = data_of(task.key)
    for found, rows in ((data.train, train), (data.test, test)):
        assert list(found.instances) == [brought.instances[row] for row in rows]
        assert found.labels.tolist() == brought.labels[rows].tolist()
    assert len(data.field.labels) == len(data.field.instances) == 0
    assert (task.splits, task.class_names) == (("train", "test"), URGENT)
    assert has_data(task.key)
    assert task.has_training_data


@pytest.mark.parametrize("number", [0, 1])
@pytest.mark.parametrize("kind", ["text", "table"])
def test_the_models_are_those_of_the_recipes(kind: Any, number: int) -> None:
    key = messages_key() if kind == "text" else patients_key()
    task, data = task_of(key), data_of(key)
    recipe = recipes_for(kind, 2)[number]
    by_hand = fit(recipe, data.train.instances, data.train.labels, 2)
    predict = entry_of(key, task.models[number].key).predict()
    np.testing.assert_array_equal(predict(data.test.instances), by_hand(data.test.instances))
    assert entry_of(key, task.models[number].key).predict() is predict
    assert task.models[number].ignores_case == (kind == "text")


def test_items_without_a_label_are_in_neither_part() -> None:
    texts = [f"good day number {i}" if i % 2 else f"bad night number {i}" for i in range(40)]
    of = tuple(i % 2 if i < 30 else -1 for i in range(40))
    source = kept.keep_texts(texts, kept.Labels(("bad", "good"), of))
    data = data_of(keep_card(card_of("text", source, ("bad", "good"))))
    assert {*data.train.instances, *data.test.instances} == {*texts[:30]}


def test_rows_keep_their_types_and_columns_that_say_nothing_are_left_out() -> None:
    n = 60
    columns = ("age", "weight", "smokes", "ward", "name", "empty", "answer", "gone")
    rows = [
        [i, None if i % 7 == 0 else i / 4, i % 3 == 0, f"W{i // 15}", f"n{i}", None, i % 2, 5]
        for i in range(n)
    ]
    labels = kept.Labels(("no", "yes"), tuple(i % 2 for i in range(n)))
    source = kept.keep_rows(columns, rows, labels)
    card = card_of("table", source, ("no", "yes"), dropped=("gone",))
    data = data_of(keep_card(card))
    train = data.train.instances
    assert [*train.columns] == ["age", "weight", "smokes", "ward", "answer"]
    assert [str(train[c].dtype) for c in train][:3] == ["int64", "float64", "bool"]
    whole = pd.concat([train, data.test.instances]).sort_values("age")
    assert whole["ward"].tolist() == [row[3] for row in rows]
    assert whole["weight"].isna().sum() == 9
    found = judged(keep_card(card), report=Told())
    assert found["left_out"] == ["name", "empty"]
    assert [c["part"] for c in found["cautions"] if c["what"] == "gives away"] == ["answer"]


def test_odd_columns_are_numbers_yes_and_no_or_words() -> None:
    opened = kept.opened(
        "table",
        kept.keep_rows(
            ("mixed", "flags", "large", "whole"),
            [[1, True, 10**18, 1], ["a", None, 2, 2], [None, False, 3, 3]],
        ),
    )
    assert opened is not None
    frame = frame_of(opened, set())
    assert frame["mixed"].tolist()[:2] == ["1", "a"]
    assert frame["flags"].tolist() == [True, None, False]
    assert [str(frame[c].dtype) for c in frame] == ["object", "object", "float64", "int64"]


def test_groups_and_times_are_split_by_and_not_seen() -> None:
    n = 80
    rows = [[i // 4, f"20{i:02d}-01-01", i % 5] for i in range(n)]
    labels = kept.Labels(("a", "b"), tuple(i % 2 for i in range(n)))
    source = kept.keep_rows(("patient", "day", "x"), rows, labels)
    card = card_of("table", source, ("a", "b"), by="time", column="day")
    data = data_of(keep_card(card))
    assert [*data.test.instances.columns] == ["patient", "x"]
    assert data.test.instances["patient"].min() >= data.train.instances["patient"].max()
    grouped = data_of(keep_card(replace(card, by="group", column="patient", dropped=("day",))))
    assert len(grouped.test.labels) % 4 == 0
    assert [*grouped.test.instances.columns] == ["x"]
    with pytest.raises(InputError, match="no column “hour”"):
        data_of(keep_card(replace(card, column="hour")))


def test_real_use_is_a_second_source_with_the_same_classes() -> None:
    source, _ = bring_patients()
    other, real = bring_patients(100, "field")
    names = tasks()["flu"].class_names
    key = keep_card(card_of("table", source, names, field=other))
    field = data_of(key).field
    assert task_of(key).splits == ("train", "test", "field")
    assert field.labels.tolist() == real.labels.tolist()
    assert [str(t) for t in field.instances.dtypes] == [
        str(t) for t in data_of(key).train.instances.dtypes
    ]
    found = measure(Rounds(key, "boosting", (("patient id",),)), report=Told())
    assert found["n_field"] == 100
    assert found["field"][1] > found["field"][0] + 0.1  # what the id gave away is not so there
    lacking = kept.keep_rows(("age",), [[1]] * 2, kept.Labels(names, (0, 1)))
    with pytest.raises(InputError, match="real use lacks the column"):
        data_of(keep_card(card_of("table", source, names, field=lacking)))


# --- Training -----------------------------------------------------------------------------------


def test_what_is_counted_is_what_the_models_get_right() -> None:
    key, report = messages_key(400), Told()
    found, data, card = judged(key, report=report), data_of(key), read_card(key)
    assert card is not None
    for recipe, share in zip(card.recipes, found["accuracy"], strict=True):
        model = fit(recipe, data.train.instances, data.train.labels, 2)
        answers = model(data.test.instances).argmax(axis=1)
        assert share == pytest.approx((answers == data.test.labels).mean())
        assert share > 0.8  # the stamp alone does that
    assert found["baseline"] == pytest.approx(np.bincount(data.test.labels).max() / 100, abs=0.1)
    assert (found["n_train"], found["n_test"]) == (300, 100)
    p, z = found["accuracy"][0], 1.959964  # Wilson's formula, of 100
    middle, half = p + z**2 / 200, z * np.sqrt(p * (1 - p) / 100 + z**2 / 40_000)
    wilson = [(middle - half) / (1 + z**2 / 100), (middle + half) / (1 + z**2 / 100)]
    assert found["interval"][0] == pytest.approx(wilson, abs=1e-6)
    a, b = found["accuracy"]
    assert found["difference"] == pytest.approx(a - b)
    _, brought = bring_messages(400)
    rows = split(brought.labels)
    said = warnings_of("text", brought.instances, brought.labels, *rows, 2)
    assert [c["part"] for c in found["cautions"]] == [c.part for c in said]
    assert report.fractions == sorted(report.fractions)


def test_examples_are_wrong_answers_first_and_named_by_their_words() -> None:
    key = messages_key(400)
    assert [(e.split, e.row) for e in task_of(key).examples] == [("test", 0)]
    judged(key, report=Told())
    task, data = task_of(key), data_of(key)
    answers = [
        entry_of(key, card.key).predict()(data.test.instances).argmax(axis=1)
        for card in task.models
    ]
    n_right = sum((each == data.test.labels).astype(int) for each in answers)
    rows = [example.row for example in task.examples]
    n_wrong = min(3, int((n_right < 2).sum()))
    assert len(rows) == 6
    assert all(n_right[row] < 2 for row in rows[:n_wrong])
    assert all(n_right[row] == 2 for row in rows[n_wrong:])
    for example in task.examples:
        words = " ".join(data.test.instances[example.row].split())
        assert words.startswith(example.title.removesuffix("…"))
    assert all(0 < card.seconds < 0.1 for card in task.models)


def test_pictures_are_learned_from_by_what_is_counted_in_them() -> None:
    source, brought = bring_pictures()
    recipe = recipes_for("image", 2)[1]
    card = replace(card_of("image", source, ("red", "blue")), recipes=(recipe,))
    key = keep_card(card)
    found = judged(key, report=Told())
    assert found["accuracy"] == [1.0]
    task, data = task_of(key), data_of(key)
    test = split(brought.labels)[1]
    np.testing.assert_array_equal(data.test.instance(3), brought.instances[test[3]])
    assert {example.title for example in task.examples} <= {f"{row}.png" for row in test}
    assert task.models[0].improver is None


def test_training_can_be_stopped_and_too_little_is_refused() -> None:
    with pytest.raises(Cancelled):
        judged(messages_key(), report=Told(until=0.0))
    source = kept.keep_texts(["a b"] * 12, kept.Labels(("x", "y"), (0,) * 12))
    with pytest.raises(InputError, match="of 1 different"):
        judged(keep_card(card_of("text", source, ("x", "y"))), report=Told())
    with pytest.raises(InputError, match="no longer on this server"):
        judged("data-" + "a" * 26, report=Told())


# --- As a task ----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["text", "table"])
def test_a_held_out_item_is_taken_apart_and_asked_about(kind: Any) -> None:
    key = messages_key() if kind == "text" else patients_key()
    task = task_of(key)
    view = standard_view(task, ignore_case=kind == "text")
    settings = settings_of_many(task.kind, task.mode)
    card = task.models[1]
    case = Case(Request(key, card.key, Item("test", 4), settings, view, 1.0, None))
    assert case.label == data_of(key).test.labels[4]
    assert case.subject.n_components > 3
    assert items_of(task, "test", case.entry.data).n == len(data_of(key).test.labels)


@pytest.mark.parametrize("kind", ["text", "table"])
def test_its_models_are_trained_again_without_words_or_columns(kind: Any) -> None:
    key = messages_key(400) if kind == "text" else patients_key()
    out = "W7" if kind == "text" else "patient id"
    model = task_of(key).models[1].key
    assert out.lower() in {part.lower() for part in parts_of(key, model, report=Told())}
    again = task_of(keep_rounds(key, model, [[out]]))
    assert [card.key for card in again.models] == [model, "round-1"]
    assert again.splits == ("train", "test")
    before, after = (entry_of(again.key, card.key).predict() for card in again.models)
    test = data_of(again.key).test
    if kind == "text":
        changed: Any = [f"{text} W7" for text in test.instances]
    else:
        changed = test.instances.assign(**{out: 55_555})
    assert (before(changed) != before(test.instances)).any()
    np.testing.assert_array_equal(after(changed), after(test.instances))

    found = measure(Rounds(key, model, ((out,),)), report=Told())
    right = (after(test.instances).argmax(axis=1) == test.labels).mean()
    assert found["test"][1] == pytest.approx(right)
    assert (found["field"], found["random_field"], found["n_field"]) == (None, None, 0)


def test_its_models_can_be_asked_about_a_built_in_task_beside_its_own() -> None:
    key = messages_key()
    entry = entry_of("triage", f"{key}/counts-forest")
    texts = list(data_of("triage").test.instances[:5])
    assert entry.class_names == tasks()["triage"].class_names
    np.testing.assert_array_equal(
        entry.predict()(texts), entry_of(key, "counts-forest").predict()(texts)
    )


def test_what_the_data_says_of_a_word_is_said_of_the_splits_there_are() -> None:
    key = messages_key()
    found = evidence.of_words(key, TextPerturber(), ("W7",), report=Told())
    data = data_of(key)
    assert list(found["totals"]) == ["train", "test"]
    has = np.array(["W7" in text for text in data.test.instances])
    counts = np.bincount(data.test.labels[has], minlength=2).tolist()
    assert found["counts"]["W7"]["test"] == counts
    assert "Real use" not in evidence_table(found, "W7", URGENT, dark=False)


def test_what_is_gone_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    key = messages_key()
    source, _ = bring_messages()
    assert find_task(key) is not None
    real = Store.use
    monkeypatch.setattr(
        Store, "use", lambda self, kind, entry: entry != source and real(self, kind, entry)
    )
    for gone in (key, "data-" + "a" * 26, "data-../secret"):
        assert find_task(gone) is None
        with pytest.raises(InputError, match="This data is no longer on this server"):
            task_of(gone)
    assert not has_data(key)


def test_a_card_survives_the_store_and_the_same_choices_are_the_same_task() -> None:
    card = card_of("table", bring_patients()[0], ("no flu", "flu"), by="group", column="age")
    assert read_card(keep_card(card)) == card
    assert keep_card(card) == keep_card(card)
    assert keep_card(replace(card, seed=1)) != keep_card(card)
    assert isinstance(data_of(keep_card(card)).train, Labelled)
    assert store().has("data-card", keep_card(card).removeprefix("data-"))
