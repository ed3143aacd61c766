"""Facts about a network: what its file says, and how it answers when tried. Child only."""

import math
import time
from dataclasses import asdict, replace
from typing import Any, Final

import numpy as np
import onnx

from lime_engine.types import FloatArray
from model_adapters.errors import NetworkError
from model_adapters.onnx.checks import read_model
from model_adapters.onnx.guess import output_from_answers, output_from_graph, scaling
from model_adapters.onnx.names import class_names
from model_adapters.onnx.ports import Port, answer_names, image_port
from model_adapters.onnx.session import Runner, open_session
from model_adapters.settings import NetworkFacts, NetworkSettings
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
    port, outputs = image_port(model), answer_names(model)
    settings, reasons = _from_port(port)
    settings = replace(settings, scaling=scaling(model, port, None)[0])
    session = open_session(model)
    # Many files declare an open number of pictures but work with one alone: try two first.
    runner = Runner(session, port.name, outputs, settings)
    try:
        answers, seconds = _tried(runner, settings, settings.batch or 2)
    except NetworkError:
        if settings.batch is not None:
            raise
        settings = replace(settings, batch=1)
        reasons["batch"] = "The file declares any number of pictures, but works with one at a time."
        runner = Runner(session, port.name, outputs, settings)
        answers, seconds = _tried(runner, settings, 1)
    n_classes = max(2, answers.shape[1])
    output, reasons["output"] = output_from_graph(
        model, runner.output_name, answers.shape[1]
    ) or output_from_answers(answers)
    scale, reasons["scaling"] = scaling(model, port, n_classes)
    notes = [(p.key, p.value) for p in model.metadata_props[:1000]]
    names, reasons["class_names"] = class_names(notes, n_classes)
    numbered = tuple(f"class {i}" for i in range(n_classes))
    settings = replace(settings, output=output, scaling=scale, class_names=names or numbered)
    facts = NetworkFacts(
        proposed=settings,
        n_classes=n_classes,
        n_parameters=_n_parameters(model),
        producer=clean(f"{model.producer_name} {model.producer_version}"),
        seconds_per_picture=seconds,
        names_from="file" if names else "numbers",
        fixed=_fixed(port, settings),
        reasons=reasons,
    )
    return asdict(facts)


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
    }
    return settings, reasons


def _why_size(field: str, declared: int | None, proposed: int) -> str:
    if declared is not None:
        return f"The file declares a {field} of {declared} pixels."
    return f"A guess: the file leaves the {field} open, and {proposed} pixels are usual."


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
