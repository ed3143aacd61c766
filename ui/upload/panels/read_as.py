"""How a file was read, folded: as it looks, or as somebody says, which reads it anew."""

import contextlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

import streamlit as st

from ui.figures.palette import counted
from ui.shell.notices import problem, remark
from ui.shell.wording import plain
from ui.upload.reading.cells import DayOrMonth
from ui.upload.reading.columns import ColumnFacts
from ui.upload.reading.encodings import ENCODINGS
from ui.upload.reading.text_files import AS_IT_LOOKS, SEPARATORS, ReadAs
from ui.upload.wording import taken_as_one

_DETECTED = "as it looks"
_FIRST = {"day": "the day: 31.12.2025", "month": "the month: 12/31/2025"}
_DECIMALS = {".": "a point: 38.4", ",": "a comma: 38,4"}
_BOX_PX = 220


def read_as(upload_id: str) -> ReadAs:
    """What was said of how to read this file."""

    def said(what: str, offered: Collection[str]) -> str | None:
        value = st.session_state.get(_key(what, upload_id))
        return value if value in offered else None

    how = ReadAs(
        said("encoding", ENCODINGS),
        said("separator", SEPARATORS),
        said("decimal", _DECIMALS),
        bool(st.session_state.get(_key("header", upload_id), True)),
        cast("DayOrMonth | None", said("first", _FIRST)),
        apart=are_apart(upload_id),
    )
    numbers, categories, dates = (
        tuple(st.session_state.get(_key(what, f"{upload_id}{how_in_key(how)}")) or ())
        for what in ("numbers", "categories", "dates")
    )
    return replace(how, numbers=numbers, categories=categories, dates=dates)


def are_apart(upload_id: str) -> bool:
    """Whether labels of this file that are only spelled differently are to be different ones."""
    return bool(st.session_state.get(_key("apart", upload_id)))


def spellings_told(upload_id: str, read: Mapping[str, Any]) -> None:
    """Which labels are spelled in several ways and taken as one, unless somebody keeps them apart.

    Nothing where there are none such.
    """
    if not (groups := read.get("spellings")):
        return
    if not are_apart(upload_id):
        remark(taken_as_one(groups))
    st.checkbox(
        "Keep these spellings apart",
        key=_key("apart", upload_id),
        persist_state="session",  # it is not there while the file is read anew
        help="Labels are taken as one if they differ only in capitals, in space or punctuation "
        "around them, or in how their characters are encoded.",
    )


def how_in_key(how: ReadAs) -> str:
    """What a widget's key has besides the file where the columns may have other names now."""
    said = (how.encoding, how.separator, how.has_header)
    as_it_looks = (AS_IT_LOOKS.encoding, AS_IT_LOOKS.separator, AS_IT_LOOKS.has_header)
    return "" if said == as_it_looks else f"-{said}"


def problem_told(why: str, how: ReadAs) -> None:
    """What is wrong with a file, unless that is told beside what was said of how to read it."""
    if how == AS_IT_LOOKS:
        problem(why)


@contextlib.contextmanager
def how_it_was_read(upload_id: str, how: ReadAs, read: Mapping[str, Any]) -> Iterator[None]:
    """A fold with what can be said of a file, and room for more; open if it cannot be read so."""
    form, why = read.get("form", ""), read.get("problem")
    is_wrong = why is not None and how != AS_IT_LOOKS
    with st.expander("How the file was read", expanded=is_wrong, key="upload-columns"):
        if is_wrong:
            problem(str(why))
        if form:
            facts = [ColumnFacts(**each) for each in read.get("facts", ())]
            n = f", {counted(len(facts), 'column')}" if facts else ""
            commas = ", decimal commas" if any(each.has_commas for each in facts) else ""
            st.caption(plain(f"Read as {form}{n}{commas}."))
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            if not form or form.startswith(("CSV", "JSON")):
                _box("Encoding", "encoding", ENCODINGS, upload_id)
            if not form or form.startswith("CSV"):
                _box("Between the columns", "separator", SEPARATORS, upload_id)
            _box("Decimals after", "decimal", _DECIMALS, upload_id)
            if how.first or how.dates or any(each["first"] for each in read.get("facts", ())):
                _box("First in dates", "first", _FIRST, upload_id)
            if "Parquet" not in form and not form.startswith("JSON"):
                st.checkbox(
                    "The first line names the columns",
                    value=True,
                    key=_key("header", upload_id),
                    persist_state="session",
                )
        yield


def kinds_box(upload_id: str, how: ReadAs, facts: Sequence[Mapping[str, Any]]) -> None:
    """Which columns are numbers, dates or categories, whatever they look like."""
    own = [ColumnFacts(**each) for each in facts]
    by_hand = {*how.numbers, *how.dates}
    kinds = {f.name for f in own if f.form in ("number", "date")} - by_hand
    others = [f.name for f in own if f.name not in kinds]
    with st.container(horizontal=True, gap="small"):
        for label, what, columns, help_text in (
            ("Take as categories", "categories", [*kinds, *how.categories],
             "Numbers that are names, such as codes of departments."),
            ("Take as numbers", "numbers", others,
             "What is no number in such a column counts as missing."),
            ("Take as dates", "dates", others,
             "What is no date in such a column counts as missing."),
        ):  # fmt: skip
            st.multiselect(
                label,
                [f.name for f in own if f.name in columns],
                key=_key(what, f"{upload_id}{how_in_key(how)}"),
                persist_state="session",
                placeholder="None",
                help=help_text,
                width=3 * _BOX_PX // 2,
            )


def _box(label: str, what: str, names: Mapping[str, str], upload_id: str) -> None:
    st.selectbox(
        label,
        ["", *names],
        format_func=lambda key: names.get(key, _DETECTED),
        key=_key(what, upload_id),
        persist_state="session",  # it is not there while the file is read anew
        width=_BOX_PX,
    )


def _key(what: str, upload_id: str) -> str:
    return f"read-as-{what}-{upload_id}"
