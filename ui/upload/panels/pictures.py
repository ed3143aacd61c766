"""Bringing pictures: files or a zip of them, with labels, a preview and what was left out."""

from collections.abc import Sequence
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ui.figures.cards import pictures_html
from ui.figures.palette import counted
from ui.shell.notices import problem, remark
from ui.shell.waiting import fetch
from ui.shell.wording import plain
from ui.upload import work
from ui.upload.panels.files import files
from ui.upload.panels.found import (
    Found,
    chosen,
    column_box,
    found_of,
    label_too_told,
    labels_told,
    proposed,
)
from ui.upload.panels.predictions import predicted_as, predictions_box, predictions_told
from ui.upload.panels.read_as import are_apart, read_as, spellings_told
from ui.upload.reading.headers import shown_name
from ui.upload.reading.pictures import MAX_ZIP_BYTES
from ui.upload.wording import filled_in_words
from ui.workshop import kept
from ui.workshop.request import store_id

MAX_MB = MAX_ZIP_BYTES // 1_000_000
WIDTH_PX = 112  # of one in small: three side by side on a phone
SAID = 3  # sentences on what was left out


def pictures() -> Found | None:
    """The pictures that were brought; None if there are none (yet)."""
    brought = files(
        "PNG, JPEG, WebP or TIFF pictures of at most 10 MB, or a zip of them of at most "
        f"{MAX_MB} MB",
        several=True,
        key="upload-pictures",
        max_mb=MAX_MB,
        help="In a zip, the names of the folders are taken as labels. Or give a table (.csv, "
        ".xlsx) with them, in which one column names the files and another says what they show.",
    )
    if not brought:
        return None
    named = tuple((file.name, file.upload_id) for file in brought)
    first = named[0][1]
    read = fetch(
        "pictures-read",
        store_id("pictures-read", repr(named), repr(are_apart(first))),
        work.pictures,
        named,
        are_apart(first),
        affinity="uploads",
        what="Reading the pictures",
    )
    if read is None:
        return None
    _left_out(read["left_out"], is_all=not read["n"])
    if not read["n"]:
        if not read["left_out"]:
            problem("There is a table but no picture. Add the pictures that it names.")
        return None
    n, (width, height) = read["n"], read["size"]
    labelled = _labelled(read["source"], read["tables"][0], n) if read["tables"] else None
    if labelled is None:
        of_labels, shown = first, read
    else:
        of_labels, shown = read["tables"][0][1], {**read, **labelled}
    found = found_of(shown, named, are_apart=are_apart(of_labels))
    preview(read["source"], n)
    count = f"{n:,} pictures, the first" if n > 1 else "One picture,"
    shrunk = "; large ones are shrunk" if read["shrunk"] else ""
    st.caption(f"{count} {width:,} × {height:,} pixels{shrunk}.")
    labels_told(found)
    spellings_told(of_labels, shown)
    if read["n_filled"]:
        remark(filled_in_words(read["n_filled"], n))
    return found


def _left_out(lines: Sequence[str], *, is_all: bool) -> None:
    say = problem if is_all else remark
    for line in lines[:SAID]:
        say(line)
    if len(lines) > SAID:
        say(f"{len(lines) - SAID:,} more files were left out.")


def _labelled(source: str, table: Sequence[str], n: int) -> dict[str, Any] | None:
    """The set with the labels of a table, whose column may be changed."""
    name, upload_id = table
    keys = {"label": f"picture-labels-{upload_id}", "predicted": f"predicted-{upload_id}"}
    of = chosen(upload_id, **keys)
    predicted = predicted_as(upload_id, of["predicted"])
    how = read_as(upload_id)
    read = fetch(
        "pictures-labelled",
        store_id(
            "pictures-labelled", source, name, upload_id, repr(of), repr(predicted), repr(how)
        ),
        work.labelled_pictures,
        source,
        name,
        upload_id,
        of["label"],
        predicted,
        how,
        affinity="uploads",
        what="Reading the labels",
    )
    if read is None:
        return None
    if "problem" in read:
        remark(f"“{shown_name(name)}”: {read['problem']}")
        return None
    proposed(upload_id, of, read)
    if len(read["columns"]) > 1:
        column_box(
            "Column with the labels",
            read["columns"],
            read["label"],
            key=keys["label"],
            help="What the pictures show, as far as it is known.",
        )
        label_too_told(read)
        predictions_box(upload_id, read)
        predictions_told(upload_id, read)
    st.caption(plain(f"“{shown_name(name)}” names {read['n_named']:,} of {counted(n, 'picture')}."))
    return dict(read)


def small_page(
    source: str, n: int, *, kind: str, key: str
) -> tuple[DeltaGenerator, int, list[str] | None]:
    """Ask which page of a set's first `n` pictures is shown, where there are several.

    Returns the place above that question, the number of the page's first picture, and its pictures
    as data URIs, once they are there. One page at a time is waited for under a store's `kind`.
    """
    n_pages = -(-n // work.PREVIEWS)
    above = st.container()
    page = 1
    if n_pages > 1:
        page = min(max(int(st.pagination(n_pages, key=key)), 1), n_pages)
    first = (page - 1) * work.PREVIEWS
    with above:
        small = fetch(
            kind,
            store_id(kind, source, str(first)),
            work.small_pictures,
            source,
            first,
            affinity="uploads",
            what="Making the pictures small",
        )
    return above, first, small


def preview(source: str, n: int) -> None:
    """Some of the pictures, page by page."""
    above, first, small = small_page(source, n, kind="pictures-small", key=f"preview-{source}")
    brought = kept.pictures(source)
    if small is not None and brought is not None:
        names = [name for name, _ in brought[first : first + work.PREVIEWS]]
        above.html(pictures_html(list(zip(small, names, strict=False)), width_px=WIDTH_PX))
