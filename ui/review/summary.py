"""What comes of a review: verdicts, what should not matter, the picks again, what to take away."""

from collections.abc import Sequence
from functools import partial
from urllib.parse import urlencode

import streamlit as st

from ui.explain.sheet import as_csv, codebook
from ui.figures import markup
from ui.figures.markup import text_html
from ui.figures.palette import counted
from ui.improve import work
from ui.improve.choice import Place as ImprovePlace
from ui.pick.choice import PickChoice
from ui.pick.values import PickedItem
from ui.review import merging, records
from ui.review.export import Reviewed, as_report, out_parts, outcome, sheet
from ui.review.figures.items import examples_html, part_name, said
from ui.review.place import Place, go
from ui.review.records import VERDICTS, KeptPick, Review
from ui.shell import wording
from ui.shell.notices import keeping
from ui.shell.screens import leave_for
from ui.shell.widgets import downloads, is_dark
from ui.shell.wording import NOUNS, plain

_REASONS = 3  # of an item, to recognise it by
_NOTE = 140  # characters of a note in the list
_NOTES = 3
_PARTS = 12  # in the list of what was marked
_PICTURE_PX = 72
_CELL = "padding:.3rem .9rem .3rem 0;text-align:left;font-weight:400;overflow-wrap:anywhere"


def summary(kept: KeptPick, place: Place, review: Review) -> None:
    """All of it, for a review that may still be under way."""
    others = records.all_reviews(place.pick)
    others.pop(place.reviewer, None)
    # What others say would sway whoever is still judging.
    is_open = not review or len(review) == len(kept.items)
    shown = (*([review] if review else []), *(others.values() if is_open else []))
    st.caption(plain(f"Review: {kept.title}, {kept.model}"))
    st.title("Summary", anchor=False)
    _state(kept, place, review, len(others), is_open=is_open)
    reviewed = Reviewed(kept, shown)
    numbers, out = st.columns([3, 2], gap="large")
    with numbers:
        _counts(kept, review, shown)
    with out:
        _out(kept, review, reviewed)
    _picks(kept, place, review, shown)
    _take_away(kept, place, reviewed)


def _state(kept: KeptPick, place: Place, review: Review, n_others: int, *, is_open: bool) -> None:
    n, number = len(kept.items), records.next_to_judge(kept.picked, review)
    others = ""
    if n_others:
        others = f" {_people(n_others)} reviewed this pick"
        others += "." if is_open else ": what they say is shown when you have judged all of it."
    done = "the one pick" if n == 1 else f"all {n} picks"
    judged = done if number is None else f"{len(review)} of {counted(n, 'pick')}"
    st.write(plain(f"You have judged {judged}.{others}"))
    if number is not None:
        st.button(
            f"Go on with pick {number + 1}" if review else "Begin",
            type="primary",
            on_click=partial(go, place, number + 1),
        )


def _counts(kept: KeptPick, review: Review, shown: tuple[Review, ...]) -> None:
    """How often each verdict was given: by this person, and by all."""
    columns = [("You", merging.counts([review]))] if review else []
    if len(shown) > len(columns):
        columns.append(
            (f"All {len(shown)}" if len(shown) > 1 else "1 person", merging.counts(shown))
        )
    st.markdown("**Verdicts**")
    if not columns:
        st.caption("None yet.")
        return
    lines = [
        (
            words,
            *(
                f'<span style="white-space:nowrap">'
                f"{markup.bar(given[verdict] / max(1, sum(given.values())), dark=is_dark())} "
                f"{given[verdict]}</span>"
                for _, given in columns
            ),
        )
        for verdict, words in VERDICTS.items()
    ]
    st.html(_table(("Verdict", *(name for name, _ in columns)), lines))
    if len(shown) > 1:
        given = [merging.verdicts_on(item.row, shown) for item in kept.items]
        several = [verdicts for verdicts in given if sum(verdicts.values()) > 1]
        same = sum(merging.is_agreed(verdicts) for verdicts in several)
        st.write(
            f"All gave the same verdict on {same} of the {counted(len(several), 'pick')} that two "
            "or more have judged."
        )


def _out(kept: KeptPick, review: Review, reviewed: Reviewed) -> None:
    """What should not matter, and the way to a model that does without."""
    st.markdown(
        "**What should not matter**",
        help="Of several reviews a part is in if more than half of those who judged a pick with it "
        "among the reasons have marked it. A tie is not a majority.",
    )
    st.write(plain(outcome(kept, reviewed.reviews)))
    _marked(kept, review, reviewed.reviews)
    parts, choice = out_parts(kept, reviewed.reviews), kept.choice
    if not parts or choice is None or not ImprovePlace(choice.task, choice.model).can_improve:
        return
    st.button(
        "Improve: take out what should not matter",
        key="improve",
        type="secondary" if 0 < len(review) < len(kept.items) else "primary",
        icon=":material/build:",
        on_click=keeping(_improve),
        args=(choice, parts),
    )


def _improve(choice: PickChoice, parts: Sequence[str]) -> None:
    out = work.keep_marked(choice.task.key, choice.model, parts)
    leave_for("improve", ImprovePlace(choice.task, choice.model, out).params())


def _marked(kept: KeptPick, review: Review, shown: tuple[Review, ...]) -> None:
    """Each part that somebody marked: where, and how many did."""
    own = {marked.part: marked for marked in merging.marked_parts(kept.picked, review)}
    votes = merging.votes(kept.picked, shown)
    if not votes:
        return
    looks = {p.name: p for item in kept.items for p in records.parts_of(kept.picked, item)}
    lines = []
    for vote in votes[:_PARTS]:
        mine = own.get(vote.part)
        name = text_html(part_name(kept, vote.part))
        examples = examples_html(kept, looks[vote.part], dark=is_dark())
        people = f"{vote.marked} of {vote.judged} people"
        lines.append(
            (
                (f"<strong>{name}</strong>" if vote.is_out else name) + examples,
                *(
                    [f"in {mine.n} of {counted(mine.of, 'pick')}" if mine else "-"]
                    if review
                    else []
                ),
                *([people] if len(shown) > 1 else []),
            )
        )
    heads = (*(["You marked it"] if review else []), *(["Marked by"] if len(shown) > 1 else []))
    st.html(
        _table(
            ("Column" if kept.kind == "table" else NOUNS[kept.kind].part.capitalize(), *heads),
            lines,
        )
    )
    if len(votes) > _PARTS:
        st.caption(f"And {len(votes) - _PARTS} more, in the report.")


def _picks(kept: KeptPick, place: Place, review: Review, shown: tuple[Review, ...]) -> None:
    """Each pick in a line that opens it again."""
    st.markdown("**The picks**")
    for number, item in enumerate(kept.items, start=1):
        with st.container(border=True):
            opens, told = st.columns([1, 3], vertical_alignment="center")
            with opens:
                st.button(
                    plain(f"Pick {number}: {said(kept, item)}"),
                    key=f"open-{number}",
                    width="stretch",
                    on_click=partial(go, place, number),
                )
            with told:
                _told(kept, item, review, shown)


def _told(kept: KeptPick, item: PickedItem, review: Review, shown: tuple[Review, ...]) -> None:
    """What is said of one item."""
    answer = review.get(item.row)
    lines = [f"<strong>{VERDICTS[answer.verdict] if answer else 'Not judged'}</strong>"]
    if answer and item.label is not None:
        lines[0] += f". The data says: {text_html(kept.class_names[item.label])}"
    if len(shown) > 1:
        given = merging.verdicts_on(item.row, shown)
        all_ = ", ".join(
            f"{n}\N{NO-BREAK SPACE}× {VERDICTS[verdict].lower()}" for verdict, n in given.items()
        )
        lines.append(f"All: {all_ or 'nothing yet'}")
    parts = records.parts_of(kept.picked, item)[:_REASONS]
    names = [part_name(kept, part) for part in answer.marks] if answer else []
    if names:
        lines.append(f"Should not matter: {text_html(wording.listed(names))}")
    elif parts:
        names = [part_name(kept, part.name) for part in parts]
        lines.append(f"Leans on {text_html(wording.listed(names))}")
    notes = [each[item.row].note for each in shown if item.row in each and each[item.row].note]
    lines += [f"<em>{text_html(_cut(note))}</em>" for note in notes[:_NOTES]]
    if len(notes) > _NOTES:
        lines.append(f"and {len(notes) - _NOTES} more notes, in the report")
    picture = ""
    if item.picture is not None:
        picture = markup.picture_html(item.picture, "The picture", width_px=_PICTURE_PX)
        picture = f'<div style="flex:none">{picture}</div>'
    st.html(
        f'<div style="display:flex;gap:1rem;overflow-wrap:anywhere">{picture}'
        f"<div>{'<br>'.join(lines)}</div></div>"
    )


def _cut(note: str) -> str:
    return note if len(note) <= _NOTE else f"{note[:_NOTE]}…"


def _take_away(kept: KeptPick, place: Place, reviewed: Reviewed) -> None:
    """Downloads, made when they are asked for; the link for others; the way back."""
    st.markdown("**Take it away**")
    with st.container(horizontal=True, vertical_alignment="center"):
        downloads(
            f"review-{kept.params['task']}-{kept.params['model']}",
            {
                "Report": (".html", partial(as_report, reviewed)),
                "CSV": (".csv", lambda: as_csv(sheet(reviewed))),
                "Codebook": ("-codebook.csv", lambda: codebook(sheet(reviewed))),
            },
            disabled=not reviewed.reviews,
        )
        choice = kept.choice
        if choice is not None:
            st.button(
                "Back to the pick",
                type="tertiary",
                icon=":material/arrow_back:",
                on_click=leave_for,
                args=("pick", choice.params()),
            )
    st.caption(
        "Send this link to others: each of them gets a review of their own, and the marks are "
        "merged here. The address in your browser opens your own review again, for 30 days after "
        "its last use."
    )
    base = (st.context.url or "").split("?")[0]
    st.code(f"{base}?{urlencode({'pick': place.pick})}", language=None, wrap_lines=True)


def _table(heads: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """A small table of cells that are HTML already."""
    top = "".join(f'<th scope="col" style="{_CELL}">{head}</th>' for head in heads)
    body = "".join(
        f'<tr><th scope="row" style="{_CELL}">{first}</th>'
        + "".join(f'<td style="{_CELL}">{cell}</td>' for cell in cells)
        + "</tr>"
        for first, *cells in lines
    )
    return (
        '<table style="border-collapse:collapse;font-variant-numeric:tabular-nums">'
        f'<thead style="opacity:.7;font-size:.9rem"><tr>{top}</tr></thead>'
        f"<tbody>{body}</tbody></table>"
    )


def _people(n: int) -> str:
    return "One other person" if n == 1 else f"{n} others"
