"""What a host sets of the marks."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """The question."""

    question: str = "Which of these should not matter for the answer?"
