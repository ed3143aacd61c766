"""The URL holds the choice: what is written is what is read, and bad links are told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lime_engine import ImagePerturber, TextPerturber
from sample_models import tasks
from ui.compare.choice import CompareChoice
from ui.explain.choice import (
    BINS,
    CASES,
    CHARTS,
    FILLS,
    MAX_FEATURES,
    N_SAMPLES,
    PICTURES,
    REGIONS,
    WIDTHS,
    WORDS,
    Choice,
    first_choice,
    read_choice,
)
from ui.pick.choice import PickChoice
from ui.workshop.item import Item
from ui.workshop.request import TableView

OWN_ID = "abcdefghijklmnopqrstuvwxyz"
VALUES = (
    st.none()
    | st.booleans()
    | st.text(max_size=20)
    | st.floats(allow_nan=False, allow_infinity=False)
)


@st.composite
def choices(draw: st.DrawFn) -> Choice:
    task = draw(st.sampled_from(list(tasks().values())))
    return Choice(
        task=task,
        item=Item(draw(st.sampled_from([*task.splits, OWN_ID])), draw(st.integers(0, 999_999))),
        model=draw(st.sampled_from([card.key for card in task.models])),
        target=draw(st.none() | st.integers(0, len(task.class_names) - 1)),
        features=draw(st.integers(1, MAX_FEATURES)),
        samples=draw(st.none() | st.sampled_from(N_SAMPLES)),
        width=draw(st.sampled_from(list(WIDTHS))),
        selection=draw(st.sampled_from(["auto", "none", "lasso_path"])),
        surrogate=draw(st.sampled_from(["ridge", "tree"])),
        components=draw(st.sampled_from(list(WORDS))),
        case=draw(st.sampled_from(CASES)),
        regions=draw(st.sampled_from(list(REGIONS))),
        fill=draw(st.sampled_from(list(FILLS))),
        picture=draw(st.sampled_from(PICTURES)),
        bins=draw(st.sampled_from(BINS)),
        chart=draw(st.sampled_from(CHARTS)),
        seed=draw(st.integers(0, 999)),
        guess_first=draw(st.booleans()),
        off=tuple(draw(st.lists(st.integers(0, 99_999), unique=True, max_size=8))),
        edits=tuple(draw(st.dictionaries(st.integers(0, 99), VALUES, max_size=5)).items()),
    )


@given(choice=choices())
def test_what_the_url_holds_is_what_was_chosen(choice: Choice) -> None:
    again = read_choice(choice.params())
    assert again == choice
    assert again.problems == ()


def test_an_item_of_data_that_are_not_at_hand_is_told() -> None:
    choice = read_choice({"task": "comments", "item": "train-0"})
    assert choice == first_choice(tasks()["comments"])
    assert "item “train-0”, which is not here" in choice.problems[0]


def test_a_bare_address_shows_the_first_demo_without_a_word() -> None:
    choice = read_choice({})
    assert choice == first_choice(next(iter(tasks().values())))
    assert choice.problems == ()
    assert set(choice.params()) == {"task", "item", "model"}


@pytest.mark.parametrize(
    ("params", "says"),
    [
        ({"task": "horoscope"}, "task “horoscope”"),
        ({"item": "../../etc/passwd"}, "item “../../etc/passwd”"),
        ({"item": "own-short-1"}, "item “own-short-1”"),
        ({"model": "z"}, "model “z”"),
        ({"class": "9"}, "class “9”"),
        ({"features": "0"}, "features “0”"),
        ({"features": "many"}, "features “many”"),
        ({"samples": "1999999"}, "samples “1999999”"),
        ({"width": "-1"}, "width “-1”"),
        ({"surrogate": "mlp"}, "surrogate “mlp”"),
        ({"seed": "-3"}, "seed “-3”"),
        ({"off": "1.x"}, "switched-off parts “1.x”"),
        ({"edits": "[[0,NaN]]"}, "edited values"),
        ({"edits": '[["a",1]]'}, "edited values"),
        ({"edits": "[[1,[2]]]"}, "edited values"),
        ({"edits": "[" * 5000}, "edited values"),
        ({"regions": "hexagons"}, "regions “hexagons”"),
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
    assert request.width == 2
    assert request.settings.n_features == 3
    assert request.settings.n_samples == 2000
    assert request.view == TextPerturber(together=False)
    assert request.target == 1


def test_case_is_ignored_where_the_model_does_unless_a_link_says_otherwise() -> None:
    assert read_choice({"task": "newsgroups", "model": "b"}).view == TextPerturber(ignore_case=True)
    assert read_choice({"task": "newsgroups", "model": "a"}).view == TextPerturber()
    by_hand = {"task": "newsgroups", "model": "b", "case": "written"}
    assert read_choice(by_hand).view == TextPerturber()
    assert read_choice(by_hand | {"model": "a", "case": "ignored"}).view == TextPerturber(
        ignore_case=True
    )
    news = tasks()["newsgroups"]
    assert PickChoice(news, "b").request(0).view == TextPerturber(ignore_case=True)
    assert PickChoice(news, "a").request(0).view == TextPerturber()
    assert CompareChoice(news, ("b", "b"), "test").pair(0)[0].view == TextPerturber(
        ignore_case=True
    )
    assert CompareChoice(news, ("a", "b"), "test").pair(0)[0].view == TextPerturber()


def test_each_kind_is_taken_apart_in_its_own_way() -> None:
    digits = read_choice({"task": "digits", "regions": "coarse", "fill": "grey"})
    assert digits.request.view == ImagePerturber("slic", 20, 128.0)
    assert digits.request.settings.n_samples == 1000
    assert read_choice({"task": "digits"}).request.view == tasks()["digits"].image
    flu = read_choice({"task": "flu", "bins": "decile", "off": "1", "edits": "[[2,1],[99,3]]"})
    assert flu.request.view == TableView("decile")
    assert flu.within(5).edits == ((2, 1),)
    assert flu.within(5).off == ()
    assert read_choice({"off": "1.7", "edits": "[[2,1]]"}).within(5).off == (1,)
    assert read_choice({"off": "1.7", "edits": "[[2,1]]"}).within(5).edits == ()


def test_a_link_to_a_network_that_is_gone_says_so() -> None:
    choice = read_choice({"task": f"own-{OWN_ID}", "item": f"own-{OWN_ID}-0"})
    assert "not here any more" in choice.problems[0]
    assert choice.task.key in tasks()


def test_how_a_picture_is_shown_is_left_to_the_picture_until_somebody_chooses() -> None:
    assert "picture" not in read_choice({"task": "wolves"}).params()
    for look in ("colours", "only"):
        assert read_choice({"task": "wolves", "picture": look}).params()["picture"] == look
