"""Small files to begin with, as people bring them: with labels, by our own seeded writers.

The photograph is one that comes with scikit-image. None is kept in the repository.
"""

import csv
import io
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import numpy as np

from sample_models.types import Kind

Progress = Callable[[float], object]  # told how much is done, 0 to 1

N_COMMENTS, N_DRAWINGS, N_PATIENTS = 240, 40, 300
_SEED = 15
_NAMED = 0.1  # of the comments: with the name of a group of people
_AT_THE_DESK = 0.97  # of the patients are at the desk that their illness belongs to
_JPEG_QUALITY = 92
_CELLS = {"nan": "", "none": "no"}  # a cell that says "none" would be read as missing


@dataclass(frozen=True, slots=True)
class Starter:
    """A file to begin with: its name, what is in it, in a line, and what makes its bytes."""

    key: str
    kind: Kind
    file: str
    title: str
    line: str
    write: Callable[[Progress], bytes]


def _comments(progress: Progress) -> bytes:
    """Comments of a forum with labels, half of them offensive."""
    from sample_models.comments.task import TASK
    from sample_models.comments.writing import Plan, write_comments

    rng = np.random.default_rng(_SEED)
    rude = rng.permutation(N_COMMENTS) % 2 == 1
    named = rng.random(N_COMMENTS) < _NAMED
    plans = [
        Plan(bool(is_rude), "oneself" if is_named else "", named=bool(is_named))
        for is_rude, is_named in zip(rude, named, strict=True)
    ]
    labels = (TASK.class_names[int(is_rude)] for is_rude in rude)
    return _csv(("comment", "label"), zip(write_comments(_SEED, plans), labels, strict=True))


def _drawings(progress: Progress) -> bytes:
    """A zip with a folder of drawn wolves, all in snow, and one of huskies, none in snow."""
    from PIL import Image

    from sample_models.wolves.scenes import draw_scene

    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for row in range(N_DRAWINGS):
            progress(row / N_DRAWINGS)
            scene, drawn = draw_scene("test", row), io.BytesIO()
            Image.fromarray(scene.pixels).save(drawn, "JPEG", quality=_JPEG_QUALITY)
            name = f"{('husky', 'wolf')[scene.label]}/{row + 1}.jpg"
            archive.writestr(zipfile.ZipInfo(name), drawn.getvalue())  # the same at any time
    return packed.getvalue()


def _photograph(progress: Progress) -> bytes:
    """A cat."""
    return files("skimage").joinpath("data/chelsea.png").read_bytes()


def _patients(progress: Progress) -> bytes:
    """Patients of a clinic in the flu season, and who has it; their desk nearly tells."""
    from sample_models.flu.patients import FLU_DESK, write_patients

    rng = np.random.default_rng(_SEED)
    columns, flu = write_patients(rng, np.full(N_PATIENTS, _AT_THE_DESK))
    at_flu_desk = columns.pop("patient id") >= FLU_DESK
    columns["desk"] = np.where(at_flu_desk, "flu desk", "front desk")
    columns["diagnosis"] = np.where(flu == 1, "flu", "no flu")
    rows = zip(*(column.tolist() for column in columns.values()), strict=True)
    return _csv(tuple(columns), ([_CELLS.get(str(cell), cell) for cell in row] for row in rows))


def _csv(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode()


STARTERS = {
    each.key: each
    for each in (
        Starter(
            "comments",
            "text",
            "comments.csv",
            "Comments with labels",
            f"{N_COMMENTS} from a town's forum, harmless or offensive",
            _comments,
        ),
        Starter(
            "drawings",
            "image",
            "huskies-and-wolves.zip",
            "Two folders of pictures",
            f"{N_DRAWINGS} drawings: huskies in one, wolves in the other",
            _drawings,
        ),
        Starter(
            "photograph",
            "image",
            "cat.png",
            "One photograph",
            "A cat, for the network that knows 1,000 things",
            _photograph,
        ),
        Starter(
            "patients",
            "table",
            "patients.csv",
            "A table with a diagnosis",
            f"{N_PATIENTS} patients, flu or not; one of the columns tells too much",
            _patients,
        ),
    )
}
