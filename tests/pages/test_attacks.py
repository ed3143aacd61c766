"""What somebody with bad intentions brings or says in a URL: it opens, writes and runs nothing."""

import re
import secrets

import numpy as np
import pytest

from tests.model_adapters.networks import torch_like
from tests.model_adapters.own import made
from tests.pages.conftest import compare, explain, opened, pick, seen, upload
from tests.pages.test_own_model import csv, with_texts
from tests.pages.test_upload import bringing, bringing_a_network, give, networks_of, png
from ui.workshop.store import store

SECRET = "Zerbinetta has been to the clinic twice"


def guessed() -> str:
    """An id of the right form that nobody has been given."""
    letters = "abcdefghijklmnopqrstuvwxyz234567"
    return "".join(secrets.choice(letters) for _ in range(26))


def test_ids_that_are_guessed_or_of_something_else_open_nothing() -> None:
    frame, labels = made.people()
    app = give(bringing("table"), "people.csv", csv(frame.assign(answer=labels, note=SECRET)))
    assert SECRET in str([each.value for each in app.dataframe])
    root = store()._root
    # Those of the raw file, of results and of cards, replayed where a data set's is expected.
    others = [path.name for path in root.glob("*/*") if path.parent.name not in ("rows", "made-of")]
    for kind in ("table", "text", "image"):
        for entry_id in (guessed(), *others[:: max(1, len(others) // 2)]):
            page = opened(upload, kind=kind, data=entry_id, name="mine")
            assert "is not here any more" in seen(page), (kind, entry_id)
            assert SECRET not in str([each.value for each in page.dataframe])
    for screen, params in (
        (explain, {"task": f"data-{guessed()}", "item": f"own-{guessed()}-0"}),
        (explain, {"task": "comments", "item": f"own-{others[0]}-0"}),
        (explain, {"task": f"own-{others[0]}", "item": f"own-{guessed()}-0"}),
        (pick, {"task": "comments", "source": guessed()}),
        (compare, {"task": f"data-{guessed()}", "models": "own-0,own-1"}),
    ):
        page = opened(screen, **params)
        assert SECRET not in seen(page) + str([each.value for each in page.get("html")])


@pytest.mark.parametrize("path", ["../../store", "..", ".", "/etc/passwd", "a" * 27, "A" * 26, ""])
def test_an_id_that_is_a_path_is_none(path: str) -> None:
    assert store().read("upload", path) is None
    assert not store().has("upload", path)
    assert store().forget([path]) == 0
    store().made(path, path)


def test_the_name_of_a_model_is_a_name_and_never_a_path() -> None:
    texts, labels = made.reviews()
    app = with_texts(texts, labels)
    give(app, "../../../tmp/x/y.skops", made.skops_of(made.text_model()), number=1)
    assert "Is that plausible?" in seen(app)
    app = bringing_a_network(
        torch_like(24, 24), png(np.full((30, 30, 3), 9, np.uint8)), called="/etc/passwd.onnx"
    )
    assert networks_of(app)
    root = store()._root
    strange = [
        path
        for path in root.rglob("*")
        if path.is_file()
        and path.name not in ("secret", "lock", "made-of.lock")
        and not (path.parent.parent == root and re.fullmatch("[a-z2-7]{26}", path.name))
    ]
    assert strange == []
    assert not any(path.is_symlink() for path in root.rglob("*"))
