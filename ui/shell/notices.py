"""Short messages next to the thing they are about; their text is data, never markup."""

import streamlit as st

from ui.shell.wording import plain


def problem(message: str) -> None:
    """Something that cannot be done, why, and what to do instead."""
    st.error(plain(message), icon=":material/error:")


def remark(message: str) -> None:
    """Something worth knowing that stops nobody."""
    st.warning(plain(message), icon=":material/info:")
