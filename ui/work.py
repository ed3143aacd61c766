"""What the worker processes do for the screens: explain, what if, show copies, count words.

Each function takes plain values and returns plain JSON; `kept` writes what it returned into the
store, so that a reload, a second viewer or a copied link finds it there.
"""

import functools
import hashlib
import io
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from lime_engine import ask, evaluate, fit
from lime_engine.errors import InputError
from lime_engine.settings import LimeSettings
from lime_engine.text import TextPerturber
from lime_engine.types import (
    Design,
    Neighbourhood,
    PredictFn,
    Responses,
    TextSubject,
)
from sample_models import load_data, load_model, tasks
from sample_models.types import Split
from ui.item import Item
from ui.jobs import Report
from ui.store import store

N_COPIES = 6
SPLITS: tuple[Split, ...] = ("train", "test", "field")
# What a neighbourhood does not depend on, at one value for all.
_NOT_ASKED: dict[str, Any] = {"n_features": 1, "selection": "auto", "surrogate": "ridge"}


def kept(kind: str, entry_id: str, function: Callable[..., Any], *args: Any, report: Report) -> Any:
    """`function(*args, report=report)`, its JSON kept in the store as entry `entry_id`."""
    value = function(*args, report=report)
    store().write(kind, entry_id, json.dumps(value).encode())
    return value


@functools.cache
def code_fingerprint() -> str:
    """Changes whenever a result could: hash of the code and of the pinned packages."""
    root = Path(__file__).parents[1]
    digest = hashlib.sha256((root / "requirements.txt").read_bytes())
    for package in ("lime_engine", "sample_models"):
        for path in sorted((root / package).rglob("*.*")):
            if path.suffix in (".py", ".txt", ".onnx"):
                digest.update(path.read_bytes())
    return digest.hexdigest()


def store_id(kind: str, *parts: str) -> str:
    """The store's id of what this code makes of these parts."""
    return store().key(kind, code_fingerprint(), *parts)


@dataclass(frozen=True, slots=True)
class Request:
    """Which explanation: all that determines it, and nothing else."""

    task: str
    model: str
    item: Item
    settings: LimeSettings
    perturber: TextPerturber
    target: int | None

    @property
    def affinity(self) -> str:
        """What a worker should have loaded already."""
        return f"{self.task}/{self.model}"

    def predict(self) -> PredictFn[str]:
        return load_model(self.task, self.model)

    def store_id(self, kind: str, *more: str) -> str:
        """The store's id of what is made of this request, by this code."""
        return store_id(kind, json.dumps(asdict(self)), *more)


def prepare(request: Request, *, report: Report) -> None:
    """Load the model into this worker, and explain a demo before anyone asks for it."""
    load_model(request.task, request.model)
    entry_id = request.store_id("explanation")
    if store().read("explanation", entry_id) is None:
        kept("explanation", entry_id, explanation, request, report=report)


def text_of(task: str, item: Item) -> tuple[str, int | None]:
    """The text of an item, and its label in the data if it has one.

    Raises
    ------
    InputError
        If a row does not exist, or brought texts are no longer in the store.
    """
    if item.is_own:
        raw = store().read("texts", item.source)
        if raw is None:
            raise InputError(
                "This text is no longer on this server: texts that people bring are kept for 30 "
                "days after their last use. Bring it again under Upload."
            )
        texts, labels = json.loads(raw)["texts"], None
    else:
        split = load_data(task).split(item.source)  # type: ignore[arg-type]
        texts, labels = split.instances, split.labels
    if item.row >= len(texts):
        raise InputError(
            f"There is no text number {item.row + 1} here; there are {len(texts)}. "
            "Choose another from the list."
        )
    return texts[item.row], None if labels is None else int(labels[item.row])


def explanation(request: Request, *, report: Report) -> dict[str, Any]:
    """The explanation as JSON, with the item's `label` in the data (or None)."""
    text, label = text_of(request.task, request.item)
    explained = fit(
        _neighbourhood(request, text, report),
        request.settings,
        target=request.target,
        class_names=tasks()[request.task].class_names,
    )
    return {"explanation": explained.to_dict(), "label": label}


def what_if(request: Request, off: tuple[int, ...], *, report: Report) -> list[float]:
    """The model's answer, (n_classes,), with the components `off` switched off."""
    text, _ = text_of(request.task, request.item)
    subject = request.perturber.components(text)
    masks = np.ones((1, subject.n_components), dtype=bool)
    masks[0, list(off)] = False
    design = Design(masks, np.ones(1))
    responses = evaluate(request.predict(), request.perturber, subject, design)
    return [float(probability) for probability in responses.values[0]]


def copies(request: Request, target: int, *, report: Report) -> list[dict[str, Any]]:
    """Six perturbed copies from this explanation's own neighbourhood, heaviest first.

    Each with the components that are `off`, P(target) and its weight, which is 1 for the text
    itself. They are spread evenly over the sizes that were drawn, so that near and far are seen.
    """
    text, _ = text_of(request.task, request.item)
    neighbourhood = _neighbourhood(request, text, report)
    masks = neighbourhood.design.masks[1:]
    removed = (~masks).sum(axis=1)
    order = np.argsort(removed, kind="stable")
    picked = order[np.linspace(0, len(order) - 1, min(N_COPIES, len(order))).astype(int)]
    law = request.perturber.law(neighbourhood.subject, request.settings.kernel_width)
    return [
        {
            "off": np.flatnonzero(~masks[row]).tolist(),
            "probability": float(neighbourhood.responses.values[row + 1, target]),
            "weight": float(law.kernel[removed[row]]),
        }
        for row in dict.fromkeys(picked.tolist())
    ]


def evidence(
    task: str, perturber: TextPerturber, words: tuple[str, ...], *, report: Report
) -> dict[str, Any]:
    """How many texts of each class contain each word, in train, test and field.

    Returns ``{"totals": {split: [n, ...]}, "words": {word: {split: [n, ...]}}}``, one number a
    class. A word occurs where the perturber finds it as a component, case and all.
    """
    totals: dict[str, list[int]] = {}
    counts: dict[str, dict[str, list[int]]] = {word: {} for word in words}
    n_classes = len(tasks()[task].class_names)
    for split in SPLITS:
        labels = load_data(task).split(split).labels
        totals[split] = np.bincount(labels, minlength=n_classes).tolist()
        index = _index(task, split, perturber)
        for word in words:
            counts[word][split] = index.get(word, [0] * n_classes)
    return {"totals": totals, "words": counts}


@functools.lru_cache(maxsize=12)
def _index(task: str, split: Split, perturber: TextPerturber) -> dict[str, list[int]]:
    """Word -> number of texts of each class that contain it."""
    n_classes = len(tasks()[task].class_names)
    index: dict[str, list[int]] = {}
    data = load_data(task).split(split)
    for text, label in zip(data.instances, data.labels.tolist(), strict=True):
        try:
            words = set(perturber.components(text).labels)
        except InputError:  # a text without a word counts for none
            continue
        for word in words:
            index.setdefault(word, [0] * n_classes)[label] += 1
    return index


def _neighbourhood(request: Request, text: str, report: Report) -> Neighbourhood:
    """What the model was asked about this text: from the store, else asked now and kept there.

    Class, K, selection and surrogate are not part of its address: they ask nothing.
    """
    settings = request.settings
    asked = replace(request, target=None, settings=replace(settings, **_NOT_ASKED))
    entry_id = asked.store_id("neighbourhood")
    subject = request.perturber.components(text)
    raw = store().read("neighbourhood", entry_id)
    if raw is not None:
        return _unpacked(raw, subject)
    neighbourhood = ask(
        text,
        request.predict(),
        request.perturber,
        settings,
        on_progress=report,
        should_stop=report.should_stop,
    )
    store().write("neighbourhood", entry_id, _packed(neighbourhood))
    return neighbourhood


def _packed(neighbourhood: Neighbourhood) -> bytes:
    arrays: dict[str, Any] = {"exact": neighbourhood.design.exact}
    parts = {
        "": (neighbourhood.design, neighbourhood.responses),
        "held_out_": (neighbourhood.held_out, neighbourhood.held_out_responses),
    }
    for prefix, (design, responses) in parts.items():
        if design is not None and responses is not None:
            arrays[prefix + "masks"] = np.packbits(design.masks, axis=1)
            arrays[prefix + "weights"] = design.weights
            arrays[prefix + "values"] = responses.values
            arrays[prefix + "n_calls"] = responses.n_calls
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


def _unpacked(raw: bytes, subject: TextSubject) -> Neighbourhood:
    with np.load(io.BytesIO(raw), allow_pickle=False) as arrays:

        def part(prefix: str, exact: bool) -> tuple[Design, Responses]:
            packed = arrays[prefix + "masks"]
            masks = np.unpackbits(packed, axis=1, count=subject.n_components).astype(bool)
            return (
                Design(masks, arrays[prefix + "weights"], exact),
                Responses(arrays[prefix + "values"], int(arrays[prefix + "n_calls"])),
            )

        design, responses = part("", bool(arrays["exact"]))
        if "held_out_masks" not in arrays:
            return Neighbourhood(subject, design, responses)
        return Neighbourhood(subject, design, responses, *part("held_out_", False))
