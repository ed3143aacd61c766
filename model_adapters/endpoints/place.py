"""A model behind an address, as it was found: what the app keeps in place of a file."""

import json
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

from model_adapters.errors import NetworkError
from model_adapters.own.packing import Column
from model_adapters.strings import clean

Protocol = Literal["v2", "mlflow"]
AT_ONCE = 200  # items in a request, unless the server takes fewer


@dataclass(frozen=True, slots=True)
class Input:
    """An input of a model that speaks v2: `width` columns; `n_sizes` is 1 for (n,), else 2.

    `is_told` says whether the server tells of it, `is_open` whether it takes any number of columns.
    """

    name: str
    datatype: str
    width: int
    n_sizes: int
    is_told: bool = True
    is_open: bool = False

    @property
    def is_numbered(self) -> bool:
        """Whether its columns are known by their place alone."""
        return self.is_told and not self.is_open and self.width > 1


@dataclass(frozen=True, slots=True)
class Place:
    """Where items go, in which form, and what comes back.

    Attributes
    ----------
    protocol, url
        How it is spoken to, and where.
    columns
        The columns as the server knows them; none for texts.
    form
        Of MLflow: "dataframe_split" or "inputs".
    inputs, output
        Of v2: what goes in, and the name of what comes out ("" for the first).
    labels
        All classes, of a server that answers with a label alone.
    at_once, is_exact
        How many items it takes at once; whether always so many.
    turn
        Names the asking that found this out: what stands there later may be another model.
    """

    protocol: Protocol
    url: str
    columns: tuple[str, ...] = ()
    form: str = ""
    inputs: tuple[Input, ...] = ()
    output: str = ""
    labels: tuple[str, ...] = ()
    at_once: int = AT_ONCE
    is_exact: bool = False
    turn: str = ""

    def to_bytes(self) -> bytes:
        """As it is kept."""
        return json.dumps(asdict(self)).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> "Place":
        """The inverse of `to_bytes`."""
        found: dict[str, Any] = json.loads(data)
        lists = {name: tuple(found[name]) for name in ("columns", "labels")}
        inputs = tuple(Input(**each) for each in found["inputs"])
        return cls(**{**found, **lists, "inputs": inputs})


def numbers_of(column: Column, name: str, *, whole: bool = False) -> list[Any]:
    """A column as JSON has numbers, which cannot be missing there.

    Raises
    ------
    NetworkError
        If it holds words, a value is missing, or a fraction where only whole ones go.
    """
    if isinstance(column, list):
        example = next((value for value in column if value is not None), "")
        raise NetworkError(
            f"The model takes numbers as “{clean(name)}”, but the column that goes in there holds "
            f"words, such as “{clean(example, 40)}”. Choose another column, or leave it out."
        )
    if not np.isfinite(column).all():
        raise NetworkError(
            f"A value is missing in the column that goes in as “{clean(name)}”, and this protocol "
            "has no way to say so. Fill the gaps, leave out such rows, or choose another column."
        )
    if whole and (column != np.round(column)).any():
        raise NetworkError(
            f"The model takes whole numbers as “{clean(name)}”, but the column that goes in there "
            "has fractions. Choose another column."
        )
    kind: Any = np.int64 if whole else column.dtype
    return list(column.astype(kind).tolist())
