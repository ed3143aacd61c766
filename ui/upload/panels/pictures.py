"""Bringing pictures: files or a zip of them, with a preview and what was left out."""

import streamlit as st

from ui.figures.cards import pictures_html
from ui.shell.brought import keep_file
from ui.shell.notices import problem, remark
from ui.shell.waiting import NO_FILE, fetch, notice
from ui.upload import work
from ui.upload.reading.pictures import MAX_ZIP_BYTES
from ui.workshop.kept import Pictures
from ui.workshop.request import store_id

ENDINGS = ["png", "jpg", "jpeg", "webp", "zip"]
MAX_MB = MAX_ZIP_BYTES // 1_000_000
SAID = 3  # sentences on what was left out


def pictures() -> Pictures | None:
    """Name and store id of the pictures that were brought; None if there are none (yet)."""
    files = st.file_uploader(
        f"PNG, JPEG or WebP pictures of at most 10 MB, or a zip of them of at most {MAX_MB} MB",
        type=ENDINGS,
        accept_multiple_files=True,
        key="upload-pictures",
        max_upload_size=MAX_MB,
    )
    if not files:
        notice(NO_FILE)
        return None
    brought = tuple((file.name, keep_file("upload", file)) for file in files)
    found = fetch(
        "pictures-read",
        store_id("pictures-read", repr(brought)),
        work.pictures,
        brought,
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
    return tuple((name, entry_id) for name, entry_id in found["entries"])
