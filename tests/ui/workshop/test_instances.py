"""What people bring, as the workers see it: with its labels where the task has such a class."""

import numpy as np
import pytest

from lime_engine.errors import InputError
from sample_models import tasks
from ui.workshop import instances, kept
from ui.workshop.item import Item
from ui.workshop.kept import Labels
from ui.workshop.store import Store, store


def test_labels_are_found_by_name_whatever_the_case_and_the_space_around() -> None:
    names = tasks()["triage"].class_names
    assert names == ("routine", "urgent")
    labels = Labels((" URGENT ", "routine", "Routine\n", "else"), (0, 1, 2, 3, -1, 0))
    assert kept.numbers_of(labels, names).tolist() == [1, 0, 0, -1, -1, 1]
    source = kept.keep_texts([f"text {i}" for i in range(6)], labels)
    items = instances.items_of(tasks()["triage"], source, lambda: pytest.fail("no data needed"))
    assert isinstance(items.labels, np.ndarray)
    assert items.labels.tolist() == [1, 0, 0, -1, -1, 1]
    found = [instances.instance_of("triage", Item(source, row)) for row in range(6)]
    assert found == [(f"text {i}", label) for i, label in enumerate((1, 0, 0, None, None, 1))]


def test_classes_that_differ_in_case_only_are_told_apart_or_not_known() -> None:
    labels = Labels(("a", "A", " a "), (0, 1, 2))
    assert kept.numbers_of(labels, ("A", "a")).tolist() == [1, 0, -1]


def test_pictures_and_rows_have_labels_too() -> None:
    rows = kept.keep_rows(["a"], [(1,), (None,)], Labels(("Flu",), (-1, 0)))
    _, flu = tasks()["flu"].class_names
    assert flu == "flu"
    assert instances.instance_of("flu", Item(rows, 0)) == ({"a": 1}, None)
    assert instances.instance_of("flu", Item(rows, 1)) == ({"a": None}, 1)


def test_what_has_gone_is_missed_though_it_was_read_before(a_store_of_its_own: Store) -> None:
    source = kept.keep_texts(["text"])
    assert instances.instance_of("triage", Item(source, 0)) == ("text", None)
    path = store()._path("texts", source)
    assert path is not None
    path.unlink()
    with pytest.raises(InputError, match="no longer on this server"):
        instances.instance_of("triage", Item(source, 0))
