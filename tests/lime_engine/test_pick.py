"""The pick step against exhaustive search, a plain greedy, and the package `lime`."""

import tracemalloc
from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from lime.lime_text import LimeTextExplainer
from lime.submodular_pick import SubmodularPick
from numpy.typing import NDArray

from lime_engine import (
    AtLeast,
    ExplanationMatrix,
    InputError,
    Pick,
    SettingsError,
    random_coverage,
    submodular_pick,
)
from lime_engine.types import FloatArray

seeds = st.integers(0, 100_000)


def matrix_of(weights: Any) -> ExplanationMatrix:
    dense = np.asarray(weights, dtype=float)
    names = tuple(f"f{j}" for j in range(dense.shape[1]))
    return ExplanationMatrix(sp.csr_array(dense), names, np.arange(len(dense)))


def sparse_weights(n: int, seed: int, n_features: int = 12, tied: bool = False) -> FloatArray:
    """About a third of the weights, some rows empty; all 1 (many ties) or all different."""
    rng = np.random.default_rng(seed)
    sizes = np.ones((n, n_features)) if tied else rng.gamma(0.5, size=(n, n_features))
    return np.asarray(sizes * (rng.random((n, n_features)) < rng.choice([0.0, 0.3, 0.4], (n, 1))))


def untied_weights(n: int, seed: int) -> FloatArray:
    """The same with a feature of its own for each item, so that no two ever add the same."""
    own = np.random.default_rng(seed).gamma(1.0, size=n)
    return np.hstack([sparse_weights(n, seed), np.diag(own)])


def plain_greedy(weights: FloatArray, budget: int) -> list[int]:
    """Algorithm 2 of the paper as it stands, until nothing adds anything."""
    importance = np.sqrt(weights.sum(axis=0))
    own = [np.flatnonzero(row) for row in weights]
    picked: list[int] = []
    while len(picked) < budget:
        covered = (weights[picked] > 0).any(axis=0)
        gains = [np.where(covered, 0.0, importance)[features].sum() for features in own]
        if not any(gains):
            break
        picked.append(int(np.argmax(gains)))
    return picked


def best_coverage(matrix: ExplanationMatrix, budget: int) -> float:
    size = min(budget, len(matrix))
    return max(matrix.coverage(chosen) for chosen in combinations(range(len(matrix)), size))


def assert_same_start(first: Pick, whole: Pick) -> None:
    k = len(first.items)
    assert first.items.tolist() == whole.items[:k].tolist()
    assert first.gains.tolist() == whole.gains[:k].tolist()
    assert first.shares.tolist() == whole.shares[:k].tolist()
    assert [own.tolist() for own in first.adds] == [own.tolist() for own in whole.adds[:k]]


def test_sizes_of_weights_are_summed_whatever_their_signs() -> None:
    items = [
        (17, [("snow", -0.4), ("sky", 0.0), ("snow", 0.2)]),
        (3, []),
        (90, [("ears", 0.5), ("snow", 0.3)]),
    ]
    matrix = ExplanationMatrix.of(items)
    assert matrix.features == ("snow", "ears")  # no item has a weight for the sky
    assert matrix.rows.tolist() == [17, 3, 90]
    np.testing.assert_allclose(matrix.weights.toarray(), [[0.6, 0], [0, 0], [0.3, 0.5]])
    np.testing.assert_allclose(matrix.importance, [np.sqrt(0.9), np.sqrt(0.5)])
    assert matrix.coverage([1, 2, 0]) == pytest.approx(np.sqrt(0.9) + np.sqrt(0.5))
    assert matrix.coverage([0, 1]) == pytest.approx(np.sqrt(0.9))


@pytest.mark.parametrize("weight", [float("nan"), float("inf"), -float("inf")])
def test_a_weight_that_is_no_number_names_its_row_and_feature(weight: float) -> None:
    items = [(5, [("snow", 1.0)]), (4, []), (8, [("snow", 0.1), ("sky", weight)])]
    with pytest.raises(InputError, match=r"'sky' in row 8 is (nan|inf)"):
        ExplanationMatrix.of(items)


@pytest.mark.parametrize("weight", [0.0, -0.5])
def test_a_matrix_keeps_sizes_above_zero_only(weight: float) -> None:
    stored = sp.csr_array((np.array([0.3, weight]), [1, 0], [0, 1, 2]), shape=(2, 2))
    with pytest.raises(InputError, match=rf"'a' in row 9 is {weight}"):
        ExplanationMatrix(stored, ("a", "b"), np.array([7, 9]))


@given(seed=seeds)
def test_coverage_is_monotone_and_submodular(seed: int) -> None:
    rng = np.random.default_rng(seed)
    weights = sparse_weights(10, seed)
    matrix = matrix_of(weights)
    np.testing.assert_allclose(matrix.importance, np.sqrt(weights.sum(axis=0)))
    order = rng.permutation(10).tolist()
    few, more = sorted(rng.integers(0, 10, 2))
    small, large, item = order[:few], order[:more], order[-1]
    added_early = matrix.coverage([*small, item]) - matrix.coverage(small)
    added_late = matrix.coverage([*large, item]) - matrix.coverage(large)
    assert matrix.coverage(small) <= matrix.coverage(large) + 1e-12
    assert -1e-12 <= added_late <= added_early + 1e-12


@settings(max_examples=50, deadline=None)
@given(n=st.integers(1, 10), budget=st.integers(1, 4), seed=seeds)
def test_the_pick_covers_nearly_as_much_as_the_best_one(n: int, budget: int, seed: int) -> None:
    matrix = matrix_of(sparse_weights(n, seed))
    found = submodular_pick(matrix, budget)
    best = best_coverage(matrix, budget)
    assert (1 - 1 / np.e) * best <= matrix.coverage(found.items) + 1e-12
    assert matrix.coverage(found.items) <= best + 1e-12
    assert budget > 1 or matrix.coverage(found.items) == pytest.approx(best)


@given(n=st.integers(0, 40), budget=st.integers(1, 12), tied=st.booleans(), seed=seeds)
def test_the_lazy_greedy_is_the_plain_one(n: int, budget: int, tied: bool, seed: int) -> None:
    weights = sparse_weights(n, seed, tied=tied)
    assert submodular_pick(matrix_of(weights), budget).items.tolist() == plain_greedy(
        weights, budget
    )


@given(seed=seeds)
def test_what_a_pick_says_of_itself_is_so(seed: int) -> None:
    matrix = matrix_of(sparse_weights(15, seed))
    found = submodular_pick(matrix, 6)
    seen: set[int] = set()
    for k, (item, adds) in enumerate(zip(found.items, found.adds, strict=True)):
        assert set(adds.tolist()) == set(matrix.features_of(int(item)).tolist()) - seen
        assert (np.diff(matrix.importance[adds]) <= 0).all()  # the most important first
        assert found.gains[k] == pytest.approx(matrix.importance[adds].sum())
        seen |= set(adds.tolist())
        share = matrix.coverage(found.items[: k + 1]) / matrix.coverage(range(15))
        assert found.shares[k] == pytest.approx(share)
    assert found.total == pytest.approx(matrix.coverage(range(15)))


@given(seed=seeds)
def test_the_order_of_the_items_does_not_matter(seed: int) -> None:
    items = [
        (row, [(f"f{j}", weight) for j, weight in enumerate(own)])
        for row, own in enumerate(untied_weights(15, seed))
    ]
    matrix = ExplanationMatrix.of(items)
    shuffled = ExplanationMatrix.of(items[i] for i in np.random.default_rng(seed).permutation(15))
    found, again = submodular_pick(matrix, 15), submodular_pick(shuffled, 15)
    assert len(found.items) == 15
    assert matrix.rows[found.items].tolist() == shuffled.rows[again.items].tolist()
    np.testing.assert_allclose(found.gains, again.gains)


def disjoint_quotas(n: int, seed: int) -> list[AtLeast]:
    """Up to three groups of the items, with shares that add up to 1 or less."""
    rng = np.random.default_rng(seed)
    group = rng.choice(4, n, p=rng.dirichlet(np.ones(4)))
    shares = rng.multinomial(rng.integers(2, 20), np.ones(3) / 3)
    whole = shares.sum() + rng.integers(0, 3)
    return [AtLeast(group == i, share / whole) for i, share in enumerate(shares) if share]


@settings(max_examples=50, deadline=None)
@given(budget=st.integers(1, 11), quotas=st.booleans(), tied=st.booleans(), seed=seeds)
def test_the_start_of_a_pick_is_the_pick_with_a_smaller_budget(
    budget: int, quotas: bool, tied: bool, seed: int
) -> None:
    matrix = matrix_of(sparse_weights(25, seed, 20, tied))
    favoured = disjoint_quotas(25, seed) if quotas else []
    whole = submodular_pick(matrix, 12, favoured)
    part = submodular_pick(matrix, budget, favoured)
    assert len(part.items) == min(budget, len(whole.items))
    assert_same_start(part, whole)


@settings(max_examples=200, deadline=None)
@given(n=st.integers(1, 30), seed=seeds)
def test_every_start_of_a_pick_has_what_its_quotas_ask_for(n: int, seed: int) -> None:
    matrix = matrix_of(untied_weights(n, seed))
    quotas = disjoint_quotas(n, seed)
    items = submodular_pick(matrix, n, quotas).items
    assert sorted(items.tolist()) == list(range(n))
    k = np.arange(1, n + 1)
    for quota in quotas:
        asked = np.floor(quota.share * k + 1e-9)
        assert (quota.members[items].cumsum() >= np.minimum(asked, quota.members.sum())).all()


@settings(max_examples=50, deadline=None)
@given(n_classes=st.integers(2, 5), seed=seeds)
def test_equal_shares_keep_classes_within_one_of_each_other(n_classes: int, seed: int) -> None:
    classes = np.random.default_rng(seed).permutation(np.repeat(np.arange(n_classes), 6))
    weights = untied_weights(len(classes), seed)
    weights[:, -len(classes) :] *= np.where(classes == 0, 1e6, 1)[
        :, None
    ]  # one class covers far more than the others
    quotas = [AtLeast(classes == c, 1 / n_classes) for c in range(n_classes)]
    items = submodular_pick(matrix_of(weights), len(classes), quotas).items
    counts = (classes[items][:, None] == np.arange(n_classes)).cumsum(axis=0)
    assert len(items) == len(classes)
    assert np.ptp(counts, axis=1).max() == 1
    assert classes[items[0]] == 0  # the order within each round is free


@settings(max_examples=50, deadline=None)
@given(seed=seeds)
def test_half_of_the_picks_wrong_goes_with_as_many_of_each_class(seed: int) -> None:
    kinds = np.random.default_rng(seed).permutation(np.repeat(np.arange(6), 6))
    wrong, classes = kinds % 2 == 0, kinds // 2
    quotas = [AtLeast(wrong, 0.5), *(AtLeast(classes == c, 1 / 3) for c in range(3))]
    items = submodular_pick(matrix_of(untied_weights(36, seed)), 12, quotas).items
    k = np.arange(1, 13)
    for quota in quotas:
        assert (quota.members[items].cumsum() >= np.floor(quota.share * k + 1e-9)).all()


def test_a_share_of_one_takes_members_first_and_then_the_best_of_the_others() -> None:
    weights = np.diag([9.0, 1, 8, 2, 7])
    members = np.array([False, True, False, True, False])
    found = submodular_pick(matrix_of(weights), 5, [AtLeast(members, 1)])
    assert found.items.tolist() == [3, 1, 0, 2, 4]


def test_a_quota_of_which_there_are_no_members_is_as_none() -> None:
    matrix = matrix_of(sparse_weights(20, 3))
    nobody = [AtLeast(np.zeros(20, dtype=bool), share) for share in (0.5, 1)]
    assert_same_start(submodular_pick(matrix, 20, nobody), submodular_pick(matrix, 20))


def test_a_share_is_met_where_its_product_is_rounded_down() -> None:
    members = np.arange(200) >= 150
    matrix = matrix_of(np.diag(np.linspace(2, 1, 200)))
    assert 0.29 * 100 < 29
    assert members[submodular_pick(matrix, 100, [AtLeast(members, 0.29)]).items].sum() == 29


def test_a_member_that_adds_nothing_is_picked_while_others_would_add_something() -> None:
    matrix = matrix_of([[4, 4, 0, 0], [0, 0, 1, 0], [4, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 1]])
    members = np.array([False, False, True, True, False])
    found = submodular_pick(matrix, 5, [AtLeast(members, 0.5)])
    assert found.items.tolist() == [0, 2, 1, 3, 4]
    np.testing.assert_allclose(found.gains, [8**0.5 + 2, 0, 1, 0, 1])
    assert [own.tolist() for own in found.adds] == [[0, 1], [], [2], [], [3]]
    # Where nobody adds anything any more, nobody is picked to fill a quota either.
    covered = submodular_pick(matrix_of([[1.0], [1.0]]), 2, [AtLeast(np.array([False, True]), 0.5)])
    assert covered.items.tolist() == [0]


def test_a_quota_or_a_budget_that_cannot_be_names_itself() -> None:
    matrix = matrix_of(np.eye(3))
    for share in (0, -0.1, 1.01, float("nan")):
        with pytest.raises(SettingsError, match=f"share is {share}"):
            AtLeast(np.ones(3, dtype=bool), share)
    with pytest.raises(SettingsError, match=r"2 members, .* each of the 3 items"):
        submodular_pick(matrix, 2, [AtLeast(np.ones(2, dtype=bool), 0.5)])
    with pytest.raises(SettingsError, match="budget is 0"):
        submodular_pick(matrix, 0)


@pytest.mark.parametrize(
    ("weights", "picked"),
    [
        (np.ones((5, 3)), [0]),  # identical items
        (np.zeros((5, 3)), []),
        (np.zeros((5, 0)), []),
        (np.zeros((0, 0)), []),
        ([[0.0, 0.2]], [0]),
        (np.diag([1.0, 3, 2]), [1, 2, 0]),
        ([[0, 1, 0], [1, 1, 1], [1, 0, 1]], [1]),
    ],
)
def test_a_pick_ends_when_all_is_covered(weights: Any, picked: list[int]) -> None:
    items = [
        (row, [(f"f{j}", weight) for j, weight in enumerate(own)])
        for row, own in enumerate(np.asarray(weights))
    ]
    for matrix in (ExplanationMatrix.of(items), matrix_of(weights)):
        found = submodular_pick(matrix, 9)
        assert found.items.tolist() == picked
        assert len(found.shares) == len(found.gains) == len(found.adds) == len(picked)
        assert found.total == matrix.coverage(range(len(matrix)))
        np.testing.assert_allclose(found.shares[-1:], 1)
        at_random = random_coverage(matrix, 9, 4, np.random.default_rng(0))
        assert at_random.shape == (4, len(matrix))
        np.testing.assert_allclose(at_random[:, -1:], 1)


def test_random_coverage_has_the_mean_of_all_subsets() -> None:
    matrix = matrix_of(sparse_weights(7, 2))
    drawn = random_coverage(matrix, 7, 8000, np.random.default_rng(0))
    for k in range(1, 8):
        every = [matrix.coverage(chosen) for chosen in combinations(range(7), k)]
        exact = np.array(every) / matrix.coverage(range(7))
        error = drawn[:, k - 1].mean() - exact.mean()
        assert abs(error) <= 4 * exact.std() / np.sqrt(8000) + 1e-12
    assert (np.diff(drawn, axis=1) >= 0).all()


def test_a_pick_covers_more_than_items_at_random() -> None:
    rng = np.random.default_rng(4)
    matrix = matrix_of(rng.gamma(1.0, size=(60, 150)) * (rng.random((60, 150)) < 0.05))
    shares = submodular_pick(matrix, 12).shares
    at_random = random_coverage(matrix, 12, 300, np.random.default_rng(0))
    assert at_random[:, 0].max() <= shares[0] + 1e-12  # one item: the pick is the best there is
    assert (at_random.max(axis=0) < shares)[1:].all()
    again = random_coverage(matrix, 12, 300, np.random.default_rng(0))
    np.testing.assert_array_equal(at_random, again)


def test_ten_thousand_items_do_not_need_a_dense_matrix() -> None:
    rng = np.random.default_rng(0)
    n, d = 10_000, 20_000
    columns = np.minimum(rng.zipf(1.3, (n, 10)), d) - 1
    sizes = rng.gamma(1.0, size=(n, 10))
    classes = rng.integers(0, 20, n)
    tracemalloc.start()
    try:
        matrix = ExplanationMatrix.of(
            (row, zip(map(str, own.tolist()), weights.tolist(), strict=True))
            for row, (own, weights) in enumerate(zip(columns, sizes, strict=True))
        )
        quotas = [AtLeast(classes == c, 0.05) for c in range(20)]
        found = submodular_pick(matrix, 50, quotas)
        at_random = random_coverage(matrix, 50, 20, rng)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 300e6
    assert np.bincount(classes[found.items[:40]]).tolist() == [2] * 20
    assert found.shares[-1] > at_random[:, -1].max()


# The package `lime` on texts. Each has words of its own, and a length of its own.

TEXTS = [
    "good plot and a fine cast that we like",
    "bad plot",
    "dull slow bad film of no worth at all for us",
    "fine music in a good film",
    "slow start yet fine end which we like",
    "awful cast with awful music",
    "superb",
    "no plot no cast no end",
]
VALUES = {
    "good": 0.9, "fine": 0.7, "like": 0.45, "superb": 1.3, "music": 0.2, "plot": 0.15,
    "bad": -1.0, "dull": -0.6, "slow": -0.5, "awful": -0.8, "no": -0.35, "worth": 0.1,
}  # fmt: skip


def probabilities(texts: Sequence[str]) -> FloatArray:
    score = [sum(VALUES.get(word, 0.0) for word in text.split()) for text in texts]
    p = 1 / (1 + np.exp(-np.array(score)))
    return np.column_stack([1 - p, p])


def package_pick(top_labels: int, n_picks: int) -> SubmodularPick:
    explainer = LimeTextExplainer(random_state=0)
    return SubmodularPick(
        explainer,
        TEXTS,
        probabilities,
        method="full",
        num_features=3,
        num_exps_desired=n_picks,
        top_labels=top_labels,
        num_samples=300,
    )


def of_predicted_classes(explanations: Sequence[Any]) -> ExplanationMatrix:
    return ExplanationMatrix.of(
        (row, one.as_list(label=int(one.predict_proba.argmax())))
        for row, one in enumerate(explanations)
    )


def test_with_one_label_the_package_picks_the_same() -> None:
    peer = package_pick(top_labels=1, n_picks=5)
    matrix = of_predicted_classes(peer.explanations)
    found = submodular_pick(matrix, 5)
    assert found.gains.min() > 0.01  # no ties, which it gives to the last
    assert found.items.tolist() == peer.V


def signed_sums(explanations: Sequence[Any], features: Sequence[str]) -> NDArray[np.float64]:
    """W as the package computes it."""
    sums = np.zeros((len(explanations), len(features)))
    for row, one in enumerate(explanations):
        for label in one.available_labels():
            for feature, weight in one.as_list(label):
                sums[row, features.index(feature)] += weight
    return sums


def test_with_both_labels_the_package_sees_nothing_and_we_the_same() -> None:
    """What speaks for one class of two speaks against the other: with their signs, they cancel.

    All its importances are 0 up to rounding, so that it picks by what rounding leaves. Ours takes
    each item's explanation of its predicted class.
    """
    peer = package_pick(top_labels=2, n_picks=3)
    matrix = of_predicted_classes(peer.explanations)
    weights = matrix.weights.toarray()
    assert np.abs(signed_sums(peer.explanations, matrix.features)).max() < 1e-12 * weights.max()
    found = submodular_pick(matrix, 3)
    assert found.items.tolist() == package_pick(top_labels=1, n_picks=3).V
    assert matrix.coverage(found.items) == pytest.approx(best_coverage(matrix, 3))
    assert matrix.coverage(peer.V) < 0.9 * matrix.coverage(found.items)
