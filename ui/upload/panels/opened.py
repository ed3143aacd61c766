"""A data set that the address names: its name, some of it, and a way back to bringing another."""

import streamlit as st

from ui.figures.palette import counted
from ui.shell.wording import NOUNS, plain
from ui.upload.panels import found, pictures
from ui.upload.panels.data_sets import DataSet, close
from ui.upload.panels.found import Found
from ui.workshop.kept import label_counts, n_own


def shown_again(each: DataSet) -> Found:
    """Show it as when it was brought."""
    n, counts = n_own(each.kind, each.source), label_counts(each.kind, each.source)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="left"):
        st.subheader(plain(each.name), anchor=False, width="content")
        st.button("Bring something else", key="close-data", icon=":material/add:", on_click=close)
    if each.kind == "image":
        pictures.preview(each.source, n)
    st.caption(f"{counted(n, NOUNS[each.kind].item)}.")
    labels = () if counts is None else counts.classes
    again = Found(lambda: each.source, n, each.name, labels, each.files, each.chosen)
    found.labels_told(again)
    if each.kind != "image":
        found.preview(each.kind, each.source)
    return again
