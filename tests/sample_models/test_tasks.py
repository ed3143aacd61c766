"""What every built-in task offers, and that asking for the list costs nothing."""

import os
import subprocess
import sys

import numpy as np
import pytest

import sample_models
from lime_engine import ignores_case
from sample_models import TaskUnavailable, load_data, load_model, tasks


@pytest.fixture(params=list(tasks()))
def task(request):
    try:
        load_data(request.param)
    except TaskUnavailable as error:
        pytest.skip(str(error))
    return tasks()[request.param]


def test_importing_is_cheap():
    code = "import sys, sample_models; print({'sklearn', 'pandas'} & set(sys.modules))"
    out = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert out.stdout.strip() == "set()"


def test_exported_names_exist():
    assert [name for name in sample_models.__all__ if not hasattr(sample_models, name)] == []


def test_tasks_are_listed_under_their_keys_in_order():
    assert [(key, task.key) for key, task in tasks().items()] == [
        (key, key) for key in ("triage", "wolves", "flu", "newsgroups", "digits", "breast_cancer")
    ]
    with pytest.raises(TypeError):
        tasks()["mine"] = tasks()["triage"]


def test_unknown_keys_are_named_with_those_that_exist():
    with pytest.raises(KeyError, match=r"no task 'stars'; the tasks are triage, wolves, flu, "):
        load_data("stars")
    with pytest.raises(KeyError, match=r"'triage' has no model 'z'; it has a, b"):
        load_model("triage", "z")


def test_data_fits_the_task(task):
    for name in ("train", "test", "field"):
        part = load_data(task.key).split(name)
        assert len(part.instances) == len(part.labels) > 0
        assert set(part.labels.tolist()) == set(range(len(task.class_names)))
    assert load_data(task.key) is load_data(task.key)
    for example in task.examples:
        assert 0 <= example.row < len(load_data(task.key).split(example.split).instances)


def test_models_answer_with_one_probability_a_class(task):
    instances = load_data(task.key).test.instances[:7]
    if task.kind == "image":
        instances = np.stack(list(instances))
    for card in task.models:
        predict = load_model(task.key, card.key)
        assert predict is load_model(task.key, card.key)
        answers = predict(instances)
        assert answers.shape == (7, len(task.class_names))
        assert answers.dtype == np.float64
        np.testing.assert_allclose(answers.sum(axis=1), 1.0)
        np.testing.assert_allclose(answers[2:4], predict(instances[2:4]), rtol=1e-5)


def test_an_instance_is_one_of_its_kind(task):
    part = load_data(task.key).test
    one = part.instance(3)
    if task.kind == "text":
        assert one == part.instances[3]
    elif task.kind == "image":
        assert one.dtype == np.uint8
        np.testing.assert_array_equal(one, part.instances[3])
    else:
        assert one.equals(part.instances.iloc[3:4])


@pytest.mark.parametrize("key", [key for key, task in tasks().items() if task.kind == "text"])
def test_what_is_said_of_capitals_is_what_the_model_does(key):
    try:
        load_data(key)
    except TaskUnavailable as error:
        pytest.skip(str(error))
    task = tasks()[key]
    texts = list(load_data(task.key).test.instances[:60])
    for card in task.models:
        assert ignores_case(load_model(task.key, card.key), texts) == card.ignores_case
