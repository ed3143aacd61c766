"""Where Explain's choice stands, and the small acts that change it; for callbacks."""

from typing import Any

from ui.explain import choice
from ui.explain.choice import Choice, read_choice
from ui.shell.address import Address


def _shown(choice: Choice, name: str) -> Any:
    return choice.n_samples if name == "samples" else getattr(choice, name)


EXPLAIN: Address[Choice] = Address("explain", choice.NAMES, read_choice, _shown)


current_choice = EXPLAIN.current


write_choice = EXPLAIN.write


follow_widget = EXPLAIN.follow


def toggle_off(component: int, at: Address[Any] = EXPLAIN) -> None:
    """Switch a component off, or on again; for callbacks."""
    off = at.fresh().off
    if component in off:
        at.write(off=tuple(i for i in off if i != component))
    else:
        at.write(off=(*off, component))


def undo_change(at: Address[Any] = EXPLAIN) -> None:
    """Take back what was switched off or edited last; for callbacks."""
    choice = at.fresh()
    at.write(off=choice.off[:-1], edits=choice.edits[:-1])


def edit_value(column: int, value: Any, original: Any, at: Address[Any] = EXPLAIN) -> None:
    """Change a row's value, or change it back; for its widget's callback."""
    for before in at.believed("edits"):
        if dict(before).get(column, original) == value:
            return  # not news, as in `Address.follow`
    edits = dict(at.fresh().edits)
    edits.pop(column, None)
    if value != original:
        edits[column] = value
    at.follow(edits=tuple(edits.items()))
