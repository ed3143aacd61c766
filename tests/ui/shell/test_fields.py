"""A link may say anything: what it cannot mean is a sentence, and never an exception."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sample_models import tasks
from ui.compare import choice as comparing
from ui.compare.choice import read_comparison
from ui.explain import choice as explaining
from ui.explain.choice import read_choice
from ui.improve.choice import read_place
from ui.pick import choice as picking
from ui.pick.choice import read_pick
from ui.shell.fields import GONE, Fields, number, one_of, read_edits, read_off, written_changes

READERS: dict[str, tuple[Callable[..., Any], frozenset[str]]] = {
    "explain": (read_choice, explaining.NAMES),
    "pick": (read_pick, picking.NAMES),
    "compare": (read_comparison, comparing.NAMES),
    "improve": (read_place, frozenset({"task", "model", "out"})),
}
HUGE = "9" * 400
NASTY = [
    "[" * 3900,
    f"[[3,{HUGE}]]",
    f"[[{HUGE},1]]",
    "[[3,1e999]]",
    '[[3,"\\ud800"]]',
    "[[3,NaN]]",
    "[[true,1]]",
    "\ud800",
    "\x00",
    "٣",
    HUGE,
    "1" * 8,
    "-1",
    "../../etc/passwd",
    "own-../../x",
    "rounds-\ud800",
]
anything = st.one_of(
    st.sampled_from([*NASTY, "own-" + "a" * 26 + "-1"]),
    st.text(st.characters(), max_size=40),  # with lone surrogates
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
        lambda inner: st.lists(inner, max_size=3),
        max_leaves=8,
    ).map(json.dumps),
)


@pytest.mark.parametrize("screen", READERS)
@given(data=st.data())
def test_any_link_opens_its_screen(screen: str, data: st.DataObject) -> None:
    read, names = READERS[screen]
    params = data.draw(st.dictionaries(st.sampled_from(sorted(names)), anything))
    choice = read(params)
    again = read(choice.params())
    assert again == choice  # what is shown can be linked to
    assert all(isinstance(line, str) and len(line) < 300 for line in choice.problems)
    for value in choice.params().values():
        value.encode()  # fit to be written anywhere


@pytest.mark.parametrize("text", NASTY)
def test_what_cannot_be_read_is_told(text: str) -> None:
    for name in ("off", "edits", "samples", "task", "item"):
        assert read_choice({"task": "flu", name: text}).problems, name


@given(
    off=st.lists(st.integers(0, 999_999), unique=True).map(tuple),
    edits=st.dictionaries(
        st.integers(0, 2**62),
        st.none()
        | st.booleans()
        | st.integers(-(2**62), 2**62)
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(st.characters(exclude_categories=["Cs"]), max_size=50),
        max_size=9,
    ).map(lambda d: tuple(d.items())),
)
@example(off=(), edits=((0, 1e308), (1, -0.0)))
def test_changes_are_read_as_they_were_written(off: Any, edits: Any) -> None:
    written = written_changes(off, edits)
    assert read_off(written.get("off", "")) == off
    assert read_edits(written.get("edits", "[]")) == edits


def test_a_field_is_read_or_told() -> None:
    fields = Fields({"n": "7", "m": "70", "order": "label", "page": "x" * 99})
    assert fields.read("n", number(1, 9)) == 7
    assert fields.read("m", number(1, 9), "number of items") is None
    assert fields.read("order", one_of(("label", "sure"))) == "label"
    assert fields.read("page", one_of(range(5))) is None
    assert fields.read("elsewhere", number(1, 9)) is None
    assert fields.problems == [
        "The link asks for the number of items “70”, which is not here. Using the default.",
        f"The link asks for the page “{'x' * 40}”, which is not here. Using the default.",
    ]


KEY = "l4zw" + "a" * 22


@pytest.mark.parametrize(
    ("read", "link"),
    [
        (read_choice, {"task": f"data-{KEY}", "item": f"own-{KEY}-3", "model": "own-1"}),
        (read_choice, {"task": f"own-{KEY}", "item": "train-x", "class": "7", "off": "1.2"}),
        (read_pick, {"task": f"data-{KEY}", "model": "own-1", "source": "field", "n": "0"}),
        (read_comparison, {"task": f"data-{KEY}", "a": "own-0", "b": f"data-{KEY}/own-1"}),
        (read_comparison, {"task": f"rounds-{KEY}", "a": "a", "b": "round-1", "row": "x"}),
        (read_comparison, {"blind": KEY, "row": "3"}),
        (read_comparison, {"task": "flu", "a": f"data-{KEY}/own-0", "b": f"data-{KEY}/own-1"}),
        (read_place, {"task": f"rounds-{KEY}", "model": "round-1", "out": KEY}),
    ],
)
def test_what_people_brought_and_is_gone_is_told_once_and_without_its_key(
    read: Any, link: dict[str, str]
) -> None:
    choice = read(link)
    assert choice.problems == (f"{GONE} Showing another.",)
    built_in = "flu" if link.get("task") == "flu" else next(iter(tasks()))
    assert replace(choice, problems=()) == replace(read({"task": built_in}), problems=())
