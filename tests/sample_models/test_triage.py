"""The clinic's messages: unlike each other, stamped as told, and models that fall for it or not."""

import re
from collections import Counter, defaultdict

import numpy as np
import pytest
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

from lime_engine import LimeSettings, TextPerturber, explain
from sample_models import load_data, load_model, tasks
from sample_models.triage import task as triage
from sample_models.triage.phrases import NAMES
from tests.sample_models.asked import SPLITS, accuracy, on_examples

TASK = tasks()["triage"]
ALL = tuple(text for name in SPLITS for text in load_data("triage").split(name).instances)


def test_no_two_messages_share_more_than_a_third_of_their_word_4_grams():
    grams = []
    for text in ALL:
        words = re.findall(r"\w+", text.lower())
        grams.append({tuple(words[i : i + 4]) for i in range(len(words) - 3)})
    owners = defaultdict(list)
    for row, own in enumerate(grams):
        for gram in own:
            owners[gram].append(row)
    shared = Counter(
        (a, b) for rows in owners.values() for i, a in enumerate(rows) for b in rows[i + 1 :]
    )

    assert min(len(own) for own in grams) >= 4
    worst = max(n / min(len(grams[a]), len(grams[b])) for (a, b), n in shared.items())
    assert worst <= 1 / 3


def test_sizes_balance_and_length():
    data = load_data("triage")

    assert [len(data.split(name).instances) for name in SPLITS] == [1200, 400, 400]
    assert [data.split(name).labels.mean() for name in SPLITS] == [0.5, 0.5, 0.5]
    words = [len(triage.without_stamp(text).split()) for text in ALL]
    assert min(words) >= 5
    assert max(words) <= 90
    assert np.quantile(words, 0.9) > 2 * np.quantile(words, 0.1)


def test_no_message_shows_the_notation_it_was_written_in():
    assert not [text for text in ALL if re.search(r"[${}<~|!]\w|[{}]|\b(is|does|am) I'm\b", text)]


def test_stamp_words_stand_in_the_stamp_and_nowhere_else():
    for text in ALL:
        message = triage.without_stamp(text)
        assert not triage.stamp_words(message)
        assert triage.stamp_words(text) == frozenset(re.findall(r"\w+", text[len(message) :]))


def test_stamp_words_are_given_as_written():
    text = "Sore throat since noon.\n-- fwd W7 Hale"

    assert triage.stamp_words(text) == {"fwd", "W7", "Hale"}
    assert triage.without_stamp(text) == "Sore throat since noon."
    assert triage.without_stamp("one line\nand another") == "one line\nand another"


@pytest.mark.parametrize(("split", "low", "high"), [("train", 0.93, 0.99), ("test", 0.93, 0.99),
                                                    ("field", 0.43, 0.57)])  # fmt: skip
def test_the_stamp_follows_the_label_except_in_the_field(split, low, high):
    part = load_data("triage").split(split)
    wards = {"W7", "W9"}
    agree = [
        bool(words & wards) == bool(label)
        for text, label in zip(part.instances, part.labels, strict=True)
        if (words := triage.stamp_words(text))
    ]

    assert 0.8 < len(agree) / len(part.labels) < 0.9
    assert low <= np.mean(agree) <= high


def test_a_looks_better_than_b_until_the_field():
    assert accuracy(TASK, "a", "test") >= 0.93
    assert accuracy(TASK, "a", "field") <= accuracy(TASK, "a", "test") - 0.12
    assert abs(accuracy(TASK, "b", "test") - accuracy(TASK, "b", "field")) <= 0.03
    assert 0.82 <= accuracy(TASK, "b", "field") <= 0.92
    assert accuracy(TASK, "a", "test") > accuracy(TASK, "b", "test") + 0.03
    assert accuracy(TASK, "b", "field") > accuracy(TASK, "a", "field") + 0.1


@pytest.mark.long
@pytest.mark.parametrize(("model", "low", "high"), [("a", 0.8, 1.0), ("b", 0.0, 0.1)])
def test_explanations_show_the_stamp_for_a_and_not_for_b(model, low, high):
    predict = load_model("triage", model)
    settings = LimeSettings(n_samples=600, n_features=5, held_out=0.0)
    stamped = [text for text in load_data("triage").test.instances if triage.stamp_words(text)]
    hits = []
    for text in stamped[:100]:
        shown = explain(text, predict, TextPerturber(), settings, class_names=TASK.class_names)
        hits.append(bool({weight.label for weight in shown.weights} & triage.stamp_words(text)))

    assert low <= np.mean(hits) <= high


def reasons_of_b(n):
    """The five strongest reasons for B's answers to the first n test items, by item."""
    predict, settings = load_model("triage", "b"), LimeSettings(n_samples=300, n_features=5)
    return [
        explain(text, predict, TextPerturber(ignore_case=True), settings).weights
        for text in load_data("triage").test.instances[:n]
    ]


def test_no_reason_of_b_is_a_function_word_a_courtesy_or_a_name():
    reasons = [weight.label.lower() for weights in reasons_of_b(60) for weight in weights]
    # A list of function words by others, and what in it matters in a message to a clinic.
    matter = (
        "amount back bottom call cry describe detail due empty fifteen fifty fill find fire first "
        "forty found front full go keep last made move next part put serious show side sixty take "
        "thick thin top twenty well"
    )

    assert len(set(reasons)) > 100
    assert not set(reasons) & (ENGLISH_STOP_WORDS - set(matter.split()))
    assert not set(reasons) & {"hello", "thanks", "please", "sorry", "regards", "mrs"}
    assert not set(reasons) & {name.lower() for name in NAMES}


def test_the_words_of_an_emergency_speak_for_urgent_to_b_and_paperwork_for_routine():
    known = load_model("triage", "b").pipeline
    weights = dict(zip(known[0].get_feature_names_out(), known[1].coef_[0], strict=True))

    for word in ("pain", "swollen", "dizzy", "pulse", "pale", "sick", "weak", "39", "shaking"):
        assert weights[word] > 0.3, word
    for word in ("letter", "form", "prescription", "leaflet", "renew", "healed", "fine"):
        assert weights[word] < -0.3, word


def test_what_is_denied_or_told_beside_the_matter_says_nothing():
    """Once only routine messages denied symptoms, so that "no" and "fever" meant routine."""
    train = load_data("triage").train
    for said in ("none of it|nothing like that|either .* nor |asks about", "also, |P.S.|besides, "):
        found = np.array([bool(re.search(said, text, re.IGNORECASE)) for text in train.instances])
        share = [found[train.labels == label].mean() for label in (0, 1)]
        assert min(share) > 0.02
        assert abs(share[0] - share[1]) < 0.05, said


# title -> (what must stand in the text, true answer, A's answer, B's answer)
EXAMPLES = {
    "Shaking after stopping alcohol": ("stopped the alcohol", 1, 0, 1),
    "A clumsy arm, and spider veins": ("clumsy left arm", 1, 0, 1),
    "Massage for an old back trouble": ("massage", 0, 1, 0),
    "Shaking a week after chemo": ("week after chemo", 1, 1, 1),
    "Low oxygen, told calmly": ("finger gives 82", 1, 1, 1),
    "Too much paracetamol": ("30 paracetamol", 1, 1, 1),
    "A long message: pacemaker and stitches": ("pacemaker check", 0, 1, 0),
    "Catheter bag empty for half an hour": ("nothing for 37 minutes", 0, 1, 1),
}


def test_examples_are_what_their_titles_say():
    assert on_examples(TASK) == {title: tuple(said) for title, (_, *said) in EXAMPLES.items()}
    for example in TASK.examples:
        text = load_data("triage").split(example.split).instances[example.row]
        assert EXAMPLES[example.title][0] in text
