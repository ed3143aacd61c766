"""What the explainers of `lime` return: explanations of several labels from one set of calls."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from lime_engine.errors import SettingsError, TargetError
from lime_engine.show.page import as_fragment, as_page
from lime_engine.subjects import ImageSubject, TextSubject
from lime_engine.types import Explanation, FloatArray

Pairs = list[tuple[int, float]]
_POSITIVE, _NEGATIVE = 1, 0  # the labels of a regression


def listed(labels: Iterable[int] | int) -> list[Any]:
    """Labels as people give them: several, or one by itself.

    Raises
    ------
    TargetError
        If they are neither.
    """
    if isinstance(labels, int | np.integer | str):
        return [labels]
    try:
        return list(labels)
    except TypeError as error:
        raise TargetError(
            f"labels is {labels!r}; give numbers of columns of the model's answer, such as "
            "labels=(0, 1)."
        ) from error


class LimeExplanation:
    """Explanations of one instance, one a label.

    Attributes
    ----------
    explanations : dict of int to Explanation
        What the engine says of each label: fidelity on fresh masks, `to_json`, `plot`, …
    subject : TextSubject, ImageSubject or TabularSubject
        The instance, taken apart.
    local_exp : dict of int to list of (int, float)
        Numbers of components (of a row: of columns) and their weights, strongest first. Of a
        regression 1 has the weights, 0 their negation.
    intercept, score, local_pred : dict of int
        Of the local fit: its intercept, its R^2 on the rows that it was fitted to, and what it
        says of the instance, (1,).
    predict_proba : array (n_classes,), or None for a regression
    top_labels : list of int or None
        The labels with the highest answers, if these were asked for.
    class_names : list of str
    mode : {"classification", "regression"}
    predicted_value, min_value, max_value : float
        Of a regression: the model's answer, and the range of its answers near by.
    """

    def __init__(
        self,
        explanations: Mapping[int, Explanation],
        subject: Any,
        mode: str,
        class_names: Sequence[str],
        ids: Sequence[int],
        score: dict[int, float],
        local_pred: dict[int, FloatArray],
        intercept: dict[int, float],
        top_labels: list[int] | None,
        answers: FloatArray,
    ) -> None:
        self.explanations, self.subject = dict(explanations), subject
        self.score, self.local_pred, self.intercept = score, local_pred, intercept
        self._component = {feature: component for component, feature in enumerate(ids)}
        self.local_exp: dict[int, Pairs] = {
            label: [(int(ids[weight.index]), weight.weight) for weight in explanation.weights]
            for label, explanation in self.explanations.items()
        }
        self.mode = "regression" if mode == "regression" else "classification"
        self.top_labels = top_labels
        self.predict_proba: FloatArray | None = None
        if self.mode == "classification":
            self.class_names = list(class_names)
            self.predict_proba = answers[0].copy()
            return
        self.class_names = ["negative", "positive"]
        self.predicted_value = float(answers[0, 0])
        self.min_value, self.max_value = float(answers.min()), float(answers.max())
        self.dummy_label = _POSITIVE
        self.intercept[_POSITIVE] = self.intercept[_NEGATIVE]
        self.score[_POSITIVE] = self.score[_NEGATIVE]
        self.local_pred[_POSITIVE] = self.local_pred[_NEGATIVE]
        self.local_exp[_POSITIVE] = self.local_exp[_NEGATIVE]
        self.local_exp[_NEGATIVE] = [(i, -weight) for i, weight in self.local_exp[_POSITIVE]]

    def available_labels(self) -> list[int]:
        """The labels that are explained.

        Raises
        ------
        TargetError
            Of a regression, which has none.
        """
        if self.mode == "regression":
            raise TargetError("A regression has no labels. Leave the label out: as_list().")
        return list(self.top_labels or self.local_exp)

    def as_list(self, label: int = 1, positions: bool = False) -> list[tuple[str, float]]:
        """What counts for a label and how much, strongest first. A regression has one label.

        `positions` adds to a word where it starts: "bad_3-6-12".

        Raises
        ------
        TargetError
            If the label is not explained.
        """
        pairs = self.local_exp[self._explained(label)]
        return [(self._name(i, positions), weight) for i, weight in pairs]

    def as_map(self) -> dict[int, Pairs]:
        """Of each label the numbers of components and their weights."""
        return self.local_exp

    def as_html(
        self,
        labels: Iterable[int] | int | None = None,
        predict_proba: bool = True,
        show_predicted_value: bool = True,
        text: bool = True,
        show_table: bool = True,
        show_all: bool = True,
        opacity: bool = True,
    ) -> str:
        """A page without scripts: the answer, bars for each label, how far to believe them.

        The instance is shown if `text` and `show_table` are; `show_all` and `opacity` change
        nothing: bars and marks are the same for all.
        """
        answers = predict_proba if self.mode == "classification" else show_predicted_value
        return as_page(self._chosen(labels), answers=answers, instance=text and show_table)

    def save_to_file(self, file_path: str | Path, *args: Any, **kwargs: Any) -> None:
        """Write `as_html` to a file; the same parameters."""
        Path(file_path).write_text(self.as_html(*args, **kwargs), encoding="utf-8")

    def show_in_notebook(self, *args: Any, **kwargs: Any) -> None:
        """Show `as_html` in a notebook; the same parameters.

        Raises
        ------
        SettingsError
            If there is no IPython.
        """
        try:
            from IPython.display import HTML, display
        except ImportError as error:
            raise SettingsError(
                "show_in_notebook needs IPython, which is not installed. Use save_to_file, or "
                "install ipython."
            ) from error
        display(HTML(self.as_html(*args, **kwargs)))

    def _repr_html_(self) -> str:
        return as_fragment(self._chosen(None))

    def as_plotly_figure(self, label: int = 1) -> Any:
        """The weights for a label as bars. Needs plotly."""
        return self.explanations[self._fit_of(label)].plot()

    def as_pyplot_figure(self, label: int = 1, figsize: tuple[float, float] | None = None) -> Any:
        """The weights for a label as bars. Needs matplotlib.

        Raises
        ------
        SettingsError
            If there is no matplotlib.
        """
        try:
            from matplotlib import pyplot
        except ImportError as error:
            raise SettingsError(
                "as_pyplot_figure needs matplotlib, which is not installed. Install it, or use "
                "as_plotly_figure."
            ) from error
        from lime_engine.show.words import NEGATIVE, POSITIVE, verdict

        explanation = self.explanations[self._fit_of(label)]
        named = self.as_list(label)[::-1]
        figure, axes = pyplot.subplots(figsize=figsize)
        weights = [weight for _, weight in named]
        drawn = axes.barh(range(len(named)), weights, edgecolor="white")
        for bar, weight in zip(drawn, weights, strict=True):
            bar.set_facecolor(POSITIVE if weight > 0 else NEGATIVE)
            bar.set_hatch("" if weight > 0 else "//")
        # Text from people: no mathematics between dollars.
        axes.set_yticks(range(len(named)), [name.replace("$", r"\$") for name, _ in named])
        axes.axvline(0, color="black", linewidth=0.8)
        of = f" for {explanation.class_names[explanation.target]}"
        title = f"What counts{of if self.mode == 'classification' else ''}"
        axes.set_title(title.replace("$", r"\$") + f"\n{verdict(explanation).text}")
        figure.tight_layout()
        return figure

    def _explained(self, label: int) -> int:
        """The label, or the one of a regression."""
        if self.mode == "regression":
            return _POSITIVE
        if not isinstance(label, int | float | np.number) or label not in self.local_exp:
            known = ", ".join(map(str, self.local_exp))
            raise TargetError(
                f"Label {label!r} is not explained{f', only {known}' if known else '; none is'}. "
                "Pass labels=(…,) or top_labels to explain_instance."
            )
        return int(label)

    def _fit_of(self, label: int) -> int:
        """The label under which the engine's explanation is."""
        return _NEGATIVE if self.mode == "regression" else self._explained(label)

    def _chosen(self, labels: Iterable[int] | int | None) -> list[Explanation]:
        if self.mode == "regression":
            return [self.explanations[_NEGATIVE]]
        chosen = self.available_labels() if labels is None else listed(labels)
        return [self.explanations[self._explained(label)] for label in chosen]

    def _name(self, feature: int, positions: bool) -> str:
        component, subject = self._component[feature], self.subject
        name = str(subject.labels[component])
        if not positions or not isinstance(subject, TextSubject):
            return name
        return f"{name}_{'-'.join(str(start) for start, _ in subject.spans[component])}"


class LimeImageExplanation(LimeExplanation):
    """Explanations of one image, one a label, with its superpixels.

    Attributes
    ----------
    image : array (h, w, channels)
    segments : array (h, w)
        Which superpixel each pixel is in, 0..d-1: the numbers in `local_exp`.
    """

    @property
    def image(self) -> Any:
        """The image that was explained; a grey one has three channels."""
        return self._pictured.pixels

    @property
    def segments(self) -> Any:
        """Which superpixel each pixel is in."""
        return self._pictured.segments

    @property
    def _pictured(self) -> ImageSubject:
        subject = self.subject
        assert isinstance(subject, ImageSubject)
        return subject

    def get_image_and_mask(
        self,
        label: int,
        positive_only: bool = True,
        negative_only: bool = False,
        hide_rest: bool = False,
        num_features: int = 5,
        min_weight: float = 0.0,
    ) -> tuple[Any, Any]:
        """The image with the superpixels that count, and a mask of them.

        Parameters
        ----------
        label : int
        positive_only, negative_only : bool
            Only superpixels that speak for the label, or only those that speak against it; both
            kinds if neither. Not both.
        hide_rest : bool
            The rest of the image is 0.
        num_features : int
            At most so many superpixels.
        min_weight : float
            Only with a weight of this size.

        Returns
        -------
        image : array like `image`
            If both kinds are asked for, green where they speak for the label, red where against.
        mask : array (h, w)
            1 where superpixels are shown, -1 where they speak against the label and both kinds are
            asked for, 0 elsewhere: for `skimage.segmentation.mark_boundaries`.

        Raises
        ------
        SettingsError, TargetError
        """
        pairs = self.local_exp[self._explained(label)]
        if positive_only and negative_only:
            raise SettingsError(
                "positive_only and negative_only are both True. Ask for one; for both kinds of "
                "superpixels set both to False."
            )
        is_number = isinstance(num_features, int | np.integer) and num_features >= 0
        if num_features is not None and not is_number:
            raise SettingsError(
                f"num_features is {num_features!r}; it must be a whole number, at least 0."
            )
        if not isinstance(min_weight, int | float | np.number):
            raise SettingsError(f"min_weight is {min_weight!r}; it must be a number.")
        image, segments = self.image, self.segments
        if positive_only or negative_only:
            sign = 1 if positive_only else -1
            pairs = [(i, w) for i, w in pairs if sign * w > 0 and sign * w > min_weight]
            shown = pairs[:num_features]
        else:
            shown = [(i, w) for i, w in pairs[:num_features] if abs(w) >= min_weight]
            if image.ndim == 2 or image.shape[2] < 3:  # what is coloured has colours
                image = np.repeat(np.atleast_3d(image)[..., :1], 3, axis=2)
        found = np.zeros_like(image) if hide_rest else image.copy()
        mask = np.zeros(segments.shape, dtype=segments.dtype)
        for i, weight in shown:
            here = segments == i
            found[here] = image[here]
            mask[here] = 1
            if not (positive_only or negative_only):
                mask[here] = -1 if weight < 0 else 1
                found[here, 0 if weight < 0 else 1] = image.max()
        return found, mask
