"""What is said of which of two models is better: every way in which the numbers may lie."""

from dataclasses import replace

import pytest

from ui.compare import decision_wording as told
from ui.compare.values import Apart, Estimated, Scoreboard, Scores

NAMES = ("Model A", "Model B")
AGREEMENT = Estimated(0.9, 0.8, 0.95)


def board(
    accuracy: tuple[float, float, float],
    calibration: tuple[float, float, float],
    *,
    p_value: float,
    log_loss: tuple[float, float, float] = (0.0, -0.1, 0.1),
) -> Scoreboard:
    """Of scores that are so far apart, with these intervals; those of side 1 are 80%, 9 points."""
    one, two = (
        Scores(
            Estimated(share, share - 0.05, share + 0.05),
            Estimated(loss, loss, loss),
            Estimated(off, off, off),
            (),
        )
        for share, loss, off in (
            (0.8 + accuracy[0], 0.5 + log_loss[0], 0.09 + calibration[0]),
            (0.8, 0.5, 0.09),
        )
    )
    apart = Apart(Estimated(*accuracy), Estimated(*log_loss), Estimated(*calibration))
    return Scoreboard(100, 100, AGREEMENT, (one, two), (3, 4), p_value, apart)


BETTER, ALIKE = (0.05, 0.01, 0.09), (0.01, -0.03, 0.05)
TRUER, LESS_TRUE = (-0.05, -0.08, -0.02), (0.18, 0.14, 0.21)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (
            board(BETTER, ALIKE, p_value=0.01),
            "Model A is right more often, by 5.0 points.",
        ),
        (
            board(BETTER, TRUER, p_value=0.01),
            "Model A is better: right more often, by 5.0 points, and how sure it is can be "
            "believed more.",
        ),
        (
            board(BETTER, LESS_TRUE, p_value=0.01),
            "Model A is right more often, by 5.0 points; but how sure Model B is can be believed "
            "more: off by 9.0 points, not 27 points.",
        ),
        (
            board((-0.05, -0.09, -0.01), LESS_TRUE, p_value=0.01),
            "Model B is better: right more often, by 5.0 points, and how sure it is can be "
            "believed more.",
        ),
        (
            board(ALIKE, LESS_TRUE, p_value=0.4),
            "Neither is clearly right more often (81% and 80%), but how sure Model B is can be "
            "believed more: off by 9.0 points, not 27 points.",
        ),
        (
            board(ALIKE, ALIKE, p_value=0.4, log_loss=(-0.2, -0.3, -0.1)),
            "Neither is clearly right more often (81% and 80%), but the mistakes of Model A cost "
            "less: log loss 0.30, not 0.50.",
        ),
        (
            board(ALIKE, ALIKE, p_value=0.4),
            "Neither is clearly better: right answers 81% and 80%, and alike in how sure they are.",
        ),
    ],
)
def test_which_is_better_and_by_how_much(found: Scoreboard, words: str) -> None:
    assert told.decision(found, NAMES) == words


def test_how_far_they_are_apart() -> None:
    assert told.differences(board(BETTER, LESS_TRUE, p_value=0.01)) == (
        "Right answers are 5.0 points (1.0 to 9.0) apart, calibration errors 18 points (14 to 21)."
    )
    assert told.differences(board(ALIKE, (-0.02, -0.05, -0.0001), p_value=0.4)) == (
        "Right answers are 1.0 point (0 to 5.0) apart, calibration errors 2.0 points "
        "(under 0.1 to 5.0)."
    )


@pytest.mark.parametrize(
    ("accuracy", "calibration", "words"),
    [
        ((0.0, 0.0, 0.0), (0.0, 0.0, 0.0), "Both are right equally often."),
        ((1e-17, -0.02, 0.03), (0.0, 0.0, 0.0), "Both are right equally often, give or take 3.0 "
         "points."),
        ((0.0, 0.0, 0.0), LESS_TRUE, "Both are right equally often; calibration errors are 18 "
         "points (14 to 21) apart."),
        (ALIKE, (0.0, -0.01, 0.01), "Right answers are 1.0 point (0 to 5.0) apart, calibration "
         "errors the same."),
        ((0.0002, -0.0001, 0.0004), ALIKE, "Right answers are under 0.1 points (0 to under 0.1) "
         "apart, calibration errors 1.0 point (0 to 5.0)."),
    ],
)  # fmt: skip
def test_what_is_no_difference_is_not_called_one(
    accuracy: tuple[float, float, float], calibration: tuple[float, float, float], words: str
) -> None:
    assert told.differences(board(accuracy, calibration, p_value=1.0)) == words


def test_without_labels_nothing_is_decided() -> None:
    none = Scoreboard(9, 0, AGREEMENT, None, None, None)
    assert (told.decision(none, NAMES), told.differences(none)) == ("", "")
    assert told.better_calibrated(none) is None
    same = board(ALIKE, LESS_TRUE, p_value=0.4)
    assert told.decision(replace(same, apart=None), NAMES) == ""
