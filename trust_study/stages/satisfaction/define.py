"""What a host sets of the satisfaction scale."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """Statements, each agreed with from 1 to 5."""

    statements: tuple[str, ...] = (
        "What I was shown helped me to understand how the model answers.",
        "What I was shown was detailed enough.",
        "What I was shown told me when to rely on the model and when not to.",
    )
