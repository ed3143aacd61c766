"""Which of the two a person would deploy, and why: before the explanations, and after them."""

from collections.abc import Callable
from dataclasses import fields
from functools import partial
from typing import Any

import streamlit as st

from ui.compare import verdict_wording as told
from ui.compare import verdicts
from ui.compare.choice import CompareChoice, blinded
from ui.compare.export import Shown, as_report, sheet
from ui.compare.figures.before_after import before_after
from ui.compare.panels.sight import into_sight
from ui.compare.place import COMPARE, chosen, look, question_key, say_chosen
from ui.compare.values import Scoreboard
from ui.compare.verdicts import Said, Tally, Verdict
from ui.explain.sheet import as_csv, codebook
from ui.shell.controls import told_apart
from ui.shell.notices import keeping
from ui.shell.widgets import downloads, figure, figure_width, is_dark
from ui.shell.wording import NOUNS, plain

_WHY_PX = 68
_ASKED = "asked-for-a-verdict"  # the comparison, in this session
_REAL_PX = 700  # before the browser has told its width
# On a phone the answers stand close together, all of them in sight.
_STYLE = """<style>
[data-testid="stBottomBlockContainer"]:has([class*="verdict-bar"]) { padding-block: .6rem .8rem }
[data-testid="stBottom"]:has([class*="verdict-bar"]) > div {
  border-top: 1px solid var(--st-border-color, rgba(128, 128, 128, .35));
}
@media (max-width: 768px) {
  [data-testid="stBottomBlockContainer"]:has([class*="verdict-bar"]) { padding: .4rem 1rem .6rem }
  [class*="st-key-verdict-bar"] > * { gap: .4rem }
  [class*="st-key-verdict-bar"] [role="radiogroup"] { gap: 0 .9rem }
  [class*="st-key-verdict-bar"] [role="radiogroup"] > * { flex: none; max-width: 100% }
}
</style>"""
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
        with _bar("before"):
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
        help="Without an answer to the question below, if you like; one that is chosen counts.",
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
        st.session_state[_ASKED] = choice.comparison_id
        with _bar("after"):
            _ask(
                choice,
                "Now that you have seen the reasons: which would you deploy?",
                help="This is your last word on these two models with these "
                f"{NOUNS[choice.task.kind].item}s; it cannot be changed afterwards.",
                last=True,
            )
        return
    names = choice.names
    if st.session_state.get(_ASKED) == choice.comparison_id:
        into_sight("your-verdict", choice.comparison_id)
    st.container(key="your-verdict").markdown(
        f"**Your verdict: {plain(told.said(verdict.after.word, names))}**"
    )
    if verdict.after.why:
        st.markdown(f"> {plain(verdict.after.why)}")
    was = f" Model 1 was {names[0]}, Model 2 was {names[1]}." if choice.blind else ""
    st.write(plain(told.change(verdict, names) + was))
    seen = told.looked(verdict, NOUNS[choice.task.kind])
    st.caption(plain(f"Looked at before the last word: {seen}."))
    _several(everybody(choice), names)
    if field is not None:
        _reveal(choice, board, field)


def everybody(choice: CompareChoice) -> Tally:
    """What all people say of this comparison, in the order of this person's sides."""
    found = verdicts.all_verdicts(choice.verdicts_id)
    return verdicts.tally(
        verdicts.other_way(said) if choice.is_other_way(who) else said
        for who, said in found.items()
    )


def _several(found: Tally, names: tuple[str, str]) -> None:
    """What other people say, to whoever has said their own last word."""
    if found.n < 2:
        return
    st.write(plain(told.together(found, names)))
    head = ("Which to deploy", "before looking", "last word")
    cells = [head, ("---",) * 3, *(tuple(map(plain, row)) for row in told.counts(found, names))]
    st.markdown("\n".join(f"| {' | '.join(row)} |" for row in cells))


def wants_field(choice: CompareChoice, verdict: Verdict) -> bool:
    """Whether the scores on the field data are to be shown now, besides those of the items."""
    has_other = "field" in choice.task.splits and choice.source != "field"
    return verdict.after is not None and has_other and not choice.only_scored


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
        downloads(
            "comparison",
            {
                "Report": (".html", lambda: as_report(gather())),
                "CSV": (".csv", lambda: as_csv(sheet(gather()))),
                "Codebook": ("-codebook.csv", lambda: codebook(sheet(gather()))),
            },
        )


def _bar(when: str) -> Any:
    """At the bottom of the window, below what scrolls: in reach, and over nothing."""
    st.html(_STYLE)
    return st.bottom.container(key=f"verdict-bar-{when}", gap="xsmall")


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
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.text_area(
            "Why, if you like",
            key=f"{key}-why",
            height=_WHY_PX,
            max_chars=verdicts.MAX_WHY,
            persist_state="session",
            placeholder="Why, if you like",
            label_visibility="collapsed",
        )
        st.button(
            "Commit, and show the names" if last and choice.is_blind else "Commit",
            key=f"{key}-commit",
            type="primary",
            on_click=partial(say_chosen, choice, last=last),
        )


@keeping
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
        help=f"In real use: {field.n_labelled:,} {noun.item}s that neither model learned from. The "
        "upright lines: where the share would lie, 95 times of 100, for others of the same kind "
        "(Wilson's interval).",
    )
    if board.scores is not None and field.scores is not None:
        here, there = ((a.accuracy, b.accuracy) for a, b in (board.scores, field.scores))
        figure(
            before_after(
                (here, there),
                names,
                (f"On these {noun.item}s", "In real use"),
                width_px=figure_width("real-use-width", _REAL_PX),
                dark=is_dark(),
            ),
            key="real-use",
            alt=" ".join(
                f"{name}: {here} here, {there} in real use." for name, here, there in rows
            ),
        )
    if choice.task.flaw is not None:
        st.markdown(plain(choice.task.flaw.summary))
