"""How a network that was brought is asked: what its file says, and what people make of it."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from model_adapters import (
    SCALINGS,
    Fit,
    NetworkError,
    NetworkFacts,
    NetworkSettings,
    Order,
    Outlet,
    Scaling,
    told_apart,
)
from ui.figures.palette import counted
from ui.shell.notices import problem, remark
from ui.shell.wording import listed, plain
from ui.upload.panels.models.asking import OUTPUTS, pasted_names
from ui.upload.wording import takes_long

_ORDERS: dict[Order, str] = {"RGB": "red, green, blue", "BGR": "blue, green, red"}
_FITS: dict[Fit, str] = {
    "stretch": "stretched to its shape",
    "letterbox": "as they are, between grey bars",
}
_UNIT = 2.0  # up to that a mean or deviation is one of values from 0 to 1, not to 255
_MOST_PX = 2048
_TOLD = 3  # names that occur twice
_SHOWN = 40  # characters of what is no number


def offered_scalings(facts: NetworkFacts) -> tuple[Scaling, ...]:
    """The ways in which pixels may go in, but one's own; what is proposed comes first."""
    if not facts.proposed.dtype.startswith("float"):
        return ("none",)
    others = (each for each in SCALINGS if each not in ("own", facts.proposed.scaling))
    return (facts.proposed.scaling, *others)


def settings_of(facts: NetworkFacts, key: str) -> NetworkSettings | None:
    """What was found, to be changed where it is a guess; None while it contradicts itself."""
    proposed = facts.proposed
    if (told := takes_long(facts.seconds_per_picture)) is not None:
        remark(told)
    above = st.container()
    left, right = st.columns(2)
    scaling = _scaling(facts, key, left)
    output = _box(right, "What comes out", OUTPUTS, facts, "output", key)
    changes: dict[str, Any] = {"scaling": scaling, "output": output}
    wrong = _own_scaling(proposed.channels, changes, key) if scaling == "own" else ""
    if wrong:
        problem(wrong)
    fold = st.expander(
        "Size, shape, colours" + (", output, names" if _are_names_known(facts) else " and output"),
        expanded=not {"width", "height"} <= {*facts.fixed},
    )
    with fold:
        changes |= _more(facts, key)
    n_classes = _n_classes(facts.outlets, changes)
    colours = "colour" if proposed.channels == 3 else "grey"
    width, height = (changes.get(side, getattr(proposed, side)) for side in ("width", "height"))
    above.write(
        f"It takes {colours} pictures of {width} × {height} pixels and knows "
        f"{counted(n_classes, 'class', 'classes')}."
    )
    guesses = [
        named
        for side, named in (("width", "width"), ("height", "height"))
        if facts.is_guess(side) and changes.get(side) == getattr(proposed, side)
    ]
    if guesses:
        above.caption(
            f"Its {' and '.join(guesses)} {'is' if len(guesses) == 1 else 'are'} a guess: the file "
            "leaves it open. See below."
        )
    for field in ("answer", "axis"):
        if facts.is_guess(field) and changes.get(field, 0) == getattr(proposed, field):
            above.caption(plain(f"{facts.reasons[field]} See below."))
    names = _names(facts, n_classes, key, fold if _are_names_known(facts) else st)
    if names is None or wrong:
        return None
    try:
        return replace(proposed, **changes, class_names=names)
    except NetworkError as error:
        problem(str(error))
        return None


def _scaling(facts: NetworkFacts, key: str, place: Any) -> Scaling:
    proposed = facts.proposed
    ways = offered_scalings(facts)
    ways = (*ways, "own") if len(ways) > 1 else ways
    options = {each: SCALINGS[each] for each in ways}
    found: Scaling = _box(place, "How pixels go in", options, facts, "scaling", key)
    if facts.is_guess("scaling") and found == proposed.scaling:
        place.caption(plain(facts.reasons["scaling"]))
    return found


def _own_scaling(channels: int, changes: dict[str, Any], key: str) -> str:
    """Read mean and deviation into `changes`; what is wrong with them, if anything."""
    left, right = st.columns(2)
    each = "one number, or one for each colour in the order in which they go in"
    defaults = ("0.485, 0.456, 0.406", "0.229, 0.224, 0.225") if channels == 3 else ("0.5", "0.5")
    mean, std = (
        place.text_input(
            label, default, key=f"{start}-{key}", help=f"{each}.", persist_state="session"
        )
        for place, label, default, start in (
            (left, "Mean", defaults[0], "network-mean"),
            (right, "Standard deviation", defaults[1], "network-std"),
        )
    )
    st.caption(
        "What goes in is (value − mean) / deviation. Numbers up to 2 are taken as of values from 0 "
        "to 1; if one is larger, all as of values from 0 to 255."
    )
    found = []
    for what, text in (("mean", mean), ("standard deviation", std)):
        try:
            found.append(tuple(map(float, re.split(r"[\s,;]+", text.strip()))))
        except ValueError:
            return f"The {what} “{text[:_SHOWN]}” is not a number. Write it as 0.485, 0.456, 0.406."
    means, stds = found
    if max(map(abs, (*means, *stds))) > _UNIT:
        means, stds = (tuple(value / 255 for value in values) for values in (means, stds))
    changes |= {"mean": means, "std": stds}
    return ""


def _more(facts: NetworkFacts, key: str) -> dict[str, Any]:
    """Size, colours and output: what is rarely otherwise than proposed."""
    proposed, found = facts.proposed, dict[str, Any]()
    sides = [side for side in ("width", "height") if side not in facts.fixed]
    left, right = st.columns(2)
    for side, place in zip(("width", "height"), (left, right), strict=True):
        if side in sides:
            found[side] = int(
                place.number_input(
                    f"{side.capitalize()} in pixels",
                    1,
                    _MOST_PX,
                    getattr(proposed, side),
                    key=f"network-{side}-{key}",
                    persist_state="session",
                    help=plain(facts.reasons.get(side, "")) or None,
                )
            )
    found["fit"] = _box(left, "Pictures of another shape go in", _FITS, facts, "fit", key)
    if proposed.channels == 3:
        found["order"] = _box(right, "Order of colours", _ORDERS, facts, "order", key)
    return found | _outlet(facts, key)


def _outlet(facts: NetworkFacts, key: str) -> dict[str, Any]:
    """Which output is the answer, and which of its axes are the classes, where that is open."""
    proposed, found = facts.proposed, dict[str, Any]()
    left, right = st.columns(2)
    number = proposed.answer
    if len(facts.outlets) > 1:
        called = {each.number: plain(_called(each)) for each in facts.outlets}
        number = _box(left, "Which output is the answer", called, facts, "answer", key)
        found["answer"] = number
    outlet = next((each for each in facts.outlets if each.number == number), None)
    if outlet is None or len(outlet.axes) <= 1:
        found["axis"] = None
        return found
    axes = {axis: f"number {axis}, of {outlet.sizes[axis - 1]:,}" for axis in outlet.axes}
    same = number == proposed.answer
    found["axis"] = right.selectbox(
        "Which axis are the classes",
        list(axes),
        index=outlet.axes.index(proposed.axis) if same and proposed.axis in axes else 0,
        format_func=axes.__getitem__,
        key=f"network-axis-{key}-{number}",
        persist_state="session",
        help="It is averaged over the others.",
    )
    return found


def _called(outlet: Outlet) -> str:
    return f"{outlet.name} ({' × '.join(map(str, outlet.sizes)) or '1'})"


def _n_classes(outlets: Sequence[Outlet], changes: dict[str, Any]) -> int:
    outlet = next((e for e in outlets if e.number == changes.get("answer")), outlets[0])
    return max(2, outlet.n_classes(changes.get("axis")))


def _box(
    place: Any, label: str, options: dict[Any, str], facts: NetworkFacts, field: str, key: str
) -> Any:
    """A choice of one of the options for a setting, which shows the proposed one at first."""
    return place.selectbox(
        label,
        list(options),
        index=list(options).index(getattr(facts.proposed, field)),
        format_func=lambda option: options[option],
        disabled=len(options) == 1,
        key=f"network-{field}-{key}",
        persist_state="session",
        help=plain(facts.reasons.get(field, "")) or None,
    )


def _are_names_known(facts: NetworkFacts) -> bool:
    """Whether the file names the classes."""
    return facts.names_from == "file"


def _names(facts: NetworkFacts, n_classes: int, key: str, place: Any) -> tuple[str, ...] | None:
    """The names of the classes, asked for in this place; None if they do not fit."""
    proposed = facts.proposed
    is_proposed = len(proposed.class_names) == n_classes
    shown = proposed.class_names if is_proposed and _are_names_known(facts) else ()
    pasted = place.text_area(
        "Names of the classes, one a line",
        value="\n".join(shown),
        height=140,
        key=f"network-names-{key}-{n_classes}",
        persist_state="session",
        placeholder=f"{n_classes:,} names, in the order of the network's outputs: one a line, with "
        "commas, or as JSON. Without them the classes are numbered.",
        help=plain(facts.reasons.get("class_names", "")) or None,
    )
    given = pasted_names(pasted, n_classes, "network", shown)
    if given is None:
        return None
    names = given or tuple(f"class {i}" for i in range(n_classes))
    names, twice = told_apart(names)
    if twice:
        remark(
            f"{listed(twice, _TOLD)} {'is' if len(twice) == 1 else 'are'} the name of more "
            "than one class: the number of the class stands behind it."
        )
    if _has_one_value(facts):
        return _yes_last(names, key)
    return names


def _has_one_value(facts: NetworkFacts) -> bool:
    return any(each.number == facts.proposed.answer and not each.axes for each in facts.outlets)


def _yes_last(names: tuple[str, ...], key: str) -> tuple[str, ...]:
    """A network with one number says how much an item is of one class; that stands last."""
    yes = st.radio(
        "The network gives one number. Of which class is that the probability?",
        (1, 0),
        format_func=lambda number: plain(names[number]),
        horizontal=True,
        key=f"network-yes-{key}",
        persist_state="session",
    )
    return names if yes == 1 else names[::-1]
