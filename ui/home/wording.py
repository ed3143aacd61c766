"""Sentences on Home's cards; pure."""

from sample_models.types import Kind
from ui.shell.wording import plain


def says(answer: str, sure: str) -> str:
    """The model's answer, as Markdown."""
    return f"The model says {plain(answer)}, {sure}."


def really(kind: Kind, answer: str, label: str) -> str:
    """What it really is, as Markdown, where the answer is wrong; else empty."""
    return "" if label == answer else f"It is **{_what(kind, label)}**."


def _what(kind: Kind, label: str) -> str:
    """A thing to see has an article: "a husky"; what is said of a text or a row has none."""
    if kind != "image":
        return plain(label)
    return f"{'an' if label[:1].lower() in 'aeiou8' else 'a'} {plain(label)}"
