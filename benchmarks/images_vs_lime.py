"""Images: our engine and the package `lime` side by side, on the same picture and superpixels.

Run with `make bench`. Prints one table: seconds for the whole call and outside segmentation and
model, medians over the repeats, the two engines taking turns.
"""

import argparse
import statistics
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import skimage.data
import skimage.transform
from lime.lime_image import LimeImageExplainer
from numpy.typing import NDArray

from benchmarks.timing import Timed, geometric_mean, timed
from lime_engine import ImagePerturber, LimeSettings, explain
from lime_engine.image.superpixels import superpixels
from lime_engine.types import FloatArray

SIZES = (224, 512)
SEGMENTATIONS = ("slic", "quickshift")
N_SAMPLES = 1000
REPEATS = 5


def cheap(batch: Any) -> FloatArray:
    """A model that takes next to no time: how bright one corner is."""
    corner = np.asarray(batch)[:, :32, :32, 0].mean(axis=(1, 2)) / 255
    return np.column_stack([1 - corner, corner])


def picture(size: int) -> NDArray[np.uint8]:
    photograph: Any = skimage.data.astronaut()  # type: ignore[no-untyped-call]
    scaled: Any = skimage.transform.resize(photograph, (size, size))  # type: ignore[no-untyped-call]
    return np.asarray(scaled * 255, dtype=np.uint8)


def ours(image: Any, model: Timed, cut: Timed, seed: int) -> Callable[[], object]:
    settings = LimeSettings(
        n_samples=N_SAMPLES, n_features=100_000, held_out=0.0, seed=seed, sampler="lime"
    )
    return lambda: explain(image, model, ImagePerturber(segmentation=cut), settings)


def theirs(image: Any, model: Timed, cut: Timed, seed: int) -> Callable[[], object]:
    explainer = LimeImageExplainer(random_state=seed)
    return lambda: explainer.explain_instance(
        image, model, num_samples=N_SAMPLES, segmentation_fn=cut
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=REPEATS)
    repeats = parser.parse_args().repeats
    print(f"{N_SAMPLES} samples, seconds, median of {repeats}; outside = outside both\n")
    print(
        "| pixels | segmentation | superpixels | lime | ours | faster | segmentation | "
        "lime outside | ours outside | outside, faster |\n|---|---|---|---|---|---|---|---|---|---|"
    )
    speedups = []
    model = Timed(cheap)
    for size in SIZES:
        image = picture(size)
        for name in SEGMENTATIONS:
            cut = Timed(partial(superpixels, segmentation=name, n_segments=50))
            d = int(cut(image).max()) + 1
            rows = [
                (
                    *timed(ours(image, model, cut, seed), model, cut),
                    cut.seconds,
                    *timed(theirs(image, model, cut, seed), model, cut),
                )
                for seed in range(repeats)
            ]
            whole, outside, cutting, lime_whole, lime_outside = (
                statistics.median(column) for column in zip(*rows, strict=True)
            )
            speedups.append(lime_whole / whole)
            print(
                f"| {size} | {name} | {d} | {lime_whole:.3f} | {whole:.3f} | "
                f"{speedups[-1]:.1f}x | {cutting:.3f} | {lime_outside:.3f} | {outside:.3f} | "
                f"{lime_outside / outside:.1f}x |"
            )
            sys.stdout.flush()
    print(f"| geometric mean | | | | | {geometric_mean(speedups):.1f}x | | | | |")


if __name__ == "__main__":
    main()
