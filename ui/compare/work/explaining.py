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

from lime_engine import Comparison, Outcome, compare_fits, compare_many, looks
from lime_engine.errors import InputError, cut
from lime_engine.overlap import Overlap
from lime_engine.subjects import ImageSubject, TabularSubject
from lime_engine.types import FloatArray, IntArray, PredictFn
from ui.compare.choice import PAIR, SIDES, CompareChoice, pair_id, read_comparison
from ui.compare.values import Answered, AnsweredItem, Compared, OverlapOf, PairedItem
from ui.compare.work import in_small
from ui.compare.work.by_class import by_class
from ui.compare.work.leaning import Record, leans
from ui.compare.work.scoring import scoreboard
from ui.compare.work.slicing import cell_of, columns_of
from ui.explain.work.explaining import both_neighbourhoods
from ui.figures import cards, palette, pixels
from ui.figures.markup import value_text
from ui.pick.values import Reason
from ui.pick.work.explaining import ItemPerturber, be_polite, check_code, example
from ui.workshop import runs
from ui.workshop.asking import batches
from ui.workshop.case import Case, batch_size_for
from ui.workshop.catalogue import entry_of, find_model
from ui.workshop.item import Item
from ui.workshop.jobs import Report
from ui.workshop.request import Request, View, code_fingerprint, name_in, store_id
from ui.workshop.store import store

_SMALL_PX, _SHOWN_PX = 160, 400
_KINDS = {"text": "texts", "image": "pictures", "table": "rows of a table"}

# --- Both models' answers -----------------------------------------------------------------------


def answered(params: dict[str, str], rows: Sequence[int], *, report: Report) -> dict[str, Any]:
    """Both models' answers to these items, as the JSON of an `Answered`.

    Raises
    ------
    InputError
        If a model cannot take these items, or has no answer in common with them.
    """
    choice = read_comparison(params)
    smalls: list[in_small.Small] = []  # are made of what is read anyway
    found, labels, own = _asked(
        choice, rows, report, lambda batch: smalls.extend(in_small.shrunk(choice.task.kind, batch))
    )
    for number, block in enumerate(in_small.blocks(rows) if smalls else ()):
        kept = smalls[number * in_small.BLOCK :][: in_small.BLOCK]
        block_id = in_small.block_id(choice, block)
        store().try_write(in_small.IN_SMALL, block_id, json.dumps(kept).encode())
    board = scoreboard(labels, found.answers, found.sure, found.of_label)
    matching = choice.matching
    distances = matching.distances(*own)
    is_either = len(matching.names) == 2 and not (matching.has_else or any(matching.independent))
    items = tuple(
        AnsweredItem(
            row=row,
            label=None if labels[i] < 0 else int(labels[i]),
            answers=(int(found.answers[i, 0]), int(found.answers[i, 1])),
            sure=(_known(found.sure[i, 0]), _known(found.sure[i, 1])),
            distance=float(distances[i]),
            p=(float(own[0][i, 1]), float(own[1][i, 1])) if is_either else None,
        )
        for i, row in enumerate(rows)
    )
    classes = by_class(labels, found.answers, own)
    return asdict(Answered(matching.names, items, board, classes, columns_of(choice)))


def _known(p: float) -> float | None:
    return None if np.isnan(p) else float(p)


def field_scores(params: dict[str, str], *, report: Report) -> dict[str, Any] | None:
    """Both models on the task's field data, as the JSON of a `Scoreboard`; None without such."""
    choice = read_comparison(params)
    if "field" not in choice.task.splits:
        return None
    choice = replace(choice, source="field")
    rows = choice.scored(Case(choice.pair(0)[0]).items.n)
    if not rows:
        return None
    found, labels, _ = _asked(choice, rows, report)
    return asdict(scoreboard(labels, found.answers, found.sure, found.of_label))


def item_as_it_is(request: Request, *, report: Report) -> dict[str, Any]:
    """The item of a request: a "text", a "picture" as data URI, or "columns" and "values"."""
    case = Case(request)
    instance = case.items.instance(request.item.row)[0]
    match case.task.kind:
        case "text":
            return {"text": instance}
        case "image":
            shown = pixels.displayed(instance, _SHOWN_PX)
            return {"picture": pixels.data_uri(shown, "photograph")}
        case "table":
            cells = [cell_of(instance, name) for name in instance]
            return {
                "columns": [str(name) for name in instance],
                "values": [value_text(None if value != value else value) for value in cells],
            }


@dataclass(frozen=True, slots=True, eq=False)
class _Answers:
    """Each (n, 2): the answers, each model's probability of its own, and that of the label."""

    answers: IntArray
    sure: FloatArray
    of_label: FloatArray


def _asked(
    choice: CompareChoice,
    rows: Sequence[int],
    report: Report,
    seen: Callable[[Any], None] = lambda batch: None,
) -> tuple[_Answers, IntArray, list[FloatArray]]:
    """Both models' answers, the labels (n,), -1 where there is none, and the probabilities.

    `seen` gets the items, a batch at a time, if a model has to be asked about them.
    """
    matching = choice.matching
    cases = [Case(request) for request in choice.requests_of_one()]
    ask = [_asking(choice, side, cases[side]) for side in SIDES]
    brought = [case.entry.brought for case in cases]
    parts: tuple[list[FloatArray], list[FloatArray]] = ([], [])
    for side in SIDES:
        if (own := brought[side]) is not None:
            parts[side].append(own.answers(choice.source, rows))
    if None in brought:
        # Both are asked about a batch when it is read, which for a drawn picture takes the longest.
        for batch, _ in batches(cases[0], rows, report):
            seen(batch)
            for side in SIDES:
                if brought[side] is None:
                    parts[side].append(ask[side](batch))
    known = _labels(cases[0], rows)
    answers, sure, of_label, joint = [], [], [], []
    for side in SIDES:
        probabilities = np.concatenate(parts[side])
        answers.append(matching.answers(side, probabilities))
        sure.append(np.where(choice.are_sure[side], probabilities.max(axis=1), np.nan))
        joint.append(matching.joint(side, probabilities))
        picked = joint[-1][np.arange(len(rows)), np.maximum(known, 0)]
        of_label.append(np.where(known >= 0, picked, np.nan))
    both = _Answers(np.column_stack(answers), np.column_stack(sure), np.column_stack(of_label))
    return both, known, joint


def _labels(case: Case, rows: Sequence[int]) -> IntArray:
    """What is right of these items (n,), -1 where that is not known."""
    labels = case.items.labels
    if labels is None:
        return np.full(len(rows), -1, dtype=np.intp)
    return np.asarray(labels, dtype=np.intp)[np.asarray(rows, dtype=np.intp)]


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
        size = batch_size_for(Case(first), Case(second))
        return compare_many(
            [Item(self.choice.source, row) for row in rows],
            partial(load_both, first.task, (first.model, second.model)),
            ItemPerturber(first.task, first.view),
            replace(first.settings, batch_size=size),
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
    """What the explanations of these items say together, as the JSON of a `Compared`.

    Raises
    ------
    Lost
        If what is kept of some of them cannot be read.
    """
    choice = read_comparison(params)
    found: list[tuple[int, Record]] = []
    for done, row in enumerate(rows):
        record = _read(choice, row)
        if record is not None:
            found.append((row, record))
        report(done / len(rows))
    if len(found) < len(rows):
        raise runs.Lost(len(rows) - len(found))
    result = Compared(
        overlaps=tuple(OverlapOf(row, Overlap.from_dict(r["overlap"])) for row, r in found),
        leans=leans(found),
        failed=tuple((row, why) for row, why in failed),
    )
    return asdict(result)


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
