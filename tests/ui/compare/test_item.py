"""One item with two explanations: the same answer, parts, scale and changes for both."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from lime_engine.compare import Comparison
from lime_engine.overlap import Corrected, Overlap, State
from lime_engine.subjects import TextSubject
from sample_models import load_data, load_model
from tests.conditions import PATIENCE
from tests.ui.reports import Told
from ui.compare.choice import CompareChoice, blinded, first_comparison, read_comparison
from ui.compare.matching import ELSE, Matching
from ui.compare.panels import item
from ui.compare.panels.item import overlap_shown, target_of
from ui.compare.panels.reasons import reasons_of, said_by
from ui.compare.panels.what_if import headline, in_words
from ui.compare.values import AnsweredItem, PairedItem
from ui.compare.verdicts import read_verdict
from ui.compare.wording import how_alike
from ui.explain import changes
from ui.figures.linked import telling

NAMES = ("Model A", "Model B")
ROW = 5
WHO = "0123456789abcdef"
PARAMS = {"task": "triage", "a": "a", "b": "b", "row": str(ROW), "who": WHO}
NONE = Corrected(None, (None, None), None)
BOTH = Matching(
    ("routine", "urgent"), ((0, 1), (1, 0)), has_else=False
)  # the second has them in another order
APART = Matching(
    ("husky", "wolf", ELSE), ((0, 1), (1, 2)), has_else=True
)  # the second knows no husky


def overlap(state: State, raw: float | None, repeats: tuple[float, float]) -> Overlap:
    return Overlap(state, Corrected(raw, repeats, raw), NONE, NONE)


# --- In words -----------------------------------------------------------------------------------


def test_the_headline_says_what_both_say() -> None:
    answers = ("routine", "urgent")
    assert headline(NAMES, answers, (1, 1), (0.87, 0.912)) == "Both say urgent (87% and 91%)"
    assert headline(NAMES, answers, (1, 0), (0.87, 0.999)) == (
        "Model A says urgent, 87%; Model B says routine, over 99%"
    )


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (overlap("different", 1 / 9, (0.8, 0.84)), ("Different reasons", "11% in common")),
        (overlap("same", 1.0, (0.9, 0.9)), ("Same reasons", "100% in common")),
        (overlap("unclear", 0.5, (0.3, 0.3)), ("Too unsteady to tell", "")),
        (Overlap("unclear", NONE, NONE, NONE), ("Too unsteady to tell", "")),
    ],
)
def test_how_alike_the_reasons_are_is_a_sentence(found: Overlap, told: tuple[str, str]) -> None:
    assert how_alike(found) == told


def test_an_item_says_of_its_reasons_what_the_list_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """The list asks about 500 copies, the item about 2,000: two numbers for one thing."""
    choice = read_comparison(PARAMS)
    kept = PairedItem(ROW, ((), ()), overlap("different", 0.16, (0.8, 0.8)), None, None)
    listed = {ROW: kept}
    monkeypatch.setattr(item.explaining, "paired_item", lambda _, row: listed.get(row))
    reasons = reasons_of(comparison(), NAMES, BOTH, 0)
    here = reasons.comparison.overlap
    alike, apart = (AnsweredItem(ROW, None, said, (0.6, 0.7), 0.1) for said in ((0, 0), (0, 1)))
    assert overlap_shown(choice, alike, reasons) is kept.overlap
    assert overlap_shown(choice, apart, reasons) is here  # the list says nothing of those
    assert overlap_shown(choice, alike, replace(reasons, target=1)) is here  # another answer
    assert overlap_shown(choice, replace(alike, row=ROW + 1), reasons) is here  # not explained


def test_a_change_is_told_for_both_in_one_sentence() -> None:
    before = said_by(BOTH, 0, (0.13, 0.87)), said_by(BOTH, 1, (0.91, 0.09))
    after = said_by(BOTH, 0, (0.55, 0.45)), said_by(BOTH, 1, (0.8, 0.2))
    reasons = replace(reasons_of(comparison(), NAMES, BOTH, 1), said=before)
    assert in_words("Without “pain”", reasons, after) == (
        "Without “pain”: Model A now says routine (urgent 45% instead of 87%); Model B still says "
        "urgent (urgent 80% instead of 91%)."
    )


# --- Which answer, and which parts --------------------------------------------------------------


@pytest.mark.parametrize(
    ("chosen", "answers", "target"),
    [(None, (1, 0), 1), (0, (1, 1), 0), (None, (2, 1), 1), (2, (0, 1), 0), (7, (0, 1), 0)],
)
def test_the_answer_explained_is_one_that_a_model_has(
    chosen: int | None, answers: tuple[int, int], target: int
) -> None:
    task = first_comparison(read_comparison(PARAMS).task).task
    choice = CompareChoice(task, ("a", "b"), target=chosen)
    item = AnsweredItem(ROW, None, answers, (0.6, 0.7), 0.1)
    assert target_of(choice, item, APART) == target


def comparison() -> Comparison:
    found = item.explaining.one_item(
        read_comparison(PARAMS).requests_of_one(), (0, 0), report=Told()
    )
    return Comparison.from_dict(json.loads(json.dumps(found["comparison"])))


def test_both_sides_show_the_same_parts_on_one_scale() -> None:
    found = comparison()
    reasons = reasons_of(found, NAMES, BOTH, 0)
    first, second = reasons.weights
    assert first is not None
    assert second is not None
    own = [{w.index for w in explanation.weights} for explanation in found.explanations]
    assert set(first) == set(second) == own[0] | own[1]
    assert reasons.scale == max(map(abs, [*first.values(), *second.values()]))
    assert sorted(reasons.shown) == sorted(first)
    sizes = [max(abs(first[i]), abs(second[i])) for i in reasons.shown]
    assert sizes == sorted(sizes, reverse=True)


def test_a_model_without_the_answer_has_no_reasons_for_it() -> None:
    found = comparison()
    reasons = reasons_of(found, NAMES, APART, 0)
    assert reasons.weights == (
        {w.index: w.weight for w in found.explanations[0].weights},
        None,
    )
    assert reasons.paired == ()
    assert (reasons.positive, reasons.negative) == ("husky", "not husky")


# --- The view -----------------------------------------------------------------------------------


@pytest.fixture
def without_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is fetched is computed here."""

    def at_once(kind: str, entry_id: str, function: Any, *args: Any, **_: str) -> Any:
        return json.loads(json.dumps(function(*args, report=Told())))

    monkeypatch.setattr(item, "fetch", at_once)
    monkeypatch.setattr(changes, "fetch", at_once)


def page() -> None:
    from tests.ui.reports import Told
    from ui.compare.panels.item import item_view
    from ui.compare.place import COMPARE
    from ui.compare.values import Answered
    from ui.compare.work import explaining

    choice = COMPARE.current()
    found = explaining.answered(choice.params(), range(8), report=Told())  # type: ignore[arg-type]
    item_view(choice, Answered.from_dict(found), [3, 5, 7])


def opened(**params: str) -> AppTest:
    app = AppTest.from_function(page, default_timeout=PATIENCE)
    app.query_params.update(params)
    app.run()
    assert not app.exception
    return app


def sent(app: AppTest) -> str:
    """All that goes to the browser."""
    return "".join(str(element.proto) for element in app.main if hasattr(element, "proto"))


def button(app: AppTest, label: str) -> Any:
    return next(each for each in app.button if each.label == label)


def words(app: AppTest) -> str:
    """What stands on the page, with its Markdown taken out."""
    shown = [element.value for element in (*app.subheader, *app.markdown, *app.caption)]
    return "\n".join(shown).replace("\\", "")


def drawn_texts(app: AppTest) -> list[dict[str, Any]]:
    """Each side's text: how strongly its words are tinted, and which are struck through."""
    found = []
    for chart in app.get("plotly_chart"):
        spec = json.loads(chart.proto.spec)
        if "The text with its words" not in chart.proto.alt:
            continue
        tints = [c.rsplit(",", 1)[1].rstrip(")") for c in spec["data"][0]["marker"]["color"]]
        struck = spec["data"][-1].get("text") or []
        found.append({"strongest": max(map(float, tints)), "n": len(tints), "struck": struck})
    return found


@pytest.mark.usefixtures("without_workers")
def test_an_item_is_shown_with_both_explanations() -> None:
    app = opened(**PARAMS)
    said = [
        load_model("triage", model)([load_data("triage").test.instances[ROW]])[0]
        for model in ("a", "b")
    ]
    both = [f"{100 * p.max():.0f}%" for p in said]
    assert f"Both say routine ({both[0]} and {both[1]})" in words(app)
    assert "2 of 3" in words(app)
    assert [button(app, label).disabled for label in ("Previous", "Next")] == [False] * 2
    seen = read_verdict(read_comparison(PARAMS).comparison_id, WHO).looked_at
    assert seen == (("item", str(ROW)),)  # a link opened it, and it was on the screen
    first, second = drawn_texts(app)
    weights, subject = comparison().weights, comparison().explanations[0].subject
    assert isinstance(subject, TextSubject)
    for side, drawn in enumerate((first, second)):  # on each side every place of what counts there
        counting = telling({pair.index: pair.weights[side] for pair in weights})
        assert drawn["n"] == sum(len(subject.spans[i]) for i in counting) > 0
    # One scale: only the side with the largest weight has a word in the strongest tint.
    largest = [max(abs(pair.weights[side]) for pair in weights) for side in (0, 1)]
    strongest = [first["strongest"], second["strongest"]]
    assert np.argmax(largest) == np.argmax(strongest)
    assert min(strongest) < max(strongest)

    button(app, "Next").click().run()
    assert "3 of 3" in words(app)
    assert button(app, "Next").disabled
    app.button(key="to-list").click()


@pytest.mark.usefixtures("without_workers")
def test_a_word_is_off_for_both() -> None:
    subject = comparison().explanations[0].subject
    assert isinstance(subject, TextSubject)
    off = comparison().weights[0].index
    app = opened(**PARAMS, off=str(off))
    first, second = drawn_texts(app)
    assert first["struck"] == second["struck"] == [f"<s>{subject.labels[off]}</s>"]
    text = subject.text
    for start, end in reversed(subject.spans[off]):
        text = text[:start] + text[end:]
    for name, model in zip(NAMES, ("a", "b"), strict=True):
        routine = load_model("triage", model)([text])[0][0]
        assert f"{name} still says routine (routine {100 * routine:.0f}% " in words(app)
    app.button[[b.label for b in app.button].index("Undo")].click().run()
    assert "off" not in app.query_params
    assert "Nothing is changed." in words(app)


@pytest.mark.usefixtures("without_workers")
def test_without_names_nothing_tells_them() -> None:
    hidden = blinded(read_comparison(PARAMS))
    app = opened(**replace(hidden, row=ROW, off=(3,), who=WHO).params())
    assert "Model 1" in words(app)
    assert "Model 2" in words(app)
    assert not [b for b in app.button if "Explain" in b.label]
    for name in (*NAMES, "triage/"):
        assert name not in sent(app)


@pytest.mark.usefixtures("without_workers")
def test_an_item_that_is_not_compared_is_a_sentence() -> None:
    app = opened(**PARAMS | {"row": "700"})
    assert "is not among the 8 that are compared" in sent(app)
