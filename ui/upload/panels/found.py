"""What was brought, once it is read: how many, how they are labelled, and a preview that pages."""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import streamlit as st

from lime_engine.errors import InputError
from sample_models import Task
from sample_models.types import Kind
from ui.shell.wording import cell, listed, percent, plain
from ui.upload.reading.columns import ColumnFacts, in_words
from ui.workshop import kept
from ui.workshop.instances import GONE
from ui.workshop.kept import Labels, numbers_of

ON_A_PAGE = 5  # items
LENGTH = 300  # characters of a text in a preview
BY_HAND = 12  # labels, the most frequent of those that are no class
NO_COLUMN = "(none)"
_NO_CLASS = "(none of them)"
_FORMS = {
    "nothing": "empty",
    "number": "numbers",
    "date": "dates",
    "yes or no": "yes or no",
    "category": "categories",
    "text": "text",
}


class Found(NamedTuple):
    """What was brought: `keep` returns the id that opens it, `labels` are names with counts.

    `title` is what the file is called, `files` says which they are, `chosen` what was of them.
    """

    keep: Callable[[], str]
    n: int
    title: str = ""
    labels: tuple[tuple[str, int], ...] = ()
    files: str = ""
    chosen: str = ""

    def named(self, kind: Kind, names: Mapping[str, str]) -> "Found":
        """The same with some labels under other names."""
        if not names:
            return self
        chosen = ", ".join(filter(None, (self.chosen, "labels under other names")))
        return self._replace(keep=lambda: _renamed(kind, self.keep(), names), chosen=chosen)


def found_of(
    read: Mapping[str, Any], files: Sequence[tuple[str, str]], *, are_apart: bool = False
) -> Found:
    """What a worker has read and kept of files, (name, store id) each; the first has its name."""
    labels = tuple((str(name), int(n)) for name, n in read["labels"])
    name = files[0][0]
    title = name.rpartition(".")[0] or name
    chosen = (
        f"texts in {listed([read['column']])}" if read.get("column") else "",
        f"labels in {listed([read['label']])}" if read.get("label") else "",
        f"without {listed(read['left_out'], at_most=2)}" if read.get("left_out") else "",
        "spellings apart" if are_apart and read.get("spellings") else "",
    )
    return Found(
        lambda: str(read["source"]),
        int(read["n"]),
        title,
        labels,
        repr(files),
        ", ".join(filter(None, chosen)),
    )


def _renamed(kind: Kind, source: str, names: Mapping[str, str]) -> str:
    renamed = kept.keep_renamed(kind, source, names)
    if renamed is None:
        raise InputError(GONE)
    return renamed


def preview(kind: Kind, source: str) -> None:
    """Some of the texts or rows with their labels, page by page."""
    shown = _page(kind, source, 0)
    if shown is None:
        return
    n_pages = -(-shown[0] // ON_A_PAGE)
    below = st.container()
    page = 1
    if n_pages > 1:
        page = st.pagination(n_pages, key=f"preview-{source}")
    shown = _page(kind, source, min(max(int(page), 1), n_pages) - 1)
    if shown is not None:
        numbers = {"#": st.column_config.NumberColumn(width="small")}
        below.dataframe(shown[1], width="stretch", hide_index=True, column_config=numbers)


@lru_cache(maxsize=64)
def _page(kind: Kind, source: str, page: int) -> tuple[int, dict[str, list[Any]]] | None:
    """How many items there are, and some of them, as a table's columns."""
    found = kept.opened(kind, source)
    if found is None:
        return None
    rows = range(page * ON_A_PAGE, min((page + 1) * ON_A_PAGE, len(found.lines)))
    table: dict[str, list[Any]] = {"#": [row + 1 for row in rows]}
    if found.labels is not None:
        names = found.labels.names
        of = [found.labels.of[row] for row in rows]
        table["label"] = [names[label] if label >= 0 else "" for label in of]
    for each in found.predictions:
        table[_free(each.name, "prediction", table)] = _answers(each, rows)
    items = [found.item(row) for row in rows]
    if kind == "text":
        cut = [text[:LENGTH] + ("…" if len(text) > LENGTH else "") for text in items]
        return len(found.lines), table | {"text": cut}
    for at, name in enumerate(found.columns):
        table[_free(name, "column", table)] = [cell(row[at]) for row in items]
    return len(found.lines), table


def forget_read() -> None:
    """Have no page in memory any more."""
    _page.cache_clear()


def _free(name: str, what: str, taken: Collection[str]) -> str:
    """A name for one more column of a preview."""
    while name in taken:
        name = f"{name} ({what})"
    return name


def _answers(predictions: kept.Predictions, rows: Sequence[int]) -> list[str]:
    """What a model elsewhere has said of these items."""
    p = predictions.of(rows)
    answers = [predictions.class_names[answer] for answer in p.argmax(axis=1)]
    if not predictions.has_probabilities:
        return answers
    return [f"{name}, {percent(sure)}" for name, sure in zip(answers, p.max(axis=1), strict=True)]


def chosen(upload_id: str, **keys: str) -> dict[str, Any]:
    """What was chosen for a file in the widgets with these keys; None where all is as proposed.

    A widget has a value as soon as it is shown: what it shows as proposed is not to be read again.
    """
    now = {name: st.session_state.get(key) for name, key in keys.items()}
    proposed = st.session_state.get(f"proposed-{upload_id}", {})
    return dict.fromkeys(keys) if proposed == now else now


def proposed(upload_id: str, was_chosen: Mapping[str, Any], read: Mapping[str, Any]) -> None:
    """Remember what a first reading of a file proposes."""
    if all(value is None for value in was_chosen.values()):
        st.session_state[f"proposed-{upload_id}"] = {name: read[name] for name in was_chosen}


def column_box(
    label: str, columns: Sequence[str], value: str, *, key: str, help: str, optional: bool = False
) -> None:
    """Which column is what; `""` is none of them, where that is possible."""
    options = ["", *columns] if optional else list(columns)
    st.selectbox(
        label,
        options,
        index=options.index(value) if value in options else 0,
        format_func=lambda name: name or NO_COLUMN,
        key=key,
        persist_state="session",  # it is not there while another column is being read
        help=help,
        width=280,
    )


def label_too_told(read: Mapping[str, Any]) -> None:
    """Which other columns may be the labels, beside the one proposed, where none is called so."""
    if others := read["label_too"]:
        st.caption(plain(f"{listed(others, at_most=3)} may be the labels, too."))


def columns_told(facts: Sequence[Mapping[str, Any]], uses: Mapping[str, str]) -> None:
    """What each column holds, and what it is used as."""
    own = [ColumnFacts(**each) for each in facts]
    st.dataframe(
        {
            "column": [each.name for each in own],
            "holds": [_FORMS[each.form] for each in own],
            "used as": [uses.get(each.name, "ignored") for each in own],
            "different": [each.n_different for each in own],
            "missing": [each.n_missing for each in own],
            "for example": [each.example for each in own],
            "note": [in_words(each, is_used=each.name in uses) for each in own],
        },
        width="stretch",
        hide_index=True,
    )


def by_hand(found: Found | None, kind: Kind, task: Task | None) -> Found | None:
    """How the labels fit the model's classes, by name, and by hand where they do not."""
    if found is None or not found.labels or task is None:
        return found
    names = tuple(name for name, _ in found.labels)
    numbers = numbers_of(Labels(names, tuple(range(len(names)))), task.class_names).tolist()
    unknown = [pair for pair, number in zip(found.labels, numbers, strict=True) if number < 0]
    if not unknown:
        return found
    n_known = len(names) - len(unknown)
    of = f"{n_known:,} of {len(names):,}" if n_known else "None of the"
    names_there: dict[str, str] = {}
    with st.expander(
        f"{of} labels {'is a class' if n_known == 1 else 'are classes'} of this model",
        key=f"upload-match-{task.key}",
    ):
        st.caption(
            plain(
                f"It knows {listed(task.class_names)}. Say what the labels are called there; those "
                "that are none of them are not counted."
            )
        )
        with st.container(horizontal=True, gap="small"):
            for name, n in sorted(unknown, key=lambda pair: -pair[1])[:BY_HAND]:
                picked = st.selectbox(
                    plain(f"“{name}” ({n:,})"),
                    [_NO_CLASS, *task.class_names],
                    key=f"upload-match-{task.key}-{name}",
                    persist_state="session",
                    width=220,
                )
                if picked in task.class_names:
                    names_there[name] = picked
        if len(unknown) > BY_HAND:
            st.caption(f"And {len(unknown) - BY_HAND:,} rarer ones.")
    return found.named(kind, names_there)


def labels_told(found: Found) -> None:
    """How many items each label has, in one line."""
    if found.labels:
        most = sorted(found.labels, key=lambda pair: -pair[1])
        shown = ", ".join(f"{name} ({n:,})" for name, n in most[:6])
        more = f" and {len(most) - 6:,} more" if len(most) > 6 else ""
        n_without = found.n - sum(n for _, n in found.labels)
        without = f"; {n_without:,} without" if n_without else ""
        st.caption(plain(f"Labels: {shown}{more}{without}."))
