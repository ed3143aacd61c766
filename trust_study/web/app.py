"""The routes of the participants' pages, to be mounted below `/s` of the app."""

import logging
from collections.abc import Awaitable, Callable
from functools import wraps
from threading import Lock

from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from trust_study import forms
from trust_study.course import position, steps
from trust_study.errors import DatabaseError
from trust_study.forms import FormError
from trust_study.stage import At
from trust_study.stages.consent.page import STAGE as CONSENT
from trust_study.store import answering, people, studies, tokens
from trust_study.store.answering import Receipt
from trust_study.store.database import Database, default_url
from trust_study.store.people import Participant
from trust_study.store.studies import Kept
from trust_study.web import pages, posts
from trust_study.web.drawing import STATIC
from trust_study.web.posts import Post, PostError
from trust_study.web.tries import Tries

HEADERS = {
    "Cache-Control": "no-store",  # Back asks again, and gets the current step
    "Referrer-Policy": "no-referrer",  # the address has the participant's secret
    "X-Robots-Tag": "noindex, nofollow",
}
REMEMBERED_SECONDS = 60 * 60 * 24 * 60  # by the device on which somebody began
# What a redirect says of the post before it, by its name in the address.
SAID = {
    "again": "You had answered that already. Your first answer stands.",
    "stale": "That page was an old one, and its answer was not taken. Go on here.",
    "late": "Your last answer came after the end, and was not taken.",
}
CLOSED = "Nobody more can join. Nothing of you was stored. Thank you for coming."
_log = logging.getLogger(__name__)
Handler = Callable[[Request], Awaitable[Response]]


def study_app(open_database: Callable[[], Database] | None = None) -> Starlette:
    """The participants' pages.

    Parameters
    ----------
    open_database
        Opens the database, when somebody first asks for a page; by default the one that
        `DATABASE_URL` names.
    """
    routes = _Routes(open_database or (lambda: Database(default_url())))
    both = ["GET", "POST"]
    return Starlette(
        routes=[
            Mount("/static", StaticFiles(directory=STATIC)),
            Route("/", _told(routes.code), methods=both),
            Route("/p/{token}", _told(routes.step), methods=both),
            Route("/p/{token}/withdraw", _told(routes.withdraw), methods=both),
            Route("/{code}", _told(routes.landing), methods=both),
        ]
    )


class _Routes:
    """What is done with a request."""

    def __init__(self, open_database: Callable[[], Database]) -> None:
        self._open = open_database
        self._opened: Database | None = None
        self._opening = Lock()
        self._tries = Tries()

    def _database(self) -> Database:
        with self._opening:
            if self._opened is None:
                self._opened = self._open()
            return self._opened

    async def code(self, request: Request) -> Response:
        """A code is typed, and leads to the study's landing page."""
        root = _root(request)
        if request.method != "POST":
            return _html(pages.code_wanted(root))
        code = tokens.typed_code(posts.one(await posts.read(request), "code"))
        kept = await run_in_threadpool(self._study, request, code)
        return kept if isinstance(kept, Response) else _see(f"{root}/{kept.code}")

    async def landing(self, request: Request) -> Response:
        """The consent; agreeing to it makes a participant."""
        post = await posts.read(request) if request.method == "POST" else None
        return await run_in_threadpool(self._land, request, post)

    async def step(self, request: Request) -> Response:
        """The participant's current step, or an answer."""
        post = await posts.read(request) if request.method == "POST" else None
        return await run_in_threadpool(self._step, request, post)

    async def withdraw(self, request: Request) -> Response:
        """Asks once more, and deletes."""
        post = await posts.read(request) if request.method == "POST" else None
        return await run_in_threadpool(self._withdraw, request, post)

    def _study(self, request: Request, code: str) -> Kept | Response:
        address = request.client.host if request.client else ""
        if self._tries.are_too_many(address):
            return _html(
                pages.code_wanted(_root(request), "Too many wrong codes. Wait a minute."), 429
            )
        kept = studies.by_code(self._database(), code)
        if kept is None:
            self._tries.count(address)
            sentence = f"There is no study “{code}”. Look at the code once more."
            return _html(pages.code_wanted(_root(request), sentence), 404)
        return kept

    def _land(self, request: Request, post: Post | None) -> Response:
        kept = self._study(request, request.path_params["code"])
        if isinstance(kept, Response):
            return kept
        root = _root(request)
        if post is None:
            begun = self._begun(request, kept)
            if kept.closed_at is not None and not begun:
                return _html(pages.sentence(root, "This study is closed", CLOSED))
            return _html(pages.landing(root, kept, posts.outside(request.query_params), begun))
        outside = posts.outside({name: values[0] for name, values in post.items()})
        form = posts.one(post, "form")
        page = CONSENT.page(At(kept.study, 0))
        try:
            agreed = forms.read(page.fields, post)
        except FormError as error:
            return _html(pages.landing(root, kept, outside, "", str(error)), 422)
        if not tokens.is_token(form):
            return _see(f"{root}/{kept.code}")
        token = people.join(self._database(), kept, form, agreed, outside)
        if token is None:
            return _html(
                pages.sentence(
                    root,
                    "This study is full",
                    "Nobody more is let in: it is full, or closed. Nothing of you was stored. "
                    "Thank you for coming.",
                ),
                409,
            )
        response = _see(f"{root}/p/{token}")
        response.set_cookie(
            _cookie(kept),
            token,
            max_age=REMEMBERED_SECONDS,
            path=root or "/",
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
        )
        return response

    def _step(self, request: Request, post: Post | None) -> Response:
        found = self._participant(request)
        if isinstance(found, Response):
            return found
        token, participant, kept = found
        root, database = _root(request), self._database()
        if post is None:
            sentence = SAID.get(request.query_params.get("said", ""), "")
            answered = answering.answered(database, participant)
            return _html(pages.current(root, token, kept, participant, answered, sentence))
        here = f"{root}/p/{token}"
        way = steps(kept.study, participant.seat)
        not_taken = f"{here}?said={'stale' if kept.locked_at is None else 'late'}"
        number, form = posts.one(post, "step"), posts.one(post, "form")
        step = next((each for n, each in enumerate(way) if str(n) == number), None)
        if step is None or not tokens.is_token(form):
            return _see(not_taken)
        page = pages.page_of(kept.study, participant, step)
        try:
            content = forms.read(page.fields, post)
        except FormError as error:
            answered = answering.answered(database, participant)
            if kept.locked_at is not None or position(way, answered) != way.index(step):
                return _see(not_taken)
            drawn = pages.current(root, token, kept, participant, answered, str(error), post)
            return _html(drawn, 422)
        client = posts.client(post)
        match answering.commit(database, kept, participant, step, form, content, client):
            case Receipt.STORED | Receipt.GONE:
                return _see(here)
            case Receipt.AGAIN:
                return _see(f"{here}?said=again")
            case Receipt.NOT_YET:
                return _see(not_taken)
            case Receipt.ENDED:
                return _see(f"{here}?said=late")

    def _withdraw(self, request: Request, post: Post | None) -> Response:
        found = self._participant(request)
        if isinstance(found, Response):
            return found
        token, participant, kept = found
        if post is None:
            return _html(pages.withdrawing(_root(request), token))
        people.withdraw(self._database(), participant)
        response = _see(f"{_root(request)}/p/{token}")
        response.delete_cookie(_cookie(kept), path=_root(request) or "/")
        return response

    def _participant(self, request: Request) -> tuple[str, Participant, Kept] | Response:
        """Who holds the secret in the address; a page if it is nobody, or if they have gone."""
        token, root = request.path_params["token"], _root(request)
        participant = people.by_token(self._database(), token) if tokens.is_token(token) else None
        if participant is None:
            text = "This link belongs to nobody. Open the link that you were given once more."
            return _html(pages.sentence(root, "Not found", text), 404)
        if participant.has_withdrawn:
            text = "You have withdrawn. All that you answered has been deleted."
            return _html(pages.sentence(root, "Deleted", text), 410)
        return token, participant, studies.by_id(self._database(), participant.study_id)

    def _begun(self, request: Request, kept: Kept) -> str:
        """The secret of who has begun this study on this device."""
        token = request.cookies.get(_cookie(kept), "")
        who = people.by_token(self._database(), token) if tokens.is_token(token) else None
        return token if who and who.study_id == kept.id and not who.has_withdrawn else ""


def _told(handler: Handler) -> Handler:
    """What went wrong, as a page."""

    @wraps(handler)
    async def answering_all(request: Request) -> Response:
        try:
            return await handler(request)
        except PostError as error:
            return _html(pages.sentence(_root(request), "Not taken", str(error)), 400)
        except (DatabaseError, SQLAlchemyError):
            _log.exception("The studies' database has failed.")
            text = "The answers cannot be stored at the moment. Try again in a minute."
            return _html(pages.sentence(_root(request), "Please wait", text), 503)

    return answering_all


def _root(request: Request) -> str:
    """Where these pages are mounted."""
    return str(request.scope.get("root_path", ""))


def _cookie(kept: Kept) -> str:
    return f"study-{kept.code}"


def _html(text: str, status: int = 200) -> Response:
    return HTMLResponse(text, status, headers=HEADERS)


def _see(url: str) -> Response:
    return RedirectResponse(url, 303, headers=HEADERS)
