"""The widgets that show and change the choice in the URL.

All of them go through `keyed`, which does not believe what the browser says: a message may be
late, then it is about something that is no longer shown, or has what a widget was before the page
changed it; to Streamlit a widget that it has already forgotten is changed by what it always was;
and it tells the label, not the value, of an option that is no longer offered.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import streamlit as st

from sample_models import Task
from ui.shell.address import About, Echo
from ui.shell.wording import plain

HALF_A_PHONE_PX = 165  # two such controls share a row on a phone

Widget = Callable[[str, Callable[[], None]], Any]  # draws one with a key and an `on_change`
_NOTHING = object()
_DRAWN, _ON_SCREEN = "controls-drawn", "controls-on-screen"  # keys: by this run; by the last one


@dataclass(frozen=True, slots=True)
class _Shown:
    """What a widget shows, and what it showed before the page changed it, of itself."""

    value: Any
    before: tuple[Any, ...] = ()
    echo: Echo | None = None

    def is_no_act(self, told: Any) -> bool:
        """Whether nobody needs to have done anything for the browser to tell this."""
        if told == self.value and type(told) is type(self.value):
            return True
        return self.echo is not None and self.echo.may_come() and told in self.before


def keyed(
    name: str,
    value: Any,
    widget: Widget,
    write: Callable[[Any], None],
    *,
    offers: Callable[[Any], bool],
    about: About | None = None,
) -> None:
    """A widget that shows `value` and calls `write` with what the person changed it to.

    `write` gets nothing that the widget does not offer, nothing that is meant for another thing
    than what it is `about`, nothing of a widget that is no longer on the screen, and nothing that
    the page itself has just changed to something else.
    """
    key = f"choice-{name}" if about is None else about.key(f"choice-{name}")
    st.session_state[key] = value
    st.session_state.setdefault(_DRAWN, set()).add(key)
    _note(key, value)

    def changed() -> None:
        told = st.session_state.get(key, _NOTHING)  # gone, if it is of a screen before
        shown: _Shown | None = st.session_state.get(_shown_key(key))
        if told is _NOTHING or shown is None or not _is_on_screen(key):
            return
        if shown.is_no_act(told) or not offers(told):
            return
        if about is None or about.is_there():
            st.session_state[_shown_key(key)] = _Shown(told)
            write(told)

    widget(key, changed)


def answered() -> None:
    """The page has run to its end: what it has drawn is on the screen; called by `ui.main`."""
    st.session_state[_ON_SCREEN] = st.session_state.pop(_DRAWN, set())


def _is_on_screen(key: str) -> bool:
    """Whether it was drawn by the last run that came to its end, or since."""
    return any(key in st.session_state.get(keys, ()) for keys in (_ON_SCREEN, _DRAWN))


def _shown_key(key: str) -> str:
    return f"{key}-shown"


def _note(key: str, value: Any) -> None:
    """Note what a widget shows from now on."""
    shown: _Shown | None = st.session_state.get(_shown_key(key))
    if shown is None:
        st.session_state[_shown_key(key)] = _Shown(value)
    elif shown.value != value:
        still = shown.before if shown.echo is not None and shown.echo.may_come() else ()
        st.session_state[_shown_key(key)] = _Shown(value, (*still, shown.value), Echo())


def select_model(task: Task, model: str, write: Callable[[str], None], *, about: About) -> None:
    """The task's models; what each has learned is in the help."""
    select(
        "Model",
        {card.key: card.name for card in task.askable},
        model,
        write,
        about=about,
        width=HALF_A_PHONE_PX,
        help="\n\n".join(f"{plain(c.name)}: {plain(c.summary)}" for c in task.askable),
    )


def select(
    label: str,
    options: Mapping[Any, str],
    value: Any,
    write: Callable[[Any], None],
    *,
    name: str | None = None,
    about: About | None = None,
    width: int | Literal["stretch"] = "stretch",
    help: str | None = None,
    label_visibility: Literal["visible", "collapsed"] = "visible",
) -> None:
    """A select box over the keys of `options`, which are shown as their values.

    It shows `value`, and calls `write` with what a person changes it to; `name` tells it from
    others on the screen, by default its label.
    """
    named = told_apart(options)
    keyed(
        name or label,
        value,
        lambda key, changed: st.selectbox(
            label,
            list(named),
            key=key,
            format_func=named.__getitem__,
            on_change=changed,
            width=width,
            help=help,
            label_visibility=label_visibility,
        ),
        write,
        offers=lambda told: is_one_of(told, options),
        about=about,
    )


def segments(
    label: str,
    options: Mapping[str, str],
    value: str,
    write: Callable[[str], None],
    *,
    name: str | None = None,
    about: About | None = None,
    **shown: Any,
) -> None:
    """The same as a segmented control; `shown` goes to Streamlit."""
    keyed(
        name or label,
        value,
        lambda key, changed: st.segmented_control(
            label,
            list(options),
            required=True,
            format_func=options.__getitem__,
            key=key,
            on_change=changed,
            **shown,
        ),
        write,
        offers=lambda told: is_one_of(told, options),
        about=about,
    )


def whole_number(
    widget: Callable[..., Any],
    label: str,
    least: int,
    most: int,
    value: int,
    write: Callable[[int], None],
    *,
    name: str | None = None,
    about: About | None = None,
    **shown: Any,
) -> None:
    """A whole number from `least` to `most` in a `widget` of Streamlit's, a slider or a field."""
    keyed(
        name or label,
        value,
        lambda key, changed: widget(label, least, most, key=key, on_change=changed, **shown),
        write,
        offers=lambda told: isinstance(told, int) and least <= told <= most,
        about=about,
    )


def is_one_of(told: Any, options: Collection[Any]) -> bool:
    """Whether it is one of these and of its type: a label is no value, and True is not 1."""
    return any(told == option and type(told) is type(option) for option in options)


def told_apart(options: Mapping[Any, str]) -> dict[Any, str]:
    """The options with a number where two are called the same: the browser tells the label."""
    times = Counter(options.values())
    seen: Counter[str] = Counter()
    named = {}
    for value, label in options.items():
        seen[label] += 1
        named[value] = f"{label} ({seen[label]})" if times[label] > 1 else label
    return named
