"""What if, for two models at once: the same parts off, or the same values edited, for both."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from lime_engine.subjects import TabularSubject
from ui.compare import wording as told
from ui.compare.choice import SIDES, CompareChoice
from ui.compare.panels.reasons import Names, Reasons, Said, said_by
from ui.compare.place import COMPARE, about_item, about_numbers
from ui.compare.values import Sure
from ui.explain import changes
from ui.explain.columns import task_columns
from ui.explain.panels import common, table
from ui.explain.place import edit_value
from ui.figures.answer import answer_bars
from ui.shell import wording
from ui.shell.widgets import figure, figure_width, is_dark
from ui.shell.wording import NOUNS, percent, plain

_BARS_PX = 480  # before the browser has told its width


def headline(names: Names, answers: Sequence[str], said: tuple[int, int], sure: Sure) -> str:
    """What both say: "Both say urgent (87% and 91%)"; `said` are numbers in `answers`."""
    first, second = sure
    if said[0] == said[1] and first is not None and second is not None:
        return f"Both say {answers[said[0]]} ({percent(first)} and {percent(second)})"
    return "; ".join(
        f"{name} says {told.says(answers[answer], p)}"
        for name, answer, p in zip(names, said, sure, strict=True)
    )


def in_words(done: str, reasons: Reasons, after: Sequence[Said]) -> str:
    """What was changed, and what both models say to it; `done` is from `changes.done`."""
    answers, target = reasons.matching.names, reasons.target
    told = []
    for name, now, then in zip(reasons.names, reasons.said, after, strict=True):
        was, new = percent(now.shares[target]), percent(then.shares[target])
        told.append(
            f"{name} {'still' if then.answer == now.answer else 'now'} says "
            f"{answers[then.answer]} ({answers[target]} {new} "
            f"{'as before' if was == new else f'instead of {was}'})"
        )
    return f"{done}: {'; '.join(told)}."


def what_if(choice: CompareChoice, reasons: Reasons) -> tuple[Said, Said] | None:
    """What to change, and both models' answers to it; None without a change or an answer."""
    subject, noun = reasons.subject, NOUNS[choice.task.kind]
    is_changed, about = bool(choice.off or choice.edits), about_item(choice)
    if isinstance(subject, TabularSubject):
        st.markdown(
            "**What if a value were different?**",
            help="Change a value and both models are asked again. Only this row changes: a value "
            "that would never go with the others makes an impossible row, and the answers to it "
            "say little.",
        )
        columns = task_columns(choice.task)
        if columns is not None:
            table.fields(
                subject,
                columns,
                reasons.shown,
                choice.edits,
                about=about,
                on_edit=partial(edit_value, at=COMPARE),
            )
        common.way_back(is_changed=is_changed, at=COMPARE, about=about)
    else:
        st.markdown(
            f"**What if these {noun.parts} were not there?**",
            help=f"What is {noun.changed} is gone for both models, and both are asked again. That "
            f"makes an odd {noun.item}: a changed answer shows what a model leans on, not what "
            "would have happened.",
        )
        first, parts = reasons.numbers or {}, reasons.parts
        names = {i: parts[i] for i in (*first, *range(subject.n_components))}
        common.switches(noun, names, choice.off, at=COMPARE, about=about_numbers(choice))
    if not is_changed:
        st.write("Nothing is changed.")
        return None
    after = _asked(choice, reasons)
    if after is not None:
        done = changes.done(subject, reasons.parts, choice.off, choice.edits)
        st.write(plain(in_words(done, reasons, after)))
    return after


def _asked(choice: CompareChoice, reasons: Reasons) -> tuple[Said, Said] | None:
    """Both models' answers to what is changed, if both are here."""
    requests = choice.requests_of_one()
    found = [
        changes.answer_to(
            requests[side],
            choice.off,
            choice.edits,
            kind=f"compare-what-if-{side}",
            affinity=requests[0].affinity,  # its worker has both models
            what=f"Asking {plain(reasons.names[side])} about your edit",
            apart=choice.blind,
        )
        for side in SIDES
    ]
    first, second = found
    if first is None or second is None:
        return None
    matching = reasons.matching
    return said_by(matching, 0, first.answer), said_by(matching, 1, second.answer)


def after_edits(choice: CompareChoice, reasons: Reasons, after: tuple[Said, Said] | None) -> str:
    """What both say to what is changed; without a change, how to make one."""
    if not (choice.off or choice.edits):
        if choice.task.kind == "table":
            return "Change a value below, and see what both say then."
        return f"Click a {NOUNS[choice.task.kind].part} to switch it off for both."
    if after is None:
        return "They have not answered your edit yet."
    first, second = after
    answers, sure = (first.answer, second.answer), (first.sure, second.sure)
    return f"With your edits: {headline(reasons.names, reasons.matching.names, answers, sure)}."


def bars(reasons: Reasons, after: Sequence[Said] | None) -> None:
    """Both models' probabilities of the compared answers as bars; after edits with what they were.

    `after` is what they say to the edits.
    """
    answers, now = reasons.matching.names, [said.shares for said in reasons.said]
    shown = now if after is None else [said.shares for said in after]
    series = dict(zip(reasons.names, shown, strict=True))
    told = series
    if after is not None:
        told = {f"{name} as it is": p for name, p in zip(reasons.names, now, strict=True)} | {
            f"{name} {common.EDITED}": p for name, p in series.items()
        }
    width = figure_width("answers-width", _BARS_PX)
    figure(
        answer_bars(
            answers,
            series,
            before=() if after is None else now,
            width_px=width,
            dark=is_dark(),
            target=reasons.target,
            independent=reasons.mode == "multilabel",
        ),
        key="answers",
        alt="; ".join(f"{name}: {wording.answers(p, answers)}" for name, p in told.items()),
    )
