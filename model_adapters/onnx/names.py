"""Class names from the notes in an ONNX file. Runs in the child only."""

from collections.abc import Collection, Iterable
from typing import Final

from model_adapters.names import MAX_TEXT, listed_names
from model_adapters.strings import clean

_KEYS: Final = (
    "classes class_names classnames class_labels class_list labels label_names labels_names "
    "label_list names categories id2label idx_to_class class_to_idx character characters "
    "target_names synset synsets vocabulary vocab"
).split()


def listed_in(notes: Iterable[tuple[str, str]]) -> list[tuple[str, list[str]]]:
    """The lists of names in a file's notes, (key, names) each: those that are class names first."""
    by_key = {clean(k).lower().replace(" ", "_").replace("-", "_"): v for k, v in notes}
    named = [key for key in _KEYS if key in by_key]
    # Under another key only what can be nothing else: a list in brackets, not a few words.
    others = [k for k in by_key if k not in named and by_key[k].lstrip()[:1] in ("[", "{", "(")]
    found = []
    for key in (*named, *others):
        if 0 < len(by_key[key]) <= MAX_TEXT and (names := listed_names(by_key[key])):
            found.append((key, [clean(name) for name in names]))
    return found


def class_names(notes: Iterable[tuple[str, str]], n_classes: int) -> tuple[tuple[str, ...], str]:
    """The names of `n_classes` classes, and a sentence where they come from.

    The names are empty when the notes hold none, or not as many as there are classes.
    """
    found = listed_in(notes)
    for key, names in found:
        if len(names) == n_classes:
            filled = tuple(name or f"class {i}" for i, name in enumerate(names))
            return filled, f'The file names the classes, under "{key}".'
    if found and found[0][0] in _KEYS:
        key, names = found[0]
        return (), (
            f'The file names {len(names)} classes under "{key}", but the network gives '
            f"{n_classes}; so they are numbered."
        )
    return (), "The file does not name the classes, so they are numbered."


def is_number_of_names(notes: Iterable[tuple[str, str]], sizes: Collection[int]) -> int | None:
    """Which of these numbers is how many classes the file names; None if none is."""
    return next((len(names) for _, names in listed_in(notes) if len(names) in sizes), None)
