"""What every stage is: when it comes, what a host sets, what a participant gets."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal, TypeVar

from trust_study.errors import DefinitionError
from trust_study.forms import Choice, Field
from trust_study.frozen import MAX_TEXT, Arm, Item, Study

When = Literal["start", "item", "edited", "part", "end"]
Settings = TypeVar("Settings")


@dataclass(frozen=True, slots=True)
class At:
    """What a page is drawn for.

    Parameters
    ----------
    study
        The study.
    number
        How many had joined this participant's group before.
    item, arm
        Which item, in which arm; None where the stage is about none, or is about no arm.
    """

    study: Study
    number: int
    item: Item | None = None
    arm: Arm | None = None

    @property
    def the_item(self) -> Item:
        """The item of a stage that is about one."""
        if self.item is None:
            raise DefinitionError("This stage is about an item, and there is none.")
        return self.item


@dataclass(frozen=True, slots=True)
class Page:
    """What a participant gets: a heading, what the template shows, and the fields of the form."""

    heading: str
    fields: tuple[Field, ...]
    button: str = "Continue"
    template: str = "plain.jinja"
    context: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage.

    Parameters
    ----------
    when
        At the start, with each item, with each edited item, after all items (of each arm that a
        person meets), or at the end.
    settings
        A frozen dataclass of what a host sets: texts, numbers, tuples of texts.
    page
        What a participant gets.
    """

    name: str
    when: When
    settings: type
    page: Callable[[At], Page]


def read_settings(wanted: type[Settings], raw: Mapping[str, Any]) -> Settings:
    """What the host set, with the defaults for the rest.

    Raises
    ------
    DefinitionError
        If a name is unknown, a value is of another kind than its default, or a text is too long.
    """
    # A dataclass whose defaults are all given, so that it can be made of nothing.
    defaults = {each.name: each.default for each in fields(wanted)}  # type: ignore[arg-type]
    said: dict[str, Any] = {}
    for name, value in raw.items():
        plain = tuple(value) if isinstance(value, list) else value
        if name not in defaults or type(plain) is not type(defaults[name]):
            raise DefinitionError(f"“{name[:40]}” cannot be set to {str(value)[:40]!r} here.")
        if any(len(str(each)) > MAX_TEXT for each in (plain if type(plain) is tuple else [plain])):
            raise DefinitionError(f"“{name}” is longer than {MAX_TEXT:,} characters. Shorten it.")
        said[name] = plain
    return wanted(**said)


def label_field(name: str, question: str, study: Study) -> Choice:
    """Asks for one of the labels."""
    return Choice(name, question, tuple(enumerate(study.labels)))


def confidence_field(name: str, study: Study) -> Choice:
    """Asks how sure a person is, in percent, from the chance of a guess to certainty."""
    guess = -(-10 // len(study.labels)) * 10  # rounded up to tens
    values = range(min(guess, 50), 101, 10)
    return Choice(
        name, "How sure are you?", tuple((n, f"{n}%") for n in values), ("a guess", "certain")
    )
