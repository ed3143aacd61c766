"""What stages ask with: a few kinds of fields, and how a post is read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from trust_study.errors import StudyError

Value = str | int | list[int]
Post = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several, as radio buttons.

    Parameters
    ----------
    name
        In the answer's content.
    label
        The question.
    options
        Numbers that are kept, with what they are called.
    ends
        What the first and the last mean, for a scale of numbers.
    """

    name: str
    label: str
    options: tuple[tuple[int, str], ...]
    ends: tuple[str, str] = ("", "")
    kind: Literal["choice"] = "choice"


@dataclass(frozen=True, slots=True)
class Ticks:
    """Any of several, also none, as check boxes."""

    name: str
    label: str
    options: tuple[tuple[int, str], ...]
    kind: Literal["ticks"] = "ticks"


@dataclass(frozen=True, slots=True)
class Words:
    """A text of the person's own, which may be left out."""

    name: str
    label: str
    longest: int = 2_000
    kind: Literal["words"] = "words"


Field = Choice | Ticks | Words


class FormError(StudyError):
    """What is missing in a post, in a sentence."""


def read(fields: Sequence[Field], post: Post) -> dict[str, Value]:
    """The content of an answer, with nothing in it that the fields do not offer.

    Raises
    ------
    FormError
        If something is missing or is not offered.
    """
    return {field.name: _value(field, post.get(field.name, ())) for field in fields}


def _value(field: Field, said: Sequence[str]) -> Value:
    match field:
        case Choice():
            if not said:
                raise FormError(f"One answer is missing: {field.label}")
            return _offered(field, said[0])
        case Ticks():
            return sorted({_offered(field, each) for each in said})
        case Words():
            return (said[0] if said else "").replace("\r\n", "\n").strip()[: field.longest]


def _offered(field: Choice | Ticks, said: str) -> int:
    number = next((value for value, _ in field.options if str(value) == said), None)
    if number is None:
        raise FormError(f"“{said[:20]}” is not among the answers: {field.label}")
    return number
