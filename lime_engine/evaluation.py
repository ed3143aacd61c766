"""Asking the model: in batches, each distinct mask once, and nothing but sound answers back."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any, Protocol, TypeVar

import numpy as np

from lime_engine.errors import Cancelled, LimeError, PredictorError, cut, in_words
from lime_engine.models import PROBABILITY_SLACK, predict_function
from lime_engine.settings import LimeSettings, Mode
from lime_engine.subjects import Subject
from lime_engine.types import (
    Design,
    FloatArray,
    Law,
    Neighbourhood,
    PredictFn,
    Responses,
    plain_array,
)

X_contra = TypeVar("X_contra", contravariant=True)
Batch = TypeVar("Batch")
Batch_co = TypeVar("Batch_co", covariant=True)
OnProgress = Callable[[float], None]
ShouldStop = Callable[[], bool]

FIRST_BATCH = 2  # how slow is the model? Not 1, which some models squeeze away
MAX_BATCH = 4096
MOST_GROWTH = 8  # where it was measured badly how long a larger batch will take
BATCH_SECONDS = 0.2  # what a batch should take: few calls, and soon enough for a stop
PATIENT_SECONDS = 1.0  # what one may take that was measured badly
_CHANCE = 0.2  # by such a share of its time a call may take longer or shorter than another
_NO_MEMORY_KIND = re.compile("OutOfMemory|ResourceExhausted")  # torch, CuPy; TensorFlow, JAX
_NO_MEMORY = re.compile(  # onnxruntime, JAX, torch on a CPU, C++
    r"out of memory|(failed|can.?t|cannot|unable) to allocate|can.?t allocate|cannot allocate"
    r"|bad_alloc|OOM when allocating|RESOURCE_EXHAUSTED",
    re.IGNORECASE,
)
_LOOKED_AT = 10_000  # characters of an error's words
MOST_SHOWN = 200  # characters of an instance in a sentence
SUM_SLACK = 0.02  # of a softmax over 1,000 classes in 16 bits


@dataclass(slots=True)
class Room:
    """How many instances a model takes at once: found out on the way, and remembered for the rest.

    `most` only ever shrinks, by half when the model has run out of memory. `size` is of the next
    batch: as many as are answered in BATCH_SECONDS, or, where a call has costs of its own, in as
    long as these again.
    """

    most: int = MAX_BATCH
    size: int = FIRST_BATCH
    _call_seconds: float = 0.0
    _known: tuple[int, float] | None = None  # the size of a batch, and what it took

    @classmethod
    def of(cls, settings: LimeSettings) -> "Room":
        """What the settings leave."""
        return cls(min(MAX_BATCH, settings.batch_size or MAX_BATCH))

    def learn(self, n: int, seconds: float) -> None:
        """From a batch of `n` that took so long, how large the next should be."""
        if self._known is None:  # not yet what of it is the call's own: all of it the rows', say
            self._known = n, seconds
            at_least = 2 * n if seconds < PATIENT_SECONDS else n // 2
            self.size = max(1, at_least, int(n * BATCH_SECONDS / seconds))
            return
        n_before, seconds_before = self._known
        if max(n, n_before) >= 2 * min(n, n_before):  # else the difference is chance
            a_row = max(0.0, (seconds - seconds_before) / (n - n_before))
            self._call_seconds = max(0.0, seconds - n * a_row)
            self._known = n, seconds
        a_row = max((seconds - self._call_seconds) / n, 1e-9)
        wanted = max(BATCH_SECONDS - self._call_seconds, self._call_seconds) / a_row
        a_row_at_most = a_row + _CHANCE * seconds / n
        most = max(MOST_GROWTH * n, PATIENT_SECONDS / a_row_at_most)
        self.size = max(1, round(min(wanted, most)))


class Perturber(Protocol[X_contra, Batch_co]):
    """Knows the kind of instance: what can be switched off, and how it looks without it."""

    def components(self, instance: X_contra) -> Any:
        """The instance as a `Subject` of the kind that this perturber knows."""

    def default_kernel_width(self, subject: Any) -> float:
        """In the units of this kind's distance."""

    def law(self, subject: Any, kernel_width: float | None) -> Law:
        """The neighbourhood of the subject; None is the default width."""

    def realiser(self, subject: Any) -> Callable[[Design], Batch_co]:
        """What writes the instances of a few rows of a design, as a batch that a model takes."""

    def max_batch(self, subject: Any) -> int:
        """How many instances may be held in memory at once."""


def evaluate(
    predict: PredictFn[Batch],
    perturber: Perturber[Any, Batch],
    subject: Subject,
    design: Design,
    *,
    mode: Mode = "classification",
    known: Neighbourhood | None = None,
    room: Room | None = None,
    on_progress: OnProgress | None = None,
    should_stop: ShouldStop | None = None,
) -> Responses:
    """As `evaluate_each`, for one model."""
    return evaluate_each(
        (predict,),
        perturber,
        subject,
        design,
        mode=mode,
        known=None if known is None else (known,),
        room=room,
        on_progress=on_progress,
        should_stop=should_stop,
    )[0]


def evaluate_each(
    predicts: Sequence[PredictFn[Batch]],
    perturber: Perturber[Any, Batch],
    subject: Subject,
    design: Design,
    *,
    mode: Mode = "classification",
    known: Sequence[Neighbourhood] | None = None,
    room: Room | None = None,
    on_progress: OnProgress | None = None,
    should_stop: ShouldStop | None = None,
) -> list[Responses]:
    """Ask each model about every row of `design`, each distinct one once.

    `known` are what the models were asked before, about the same rows; those are not asked again.
    Instances are realised once for all models, batch by batch, as many at a time as the models
    answer in about BATCH_SECONDS, and as the perturber and `room` allow. A batch for which there is
    not enough memory is halved.

    Raises
    ------
    PredictorError
        If the model raises, or its answer is not (n, n_classes) finite numbers; in [0, 1] but for
        regression, and rows that sum to 1 for classification.
    Cancelled
    """
    n_known = 0
    if known is not None:
        known_design, _ = known[0].asked()
        design, n_known = known_design + design, len(known_design)
    predicts = [predict_function(predict, mode) for predict in predicts]
    first, inverse = _distinct(design)
    to_ask = first[first >= n_known]
    realise, room = perturber.realiser(subject), room or Room()
    at_once = perturber.max_batch(subject)
    answers: list[list[FloatArray]] = [[] for _ in predicts]
    done = 0
    while done < len(to_ask):
        if should_stop is not None and should_stop():
            raise Cancelled(f"Stopped after {done} of {len(to_ask)} questions to the model.")
        start = perf_counter()
        size = min(room.size, room.most, at_once)
        rows = to_ask[done : done + size]
        found = _answers(predicts, realise, design[rows], mode)
        if isinstance(found, PredictorError):
            if len(rows) == 1:
                raise found
            room.most = len(rows) // 2
            continue
        for answer, own in zip(found, answers, strict=True):
            own.append(answer)
            if own[-1].shape[1] != own[0].shape[1]:
                raise PredictorError(
                    f"predict returned {own[0].shape[1]} columns for one batch and "
                    f"{own[-1].shape[1]} for another. Return as many each time."
                )
        done += len(rows)
        if on_progress is not None:
            on_progress(done / len(to_ask))
        if len(rows) == size:  # a rest says little of the pace
            room.learn(size, max(perf_counter() - start, 1e-9))
    if known is not None:
        for own, neighbourhood in zip(answers, known, strict=True):
            own.insert(0, neighbourhood.asked()[1][first[first < n_known]])
    return [Responses(np.concatenate(own)[inverse[n_known:]], len(to_ask)) for own in answers]


def _answers(
    predicts: Sequence[PredictFn[Batch]],
    realise: Callable[[Design], Batch],
    design: Design,
    mode: Mode,
) -> list[FloatArray] | PredictorError:
    """Each model's answer to these rows, or what to say if there is not enough memory for them.

    Returned, not raised: an exception would hold what fills the memory.
    """
    try:
        batch = realise(design)
        return [_checked_answer(predict, batch, len(design), mode) for predict in predicts]
    except Exception as error:
        cause = error.__cause__ if isinstance(error, PredictorError) else error
        if cause is None or not _is_out_of_memory(cause):
            raise
        return PredictorError(
            f"There is not enough memory to ask the model about a single instance "
            f"({in_words(cause)}). Make the instance smaller, or use a machine or a "
            "device with more memory."
        )


def _is_out_of_memory(error: BaseException) -> bool:
    """Whether an error says so: by its kind, or in the words of those who have no kind for it."""
    if isinstance(error, LimeError):
        return False
    if isinstance(error, MemoryError):
        return True
    names = " ".join(kind.__name__ for kind in type(error).__mro__)
    head = in_words(error)[:_LOOKED_AT]
    return bool(_NO_MEMORY_KIND.search(names) or _NO_MEMORY.search(head))


def _distinct(design: Design) -> tuple[Any, Any]:
    """Row of the first occurrence of each distinct row, in order, and each row's distinct one."""
    drawn = design.draws is not None
    packed = np.ascontiguousarray(design.draws if drawn else np.packbits(design.masks, axis=1))
    rows = packed.view(f"V{packed.itemsize * packed.shape[1]}").ravel().tolist()
    number: dict[bytes, int] = {}
    inverse = [number.setdefault(row, len(number)) for row in rows]
    first = np.empty(len(number), dtype=np.intp)
    first[inverse[::-1]] = np.arange(len(rows) - 1, -1, -1)
    return first, np.array(inverse, dtype=np.intp)


_WANTED = {
    "classification": "Return one row per instance and one probability column per class (such as "
    "predict_proba), two columns for a yes/no answer.",
    "multilabel": "Return one row per instance and for each class one column, its probability.",
    "regression": "Return one number per instance.",
}


def _are_words(raw: Any) -> bool:
    try:
        return np.asarray(raw).dtype.kind in "OUS" and isinstance(np.ravel(raw)[0], str | bytes)
    except Exception:  # nothing that numpy makes an array of
        return False


def _about_one_number(answer: FloatArray) -> str:
    """What one number an instance may be, where probabilities were expected."""
    if np.isfinite(answer).all() and (answer % 1 == 0).all():
        found = np.unique(answer)
        some = ", ".join(f"{number:g}" for number in found[:3])
        return (
            f"Whole numbers ({some}{', …' if len(found) > 3 else ''}) look like labels: pass "
            'predict_proba instead of predict. If they are amounts, set mode="regression". '
        )
    return 'If this number is what the model predicts, set mode="regression". '


def _shown(batch: Any, row: int) -> str:
    """An instance of a batch in words, for a sentence: ", for 'a text'"; empty for pictures."""
    try:
        one = batch.iloc[row].to_dict() if hasattr(batch, "iloc") else batch[row]
        if isinstance(one, np.ndarray):
            one = one.tolist() if one.ndim == 1 else ""
    except Exception:  # a batch of a kind of one's own
        return ""
    is_plain = isinstance(one, str | dict | list) and one != ""
    return f", for {cut(repr(one), MOST_SHOWN)}" if is_plain else ""


def _checked_answer(predict: PredictFn[Batch], batch: Batch, n: int, mode: Mode) -> FloatArray:
    """The answer for a batch as floats (n, n_classes), or a PredictorError that says why."""
    try:
        raw: Any = predict(batch)
    except LimeError:
        raise  # says itself what is wrong
    except Exception as error:
        raise PredictorError(
            f"The model raised {in_words(error)}. It was asked about {n} "
            "instances with some components switched off; it must accept all of them."
        ) from error
    try:
        answer = plain_array(raw, float)
    except (TypeError, ValueError) as error:
        if _are_words(raw):
            raise PredictorError(
                f"predict returned labels such as {cut(repr(str(np.ravel(raw)[0])), 60)}, not an "
                f"array of numbers. {_WANTED[mode]}"
            ) from error
        raise PredictorError(
            f"predict returned {type(raw).__name__}, which is not an array of numbers "
            f"({cut(str(error))}). {_WANTED[mode]}"
        ) from error
    if mode == "regression" and answer.ndim == 1:
        answer = answer[:, None]
    enough = (
        answer.ndim == 2
        and {
            "classification": answer.shape[1] >= 2,
            "multilabel": answer.shape[1] >= 1,
            "regression": answer.shape[1] == 1,
        }[mode]
    )
    if not enough or len(answer) != n:
        n_columns = "1" if mode == "regression" else "n_classes"
        one_each = answer.shape in ((n,), (n, 1)) and mode != "regression"
        raise PredictorError(
            f"predict returned shape {answer.shape} for {n} instances; expected ({n}, {n_columns})."
            f" {_about_one_number(answer) if one_each else ''}{_WANTED[mode]}"
        )
    if not np.isfinite(answer).all():
        row, column = np.argwhere(~np.isfinite(answer))[0]
        where = "" if mode == "regression" else f" in column {column}"
        raise PredictorError(
            f"predict returned {answer[row, column]}{where} (row {row} of {n})"
            f"{_shown(batch, row)}. Return finite numbers for every perturbed instance."
        )
    if mode != "regression":
        low, high = answer.min(), answer.max()
        if low < -PROBABILITY_SLACK or high > 1 + PROBABILITY_SLACK:
            raise PredictorError(
                f"predict returned values from {low:.4g} to {high:.4g}, which are not "
                "probabilities. Return values from 0 to 1 (predict_proba, or a softmax of scores); "
                'or, if the model predicts a number, set mode="regression".'
            )
    if mode == "classification":
        sums = answer.sum(axis=1)
        row = int(np.argmax(np.abs(sums - 1)))
        if abs(sums[row] - 1) > SUM_SLACK:
            raise PredictorError(
                f"predict returned probabilities that sum to {sums[row]:.4g} (row {row} of {n}), "
                'not to 1. If each class is a yes or no on its own, set mode="multilabel"; if '
                "these are scores, return a softmax of them; else return one probability for each "
                "of the classes, the last one too."
            )
    return answer
