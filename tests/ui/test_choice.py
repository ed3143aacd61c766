"""The URL holds the choice: what is written is what is read, and bad links are told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sample_models import tasks
from ui.choice import MAX_FEATURES, N_SAMPLES, PERTURBERS, WIDTHS, Choice, first_choice, read_choice
from ui.item import Item

OWN_ID = "abcdefghijklmnopqrstuvwxyz"
ITEMS = st.builds(
    Item, st.sampled_from(["train", "test", "field", OWN_ID]), st.integers(0, 999_999)
)


@st.composite
def choices(draw: st.DrawFn) -> Choice:
    task = draw(st.sampled_from(list(tasks().values())))
    return Choice(
        task=task,
        item=draw(ITEMS),
        model=draw(st.sampled_from([card.key for card in task.models])),
        target=draw(st.none() | st.integers(0, len(task.class_names) - 1)),
        features=draw(st.integers(1, MAX_FEATURES)),
        samples=draw(st.sampled_from(N_SAMPLES)),
        width=draw(st.sampled_from(list(WIDTHS))),
        selection=draw(st.sampled_from(["auto", "none", "lasso_path"])),
        surrogate=draw(st.sampled_from(["ridge", "tree"])),
        components=draw(st.sampled_from(list(PERTURBERS))),
        seed=draw(st.integers(0, 999)),
        guess_first=draw(st.booleans()),
        off=tuple(draw(st.lists(st.integers(0, 99_999), unique=True, max_size=8))),
    )


@given(choice=choices())
def test_what_the_url_holds_is_what_was_chosen(choice: Choice) -> None:
    again = read_choice(choice.params())
    assert again == choice
    assert again.problems == ()


def test_a_bare_address_shows_the_first_demo_without_a_word() -> None:
    choice = read_choice({})
    assert choice == first_choice(next(iter(tasks().values())))
    assert choice.problems == ()
    assert set(choice.params()) == {"task", "item", "model"}


@pytest.mark.parametrize(
    ("params", "says"),
    [
        ({"task": "horoscope"}, "task “horoscope”"),
        ({"item": "../../etc/passwd"}, "text “../../etc/passwd”"),
        ({"item": "own-short-1"}, "text “own-short-1”"),
        ({"model": "z"}, "model “z”"),
        ({"class": "9"}, "class “9”"),
        ({"features": "0"}, "features “0”"),
        ({"features": "many"}, "features “many”"),
        ({"samples": "1999999"}, "samples “1999999”"),
        ({"width": "-1"}, "width “-1”"),
        ({"surrogate": "mlp"}, "surrogate “mlp”"),
        ({"seed": "-3"}, "seed “-3”"),
        ({"off": "1.x"}, "switched-off words “1.x”"),
    ],
)
def test_what_a_link_names_and_we_lack_is_told_and_replaced(
    params: dict[str, str], says: str
) -> None:
    choice = read_choice(params)
    assert len(choice.problems) == 1
    assert says in choice.problems[0]
    assert choice == first_choice(next(iter(tasks().values())))


def test_the_request_holds_all_that_the_choice_says() -> None:
    choice = read_choice({"width": "wide", "features": "3", "components": "places", "class": "1"})
    request = choice.request
    assert request.settings.kernel_width == 50
    assert request.settings.n_features == 3
    assert not request.perturber.together
    assert request.target == 1
