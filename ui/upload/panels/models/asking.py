"""How a model that was brought is asked: what comes out, its classes' names, one answer."""

from collections.abc import Sequence

from model_adapters import Output, listed_names
from ui.figures.answer import answer_bars
from ui.figures.palette import counted
from ui.shell.notices import problem
from ui.shell.widgets import figure, figure_width, is_dark
from ui.shell.wording import answers

MAX_MB = 100
OUTPUTS: dict[Output, str] = {
    "probabilities": "probabilities",
    "logits": "scores (logits)",
    "independent": "each class on its own: yes or no",
}


def pasted_names(
    pasted: str, n_classes: int, noun: str, shown: Sequence[str] = ()
) -> tuple[str, ...] | None:
    """The names of the classes, empty if there are none; None if they do not fit.

    They are a line each, or a list in one of the usual forms. `shown` are those that were there
    before anybody wrote, one a line.
    """
    lines = tuple(line.strip() for line in pasted.splitlines() if line.strip())
    if lines == tuple(shown):
        return lines
    names = tuple(listed_names(pasted)) or lines
    if names and len(names) != n_classes:
        problem(
            f"There {'is' if len(names) == 1 else 'are'} {counted(len(names), 'name')}, but the "
            f"{noun} has {counted(n_classes, 'class', 'classes')}. "
            "Give one name a line, or a list, in the order of its outputs; or none."
        )
        return None
    return names


def answer_figure(
    answer: Sequence[float], class_names: Sequence[str], output: Output, key: str
) -> None:
    """One answer as bars."""
    drawn = answer_bars(
        class_names,
        {"": answer},
        width_px=figure_width(f"{key}-width"),
        dark=is_dark(),
        independent=output == "independent",
    )
    figure(drawn, key=f"{key}-answer", alt=answers(answer, class_names))
