"""The paper's experiment 5.4: whether a few explanations tell which of two models to choose.

Run with `python -m benchmarks.paper.model_choice`. Ten words that mean nothing are written into the
posts: in training and validation each into a tenth of the posts of one group and a fifth of the
other's, in the test posts into a tenth of all. Forests of 30 trees get to see these words and a
share of the posts' own, so that some lean on noise more than others; two that are equally good in
validation and differ by at least five points in the test make a pair: who looks at explanations
should see which one to choose. (In the paper forests differ by chance alone, and see everything.)
Simulated people look at B of the explained validation posts, mark the meaningless words that they
see in them, and choose the model of which fewer predictions would change without the marked words,
as its explanations say. Which posts they see is drawn at random or picked so that they cover the
words that count (SP-LIME); explanations are ours, or the slopes of a Parzen window. Prints how
often the better model is chosen, of all pairs of forests, with 95% intervals over them; `--page
FILE` writes a page with a plot. Posts of 20 newsgroups take the place of the reviews
(SCIKIT_LEARN_DATA).
"""

import argparse
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from plotly import graph_objects
from scipy.sparse import csr_array
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_extraction.text import CountVectorizer

from benchmarks.paper.faithfulness import (
    PAIRS,
    Judged,
    K,
    Posts,
    half_width,
    parzen_slopes,
    posts_of,
)
from lime_engine import LimeSettings, TextPerturber, explain
from lime_engine.pick import ExplanationMatrix, submodular_pick
from lime_engine.types import FloatArray

NOISE = tuple(f"noise{letter}" for letter in "abcdefghij")
OFTEN, SELDOM = 0.2, 0.1  # in so many posts
TREES, FORESTS = 30, 80  # forests among which pairs are looked for
MIN_POSTS = 10  # that a word must be in
SHARES = (
    0.03,
    1.0,
)  # of the words that a forest gets to see: the fewer, the more it leans on noise
ALIKE, APART = 0.001, 0.05  # accuracy in validation, and in the test
MOST_PAIRS = 10  # of forests, with one pair of groups
CALLS, SHOWN = 300, 40  # posts that are explained
MOST_PICKS, DRAWS = 30, 50
WAYS = ("SP, ours", "random picks, ours", "SP, parzen", "random picks, parzen")
Reasons = tuple[float, dict[str, float]]  # an answer for the second class, and weights of words


@dataclass(frozen=True)
class Rivals:
    """Two models, and the validation posts to look at; the first is the better one in the test."""

    better: Judged
    worse: Judged
    texts: Sequence[str]


def noisy(texts: Sequence[str], shares: FloatArray, rng: np.random.Generator) -> list[str]:
    """The posts with each noise word in a share (n,) of them."""
    there = rng.random((len(texts), len(NOISE))) < shares[:, None]
    return [
        " ".join([text, *np.array(NOISE)[row].tolist()])
        for text, row in zip(texts, there, strict=True)
    ]


def rivals(posts: Posts, seed: int, forests: int = FORESTS) -> list[Rivals]:
    """Pairs of forests, none in two of them."""
    rng = np.random.default_rng(seed)
    labels = np.asarray(posts.labels)
    train = noisy(posts.train, np.where(labels == 1, OFTEN, SELDOM), rng)
    test = noisy(posts.test, np.full(len(posts.test), SELDOM), rng)
    order = rng.permutation(len(train))
    held = order[: len(order) // 5]
    fitted = np.setdiff1d(order, held)
    fitted_texts, texts = [train[i] for i in fitted], [train[i] for i in held]
    known = CountVectorizer(binary=True, min_df=MIN_POSTS).fit(fitted_texts).vocabulary_
    words = np.array(sorted(known.keys() - set(NOISE)))
    made = []
    for number in range(forests):
        share = np.exp(rng.uniform(*np.log(SHARES)))
        seen = sorted([*words[rng.random(len(words)) < share].tolist(), *NOISE])
        vectorizer = CountVectorizer(binary=True, vocabulary=seen)
        rows = csr_array(vectorizer.transform(fitted_texts))
        forest = RandomForestClassifier(TREES, random_state=1000 * seed + number)
        forest.fit(rows, labels[fitted])
        used = Posts(fitted_texts, labels[fitted], texts, labels[held], vectorizer, rows)
        in_validation = forest.score(vectorizer.transform(texts), labels[held])
        in_test = forest.score(vectorizer.transform(test), posts.test_labels)
        judged = Judged(f"forest {number}", forest, used, lambda text: set())
        made.append((judged, in_validation, in_test))
    return paired(made, texts)


def paired(made: Sequence[tuple[Judged, float, float]], texts: Sequence[str]) -> list[Rivals]:
    """Of models with their accuracy in validation and in the test: the widest gaps first."""
    found: list[Rivals] = []
    taken = set[str]()
    for two in sorted(combinations(made, 2), key=lambda two: -abs(two[0][2] - two[1][2])):
        better, worse = sorted(two, key=lambda each: -each[2])
        names = {better[0].name, worse[0].name}
        fit = abs(better[1] - worse[1]) <= ALIKE and better[2] - worse[2] >= APART
        if fit and not names & taken and len(found) < MOST_PAIRS:
            taken |= names
            found.append(Rivals(better[0], worse[0], texts))
    return found


def explainers(judged: Judged) -> dict[str, Callable[[str, int], Reasons]]:
    perturber = TextPerturber(ignore_case=True)
    slopes_of = parzen_slopes(judged)

    def ours(text: str, seed: int) -> Reasons:
        settings = LimeSettings(n_samples=CALLS, n_features=K, held_out=0.0, seed=seed)
        found = explain(text, judged.predict, perturber, settings, target=1)
        return found.forecast(), {weight.label: weight.weight for weight in found.weights}

    def window(text: str, seed: int) -> Reasons:
        answer, slopes = slopes_of(text)
        strongest = sorted(slopes, key=lambda word: -abs(slopes[word]))[:K]
        return answer, {word: slopes[word] for word in strongest}

    return {"ours": ours, "parzen": window}


def choices(pair: Rivals, seed: int, n_shown: int = SHOWN) -> dict[str, FloatArray]:
    """The share of people who choose the better model, of every way, after 1, 2, … picks."""
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(pair.texts))
    texts = [pair.texts[i] for i in order if re.search(r"\w", pair.texts[i])][:n_shown]
    found = {}
    for name in ("ours", "parzen"):
        doubts = []  # of each model and way of picking, (draws, picks)
        for judged in (pair.better, pair.worse):
            explainer = explainers(judged)[name]
            explained = [explainer(text, seed) for text in texts]
            random_orders = [rng.permutation(len(texts)).tolist() for _ in range(DRAWS)]
            doubts.append(
                [doubted(explained, [covering(explained)]), doubted(explained, random_orders)]
            )
        for way, better, worse in zip(("SP", "random picks"), *doubts, strict=True):
            right = (better < worse) + 0.5 * (better == worse)  # else they toss a coin
            found[f"{way}, {name}"] = right.mean(axis=0)
    return found


def covering(explained: Sequence[Reasons]) -> list[int]:
    """The order in which to look at explanations: SP-LIME, then what is left."""
    whole = ExplanationMatrix.of(
        (item, list(weights.items())) for item, (_, weights) in enumerate(explained)
    )
    picked: list[int] = submodular_pick(whole, MOST_PICKS).items.tolist()
    return picked + [i for i in range(len(explained)) if i not in picked]


def doubted(explained: Sequence[Reasons], orders: Sequence[Sequence[int]]) -> FloatArray:
    """How many predictions turn without the noise words seen so far, (orders, MOST_PICKS)."""
    found = np.zeros((len(orders), MOST_PICKS))
    for row, order in zip(found, orders, strict=True):
        seen: set[str] = set()
        for n, item in enumerate(order[:MOST_PICKS]):
            seen |= set(explained[item][1]) & set(NOISE)
            row[n] = sum(_turns(answer, weights, seen) for answer, weights in explained)
        row[len(order) :] = row[min(len(order), MOST_PICKS) - 1]
    return found


def _turns(answer: float, weights: dict[str, float], without: set[str]) -> bool:
    left = answer - sum(weights.get(word, 0.0) for word in without)
    return (left >= 0.5) != (answer >= 0.5)


def ahead(runs: dict[str, list[FloatArray]]) -> dict[str, list[FloatArray]]:
    """How much oftener picks that cover choose the better model than random ones, of each pair."""
    return {
        f"SP less random, {name}": [
            picked - drawn
            for picked, drawn in zip(
                runs[f"SP, {name}"], runs[f"random picks, {name}"], strict=True
            )
        ]
        for name in ("ours", "parzen")
    }


def plot(runs: dict[str, list[FloatArray]]) -> Any:
    """Lines of the share of right choices against the number of picks, with bands."""
    figure = graph_objects.Figure()
    styles = {"SP": "solid", "random picks": "dot"}
    for way, shares in runs.items():
        how, explainer = way.split(", ")
        figure.add_scatter(
            name=way,
            x=list(range(1, MOST_PICKS + 1)),
            y=(100 * np.mean(shares, axis=0)).tolist(),
            line={"dash": styles[how], "color": "#E66101" if explainer == "ours" else "#4b5563"},
        )
    figure.update_layout(
        title=f"Choosing the better of two models, percent ({len(runs[WAYS[0]])} pairs)",
        xaxis_title="explanations seen",
        template="plotly_white",
    )
    return figure


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=2, help="noises with each pair of groups")
    parser.add_argument("--page", type=Path)
    asked = parser.parse_args()
    runs: dict[str, list[FloatArray]] = {way: [] for way in WAYS}
    for groups in PAIRS:
        posts = posts_of(groups)
        for seed in range(asked.seeds):
            for pair in rivals(posts, seed):
                print(f"{groups[0]}, {pair.better.name} or {pair.worse.name}", file=sys.stderr)
                for way, shares in choices(pair, seed).items():
                    runs[way].append(shares)
    at = (1, 2, 3, 5, 10, 15, 20, 30)
    print(f"Percent of right choices, {len(runs[WAYS[0]])} pairs of forests; 95% over pairs\n")
    print("| picks | " + " | ".join(str(n) for n in at) + " |\n|---|" + "---|" * len(at))
    for way, of_way in (runs | ahead(runs)).items():
        cells = []
        for n in at:
            percent = [100 * float(of_pair[n - 1]) for of_pair in of_way]
            cells.append(f"{np.mean(percent):.0f} ± {half_width(percent):.0f}")
        print(f"| {way} | " + " | ".join(cells) + " |")
    for way, of_way in ahead(runs).items():
        means = np.mean(of_way, axis=0)[:20]
        print(f"\n{way}: above 0 with {np.count_nonzero(means > 0)} of the numbers of picks to 20")
    if asked.page is not None:
        plot(runs).write_html(asked.page)


if __name__ == "__main__":
    main()
