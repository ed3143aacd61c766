"""`LimeImageExplainer`: images, as the package `lime` explains them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from lime_engine.compat.asking import Kernel, KernelFn, Taken, Wanted, explained
from lime_engine.compat.result import LimeImageExplanation
from lime_engine.errors import SettingsError, is_whole
from lime_engine.image.perturber import ImagePerturber
from lime_engine.image.superpixels import as_rgb, checked_pixels
from lime_engine.settings import LimeSettings, seed_of
from lime_engine.show.progress import bar
from lime_engine.subjects import PixelArray
from lime_engine.types import PredictFn

_SEEDS = 1000  # of a segmentation


class LimeImageExplainer:
    """Explains images with the names, defaults and results of `lime`.

    Parameters
    ----------
    kernel_width : float
        Of the exponential kernel, in cosine distance.
    kernel : callable or None
        kernel(distances, kernel_width=…) -> weights, in place of the exponential one.
    verbose : bool
        Print each local fit.
    feature_selection : {"auto", "none", "forward_selection", "highest_weights", "lasso_path"}
    random_state : int, numpy RandomState or Generator, or None
        Read at each explanation and never advanced; None is another explanation each time.

    Raises
    ------
    SettingsError
        If a parameter cannot be what it is.
    """

    def __init__(
        self,
        kernel_width: float = 0.25,
        kernel: KernelFn | None = None,
        verbose: bool = False,
        feature_selection: str = "auto",
        random_state: Any = None,
    ) -> None:
        Kernel(kernel_width)
        LimeSettings(selection=feature_selection)
        seed_of(random_state)
        self.kernel_width = kernel_width
        self.kernel = kernel
        self.verbose = verbose
        self.feature_selection = feature_selection
        self.random_state = random_state

    def explain_instance(
        self,
        image: PixelArray,
        classifier_fn: PredictFn[PixelArray],
        labels: Iterable[int] = (1,),
        hide_color: float | Sequence[float] | None = None,
        top_labels: int | None = 5,
        num_features: int = 100000,
        num_samples: int = 1000,
        batch_size: int = 10,
        segmentation_fn: Callable[[PixelArray], Any] | None = None,
        distance_metric: str = "cosine",
        model_regressor: Any = None,
        random_seed: int | None = None,
        progress_bar: bool = True,
    ) -> LimeImageExplanation:
        """Why the model answers so to this image.

        Parameters
        ----------
        image : array (h, w), (h, w, 1), (h, w, 3) or (h, w, 4)
            Of any number type. One of two dimensions goes to the model with three channels; an
            image of Pillow with a palette, or in CMYK, YCbCr, HSV or LAB, as RGB.
        classifier_fn : callable
            Images (n, h, w, channels) -> (n, n_classes) probabilities.
        labels : iterable of int
            Columns to explain, if `top_labels` is None.
        hide_color : number, one a channel, or None
            What a superpixel that is off looks like. None: its mean colour.
        top_labels : int or None
            Explain the columns with the highest answers.
        num_features : int
        num_samples : int
            The instance included. A tenth as many are asked on top, to judge the fit by.
        batch_size : int
            At most so many images are handed to the model at once.
        segmentation_fn : callable or None
            Image -> whole numbers (h, w), any of them. None: quickshift(kernel_size=4,
            max_dist=200, ratio=0.2).
        distance_metric : str
            Of `sklearn.metrics.pairwise_distances`.
        model_regressor : scikit-learn regressor or None
            For the local fit; None: ridge.
        random_seed : int or None
            Of quickshift. None: one that hangs on the random state.
        progress_bar : bool
            Show one, if the package tqdm is there.

        Raises
        ------
        InputError, PredictorError, SettingsError, TargetError
        """
        seed = seed_of(self.random_state)
        if segmentation_fn is None:
            segment_seed = seed % _SEEDS if random_seed is None else _checked(random_seed)
            segmentation_fn = partial(_quickshift, seed=segment_seed)
        fill: Any = "mean" if hide_color is None else hide_color
        perturber = ImagePerturber(segmentation_fn, fill=fill)
        pixels = checked_pixels(image)
        if pixels.ndim == 2:
            pixels = np.repeat(pixels[..., None], 3, axis=2)
        subject = perturber.components(pixels)
        kernel = Kernel(self.kernel_width, self.kernel, distance_metric)
        law = replace(perturber.law(subject, None), kernel=kernel.by_size(subject.n_components))
        settings = LimeSettings(
            n_samples=num_samples,
            n_features=num_features,
            selection=self.feature_selection,
            sampler="lime",
            seed=seed,
            batch_size=batch_size,
        )
        with bar(num_samples, "images", progress_bar) as on_progress:
            return explained(
                subject,
                classifier_fn,
                Taken(law, perturber.realiser(subject), perturber.max_batch(subject)),
                settings,
                Wanted(labels, top_labels, None, model_regressor, self.verbose),
                on_progress,
                kind=LimeImageExplanation,
            )


def _checked(random_seed: Any) -> int:
    if not is_whole(random_seed) or random_seed < 0:
        raise SettingsError(
            f"random_seed is {random_seed!r}; give a whole number from 0 on, or None for one that "
            "hangs on random_state."
        )
    return int(random_seed)


def _quickshift(pixels: PixelArray, seed: int) -> Any:
    """Superpixels with the parameters of `lime`."""
    from skimage import segmentation

    known: Any = segmentation  # it ships no types
    return known.quickshift(as_rgb(pixels), kernel_size=4, max_dist=200, ratio=0.2, rng=seed)
