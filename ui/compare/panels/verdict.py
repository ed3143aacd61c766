"""Which of the two a person would deploy, and why: before the explanations, and after them."""

from collections.abc import Callable
from dataclasses import fields
from functools import partial

import streamlit as st

from ui.compare import verdict_wording as told
from ui.compare import verdicts
from ui.compare.choice import CompareChoice, blinded
from ui.compare.export import Shown, as_csv, as_report
from ui.compare.place import COMPARE, chosen, look, question_key, say_chosen
from ui.compare.values import Scoreboard
from ui.compare.verdicts import Said, Verdict
from ui.shell.controls import told_apart
from ui.shell.wording import NOUNS, plain
from ui.workshop.catalogue import has_data

_WHY_PX = (640, 72)
_KEPT = ("who", "problems")  # what stays of a choice when its names are hidden


def before(choice: CompareChoice, verdict: Verdict) -> None:
    """The question under the scoreboard, until something has been looked at."""
    if verdict.after is not None:
        return
    if verdict.before is not None:
        st.caption(plain(_quoted("You said before looking", verdict.before, choice)))
    elif verdict.looked_at:
        st.caption("You said nothing before looking at the reasons.")
    else:
        with st.container(border=True):
            _ask(
                choice,
                "From these numbers alone, which would you deploy?",
                help="Shows later whether the reasons have changed your mind. You can also just "
                "go on.",
                last=False,
            )


def asks_first(choice: CompareChoice, verdict: Verdict) -> bool:
    """Whether the reasons, which are at hand, wait for the first question or for going on."""
    if verdict.before or verdict.after or verdict.looked_at:
        return False
    st.button(
        "Show the reasons",
        type="primary" if chosen(choice, last=False) is None else "secondary",
        icon=":material/visibility:",
        on_click=partial(_go_on, choice),
        help="Without an answer to the question above, if you like; one that is chosen counts.",
    )
    return True


def is_asked(choice: CompareChoice, verdict: Verdict) -> bool:
    """Whether an answer to the first question is chosen and waits to be committed."""
    is_open = not (verdict.before or verdict.after or verdict.looked_at)
    return is_open and chosen(choice, last=False) is not None


def _go_on(choice: CompareChoice) -> None:
    say_chosen(choice)
    look(choice, "reasons")
    COMPARE.write(who=choice.who)


def after(
    choice: CompareChoice, verdict: Verdict, board: Scoreboard, field: Scoreboard | None
) -> None:
    """The last word; once it is said, what it was, and what real use says.

    `field` are the scores on the field data, which nobody may see before (`wants_field`).
    """
    if verdict.after is None:
        with st.container(border=True):
            _ask(
                choice,
                "Now that you have seen the reasons: which would you deploy?",
                help="This is your last word on these two models with these "
                f"{NOUNS[choice.task.kind].item}s; it cannot be changed afterwards.",
                last=True,
            )
        return
    names = choice.names
    st.markdown(f"**Your verdict: {plain(told.said(verdict.after.word, names))}**")
    if verdict.after.why:
        st.markdown(f"> {plain(verdict.after.why)}")
    was = f" Model 1 was {names[0]}, Model 2 was {names[1]}." if choice.blind else ""
    st.write(plain(told.change(verdict, names) + was))
    seen = told.looked(verdict, NOUNS[choice.task.kind])
    st.caption(plain(f"Looked at before the last word: {seen}."))
    if field is not None:
        _reveal(choice, board, field)


def wants_field(choice: CompareChoice, verdict: Verdict) -> bool:
    """Whether the scores on the field data are to be shown now, besides those of the items."""
    has_other = has_data(choice.task.key) and choice.source != "field"
    return verdict.after is not None and has_other


def blind_switch(choice: CompareChoice) -> None:
    """Hide which model is which; only a last word, or another comparison, ends it."""
    if not choice.blind:
        st.button(
            "Hide the names",
            key="hide-the-names",
            type="tertiary",
            icon=":material/visibility_off:",
            on_click=_hide,
            help="Calls them Model 1 and Model 2, in an order drawn by lot, until you have said "
            "which you would deploy. The address and what you download have no names either.",
        )


def take_away(gather: Callable[[], Shown]) -> None:
    """Downloads, made when they are asked for of what `gather` finds then."""
    st.markdown("**Take it away**")
    with st.container(horizontal=True):
        for title, make, ending, mime in (
            ("Report", as_report, "html", "text/html"),
            ("CSV", as_csv, "csv", "text/csv"),
        ):
            st.download_button(
                title,
                partial(_made, make, gather),
                f"comparison.{ending}",
                mime,
                icon=":material/download:",
                on_click="ignore",
            )


def _made(make: Callable[[Shown], str], gather: Callable[[], Shown]) -> str:
    return make(gather())


def _ask(choice: CompareChoice, question: str, *, help: str, last: bool) -> None:
    """What can be said; once that is chosen, why, and the button that keeps it."""
    names = choice.names
    key = question_key(choice, last=last)
    named = told_apart({word: plain(told.said(word, names)) for word in verdicts.WORDS})
    # The widgets keep what is in them also while the page has something else to show.
    word = st.radio(
        question,
        list(named),
        index=None,
        format_func=named.__getitem__,
        horizontal=True,
        key=f"{key}-word",
        help=help,
        persist_state="session",
    )
    if word is None:
        return
    width, height = _WHY_PX
    st.text_area(
        "Why, if you like",
        key=f"{key}-why",
        width=width,
        height=height,
        max_chars=verdicts.MAX_WHY,
        persist_state="session",
    )
    st.button(
        "Commit, and show the names" if last and choice.is_blind else "Commit",
        key=f"{key}-commit",
        type="primary",
        on_click=partial(say_chosen, choice, last=last),
    )


def _hide() -> None:
    hidden = blinded(COMPARE.fresh())
    COMPARE.write(
        **{f.name: getattr(hidden, f.name) for f in fields(hidden) if f.name not in _KEPT}
    )


def _quoted(lead: str, said: Said, choice: CompareChoice) -> str:
    line = f"{lead}: {told.said(said.word, choice.names)}."
    return f"{line} “{said.why}”" if said.why else line


def _reveal(choice: CompareChoice, board: Scoreboard, field: Scoreboard) -> None:
    """How often both are right in real use, beside these items; and what was planted."""
    names = choice.names
    rows = told.reveal(board, field, names)
    if not rows:
        return
    noun = NOUNS[choice.task.kind]
    st.markdown(
        f"**{plain(told.in_real_use(board, field, names, noun))}**",
        help=f"In real use: {field.n_labelled:,} {noun.item}s that neither model learned from. In "
        "brackets: where the share would lie, 95 times of 100, for others of the same kind "
        "(Wilson's interval).",
    )
    head = ("Right answers", f"on these {noun.item}s", "in real use")
    cells = [head, ("---",) * 3, *(tuple(map(plain, row)) for row in rows)]
    st.markdown("\n".join(f"| {' | '.join(row)} |" for row in cells))
    if choice.task.flaw is not None:
        st.markdown(plain(choice.task.flaw.summary))
