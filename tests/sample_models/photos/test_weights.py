"""Weights of PyTorch's old format: what was written is read, and nothing else is let in."""

import io
import os
import pickle
import sys
from collections import OrderedDict
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from sample_models.photos import weights
from sample_models.photos.weights import WeightsError, read_weights

MAGIC, VERSION = 0x1950A86A20F9469CFC6C, 1001


class Storage:
    """Numbers, in a pickle of tensors only by their key."""

    def __init__(self, key, kind, values):
        self.key, self.kind, self.values = key, kind, values


class Tensor:
    """A tensor as PyTorch pickles it."""

    def __init__(self, storage, offset, shape, strides):
        self.parts = storage, offset, shape, strides

    def __reduce__(self):
        rebuild = sys.modules["torch._utils"]._rebuild_tensor_v2
        return rebuild, (*self.parts, False, OrderedDict())


class Pickler(pickle.Pickler):
    def persistent_id(self, it):
        if not isinstance(it, Storage):
            return None
        kind = getattr(sys.modules["torch"], it.kind)
        return "storage", kind, it.key, "cpu", len(it.values), None


@pytest.fixture
def torch(monkeypatch):
    """What a pickle of PyTorch's names, so that one can be written without it."""
    top, utils = ModuleType("torch"), ModuleType("torch._utils")
    for kind in ("FloatStorage", "LongStorage", "HalfStorage"):
        setattr(top, kind, type(kind, (), {"__module__": "torch"}))

    def _rebuild_tensor_v2():
        raise AssertionError

    _rebuild_tensor_v2.__module__ = "torch._utils"
    _rebuild_tensor_v2.__qualname__ = "_rebuild_tensor_v2"
    utils._rebuild_tensor_v2 = _rebuild_tensor_v2
    top._utils = utils
    monkeypatch.setitem(sys.modules, "torch", top)
    monkeypatch.setitem(sys.modules, "torch._utils", utils)
    return top


def written(tensors, storages=(), *, magic=MAGIC, keys=None, counts=None):
    """A file with these tensors, or whatever stands in their place."""
    file = io.BytesIO()
    for plain in (magic, VERSION, {"little_endian": True}):
        file.write(pickle.dumps(plain, protocol=2))
    Pickler(file, protocol=2).dump(tensors)
    keys = [storage.key for storage in storages] if keys is None else keys
    file.write(pickle.dumps(keys, protocol=2))
    for storage, n in zip(storages, counts or [len(s.values) for s in storages], strict=True):
        file.write(n.to_bytes(8, "little") + storage.values.tobytes())
    return file.getvalue()


@pytest.fixture
def plain(torch):
    """A file with tensors of all kinds that there are, and what they are."""
    floats = Storage("17", "FloatStorage", np.arange(24, dtype="<f4"))
    whole = Storage("18", "LongStorage", np.array([7], dtype="<i8"))
    state = OrderedDict(
        straight=Tensor(floats, 0, (2, 3, 4), (12, 4, 1)),
        turned=Tensor(floats, 0, (4, 3, 2), (1, 4, 12)),
        later=Tensor(floats, 20, (4,), (1,)),
        number=Tensor(whole, 0, (), ()),
    )
    state._metadata = OrderedDict(version=1)
    values = np.arange(24, dtype=np.float32).reshape(2, 3, 4)
    expected = {
        "straight": values,
        "turned": values.T,
        "later": np.arange(20, 24, dtype=np.float32),
        "number": np.array(7),
    }
    return written(state, [floats, whole]), expected


def test_tensors_are_read_wherever_and_in_whichever_order_their_numbers_stand(plain):
    data, expected = plain
    found = read_weights(data)

    assert list(found) == list(expected)
    for name, values in expected.items():
        np.testing.assert_array_equal(found[name], values)
        assert found[name].dtype == values.dtype
        assert not found[name].flags.writeable


def test_a_file_that_is_cut_or_goes_on_is_refused_wherever_that_is(plain):
    data, _ = plain
    for n in range(len(data)):
        with pytest.raises(WeightsError):
            read_weights(data[:n])
    with pytest.raises(WeightsError, match="goes on after its last number"):
        read_weights(data + b"\0")


class Act:
    """Pickled as a call that can be seen to have been made."""

    def __init__(self, function, *args):
        self.call = function, args

    def __reduce__(self):
        return self.call


@pytest.mark.parametrize("place", ["magic", "tensors", "keys"])
def test_nothing_else_is_called_or_named(plain, tmp_path, place):
    made = tmp_path / "made"
    act = Act(os.mkdir, str(made))
    data = {
        "magic": lambda: written({}, magic=act),
        "tensors": lambda: written({"a": act}),
        "keys": lambda: written({}, keys=[act]),
    }[place]()

    with pytest.raises(WeightsError, match=r"names (posix|nt)\.mkdir: not allowed"):
        read_weights(data)
    assert not Path(made).exists()


@pytest.mark.parametrize(
    "name",
    [
        "builtins eval", "builtins getattr", "os system", "subprocess Popen", "torch load",
        "torch._utils _rebuild_tensor", "collections namedtuple", "torch HalfStorage",
        "numpy.core.multiarray _reconstruct", "sample_models.photos.weights _Unpickler",
    ],
)  # fmt: skip
def test_other_names_are_refused_even_if_nothing_is_done_with_them(name):
    module, attribute = name.split()
    with pytest.raises(WeightsError, match="not allowed"):
        read_weights(f"c{module}\n{attribute}\n.".encode())


@pytest.mark.parametrize("name", ["collections OrderedDict", "torch._utils _rebuild_tensor_v2"])
def test_what_may_be_named_cannot_be_changed(name):
    module, attribute = name.split()
    for state in (b"}X\x01\x00\x00\x00aK\x01s", b"N}X\x01\x00\x00\x00aK\x01s\x86"):
        with pytest.raises(WeightsError, match="damaged"):
            read_weights(b"\x80\x02" + f"c{module}\n{attribute}\n".encode() + state + b"b.")
    assert not hasattr(OrderedDict, "a")


def test_tensors_have_only_the_numbers_that_are_theirs(torch):
    floats = Storage("1", "FloatStorage", np.arange(6, dtype="<f4"))
    for offset, shape, strides in (
        (0, (7,), (1,)),
        (1, (6,), (1,)),
        (0, (2, 2), (5, 1)),
        (0, (2**40,), (0,)),
        (6, (1,), (1,)),
    ):
        data = written({"a": Tensor(floats, offset, shape, strides)}, [floats])
        with pytest.raises(WeightsError, match=r"needs more numbers|where a size should be"):
            read_weights(data)
    for offset, shape, strides in ((-1, (1,), (1,)), (0, (2,), (-1,)), (0, (-2,), (1,))):
        with pytest.raises(WeightsError, match="where a size should be"):
            read_weights(written({"a": Tensor(floats, offset, shape, strides)}, [floats]))
    with pytest.raises(WeightsError, match="without numbers"):
        read_weights(written({"a": Tensor(floats, 0, (2,), ())}, [floats]))


def test_what_is_no_such_file_is_told(torch, monkeypatch):
    floats = Storage("1", "FloatStorage", np.arange(6, dtype="<f4"))
    tensor = Tensor(floats, 0, (6,), (1,))
    for data, why in (
        (b"PK\x03\x04 a zip, as PyTorch writes today", "damaged"),
        (written({}, magic=1), "does not begin"),
        (written([tensor], [floats]), "something else in it"),
        (written({"a": 1}), "something else in it"),
        (written({"a": tensor}, [floats], keys=["2"]), "other numbers"),
        (written({"a": tensor}, [floats], counts=[5]), "incomplete"),
    ):
        with pytest.raises(WeightsError, match=why):
            read_weights(data)
    monkeypatch.setattr(weights, "MAX_BYTES", 100)
    with pytest.raises(WeightsError, match="at most 100 are read"):
        read_weights(written({"a": tensor}, [floats]))
