"""What people bring, as the store keeps it: for pages and for workers, which have no Streamlit.

An entry is lines of JSON: the first says what is true of all items, each other line is one of them.
Of a hundred thousand items so only those are taken apart that are asked for.
"""

import base64
import io
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lime_engine.subjects import Value
from lime_engine.types import FloatArray, IntArray
from sample_models.types import Kind
from ui.workshop.item import Item
from ui.workshop.store import store

Pictures = tuple[tuple[str, str], ...]  # the name of each, and the id that `picture_png` opens
Rows = tuple[tuple[str, ...], tuple[tuple[Value, ...], ...]]  # the columns' names, and the rows

_UNSEEN = "\u200b\u200c\u200d\u2060\ufe0f\ufeff \t\r\n"
_AROUND = " .,;:!?¡¿\"'`“”„‘’‚«»‹›()[]{}_。、،؛؟।"  # no + - # * %: A- is not A, nor C# C
MAX_LINEAGE = 100  # edits of edits
ENTRIES: dict[Kind, str] = {"text": "texts", "image": "pictures", "table": "rows"}  # in the store


@dataclass(frozen=True, slots=True)
class Labels:
    """What the data say of each item: `of` are numbers in `names`, -1 where they say nothing."""

    names: tuple[str, ...]
    of: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Predictions:
    """What a model elsewhere has answered to each item.

    `values` are its probabilities (n, classes), or just its answers (n,), numbers in `class_names`.
    """

    name: str
    class_names: tuple[str, ...]
    values: FloatArray | IntArray

    @property
    def has_probabilities(self) -> bool:
        """Whether it said how sure it is."""
        return self.values.ndim == 2

    def of(self, rows: ArrayLike) -> FloatArray:
        """Its probabilities (rows, classes) for these items; all for its answer if it gave none."""
        values = self.values[np.asarray(rows, dtype=np.intp)]
        if self.has_probabilities:
            return np.asarray(values, dtype=float)
        return np.asarray(values[:, None] == np.arange(len(self.class_names)), dtype=float)

    def renamed(self, names: Mapping[str, str]) -> "Predictions":
        """The same with some classes under other names; those of the same name are one."""
        called = [names.get(name, name) for name in self.class_names]
        unique = tuple(dict.fromkeys(called))
        place = np.array([unique.index(name) for name in called], dtype=np.intp)
        if not self.has_probabilities:
            return Predictions(self.name, unique, place[self.values.astype(np.intp)])
        summed = np.zeros((len(self.values), len(unique)))
        np.add.at(summed.T, place, self.values.T)
        return Predictions(self.name, unique, summed)


def numbers_of(labels: Labels, class_names: Sequence[str]) -> NDArray[np.intp]:
    """The labels as numbers of these classes (n,), found by `class_finder`; -1 for none such."""
    find = class_finder(class_names)
    found = [find(name) for name in labels.names]
    return np.array([*found, -1], dtype=np.intp)[np.array(labels.of, dtype=np.intp)]


def class_finder(class_names: Sequence[str]) -> Callable[[str], int]:
    """What gives the number of the class with a name; -1 if there is none such.

    What `plain_name` leaves out makes no difference where it tells no classes apart.
    """
    exact = {name: number for number, name in enumerate(class_names)}
    alike: dict[str, list[int]] = {}
    for number, name in enumerate(class_names):
        alike.setdefault(plain_name(name), []).append(number)

    def find(name: str) -> int:
        if name in exact:
            return exact[name]
        own = alike.get(plain_name(name), [])
        return own[0] if len(own) == 1 else -1

    return find


def plain_name(name: str) -> str:
    """A class's name without what makes no difference; 1.0 is 1.

    That is capitals, the form in Unicode, and space; and punctuation around words, while around
    digits and signs it may mean something, as in .5 and :(.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    plain = " ".join(folded.strip(_UNSEEN).split())
    if (whole := re.fullmatch(r"([+-]?[0-9]+)[.,]0", plain)) is not None:
        return str(int(whole[1]))
    has_words = any(character.isalpha() for character in plain)
    return plain.strip(_AROUND) if has_words else plain


def spellings(values: Iterable[str]) -> list[list[str]]:
    """The different values, those of one label together, as most write it first."""
    found: dict[str, list[str]] = {}
    for value, _ in Counter(values).most_common():
        found.setdefault(plain_name(value), []).append(value)
    return list(found.values())


def several(values: Iterable[str]) -> list[list[str]]:
    """The spellings of each label that has more than one."""
    return [own for own in spellings(values) if len(own) > 1]


def as_labels(values: Iterable[str], *, apart: bool) -> dict[str, str]:
    """The label that each value stands for, as most write it; `apart`, each for itself."""
    if apart:
        return {value: value for value in values}
    return {value: own[0] for own in spellings(values) for value in own}


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """What is kept under an id, still packed: a line of JSON an item.

    `columns` are those of rows, without meaning for others. `predictions` are what models elsewhere
    have answered to the items. `edit_of` is the item that an edited text was made of, and `change`
    says how; both are empty for others.
    """

    lines: tuple[bytes, ...]
    labels: Labels | None
    columns: tuple[str, ...]
    predictions: tuple[Predictions, ...] = ()
    edit_of: str = ""
    change: str = ""

    def item(self, row: int) -> Any:
        """A text, a list of values, or a picture's "id" and "name", and "filled" if it was."""
        return json.loads(self.lines[row])


def opened(kind: Kind, source: str) -> Kept | None:
    """What is kept under this id; None if there is nothing (any more)."""
    raw = store().read(ENTRIES[kind], source)
    if raw is None:
        return None
    first, *lines = raw.split(b"\n")
    head = json.loads(first)
    if "of" not in head:
        return _of_old(head)
    labels = head["labels"]
    if labels is not None:
        labels = Labels(tuple(labels["names"]), tuple(labels["of"]))
    predictions = tuple(map(_unpacked, head.get("predictions", ())))
    made = head.get("edit_of", ""), head.get("change", "")
    return Kept(tuple(lines), labels, tuple(head["columns"]), predictions, *made)


def _of_old(content: Any) -> Kept:
    """An entry of the time before labels, which was one JSON."""
    if isinstance(content, list):
        return Kept(tuple(_lines(content)), None, ())
    items = content.get("texts", content.get("rows"))
    return Kept(tuple(_lines(items)), None, tuple(content.get("columns", ())))


def texts(source: str) -> tuple[str, ...] | None:
    """The texts kept under this id; None if there are none (any more)."""
    found = opened("text", source)
    return None if found is None else tuple(json.loads(line) for line in found.lines)


def pictures(source: str) -> Pictures | None:
    """The pictures kept under this id; None if there are none (any more)."""
    found = opened("image", source)
    if found is None:
        return None
    return tuple((each["name"], each["id"]) for each in map(json.loads, found.lines))


def was_filled(source: str, row: int) -> bool:
    """Whether this picture of a set was seen through in places, which are white now."""
    found = opened("image", source)
    return found is not None and row < len(found.lines) and bool(found.item(row).get("filled"))


def picture_png(entry_id: str) -> bytes | None:
    """One picture of a set; None if it is there no more."""
    return store().read("picture", entry_id)


def rows(source: str) -> Rows | None:
    """The rows kept under this id; None if there are none (any more)."""
    found = opened("table", source)
    if found is None:
        return None
    return found.columns, tuple(tuple(json.loads(line)) for line in found.lines)


def labels(source: str) -> Labels | None:
    """The labels of what is kept under this id; None if it has none, or is gone."""
    found = (opened(kind, source) for kind in ENTRIES)
    return next((each.labels for each in found if each is not None), None)


def keep_texts(
    texts: Sequence[str], labels: Labels | None = None, predictions: Sequence[Predictions] = ()
) -> str:
    """Keep texts; returns the id that opens them.

    Here and below `labels`, one an item, are part of what the id stands for, and so are
    `predictions`.
    """
    return _put("text", list(_lines(texts)), labels, predictions=predictions)


def keep_edit(text: str, of: Item, change: str) -> str:
    """Keep a text that somebody has made of an item by this `change`; returns the id of it.

    The same text, made of another item, is another edit.
    """
    head: dict[str, Any] = {"of": "text", "columns": [], "labels": None}
    head |= {"edit_of": str(of), "change": change}
    entry_id = store().put(ENTRIES["text"], b"\n".join(_lines([head, text])))
    if of.is_own:
        store().made(of.source, entry_id)
    return entry_id


def lineage(item: Item) -> list[Item]:
    """The item, and before it what it was made of, edit by edit; the first is no edit.

    An edit of what is there no more comes first, and so does one after very many.
    """
    found = [item]
    while found[0].is_own and len(found) < MAX_LINEAGE:
        kept = opened("text", found[0].source)
        before = Item.parse(kept.edit_of) if kept is not None else None
        if before is None:
            break
        found.insert(0, before)
    return found


def keep_pictures(
    pictures: Pictures, filled: Collection[int] = (), labels: Labels | None = None
) -> str:
    """Keep a set of pictures that are in the store already; returns the id that opens the set.

    `filled` are the numbers of those that were seen through in places, which are white now.
    """
    of = frozenset(filled)
    entries: list[dict[str, Any]] = [
        {"id": entry_id, "name": name} | ({"filled": True} if i in of else {})
        for i, (name, entry_id) in enumerate(pictures)
    ]
    source = _put("image", list(_lines(entries)), labels)
    store().made(source, *(entry_id for _, entry_id in pictures))
    return source


def keep_rows(
    columns: Sequence[str],
    rows: Sequence[Sequence[Value]],
    labels: Labels | None = None,
    predictions: Sequence[Predictions] = (),
) -> str:
    """Keep rows, each as long as there are columns; returns the id that opens them."""
    return _put("table", list(_lines(rows)), labels, columns, predictions)


@dataclass(frozen=True, slots=True)
class LabelCounts:
    """The `classes` that there are with how many items each, how many in all, and the columns."""

    classes: tuple[tuple[str, int], ...]
    columns: tuple[str, ...]

    @property
    def n(self) -> int:
        """How many items have a label."""
        return sum(n for _, n in self.classes)


def label_counts(kind: Kind, source: str) -> LabelCounts | None:
    """How many items of each class are kept under this id; None without labels, or if gone."""
    try:
        return _label_counts(kind, source)
    except KeyError:
        return None


@lru_cache(maxsize=256)
def _label_counts(kind: Kind, source: str) -> LabelCounts:
    found = opened(kind, source)
    if found is None or found.labels is None:
        raise KeyError(source)  # an exception is not cached
    times = Counter(found.labels.of)
    classes = ((name, times[number]) for number, name in enumerate(found.labels.names))
    return LabelCounts(tuple(each for each in classes if each[1]), found.columns)


def keep_labelled(
    kind: Kind,
    source: str,
    labels: Labels | None,
    predictions: Sequence[Predictions] | None = None,
) -> str | None:
    """Keep what is kept under this id with other labels, and other predictions if there are some.

    None if it is gone.
    """
    found = opened(kind, source)
    if found is None:
        return None
    predicted = found.predictions if predictions is None else predictions
    return _made(source, _put(kind, found.lines, labels, found.columns, predicted))


def keep_renamed(kind: Kind, source: str, names: Mapping[str, str]) -> str | None:
    """Keep what is kept under this id with some classes under other names; None if it is gone."""
    found = opened(kind, source)
    if found is None:
        return None
    labels = None if found.labels is None else renamed(found.labels, names)
    predictions = [each.renamed(names) for each in found.predictions]
    return _made(source, _put(kind, found.lines, labels, found.columns, predictions))


def _made(of: str, entry_id: str) -> str:
    store().made(of, entry_id)
    return entry_id


@dataclass(frozen=True, slots=True)
class Predicted:
    """A model whose answers are kept: what it is called, its classes, whether it was ever sure."""

    name: str
    class_names: tuple[str, ...]
    has_probabilities: bool


def predicted(kind: Kind, source: str) -> tuple[Predicted, ...]:
    """The models whose answers to the items are kept under this id; none if it is gone."""
    try:
        return _predicted(kind, source)
    except KeyError:
        return ()


@lru_cache(maxsize=256)
def _predicted(kind: Kind, source: str) -> tuple[Predicted, ...]:
    found = opened(kind, source)
    if found is None:
        raise KeyError(source)  # an exception is not cached
    return tuple(
        Predicted(each.name, each.class_names, each.has_probabilities) for each in found.predictions
    )


def renamed(labels: Labels, names: Mapping[str, str]) -> Labels:
    """The labels, some of them under other names; those of the same name are one."""
    called = [names.get(name, name) for name in labels.names]
    unique = tuple(dict.fromkeys(called))
    numbers = [*(unique.index(name) for name in called), -1]
    return Labels(unique, tuple(numbers[label] for label in labels.of))


def _put(
    kind: Kind,
    lines: Sequence[bytes],
    labels: Labels | None,
    columns: Sequence[str] = (),
    predictions: Sequence[Predictions] = (),
) -> str:
    if labels is not None:
        if len(labels.of) != len(lines):
            raise ValueError(f"There are {len(labels.of)} labels for {len(lines)} items.")
        if not all(-1 <= label < len(labels.names) for label in labels.of):
            raise ValueError(f"A label is not a number from -1 to {len(labels.names) - 1}.")
    said = None if labels is None else asdict(labels)
    head: dict[str, Any] = {"of": kind, "columns": list(columns), "labels": said}
    if predictions:  # else the id is that of the time before them
        if any(len(each.values) != len(lines) for each in predictions):
            raise ValueError(f"There are not as many predictions as items, which are {len(lines)}.")
        head["predictions"] = list(map(_packed, predictions))
    return store().put(ENTRIES[kind], b"\n".join([*_lines([head]), *lines]))


def _packed(predictions: Predictions) -> dict[str, Any]:
    kind: type[Any] = np.float64 if predictions.has_probabilities else np.int32
    raw = np.ascontiguousarray(predictions.values, dtype=kind).tobytes()
    return {
        "name": predictions.name,
        "classes": list(predictions.class_names),
        "sure": predictions.has_probabilities,
        "values": base64.b64encode(raw).decode(),
    }


def _unpacked(packed: Mapping[str, Any]) -> Predictions:
    names, raw = tuple(packed["classes"]), base64.b64decode(packed["values"])
    if packed["sure"]:
        values: Any = np.frombuffer(raw, dtype=np.float64).reshape(-1, len(names))
    else:
        values = np.frombuffer(raw, dtype=np.int32).astype(np.intp)
    return Predictions(str(packed["name"]), names, values)


def _lines(items: Iterable[Any]) -> Iterable[bytes]:
    """One line of JSON for each; half a character, which UTF-8 does not know, goes through too."""
    write = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode
    return (write(item).encode(errors="surrogatepass") for item in items)


def forget_read() -> None:
    """Have nothing in this process's memory of what was read of the store."""
    for each in (_label_counts, _predicted, _count):
        each.cache_clear()


def n_own(kind: Kind, source: str) -> int:
    """How many texts, pictures or rows are kept under this id; 0 if none (any more)."""
    try:
        return _count(kind, source)
    except KeyError:
        return 0


@lru_cache(maxsize=256)
def _count(kind: Kind, source: str) -> int:
    found = opened(kind, source)
    if found is None:
        raise KeyError(source)  # an exception is not cached
    return len(found.lines)


def pixels_of(png: bytes) -> NDArray[np.uint8]:
    """The pixels of a kept picture: (h, w) if it is grey, else (h, w, 3)."""
    from PIL.PngImagePlugin import PngImageFile

    with PngImageFile(io.BytesIO(png)) as image:
        return np.asarray(image, dtype=np.uint8)
