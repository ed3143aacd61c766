"""The paper's experiment 5.3: whether explanations tell which single predictions to trust.

Run with `python -m benchmarks.paper.trust`. A quarter of the words, drawn at random, is not to be
trusted, and a prediction of a model is untrustworthy if it changes when they are taken out of the
post. Simulated people see only the ten words of an explanation: from LIME's weights, or the slopes
of a Parzen window, they work out what is left of the answer without those that they do not trust;
of a list without weights (random, greedy) they trust nothing that names one of them. Prints the F1
of trustworthy predictions, that of LIME beside the paper's, and Matthews' correlation (MCC), which
a high share of trustworthy ones does not flatter, with 95% intervals over runs; `--page FILE`
writes a page with a plot. Posts of 20 newsgroups take the place of the reviews (SCIKIT_LEARN_DATA),
or with `--tasks` the built-in texts.
"""

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from lime.lime_text import LimeTextExplainer
from plotly import graph_objects
from plotly.subplots import make_subplots
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, matthews_corrcoef
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import LinearSVC

from benchmarks.paper.faithfulness import (
    CALLS,
    Judged,
    K,
    Posts,
    all_posts,
    greedy,
    half_width,
    parzen_slopes,
)
from lime_engine import LimeSettings, TextPerturber, explain
from lime_engine.types import MaskArray

SEEDS, POSTS, DRAWS = 2, 30, 100
SHARE = 0.25  # of the words are not to be trusted
# F1 of LIME in percent on the paper's Books, of its four models.
PAPER = {
    "logistic regression": 96.6,
    "nearest neighbours": 94.5,
    "random forest": 96.2,
    "support vectors": 96.7,
}


@dataclass(frozen=True)
class Seen:
    """What a person sees of a prediction: an answer for the second class, and words of the post.

    `weights` say what each word adds to it, None where the explanation is a list alone. A word may
    hold several of the model's ("don't" has "don").
    """

    answer: float
    words: tuple[frozenset[str], ...]
    weights: tuple[float, ...] | None

    def trusted(self, bad: set[str]) -> bool:
        marked = [bool(word & bad) for word in self.words]
        if self.weights is None:
            return not any(marked)
        left = self.answer - sum(w for w, m in zip(self.weights, marked, strict=True) if m)
        return (left >= 0.5) == (self.answer >= 0.5)


Explainer = Callable[[str, int], Seen]


def models(posts: Posts) -> Iterator[Judged]:
    kinds: dict[str, Any] = {
        "logistic regression": LogisticRegression(max_iter=1000),
        "nearest neighbours": KNeighborsClassifier(10, metric="cosine"),
        "random forest": RandomForestClassifier(100, random_state=0),
        "support vectors": CalibratedClassifierCV(LinearSVC(random_state=0), ensemble=False),
    }
    for name, model in kinds.items():
        yield Judged(name, model.fit(posts.rows, posts.labels), posts, lambda text: set())


def explainers(judged: Judged, calls: int = CALLS) -> dict[str, Explainer]:
    analyze = judged.posts.vectorizer.build_analyzer()
    perturber = TextPerturber(ignore_case=True)  # as the models do

    def seen(answer: float, named: Sequence[str], weights: Sequence[float] | None) -> Seen:
        words = tuple(frozenset(analyze(word)) for word in named)
        return Seen(answer, words, None if weights is None else tuple(weights))

    def ours(text: str, seed: int) -> Seen:
        settings = LimeSettings(n_samples=calls, n_features=K, held_out=0.0, seed=seed)
        found = explain(text, judged.predict, perturber, settings, target=1)
        return seen(
            found.forecast(),
            [weight.label for weight in found.weights],
            [weight.weight for weight in found.weights],
        )

    def lime(text: str, seed: int) -> Seen:
        found = LimeTextExplainer(random_state=seed).explain_instance(
            text, judged.predict, num_features=K, num_samples=calls
        )
        named, weights = zip(*found.as_list(), strict=True)
        return seen(float(found.local_pred[0]), named, weights)

    def random(text: str, seed: int) -> Seen:
        labels = perturber.components(text).labels
        drawn = np.random.default_rng(seed).permutation(len(labels))[:K]
        return seen(0.0, [labels[index] for index in drawn], None)

    by_greed, slopes_of = greedy(judged), parzen_slopes(judged)

    def taken_out(text: str, seed: int) -> Seen:
        return seen(0.0, sorted(by_greed(text, seed)), None)

    def window(text: str, seed: int) -> Seen:
        answer, slopes = slopes_of(text)
        strongest = sorted(slopes, key=lambda word: -abs(slopes[word]))[:K]
        return seen(answer, strongest, [slopes[word] for word in strongest])

    found = {"random": random, "parzen": window, "greedy": taken_out, "lime": lime, "ours": ours}
    return found | {"trust all": lambda text, seed: Seen(0.0, (), None)}


def trust(judged: Judged, seed: int, n_posts: int, calls: int = CALLS) -> dict[str, list[float]]:
    """F1 and MCC of each explainer over DRAWS quarters of the words, and the trustworthy share."""
    posts, rng = judged.posts, np.random.default_rng(seed)
    names = posts.vectorizer.get_feature_names_out()
    order = rng.permutation(len(posts.test))
    texts = [post for post in (posts.test[n] for n in order) if len(set(post.split())) > K]
    texts = texts[:n_posts]
    rows = posts.vectorizer.transform(texts).toarray()
    before = judged.model.predict(rows)
    bad = rng.random((DRAWS, len(names))) < SHARE
    bad_words = [set(names[row]) for row in bad]
    truth = np.array([judged.model.predict(rows * ~row) == before for row in bad])
    found = {}
    for name, explainer in explainers(judged, calls).items():
        seen = [explainer(text, seed) for text in texts]
        said = np.array([[one.trusted(words) for one in seen] for words in bad_words])
        found[name] = [_f1(truth, said), float(matthews_corrcoef(truth.ravel(), said.ravel()))]
    return found | {"trustworthy": [float(truth.mean())]}


def _f1(truth: MaskArray, said: MaskArray) -> float:
    return float(f1_score(truth.ravel(), said.ravel(), zero_division=0))


def ahead(found: Sequence[dict[str, list[float]]]) -> tuple[list[float], list[float]]:
    """F1 and MCC of ours less those of `lime`, of each run: both see the same posts and words."""
    less = [np.subtract(run["ours"], run["lime"]).tolist() for run in found]
    return [f1 for f1, _ in less], [mcc for _, mcc in less]


def plot(runs: dict[str, list[dict[str, list[float]]]], calls: int) -> Any:
    """Bars of F1 and MCC a model, with intervals, and the paper's F1 of LIME as diamonds."""
    figure = make_subplots(rows=2, cols=len(runs), subplot_titles=list(runs), shared_yaxes=True)
    for column, (name, found) in enumerate(runs.items(), start=1):
        explained = [each for each in found[0] if each != "trustworthy"]
        for row, unit in enumerate((100, 1)):
            values = [[unit * run[each][row] for run in found] for each in explained]
            bars = graph_objects.Bar(
                x=explained,
                y=[float(np.mean(of_one)) for of_one in values],
                error_y={"array": [half_width(of_one) for of_one in values]},
                marker_color="#4b5563",
                name="here",
                showlegend=column == 1 and row == 0,
            )
            figure.add_trace(bars, row=row + 1, col=column)
        known = graph_objects.Scatter(
            x=["lime"],
            y=[PAPER[name]],
            mode="markers",
            marker={"symbol": "diamond", "size": 11, "color": "#E66101"},
            name="in the paper",
            showlegend=column == 1,
        )
        figure.add_trace(known, row=1, col=column)
    figure.update_yaxes(title="F1, percent", row=1, col=1)
    figure.update_yaxes(title="MCC", row=2, col=1)
    title = f"Which predictions to trust, {K} words, {calls:,} calls"
    return figure.update_layout(title=title, template="plotly_white")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--posts", type=int, default=POSTS)
    parser.add_argument("--calls", type=int, default=CALLS)
    parser.add_argument("--tasks", action="store_true", help="built-in texts, not newsgroups")
    parser.add_argument("--page", type=Path)
    asked = parser.parse_args()

    runs: dict[str, list[dict[str, list[float]]]] = {name: [] for name in PAPER}
    for posts in all_posts(tasks=asked.tasks):
        for judged in models(posts):
            for seed in range(asked.seeds):
                runs[judged.name].append(trust(judged, seed, asked.posts, asked.calls))
    print(f"{K} words, {asked.calls:,} calls; 95% over {len(next(iter(runs.values())))} runs\n")
    print("| model | explainer | F1, percent | in the paper | MCC |\n|---|---|---|---|---|")
    for name, found in runs.items():
        for explainer in (each for each in found[0] if each != "trustworthy"):
            f1, mcc = ([run[explainer][i] for run in found] for i in (0, 1))
            percent = [100 * value for value in f1]
            known = PAPER[name] if explainer == "lime" else ""
            print(
                f"| {name} | {explainer} | {np.mean(percent):.1f} ± {half_width(percent):.1f} "
                f"| {known} | {np.mean(mcc):.2f} ± {half_width(mcc):.2f} |"
            )
        f1, mcc = ahead(found)
        print(
            f"| {name} | ours less lime, run by run | {100 * np.mean(f1):+.2f} "
            f"± {100 * half_width(f1):.2f} | | {np.mean(mcc):+.3f} ± {half_width(mcc):.3f} |"
        )
        share = np.mean([run["trustworthy"][0] for run in found])
        print(f"| {name} | trustworthy are {share:.0%} | | | |")
    if asked.page is not None:
        plot(runs, asked.calls).write_html(asked.page)


if __name__ == "__main__":
    main()
