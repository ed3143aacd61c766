"""What a host sets of the forward simulation."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """The question."""

    question: str = "What will the model say here?"
