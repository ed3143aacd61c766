"""How good both models are on the labelled items: one part of it at a time."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import streamlit as st

from ui.compare import costs as costing
from ui.compare import decision_wording as decided
from ui.compare import wording as told
from ui.compare.choice import COLUMN, COSTS, SIDES, SURE, WORD, WORDS, CompareChoice
from ui.compare.figures.answer_matrix import answer_matrix, matrix_in_words
from ui.compare.figures.curves import curves_figure
from ui.compare.figures.shares import SharesRow, shares_figure, shares_in_words
from ui.compare.place import COMPARE, about_all
from ui.compare.values import Answered, ClassScores, Estimated, Scoreboard, Slice
from ui.compare.verdict_wording import share
from ui.compare.work import slicing
from ui.figures import markup, palette
from ui.figures.palette import counted
from ui.shell.controls import is_one_of, keyed, segments, select
from ui.shell.notices import remark
from ui.shell.waiting import fetch
from ui.shell.widgets import figure, figure_width, is_dark
from ui.shell.wording import NOUNS, percent, plain, points
from ui.workshop.request import store_id

_RANGE = "The range is where it would lie, 95 times of 100, for other {}s of the same kind."
_FIGURE_PX = 560  # before the browser has told the width of a column
_SELECT_PX = 300
_SLIDER_PX = 420
_NOT_KNOWN = ("–", "not known")  # of a model that gave its answers without probabilities
_FEW_CLASSES = 4  # with more, the matrices are folded
_MOST_WORD = 60  # characters of a word to look for
_MARKS = ("●", "◇")  # as in the figures


def scoreboard(choice: CompareChoice, answered: Answered, n_there: int, answered_id: str) -> None:
    """How often they agree; where there are labels, the part of the scores that is chosen."""
    board, noun = answered.board, NOUNS[choice.task.kind]
    if board.n < n_there:
        remark(told.not_all(board.n, n_there, noun))
    if board.scores is None:
        agree = share(board.agreement)
        st.write(
            plain(
                f"These {noun.item}s have no labels: how often they agree is known ({agree}), "
                "not how often they are right."
            )
        )
        return
    miss = costing.class_in_view(choice, answered)
    costs = costing.costs(answered.items, miss, choice.cost)
    parts: dict[str, tuple[str, Callable[[], None]]] = {
        "scores": ("Right and wrong", lambda: _scores(choice, board))
    }
    if costs is not None:
        parts["costs"] = ("Costs", lambda: _costs(choice, answered, miss, costs))
    parts |= {
        "classes": ("By class", lambda: _classes(choice, answered)),
        "curves": ("Curves", lambda: _curves(choice, answered, miss)),
    }
    if any(choice.are_sure):
        parts["calibration"] = ("Calibration", lambda: _calibration(choice, board))
    if answered.labelled:
        parts["slices"] = ("Where they differ", lambda: _slices(choice, answered, answered_id))
    shown = choice.board if choice.board in parts else "scores"
    segments(
        "Part of the scores",
        {key: title for key, (title, _) in parts.items()},
        shown,
        lambda key: COMPARE.write(board=key),
        name="compare-board",
        about=about_all(choice),
        wrap=True,
        label_visibility="collapsed",
    )
    parts[shown][1]()


# --- Right and wrong ----------------------------------------------------------------------------


def _scores(choice: CompareChoice, board: Scoreboard) -> None:
    if board.scores is None:
        return
    noun, (first, second) = NOUNS[choice.task.kind], board.scores
    told_range = _RANGE.format(noun.item)
    cards = (
        (
            "Right answers",
            "accuracy, more is better",
            [_shares(scores.accuracy) for scores in (first, second)],
            f"The share of {counted(board.n_labelled, f'labelled {noun.item}')} on which the model "
            f"is right. {told_range} (Wilson's interval.)",
        ),
        (
            "Price of its mistakes",
            "log loss, less is better",
            [_numbers(scores.log_loss) for scores in (first, second)],
            "How little probability the model gives to what is right: being sure and wrong costs "
            f"most. 0 is perfect, 0.69 is what tossing a coin costs. {told_range} (Bootstrap.)",
        ),
        (
            "How far “80% sure” is off",
            "calibration error, less is better",
            [_points(scores.calibration) for scores in (first, second)],
            "Of the answers of which a model is 80% sure, 80% should be right. This is how far "
            f"it is from that on average, in percentage points. {told_range} (Bootstrap.)",
        ),
    )
    for column, (title, term, lines, help_text) in zip(st.columns(len(cards)), cards, strict=True):
        with column.container(border=True, height="stretch", gap=None):
            st.markdown(f"**{title}**", help=help_text)
            st.html(_lines(choice.names, term, lines))
    for name, is_sure in zip(choice.names, choice.are_sure, strict=True):
        if not is_sure:
            st.caption(plain(f"{name} gave its answers without saying how sure it is."))
    st.caption(
        plain(f"{told.only_one_right(board, choice.names, noun)} {decided.differences(board)}"),
        help="If both were equally good, each of these would go to either by the toss of a coin. "
        "p is how often tosses would come out at least so uneven (McNemar's exact test).",
    )


def _shares(found: Estimated) -> tuple[str, str]:
    return percent(found.value), f"{percent(found.low)} to {percent(found.high)}"


def _numbers(found: Estimated | None) -> tuple[str, str]:
    if found is None:
        return _NOT_KNOWN
    low, high = f"{found.low:.2f}", f"{found.high:.2f}"
    if low != high:
        return f"{found.value:.2f}", f"{low} to {high}"
    return f"{found.value:.3f}", f"{found.low:.3f} to {found.high:.3f}"


def _points(found: Estimated | None) -> tuple[str, str]:
    if found is None:
        return _NOT_KNOWN
    low, high = (points(value).split(" ")[0] for value in (found.low, found.high))
    return points(found.value), f"{low} to {high}"


def _lines(names: tuple[str, str], term: str, lines: list[tuple[str, str]]) -> str:
    """Both models' values with their ranges, a line each."""
    quiet = f"color:{palette.quiet_colour(is_dark())};font-size:.875rem"
    rows = "".join(
        '<div style="display:flex;flex-wrap:wrap;gap:0 .75rem;align-items:baseline;'
        'padding:.1rem 0;font-variant-numeric:tabular-nums;overflow-wrap:anywhere">'
        f'<span style="flex:1 1 6rem">{markup.text_html(name)}</span>'
        f'<strong style="min-width:3.5rem">{value}</strong>'
        f'<span style="{quiet};min-width:7.5rem">{reach}</span></div>'
        for name, (value, reach) in zip(names, lines, strict=True)
    )
    return f'<div style="{quiet}">{term}</div>{rows}'


# --- What mistakes cost -------------------------------------------------------------------------


def _costs(choice: CompareChoice, answered: Answered, miss: int, costs: costing.Costs) -> None:
    noun, name = NOUNS[choice.task.kind], answered.names[miss]
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        keyed(
            "compare-cost",
            choice.cost,
            lambda key, changed: st.select_slider(
                plain(f"Missing one that is “{name}” costs"),
                COSTS,
                key=key,
                format_func=_times,
                on_change=changed,
                width=_SLIDER_PX,
                help="Each model calls it out from the probability on at which that costs least on "
                f"these {noun.item}s; on others it will cost a little more.",
            ),
            lambda cost: COMPARE.write(cost=cost),
            offers=lambda cost: is_one_of(cost, COSTS),
            about=about_all(choice),
        )
        _which_class(choice, answered, miss, "Not to be missed")
    st.markdown(
        f"**{plain(decided.cheaper(costs, choice.names))}** "
        + plain(
            f"A false alarm counts 1; {costs.n_there:,} of the {costs.n:,} labelled {noun.item}s "
            f"are “{name}”."
        ),
        help=f"{_RANGE.format(noun.item)} (Bootstrap, the thresholds left where they are.)",
    )
    for column, of, side in zip(st.columns(2), choice.names, costs.sides, strict=True):
        with column.container(border=True, height="stretch"):
            st.markdown(f"{plain(of)}: **cost {side.cost:,}**")
            st.write(plain(f"{decided.mistakes(side, name)} {decided.would_change(side, name)}"))
            st.caption(plain(decided.if_true(side, costs)))


def _times(cost: int) -> str:
    return "as much as a false alarm" if cost == 1 else f"{cost:,} times a false alarm"


def _which_class(choice: CompareChoice, answered: Answered, miss: int, title: str) -> None:
    select(
        title,
        {each.answer: answered.names[each.answer] for each in answered.classes},
        miss,
        lambda answer: COMPARE.write(miss=answer),
        name="compare-miss",
        about=about_all(choice),
        width=_SELECT_PX,
    )


# --- By class, curves, calibration --------------------------------------------------------------


def _classes(choice: CompareChoice, answered: Answered) -> None:
    noun, width = NOUNS[choice.task.kind], figure_width("classes-width", _FIGURE_PX)
    _key(choice)
    kinds: tuple[tuple[str, str, Callable[[ClassScores], tuple[Estimated | None, ...]]], ...] = (
        ("Found", f"Recall: of the {noun.item}s that are so, the share that is called so.",
         lambda each: each.recall),
        ("Right when it says so", "Precision: of what is called so, the share that is so.",
         lambda each: each.precision),
    )  # fmt: skip
    for number, (column, (title, help_text, of)) in enumerate(
        zip(st.columns(2, gap="large"), kinds, strict=True)
    ):
        rows = [
            SharesRow(answered.names[each.answer], each.n, (of(each)[0], of(each)[1]))
            for each in answered.classes
        ]
        with column:
            st.markdown(f"**{title}**", help=f"{help_text} {_RANGE.format(noun.item)}")
            figure(
                shares_figure(rows, choice.names, width_px=width, dark=is_dark()),
                key=f"by-class-{number}",
                alt=f"{title}. {shares_in_words(rows, choice.names)}",
            )
    is_much = len(answered.classes) > _FEW_CLASSES
    with st.expander("What is taken for what") if is_much else st.container():
        _mistakes(choice, answered, width)


def _mistakes(choice: CompareChoice, answered: Answered, width: int) -> None:
    """Each model's answers against what is right."""
    for side, column in zip(SIDES, st.columns(2, gap="large"), strict=True):
        items = [
            replace(item, answers=(item.label or 0, item.answers[side]))
            for item in answered.labelled
        ]
        who = ("The data", choice.names[side])
        with column:
            figure(
                answer_matrix(
                    items,
                    answered.names,
                    who,
                    width_px=width,
                    dark=is_dark(),
                    truth="In the data",
                ),
                key=f"truth-{side}",
                alt=matrix_in_words(items, answered.names, who).replace(
                    "Both models answer alike", f"{choice.names[side]} is right"
                ),
            )


def _curves(choice: CompareChoice, answered: Answered, miss: int) -> None:
    width = figure_width("curves-width", _FIGURE_PX)
    _which_class(choice, answered, miss, "How well they tell")
    name = answered.names[miss]
    found = next((each.curves for each in answered.classes if each.answer == miss), None)
    if found is None:
        st.write(plain(f"There is no curve: all that has a label is “{name}”, or nothing is."))
        return
    _key(choice)
    if not all(choice.are_sure):
        st.caption("Answers without probabilities are one point, at which the lines bend.")
    areas = " · ".join(f"{of} {each.auc:.3f}" for of, each in zip(choice.names, found, strict=True))
    averages = " · ".join(
        f"{of} {each.average:.3f}" for of, each in zip(choice.names, found, strict=True)
    )
    roc, precision = st.columns(2, gap="large")
    with roc:
        st.markdown(
            f"**Area under the curve**: {plain(areas)}",
            help="ROC: each point is a threshold. The area is how often one that is so gets a "
            "higher probability than one that is not; 0.5 is guessing (the thin line), 1 perfect.",
        )
        figure(
            curves_figure(
                [each.roc for each in found],
                choice.names,
                x="False alarms, of all others",
                y="Found, of those that are so",
                width_px=width,
                dark=is_dark(),
                is_diagonal=True,
            ),
            key="roc",
            alt=f"ROC curves for {name}. Area under the curve: {areas}.",
        )
    with precision:
        st.markdown(
            f"**Average precision**: {plain(averages)}",
            help="Each point is a threshold: the more is found, the more of what is called so is "
            "wrong. The average precision weighs each step by what it finds.",
        )
        figure(
            curves_figure(
                [each.precision for each in found],
                choice.names,
                x="Found, of those that are so",
                y="Right when it says so",
                width_px=width,
                dark=is_dark(),
            ),
            key="precision-recall",
            alt=f"Precision against recall for {name}. Average precision: {averages}.",
        )


def _calibration(choice: CompareChoice, board: Scoreboard) -> None:
    if board.scores is None:
        return
    words = " · ".join(
        f"{name} {points(scores.calibration.value)}"
        for name, scores in zip(choice.names, board.scores, strict=True)
        if scores.calibration is not None
    )
    _key(choice)
    st.markdown(
        f"**How far “80% sure” is off**: {plain(words)}",
        help="On the thin line what a model says of its sureness is true; below it the model is "
        "too sure. The larger the dot, the more items. Ten bins of equal width.",
    )
    figure(
        curves_figure(
            [[(p, right) for p, right, _ in scores.curve] for scores in board.scores],
            choice.names,
            x="How sure it is",
            y="How often it is right",
            width_px=figure_width("calibration-width", _FIGURE_PX),
            dark=is_dark(),
            is_diagonal=True,
            counts=[[n for _, _, n in scores.curve] for scores in board.scores],
        ),
        key="reliability",
        alt=f"How often each is right against how sure it is. Off by: {words}.",
    )


def _key(choice: CompareChoice, more: str = "", help: str | None = None) -> None:
    """Which mark is whose; and what more there is to say of a figure."""
    marks = (f"{mark} {name}" for mark, name in zip(_MARKS, choice.names, strict=True))
    st.caption(plain("  ".join((*marks, more)).rstrip()), help=help)


# --- Slices -------------------------------------------------------------------------------------


def _slices(choice: CompareChoice, answered: Answered, answered_id: str) -> None:
    noun = NOUNS[choice.task.kind]
    options = {"class": "the label"}
    if choice.task.kind == "text":
        options[WORDS] = "words"
    options |= {f"{COLUMN}{column}": column for column in answered.columns}
    options |= {
        by: f"how sure {name} is"
        for by, name, is_sure in zip(SURE, choice.names, choice.are_sure, strict=True)
        if is_sure
    }
    is_word = choice.by.startswith(WORD) and WORDS in options
    by = choice.by if is_word or choice.by in options else "class"
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        select(
            f"{noun.Item}s by",
            options,
            WORDS if is_word else by,
            lambda told: COMPARE.write(by=told),
            name="compare-by",
            about=about_all(choice),
            width=_SELECT_PX,
        )
        if is_word or by == WORDS:
            keyed(
                "compare-word",
                by.removeprefix(WORD) if is_word else "",
                lambda key, changed: st.text_input(
                    "Only the word",
                    key=key,
                    on_change=changed,
                    max_chars=_MOST_WORD,
                    width=_SELECT_PX,
                    placeholder="any",
                ),
                _write_word,
                offers=lambda told: isinstance(told, str) and len(told) <= _MOST_WORD,
                about=about_all(choice),
            )
    known = [(item.row, item.label, item.answers, item.sure) for item in answered.labelled]
    raw = fetch(
        "slices",
        store_id("slices", answered_id, by),
        slicing.sliced,
        replace(choice, by=by).params(),
        known,
        affinity=choice.pair(0)[0].affinity,
        what="Looking where they differ",
    )
    if raw is not None:
        _sliced(choice, [Slice.from_dict(each) for each in raw])


def _write_word(word: str) -> None:
    COMPARE.write(by=f"{WORD}{word.strip()}" if word.strip() else WORDS)


def _sliced(choice: CompareChoice, found: Sequence[Slice]) -> None:
    noun = NOUNS[choice.task.kind]
    if not found:
        st.write(plain(f"No word is in enough of these {noun.item}s to tell anything."))
        return
    rows = [SharesRow(each.name, each.n, each.right, not each.is_clear) for each in found]
    n_clear = sum(each.is_clear for each in found)
    if n_clear:
        line = f"{counted(n_clear, 'slice')} in which one is clearly better, in bold, first."
    else:
        line = "No slice in which one is clearly better; the largest difference first."
    _key(
        choice,
        f"· The share of right answers. {line}",
        help="Clearly: more than chance, though so many slices were looked at (McNemar's exact "
        f"test, Bonferroni). {_RANGE.format(noun.item)} (Wilson's interval.) The number beside a "
        f"name counts its labelled {noun.item}s.",
    )
    figure(
        shares_figure(
            rows,
            choice.names,
            width_px=figure_width("slices-width", _FIGURE_PX),
            dark=is_dark(),
        ),
        key="slices",
        alt=f"Right answers. {shares_in_words(rows, choice.names)}",
    )
