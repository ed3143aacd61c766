"""Comparisons in the URL, without names, and of models that call their answers differently."""

import json
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lime_engine.errors import InputError
from model_adapters import NetworkSettings
from sample_models import tasks
from ui.compare.choice import (
    BOARDS,
    COSTS,
    MAX_ITEMS,
    NAMES,
    ORDERS,
    SHOWS,
    SURE,
    WORDS,
    CompareChoice,
    blinded,
    first_comparison,
    read_comparison,
)
from ui.compare.matching import ELSE, by_name, matching
from ui.compare.verdicts import say
from ui.workshop.catalogue import keep_network
from ui.workshop.store import Store, store

OWN_ID = "abcdefghijklmnopqrstuvwxyz"
WHO = "0123456789abcdef"
TRIAGE, WOLVES = tasks()["triage"], tasks()["wolves"]
VALUES = (
    st.none()
    | st.booleans()
    | st.text(max_size=20)
    | st.floats(allow_nan=False, allow_infinity=False)
)


def through_a_url(params: dict[str, str]) -> dict[str, str]:
    return dict(parse_qsl(urlencode(params), keep_blank_values=True, strict_parsing=bool(params)))


def network(name: str, *classes: str) -> str:
    """The key of a network that someone brought, with these classes; it is never run."""
    settings = NetworkSettings(
        layout="NCHW",
        height=8,
        width=8,
        channels=3,
        dtype="float32",
        scaling="0-1",
        output="probabilities",
        class_names=classes,
    )
    return f"{keep_network('a' * 26, name, settings)}/own"


# --- In the URL ---------------------------------------------------------------------------------


@st.composite
def comparisons(draw: st.DrawFn) -> CompareChoice:
    task = draw(st.sampled_from(list(tasks().values())))
    keys = [card.key for card in task.models]
    keys += [f"{other.key}/{card.key}" for other in tasks().values() for card in other.models]
    models = st.sampled_from(keys)
    match = st.lists(st.none() | st.integers(0, 9999), min_size=1, max_size=12).map(tuple)
    matches = st.none() | match
    answer = st.integers(0, 9999)
    edits = st.dictionaries(st.integers(0, 99), VALUES, max_size=5)
    return CompareChoice(
        task,
        draw(st.tuples(models, models)),
        source=draw(st.sampled_from([*task.splits, OWN_ID])),
        n=draw(st.integers(1, MAX_ITEMS)),
        matches=draw(st.tuples(matches, matches)),
        show=draw(st.sampled_from(SHOWS)),
        order=draw(st.sampled_from(ORDERS)),
        cell=draw(st.none() | st.tuples(answer, answer)),
        feature=draw(st.text(st.characters(exclude_categories=["Cs"]), max_size=200)),
        page=draw(st.integers(1, 10_000)),
        row=draw(st.none() | st.integers(0, 10**6)),
        target=draw(st.none() | answer),
        off=tuple(draw(st.lists(st.integers(0, 99_999), unique=True, max_size=8))),
        edits=tuple(draw(edits).items()),
        who=draw(st.sampled_from(["", WHO])),
        board=draw(st.sampled_from(BOARDS)),
        cost=draw(st.sampled_from(COSTS)),
        miss=draw(st.none() | answer),
        by=draw(st.sampled_from(["class", WORDS, *SURE, "word:chest pain", "column:patient id"])),
    )


@given(comparisons())
def test_what_is_written_is_what_is_read(choice: CompareChoice) -> None:
    params = choice.params()
    read = read_comparison(through_a_url(params))
    assert set(params) <= NAMES
    assert read == choice
    assert read.problems == ()
    assert repr(read.edits) == repr(choice.edits)  # 1, 1.0 and True are different values


def test_verdicts_are_on_the_models_and_the_data_however_many_items_are_explained() -> None:
    choice = first_comparison(TRIAGE)
    assert replace(choice, n=20).comparison_id == choice.comparison_id
    assert replace(choice, source="field").comparison_id != choice.comparison_id


def test_the_shortest_link() -> None:
    choice = first_comparison(TRIAGE)
    assert choice.params() == {"task": "triage", "a": "a", "b": "b"}
    assert read_comparison({"task": "triage"}) == choice


@given(st.dictionaries(st.sampled_from(sorted(NAMES)), st.text(max_size=30), max_size=6))
def test_any_link_opens_something_that_has_a_link_of_its_own(params: dict[str, str]) -> None:
    choice = read_comparison(params)
    assert replace(read_comparison(choice.params()), problems=()) == choice


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("task", "../x"),
        ("a", "nobody"),
        ("b", "triage/nobody"),
        ("b", "x/y/z"),
        ("source", "own-../../secret"),
        ("n", "0"),
        ("n", "2001"),
        ("n", "1e9"),
        ("show", "<b>"),
        ("order", ""),
        ("row", "-1"),
        ("page", "0"),
        ("cell", "1"),
        ("target", "x"),
        ("off", "1,2"),
        ("edits", "[[0, NaN]]"),
        ("blind", "../secret"),
    ],
)
def test_what_is_not_here_is_told_and_replaced(name: str, value: str) -> None:
    choice = read_comparison({"task": "triage", name: value})
    assert choice == first_comparison(TRIAGE)
    (told,) = choice.problems
    assert value[:40] in told


@pytest.mark.parametrize("who", ["", "0" * 15, "A" * 16, "../" * 5 + "x", "<script>12345678"])
def test_a_person_is_a_token(who: str) -> None:
    assert read_comparison({"who": who}).who == ""


@pytest.mark.parametrize("match", ["9999.0", "-1.0", "0", "0.1.2", "..", "0.x"])
def test_a_match_that_does_not_fit_is_made_by_name(match: str) -> None:
    choice = read_comparison({"task": "triage", "map-a": match})
    assert choice.matching == first_comparison(TRIAGE).matching


# --- Without names ------------------------------------------------------------------------------


def test_a_link_without_names_says_nothing_of_what_is_compared() -> None:
    choice = replace(
        first_comparison(WOLVES), source="field", n=37, matches=((1, 0), None), who=WHO
    )
    hidden = replace(blinded(choice), row=3, cell=(0, 1), who=WHO)
    params = hidden.params()
    assert set(params) == {"blind", "row", "cell", "who"}
    written = json.dumps(params | {"blind": ""})
    assert not any(word in written for word in ("wolves", "field", "37", '"a"', '"b"'))
    read = read_comparison(through_a_url(params))
    assert read == hidden
    assert (read.source, read.n, set(read.models)) == ("field", 37, {"a", "b"})
    given_match = dict(zip(read.models, read.matches, strict=True))
    assert given_match == {"a": (1, 0), "b": None}


def test_both_orders_occur_and_each_has_a_link_of_its_own() -> None:
    choice = first_comparison(TRIAGE)
    found = [blinded(choice) for _ in range(40)]
    assert {each.models for each in found} == {("a", "b"), ("b", "a")}
    # Or who knows the models could try both orders.
    assert len({each.blind for each in found}) == len(found)
    assert len({each.comparison_id for each in found}) == len(found)


def test_each_person_has_the_sides_of_one_comparison_in_an_order_of_their_own() -> None:
    shared = blinded(replace(first_comparison(TRIAGE), matches=((1, 0), None)))
    people = [f"{number:016x}" for number in range(40)]
    found = [read_comparison(shared.params() | {"who": who}) for who in people]
    assert {each.models for each in found} == {("a", "b"), ("b", "a")}
    assert {dict(zip(each.models, each.matches, strict=True))["a"] for each in found} == {(1, 0)}
    assert {each.verdicts_id for each in found} == {shared.verdicts_id}
    assert found == [shared.for_person(who) for who in people]
    for each in found:  # what is kept of both answers is of these sides
        assert (each.comparison_id == found[0].comparison_id) == (each.models == found[0].models)
        assert each.is_other_way(people[0]) == (each.models != found[0].models)
        assert each.for_person(people[0]) == found[0]


def test_a_link_of_the_time_of_one_order_for_all_keeps_it() -> None:
    content = {"task": "triage", "models": ["b", "a"], "matches": [None, None]}
    blind = store().put("blind", json.dumps(content | {"source": "test", "n": 9}).encode())
    for number in range(20):
        choice = read_comparison({"blind": blind, "who": f"{number:016x}"})
        assert choice.models == ("b", "a")
        assert choice.verdicts_id == choice.comparison_id


def test_hidden_names_survive_a_restart(a_store_of_its_own: Store) -> None:
    hidden = blinded(first_comparison(TRIAGE))
    store.cache_clear()  # what a new process begins with
    assert store() is not a_store_of_its_own
    assert read_comparison(hidden.params()) == hidden


def test_names_are_hidden_until_that_persons_last_word() -> None:
    hidden = blinded(first_comparison(TRIAGE)).for_person(WHO)
    other = hidden.for_person("f" * 16)
    say(hidden.verdicts_id, WHO, "first", "", last=False)
    assert hidden.names == ("Model 1", "Model 2")
    say(hidden.verdicts_id, WHO, "first", "", last=True)
    assert not hidden.is_blind
    assert hidden.names == tuple(TRIAGE.model(key).name for key in hidden.models)
    assert other.names == ("Model 1", "Model 2")


def test_a_verdict_is_on_what_is_compared_not_on_what_is_looked_at() -> None:
    choice = first_comparison(TRIAGE)
    same = replace(choice, row=3, show="all", order="label", cell=(0, 1), feature="W9", page=2)
    assert same.comparison_id == choice.comparison_id
    others: list[dict[str, Any]] = [
        {"models": ("b", "a")},
        {"source": "field"},
        {"n": 50},
        {"task": WOLVES},
    ]
    assert len({replace(choice, **other).comparison_id for other in others}) == len(others)


# --- Names ----------------------------------------------------------------------------------------


def test_models_of_the_same_name_are_numbered() -> None:
    keys = network("Net", "wolf", "husky"), network("Net", "wolf", "fox")
    assert CompareChoice(WOLVES, keys).names == ("Net (1)", "Net (2)")
    assert CompareChoice(WOLVES, (keys[0], "gone/own")).names == ("Net", "A model that is gone")


# --- Classes ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ours", "theirs", "found"),
    [
        (["wolf", "husky"], ["Husky", "WOLF "], (1, 0)),
        (["not_spam", "spam"], ["Not spam", "other", "Spam"], (0, None, 1)),
        (["wolf", "husky"], ["cat", "dog"], (None, None)),
        ([">50K", "<=50K"], [">50K", "<=50K"], (0, 1)),  # the same letters and digits
        ([">50K", "<=50K"], ["<=50K", ">50K"], (1, 0)),
        ([">50K", "<=50K"], ["> 50K", "<= 50K"], (None, None)),  # better asked than guessed
        (["C", "C++"], ["c", "C++"], (0, 1)),
        (["+", "-"], ["-", "+"], (1, 0)),
        (["a", "A"], ["A", "a"], (1, 0)),
        (["crane", "crane"], ["crane", "crane"], (0, 1)),  # ImageNet has two
        (["straße"], ["STRASSE"], (0,)),
    ],
)
def test_classes_are_matched_by_name(
    ours: list[str], theirs: list[str], found: tuple[int | None, ...]
) -> None:
    assert by_name(ours, theirs) == found


@given(st.lists(st.text(max_size=6), max_size=8), st.randoms())
def test_the_same_names_match_in_any_order_and_nothing_twice(names: list[str], random: Any) -> None:
    assert by_name(names, names) == tuple(range(len(names)))
    shuffled = random.sample(names, len(names))
    found = by_name(names, shuffled)
    assert sorted(place for place in found if place is not None) == list(range(len(names)))
    assert [names[place or 0] for place in found] == shuffled


def test_no_class_in_common_is_refused_in_a_sentence() -> None:
    choice = CompareChoice(WOLVES, ("a", network("Pets", "cat", "dog")))
    with pytest.raises(InputError, match=r"Pets has no answer in common.*know \w+, \w+: .*by hand"):
        _ = choice.matching
    with pytest.raises(InputError, match=r"Model [12] has no answer in common"):
        _ = blinded(choice).matching
    by_hand = replace(choice, matches=(None, (None, 0)))
    assert by_hand.matching.names == (*WOLVES.class_names, ELSE)
    gone = replace(choice, models=("a", "own-" + OWN_ID + "/own"))
    with pytest.raises(InputError, match="no longer on this server"):
        _ = gone.matching


def test_by_hand_goes_before_by_name() -> None:
    swapped = replace(first_comparison(TRIAGE), matches=((1, 0), None))
    assert swapped.matching.sides == ((1, 0), (0, 1))


def test_what_stands_for_nothing_is_anything_else() -> None:
    found = matching(["wolf", "husky"], ["One", "Two"], [(0, 1), (None, 1, None, 1)])
    assert found.names == ("wolf", "husky", ELSE)
    first, second = np.array([[0.6, 0.4]]), np.array([[0.35, 0.2, 0.25, 0.2]])
    np.testing.assert_allclose(found.joint(0, first), [[0.6, 0.4, 0.0]])
    np.testing.assert_allclose(found.joint(1, second), [[0.0, 0.4, 0.6]])
    # Its likeliest own class, not the likeliest sum: the answer is the model's.
    assert found.answers(0, first).tolist() == [0]
    assert found.answers(1, second).tolist() == [2]
    assert [found.own_class(0, answer) for answer in range(3)] == [0, 1, None]
    assert [found.own_class(1, answer) for answer in range(3)] == [None, 1, None]


def test_yes_or_no_on_its_own_is_not_added_up() -> None:
    """Of two classes that the data do not know, the strongest yes; apart on what both know."""
    by_class = [(0, 1), (None, 1, None, 0)]
    found = matching(["wolf", "husky"], ["One", "Two"], by_class, (False, True))
    first, second = np.array([[0.6, 0.4]]), np.array([[0.9, 0.2, 0.8, 0.5]])
    np.testing.assert_allclose(found.joint(0, first), [[0.6, 0.4, 0.0]])
    np.testing.assert_allclose(found.joint(1, second), [[0.5, 0.2, 0.9]])
    assert found.answers(1, second).tolist() == [2]
    joint = found.joint(0, first), found.joint(1, second)
    np.testing.assert_allclose(found.distances(*joint), [0.2])  # husky, not anything else
    apart = matching(["wolf", "husky"], ["One", "Two"], [(0, None), (None, 1)], (True, True))
    joint = apart.joint(0, first), apart.joint(1, first)
    np.testing.assert_allclose(apart.distances(*joint), [0.0])  # nothing that both know


def test_of_two_answers_the_distance_is_that_of_either() -> None:
    first, second = np.array([[0.6, 0.4], [0.1, 0.9]]), np.array([[0.35, 0.65], [0.1, 0.9]])
    for independent in (False, True):
        both = [(0, 1), (0, 1)]
        found = matching(["wolf", "husky"], ["One", "Two"], both, (independent, independent))
        np.testing.assert_allclose(found.distances(first, second), [0.25, 0.0])


@given(st.data())
def test_probabilities_of_the_compared_answers_add_up(data: st.DataObject) -> None:
    n_ours = data.draw(st.integers(1, 4))
    ours = [f"class {i}" for i in range(n_ours)]
    place = st.none() | st.integers(0, n_ours - 1)
    matches = [
        tuple(data.draw(st.lists(place, min_size=1, max_size=5).filter(any_known)))
        for _ in range(2)
    ]
    found = matching(ours, ["One", "Two"], matches)
    for side, match in enumerate(matches):
        raw = data.draw(
            st.lists(
                st.lists(st.floats(0.01, 1), min_size=len(match), max_size=len(match)),
                min_size=1,
                max_size=3,
            )
        )
        p = np.array(raw) / np.sum(raw, axis=1, keepdims=True)
        joint = found.joint(side, p)
        assert joint.shape == (len(p), len(found.names))
        np.testing.assert_allclose(joint.sum(axis=1), 1.0)
        for answer in range(n_ours):
            mine = [i for i, where in enumerate(match) if where == answer]
            np.testing.assert_allclose(joint[:, answer], p[:, mine].sum(axis=1))


def any_known(match: list[int | None]) -> bool:
    return any(place is not None for place in match)
