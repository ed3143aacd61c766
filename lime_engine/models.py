"""Models of other libraries in the place of a predict function, known by the shape they have."""

import sys
from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np

from lime_engine.errors import PredictorError, cut
from lime_engine.settings import Mode
from lime_engine.types import FloatArray, PredictFn, plain_array

PROBABILITY_SLACK = 1e-6  # so far outside 0 to 1 a probability may be


def predict_function(model: Any, mode: Mode = "classification") -> PredictFn[Any]:
    """What answers for `model`: itself if it is a function, else the method that its kind has.

    Nothing is imported to find out: a model is known by the names of its methods.

    Parameters
    ----------
    model : callable, or a model of one of these kinds
        A scikit-learn estimator (`predict_proba`; `predict` for regression). A text-classification
        pipeline of Hugging Face (all labels, in the order of the model's ids). A Keras model
        (`predict_on_batch`; one column of a yes/no model becomes two). A torch module (in
        evaluation mode, without gradients; images with channels first, bytes divided by 255). For
        classification a softmax makes probabilities of what these two answer, if numbers of the
        first batch are outside 0 to 1 or are named `logits`; else answers stay as they are.

    Raises
    ------
    PredictorError
        If it is none of these.
    """
    if _is_text_pipeline(model):
        return partial(_ask_pipeline, model)
    if _has(model, "state_dict", "parameters", "eval", "train", "__call__"):
        return partial(_ask_torch, model, _Ending(mode))
    if _has(model, "predict_on_batch"):
        return partial(_ask_keras, model, _Ending(mode))
    if mode == "regression" and _has(model, "fit", "predict"):
        return _method(model, "predict")
    if _has(model, "predict_proba"):
        return _method(model, "predict_proba")
    if callable(model):
        return model  # type: ignore[no-any-return]
    kind = type(model).__name__
    if _has(model, "predict"):
        raise PredictorError(
            f"The model, a {kind}, has predict but no predict_proba, and labels alone do not say "
            "how sure it is. Give a model with predict_proba (scikit-learn's "
            "CalibratedClassifierCV makes one of it); or, if it predicts a number, set "
            'mode="regression".'
        )
    raise PredictorError(
        f"The model is of type {kind}, which is neither a function nor a model of a known kind. "
        "Give a function from a batch of instances to probabilities, such as model.predict_proba."
    )


def _has(model: Any, *names: str) -> bool:
    return all(callable(getattr(model, name, None)) for name in names)


def _method(model: Any, name: str) -> PredictFn[Any]:
    found: PredictFn[Any] = getattr(model, name)
    return found


def _is_text_pipeline(model: Any) -> bool:
    """Whether it is one of Hugging Face: others too have a model and a tokenizer."""
    config = getattr(getattr(model, "model", None), "config", None)
    return (
        callable(model)
        and isinstance(getattr(model, "task", None), str)
        and getattr(model, "tokenizer", None) is not None  # of a pipeline for pictures None
        and isinstance(getattr(config, "id2label", None), Mapping)
    )


def _ask_pipeline(pipeline: Any, batch: Any) -> FloatArray:
    """The scores of all labels, a column a label in the order of the model's ids."""
    texts = [str(text) for text in batch]
    answers = pipeline(texts, top_k=None, truncation=True)
    by_id = pipeline.model.config.id2label
    names = [by_id[number] for number in sorted(by_id)]
    found = np.empty((len(texts), len(names)))
    for row, answer in zip(found, answers, strict=True):
        scores = {each["label"]: each["score"] for each in answer}
        if scores.keys() != set(names):
            raise PredictorError(
                f"The pipeline answered with the labels {cut(', '.join(map(str, scores)), 80)}; "
                f"its model has {cut(', '.join(map(str, names)), 80)}. Give a pipeline for "
                "text-classification, or a function that returns a column a label."
            )
        row[:] = [scores[name] for name in names]
    return found


def _ask_torch(module: Any, ending: "_Ending", batch: Any) -> FloatArray:
    """The module's answer in evaluation mode; its mode is put back."""
    torch: Any = sys.modules.get("torch")  # who made the module has imported it
    inputs = _numbers(batch, "A torch module")
    if inputs.ndim == 4:
        inputs = np.moveaxis(inputs, -1, 1)  # channels first
    numbers = np.ascontiguousarray(inputs / 255 if inputs.dtype == np.uint8 else inputs)
    tensor = torch.as_tensor(numbers.astype(np.float32))
    first = next(iter(module.parameters()), None)
    if first is not None:
        tensor = tensor.to(first)  # its type and device
    was_training = module.training
    module.eval()
    try:
        with torch.no_grad():
            answer = module(tensor)
    finally:
        module.train(was_training)
    logits = getattr(answer, "logits", None)
    if logits is not None:
        return ending(plain_array(logits, float), are_scores=True)
    return ending(plain_array(answer, float))


def _ask_keras(model: Any, ending: "_Ending", batch: Any) -> FloatArray:
    inputs = np.asarray(batch)
    answer = plain_array(model.predict_on_batch(inputs), float)
    if ending.mode == "classification" and answer.shape[1:] in ((), (1,)):
        yes = answer.reshape(-1)
        return np.column_stack([1 - yes, yes])
    return ending(answer)


def _numbers(batch: Any, who: str) -> Any:
    found = np.asarray(batch)
    if found.dtype.kind not in "uifb":
        raise PredictorError(
            f"{who} takes numbers, but it would be asked about {found.dtype} values such as "
            f"{cut(repr(found.ravel()[0]), 60)}. Give a function that turns them into what the "
            "model takes, and returns probabilities."
        )
    return found


class _Ending:
    """What is done with a network's numbers: nothing, or a softmax where they are scores.

    Numbers outside 0 to 1 are scores, and what is called logits. The first batch decides for all: a
    softmax of some batches alone would be another model. What is from 0 to 1 stays as it is;
    whether it is a probability of one of several classes is for whoever has asked to see.
    """

    def __init__(self, mode: Mode) -> None:
        self.mode = mode
        self._are_scores: bool | None = None

    def __call__(self, answer: FloatArray, are_scores: bool = False) -> FloatArray:
        if self.mode != "classification" or answer.ndim != 2 or answer.shape[1] < 2:
            return answer
        if not np.isfinite(answer).all():
            return answer
        low, high = answer.min(), answer.max()
        are_outside = low < -PROBABILITY_SLACK or high > 1 + PROBABILITY_SLACK
        if self._are_scores is None:
            self._are_scores = bool(are_scores or are_outside)
        if not self._are_scores:
            if are_outside:
                raise PredictorError(
                    f"The model's first answers were from 0 to 1, as probabilities are; then came "
                    f"some from {low:.4g} to {high:.4g}, as scores are. Give a function that "
                    "returns a softmax of its scores, or probabilities."
                )
            return answer
        raised = np.exp(answer - answer.max(axis=1, keepdims=True))
        return np.asarray(raised / raised.sum(axis=1, keepdims=True))
