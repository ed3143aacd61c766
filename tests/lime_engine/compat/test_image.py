"""`LimeImageExplainer` beside the one of `lime`, and where it is better on purpose."""

import pickle
import sys

import lime.lime_image
import numpy as np
import pytest
from lime.lime_image import ImageExplanation
from lime.lime_image import LimeImageExplainer as Theirs
from PIL import Image
from skimage.segmentation import slic

from lime_engine import LimeImageExplainer, PredictorError, SettingsError, TargetError
from sample_models.wolves import task as wolves

SIDE, CELL = 32, 8
CORNER = (slice(0, 8), slice(0, 8))
CENTRE = (slice(8, 16), slice(16, 24))


def cells(pixels):
    """A grid of squares, numbered from 0."""
    y, x = np.indices(pixels.shape[:2]) // CELL
    return y * (SIDE // CELL) + x


def picture(kind=np.uint8, channels=3):
    rng = np.random.default_rng(0)
    drawn = rng.integers(60, 200, (SIDE, SIDE, channels))
    drawn[CORNER], drawn[CENTRE] = 250, 250
    drawn = drawn.astype(kind) if kind == np.uint8 else (drawn / 255).astype(kind)
    return drawn[..., 0] if channels == 1 else drawn


def bright(pictures):
    """.5 by the corner, .2 by the square in the middle, against each other for three classes."""
    unit = 255 if pictures.dtype == np.uint8 else 1
    grey = pictures.reshape(*pictures.shape[:3], -1)[..., 0] / unit
    corner, centre = (grey[:, *place].mean(axis=(1, 2)) > 0.9 for place in (CORNER, CENTRE))
    first = 0.1 + 0.5 * corner + 0.2 * centre
    return np.column_stack([first, (1 - first) * 0.7, (1 - first) * 0.3])


@pytest.fixture(autouse=True)
def _quiet_peer(monkeypatch):
    monkeypatch.setattr(lime.lime_image, "tqdm", lambda rows: rows)


def both(image, many=4000, ask=None, **made):
    ask = {"num_samples": many, "segmentation_fn": cells, "hide_color": 0} | (ask or {})
    ours = LimeImageExplainer(random_state=0, **made)
    theirs = Theirs(random_state=0, **made)
    return (
        ours.explain_instance(image, bright, progress_bar=False, **ask),
        theirs.explain_instance(image, bright, **ask),
    )


@pytest.mark.parametrize("ask", [{}, {"hide_color": None}, {"num_features": 5}])
def test_weights_and_labels_are_those_of_lime(ask):
    ours, theirs = both(picture(), ask=ask)

    assert ours.top_labels == [int(label) for label in theirs.top_labels] == [0, 1, 2]
    for label in ours.top_labels:
        found, known = dict(ours.local_exp[label]), dict(theirs.local_exp[label])
        for region, weight in known.items():
            if abs(weight) > 0.02:
                assert found[region] == pytest.approx(weight, abs=0.02)
        assert ours.intercept[label] == pytest.approx(theirs.intercept[label], abs=0.03)
    last = ours.top_labels[0]  # that `lime` has fitted last
    assert ours.score[last] == pytest.approx(theirs.score, abs=0.02)
    np.testing.assert_allclose(ours.local_pred[last], theirs.local_pred, atol=0.02)
    np.testing.assert_array_equal(ours.segments, theirs.segments)
    np.testing.assert_array_equal(ours.image, theirs.image)


def test_superpixels_by_default_are_those_of_lime():
    image = wolves.data().test.instances[3][::2, ::2]
    ask = {"num_samples": 20, "random_seed": 5}

    def alike(pictures):
        return np.column_stack([pictures.mean(axis=(1, 2, 3)) / 255] * 2) / 2

    ours = LimeImageExplainer().explain_instance(image, alike, progress_bar=False, **ask)
    theirs = Theirs().explain_instance(image, alike, **ask)

    np.testing.assert_array_equal(ours.segments, theirs.segments)


@pytest.mark.parametrize("hide_rest", [False, True])
@pytest.mark.parametrize("num_features", [2, 5, 40])
@pytest.mark.parametrize("min_weight", [0.0, 0.05])
def test_image_and_mask_are_those_of_lime(hide_rest, num_features, min_weight):
    ours, _ = both(picture(), many=300)
    peer = ImageExplanation(ours.image, ours.segments)
    peer.local_exp = ours.local_exp
    options = {
        "hide_rest": hide_rest,
        "num_features": num_features,
        "min_weight": min_weight,
    }
    for label in ours.top_labels:
        for signs in ({}, {"positive_only": False}):
            for against in ({}, {"positive_only": False, "negative_only": True}):
                found = ours.get_image_and_mask(label, **options | signs | against)
                known = peer.get_image_and_mask(label, **options | signs | against)
                np.testing.assert_array_equal(found[0], known[0])
                np.testing.assert_array_equal(found[1], known[1])


def test_superpixels_may_be_numbered_as_they_like():
    """`slic` begins at 1: `lime` has a feature that is nothing, and never hides the last."""
    image = picture()

    def far_apart(pixels):
        return 3 * cells(pixels) + 7

    ours, _ = both(image, many=1000)
    again = LimeImageExplainer(random_state=0).explain_instance(
        image, bright, num_samples=1000, segmentation_fn=far_apart, hide_color=0, progress_bar=False
    )
    assert again.local_exp == ours.local_exp
    assert set(np.unique(again.segments)) == set(range(16))

    cut = LimeImageExplainer(random_state=0).explain_instance(
        image, bright, segmentation_fn=slic, hide_color=0, progress_bar=False, num_samples=200
    )
    assert set(dict(cut.local_exp[0])) == set(range(cut.segments.max() + 1))


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("kind", [np.uint8, np.float32, np.float64])
def test_grey_and_see_through_pictures_of_any_numbers(channels, kind):
    shapes, kinds = set(), set()

    def watched(pictures):
        shapes.add(pictures.shape[1:])
        kinds.add(pictures.dtype)
        return bright(pictures)

    found = LimeImageExplainer(random_state=0).explain_instance(
        picture(kind, channels),
        watched,
        segmentation_fn=cells,
        hide_color=0,
        progress_bar=False,
    )
    assert shapes == {(SIDE, SIDE, 3 if channels == 1 else channels)}
    assert kinds == {np.dtype(kind)}
    assert [i for i, _ in found.local_exp[0][:2]] == [0, 6]
    image, mask = found.get_image_and_mask(0, positive_only=False, num_features=2)
    assert (mask[CORNER] == 1).all()
    assert (image[CORNER][..., 1] == found.image.max()).all()


def test_batches_are_no_larger_than_asked_for_and_nothing_is_asked_twice():
    sizes, seen = [], set()

    def watched(pictures):
        sizes.append(len(pictures))
        seen.update(each.tobytes() for each in pictures)
        return bright(pictures)

    LimeImageExplainer().explain_instance(
        picture(), watched, hide_color=0, batch_size=7, segmentation_fn=cells, progress_bar=False
    )
    assert max(sizes) <= 7
    assert len(seen) == sum(sizes) <= 1100


def test_a_progress_bar_if_there_is_something_that_draws_it(capsys, monkeypatch):
    def ask(**more):
        LimeImageExplainer().explain_instance(
            picture(), bright, num_samples=100, segmentation_fn=cells, **more
        )
        return capsys.readouterr().err

    assert "100/100" in ask()
    assert ask(progress_bar=False) == ""
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    assert ask() == ""


def test_asked_twice_it_says_the_same():
    explainer = LimeImageExplainer(random_state=np.random.RandomState(4))
    first, second = (
        explainer.explain_instance(picture(), bright, num_samples=60, progress_bar=False)
        for _ in range(2)
    )
    assert first.local_exp == second.local_exp
    third = pickle.loads(pickle.dumps(explainer)).explain_instance(
        picture(), bright, num_samples=60, progress_bar=False
    )
    assert pickle.loads(pickle.dumps(third)).local_exp == first.local_exp


def test_errors_say_what_to_do():
    found = LimeImageExplainer().explain_instance(
        picture(), bright, labels=[2], top_labels=None, num_samples=50, progress_bar=False
    )
    with pytest.raises(TargetError, match="Label 0 is not explained, only 2"):
        found.get_image_and_mask(0)
    for wrong in ({"num_features": "3"}, {"num_features": -1}, {"min_weight": None}):
        (name,) = wrong
        with pytest.raises(SettingsError, match=f"{name} is {wrong[name]!r}; it must be a"):
            found.get_image_and_mask(2, **wrong)
    with pytest.raises(SettingsError, match="both True"):
        found.get_image_and_mask(2, negative_only=True)
    with pytest.raises(PredictorError, match="not probabilities"):
        LimeImageExplainer().explain_instance(
            picture(), lambda pictures: 9 * bright(pictures), progress_bar=False
        )


def test_the_snippet_of_the_image_runs_with_a_real_network():
    class Model:
        def __init__(self, network):
            self.predict = network

    network = wolves.TASK.models[0].load()
    try:
        explainer, model = LimeImageExplainer(random_state=0), Model(network)
        data = wolves.data()
        img = next(
            pixels
            for pixels, label in zip(data.test.instances, data.test.labels, strict=True)
            if label == 1
        )

        explanation = explainer.explain_instance(
            img, model.predict, top_labels=5, hide_color=0, num_samples=1000
        )
        temp, mask = explanation.get_image_and_mask(
            explanation.top_labels[0], positive_only=True, num_features=10, hide_rest=True
        )

        answer = model.predict(img[None])[0]
        np.testing.assert_allclose(explanation.predict_proba, answer, atol=1e-6)
        assert explanation.top_labels == np.argsort(answer)[::-1].tolist()
        assert temp.shape == img.shape
        assert set(np.unique(mask)) == {0, 1}
        np.testing.assert_array_equal(temp[mask == 1], img[mask == 1])
        assert not temp[mask == 0].any()
        # What it found is so: without these regions the network is less sure than without others.
        label = explanation.top_labels[0]
        hidden, rest = (np.where((mask == keep)[..., None], img, 0) for keep in (0, 1))
        assert model.predict(rest[None])[0, label] > model.predict(hidden[None])[0, label]
    finally:
        network.close()


def test_an_image_with_a_palette_is_explained_in_its_colours():
    pixels = picture()
    image = Image.fromarray(pixels).convert("P", palette=Image.Palette.ADAPTIVE)
    seen = []

    def watched(pictures):
        seen.append(pictures.shape[1:])
        return bright(pictures)

    ask = {"segmentation_fn": cells, "hide_color": 0, "num_samples": 60, "progress_bar": False}
    of_palette, of_rgb = (
        LimeImageExplainer(random_state=0).explain_instance(each, watched, **ask)
        for each in (image, np.asarray(image.convert("RGB")))
    )
    assert set(seen) == {(SIDE, SIDE, 3)}
    assert of_palette.local_exp == of_rgb.local_exp


@pytest.mark.parametrize("seed", ["a", -1, 2.5])
def test_the_seed_of_the_superpixels_is_a_whole_number(seed):
    with pytest.raises(SettingsError, match=f"random_seed is {seed!r}; give a whole number"):
        LimeImageExplainer().explain_instance(picture(), bright, random_seed=seed)
