"""What a host sets of the final answer."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """The question; whether the model's probability is shown; whether a comment is asked for."""

    question: str = "What is your answer now?"
    shows_probability: bool = True
    asks_comment: bool = False
