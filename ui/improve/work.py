"""What the workers do for the screen Improve: train a model again, and count what it gets right.

What people marked as "should not matter" is kept here, too, from the review to the training.
"""

import json
import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lime_engine.errors import Cancelled
from lime_engine.types import PredictFn
from sample_models import Labelled
from ui.workshop.catalogue import Rounds, data_of, improver_of, retrained
from ui.workshop.jobs import Report
from ui.workshop.request import store_id
from ui.workshop.store import store

N_DRAWS = 3
_SEED = 0
_BATCH = 200  # items asked about at once


@dataclass(frozen=True, slots=True)
class Marked:
    """Parts (words, columns) of a task's model that people marked as "should not matter".

    `taken_back` says that they are those of a round that was undone, not of a review.
    """

    task: str
    model: str
    parts: tuple[str, ...]
    taken_back: bool = False


def keep_marked(task: str, model: str, parts: Iterable[str], *, taken_back: bool = False) -> str:
    """Keep what was marked in a review; returns the id that `read_marked` opens."""
    marked = Marked(task, model, tuple(dict.fromkeys(parts)), taken_back)
    return store().put("marked", json.dumps(asdict(marked)).encode())


def read_marked(entry_id: str) -> Marked | None:
    """What was marked; None if it is there no more."""
    raw = store().read("marked", entry_id)
    if raw is None:
        return None
    found = json.loads(raw)
    return Marked(**{**found, "parts": tuple(found["parts"])})


def parts_of(task: str, model: str, *, report: Report) -> list[str]:
    """All that could be taken out of a task's model: the words it knows, its columns."""
    return list(improver_of(task, model).parts())


def measure(rounds: Rounds, *, report: Report) -> dict[str, Any]:
    """How often the model of each round is right, and had as many random parts been taken out.

    What is found of a model is kept under what it does without: a further round trains only what
    is new.

    Returns
    -------
    dict
        Lists with one entry for the model as it was and one for each round: `test` and `field`,
        the share of right answers; `margin_test` and `margin_field`, how far that may differ from
        the model as it was by chance (two standard errors: both answer the same questions);
        `random_test` and `random_field`, [mean, lowest, highest] of `N_DRAWS` draws, each of which
        takes out as many of the model's own parts, None where single parts cannot be taken out;
        `removed`, how many that are; `overlap`, how many draws have one of the round's
        own parts among theirs. `unknown`: for each round what it names and the model does
        not know. `n_test`, `n_field`: of how many items.

    Raises
    ------
    InputError
        If nothing would be left to learn from.
    Cancelled
    """
    improver, data = improver_of(rounds.task, rounds.model), data_of(rounds.task)
    parts = improver.parts()
    removed = [rounds.removed(number) for number in range(len(rounds.rounds) + 1)]
    known = [known_parts(each, parts) for each in removed]
    orders = [np.random.default_rng([_SEED, draw]).permutation(parts) for draw in range(N_DRAWS)]
    n_models = len(removed) + (N_DRAWS * (len(removed) - 1) if parts else 0)
    right = _Right(rounds, data.test, data.field, report, n_models)
    own = [right(each, partial(retrained, rounds.task, rounds.model)) for each in removed]
    drawn, overlap = [[own[0]]], [0]
    for taken in known[1:] if parts else []:
        draws = [frozenset(order[: len(taken)].tolist()) for order in orders]
        drawn.append([right(each, improver.retrain) for each in draws])
        overlap.append(sum(bool(each & taken) for each in draws))
    found: dict[str, Any] = {
        "overlap": overlap,
        "removed": [len(each) for each in known],
        "unknown": [
            [part for part in named if parts and not known_parts([part], parts)]
            for named in rounds.rounds
        ],
    }
    for split, part in (("test", 0), ("field", 1)):
        answers = [each[part] for each in own]
        found[f"n_{split}"] = len(answers[0])
        if not found[f"n_{split}"]:
            found |= dict.fromkeys((split, f"margin_{split}", f"random_{split}"))
            continue
        found[split] = [float(each.mean()) for each in answers]
        found[f"margin_{split}"] = [_margin(answers[0], each) for each in answers]
        shares = [[float(each[part].mean()) for each in draws] for draws in drawn]
        spread = [[float(np.mean(each)), min(each), max(each)] for each in shares]
        found[f"random_{split}"] = spread if parts else None
    return found


def known_parts(named: Collection[str], parts: Collection[str]) -> frozenset[str]:
    """Those of a model's own `parts` that are meant by words as they stand in a text, or columns.

    A model that knows no capitals means "host" by "Host"; a model that splits words at an
    apostrophe, "don" by "don't".
    """
    own = frozenset(parts)
    has_capitals = any(part != part.lower() for part in own)
    found = set(own.intersection(named))
    for name in set(named) - found:
        spelled = name if has_capitals else name.lower()
        found |= own.intersection(re.findall(r"\w+", spelled))
    return frozenset(found)


@dataclass
class _Right:
    """Finds which items of test and field a model gets right, once for each; tells progress."""

    rounds: Rounds
    test: Labelled
    field: Labelled
    report: Report
    n_models: int
    done: int = 0

    def __call__(
        self, removed: frozenset[str], train: Callable[[frozenset[str]], PredictFn[Any]]
    ) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Which answers on test and field are right, of the model without these parts."""
        without = json.dumps(sorted(removed))
        entry_id = store_id("right-answers", self.rounds.task, self.rounds.model, without)
        raw = store().read("right-answers", entry_id)
        if raw is None:
            self._look_at_the_report()
            predict = train(removed)
            raw = b" ".join(self._judged(predict, split) for split in (self.test, self.field))
            store().try_write("right-answers", entry_id, raw)
        self.done += 1
        self.report(self.done / self.n_models)
        test, field = (np.frombuffer(each, "u1") == ord("1") for each in raw.split(b" "))
        return test, field

    def _judged(self, predict: PredictFn[Any], split: Labelled) -> bytes:
        """A 1 for each right answer, a 0 for each wrong one."""
        right = []
        for start in range(0, len(split.labels), _BATCH):
            self._look_at_the_report()
            answers = np.asarray(predict(split.instances[start : start + _BATCH])).argmax(axis=1)
            right += (answers == split.labels[start : start + _BATCH]).tolist()
        return b"".join(b"1" if each else b"0" for each in right)

    def _look_at_the_report(self) -> None:
        if self.report.should_stop():
            raise Cancelled(f"Stopped after {self.done} of {self.n_models} models.")


def _margin(before: NDArray[np.bool_], after: NDArray[np.bool_]) -> float:
    """Two standard errors of the difference of two shares that were counted on the same items."""
    return float(2 * np.std(after.astype(float) - before) / np.sqrt(len(before)))
