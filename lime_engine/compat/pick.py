"""`SubmodularPick`: a few explanations that show much of a model, by the names of `lime`."""

from typing import Any

import numpy as np

from lime_engine.compat.result import LimeExplanation
from lime_engine.errors import InputError, SettingsError, is_whole
from lime_engine.image.visual_words import looks, visual_words
from lime_engine.many.instances import by_position
from lime_engine.pick import ExplanationMatrix, submodular_pick
from lime_engine.settings import seed_of
from lime_engine.subjects import ImageSubject

METHODS = ("sample", "full")


class SubmodularPick:
    """Explains rows of the data, and picks those explanations that cover most (SP-LIME).

    Of each row the predicted class counts, and of its weights the size. Pictures have superpixels
    in common that look alike.

    Parameters
    ----------
    explainer : LimeTextExplainer, LimeTabularExplainer or LimeImageExplainer
    data : sequence of texts; array, DataFrame or sparse matrix of rows; or sequence of images
    predict_fn : callable
        As for the explainer.
    method : {"sample", "full"}
        Explain `sample_size` rows drawn at random (by the random state of the explainer), or all.
    sample_size : int
    num_exps_desired : int
        At most so many are picked; fewer once everything is covered.
    num_features : int
    **kwargs
        For `explain_instance`. With `top_labels` above 1 more labels are explained; the pick goes
        by the predicted one.

    Attributes
    ----------
    explanations : list
        Of all rows that were explained.
    rows : list of int
        Their numbers in `data`.
    sp_explanations : list
        Those that were picked, in their order.
    V : list of int
        Their row numbers in `data`.

    Raises
    ------
    SettingsError
        If a parameter is outside its range.
    InputError
        If there are no rows, or one cannot be explained.
    """

    def __init__(
        self,
        explainer: Any,
        data: Any,
        predict_fn: Any,
        method: str = "sample",
        sample_size: int = 1000,
        num_exps_desired: int = 5,
        num_features: int = 10,
        **kwargs: Any,
    ) -> None:
        if method not in METHODS:
            raise SettingsError(f"method is {method!r}; use one of {', '.join(METHODS)}.")
        for name, number in (("sample_size", sample_size), ("num_exps_desired", num_exps_desired)):
            if not is_whole(number) or number < 1:
                raise SettingsError(f"{name} is {number!r}; it must be a whole number above 0.")
        instances = by_position(data)
        if not len(instances):
            raise InputError("The data has no rows. Give at least one.")
        self.rows = list(range(len(instances)))
        if method == "sample" and sample_size < len(instances):
            rng = np.random.default_rng(seed_of(explainer.random_state))
            self.rows = sorted(rng.permutation(len(instances))[:sample_size].tolist())
        options = {"top_labels": 1} | kwargs
        if isinstance(options["top_labels"], int | np.integer) and options["top_labels"] < 1:
            raise SettingsError(
                f"top_labels is {options['top_labels']}; the pick goes by the predicted class. "
                "Leave top_labels out, or give 1 or more."
            )
        self.explanations: list[LimeExplanation] = [
            explainer.explain_instance(
                instances[row], predict_fn, num_features=num_features, **options
            )
            for row in self.rows
        ]
        features = _features(self.explanations)
        matrix = ExplanationMatrix.of(zip(self.rows, features, strict=True))
        items = submodular_pick(matrix, int(num_exps_desired)).items
        self.sp_explanations = [self.explanations[item] for item in items]
        self.V: list[int] = [int(row) for row in matrix.rows[items]]


def _features(explanations: list[LimeExplanation]) -> list[list[tuple[str, float]]]:
    """What counts for the predicted class of each, by names that several may share."""
    predicted = [_of_prediction(explanation) for explanation in explanations]
    subjects = [explanation.subject for explanation in explanations]
    if not all(isinstance(subject, ImageSubject) for subject in subjects):
        return [
            explanation.as_list(label)
            for explanation, label in zip(explanations, predicted, strict=True)
        ]
    pairs = [
        explanation.local_exp[label]
        for explanation, label in zip(explanations, predicted, strict=True)
    ]
    described = [
        looks(subject, [i for i, _ in own]) for subject, own in zip(subjects, pairs, strict=True)
    ]
    words = iter(visual_words(np.concatenate(described)).tolist())
    return [[(f"look {next(words)}", weight) for _, weight in own] for own in pairs]


def _of_prediction(explanation: LimeExplanation) -> int:
    """The label of the predicted class; if it was not asked for, that with the highest answer."""
    answer = explanation.predict_proba
    if answer is None:
        return 1
    if not explanation.local_exp:
        raise SettingsError(
            "labels is empty; the pick goes by the predicted class. Leave labels and top_labels "
            "out, or give one label or more."
        )
    return max(explanation.local_exp, key=lambda label: float(answer[label]))
