"""`SubmodularPick`: which rows it picks, and what the one of `lime` gets wrong."""

import numpy as np
import pandas as pd
import pytest

from lime_engine import (
    InputError,
    LimeImageExplainer,
    LimeTabularExplainer,
    LimeTextExplainer,
    SettingsError,
    SubmodularPick,
)

WORDS = {"red": 0.4, "green": -0.4, "blue": 0.35, "grey": 0.3}
TEXTS = [
    "the red and red house",
    "the red one",
    "it is green here",
    "blue and grey and red",
    "nothing at all",
    "it is grey",
]


def by_words(texts):
    p = np.array([0.5 + sum(WORDS.get(word, 0) for word in set(text.split())) for text in texts])
    p = np.clip(p, 0, 1)
    return np.column_stack([1 - p, p])


def test_the_pick_covers_what_counts_with_row_numbers_of_the_data():
    explainer = LimeTextExplainer(random_state=0)
    found = SubmodularPick(
        explainer, TEXTS, by_words, num_exps_desired=2, num_features=3, num_samples=300
    )

    assert found.rows == list(range(6))
    assert len(found.explanations) == 6
    assert found.V[0] == 3  # three of the four words that count
    assert found.V[1] == 2
    assert found.sp_explanations == [found.explanations[row] for row in found.V]


def test_two_labels_do_not_cancel():
    """Weights summed with their signs over both labels of a yes/no model are 0 for every word."""
    found = SubmodularPick(
        LimeTextExplainer(random_state=0),
        TEXTS,
        by_words,
        num_exps_desired=1,
        num_features=3,
        num_samples=300,
        top_labels=2,
    )
    assert found.explanations[0].available_labels() == [1, 0]
    assert found.V == [3]


def test_a_sample_keeps_the_rows_numbers_and_repeats():
    explainer = LimeTextExplainer(random_state=5)
    texts = [f"number {i} is {'red' if i == 37 else 'plain'}" for i in range(50)]
    found, again = (
        SubmodularPick(explainer, texts, by_words, sample_size=20, num_samples=16) for _ in range(2)
    )

    assert len(found.explanations) == len(set(found.rows)) == 20
    assert found.rows == again.rows
    assert found.V == again.V
    assert set(found.V) <= set(found.rows)
    for row, explanation in zip(found.rows, found.explanations, strict=True):
        assert explanation.subject.text == texts[row]
    whole = SubmodularPick(explainer, texts, by_words, method="full", sample_size=3, num_samples=16)
    assert whole.rows == list(range(50))


def test_rows_of_a_table():
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(40, 3))

    def steps(values):
        p = 0.2 + 0.3 * (values[:, 0] > 0) + 0.3 * (values[:, 1] > 0)
        return np.column_stack([1 - p, p])

    found = SubmodularPick(
        LimeTabularExplainer(rows, random_state=0), rows[:8], steps, num_samples=300
    )
    assert set(found.V) <= set(range(8))
    amounts = SubmodularPick(
        LimeTabularExplainer(rows, mode="regression", random_state=0),
        rows[:5],
        lambda values: values[:, 0],
        num_exps_desired=2,
        num_features=1,
        num_samples=300,
    )
    assert len(amounts.V) == 2
    assert all(name.split()[-3:] for name, _ in amounts.sp_explanations[0].as_list())


def test_rows_of_a_frame_are_read_by_name():
    rows = pd.DataFrame(np.random.default_rng(0).normal(size=(40, 3)), columns=list("abc"))

    def first(values):
        p = 0.2 + 0.6 * (values[:, 0] > 0)
        return np.column_stack([1 - p, p])

    explainer = LimeTabularExplainer(rows, random_state=0)
    one, other = (
        SubmodularPick(explainer, frame[:8], first, num_samples=100)
        for frame in (rows, rows[["c", "a", "b"]])
    )
    assert one.V == other.V
    for mine, same in zip(one.explanations, other.explanations, strict=True):
        assert mine.as_map() == same.as_map()


def test_pictures_have_looks_in_common():
    rng = np.random.default_rng(0)
    pictures = rng.integers(0, 90, (4, 16, 16, 3)).astype(np.uint8)
    pictures[:2, :8, :8] = 250
    pictures[2:, 8:, 8:, 0] = 250

    def corners(batch):
        p = 0.1 + 0.4 * (batch[:, :8, :8, 1].mean(axis=(1, 2)) > 200)
        p += 0.4 * (batch[:, 8:, 8:, 0].mean(axis=(1, 2)) > 200)
        return np.column_stack([1 - p, p])

    found = SubmodularPick(
        LimeImageExplainer(random_state=0),
        pictures,
        corners,
        num_exps_desired=2,
        num_features=1,
        hide_color=0,
        segmentation_fn=lambda pixels: (
            np.indices(pixels.shape[:2])[0] // 8 * 2 + np.indices(pixels.shape[:2])[1] // 8
        ),
        progress_bar=False,
    )
    assert {row // 2 for row in found.V} == {0, 1}  # one of each kind


@pytest.mark.parametrize(
    ("options", "kind", "said"),
    [
        ({"method": "best"}, SettingsError, "method is 'best'"),
        ({"num_exps_desired": 0}, SettingsError, "num_exps_desired is 0"),
        ({"sample_size": "all"}, SettingsError, "sample_size is 'all'"),
        ({"top_labels": 0}, SettingsError, "top_labels is 0"),
        ({"top_labels": None, "labels": ()}, SettingsError, "labels is empty"),
        ({"data": []}, InputError, "no rows"),
    ],
)
def test_errors_say_what_to_do(options, kind, said):
    options = {"data": TEXTS} | options
    with pytest.raises(kind, match=said):
        SubmodularPick(LimeTextExplainer(), predict_fn=by_words, **options)
