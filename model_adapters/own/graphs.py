"""ONNX models of texts and rows: where columns go in, where answers come out. Child only."""

import contextlib
import locale
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from lime_engine.types import FloatArray
from model_adapters.errors import NetworkError
from model_adapters.onnx.checks import read_model
from model_adapters.onnx.guess import output_from_answers, output_from_graph
from model_adapters.onnx.names import class_names
from model_adapters.onnx.ports import declared_shape, readers
from model_adapters.onnx.session import open_session, session_error
from model_adapters.own.packing import Column
from model_adapters.own.server import ModelServer
from model_adapters.own.settings import MAX_COLUMNS, Holds, ModelFacts, ModelSettings, Takes
from model_adapters.settings import MAX_BATCH, MAX_CLASSES, NamesFrom, Output
from model_adapters.strings import clean

TOKENIZER: Final = frozenset({("com.microsoft", "Tokenizer")})  # splits texts; runs on words alone
_DTYPES: Final[dict[int, Any]] = {
    TensorProto.FLOAT: np.float32,
    TensorProto.FLOAT16: np.float16,
    TensorProto.DOUBLE: np.float64,
    TensorProto.INT64: np.int64,
    TensorProto.INT32: np.int32,
    TensorProto.BOOL: np.bool_,
    TensorProto.STRING: object,
}
_FLOATS: Final = (TensorProto.FLOAT, TensorProto.FLOAT16, TensorProto.DOUBLE)
_LABELS: Final = ("classlabels_strings", "classlabels_int64s", "classlabels_ints")
_N_TRIED: Final = 8
_ONLY_ASCII: Final = (
    "The file splits texts into words by an operator that knows the letters a to z only: it reads "
    "words with others, such as é, in pieces. As skops, a pipeline of scikit-learn reads all."
)
LOCALE: Final = "C.UTF-8"


@dataclass(frozen=True, slots=True)
class Entry:
    """An input of a graph: `width` columns; `n_sizes` is 1 for (n,), 2 for (n, width)."""

    name: str
    dtype: Any
    width: int
    n_sizes: int
    batch: int | None


class Server(ModelServer):
    """Answers about one graph."""

    def __init__(self) -> None:
        super().__init__(GraphModel)
        with contextlib.suppress(locale.Error):  # later its files cannot be opened
            locale.setlocale(locale.LC_ALL, LOCALE)


class GraphModel:
    """A classifier from an ONNX file.

    Raises
    ------
    NetworkError
        If the file is refused, or takes or gives something else.
    """

    def __init__(self, data: bytes | bytearray) -> None:
        self._graph = read_model(data, also=TOKENIZER)
        self._labels = _class_labels(self._graph.graph)
        _without_zipmap(self._graph.graph)
        _without_locales(self._graph.graph)
        self._entries = _entries(self._graph.graph)
        self._output = _answer_name(self._graph.graph)
        self._session = open_session(self._graph)

    def facts(self) -> ModelFacts:
        """What was found."""
        graph, takes = self._graph.graph, self._takes
        tried = self._tried()
        n = self._n_classes(tried)
        notes = [(p.key, p.value) for p in self._graph.metadata_props[:1000]]
        names, _ = class_names(notes, n)
        if len(self._labels) == n:
            names = names or tuple(clean(x) for x in self._labels)
        names_from: NamesFrom = "file" if names else "numbers"
        told = output_from_graph(self._graph, self._output, n)
        output: Output = "probabilities"
        if told is not None:
            output = told[0]
        elif tried is not None:
            output = output_from_answers(tried)[0]
        named = len(self._entries) > 1 or self._entries[0].width == 1
        columns = () if takes == "texts" else tuple(self._columns(named))
        holds: list[Holds] = []
        for entry in self._entries if columns else ():
            holds += ["words" if entry.dtype is object else "numbers"] * entry.width
        remarks = []
        if graph.quantization_annotation:
            remarks.append("The model is quantised: its answers are coarser than the original's.")
        if any((node.domain, node.op_type) in TOKENIZER for node in graph.node):
            remarks.append(_ONLY_ASCII)
        return ModelFacts(
            proposed=ModelSettings(
                "onnx", takes, columns, output, names or tuple(f"class {i}" for i in range(n))
            ),
            has_names=named,
            holds=tuple(holds),
            names_from=names_from,
            made_with=clean(f"{self._graph.producer_name} {self._graph.producer_version}"),
            can_choose_output=told is None,
            remarks=tuple(remarks),
        )

    def answers(self, columns: list[Column], n: int) -> FloatArray:
        """The model's answers to items, (n, k)."""
        feed, at = {}, 0
        for entry in self._entries:
            own = columns[at : at + entry.width]
            if len(own) != entry.width:
                raise NetworkError(
                    f"{len(columns)} columns are given, but the model takes "
                    f"{sum(each.width for each in self._entries)}. Bring the model again."
                )
            values = np.column_stack([_as_dtype(each, entry) for each in own])
            feed[entry.name] = values if entry.n_sizes == 2 else values[:, 0]
            at += entry.width
        batch = next((each.batch for each in self._entries if each.batch), None)
        if batch is None:
            return self._run(feed, n)
        found = []
        for start in range(0, n, batch):
            rows = np.minimum(np.arange(start, start + batch), n - 1)  # the last one fills up
            part = self._run({name: values[rows] for name, values in feed.items()}, batch)
            found.append(part[: n - start])
        return np.concatenate(found)

    @property
    def _takes(self) -> Takes:
        (first, *others) = self._entries
        return "texts" if not others and first.dtype is object and first.width == 1 else "rows"

    def _run(self, feed: dict[str, NDArray[Any]], n: int) -> FloatArray:
        try:
            (found,) = self._session.run([self._output], feed)
        except Exception as error:  # onnxruntime raises many kinds
            raise session_error(error, "failed on these items") from None
        found = np.asarray(found)
        if found.dtype.kind != "f" or found.size == 0 or found.size % n:
            raise NetworkError(
                f"For {n} item(s) the model gives values of shape {clean(found.shape)}; a "
                "classifier gives one number per class for each. Bring a classifier."
            )
        if found.size // n > MAX_CLASSES:
            raise NetworkError(f"The model has more than {MAX_CLASSES:,} classes. Bring another.")
        return np.asarray(found.reshape(n, -1), dtype=np.float64)

    def _columns(self, named: bool) -> Iterator[str]:
        number = 0
        for entry in self._entries:
            for i in range(entry.width):
                number += 1
                if named:
                    yield entry.name if entry.width == 1 else f"{entry.name} {i + 1}"
                else:
                    yield f"column {number}"

    def _tried(self) -> FloatArray | None:
        """Answers to made-up items; None if the model does not take them, as of unknown words."""
        rng, words = np.random.default_rng(0), _known_words(self._graph.graph)
        columns: list[Column] = []
        for entry in self._entries:
            for _ in range(entry.width):
                if entry.dtype is object:
                    columns.append([words[i % len(words)] for i in range(_N_TRIED)])
                else:
                    columns.append(rng.integers(0, 3, _N_TRIED).astype(float))
        try:
            found = self.answers(columns, _N_TRIED)
        except NetworkError:
            return None
        return found if np.isfinite(found).all() else None

    def _n_classes(self, tried: FloatArray | None) -> int:
        if tried is not None:
            return max(2, int(tried.shape[1]))
        if len(self._labels) >= 2:
            return len(self._labels)
        raise NetworkError(
            "The model answers to no item that was made up to try it, and its file does not name "
            "its classes. Export it again with its class labels."
        )


def _entries(graph: onnx.GraphProto) -> list[Entry]:
    stored = {t.name for t in graph.initializer} | {t.values.name for t in graph.sparse_initializer}
    found, n_columns = [], 0
    for entry in (each for each in graph.input if each.name not in stored):
        kind, shape = entry.type.tensor_type.elem_type, declared_shape(entry)
        is_tensor = entry.type.WhichOneof("value") == "tensor_type"
        dtype = _DTYPES.get(kind) if is_tensor else None
        if dtype is None:
            raise NetworkError(
                f"The model's input “{clean(entry.name)}” takes neither numbers nor texts. Export "
                "it with inputs of float32, int64 or string."
            )
        if shape is None or len(shape) not in (1, 2):
            sizes = "unknown" if shape is None else f"of {len(shape)} sizes"
            pictures = " Networks of pictures are brought under Pictures." if sizes[-1] else ""
            raise NetworkError(
                f"The model's input “{clean(entry.name)}” has a shape {sizes}; rows and texts "
                f"need (n, columns) or (n,).{pictures}"
            )
        width = 1 if len(shape) == 1 else _width(graph, entry.name, shape[1], dtype)
        first = shape[0]
        batch = first if isinstance(first, int) and first > 0 else None
        if batch is not None and batch > MAX_BATCH:
            raise NetworkError(
                f"The model takes exactly {batch:,} items at a time; up to {MAX_BATCH} are "
                "possible. Export it with an open number of rows (None)."
            )
        found.append(Entry(entry.name, dtype, width, len(shape), batch))
        n_columns += width
    if not found or n_columns > MAX_COLUMNS:
        raise NetworkError(
            f"The model takes {n_columns:,} columns; from 1 to {MAX_COLUMNS:,} are possible. "
            "Bring a model of fewer columns."
        )
    return found


def _width(graph: onnx.GraphProto, name: str, declared: int | str | None, dtype: Any) -> int:
    if isinstance(declared, int) and declared > 0:
        return declared
    if dtype is object:
        return 1
    if (found := _weights_width(graph, name)) > 0:
        return found
    raise NetworkError(
        f"The file does not say how many columns the input “{clean(name)}” has. Convert it again "
        "with the number, for example FloatTensorType([None, 4])."
    )


def _weights_width(graph: onnx.GraphProto, name: str) -> int:
    """The columns that the first step which reads an input has numbers for; 0 if unknown."""
    dims = {t.name: list(t.dims) for t in graph.initializer}
    for node in readers(graph, name):
        of = {a.name: a for a in node.attribute}
        match node.op_type:
            case "Scaler" if "scale" in of and len(of["scale"].floats) > 1:
                return len(of["scale"].floats)
            case "LinearClassifier" if "coefficients" in of and "intercepts" in of:
                n = len(of["intercepts"].floats)
                return int(len(of["coefficients"].floats) // n) if n else 0
            case "Gemm" | "MatMul" if len(node.input) > 1 and len(dims.get(node.input[1], ())) == 2:
                turned = node.op_type == "Gemm" and "transB" in of and of["transB"].i
                return int(dims[node.input[1]][1 if turned else 0])
            case "Sub" | "Div" | "Mul" | "Add" if len(node.input) > 1 and dims.get(node.input[1]):
                return int(dims[node.input[1]][-1])
    return 0


def _answer_name(graph: onnx.GraphProto) -> str:
    """The output with one number per class."""
    found: list[tuple[bool, int, str]] = []
    other = []
    for output in graph.output:
        kind = output.type.tensor_type.elem_type
        if output.type.WhichOneof("value") == "tensor_type" and kind in _FLOATS:
            shape = declared_shape(output)
            found.append((shape is not None and len(shape) != 2, len(found), output.name))
        else:
            other.append(clean(output.name))
    if not found:
        raise NetworkError(
            f"The model gives only labels ({', '.join(other[:5]) or 'nothing'}), without how sure "
            "it is. Convert it again with probabilities, or scores, as an output."
        )
    by_name = [each for each in found if "prob" in each[2].lower()]
    return min(by_name or found)[2]


def _without_zipmap(graph: onnx.GraphProto) -> None:
    """A list of dictionaries as the tensor it is made of, which is the same and faster."""
    outputs = {output.name: output for output in graph.output}
    for node in [node for node in graph.node if node.op_type == "ZipMap"]:
        if len(node.output) == 1 and len(node.input) == 1 and node.output[0] in outputs:
            graph.output.remove(outputs[node.output[0]])
            graph.output.append(
                helper.make_tensor_value_info(node.input[0], TensorProto.FLOAT, None)
            )
            graph.node.remove(node)


def _without_locales(graph: onnx.GraphProto) -> None:
    """Capitals by the rules of Unicode: those of a country may not be installed here."""
    for node in graph.node:
        if node.op_type == "StringNormalizer":
            others = [a for a in node.attribute if a.name != "locale"]
            del node.attribute[:]
            node.attribute.extend([*others, helper.make_attribute("locale", LOCALE)])


def _class_labels(graph: onnx.GraphProto) -> list[str]:
    """The names of the classes in the order of the answers, as the graph's steps have them."""
    for node in sorted(graph.node, key=lambda node: node.op_type != "ZipMap"):
        for attribute in node.attribute:
            named = [*attribute.strings, *attribute.ints]
            if attribute.name in _LABELS and named:
                return list(map(_in_words, named[: MAX_CLASSES + 1]))
    stored = {tensor.name: tensor for tensor in graph.initializer}
    for node in reversed(graph.node):  # an answer's number turned into a label, at the end
        if node.op_type == "ArrayFeatureExtractor" and node.input and node.input[0] in stored:
            values = numpy_helper.to_array(stored[node.input[0]]).ravel()
            return list(map(_in_words, values[: MAX_CLASSES + 1].tolist()))
    return []


def _in_words(label: object) -> str:
    return label.decode("utf-8", "replace") if isinstance(label, bytes) else str(label)


def _known_words(graph: onnx.GraphProto) -> list[str]:
    """Words that the graph knows, to try it with."""
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.name in ("cats_strings", "keys_strings") and attribute.strings:
                return [v.decode("utf-8", "replace") for v in attribute.strings[:_N_TRIED]]
    return ["a"]


def _as_dtype(column: Column, entry: Entry) -> NDArray[Any]:
    if entry.dtype is object:
        if isinstance(column, list):
            words = ["" if value is None else value for value in column]
        else:
            words = [str(value) for value in column.tolist()]
        return np.array(words, dtype=object)
    if isinstance(column, list):
        example = next((value for value in column if value is not None), None)
        if example is None:
            return np.full(len(column), np.nan).astype(entry.dtype)
        raise NetworkError(
            f"The model takes numbers as “{clean(entry.name)}”, but the column that goes in there "
            f"holds words, such as “{clean(example, 40)}”. Choose another column."
        )
    if entry.dtype in (np.int64, np.int32) and not np.isfinite(column).all():
        raise NetworkError(
            f"The model takes whole numbers as “{clean(entry.name)}”, but a value is missing in "
            "the column that goes in there. Leave out such rows, or choose another column."
        )
    return column.astype(entry.dtype)
