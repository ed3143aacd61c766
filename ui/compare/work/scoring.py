"""How good two models' answers to the same items are, and how often they agree."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ui.compare.values import Apart, Estimated, Scoreboard, Scores

BINS = 10
DRAWS = 2000
LEAST_PROBABILITY = 1e-15  # a right answer held for impossible costs 34.5, not infinitely much
_BLOCK = 200  # draws at a time: with 2,000 items, 3 MB of counts
_SEED = 0

Floats = NDArray[np.float64]


def scoreboard(
    labels: ArrayLike, answers: ArrayLike, sure: ArrayLike, p_label: ArrayLike
) -> Scoreboard:
    """Accuracy, log loss, calibration and agreement with their 95% intervals.

    Shares have Wilson's interval. Log loss (natural logarithm, probabilities below
    `LEAST_PROBABILITY` raised to it) and the expected calibration error (`BINS` bins of equal
    width) have that of `DRAWS` bootstrap samples of the items, the same ones for both models and
    at every call; that of the calibration error is as long to the left as to the right. How far the
    models are apart has that of the differences in these samples, around the difference itself.

    Parameters
    ----------
    labels : (n,) of int
        The right answers; -1 where not known.
    answers : (n, 2) of int
        Those of each model.
    sure : (n, 2) of float
        Each model's probability of its own answer; NaN for one that gave none.
    p_label : (n, 2) of float
        Each model's probability of the right answer; anything where it is not known.

    Raises
    ------
    ValueError
        If the shapes differ from these.
    """
    right = np.asarray(labels, dtype=np.int64)
    said = np.asarray(answers, dtype=np.int64)
    own, of_label = np.asarray(sure, dtype=np.float64), np.asarray(p_label, dtype=np.float64)
    n = len(right)
    if right.shape != (n,) or any(a.shape != (n, 2) for a in (said, own, of_label)):
        raise ValueError("Give n labels, and n by 2 answers and probabilities.")
    agreement = share(int((said[:, 0] == said[:, 1]).sum()), n)
    known = right >= 0
    n_labelled = int(known.sum())
    if n_labelled == 0:
        return Scoreboard(n, 0, agreement, scores=None, only_right=None, p_value=None)
    from scipy.stats import binomtest  # takes a second: not for those who show what is scored

    hits = said[known] == right[known, None]
    (first, one), (second, other) = (
        _scores(hits[:, side], own[known, side], of_label[known, side]) for side in (0, 1)
    )
    apart = Apart(
        _about(first.accuracy.value - second.accuracy.value, one[0] - other[0]),
        _difference(first.log_loss, second.log_loss, one[1] - other[1]),
        _difference(first.calibration, second.calibration, one[2] - other[2]),
    )
    only = int((hits[:, 0] & ~hits[:, 1]).sum()), int((hits[:, 1] & ~hits[:, 0]).sum())
    p_value = float(binomtest(only[0], sum(only)).pvalue) if any(only) else 1.0
    return Scoreboard(n, n_labelled, agreement, (first, second), only, p_value, apart)


def _scores(
    hits: NDArray[np.bool_], sure: Floats, p_label: Floats
) -> tuple[Scores, tuple[Floats, Floats, Floats]]:
    """Those of one side, from (n,) arrays with n > 0; and the three of them in each sample."""
    n = len(hits)
    if np.isnan(sure).any():  # only its answers are known
        rates = np.concatenate([counts @ hits / n for counts in _resamples(n)])
        unknown = np.full(len(rates), np.nan)
        return Scores(share(int(hits.sum()), n), None, None, ()), (rates, unknown, unknown)
    losses = np.log(1 / np.clip(p_label, LEAST_PROBABILITY, 1.0))
    bins = np.clip((sure * BINS).astype(np.int64), 0, BINS - 1)
    in_bin = bins[:, None] == np.arange(BINS)
    # Too sure in a bin: the summed probability of its answers, less the number that is right.
    excess = in_bin * (sure - hits)[:, None]
    drawn = [
        (counts @ hits / n, counts @ losses / n, _calibration(counts @ excess, n))
        for counts in _resamples(n)
    ]
    rates, drawn_losses, drawn_errors = (np.concatenate(each) for each in zip(*drawn, strict=True))
    scores = Scores(
        accuracy=share(int(hits.sum()), n),
        log_loss=_between(float(losses.mean()), drawn_losses),
        calibration=_around(float(_calibration(excess.sum(axis=0), n)), drawn_errors),
        curve=tuple(
            (float(sure[b].mean()), float(hits[b].mean()), int(b.sum()))
            for b in in_bin.T
            if b.any()
        ),
    )
    return scores, (rates, drawn_losses, drawn_errors)


def _difference(
    first: Estimated | None, second: Estimated | None, drawn: Floats
) -> Estimated | None:
    """As `_about`, where both are known."""
    if first is None or second is None:
        return None
    return _about(first.value - second.value, drawn)


def _resamples(n: int) -> Iterator[Floats]:
    """How often each of n items is in each bootstrap sample, `_BLOCK` samples at a time."""
    rng = np.random.default_rng(_SEED)
    for _ in range(DRAWS // _BLOCK):
        drawn = rng.integers(n, size=(_BLOCK, n)) + n * np.arange(_BLOCK)[:, None]
        yield np.bincount(drawn.ravel(), minlength=_BLOCK * n).reshape(_BLOCK, n).astype(float)


def _calibration(excess: Floats, n: int) -> Floats:
    """Expected calibration errors from (..., BINS) sums over the items."""
    sums: Floats = np.abs(excess).sum(axis=-1)
    return sums / n


def share(count: int, n: int) -> Estimated:
    """`count` of `n` as a share, with Wilson's interval."""
    if n == 0:
        return Estimated(0.0, 0.0, 1.0)
    from scipy.stats import binomtest

    interval = binomtest(count, n).proportion_ci(method="wilson")
    return Estimated(count / n, float(interval.low), float(interval.high))


def _between(value: float, drawn: Floats) -> Estimated:
    """The percentiles; those of one item differ from the value by rounding only."""
    low, high = np.quantile(drawn, (0.025, 0.975))
    return Estimated(value, min(value, float(low)), max(value, float(high)))


def _around(value: float, drawn: Floats) -> Estimated:
    """The upper percentile, and as far below the value.

    The noise of drawing items again adds to every calibration error: the lower percentile is too
    high, and would be above zero for all models, also for those without such an error.
    """
    high = _between(value, drawn).high
    return Estimated(value, max(0.0, 2 * value - high), high)


def _about(value: float, drawn: Floats) -> Estimated:
    """The percentiles, moved so that the samples' mean is the value.

    What drawing items again adds to a calibration error is then added to neither model.
    """
    return _between(value, drawn - drawn.mean() + value)
