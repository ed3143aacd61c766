"""“Delete my data” deletes it: looked for on the disk."""

from multiprocessing import active_children
from multiprocessing.process import BaseProcess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from joblib.externals.loky import reusable_executor
from streamlit.testing.v1 import AppTest

from tests.conditions import until
from tests.model_adapters.networks import torch_like
from tests.model_adapters.own import made
from tests.pages.conftest import explain, opened, pick, press, seen, settled, upload
from tests.pages.test_own_model import csv, went
from tests.pages.test_upload import Went, bringing, bringing_a_network, give, png, went_to
from ui.review import records
from ui.shell import brought
from ui.workshop import jobs, kept, runs
from ui.workshop.item import Item
from ui.workshop.store import store

__all__ = ["went_to"]


@pytest.fixture(autouse=True)
def nothing_is_under_way() -> None:
    """What other tests' pages have asked for, and goes on without them, is kept before."""
    runs.stop_all()
    until(lambda: all(run.ended for run in runs._runs.values()))
    # What was cancelled works on for a moment, and a pool of a run that has ended does, too.
    until(lambda: all(slot.work is None for slot in jobs.workers()._slots))
    until(lambda: not pools_of_runs())


def pools_of_runs() -> list[BaseProcess]:
    """The processes of runs; those that scikit-learn keeps at hand stay for minutes."""
    kept = reusable_executor._executor
    at_hand = set() if kept is None else set(kept._processes or ())
    return [p for p in active_children() if "Loky" in p.name and p.pid not in at_hand]


def on_disk() -> dict[Path, bytes]:
    """Every file of the store, but for its secret and lock."""
    root = store()._root
    return {path: path.read_bytes() for path in root.glob("*/*")}


def delete(app: AppTest) -> None:
    press(app, "Delete it now")
    settled(app)
    assert "Deleted: what you brought" in seen(app)


def gone(before: dict[Path, bytes]) -> None:
    """Nothing is there that was not there before, and no list of what was made of it."""
    left = [path for path in on_disk() if path not in before]
    assert left == []


@pytest.mark.long
def test_rows_their_labels_a_model_of_ones_own_and_what_was_made_of_them() -> None:
    before = on_disk()
    frame, labels = made.people()
    frame = frame.assign(age=frame["age"] + 0.125)  # that nobody has brought
    app = give(bringing("table"), "people.csv", csv(frame.assign(answer=labels)))
    give(app, "mine.onnx", made.onnx_of_columns(), number=1)
    press(app, "Explain its answers")
    params = went(app)[1]
    explaining = opened(explain, **params)
    assert any("The model says" in each.value for each in explaining.header)
    press(app, "Pick its most telling answers")
    opened(pick, **went(app)[1])
    kinds = {path.parent.name for path in on_disk() if path not in before}
    assert {"upload", "rows", "model", "model-card", "data-card", "explanation"} <= kinds
    delete(app)
    gone(before)
    assert "is not here" in seen(opened(explain, **params))


def test_texts_two_models_trained_on_them_and_a_review() -> None:
    before = on_disk()
    texts, labels = made.reviews()
    texts = [f"{text} Xanthippe" for text in texts]
    app = bringing("text")
    app.segmented_control(key="upload-way").set_value("Texts in a table").run()
    give(app, "mine.csv", csv(pd.DataFrame({"comment": texts, "label": labels})))
    press(app, "Train two models on this")
    settled(app)
    source = next(iter(app.session_state["data-sets"]))[1]
    said = store().put("review-pick", f'{{"params": {{"data": "{source}"}}}}'.encode())
    records.judge(said, records.new_reviewer(), 3, "right_reason")
    assert any(b"anthippe" in content for path, content in on_disk().items())
    delete(app)
    gone(before)
    assert not any(b"anthippe" in content for content in on_disk().values())


def test_pictures_a_network_and_what_it_was_asked(went_to: Went) -> None:
    before = on_disk()
    pixels = np.random.default_rng(5).integers(0, 255, (2, 48, 48, 3), dtype=np.uint8)
    app = bringing_a_network(
        torch_like(40, 40), *[(f"{i}.png", png(p)) for i, p in enumerate(pixels)]
    )
    press(app, "Explain")
    params = went_to[-1][1]
    opened(explain, **params)
    # Back under a link alone, in another session: the files are found from what was made of them.
    again = opened(upload, kind="image", data=params["item"].split("-")[1])
    delete(again)
    left = {path.parent.name for path in on_disk() if path not in before}
    assert left <= {"network", "network-card", "network-facts", "network-speed", "made-of"}
    delete(settled(app.run()))
    gone(before)


def test_others_keep_theirs() -> None:
    app = bringing("text")
    app.text_area(key="upload-text").set_value("A lovely warm soup of mine").run()
    frame, labels = made.people()
    other = give(bringing("table"), "people.csv", csv(frame.assign(answer=labels, n=range(120))))
    before = on_disk()
    give(app, "mine.onnx", made.onnx_of_texts(), number=0)
    delete(app)
    assert {path for path in before if path.parent.name in ("upload", "rows")} <= {*on_disk()}
    assert "A model of your own" in seen(settled(other.run()))


def test_the_same_file_stays_while_somebody_else_is_at_work_with_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    texts = csv(pd.DataFrame({"comment": [f"Text {i} of both" for i in range(12)]}))
    sessions = {"mine": True, "theirs": True}
    monkeypatch.setattr(brought, "_is_open", lambda name: sessions.get(name, False))

    def session(name: str) -> AppTest:
        monkeypatch.setattr(brought, "_session", lambda: name)
        app = bringing("text")
        app.segmented_control(key="upload-way").set_value("Texts in a table").run()
        return give(app, "both.csv", texts)

    theirs, mine = session("theirs"), session("mine")
    delete(mine)
    assert "Left are files that somebody else has brought" in seen(mine)
    assert "12 texts" in seen(settled(theirs.run()))
    mine = session("mine")
    sessions["theirs"] = False
    delete(mine)
    assert "Left are files" not in seen(mine)
    assert not any(b"of both" in content for content in on_disk().values())


def test_what_somebody_else_has_opened_by_a_link_goes(
    went_to: Went, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever brought it is promised so; and it is not said that something is left."""
    monkeypatch.setattr(brought, "_is_open", lambda name: True)
    monkeypatch.setattr(brought, "_session", lambda: "mine")
    mine = bringing("text")
    mine.segmented_control(key="upload-way").set_value("Texts in a table").run()
    texts = csv(pd.DataFrame({"comment": [f"Peregrine {i} of one" for i in range(12)]}))
    give(mine, "one.csv", texts)
    press(mine, "Explain")
    source = went_to[-1][1]["item"].split("-")[1]
    monkeypatch.setattr(brought, "_session", lambda: "theirs")
    assert "12 texts" in seen(opened(upload, kind="text", data=source))
    monkeypatch.setattr(brought, "_session", lambda: "mine")
    delete(settled(mine.run()))
    assert "Left are files" not in seen(mine)
    assert not any(b"eregrine" in content for content in on_disk().values())


def test_who_edits_what_somebody_else_has_brought_deletes_the_edit_alone() -> None:
    source = kept.keep_texts(["The waiter was friendly to them", "The soup was cold"])
    edit = kept.keep_edit("The waiter was rude to them", Item(source, 0), "rude")
    assert store().forget([], [edit]) == 1
    assert store().has("texts", source)
    edit = kept.keep_edit("The waiter was rude to them", Item(source, 0), "rude")
    assert store().forget([source]) == 2
    assert not store().has("texts", edit)
