"""How long two models take to be trained on data of one's own, and in how much memory.

Each in a new process, as in a worker of the app: from what is kept to what Upload shows. Run with
`make bench`, or with some cases alone: `python -m benchmarks.app.own_data --only texts-20000`.
"""

import argparse
import io
import multiprocessing
import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

CASES = (
    *("rows-1000", "rows-10000", "rows-100000"),
    *("texts-2000", "texts-20000", "texts-100000"),
    *("pictures-500", "pictures-5000"),
)
N_WORDS = 30_000  # in all texts, as often as words are
SIDE = 200  # pixels


def rows(n: int) -> tuple[str, str]:
    """Eight columns of numbers and four of categories, some of them missing."""
    from ui.workshop import kept

    rng = np.random.default_rng(0)
    numbers = rng.normal(size=(n, 8)).round(3)
    of = [rng.integers(0, size, n) for size in (2, 5, 20, 300)]
    score = numbers[:, 0] + numbers[:, 1] * (of[0] - 0.5) + of[1] / 5 + rng.normal(size=n) / 2
    labels = np.searchsorted(np.quantile(score, [0.5, 0.8]), score)
    missing = rng.random((n, 12)) < 0.03
    table = [
        [None if gone else value for value, gone in zip(row, lost, strict=True)]
        for row, lost in zip(
            ([*own, *(f"k{each}" for each in words)] for own, words in
             zip(numbers.tolist(), np.stack(of, axis=1).tolist(), strict=True)),
            missing.tolist(), strict=True,
        )
    ]  # fmt: skip
    names = [*(f"number {i}" for i in range(8)), *(f"word {i}" for i in range(4))]
    said = kept.Labels(("low", "middle", "high"), tuple(labels.tolist()))
    return "table", kept.keep_rows(names, table, said)


def texts(n: int) -> tuple[str, str]:
    """Of 10 to 90 words each, of which a few say what they are about."""
    from ui.workshop import kept

    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, n)
    words = np.array([f"word{i}" for i in range(N_WORDS)])
    chance = 1 / np.arange(1, N_WORDS + 1)
    lengths = rng.integers(10, 90, n)
    drawn = rng.choice(N_WORDS, size=int(lengths.sum()), p=chance / chance.sum())
    cut = np.split(drawn, np.cumsum(lengths)[:-1])
    own = 100 + 2 * rng.integers(0, 300, (n, 2)) + labels[:, None]
    found = [" ".join(words[[*many, *two]]) for many, two in zip(cut, own, strict=True)]
    return "text", kept.keep_texts(found, kept.Labels(("a", "b"), tuple(labels.tolist())))


def pictures(n: int) -> tuple[str, str]:
    """Cuttings of two photographs, turned and lit at random."""
    from PIL import Image
    from skimage import data

    from ui.workshop import kept
    from ui.workshop.store import store

    rng, entries = np.random.default_rng(0), []
    both: Any = data.chelsea(), data.coffee()  # type: ignore[no-untyped-call]
    wholes = [Image.fromarray(each) for each in both]
    for number in range(n):
        whole = wholes[number % 2].rotate(float(rng.uniform(0, 360)), Image.Resampling.BILINEAR)
        left, top = (int(rng.integers(0, length - SIDE)) for length in whole.size)
        cutting = whole.crop((left, top, left + SIDE, top + SIDE))
        lit = np.clip(np.asarray(cutting) * rng.uniform(0.5, 1.3), 0, 255).astype(np.uint8)
        buffer = io.BytesIO()
        Image.fromarray(lit).save(buffer, "PNG", compress_level=1)
        entries.append((f"{number}.png", store().put("picture", buffer.getvalue())))
    said = kept.Labels(("cat", "coffee"), tuple(number % 2 for number in range(n)))
    return "image", kept.keep_pictures(tuple(entries), labels=said)


class Told:
    """What a worker tells: when it last did, and the longest time that it said nothing."""

    def __init__(self) -> None:
        self.last, self.silence = time.perf_counter(), 0.0

    def __call__(self, fraction: float) -> None:
        now = time.perf_counter()
        self.silence, self.last = max(self.silence, now - self.last), now

    def part(self, start: float, end: float) -> "Told":
        return self

    def should_stop(self) -> bool:
        return False


def measured(task_key: str, model: str, pipe: Any) -> None:
    """In a process of its own: train both, count, and once more load the first model."""
    from ui.workshop.catalogue import task_of
    from ui.workshop.trained.judging import judged

    told: Any = Told()
    start, cpu = time.perf_counter(), time.process_time()
    if model:
        task_of(task_key).model(model).load()
        found: dict[str, Any] = {}
    else:
        found = judged(task_key, report=told)
        told(1.0)
    peak = [resource.getrusage(who).ru_maxrss for who in (
        resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN
    )]  # fmt: skip
    pipe.send(
        {
            "seconds": time.perf_counter() - start,
            "cpu": time.process_time() - cpu,
            "silence": told.silence,
            "megabytes": peak[0] / 1000,
            "fit": found.get("seconds"),
            "accuracy": found.get("accuracy"),
            "n_train": found.get("n_train"),
        }
    )


def in_a_process(task_key: str, model: str = "") -> dict[str, Any]:
    """What `measured` found."""
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    process = spawn.Process(target=measured, args=(task_key, model, theirs))
    process.start()
    theirs.close()
    found: dict[str, Any] = ours.recv()
    process.join()
    return found


def lines(cases: list[str]) -> Iterator[str]:
    """A line of the table for each case."""
    from model_adapters.trained import recipes_for
    from ui.workshop.trained.card import DataCard, keep_card

    for case in cases:
        what, n = case.split("-")
        kind, source = {"rows": rows, "texts": texts, "pictures": pictures}[what](int(n))
        names = {"table": ("low", "middle", "high"), "text": ("a", "b"), "image": ("cat", "coffee")}
        of: Any = kind
        recipes = recipes_for(of, len(names[kind]))
        key = keep_card(DataCard(case, of, "Which?", source, names[kind], recipes))
        found = in_a_process(key)
        again = [in_a_process(key, recipe.algorithm) for recipe in recipes]
        fit = ", ".join(f"{seconds:.1f}" for seconds in found["fit"])
        right = ", ".join(f"{share:.0%}" for share in found["accuracy"])
        load = ", ".join(f"{each['seconds']:.1f}" for each in again)
        yield (
            f"| {int(n):,} {what} | {found['n_train']:,} | {found['seconds']:.1f} | "
            f"{found['cpu']:.1f} | {fit} | {found['silence']:.1f} | {load} | "
            f"{found['megabytes']:,.0f} | {right} |"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*", choices=CASES, default=CASES)
    arguments = parser.parse_args()
    print("| brought | learned from | s | CPU s | fits, s | silent, s | loads, s | MB | right |")
    print("|---|---|---|---|---|---|---|---|---|")
    for line in lines(arguments.only):
        print(line, flush=True)


if __name__ == "__main__":
    import os

    with tempfile.TemporaryDirectory() as folder:
        os.environ["LIME_LAB_STORE"] = str(Path(folder) / "store")
        for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
            os.environ[name] = "1"  # as the app's workers have it
        main()
