"""What was brought, under its name: in this session, or as the address of Upload has it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import urlencode

import streamlit as st

from sample_models import Task
from sample_models.types import Kind
from ui.figures.palette import counted
from ui.shell.brought import remember_data, remember_ids, remember_opened
from ui.shell.fields import GONE
from ui.shell.notices import remark
from ui.shell.wording import NOUNS, plain
from ui.upload.panels.found import Found
from ui.upload.reading.headers import shown_name
from ui.workshop.catalogue import find_task
from ui.workshop.item import read_source
from ui.workshop.kept import ENTRIES, label_counts, n_own
from ui.workshop.trained.card import read_card

LONGEST = 80  # characters of a name; of a file's, the first ones
MOST = 12  # that are remembered, the last ones
_BROUGHT = "data-sets"
_AT_HAND = "data-set-at-hand"  # the address names what the screen has by itself
_FIELDS = ("data", "name", "task", "models")  # of the address, beside the kind


@dataclass(frozen=True, slots=True)
class DataSet:
    """Something that was brought, and what was asked about it; no task for columns of its own.

    `models` is the task of the models that were trained on it last. `files` says of which it is,
    "" if not known, `chosen` what of them in words; `is_used` whether it was opened anywhere, or
    something made of it.
    """

    kind: Kind
    source: str
    name: str
    task: str | None
    models: str | None = None
    files: str = ""
    chosen: str = ""
    is_used: bool = False

    def params(self) -> dict[str, str]:
        """As Upload's address names it."""
        of = {"kind": self.kind, "data": self.source, "name": self.name}
        more = {"task": self.task, "models": self.models}
        return of | {field: key for field, key in more.items() if key is not None}


def named(found: Found, kind: Kind, task: Task | None, of: str) -> Callable[[], str]:
    """Keep what was brought, and remember it by a name, at first its title; people may change it.

    `of` says of what it is the name: a file, or the store's id of what was opened again.
    """
    key = f"upload-name-{kind}-{of}"
    title = found.title
    short = title if len(title) <= LONGEST else f"{title[: LONGEST - 1]}…"

    def tell() -> None:
        if "data" in st.query_params:
            st.query_params["name"] = shown_name(st.session_state[key] or short)

    name = st.text_input(
        "Name of these data",
        value=shown_name(short),
        max_chars=LONGEST,
        key=key,
        on_change=tell,
        persist_state="session",
        width=280,
    )

    def kept() -> str:
        source = found.keep()
        asked = None if task is None else task.key
        models = models_of(kind, source)
        of_files = found.files, found.chosen
        _remember(DataSet(kind, source, shown_name(name or short), asked, models, *of_files))
        return source

    return kept


def brought_before() -> None:
    """What this session has brought, folded, with a link to each."""
    there = [each for each in _all().values() if n_own(each.kind, each.source)]
    if not there:
        return
    with st.expander(f"What you have brought ({len(there)})", key="brought-before"):
        for each in reversed(there):
            _line(each)


def opened(kind: Kind) -> DataSet | None:
    """The data set that the address names, unless the screen has it by itself."""
    source = st.query_params.get("data", "")
    if st.session_state.get(_AT_HAND) == source:
        return None
    return _all().get((kind, source)) if n_own(kind, source) else None


def close() -> None:
    """The address names no data set any more; for callbacks."""
    st.session_state.pop(_AT_HAND, None)
    for field in _FIELDS:
        st.query_params.pop(field, None)


def called(kind: Kind, source: str) -> str:
    """The name of a data set."""
    found = _all().get((kind, source))
    return f"Your {NOUNS[kind].item}s" if found is None else found.name


def models_of(kind: Kind, source: str) -> str | None:
    """The task of the models that were trained on a data set last, if there are any."""
    found = _all().get((kind, source))
    return None if found is None else found.models


def remember_models(kind: Kind, source: str, name: str, models: str) -> None:
    """Note the task of the models trained on a data set, here and in the address; for callbacks."""
    found = _all().get((kind, source)) or DataSet(kind, source, name, None)
    each = replace(found, models=models, is_used=True)
    _remember(each)
    remember_data(models)
    if opened(kind) is None:
        st.session_state[_AT_HAND] = source
    st.query_params.from_dict(each.params())


def labelled_others(kind: Kind, source: str) -> dict[str, str]:
    """The names of other labelled data that this session has brought, by their ids."""
    return {
        each.source: _title(each)
        for each in reversed(_all().values())
        if each.kind == kind and each.source != source and label_counts(kind, each.source)
    }


def _line(each: DataSet) -> None:
    n, task = n_own(each.kind, each.source), find_task(each.task) if each.task else None
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        about = f", {task.title}" if task else ""
        said = f"{_title(each)}: {counted(n, NOUNS[each.kind].item)}{about}"
        st.markdown(plain(said), width="content")
        st.button("Open", key=f"open-{each.source}", type="tertiary", on_click=_open, args=(each,))
        with st.popover("Link", type="tertiary", key=f"link-{each.source}"):
            base = (st.context.url or "").split("?")[0]
            st.code(f"{base}?{urlencode(each.params())}", language=None, wrap_lines=True)


def _title(each: DataSet) -> str:
    """The name; and what was chosen where there are several of the same files."""
    is_one_of_several = len(_of_the_same_files(each)) > 1
    return f"{each.name} ({each.chosen})" if is_one_of_several and each.chosen else each.name


def _of_the_same_files(data_set: DataSet) -> list[DataSet]:
    of = (data_set.kind, data_set.files)
    return [each for each in _all().values() if each.files and (each.kind, each.files) == of]


def note_use(kind: Kind, source: str) -> None:
    """A data set was opened, or something made of it: what is chosen next stands beside it."""
    if (each := _all().get((kind, source))) is not None:
        _remember(replace(each, is_used=True))


def _open(each: DataSet) -> None:
    note_use(each.kind, each.source)
    st.session_state.pop(_AT_HAND, None)
    st.query_params.from_dict(each.params())


def read_address() -> None:
    """Remember what the address names, unless it has gone."""
    at = st.query_params
    kind = next((kind for kind in ENTRIES if kind == at.get("kind")), None)
    source = read_source(at.get("data", ""), splits=())
    if kind is None or source is None:
        return
    task = find_task(at.get("task", ""))
    fits = task is not None and task.kind == kind
    if not n_own(kind, source):
        remark(GONE)
        return
    each = _all().get((kind, source))
    if each is None:
        name = shown_name(at.get("name", "") or "data")
        each = DataSet(kind, source, name, task.key if task and fits else None)
        remember_opened(source)
        _remember(each)
    models = at.get("models", "")
    card = read_card(models)
    if each.models is None and card is not None and (card.kind, card.source) == (kind, source):
        _remember(replace(each, models=models))
        remember_data(models)


def _all() -> dict[tuple[Kind, str], DataSet]:
    found: dict[tuple[Kind, str], DataSet] = st.session_state.setdefault(_BROUGHT, {})
    return found


def forget() -> None:
    """Know of no data set any more; for callbacks."""
    st.session_state.pop(_BROUGHT, None)
    close()


def _remember(data_set: DataSet) -> None:
    """The last ones stand last, in place of what was chosen of the same files and not used."""
    remember_ids(data_set.source)
    found, key = _all(), (data_set.kind, data_set.source)
    before = found.pop(key, None)
    for each in _of_the_same_files(data_set):
        if not each.is_used:
            del found[each.kind, each.source]
    is_used = data_set.is_used or (before is not None and before.is_used)
    found[key] = replace(data_set, is_used=is_used)
    while len(found) > MOST:
        found.pop(next(iter(found)))
