"""The package `lime` on the same picture and model: as alike as two of its own seeds are."""

from typing import Any

import numpy as np
import pytest
from lime.lime_image import LimeImageExplainer
from numpy.typing import NDArray
from skimage import data

from lime_engine import ImagePerturber, LimeSettings, explain
from lime_engine.types import FloatArray

SEEDS = range(4)
IMAGE = data.chelsea()[::3, ::4][:96, :96]


def predict(batch: NDArray[Any]) -> FloatArray:
    """Crooked on purpose: products of parts of the picture, squashed."""
    parts = np.asarray(batch, dtype=float) / 255
    eye, ear, ground = (
        parts[:, 20:50, 30:60].mean(axis=(1, 2)),
        parts[:, 0:30, 60:96].mean(axis=(1, 2)),
        parts[:, 70:96].std(axis=(1, 2)),
    )
    score = 40 * (eye[:, 0] - 0.5) * ear[:, 1] + 30 * ground.mean(axis=1) - 10 * eye[:, 2] ** 2
    p = 1 / (1 + np.exp(-score))
    return np.column_stack([1 - p, p])


@pytest.mark.filterwarnings("ignore")  # some of `lime`'s own
@pytest.mark.parametrize(("segmentation", "fill"), [("slic", "mean"), ("quickshift", 0)])
def test_weights_correlate_as_two_seeds_of_lime_do(segmentation: str, fill: Any) -> None:
    perturber = ImagePerturber(segmentation=segmentation, fill=fill)
    segments = perturber.components(IMAGE).segments
    d = segments.max() + 1
    theirs, ours = [], []
    for seed in SEEDS:
        peer = LimeImageExplainer(random_state=seed, feature_selection="none").explain_instance(
            IMAGE,
            predict,
            hide_color=None if fill == "mean" else fill,
            num_samples=1000,
            segmentation_fn=lambda image: segments,
        )
        by_id = dict(peer.local_exp[1])
        theirs.append([by_id[i] for i in range(d)])
        settings = LimeSettings(
            n_samples=1000, selection="none", held_out=0, seed=seed, sampler="lime"
        )
        mine = explain(IMAGE, predict, perturber, settings, target=1)
        by_index = {weight.index: weight.weight for weight in mine.weights}
        ours.append([by_index[i] for i in range(d)])
    both = np.corrcoef(theirs + ours)
    n = len(theirs)
    among_theirs = both[:n, :n][np.triu_indices(n, 1)].mean()
    across = both[:n, n:].mean()
    print(f"{segmentation}, {d}: lime with lime {among_theirs:.4f}, with ours {across:.4f}")
    assert across >= among_theirs - 0.01
    assert np.std(ours) / np.std(theirs) == pytest.approx(1, abs=0.05)
