"""Where Explain's choice stands, and the small acts that change it; for callbacks."""

from dataclasses import fields
from typing import Any

from ui.explain import choice
from ui.explain.choice import Choice, read_choice
from ui.shell.address import About, Address
from ui.workshop.item import Item

EXPLAIN: Address[Choice] = Address("explain", choice.NAMES, read_choice)


# What the explanation does not depend on is how it is shown, and what is done to it.
_SHOWING = {"off", "edits", "picture", "chart", "guess_first", "problems"}
_EXPLAINING = [field.name for field in fields(Choice) if field.name not in _SHOWING]

current_choice = EXPLAIN.current


write_choice = EXPLAIN.write


def about_item(choice: Choice) -> About:
    """What an act on the item's parts is about: they are numbered as it is taken apart."""
    return EXPLAIN.about(choice, "task", "item", "components", "regions")


def about_numbers(choice: Choice) -> About:
    """What an act is about that calls parts by their numbers: all that the explanation is of."""
    return EXPLAIN.about(choice, *_EXPLAINING)


def open_item(item: Item) -> None:
    """Show another item, as it is and with the reasons for what the model says; for callbacks."""
    write_choice(item=item, target=None, off=(), edits=())


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
    edits = dict(at.fresh().edits)
    edits.pop(column, None)
    if value != original:
        edits[column] = value
    at.write(edits=tuple(edits.items()))
