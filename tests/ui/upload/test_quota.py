"""What waits in the server's memory: within a quota, and gone once it is in the store."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec
from streamlit.testing.v1 import AppTest

from ui.shell import waiting
from ui.upload import quota
from ui.upload.panels import files as panel
from ui.upload.panels.too_large import TooLarge, read_told
from ui.upload.quota import STRAY_SECONDS, UploadQuota
from ui.workshop.store import Store


class Server:
    """An app that takes uploads as Streamlit does, behind the quota; sizes stand for bytes."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(quota, "SESSION_BYTES", 250)
        monkeypatch.setattr(quota, "ALL_BYTES", 600)
        self.now = 0.0
        self.held = MemoryUploadedFileManager("/_stcore/upload_file")
        self.quota = UploadQuota(self._take, lambda: self.held, lambda: self.now)
        self.passed: list[str] = []
        self.meanwhile: Callable[[], Any] | None = None

    async def _take(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.passed.append(scope["path"])
        if self.meanwhile is not None:
            act, self.meanwhile = self.meanwhile, None
            await act()
        *_, session, file = scope["path"].split("/")
        if scope["method"] == "PUT":
            data = bytes(scope["size"])
            self.held.add_file(session, UploadedFileRec(file, "a", "b", data))
        await send({"type": "http.response.start", "status": 204, "headers": []})

    async def put(
        self, session: str, file: str, size: int, *, length: bool = True, method: str = "PUT"
    ) -> int:
        """The status of the answer."""
        headers = [(b"content-length", str(size).encode())] if length else []
        scope: Scope = {
            "type": "http", "method": method, "path": f"/x/_stcore/upload_file/{session}/{file}",
            "headers": headers, "size": size,
        }  # fmt: skip
        sent: list[Message] = []

        async def send(message: Message) -> None:
            sent.append(message)

        async def receive() -> Message:
            raise AssertionError("no byte of it is asked for")

        await self.quota(scope, receive, send)
        status: int = sent[0]["status"]
        return status


def test_a_session_and_all_together_have_a_quota(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server(monkeypatch)

    async def story() -> list[int]:
        return [
            await server.put("ann", "1", 100),
            await server.put("ann", "2", 100),
            await server.put("ann", "3", 100),  # 300 of 250
            await server.put("bob", "1", 200),
            await server.put("eve", "1", 200),  # 600 of 600
            await server.put("dan", "1", 1),
            await server.put("dan", "2", 0, method="DELETE"),
        ]

    assert asyncio.run(story()) == [204, 204, 413, 204, 204, 413, 204]
    assert len(server.passed) == 5
    server.held.remove_file("ann", "1")
    assert asyncio.run(server.put("dan", "1", 1)) == 204


def test_what_is_still_coming_counts_as_it_was_announced(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server(monkeypatch)
    answers: list[int] = []

    async def another() -> None:
        answers.append(await server.put("ann", "2", 200))

    server.meanwhile = another
    assert asyncio.run(server.put("ann", "1", 100)) == 204
    assert answers == [413]
    assert asyncio.run(server.put("ann", "2", 150)) == 204
    assert asyncio.run(server.put("bob", "1", 10, length=False)) == 204  # counts as the most
    assert asyncio.run(server.put("bob", "2", 10, length=False)) == 413


def test_what_no_page_takes_up_is_dropped_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server(monkeypatch)
    assert asyncio.run(server.put("ann", "1", 200)) == 204
    server.now = STRAY_SECONDS - 1
    assert asyncio.run(server.put("ann", "2", 200)) == 413
    server.now = STRAY_SECONDS + 1
    assert asyncio.run(server.put("ann", "2", 200)) == 204
    assert [each.file_id for each in server.held.get_files("ann", ["1", "2"])] == ["2"]


# ---- the page's side --------------------------------------------------------------------------


def one_uploader() -> None:
    from ui.upload.panels.files import files

    files("Files", key="place", max_mb=1, several=True)
    files("Another", key="other", max_mb=1)


def said(app: AppTest) -> str:
    kinds = ("caption", "error")
    return "\n".join(e.value for kind in kinds for e in app.get(kind)).replace("\\", "")


def brought(app: AppTest, key: str = "place") -> tuple[panel.Brought, ...]:
    found: tuple[panel.Brought, ...] = app.session_state["files-brought"].get(key, ())
    return found


def give(app: AppTest, name: str, data: bytes, number: int = 0) -> AppTest:
    app.file_uploader[number].upload(name, data, "text/plain").run()
    assert not app.exception
    return app


def test_a_file_goes_to_the_store_and_the_widget_is_empty_again(
    a_store_of_its_own: Store,
) -> None:
    app = AppTest.from_function(one_uploader).run()
    give(app, "a.txt", b"first")
    (found,) = brought(app)
    assert (found.name, found.n_bytes) == ("a.txt", 5)
    assert a_store_of_its_own.read("upload", found.upload_id) == b"first"
    assert not app.file_uploader[0].value
    assert "a.txt, 5 bytes" in said(app)
    give(app, "b.txt", b"second")
    give(app, "b.txt", b"second")  # once is enough
    assert [file.name for file in brought(app)] == ["a.txt", "b.txt"]
    next(button for button in app.button if button.label == "Remove").click().run()
    assert [file.name for file in brought(app)] == ["b.txt"]
    assert "a.txt" not in said(app)


def test_where_one_file_is_asked_for_a_new_one_takes_its_place() -> None:
    app = AppTest.from_function(one_uploader).run()
    give(give(app, "a.txt", b"first", 1), "b.txt", b"second", 1)
    assert [file.name for file in brought(app, "other")] == ["b.txt"]


def test_many_files_are_counted_and_removed_together() -> None:
    app = AppTest.from_function(one_uploader).run()
    for i in range(5):
        give(app, f"{i}.txt", b"%d" % i * 1000)
    assert "5 files, 5 KB" in said(app)
    next(button for button in app.button if button.label == "Remove all").click().run()
    assert brought(app) == ()


def test_a_session_may_bring_so_much_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(panel, "MAX_SESSION_MB", 0.002)
    monkeypatch.setattr(panel, "MAX_FILES", 3)
    app = AppTest.from_function(one_uploader).run()
    give(app, "a.txt", b"a" * 1500)
    give(app, "b.txt", b"b" * 600, 1)
    assert "“b.txt” was not kept: with it you would have brought 2 KB" in said(app)
    assert brought(app, "other") == ()
    give(app, "c.txt", b"c" * 400, 1)
    assert [file.name for file in brought(app, "other")] == ["c.txt"]
    give(app, "d.txt", b"d" * 500, 1)  # in the place of the other
    assert [file.name for file in brought(app, "other")] == ["d.txt"]
    give(app, "e.txt", b"e" * 2_000_000)
    assert "“e.txt” has 2.0 MB; at most 1 MB are accepted" in said(app)
    assert [file.name for file in brought(app)] == ["a.txt"]


@pytest.mark.parametrize(
    ("told", "found"),
    [
        (None, TooLarge()),
        ({"turn": 4, "files": [{"name": "a", "size": 5e9}]}, TooLarge((("a", 5_000_000_000),))),
        ({"turn": 4, "files": [], "isOneComing": True}, TooLarge(is_one_coming=True)),
        ({"turn": 3, "files": [], "isOneComing": True}, TooLarge()),  # it has come since
        ({"files": [{"name": "a", "size": 10 * i} for i in range(9)]},
         TooLarge((("a", 0), ("a", 10), ("a", 20)))),
        ({"files": [{"name": 1, "size": 2}, {"name": "a"}, {"name": "a", "size": float("nan")}, 7]},
         TooLarge()),
        ({"files": {"name": "a", "size": 2}, "turn": []}, TooLarge()),
    ],
)  # fmt: skip
def test_what_the_browser_tells_of_files_it_keeps_is_checked(told: Any, found: TooLarge) -> None:
    assert read_told(told, 4) == found


@pytest.mark.parametrize("is_one_coming", [False, True])
def test_a_file_that_was_too_large_to_send_is_not_on_its_way(
    monkeypatch: pytest.MonkeyPatch, is_one_coming: bool
) -> None:
    told = TooLarge((("<b>.onnx", 400_000_000),), is_one_coming)
    monkeypatch.setattr(panel, "too_large", lambda *args, **kwargs: told)
    app = AppTest.from_function(noticing_uploader).run()
    assert not app.exception
    assert "“<b>.onnx” has 400.0 MB; at most 100 MB are accepted." in said(app)
    assert (waiting.NO_FILE in app.session_state["to-come"]) is is_one_coming


def noticing_uploader() -> None:
    import streamlit as st

    from ui.shell.waiting import noticing
    from ui.upload.panels.files import files

    with noticing() as to_come:
        files("Files", key="place", max_mb=100)
    st.session_state["to-come"] = to_come.reasons
