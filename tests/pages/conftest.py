"""The screens, each in this process with real workers, and what they show."""

from collections.abc import Callable, Iterator
from multiprocessing import spawn
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.conditions import PATIENCE, until
from tests.pages import operators
from ui.workshop import jobs, store


def _without_script(name: str, told: Callable[[str], Any] = spawn.get_preparation_data) -> Any:
    """What a new process is told, but for the script that AppTest runs as `__main__`."""
    return {key: value for key, value in told(name).items() if key != "init_main_from_path"}


@pytest.fixture(scope="package", autouse=True)
def own_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A store for these tests alone, seen by the workers too; and what an operator names."""
    with pytest.MonkeyPatch.context() as patch, operators.served() as port:
        patch.setenv("LIME_LAB_STORE", str(tmp_path_factory.mktemp("store")))
        patch.setenv("LIME_LAB_ENDPOINTS", f"127.0.0.1:{port}")
        patch.setenv("LIME_LAB_MODELS", str(operators.written(tmp_path_factory.mktemp("models"))))
        store.store.cache_clear()
        patch.setattr(spawn, "get_preparation_data", _without_script)
        running = jobs.workers()
        until(lambda: running.ready)
        yield
        jobs.workers().close()
        jobs._workers.cache_clear()
    store.store.cache_clear()


def home() -> None:
    from pages import home

    home.render()


def upload() -> None:
    from pages import upload

    upload.render()


def explain() -> None:
    from pages import explain

    explain.render()


def pick() -> None:
    from pages import pick

    pick.render()


def compare() -> None:
    from pages import compare

    compare.render()


def review() -> None:
    from pages import review

    review.render()


def opened(screen: Callable[[], None], **params: str) -> AppTest:
    """The screen, run until nothing is under way any more."""
    app = AppTest.from_function(screen, default_timeout=PATIENCE)
    app.query_params.update(params)
    return settled(app.run())


def settled(app: AppTest) -> AppTest:
    assert not app.exception
    while jobs_of_page := _jobs(app):
        for job in jobs_of_page:
            assert job.wait(PATIENCE)
        ended_badly = all(job.state in ("failed", "cancelled") for job in jobs_of_page)
        app.run()
        assert not app.exception
        if ended_badly:
            break
    return app


def _jobs(app: AppTest) -> list[jobs.Job[object]]:
    waiting = "waiting-jobs"
    return list(app.session_state[waiting].values()) if waiting in app.session_state else []


def seen(app: AppTest) -> str:
    """All sentences on the page."""
    headings = [*app.title, *app.header, *app.subheader]
    notices = [*app.error, *app.warning, *app.info]
    said = [element.value for element in (*headings, *app.markdown, *app.caption, *notices)]
    return "\n".join(said).replace("\\", "")


def press(app: AppTest, label: str) -> AppTest:
    """Click the button with this label."""
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception
    return app
