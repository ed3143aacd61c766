"""A rehearsal plays over HTTP, is told apart, and goes as a whole."""

from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from tests.trust_study import acts, postgresql
from tests.trust_study.serving import serving
from tests.trust_study.studies import item, study
from trust_study import frames
from trust_study.frozen import Chosen
from trust_study.rehearsal.play import RehearsalError, rehearse
from trust_study.store import answering, events, people, studies
from trust_study.store.database import Database
from trust_study.summary import summary
from trust_study.web.app import study_app

STAGES = tuple(
    map(Chosen, "consent choice_before own final marks forward choice_after satisfaction".split())
)


@pytest.fixture
def url(database: Database) -> Iterator[str]:
    with serving(Starlette(routes=[Mount("/s", study_app(lambda: database))])) as url:
        yield f"{url}/s"


@postgresql.LONG
def test_simulated_people_play_as_they_are_known_to_and_go_as_a_whole(
    database: Database, url: str
) -> None:
    kept = acts.launched(database, study(2, stages=STAGES, edited=(item(9),)))
    told: list[float] = []
    done = rehearse(database, kept, url, 18, report=told.append)
    everybody = people.of_study(database, kept.id)
    assert done.people == len(everybody) == 18
    assert all(who.is_rehearsal for who in everybody)
    assert [who.seat.group for who in everybody] == [0, 1, 2] * 6
    assert told == [n / 18 for n in range(1, 19)]
    assert done.answers == len(answering.of_study(database, kept.id))
    assert [who.has_finished for who in everybody] == [True] * 15 + [False] * 3
    trials = frames.trials(kept.study, frames.long(database, kept))
    follows = trials.assign(follows=trials["final"] == trials["advice"]).set_index("participant")
    assert follows.loc[1:3, "follows"].all()  # always
    assert not follows.loc[4:6, "follows"].any()  # never
    only = follows.loc[13:15]  # only with LIME
    assert [*only["follows"]] == [arm == "lime" for arm in only["arm"]]
    assert (summary(database, kept).scores["people"] == 0).all()
    assert summary(database, kept, rehearsal=True).counted.scored == 18
    real = acts.joined(database, kept)
    assert real
    assert real.seat.group == 0
    acts.finish(database, kept, real)
    assert people.delete_rehearsal(database, kept.id) == 18
    assert {answer.participant_id for answer in answering.of_study(database, kept.id)} == {real.id}
    with database.reading() as connection:
        assert events.faults(connection, kept.id) == []
    assert people.delete_rehearsal(database, kept.id) == 0


def test_it_stops_when_told_to_and_says_what_is_in_its_way(database: Database, url: str) -> None:
    kept = acts.launched(database, study(2))
    asked = iter(range(100))
    done = rehearse(database, kept, url, 6, should_stop=lambda: next(asked) >= 3)
    assert (done.people, done.answers) == (1, 3)
    with pytest.raises(RehearsalError, match="has no form"):
        rehearse(database, kept, url.removesuffix("/s"), 1)
    with pytest.raises(RehearsalError, match="Choose 1 to 200"):
        rehearse(database, kept, url, 0)
    studies.close(database, kept.id)
    with pytest.raises(RehearsalError, match="the study is closed"):
        rehearse(database, studies.by_id(database, kept.id), url, 1)
