"""The screen Study: from one click to a launched study, its host's page and its export."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pandas as pd
import pytest
from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.routing import Mount
from streamlit.testing.v1 import AppTest

from tests.conditions import PATIENCE
from tests.pages.conftest import opened, press, seen, settled
from tests.trust_study import acts
from tests.trust_study.serving import serving
from trust_study import export
from trust_study.course import steps
from trust_study.rehearsal.phone import Phone
from trust_study.store import answering, people, studies, tokens
from trust_study.store.database import Database
from trust_study.store.studies import Kept
from trust_study.summary import summary
from trust_study.web.app import study_app
from ui.shell import waiting
from ui.shell.presenting import lock, locks
from ui.study import draft as drafts
from ui.study import wording
from ui.study.draft import Draft, begin, read
from ui.study.panels import host, rehearsal, results
from ui.study.place import _opened, studies_database


def study() -> None:
    from pages import study

    study.render()


@pytest.fixture(autouse=True)
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'studies.db'}")
    yield studies_database()
    studies_database().close()
    _opened.cache_clear()


def banner() -> None:
    from ui.shell.presenting import lock

    lock.enter()
    lock.banner()


def launched() -> AppTest:
    app = opened(study, draft=begin(Draft("flu", "a", n=4, title="Flu *or* not")))
    assert "The model is wrong about" in seen(app)
    return settled(press(app, "Launch"))


def hosted(app: AppTest, database: Database) -> Kept:
    """The study whose host's page this is."""
    token = app.query_params["host"]
    kept = studies.by_host(database, token[0] if isinstance(token, list) else token)
    assert kept is not None
    return kept


def test_a_built_in_task_is_a_study_in_one_click_and_what_is_set_is_launched(
    database: Database,
) -> None:
    app = opened(study)
    app.button(key="study-of-flu").click().run()
    token = app.query_params["draft"]
    token = token[0] if isinstance(token, list) else token
    app.selectbox(key=f"choice-Items-{token}").set_value(4).run()
    app.selectbox(key=f"choice-What people see-{token}").set_value("lime").run()
    app = settled(app)
    draft = read(token)
    assert draft is not None
    assert (draft.task, draft.source, draft.n) == ("flu", "field", 4)
    assert draft.arms == ("answer", "lime")
    assert "The model is wrong about 2 of these 4" in seen(app)
    assert "With 30 people, expect ±" in seen(app)
    app = press(app, "Launch")
    kept = hosted(app, database)
    assert kept.study.arms == ("answer", "lime")
    assert len(kept.study.items) == 4


def test_a_host_sees_the_items_before_the_launch_in_every_arm() -> None:
    app = opened(study, draft=begin(Draft("flu", "a", n=4, title="Flu *or* not")))
    assert not app.get("iframe")
    app.session_state["study-see"] = True
    settled(app.run())

    def boxes() -> list[Any]:
        return [box for box in app.selectbox if str(box.key).startswith("study-see")]

    def shown(n_item: int, n_view: int) -> str:
        for box, number in zip(boxes(), (n_item, n_view), strict=True):
            box.set_value(number)
        (frame,) = settled(app.run()).get("iframe")
        drawn: str = frame.proto.srcdoc
        return drawn

    item, view = boxes()
    assert len(item.options) == 4
    assert view.options == ["The item, for an answer of one's own", *wording.ARMS.values()]
    pages = [shown(0, n) for n in range(4)]
    assert ["The model says" in page for page in pages] == [False, True, True, True]
    assert ['class="bars"' in page for page in pages] == [False, False, True, True]
    assert shown(1, 0) != pages[0]


def test_the_choice_between_two_models_and_the_seed_come_from_the_draft_to_the_people(
    database: Database,
) -> None:
    token = begin(Draft("flu", "a", n=4, stages=("choice",)))
    app = opened(study, draft=token)
    for name, said in (("The better model", "*Sound*: 91% right"), ("The other model", "Older")):
        app.text_input(key=f"choice-{name}-{token}").set_value(said).run()
    app.number_input(key=f"choice-Seed-{token}").set_value(31).run()
    app = press(settled(app), "Launch")
    host = app.query_params["host"]
    kept = studies.by_host(database, host[0] if isinstance(host, list) else host)
    assert kept is not None
    assert kept.study.seed == 31
    names = [each.stage for each in kept.study.stages]
    assert names == ["consent", "choice_before", "own", "final", "choice_after"]
    pages = Starlette(routes=[Mount("/s", study_app(lambda: database))])
    with serving(pages) as url, httpx.Client(base_url=url) as client:
        phone = Phone(client)
        phone.join(kept.code)
        form = phone.form()
        assert "*Sound*: 91% right" in form.html
        assert "Older" in form.html
        assert "better" not in form.html
        phone.play(lambda form: {name: values[-1] for name, values in form.offered.items()})
    first, *_, last = answering.of_study(database, kept.id)[1:]
    assert (first.step.stage, last.step.stage) == ("choice_before", "choice_after")
    found = summary(database, kept).choice[""]
    assert found.people == 1
    assert found.before == found.after == first.content["answer"] == last.content["answer"]
    again = drafts.fork(kept.study)
    assert (again.better_model, again.other_model) == ("*Sound*: 91% right", "Older")
    assert (again.stages, again.seed) == (("choice",), 31)
    drafts.change(token, other_model="*Sound*: 91% right")
    app = press(settled(opened(study, draft=token)), "Launch")
    assert "something that tells them apart" in seen(app)


def test_the_host_watches_reveals_and_takes_away(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PUBLIC_URL", "https://lab.example.org/")
    app = launched()
    kept = hosted(app, database)
    assert f"https://lab.example.org/s/{kept.code}" in [code.value for code in app.code]
    drawn = "".join(element.proto.body for element in app.get("html"))
    assert '<img src="data:image/png;base64,' in drawn
    assert "QR code of the link" in drawn
    assert "Nobody has joined yet." in seen(app)
    assert "What was right" not in seen(app)
    people.join(database, kept, tokens.fresh(), {"agreed": 1}, {})
    app.run()
    assert {m.label: m.value for m in app.metric}["Active"] == "1"
    press(app, "Close")
    assert "Closed: nobody can join any more; who has begun may go on." in seen(app)
    press(app, "Reveal for good")
    assert "What was right" in seen(app)
    assert "Revealed: people see what was right, and nobody can answer any more." in seen(app)
    assert people.join(database, kept, tokens.fresh(), {"agreed": 1}, {}) is None
    packed = zipfile.ZipFile(io.BytesIO(export.archive(database, kept)))
    assert len(pd.read_csv(packed.open("participants.csv"))) == 1


def test_simulated_people_rehearse_and_go_again(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rehearsal, "N_PEOPLE", 6)
    with serving(Starlette(routes=[Mount("/s", study_app(lambda: database))])) as url:
        monkeypatch.setattr(rehearsal, "pages_url", lambda: f"{url}/s")
        app = launched()
        assert "REHEARSAL" not in seen(app)
        app = settled(press(app, "Rehearse"))
        assert f"REHEARSAL: the answers of {rehearsal.N_PEOPLE} simulated people" in seen(app)
        assert "Try again" not in [button.label for button in app.button]
        assert {m.label: m.value for m in app.metric}["Joined"] == "0"  # nobody is counted
        press(app, "Delete the rehearsal")
        assert "REHEARSAL" not in seen(app)


@pytest.mark.parametrize("name", ["draft", "host"])
def test_a_presenters_link_for_the_room_has_no_secret(name: str) -> None:
    secret = "a" * (26 if name == "draft" else 32)
    app = AppTest.from_function(banner, default_timeout=PATIENCE)
    app.query_params.update({name: secret, lock.TOKEN: locks.new_lock()})
    app.run()
    assert any(f"{lock.NAME}=" in code.value for code in app.code)
    assert all(secret not in code.value for code in app.code)


def test_what_the_database_does_not_do_is_said(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rehearsal, "so_far", lambda *_: True)  # there is one, as below
    app = launched()
    kept = hosted(app, database)
    form, agreed = tokens.fresh(), {"agreed": 1}
    token = people.join(database, kept, form, agreed, {}, is_rehearsal=True)
    who = people.by_token(database, token or "")
    assert who
    acts.answer(database, kept, who, steps(kept.study, who.seat)[1])
    app.run()
    fails = "BEGIN SELECT RAISE(ABORT, 'the disk is full'); END"
    with database.writing() as connection:
        for table in ("studies", "participants"):
            connection.exec_driver_sql(
                f"CREATE TRIGGER full_{table} BEFORE UPDATE ON {table} {fails}"
            )
    for label in ("Close", "Lock for good", "Reveal for good", "Delete the rehearsal"):
        press(app, label)
        assert "This was not done. The studies' database does not answer" in seen(app)
        assert "Open: people can join." in seen(app)
        app.run()
        assert "This was not done" not in seen(app)
    with database.writing() as connection:
        for table in ("studies", "participants"):
            connection.exec_driver_sql(f"DROP TRIGGER full_{table}")
    press(app, "Lock for good")
    assert "Locked: nobody can join or answer any more." in seen(app)
    assert hosted(app, database).locked_at is not None
    press(app, "Delete the rehearsal")
    assert "This was not done" not in seen(app)
    assert people.of_study(database, kept.id)[0].has_withdrawn


def test_why_there_is_no_export_is_said(database: Database) -> None:
    app = launched()
    kept = hosted(app, database)
    its = host.Hosted(database, kept, "")

    def can_export() -> bool:
        (button,) = (each for each in app.get("download_button") if each.proto.label == "Export")
        return not button.proto.disabled

    assert can_export()
    with database.writing() as connection:
        connection.exec_driver_sql("ALTER TABLE answers RENAME TO away")
    with pytest.raises(SQLAlchemyError):  # at a click, before the page knows
        host.archive(its, app.session_state["study-not-exported"])
    app.run()
    assert "The studies' database does not answer at the moment." in seen(app)
    assert not can_export()
    with database.writing() as connection:
        connection.exec_driver_sql("ALTER TABLE away RENAME TO answers")
    app.run()
    assert "The ZIP was not made. The studies' database does not answer" in seen(app)
    assert can_export()
    assert zipfile.is_zipfile(
        io.BytesIO(host.archive(its, app.session_state["study-not-exported"]))
    )
    app.run()
    assert "The ZIP was not made" not in seen(app)


def test_an_edit_after_the_launch_is_another_study(database: Database) -> None:
    app = launched()
    app = settled(press(app, "Make a new version"))
    app = settled(press(app, "Launch version 2"))
    with database.reading() as connection:
        from sqlalchemy import text

        rows = connection.execute(text("SELECT id, sha256, code FROM studies ORDER BY id")).all()
    first, second = (studies.by_id(database, row.id).study for row in rows)
    assert len({row.sha256 for row in rows}) == len({row.code for row in rows}) == 2
    assert first.items == second.items
    assert second.made_with["fork_of"] == first.sha256


def test_a_wrong_secret_shows_nothing() -> None:
    app = AppTest.from_function(study, default_timeout=PATIENCE)
    app.query_params["host"] = "a" * 32
    app.run()
    assert "This link is no host's." in seen(app)
    assert not app.metric


def test_what_is_counted_is_shown_until_what_came_since_is_counted(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = launched()
    token = app.query_params["host"]
    kept = studies.by_host(database, token[0] if isinstance(token, list) else token)
    assert kept is not None
    for number in range(2):
        who = acts.joined(database, kept)
        assert who is not None
        acts.finish(database, kept, who)
        if number == 0:
            app = settled(app.run())
            assert "1 person has joined: 1 finished" in seen(app)
    # Somebody else has finished: it is begun anew, and what was there is not taken away.
    held: list[str] = []
    real = waiting.fetch

    def slow(kind: str, entry_id: str, *args: Any, **kwargs: Any) -> Any:
        if kind != "study-results":
            return real(kind, entry_id, *args, **kwargs)
        held.append(entry_id)
        return None

    with monkeypatch.context() as patch:
        patch.setattr(results, "fetch", slow)
        app.run()
        assert "1 person has joined: 1 finished" in seen(app)
        who = acts.joined(database, kept)
        app.run()
        assert held[0] == held[1]  # it is on its way, whoever says something meanwhile
    app = settled(app.run())
    assert "3 people have joined: 2 finished, 1 has not" in seen(app)


def test_results_arrive_when_somebody_finishes_and_real_people_stand_first(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = launched()
    kept = hosted(app, database)
    form, agreed = tokens.fresh(), {"agreed": 1}
    people.join(database, kept, form, agreed, {}, is_rehearsal=True)
    who = acts.joined(database, kept)
    assert who is not None
    looks: list[int] = []
    counts: list[str] = []
    real_look, real_count = host.looked, results.state

    def looked(its: Any) -> Any:
        """As the page's run finds it; until that comes to the monitor, somebody finishes."""
        found = real_look(its)
        if not looks:
            acts.finish(database, kept, who)
        looks.append(found.finished)
        return found

    def state(*its: Any) -> str:
        counts.append(real_count(*its))
        return counts[-1]

    with monkeypatch.context() as patch:
        patch.setattr(host, "looked", looked)
        patch.setattr(results, "state", state)
        app = settled(app.run())
    assert "1 person has joined: 1 finished" in seen(app)
    assert looks[:2] == [0, 1]
    assert len({*looks[1:]}) == len(counts) == 1
    (table,) = (each.value for each in app.dataframe if "Rehearsal" in each.value)
    assert [*table["Rehearsal"]] == ["", "yes"]
    assert [*table["No."]] == [2, 1]
