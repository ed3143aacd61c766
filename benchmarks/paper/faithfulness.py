"""The paper's experiment 5.2: whether explanations find the words that a model truly uses.

Run with `python -m benchmarks.paper.faithfulness`. The models are such that it is known which words
of a post they use: a sparse logistic regression, its words with a coefficient; a small tree, the
words on the way to its answer. Each explainer names ten words; its recall is the share of the used
ones that are among them. Prints one table, the paper's numbers beside it, with 95% intervals over
runs; `--page FILE` writes a page with a plot of it. The paper's reviews are not at hand: pairs of
20 newsgroups take their place (SCIKIT_LEARN_DATA), or with `--tasks` the built-in texts.
"""

import argparse
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from lime.lime_text import LimeTextExplainer
from plotly import graph_objects
from plotly.subplots import make_subplots
from scipy.sparse import csr_array
from sklearn.datasets import fetch_20newsgroups
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier

from lime_engine import LimeSettings, TextPerturber, explain, explain_shapley
from lime_engine.types import Z95, FloatArray
from sample_models import load_data

PAIRS = (
    ("alt.atheism", "soc.religion.christian"),
    ("sci.electronics", "sci.med"),
    ("rec.autos", "rec.motorcycles"),
)
TASKS = ("triage",)  # `newsgroups` is the first pair, and `comments` has nothing to learn from
K = 10
PAPER_CALLS = 15_000
CALLS = PAPER_CALLS // 9
SEEDS, POSTS = 3, 30
MOST_USED, SHARE_OF_POSTS = 10, 95  # this percentage of posts has at most so many used words
WIDTHS = (0.3, 0.5, 0.7, 1.0, 1.5, 2.0)  # of the Parzen window, in distances of rows of length 1
# Books and DVDs of the paper's table: recall of a sparse logistic regression, and of a tree.
PAPER = {
    "logistic regression": {"random": 17.4, "parzen": 72.8, "greedy": 64.3, "lime": 92.1},
    "tree": {"random": 20.6, "parzen": 78.9, "greedy": 37.0, "lime": 97.0},
}
NAMES = ("random", "parzen", "greedy", "lime", "Shapley", "ours")  # of the explainers
Explainer = Callable[[str, int], set[str]]  # a post and a seed -> the words that it names


@dataclass(frozen=True)
class Posts:
    """Posts of two groups as sets of words."""

    train: Sequence[str]
    labels: Any
    test: Sequence[str]
    test_labels: Any
    vectorizer: CountVectorizer
    rows: csr_array  # of `train`


@dataclass(frozen=True)
class Judged:
    """A model, and what is known of it."""

    name: str
    model: Any
    posts: Posts
    used: Callable[[str], set[str]]

    def predict(self, texts: Sequence[str]) -> FloatArray:
        return np.asarray(self.model.predict_proba(self.posts.vectorizer.transform(texts)))


def posts_of(pair: Sequence[str]) -> Posts:
    def of(subset: str) -> Any:
        return fetch_20newsgroups(
            subset=subset, categories=list(pair), remove=("headers", "footers", "quotes")
        )

    train, test = of("train"), of("test")
    return _counted(train.data, train.target, test.data, test.target)


def posts_of_task(key: str) -> Posts:
    data = load_data(key)
    return _counted(data.train.instances, data.train.labels, data.test.instances, data.test.labels)


def all_posts(*, tasks: bool) -> Iterator[Posts]:
    """Of each pair of groups, or of each built-in task."""
    return map(posts_of_task, TASKS) if tasks else map(posts_of, PAIRS)


def _counted(train: Sequence[str], labels: Any, test: Sequence[str], test_labels: Any) -> Posts:
    vectorizer = CountVectorizer(binary=True)
    rows = csr_array(vectorizer.fit_transform(train))
    return Posts(train, np.asarray(labels), test, np.asarray(test_labels), vectorizer, rows)


def sparse_regression(posts: Posts) -> Judged:
    """With as many words as keep to the bound, from many to few."""
    for strength in np.geomspace(1.0, 0.01, 25):
        model = LogisticRegression(
            C=strength, l1_ratio=1.0, solver="liblinear", random_state=0
        ).fit(posts.rows, posts.labels)
        nonzero = np.flatnonzero(model.coef_[0])
        names = set(posts.vectorizer.get_feature_names_out()[nonzero])
        judged = Judged("logistic regression", model, posts, _among(posts, names))
        if _within_bound(judged):
            return judged
    raise ValueError("no such regression keeps to the bound")


def _among(posts: Posts, names: set[str]) -> Callable[[str], set[str]]:
    analyze = posts.vectorizer.build_analyzer()
    return lambda text: names & set(analyze(text))


def small_tree(posts: Posts) -> Judged:
    """As deep as keeps to the bound; a word is used if the way to the answer asks for it."""
    names = posts.vectorizer.get_feature_names_out()
    for depth in range(40, 0, -2):
        model = DecisionTreeClassifier(max_depth=depth, random_state=0)
        model.fit(posts.rows, posts.labels)

        def used(text: str, model: DecisionTreeClassifier = model) -> set[str]:
            row = posts.vectorizer.transform([text])
            asked = model.tree_.feature[model.decision_path(row).indices]
            return set(names[np.intersect1d(asked[asked >= 0], row.indices)])

        judged = Judged("tree", model, posts, used)
        if _within_bound(judged):
            return judged
    raise ValueError("no such tree keeps to the bound")


def _within_bound(judged: Judged) -> bool:
    used = [len(judged.used(text)) for text in judged.posts.test[:300]]
    return bool(np.percentile(used, SHARE_OF_POSTS) <= MOST_USED)


def explainers(judged: Judged) -> dict[str, Explainer]:
    """All that are compared, by name."""
    analyze = judged.posts.vectorizer.build_analyzer()
    perturber = TextPerturber(ignore_case=True)  # as the models do

    def words(components: Sequence[str]) -> set[str]:
        """The model's words in those of an explainer: "Don't" has "don"."""
        return {word for component in components for word in analyze(component)}

    def ours(text: str, seed: int) -> set[str]:
        settings = LimeSettings(n_samples=CALLS, n_features=K, held_out=0.0, seed=seed)
        found = explain(text, judged.predict, perturber, settings)
        return words([weight.label for weight in found.weights])

    def lime(text: str, seed: int) -> set[str]:
        found = LimeTextExplainer(random_state=seed).explain_instance(
            text, judged.predict, num_features=K, num_samples=CALLS
        )
        return words([name for name, _ in found.as_list()])

    def shapley(text: str, seed: int) -> set[str]:
        subject = perturber.components(text)
        settings = LimeSettings(n_samples=CALLS, seed=seed)
        found = explain_shapley(subject, judged.predict, perturber, settings, target=1)
        strongest = np.argsort(-np.abs(found.weights), kind="stable")[:K]
        return words([subject.labels[index] for index in strongest])

    def random(text: str, seed: int) -> set[str]:
        labels = perturber.components(text).labels
        drawn = np.random.default_rng(seed).permutation(len(labels))[:K]
        return words([labels[index] for index in drawn])

    return {
        "random": random,
        "parzen": parzen(judged),
        "greedy": greedy(judged),
        "lime": lime,
        "Shapley": shapley,
        "ours": ours,
    }


def greedy(judged: Judged) -> Explainer:
    """Take out what supports the answer most, word by word, until the model changes its mind."""
    vectorizer = judged.posts.vectorizer
    names = vectorizer.get_feature_names_out()

    def named(text: str, seed: int) -> set[str]:
        row = vectorizer.transform([text]).toarray()[0]
        target = int(judged.model.predict_proba([row])[0].argmax())
        taken: set[str] = set()
        while len(taken) < K and row.any():
            there = np.flatnonzero(row)
            without = np.repeat(row[None], len(there), axis=0)
            without[np.arange(len(there)), there] = 0
            answers = judged.model.predict_proba(csr_array(without))
            best = int(answers[:, target].argmin())
            taken.add(str(names[there[best]]))
            row = without[best]
            if answers[best].argmax() != target:
                break
        return taken

    return named


def parzen(judged: Judged) -> Explainer:
    """The words with the largest slopes of a Parzen window."""
    slopes_of = parzen_slopes(judged)

    def named(text: str, seed: int) -> set[str]:
        _, slopes = slopes_of(text)
        return set(sorted(slopes, key=lambda word: -abs(slopes[word]))[:K])

    return named


def parzen_slopes(judged: Judged) -> Callable[[str], tuple[float, dict[str, float]]]:
    """What a Parzen window says of a post that imitates the model everywhere, and its gradient.

    For the words of the post, times how much of them there is (Baehrens et al. 2010). The width is
    the one with which it says best what the model says of held-out posts.
    """
    vectorizer = judged.posts.vectorizer
    names = vectorizer.get_feature_names_out()
    rows = judged.posts.rows.astype(float)
    lengths = np.sqrt(rows.sum(axis=1))
    rows = rows[lengths > 0].multiply(1 / lengths[lengths > 0, None]).tocsr()
    answers = judged.model.predict(judged.posts.rows[lengths > 0]).astype(float)

    def kernel(row: Any, width: float) -> FloatArray:
        return np.asarray(np.exp(-(1 - (rows @ row.T).toarray()) / width**2))

    alike = (rows @ rows.T).toarray()
    errors = []
    for width in WIDTHS:
        weights = np.exp(-(1 - alike) / width**2)
        np.fill_diagonal(weights, 0.0)
        said = weights @ answers / weights.sum(axis=1)
        right = np.where(answers == 1, said, 1 - said)
        errors.append(-np.log(np.clip(right, 1e-6, 1)).mean())
    width = WIDTHS[int(np.argmin(errors))]

    def slopes_of(text: str) -> tuple[float, dict[str, float]]:
        row = csr_array(vectorizer.transform([text]).astype(float))
        if not row.nnz:
            return float(answers.mean()), {}
        row = row / np.sqrt(row.sum())
        weights = kernel(row, width)[:, 0]
        said = float(weights @ answers / weights.sum())
        pull = weights * (answers - said)
        gradient = rows.T @ pull - pull.sum() * row.toarray()[0]
        gradient *= 2 / (width**2 * weights.sum())
        there = row.indices
        return said, dict(zip(names[there], (gradient * row.toarray()[0])[there], strict=True))

    return slopes_of


def recalls(
    judged: Judged, seed: int, n_posts: int, names: Sequence[str] = NAMES
) -> tuple[dict[str, float], float]:
    """The mean recall of each explainer on posts drawn with this seed, and the words used a post.

    Where the model uses no word there is nothing to find, and where there are no more words than
    are named everything is found: such posts are not drawn.
    """
    analyze = judged.posts.vectorizer.build_analyzer()
    order = np.random.default_rng(seed).permutation(len(judged.posts.test))
    drawn: list[str] = []
    for post in (judged.posts.test[number] for number in order):
        if len(drawn) < n_posts and len(set(analyze(post))) > K and judged.used(post):
            drawn.append(post)
    found: dict[str, float] = {}
    all_explainers = explainers(judged)
    for name in names:
        shares = []
        for text in drawn:
            used = judged.used(text)
            shares.append(len(used & all_explainers[name](text, seed)) / len(used))
        found[name] = float(np.mean(shares))
    return found, float(np.mean([len(judged.used(text)) for text in drawn]))


def half_width(values: Sequence[float]) -> float:
    """Of the 95% interval of the mean over runs."""
    if len(values) < 2:
        return float("nan")
    return Z95 * float(np.std(values, ddof=1)) / math.sqrt(len(values))


def plot(runs: dict[str, list[dict[str, float]]]) -> Any:
    """Bars of every explainer's recall, with intervals, and the paper's numbers as diamonds."""
    figure = make_subplots(cols=len(runs), subplot_titles=list(runs), shared_yaxes=True)
    for column, (name, found) in enumerate(runs.items(), start=1):
        shares = {each: [100 * run[each] for run in found] for each in found[0]}
        bars = graph_objects.Bar(
            name="here",
            x=list(shares),
            y=[float(np.mean(values)) for values in shares.values()],
            error_y={"array": [half_width(values) for values in shares.values()]},
            marker_color="#4b5563",
        )
        known = graph_objects.Scatter(
            name="in the paper",
            x=list(PAPER[name]),
            y=list(PAPER[name].values()),
            mode="markers",
            marker={"symbol": "diamond", "size": 11, "color": "#E66101"},
        )
        for trace in (bars, known):
            figure.add_trace(trace.update(showlegend=column == 1), row=1, col=column)
    figure.update_yaxes(range=[0, 101])
    figure.update_layout(
        title=f"Recall in percent of the words that a model uses, {K} named, {CALLS:,} calls",
        template="plotly_white",
    )
    return figure


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--posts", type=int, default=POSTS)
    parser.add_argument("--tasks", action="store_true", help="built-in texts, not newsgroups")
    parser.add_argument("--page", type=Path)
    asked = parser.parse_args()

    runs: dict[str, list[dict[str, float]]] = {name: [] for name in PAPER}
    used: dict[str, list[float]] = {name: [] for name in PAPER}
    for posts in all_posts(tasks=asked.tasks):
        for judged in (sparse_regression(posts), small_tree(posts)):
            for seed in range(asked.seeds):
                found, n_used = recalls(judged, seed, asked.posts)
                runs[judged.name].append(found)
                used[judged.name].append(n_used)
    print(f"Recall in percent, {K} words, {CALLS:,} calls; 95% over {len(runs['tree'])} runs\n")
    print("| explainer | " + " | ".join(f"{name} | in the paper" for name in PAPER) + " |")
    print("|---|" + "---|---|" * len(PAPER))
    for explainer in runs["tree"][0]:
        cells = []
        for name, known in PAPER.items():
            shares = [100 * run[explainer] for run in runs[name]]
            cells += [f"{np.mean(shares):.1f} ± {half_width(shares):.1f}"]
            cells += [f"{known[explainer]:.1f}" if explainer in known else ""]
        print(f"| {explainer} | " + " | ".join(cells) + " |")
    for name, numbers in used.items():
        print(f"\n{name}: {np.mean(numbers):.1f} words used a post")
    if asked.page is not None:
        plot(runs).write_html(asked.page)


if __name__ == "__main__":
    main()
