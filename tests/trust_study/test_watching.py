"""What a host sees of who is in the study."""

from tests.trust_study.acts import answer, finish, joined, launched
from tests.trust_study.conftest import Clock
from tests.trust_study.studies import study
from trust_study.course import steps
from trust_study.store import people, studies
from trust_study.store.database import Database
from trust_study.store.watching import watched


def test_everybody_is_counted_once_and_in_their_state(database: Database, clock: Clock) -> None:
    kept = launched(database, study())
    who = [joined(database, kept) for _ in range(4)]
    done, gone, _, quick = (each for each in who if each is not None)
    finish(database, kept, done)
    people.withdraw(database, gone)
    clock.now += 60 * kept.study.idle_minutes + 1
    way_of_quick = watched(database, kept).people[3]
    assert (way_of_quick.stored, way_of_quick.total, way_of_quick.state) == (1, 7, "idle")
    step = steps(kept.study, quick.seat)[1]
    assert step.stage == "own"
    answer(database, kept, quick, step)
    seen = watched(database, kept)
    assert seen.counts == {
        "Joined": 4,
        "Active": 1,
        "Idle": 1,
        "Finished": 1,
        "Withdrawn": 1,
        "Answers stored": 7 + 0 + 1 + 2,
    }
    assert [person.state for person in seen.people] == ["finished", "withdrawn", "idle", "active"]
    assert seen.people[2].seconds == 60 * kept.study.idle_minutes + 1
    studies.lock(database, kept.id)
    locked = watched(database, studies.by_id(database, kept.id))
    states = {"Cut short": 2, "Finished": 1, "Withdrawn": 1}
    assert locked.counts == {"Joined": 4, **states, "Answers stored": 10}
