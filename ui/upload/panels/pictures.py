"""Bringing pictures: files or a zip of them, with a preview and what was left out."""

import streamlit as st

from ui.figures.cards import pictures_html
from ui.shell.notices import problem, remark
from ui.shell.waiting import fetch
from ui.upload import work
from ui.upload.panels.files import files
from ui.upload.reading.pictures import MAX_ZIP_BYTES
from ui.upload.wording import filled_in_words
from ui.workshop.kept import Pictures
from ui.workshop.request import store_id

MAX_MB = MAX_ZIP_BYTES // 1_000_000
SAID = 3  # sentences on what was left out


def pictures() -> tuple[Pictures, list[int]] | None:
    """Name and store id of the pictures that were brought; None if there are none (yet).

    And the numbers of those that were seen through in places.
    """
    brought = files(
        "PNG, JPEG, WebP or TIFF pictures of at most 10 MB, or a zip of them of at most "
        f"{MAX_MB} MB",
        several=True,
        key="upload-pictures",
        max_mb=MAX_MB,
    )
    if not brought:
        return None
    named = tuple((file.name, file.upload_id) for file in brought)
    found = fetch(
        "pictures-read",
        store_id("pictures-read", repr(named)),
        work.pictures,
        named,
        affinity="uploads",
        what="Reading the pictures",
    )
    if found is None:
        return None
    say = remark if found["entries"] else problem
    for line in found["left_out"][:SAID]:
        say(line)
    if len(found["left_out"]) > SAID:
        say(f"{len(found['left_out']) - SAID} more files were left out.")
    if not found["entries"]:
        return None
    names = [name for name, _ in found["entries"]]
    st.html(pictures_html(list(zip(found["previews"], names, strict=False))))
    n, (width, height) = len(names), found["size"]
    count = f"{n} pictures, the first" if n > 1 else "One picture,"
    shrunk = "; large ones are shrunk" if found["shrunk"] else ""
    st.caption(f"{count} {width:,} × {height:,} pixels{shrunk}.")
    if found["filled"]:
        remark(filled_in_words(len(found["filled"]), n))
    return tuple((name, entry_id) for name, entry_id in found["entries"]), found["filled"]
