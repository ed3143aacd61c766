"""What is refused, and that the sentence says what and what helps."""

import io
import pickle
import zipfile
from collections.abc import Callable
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto as T
from onnx import helper, numpy_helper

from model_adapters import Limits, NetworkError, inspect_network
from model_adapters.answers import probabilities
from model_adapters.onnx.checks import read_model
from model_adapters.onnx.ports import answer_names, image_port
from tests.model_adapters import networks


def zipped(name: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(name, b"x" * 100)
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (
            pickle.dumps({"weights": [1, 2]}),
            "pickle.*can run any code.*torch.onnx.export.*skops.io.dump",
        ),
        (zipped("model/data.pkl"), "PyTorch file.*torch.onnx.export"),
        (zipped("model.weights.h5"), "Keras file.*model.export"),
        (zipped("model.onnx"), "zip archive.*Unpack"),
        (b"\x89HDF\r\n\x1a\n" + b"\0" * 99, "HDF5.*model.export"),
        (b"\x1c\0\0\0TFL3" + b"\0" * 99, "TensorFlow Lite.*tf2onnx"),
        (b"\x1c\0\0\0ORTM" + b"\0" * 99, "own format.*onnx file it was made from"),
        (b"\x40\0\0\0\0\0\0\0" + b'{"weight":', "safetensors.*torch.onnx.export"),
        (b"GGUF" + b"\0" * 99, "GGUF"),
        (b"\x1f\x8b\x08" + b"\0" * 99, "gzip.*Unpack"),
        (b"<!DOCTYPE html><html>", "web page.*Download"),
        (b"\x89PNG\r\n\x1a\n", "picture"),
    ],
)
def test_files_of_other_kinds(data: bytes, words: str) -> None:
    with pytest.raises(NetworkError, match=words):
        inspect_network(data)


def test_a_huge_file_is_refused_unread() -> None:
    with pytest.raises(NetworkError, match=r"2 MB; networks of up to 1 MB.*float16"):
        inspect_network(bytes(2_000_000), limits=Limits(max_bytes=1_000_000))


@pytest.mark.parametrize(
    "data",
    [networks.torch_like()[:-40], b"\x08\x07" + b"\xff" * 50, bytes(range(1, 256)), b"\x08\x08"],
    ids=["truncated", "broken", "bytes", "hollow"],
)
def test_damaged_files(data: bytes) -> None:
    with pytest.raises(NetworkError, match=r"not an ONNX file.*[Ee]xport"):
        inspect_network(data)


def test_any_cut_and_any_changed_byte_is_a_sentence_or_a_model() -> None:
    whole = networks.torch_like()
    rng = np.random.default_rng(0)
    variants = [whole[:n] for n in range(1, len(whole), 7)]
    for _ in range(200):
        changed = bytearray(whole)
        for at in rng.integers(0, len(whole), 3):
            changed[at] = rng.integers(256)
        variants.append(bytes(changed))
    for data in variants:
        said = ""
        try:
            model = read_model(data)
            image_port(model)
            answer_names(model)
        except NetworkError as error:
            said = str(error)
        assert len(said) < 1000


def external(tensor: onnx.TensorProto) -> onnx.TensorProto:
    tensor.ClearField("raw_data")
    tensor.data_location = T.EXTERNAL
    tensor.external_data.add(key="location", value="../../etc/passwd")
    return tensor


def stored_outside() -> onnx.TensorProto:
    return external(numpy_helper.from_array(np.zeros(3, np.float32), "outside"))


def graph_with(
    *nodes: onnx.NodeProto, stored: tuple[onnx.TensorProto, ...] = ()
) -> onnx.GraphProto:
    out = helper.make_tensor_value_info("o", T.FLOAT, [])
    return helper.make_graph(list(nodes), "inner", [], [out], list(stored))


def in_initializer(model: onnx.ModelProto) -> None:
    external(model.graph.initializer[0])


def in_attribute(model: onnx.ModelProto) -> None:
    model.graph.node.add().CopyFrom(helper.make_node("Constant", [], ["c"], value=stored_outside()))


def in_subgraph(model: onnx.ModelProto) -> None:
    inner = graph_with(helper.make_node("Identity", ["outside"], ["o"]), stored=(stored_outside(),))
    deeper = graph_with(helper.make_node("If", ["q"], ["o"], then_branch=inner, else_branch=inner))
    node = helper.make_node("If", ["q"], ["c"], then_branch=deeper, else_branch=deeper)
    model.graph.node.add().CopyFrom(node)


def in_function(model: onnx.ModelProto) -> None:
    node = helper.make_node("Constant", [], ["o"], value=stored_outside())
    made = helper.make_function("own", "F", [], ["o"], [node], [helper.make_opsetid("", 17)])
    model.functions.add().CopyFrom(made)


def in_sparse_tensor(model: onnx.ModelProto) -> None:
    model.graph.sparse_initializer.add().values.CopyFrom(stored_outside())


@pytest.mark.parametrize(
    "hide", [in_initializer, in_attribute, in_subgraph, in_function, in_sparse_tensor]
)
def test_external_data_wherever_it_hides(hide: Callable[[onnx.ModelProto], None]) -> None:
    model = onnx.load_model_from_string(networks.torch_like())
    hide(model)
    with pytest.raises(NetworkError, match=r"second file \(external data\).*external_data=False"):
        read_model(model.SerializeToString())


def test_external_data_through_the_whole_way() -> None:
    model = onnx.load_model_from_string(networks.torch_like())
    in_subgraph(model)
    with pytest.raises(NetworkError, match="second file"):
        inspect_network(model.SerializeToString())


@pytest.mark.parametrize(
    ("domain", "words"),
    [
        ("my.company", "'Secret' of 'my.company'.*without custom operators"),
        ("com.microsoft", "'Secret' of 'com.microsoft'.*QDQ"),
        ("org.pytorch.aten", "dynamo=True"),
        ("a\x00\u202eb" * 100, "'a b"),
    ],
)
@pytest.mark.parametrize("place", ["graph", "subgraph", "function"])
def test_custom_operators_wherever_they_hide(place: str, domain: str, words: str) -> None:
    model = onnx.load_model_from_string(networks.torch_like())
    node = helper.make_node("Secret", [], ["o"], domain=domain)
    if place == "graph":
        model.graph.node.add().CopyFrom(node)
    elif place == "subgraph":
        inner = graph_with(node)
        both = {"then_branch": inner, "else_branch": inner}
        model.graph.node.add().CopyFrom(helper.make_node("If", ["q"], ["c"], **both))
    else:
        opsets = [helper.make_opsetid("", 17)]
        model.functions.add().CopyFrom(helper.make_function("own", "F", [], ["o"], [node], opsets))
    with pytest.raises(NetworkError, match=words) as caught:
        read_model(model.SerializeToString())
    assert len(str(caught.value)) < 500


def test_functions_of_the_file_itself_are_no_custom_operators() -> None:
    nodes, stored = networks.linear("front", "y")
    call = helper.make_node("Passing", ["x"], ["front"], domain="own")
    model = networks.model([call, *nodes], ["n", 3, 6, 5], stored)
    model.opset_import.add(domain="own", version=1)
    inner = helper.make_node("Relu", ["a"], ["b"])
    made = helper.make_function(
        "own", "Passing", ["a"], ["b"], [inner], [helper.make_opsetid("", 17)]
    )
    model.functions.add().CopyFrom(made)
    assert inspect_network(model.SerializeToString()).n_classes == 4


@pytest.mark.parametrize("dims", [[2**62, 2**62], [-1, 3], [2**40]])
def test_impossible_tensor_sizes(dims: list[int]) -> None:
    model = onnx.load_model_from_string(networks.torch_like())
    model.graph.initializer[0].dims[:] = dims
    with pytest.raises(NetworkError, match=r"impossible size.*damaged"):
        read_model(model.SerializeToString())


def test_weights_shorter_than_declared() -> None:
    model = onnx.load_model_from_string(networks.torch_like())
    model.graph.initializer[0].dims[:] = [4, 3_000]
    with pytest.raises(NetworkError, match=r"cannot be loaded.*export"):
        inspect_network(model.SerializeToString())


@pytest.mark.parametrize(("version", "words"), [("opset", "opset_version="), ("ir", "IR version")])
def test_files_from_the_future(version: str, words: str) -> None:
    model = onnx.load_model_from_string(networks.torch_like())
    if version == "opset":
        model.opset_import[0].version = 9999
    else:
        model.ir_version = 9999
    with pytest.raises(NetworkError, match=f"newer.*{words}.* or lower"):
        inspect_network(model.SerializeToString())


def with_input(shape: list[Any], kind: int = T.FLOAT) -> onnx.ModelProto:
    return networks.model([helper.make_node("Identity", ["x"], ["y"])], shape, {}, kind=kind)


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        (["n", 784], r"\(n, 784\).*four sizes"),
        ([3, 224, 224], r"\(3, 224, 224\).*four sizes"),
        (["n", 5, 224, 224], r"\(n, 5, 224, 224\)"),
        (["n", "a", "b", "c"], r"\(n, a, b, c\).*fixed number of channels"),
        (["n", 4, 224, 224], "4 channels"),
        (["n", 3, 16, 224, 224], "four sizes"),
        ([1, 3, 100_000, 100_000], "too large.*2048"),
        ([100_000, 3, 32, 32], "too large"),
    ],
)
def test_inputs_that_are_no_pictures(shape: list[Any], words: str) -> None:
    with pytest.raises(NetworkError, match=words):
        image_port(with_input(shape))


def test_inputs_of_strings_several_inputs_and_none() -> None:
    with pytest.raises(NetworkError, match=r"type STRING.*float32"):
        image_port(with_input(["n", 3, 8, 8], T.STRING))
    model = with_input(["n", 3, 8, 8])
    model.graph.input.append(helper.make_tensor_value_info("mask", T.FLOAT, ["n", 8]))
    with pytest.raises(NetworkError, match=r"2 inputs.*mask.*only input"):
        image_port(model)
    # Old files list their weights among the inputs; those do not count.
    model.graph.initializer.append(numpy_helper.from_array(np.zeros((1, 8), np.float32), "mask"))
    assert image_port(model).name == "x"
    del model.graph.input[:]
    with pytest.raises(NetworkError, match="0 inputs"):
        image_port(model)


def with_outputs(*outputs: onnx.ValueInfoProto) -> onnx.ModelProto:
    model = with_input(["n", 3, 8, 8])
    del model.graph.output[:]
    model.graph.output.extend(outputs)
    return model


def test_outputs_that_are_no_classes() -> None:
    label = helper.make_tensor_value_info("label", T.INT64, ["n"])
    with pytest.raises(NetworkError, match="whole numbers"):
        answer_names(with_outputs(label))
    boxes = helper.make_tensor_value_info("boxes", T.FLOAT, ["n", 84, 8400])
    with pytest.raises(NetworkError, match=r"\(n, 84, 8400\).*one number per class"):
        answer_names(with_outputs(boxes))
    kind = helper.make_map_type_proto(T.INT64, helper.make_tensor_type_proto(T.FLOAT, None))
    zipmap = helper.make_value_info("p", helper.make_sequence_type_proto(kind))
    with pytest.raises(NetworkError, match=r"ZipMap.*zipmap=False"):
        answer_names(with_outputs(label, zipmap))
    good = helper.make_tensor_value_info("scores", T.FLOAT, ["n", 10])
    assert answer_names(with_outputs(label, boxes, good)) == ["scores"]


def test_an_output_that_turns_out_to_be_no_classes() -> None:
    model = networks.model(
        [helper.make_node("Relu", ["x"], ["y"])], ["n", 3, 128, 128], {}, answer=["n", "k"]
    )
    model.graph.output[0].type.tensor_type.ClearField("shape")
    with pytest.raises(NetworkError, match=r"\(1, 3, 128, 128\).*without detection"):
        inspect_network(model.SerializeToString())


def test_answers_that_are_no_numbers() -> None:
    nodes, stored = networks.linear("x", "logits")
    log = helper.make_node("Log", ["minus"], ["y"])
    minus = helper.make_node("Neg", ["squares"], ["minus"])
    squares = helper.make_node("Mul", ["logits", "logits"], ["squares"])
    data = networks.model([*nodes, squares, minus, log], ["n", 3, 6, 5], stored)
    with pytest.raises(NetworkError, match="not finite"):
        inspect_network(data.SerializeToString())


def test_raw_answers_become_probabilities() -> None:
    values = np.array([[0.2, 0.6, -1e-6], [0.5, 0.5, 0.0]])
    expected = [[0.25, 0.75, 0.0], [0.5, 0.5, 0.0]]
    np.testing.assert_allclose(probabilities(values, "probabilities"), expected)
    np.testing.assert_allclose(probabilities(values + 1000, "logits"), networks.softmax(values))
    np.testing.assert_allclose(probabilities(np.array([[0.3], [1.2]]), "probabilities"),
                               [[0.7, 0.3], [0.0, 1.0]])  # fmt: skip
    np.testing.assert_array_equal(
        probabilities(np.array([[0.9, 0.8, -1e-6]]), "independent"), [[0.9, 0.8, 0.0]]
    )
    with pytest.raises(NetworkError, match=r'answered with 1\.2, .* output "logits"'):
        probabilities(np.array([[0.2, 1.2]]), "independent")
    with pytest.raises(NetworkError, match="not finite"):
        probabilities(np.array([[np.nan, 1.0]]), "logits")
    with pytest.raises(NetworkError, match='output "logits"'):
        probabilities(np.array([[-1.0, -2.0]]), "probabilities")
