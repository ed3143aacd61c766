"""Choosing among the explained candidates: the pick, what it shows, and a random pick beside it."""

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from lime_engine import (
    AtLeast,
    ExplanationMatrix,
    Pick,
    random_coverage,
    submodular_pick,
    visual_words,
)
from lime_engine.types import FloatArray, MaskArray
from ui.pick.choice import MAX_BUDGET, PickChoice, read_pick
from ui.pick.values import Feature, Picked, PickedItem, Reason
from ui.pick.work.explaining import KIND
from ui.workshop.asking import probabilities
from ui.workshop.case import Case
from ui.workshop.jobs import Report
from ui.workshop.request import name_in
from ui.workshop.runs import Lost
from ui.workshop.store import store

N_RANDOM = 200  # draws, to hold the pick against
BAND = (5, 95)  # percent of them
N_EXAMPLES = 5  # superpixels that show what a visual word is
UNSURE_SHARE = 0.25  # of the candidates count as those the model is least sure of


@dataclass(frozen=True, slots=True, eq=False)
class _Brief:
    """What is held of each candidate while choosing: its reasons, not the picture or the text."""

    row: int
    label: int | None
    probabilities: tuple[float, ...]
    target: int
    indices: tuple[int, ...]
    features: tuple[str, ...]
    parts: tuple[str, ...]
    weights: tuple[float, ...]


def picked(
    params: dict[str, str],
    rows: Sequence[int],
    failed: Sequence[tuple[int, str]],
    *,
    report: Report,
) -> dict[str, Any]:
    """The pick from the explained `rows`, as the JSON of a `Picked`.

    Raises
    ------
    Lost
        If what is kept of some of them cannot be read.
    """
    choice = read_pick(params)
    briefs = _briefs(choice, rows, report.part(0, 0.5))
    matrix = ExplanationMatrix.of(
        (brief.row, zip(brief.features, brief.weights, strict=True)) for brief in briefs
    )
    favoured = _favoured(choice, briefs, report.part(0.5, 0.9))
    quotas = [AtLeast(members, share) for members, share in favoured]
    found = submodular_pick(matrix, MAX_BUDGET, quotas)
    at_random = random_coverage(matrix, len(found.items), N_RANDOM, np.random.default_rng(0))
    low, high = np.percentile(at_random, BAND, axis=0)
    features = _features(choice, matrix, briefs, found)
    numbers = {feature.name: number for number, feature in enumerate(features)}
    result = Picked(
        features=features,
        items=tuple(
            _item(
                choice,
                briefs[item],
                numbers,
                adds=[matrix.features[column] for column in adds],
                gain=float(gain) / found.total if found.total else 0.0,
            )
            for item, adds, gain in zip(found.items, found.adds, found.gains, strict=True)
        ),
        shares=tuple(found.shares.tolist()),
        random_mean=tuple(at_random.mean(axis=0).tolist()),
        random_low=tuple(low.tolist()),
        random_high=tuple(high.tolist()),
        n_items=len(briefs),
        n_empty=sum(not any(brief.weights) for brief in briefs),
        n_favoured=sum(int(members.sum()) for members, _ in favoured) if favoured else None,
        failed=tuple((row, why) for row, why in failed),
    )
    return asdict(result)


def _record(choice: PickChoice, row: int) -> dict[str, Any] | None:
    raw = store().read(KIND, choice.request(row).store_id(KIND))
    return None if raw is None else json.loads(raw)


def _kept(choice: PickChoice, row: int) -> dict[str, Any]:
    """What was there a moment ago."""
    record = _record(choice, row)
    if record is None:
        raise Lost(1)
    return record


def _briefs(choice: PickChoice, rows: Sequence[int], report: Report) -> list[_Brief]:
    briefs, described, n_lost = [], [], 0
    view = choice.request(0).view
    spelling: dict[str, str] = {}  # of what is one feature, as it is met first
    for done, row in enumerate(rows):
        record = _record(choice, row)
        if record is None:
            n_lost += 1
        else:
            brief = _brief(choice, row, record)
            keys = [(name_in(view, label), label) for label in brief.features]
            features = tuple(spelling.setdefault(key, label) for key, label in keys)
            briefs.append(replace(brief, features=features))
            described.append(np.array(record.get("looks", ())))
        report(done / len(rows))
    if n_lost:
        raise Lost(n_lost)
    if choice.task.kind == "image":
        briefs = _with_visual_words(briefs, described)
    return briefs


def _brief(choice: PickChoice, row: int, record: dict[str, Any]) -> _Brief:
    explanation = record["explanation"]
    weights = explanation["weights"]
    labels = tuple(weight["label"] for weight in weights)
    parts = labels
    if choice.task.kind == "table":
        parts = tuple(explanation["subject"]["columns"][weight["index"]] for weight in weights)
    return _Brief(
        row=row,
        label=record["label"],
        probabilities=tuple(explanation["probabilities"]),
        target=explanation["target"],
        indices=tuple(weight["index"] for weight in weights),
        features=labels,
        parts=parts,
        weights=tuple(weight["weight"] for weight in weights),
    )


def _with_visual_words(briefs: list[_Brief], described: list[FloatArray]) -> list[_Brief]:
    """Superpixels have no names that pictures could share: the visual words they are."""
    if not any(len(own) for own in described):
        return briefs
    words = visual_words(np.concatenate([own for own in described if len(own)]))
    ends = np.cumsum([len(own) for own in described])
    found = []
    for brief, own in zip(briefs, np.split(words, ends[:-1]), strict=True):
        names = tuple(f"kind {word + 1}" for word in own.tolist())
        found.append(replace(brief, features=names, parts=names))
    return found


def _favoured(
    choice: PickChoice, briefs: Sequence[_Brief], report: Report
) -> list[tuple[MaskArray, float]]:
    """The items that are favoured, with the share of the picks that is to be among them."""
    share = choice.share / 100
    targets = np.array([brief.target for brief in briefs])
    match choice.favour:
        case "wrong":
            wrong = [brief.label not in (None, brief.target) for brief in briefs]
            return [(np.array(wrong, dtype=bool), share)]
        case "classes":
            classes = np.unique(targets)
            return [(targets == one, 1 / len(classes)) for one in classes]
        case "unsure":
            surest = np.array([max(brief.probabilities) for brief in briefs])
            limit = np.quantile(surest, UNSURE_SHARE) if len(surest) else 0.0
            return [(surest <= limit, share)]
        case "disagreement" if choice.rival is not None:
            rows = [brief.row for brief in briefs]
            rival = Case(replace(choice, model=choice.rival).request(0))
            asked = probabilities(rival, rows, report)
            return [(asked.argmax(axis=1) != targets, share)]
    return []


def _item(
    choice: PickChoice,
    brief: _Brief,
    numbers: dict[str, int],
    *,
    adds: Sequence[str],
    gain: float,
) -> PickedItem:
    cells = zip(brief.indices, brief.features, brief.parts, brief.weights, strict=True)
    record = _kept(choice, brief.row)
    return PickedItem(
        row=brief.row,
        label=brief.label,
        probabilities=brief.probabilities,
        target=brief.target,
        reasons=tuple(
            Reason(index, numbers[feature], part, weight)
            for index, feature, part, weight in cells
            if weight
        ),
        adds=tuple(numbers[name] for name in adds),
        gain=gain,
        picture=record.get("picture"),
        subject=None if "picture" in record else record["explanation"]["subject"],
    )


def _features(
    choice: PickChoice, matrix: ExplanationMatrix, briefs: Sequence[_Brief], found: Pick
) -> tuple[Feature, ...]:
    """The features that the picks have; with examples where they are visual words."""
    shares = dict(zip(matrix.features, matrix.importance / (found.total or 1.0), strict=True))
    shown = dict.fromkeys(name for item in found.items for name in briefs[item].features)
    examples = _examples(choice, briefs, shown) if choice.task.kind == "image" else {}
    return tuple(
        Feature(name, float(shares[name]), tuple(examples.get(name, ())))
        for name in shown
        if name in shares
    )


def _examples(
    choice: PickChoice, briefs: Sequence[_Brief], names: Collection[str]
) -> dict[str, list[str]]:
    """The superpixels of each visual word that count most, in small."""
    places: dict[str, list[tuple[float, int, int]]] = {name: [] for name in names}
    for brief in briefs:
        for place, (name, weight) in enumerate(zip(brief.features, brief.weights, strict=True)):
            if name in places:
                places[name].append((-abs(weight), brief.row, place))
    chosen = {name: sorted(own)[:N_EXAMPLES] for name, own in places.items()}
    rows = {row for own in chosen.values() for _, row, _ in own}
    pictures = {row: _kept(choice, row).get("examples", []) for row in rows}
    return {
        name: [pictures[row][place] for _, row, place in own if place < len(pictures[row])]
        for name, own in chosen.items()
    }
