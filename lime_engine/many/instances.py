"""Many instances, in whatever people keep them, read one by one and by position."""

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from typing import Any

from lime_engine.errors import InputError

_KINDS = (
    "a list, a pandas Series or DataFrame, a numpy array, a SciPy sparse matrix, or anything that "
    "has a length and gives what is at each position"
)


@dataclass(frozen=True, slots=True)
class Instances:
    """`n` instances; `read` gives the one at a position 0..n-1."""

    n: int
    read: Callable[[int], Any]

    def __len__(self) -> int:
        return self.n

    def __getitem__(self, row: int) -> Any:
        return self.read(row)


def by_position(instances: Any) -> Instances:
    """The instances by position, whatever labels they carry.

    Parameters
    ----------
    instances : sequence, Series, DataFrame, array, sparse matrix, data set, ...
        Read when they are asked for. Of a DataFrame an instance is a frame of one row, with the
        types of the columns; of a sparse matrix (n, n_columns) a CSR row (1, n_columns); of
        anything else what is at that position.

    Raises
    ------
    InputError
        If they have no positions, or are a single instance.
    """
    kind = type(instances).__name__
    if isinstance(instances, str | bytes):
        raise InputError(f"The instances are one {kind}. Pass a list, with one item an instance.")
    if hasattr(instances, "tocsr"):  # one of its kinds is a dict
        if instances.ndim != 2:
            raise InputError(
                f"The instances are a sparse array of shape {instances.shape}. Pass a matrix with "
                "a row an instance."
            )
        rows = instances.tocsr()
        return Instances(rows.shape[0], lambda row: rows[[row]])
    if isinstance(instances, Mapping | Set):
        raise InputError(f"The instances are a {kind}, which has no positions. Pass {_KINDS}.")
    if hasattr(instances, "iloc"):
        frame = instances.ndim == 2
        return Instances(len(instances), lambda row: instances.iloc[[row] if frame else row])
    try:
        n = len(instances)
        read = instances.__getitem__
    except (TypeError, AttributeError) as error:
        raise InputError(
            f"The instances are of type {kind}, which has no length or no positions. Pass {_KINDS}."
        ) from error
    return Instances(n, read)
