"""Which of two models is better, by how much, and what mistakes cost; plain words, no markup."""

from ui.compare.costs import Cost, Costs
from ui.compare.values import Estimated, Scoreboard
from ui.compare.wording import LIKELY
from ui.figures.palette import counted
from ui.shell.wording import percent, points

Names = tuple[str, str]
_SEEN = 0.0005  # of a probability: less would be written as 0.0 points


def better_calibrated(board: Scoreboard) -> int | None:
    """The side whose probabilities are clearly closer to how often it is right."""
    return None if board.apart is None else _lower(board.apart.calibration)


def _lower(apart: Estimated | None) -> int | None:
    """The side with less, if chance alone would not make such a difference."""
    if apart is None:
        return None
    return 0 if apart.high < 0 else 1 if apart.low > 0 else None


def decision(board: Scoreboard, names: Names) -> str:
    """Which is better and by how much, or what is alike; empty without labels."""
    if board.scores is None or board.apart is None or board.p_value is None:
        return ""
    calibrated = better_calibrated(board)
    rates = " and ".join(percent(scores.accuracy.value) for scores in board.scores)
    if board.p_value <= LIKELY:
        accuracy = board.apart.accuracy.value
        ahead = names[0 if accuracy > 0 else 1]
        more = f"right more often, by {points(accuracy)}"
        if calibrated is None:
            return f"{ahead} is {more}."
        if names[calibrated] == ahead:
            return f"{ahead} is better: {more}, and how sure it is can be believed more."
        return f"{ahead} is {more}; but {sureness(board, names)}."
    if calibrated is not None:
        return f"Neither is clearly right more often ({rates}), but {sureness(board, names)}."
    less = _lower(board.apart.log_loss)
    losses = [scores.log_loss.value for scores in board.scores if scores.log_loss is not None]
    if less is not None:
        return (
            f"Neither is clearly right more often ({rates}), but the mistakes of {names[less]} "
            f"cost less: log loss {losses[less]:.2f}, not {losses[1 - less]:.2f}."
        )
    alike = ", and alike in how sure they are" if len(losses) == 2 else ""
    return f"Neither is clearly better: right answers {rates}{alike}."


def sureness(board: Scoreboard, names: Names) -> str:
    """Whose probabilities can be believed more, where that is clear; else empty."""
    side = better_calibrated(board)
    if side is None or board.scores is None:
        return ""
    off, worse = (board.scores[each].calibration for each in (side, 1 - side))
    if off is None or worse is None:
        return ""
    return (
        f"how sure {names[side]} is can be believed more: off by {points(off.value)}, "
        f"not {points(worse.value)}"
    )


def differences(board: Scoreboard) -> str:
    """How far apart accuracy and calibration are, with their intervals; empty without labels."""
    if board.apart is None:
        return ""
    right, off = board.apart.accuracy, board.apart.calibration
    if not _is_none(right):
        more = "" if off is None else ", calibration errors "
        more += "" if off is None else "the same" if _is_none(off) else _apart(off)
        return f"Right answers are {_apart(right)} apart{more}."
    most = max(abs(right.low), abs(right.high))
    about = f", give or take {points(most)}" if most >= _SEEN else ""
    more = "" if off is None or _is_none(off) else f"; calibration errors are {_apart(off)} apart"
    return f"Both are right equally often{about}{more}."


def _is_none(apart: Estimated) -> bool:
    return abs(apart.value) < 1e-9  # what is left of a sum is no difference


def _apart(apart: Estimated) -> str:
    """A difference in points with its interval, whichever side it is of."""
    ends = sorted(abs(end) for end in (apart.low, apart.high))
    low, high = (0.0 if apart.low <= 0 <= apart.high else ends[0]), ends[1]
    least = "0" if low == 0 else _number(low)
    unit = "points" if abs(apart.value) < _SEEN else points(apart.value).split(" ")[1]
    return f"{_number(apart.value)} {unit} ({least} to {_number(high)})"


def _number(difference: float) -> str:
    """Of points, without the word; none is called 0.0 that is not."""
    return "under 0.1" if abs(difference) < _SEEN else points(difference).split(" ")[0]


def cheaper(costs: Costs, names: Names) -> str:
    """Which of the two costs less, and by how much."""
    first, second = (side.cost for side in costs.sides)
    if first == second:
        return f"Both cost the same: {first:,}."
    side = 0 if first < second else 1
    low, high = sorted(abs(end) for end in (costs.apart.low, costs.apart.high))
    is_clear = not costs.apart.low <= 0 <= costs.apart.high
    less, more = sorted((first, second))
    tail = f"{more - less:,} less, {low:,.0f} to {high:,.0f}" if is_clear else "that may be chance"
    return f"{names[side]} costs less: {less:,} against {more:,} ({tail})."


def mistakes(cost: Cost, name: str) -> str:
    """What the cost is made of: "Called “urgent” from 42% on: 2 missed, 20 false alarms."."""
    if cost.threshold > 1:
        start = f"Never called “{name}”"
    else:
        start = f"Called “{name}” from {percent(cost.threshold)} on"
    return f"{start}: {cost.missed:,} missed, {counted(cost.false_alarms, 'false alarm')}."


def would_change(cost: Cost, name: str) -> str:
    """What the threshold changes against the model's own answers."""
    changes = []
    for n, right, which in (
        (cost.more, cost.more_right, "more"),
        (cost.fewer, cost.fewer_right, "fewer"),
    ):
        if n:
            of = f"of which {right:,} {'is' if right == 1 else 'are'}"
            changes.append(f"{n:,} {which} would be called “{name}”, {of}")
    if not changes:
        return f"That is what it answers now; its cost stays {cost.before:,}."
    return f"{'; '.join(changes)}. Its own answers cost {cost.before:,}."


def if_true(cost: Cost, costs: Costs) -> str:
    """What it costs to take the model's sureness at its word."""
    return (
        f"Taken at its word it should start at {percent(costs.if_true)}, and would cost "
        f"{cost.if_true:,}."
    )
