import pytest
from streamlit.testing.v1 import AppTest

from tests.conditions import PATIENCE
from ui.shell.widgets import new_clicks


def click(n, component, of="here"):
    return {"n": n, "id": component, "of": of}


def test_each_click_counts_once_and_in_order():
    told = [click(1, 7), click(3, 7), click(2, 4)]
    assert new_clicks(told, 0, "here") == [(1, 7), (2, 4), (3, 7)]
    assert new_clicks(told, 2, "here") == [(3, 7)]
    assert new_clicks(told, 3, "here") == []


def test_a_click_on_the_figure_before_is_not_one_on_this():
    told = [click(1, 7, of="there"), click(2, 4), {"n": 3, "id": 5}]
    assert new_clicks(told, 0, "here") == [(2, 4)]


@pytest.mark.parametrize("told", [None, "x", {}, [None], [{"n": "1", "id": 2}], [{"id": 2}]])
def test_what_a_browser_should_not_send_is_no_click(told):
    assert new_clicks(told, 0, "here") == []


def page():
    import streamlit as st

    from ui.explain.figures.text import text_figure
    from ui.shell import widgets
    from ui.shell.address import About

    width = widgets.figure_width("ruler", guess=480)
    drawing = text_figure("a b", [[(0, 1)], [(2, 3)]], {0: 1.0}, width_px=width, dark=False)
    about = About((), lambda: ())
    widgets.clickable_figure(drawing, key="words", alt="a b", about=about, on_click=st.write)


def test_before_the_browser_has_told_its_width_a_guess_is_drawn():
    at = AppTest.from_function(page, default_timeout=PATIENCE).run()
    assert not at.exception
    (chart,) = at.get("plotly_chart")
    assert '"width":480' in chart.proto.spec
    assert chart.proto.alt == "a b"
