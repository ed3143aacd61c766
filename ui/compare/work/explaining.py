"""What workers do to compare two models: ask both, explain both, and put it together.

What two explanations of an item say together is kept in the store under an id of its own, as the
reasons of a pick are (`ui.pick.work.explaining`).
"""

import json
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Executor
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any, ClassVar

import numpy as np

from lime_engine import Comparison, Outcome, compare_fits, compare_many, looks, visual_words
from lime_engine.errors import InputError, cut
from lime_engine.overlap import Overlap
from lime_engine.subjects import ImageSubject, TabularSubject
from lime_engine.types import FloatArray, IntArray, PredictFn
from ui.compare.choice import PAIR, SIDES, CompareChoice, pair_id, read_comparison
from ui.compare.values import Answered, AnsweredItem, Compared, Lean, OverlapOf, PairedItem
from ui.compare.work.scoring import scoreboard
from ui.explain.work.explaining import both_neighbourhoods
from ui.figures import cards, palette, pixels
from ui.pick.values import Reason
from ui.pick.work.explaining import ItemPerturber, be_polite, check_code, example
from ui.workshop import runs
from ui.workshop.asking import batches
from ui.workshop.case import Case
from ui.workshop.catalogue import entry_of, find_model, has_data
from ui.workshop.item import Item
from ui.workshop.jobs import Report
from ui.workshop.request import Request, View, code_fingerprint, name_in, store_id
from ui.workshop.store import store

N_LEANS = 10  # features on which each model leans more than the other
N_KINDS = 16  # visual words: few enough for each to be seen as a kind of thing
N_EXAMPLES = 5  # superpixels that show what a visual word is
_SMALL_PX = 160
_KINDS = {"text": "texts", "image": "pictures", "table": "rows of a table"}

Record = dict[str, Any]


# --- Both models' answers -----------------------------------------------------------------------


def answered(params: dict[str, str], rows: Sequence[int], *, report: Report) -> dict[str, Any]:
    """Both models' answers to these items, as the JSON of an `Answered`.

    Raises
    ------
    InputError
        If a model cannot take these items, or has no answer in common with them.
    """
    choice = read_comparison(params)
    found, labels, own = _asked(choice, rows, report)
    board = scoreboard(labels, found.answers, found.sure, found.of_label)
    items = tuple(
        AnsweredItem(
            row=row,
            label=None if labels[i] < 0 else int(labels[i]),
            answers=(int(found.answers[i, 0]), int(found.answers[i, 1])),
            sure=(float(found.sure[i, 0]), float(found.sure[i, 1])),
            distance=float(np.abs(own[0][i] - own[1][i]).sum() / 2),
        )
        for i, row in enumerate(rows)
    )
    return asdict(Answered(choice.matching.names, items, board))


def field_scores(params: dict[str, str], *, report: Report) -> dict[str, Any] | None:
    """Both models on the task's field data, as the JSON of a `Scoreboard`; None without such."""
    choice = read_comparison(params)
    if not has_data(choice.task.key):
        return None
    choice = replace(choice, source="field")
    rows = choice.scored(Case(choice.pair(0)[0]).items.n)
    if not rows:
        return None
    found, labels, _ = _asked(choice, rows, report)
    return asdict(scoreboard(labels, found.answers, found.sure, found.of_label))


@dataclass(frozen=True, slots=True, eq=False)
class _Answers:
    """Each (n, 2): the answers, each model's probability of its own, and that of the label."""

    answers: IntArray
    sure: FloatArray
    of_label: FloatArray


def _asked(
    choice: CompareChoice, rows: Sequence[int], report: Report
) -> tuple[_Answers, IntArray, list[FloatArray]]:
    """Both models' answers, the labels (n,), -1 where there is none, and the probabilities."""
    matching = choice.matching
    cases = [Case(request) for request in choice.requests_of_one()]
    ask = [_asking(choice, side, cases[side]) for side in SIDES]
    labels: list[int] = []
    parts: tuple[list[FloatArray], list[FloatArray]] = ([], [])
    # Both are asked about a batch when it is read, which for a drawn picture takes the longest.
    for batch, own in batches(cases[0], rows, report):
        labels += [-1 if label is None else label for label in own]
        for side in SIDES:
            parts[side].append(ask[side](batch))
    known: IntArray = np.array(labels, dtype=np.intp)
    answers, sure, of_label, joint = [], [], [], []
    for side in SIDES:
        probabilities = np.concatenate(parts[side])
        answers.append(matching.answers(side, probabilities))
        sure.append(probabilities.max(axis=1))
        joint.append(matching.joint(side, probabilities))
        picked = joint[-1][np.arange(len(rows)), np.maximum(known, 0)]
        of_label.append(np.where(known >= 0, picked, np.nan))
    both = _Answers(np.column_stack(answers), np.column_stack(sure), np.column_stack(of_label))
    return both, known, joint


def _asking(choice: CompareChoice, side: int, case: Case) -> Callable[[Any], FloatArray]:
    """Asks one model about a batch of items; where it cannot answer, it says why in a sentence."""
    name, model = choice.names[side], choice.models[side]
    owner = find_model(choice.task, model)
    if owner is not None and owner[0].kind != choice.task.kind:
        raise InputError(
            f"{name} reads {_KINDS[owner[0].kind]}, but these are {_KINDS[choice.task.kind]}. "
            "Choose two models that take the same."
        )

    def ask(batch: Any) -> FloatArray:
        try:
            return np.asarray(case.predict(batch), dtype=float)
        except InputError:
            raise
        except Exception as error:
            why = "" if choice.is_blind else f" ({cut(str(error))})"  # which may name a file
            raise InputError(
                f"{name} cannot answer about these {_KINDS[choice.task.kind]}{why}. Both models "
                "must take the same input: choose another model, or other data."
            ) from error

    return ask


# --- Both models' reasons -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Comparing:
    """Explaining all items by both models: a `runs.Work`."""

    choice: CompareChoice
    kind: ClassVar[str] = PAIR

    @property
    def run_id(self) -> str:
        return store_id(runs.RUN_KIND, self.entry_id(0), str(self.choice.n))

    def entry_id(self, row: int) -> str:
        return self.choice.pair_id(row)

    def outcomes(
        self, rows: Sequence[int], executor: Executor | None, should_stop: Callable[[], bool]
    ) -> Generator[Outcome[int], None, None]:
        first, second = self.choice.pair(0)
        return compare_many(
            [Item(self.choice.source, row) for row in rows],
            partial(load_both, first.task, (first.model, second.model)),
            ItemPerturber(first.task, first.view),
            first.settings,
            executor,
            class_names=(Case(first).class_names, Case(second).class_names),
            keep=partial(keep, (first, second), code_fingerprint()),
            should_stop=should_stop,
        )


def load_both(task: str, models: tuple[str, str]) -> tuple[PredictFn[Any], PredictFn[Any]]:
    """Both models, in a process that gives way to whoever waits for a single explanation."""
    be_polite()
    first, second = (entry_of(task, model).predict() for model in models)
    return first, second


def keep(requests: tuple[Request, Request], code: str, item: Item, comparison: Comparison) -> int:
    """Put what is kept of an item's two explanations into the store; returns its row.

    `requests` are the `pair` of the first item, `code` the fingerprint of the code that asks.

    Raises
    ------
    InputError
        As `check_code`.
    """
    check_code(code)
    record = _record(comparison, requests[0].view)
    store().write(PAIR, pair_id(requests, item.row), json.dumps(record).encode())
    return item.row


def _record(comparison: Comparison, view: View) -> Record:
    """The weights of both models, and for a picture how it and its reasons look."""
    subject = comparison.explanations[0].subject
    shown = [{weight.index for weight in each.weights} for each in comparison.explanations]
    record: Record = {
        "overlap": asdict(comparison.overlap),
        "weights": [
            {
                "index": pair.index,
                "label": pair.label,
                "name": name_in(view, pair.label),
                "part": subject.columns[pair.index]
                if isinstance(subject, TabularSubject)
                else pair.label,
                "weights": pair.weights,
                "shown": [pair.index in own for own in shown],
            }
            for pair in comparison.weights
        ],
    }
    if not isinstance(subject, ImageSubject):
        record["subject"] = comparison.explanations[0].to_dict()["subject"]
        return record
    scale = palette.colour_scale(w for pair in comparison.weights for w in pair.weights)
    sides = [{p.index: p.weights[side] for p in comparison.weights} for side in (0, 1)]
    record["pictures"] = [
        pixels.data_uri(
            pixels.displayed(cards.explained_picture(subject, own, scale=scale), _SMALL_PX),
            "photograph",
        )
        for own in sides
    ]
    components = [pair.index for pair in comparison.weights]
    record["looks"] = looks(subject, components).tolist()
    record["examples"] = [example(subject, component) for component in components]
    return record


def _read(choice: CompareChoice, row: int) -> Record | None:
    """What is kept of an item, its sides in the order in which they stand on the screen."""
    raw = store().read(PAIR, choice.pair_id(row))
    if raw is None:
        return None
    record: Record = json.loads(raw)
    if choice.is_swapped:
        for pair in record["weights"]:
            pair["weights"].reverse()
            pair["shown"].reverse()
        for name in ("shared", "rank", "weight"):
            record["overlap"][name]["repeats"].reverse()
        record.get("pictures", []).reverse()
    return record


def paired_item(choice: CompareChoice, row: int) -> PairedItem | None:
    """One explained item from the store, quick; None if it is not explained (any more)."""
    record = _read(choice, row)
    if record is None:
        return None
    first, second = (
        tuple(
            Reason(pair["index"], 0, pair["part"], pair["weights"][side])
            for pair in sorted(record["weights"], key=lambda p: -abs(p["weights"][side]))
            if pair["shown"][side] and pair["weights"][side]
        )
        for side in (0, 1)
    )
    pictures = record.get("pictures")
    return PairedItem(
        row=row,
        reasons=(first, second),
        overlap=Overlap.from_dict(record["overlap"]),
        subject=record.get("subject"),
        pictures=None if pictures is None else (pictures[0], pictures[1]),
    )


# --- Put together -------------------------------------------------------------------------------


def compared(
    params: dict[str, str],
    rows: Sequence[int],
    failed: Sequence[tuple[int, str]],
    *,
    report: Report,
) -> dict[str, Any]:
    """What the explanations of these items say together, as the JSON of a `Compared`."""
    choice = read_comparison(params)
    found: list[tuple[int, Record]] = []
    for done, row in enumerate(rows):
        record = _read(choice, row)
        if record is not None:
            found.append((row, record))
        report(done / len(rows))
    result = Compared(
        overlaps=tuple(OverlapOf(row, Overlap.from_dict(r["overlap"])) for row, r in found),
        leans=_leans(found),
        failed=tuple((row, why) for row, why in failed),
    )
    return asdict(result)


def _leans(found: Sequence[tuple[int, Record]]) -> tuple[Lean, ...]:
    """The features on which the models' mean |weight| differs most.

    First those on which model 0 leans more, the largest difference first; then those of model 1.
    """
    names = _features([record for _, record in found])
    sums: dict[str, FloatArray] = {}
    places: dict[str, list[tuple[float, int, int]]] = {}
    for (row, record), own in zip(found, names, strict=True):
        for place, (name, pair) in enumerate(zip(own, record["weights"], strict=True)):
            size = np.abs(pair["weights"])
            sums[name] = sums.get(name, np.zeros(2)) + size
            if any(pair["shown"]):
                places.setdefault(name, []).append((-float(size.max()), row, place))
    apart = {name: float(first - second) / len(found) for name, (first, second) in sums.items()}
    first_more = sorted((name for name in apart if apart[name] > 0), key=lambda n: (-apart[n], n))
    second_more = sorted((name for name in apart if apart[name] < 0), key=lambda n: (apart[n], n))
    records = dict(found)
    leans = []
    for name in (*first_more[:N_LEANS], *second_more[:N_LEANS]):
        strongest = sorted(places.get(name, []))
        first, second = (sums[name] / len(found)).tolist()
        shown = [
            records[row]["examples"][place]
            for _, row, place in strongest[:N_EXAMPLES]
            if "examples" in records[row]
        ]
        rows = tuple(dict.fromkeys(row for _, row, _ in strongest))
        leans.append(Lean(name, (first, second), rows, tuple(shown)))
    return tuple(leans)


def _features(records: Sequence[Record]) -> list[list[str]]:
    """What the items' components are called; superpixels by the visual words they are."""
    described = [np.array(record["looks"]) for record in records if record.get("looks")]
    if not described:
        spelling: dict[str, str] = {}  # of what is one feature, as it is met first
        return [
            [spelling.setdefault(pair["name"], pair["label"]) for pair in record["weights"]]
            for record in records
        ]
    words = iter(visual_words(np.concatenate(described), n_words=N_KINDS).tolist())
    return [[f"kind {next(words) + 1}" for _ in record["weights"]] for record in records]


# --- One item -----------------------------------------------------------------------------------


def one_item(
    requests: tuple[Request, Request], targets: tuple[int | None, int | None], *, report: Report
) -> dict[str, Any]:
    """Both models' explanations of one item from one design.

    The JSON of a `lime_engine.Comparison` as `comparison`, and the item's `label` in the data. A
    target of None is the class which that model predicts.
    """
    first, second = Case(requests[0]), Case(requests[1])
    comparison = compare_fits(
        both_neighbourhoods((first, second), report),
        first.settings,
        targets=targets,
        class_names=(first.class_names, second.class_names),
    )
    return {"comparison": comparison.to_dict(), "label": first.label}
