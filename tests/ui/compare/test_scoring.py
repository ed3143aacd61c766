"""Scores against hand-worked numbers, scikit-learn and scipy."""

import json
from dataclasses import asdict, astuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn.calibration import calibration_curve
from sklearn.metrics import accuracy_score, log_loss

from ui.compare.values import Estimated, Scoreboard
from ui.compare.work.scoring import scoreboard


def two_models(n, seed=0, classes=2, unknown=0):
    """Labels and what two models with random probabilities answer, as `scoreboard` takes them."""
    rng = np.random.default_rng(seed)
    p = rng.dirichlet(np.ones(classes), size=(n, 2))
    labels = rng.integers(classes, size=n)
    p_label = p[np.arange(n), :, labels]
    labels[:unknown], p_label[:unknown] = -1, np.nan
    return p, (labels, p.argmax(axis=2), p.max(axis=2), p_label)


def test_accuracy_and_log_loss_are_those_of_scikit_learn():
    p, given_ = two_models(300, classes=4)
    labels, answers = given_[:2]
    board = scoreboard(*given_)
    for side in (0, 1):
        scores = board.scores[side]
        assert scores.accuracy.value == accuracy_score(labels, answers[:, side])
        expected = log_loss(labels, p[:, side], labels=range(4))
        assert scores.log_loss.value == pytest.approx(expected)
    assert board.agreement.value == accuracy_score(answers[:, 0], answers[:, 1])


def test_the_curve_is_that_of_scikit_learn_and_calibration_is_its_weighted_gap():
    _, given_ = two_models(400, seed=1)
    labels, answers, sure, _ = given_
    board = scoreboard(*given_)
    for side in (0, 1):
        hits = answers[:, side] == labels
        right, said = calibration_curve(hits, sure[:, side], n_bins=10)
        curve = np.array(board.scores[side].curve)
        np.testing.assert_allclose(curve[:, 0], said)
        np.testing.assert_allclose(curve[:, 1], right)
        assert curve[:, 2].sum() == 400
        gap = np.abs(said - right) @ curve[:, 2] / 400
        assert board.scores[side].calibration.value == pytest.approx(gap)


def test_calibration_and_mcnemar_by_hand():
    # Both are 80% sure of all six answers. The first has 1 right, the second 5, none in common.
    labels = [0] * 6
    answers = [[0, 1], *[[1, 0]] * 5]
    board = scoreboard(labels, answers, np.full((6, 2), 0.8), np.full((6, 2), 0.5))
    first, second = board.scores
    assert first.calibration.value == pytest.approx(0.8 - 1 / 6)
    assert second.calibration.value == pytest.approx(5 / 6 - 0.8)
    assert first.curve == ((pytest.approx(0.8), pytest.approx(1 / 6), 6),)
    assert board.only_right == (1, 5)
    assert board.p_value == pytest.approx(2 * (1 + 6) / 2**6)
    assert first.log_loss.value == pytest.approx(np.log(2))
    assert board.agreement.value == 0


def test_shares_have_wilsons_interval():
    # Five of ten: 1/2 ± 0.2634, worked out from Wilson's formula.
    half = np.array([[0, 0]] * 5 + [[0, 1]] * 5)
    agreement = scoreboard([0] * 10, half, half + 0.5, half + 0.5).agreement
    assert astuple(agreement) == pytest.approx((0.5, 0.2366, 0.7634), abs=1e-4)


def test_a_right_answer_held_for_impossible_costs_much_but_not_everything():
    board = scoreboard([0], [[1, 0]], [[1.0, 1.0]], [[0.0, 1.0]])
    assert board.scores[0].log_loss.value == pytest.approx(15 * np.log(10))
    assert board.scores[1].log_loss.value == 0


def test_the_bootstrap_interval_of_the_log_loss_is_that_of_scipy():
    _, given_ = two_models(150, seed=2)
    ours = scoreboard(*given_).scores[0].log_loss
    losses = -np.log(given_[3][:, 0])
    peer = stats.bootstrap(
        (losses,), np.mean, n_resamples=2000, method="percentile", rng=np.random.default_rng(7)
    ).confidence_interval
    assert ours.low == pytest.approx(peer.low, rel=0.05)
    assert ours.high == pytest.approx(peer.high, rel=0.05)


def test_a_calibrated_model_is_mostly_not_called_miscalibrated():
    rng = np.random.default_rng(3)
    near_zero = 0
    for _ in range(20):
        sure = rng.uniform(0.5, 1, size=(200, 2))
        hits = rng.random((200, 2)) < sure
        p_label = np.where(hits, sure, 1 - sure)
        board = scoreboard([0] * 200, np.where(hits, 0, 1), sure, p_label)
        near_zero += sum(scores.calibration.low < 0.01 for scores in board.scores)
    assert near_zero >= 25  # of 40; with plain percentiles it is none


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 99))
@settings(max_examples=25, deadline=None)
def test_swapping_the_sides_swaps_everything(n, unknown, seed):
    _, (labels, *sides) = two_models(n, seed, unknown=unknown)
    board = scoreboard(labels, *sides)
    swapped = scoreboard(labels, *(each[:, ::-1] for each in sides))
    assert swapped.agreement == board.agreement
    assert swapped.p_value == board.p_value
    if board.scores is None:
        assert (board.n_labelled, swapped.scores) == (0, None)
        return
    assert swapped.scores == board.scores[::-1]
    assert swapped.only_right == board.only_right[::-1]
    for scores in board.scores:
        for each in (scores.accuracy, scores.log_loss, scores.calibration):
            assert 0 <= each.low <= each.value <= each.high


def test_items_without_label_count_only_for_the_agreement():
    _, given_ = two_models(60, seed=4, unknown=20)
    board = scoreboard(*given_)
    labelled = scoreboard(*(each[20:] for each in given_))
    assert (board.n, board.n_labelled) == (60, 40)
    assert board.scores == labelled.scores
    assert (board.only_right, board.p_value) == (labelled.only_right, labelled.p_value)
    assert board.agreement.value == np.mean(given_[1][:, 0] == given_[1][:, 1])


def test_without_labels_or_items_there_is_the_agreement_only():
    nothing = np.empty((0, 2))
    board = scoreboard([], nothing, nothing, nothing)
    assert board == Scoreboard(0, 0, Estimated(0.0, 0.0, 1.0), None, None, None)
    _, given_ = two_models(9, unknown=9)
    board = scoreboard(*given_)
    assert (board.n, board.n_labelled, board.scores, board.p_value) == (9, 0, None, None)


def test_one_item_on_which_both_are_right():
    board = scoreboard([1], [[1, 1]], [[0.9, 0.6]], [[0.9, 0.6]])
    assert (board.only_right, board.p_value) == ((0, 0), 1.0)
    assert astuple(board.scores[0].log_loss) == pytest.approx((-np.log(0.9),) * 3)
    assert board.scores[1].calibration.value == pytest.approx(0.4)


def test_a_scoreboard_survives_json():
    board = scoreboard(*two_models(30, unknown=5)[1])
    assert Scoreboard.from_dict(json.loads(json.dumps(asdict(board), allow_nan=False))) == board


def test_shapes_that_do_not_fit():
    with pytest.raises(ValueError, match="n by 2"):
        scoreboard([0, 1], [[0, 1]], [[0.5, 0.5]], [[0.5, 0.5]])


def test_how_far_the_models_are_apart_has_the_interval_of_the_same_samples():
    _, given_ = two_models(200, seed=5)
    labels, answers, _, p_label = given_
    board = scoreboard(*given_)
    first, second = board.scores
    for name in ("accuracy", "log_loss", "calibration"):
        apart = getattr(board.apart, name)
        assert apart.value == getattr(first, name).value - getattr(second, name).value
        assert apart.low <= apart.value <= apart.high
    hits = answers == labels[:, None]
    for ours, each in (
        (board.apart.accuracy, hits[:, 0] * 1.0 - hits[:, 1]),
        (board.apart.log_loss, np.log(p_label[:, 1]) - np.log(p_label[:, 0])),
    ):
        peer = stats.bootstrap(
            (each,), np.mean, n_resamples=2000, method="percentile", rng=np.random.default_rng(7)
        ).confidence_interval
        assert ours.value == pytest.approx(each.mean())
        reach = peer.high - peer.low
        assert ours.low == pytest.approx(peer.low, abs=0.1 * reach)
        assert ours.high == pytest.approx(peer.high, abs=0.1 * reach)


def says_what_it_is_sure_of(n, excess, seed):
    """Two models, right equally often by chance; each too sure by its `excess`."""
    rng = np.random.default_rng(seed)
    chance = rng.uniform(0.5, 0.7, size=(n, 2))
    hits = rng.random((n, 2)) < chance
    sure = chance + np.asarray(excess)
    return scoreboard([0] * n, np.where(hits, 0, 1), sure, np.where(hits, sure, 1 - sure))


def test_which_is_better_calibrated_is_told_from_chance():
    alike = [says_what_it_is_sure_of(200, (0.1, 0.1), seed) for seed in range(40)]
    covered = sum(b.apart.calibration.low <= 0 <= b.apart.calibration.high for b in alike)
    assert covered >= 35  # of 40; 95 of 100 in the long run
    apart = [says_what_it_is_sure_of(1000, (0.27, 0.09), seed) for seed in range(10)]
    assert all(b.apart.calibration.low > 0 for b in apart)
    covered = sum(b.apart.calibration.low <= 0.18 <= b.apart.calibration.high for b in apart)
    assert covered >= 8
