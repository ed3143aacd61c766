"""Plain sentences about two models on the same items; pure functions, no markup."""

from collections.abc import Sequence

from lime_engine.overlap import Overlap
from ui.compare.values import Answered, Compared, Scoreboard
from ui.shell.wording import Nouns, duration, percent

LIKELY = 0.05  # a p-value above it may well be chance
REASONS = {
    "same": "same reasons",
    "different": "different reasons",
    "unclear": "too unsteady to tell",
}
IN_COMMON_HELP = (
    "What they have in common is the share of their strongest reasons that both name, or how alike "
    "the weights of these are, whichever is less. One that speaks for the answer in one model and "
    "against it in the other is not shared. It is held against how well each model's own reasons "
    "repeat with other copies: 100% is as alike as two runs of one and the same model."
)
UNCLEAR_HELP = (
    "With other copies of this item the reasons would come out so differently, or count for so "
    "little, that it cannot be told whether the models differ or only the copies do."
)


def headline(answered: Answered, compared: Compared | None, noun: Nouns) -> str:
    """On how many items they give the same answer; once known, on how many for other reasons."""
    n, n_same = len(answered.items), sum(item.is_alike for item in answered.items)
    if n == 1:
        said = (
            f"On this {noun.item} they give {'the same answer' if n_same else 'different answers'}"
        )
    elif n_same == n:
        said = f"They give the same answer on all {n:,} {noun.item}s"
    else:
        said = f"They give the same answer on {n_same:,} of {n:,} {noun.item}s"
    return f"{said}{_reasons(answered, compared, n_same)}."


def takes_long(n: int, seconds: float, noun: Nouns) -> str:
    """How long it takes to ask models of which one is slow about these items."""
    items = f"{n:,} {noun.item}{'' if n == 1 else 's'}"
    return f"One of these models is slow: to ask both about {items} takes {duration(seconds)}."


def not_all(n: int, n_there: int, noun: Nouns) -> str:
    """Why not every item there is counts."""
    return (
        f"Both models were asked about {n:,} of the {n_there:,} {noun.item}s, drawn at random: "
        "all of them would take too long. The numbers below are of these."
    )


def _reasons(answered: Answered, compared: Compared | None, n_same: int) -> str:
    """What to add on the reasons: "; on 31 of these for different reasons"."""
    told = list(overlaps_of(answered, compared).values())
    if not told:
        return ""
    n = sum(overlap.state == "different" for overlap in told)
    if n_same == 1:
        return {"different": ", for different reasons", "same": ", for the same reasons"}.get(
            told[0].state, ""
        )
    on = f"on {'all' if n == len(told) else f'{n:,}' if n else 'none'}"
    if len(told) < n_same:
        return f"; of the {len(told):,} of these that are explained, {on} for different reasons"
    return f"; {on} of these for different reasons"


def overlaps_of(answered: Answered, compared: Compared | None) -> dict[int, Overlap]:
    """How alike the reasons are, by row, where both give the same answer.

    Reasons for different answers are not the same, however alike the models are.
    """
    alike = {item.row for item in answered.items if item.is_alike}
    found = () if compared is None else compared.overlaps
    return {each.row: each.overlap for each in found if each.row in alike}


def in_common(overlap: Overlap) -> float | None:
    """The share of their reasons that both have, 0 to 1, as `IN_COMMON_HELP` says."""
    return None if overlap.least is None else max(0.0, overlap.least)


def told_in_common(overlap: Overlap) -> float | None:
    """The same, as far as it is told: not where it is unclear."""
    return None if overlap.state == "unclear" else in_common(overlap)


def how_alike(overlap: Overlap) -> tuple[str, str]:
    """("Different reasons", "16% in common"); nothing in common is told where that is unclear."""
    share = told_in_common(overlap)
    common = "" if share is None else f"{percent(share)} in common"
    return REASONS[overlap.state].capitalize(), common


def only_one_right(board: Scoreboard, names: tuple[str, str], noun: Nouns) -> str:
    """McNemar's test in a sentence; empty without labels."""
    if board.only_right is None or board.p_value is None:
        return ""
    n, most = sum(board.only_right), max(board.only_right)
    if n == 0:
        return f"There is no {noun.item} on which only one of them is right."
    ahead = names[board.only_right.index(most)]
    if n == 1:
        one = f"The one {noun.item} on which only one is right goes to {ahead}"
        return f"{one}: that may be chance."
    of = f"Of the {n:,} {noun.item}s on which only one is right,"
    if 2 * most == n:
        return f"{of} {most:,} go to each."
    chance = "that may be chance" if board.p_value > LIKELY else "that is hardly chance"
    return f"{of} {_count(most, n)} to {ahead}: {chance} ({p_value(board.p_value)})."


def _count(most: int, n: int) -> str:
    if most < n:
        return f"{most:,} {'goes' if most == 1 else 'go'}"
    return "both go" if n == 2 else f"all {n:,} go"


def p_value(p: float) -> str:
    """A p-value with two digits that count: "p = .29", "p = .031", "p < .001"."""
    if p < 0.001:
        return "p < .001"
    if p > 0.995:
        return "p = 1"
    digits = 2 if p >= 0.095 else 3
    return f"p = {p:.{digits}f}".replace("0.", ".")


def cell_name(cell: tuple[int, int], answers: tuple[str, ...], names: tuple[str, str]) -> str:
    """A cell of the matrix: "Model A says urgent, Model B says routine"."""
    first, second = (answers[answer] for answer in cell)
    return f"{names[0]} says {first}, {names[1]} says {second}"


def no_reasons(only_scored: Sequence[str]) -> str:
    """Why there is nothing to say on the reasons of models that cannot be asked."""
    who = " and ".join(f"“{name}”" for name in only_scored)
    each = "its" if len(only_scored) == 1 else "their"
    them = "the model: it" if len(only_scored) == 1 else "the models: they"
    return f"{who}: {each} answers were brought, not {them} can be scored, not explained."


def says(answer: str, sure: float | None) -> str:
    """An answer, and how sure the model is of it if it said so: "urgent, 87%"."""
    return answer if sure is None else f"{answer}, {percent(sure)}"


def order_names(
    names: tuple[str, str],
    *,
    has_overlaps: bool,
    has_labels: bool,
    are_sure: tuple[bool, bool] = (True, True),
) -> dict[str, str]:
    """The orders that a list can have now, as they are called.

    Where there are no overlaps to go by, theirs is the next one, that of the distances. A name
    always stands for one order: a browser that tells it late means that one.
    """
    found = {"overlap": "least alike reasons first"} if has_overlaps else {}
    found["distance"] = "probabilities furthest apart first"
    if has_labels:
        found["label"] = "by label"
    surest = zip(("sure-1", "sure-2"), names, are_sure, strict=True)
    return found | {order: f"{name} surest first" for order, name, is_sure in surest if is_sure}


def nothing_listed(
    show: str, is_narrowed: bool, noun: Nouns, answered: Answered, n_told: int
) -> str:
    """What an empty list says; the reasons for `n_told` same answers are known."""
    if is_narrowed:
        return f"No {noun.item} here is both: take the filter away to see the others."
    if show == "answers":
        every = "this" if len(answered.items) == 1 else "every"
        return f"They give the same answer on {every} {noun.item}."
    n_same = sum(item.is_alike for item in answered.items)
    if not n_same:
        return f"There is no {noun.item} on which they give the same answer."
    if not n_told:
        return f"Of the {noun.item}s on which they give the same answer, none is explained."
    explained = "" if n_told == n_same else "explained "
    among = f"{n_told:,} {explained}{noun.item}s" if n_told > 1 else f"one {explained}{noun.item}"
    return (
        f"No differences worth your time were found among the {among} on which they give the "
        "same answer."
    )
