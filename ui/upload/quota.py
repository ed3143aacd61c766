"""How much of what people upload may wait in the server's memory until a page takes it up."""

import re
import time
from collections import Counter
from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit.runtime import Runtime
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager

SESSION_BYTES = 220_000_000  # of one session: two networks, or twenty of the largest pictures
ALL_BYTES = 800_000_000  # of all together
STRAY_SECONDS = 1800  # what no page has taken up by then is dropped
_UPLOAD = re.compile(r"/_stcore/upload_file/([^/]+)/([^/]+)$")


def _files() -> MemoryUploadedFileManager | None:
    held = Runtime.instance().uploaded_file_mgr if Runtime.exists() else None
    return held if isinstance(held, MemoryUploadedFileManager) else None


class UploadQuota:
    """Refuses an upload that would be too much, before any of it is read.

    A page puts what it is given into the store at once (`ui.upload.panels.files`); what waits here
    is on its way, or was sent by somebody who has no page for it.
    """

    def __init__(
        self,
        app: ASGIApp,
        files: Callable[[], MemoryUploadedFileManager | None] = _files,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app, self._files, self._clock = app, files, clock
        self._coming: Counter[str] = Counter()  # bytes, by session
        self._since: dict[tuple[str, str], float] = {}  # by session and file

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_put = scope["type"] == "http" and scope["method"] == "PUT"
        match = _UPLOAD.search(scope["path"]) if is_put else None
        held = self._files() if match else None
        if match is None or held is None:
            await self._app(scope, receive, send)
            return
        session, file = match.groups()
        self._drop_strays(held)
        length = Headers(scope=scope).get("content-length", "")
        coming = int(length) if re.fullmatch(r"\d{1,12}", length) else SESSION_BYTES
        there = {
            each: sum(len(record.data) for record in list(records.values()))
            for each, records in list(held.file_storage.items())
        }
        own = there.get(session, 0) + self._coming[session] + coming
        if own > SESSION_BYTES or sum(there.values()) + self._coming.total() + coming > ALL_BYTES:
            await PlainTextResponse(
                "Too much is being uploaded at once. Bring fewer files at a time.", 413
            )(scope, receive, send)
            return
        self._coming[session] += coming
        try:
            await self._app(scope, receive, send)
        finally:
            self._coming[session] -= coming
            if not self._coming[session]:
                del self._coming[session]
            self._since[session, file] = self._clock()

    def _drop_strays(self, held: MemoryUploadedFileManager) -> None:
        oldest = self._clock() - STRAY_SECONDS
        for (session, file), since in list(self._since.items()):
            if since < oldest:
                held.remove_file(session, file)
                del self._since[session, file]
