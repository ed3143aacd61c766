"""Classifiers that only code can load: the operator's own Python, named in a file of theirs.

The file is read wherever it is asked for; what it names is imported by whoever loads a model, which
is a worker, never the server.
"""

import importlib
import json
import os
import re
import sys
import tomllib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final, Literal, cast, get_args

import numpy as np

from lime_engine.errors import LimeError
from lime_engine.models import predict_function
from lime_engine.settings import Mode
from lime_engine.types import FloatArray
from model_adapters.errors import NetworkError
from model_adapters.own.asked import OwnModel
from model_adapters.own.settings import MAX_COLUMNS, ModelSettings, Takes
from model_adapters.pictures import checked, fitted
from model_adapters.settings import MAX_CLASSES, Output
from model_adapters.strings import clean

LISTED_IN: Final = "LIME_LAB_MODELS"
Kind = Literal["text", "table", "image"]
MAX_MODELS: Final = 50
MAX_BYTES: Final = 1_000_000  # of the file
_TAKES: Final[dict[Kind, Takes]] = {"text": "texts", "table": "rows", "image": "pictures"}
_NEEDED: Final = ("name", "kind", "classes", "load")
_KNOWN: Final = (*_NEEDED, "columns", "output")
_LOAD: Final = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*")


@dataclass(frozen=True, slots=True)
class Installed:
    """A model as the operator's file has it.

    Attributes
    ----------
    name, kind
        What it is called, and what it judges.
    class_names
        In the order of its answers.
    load
        "module:callable": called without arguments once a worker; what it returns is asked.
    columns
        Of a table: those that it is asked about, in its order; none for all that the data have.
    output
        As `ModelSettings.output`.
    """

    name: str
    kind: Kind
    class_names: tuple[str, ...]
    load: str
    columns: tuple[str, ...] = ()
    output: Output = "probabilities"

    def to_bytes(self) -> bytes:
        """As it is kept: what it was when somebody chose it."""
        return json.dumps(asdict(self)).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> "Installed":
        """The inverse of `to_bytes`."""
        found: dict[str, Any] = json.loads(data)
        lists = {name: tuple(found[name]) for name in ("class_names", "columns")}
        return cls(**{**found, **lists})

    def settings(self, columns: Sequence[str] = ()) -> ModelSettings:
        """How it is asked; `columns` are the data's."""
        found = (self.columns or tuple(columns)) if self.kind == "table" else ()
        return ModelSettings("installed", _TAKES[self.kind], found, self.output, self.class_names)


def installed() -> tuple[Installed, ...]:
    """The operator's models; none unless a file names some. Nothing is imported.

    Raises
    ------
    NetworkError
        If the file cannot be read, or an entry is not as it must be: the message says which.
    """
    path = os.environ.get(LISTED_IN)
    if not path:
        return ()
    name = Path(path).name
    try:
        with Path(path).open("rb") as file:
            found = tomllib.loads(file.read(MAX_BYTES).decode("utf-8"))
    except OSError as error:
        raise NetworkError(
            f"The file {clean(path, 200)} ({LISTED_IN}) cannot be read: {clean(error.strerror)}. "
            "Put it there, or change the variable."
        ) from None
    except UnicodeDecodeError:
        raise NetworkError(f"{name} ({LISTED_IN}) is not in UTF-8. Save it anew.") from None
    except tomllib.TOMLDecodeError as error:
        raise NetworkError(
            f"{name} ({LISTED_IN}) is no TOML: {clean(error, 200)}. Mend that line."
        ) from None
    tables = found.pop("model", [])
    if found or not isinstance(tables, list) or len(tables) > MAX_MODELS:
        what = f"the key “{clean(next(iter(found)))}”" if found else "“model” in another form"
        raise NetworkError(
            f"{name} has {what}. Begin each model with a line [[model]], at most {MAX_MODELS} of "
            "them, and have nothing else there."
        )
    models = [_read(name, i + 1, each) for i, each in enumerate(tables)]
    names = [each.name for each in models]
    if twice := next((each for each in names if names.count(each) > 1), None):
        raise NetworkError(f"{name} has two models named “{clean(twice)}”. Give each its own name.")
    return tuple(models)


def still_installed(model: Installed) -> Installed:
    """The model as the file has it now.

    Raises
    ------
    NetworkError
        As `installed`, and if it is gone, or judges or answers otherwise than it did.
    """
    for each in installed():
        if each.name == model.name:
            if replace(each, load=model.load) != model:
                raise NetworkError(
                    f"The model “{model.name}” has changed since it was chosen. Choose it again "
                    "under Upload."
                )
            return each
    raise NetworkError(
        f"The model “{clean(model.name)}” is no longer installed on this server. Choose another, "
        "or ask whoever runs it."
    )


class InstalledModel(OwnModel):
    """A model of the operator's, in this process: in a worker, never in the server."""

    def __init__(self, model: Installed, settings: ModelSettings) -> None:
        super().__init__(settings)
        self._model = model
        self._names = model.columns or settings.columns
        if settings.takes == "pictures":
            self.at_once = 32
        self._predict = _loaded(model)

    def close(self) -> None:
        """Nothing runs but this process."""

    def _raw(self, items: Any) -> FloatArray:
        try:
            answers = self._predict(self._items(items))
        except (MemoryError, LimeError):
            raise
        except Exception as error:  # whatever the operator's code raises
            raise NetworkError(
                f"The model “{self._model.name}” failed on these items ({_in_words(error)}). "
                "Whoever runs this server can mend its code."
            ) from error
        try:
            found = np.asarray(answers, dtype=np.float64)
        except (TypeError, ValueError):
            found = np.empty(0)
        if found.ndim == 1 and len(found) == len(items):
            found = found[:, None]
        if found.ndim != 2 or len(found) != len(items):
            raise NetworkError(
                f"For {len(items)} item(s) the model “{self._model.name}” gives "
                f"{clean(type(answers).__name__)} of shape {np.shape(found)}; it must give one "
                "number per class for each, (n, classes)."
            )
        return found

    def _items(self, items: Any) -> Any:
        match self.settings.takes:
            case "texts":
                return items
            case "rows":
                chosen = items[list(self.settings.columns)].reset_index(drop=True)
                return chosen.set_axis(list(self._names), axis=1)
            case "pictures":
                stack = checked(items)
                pixels = fitted(stack, stack.shape[1], stack.shape[2], 3)
                return np.rint(pixels).astype(np.uint8)


def _loaded(model: Installed) -> Any:
    """What answers for it, imported and made here."""
    module, _, name = model.load.partition(":")
    beside = str(Path(os.environ[LISTED_IN]).resolve().parent)
    if beside not in sys.path:
        sys.path.append(beside)  # last: it hides no installed package
    # What the file says of the answers holds for them as the model gives them.
    mode: Mode = "classification" if model.output == "probabilities" else "multilabel"
    try:
        made = getattr(importlib.import_module(module), name)()
        return predict_function(made, mode)
    except MemoryError:
        raise
    except Exception as error:  # whatever the operator's code raises
        raise NetworkError(
            f"The model “{model.name}” cannot be loaded: {model.load} says {_in_words(error)}. "
            f"Whoever runs this server can mend that, or its line in {LISTED_IN}."
        ) from error


def _in_words(error: Exception) -> str:
    return f"{type(error).__name__}: {clean(error, 300)}".removesuffix(": ")


def _read(file: str, number: int, given: Any) -> Installed:
    """One entry, each of its values checked."""
    where = f"{file}, model {number}"
    if not isinstance(given, dict):
        raise NetworkError(f"{where}: this is no table. Begin it with a line [[model]].")
    if isinstance(given.get("name"), str):
        where += f" (“{clean(given['name'])}”)"
    for key in _NEEDED:
        if key not in given:
            raise NetworkError(f"{where}: the key “{key}” is missing. Add it.")
    for key in given:
        if key not in _KNOWN:
            raise NetworkError(
                f"{where}: the key “{clean(key)}” is not known. Take it out; there are "
                f"{', '.join(_KNOWN)}."
            )
    name, kind, load = (_string(where, key, given[key]) for key in ("name", "kind", "load"))
    if kind not in get_args(Kind):
        raise _wrong(where, "kind", kind, "text, table or image")
    if _LOAD.fullmatch(load) is None:
        raise _wrong(where, "load", load, "module:callable, such as churn_model:load")
    output = given.get("output", "probabilities")
    if output not in get_args(Output):
        raise _wrong(where, "output", output, ", ".join(get_args(Output)))
    classes = _strings(where, "classes", _lines(where, given["classes"]), 2, MAX_CLASSES)
    columns = _strings(where, "columns", given.get("columns", []), 0, MAX_COLUMNS)
    if columns and kind != "table":
        raise NetworkError(f"{where}: only a model of kind “table” has columns. Take them out.")
    return Installed(clean(name), cast("Kind", kind), classes, load, columns, output)


def _string(where: str, key: str, value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise _wrong(where, key, value, "a text in quotes")
    return value


def _lines(where: str, value: Any) -> Any:
    """The lines of a file beside the operator's, where its name stands in place of a list."""
    if not isinstance(value, str):
        return value
    path = Path(os.environ[LISTED_IN]).parent / value
    try:
        with path.open("rb") as file:
            text = file.read(MAX_BYTES).decode("utf-8")
    except (OSError, ValueError):
        raise NetworkError(
            f"{where}, key “classes”: there is no file {clean(path, 200)} that can be read. Give a "
            'list of texts, such as ["stays", "leaves"], or a file with one a line.'
        ) from None
    return [line.strip() for line in text.splitlines() if line.strip()]


def _strings(where: str, key: str, value: Any, least: int, most: int) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(v, str) and v.strip() for v in value):
        raise _wrong(where, key, value, 'a list of texts, such as ["stays", "leaves"]')
    cleaned = tuple(map(clean, value))
    if (twice := next((each for each in cleaned if cleaned.count(each) > 1), None)) is not None:
        raise NetworkError(f"{where}, key “{key}”: “{twice}” stands there twice. Tell them apart.")
    if not least <= len(cleaned) <= most:
        raise _wrong(where, key, value, f"{least:,} to {most:,} texts")
    return cleaned


def _wrong(where: str, key: str, value: Any, wanted: str) -> NetworkError:
    return NetworkError(f"{where}, key “{key}”: {clean(repr(value))} must be {wanted}.")
