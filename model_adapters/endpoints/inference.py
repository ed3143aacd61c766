"""The Open Inference Protocol v2, as KServe, Triton and MLServer speak it, in JSON.

References
----------
https://github.com/kserve/open-inference-protocol
"""

import json
import math
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final, Literal

from model_adapters.endpoints.client import Client, RefusedError
from model_adapters.endpoints.hosts import Address
from model_adapters.endpoints.place import AT_ONCE, Input, Place, numbers_of
from model_adapters.endpoints.reading import Answers, read
from model_adapters.errors import NetworkError
from model_adapters.own.packing import Column
from model_adapters.own.settings import MAX_COLUMNS
from model_adapters.settings import MAX_BATCH
from model_adapters.strings import clean

MODEL: Final = re.compile(r"(.*/v2/models/[^/]+(?:/versions/[^/]+)?)(?:/infer|/ready)?")
_WHOLE: Final = tuple(f"{sign}INT{bits}" for sign in ("", "U") for bits in (8, 16, 32, 64))
_FRACTIONS: Final = ("FP16", "FP32", "FP64", "BF16")
_MOST_NAMED: Final = 10


def model_at(client: Client, base: Address) -> str | None:
    """The path of the one model of a server; None if it does not speak this protocol.

    Raises
    ------
    NetworkError
        If it has several, or does not say.
    """
    try:
        told = client.get(base.at(f"{base.path}/v2"))
    except RefusedError:
        return None
    except NetworkError as error:
        if "no JSON" in str(error):
            return None
        raise
    if not isinstance(told, dict) or "name" not in told:
        return None
    try:
        index = client.post(base.at(f"{base.path}/v2/repository/index"), b"{}", 1_000_000)
    except RefusedError:
        index = []
    named = [e["name"] for e in index if isinstance(e, dict) and isinstance(e.get("name"), str)]
    names = sorted({name for name in named if re.fullmatch(r"[\w.~-]+", name)})
    if len(names) == 1:
        return f"{base.path}/v2/models/{names[0]}"
    have = f" It has {clean(', '.join(names[:_MOST_NAMED]), 300)}." if names else ""
    raise NetworkError(
        f"The server speaks the Open Inference Protocol, but which of its models is meant?{have} "
        f"Give the address with its name: {base.url}/v2/models/NAME."
    )


def places(
    client: Client, address: Address, takes: Literal["texts", "rows"], columns: Sequence[str]
) -> list[Place]:
    """How the model may be asked, what is likelier first.

    Raises
    ------
    NetworkError
        If it takes something else than what was brought.
    """
    match = MODEL.fullmatch(address.path)
    assert match is not None  # whoever asks has looked
    told = client.get(address.at(match[1]))
    if not isinstance(told, dict):
        raise NetworkError("The server does not describe this model. Check its address.")
    inputs, batch = _inputs(told.get("inputs") or [], len(columns))
    if not inputs:  # it does not say: as servers of scikit-learn take it
        inputs = (
            Input("input-0", "FP64", len(columns), 2, False)
            if columns
            else Input("input-0", "BYTES", 1, 1, False),
        )
    is_text = len(inputs) == 1 and inputs[0].datatype == "BYTES" and inputs[0].width == 1
    if is_text != (takes == "texts"):
        judged, brought = ("texts", "rows") if is_text else ("rows", "texts")
        raise NetworkError(
            f"This model judges {judged}, and what you brought are {brought}. Bring {judged} "
            "above, or give another address."
        )
    known = () if is_text else _named(inputs, columns)
    url = address.at(f"{match[1]}/infer")
    return [
        Place(
            protocol="v2",
            url=url,
            columns=known,
            inputs=inputs,
            output=output,
            at_once=batch or AT_ONCE,
            is_exact=batch is not None,
        )
        for output in _outputs(told.get("outputs") or [])
    ]


def question(place: Place, columns: Sequence[Column], n: int) -> bytes:
    """What is sent to ask about `n` items.

    Raises
    ------
    NetworkError
        If a column does not fit its input.
    """
    inputs, at = [], 0
    for entry in place.inputs:
        parts = []
        for i in range(at, at + entry.width):
            name = place.columns[i] if place.columns else entry.name
            parts.append(_values(entry, columns[i], name))
        at += entry.width
        rows = zip(*parts, strict=True)
        sent: dict[str, Any] = {
            "name": entry.name,
            "shape": [n] if entry.n_sizes == 1 else [n, entry.width],
            "datatype": entry.datatype,
            "data": [value for row in rows for value in row],
        }
        if not entry.is_told and entry.datatype == "BYTES":
            sent["parameters"] = {"content_type": "str"}  # else MLServer hands on bytes
        inputs.append(sent)
    body: dict[str, Any] = {"inputs": inputs}
    if place.output:
        body["outputs"] = [{"name": place.output}]
    return json.dumps(body).encode()


def answers(place: Place, reply: Any, n: int) -> Answers:
    """What the server has answered about `n` items.

    Raises
    ------
    NetworkError
        If it is not as the protocol says, or as `reading.read`.
    """
    outputs = reply.get("outputs") if isinstance(reply, dict) else None
    if not isinstance(outputs, list) or not all(isinstance(each, dict) for each in outputs):
        raise NetworkError("The server's answer has no outputs. Check that it speaks v2.")
    named = [each for each in outputs if place.output in ("", each.get("name"))]
    if not named:
        raise NetworkError(
            f"The server's answer lacks the output “{clean(place.output)}”. Look at the address "
            "again: the model may have changed."
        )
    output = named[0]
    flat, shape = _flat(output.get("data")), output.get("shape")
    is_shape = isinstance(shape, list) and all(type(size) is int for size in shape)
    if not flat or not is_shape or shape[:1] != [n] or math.prod(shape) != len(flat):
        raise NetworkError(
            f"For {n:,} item(s) the model gives values of shape {clean(shape)}; a classifier gives "
            "one number per class for each. Give the address of a classifier."
        )
    if output.get("datatype") in _FRACTIONS:
        flat = [float(v) if type(v) is int and abs(v) < 2**53 else v for v in flat]
    width = len(flat) // n
    return read([flat[i * width : (i + 1) * width] for i in range(n)], n)


def _inputs(told: Any, n_known: int) -> tuple[tuple[Input, ...], int | None]:
    """What goes in, and how many items at a time if the server insists on that.

    A single input of an open number of columns takes the `n_known` of the data.
    """
    found, batch, n_columns = [], None, 0
    for each in told if isinstance(told, list) else []:
        name, datatype = clean(each.get("name"), 200), each.get("datatype")
        shape = each.get("shape")
        if datatype not in ("BYTES", "BOOL", *_WHOLE, *_FRACTIONS):
            raise NetworkError(
                f"The model's input “{clean(name)}” takes {clean(datatype)}, which is neither "
                "numbers nor texts. Give the address of a model of rows or texts."
            )
        if not isinstance(shape, list) or not 1 <= len(shape) <= 2 or not _are_sizes(shape):
            raise NetworkError(
                f"The model's input “{clean(name)}” has the shape {clean(shape)}; rows and texts "
                "need (n, columns) or (n,). Give the address of a model of rows or texts."
            )
        width = 1 if len(shape) == 1 else int(shape[1])
        n_columns += max(width, 1)
        if shape[0] > 0:
            batch = int(shape[0])
        found.append(Input(name, datatype, width, len(shape)))
    if n_columns > MAX_COLUMNS or (batch or 1) > MAX_BATCH:
        raise NetworkError(
            f"The model takes {n_columns:,} columns and {batch or 'any number of'} items at a "
            f"time; {MAX_COLUMNS:,} and {MAX_BATCH} are possible. Give the address of another."
        )
    if len(found) == 1 and found[0].width < 1:
        found[0] = replace(found[0], width=max(n_known, 1), is_open=True)
    if any(each.width < 1 for each in found):
        raise NetworkError(
            "The model has several inputs of an open number of columns, so it is not known which "
            "column goes in where. Give the address of a model with an input a column."
        )
    return tuple(found), batch


def _are_sizes(shape: Sequence[Any]) -> bool:
    return all(type(size) is int and size >= -1 for size in shape)


def _named(inputs: Sequence[Input], columns: Sequence[str]) -> tuple[str, ...]:
    """The columns as the model knows them: by name where it has an input for each."""
    if inputs[0].is_open or not inputs[0].is_told:
        return tuple(columns)
    if len(inputs) > 1 or inputs[0].width == 1:
        return tuple(
            each.name if each.width == 1 else f"{each.name} {i + 1}"
            for each in inputs
            for i in range(each.width)
        )
    return tuple(f"column {i + 1}" for i in range(inputs[0].width))


def _outputs(told: Any) -> list[str]:
    """The outputs that may hold probabilities, the likeliest first; "" for what comes unasked."""
    have = [
        (clean(each.get("name"), 200), each.get("datatype") in _FRACTIONS)
        for each in told
        if isinstance(each, dict)
    ]
    numbers = sorted(
        (name for name, is_number in have if is_number), key=lambda name: "prob" not in name
    )
    others = [name for name, is_number in have if not is_number]
    return [*numbers, *([] if numbers else ["predict_proba"]), *(others or ([] if have else [""]))]


def _values(entry: Input, column: Column, name: str) -> list[Any]:
    if entry.datatype == "BYTES":
        if isinstance(column, list):
            return ["" if value is None else value for value in column]
        return [str(value) for value in column.tolist()]
    if entry.datatype == "BOOL":
        return [bool(value) for value in numbers_of(column, name, whole=True)]
    values = numbers_of(column, name, whole=entry.datatype in _WHOLE)
    return values if entry.datatype in _WHOLE else list(map(float, values))


def _flat(data: Any) -> list[Any]:
    """Values one after the other, however they are nested (two deep at most)."""
    found = data if isinstance(data, list) else []
    for _ in range(2):
        if found and all(isinstance(each, list) for each in found):
            found = [value for each in found for value in each]
    return found
