"""What a host sets of the own answer."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """The question."""

    question: str = "What do you think it is?"
