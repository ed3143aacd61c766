"""What is found out about a file, and what is proposed where it says nothing."""

import json
from dataclasses import asdict, replace
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto as T
from onnx import helper

from model_adapters import (
    NetworkError,
    NetworkFacts,
    inspect_network,
    listed_names,
    load_network,
    told_apart,
)
from model_adapters.onnx.guess import scaling
from model_adapters.onnx.names import class_names
from model_adapters.onnx.ports import image_port
from tests.model_adapters import networks


def test_a_torch_like_file() -> None:
    facts = inspect_network(networks.torch_like())
    proposed = facts.proposed
    assert (proposed.layout, proposed.height, proposed.width) == ("NCHW", 6, 5)
    assert (proposed.channels, proposed.dtype, proposed.batch) == (3, "float32", None)
    assert (proposed.output, proposed.scaling) == ("logits", "imagenet")
    assert facts.is_guess("scaling")
    assert proposed.class_names == ("class 0", "class 1", "class 2", "class 3")
    assert (facts.n_classes, facts.n_parameters, facts.names_from) == (4, 16, "numbers")
    assert facts.producer == "pytorch 2.9"
    assert facts.seconds_per_picture > 0
    assert set(facts.fixed) == {"layout", "channels", "dtype", "height", "width"}
    assert "(n, 3, 6, 5)" in facts.reasons["layout"]
    assert "do not sum to 1" in facts.reasons["output"]
    assert set(facts.reasons) == set(asdict(proposed))
    assert NetworkFacts.from_dict(json.loads(json.dumps(asdict(facts)))) == facts


def test_a_tensorflow_like_file() -> None:
    labels = {"classes": '["cat", "dog", "bird", "fish"]'}
    facts = inspect_network(networks.tensorflow_like(labels))
    proposed = facts.proposed
    assert (proposed.layout, proposed.height, proposed.width) == ("NHWC", 6, 5)
    assert (proposed.dtype, proposed.scaling, proposed.batch) == ("uint8", "none", 1)
    assert proposed.output == "probabilities"
    assert "softmax" in facts.reasons["output"]
    assert (proposed.class_names, facts.names_from) == (("cat", "dog", "bird", "fish"), "file")
    assert "batch" in facts.fixed


def test_an_open_size_is_proposed_as_224_and_may_be_changed() -> None:
    facts = inspect_network(networks.torch_like("h", "w"))
    assert (facts.proposed.height, facts.proposed.width) == (224, 224)
    assert not {"height", "width"} & set(facts.fixed)
    assert "leaves the height open" in facts.reasons["height"]


def test_a_file_that_declares_any_number_but_works_with_one() -> None:
    nodes, stored = networks.linear("x", "logits")
    stored["shape"] = np.array([1, 4])
    reshape = helper.make_node("Reshape", ["logits", "shape"], ["y"])
    data = networks.model([*nodes, reshape], ["n", 3, 6, 5], stored).SerializeToString()
    facts = inspect_network(data)
    assert facts.proposed.batch == 1
    assert "one at a time" in facts.reasons["batch"]


@pytest.mark.parametrize("last", ["Sigmoid", ""])
def test_one_output_is_about_the_second_of_two_classes(last: str) -> None:
    data = networks.one_value(last or "Identity")
    facts = inspect_network(data)
    assert facts.n_classes == 2
    assert facts.proposed.output == ("probabilities" if last else "logits")
    x = networks.pictures()
    second = 1 / (1 + np.exp(-(x / 255).mean(axis=(1, 2)) @ networks.ONE[:, 0]))
    network = load_network(data, replace(facts.proposed, scaling="0-1"))
    np.testing.assert_allclose(network(x), np.stack([1 - second, second], 1), rtol=1e-5)
    network.close()


def test_answers_with_two_more_axes_and_without_a_declared_shape() -> None:
    nodes, stored = networks.linear("x", "logits")
    stored["axes"] = np.array([2, 3])
    more = helper.make_node("Unsqueeze", ["logits", "axes"], ["y"])
    made = networks.model([*nodes, more], ["n", 3, 6, 5], stored, answer=["n", 4, 1, 1])
    assert inspect_network(made.SerializeToString()).n_classes == 4
    made.graph.output[0].type.tensor_type.ClearField("shape")
    assert inspect_network(made.SerializeToString()).n_classes == 4


@pytest.mark.parametrize("last", ["Sigmoid", "by hand"])
def test_a_yes_or_no_for_each_class_on_its_own(last: str) -> None:
    nodes, stored = networks.linear("x", "logits")
    by_hand = [
        helper.make_node("Neg", ["logits"], ["negative"]),
        helper.make_node("Exp", ["negative"], ["power"]),
        helper.make_node("Add", ["power", "one"], ["sum"]),
        helper.make_node("Reciprocal", ["sum"], ["y"]),
    ]
    sigmoid = [helper.make_node("Sigmoid", ["logits"], ["y"])]
    stored["one"] = np.float32(1)
    ends = sigmoid if last == "Sigmoid" else by_hand
    data = networks.model([*nodes, *ends], ["n", 3, 6, 5], stored).SerializeToString()
    facts = inspect_network(data)
    assert facts.proposed.output == "independent"
    assert "each class on its own" in facts.reasons["output"]
    assert NetworkFacts.from_dict(json.loads(json.dumps(asdict(facts)))) == facts
    network = load_network(data, replace(facts.proposed, scaling="0-1"))
    x = networks.pictures()
    logits = (x / 255).mean(axis=(1, 2)) @ networks.WEIGHTS.T + networks.BIAS
    np.testing.assert_allclose(network(x), 1 / (1 + np.exp(-logits)), rtol=1e-5)
    network.close()


def test_probabilities_are_recognised_by_their_sum() -> None:
    nodes, stored = networks.linear("x", "logits")
    by_hand = [
        helper.make_node("Exp", ["logits"], ["powers"]),
        helper.make_node("ReduceSum", ["powers", "axes"], ["total"], keepdims=1),
        helper.make_node("Div", ["powers", "total"], ["y"]),
    ]
    stored["axes"] = np.array([1])
    data = networks.model([*nodes, *by_hand], ["n", 3, 6, 5], stored).SerializeToString()
    facts = inspect_network(data)
    assert facts.proposed.output == "probabilities"
    assert "sum to 1" in facts.reasons["output"]


def first_step(op: str, number: float | None) -> onnx.ModelProto:
    nodes, stored = networks.linear("scaled", "y")
    if number is None:
        return networks.model(networks.linear("x", "y")[0], ["n", 3, 6, 5], stored)
    stored["c"] = np.full((1, 3, 1, 1), number, np.float32)
    return networks.model(
        [helper.make_node(op, ["x", "c"], ["scaled"]), *nodes], ["n", 3, 6, 5], stored
    )


@pytest.mark.parametrize(
    ("op", "number", "expected"),
    [
        ("Div", 255.0, "none"),
        ("Mul", 1 / 255, "none"),
        ("Mul", 1 / 127.5, "none"),
        ("Sub", 123.7, "none"),
        ("Sub", 0.485, "0-1"),
        ("Div", 0.229, "0-1"),
        ("Mul", 2.0, "0-1"),
    ],
)
def test_a_network_that_scales_itself(op: str, number: float, expected: str) -> None:
    model = first_step(op, number)
    found, why = scaling(model, image_port(model), 1000)  # wins over the number of classes
    assert found == expected
    assert "first step" in why


def test_scaling_is_guessed_from_classes_names_and_makers() -> None:
    model = first_step("", None)
    port = image_port(model)
    assert scaling(model, port, 1000)[0] == "imagenet"
    assert scaling(model, port, 1001)[0] == "-1..1"
    assert scaling(model, replace(port, layout="NHWC"), 1000)[0] == "-1..1"
    assert scaling(model, port, 7)[0] == "imagenet"
    assert scaling(model, replace(port, layout="NHWC"), 7)[0] == "0-1"
    assert scaling(model, replace(port, channels=1), 7)[0] == "0-1"
    helper.set_model_props(model, {"author": "Ultralytics"})
    assert scaling(model, port, 1000)[0] == "0-1"
    for guess in (scaling(model, port, 7), scaling(model, port, 1000)):
        assert guess[1].endswith(".")


def test_a_normalisation_as_first_step() -> None:
    nodes, stored = networks.linear("scaled", "y")
    first = helper.make_node("BatchNormalization", ["x", "s", "o", "mean", "var"], ["scaled"])
    for mean, expected in ((123.0, "none"), (0.48, "0-1")):
        stored |= {name: np.ones(3, np.float32) for name in ("s", "o", "var")}
        stored["mean"] = np.full(3, mean, np.float32)
        model = networks.model([first, *nodes], ["n", 3, 6, 5], stored)
        assert scaling(model, image_port(model), None)[0] == expected


@pytest.mark.parametrize(
    "text",
    [
        '["cat", "dog", "bird"]',
        '{"0": "cat", "1": "dog", "2": "bird"}',
        "{0: 'cat', 1: 'dog', 2: 'bird'}",
        '{"bird": 2, "cat": 0, "dog": 1}',
        "('cat', 'dog', 'bird')",
        "cat, dog,bird",
        "cat\ndog\r\nbird\n",
        "n02123045 cat\nn02084071 dog\nn01503061 bird",
        "0: cat\n1: dog\n2: bird",
        "1 cat\n2 dog\n3 bird",
        '{"0": ["n02123045", "cat"], "1": ["n02084071", "dog"], "2": ["n01503061", "bird"]}',
        """['cat', "dog", 'bird',]""",
    ],
)
@pytest.mark.parametrize("key", ["classes", "Class Names", "labels", "names", "character"])
def test_class_names_in_every_common_writing(key: str, text: str) -> None:
    names, why = class_names([("date", "2026"), (key, text)], 3)
    assert names == ("cat", "dog", "bird")
    assert "file names the classes" in why
    assert listed_names(text) == ["cat", "dog", "bird"]


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "cat", "{'cat', 'dog'}", "__import__('os').abort(), 1, 2", "[[1], [2], [3]]",
        "(" * 100_000, "[" * 100_000, '{"5": "a", "6": "b", "7": "c"}', '["a", "b", "c"', "[1e999]",
        '["cat", "dog"]', "a," * 30_000, "{0: 'a', 1: 'b', 2: ['c']}", "{'9" + "9" * 5000 + "': 0}",
    ],
)  # fmt: skip
def test_other_notes_are_no_class_names_and_nothing_is_run(text: str) -> None:
    names, why = class_names([("names", text)], 3)
    # The text of a call is text: its parts may be names, but nothing calls them.
    assert names in ((), ("__import__('os').abort()", "1", "2"))
    assert why.endswith(".")


def test_names_under_any_key_that_is_a_list_of_as_many() -> None:
    notes = [("stride", "[32]"), ("imgsz", "[64, 64]"), ("what_it_knows", "['a', 'b', 'c']")]
    assert class_names(notes, 3)[0] == ("a", "b", "c")
    assert class_names([("author", "Ann, Bob, Cy"), ("what_it_knows", "['a', 'b']")], 3)[0] == ()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (r"""{0: "jack-o'-lantern", 1: 'it\'s', 2: 'a, b'}""", ["jack-o'-lantern", "it's", "a, b"]),
        ("tench, Tinca tinca\ngoldfish", ["tench, Tinca tinca", "goldfish"]),
        ("0 cat\n5 dog", ["0 cat", "5 dog"]),  # no numbers of classes: names as they are
        ("3\n7", ["3", "7"]),
        ("'" + r"\'" * 400_000, []),
        ("[" + r"'\'" * 400_000, []),
        ("one", []),
    ],
)
def test_names_that_are_pasted(text: str, names: list[str]) -> None:
    assert listed_names(text) == names


def test_names_that_occur_twice_are_told_apart() -> None:
    assert told_apart(["crane", "cat", "crane"]) == (("crane (0)", "cat", "crane (2)"), ("crane",))
    assert told_apart(["a", "b"]) == (("a", "b"), ())


def two_outputs(names: str = "") -> bytes:
    """Features of four numbers come first, then three classes."""
    nodes, stored = networks.linear("x", "y")
    stored["V"] = np.random.default_rng(0).normal(size=(4, 3)).astype(np.float32)
    last = helper.make_node("MatMul", ["y", "V"], ["z"])
    made = networks.model([*nodes, last], ["n", 3, 6, 5], stored)
    made.graph.output.append(helper.make_tensor_value_info("z", T.FLOAT, ["n", 3]))
    helper.set_model_props(made, {"names": names} if names else {})
    return bytes(made.SerializeToString())


def test_which_output_is_the_answer_is_told_by_the_names_or_said() -> None:
    facts = inspect_network(two_outputs())
    assert [(each.number, each.name, each.sizes) for each in facts.outlets] == [
        (0, "y", (4,)),
        (1, "z", (3,)),
    ]
    assert (facts.proposed.answer, facts.n_classes) == (0, 4)
    assert facts.is_guess("answer")
    named = inspect_network(two_outputs("cat,dog,bird"))
    assert (named.proposed.answer, named.n_classes) == (1, 3)
    assert not named.is_guess("answer")
    chosen = replace(facts.proposed, answer=1, class_names=("a", "b", "c"))
    by_hand, by_name = (load_network(two_outputs(), s) for s in (chosen, named.proposed))
    x = networks.pictures()
    np.testing.assert_allclose(by_hand(x), by_name(x))
    for each in (by_hand, by_name):
        each.close()


def with_places(axis: int, names: str = "") -> bytes:
    """Scores at 2 x 2 places of a picture, or at places in a row: the classes along `axis`."""
    nodes = [helper.make_node("AveragePool", ["x"], ["p"], kernel_shape=[3, 3], strides=[3, 3])]
    nodes.append(helper.make_node("Conv", ["p", "W"], ["y" if axis == 1 else "c"]))
    stored = {"W": networks.WEIGHTS.astype(np.float32)[:, :, None, None]}
    answer = ["n", 4, 2, 2]
    if axis == 2:
        stored["shape"] = np.array([0, 4, -1])
        nodes.append(helper.make_node("Reshape", ["c", "shape"], ["r"]))
        nodes.append(helper.make_node("Transpose", ["r"], ["y"], perm=[0, 2, 1]))
        answer = ["n", "places", 4]
    made = networks.model(nodes, ["n", 3, 6, 6], stored, answer=answer)
    helper.set_model_props(made, {"names": names} if names else {})
    return bytes(made.SerializeToString())


@pytest.mark.parametrize("axis", [1, 2])
def test_the_axis_of_the_classes_is_told_and_the_others_averaged(axis: int) -> None:
    facts = inspect_network(with_places(axis))
    assert (facts.proposed.axis, facts.n_classes) == (axis, 4)
    assert facts.is_guess("axis")
    network = load_network(with_places(axis), replace(facts.proposed, scaling="0-1"))
    x = networks.pictures(3, 6, 6)
    expected = networks.softmax((x / 255).mean(axis=(1, 2)) @ networks.WEIGHTS.T)
    np.testing.assert_allclose(network(x), expected, rtol=1e-5)
    network.close()
    with pytest.raises(NetworkError, match="class names"):
        load_network(with_places(axis), replace(facts.proposed, axis=3 - axis, class_names="abc"))


def test_names_from_the_file_are_bounded_and_harmless() -> None:
    labels = json.dumps(["a\x1b[31m\u202eb", "x" * 10_000, " ", "ok"])
    facts = inspect_network(networks.tensorflow_like({"labels": labels}))
    assert facts.proposed.class_names == ("a [31m b", "x" * 79 + "…", "class 2", "ok")


def test_channels_are_told_by_the_first_convolution_when_all_sizes_are_open() -> None:
    nodes, stored = networks.linear("c", "y")
    conv = helper.make_node("Conv", ["x", "k"], ["c"])
    stored["k"] = np.eye(3, dtype=np.float32)[:, :, None, None]
    model = networks.model([conv, *nodes], ["n", "a", "b", "c"], stored)
    port = image_port(model)
    assert (port.layout, port.channels, port.height) == ("NCHW", 3, None)


def test_channels_before_and_after_are_told_apart_by_the_first_transpose() -> None:
    def layout(first: list[Any]) -> str:
        model = networks.model(first, [1, 3, 3, 3], {}, kind=T.FLOAT)
        return image_port(model).layout

    assert layout([helper.make_node("Relu", ["x"], ["y"])]) == "NCHW"
    assert layout([helper.make_node("Transpose", ["x"], ["y"], perm=[0, 3, 1, 2])]) == "NHWC"
