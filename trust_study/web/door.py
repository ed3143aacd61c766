"""The way to the participants' pages, which are imported when somebody first asks for one.

The database's library takes a second or two to import: the app need not wait for it to start.
"""

import asyncio

from starlette.types import ASGIApp, Receive, Scope, Send


class StudyPages:
    """An ASGI application: `trust_study.web.app`, once it is needed."""

    def __init__(self) -> None:
        self._app: ASGIApp | None = None
        self._importing = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with self._importing:
            if self._app is None:
                self._app = await asyncio.to_thread(_make)
        await self._app(scope, receive, send)


def _make() -> ASGIApp:
    from trust_study.web.app import study_app

    return study_app()
