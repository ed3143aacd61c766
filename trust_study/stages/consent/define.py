"""What a host sets of the consent."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """The text that people agree to."""

    text: str = (
        "You will see what a computer model answered, and say what you think. Your answers are "
        "stored without your name, your address or your device. You can stop at any time, and "
        "have everything that you answered deleted."
    )
