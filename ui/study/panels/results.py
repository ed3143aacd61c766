"""The results of a study, as they are so far."""

import json
from dataclasses import dataclass, replace
from math import nan

import streamlit as st

from trust_study import told
from trust_study.frozen import Study
from trust_study.report import as_html
from trust_study.scoring.resampling import MIN_PEOPLE
from trust_study.store.database import Database, default_url
from trust_study.store.studies import Kept
from trust_study.summary import SECONDARY_LAST, Summary, state, unpacked
from ui.shell import widgets
from ui.shell.waiting import fetch
from ui.shell.wording import plain
from ui.study.figures.calibration import calibration_figure
from ui.study.figures.intervals import Row, intervals_figure
from ui.study.work import counting
from ui.workshop.request import store_id
from ui.workshop.store import store


def so_far(database: Database, kept: Kept, n_finished: int, *, is_rehearsal: bool) -> None:
    """What has come of a study so far, of people or of a rehearsal; counted by a worker.

    Counted anew when something has been said since, at the next run of the page, which comes by
    itself when one more has finished (`host.monitor`). What was counted before is shown until then,
    above what is waited for: nothing of it moves.

    Parameters
    ----------
    n_finished
        How many people have finished by now.
    """
    ids: dict[tuple[int, bool], _Count] = st.session_state.setdefault("study-counts", {})
    count = ids.get((kept.id, is_rehearsal), _Count())
    asks_anew = count.shown == count.asked  # else it is still on its way, while people go on
    if not asks_anew and store().has("study-results", count.asked):
        count = replace(count, shown=count.asked)
        asks_anew = count.n_finished != n_finished
    if asks_anew:
        newest = store_id("study-results", state(database, kept), str(is_rehearsal))
        count = replace(count, asked=newest, n_finished=n_finished)
    place = st.container()
    raw = fetch(
        "study-results",
        count.asked,
        counting.counted,
        default_url(),
        kept.id,
        is_rehearsal,
        affinity="study",
        what="Counting what was said",
    )
    if raw is not None:
        count = replace(count, shown=count.asked)
    elif (before := store().read("study-results", count.shown)) is not None:
        raw = json.loads(before)
    ids[kept.id, is_rehearsal] = count
    if raw is not None:
        with place:
            results(kept.study, unpacked(raw))


@dataclass(frozen=True, slots=True)
class _Count:
    """The store's ids of the results that are shown, and of those that are asked for.

    `n_finished` is how many people had finished when these were asked for.
    """

    shown: str = ""
    asked: str = ""
    n_finished: int = 0


def results(study: Study, found: Summary) -> None:
    """All results: the primary measure first, satisfaction last.

    Parameters
    ----------
    found
        What `trust_study.summary.summary` says: of people, or of a rehearsal.
    """
    (st.warning if found.is_rehearsal else st.caption)(told.counted(found))
    st.subheader(f"{told.NAMES[found.primary].name}: the primary measure")
    _measure(found, found.primary)
    if not found.differences.empty:
        _difference(found, found.primary)
    if found.placebo:
        st.markdown(f"**{plain(found.placebo)}**")
    if found.choice:
        _choice(found)
    if said := told.attention(found):
        st.markdown(plain(said))
    with st.expander("Other measures"):
        for measure in told.secondary(found):
            st.markdown(f"**{told.NAMES[measure].name}**")
            _measure(found, measure)
    if not found.differences.empty:
        with st.expander("LIME less the others"):
            _differences(found)
    with st.expander("How sure, and how often right"):
        _calibration(found)
    with st.expander("Item by item"):
        _items(found)
    if SECONDARY_LAST in told.measures(found):
        with st.expander(told.NAMES[SECONDARY_LAST].name):
            _measure(found, SECONDARY_LAST)
    widgets.downloads("results", {"Report": (".html", lambda: as_html(study, found))})


def _measure(found: Summary, measure: str) -> None:
    named = told.NAMES[measure]
    rows = [
        Row(told.ARM_NAMES[row["arm"]], row["value"], row["low"], row["high"], told.short(row))
        for _, row in told.rows_of(found, measure).iterrows()
    ]
    width = widgets.figure_width(f"results-{measure}")
    drawing = intervals_figure(
        rows,
        (named.low, named.high),
        is_share=named.is_share,
        width_px=width,
        dark=widgets.is_dark(),
    )
    sentence = told.sentence(found, measure)
    widgets.figure(drawing, key=f"results-{measure}-figure", alt=sentence)
    st.caption(plain(sentence))
    if measure != found.primary and (said := told.differences(found, measure)):
        st.caption(plain(said))


def _difference(found: Summary, measure: str) -> None:
    """LIME less the other arms, drawn."""
    named = told.NAMES[measure]
    rows = [
        Row(
            f"less {told.ARM_NAMES[row['other']]}",
            *(row["value"], row["low"], row["high"]),
            told.difference(row),
        )
        for _, row in told.compared(found, measure).iterrows()
    ]
    st.markdown("**LIME less the others**")
    half = (named.high - named.low) / 2
    drawing = intervals_figure(
        rows,
        (-half, half),
        is_share=named.is_share,
        width_px=widgets.figure_width("results-difference"),
        dark=widgets.is_dark(),
    )
    sentence = told.differences(found, measure)
    widgets.figure(drawing, key="results-difference-figure", alt=sentence)
    st.caption(plain(f"{sentence} {told.tests(found)}"))


def _differences(found: Summary) -> None:
    st.caption(plain(told.tests(found)))
    heads = {"other": "LIME less", "p_value": "p", "corrected": "corrected p"}
    lines = told.differences_in_lines(found)
    st.dataframe(
        [{heads.get(name, name): said for name, said in line.items()} for line in lines],
        hide_index=True,
    )


def _choice(found: Summary) -> None:
    """The choice between two models, of everybody and of each arm."""
    st.markdown("**Choice between two models**")
    rows = []
    for arm, change in found.choice.items():
        name = told.ARM_NAMES.get(arm, "everybody")
        for when, count, (low, high) in zip(
            ("before", "after"), (change.before, change.after), change.intervals, strict=True
        ):
            said = f"{count} of {change.people} {told.interval(low, high)}"
            row = Row(f"{name}, {when}", count / max(1, change.people), low, high, said)
            is_little = change.people < MIN_PEOPLE
            rows.append(Row(row.name, nan, nan, nan, told.TOO_FEW) if is_little else row)
    drawing = intervals_figure(
        rows,
        (0.0, 1.0),
        is_share=True,
        width_px=widgets.figure_width("results-choice"),
        dark=widgets.is_dark(),
    )
    sentence = told.choice(found)
    widgets.figure(drawing, key="results-choice-figure", alt=sentence)
    st.caption(plain(sentence))


def _calibration(found: Summary) -> None:
    sentence = told.calibration(found)
    if found.calibration["low"].notna().any():
        width = widgets.figure_width("results-calibration")
        drawing = calibration_figure(found, width_px=width, dark=widgets.is_dark())
        widgets.figure(drawing, key="results-calibration-figure", alt=sentence)
    st.caption(plain(sentence))


def _items(found: Summary) -> None:
    st.caption(plain(told.items(found)))
    table = found.items.assign(
        arm=found.items["arm"].map(told.ARM_NAMES),
        is_right=found.items["is_right"].map({True: "right", False: "wrong"}).fillna("not known"),
        said=[
            told.share(row["value"], row["low"], row["high"]) for _, row in found.items.iterrows()
        ],
    )
    st.dataframe(
        table[["item", "is_right", "arm", "people", "followed", "said"]].rename(
            columns={"is_right": "model", "said": "share who followed"}
        ),
        hide_index=True,
    )
