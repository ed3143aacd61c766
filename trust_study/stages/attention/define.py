"""What a host sets of the attention check."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """The question, its answers, and which of them is right (from 0)."""

    question: str = "To show that you read this, please choose the third answer."
    options: tuple[str, ...] = ("Always", "Often", "Sometimes", "Never")
    right: int = 2
