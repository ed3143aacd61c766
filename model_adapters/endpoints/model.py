"""A model behind an address, as a function items -> probabilities, and how it is found out."""

import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final, Literal

import numpy as np

from lime_engine.types import FloatArray
from model_adapters.answers import SLACK
from model_adapters.endpoints import inference, invocations
from model_adapters.endpoints.client import MAX_QUESTION, Client, RefusedError
from model_adapters.endpoints.hosts import Address, address_of
from model_adapters.endpoints.place import Place
from model_adapters.endpoints.reading import Answers
from model_adapters.errors import NetworkError
from model_adapters.own.asked import OwnModel
from model_adapters.own.packing import Column, packed_rows, packed_texts, unpacked
from model_adapters.own.settings import Holds, ModelFacts, ModelSettings
from model_adapters.settings import NamesFrom, Output
from model_adapters.strings import clean

MAX_TRIED: Final = 50  # items
_MAX_TRIED_BYTES: Final = 16_000_000  # of an answer about them
_ONLY_LABELS: Final = (
    "The model answers with a label alone, not with how sure it is: each answer counts as certain, "
    "and only what makes it change its mind has a weight. Serve its probabilities if you can."
)
_BY_LABEL: Final = (
    "The server does not name the classes. They are taken to be your labels in alphabetical order, "
    "as scikit-learn orders them."
)


def inspect_endpoint(
    address: str, items: Any, labels: Sequence[str] = ()
) -> tuple[ModelFacts, Place]:
    """Find out how to ask the model behind an address, by asking it about some items.

    Parameters
    ----------
    address : str
        As somebody wrote it; its host must be listed by the operator.
    items : list of str, or pandas DataFrame
        Some that it is meant to judge; the first 50 are sent there.
    labels : sequence of str
        The classes that the data know, if they do.

    Raises
    ------
    NetworkError
        If it must not or cannot be asked, or answers with something else than a classifier's.
    """
    where = address_of(address)
    takes: Literal["texts", "rows"] = "texts" if isinstance(items, list) else "rows"
    names = () if takes == "texts" else tuple(map(str, items))
    client = Client()
    try:
        places = _places(client, where, takes, names)
        place, answers = _tried(client, places, items[:MAX_TRIED])
    finally:
        client.close()
    return _facts(place, answers, takes, labels)


class AddressModel(OwnModel):
    """A model that is asked over the network."""

    def __init__(self, place: Place, settings: ModelSettings) -> None:
        super().__init__(settings)
        self._place = place
        self._client = Client()
        self._lock = threading.Lock()  # one clock runs for one question
        self.at_once = place.at_once
        if place.labels and len(place.labels) != len(settings.class_names):
            raise NetworkError("The names of the classes are not as many as the labels.")

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _raw(self, items: Any) -> FloatArray:
        settings, place = self.settings, self._place
        columns = _columns(items, settings.takes, settings.columns)
        k = len(settings.class_names)
        with self._lock:
            answers = _asked(self._client, place, columns, len(items), 120 * k)
        if answers.numbers is not None:
            if place.labels:
                raise NetworkError("The model answered with labels before, and now with numbers.")
            return answers.numbers
        found = np.zeros((len(items), k))
        for row, label in enumerate(answers.labels):
            if label not in place.labels:
                have = ", ".join(place.labels) or "none, but numbers"
                raise NetworkError(
                    f"The model answered with the class “{clean(label)}”, which was not known "
                    f"when it was brought; known are {clean(have, 300)}. Bring it again beside "
                    "items of all its classes."
                )
            found[row, place.labels.index(label)] = 1.0
        return found


def _places(
    client: Client, where: Address, takes: Literal["texts", "rows"], names: Sequence[str]
) -> list[Place]:
    """How it may be asked, by what its address looks like, or else by what it says."""
    if inference.MODEL.fullmatch(where.path):
        return inference.places(client, where, takes, names)
    if not where.path.endswith(invocations.PATH):
        path = inference.model_at(client, where)
        if path is not None:
            return inference.places(client, replace(where, path=path), takes, names)
    return invocations.places(where, takes, names)


def _tried(client: Client, places: Sequence[Place], items: Any) -> tuple[Place, Answers]:
    """The first way that gives numbers, else the first that gives labels; the server's answers."""
    n = len(items)
    columns = _to_try(places[0], items)
    refusal: NetworkError | None = None
    labelled: tuple[Place, Answers] | None = None
    for place in places:
        sizes = (n,) if place.is_exact else tuple(dict.fromkeys((n, min(n, 8), 1)))
        for size in sizes:
            way = place if place.is_exact or size == n else replace(place, at_once=size)
            try:
                some = [column[:size] for column in columns]
                found = _asked(client, way, some, size, _MAX_TRIED_BYTES // size)
            except RefusedError as error:
                refusal = refusal or error
                continue
            if found.numbers is not None:
                return way, found
            labelled = labelled or (way, found)
            break
    if labelled is not None:
        return labelled
    assert refusal is not None  # there is at least one way
    raise refusal


def _to_try(place: Place, items: Any) -> list[Column]:
    """The items for a first try, before it is known which column goes in where.

    Columns go in by name, or in order where the model numbers them; for others something stands in.
    """
    if isinstance(items, list):
        return _columns(items, "texts", ())
    n, found = len(items), []
    names = [str(name) for name in items]
    every = dict(zip(names, _columns(items, "rows", list(items)), strict=True))
    numbers = [column for column in every.values() if not isinstance(column, list)]
    holds = _holds(place)
    is_numbered = any(entry.is_numbered for entry in place.inputs)
    for i, (name, held) in enumerate(zip(place.columns, holds, strict=True)):
        column = every.get(name)
        if is_numbered and numbers:
            column = numbers[i % len(numbers)]
        if held == "words" and not isinstance(column, list):
            column = [""] * n
        elif held == "numbers":
            column = np.zeros(n) if column is None or isinstance(column, list) else column
            column = np.nan_to_num(column, posinf=0.0, neginf=0.0)
        assert column is not None  # of any kind are the data's own alone
        found.append(column)
    return found


def _asked(
    client: Client, place: Place, columns: Sequence[Column], n: int, most_each: int
) -> Answers:
    """The server's answers to `n` items; in two halves where one question would be too long."""
    sent, n_sent = columns, n
    if place.is_exact:
        n_sent = place.at_once
        if n > n_sent:
            return _halved(client, place, columns, n, n_sent, most_each)
        rows = np.minimum(np.arange(n_sent), n - 1)  # the last one fills up
        sent = [_taken(column, rows) for column in columns]
    if place.protocol == "v2":
        question = inference.question(place, sent, n_sent)
    else:
        question = invocations.question(place, sent)
    if len(question) > MAX_QUESTION:
        if n == 1 or place.is_exact:
            raise NetworkError(
                f"One question would have {len(question):,} bytes; {MAX_QUESTION:,} are possible. "
                "Bring shorter texts."
            )
        return _halved(client, place, columns, n, n // 2, most_each)
    reply = client.post(place.url, question, 100_000 + n_sent * most_each)
    if place.protocol == "v2":
        found = inference.answers(place, reply, n_sent)
    else:
        found = invocations.answers(reply, n_sent)
    numbers = None if found.numbers is None else found.numbers[:n]
    return replace(found, numbers=numbers, labels=found.labels[:n])


def _halved(
    client: Client, place: Place, columns: Sequence[Column], n: int, at: int, most_each: int
) -> Answers:
    first = _asked(client, place, [c[:at] for c in columns], at, most_each)
    second = _asked(client, place, [c[at:] for c in columns], n - at, most_each)
    one, other = first.numbers, second.numbers
    if (one is None) != (other is None) or (
        one is not None and other is not None and one.shape[1] != other.shape[1]
    ):
        raise NetworkError(
            "The model's answers change in number from one question to the next. Check the server."
        )
    both = None if one is None or other is None else np.concatenate([one, other])
    return replace(first, numbers=both, labels=first.labels + second.labels)


def _columns(items: Any, takes: str, names: Sequence[str]) -> list[Column]:
    packed = packed_texts(items) if takes == "texts" else packed_rows(items, names)
    return unpacked(*packed)


def _taken(column: Column, rows: Any) -> Column:
    return [column[row] for row in rows] if isinstance(column, list) else column[rows]


def _facts(
    place: Place, answers: Answers, takes: Literal["texts", "rows"], labels: Sequence[str]
) -> tuple[ModelFacts, Place]:
    known, remarks = tuple(sorted(labels)), []
    names_from: NamesFrom = "file"
    output: Output = "probabilities"
    if answers.numbers is None:
        said = tuple(dict.fromkeys(answers.labels))
        names = known if {*said} <= {*known} else tuple(sorted(said))
        if len(names) < 2:
            raise NetworkError(
                f"The model answers with labels, and to all of these items with “{names[0]}”. "
                "Which others there are is not known: bring labelled data of all its classes."
            )
        place = replace(place, labels=names)
        remarks.append(_ONLY_LABELS)
    else:
        n = max(2, answers.numbers.shape[1])
        output = _output(answers.numbers)
        names = answers.names
        if not names:
            names_from = "labels" if len(known) == n else "numbers"
            names = known if len(known) == n else tuple(f"class {i}" for i in range(n))
        if names_from == "labels":
            remarks.append(_BY_LABEL)
    facts = ModelFacts(
        proposed=ModelSettings("address", takes, place.columns, output, names),
        has_names=not any(entry.is_numbered for entry in place.inputs),
        holds=_holds(place),
        names_from=names_from,
        made_with="",
        can_choose_output=answers.numbers is not None,
        remarks=tuple(remarks),
    )
    return facts, place


def _holds(place: Place) -> tuple[Holds, ...]:
    if place.protocol == "mlflow" or not place.columns:
        return tuple("anything" for _ in place.columns)
    found: list[Holds] = []
    for entry in place.inputs:
        found += ["words" if entry.datatype == "BYTES" else "numbers"] * entry.width
    return tuple(found)


def _output(numbers: FloatArray) -> Output:
    """What answers (n, k) look like."""
    if not ((numbers >= -SLACK) & (numbers <= 1 + SLACK)).all():
        return "logits"
    is_sum = numbers.shape[1] == 1 or np.allclose(numbers.sum(axis=1), 1.0, atol=0.02)
    return "probabilities" if is_sum else "independent"
