"""Results in words: what measures are called, and a sentence for each."""

from dataclasses import dataclass
from math import isnan

import pandas as pd

from trust_study import numbers
from trust_study.scoring.rates import P_VALUES_FROM, wilson
from trust_study.scoring.resampling import MIN_PEOPLE
from trust_study.summary import SECONDARY_LAST, Summary

TOO_FEW = "too few to say"
SURE = 0.05  # a p-value above it tells no difference
ARM_NAMES = {"answer": "answer only", "lime": "LIME", "placebo": "shuffled weights"}


@dataclass(frozen=True, slots=True)
class Name:
    """What a measure is called, what it means, and how its values are written.

    Parameters
    ----------
    is_share
        Whether the values are written in percent.
    low, high
        The values that a chart reaches at least.
    """

    name: str
    meaning: str
    is_share: bool = True
    low: float = 0.0
    high: float = 1.0


NAMES = {
    "discernment": Name(
        "Telling right from wrong (d')",
        "how much more people follow the model where it is right than where it is wrong; 0: not "
        "at all",
        False,
        -1.0,
        3.0,
    ),
    "bias": Name(
        "Bias (c)",
        "below 0 people tend to follow, above 0 to refuse, right or wrong",
        False,
        -1.5,
        1.5,
    ),
    "over_reliance": Name("Over-reliance", "followed the model where it was wrong"),
    "under_reliance": Name("Under-reliance", "did not follow it where it was right"),
    "rair": Name(
        "Reliance on the model (RAIR)",
        "of own wrong answers beside a right one of the model: turned right",
    ),
    "rsr": Name(
        "Reliance on oneself (RSR)",
        "of own right answers beside a wrong one of the model: kept",
    ),
    "switch": Name("Switched", "of answers that differed from the model's: changed to it"),
    "agreement": Name("Followed", "final answers that are the model's"),
    "brier": Name("Brier score", "error of the final confidence; 0 is best", False),
    "own_brier": Name(
        "Brier score before", "error of the confidence in the own answer; 0 is best", False
    ),
    "trust_f1": Name("Trust F1", "trust against what was right", False),
    "trust_everything_f1": Name(
        "F1 of trusting everything", "what blind trust would have had", False
    ),
    "trust_mcc": Name("Trust MCC", "the same as a correlation; 0: like a coin", False, -1.0),
    "simulation": Name("Guessed the model", "guesses of its answer on other items that were right"),
    "flaw_found": Name("Flaw found", "of items with the flaw: some of it was marked"),
    "false_alarms": Name("False alarms", "of items without the flaw: something was marked"),
    "overlap_flaw": Name("Marks and flaw", "how far the marks are the flaw (Jaccard)", False),
    "overlap_explanation": Name(
        "Marks and explanation", "how far the marks are what was shown (Jaccard)", False
    ),
    "satisfaction": Name(
        "Satisfaction (secondary)",
        "mean rating, 1 to 5; ratings do not tell whether explanations are of use",
        False,
        1.0,
        5.0,
    ),
}


def number(measure: str, value: float) -> str:
    """A value as it is written."""
    return percent(value) if NAMES[measure].is_share else numbers.number(value)


def percent(value: float) -> str:
    """A share as it is written."""
    return f"{numbers.number(100 * value, 0)}%"


def interval(low: float, high: float) -> str:
    """The ends of the interval of a share."""
    return f"[{percent(low)} to {percent(high)}]"


def share(value: float, low: float, high: float) -> str:
    """A share with its interval, or that there are too few to say."""
    return TOO_FEW if isnan(low) else f"{percent(value)} {interval(low, high)}"


def short(row: pd.Series) -> str:
    """The same as `estimate`, without the numbers of who is too few."""
    return TOO_FEW if isnan(row["value"]) else estimate(row)


def estimate(row: pd.Series) -> str:
    """A value with its interval, or that there are too few to say."""
    if isnan(row["value"]):
        people = numbers.counted(row["people"], "person", "people")
        return f"{TOO_FEW} ({people}, {numbers.counted(row['cases'], 'that counts', 'that count')})"
    value, low, high = (number(row["measure"], row[end]) for end in ("value", "low", "high"))
    return f"{value} [{low} to {high}]"


def rows_of(found: Summary, measure: str) -> pd.DataFrame:
    """The rows of a measure, an arm each."""
    return found.scores[found.scores["measure"] == measure].reset_index(drop=True)


def measures(found: Summary) -> list[str]:
    """The measures that were taken: the primary one first, satisfaction last."""
    return [*dict.fromkeys(found.scores["measure"])]


def secondary(found: Summary) -> list[str]:
    """All but the primary one, and without satisfaction."""
    return [each for each in measures(found) if each not in (found.primary, SECONDARY_LAST)]


def sentence(found: Summary, measure: str) -> str:
    """A measure in words, arm by arm."""
    rows = rows_of(found, measure)
    arms = "; ".join(f"{ARM_NAMES[row['arm']]} {estimate(row)}" for _, row in rows.iterrows())
    return f"{NAMES[measure].name}, {NAMES[measure].meaning}: {arms}."


def counted(found: Summary) -> str:
    """Who is counted, and who is not."""
    who = found.counted
    if found.is_rehearsal:
        simulated = numbers.counted(who.scored, "simulated person", "simulated people")
        return f"REHEARSAL: the answers of {simulated}. Nothing here says anything of people."
    return (
        f"{numbers.counted(who.joined, 'person has', 'people have')} joined: {who.finished} "
        f"finished, {numbers.counted(who.incomplete, 'has', 'have')} not (what they answered "
        f"counts), {who.withdrawn} withdrew (their answers are deleted). "
        f"{who.rehearsal} simulated in rehearsals, not counted."
    )


def choice(found: Summary) -> str:
    """The choice between two models; empty if it was not asked for."""
    said = found.choice.get("")
    if said is None:
        return ""
    if not said.people:
        return "Nobody has chosen between the models before and after yet."
    if said.people < MIN_PEOPLE:
        return f"The choice between two models: {TOO_FEW} ({said.people} chose both times)."
    before, after = (interval(*each) for each in said.intervals)
    tested = ""
    if said.p_value is not None and found.choice_corrected is not None:
        tested = f"; exact McNemar {_p(said.p_value)}, corrected {_p(found.choice_corrected)}"
    return (
        f"The better model was chosen by {said.before} of {said.people} before {before} and by "
        f"{said.after} after {after}: {said.gained} changed to it, {said.lost} away from it"
        f"{tested}."
    )


def attention(found: Summary) -> str:
    """The attention check; empty if nobody was asked."""
    passed, asked = found.attention
    if not asked:
        return ""
    return f"{passed} of {asked} passed the attention check {interval(*wilson(passed, asked))}."


def compared(found: Summary, measure: str) -> pd.DataFrame:
    """The differences between arms in a measure, a row a pair."""
    rows = found.differences
    return rows[rows["measure"] == measure].reset_index(drop=True)


def difference(row: pd.Series) -> str:
    """A difference with its interval, or that there are too few to say."""
    if isnan(row["value"]):
        return TOO_FEW
    is_share = NAMES[row["measure"]].is_share
    value, low, high = (
        numbers.number(
            100 * row[end] if is_share else row[end], 0 if is_share else 2, is_signed=True
        )
        for end in ("value", "low", "high")
    )
    return f"{value}{' points' if is_share else ''} [{low} to {high}]"


def differences(found: Summary, measure: str) -> str:
    """How LIME differs from the other arms in a measure, in a sentence; empty without others."""
    rows = compared(found, measure)
    said = "; ".join(_differs(row, measure == found.primary) for _, row in rows.iterrows())
    return f"{NAMES[measure].name}: {said}." if said else ""


def _differs(row: pd.Series, is_primary: bool) -> str:
    one, other = ARM_NAMES[row["arm"]], ARM_NAMES[row["other"]]
    if isnan(row["value"]):
        return f"{one} beside {other}, {TOO_FEW}"
    tested = "" if isnan(row["p_value"]) else f", {'' if is_primary else 'corrected '}"
    tested += _p(row["corrected"]) if tested else ""
    is_sure = isnan(row["corrected"]) or row["corrected"] < SURE
    if is_sure and (row["low"] > 0 or row["high"] < 0):
        verdict = f"{'higher' if row['value'] > 0 else 'lower'} with {one} than with {other}"
    else:
        verdict = f"no difference between {one} and {other} can be told"
    return f"{verdict} ({difference(row)}{tested})"


def differences_in_lines(found: Summary) -> list[dict[str, str]]:
    """All differences, one a line: `measure`, `other`, `difference`, `p_value`, `corrected`."""
    return [
        {
            "measure": NAMES[row["measure"]].name,
            "other": ARM_NAMES[row["other"]],
            "difference": difference(row),
            "p_value": p_value(row["p_value"]),
            "corrected": p_value(row["corrected"]),
        }
        for _, row in found.differences.iterrows()
    ]


def tests(found: Summary) -> str:
    """Which p-values there are; empty where there is nothing to compare."""
    if found.differences.empty:
        return ""
    tested = found.differences["p_value"].notna()
    n = int((tested & (found.differences["measure"] != found.primary)).sum())
    n += found.choice_corrected is not None
    if not tested.any() and not n:
        return f"No p-values: fewer than {P_VALUES_FROM} people in what is compared."
    others = f"{numbers.counted(n, 'other is', 'others are')} corrected for their number (Holm)"
    return (
        "p-values are of permutation tests, in which people are dealt anew to the arms. Those of "
        f"the primary measure, {NAMES[found.primary].name}, stand as they are"
        f"{f'; the {others}' if n else ''}."
    )


def p_value(value: float) -> str:
    """A p-value for a table."""
    return "" if isnan(value) else "< 0.001" if value < 0.001 else f"{value:.3f}"


def _p(value: float) -> str:
    said = p_value(value)
    return f"p {said}" if said.startswith("<") else f"p = {said}"


def items(found: Summary) -> str:
    """The items in words: on which wrong answer the model was followed most."""
    wrong = found.items[found.items["is_right"].eq(False) & found.items["value"].notna()]
    if wrong.empty:
        return "How often people followed the model, item by item: too few to say as yet."
    worst = wrong.iloc[int(wrong["value"].to_numpy().argmax())]
    return (
        f"Among its wrong answers the model was followed most on item {worst['item']} "
        f"({ARM_NAMES[worst['arm']]}): by {worst['followed']} of {worst['people']} "
        f"{interval(worst['low'], worst['high'])}."
    )


def calibration(found: Summary) -> str:
    """The calibration in words: how sure those are who are surest, and how often right."""
    known = found.calibration[found.calibration["low"].notna()]
    if known.empty:
        return "Whether people are right as often as they are sure: too few to say as yet."
    surest = known.iloc[int(known["confidence"].to_numpy().argmax())]
    return (
        f"When {surest['confidence']:.0f}% sure ({ARM_NAMES[surest['arm']]}), people were right "
        f"in {percent(surest['share_right'])} of {surest['answers']} answers "
        f"{interval(surest['low'], surest['high'])}."
    )
