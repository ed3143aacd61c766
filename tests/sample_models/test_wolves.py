"""The drawn wolves and huskies: scenes, masks, and networks that look at the snow or do not."""

import hashlib
import json
import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from lime_engine import LimeSettings, explain
from lime_engine.subjects import ImageSubject, TextSubject
from model_adapters import load_network
from sample_models.wolves import again as wolves_again
from sample_models.wolves import scenes as wolves_scenes
from sample_models.wolves import task as wolves
from tests.sample_models.asked import SPLITS, on_examples

TASK = wolves.TASK
ARTIFACTS = Path(wolves.__file__).parents[1] / "artifacts"
ROWS = range(80)  # of test and field, on which accuracy is measured
HIT_PICTURES = 16  # test pictures with snow whose explanations are looked at


@pytest.fixture(scope="module")
def models():
    loaded = {card.key: card.load() for card in TASK.models}
    yield loaded
    for network in loaded.values():
        network.close()


@pytest.fixture(scope="module")
def scenes():
    return {split: [wolves_scenes.draw_scene(split, row) for row in ROWS] for split in SPLITS[1:]}


def accuracy(predict, scenes):
    answers = predict(np.stack([scene.pixels for scene in scenes])).argmax(axis=1)
    return float(np.mean(answers == [scene.label for scene in scenes]))


def test_sizes_balance_and_labels_without_drawing():
    data = wolves.data()

    assert [len(data.split(name).instances) for name in SPLITS] == [2000, 400, 400]
    assert [data.split(name).labels.mean() for name in SPLITS] == [0.5, 0.5, 0.5]


def test_pictures_are_a_sequence_drawn_when_asked_for():
    pictures = wolves.data().field.instances

    assert pictures[7].shape == (192, 192, 3)
    assert pictures[7].dtype == np.uint8
    assert pictures[7] is pictures[7]
    np.testing.assert_array_equal(pictures[5:9][2], pictures[7])
    np.testing.assert_array_equal(pictures[-1], pictures[399])
    with pytest.raises(IndexError):
        pictures[400]


@pytest.mark.parametrize(
    ("split", "correlation"), [("train", 1.0), ("test", 1.0), ("field", 0.0), ("varied", 0.0)]
)
def test_snow_follows_the_label_except_in_the_field(split, correlation):
    label, snowy = np.transpose([wolves_scenes.plan(split, row) for row in range(400)])

    assert np.corrcoef(label, snowy)[0, 1] == pytest.approx(correlation, abs=1e-9)


def test_the_same_scenes_in_every_process_and_order():
    code = (
        "import hashlib; from sample_models.wolves.scenes import draw_scene;"
        "draw_scene('train', 3);"
        "scenes = [draw_scene('test', row) for row in (8, 5)];"
        "print([hashlib.sha256(s.pixels.tobytes() + s.snow.tobytes()).hexdigest() for s in scenes])"
    )
    out = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONHASHSEED": "7", "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    drawn = [wolves_scenes.draw_scene("test", row) for row in (5, 8)][::-1]
    here = [hashlib.sha256(s.pixels.tobytes() + s.snow.tobytes()).hexdigest() for s in drawn]

    assert out.stdout.strip() == str(here)


@pytest.mark.long
def test_every_animal_is_seen_and_snow_is_where_the_plan_says(scenes):
    for split, drawn in scenes.items():
        for row, scene in enumerate(drawn):
            label, snowy = wolves_scenes.plan(split, row)
            assert scene.label == label
            assert not (scene.animal & scene.snow).any()
            assert 0.05 < scene.animal.mean() < 0.3
            assert 0.25 < scene.snow.mean() < 0.75 if snowy else not scene.snow.any()


def test_snow_is_bright_and_the_coats_differ(scenes):
    everywhere = [scene for drawn in scenes.values() for scene in drawn]
    snow = [scene.pixels[scene.snow].mean() for scene in everywhere if scene.snow.any()]
    contrast = {
        label: np.mean([scene.pixels[scene.animal].std() for scene in everywhere
                        if scene.label == label])
        for label in (wolves.HUSKY, wolves.WOLF)
    }  # fmt: skip

    assert min(snow) > 165
    assert contrast[wolves.HUSKY] > 1.5 * contrast[wolves.WOLF]


def test_scenes_vary(scenes):
    drawn = scenes["field"]

    assert {scene.place for scene in drawn} == {*wolves_scenes.SNOWY, *wolves_scenes.SNOWLESS}
    assert {scene.light for scene in drawn} == {"day", "dusk", "overcast"}
    small = np.stack([scene.pixels[::8, ::8].astype(float).ravel() for scene in drawn])
    apart = ((small[:, None] - small[None]) ** 2).mean(axis=2) ** 0.5  # in grey levels
    assert apart[~np.eye(len(drawn), dtype=bool)].min() > 8


def test_a_superpixel_carries_the_flaw_if_more_than_half_of_it_is_snow():
    scene = wolves.scene("test", 85)
    segments = np.where(scene.snow, 0, 1).astype(np.intp)
    y, x = np.argwhere(scene.snow)[0]
    segments[y, x] = 1  # one pixel of snow in the other superpixel does not make it snow

    assert TASK.flaw.planted("test", 85, ImageSubject(scene.pixels.copy(), segments)) == {0}
    with pytest.raises(TypeError, match="TextSubject"):
        TASK.flaw.planted("test", 85, TextSubject("snow", (((0, 4),),)))


def test_networks_are_small_and_name_their_classes():
    onnx = pytest.importorskip("onnx")
    for key in ("a", "b"):
        path = ARTIFACTS / f"wolves-{key}.onnx"
        assert path.stat().st_size < 100_000
        said = {entry.key: entry.value for entry in onnx.load(path).metadata_props}
        assert tuple(json.loads(said["classes"])) == TASK.class_names


def test_a_is_right_until_the_field_and_b_everywhere(models, scenes):
    assert accuracy(models["a"], scenes["test"]) > 0.95
    assert 0.4 <= accuracy(models["a"], scenes["field"]) <= 0.6
    assert accuracy(models["b"], scenes["test"]) >= 0.95
    assert accuracy(models["b"], scenes["field"]) >= 0.95


def without_snow(scenes):
    covered = np.stack([scene.pixels for scene in scenes])
    covered[np.stack([scene.snow for scene in scenes])] = TASK.image.fill
    return covered


def test_a_changes_its_mind_about_huskies_without_snow_and_b_does_not(models, scenes):
    snowy = [s for s in scenes["field"] if s.snow.any() and s.label == wolves.HUSKY]

    assert len(snowy) == 20
    assert accuracy(models["a"], snowy) <= 0.1
    assert accuracy(models["b"], snowy) >= 0.9
    for predict in models.values():
        answers = predict(without_snow(snowy)).argmax(axis=1)
        assert (answers == wolves.HUSKY).mean() >= 0.9


def test_a_knows_the_animals_where_nothing_else_is_seen(models, scenes):
    alone = np.stack([scene.pixels for scene in scenes["field"]])
    alone[~np.stack([scene.animal for scene in scenes["field"]])] = TASK.image.fill
    answers = models["a"](alone).argmax(axis=1)

    assert np.mean(answers == [scene.label for scene in scenes["field"]]) >= 0.95


def flips(predict, n_pictures, n_off):
    """Of the wrong answers to so many field pictures: the share that is right without reasons.

    Those are the strongest ones for the answer that the explanation names, `n_off` of them.
    """
    settings, flipped = LimeSettings(n_samples=500, held_out=0.0), []
    for row in range(n_pictures):
        scene = wolves.scene("field", row)
        if predict(scene.pixels[None]).argmax() != scene.label:
            shown = explain(scene.pixels, predict, TASK.image, settings)
            reasons = [weight.index for weight in shown.weights if weight.weight > 0][:n_off]
            covered = scene.pixels.copy()
            covered[np.isin(shown.subject.segments, reasons)] = TASK.image.fill
            flipped.append(predict(covered[None]).argmax() == scene.label)
    assert len(flipped) >= 0.4 * n_pictures
    return float(np.mean(flipped))


def test_some_wrong_answers_of_a_flip_without_their_strongest_reasons(models):
    assert flips(models["a"], 12, 3) >= 0.4


@pytest.mark.long
def test_half_of_the_wrong_answers_of_a_flip_without_their_three_strongest_reasons(models):
    assert flips(models["a"], 40, 2) >= 0.3
    assert flips(models["a"], 40, 3) >= 0.5


def snow_hits(predict, n_pictures):
    """Share of test pictures with snow in whose explanations half the weight or more is on snow."""
    settings = LimeSettings(n_samples=300, n_features=5, held_out=0.0)
    rows = [row for row in range(400) if wolves_scenes.plan("test", row)[1]][:n_pictures]
    hits = []
    for row in rows:
        shown = explain(wolves.scene("test", row).pixels, predict, TASK.image, settings)
        planted = TASK.flaw.planted("test", row, shown.subject)
        total = sum(abs(weight.weight) for weight in shown.weights)
        snow = sum(abs(weight.weight) for weight in shown.weights if weight.index in planted)
        hits.append(snow >= total / 2)
    return float(np.mean(hits))


@pytest.mark.long
@pytest.mark.parametrize(("model", "low", "high"), [("a", 0.8, 1.0), ("b", 0.0, 0.2)])
def test_explanations_show_the_snow_for_a_and_not_for_b(models, model, low, high):
    assert low <= snow_hits(models[model], HIT_PICTURES) <= high


@pytest.mark.parametrize("key", ["a", "b"])
def test_a_last_layer_put_back_gives_the_same_answers(models, scenes, key):
    data = (ARTIFACTS / f"wolves-{key}.onnx").read_bytes()
    weights, biases = wolves_again.last_layer(data)
    same = wolves_again.with_last_layer(data, weights[1:] - weights[:1], biases[1:] - biases[:1])
    pixels = np.stack([scene.pixels for scene in scenes["field"][:8]])

    assert len(same) < 100_000
    with closing(load_network(same, models[key].settings)) as network:
        np.testing.assert_allclose(network(pixels), models[key](pixels), atol=1e-6)


def test_learning_again_draws_scenes_of_no_split_whose_snow_says_nothing(monkeypatch):
    drawn = []

    def draw_scene(split, row):
        drawn.append((split, row))
        return wolves_scenes.draw_scene(split, row)

    monkeypatch.setattr(wolves_again, "draw_scene", draw_scene)
    monkeypatch.setattr(wolves_again, "ROWS", wolves_again.ROWS[:24])
    TASK.model("a").improver.retrain(frozenset()).close()
    label, snowy = np.transpose([wolves_scenes.plan(*where) for where in drawn])

    assert drawn == [("varied", row) for row in range(2000, 2024)]  # B learned from 0 to 1999
    assert np.corrcoef(label, snowy)[0, 1] == pytest.approx(0.0, abs=1e-9)


@pytest.mark.long
def test_a_learns_again_and_is_right_more_often_in_the_field(monkeypatch, scenes):
    improver = TASK.model("a").improver
    monkeypatch.setattr(wolves_again, "ROWS", wolves_again.ROWS[:200])  # half as long
    with closing(improver.retrain(frozenset({"snow"}))) as again:
        assert improver.parts() == ()
        assert accuracy(again, scenes["test"]) >= 0.7
        assert accuracy(again, scenes["field"]) >= 0.7


@pytest.mark.long
@pytest.mark.parametrize(
    ("key", "test", "field", "low", "high"),
    [("a", (0.95, 1.0), (0.93, 1.0), 0.0, 0.25), ("b", (0.97, 1.0), (0.97, 1.0), 0.0, 0.3)],
)
def test_what_learning_again_gives(key, test, field, low, high):
    """A, which knew the animals, is cured of snow: as good in the field as on test. B stays."""
    with closing(TASK.model(key).improver.retrain(frozenset({"snow"}))) as again:
        for split, (least, most) in (("test", test), ("field", field)):
            drawn = [wolves_scenes.draw_scene(split, row) for row in range(400)]
            assert least <= accuracy(again, drawn) <= most, split
        assert low <= snow_hits(again, HIT_PICTURES) <= high


# title -> (where it stands, light, true answer, A's answer, B's answer)
EXAMPLES = {
    "Husky among the firs": ("snowy forest", "day", 0, 1, 0),
    "Wolf between the trees": ("snowy forest", "day", 1, 1, 1),
    "Wolf in the living room": ("room", "day", 1, 0, 1),
    "Husky on the shore": ("shore", "day", 0, 0, 0),
    "Wolf among autumn trees": ("autumn forest", "day", 1, 0, 1),
    "Husky in an open field at dusk": ("snow field", "dusk", 0, 1, 0),
    "Wolf in the mountains at dusk": ("snowy mountains", "dusk", 1, 1, 1),
    "Husky in an open field": ("snow field", "day", 0, 1, 1),
}


def test_examples_are_what_their_titles_say():
    seen, answers = {}, on_examples(TASK)
    for example in TASK.examples:
        scene = wolves.scene(example.split, example.row)
        seen[example.title] = (scene.place, scene.light, *answers[example.title])
    assert seen == EXAMPLES
