"""The widgets that show and change the choice in the URL."""

from collections.abc import Callable
from typing import Any, Literal

import streamlit as st

from sample_models import Task
from ui.shell.wording import plain

HALF_A_PHONE_PX = 165  # two such controls share a row on a phone


def select_model(task: Task, model: str, write: Callable[[str], None]) -> None:
    """The task's models; what each has learned is in the help."""
    select(
        "Model",
        {card.key: card.name for card in task.models},
        model,
        write,
        width=HALF_A_PHONE_PX,
        help="\n\n".join(f"{plain(c.name)}: {plain(c.summary)}" for c in task.models),
    )


def select(
    label: str,
    options: dict[Any, str],
    value: Any,
    write: Callable[[Any], None],
    *,
    name: str | None = None,
    width: int | Literal["stretch"] = "stretch",
    help: str | None = None,
    label_visibility: Literal["visible", "collapsed"] = "visible",
) -> None:
    """A select box over the keys of `options`, which are shown as their values.

    It shows `value`, and calls `write` with what a person changes it to; `name` tells it from
    others on the screen, by default its label.
    """
    keyed(
        name or label,
        value,
        lambda key, changed: st.selectbox(
            label,
            list(options),
            key=key,
            format_func=options.__getitem__,
            on_change=changed,
            width=width,
            help=help,
            label_visibility=label_visibility,
        ),
        write,
    )


def keyed(
    name: str,
    value: Any,
    widget: Callable[[str, Callable[[], None]], Any],
    write: Callable[[Any], None],
) -> None:
    """A widget that shows `value` and calls `write` with what the person changed it to."""
    key = f"choice-{name}"
    st.session_state[key] = value
    widget(key, lambda: write(st.session_state[key]))
