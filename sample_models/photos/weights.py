"""Weights in the file format that PyTorch had before 1.6, read without PyTorch.

Such a file is five pickles and then numbers: a magic number, a version, facts about the machine,
the tensors by name, the keys of their storages; then for each storage how many numbers it has
(int64) and the numbers. A pickle can call whatever it names: here it may name three things, which
become plain values of this module, and everything else is refused.
"""

import io
import math
import pickle
from collections import OrderedDict
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lime_engine.errors import LimeError, in_words

MAX_BYTES: Final = 100_000_000
_MAGIC: Final = 0x1950A86A20F9469CFC6C
_VERSION: Final = 1001
_COUNT: Final = np.dtype("<i8")
_TYPES: Final[dict[str, np.dtype[Any]]] = {
    "FloatStorage": np.dtype("<f4"),
    "LongStorage": np.dtype("<i8"),
}

Weights = dict[str, NDArray[Any]]


class WeightsError(LimeError):
    """A file of weights is not what it should be; says what is wrong with it."""


# Plain tuples: what a pickle does to the objects that it has made cannot change them.
class _Storage(NamedTuple):
    key: str
    type: str
    n: int


class _Tensor(NamedTuple):
    storage: _Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


def read_weights(data: bytes) -> Weights:
    """The tensors of a file by name: arrays that cannot be written to.

    Raises
    ------
    WeightsError
        If the file is too large, is not of this format or is incomplete, or names anything that
        tensors do not need.
    """
    if len(data) > MAX_BYTES:
        raise WeightsError(
            f"The file of weights has {len(data):,} bytes; at most {MAX_BYTES:,} are read."
        )
    file = io.BytesIO(data)
    if (_next(file), _next(file)) != (_MAGIC, _VERSION):
        raise WeightsError("The file of weights does not begin as one that PyTorch wrote.")
    _next(file)  # facts about the machine: numbers are little-endian wherever it ran
    tensors = _next(file)
    if not isinstance(tensors, dict) or not all(_is_named(*item) for item in tensors.items()):
        raise WeightsError("The file of weights has something else in it than tensors with names.")
    declared = {tensor.storage.key: tensor.storage for tensor in tensors.values()}
    storages = _storages(file, _next(file), declared)
    return {name: _array(name, tensor, storages) for name, tensor in tensors.items()}


class _Unpickler(pickle.Unpickler):
    """Knows ordered dictionaries, tensors, and the names of two types of numbers."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return self._tensor
        if module == "torch" and name in _TYPES:
            return name
        raise WeightsError(f"The file of weights names {module[:60]}.{name[:60]}: not allowed.")

    def persistent_load(self, pid: Any) -> _Storage:
        kind, type_name, key, _place, n, view = pid
        if kind != "storage" or type_name not in _TYPES or view is not None:
            raise WeightsError("The file of weights has numbers of a kind that is not known.")
        return _Storage(str(key), type_name, _count(n))

    def _tensor(
        self, storage: Any, offset: Any, shape: Any, strides: Any, *_of_training: Any
    ) -> _Tensor:
        if not isinstance(storage, _Storage) or len(shape) != len(strides):
            raise WeightsError("The file of weights has a tensor without numbers.")
        sizes, steps = (tuple(_count(n) for n in each) for each in (shape, strides))
        return _Tensor(storage, _count(offset), sizes, steps)


def _next(file: io.BytesIO) -> Any:
    """The next pickle of the file."""
    try:
        return _Unpickler(file).load()
    except WeightsError:
        raise
    except Exception as error:  # whatever damage makes of a pickle
        raise WeightsError(f"The file of weights is damaged ({in_words(error)}).") from error


def _count(n: Any) -> int:
    if not isinstance(n, int) or not 0 <= n <= MAX_BYTES:
        raise WeightsError(f"The file of weights has {str(n)[:40]} where a size should be.")
    return n


def _is_named(name: Any, tensor: Any) -> bool:
    return isinstance(name, str) and isinstance(tensor, _Tensor)


def _storages(
    file: io.BytesIO, keys: Any, declared: dict[str, _Storage]
) -> dict[str, NDArray[Any]]:
    """The numbers of each storage, in the order of the keys; the file ends with them."""
    if not isinstance(keys, list) or sorted(map(str, keys)) != sorted(declared):
        raise WeightsError("The file of weights lists other numbers than its tensors have.")
    found = {}
    data, place = file.getbuffer(), file.tell()
    for key in map(str, keys):
        storage = declared[key]
        dtype, start = _TYPES[storage.type], place + _COUNT.itemsize
        place = start + storage.n * dtype.itemsize
        if place > len(data) or int.from_bytes(data[start - 8 : start], "little") != storage.n:
            raise WeightsError("The file of weights is incomplete.")
        found[key] = np.frombuffer(data, dtype, storage.n, start)
    if place != len(data):
        raise WeightsError("The file of weights goes on after its last number.")
    return found


def _array(name: str, tensor: _Tensor, storages: dict[str, NDArray[Any]]) -> NDArray[Any]:
    """A tensor's numbers where they stand in their storage, in whichever order."""
    numbers = storages[tensor.storage.key]
    steps = zip(tensor.shape, tensor.strides, strict=True)
    last = tensor.offset + sum((size - 1) * stride for size, stride in steps)
    if math.prod(tensor.shape) > len(numbers) or (0 not in tensor.shape and last >= len(numbers)):
        raise WeightsError(f"The tensor {name[:60]} needs more numbers than the file has for it.")
    return np.lib.stride_tricks.as_strided(
        numbers[tensor.offset :],
        tensor.shape,
        tuple(stride * numbers.itemsize for stride in tensor.strides),
        writeable=False,
    )
