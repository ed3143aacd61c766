"""Whatever a file of a model has been done to: a model or a sentence, and the process goes on."""

import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from model_adapters import Limits, ModelFacts, NetworkError
from model_adapters.file_kinds import refuse_other_models
from model_adapters.isolation import Child
from model_adapters.own.packing import packed_texts
from tests.model_adapters.own import made

LIMITS = Limits(load_seconds=20.0, call_seconds=5.0)


class Children:
    """One process for each format, started again only if it has ended."""

    def __init__(self) -> None:
        self._running: dict[str, Child] = {}

    def asked(self, data: bytes) -> str:
        """What comes of a file: "model", or the sentence that refuses it."""
        try:
            kind = refuse_other_models(data, LIMITS)
            child = self._running.get(kind)
            if child is None or not child.is_alive:
                child = self._running[kind] = Child(LIMITS, kind)
            answer, _ = child.ask({"do": "inspect"}, data, LIMITS.load_seconds)
            facts = ModelFacts.from_dict(answer["facts"])
            child.ask({"do": "load"}, data, LIMITS.load_seconds)
            header, body = packed_texts(["a word", "warm soup"])
            columns = max(1, len(facts.proposed.columns))
            header["columns"] = ["float64"] * columns if facts.proposed.columns else ["words"]
            body = bytes(16 * columns) if facts.proposed.columns else body
            child.ask({"do": "run", **header}, body, LIMITS.call_seconds, 10_000_000)
        except NetworkError as error:
            return str(error)
        return "model"

    def end(self) -> None:
        for child in self._running.values():
            child.end()


@pytest.fixture(scope="module")
def children() -> Iterator[Children]:
    running = Children()
    yield running
    running.end()


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    models = made.table_models()
    return {
        "onnx table": made.onnx_of(models["forest"]),
        "onnx columns": made.onnx_of_columns(),
        "onnx texts": made.onnx_of_texts(),
        "skops forest": made.skops_of(models["forest"]),
        "skops boosting": made.skops_of(models["boosting"]),
        "skops texts": made.skops_of(made.text_model()),
    }


def spoiled(draw: st.DrawFn, data: bytes, other: bytes) -> bytes:
    """Cut, with bits turned, with a piece of another file, or two such things."""
    for _ in range(draw(st.integers(1, 2))):
        how = draw(st.sampled_from(["cut", "bits", "swap", "description"]))
        at = draw(st.integers(0, max(0, len(data) - 1)))
        if how == "cut":
            data = data[:at]
        elif how == "bits":
            changed = bytearray(data)
            for place in draw(st.lists(st.integers(0, max(0, len(data) - 1)), max_size=8)):
                if place < len(changed):
                    changed[place] ^= 1 << draw(st.integers(0, 7))
            data = bytes(changed)
        elif how == "swap":
            n = draw(st.integers(1, 2000))
            data = data[:at] + other[at : at + n] + data[at + n :]
        else:
            data = described_otherwise(draw, data)
    return data


def described_otherwise(draw: st.DrawFn, data: bytes) -> bytes:
    """A skops file with some values of its description exchanged, deeper than its checksums."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as old:
            parts = {name: old.read(name) for name in old.namelist()}
            schema = json.loads(parts["schema.json"])
    except Exception:
        return data
    for _ in range(draw(st.integers(1, 3))):
        nodes = list(nodes_of(schema))
        node = nodes[draw(st.integers(0, len(nodes) - 1))]
        key = draw(st.sampled_from(sorted(node)))
        values: Any = [None, -1, 10**12, "x", "None", [], {}, node, True, 1.5, "sklearn.svm._base"]
        node[key] = json.loads(json.dumps(draw(st.sampled_from(values))))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as new:
        for name, content in (parts | {"schema.json": json.dumps(schema).encode()}).items():
            new.writestr(name, content)
    return buffer.getvalue()


def nodes_of(root: Any) -> Iterator[dict[str, Any]]:
    if isinstance(root, dict):
        if root:
            yield root
        for value in root.values():
            yield from nodes_of(value)
    elif isinstance(root, list):
        for value in root:
            yield from nodes_of(value)


def check(data: st.DataObject, children: Children, files: dict[str, bytes]) -> None:
    one, other = (data.draw(st.sampled_from(sorted(files))) for _ in range(2))
    said = children.asked(spoiled(data.draw, files[one], files[other]))
    assert said == "model" or (said[-1:] in ".”)!" and 20 < len(said) < 1000), said
    assert "Traceback" not in said


SUITE = settings(deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


def test_files_as_they_are_are_models(children: Children, files: dict[str, bytes]) -> None:
    """Else the cases below would show nothing."""
    for name, data in files.items():
        if "columns" not in name:  # these take no numbers where words belong
            assert children.asked(data) == "model", name


@given(data=st.data())
@settings(SUITE, max_examples=300)
def test_any_file(data: st.DataObject, children: Children, files: dict[str, bytes]) -> None:
    check(data, children, files)


@pytest.mark.long
@given(data=st.data())
@settings(SUITE, max_examples=2000, derandomize=False)
def test_any_file_of_many(data: st.DataObject, children: Children, files: dict[str, bytes]) -> None:
    check(data, children, files)
