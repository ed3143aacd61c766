"""`LimeTextExplainer` beside the one of `lime`, and where it is better on purpose."""

import io
import pickle
import re
import unicodedata
from contextlib import redirect_stdout

import numpy as np
import pytest
from lime.lime_text import LimeTextExplainer as Theirs
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import make_pipeline

import sample_models
from lime_engine import (
    InputError,
    LimeTextExplainer,
    PredictorError,
    SettingsError,
    TargetError,
)

TEXT = (
    "The soup was good, the bread was fine: good value, and I don't mind the <b>noise</b> at all."
)


def liked(texts):
    """Known weights: "good" counts .4, "fine" .2 if "good" is there; three classes."""
    has = np.array(
        [[word in re.split(r"\W+", text) for word in ("good", "fine")] for text in texts]
    )
    first = 0.2 + 0.4 * has[:, 0] + 0.2 * has[:, 0] * has[:, 1]
    second = (1 - first) * 0.75
    return np.column_stack([second, first, 1 - first - second])


def both(many=6000, predict=liked, text=TEXT, seed=0, ask=None, **made):
    ask = {"num_samples": many} | (ask or {})
    return [
        kind(random_state=seed, **made).explain_instance(text, predict, **ask)
        for kind in (LimeTextExplainer, Theirs)
    ]


def assert_same_weights(ours, theirs, label=1, within=0.03):
    found, known = dict(ours.as_list(label)), dict(theirs.as_list(label))
    strong = [name for name, weight in known.items() if abs(weight) > 0.05]
    assert strong
    for name in strong:
        assert found[name] == pytest.approx(known[name], abs=within)


@pytest.mark.parametrize(
    "made",
    [
        {},
        {"feature_selection": "none"},
        {"feature_selection": "forward_selection"},
        {"feature_selection": "lasso_path"},
        {"feature_selection": "highest_weights"},
        {"kernel_width": 60},
        {"kernel": lambda d, kernel_width: np.maximum(0.01, 1 - d / kernel_width / 4)},
        {"split_expression": r"[ ,]+"},
        {"split_expression": str.split},
    ],
)
def test_weights_and_fit_are_those_of_lime(made):
    ours, theirs = both(**made)

    assert_same_weights(ours, theirs)
    assert ours.score[1] == pytest.approx(theirs.score, abs=0.03)
    np.testing.assert_allclose(ours.local_pred[1], theirs.local_pred, atol=0.02)
    assert ours.local_pred[1].shape == theirs.local_pred.shape
    assert ours.intercept[1] == pytest.approx(theirs.intercept[1], abs=0.03)
    np.testing.assert_array_equal(ours.predict_proba, theirs.predict_proba)
    assert ours.class_names == theirs.class_names == ["0", "1", "2"]
    assert len(ours.as_list()) == len(theirs.as_list())


def test_the_words_of_each_splitting_are_those_of_lime():
    for made in ({}, {"split_expression": r"[ ,]+"}, {"split_expression": "(s)"}, {"bow": False}):
        ours, theirs = both(many=50, feature_selection="none", **made)
        found, known = sorted(ours.as_list(positions=True)), sorted(theirs.as_list(positions=True))
        if made.get("split_expression") == "(s)":  # `lime` has separators in groups twice
            continue
        assert [name for name, _ in found] == [name for name, _ in known]


@pytest.mark.parametrize(
    "text",
    [
        "80 m² and 3½ rooms",
        "CO₂ and ①②③ steps",
        "I love it ❤️ so",
        "👨\u200d👩\u200d👧 family 1️⃣ first",
        "cafe\u0301 soft\u00adhyphen a\u200db नमस्ते snake_case",
    ],
)
def test_what_a_word_is_says_re(text):
    ours, theirs = both(many=50, text=text, ask={"num_features": 99})

    found = sorted(name for name, _ in ours.as_list(positions=True))
    assert found == sorted(name for name, _ in theirs.as_list(positions=True))
    assert {name for name, _ in ours.as_list()} == {word for word in re.split(r"\W+", text) if word}


def test_each_character_is_part_of_a_word_or_not_as_re_has_it():
    """But for marks of scripts without spaces, which stay with their letter."""
    known = [c for c in map(chr, range(0x110000)) if unicodedata.category(c) not in ("Cn", "Cs")]
    named = LimeTextExplainer().explain_instance(
        " ".join(known), lambda texts: np.tile([0.5, 0.5], (len(texts), 1)), num_samples=2
    )
    assert set(named.subject.labels) == set(re.findall(r"\w", "".join(known)))


def test_positions_are_masked_one_by_one():
    seen = []

    def watched(texts):
        seen.extend(texts)
        return liked(texts)

    ours, theirs = both(predict=watched, bow=False, mask_string="___")
    found = sorted(weight for name, weight in ours.as_list() if name == "good")
    known = sorted(weight for name, weight in theirs.as_list() if name == "good")
    np.testing.assert_allclose(found, known, atol=0.02)

    seen.clear()
    LimeTextExplainer(bow=False).explain_instance(TEXT, watched, num_samples=50)
    LimeTextExplainer(bow=False, char_level=True).explain_instance(TEXT, watched, num_samples=50)
    assert any("UNKWORDZ" in text for text in seen)
    assert any("\0" in text and "UNKWORDZ" not in text for text in seen)


def test_characters():
    ours, theirs = both(many=4000, char_level=True, text="good fine", ask={"num_features": 20})

    assert_same_weights(ours, theirs, within=0.05)
    assert sorted(dict(ours.as_list())) == sorted(dict(theirs.as_list()))


def test_every_label_and_the_top_ones():
    ours, theirs = both(ask={"labels": (0, 2)})
    assert ours.available_labels() == [0, 2]
    assert_same_weights(ours, theirs, 0)
    assert ours.top_labels is None

    ours, theirs = both(ask={"top_labels": 2})
    assert ours.top_labels == ours.available_labels() == [int(i) for i in theirs.top_labels]
    assert {type(label) for label in ours.as_map()} == {int}
    for label in ours.top_labels:
        assert_same_weights(ours, theirs, label)


def test_another_regressor_and_another_distance():
    regressor = LinearRegression()
    ours, theirs = both(ask={"model_regressor": regressor, "distance_metric": "euclidean"})
    assert_same_weights(ours, theirs)
    before = LinearRegression()
    LimeTextExplainer().explain_instance(TEXT, liked, num_samples=100, model_regressor=before)
    assert not hasattr(before, "coef_")  # a copy is fitted

    ours, theirs = both(ask={"distance_metric": "manhattan"}, kernel_width=400)
    assert_same_weights(ours, theirs)


def test_plain_names_and_numbers():
    ours = LimeTextExplainer().explain_instance(TEXT, liked, num_samples=200)

    assert {(type(name), type(weight)) for name, weight in ours.as_list()} == {(str, float)}
    assert {(type(i), type(w)) for i, w in ours.as_map()[1]} == {(int, float)}
    assert ours.as_map() is ours.local_exp


def test_asked_twice_it_says_the_same_and_leaves_the_random_state():
    state = np.random.RandomState(7)
    before = state.get_state()[1].copy()
    explainer = LimeTextExplainer(random_state=state)
    first, second = (explainer.explain_instance(TEXT, liked, num_samples=200) for _ in range(2))

    assert first.as_map() == second.as_map()
    np.testing.assert_array_equal(state.get_state()[1], before)
    others = [
        LimeTextExplainer(random_state=seed).explain_instance(TEXT, liked, num_samples=200)
        for seed in (1, 1, 2, None, None)
    ]
    assert others[0].as_map() == others[1].as_map()
    assert others[1].as_map() != others[2].as_map()
    assert others[3].as_map() != others[4].as_map()


def test_each_text_is_asked_about_once():
    asked = []

    def watched(texts):
        asked.extend(texts)
        return liked(texts)

    LimeTextExplainer().explain_instance("good but not fine", watched, num_samples=5000)
    assert len(asked) == len(set(asked)) == 2**4


def test_texts_that_lime_cannot_take():
    explainer = LimeTextExplainer(random_state=0)
    for text in ("", " \n", "?!…", "\ufe0f", "❤️"):
        with pytest.raises(InputError, match="Write at least one word"):
            explainer.explain_instance(text, liked)
    with pytest.raises(InputError, match="Write at least one word"):
        LimeTextExplainer(split_expression=r"\w").explain_instance("abc", liked)
    with pytest.raises(PredictorError, match="row"):
        explainer.explain_instance(TEXT, lambda texts: np.full(len(texts), 0.5))
    with pytest.raises(TargetError, match=r"labels has 1.*return \[1 - p, p\]"):
        explainer.explain_instance(TEXT, lambda texts: liked(texts)[:, :1])
    with pytest.raises(TargetError, match="labels has 7"):
        explainer.explain_instance(TEXT, liked, labels=[7])
    characters = explainer.explain_instance(
        "今日は良い", lambda texts: liked(texts), num_features=9
    )
    assert sorted(name for name, _ in characters.as_list()) == sorted("今日は良い")


def test_a_label_is_a_column_whatever_the_classes_are_called():
    ours = LimeTextExplainer(class_names=["1", "2", "0"], random_state=0).explain_instance(
        TEXT, liked, num_samples=300
    )
    assert dict(ours.as_list(1))["good"] > 0.3
    assert ours.class_names == ["1", "2", "0"]


def test_classes_that_are_a_yes_or_no_each():
    def yes_or_no(texts):
        return np.column_stack([liked(texts)[:, 1], np.full(len(texts), 0.9)])

    ours, theirs = both(predict=yes_or_no, ask={"labels": (0,)})
    assert_same_weights(ours, theirs, 0)
    assert ours.explanations[0].settings.mode == "multilabel"


@pytest.mark.parametrize(
    ("made", "said"),
    [
        ({"kernel_width": 0}, "kernel_width is 0"),
        ({"feature_selection": "best"}, "selection is 'best'"),
        ({"split_expression": "("}, r"split_expression '\(' is not"),
        ({"random_state": "x"}, "random_state is 'x'"),
        ({"mask_string": 5}, "mask_string is 5, not a text"),
    ],
)
def test_wrong_parameters_are_said_at_once(made, said):
    with pytest.raises(SettingsError, match=said):
        LimeTextExplainer(**made)


def test_wrong_functions_are_said():
    def ask(made, **more):
        LimeTextExplainer(**made).explain_instance(TEXT, liked, num_samples=50, **more)

    with pytest.raises(SettingsError, match="'bread', which is not in the text after"):
        ask({"split_expression": lambda text: ["soup", "bread", "bread"]})
    with pytest.raises(SettingsError, match="The kernel returned"):
        ask({"kernel": lambda d, kernel_width: -d - 1})
    with pytest.raises(SettingsError, match=r"kernel raised TypeError.*kernel_width=…"):
        ask({"kernel": lambda d: np.exp(-d)})
    with pytest.raises(SettingsError, match="distance_metric 'nearness'"):
        ask({}, distance_metric="nearness")
    with pytest.raises(SettingsError, match="model_regressor MultinomialNB"):
        ask({}, model_regressor=MultinomialNB())


@pytest.mark.parametrize("number", [2.5, "2", -1, True])
def test_top_labels_are_a_number(number):
    with pytest.raises(SettingsError, match=f"top_labels is {number!r}; give a whole number"):
        LimeTextExplainer().explain_instance(TEXT, liked, top_labels=number)


def test_labels_are_numbers_of_columns():
    explainer = LimeTextExplainer()
    for wrong in (None, 2.5):
        with pytest.raises(TargetError, match=f"labels is {wrong}; give numbers of columns"):
            explainer.explain_instance(TEXT, liked, labels=wrong, num_samples=50)
    one = explainer.explain_instance(TEXT, liked, labels=np.int64(2), num_samples=50)
    assert one.available_labels() == [2]


def test_verbose_prints_each_fit():
    with redirect_stdout(io.StringIO()) as printed:
        ours = LimeTextExplainer(verbose=True, random_state=0).explain_instance(
            TEXT, liked, num_samples=100
        )
    assert f"Right: {ours.predict_proba[1]}" in printed.getvalue()
    assert f"Intercept {ours.intercept[1]}" in printed.getvalue()


def test_explainers_and_results_pickle():
    explainer = LimeTextExplainer(random_state=3, class_names=["bad", "good", "so"])
    again = pickle.loads(pickle.dumps(explainer))
    first, second = (e.explain_instance(TEXT, liked, num_samples=100) for e in (explainer, again))
    third = pickle.loads(pickle.dumps(first))

    assert first.as_list() == second.as_list() == third.as_list()
    assert third.as_html() == first.as_html()


# --- newsgroups, from end to end -----------------------------------------------------------------


@pytest.fixture(scope="module")
def posts():
    try:
        return sample_models.load_data("newsgroups")
    except sample_models.TaskUnavailable as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="module")
def bayes(posts):
    model = make_pipeline(TfidfVectorizer(lowercase=False), MultinomialNB(alpha=0.01))
    return model.fit(posts.train.instances, posts.train.labels)


def of_post(posts, bayes, seed):
    explainer = LimeTextExplainer(class_names=["atheism", "christian"], random_state=seed)
    return explainer.explain_instance(posts.test.instances[83], bayes.predict_proba, num_features=6)


def test_a_post_has_as_many_words_as_asked_for(posts, bayes):
    assert len(of_post(posts, bayes, None).as_list()) == 6


def test_one_seed_gives_one_explanation_of_a_post(posts, bayes):
    assert of_post(posts, bayes, 10).as_map() == of_post(posts, bayes, 10).as_map()


def test_two_seeds_give_two_explanations_of_a_post(posts, bayes):
    assert of_post(posts, bayes, 10).as_map() != of_post(posts, bayes, 20).as_map()


def test_the_snippet_of_the_text_runs(posts):
    texts = [*posts.train.instances[:200]]
    classifier = make_pipeline(TfidfVectorizer(), LogisticRegression())
    classifier.fit(texts, posts.train.labels[:200])
    explainer, test_example = LimeTextExplainer(), posts.test.instances[3]

    exp = explainer.explain_instance(test_example, classifier.predict_proba, num_features=6)

    assert len(exp.as_list()) == 6
