"""Predictions that were made elsewhere: which columns they are, what they say, what is refused."""

import io
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from tests.ui.reports import Told
from tests.ui.upload.test_pictures import file_of
from ui.upload import work
from ui.upload.work import PredictedAs
from ui.workshop import kept
from ui.workshop.store import store

TEXTS = ["Win a prize now", "See you at noon", "Cheap pills here", "Lunch tomorrow"]
LABELS = ["spam", "ham", "spam", "ham"]


def frame(**columns: Any) -> pd.DataFrame:
    return pd.DataFrame({"text": TEXTS, "label": LABELS, **columns})


def read(table: pd.DataFrame, *args: Any, **more: Any) -> dict[str, Any]:
    upload_id = store().put("upload", table.to_csv(index=False).encode())
    return work.texts("a.csv", upload_id, "text", "label", *args, **more, report=Told())


def predictions(found: dict[str, Any]) -> tuple[kept.Predictions, ...]:
    assert found["unread"] == []
    opened = kept.opened("text", found["source"])
    assert opened is not None
    return opened.predictions


P = [0.9, 0.2, 0.45, 0.25]
Q = [0.1, 0.8, 0.55, 0.75]
R = [0.9, 0.9, 0.9, 0.1]
ANSWERS = ["spam", "ham", "ham", "ham"]

# Columns; which are proposed; the models there are, each with its classes and what it said.
PROPOSED: dict[str, tuple[dict[str, Any], list[list[str]]]] = {
    "names of classes": ({"svm": ANSWERS, "bert": LABELS}, [["svm"], ["bert"]]),
    "names written otherwise": ({"svm": ["SPAM", " ham", "Ham", "ham"]}, [["svm"]]),
    "one probability": ({"p_spam": P}, [["p_spam"]]),
    "of two models": ({"svm_prob": P, "bert_prob": R}, [["svm_prob"], ["bert_prob"]]),
    "a set": ({"p_spam": P, "p_ham": Q}, [["p_spam", "p_ham"]]),
    "sets of two models": (
        {"a_p_spam": P, "b_p_ham": P, "a_p_ham": Q, "b_p_spam": Q},
        [["a_p_spam", "a_p_ham"], ["b_p_ham", "b_p_spam"]],
    ),
    "named as scikit-learn's": ({"P(ham)": Q, "P(spam)": P}, [["P(ham)", "P(spam)"]]),
    "other columns": ({"length": [0.1, 0.2, 0.3, 0.4], "n": [3, 4, 5, 6], "by": list("abca")}, []),
    "half of a label": ({"score": ["spam", "eggs", "spam", "ham"]}, []),
}


@pytest.mark.parametrize(("columns", "models"), PROPOSED.values(), ids=PROPOSED)
def test_columns_that_look_like_predictions_are_proposed(
    columns: dict[str, Any], models: list[list[str]]
) -> None:
    found = read(frame(**columns))
    assert [list(each["columns"]) for each in found["predictions"]] == models
    assert sorted(found["predicted"]) == sorted(name for model in models for name in model)
    assert len(predictions(found)) == len(models)


def test_numbers_of_classes_are_proposed_only_under_a_model_s_name() -> None:
    table = pd.DataFrame({"text": TEXTS, "label": [1, 0, 1, 0], "long": [0, 0, 1, 0]})
    assert read(table)["predicted"] == []
    found = read(table.assign(predicted=[1.0, 0.0, 0.0, 0.0]))
    assert found["predicted"] == ["predicted"]
    (model,) = predictions(found)
    assert (model.class_names, model.values.tolist()) == (("0", "1"), [1, 0, 0, 0])


def test_what_is_kept_is_what_stands_in_the_columns() -> None:
    table = frame(svm=ANSWERS, p_spam=P, a_p_spam=P, a_p_ham=Q)
    by_name = {each.name: each for each in predictions(read(table))}
    assert [*by_name] == ["svm", "p_spam", "a"]
    svm, one, both = by_name.values()
    assert [svm.class_names[answer] for answer in svm.values] == ANSWERS
    assert not svm.has_probabilities
    assert svm.of([2]).tolist() == [[1.0, 0.0]]
    assert one.class_names == ("ham", "spam")
    np.testing.assert_array_equal(one.values, np.column_stack([1 - np.array(P), P]))
    assert both.class_names == ("spam", "ham")
    np.testing.assert_array_equal(both.of([3, 0]), [[0.25, 0.75], [0.9, 0.1]])


def test_a_text_that_is_left_out_leaves_its_prediction_out() -> None:
    table = frame(svm=ANSWERS)
    table.loc[1, "text"] = "..."
    (model,) = predictions(read(table))
    assert [model.class_names[answer] for answer in model.values] == ["spam", "ham", "ham"]


def test_people_say_which_columns_they_are_and_of_which_class() -> None:
    table = frame(chance=P, svm=ANSWERS)
    assert predictions(read(table, PredictedAs(()))) == ()
    said = PredictedAs(("chance",), (("chance", "ham"),))
    (model,) = predictions(read(table, said))
    np.testing.assert_array_equal(model.values[:, 0], P)
    assert model.class_names == ("ham", "spam")


def test_classes_that_no_label_has_are_the_model_s_own() -> None:
    (model,) = predictions(
        read(frame(model=["spam", "eggs", "ham", "ham"]), PredictedAs(("model",)))
    )
    assert model.class_names == ("ham", "spam", "eggs")
    assert model.values.tolist() == [1, 2, 0, 0]


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "no number": ({"p_spam": ["0.9", "0.2", "high", "0.1"]}, "Row 4, column “p_spam”: “high” is"),
    "too large": ({"p_spam": [0.9, 0.2, 1.2, 0.1]}, "Row 4, column “p_spam”: “1.2” is not between"),
    "below nothing": ({"p_spam": [0.9, -0.2, 1, 0.1]}, "Row 3, column “p_spam”: “-0.2” is not"),
    "percentages": ({"p_spam": [90, 20, 45, 10]}, "Divide percentages by 100"),
    "none": ({"p_spam": [0.9, 0.2, None, 0.1]}, "Row 4, column “p_spam”: there is nothing,"),
    "not a number": ({"p_spam": ["0.9", "nan", "0.3", "0.1"]}, "Row 3, column “p_spam”: “nan” m"),
    "no answer": ({"svm": ["spam", None, "ham", "ham"]}, "Row 3, column “svm”: there is nothing,"),
    "sums": (
        {"p_spam": P, "p_ham": [0.1, 0.8, 0.15, 0.75]},
        "Row 4: “p_spam” and “p_ham” add up to 0.6, not to 1",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("columns", "why"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_prediction_is_refused_with_value_row_cause_and_remedy(
    columns: dict[str, Any], why: str
) -> None:
    found = read(frame(**columns), PredictedAs(tuple(columns)))
    (line,) = found["unread"]
    assert why in line
    assert "take" in line
    assert "out of the predictions" in line
    opened = kept.opened("text", found["source"])  # the texts are there all the same
    assert opened is not None
    assert (len(opened.lines), opened.predictions) == (4, ())


def test_one_probability_of_three_classes_is_refused() -> None:
    table = frame(p_spam=P)
    table.loc[3, "label"] = "eggs"
    (line,) = read(table, PredictedAs(("p_spam",)))["unread"]
    assert "there are 3 labels" in line
    assert "a column for each class" in line


def test_predictions_need_labels() -> None:
    upload_id = store().put("upload", frame(p_spam=P).to_csv(index=False).encode())
    said = PredictedAs(("p_spam",))
    found = work.texts("a.csv", upload_id, "text", "", said, report=Told())
    assert found["unread"] == ["Predictions are scored against labels: say which column has them."]


def test_predictions_are_no_columns_to_judge_by() -> None:
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"x": rng.normal(size=40), "label": rng.choice(["no", "yes"], 40)})
    table["prediction"] = rng.choice(["no", "yes"], 40)
    table["p_no"], table["p_yes"] = 0.25, 0.75
    upload_id = store().put("upload", table.to_csv(index=False).encode())
    found = work.own_rows("a.csv", upload_id, None, None, report=Told())
    assert (found["label"], found["predicted"]) == ("label", ["prediction", "p_no", "p_yes"])
    opened = kept.opened("table", found["source"])
    assert opened is not None
    assert opened.columns == ("x",)
    assert [each.name for each in opened.predictions] == ["prediction", "p_no, p_yes"]


def beside(files: Sequence[str], *table: str) -> dict[str, Any]:
    """What is read of a table beside pictures with these names."""
    colours = [Image.new("RGB", (16, 16), (10 * i, 0, 0)) for i in range(len(files))]
    pictures = tuple(
        (name, store().put("picture", file_of(colour)))
        for name, colour in zip(files, colours, strict=True)
    )
    source = kept.keep_pictures(pictures)
    upload_id = store().put("upload", "\n".join(table).encode())
    return work.labelled_pictures(source, "shows.csv", upload_id, None, report=Told())


def test_predictions_beside_pictures_are_those_of_the_files_they_name() -> None:
    """Whatever the order of the rows, and with rows of other files among them."""
    rows = ["c.png,cat,dog,.4", "x.png,dog,dog,.9", "a.png,cat,cat,.1", "b.png,dog,dog,.8"]
    found = beside(["a.png", "b.png", "c.png"], "file,label,svm,p_dog", *rows)
    assert (found["label"], found["predicted"], found["unread"]) == ("label", ["svm", "p_dog"], [])
    opened = kept.opened("image", found["source"])
    assert opened is not None
    assert opened.labels is not None
    assert [opened.labels.names[i] for i in opened.labels.of] == ["cat", "dog", "cat"]
    svm, p_dog = opened.predictions
    assert [svm.class_names[i] for i in svm.values] == ["cat", "dog", "dog"]
    assert p_dog.values == pytest.approx(np.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]]))
    with_less = beside(["a.png", "b.png", "d.png"], "file,label,svm,p_dog", *rows)
    assert "the table names 2 of 3" in with_less["unread"][0]
    assert kept.predicted("image", with_less["source"]) == ()


def test_labels_under_other_names_take_the_predictions_along() -> None:
    found = read(frame(svm=ANSWERS, p_spam=P, p_ham=Q))
    source = kept.keep_renamed("text", found["source"], {"spam": "ham"})
    assert source is not None
    opened = kept.opened("text", source)
    assert opened is not None
    assert opened.labels == kept.Labels(("ham",), (0,) * 4)
    assert [each.class_names for each in opened.predictions] == [("ham",), ("ham",)]
    np.testing.assert_allclose(opened.predictions[1].values, 1.0)
    assert kept.predicted("text", source)[1] == kept.Predicted("p_spam, p_ham", ("ham",), True)


def test_a_decimal_comma_is_one_in_probabilities_too() -> None:
    buffer = io.StringIO()
    frame(p_spam=P, p_ham=Q).to_csv(buffer, index=False, sep=";", decimal=",")
    upload_id = store().put("upload", buffer.getvalue().encode())
    found = work.texts("a.csv", upload_id, None, None, report=Told())
    np.testing.assert_array_equal(predictions(found)[0].values, np.column_stack([P, Q]))
