"""A study's data as tables: what the scores are worked out from, and what is taken away."""

import json
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import select

from trust_study.course import in_arms
from trust_study.frozen import Study, canonical
from trust_study.store import answering, people
from trust_study.store.database import Database
from trust_study.store.studies import Kept
from trust_study.store.tables import EVENTS

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")  # what spreadsheets take for the start of one

# Every column of every table, with what is in it.
CODEBOOK = {
    "participants": {
        "participant": "a number in the order of joining; nothing says who it is",
        "is_rehearsal": "simulated, before the study: not scored",
        "has_finished": "all steps are answered",
        "has_withdrawn": "all answers were deleted on request; this row is what is left",
        "group": "the group of the design",
        "number": "how many had joined the group before",
        "joined_at": "time of the server, UTC",
        "seen_at": "time of the last answer",
        "finished_at": "time of the last step's answer",
        "outside": "ids that a panel of people gave, as JSON",
    },
    "long": {
        "participant": "as in participants",
        "is_rehearsal": "as in participants",
        "has_finished": "as in participants",
        "group": "as in participants",
        "arm": "answer: the model's answer alone; lime: with its weights; placebo: with the same "
        "weights shuffled among components; empty if the stage is about none and the participant "
        "meets several",
        "step": "the number of the step, from 0",
        "item": "the id of the item in study.json; of satisfaction where the participant meets "
        "several arms, the arm; empty if the stage is about neither",
        "stage": "the stage, as in study.json",
        "field": "what was asked",
        "value": "the answer: the number of a label or option from 0, a confidence in percent, a "
        "list of numbers of components as JSON, or a text (an apostrophe stands before one that a "
        "spreadsheet would run)",
        "answered_at": "time of the server, UTC",
        "seconds": "since the participant's answer before, by the server",
        "client_milliseconds": "for which the page was open, as the browser says",
        "client_left": "how often the page was left, as the browser says",
    },
    "wide": {
        "participant": "a row a participant; other columns are field|stage|item, as in long",
    },
    "trials": {
        "participant": "as in participants",
        "is_rehearsal": "as in participants",
        "has_finished": "as in participants",
        "group": "as in participants",
        "arm": "as in long",
        "item": "as in long",
        "truth": "the number of the right label; empty if nobody knows",
        "advice": "the number of the model's label",
        "own": "the own answer, before the model's was shown; empty if it was not asked for",
        "own_confidence": "in percent",
        "final": "the final answer",
        "final_confidence": "in percent",
    },
    "events": {
        "number": "from 1, without a gap",
        "kind": "launch, join, answer, again (a second answer, not taken), finish, withdraw, ...",
        "at": "seconds since 1970, by the server",
        "participant_id": "the number under which the chain has the participant",
        "salt": "random; gone if the participant has withdrawn",
        "content": "JSON; gone if the participant has withdrawn",
        "digest": "SHA-256 of salt, a line feed and content",
        "chain": "SHA-256 of the JSON list of the chain before, number, participant_id, kind, at "
        "and digest; before the first event stand 64 zeros",
    },
    "scores": {
        "measure": "as in the modules stages/*/score.py; the primary measure first",
        "arm": "as in long",
        "value": "over all trials of the arm but rehearsals; empty if there are too few to say",
        "low": "the lower end of the 95% interval (bootstrap over participants)",
        "high": "the upper end",
        "people": "participants with cases that count",
        "cases": "answers that count",
    },
    "items": {
        "item": "as in long",
        "arm": "as in long",
        "is_right": "whether the model's answer is right; empty if nobody knows",
        "people": "who gave a final answer, but rehearsals",
        "followed": "how many of these gave the model's",
        "value": "their share; empty if there are too few to say",
        "low": "the lower end of the 95% interval (Wilson)",
        "high": "the upper end",
    },
    "calibration": {
        "arm": "as in long",
        "confidence": "in the final answer, in percent",
        "answers": "with this confidence, but rehearsals",
        "people": "who gave them",
        "share_right": "how many of the answers were right; empty if there are too few to say",
        "low": "the lower end of the 95% interval (bootstrap over participants)",
        "high": "the upper end",
    },
    "differences": {
        "measure": "as in scores",
        "arm": "the arm of which the other is taken away",
        "other": "the arm that is taken away",
        "value": "the difference; empty if there are too few to say",
        "low": "the lower end of the 95% interval (bootstrap over participants)",
        "high": "the upper end",
        "people": "participants with cases that count, in the arm that has fewer",
        "cases": "answers that count, in the arm that has fewer",
        "p_value": "two-sided, of a permutation test: participants dealt anew to the two arms, or "
        "the two arms of each participant changed over; empty for fewer than 20 participants",
        "corrected": "of the primary measure, the same; of the others, corrected for the number of "
        "their tests, with that of the choice between two models (Holm)",
    },
}


def participants(database: Database, kept: Kept) -> pd.DataFrame:
    """A row a participant, also of those who have not finished or have withdrawn."""
    rows = [
        {
            "participant": number,
            "is_rehearsal": who.is_rehearsal,
            "has_finished": who.has_finished,
            "has_withdrawn": who.has_withdrawn,
            "group": who.seat.group,
            "number": who.seat.number,
            "joined_at": _utc(who.joined_at),
            "seen_at": _utc(who.seen_at),
            "finished_at": "" if who.finished_at is None else _utc(who.finished_at),
            "outside": canonical(who.outside),
        }
        for number, who in enumerate(people.of_study(database, kept.id), 1)
    ]
    return pd.DataFrame(rows, columns=list(CODEBOOK["participants"]))


def long(database: Database, kept: Kept) -> pd.DataFrame:
    """A row a field of an answer, in the order in which the answers came."""
    study = kept.study
    known = {who.id: (n, who) for n, who in enumerate(people.of_study(database, kept.id), 1)}
    ways = {key: in_arms(study, who.seat) for key, (_, who) in known.items()}
    places = {key: {step: n for n, step in enumerate(way)} for key, way in ways.items()}
    before: dict[int, float] = {}
    rows: list[dict[str, Any]] = []
    for answer in answering.of_study(database, kept.id):
        number, who = known[answer.participant_id]
        step, at = answer.step, answer.answered_at
        about = {
            "participant": number,
            "is_rehearsal": who.is_rehearsal,
            "has_finished": who.has_finished,
            "group": who.seat.group,
            "arm": ways[who.id][step] or "",
            "step": places[who.id][step],
            "item": step.item,
            "stage": step.stage,
            "answered_at": _utc(at),
            "seconds": round(at - before.get(who.id, who.joined_at), 3),
            "client_milliseconds": answer.client.get("milliseconds", np.nan),
            "client_left": answer.client.get("left", np.nan),
        }
        before[who.id] = at
        content = answer.content or {"": ""}  # a step without a question was read
        rows += [about | {"field": name, "value": _cell(said)} for name, said in content.items()]
    return pd.DataFrame(rows, columns=list(CODEBOOK["long"]))


def wide(long: pd.DataFrame) -> pd.DataFrame:
    """A row a participant, a column a field of a stage and item."""
    named = long.assign(column=long["field"] + "|" + long["stage"] + "|" + long["item"])
    table = named.pivot(index="participant", columns="column", values="value")
    table.columns.name = None
    return table.reset_index()


def trials(study: Study, long: pd.DataFrame) -> pd.DataFrame:
    """A row a final answer, with the own answer before it and what was right."""
    asked = long[long["field"].isin(["answer", "confidence"])]
    said = {
        (row.participant, row.item, row.stage, row.field): float(str(row.value))
        for row in asked.itertuples()
        if row.stage in ("own", "final")
    }
    rows = []
    finals = asked[(asked["stage"] == "final") & (asked["field"] == "answer")]
    for row in finals.itertuples():
        item = study.item(str(row.item))
        key = (row.participant, row.item)
        rows.append(
            {
                "participant": row.participant,
                "is_rehearsal": row.is_rehearsal,
                "has_finished": row.has_finished,
                "group": row.group,
                "arm": row.arm,
                "item": row.item,
                "truth": np.nan if item.truth is None else float(item.truth),
                "advice": float(item.advice),
                "own": said.get((*key, "own", "answer"), np.nan),
                "own_confidence": said.get((*key, "own", "confidence"), np.nan),
                "final": said[(*key, "final", "answer")],
                "final_confidence": said.get((*key, "final", "confidence"), np.nan),
            }
        )
    return pd.DataFrame(rows, columns=list(CODEBOOK["trials"]))


def events(database: Database, kept: Kept) -> pd.DataFrame:
    """The log, as it is chained."""
    columns = list(CODEBOOK["events"])
    with database.reading() as connection:
        rows = connection.execute(
            select(*(EVENTS.c[name] for name in columns))
            .where(EVENTS.c.study_id == kept.id)
            .order_by(EVENTS.c.number)
        ).all()
    table = pd.DataFrame([tuple(row) for row in rows], columns=columns)
    return table.astype({"participant_id": "Int64"})


def _utc(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")


def _cell(said: object) -> object:
    """A value for a cell of a spreadsheet that runs nothing."""
    if isinstance(said, list):
        return json.dumps(said)
    return f"'{said}" if isinstance(said, str) and said.startswith(_FORMULA) else said
