"""The file of a model that was trained here, as Upload, Explain and Improve hand it out."""

import io
import zipfile
from contextlib import closing

import numpy as np
import pytest
import skops.io

from lime_engine.errors import Cancelled, InputError
from model_adapters import inspect_network, load_network
from tests.ui.reports import Told
from tests.ui.workshop.trained.data_sets import bring_pictures, card_of, messages_key
from ui.workshop.catalogue import data_of, keep_rounds, task_of
from ui.workshop.store import store
from ui.workshop.trained.away import FILE, can_be_taken, model_file
from ui.workshop.trained.card import keep_card


def unpacked(task_key: str, model: str, name: str) -> bytes:
    report = Told()
    found = model_file(task_key, model, report=report)
    assert report.fractions == sorted(report.fractions)
    data = store().read(FILE, found["file"])
    assert data is not None
    assert len(data) == found["n_bytes"]
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        assert {*file.namelist()} == {name, "use_model.py"}
        return file.read(name)


def test_a_model_of_words_is_that_of_its_round() -> None:
    key = messages_key(400)
    after = keep_rounds(key, "tfidf-logistic", [["W7"], ["w9"]])
    test = data_of(key).test.instances
    answers = []
    for model in ("tfidf-logistic", "round-1", "round-2"):
        pipeline = skops.io.loads(unpacked(after, model, "model.skops"))
        answers.append(pipeline.predict_proba(test))
        here = task_of(after).model(model).load()(test)
        np.testing.assert_allclose(answers[-1], here, atol=1e-5)
    assert np.abs(answers[1] - answers[0]).max() > 0.01
    assert np.abs(answers[2] - answers[1]).max() > 0.01


@pytest.mark.long
def test_a_network_that_learned_pictures_here_can_be_brought_as_ones_own() -> None:
    source, _ = bring_pictures()
    key = keep_card(card_of("image", source, ("red", "blue")))
    data = unpacked(key, "features-logistic", "model.onnx")
    facts = inspect_network(data)
    settings = facts.proposed
    assert (settings.class_names, settings.output) == (("red", "blue"), "probabilities")
    assert (settings.scaling, settings.height) == ("none", 224)
    test, here = data_of(key).test.instances, task_of(key).model("features-logistic").load()
    with closing(load_network(data, settings)) as network:
        for picture in test:
            np.testing.assert_allclose(network(picture[None]), here([picture]), atol=1e-5)


def test_other_models_are_not_handed_out_and_a_cancel_is_heard() -> None:
    key = messages_key()
    assert can_be_taken(key, "counts-forest")
    nowhere = [("triage", "a"), (key, "logistic"), (key + "x", "counts-forest")]
    nowhere.append((keep_rounds("triage", "a", [["w7"]]), "round-1"))
    for task, model in nowhere:
        assert not can_be_taken(task, model)
        with pytest.raises(InputError):
            model_file(task, model, report=Told())
    with pytest.raises(Cancelled):
        model_file(key, "tfidf-logistic", report=Told(until=0.0))
