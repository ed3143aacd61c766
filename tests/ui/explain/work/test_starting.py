"""Where a model starts is an answer of its own, not a forecast of it."""

import numpy as np
import pytest

from sample_models import load_data, load_model, tasks
from tests.ui.reports import Told
from ui.explain.choice import first_choice
from ui.explain.work.starting import answer_without_any


def test_a_text_starts_from_what_is_left_without_its_words() -> None:
    choice = first_choice(tasks()["triage"])
    predict = load_model("triage", choice.model)
    text = load_data("triage").split(choice.item.source).instance(choice.item.row)  # type: ignore[arg-type]
    left = "".join(c for c in text if not c.isalnum())
    for target in (0, 1):
        found = answer_without_any(choice.request.alone(), target, report=Told())
        assert found == pytest.approx(predict([left])[0, target], abs=1e-6)


def test_a_row_starts_from_the_mean_answer_to_values_of_the_training_data() -> None:
    choice = first_choice(tasks()["flu"])
    predict = load_model("flu", choice.model)
    train = load_data("flu").train.instances
    rng = np.random.default_rng(5)
    mixed = train.apply(lambda column: column.to_numpy()[rng.integers(0, len(train), 4000)])
    expected, spread = predict(mixed)[:, 1].mean(), predict(mixed)[:, 1].std()
    found = answer_without_any(choice.request.alone(), 1, report=Told())
    assert found == pytest.approx(expected, abs=4 * spread / np.sqrt(500))
