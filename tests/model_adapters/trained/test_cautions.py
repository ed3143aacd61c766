"""Leaks and duplicates that are planted are found, and nothing else is."""

import numpy as np
import pandas as pd
import pytest

from model_adapters.trained import Caution, split, warnings_of
from sample_models import load_data


def of(kind, instances, labels, n_classes=2, **options):
    labels = np.asarray(labels)
    train, test = split(labels, **options)
    return warnings_of(kind, instances, labels, train, test, n_classes), train, test


def whats(found):
    return {caution.what for caution in found}


def test_classes_of_few_items_are_told():
    labels = np.repeat([0, 1, 2, 3], [100, 29, 5, 1])
    texts = [f"w{i} x{i} y{i}" for i in range(len(labels))]
    found, *_ = of("text", texts, labels, 4)
    assert found == [
        Caution("few", 1, 29),
        Caution("very few", 2, 5),
        Caution("very few", 3, 1),
        Caution("none held out", 3, 1),
    ]


def test_a_column_that_gives_the_answer_away_is_found_and_no_other():
    train = load_data("flu").train
    found, *_ = of("table", train.instances, train.labels)
    (leak,) = [caution for caution in found if caution.what == "gives away"]
    assert leak.part == "patient id"
    assert leak.share == pytest.approx(0.96, abs=0.025)  # as it is planted

    clean = load_data("flu").field  # where it says nothing
    assert "gives away" not in whats(of("table", clean.instances, clean.labels)[0])


def test_a_category_gives_away_and_names_or_a_commonest_class_do_not():
    rng = np.random.default_rng(0)
    labels = (rng.random(600) < 0.05).astype(int)
    frame = pd.DataFrame(
        {
            "outcome": np.where(labels, "paid back", rng.choice(["open", "late"], 600)),
            "name": [f"person {i}" for i in range(600)],
            "noise": rng.normal(size=600),
            "always": 1.0,
            "nothing": np.nan,
        }
    )
    found, *_ = of("table", frame, labels)
    assert [(c.part, c.share) for c in found if c.what == "gives away"] == [("outcome", 1.0)]


def test_words_that_give_the_answer_away_are_found():
    train = load_data("triage").train
    found, *_ = of("text", list(train.instances), train.labels)
    told = {caution.part: caution for caution in found if caution.what == "gives away"}
    assert {"w7", "w9", "opd", "frontdesk"} <= {*told}  # the wards and desks of the stamp
    assert told["w7"].label == 1
    learned, _ = split(train.labels)
    has = np.array(["W7" in train.instances[row] for row in learned])
    own = train.labels[learned]
    assert told["w7"].share == pytest.approx(has[own == 1].mean(), abs=0.02)
    assert told["w7"].other == pytest.approx(has[own == 0].mean(), abs=0.02)

    shuffled = np.random.default_rng(0).permutation(train.labels)
    assert "gives away" not in whats(of("text", list(train.instances), shuffled)[0])


def test_texts_on_both_sides_are_found():
    rng = np.random.default_rng(3)
    words = [f"word{i}" for i in range(200)]
    texts = [" ".join(rng.choice(words, 30)) for _ in range(200)]
    labels = np.arange(200) % 2
    assert "alike" not in whats(of("text", texts, labels)[0])
    train, test = split(labels)
    for old, new in zip(train[:7], test[:7], strict=True):
        texts[new] = texts[old].upper() + "!"  # 28 runs of three words are the same
    texts[test[8]] = texts[train[8]] + " and more"  # 28 of 30
    texts[test[9]] = " ".join(texts[train[9]].split()[:15] + ["other"] * 15)  # 13 of 45 or so
    found, *_ = of("text", texts, labels)
    assert [c for c in found if c.what == "alike"] == [Caution("alike", n=8, share=8 / len(test))]


def test_rows_and_pictures_on_both_sides_are_found():
    rng = np.random.default_rng(4)
    labels = np.arange(80) % 2
    train, test = split(labels)
    frame = pd.DataFrame({"a": rng.normal(size=80), "b": rng.choice(["x", None], 80)})
    assert "alike" not in whats(of("table", frame, labels)[0])
    frame.loc[test[:3]] = frame.loc[train[:3]].to_numpy()
    found, *_ = of("table", frame, labels)
    assert [c.n for c in found if c.what == "alike"] == [3]

    pictures = [rng.integers(0, 255, (40, 60, 3), dtype=np.uint8) for _ in range(80)]
    assert "alike" not in whats(of("image", pictures, labels)[0])
    shrunk = pictures[train[0]][::1].astype(float) * 0.9 + 5  # darker, and as grey
    pictures[test[0]] = shrunk.astype(np.uint8)
    found, *_ = of("image", pictures, labels)
    assert [c.n for c in found if c.what == "alike"] == [1]
