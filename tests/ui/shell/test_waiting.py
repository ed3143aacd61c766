"""What is fetched while a newer run of the same page is at work."""

import pytest
from streamlit.testing.v1 import AppTest

from ui.shell import waiting


def page() -> None:
    import streamlit as st

    from ui.shell.waiting import fetch

    found = fetch("kind", "entry", int, affinity="a", what="Counting")
    st.write(f"found {found}")


class EndedMeanwhile:
    """A job whose end another run of the page sees first; that run then moves on."""

    lapsed, fraction, state = False, None, "done"

    def __init__(self, jobs: dict[str, object]) -> None:
        self.jobs = jobs

    def wait(self, seconds: float) -> bool:
        self.jobs.clear()
        return True

    def result(self) -> int:
        return 7


class UnderWay:
    lapsed, fraction, state = False, 0.5, "running"

    def wait(self, seconds: float) -> bool:
        return False

    def leave(self) -> None: ...


class Workers:
    def __init__(self, jobs: dict[str, object]) -> None:
        self.jobs = jobs

    def submit(self, *args: object, **settings: object) -> EndedMeanwhile:
        return EndedMeanwhile(self.jobs)


def test_a_result_that_a_newer_run_has_taken_is_shown_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    jobs: dict[str, object] = {}
    monkeypatch.setattr(waiting, "workers", lambda: Workers(jobs))
    app = AppTest.from_function(page)
    app.session_state[waiting._JOBS] = jobs
    app.run()
    assert not app.exception
    assert app.markdown[0].value == "found 7"


def two_at_once() -> None:
    from ui.shell.waiting import fetch

    fetch("run", "entry", int, affinity="a", what="Explaining")
    fetch("part", "entry", int, affinity="a", what="Counting those", is_quiet=True)


def test_what_waits_beside_the_main_thing_is_told_of_and_has_no_cancel_of_its_own() -> None:
    app = AppTest.from_function(two_at_once)
    app.session_state[waiting._JOBS] = {"run:entry": UnderWay(), "part:entry": UnderWay()}
    app.run()
    assert not app.exception
    assert [each.label for each in app.button] == ["Cancel"]
    assert [each.value for each in app.caption] == ["Counting those…"]
