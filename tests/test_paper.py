"""The paper's experiments in short: our explanations find what models truly use."""

from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_array
from sklearn.feature_extraction.text import CountVectorizer

from benchmarks.paper import faithfulness, model_choice, trust
from benchmarks.paper.faithfulness import Judged, Posts
from lime_engine.types import FloatArray


@pytest.fixture(scope="module")
def posts() -> Posts:
    return faithfulness.posts_of(faithfulness.PAIRS[0])


@pytest.fixture(scope="module")
def regression(posts: Posts) -> Judged:
    return faithfulness.sparse_regression(posts)


@pytest.fixture(scope="module")
def tree(posts: Posts) -> Judged:
    return faithfulness.small_tree(posts)


@pytest.mark.long
def test_ours_finds_the_words_that_a_sparse_regression_uses(regression: Judged) -> None:
    found, n_used = faithfulness.recalls(regression, seed=0, n_posts=6)
    assert n_used > 2
    assert found["ours"] >= max(0.97, found["lime"])
    assert found["random"] < found["greedy"] < found["ours"]


def test_ours_finds_the_words_that_a_tree_asks_for(tree: Judged) -> None:
    found, _ = faithfulness.recalls(tree, seed=2, n_posts=4, names=("random", "ours"))
    assert found["ours"] >= 0.9
    assert found["random"] < found["ours"]


@pytest.mark.long
def test_what_a_model_uses_is_what_changes_its_answer(
    posts: Posts, regression: Judged, tree: Judged
) -> None:
    """The words that count as used, held against the answers themselves."""
    rng = np.random.default_rng(0)
    for text in rng.choice(posts.test, 20, replace=False):
        row = posts.vectorizer.transform([text])
        names = posts.vectorizer.get_feature_names_out()
        for judged in (regression, tree):
            before = judged.predict([text])[0, 1]
            changed = set()
            for column in row.indices:
                without = row.toarray()
                without[0, column] = 0
                if abs(judged.model.predict_proba(without)[0, 1] - before) > 1e-9:
                    changed.add(str(names[column]))
            assert changed <= judged.used(text)
            if judged is regression:
                assert changed == judged.used(text)


def test_the_page_has_every_explainer_and_the_paper_s_numbers() -> None:
    run = dict.fromkeys(faithfulness.NAMES, 0.5)
    figure = faithfulness.plot({name: [run, run | {"ours": 1.0}] for name in faithfulness.PAPER})
    bars, known = figure.data[:2]
    assert dict(zip(bars.x, bars.y, strict=True)) == {**dict.fromkeys(run, 50.0), "ours": 75.0}
    assert dict(zip(known.x, known.y, strict=True)) == faithfulness.PAPER["logistic regression"]
    assert bars.error_y.array[-1] == pytest.approx(1.96 * 25, abs=0.01)


def test_explanations_tell_which_predictions_to_trust(posts: Posts) -> None:
    """Better than to trust all, and at least as well as `lime` does, up to chance."""
    regression = next(trust.models(posts))
    found = trust.trust(regression, seed=0, n_posts=8, calls=400)
    f1, mcc = found["ours"]
    assert f1 > found["trust all"][0] > found["greedy"][0] > found["random"][0]
    assert mcc > 0.4
    assert mcc > found["lime"][1] - 0.15
    figure = trust.plot({name: [found, found] for name in trust.PAPER}, calls=400)
    assert list(figure.data[0].x) == [name for name in found if name != "trustworthy"]
    assert figure.data[0].y[-2] == pytest.approx(100 * f1)
    in_f1, in_mcc = trust.ahead([found])
    assert (in_f1, in_mcc) == ([f1 - found["lime"][0]], [mcc - found["lime"][1]])


class OfOneWord:
    """A forest's place is taken by a model that asks for one word."""

    def __init__(self, column: int) -> None:
        self.column = column

    def predict_proba(self, rows: Any) -> FloatArray:
        there = np.asarray(csr_array(rows)[:, [self.column]].toarray())[:, 0] > 0
        return np.column_stack([1 - 0.8 * there, 0.8 * there])

    def predict(self, rows: Any) -> FloatArray:
        return self.predict_proba(rows).argmax(axis=1)


def test_the_model_that_leans_on_noise_is_not_chosen() -> None:
    """Of two, one asks for a word that means something, the other for a meaningless one."""
    rng = np.random.default_rng(0)
    words = [f"w{i}" for i in range(30)]
    texts = [" ".join(["sense", *rng.choice(words, 12)]) for _ in range(24)]
    texts = model_choice.noisy(texts, np.full(24, 0.3), rng)
    vectorizer = CountVectorizer(binary=True)
    rows = csr_array(vectorizer.fit_transform(texts))
    posts = Posts(texts, np.zeros(24), texts, np.zeros(24), vectorizer, rows)
    of = vectorizer.vocabulary_
    better, worse = (
        Judged(word, OfOneWord(of[word]), posts, lambda text: set())
        for word in ("sense", model_choice.NOISE[0])
    )
    without_words = ["", " -- "] * 6  # nobody can be shown why
    rivals = model_choice.Rivals(better, worse, [*texts, *without_words])
    shares = model_choice.choices(rivals, 0, n_shown=12)
    assert set(shares) == set(model_choice.WAYS)
    assert (shares["SP, ours"] == 1).all()  # it picks a post with the noise first or second
    by_chance = shares["random picks, ours"]
    assert by_chance[0] < 1
    assert by_chance[-1] == 1
    assert (np.diff(by_chance) >= 0).all()
    less = model_choice.ahead({way: [found] for way, found in shares.items()})
    assert less["SP less random, ours"][0] == pytest.approx(1 - by_chance)
    figure = model_choice.plot({way: [found] for way, found in shares.items()})
    assert list(figure.data[0].y) == pytest.approx(100 * shares["SP, ours"])
