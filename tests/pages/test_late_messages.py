"""Messages that the browser sent before the page's last answer, as Streamlit hands them on."""

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.testing.v1 import AppTest

from tests.pages.conftest import compare, explain, opened, settled
from tests.pages.test_pages import DEMO
from ui.workshop.item import Item


@pytest.fixture
def app() -> AppTest:
    return opened(explain, **DEMO.params())


def _told(state: WidgetState) -> bool:
    """Whether a browser would: it says nothing of a button that nobody pressed."""
    return state.trigger_value or state.WhichOneof("value") != "trigger_value"


class Message:
    """What the browser has now: its URL, and a state of every widget, some of which it changes."""

    def __init__(self, app: AppTest) -> None:
        self.url = dict(app.query_params)
        self.states: WidgetStates = app._tree.get_widget_states()

    def widget(self, key: str) -> WidgetState:
        return next(state for state in self.states.widgets if f"-{key}" in state.id)

    def arrives_at(self, app: AppTest) -> None:
        app.query_params.clear()
        app.query_params.update(self.url)
        app._run(WidgetStates(widgets=[state for state in self.states.widgets if _told(state)]))
        settled(app)
        assert not app.error


def another_text(app: AppTest, message: Message) -> None:
    """Somebody chooses another text: the page shows it, but the message was sent before."""
    titles = app.pills(key="choice-item-triage")
    message.widget("choice-item").string_array_value.data[:] = [titles.options[2]]
    example = DEMO.task.examples[2]
    titles.set_value(Item(example.split, example.row)).run()
    settled(app)
    assert app.query_params["item"] != str(DEMO.item)


def off(app: AppTest, *, words: list[int]) -> None:
    app.multiselect[0].set_value(words).run()
    settled(app)


def test_a_word_that_is_switched_off_is_one_of_the_text_that_was_shown(app: AppTest) -> None:
    message = Message(app)
    words = app.multiselect[0].options
    message.widget("choice-off").string_array_value.data[:] = [words[3]]
    another_text(app, message)
    message.arrives_at(app)
    assert app.query_params["item"] != str(DEMO.item)
    assert "off" not in app.query_params


def test_what_a_list_does_not_offer_is_not_in_the_url(app: AppTest) -> None:
    message = Message(app)
    message.widget("choice-off").string_array_value.data[:] = ["region 17, lower left"]
    message.arrives_at(app)
    assert "off" not in app.query_params
    message.widget("choice-width").string_value = "least alike reasons first"
    message.arrives_at(app)
    assert "width" not in app.query_params


def test_a_list_that_still_has_what_was_reset_undoes_nothing(app: AppTest) -> None:
    off(app, words=[3])
    message = Message(app)
    assert app.query_params["off"] == "3"
    next(button for button in app.button if button.label == "Reset").click().run()
    message.arrives_at(settled(app))
    assert "off" not in app.query_params


def test_reset_is_of_the_text_that_it_stood_beside(app: AppTest) -> None:
    off(app, words=[3])
    message = Message(app)
    another_text(app, message)
    off(app, words=[4])
    message.widget("reset").trigger_value = True
    message.arrives_at(app)
    assert app.query_params["off"] == "4"


def test_a_guess_is_of_the_text_that_was_shown() -> None:
    app = opened(explain, **DEMO.params(), guess="1")
    message = Message(app)
    another_text(app, message)
    message.widget("given").string_value = app.radio[0].options[0]
    message.widget("commit").trigger_value = True
    message.arrives_at(app)
    assert app.radio[0].value is None  # this one is still to be guessed
    assert not [each for each in app.header if "The model says" in each.value]


def test_an_opened_item_stays_open_though_the_list_tells_once_more_how_it_was_narrowed() -> None:
    """Streamlit has forgotten the list's widgets by then: to it all of them are changed."""
    app = opened(compare, task="triage", n="8", show="all")
    cells = next(box for box in app.selectbox if box.label == "Which texts to list")
    settled(cells.set_value((0, 1)).run())
    narrowed = dict(app.query_params)
    assert narrowed["cell"] == "0.1"
    message = Message(app)
    next(button for button in app.button if button.label == "Open").click().run()
    settled(app)
    message.url = dict(app.query_params)
    message.arrives_at(app)
    assert app.query_params == message.url
    assert message.url.keys() - narrowed.keys() == {"row"}


def test_a_number_of_a_region_is_that_of_the_answer_whose_reasons_were_shown() -> None:
    """The reasons for another answer number the regions anew: an old "1: left" is none of them."""
    app = opened(explain, task="wolves", samples="500")
    first = app.multiselect[0].options[0]
    assert first.startswith("1: ")
    late = Message(app).widget("choice-off")
    late.string_array_value.data[:] = [first]
    app.slider(key="choice-features").set_value(3).run()
    settled(app)
    message = Message(app)
    message.states.widgets.append(late)
    message.arrives_at(app)
    assert app.query_params["features"] == "3"
    assert "off" not in app.query_params
