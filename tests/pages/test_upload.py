"""The screen Upload through Streamlit's own test harness: what is brought, and what is refused."""

import io
import re
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image
from skimage import data
from streamlit.testing.v1 import AppTest

from sample_models import load_data
from tests.model_adapters.networks import torch_like
from tests.pages.conftest import explain, opened, press, seen, settled, upload
from ui.upload.reading.pictures import read_picture
from ui.workshop import kept, store
from ui.workshop.item import Item

NOTHING = "nothing to explain yet"
TEXT_FILE, TABLE = "A text file (.txt)", "Texts in a table"


def bringing(kind: str) -> AppTest:
    app = opened(upload)
    app.segmented_control(key="upload-kind").set_value(kind).run()
    return settled(app)


def give(app: AppTest, name: str, content: bytes, *, number: int = 0) -> AppTest:
    """Give a file to the page's first uploader, or to another."""
    app.file_uploader[number].upload(name, content, "application/octet-stream").run()
    return settled(app)


def png(pixels: object) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(np.asarray(pixels)).save(buffer, "PNG")
    return buffer.getvalue()


def test_pasted_text_is_counted_and_bad_text_refused_without_losing_it() -> None:
    app = opened(upload)
    app.text_area(key="upload-text").set_value("My chest hurts. My chest!").run()
    assert "5 words, 3 different" in seen(app)
    app.text_area(key="upload-text").set_value("?!").run()
    assert "no words" in app.error[0].value
    assert app.text_area(key="upload-text").value == "?!"
    assert NOTHING in seen(press(app, "Explain"))
    assert app.text_area(key="upload-text").value == "?!"


def test_a_table_offers_its_columns() -> None:
    app = opened(upload)
    app.segmented_control(key="upload-way").set_value("Texts in a table").run()
    rows = b"id,message\n1,My chest hurts\n2,Please renew\n3,\n"
    give(app, "inbox.csv", rows)
    assert "2 texts from 3 rows" in seen(app)
    assert "Left out: 1" in seen(app)
    column = next(box for box in app.selectbox if box.label == "Column with the texts")
    assert column.value == "message"
    settled(column.set_value("id").run())
    assert "3 texts from 3 rows" in seen(app)
    column = next(box for box in app.selectbox if box.label == "Column with the texts")
    settled(column.set_value("message").run())
    assert "2 texts from 3 rows" in seen(app)


def alerts(app: AppTest) -> str:
    """What stands out: problems and remarks."""
    return "\n".join(alert.value for alert in (*app.error, *app.warning)).replace("\\", "")


@pytest.mark.parametrize(
    ("way", "name", "content", "says"),
    [
        (TEXT_FILE, "a.docx", b"PK\3\4word/document.xml\0\xff", "is a Word document, not"),
        (
            TEXT_FILE,
            "page.html",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0",
            "(.xls, .doc) or one with a password",
        ),
        (TEXT_FILE, "empty.txt", b"  ", "is empty"),
        (TEXT_FILE, "a.txt", b"\n", "is empty"),
        (TEXT_FILE, "long.txt", b"word " * 30_000, "150,000 characters"),
        (TABLE, "a.csv", b"message\n", "a header but no rows"),
        (TABLE, "a.csv", b'a,b\n1,"open', "cannot be read as CSV"),
    ],
)
def test_bad_texts_end_in_a_sentence(way: str, name: str, content: bytes, says: str) -> None:
    app = opened(upload)
    app.segmented_control(key="upload-way").set_value(way).run()
    assert says in alerts(give(app, name, content))
    assert NOTHING in seen(press(app, "Explain"))


def test_an_older_encoding_is_read_and_said() -> None:
    app = opened(upload)
    app.segmented_control(key="upload-way").set_value(TEXT_FILE).run()
    give(app, "latin.txt", "Zürich".encode("latin-1"))
    assert "it was read as Windows-1252 (“Zürich”)" in seen(app)


def too_many_pixels() -> bytes:
    """The header of a PNG of 30,000 x 30,000 pixels, and not much more."""
    whole = bytearray(png(np.zeros((8, 8, 3), dtype=np.uint8)))
    whole[16:24] = (30_000).to_bytes(4, "big") * 2
    return bytes(whole)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.png", b"this is a text", "a.png"),
        ("big.png", too_many_pixels(), "30,000"),
        ("a.zip", b"PK\x03\x04 not really", "a.zip"),
        ("cut.png", png(data.coffee())[:5000], "cut.png"),
    ],
)
def test_bad_pictures_end_in_a_sentence(name: str, content: bytes, says: str) -> None:
    app = give(bringing("image"), name, content)
    assert says in alerts(app)
    assert NOTHING in seen(press(app, "Explain"))


def flu_csv() -> str:
    return str(load_data("flu").test.instances.head(3).to_csv(index=False))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda text: text.replace("temperature", "fever"), "temperature"),
        (lambda text: text.splitlines()[0], "a header but no rows"),
        (lambda text: "\n".join([text.splitlines()[0], "x," * 15 + "x"]), "patient id"),
    ],
)
def test_bad_tables_end_in_a_sentence(change: Callable[[str], str], says: str) -> None:
    app = bringing("table")
    app.segmented_control(key="upload-rows-way").set_value("A table (.csv, .xlsx)").run()
    assert says in alerts(give(app, "patients.csv", change(flu_csv()).encode()))
    assert NOTHING in seen(press(app, "Explain"))


def bringing_a_network(network: bytes, *pictures: bytes) -> AppTest:
    app = bringing("image")
    for picture in pictures:
        give(app, "astronaut.png", picture)
    app.selectbox(key="upload-task-image").set_value("A network of your own (ONNX)").run()
    return give(settled(app), "mine.onnx", network, number=1)


@pytest.mark.parametrize(
    "network", [b"\x80\x04\x95 a pickle of something", b"not a network", torch_like(64, 64)[:-40]]
)
def test_what_is_no_network_ends_in_a_sentence(network: bytes) -> None:
    app = bringing_a_network(network)
    assert "onnx" in alerts(app).lower()
    assert NOTHING in seen(press(app, "Explain"))


def test_what_was_guessed_of_a_network_can_be_changed() -> None:
    app = bringing_a_network(torch_like(64, 64), png(data.astronaut()))
    assert "knows 4 classes" in seen(app)
    assert re.search(r"“astronaut.png” is to it a \**class \d", seen(app))
    names = next(area for area in app.text_area if area.label.startswith("Names of the classes"))
    settled(names.set_value("one\ntwo").run())
    assert "There are 2 names, but the network has 4 classes" in alerts(app)
    names = app.text_area(key=names.key)
    assert names.value == "one\ntwo"
    settled(names.set_value("one\ntwo\nthree\nfour").run())
    told = re.search(r"“astronaut.png” is to it a \**(one|two|three|four).*", seen(app))
    assert told is not None
    scaling = next(box for box in app.selectbox if box.label == "How pixels go in")
    assert scaling.value != "none"
    settled(scaling.set_value("none").run())
    assert "“astronaut.png” is to it a " in seen(app)
    assert told[0] not in seen(app)


def test_one_row_is_filled_in_and_explained() -> None:
    app = opened(upload)
    app.segmented_control(key="upload-kind").set_value("table").run()
    settled(app)
    labels = [box.label for box in app.number_input]
    assert "age" in labels
    assert "temperature" in labels
    assert not app.error


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("report.docx", b"PK\x03\x04\0\0word/document.xml", "“report.docx” is a Word document."),
        ("notes.txt", b"words", "“notes.txt” is a text file. PNG, JPEG, WebP and TIFF are welcome"),
    ],
)
def test_other_files_than_pictures_are_refused_in_words(
    name: str, content: bytes, says: str
) -> None:
    assert says in alerts(give(bringing("image"), name, content))


def test_what_is_seen_through_is_told_at_upload_and_beside_the_reasons() -> None:
    see_through = png(np.full((40, 40, 4), 90, np.uint8))
    app = give(bringing("image"), "logo.png", see_through)
    assert "It is see-through in places, which are white here" in seen(app)
    picture_id = store.store().put("picture", read_picture("logo.png", see_through).png)
    for filled in ([], [0]):
        source = kept.keep_pictures((("logo.png", picture_id),), filled)
        found = opened(explain, task="wolves", item=str(Item(source, 0)))
        assert ("This picture is see-through in places." in seen(found)) is bool(filled)
