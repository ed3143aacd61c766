"""The presenter's lock: no page, and no file to take away, tells what is hidden."""

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping

import pytest
from streamlit.testing.v1 import AppTest

from pages.home import CARDS
from sample_models import tasks
from tests.conditions import until
from tests.pages.conftest import compare, explain, home, opened, pick, press, settled
from ui.compare.choice import CompareChoice
from ui.compare.work.explaining import Comparing
from ui.pick.choice import PickChoice
from ui.pick.work.explaining import Explaining
from ui.shell import widgets
from ui.shell.presenting import lock, locks
from ui.workshop import runs

Files = dict[str, Callable[[], str]]


def review() -> None:
    from pages import review

    review.render()


def improve() -> None:
    from pages import improve

    improve.render()


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> Files:
    """What the page offers as downloads, by title."""
    offered: Files = {}
    as_it_was = widgets.st.download_button

    def noted(title: str, make: Callable[[], str], *args: object, **more: object) -> bool:
        offered[title] = make
        return as_it_was(title, make, *args, **more)

    monkeypatch.setattr(widgets.st, "download_button", noted)
    return offered


def sent(app: AppTest) -> str:
    """All that the browser gets: every element as it goes over the wire, and the URL."""

    def elements(block: object) -> Iterator[str]:
        yield str(getattr(block, "proto", ""))
        for child in getattr(block, "children", {}).values():
            yield from elements(child)

    return "\n".join((*elements(app._tree), str(dict(app.query_params)))).replace("\\", "")


def told_by(task_key: str) -> list[str]:
    """What gives the answers away in sentences of the task's makers."""
    task = tasks()[task_key]
    assert task.flaw is not None
    cards = [card.summary for card in task.models]
    return [task.flaw.summary, *cards, task.summary, *(e.title for e in task.examples)]


LABELS = ("it is labelled", "In the data:", "Wrong: the data say")
REAL_USE = ("Real use", "in real use", "In real use")


def leaks(app: AppTest, files: Files, task_key: str) -> list[str]:
    """What of that is on the page, or in one of its files."""
    texts = {"page": sent(app), **{title: make() for title, make in files.items()}}
    labelled = [f"labelled {name}" for name in tasks()[task_key].class_names]
    needles = [*told_by(task_key), *labelled, *LABELS, *REAL_USE]
    return [f"{where}: {each}" for where, text in texts.items() for each in needles if each in text]


def column(text: str, name: str) -> set[str]:
    return {row[name] for row in csv.DictReader(io.StringIO(text))}


def both(
    screen: Callable[[], None], files: Files, params: Mapping[str, str]
) -> Iterator[tuple[AppTest, bool]]:
    """The screen without a lock, which has to tell something, and with one."""
    token = locks.new_lock()
    for locked in (False, True):
        files.clear()
        more = {lock.NAME: locks.id_of(token)} if locked else {}
        yield opened(screen, **params, **more), locked


@pytest.mark.parametrize("task", ["triage", "flu", "wolves"])
def test_explain_tells_nothing(task: str, files: Files) -> None:
    for app, locked in both(explain, files, {"task": task}):
        found = leaks(app, files, task)
        if locked:
            assert found == []
            assert lock.NAME in app.query_params
            assert '"label": null' in files["JSON"]()
            assert '"evidence": null' in files["JSON"]()
        else:
            assert any("labelled" in each for each in found)
            assert any(each.startswith("Report: ") for each in found)


def test_compare_tells_nothing_also_after_the_last_word(files: Files) -> None:
    choice = CompareChoice(tasks()["triage"], ("a", "b"), n=3)
    run = runs.start(Comparing(choice), choice.rows(400))
    until(lambda: run.ended)
    for app, locked in both(compare, files, choice.params()):
        press(app, "Show the reasons")
        (last,) = (each for each in settled(app).radio if "which would you deploy" in each.label)
        settled(last.set_value("first").run())
        settled(press(app, "Commit"))
        assert "Your verdict" in sent(app)
        found = leaks(app, files, "triage")
        if locked:
            assert found == []
            assert column(files["CSV"](), "label") == {""}
        else:
            assert f"page: {told_by('triage')[0]}" in found  # the flaw
            assert "page: In real use" in found
            assert column(files["CSV"](), "label") == {"urgent", "routine"}


@pytest.mark.parametrize("more", [{"row": "3"}, {"source": "field"}, {"order": "label"}])
def test_no_link_to_a_part_of_a_comparison_tells_more(more: dict[str, str], files: Files) -> None:
    for app, locked in both(compare, files, {"task": "triage", "n": "3", **more}):
        found = leaks(app, files, "triage")
        told = [each for each in found if each != "page: Real use" or locks.SHUT not in sent(app)]
        assert (told == []) == locked


def test_a_pick_tells_nothing(files: Files) -> None:
    choice = PickChoice(tasks()["triage"], "a", n=12)
    run = runs.start(Explaining(choice), choice.rows(400))
    until(lambda: run.ended)
    for app, locked in both(pick, files, {**choice.params(), "favour": "wrong"}):
        assert (leaks(app, files, "triage") == []) == locked
        assert ("data_says" in files["CSV"]()) != locked


def test_a_review_tells_nothing_after_a_verdict_nor_at_its_end(files: Files) -> None:
    from tests.ui.review.test_reviews import a_pick
    from ui.review import records

    pick_id = records.keep_pick(*a_pick([["a"], ["b"]]))
    who = records.new_reviewer()
    for row in (0, 10):
        records.judge(pick_id, who, row, "wrong")
    for at in ("1", "end"):
        for app, locked in both(review, files, {"pick": pick_id, "reviewer": who, "at": at}):
            text = sent(app)
            says = re.search(r"The data says: \w|.label.: ?.(urgent|routine)", text)
            assert (says is not None) != locked, says
            if at == "end":
                assert ("" in column(files["CSV"](), "data_says")) == locked
                assert ("In the data it is labelled" in files["Report"]()) != locked


def test_improve_and_home_tell_nothing_until_the_reveal(files: Files) -> None:
    for app, locked in both(improve, files, {"task": "flu"}):
        assert ("% in real use" in sent(app)) != locked
    pictures = opened(improve, task="wolves", lock=locks.id_of(locks.new_lock()))
    assert "background" not in sent(pictures)
    for app, locked in both(home, files, {}):
        until(lambda app=app: sent(app.run()).count("The model says") == len(CARDS))
        assert (re.search(">. (right|wrong)<|It is ", sent(app)) is not None) != locked


def test_only_the_presenter_reveals_and_everybody_sees_it_then(files: Files) -> None:
    token = locks.new_lock()
    params = {"task": "triage", lock.NAME: locks.id_of(token)}
    app = opened(explain, **params)
    assert leaks(app, files, "triage") == []
    locks.reveal(locks.id_of(token))  # what a participant has
    assert leaks(settled(app.run()), files, "triage") == []
    locks.reveal(token)
    assert "labelled" in sent(settled(app.run()))


def test_the_lock_stays_in_the_session_and_goes_into_every_address() -> None:
    lock_id = locks.id_of(locks.new_lock())
    app = opened(explain, task="flu", lock=lock_id)
    (box,) = (each for each in app.selectbox if each.label == "Model")
    settled(box.select("Model B").run())
    assert app.query_params["model"] == "b"
    assert app.query_params[lock.NAME] == lock_id
    del app.query_params[lock.NAME]
    settled(app.run())
    assert "labelled" not in sent(app)


def test_a_lock_that_is_no_longer_kept_stays_shut(files: Files) -> None:
    app = opened(explain, task="triage", lock="a" * 26)
    assert leaks(app, files, "triage") == []
