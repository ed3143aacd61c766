"""The screen Upload through Streamlit's own test harness: what is brought, and what is refused."""

import io
import os
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import streamlit
from PIL import Image
from skimage import data
from sklearn.datasets import load_digits
from streamlit.testing.v1 import AppTest

from lime_engine import Explanation
from model_adapters import inspect_network, load_network
from model_adapters.trained.recipe import recipes_for
from pages import upload as upload_page
from sample_models import Task, load_data, tasks
from sample_models.starters import STARTERS
from tests.model_adapters.networks import as_pictures, of_digits, one_value, torch_like
from tests.model_adapters.test_exported import EXPORTED, expected
from tests.pages.conftest import explain, opened, press, seen, settled, upload
from tests.ui.reports import Told
from ui.explain.choice import read_choice
from ui.explain.work.explaining import explanation
from ui.upload.controls import OWN_COLUMNS
from ui.upload.panels import starters
from ui.upload.panels.models import network as network_panel
from ui.upload.reading.pictures import read_picture
from ui.workshop import instances, kept, store
from ui.workshop.catalogue import find_task
from ui.workshop.item import Item
from ui.workshop.trained.card import DataCard, keep_card

NOTHING = "nothing to explain yet"
TEXT_FILE, TABLE = "Text files (.txt, .zip)", "Texts in a table"


@pytest.fixture
def went_to(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, str]]]:
    """Where Upload led to, instead of going there."""
    found: list[tuple[str, dict[str, str]]] = []

    def go(*to: Any) -> None:
        found.append(to)
        streamlit.stop()

    monkeypatch.setattr(upload_page, "open_screen", go)
    return found


Went = list[tuple[str, dict[str, str]]]


def bringing(kind: str, on: Callable[[], None] = upload) -> AppTest:
    app = opened(on)
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


def test_a_text_of_ones_own_is_first_offered_to_the_filter_that_reads_any() -> None:
    app = opened(upload)
    asked = app.selectbox(key="upload-task-text")
    assert [option.split(" (")[0] for option in asked.options] == [
        tasks()[key].question for key in ("comments", "triage", "newsgroups")
    ]
    assert asked.value == "comments"


def test_a_file_that_cannot_be_kept_is_told_and_one_that_is_removed_goes_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = opened(upload)
    app.segmented_control(key="upload-way").set_value(TEXT_FILE).run()

    def refuse(*_: object) -> None:
        raise store.StoreError("The disk is full.")

    with monkeypatch.context() as patch:
        patch.setattr(store.Store, "write", refuse)
        give(app, "a.txt", b"My chest hurts so much")
    assert "“a.txt” was not kept. The disk is full." in seen(app)
    assert NOTHING in seen(press(app, "Explain"))
    give(app, "a.txt", b"My chest hurts so much")
    assert "not kept" not in seen(app)
    assert "5 words" in seen(app)
    path = Path(os.environ["LIME_LAB_STORE"]) / "upload"
    path /= store.store().key("upload", b"My chest hurts so much")
    before = path.stat().st_mtime
    press(app, "Remove")
    assert before - path.stat().st_mtime > 20 * 24 * 3600  # as if unused for most of its time


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


def test_a_picture_of_ones_own_is_first_offered_to_the_networks_that_know_most() -> None:
    asked = bringing("image").selectbox(key="upload-task-image")
    assert [option.rpartition(" (")[0] for option in asked.options] == [
        *(tasks()[key].question for key in ("photos", "wolves", "digits")),
        "A network of your own",
    ]
    assert asked.value == "photos"


def bringing_rows_of(task: str) -> AppTest:
    return settled(bringing("table").selectbox(key="upload-task-table").set_value(task).run())


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
    app = bringing_rows_of("flu")
    app.segmented_control(key="upload-rows-way").set_value("A table (.csv, .xlsx)").run()
    assert says in alerts(give(app, "patients.csv", change(flu_csv()).encode()))
    assert NOTHING in seen(press(app, "Explain"))


def bringing_a_network(
    network: bytes,
    *pictures: bytes | tuple[str, bytes],
    called: str = "mine.onnx",
    on: Callable[[], None] = upload,
) -> AppTest:
    app = bringing("image", on)
    for picture in pictures:
        name, content = picture if isinstance(picture, tuple) else ("astronaut.png", picture)
        app.file_uploader[0].upload(name, content, "image/png").run()
    settled(app)
    app.selectbox(key="upload-task-image").set_value("A network of your own (ONNX)").run()
    return give(settled(app), called, network, number=1)


@pytest.mark.parametrize(
    "network", [b"\x80\x04\x95 a pickle of something", b"not a network", torch_like(64, 64)[:-40]]
)
def test_what_is_no_network_ends_in_a_sentence(network: bytes) -> None:
    app = bringing_a_network(network)
    assert "onnx" in alerts(app).lower()
    assert NOTHING in seen(press(app, "Explain"))


def networks_of(app: AppTest) -> list[Task]:
    """The tasks of the networks that were brought in the app's session."""
    found = [find_task(key) for key in app.session_state["networks-brought"]]
    return [task for task in found if task is not None]


def test_what_was_guessed_of_a_network_can_be_changed() -> None:
    app = bringing_a_network(torch_like(64, 64), png(data.astronaut()))
    assert "knows 4 classes" in seen(app)
    (brought,) = networks_of(app)
    assert 0 < brought.models[0].seconds < 1  # as measured
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


def table_of(app: AppTest) -> list[list[str]]:
    """The cells of the table of answers under each way, without pictures; a head is two lines."""
    (html,) = [each.value for each in app.get("html") if "Answers under each" in str(each.value)]
    rows = re.findall(r"<tr>(.*?)</tr>", html.replace("<br>", "\n"), re.DOTALL)
    return [
        [re.sub("<.*?>", "", c) for c in re.findall(r"(?s)<t[dh][^>]*>(.*?)</t[dh]>", r)]
        for r in rows
    ]


def test_answers_under_every_scaling_stand_side_by_side_on_every_picture() -> None:
    """A trained network whose right scaling is known: the panel shows what is right under it."""
    pixels, labels = load_digits(return_X_y=True)
    shown = as_pictures(pixels)[:12]
    app = bringing_a_network(
        of_digits(), *[(f"{i}.png", png(each)) for i, each in enumerate(shown)]
    )
    assert "colour pictures of 8 × 8 pixels and knows 10 classes" in seen(app)
    assert "A guess: the file does not say" in seen(app)
    assert "The file does not say which of them is right" in seen(app)
    (_, *head), *rows = table_of(app)
    ways, below = zip(*[each.split("\n") for each in head], strict=True)
    assert ways == ("as for ImageNet", "0 to 1", "-1 to 1", "0 to 255")
    assert [each.startswith("chosen, ") for each in below] == [True, False, False, False]
    names = "zero one two three four five six seven eight nine".split()
    right = [names[label] for label in labels[:12]]
    said = [[cell.split(",")[0] for cell in row[1:]] for row in rows]
    network = load_network(of_digits(), inspect_network(of_digits()).proposed)
    for column, scaling in enumerate(("imagenet", "0-1", "-1..1", "none")):
        wanted = network.under(list(shown), scaling).argmax(axis=1)  # type: ignore[arg-type]
        assert [row[column] for row in said] == [names[number] for number in wanted]
    network.close()
    assert [row[0] for row in said] == right
    assert all([row[column] for row in said] != right for column in (1, 3))
    counts = [int(re.sub(r"\D", "", each)) for each in below]
    assert counts == [len({row[column] for row in said}) for column in range(4)]
    (task,) = networks_of(app)
    assert (
        "8 × 8 pixels, stretched to that shape; red, green, blue; values scaled as for ImageNet"
        in (task.models[0].summary)
    )
    scaling = next(box for box in app.selectbox if box.label == "How pixels go in")
    settled(scaling.set_value("own").run())
    deviation = next(each for each in app.text_input if each.label == "Standard deviation")
    settled(deviation.set_value("58.4 57.1 x").run())
    assert "The standard deviation “58.4 57.1 x” is not a number" in alerts(app)
    assert [each for each in app.text_area if each.label.startswith("Names of the classes")]
    assert box(app, "Order of colours")  # what else was set is still there
    mean = next(each for each in app.text_input if each.label == "Mean")
    mean.set_value("123.675, 116.28, 103.53")
    deviation = next(each for each in app.text_input if each.label == "Standard deviation")
    deviation.set_value("58.395 57.12 57.375")  # ImageNet's, of values from 0 to 255
    settled(app.run())
    head, *rows = table_of(app)
    assert head[-1].startswith("a mean and deviation of its own\nchosen")
    assert all(row[1] == row[-1] for row in rows)


def coming_and_going() -> None:
    """Upload, and another page in between, of which nothing is seen here."""
    import streamlit as st

    from pages import upload

    if not st.session_state.get("is-away"):
        upload.render()


def test_what_was_said_of_a_network_is_there_again_when_somebody_comes_back() -> None:
    app = bringing_a_network(torch_like("h", "w"), png(data.astronaut()), on=coming_and_going)
    names = next(area for area in app.text_area if area.label.startswith("Names of the classes"))
    names.set_value("one\ntwo\nthree\nfour")
    next(each for each in app.number_input if each.label == "Width in pixels").set_value(192)
    box(app, "Order of colours").set_value("BGR")
    box(app, "How pixels go in").set_value("own")
    settled(app.run())
    next(each for each in app.text_input if each.label == "Mean").set_value("0.4 0.4 0.4")
    settled(app.run())
    before = networks_of(app)[-1]
    app.session_state["is-away"] = True
    app.run()
    assert not app.text_area
    app.session_state["is-away"] = False
    settled(app.run())
    names = next(area for area in app.text_area if area.label.startswith("Names of the classes"))
    assert names.value == "one\ntwo\nthree\nfour"
    assert next(each for each in app.text_input if each.label == "Mean").value == "0.4 0.4 0.4"
    assert "colour pictures of 192 × 224 pixels" in seen(app)
    assert networks_of(app)[-1].key == before.key
    assert before.class_names == ("one", "two", "three", "four")


def test_many_pictures_are_all_looked_at_and_leafed_through(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pixels, labels = load_digits(return_X_y=True)
    shown = as_pictures(pixels)[:40]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number, each in enumerate(shown):
            archive.writestr(f"{number:02d}.png", png(each))
    app = bringing_a_network(of_digits(), ("all.zip", packed.getvalue()))
    assert "What it says of 40 pictures, by how pixels go in" in [e.label for e in app.expander]
    (_, *head), *rows = table_of(app)
    names = "zero one two three four five six seven eight nine".split()
    assert [row[1].split(",")[0] for row in rows] == [names[label] for label in labels[:12]]
    network = load_network(of_digits(), inspect_network(of_digits()).proposed)
    for told, scaling in zip(head, ("imagenet", "0-1", "-1..1", "none"), strict=True):
        said = network.under(list(shown), scaling).argmax(axis=1)  # type: ignore[arg-type]
        assert f"{len({*said})} different answer" in told
    network.close()
    held = app.session_state._state.filtered_state
    (leaf,) = [key for key in held if key.startswith("network-tried-")]
    app.session_state[leaf] = 4
    settled(app.run())
    _, *rows = table_of(app)
    assert [row[1].split(",")[0] for row in rows] == [names[label] for label in labels[36:40]]
    # One for which that takes long is asked about the rest when somebody wants it.
    monkeypatch.setattr(network_panel, "_TRYING_SECONDS", 0.0)
    settled(app.run())
    assert "What it says of the first 1 of 40 pictures, by how pixels go in" in [
        each.label for each in app.expander
    ]
    (more,) = [each for each in app.button if each.label.startswith("Try it on the other 39 too")]
    settled(more.click().run())
    assert "What it says of 40 pictures, by how pixels go in" in [e.label for e in app.expander]


def test_a_network_of_pytorchs_is_explained_by_the_stripes_that_it_looks_at(went_to: Went) -> None:
    """PyTorch's own answers are the oracle: also for the picture without its stripes."""
    wanted = expected()
    app = bringing_a_network(
        (EXPORTED / "nhwc_logits.onnx").read_bytes(), png(wanted["pictures"][0]), called="a.onnx"
    )
    assert "colour pictures of 32 × 32 pixels and knows 4 classes" in seen(app)
    assert box(app, "What comes out").value == "logits"
    names = next(area for area in app.text_area if area.label.startswith("Names of the classes"))
    names.set_value("\n".join(wanted["names"]))
    box(app, "How pixels go in").set_value("imagenet")
    settled(app.run())
    assert "“astronaut.png” is to it a **blue rows**, " in seen(app)
    press(app, "Explain")
    screen, params = went_to[-1]
    assert screen == "explain"
    opened(explain, **params)
    found = explanation(read_choice(params).request, report=Told())["explanation"]
    explained = Explanation.from_dict(found)
    np.testing.assert_allclose(explained.probabilities, wanted["probabilities"][0], atol=1e-4)
    segments = explained.subject.segments
    top, left = 8 * wanted["places"][0]
    cell = segments[top : top + 8, left : left + 8]
    strongest = max(explained.weights, key=lambda each: each.weight)
    assert (cell == strongest.index).sum() > 0.5 * (segments == strongest.index).sum()
    assert wanted["without_stripes"][0][0] < 0.01


def test_size_colours_and_names_of_a_network_are_set_by_hand(went_to: Went) -> None:
    app = bringing_a_network(torch_like("h", "w"), png(data.astronaut()))
    assert "Its width and height are a guess" in seen(app)
    for label, size in (("Width in pixels", 192), ("Height in pixels", 48)):
        next(each for each in app.number_input if each.label == label).set_value(size)
    box(app, "Pictures of another shape go in").set_value("letterbox")
    box(app, "Order of colours").set_value("BGR")
    names = next(area for area in app.text_area if area.label.startswith("Names of the classes"))
    names.set_value('["crane", "cat", "crane", "<b>dog</b>"]')
    settled(app.run())
    assert "colour pictures of 192 × 48 pixels" in seen(app)
    assert "“crane” is the name of more than one class" in alerts(app)
    task = networks_of(app)[-1]
    assert task.class_names == ("crane (0)", "cat", "crane (2)", "<b>dog</b>")
    assert task.models[0].asked is not None
    wanted = {"width": 192, "height": 48, "fit": "letterbox", "order": "BGR"}
    assert wanted.items() <= task.models[0].asked.items()
    press(app, "Explain")
    screen, params = went_to[-1]
    assert screen == "explain"
    explaining = opened(explain, **params)
    said = "192 × 48 pixels, between grey bars; blue, green, red"
    assert said in seen(explaining)


def test_of_one_output_it_is_said_which_name_is_yes() -> None:
    app = bringing_a_network(one_value(), png(data.astronaut()))
    names = next(area for area in app.text_area if area.label.startswith("Names of the classes"))
    settled(names.set_value("cat, dog").run())
    yes = next(each for each in app.radio if "Of which class" in each.label)
    assert (yes.value, networks_of(app)[-1].class_names) == (1, ("cat", "dog"))
    settled(yes.set_value(0).run())
    assert networks_of(app)[-1].class_names == ("dog", "cat")


def test_one_row_is_filled_in_and_explained() -> None:
    app = bringing_rows_of("flu")
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


@pytest.mark.long
def test_what_is_seen_through_is_told_at_upload_and_beside_the_reasons() -> None:
    see_through = png(np.full((40, 40, 4), 90, np.uint8))
    app = give(bringing("image"), "logo.png", see_through)
    assert "It is see-through in places, which are white here" in seen(app)
    picture_id = store.store().put("picture", read_picture("logo.png", see_through).png)
    for filled in ([], [0]):
        source = kept.keep_pictures((("logo.png", picture_id),), filled)
        found = opened(explain, task="wolves", item=str(Item(source, 0)), samples="200")
        assert ("This picture is see-through in places." in seen(found)) is bool(filled)


INBOX = (
    b"message,verdict\nMy chest hurts,Urgent \nPlease renew it,calm\nHello you,\nI bleed,urgent\n"
)


def box(app: AppTest, label: str) -> Any:
    return next(box for box in app.selectbox if box.label.replace("\\", "") == label)


def test_labels_are_matched_by_name_and_the_others_by_hand(went_to: Went) -> None:
    app = opened(upload)
    app.selectbox(key="upload-task-text").set_value("triage")
    app.segmented_control(key="upload-way").set_value(TABLE).run()
    give(app, "inbox.csv", INBOX)
    assert box(app, "Column with the labels").value == "verdict"
    assert "Labels: Urgent (2), calm (1); 1 without." in seen(app)
    press(app, "Explain")
    (_, params) = went_to.pop()
    source = Item.parse(params["item"]).source  # type: ignore[union-attr]
    urgent, routine = 1, 0
    says = [instances.instance_of("triage", Item(source, row))[1] for row in range(4)]
    assert says == [urgent, None, None, urgent]
    app = settled(app)
    settled(box(app, "“calm” (1)").set_value("routine").run())
    press(app, "Explain")
    (_, params) = went_to.pop()
    matched = Item.parse(params["item"]).source  # type: ignore[union-attr]
    assert matched != source
    says = [instances.instance_of("triage", Item(matched, row))[1] for row in range(4)]
    assert says == [urgent, routine, None, urgent]
    told = seen(opened(explain, task="triage", item=str(Item(matched, 0)), samples="200"))
    assert "The model says" in told
    settled(box(app, "Column with the labels").set_value("").run())
    assert "Labels:" not in seen(app)
    press(app, "Explain")
    (_, params) = went_to.pop()
    assert kept.labels(Item.parse(params["item"]).source) is None  # type: ignore[union-attr]


def test_a_label_that_was_brought_says_whether_the_model_is_right() -> None:
    source = kept.keep_texts(
        ["Severe chest pain", "Severe chest pain"], kept.Labels(("ROUTINE",), (0, -1))
    )
    told = opened(explain, task="triage", item=str(Item(source, 0)), model="b")
    assert any("labelled routine" in element.proto.body for element in told.get("html"))
    told = opened(explain, task="triage", item=str(Item(source, 1)), model="b")
    assert not any("labelled" in element.proto.body for element in told.get("html"))


def test_a_table_may_have_columns_of_its_own() -> None:
    app = bringing("table")
    assert app.selectbox(key="upload-task-table").value == OWN_COLUMNS
    lines = "".join(f"{1000 + i},{i % 5},{i % 2}\n" for i in range(30))
    give(app, "mine.csv", f"customer id,visits,outcome\n{lines}".encode())
    assert box(app, "Column with the labels").value == "outcome"
    out = next(each for each in app.multiselect if each.label == "Columns to leave out")
    assert out.value == ["customer id"]
    assert "“customer id” is left out. Every value occurs once" in seen(app)
    assert "Labels: 0 (15), 1 (15)." in seen(app)
    settled(out.set_value(["customer id", "visits"]).run())
    assert "No column is left to judge by" in alerts(app)
    assert "No built-in model" not in alerts(app)
    out = next(each for each in app.multiselect if each.label == "Columns to leave out")
    settled(out.set_value([]).run())
    assert "“customer id” is used. Every value occurs once" in seen(app)
    labels = [button.label for button in app.button]
    assert "Explain" not in labels  # by which model?
    assert "Train two models on this" in labels
    settled(box(app, "Column with the labels").set_value("").run())
    assert "No built-in model knows these columns" in alerts(app)


def test_rows_of_a_task_have_labels_in_a_column_of_their_own() -> None:
    flu = load_data("flu").test
    frame = flu.instances.head(6).assign(outcome=["flu" if y else "no flu" for y in flu.labels[:6]])
    app = bringing_rows_of("flu")
    app.segmented_control(key="upload-rows-way").set_value("A table (.csv, .xlsx)").run()
    give(app, "patients.csv", frame.to_csv(index=False).encode())
    assert box(app, "Column with the labels").value == "outcome"
    assert "Labels: " in seen(app)


def test_the_folders_of_a_zip_are_labels_and_its_pictures_can_be_leafed_through() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for i in range(14):
            shade = np.full((12, 12, 3), 10 * i, np.uint8)
            archive.writestr(f"all/{'wolf' if i % 2 else 'Husky'}/{i}.png", png(shade))
    app = give(bringing("image"), "dogs.zip", packed.getvalue())
    assert "14 pictures" in seen(app)
    assert "Labels: Husky (7), wolf (7)." in seen(app)
    shown = [e.proto.body for e in app.get("html") if "data:image" in e.proto.body]
    assert sum(body.count("data:image") for body in shown) == 12


def test_what_was_brought_is_listed_by_name_and_by_its_address(went_to: Went) -> None:
    app = opened(upload)
    app.segmented_control(key="upload-way").set_value(TABLE).run()
    give(app, "inbox.csv", INBOX)
    name = next(each for each in app.text_input if each.label == "Name of these data")
    assert name.value == "inbox"
    settled(name.set_value("Monday <b>").run())
    press(app, "Pick the most telling ones")
    (screen, params) = went_to.pop()
    assert screen == "pick"
    app = settled(app.run())
    assert "Monday <b>: 4 texts" in seen(app)
    address = {"kind": "text", "data": params["source"], "name": "Mine", "task": "triage"}
    other = opened(upload, **address)
    assert "Mine: 4 texts" in seen(other)
    assert "is not here any more" in seen(opened(upload, **{**address, "data": "a" * 26}))
    for wrong in ({"kind": "image"}, {"data": "x"}, {"kind": "?"}):
        assert "4 texts" not in seen(opened(upload, **{**address, **wrong}))


def subheaders(app: AppTest) -> list[str]:
    return [each.value.replace("\\", "") for each in app.subheader]


def test_the_address_says_what_kind_is_brought() -> None:
    app = opened(upload, kind="image")
    assert app.segmented_control(key="upload-kind").value == "image"
    assert app.file_uploader[0].label.startswith("PNG, JPEG")
    settled(app.segmented_control(key="upload-kind").set_value("table").run())
    assert app.query_params["kind"] == "table"
    assert opened(upload, kind="?").segmented_control(key="upload-kind").value == "text"


@pytest.mark.parametrize(
    ("kind", "key", "says"),
    [
        ("text", "comments", "Labels: harmless (120), offensive (120)."),
        ("image", "drawings", "Labels: husky (20), wolf (20)."),
        ("image", "photograph", "One picture, 451 × 300 pixels."),
        ("table", "patients", "Labels: no flu (165), flu (135)."),
    ],
)
def test_a_file_to_begin_with_is_brought_by_a_click(kind: str, key: str, says: str) -> None:
    app = bringing(kind)
    start = STARTERS[key]
    settled(press(app, f"Try {start.file}"))
    assert says in seen(app)
    assert start.file in seen(app)  # with a button to remove it
    assert not alerts(app)
    assert not [button for button in app.button if button.label.startswith("Try ")]
    settled(press(app, "Remove"))
    assert [button for button in app.button if button.label == f"Try {start.file}"]


def test_what_was_trained_is_there_after_a_reload(went_to: Went) -> None:
    app = settled(press(opened(upload), "Try comments.csv"))
    name = next(each for each in app.text_input if each.label == "Name of these data")
    settled(name.set_value("Forum").run())
    assert not app.metric
    settled(press(app, "Train two models on this"))
    assert "“Forum”: right answers" in seen(app)
    shares = {each.label: each.value for each in app.metric}
    again = opened(upload, **app.query_params)
    assert {each.label: each.value for each in again.metric} == shares
    assert "Forum" in subheaders(again)
    assert "Labels: harmless (120), offensive (120)." in seen(again)
    assert [each.key for each in again.file_uploader] == ["upload-model-text-0"]
    (key,) = again.session_state["data-brought"]  # every screen offers it
    task = find_task(key)
    assert task is not None
    assert task.title == "Forum"
    press(again, "Explain")
    assert went_to.pop()[1]["task"] == "comments"
    settled(press(again.run(), "Bring something else"))
    assert {*again.query_params} == {"kind"}
    assert not again.metric
    settled(press(again, "Open"))
    assert {each.label: each.value for each in again.metric} == shares


def test_an_address_cannot_give_data_the_models_of_others() -> None:
    mine, other = (
        kept.keep_texts([f"{word} {i}" for i in range(20)], kept.Labels(("a", "b"), (0, 1) * 10))
        for word in ("one", "two")
    )
    card = DataCard("n", "text", "?", other, ("a", "b"), recipes_for("text", 2, 0))
    shown = opened(upload, kind="text", data=mine, name="Mine", models=keep_card(card))
    assert "Mine" in subheaders(shown)
    assert not shown.metric
    assert "data-brought" not in shown.session_state


@pytest.mark.parametrize("kind", ["image", "table"])
def test_data_of_any_kind_is_opened_again(kind: str) -> None:
    key = {"image": "drawings", "table": "patients"}[kind]
    app = settled(press(bringing(kind), f"Try {STARTERS[key].file}"))
    settled(press(app, "Open"))
    assert [each.key for each in app.file_uploader] == {
        "image": [],
        "table": ["upload-model-table-0"],  # data are there; a model of one's own may come
    }[kind]
    title = STARTERS[key].file.partition(".")[0]
    assert title in subheaders(app)
    assert "Train two models on this" in [button.label for button in app.button]
    assert ("Explain" in [button.label for button in app.button]) is (kind == "image")


def test_a_file_to_begin_with_is_taken_away_as_it_is_brought() -> None:
    found = starters.made("comments")
    assert found.decode().splitlines()[0] == "comment,label"
    app = settled(press(opened(upload), "Try comments.csv"))
    assert store.store().has("upload", store.store().key("upload", found))
    assert "comments.csv" in seen(app)


def test_a_long_name_of_a_file_begins_as_the_file_s() -> None:
    app = opened(upload)
    app.segmented_control(key="upload-way").set_value(TABLE).run()
    give(app, f"All comments {'x' * 200}.csv", INBOX)
    name = next(each for each in app.text_input if each.label == "Name of these data")
    assert name.value.startswith("All comments x")
    assert len(name.value) == 80


def test_labels_matched_by_hand_in_what_was_opened_again_leave_it_open() -> None:
    labels = kept.Labels(("kind", "rude"), (0, 1) * 10)
    source = kept.keep_texts([f"{'good bad'.split()[i % 2]} day {i}" for i in range(20)], labels)
    app = opened(upload, kind="text", data=source, name="Mine", task="comments")
    settled(box(app, "“kind” (10)").set_value("harmless").run())
    assert "20 texts with labels: harmless (10), rude (10)" in seen(app)
    settled(press(app, "Train two models on this"))
    assert app.query_params["data"] != source
    assert "Mine" in subheaders(app)
    assert "“Mine”: right answers" in seen(app)


def test_labels_in_several_spellings_are_one_until_somebody_keeps_them_apart() -> None:
    app = opened(upload)
    app.segmented_control(key="upload-way").set_value(TABLE).run()
    moods = ["ok", "OK", "rude", "ok", "Rude", "rude"]
    lines = [f"the tram was late on day {i},{mood},{i % 3}x" for i, mood in enumerate(moods)]
    give(app, "comments.csv", "\n".join(["comment,mood,line", *lines]).encode())
    told = "“ok” and “OK” are taken as one label; so are “rude” and “Rude”."
    assert "Labels: ok (3), rude (3)." in seen(app)
    assert told in alerts(app)
    settled(next(box for box in app.checkbox if "spellings" in box.label).check().run())
    assert "Labels: ok (2), rude (2), OK (1), Rude (1)." in seen(app)
    assert told not in alerts(app)
    settled(next(box for box in app.checkbox if "spellings" in box.label).uncheck().run())
    assert "Labels: ok (3), rude (3)." in seen(app)


def listed_as_brought(app: AppTest) -> list[str]:
    """The lines under “What you have brought”."""
    found = [each.value.replace("\\", "") for each in app.markdown]
    return [each for each in found if each.startswith("comments")]


def test_a_file_is_one_line_until_something_comes_of_another_choice(went_to: Went) -> None:
    moods = "comment,mood,channel\n" + "\n".join(
        f"the tram was late on day {i},{'ok' if i % 2 else 'rude'},{'web' if i % 3 else 'app'}"
        for i in range(6)
    )
    app = opened(upload)
    app.segmented_control(key="upload-way").set_value(TABLE).run()
    give(app, "comments.csv", moods.encode())
    assert box(app, "Column with the labels").value == "mood"
    assert "“channel” may be the labels, too." in seen(app)
    task = tasks()["comments"].title
    assert listed_as_brought(app) == [f"comments: 6 texts, {task}"]
    settled(box(app, "Column with the labels").set_value("channel").run())
    assert listed_as_brought(app) == [f"comments: 6 texts, {task}"]
    press(app, "Explain")
    went_to.clear()
    settled(app)
    settled(box(app, "Column with the labels").set_value("mood").run())
    assert listed_as_brought(app) == [
        f"comments (texts in “comment”, labels in “mood”): 6 texts, {task}",
        f"comments (texts in “comment”, labels in “channel”): 6 texts, {task}",
    ]
    settled(box(app, "Column with the labels").set_value("channel").run())
    assert listed_as_brought(app) == [f"comments: 6 texts, {task}"]
    give(app, "comments.csv", moods.replace("tram", "bus").encode())
    assert listed_as_brought(app) == [f"comments: 6 texts, {task}"] * 2  # another file
    app.segmented_control(key="upload-kind").set_value("table").run()
    give(settled(app), "comments.csv", moods.replace("tram", "bus").encode())
    assert listed_as_brought(app)[0] == "comments: 6 rows"  # of another kind
    assert len(listed_as_brought(app)) == 3
