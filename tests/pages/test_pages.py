"""Every page through Streamlit's own test harness, in this process, with real workers."""

import io
import time
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from sample_models import tasks
from ui.explain.choice import first_choice
from ui.upload.reading.pictures import read_picture
from ui.workshop import jobs, kept, store
from ui.workshop.item import Item

PATIENCE_SECONDS = 60
DEMO = first_choice(tasks()["triage"])


@pytest.fixture(scope="module", autouse=True)
def own_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A store for these tests alone, seen by the workers too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LIME_LAB_STORE", str(tmp_path_factory.mktemp("store")))
        store.store.cache_clear()
        running = jobs.workers()  # before a script runs as __main__, which workers import
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not running.ready:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        yield
        jobs.workers().close()
        jobs._workers.cache_clear()
    store.store.cache_clear()


def home() -> None:
    from pages import home

    home.render()


def upload() -> None:
    from pages import upload

    upload.render()


def explain() -> None:
    from pages import explain

    explain.render()


def opened(screen: object, **params: str) -> AppTest:
    """The screen, run until nothing is under way any more."""
    app = AppTest.from_function(screen, default_timeout=PATIENCE_SECONDS)  # type: ignore[arg-type]
    app.query_params.update(params)
    return settled(app.run())


def settled(app: AppTest) -> AppTest:
    assert not app.exception
    while jobs_of_page := _jobs(app):
        for job in jobs_of_page:
            assert job.wait(PATIENCE_SECONDS)
        ended_badly = all(job.state in ("failed", "cancelled") for job in jobs_of_page)
        app.run()
        assert not app.exception
        if ended_badly:
            break
    return app


def _jobs(app: AppTest) -> list[jobs.Job[object]]:
    waiting = "waiting-jobs"
    return list(app.session_state[waiting].values()) if waiting in app.session_state else []


def seen(app: AppTest) -> str:
    """All sentences on the page."""
    kinds = ("title", "header", "subheader", "markdown", "caption", "error", "warning", "info")
    return "\n".join(element.value for kind in kinds for element in app.get(kind))


# --- Home -------------------------------------------------------------------------------------


def test_home_says_what_it_is_and_offers_every_task() -> None:
    app = opened(home)
    assert app.title[0].value
    offered = seen(app) + "".join(button.label for button in app.button)
    for task in tasks().values():
        assert task.title.rstrip("?") in offered.replace("\\", "")
    primary = [button for button in app.button if button.proto.type == "primary"]
    assert len(primary) == 1  # one main thing


# --- Explain ----------------------------------------------------------------------------------


def test_a_bare_address_explains_the_first_demo() -> None:
    app = opened(explain)
    text = seen(app)
    assert "The model says" in text
    assert "How far to believe" in text
    assert [metric.label for metric in app.metric] == [
        "Does the imitation fit?",
        "Would it repeat?",
        "Is it right?",
    ]
    assert all(metric.help for metric in app.metric)
    assert not app.error
    assert not app.warning


def test_model_class_and_number_of_words_change_the_url_and_the_answer() -> None:
    app = opened(explain)
    app.selectbox(key="choice-Model").set_value("b").run()
    settled(app)
    assert app.query_params["model"] == "b"
    app.number_input(key="choice-features").set_value(3).run()
    settled(app)
    assert app.query_params["features"] == "3"
    app.selectbox(key="choice-Reasons for").set_value(0).run()
    settled(app)
    assert app.query_params["class"] == "0"
    name = DEMO.task.class_names[0]
    assert f"Why: the words that speak for {name}" in seen(app)
    assert not app.error


def test_switching_a_word_off_undo_and_reset() -> None:
    app = opened(explain)
    app.multiselect(key="off-parts").select(0).run()
    settled(app)
    app.multiselect(key="off-parts").select(2).run()
    settled(app)
    assert app.query_params["off"] == "0.2"
    assert "Without" in seen(app)
    undo = next(button for button in app.button if button.label == "Undo")
    undo.click().run()
    assert app.query_params["off"] == "0"
    reset = next(button for button in app.button if button.label == "Reset")
    reset.click().run()
    assert "off" not in app.query_params
    assert "Without" not in seen(app)


def test_guess_first_hides_the_answer_until_committed() -> None:
    app = opened(explain, guess="1")
    assert "The model says" not in seen(app)
    assert "choice-Reasons for" not in [box.key for box in app.selectbox]
    assert not app.metric
    commit = app.button[0]
    commit.click().run()
    assert "Choose an answer first" in seen(app).replace("\\", "")
    app.radio[0].set_value(0)
    app.button[0].click().run()
    settled(app)
    assert "The model says" in seen(app)
    assert f"You said {DEMO.task.class_names[0]}" in seen(app).replace("\\", "")


@pytest.mark.parametrize(
    ("params", "says"),
    [
        ({"task": "horoscope"}, "task “horoscope”"),
        ({"model": "<b>"}, "model “<b>”"),
        ({"item": "own-" + "a" * 26 + "-0"}, "no longer on this server"),
        ({"item": "test-99999"}, "no number 100000"),
        ({"off": "9999"}, "Nothing is off"),
        ({"off": "0.9999"}, "Without"),
    ],
)
def test_bad_links_end_in_a_sentence(params: dict[str, str], says: str) -> None:
    app = opened(explain, **params)
    assert says in seen(app).replace("\\", "")


def test_own_texts_are_explained_by_number() -> None:
    source = kept.keep_texts(["My chest hurts", "Please renew my prescription"])
    app = opened(explain, task="triage", item=str(Item(source, 0)))
    assert "The model says" in seen(app)
    app.number_input(key="choice-row").set_value(2).run()
    settled(app)
    assert app.query_params["item"] == str(Item(source, 1))
    assert not app.error


def test_how_it_works_and_the_flaw_open() -> None:
    app = opened(explain)
    app.session_state["how-it-works"] = True
    app.run()
    settled(app)
    assert any("A copy" in element.proto.body for element in app.get("html"))
    app.toggle(key="reveal").set_value(True).run()
    flaw = DEMO.task.flaw
    assert flaw is not None
    assert flaw.summary in seen(app).replace("\\", "")


def test_an_item_that_is_not_there_leads_to_one_that_is() -> None:
    app = opened(explain, task="triage", item="test-999999", off="1")
    assert "There is no number 1000000 here; there are 400" in app.error[0].value.replace("\\", "")
    assert "Try again" not in [button.label for button in app.button]
    next(button for button in app.button if button.label == "Open the first example").click().run()
    settled(app)
    assert "The model says" in seen(app)
    assert app.query_params.get("item") in (None, str(DEMO.item))
    assert "off" not in app.query_params


# --- Upload -----------------------------------------------------------------------------------


def test_pasted_text_is_counted_and_bad_text_refused_without_losing_it() -> None:
    app = opened(upload)
    app.text_area(key="upload-text").set_value("My chest hurts. My chest!").run()
    assert "5 words, 3 different" in seen(app).replace("\\", "")
    app.text_area(key="upload-text").set_value("?!").run()
    assert "no words" in app.error[0].value
    assert app.text_area(key="upload-text").value == "?!"
    next(button for button in app.button if button.label == "Explain").click().run()
    assert "nothing to explain yet" in seen(app)
    assert app.text_area(key="upload-text").value == "?!"


def test_a_table_offers_its_columns() -> None:
    app = opened(upload)
    app.segmented_control(key="upload-way").set_value("Texts in a table").run()
    rows = b"id,message\n1,My chest hurts\n2,Please renew\n3,\n"
    settled(app.file_uploader[0].upload("inbox.csv", rows, "text/csv").run())
    assert "2 texts from 3 rows" in seen(app).replace("\\", "")
    assert "Left out: 1" in seen(app).replace("\\", "")
    column = next(box for box in app.selectbox if box.label == "Column with the texts")
    assert column.value == "message"
    settled(column.set_value("id").run())
    assert "3 texts from 3 rows" in seen(app).replace("\\", "")
    column = next(box for box in app.selectbox if box.label == "Column with the texts")
    settled(column.set_value("message").run())
    assert "2 texts from 3 rows" in seen(app).replace("\\", "")


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("latin.txt", "Zürich".encode("latin-1"), "it was read as Windows-1252 (“Zürich”)"),
        ("page.html", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0", "(.xls, .doc) or one with a password"),
        ("empty.txt", b"  ", "is empty"),
        ("long.txt", b"word " * 30_000, "150,000 characters"),
    ],
)
def test_bad_text_files(name: str, data: bytes, says: str) -> None:
    app = opened(upload)
    app.segmented_control(key="upload-way").set_value("A text file (.txt)").run()
    settled(app.file_uploader[0].upload(name, data, "text/plain").run())
    assert says in seen(app).replace("\\", "")


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("report.docx", b"PK\x03\x04\0\0word/document.xml", "“report.docx” is a Word document."),
        ("notes.txt", b"words", "“notes.txt” is a text file. PNG, JPEG, WebP and TIFF are welcome"),
    ],
)
def test_other_files_than_pictures_are_refused_in_words(name: str, data: bytes, says: str) -> None:
    app = opened(upload)
    app.segmented_control(key="upload-kind").set_value("image").run()
    settled(app.file_uploader[0].upload(name, data, "application/octet-stream").run())
    assert says in app.error[0].value.replace("\\", "")


def test_what_is_seen_through_is_told_at_upload_and_beside_the_reasons() -> None:
    pixels = np.full((40, 40, 4), 90, np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, format="PNG")
    app = opened(upload)
    app.segmented_control(key="upload-kind").set_value("image").run()
    settled(app.file_uploader[0].upload("logo.png", buffer.getvalue(), "image/png").run())
    assert "It is see-through in places, which are white here" in seen(app).replace("\\", "")
    picture_id = store.store().put("picture", read_picture("logo.png", buffer.getvalue()).png)
    for filled in ([], [0]):
        source = kept.keep_pictures((("logo.png", picture_id),), filled)
        found = opened(explain, task="wolves", item=str(Item(source, 0)))
        assert ("This picture is see-through in places." in seen(found)) is bool(filled)


# --- pictures and rows --------------------------------------------------------------------------


def test_digits_show_the_three_likeliest_answers() -> None:
    app = opened(explain, task="digits")
    assert not app.exception
    assert len(app.get("plotly_chart")) == 5  # the answer, three pictures, the weights
    assert "Why: the regions that speak for each of its likeliest answers" in seen(app)
    app.slider(key="choice-features").set_value(3).run()
    settled(app)
    assert app.query_params["features"] == "3"
    app.multiselect(key="off-parts").select(20).run()
    settled(app)
    assert app.query_params["off"] == "20"
    assert "Without “region 21, " in seen(app).replace("\\", "")


def test_a_rows_value_is_edited_and_reset() -> None:
    app = opened(explain, task="flu")
    field = next(box for box in app.number_input if box.label.startswith("patient id"))
    field.set_value(12_345.0).run()
    settled(app)
    assert app.query_params["edits"] == "[[0,12345.0]]"
    assert "With patient id 12345 instead of" in seen(app).replace("\\", "")
    next(button for button in app.button if button.label == "Reset").click().run()
    settled(app)
    assert "edits" not in app.query_params
    assert "Nothing is changed" in seen(app).replace("\\", "")


def test_an_edit_that_cannot_be_is_told() -> None:
    app = opened(explain, task="flu", edits="[[0,null]]")
    assert "patient id" in app.error[0].value.replace("\\", "")


def test_one_row_is_filled_in_and_explained() -> None:
    app = opened(upload)
    app.segmented_control(key="upload-kind").set_value("table").run()
    settled(app)
    labels = [box.label for box in app.number_input]
    assert "age" in labels
    assert "temperature" in labels
    assert not app.error
