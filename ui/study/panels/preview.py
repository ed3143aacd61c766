"""The items as participants will see them, before the launch."""

from urllib.parse import urlsplit

import streamlit as st

from trust_study import preview
from trust_study.frozen import Study
from ui.study import wording
from ui.study.draft import Draft
from ui.study.panels.rehearsal import pages_url

PHONE_PX = 390, 700


def items(draft: Draft, study: Study) -> None:
    """A fold with one item at a time, as a phone shows it: alone, and in each arm."""
    fold = st.expander("See the items", key="study-see", on_change="rerun")
    if not fold.open:
        return
    with fold:
        about = draft.fork or draft.items_id
        with st.container(horizontal=True):
            item = st.selectbox(
                "Item",
                range(len(study.items)),
                format_func=lambda n: wording.item_name(n + 1, study.items[n]),
                key=f"study-see-item-{about}",
                width=340,
            )
            views = preview.views(study)
            view = st.selectbox(
                "What people see of it",
                range(len(views)),
                format_func=lambda n: wording.view(views[n]),
                key=f"study-see-view-{about}-{views}",
                width=340,
            )
        root = urlsplit(pages_url()).path
        with st.container(border=True, width=PHONE_PX[0] + 34):
            st.iframe(
                preview.page(root, study, study.items[item], views[view]),
                height=PHONE_PX[1],
                alt="The page as a participant's phone shows it",
            )
