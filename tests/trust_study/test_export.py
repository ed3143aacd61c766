"""What is taken away, read again by others."""

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd
import pytest

from tests.trust_study import acts
from tests.trust_study.conftest import KINDS, Clock, empty
from tests.trust_study.studies import item, study
from trust_study import export, frames, frozen
from trust_study.course import steps
from trust_study.frozen import Chosen
from trust_study.scoring.tables import scored
from trust_study.stages.final import score
from trust_study.store import answering, people, tokens
from trust_study.store.database import Database
from trust_study.store.studies import Kept

ARMS = ("answer", "lime")
STAGES = tuple(map(Chosen, ("consent", "briefing", "own", "final", "marks", "forward")))


def said_by(number: int, stage: str, n: int) -> Mapping[str, str | int | list[int]]:
    """What the n-th person says at their n-th step: known numbers, and texts that are awkward."""
    match stage:
        case "briefing":
            return {}
        case "marks":
            return {"marked": [0, 3], "comment": '=1+1\n"quoted", with a comma'}
        case "forward":
            return {"answer": 1}
        case _:
            return {"answer": (number * n) % 2, "confidence": 50 + 10 * (n % 6)}


def played(database: Database, n_people: int = 12) -> Kept:
    """A study that people have played; the last has withdrawn, the one before left half-way."""
    clock = database.clock
    assert isinstance(clock, Clock)
    made = study(n_items=4, arms=ARMS, stages=STAGES, edited=(item(9),))
    kept = acts.launched(database, made)
    for number in range(n_people):
        token = people.join(
            database,
            kept,
            tokens.fresh(),
            {"agreed": 1},
            {"PROLIFIC_PID": "-1"},
            is_rehearsal=number == 0,
        )
        assert token
        who = people.by_token(database, token)
        assert who
        way = steps(made, who.seat)[1:]
        for n, step in enumerate(way[:5] if number == n_people - 2 else way):
            clock.now += 2.5
            content = said_by(number, step.stage, n)
            client = {"milliseconds": 2000}
            answering.commit(database, kept, who, step, tokens.fresh(), content, client)
    people.withdraw(database, who)
    return kept


@pytest.fixture(scope="module", params=KINDS)
def database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    """One for all tests here, which only read what was played."""
    opened = Database(empty(request, tmp_path_factory.mktemp("export")), Clock())
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def kept(database: Database) -> Kept:
    return played(database)


@pytest.fixture(scope="module")
def files(database: Database, kept: Kept) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(export.archive(database, kept))) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def table(files: dict[str, bytes], name: str) -> pd.DataFrame:
    return pd.read_csv(io.BytesIO(files[f"{name}.csv"]))


def test_the_sums_are_those_of_the_files_and_the_study_is_the_frozen_one(
    files: dict[str, bytes], kept: Kept
) -> None:
    lines = dict(line.split("  ")[::-1] for line in files[export.MANIFEST].decode().splitlines())
    assert lines == {
        name: hashlib.sha256(data).hexdigest()
        for name, data in files.items()
        if name != export.MANIFEST
    }
    assert frozen.read(files["study.json"].decode()) == kept.study
    assert lines["study.json"] == kept.study.sha256


def test_every_column_is_in_the_codebook(files: dict[str, bytes]) -> None:
    book = table(files, "codebook")
    tables = "participants long trials events scores differences items calibration".split()
    for name in tables:
        assert [*book[book["file"] == f"{name}.csv"]["column"]] == [*table(files, name).columns]
    assert book["meaning"].notna().all()


def test_what_was_scored_follows_from_the_long_table_and_from_counting(
    files: dict[str, bytes], kept: Kept, database: Database
) -> None:
    long = pd.read_csv(io.BytesIO(files["long.csv"]))
    trials = frames.trials(kept.study, long)
    pd.testing.assert_frame_equal(trials, table(files, "trials"), check_dtype=False)
    real = trials[~trials["is_rehearsal"]]
    again = scored(score.tallied(real, ARMS), kept.study.seed).estimates
    out = table(files, "scores")
    of_final = out[out["measure"].isin(score.MEASURES)].reset_index(drop=True)
    pd.testing.assert_frame_equal(again, of_final, check_dtype=False)
    in_json = json.loads(files["results.json"])
    assert [each["cases"] for each in in_json["scores"]] == [*out["cases"]]
    assert [each["value"] for each in in_json["scores"]] == pytest.approx(
        [None if np.isnan(value) else value for value in out["value"]]
    )
    assert in_json["counted"]["withdrawn"] == 1
    # By hand, from the answers in the store, with nothing of the tables.
    know = {who.id: who for who in people.of_study(database, kept.id) if not who.is_rehearsal}
    for place, arm in enumerate(ARMS):
        followed = [
            answer.content["answer"] == 1  # every answer of the model is 1
            for answer in answering.of_study(database, kept.id)
            if answer.step.stage == "final"
            and answer.participant_id in know
            and know[answer.participant_id].seat.group == place
            and int(answer.step.item[-1]) % 2 == 1  # where it is wrong
        ]
        row = again[(again["measure"] == "over_reliance") & (again["arm"] == arm)].iloc[0]
        assert row["cases"] == len(followed)
        value = row["value"]
        assert value == pytest.approx(np.mean(followed)) if len(followed) >= 10 else np.isnan(value)


def test_wide_is_long(files: dict[str, bytes]) -> None:
    long, wide = (
        pd.read_csv(io.BytesIO(files[f"{name}.csv"]), dtype=str) for name in ("long", "wide")
    )
    cells = wide.melt("participant", var_name="column").dropna()
    named = long.assign(
        column=long["field"].fillna("") + "|" + long["stage"] + "|" + long["item"].fillna("")
    ).dropna(subset="value")
    key = ["participant", "column", "value"]
    assert sorted(map(tuple, cells[key].to_numpy())) == sorted(map(tuple, named[key].to_numpy()))


def test_nothing_is_dropped_silently(files: dict[str, bytes], database: Database) -> None:
    everybody = table(files, "participants")
    assert len(everybody) == 12
    assert [*everybody[everybody["is_rehearsal"]]["participant"]] == [1]
    assert [*everybody[everybody["has_withdrawn"]]["participant"]] == [12]
    assert [*everybody[~everybody["has_finished"]]["participant"]] == [11]
    long = table(files, "long")
    assert sorted(long["participant"].unique()) == [*range(1, 12)]
    assert (long[long["participant"] == 11]["step"].max(), long["step"].max()) == (5, 14)
    assert set(long["seconds"]) == {0.0, 2.5}
    assert json.loads(everybody["outside"][11]) == {}


def test_no_cell_is_a_formula(files: dict[str, bytes]) -> None:
    comments = table(files, "long").query("field == 'comment'")["value"]
    assert len(comments) > 0
    assert set(comments) == {'\'=1+1\n"quoted", with a comma'}
    for name, data in files.items():
        if name.endswith(".csv"):
            cells = pd.read_csv(io.BytesIO(data), dtype=str).to_numpy().ravel()
            assert not [cell for cell in cells if re.match(r"[=+@]|-(?![\d.]+$)", str(cell))]


def test_the_exported_log_can_be_verified_by_anybody(files: dict[str, bytes]) -> None:
    before = "0" * 64
    log = pd.read_csv(io.BytesIO(files["events.csv"]), dtype={"participant_id": "Int64"})
    for event in log.itertuples():
        who = None if event.participant_id is pd.NA else int(event.participant_id)
        parts = [before, event.number, who, event.kind, event.at, event.digest]
        linked = json.dumps(parts, separators=(",", ":"))
        assert event.chain == hashlib.sha256(linked.encode()).hexdigest()
        if isinstance(event.content, str):
            salted = f"{event.salt}\n{event.content}"
            assert event.digest == hashlib.sha256(salted.encode()).hexdigest()
        before = event.chain
    assert log["content"].isna().sum() == 17  # of who has withdrawn: join, 15 answers, finish


def test_the_report_needs_nothing_and_says_what_the_results_are(files: dict[str, bytes]) -> None:
    html = files["report.html"].decode()
    assert not re.search(r"https?://|<script|src=|url\(", html)
    assert "11 people have joined: 9 finished, 1 has not" in html
    assert html.index("primary measure") < html.index("Over-reliance")
    assert "too few to say" in html


def test_an_empty_study_can_be_taken_away(database: Database) -> None:
    kept = acts.launched(database, study())
    with zipfile.ZipFile(io.BytesIO(export.archive(database, kept))) as packed:
        assert "long.csv" in packed.namelist()
