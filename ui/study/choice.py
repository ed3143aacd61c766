"""What a host looks at, as the URL says it: a draft, or a study that was launched."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

_DRAFT = re.compile(r"[a-z2-7]{26}")
_HOST = re.compile(r"[a-z2-7]{32}")
NAMES = frozenset({"draft", "host"})  # in a URL
LETTERS = "abcdefghijklmnopqrstuvwxyz234567"


@dataclass(frozen=True, slots=True)
class StudyChoice:
    """`draft` is the token of what is being made, `host` the secret of a study's host.

    Both are secrets: who has them may change the one, and see and end the other.
    """

    draft: str = ""
    host: str = ""

    def params(self) -> dict[str, str]:
        """The URL's parameters."""
        written = {"draft": self.draft, "host": self.host}
        return {name: value for name, value in written.items() if value}


def read_choice(params: Mapping[str, str]) -> StudyChoice:
    """The choice that a URL's parameters name; a launched study comes before a draft."""
    host, draft = params.get("host", ""), params.get("draft", "")
    if _HOST.fullmatch(host):
        return StudyChoice(host=host)
    return StudyChoice(draft=draft) if _DRAFT.fullmatch(draft) else StudyChoice()


def new_draft() -> str:
    """A token that nobody else has, of 130 bits."""
    return "".join(secrets.choice(LETTERS) for _ in range(26))
