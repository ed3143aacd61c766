"""All results of a study as one value, from its tables alone."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import select

from trust_study import frames
from trust_study.frozen import Study
from trust_study.scoring.rates import holm, wilson
from trust_study.scoring.resampling import MIN_PEOPLE, RESAMPLES
from trust_study.scoring.tables import Tally, scored
from trust_study.stage import read_settings
from trust_study.stages.attention import score as attention
from trust_study.stages.choice import score as choice
from trust_study.stages.choice.define import Settings as ChoiceSettings
from trust_study.stages.choice.score import Change
from trust_study.stages.final import score as final
from trust_study.stages.forward import score as forward
from trust_study.stages.marks import score as marks
from trust_study.stages.satisfaction import score as satisfaction
from trust_study.store.database import Database
from trust_study.store.studies import Kept
from trust_study.store.tables import EVENTS

SECONDARY_LAST = "satisfaction"
_SAID = "title primary arms placebo attention choice_corrected is_rehearsal".split()
_TABLES = ("scores", "items", "calibration", "differences")
_MEASURED = "confidence share_right value low high p_value corrected".split()  # may be unknown


@dataclass(frozen=True, slots=True)
class Counted:
    """Who is counted, and who is not.

    Parameters
    ----------
    joined
        Everybody who has joined, but for rehearsals.
    finished, incomplete, withdrawn
        Of these. Answers of those who have not finished count; withdrawn ones are deleted.
    rehearsal
        Simulated people, whose answers are not counted.
    scored
        How many have given a final answer that counts.
    """

    joined: int
    finished: int
    incomplete: int
    withdrawn: int
    rehearsal: int
    scored: int


@dataclass(frozen=True, slots=True)
class Summary:
    """Everything that a study has come to.

    Parameters
    ----------
    scores
        A row a measure and arm: measure, arm, value, low, high, people, cases; nan where there is
        too little to say. The primary measure comes first, satisfaction last.
    items
        A row an item and arm: item, arm, is_right (of the model; None if nobody knows), people,
        followed, value, low, high (Wilson; nan where there are too few people).
    calibration
        A row an arm and value of the confidence: arm, confidence, answers, people, share_right,
        low, high; nan where there is too little to say.
    differences
        A row a measure and pair of arms: measure, arm, other, value (of the first less the second),
        low, high, people, cases, p_value, corrected; nan where there is too little to say. Of all
        tests but those of the primary measure, `corrected` allows for there being several (Holm);
        of the primary measure, it is the p-value.
    choice
        The choice between two models before and after: of everybody (under ""), and of each arm
        where a person meets one; empty if it was not asked for.
    choice_corrected
        The p-value of everybody's choice, corrected with the others; None if there is none.
    placebo
        Whether shuffled weights raise trust as LIME's do, in a sentence; empty without the arms.
    attention
        How many passed the attention check, of how many who were asked.
    """

    title: str
    primary: str
    arms: tuple[str, ...]
    counted: Counted
    scores: pd.DataFrame
    items: pd.DataFrame
    calibration: pd.DataFrame
    differences: pd.DataFrame
    choice: Mapping[str, Change]
    choice_corrected: float | None
    placebo: str
    attention: tuple[int, int]
    is_rehearsal: bool = False


def summary(
    database: Database,
    kept: Kept,
    *,
    rehearsal: bool = False,
    report: Callable[[float], object] = lambda fraction: None,
) -> Summary:
    """The results so far, of people or of the rehearsal; never of both.

    `report` is told the share that is done.
    """
    people = frames.participants(database, kept)
    long = frames.long(database, kept)
    return of_tables(kept.study, people, long, rehearsal=rehearsal, report=report)


def state(database: Database, kept: Kept) -> str:
    """What the results follow from: another one as soon as anything is in the study's log."""
    with database.reading() as connection:
        log = select(EVENTS.c.chain).where(EVENTS.c.study_id == kept.id)
        last: str = connection.execute(log.order_by(EVENTS.c.number.desc()).limit(1)).scalar_one()
    return last


def of_tables(
    study: Study,
    participants: pd.DataFrame,
    long: pd.DataFrame,
    *,
    rehearsal: bool = False,
    n_resamples: int = RESAMPLES,
    report: Callable[[float], object] = lambda fraction: None,
) -> Summary:
    """The same from the tables `participants` and `long`, as exported."""
    wanted = long[long["is_rehearsal"].astype(bool) == rehearsal]
    arms, seed = study.arms, study.seed
    trials = frames.trials(study, wanted)
    tallies = _tallies(study, wanted, trials)
    found = []
    for done, tally in enumerate(tallies, 1):
        found.append(scored(tally, seed, n_resamples))
        report(done / (len(tallies) + 1))  # the rest takes about as long as one
    scores = pd.concat([each.estimates for each in found], ignore_index=True)
    apart = pd.concat([each.differences for each in found], ignore_index=True)
    first = scores["measure"] == study.primary
    chosen = _choice(study, wanted)
    p_value = chosen[""].p_value if chosen else None
    compared, choice_corrected = _corrected(apart, study, p_value)
    return Summary(
        study.title,
        study.primary,
        arms,
        _counted(participants, trials),
        pd.concat([scores[first], scores[~first]], ignore_index=True),
        _items(study, trials),
        final.calibration(trials, arms, seed, n_resamples),
        compared,
        chosen,
        choice_corrected,
        final.placebo_says(trials, arms, seed, n_resamples),
        attention.passed(study, wanted),
        rehearsal,
    )


def _tallies(study: Study, long: pd.DataFrame, trials: pd.DataFrame) -> list[Tally]:
    """What was counted in each stage that the study has, satisfaction last."""
    names, arms = {each.stage for each in study.stages}, study.arms
    found = [final.tallied(trials, arms)]
    if "forward" in names:
        found.append(forward.tallied(forward.guesses(study, long), arms))
    if "marks" in names:
        found.append(marks.tallied(marks.marks(study, long), arms))
    if SECONDARY_LAST in names:
        found.append(satisfaction.tallied(long, arms))
    return found


def _corrected(
    apart: pd.DataFrame, study: Study, choice: float | None
) -> tuple[pd.DataFrame, float | None]:
    """The differences with corrected p-values, the primary measure's first; and the choice's."""
    first = apart["measure"] == study.primary
    secondary = apart.index[~first & apart["p_value"].notna()]
    tested = [*apart.loc[secondary, "p_value"], *([] if choice is None else [choice])]
    adjusted = holm(tested)
    apart = apart.assign(corrected=apart["p_value"])
    apart.loc[secondary, "corrected"] = adjusted[: len(secondary)]
    ordered = pd.concat([apart[first], apart[~first]], ignore_index=True)
    return ordered, None if choice is None else adjusted[-1]


def _counted(participants: pd.DataFrame, trials: pd.DataFrame) -> Counted:
    simulated = participants["is_rehearsal"].astype(bool)
    withdrawn = participants["has_withdrawn"].astype(bool) & ~simulated
    finished = participants["has_finished"].astype(bool) & ~simulated & ~withdrawn
    joined = int((~simulated).sum())
    return Counted(
        joined=joined,
        finished=int(finished.sum()),
        incomplete=joined - int(finished.sum()) - int(withdrawn.sum()),
        withdrawn=int(withdrawn.sum()),
        rehearsal=int(simulated.sum()),
        scored=int(trials["participant"].nunique()),
    )


def _rate(count: int, n: int, people: int) -> dict[str, float]:
    """A share with its interval, or none where too few people stand behind it."""
    if people < MIN_PEOPLE:
        return dict.fromkeys(("value", "low", "high"), np.nan)
    return dict(zip(("value", "low", "high"), (count / n, *wilson(count, n)), strict=True))


def _items(study: Study, trials: pd.DataFrame) -> pd.DataFrame:
    rows: list[dict[str, Any]] = []
    for item in study.items:
        for arm in study.arms:
            seen = trials[(trials["item"] == item.id) & (trials["arm"] == arm)]
            n, followed = len(seen), int((seen["final"] == seen["advice"]).sum())
            about = {"item": item.id, "arm": arm, "is_right": item.is_right}
            rows.append(about | {"people": n, "followed": followed} | _rate(followed, n, n))
    return pd.DataFrame(rows)


def _choice(study: Study, long: pd.DataFrame) -> dict[str, Change]:
    if not {"choice_before", "choice_after"} <= {each.stage for each in study.stages}:
        return {}
    better = read_settings(ChoiceSettings, study.settings("choice_after")).better
    asked = long[long["field"] == "answer"]
    groups = ("",) if study.is_within or len(study.arms) == 1 else ("", *study.arms)

    def said(stage: str, arm: str) -> pd.Series:
        its = asked[(asked["stage"] == stage) & (asked["arm"].eq(arm) | (arm == ""))]
        return its.set_index("participant")["value"].astype(float)

    return {
        arm: choice.change(said("choice_before", arm), said("choice_after", arm), better)
        for arm in groups
    }


def packed(found: Summary) -> dict[str, Any]:
    """The same as plain values, for JSON; None where there is too little to say."""
    tables = {
        name: json.loads(getattr(found, name).to_json(orient="records", double_precision=15))
        for name in _TABLES
    }
    said = {name: getattr(found, name) for name in _SAID}
    chosen = {arm: asdict(each) for arm, each in found.choice.items()}
    return {**said, "counted": asdict(found.counted), "choice": chosen, **tables}


def unpacked(raw: Mapping[str, Any]) -> Summary:
    """What `packed` has made plain, also after a way through JSON."""
    said: dict[str, Any] = {name: raw[name] for name in _SAID}
    said |= {"arms": tuple(raw["arms"]), "attention": tuple(raw["attention"])}
    said |= {name: _table(name, raw[name]) for name in _TABLES}
    chosen = {arm: Change(**each) for arm, each in raw["choice"].items()}
    return Summary(**said, counted=Counted(**raw["counted"]), choice=chosen)


def _table(name: str, rows: list[dict[str, Any]]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=[*frames.CODEBOOK[name]])
    measured = [each for each in _MEASURED if each in table]
    return table.astype(dict.fromkeys(measured, float))
