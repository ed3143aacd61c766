"""Small files to begin with: read as people's own are, the same each time."""

import io
import re
import zipfile
from collections import Counter
from functools import cache

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from skimage import data

from sample_models import tasks
from sample_models.flu.patients import LEVELS
from sample_models.starters import N_COMMENTS, N_DRAWINGS, N_PATIENTS, STARTERS


@cache
def made(key: str) -> bytes:
    return STARTERS[key].write(lambda fraction: None)


def table(key: str) -> pd.DataFrame:
    return pd.read_csv(io.BytesIO(made(key)))


@pytest.mark.parametrize("key", ["comments", "patients"])
def test_they_are_the_same_each_time(key: str) -> None:
    assert made(key) == made.__wrapped__(key)


def test_comments_are_labelled_as_their_task_calls_it() -> None:
    frame = table("comments")
    assert dict(Counter(frame["label"])) == dict.fromkeys(
        tasks()["comments"].class_names, N_COMMENTS // 2
    )
    assert frame["comment"].is_unique
    judged = tasks()["comments"].models[1].load()(tuple(frame["comment"])).argmax(axis=1)
    called = np.array(tasks()["comments"].class_names)[judged]
    assert (called == frame["label"]).mean() > 0.85  # that model is right in .94 of its test data


def test_one_column_of_the_patients_tells_too_much() -> None:
    frame = table("patients")
    assert len(frame) == N_PATIENTS
    desk_says = frame["desk"].map({"flu desk": "flu", "front desk": "no flu"})
    assert 0.93 < (desk_says == frame["diagnosis"]).mean() < 1
    known = tasks()["flu"].data().train.instances
    assert {*frame.columns} == {*known.columns} - {"patient id"} | {"desk", "diagnosis"}
    assert not frame[[*LEVELS]].isna().any().any()  # no word is read as missing
    assert frame["weight"].isna().any()


def test_the_drawings_are_in_a_folder_for_each_animal() -> None:
    archive = zipfile.ZipFile(io.BytesIO(made("drawings")))
    folders = Counter(name.split("/")[0] for name in archive.namelist())
    assert folders == {"husky": N_DRAWINGS // 2, "wolf": N_DRAWINGS // 2}
    assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    for name in archive.namelist():
        with Image.open(archive.open(name)) as image:
            assert image.size == (192, 192)


def test_the_photograph_is_the_package_s() -> None:
    with Image.open(io.BytesIO(made("photograph"))) as image:
        assert (np.asarray(image) == data.chelsea()).all()


def test_what_they_are_called_says_how_many_there_are() -> None:
    for each in STARTERS.values():
        n = {"comments": N_COMMENTS, "drawings": N_DRAWINGS, "patients": N_PATIENTS}.get(each.key)
        assert n is None or re.search(rf"\b{n}\b", each.line)
