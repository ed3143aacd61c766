"""A model that was taken away answers elsewhere as it did here, by itself."""

import ast
import io
import json
import subprocess
import sys
import zipfile
from contextlib import closing
from dataclasses import asdict

import numpy as np
import pandas as pd
import pytest
import skops.io
from onnx import helper
from PIL import Image

from model_adapters import inspect_network, load_network
from model_adapters.trained import ALGORITHMS, Recipe, fit
from model_adapters.trained.away import TRUSTED, files_of, with_classes
from sample_models import load_data
from tests.model_adapters.networks import model as network_of

N = 300
NAMES = ("none", "“it's” {so}", "never", 'a "b" \\ c')  # one of them nothing learns from
CLOSE = 1e-5


def colours(pictures):
    """Mean red, green and blue of each picture, from 0 to 255, at 6 x 5 pixels."""
    small = [Image.fromarray(p).resize((5, 6), Image.Resampling.BILINEAR) for p in pictures]
    return np.stack([np.asarray(p, dtype=float).mean(axis=(0, 1)) for p in small])


def network():
    """The same as a network."""
    nodes = [
        helper.make_node("Sub", ["x", "grey"], ["centred"]),
        helper.make_node("Add", ["centred", "grey"], ["back"]),
        helper.make_node("GlobalAveragePool", ["back"], ["pooled"]),
        helper.make_node("Flatten", ["pooled"], ["y"], axis=1),
    ]
    stored = {"grey": np.array(127, np.float32)}
    return network_of(nodes, ["n", 3, 6, 5], stored, answer=["n", 3]).SerializeToString()


def red_or_blue():
    rng = np.random.default_rng(0)
    pictures = [rng.integers(0, 120, (20 + i, 30, 3), dtype=np.uint8) for i in range(60)]
    labels = np.arange(60) % 3
    for picture, label in zip(pictures, labels, strict=True):
        picture[..., label] += rng.integers(0, 60, dtype=np.uint8)
    return pictures, np.array([0, 1, 3])[labels]


def learned(algorithm):
    """What is learned from, with labels of which one never occurs, and what is held out."""
    match ALGORITHMS[algorithm].kind:
        case "text":
            data = load_data("triage")
            found = [*data.train.instances[:N]], [*data.test.instances], data.train.labels[:N]
            return *found[:2], 3 * found[2]
        case "table":
            data = load_data("flu")
            train, test = (
                split.instances.assign(note=["a", None] * (len(split.labels) // 2))
                for split in (data.train, data.test)
            )
            train.loc[:9, "age"] = np.nan
            test.loc[3, ["age", "cough"]] = np.nan, "never met"
            return train.iloc[:N], test, 3 * data.train.labels[:N]
        case "image":
            pictures, labels = red_or_blue()
            return pictures[:45], pictures[45:], labels[:45]


@pytest.fixture(scope="module")
def taken(tmp_path_factory):
    """By algorithm: the folder of what was taken away, what is held out, and the answers here."""
    found = {}
    for algorithm in ALGORITHMS:
        train, test, labels = learned(algorithm)
        without = {"text": {"w7"}, "table": {"patient id"}, "image": ()}
        recipe = Recipe(algorithm, 1, frozenset(without[ALGORITHMS[algorithm].kind]))
        model = fit(recipe, train, labels, len(NAMES), colours)
        folder = tmp_path_factory.mktemp(algorithm)
        with zipfile.ZipFile(io.BytesIO(files_of(recipe, model, NAMES, network))) as file:
            file.extractall(folder)
        answers = model(test)
        assert answers.max(axis=1).std() > 0.001  # not the same to all
        found[algorithm] = folder, test, answers
    return found


def as_files(items, folder):
    """What is held out as people have it; returns what the script reads."""
    if isinstance(items, pd.DataFrame):
        items.to_csv(folder / "rows.csv", index=False)
        return [str(folder / "rows.csv")]
    if isinstance(items[0], str):
        return items
    for number, picture in enumerate(items):
        Image.fromarray(picture).save(folder / f"{number}.png")
    return [str(folder / f"{number}.png") for number in range(len(items))]


_ASK_ALL = """
import json, runpy, sys
found = {}
for algorithm, folder, names in json.load(sys.stdin):
    sys.argv = ["use_model.py", *names]
    space = runpy.run_path(folder + "/use_model.py")
    read = {"text": lambda: names, "table": lambda: space["pd"].read_csv(names[0]),
            "image": lambda: [space["Image"].open(name) for name in names]}
    kind = "table" if "pd" in space else "image" if "Image" in space else "text"
    found[algorithm] = [space["CLASSES"], space["probabilities"](read[kind]()).tolist()]
ours = [m for m in sys.modules if m.split(".")[0] in ("model_adapters", "lime_engine", "ui")]
json.dump([ours, found], sys.stdout)
"""


@pytest.mark.long
def test_the_script_answers_about_what_is_held_out_as_the_model_does_here(taken, tmp_path):
    asked = [
        (algorithm, str(folder), as_files(test, folder))
        for algorithm, (folder, test, _) in taken.items()
    ]
    run = subprocess.run(
        [sys.executable, "-I", "-W", "error", "-c", _ASK_ALL],
        input=json.dumps(asked), capture_output=True, text=True, check=False, cwd=tmp_path,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    ours, found = json.loads(run.stdout)
    assert ours == []
    assert found.keys() == taken.keys()
    for algorithm, (names, answers) in found.items():
        assert tuple(names) == NAMES
        np.testing.assert_allclose(answers, taken[algorithm][2], atol=CLOSE, err_msg=algorithm)


@pytest.mark.parametrize("algorithm", TRUSTED)
def test_a_file_holds_no_kinds_of_objects_but_those_that_the_script_allows(algorithm, taken):
    data = (taken[algorithm][0] / "model.skops").read_bytes()
    assert {*skops.io.get_untrusted_types(data=data)} == {*TRUSTED[algorithm]}
    pipeline = skops.io.loads(data, trusted=[*TRUSTED[algorithm]])
    assert type(pipeline.steps[-1][1]).__module__.startswith("sklearn.")
    script = (taken[algorithm][0] / "use_model.py").read_text()
    (allowed,) = (
        ast.literal_eval(each.value)
        for each in ast.parse(script).body
        if isinstance(each, ast.Assign) and ast.unparse(each.targets[0]) == "TRUSTED"
    )
    assert tuple(allowed) == TRUSTED[algorithm]


def test_a_network_that_was_taken_away_can_be_brought_back(taken):
    folder, test, answers = taken["features-logistic"]
    data = (folder / "model.onnx").read_bytes()
    facts = inspect_network(data)
    assert facts.proposed.class_names == NAMES
    proposed = {k: asdict(facts.proposed)[k] for k in ("output", "scaling", "height", "width")}
    assert proposed == {"output": "probabilities", "scaling": "none", "height": 6, "width": 5}
    with closing(load_network(data, facts.proposed)) as running:
        back = np.concatenate([running(picture[None]) for picture in test])
    np.testing.assert_allclose(back, answers, atol=CLOSE)


def test_two_classes_are_answered_by_a_network_as_by_the_model():
    pictures, labels = red_or_blue()
    model = fit(Recipe("features-logistic"), pictures, (labels > 0).astype(int), 2, colours)
    data = with_classes(network(), model.pipeline, ("red", "another"))
    with closing(load_network(data, inspect_network(data).proposed)) as running:
        back = np.concatenate([running(picture[None]) for picture in pictures])
    np.testing.assert_allclose(back, model(pictures), atol=CLOSE)
