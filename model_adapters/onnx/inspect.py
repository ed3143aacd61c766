"""Facts about a network: what its file says, and how it answers when tried. Child only."""

import math
import time
from dataclasses import asdict, replace
from typing import Any, Final

import numpy as np
import onnx
import onnxruntime as ort

from lime_engine.types import FloatArray
from model_adapters.errors import NetworkError
from model_adapters.onnx.checks import read_model
from model_adapters.onnx.guess import output_from_answers, output_from_graph, scaling
from model_adapters.onnx.names import class_names, is_number_of_names
from model_adapters.onnx.ports import Port, image_port, outlets
from model_adapters.onnx.session import Runner, by_class, not_classes, open_session
from model_adapters.settings import GUESS, MAX_AXES, NetworkFacts, NetworkSettings, Outlet
from model_adapters.strings import clean

_USUAL_SIZE: Final = 224  # of image classifiers, where a file leaves it open
_N_TRIALS: Final = 2


def inspect(data: bytes | bytearray) -> dict[str, Any]:
    """`NetworkFacts` as a plain dictionary.

    Raises
    ------
    NetworkError
        If the file is refused, or the network does not answer.
    """
    model = read_model(data)
    port = image_port(model)
    settings, reasons = _from_port(port)
    settings = replace(settings, scaling=scaling(model, port, None)[0])
    session = open_session(model)
    notes = [(p.key, p.value) for p in model.metadata_props[:1000]]
    # Many files declare an open number of pictures but work with one alone: try two first.
    try:
        found = _Found(model, session, port, settings, settings.batch or 2)
    except NetworkError:
        if settings.batch is not None:
            raise
        settings = replace(settings, batch=1)
        reasons["batch"] = "The file declares any number of pictures, but works with one at a time."
        found = _Found(model, session, port, settings, 1)
    outlet, axis, reasons["answer"], reasons["axis"] = _which(found.outlets, notes)
    runner = Runner(session, port.name, [outlets(model)[outlet][1]], replace(settings, axis=axis))
    answers, seconds = _tried(runner, settings, found.n)
    n_classes = max(2, answers.shape[1])
    output, reasons["output"] = output_from_graph(
        model, outlets(model)[outlet][1], answers.shape[1]
    ) or output_from_answers(answers)
    scale, reasons["scaling"] = scaling(model, port, n_classes)
    names, reasons["class_names"] = class_names(notes, n_classes)
    numbered = tuple(f"class {i}" for i in range(n_classes))
    settings = replace(
        settings,
        output=output,
        scaling=scale,
        class_names=names or numbered,
        answer=found.outlets[outlet].number,
        axis=axis,
    )
    facts = NetworkFacts(
        proposed=settings,
        n_classes=n_classes,
        n_parameters=_n_parameters(model),
        producer=clean(f"{model.producer_name} {model.producer_version}"),
        seconds_per_picture=seconds,
        names_from="file" if names else "numbers",
        fixed=_fixed(port, settings),
        reasons=reasons,
        outlets=tuple(found.outlets.values()),
    )
    return asdict(facts)


class _Found:
    """What each output that may be the answer gives for random pictures, by its place in the list.

    Raises
    ------
    NetworkError
        If the network fails, or none of them gives numbers for classes.
    """

    def __init__(
        self,
        model: onnx.ModelProto,
        session: ort.InferenceSession,
        port: Port,
        settings: NetworkSettings,
        n: int,
    ) -> None:
        self.n = n
        listed = outlets(model)
        runner = Runner(session, port.name, [name for _, name in listed], settings)
        size = (n, settings.height, settings.width, settings.channels)
        every = runner.everything(np.random.default_rng(0).integers(0, 256, size, dtype=np.uint8))
        self.outlets: dict[int, Outlet] = {}
        for place, ((number, name), values) in enumerate(zip(listed, every, strict=True)):
            if by_class(values, n, None) is not None or by_class(values, n, 1) is not None:
                sizes = tuple(int(size) for size in values.shape[1 : 1 + MAX_AXES])
                self.outlets[place] = Outlet(number, clean(name), sizes)
        if not self.outlets:
            raise not_classes(every, n)


def _which(
    found: dict[int, Outlet], notes: list[tuple[str, str]]
) -> tuple[int, int | None, str, str]:
    """The place of the output that is proposed, its axis of classes, and why each.

    As many numbers as the file names classes decide; else the first output that has one axis.
    """
    ways = [(p, axis) for p, each in found.items() for axis in _axes(each)]
    sizes = {found[place].n_classes(axis) for place, axis in ways}
    named = is_number_of_names(notes, sizes)
    fits = [way for way in ways if found[way[0]].n_classes(way[1]) == named]
    place, axis = (fits or sorted(ways, key=lambda way: way[1] is not None))[0]
    why_answer = "The file has one output that can be the answer."
    if len(found) > 1:
        why_answer = (
            f"It has as many numbers as the file names classes, {named}."
            if fits
            else f"{GUESS}: {len(found)} outputs can be the answer, and this is the first of them."
        )
    why_axis = "The output has one axis of several numbers: the classes."
    if axis is not None:
        why_axis = (
            f"It has as many numbers as the file names classes, {named}."
            if fits
            else f"{GUESS}: the output has several axes of several numbers."
        ) + " It is averaged over the others."
    return place, axis, why_answer, why_axis


def _axes(outlet: Outlet) -> list[int | None]:
    """The axes that may be the classes: of maps the first, of sequences the last, then others."""
    if len(outlet.axes) <= 1:
        return [None]
    is_map = len(outlet.sizes) == 3 and outlet.sizes[1] == outlet.sizes[2]
    return list(outlet.axes if is_map else outlet.axes[::-1])


def _from_port(port: Port) -> tuple[NetworkSettings, dict[str, str]]:
    settings = NetworkSettings(
        layout=port.layout,
        height=port.height or port.width or _USUAL_SIZE,
        width=port.width or port.height or _USUAL_SIZE,
        channels=port.channels,
        dtype=port.dtype,
        scaling="none",
        output="logits",
        class_names=("class 0", "class 1"),  # not known yet
        batch=port.batch,
    )
    colour = "1 channel: grey." if port.channels == 1 else "3 channels: red, green, blue."
    reasons = {
        "layout": port.why_layout,
        "height": _why_size("height", port.height, settings.height),
        "width": _why_size("width", port.width, settings.width),
        "channels": f"The network takes {colour}",
        "dtype": f"The input is declared as {port.dtype}.",
        "batch": (
            f"The file takes exactly {port.batch} picture(s) at a time."
            if port.batch
            else "The file takes any number of pictures at a time."
        ),
        "mean": "Nothing in the file says that it takes one.",
        "std": "Nothing in the file says that it takes one.",
        "order": f"{GUESS}: red, green, blue is usual.",
        "fit": f"{GUESS}: the whole picture, stretched to the network's size.",
    }
    return settings, reasons


def _why_size(field: str, declared: int | None, proposed: int) -> str:
    if declared is not None:
        return f"The file declares a {field} of {declared} pixels."
    return f"{GUESS}: the file leaves the {field} open, and {proposed} pixels are usual."


def _tried(runner: Runner, settings: NetworkSettings, n: int) -> tuple[FloatArray, float]:
    """Answers to random pictures (always the same ones), and the seconds one picture takes."""
    rng = np.random.default_rng(0)
    answers, seconds = [], []
    for _ in range(_N_TRIALS):
        size = (n, settings.height, settings.width, settings.channels)
        pixels = rng.integers(0, 256, size, dtype=np.uint8)
        start = time.perf_counter()
        answers.append(runner.answers(pixels))
        seconds.append((time.perf_counter() - start) / n)
    together = np.concatenate(answers)
    if not np.isfinite(together).all():
        raise NetworkError(
            "For random pictures the network answers with values that are not finite numbers "
            "(NaN or infinity): its weights are damaged. Export the network again."
        )
    return together, min(seconds)


def _n_parameters(model: onnx.ModelProto) -> int:
    graph = model.graph
    stored = [*graph.initializer, *(t.values for t in graph.sparse_initializer)]
    return sum(math.prod(int(d) for d in tensor.dims) for tensor in stored)


def _fixed(port: Port, settings: NetworkSettings) -> tuple[str, ...]:
    sizes = [name for name in ("height", "width") if getattr(port, name) is not None]
    batch = ["batch"] if settings.batch is not None else []
    return ("layout", "channels", "dtype", *sizes, *batch)
