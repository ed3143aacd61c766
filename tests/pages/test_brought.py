"""Predictions made elsewhere, from a table that is brought to Compare's scoreboard."""

import io

import numpy as np
import pandas as pd
from streamlit.testing.v1 import AppTest

from tests.pages.conftest import compare, opened, press, seen, settled, upload
from ui.upload.controls import OWN_COLUMNS

TABLE = "Texts in a table"
N = 60
RNG = np.random.default_rng(0)
LABELS = RNG.choice(["ham", "spam"], N)
FRAME = pd.DataFrame(
    {
        "text": [f"This is comment number {i}, whatever it says" for i in range(N)],
        "label": LABELS,
        "svm": np.where(RNG.random(N) < 0.9, LABELS, "ham"),
        "p_spam": np.round(np.where(LABELS == "spam", 0.8, 0.3) + RNG.uniform(-0.2, 0.2, N), 3),
        "length": RNG.integers(1, 9, N),
    }
)
RIGHT = {
    "svm": np.mean(FRAME["svm"] == LABELS),
    "p_spam": np.mean(np.where(FRAME["p_spam"] > 0.5, "spam", "ham") == LABELS),
}


def given(content: bytes) -> AppTest:
    """Upload, with this table of texts."""
    app = opened(upload)
    app.segmented_control(key="upload-way").set_value(TABLE).run()
    app.file_uploader[0].upload("mine.csv", content, "text/csv").run()
    return settled(app)


def box(app: AppTest, label: str) -> AppTest:
    (found,) = [each for each in (*app.selectbox, *app.multiselect) if each.label == label]
    return found


def test_two_columns_of_predictions_are_compared_and_not_explained() -> None:
    app = given(FRAME.to_csv(index=False).encode())
    assert box(app, "Columns with predictions made elsewhere").value == ["svm", "p_spam"]
    assert box(app, "“p\\_spam” is the probability of").value == "spam"
    assert "“svm”, answers without probabilities; “p_spam”, probabilities of spam" in seen(app)
    press(app, "Compare their answers")
    screen, params = app.session_state["leave-for"]
    assert screen == "compare"
    board = opened(compare, **params)
    html = " ".join(str(each.value) for each in board.get("html"))
    for share in RIGHT.values():
        assert f"{share:.0%}" in html
    assert "not known" in html
    assert "svm gave its answers without saying how sure it is." in seen(board)
    assert "answers were brought, not the models: they can be scored, not explained" in seen(board)
    assert not [each for each in board.button if each.label.startswith("Explain")]
    assert "To explain" not in [each.label for each in board.selectbox]
    for part in ("costs", "classes", "curves", "calibration", "slices"):
        opened(compare, **params, board=part)
    item = opened(compare, **params, row="7")
    assert FRAME["text"][7] in " ".join(str(each.value) for each in item.get("html"))
    assert "can be scored, not explained" in seen(item)


def test_of_which_class_a_probability_is_can_be_said() -> None:
    app = given(FRAME.drop(columns="svm").to_csv(index=False).encode())
    assert "Train two models on the data, below, to compare it with them." in seen(app)
    box(app, "“p\\_spam” is the probability of").set_value("ham").run()
    assert "“p_spam”, probabilities of ham" in seen(settled(app))
    box(app, "Columns with predictions made elsewhere").set_value([]).run()
    assert "Models that have answered elsewhere" not in seen(settled(app))
    assert not [each for each in app.selectbox if "is the probability of" in each.label]


def test_a_bad_prediction_is_told_and_the_texts_are_there() -> None:
    bad = FRAME.astype({"p_spam": object})
    bad.loc[4, "p_spam"] = 80
    app = given(bad.to_csv(index=False).encode())
    assert not app.error
    box(app, "Columns with predictions made elsewhere").set_value(["svm", "p_spam"]).run()
    settled(app)
    assert "Row 6, column “p_spam”: “80” is not between 0 and 1" in seen(app)
    assert "60 texts from 60 rows" in seen(app)


def test_how_a_file_is_read_is_said_by_hand_and_a_wrong_word_loses_nothing() -> None:
    accented = FRAME.assign(text=[f"Größe und Höhe, {i}" for i in range(N)])
    buffer = io.BytesIO()
    accented.to_csv(buffer, index=False, sep="|", encoding="cp1252")
    app = given(buffer.getvalue())
    assert "Read as CSV with “|”, Windows-1252" in seen(app)
    box(app, "Encoding").set_value("utf-8").run()
    settled(app)
    assert "“mine.csv” is not UTF-8: byte 0xf6 at position" in seen(app)
    assert "60 texts from" not in seen(app)
    box(app, "Encoding").set_value("cp1250").run()
    settled(app)
    assert "Read as CSV with “|”, Windows-1250" in seen(app)
    assert "60 texts from 60 rows" in seen(app)
    app.checkbox[0].set_value(False).run()
    settled(app)
    assert "61 texts from 61 rows" in seen(app)
    box(app, "Encoding").set_value("").run()
    app.checkbox[0].set_value(True).run()
    assert "60 texts from 60 rows" in seen(settled(app))


def test_a_column_of_numbers_is_taken_as_categories_and_back() -> None:
    table = pd.DataFrame({"code": [1, 2] * 20, "x": RNG.normal(size=40), "label": ["a", "b"] * 20})
    app = opened(upload)
    settled(app.segmented_control(key="upload-kind").set_value("table").run())
    app.selectbox(key="upload-task-table").set_value(OWN_COLUMNS).run()
    app.file_uploader[0].upload("mine.csv", table.to_csv(index=False).encode(), "text/csv").run()
    assert held(settled(app)) == ["numbers", "numbers", "categories"]
    box(app, "Take as categories").set_value(["code"]).run()
    assert held(settled(app)) == ["categories", "numbers", "categories"]
    box(app, "Take as categories").set_value([]).run()
    assert held(settled(app)) == ["numbers", "numbers", "categories"]


def held(app: AppTest) -> list[str]:
    """What the columns hold, as the fold says."""
    (frame,) = [each.value for each in app.dataframe if "holds" in each.value]
    return list(frame["holds"])
