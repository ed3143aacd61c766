"""What the store promises, on SQLite and on PostgreSQL."""

import io
import sqlite3
import subprocess
import threading
import zipfile
from collections import Counter
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import DBAPIError

from tests.trust_study import acts
from tests.trust_study.conftest import Clock
from tests.trust_study.studies import study
from trust_study import backup, export
from trust_study.course import Step, steps
from trust_study.errors import DatabaseError
from trust_study.store import answering, events, people, studies, tokens
from trust_study.store.answering import Receipt
from trust_study.store.database import Database
from trust_study.store.people import Participant
from trust_study.store.studies import Kept
from trust_study.store.tables import ANSWERS, EVENTS, METADATA, PARTICIPANTS, STUDIES


def somebody(database: Database, kept: Kept) -> Participant:
    who = acts.joined(database, kept)
    assert who is not None
    return who


def rows(database: Database, table: object) -> int:
    with database.reading() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()  # type: ignore[arg-type]


def kinds(database: Database, kept: Kept) -> Counter[str]:
    with database.reading() as connection:
        return Counter(
            connection.scalars(select(EVENTS.c.kind).where(EVENTS.c.study_id == kept.id))
        )


def faults(database: Database, kept: Kept) -> list[str]:
    with database.reading() as connection:
        return events.faults(connection, kept.id)


def at_once(acts: list[object]) -> None:
    """Run all in threads that begin together."""
    start = threading.Barrier(len(acts))
    failed: list[BaseException] = []

    def run(act: object) -> None:
        start.wait()
        try:
            act()  # type: ignore[operator]
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


def test_migrated_tables_are_those_of_the_code(database: Database) -> None:
    with database.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []


def test_a_database_is_opened_twice_and_by_two_at_once(database_url: str) -> None:
    opened: list[Database] = []
    at_once([lambda: opened.append(Database(database_url))] * 3)
    launched = studies.launch(opened[0], study())
    again = Database(database_url)
    kept = studies.by_code(again, launched.code.lower()[:3] + " - " + launched.code[3:])
    assert kept is not None
    assert kept.study == study()
    for each in (*opened, again):
        each.close()


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:////proc/none/x.db", "nonsense"])
def test_a_database_that_cannot_be_opened_is_said(url: str) -> None:
    with pytest.raises(DatabaseError, match="cannot be used"):
        Database(url)


def test_two_posts_at_once_leave_the_first_and_log_the_second(database: Database) -> None:
    kept = acts.launched(database, study())
    who = somebody(database, kept)
    step = steps(kept.study, who.seat)[1]
    got: list[Receipt] = []
    at_once([lambda n=n: got.append(acts.answer(database, kept, who, step, n)) for n in (0, 1) * 4])
    assert Counter(got) == {Receipt.STORED: 1, Receipt.AGAIN: 7}
    consent, only = answering.of_study(database, kept.id)
    assert (consent.step, only.step) == (Step("consent"), step)
    assert kinds(database, kept)["again"] == 7
    assert faults(database, kept) == []
    before = only.content
    assert acts.answer(database, kept, who, step, 1 - int(str(before["answer"]))) is Receipt.AGAIN
    assert answering.of_study(database, kept.id)[1].content == before


def test_so_many_answers_that_are_not_taken_are_logged_and_no_more(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answering, "MOST_LOGGED", 3)
    kept = acts.launched(database, study())
    who = somebody(database, kept)
    step = steps(kept.study, who.seat)[1]
    got = Counter(acts.answer(database, kept, who, step) for _ in range(6))
    assert got == {Receipt.STORED: 1, Receipt.AGAIN: 5}
    assert kinds(database, kept)["again"] == 3


def test_the_same_form_again_is_the_same_answer(database: Database) -> None:
    kept = acts.launched(database, study())
    who = somebody(database, kept)
    step = steps(kept.study, who.seat)[1]
    form = tokens.fresh()
    assert acts.answer(database, kept, who, step, 0, form) is Receipt.STORED
    assert acts.answer(database, kept, who, step, 0, form) is Receipt.STORED
    assert len(answering.of_study(database, kept.id)) == 2
    assert kinds(database, kept) == {"launch": 1, "join": 1, "answer": 2}


def test_a_step_that_is_not_next_is_refused(database: Database) -> None:
    kept = acts.launched(database, study())
    who = somebody(database, kept)
    _, _, *later = steps(kept.study, who.seat)
    for step in later:
        assert acts.answer(database, kept, who, step) is Receipt.NOT_YET
    acts.finish(database, kept, who)
    assert len(answering.of_study(database, kept.id)) == len(later) + 2
    again = people.of_study(database, kept.id)[0]
    assert again.has_finished


def test_a_form_joins_once_however_often_it_is_sent(database: Database) -> None:
    kept = acts.launched(database, study())
    form, got = tokens.fresh(), []
    at_once(
        [lambda: got.append(people.join(database, kept, form, {"agreed": 1}, {}))] * 6  # type: ignore[func-returns-value]
    )
    assert len({*got}) == 1
    assert len(people.of_study(database, kept.id)) == 1


def test_of_sixty_at_once_fifty_are_let_in_and_those_who_leave_are_replaced(
    database: Database, clock: Clock
) -> None:
    kept = acts.launched(database, study(arms=("answer", "lime"), cap=50))
    got: list[Participant | None] = []
    at_once([lambda: got.append(acts.joined(database, kept))] * 60)
    let_in = [who for who in got if who]
    assert Counter(who.seat.group for who in let_in) == {0: 25, 1: 25}
    assert sorted(who.seat.number for who in let_in) == sorted([*range(25)] * 2)
    left = [who for who in let_in if who.seat.group == 0][:3]
    left += [who for who in let_in if who.seat.group == 1][:2]
    clock.now += 60 * kept.study.idle_minutes - 1
    for who in let_in:
        if who not in left:
            assert acts.answer(database, kept, who, steps(kept.study, who.seat)[1])
    assert acts.joined(database, kept) is None
    clock.now += 1
    next_ones = [somebody(database, kept) for _ in range(5)]
    assert Counter(who.seat.group for who in next_ones) == {0: 3, 1: 2}
    assert acts.joined(database, kept) is None
    # Who comes back after all may go on.
    assert acts.answer(database, kept, left[0], steps(kept.study, left[0].seat)[1])
    assert faults(database, kept) == []


def test_who_has_finished_keeps_their_place_for_ever(database: Database, clock: Clock) -> None:
    kept = acts.launched(database, study(cap=1))
    acts.finish(database, kept, somebody(database, kept))
    clock.now += 1e7
    assert acts.joined(database, kept) is None


def test_nobody_joins_a_closed_study_and_who_is_in_goes_on(database: Database) -> None:
    kept = acts.launched(database, study())
    who = somebody(database, kept)
    studies.close(database, kept.id)
    studies.close(database, kept.id)
    assert acts.joined(database, kept) is None
    acts.finish(database, kept, who)
    assert kinds(database, kept)["close"] == 1


def test_nobody_answers_in_a_locked_study_and_what_is_stored_stays(database: Database) -> None:
    kept = acts.launched(database, study())
    who = somebody(database, kept)
    first, second = steps(kept.study, who.seat)[1:3]
    form = tokens.fresh()
    assert acts.answer(database, kept, who, first, 0, form) is Receipt.STORED
    before = answering.of_study(database, kept.id)
    studies.lock(database, kept.id)
    studies.lock(database, kept.id)
    assert acts.joined(database, kept) is None
    assert acts.answer(database, kept, who, second) is Receipt.ENDED
    # A receipt that was lost is still given.
    assert acts.answer(database, kept, who, first, 0, form) is Receipt.STORED
    assert acts.answer(database, kept, who, first, 1) is Receipt.AGAIN
    assert answering.of_study(database, kept.id) == before
    assert kinds(database, kept) == {
        **{"launch": 1, "join": 1, "answer": 2, "again": 1},
        **{"close": 1, "lock": 1},
    }
    people.withdraw(database, who)
    assert answering.of_study(database, kept.id) == []
    assert faults(database, kept) == []


def test_a_reveal_closes_and_locks(database: Database, clock: Clock) -> None:
    kept = acts.launched(database, study())
    who = somebody(database, kept)
    studies.close(database, kept.id)
    clock.now += 5
    studies.reveal(database, kept.id)
    marked = studies.by_id(database, kept.id)
    now = clock.now
    assert (marked.closed_at, marked.locked_at, marked.revealed_at) == (now - 5, now, now)
    assert acts.answer(database, kept, who, steps(kept.study, who.seat)[1]) is Receipt.ENDED
    for kind in ("close", "lock", "reveal"):
        assert kinds(database, kept)[kind] == 1


def test_of_a_lock_and_answers_at_once_each_is_there_or_refused(database: Database) -> None:
    kept = acts.launched(database, study(n_items=8))
    crowd = [somebody(database, kept) for _ in range(6)]
    got: list[tuple[int, Step, Receipt]] = []

    def play(who: Participant) -> None:
        for step in steps(kept.study, who.seat)[1:]:
            receipt = acts.answer(database, kept, who, step)
            got.append((who.id, step, receipt))
            if receipt is Receipt.ENDED:
                return

    at_once(
        [
            *(lambda who=who: play(who) for who in crowd),
            lambda: studies.lock(database, kept.id),
        ]
    )
    stored = {(who, step) for who, step, receipt in got if receipt is Receipt.STORED}
    answers = answering.of_study(database, kept.id)
    assert {(a.participant_id, a.step) for a in answers if a.step.stage != "consent"} == stored
    assert {receipt for *_, receipt in got} <= {Receipt.STORED, Receipt.ENDED}
    ended = {who for who, _, receipt in got if receipt is Receipt.ENDED}
    finished = {who.id for who in people.of_study(database, kept.id) if who.has_finished}
    assert ended == {who.id for who in crowd} - finished
    assert faults(database, kept) == []
    with database.reading() as connection:
        logged = connection.scalars(
            select(EVENTS.c.kind).where(EVENTS.c.study_id == kept.id).order_by(EVENTS.c.number)
        ).all()
    assert logged[-2:] == ["close", "lock"]  # nothing came after it


def test_a_study_that_was_revealed_before_there_were_locks_is_locked(
    database_url: str, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    upgrade = command.upgrade
    with monkeypatch.context() as patch:
        patch.setattr(command, "upgrade", lambda config, _: upgrade(config, "first"))
        before = Database(database_url, clock)
    with before.writing() as connection:
        for code, revealed_at in (("AAAAAA", 7.0), ("BBBBBB", None)):
            made = study()
            connection.execute(
                insert(STUDIES).values(
                    code=code,
                    host_hash=code,
                    sha256=made.sha256,
                    document=made.document,
                    launched_at=1.0,
                    revealed_at=revealed_at,
                )
            )
    before.close()
    now = Database(database_url, clock)
    revealed, other = (studies.by_code(now, code) for code in ("AAAAAA", "BBBBBB"))
    assert revealed
    assert other
    assert (revealed.closed_at, revealed.locked_at, revealed.revealed_at) == (7.0, 7.0, 7.0)
    assert (other.closed_at, other.locked_at, other.revealed_at) == (None, None, None)
    now.close()


def files_of(url: str) -> bytes:
    file = Path(url.removeprefix("sqlite:///"))
    return b"".join(each.read_bytes() for each in file.parent.glob(file.name + "*"))


def test_what_was_withdrawn_is_nowhere_and_the_chain_holds(
    database: Database, database_url: str
) -> None:
    kept = acts.launched(database, study())
    secret = "Zxq" * 900  # longer than a page of the file, too
    leaving, staying = (
        people.join(database, kept, tokens.fresh(), {"agreed": 1}, {"PROLIFIC_PID": name})
        for name in ("pid-of-leaver", "pid-of-stayer")
    )
    assert leaving
    assert staying
    who, other = people.by_token(database, leaving), people.by_token(database, staying)
    assert who
    assert other
    for each, said in ((who, secret), (other, "kept comment")):
        content = {"answer": 1, "comment": said}
        step = steps(kept.study, each.seat)[1]
        assert answering.commit(database, kept, each, step, tokens.fresh(), content, {})
        assert answering.commit(database, kept, each, step, tokens.fresh(), content, {})
    before = [a for a in answering.of_study(database, kept.id) if a.participant_id == other.id]
    if database.is_sqlite:
        assert b"ZxqZxq" in files_of(database_url)
    people.withdraw(database, who)
    people.withdraw(database, who)
    if database.is_sqlite:
        left = files_of(database_url)
        assert b"ZxqZxq" not in left
        assert b"pid-of-leaver" not in left
        assert b"pid-of-stayer" in left
        assert b"kept comment" in left
    with zipfile.ZipFile(io.BytesIO(export.archive(database, kept))) as packed:
        taken_away = b"".join(packed.read(name) for name in packed.namelist())
    for words, is_there in [(b"Zxq", False), (b"of-leaver", False), (b"kept comment", True)]:
        assert (words in taken_away) == is_there
    assert answering.of_study(database, kept.id) == before
    with database.reading() as connection:
        own = connection.execute(select(EVENTS).where(EVENTS.c.participant_id == who.id)).all()
    assert [event.kind for event in own] == ["join", "answer", "answer", "again", "withdraw"]
    assert {event.content for event in own[:-1]} == {event.salt for event in own[:-1]} == {None}
    assert faults(database, kept) == []
    gone = people.by_token(database, leaving)
    assert gone
    assert (gone.has_withdrawn, gone.outside) == (True, {})
    assert acts.answer(database, kept, who, steps(kept.study, who.seat)[2]) is Receipt.GONE


def test_what_was_withdrawn_in_a_server_that_was_killed_goes_when_the_next_one_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path / 'studies.db'}"
    database = Database(url)
    kept = acts.launched(database, study())
    who = somebody(database, kept)
    step = steps(kept.study, who.seat)[1]
    content = {"answer": 1, "comment": "Zxq" * 100}
    answering.commit(database, kept, who, step, tokens.fresh(), content, {})
    with monkeypatch.context() as patch:
        patch.setattr(Database, "forget", lambda _: None)  # as if it had not come so far
        people.withdraw(database, who)
    assert b"ZxqZxq" in files_of(url)
    Database(url).close()
    assert b"ZxqZxq" not in files_of(url)
    database.close()


def test_answers_and_events_cannot_be_changed_or_deleted(database: Database) -> None:
    kept = acts.launched(database, study())
    acts.finish(database, kept, somebody(database, kept))
    for statement in (
        update(ANSWERS).values(content="{}"),
        delete(ANSWERS),
        update(EVENTS).values(content="{}"),
        update(EVENTS).values(content=None, salt=None),
        update(EVENTS).values(chain="0" * 64),
        delete(EVENTS),
    ):
        with pytest.raises(DBAPIError), database.writing() as connection:
            connection.execute(statement)
    assert faults(database, kept) == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (update(EVENTS).where(EVENTS.c.number == 3).values(content="{}"), "has been changed"),
        (update(EVENTS).where(EVENTS.c.number == 3).values(at=1.0), "chain is broken"),
        (update(EVENTS).where(EVENTS.c.number == 3).values(content=None), "content is gone"),
        (delete(EVENTS).where(EVENTS.c.number == 3), "chain is broken"),
        (update(ANSWERS).where(ANSWERS.c.id == 2).values(content='{"answer":0}'), "of the log"),
        (delete(ANSWERS).where(ANSWERS.c.id == 2), "of the log"),
    ],
)
def test_who_changes_something_behind_the_programs_back_is_found_out(
    tmp_path: Path, change: object, says: str
) -> None:
    database = Database(f"sqlite:///{tmp_path / 'studies.db'}")
    kept = acts.launched(database, study())
    acts.finish(database, kept, somebody(database, kept))
    assert faults(database, kept) == []
    with sqlite3.connect(tmp_path / "studies.db") as raw:
        for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
            raw.execute(f"DROP TRIGGER {name}")
    raw.close()
    with database.writing() as connection:
        connection.execute(change)  # type: ignore[call-overload]
    assert any(says in fault for fault in faults(database, kept))
    database.close()


def test_only_hashes_of_secrets_are_kept(database: Database) -> None:
    launched = studies.launch(database, study())
    kept = studies.by_id(database, launched.id)
    form = tokens.fresh()
    token = people.join(database, kept, form, {"agreed": 1}, {})
    assert token
    assert 5 * len(token) == 5 * len(launched.host_token) == 8 * tokens.TOKEN_BYTES >= 128
    with database.reading() as connection:
        everything = repr(
            [
                connection.execute(select(table)).all()
                for table in (STUDIES, PARTICIPANTS, ANSWERS, EVENTS)
            ]
        )
    assert tokens.digest(token) in everything
    for secret in (token, launched.host_token, form):
        assert secret not in everything
    altered = ("a" if token[0] != "a" else "b") + token[1:]
    assert people.by_token(database, altered) is None
    found = studies.by_host(database, launched.host_token)
    assert found == kept
    assert studies.by_host(database, token) is None


def test_a_backup_that_is_taken_while_answers_come_is_whole(
    database: Database, tmp_path: Path
) -> None:
    kept = acts.launched(database, study(n_items=8))
    who = [somebody(database, kept) for _ in range(3)]
    file = tmp_path / "copy"
    at_once(
        [
            *(lambda each=each: acts.finish(database, kept, each) for each in who),
            lambda: backup.back_up(database, file),
        ]
    )
    with pytest.raises(DatabaseError, match="is there already"):
        backup.back_up(database, file)
    if database.is_sqlite:
        copy = Database(f"sqlite:///{file}")
        assert faults(copy, kept) == []
        assert len(people.of_study(copy, kept.id)) == 3
        copy.close()
    else:
        listed = subprocess.run(["pg_restore", "--list", file], capture_output=True, text=True)
        for table in METADATA.tables:
            assert f"TABLE DATA public {table}" in listed.stdout
