"""The panel of results and its figures, on simulated people."""

import re
from dataclasses import replace
from html import unescape

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from tests.trust_study import simulated
from tests.trust_study.studies import item, study
from trust_study import told
from trust_study.frozen import Study
from trust_study.report import as_html
from trust_study.summary import Counted, Summary, of_tables
from ui.figures import palette
from ui.study.figures.calibration import calibration_figure
from ui.study.figures.intervals import Row, intervals_figure


def found(n_people: int = 30) -> tuple[Study, Summary]:
    """A study of 16 items and what people came to who follow with LIME only."""
    items = [
        replace(item(n), truth=n // 2 % 2, advice=(n // 2 + n) % 2)  # as `simulated.trials` has it
        for n in range(16)
    ]
    made = study(16, items=tuple(items))
    trials = simulated.trials(simulated.only_with_lime, n_people)
    asked = [
        trials.assign(stage=stage, field=field, value=trials[column])
        for stage, field, column in (
            ("own", "answer", "own"),
            ("final", "answer", "final"),
            ("final", "confidence", "final_confidence"),
        )
    ]
    long = pd.concat(asked).assign(is_rehearsal=False, has_finished=True)
    people = pd.DataFrame(
        {"is_rehearsal": False, "has_finished": True, "has_withdrawn": False},
        index=range(n_people),
    )
    return made, of_tables(made, people, long, n_resamples=200)


def _page(n_people: int) -> None:
    from tests.ui.study.test_results import found
    from ui.study.panels.results import results

    results(*found(n_people))


def test_the_panel_says_the_primary_measure_first_and_every_chart_in_words() -> None:
    page = AppTest.from_function(_page, args=(30,)).run(timeout=30)
    assert not page.exception
    assert page.subheader[0].value == "Telling right from wrong (d'): the primary measure"
    _, said = found()
    charts = page.get("plotly_chart")
    assert len(charts) == len(told.measures(said)) + 2  # LIME less the others, and calibration
    captions = " ".join(each.value for each in page.caption).replace("\\", "")
    assert "30 people have joined: 30 finished" in captions
    # Nobody follows but with LIME, where everybody does.
    over = told.rows_of(said, "over_reliance").set_index("arm")["value"]
    assert len(page.dataframe[1].value) == 16 * 3
    assert dict(over) == {"answer": 0, "lime": 1, "placebo": 0}
    shown = " ".join(each.value for each in page.markdown)
    assert "more often with LIME than with shuffled weights" in shown
    # Of everybody who meets LIME or not, ten each: they differ, by the hand count.
    apart = page.dataframe[0].value.set_index(["measure", "LIME less"])
    assert apart.loc[("Over-reliance", "answer only"), "difference"].startswith("+100 points [")
    assert "higher with LIME than with answer only (+100 points" in captions
    assert "corrected p < " in captions or "corrected p = " in captions
    assert "no difference between LIME and shuffled weights can be told" in captions


def test_numbers_below_zero_have_a_true_minus_sign_everywhere() -> None:
    made, said = found()
    page = AppTest.from_function(_page, args=(30,)).run(timeout=30)
    shown = [each.value for each in (*page.caption, *page.markdown)]
    shown += [chart.proto.spec for chart in page.get("plotly_chart")]
    shown += [str(cell) for table in page.dataframe for cell in table.value.to_numpy().ravel()]
    words = [re.sub("<style>.*</style>|<svg.*?</svg>", "", as_html(made, said), flags=re.DOTALL)]
    for text in (*words, *(re.sub(r"\\(?!u)", "", each) for each in shown)):
        # Not in a chart's numbers, nor between two words or digits.
        assert not re.findall(r'(?<![\w,:\[])-\d|"-\d', text), text[:300]
    assert any("\N{MINUS SIGN}" in text for text in words)
    assert any("\N{MINUS SIGN}" in text for text in shown)
    assert told.number("bias", -0.004) == "0.00"
    assert told.number("bias", -0.126) == "\N{MINUS SIGN}0.13"


def test_too_few_people_are_no_numbers() -> None:
    page = AppTest.from_function(_page, args=(3,)).run(timeout=30)
    assert not page.exception
    assert {*page.dataframe[1].value["share who followed"]} == {"too few to say"}
    assert "too few to say" in page.caption[1].value


def test_one_is_one() -> None:
    _, said = found(30)
    row = pd.Series({"measure": "discernment", "value": np.nan, "people": 1, "cases": 1})
    assert told.estimate(row) == "too few to say (1 person, 1 that counts)"
    one = replace(said, counted=Counted(1, 0, 1, 0, 1, 1))
    assert told.counted(one).startswith("1 person has joined: 0 finished, 1 has not (what they")
    assert "the answers of 1 simulated person." in told.counted(replace(one, is_rehearsal=True))
    tested = said.differences[said.differences["p_value"].notna()]
    first = tested["measure"] == said.primary
    for n, ending in ((0, "as they are."), (1, "as they are; the 1 other is corrected for their")):
        few = replace(said, differences=pd.concat([tested[first], tested[~first][:n]]))
        assert ending in told.tests(few)


def test_the_figure_holds_its_intervals() -> None:
    rows = [Row("a <b>", 0.5, 0.2, 1.4, "said"), Row("few", np.nan, np.nan, np.nan, "too few")]
    drawing = intervals_figure(rows, (0.0, 1.0), is_share=True, width_px=700, dark=False)
    assert [tuple(trace.x) for trace in drawing.data] == [(0.2, 1.4), (0.5,)]
    assert drawing.layout.xaxis.range[1] > 1.4
    texts = [each.text for each in drawing.layout.annotations]
    assert texts == ["a &lt;b&gt;", "said", "few", "too few"]


@pytest.mark.parametrize("dark", [False, True])
def test_on_a_phone_no_line_goes_through_what_is_said(*, dark: bool) -> None:
    rows = [Row("one", 0.5, -0.2, 1.4, "said"), Row("few", np.nan, np.nan, np.nan, "too few")]
    ends = (-1.0, 3.0)
    phone, desk = (
        intervals_figure(rows, ends, is_share=False, width_px=width, dark=dark).layout
        for width in (358, 700)
    )
    for said in phone.annotations[1::2]:
        assert said.bgcolor == palette.page_colour(dark)
    # There is room beside the lines on a desk.
    assert all(said.x >= desk.xaxis.domain[1] for said in desk.annotations[1::2])


def _choices(n_people: int, n_of_arm: int) -> None:
    from dataclasses import replace

    from tests.ui.study.test_results import found
    from trust_study.stages.choice.score import Change
    from ui.study.panels.results import results

    made, said = found(30)
    chosen = {"": Change(n_people, 1, 3, 2, 0, None), "lime": Change(n_of_arm, 0, 2, 2, 0, None)}
    results(made, replace(said, choice=chosen))


def test_the_choice_between_two_models_is_drawn_where_enough_people_chose() -> None:
    page = AppTest.from_function(_choices, args=(10, 2)).run(timeout=30)
    assert not page.exception
    charts = [unescape(each.proto.spec) for each in page.get("plotly_chart")]
    chart = next(each for each in charts if "before" in each)
    assert "1 of 10 [2% to 40%]" in chart  # Wilson's interval of scipy: 0.018 to 0.404
    assert "LIME, after" in chart
    assert "2 of 2" not in chart
    assert "too few to say" in chart
    captions = " ".join(each.value for each in page.caption).replace("\\", "")
    assert "The better model was chosen by 1 of 10 before [2% to 40%] and by 3 after" in captions
    page = AppTest.from_function(_choices, args=(4, 2)).run(timeout=30)
    captions = " ".join(each.value for each in page.caption).replace("\\", "")
    assert "The choice between two models: too few to say (4 chose both times)" in captions


def test_a_long_name_is_not_under_its_interval() -> None:
    rows = [Row("shuffled weights, before", 0.1, 0.0, 0.2, "said")]
    drawing = intervals_figure(rows, (0.0, 1.0), is_share=True, width_px=358, dark=False)
    assert drawing.layout.xaxis.domain[0] * 358 > 160  # it takes 157 px, measured in a browser


def test_calibration_draws_the_shares_of_each_arm() -> None:
    _, said = found()
    drawing = calibration_figure(said, width_px=600, dark=True)
    for arm, trace in zip(said.arms, drawing.data[1:], strict=True):
        rows = said.calibration[said.calibration["arm"] == arm]
        assert [*trace.y] == [*rows["share_right"]]
