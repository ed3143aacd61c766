"""What a host sets of the briefing."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """The instructions; the share of wrong answers is told unless that is switched off."""

    text: str = "Read each item, and say what you think it is. Take the time that you need."
    tells_share: bool = True
