"""What a host sets of the choice between two models."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """The question, what is said of the two models, and which is the better one (0 or 1)."""

    question: str = "Which of the two models would you use?"
    models: tuple[str, ...] = ("Model A", "Model B")
    better: int = 1
