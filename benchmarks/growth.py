"""How the time outside the model grows: with samples, words, pixels, superpixels and so on.

Run with `make bench`. Prints one table: milliseconds at each size, medians of repeats that take
turns, and the slope of the logarithm of the time over that of the size: 1 is in proportion, 2 four
times the time for twice the size. The models take next to no time, which is taken off.

`--page FILE` writes a page with a plot of each.
"""

import argparse
import statistics
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from plotly import graph_objects
from plotly.subplots import make_subplots

from benchmarks.timing import Timed, timed
from lime_engine import (
    ImagePerturber,
    LimeSettings,
    TabularPerturber,
    TextPerturber,
    ask_each_about,
    compare_many,
    explain,
    explain_many,
    fit,
)
from lime_engine.types import FloatArray

REPEATS = 5
AT_THE_END = 3  # sizes: the slope of the largest
COLUMNS = 3  # of plots
SETTINGS = LimeSettings(n_samples=1000)


def yes_no(share: Any) -> FloatArray:
    return np.column_stack([1 - share, share])


def by_length(texts: Sequence[str]) -> FloatArray:
    return yes_no(np.fromiter(map(len, texts), dtype=float, count=len(texts)) / 100_000)


def by_corner(images: Any) -> FloatArray:
    return yes_no(images[:, 0, 0, 0] / 255)


def by_column(rows: Any) -> FloatArray:
    return yes_no(1 / (1 + np.exp(-rows[:, 0])))


def text_of(n_words: int, start: int = 0) -> str:
    return " ".join(f"word{start + i}" for i in range(n_words))


# --- what grows: a call for each size, and its model ---------------------------------------------

Call = tuple[Callable[[], object], Timed]


def samples(n: int) -> Call:
    model = Timed(by_length)
    settings = LimeSettings(n_samples=n)
    return partial(explain, text_of(100), model, TextPerturber(), settings), model


def words(n: int) -> Call:
    model = Timed(by_length)
    settings = LimeSettings(n_samples=4000)  # enough for a fit of 1,600 weights with a covariance
    return partial(explain, text_of(n), model, TextPerturber(), settings), model


def image(n_pixels: int, n_segments: int) -> Call:
    side = round(n_pixels**0.5)
    pixels = np.random.default_rng(0).integers(0, 256, (side, side, 3)).astype(np.uint8)
    model = Timed(by_corner)
    return partial(explain, pixels, model, ImagePerturber("grid", n_segments), SETTINGS), model


def columns(n: int) -> Call:
    rows = np.random.default_rng(0).normal(size=(500, n))
    model = Timed(by_column)
    return partial(explain, rows[0], model, TabularPerturber.learn(rows), SETTINGS), model


def classes(n: int) -> Call:
    answers = np.random.default_rng(0).dirichlet(np.ones(n), size=997)
    model = Timed(lambda texts: answers[[len(text) % len(answers) for text in texts]])
    return partial(explain, text_of(50), model, TextPerturber(), SETTINGS), model


def models(n: int) -> Call:
    perturber, model = TextPerturber(), Timed(by_length)

    def each() -> None:
        subject = perturber.components(text_of(50))
        for neighbourhood in ask_each_about(subject, [model] * n, perturber, SETTINGS):
            fit(neighbourhood, SETTINGS)

    return each, model


def items(n: int, many: Callable[..., Any], loaded: Any) -> Call:
    texts = [text_of(50, start=i) for i in range(n)]

    def all_of_them() -> None:
        with ThreadPoolExecutor(1) as executor:
            found = many(texts, lambda: loaded, TextPerturber(), SETTINGS, executor, keep=nothing)
            for outcome in found:
                assert outcome.error is None, outcome.error

    return all_of_them, Timed(by_length)


def nothing(item: str, found: object) -> None:
    """What is kept of each."""


@dataclass(frozen=True, slots=True)
class Growth:
    """What grows, what stays as it is, the sizes, and what is called at each."""

    name: str
    fixed: str
    sizes: tuple[int, ...]
    call: Callable[[int], Call]


GROWTHS = (
    Growth("samples", "a text of 100 words", (500, 1000, 2000, 4000, 8000, 16000), samples),
    Growth("words", "4,000 samples", (25, 50, 100, 200, 400, 800, 1600), words),
    Growth(
        "pixels",
        "1,000 samples, 49 superpixels",
        tuple(side**2 for side in (64, 128, 256, 512)),
        partial(image, n_segments=49),
    ),
    Growth(
        "superpixels",
        "1,000 samples, 128 x 128 pixels",
        (16, 64, 256, 1024),
        partial(image, 128**2),
    ),
    Growth("columns", "1,000 samples", (5, 10, 20, 40, 80, 160, 320), columns),
    Growth("classes", "1,000 samples, 50 words", (2, 8, 32, 128, 512, 2048), classes),
    Growth("models", "one design, 1,000 samples, 50 words", (1, 2, 4, 8, 16), models),
    Growth(
        "items",
        "`explain_many`, one thread, 1,000 samples, 50 words",
        (4, 8, 16, 32),
        partial(items, many=explain_many, loaded=by_length),
    ),
    Growth(
        "items of two models",
        "`compare_many`, one thread, 1,000 samples, 50 words",
        (4, 8, 16, 32),
        partial(items, many=compare_many, loaded=(by_length, by_length)),
    ),
)


def medians(growth: Growth, repeats: int) -> list[float]:
    """Seconds outside the model at each size; one repeat of all sizes after the other."""
    calls = [growth.call(size) for size in growth.sizes]
    calls[0][0]()  # what is loaded at the first call
    rounds = [[timed(call, model)[1] for call, model in calls] for _ in range(repeats)]
    return [statistics.median(seconds) for seconds in zip(*rounds, strict=True)]


def slope(sizes: Sequence[int], seconds: Sequence[float]) -> float:
    """Of the logarithms, by least squares."""
    return float(np.polyfit(np.log(sizes), np.log(seconds), 1)[0])


def milliseconds(seconds: float) -> str:
    return f"{1000 * seconds:,.0f}" if seconds >= 0.1 else f"{1000 * seconds:.3g}"


def plot(found: dict[Growth, list[float]]) -> graph_objects.Figure:
    slopes = {growth: slope(growth.sizes, seconds) for growth, seconds in found.items()}
    titles = [f"{growth.name}: slope {found:.2f}" for growth, found in slopes.items()]
    figure = make_subplots(-(-len(found) // COLUMNS), COLUMNS, subplot_titles=titles)
    for place, (growth, seconds) in enumerate(found.items()):
        line = graph_objects.Scatter(
            x=growth.sizes,
            y=[1000 * s for s in seconds],
            name=growth.fixed,
            line_color="#4b5563",
            showlegend=False,
        )
        figure.add_trace(line, row=place // COLUMNS + 1, col=place % COLUMNS + 1)
    figure.update_xaxes(type="log")
    figure.update_yaxes(type="log", title="ms")
    return figure.update_layout(title="Time outside the model", template="plotly_white", height=950)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=REPEATS)
    parser.add_argument("--page", type=Path)
    asked = parser.parse_args()
    print(f"Outside the model, medians of {asked.repeats}\n")
    print("| what grows | what stays | sizes | ms | slope | of the last three |")
    print("|---|---|---|---|---|---|")
    found: dict[Growth, list[float]] = {}
    for growth in GROWTHS:
        seconds = found[growth] = medians(growth, asked.repeats)
        print(
            f"| {growth.name} | {growth.fixed} | {', '.join(f'{size:,}' for size in growth.sizes)} "
            f"| {', '.join(milliseconds(s) for s in seconds)} "
            f"| {slope(growth.sizes, seconds):.2f} "
            f"| {slope(growth.sizes[-AT_THE_END:], seconds[-AT_THE_END:]):.2f} |",
            flush=True,
        )
    if asked.page is not None:
        plot(found).write_html(asked.page)


if __name__ == "__main__":
    main()
