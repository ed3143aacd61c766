"""A word of caution where the item is like nothing that the model has learned from."""

from typing import Any

import streamlit as st

from ui.explain import wording as told
from ui.explain.choice import Choice
from ui.explain.work import outside as work
from ui.shell.waiting import fetch
from ui.shell.wording import NOUNS, plain
from ui.workshop.catalogue import has_data


def caution(choice: Choice) -> dict[str, Any] | None:
    """What somebody brought may be like nothing the model knows: that is said before the reasons.

    The task's own items are what its models are made for. Returns what was found, once it is here.
    """
    if not choice.item.is_own or not has_data(choice.task.key):
        return None
    request = choice.request
    found: dict[str, Any] | None = fetch(
        "outside",
        work.outside_id(request),
        work.outside,
        request.alone(),
        affinity=request.affinity,
        what=f"Comparing this {NOUNS[choice.task.kind].item} with what the model learned from",
    )
    if found is None:
        return None
    if (said := told.outside(found, choice.task)) is not None:
        head, rest = said
        st.warning(f"**{plain(head)}** {plain(rest)}", icon=":material/warning:")
    return found
