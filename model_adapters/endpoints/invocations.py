"""MLflow's way to serve a model: `/invocations`, with rows as a frame or as a list.

References
----------
https://mlflow.org/docs/latest/deployment/deploy-model-locally/
"""

import json
import math
from collections.abc import Sequence
from typing import Any, Final, Literal

import numpy as np

from model_adapters.endpoints.hosts import Address
from model_adapters.endpoints.place import Place
from model_adapters.endpoints.reading import Answers, read
from model_adapters.own.packing import Column

PATH: Final = "/invocations"
_TEXT: Final = "text"  # a column of texts, where a server wants one


def places(
    address: Address, takes: Literal["texts", "rows"], columns: Sequence[str]
) -> list[Place]:
    """How the model may be asked, what is likelier first."""
    base = address.path.removesuffix(PATH)
    forms = ("inputs", "dataframe_split") if takes == "texts" else ("dataframe_split", "inputs")
    return [
        Place(protocol="mlflow", url=address.at(base + PATH), columns=tuple(columns), form=form)
        for form in forms
    ]


def question(place: Place, columns: Sequence[Column]) -> bytes:
    """What is sent to ask about the items in these columns."""
    values = [_values(column) for column in columns]
    if not place.columns:  # texts
        found: Any = values[0]
        if place.form == "dataframe_split":
            found = {"columns": [_TEXT], "data": [[text] for text in values[0]]}
        return json.dumps({place.form: found}).encode()
    rows = [list(row) for row in zip(*values, strict=True)]
    framed = {"columns": list(place.columns), "data": rows}
    return json.dumps({place.form: rows if place.form == "inputs" else framed}).encode()


def answers(reply: Any, n: int) -> Answers:
    """What the server has answered about `n` items.

    Raises
    ------
    NetworkError
        As `reading.read`.
    """
    return read(reply.get("predictions") if isinstance(reply, dict) else reply, n)


def _values(column: Column) -> list[Any]:
    """A column as JSON has it: what is missing is null."""
    if isinstance(column, list) or column.dtype.kind != "f" or np.isfinite(column).all():
        return list(column) if isinstance(column, list) else list(column.tolist())
    return [value if math.isfinite(value) else None for value in column.tolist()]
