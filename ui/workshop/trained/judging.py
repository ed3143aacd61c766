"""Training the models of a data set and counting what they get right: for the workers."""

import time
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lime_engine.errors import Cancelled, InputError
from lime_engine.types import FloatArray, IntArray, PredictFn
from model_adapters.trained import baseline, learned_from, warnings_of
from sample_models.types import Example
from ui.figures.markup import value_text
from ui.workshop import kept
from ui.workshop.trained.card import DataCard, Facts, keep_facts, read_card
from ui.workshop.trained.data import GONE, Read, data, read, taken
from ui.workshop.trained.seeing import counted_in, seen_in
from ui.workshop.trained.task import fitted
from ui.workshop.worker import Report

N_EXAMPLES = 6
_BATCH = 200  # items asked about at once
_TIMED = 100  # items
_TITLE = 40  # characters


def judged(task_key: str, *, report: Report) -> dict[str, Any]:
    """The models of a data set, trained, on the items that are held out.

    Returns
    -------
    dict
        `n_train`, `n_test`; `commonest`, the class that is commonest to learn from, and
        `baseline`, how often it is right to say always that. Lists with one entry a model:
        `n_learned`, how many items it learned from; `accuracy`, the share of right answers;
        `interval`, Wilson's for it; `seconds` that training took. `difference` and
        `its_margin`, how much oftener the first model is right than the last, on the same items.
        `cautions`, `Caution`s as JSON; `left_out`, the columns that say nothing of other rows.

    Raises
    ------
    InputError
        If the data is gone, or there is too little to learn from.
    Cancelled
    """
    card = read_card(task_key)
    if card is None:
        raise InputError(GONE)
    found = read(card)
    train, test = data(card).train, data(card).test
    steps = len(card.recipes) + 1
    right, seconds, speeds = [], [], []
    if card.kind == "image":
        # To look at them takes longer than all else: with progress, before the rest needs it.
        for look, begin, end in ((seen_in, 0.0, 0.5), (counted_in, 0.5, 0.8)):
            middle = end - card.share / 100 * (end - begin)
            look(train.instances, report.part(begin, middle))
            look(test.instances, report.part(middle, end))
        report = report.part(0.8, 1)
    for number, recipe in enumerate(card.recipes):
        _look_at(report)
        report(number / steps)
        start = time.perf_counter()
        predict = fitted(card, recipe)
        seconds.append(time.perf_counter() - start)
        answers = _answers(predict, test.instances, report)
        # Copies of a picture were not looked at before, as these were: as a list they are new.
        some = test.instances[:_TIMED]
        asked = list(some) if card.kind == "image" else some
        start = time.perf_counter()
        predict(asked)
        speeds.append((time.perf_counter() - start) / len(asked))
        right.append(answers.argmax(axis=1) == test.labels)
    report((steps - 1) / steps)
    cautions = warnings_of(
        card.kind, found.instances, found.labels, found.train, found.test, len(card.class_names)
    )
    keep_facts(task_key, Facts(_examples(card, found, np.array(right)), tuple(speeds)))
    first, last = (each.astype(float) for each in (right[0], right[-1]))
    return {
        "n_train": len(train.labels),
        "n_test": len(test.labels),
        "n_learned": [len(learned_from(recipe, train.labels)) for recipe in card.recipes],
        "commonest": card.class_names[int(np.bincount(train.labels).argmax())],
        "baseline": baseline(train.labels, test.labels),
        "accuracy": [float(each.mean()) for each in right],
        "interval": [_interval(each) for each in right],
        "seconds": seconds,
        "difference": float((first - last).mean()),
        "its_margin": _margin(first - last),
        "cautions": [asdict(caution) for caution in cautions],
        "left_out": list(found.left_out),
    }


def _answers(predict: PredictFn[Any], instances: Any, report: Report) -> FloatArray:
    found = []
    for start in range(0, len(instances), _BATCH):
        _look_at(report)
        found.append(np.asarray(predict(instances[start : start + _BATCH])))
    return np.concatenate(found)


def _interval(right: NDArray[np.bool_]) -> tuple[float, float]:
    from scipy.stats import binomtest

    found = binomtest(int(right.sum()), len(right)).proportion_ci(method="wilson")
    return float(found.low), float(found.high)


def _margin(values: FloatArray) -> float:
    return float(2 * np.std(values) / np.sqrt(len(values)))


def _examples(card: DataCard, found: Read, right: Any) -> tuple[Example, ...]:
    """A few held-out items, those first that most models get wrong; half of them at most."""
    n_right = right.sum(axis=0)
    order = np.argsort(n_right, kind="stable")
    wrong = order[n_right[order] < len(right)][: N_EXAMPLES // 2]
    others = order[n_right[order] == len(right)][: N_EXAMPLES - len(wrong)]
    rows = np.concatenate([wrong, others])
    titles = _titles(card, found, found.test[rows])
    return tuple(
        Example("test", row, title) for row, title in zip(rows.tolist(), titles, strict=True)
    )


def _titles(card: DataCard, found: Read, rows: IntArray) -> list[str]:
    """First words, first values, or the name of a file; a number where there is nothing."""
    match card.kind:
        case "text":
            said = [" ".join(text.split()[:12]) for text in taken(found.instances, rows)]
        case "table":
            cells = taken(found.instances, rows).astype(object).to_numpy()[:, :3].tolist()
            said = [", ".join(map(_value, row)) for row in cells]
        case "image":
            names = kept.pictures(card.source) or ()
            said = [names[row][0] for row in rows.tolist()]
    return [
        (title if len(title) <= _TITLE else f"{title[: _TITLE - 1]}…") or f"Number {row + 1}"
        for title, row in zip(said, rows.tolist(), strict=True)
    ]


def _value(value: Any) -> str:
    return value_text(None if value != value else value)  # nan is missing


def _look_at(report: Report) -> None:
    if report.should_stop():
        raise Cancelled("Stopped before the models were trained.")
