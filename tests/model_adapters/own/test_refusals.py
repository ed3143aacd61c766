"""What is refused of models of texts and rows, and that the sentence says what and what helps."""

import functools
import io
import json
import pickle
import stat
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

import joblib
import numpy as np
import onnx
import pytest
import skops.io
from onnx import TensorProto as T
from onnx import helper
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from model_adapters import Limits, NetworkError, inspect_model, inspect_network, load_model
from model_adapters.isolation import Child
from model_adapters.own import archives
from model_adapters.own.graphs import GraphModel
from model_adapters.own.pipelines import ALLOWED, PipelineModel
from model_adapters.own.server import ModelServer
from tests.model_adapters.own import made


def zipped(*names: str, **also: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name in names:
            file.writestr(name, b"x" * 100)
        for name, content in also.items():
            file.writestr(name, content)
    return buffer.getvalue()


def dumped(model: Any, **how: Any) -> bytes:
    buffer = io.BytesIO()
    joblib.dump(model, buffer, **how)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (pickle.dumps(StandardScaler()), r"pickle.*any code.*skops\.io\.dump\(joblib\.load"),
        (pickle.dumps({"a": [1]}, protocol=0), r"pickle.*any code.*skops\.io\.dump"),
        (dumped(StandardScaler(), compress=3), r"joblib.*any code.*skops\.io\.dump"),
        (dumped(StandardScaler(), compress=("bz2", 3)), r"joblib.*any code.*skops\.io\.dump"),
        (zipped("model/data.pkl", "model/version"), r"PyTorch.*torch\.onnx\.export"),
        (zipped("m/data.pkl", "m/constants.pkl"), r"TorchScript.*export the model it was made"),
        (zipped("config.json", "model.weights.h5"), r"Keras.*model\.export"),
        (zipped("mine.onnx"), "zip archive.*Unpack"),
        (b"\x89HDF\r\n\x1a\n" + b"\0" * 99, r"HDF5.*model\.export"),
        (b"\x1c\0\0\0TFL3" + b"\0" * 99, "TensorFlow Lite.*tf2onnx"),
        (b'{"learner": {}}', "XGBoost.*convert_xgboost"),
        (b"tree\nversion=v4\n", "LightGBM.*convert_lightgbm"),
        (b"<!DOCTYPE html><html>", "web page"),
        (b"hello", "not an ONNX file"),
    ],
)
def test_files_of_other_kinds_whatever_they_are_called(data: bytes, words: str) -> None:
    """Names are never looked at: a file is what is in it."""
    with pytest.raises(NetworkError, match=words):
        inspect_model(data)


def test_a_huge_file_is_refused_unread() -> None:
    with pytest.raises(NetworkError, match=r"2 MB; models of up to 1 MB.*max_features"):
        inspect_model(bytes(2_000_000), limits=Limits(max_bytes=1_000_000))


def test_models_brought_in_each_others_place() -> None:
    with pytest.raises(NetworkError, match=r"skops file.*Texts or Rows of a table"):
        inspect_network(made.skops_of(made.text_model()))
    with pytest.raises(NetworkError, match=r"'Tokenizer'.*model of texts.*under Texts"):
        inspect_network(made.onnx_of_texts())


class Own(StandardScaler):  # type: ignore[misc]
    """A step of somebody's own."""


def own_function(x: Any) -> Any:
    return x


@pytest.mark.parametrize(
    ("step", "found"),
    [(Own(), r"test_refusals\.Own"), (FunctionTransformer(own_function), "own_function")],
)
def test_what_is_not_scikit_learns_own_is_refused_with_its_name(step: Any, found: str) -> None:
    frame, labels = made.numbers()
    model = make_pipeline(step, *made.table_models()["logistic"].steps[-1][1:]).fit(frame, labels)
    with pytest.raises(NetworkError, match=rf"not allowed here: .*{found}.*scikit-learn's own"):
        PipelineModel(made.skops_of(model))


def with_schema(change: Callable[[Any], Any]) -> bytes:
    """A text pipeline's file with another description."""
    return rezipped({"schema.json": lambda raw: json.dumps(change(json.loads(raw))).encode()})


@functools.cache  # skops names its files by where objects lie: each time otherwise
def text_model() -> bytes:
    return made.skops_of(made.text_model())


def rezipped(changes: dict[str, Callable[[bytes], bytes]]) -> bytes:
    source, buffer = io.BytesIO(text_model()), io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            new.writestr(name, changes.get(name, bytes)(old.read(name)))
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("module", "name"),
    [("os", "system"), ("builtins", "eval"), ("builtins", "exec"), ("subprocess", "Popen"),
     ("numpy", "load"), ("joblib.numpy_pickle", "load"), ("sklearn.utils._testing", "exec"),
     ("numpy.f2py", "compile"), ("functools", "reduce"), ("sklearn", "os.system")],
)  # fmt: skip
@pytest.mark.parametrize("loader", ["FunctionNode", "TypeNode", "ObjectNode", "MethodNode",
                                    "OperatorFuncNode", "ReduceNode", "PartialNode"])  # fmt: skip
def test_names_that_could_do_harm(module: str, name: str, loader: str) -> None:
    """In any place of the description, with any way of loading that skops knows."""
    node = {
        "__class__": name,
        "__module__": module,
        "__loader__": loader,
        "__id__": 1,
        "content": {"function": name, "module_path": module, "func": name, "obj": name},
        "attrs": {"content": {}, "key_types": [], "__class__": "dict", "__module__": "builtins"},
    }

    def planted(schema: Any) -> Any:
        schema["content"]["content"]["memory"] = node
        return schema

    with pytest.raises(NetworkError):
        _asked(PipelineModel, with_schema(planted))
    with pytest.raises(NetworkError):
        _asked(PipelineModel, with_schema(lambda schema: {**schema, **node}))


def _asked(read: Callable[[bytes], Any], data: bytes) -> None:
    """What the server makes of it: whatever a library raises is a sentence."""
    server = ModelServer(read)  # type: ignore[arg-type]
    header, _ = server.answer({"do": "inspect"}, bytearray(data))
    if "error" in header:
        raise NetworkError(header["error"])


def test_the_allow_list_has_nothing_but_what_such_models_are_made_of() -> None:
    others = {kind for kind in ALLOWED if not kind.startswith("sklearn.")}
    assert others == {"numpy.dtype", "functools.partial"}


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/etc/passwd", "a/b.npy", "..\\x.npy", "folder/"]
)
def test_a_path_in_the_archive(name: str) -> None:
    with pytest.raises(NetworkError, match="is a path, which skops does not write"):
        archives.opened(zipped(name, **{"schema.json": b"{}"}))


def test_a_link_in_the_archive() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        entry = zipfile.ZipInfo("schema.json")
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        file.writestr(entry, "/etc/passwd")
    with pytest.raises(NetworkError, match="is a link"):
        archives.opened(buffer.getvalue())


def test_a_pickle_inside_and_one_name_twice() -> None:
    inside = zipped("model.pkl", **{"schema.json": b"{}"})
    with pytest.raises(NetworkError, match="is a pickle"):
        archives.opened(inside)
    with pytest.warns(UserWarning, match="Duplicate name"):
        twice = zipped("a.npy", "a.npy", **{"schema.json": b"{}"})
    with pytest.raises(NetworkError, match="one name twice"):
        archives.opened(twice)


def test_archives_that_unpack_to_too_much() -> None:
    def bomb(name: str, mb: int) -> bytes:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as file:
            with file.open(name, "w", force_zip64=True) as part:
                for _ in range(mb):
                    part.write(bytes(1_000_000))
            if name != "schema.json":
                file.writestr("schema.json", "{}")
        return buffer.getvalue()

    data = bomb("schema.json", 61)
    assert len(data) < 200_000
    with pytest.raises(NetworkError, match="description has more than 60 MB"):
        archives.opened(data)
    liar = bytearray(data)  # the directory says that it is small
    at = liar.rfind(b"PK\x01\x02")
    liar[at + 24 : at + 28] = (1000).to_bytes(4, "little")
    with pytest.raises(NetworkError, match="damaged"):
        archives.opened(liar)
    many = bytearray(zipped("a.npy", **{"schema.json": b"{}"}))
    at = many.find(b"PK\x01\x02")
    many[at + 24 : at + 28] = (2**32 - 2).to_bytes(4, "little")
    with pytest.raises(NetworkError, match=r"unpacks to 4,295 MB; 400 MB"):
        archives.opened(many)


def test_an_array_that_declares_more_than_there_is() -> None:
    def huge(raw: bytes) -> bytes:
        shape = raw[raw.find(b"(") : raw.find(b")") + 1]
        return raw.replace(shape, b"(99999999999,)".ljust(len(shape)))

    names = zipfile.ZipFile(io.BytesIO(text_model())).namelist()
    arrays = dict.fromkeys((name for name in names if name.endswith(".npy")), huge)
    with pytest.raises(NetworkError, match=r"cannot be read|more memory"):
        _asked(PipelineModel, rezipped(arrays))
    objects = io.BytesIO()
    np.save(objects, np.array([{}], dtype=object), allow_pickle=True)
    pickles = dict.fromkeys(arrays, lambda _: objects.getvalue())
    with pytest.raises(NetworkError, match="allow_pickle=False"):
        _asked(PipelineModel, rezipped(pickles))


def test_no_classifier() -> None:
    frame, _ = made.numbers()
    with pytest.raises(NetworkError, match="StandardScaler, which is no fitted classifier"):
        PipelineModel(skops.io.dumps(StandardScaler().fit(frame)))
    with pytest.raises(NetworkError, match="no fitted classifier"):
        PipelineModel(skops.io.dumps({"a": 1}))


def graph(input_type: Any, outputs: list[Any], nodes: list[Any]) -> bytes:
    made_of = helper.make_graph(nodes, "g", [input_type], outputs)
    model = helper.make_model(made_of, opset_imports=[helper.make_opsetid("", 15)], ir_version=8)
    found: bytes = model.SerializeToString()
    return found


@pytest.mark.parametrize(
    ("x", "outputs", "words"),
    [
        (("x", T.FLOAT, [None, None]), [("y", T.FLOAT, [None, 2])], r"FloatTensorType\(\[None, 4"),
        (("x", T.FLOAT, [None, 3, 8, 8]), [("y", T.FLOAT, [None, 2])], "4 sizes.*under Pictures"),
        (("x", T.FLOAT, [None, 3]), [("y", T.INT64, [None])], "only labels.*with probabilities"),
        (("x", T.COMPLEX64, [None, 3]), [("y", T.FLOAT, [None])], "neither numbers nor texts"),
        (("x", T.FLOAT, [None, 9000]), [("y", T.FLOAT, [None, 2])], "9,000 columns.*2,000"),
        (("x", T.FLOAT, [900, 3]), [("y", T.FLOAT, [900, 2])], "900 items at a time.*open number"),
    ],
)
def test_graphs_of_other_shapes(x: Any, outputs: Any, words: str) -> None:
    ends = [helper.make_tensor_value_info(*each) for each in outputs]
    node = helper.make_node("Identity", ["x"], ["y"])
    with pytest.raises(NetworkError, match=words):
        GraphModel(graph(helper.make_tensor_value_info(*x), ends, [node]))


def test_a_custom_operator_and_data_elsewhere() -> None:
    model = onnx.load_model_from_string(made.onnx_of_columns())
    model.graph.node[0].domain = "my.company"
    with pytest.raises(NetworkError, match=r"of 'my\.company', which is not part of ONNX"):
        GraphModel(model.SerializeToString())
    model = onnx.load_model_from_string(made.onnx_of_columns())
    tensor = onnx.TensorProto(name="w", data_type=T.FLOAT, dims=[1])
    tensor.data_location = T.EXTERNAL
    tensor.external_data.add(key="location", value="../../etc/passwd")
    model.graph.initializer.append(tensor)
    with pytest.raises(NetworkError, match="external data"):
        GraphModel(model.SerializeToString())


def test_numbers_that_are_not_finite() -> None:
    """Of a root of what is below zero, which no item has that was made up to try it."""
    ends = [helper.make_tensor_value_info("y", T.FLOAT, [None, 3])]
    x = helper.make_tensor_value_info("x", T.FLOAT, [None, 3])
    data = graph(x, ends, [helper.make_node("Sqrt", ["x"], ["y"])])
    facts = inspect_model(data)
    model = load_model(data, replace(facts.proposed, columns=("heat", "wind", "rain")))
    with pytest.raises(NetworkError, match="The model answered with values that are not finite"):
        model(made.numbers()[0])
    model.close()


def test_compressed_bytes_are_named_only_where_they_are_meant() -> None:
    with pytest.raises(NetworkError, match="joblib"):
        inspect_model(zlib.compress(b"whatever"))


@pytest.mark.parametrize("format", ["address", "installed", "skops"])
def test_a_file_is_no_address_whatever_the_process_says_that_has_read_it(
    format: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = made.onnx_of_texts()
    told = asdict(inspect_model(data))
    told["proposed"]["format"] = format
    monkeypatch.setattr(Child, "ask", lambda *_: ({"facts": told}, b""))
    with pytest.raises(NetworkError, match="could not be described"):
        inspect_model(data)
