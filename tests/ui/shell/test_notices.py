"""What a page says where the store fails."""

import pytest
from streamlit.testing.v1 import AppTest

from tests.conditions import PATIENCE
from ui.workshop.store import Store, StoreError


def screen() -> None:
    """A page with an act that keeps something, and one that reads what is kept."""
    import streamlit as st

    from ui.shell import notices
    from ui.workshop.store import store

    def page() -> None:
        st.title("A page")
        keep = notices.keeping(lambda: store().put("review", b"said"))
        st.button("Keep", on_click=keep)
        if st.toggle("Read"):
            store().check()
            st.write("There.")

    notices.shown(page)


def test_a_store_that_fails_is_a_sentence_beside_what_does_not_need_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: object) -> None:
        raise StoreError("The folder [x](http://e.invalid) is full.")

    app = AppTest.from_function(screen, default_timeout=PATIENCE).run()
    with monkeypatch.context() as patch:
        patch.setattr(Store, "write", refuse)
        patch.setattr(Store, "check", refuse)
        app.button[0].click().run()
        assert app.title[0].value == "A page"
        (said,) = app.error
        assert said.value.replace("\\", "").startswith("What you did was not kept. The folder [x]")
        assert "[x](" not in said.value  # it is no link
        app.toggle[0].set_value(True).run()
        (said,) = app.error
        assert said.value.startswith("The folder")
        assert app.button[1].label == "Try again"
        assert not app.markdown
    app.button[1].click().run()
    assert not app.error
    assert app.markdown[0].value == "There."
    assert not app.exception
