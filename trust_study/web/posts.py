"""What a browser sends: bounded, decoded, and from our own pages only."""

import os
import re
from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

from starlette.requests import Request

from trust_study.errors import StudyError

MAX_BYTES = 64_000
MAX_FIELDS = 6_000  # a text of 5,000 words can have as many ticked
_LONGEST_CLIENT_NUMBER = 10  # digits
_OUTSIDE = ("PROLIFIC_PID", "STUDY_ID", "SESSION_ID")
_OUTSIDE_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")

Post = Mapping[str, list[str]]


class PostError(StudyError):
    """What was sent is no form of ours."""


async def read(request: Request) -> Post:
    """The fields of a form.

    Raises
    ------
    PostError
        If it comes from another site, or is longer than any form of ours.
    """
    if not is_from_here(request):
        raise PostError("This was sent from another site. Open the study's link, and try again.")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BYTES:
            raise PostError("This is longer than can be stored. Shorten it.")
    try:
        return parse_qs(
            body.decode("utf-8"), max_num_fields=MAX_FIELDS, errors="strict", keep_blank_values=True
        )
    except ValueError as error:
        raise PostError("This could not be read. Open the study's link, and try again.") from error


def is_from_here(request: Request) -> bool:
    """Whether the browser says that one of our own pages has sent this.

    Our pages send no referrer, so their `Origin` is `null`. Whoever answers needs the secret in
    the address, too, which no other site knows.
    """
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = request.headers.get("origin", "null")
    public = urlsplit(os.environ.get("PUBLIC_URL", "")).netloc
    return origin == "null" or urlsplit(origin).netloc in {request.headers.get("host"), public}


def one(post: Post, name: str) -> str:
    """The only value of a field; empty if there is none."""
    return post.get(name, [""])[0]


def client(post: Post) -> dict[str, int]:
    """What the browser says of time and of leaving the page, where it says it."""
    said = {name: one(post, name) for name in ("milliseconds", "left")}
    return {
        name: int(value)
        for name, value in said.items()
        if re.fullmatch(rf"[0-9]{{1,{_LONGEST_CLIENT_NUMBER}}}", value)
    }


def outside(values: Mapping[str, str]) -> dict[str, str]:
    """The ids that a panel of people puts into its links."""
    return {
        name: value for name in _OUTSIDE if _OUTSIDE_ID.fullmatch(value := values.get(name, ""))
    }
