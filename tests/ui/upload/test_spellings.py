"""Labels that are only spelled differently are one, wherever labels are read."""

import io
import unicodedata
import zipfile
from collections import Counter
from typing import Any

import pandas as pd
import pytest
from PIL import Image

from tests.ui.reports import Told
from tests.ui.upload.test_pictures import file_of
from ui.upload import work
from ui.upload.reading.columns import label_spellings, labels_of
from ui.upload.reading.text_files import ReadAs
from ui.upload.wording import taken_as_one
from ui.upload.work import PredictedAs
from ui.workshop import kept
from ui.workshop.kept import plain_name
from ui.workshop.store import store

WRITTEN = ["ok"] * 5 + ["OK"] * 3 + ["rude "] * 4 + ["Rude"] * 2 + ["RUDE", "", "n/a"]
FRAME = pd.DataFrame(
    {
        "text": [f"comment number {i} on the tram" for i in range(len(WRITTEN))],
        "mood": WRITTEN,
        "model": ["OK", "Rude", "other", "Other", "other"] + ["rude"] * (len(WRITTEN) - 5),
    }
)
APART = ReadAs(apart=True)
PNG = file_of(Image.new("RGB", (16, 16), "red"))


def csv_of(frame: pd.DataFrame) -> str:
    return store().put("upload", frame.to_csv(index=False).encode())


def zipped(ending: str, content: bytes) -> str:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number, folder in enumerate(WRITTEN):
            path = f"{folder.strip()}/{number}.{ending}" if folder else f"{number}.{ending}"
            archive.writestr(path, content)
    return store().put("upload", file.getvalue())


def counted_by_pandas(values: list[str]) -> dict[str, int]:
    """How often each label is there, by its name without capitals."""
    there = pd.Series(values).str.strip().replace({"": None, "n/a": None}).dropna()
    return dict(there.str.casefold().value_counts())


def test_labels_that_differ_in_capitals_are_those_that_pandas_counts() -> None:
    labels = labels_of(WRITTEN, "mood")
    counts = Counter(labels.names[number] for number in labels.of if number >= 0)
    assert {name.casefold(): n for name, n in counts.items()} == counted_by_pandas(WRITTEN)
    assert labels.names == ("ok", "rude")  # as most write them
    assert label_spellings(WRITTEN) == [["ok", "OK"], ["rude", "Rude", "RUDE"]]
    apart = labels_of(WRITTEN, "mood", apart=True)
    assert set(apart.names) == {"ok", "OK", "rude", "Rude", "RUDE"}
    assert [label == -1 for label in apart.of] == [label == -1 for label in labels.of]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ok", "“OK.”"),
        ("Café", unicodedata.normalize("NFD", "CAFÉ")),
        ("ok", "ＯＫ"),
        ("Straße", "STRASSE"),
        ("not ok", " Not\u00a0 ok\u200b"),
        ("<=50K", "<=50K."),
        ("1", "1.0"),
    ],
)
def test_what_makes_no_difference(one: str, other: str) -> None:
    assert plain_name(one) == plain_name(other)


@pytest.mark.parametrize(
    "names",
    [("-1", "1"), (".5", "5"), ("A", "A+", "A-"), (":)", ":("), ("<=50K", ">50K"),
     ("C", "C#", "C++"), ("(0, 1]", "[0, 1)"), ("5*", "5"), ("not ok", "ok"),
     ("v1.0.1", "v1.01"), ("!", "?")],
)  # fmt: skip
def test_what_makes_one(names: tuple[str, ...]) -> None:
    assert len({plain_name(name) for name in names}) == len(names)


def read_texts(how: ReadAs) -> dict[str, Any]:
    said = PredictedAs(("model",))
    return work.texts("a.csv", csv_of(FRAME), "text", "mood", said, how, report=Told())


def read_own_rows(how: ReadAs) -> dict[str, Any]:
    return work.own_rows("a.csv", csv_of(FRAME), "mood", ("text",), how=how, report=Told())


def read_folders_of_texts(how: ReadAs) -> dict[str, Any]:
    return work.text_files((("a.zip", zipped("txt", b"some words")),), how.apart, report=Told())


def read_folders_of_pictures(how: ReadAs) -> dict[str, Any]:
    return work.pictures((("a.zip", zipped("png", PNG)),), how.apart, report=Told())


def read_beside_pictures(how: ReadAs) -> dict[str, Any]:
    picture = store().put("picture", PNG)
    files = tuple((f"{number}.png", picture) for number in range(len(WRITTEN)))
    table = FRAME[["mood"]].assign(file=[name for name, _ in files])
    source = kept.keep_pictures(files)
    return work.labelled_pictures(source, "a.csv", csv_of(table), "mood", how=how, report=Told())


@pytest.mark.parametrize(
    "read",
    [
        read_texts,
        read_own_rows,
        read_folders_of_texts,
        read_folders_of_pictures,
        read_beside_pictures,
    ],
)
def test_wherever_labels_are_read_spellings_are_one_or_kept_apart(read: Any) -> None:
    written = WRITTEN if "folders" not in read.__name__ else WRITTEN[:-1]  # n/a is two folders
    found = read(ReadAs())
    counts = {name.casefold(): n for name, n in found["labels"] if name != "a"}
    assert counts == counted_by_pandas(written)
    assert found["spellings"] == [["ok", "OK"], ["rude", "Rude", "RUDE"]]
    apart = read(APART)
    assert {"ok", "OK", "rude", "Rude", "RUDE"} <= {name for name, _ in apart["labels"]}
    assert apart["spellings"] == found["spellings"]
    assert apart["source"] != found["source"]


def test_predictions_are_read_against_labels_in_any_spelling() -> None:
    kind = "text"
    said = kept.opened(kind, read_texts(ReadAs())["source"])
    assert said is not None
    (model,) = said.predictions
    assert model.class_names == ("ok", "rude", "other")
    assert [model.class_names[answer] for answer in model.values[:6]] == [
        "ok", "rude", "other", "other", "other", "rude",
    ]  # fmt: skip
    apart = kept.opened(kind, read_texts(APART)["source"])
    assert apart is not None
    (model,) = apart.predictions
    assert model.class_names[int(model.values[0])] == "OK"


def test_what_is_taken_as_one_is_told_in_a_sentence() -> None:
    assert taken_as_one([["ok", "OK"]]) == "“ok” and “OK” are taken as one label."
    assert taken_as_one(label_spellings(WRITTEN)) == (
        "“ok” and “OK” are taken as one label; so are “rude”, “Rude” and “RUDE”."
    )
    assert taken_as_one([["a", "A"]] * 5).endswith("; and the spellings of 2 more.")
