"""Verdicts: the first one stands, what was looked at is told, the last word tells the names."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from sample_models import tasks
from tests.conditions import PATIENCE
from ui.compare import verdict_wording, verdicts
from ui.compare.choice import CompareChoice, blinded, first_comparison, read_comparison
from ui.compare.panels.verdict import everybody, wants_field
from ui.compare.values import Apart, Estimated, Scoreboard, Scores
from ui.compare.verdicts import MAX_LOOKED, MAX_WHY, WORDS, Verdict, look, read_verdict, say, tally
from ui.shell.wording import NOUNS
from ui.workshop import store as stores

ONE, TWO = "0" * 16, "1" * 16
NAMES = ("Model A", "Model B")
TEXTS = NOUNS["text"]


def board(first: float, second: float, p_value: float | None = 0.5, n: int = 100) -> Scoreboard:
    """Shares of right answers, each give or take five points."""
    nothing = Estimated(0.1, 0.0, 0.2)
    one, two = (
        Scores(Estimated(share, share - 0.05, share + 0.05), nothing, nothing, ())
        for share in (first, second)
    )
    return Scoreboard(n, n, Estimated(0.9, 0.8, 0.95), (one, two), (3, 4), p_value)


def without_labels() -> Scoreboard:
    return Scoreboard(100, 0, Estimated(0.9, 0.8, 0.95), None, None, None)


# --- What is kept -------------------------------------------------------------------------------


def test_the_first_word_stands_before_and_after() -> None:
    for word in ("first", "second"):
        say("c", ONE, word, f"because {word}", last=False)
    for word in ("neither", "either"):
        say("c", ONE, word, "", last=True)
    found = read_verdict("c", ONE)
    assert found.before is not None
    assert found.after is not None
    assert (found.before.word, found.before.why, found.after.word) == (
        "first",
        "because first",
        "neither",
    )
    assert read_verdict("c", TWO) == read_verdict("d", ONE) == Verdict()


@pytest.mark.parametrize("done", ["looked", "said"])
def test_nothing_is_said_before_once_something_is_looked_at_or_said_after(done: str) -> None:
    if done == "looked":
        look("c", ONE, "item", "3")
    else:
        say("c", ONE, "first", "", last=True)
    say("c", ONE, "second", "", last=False)
    assert read_verdict("c", ONE).before is None


def test_what_is_looked_at_is_kept_once_in_order_bounded_and_until_the_last_word() -> None:
    for what in ("3", "1", "3"):
        look("c", ONE, "item", what)
    look("c", ONE, "feature", "3")
    assert read_verdict("c", ONE).looked_at == (("item", "3"), ("item", "1"), ("feature", "3"))
    for number in range(MAX_LOOKED):
        look("c", ONE, "cell", f"{number}.0")
    seen = read_verdict("c", ONE).looked_at
    assert len(seen) == MAX_LOOKED
    say("c", TWO, "first", "", last=True)
    look("c", TWO, "item", "3")
    assert read_verdict("c", TWO).looked_at == ()


def test_a_verdict_survives_a_restart_as_it_was_typed() -> None:
    why = '  *as* typed\n<b>\N{SNOWMAN}</b> "x"\\ '
    look("c", ONE, "feature", why)
    say("c", ONE, "unsure", why, last=True)
    stores.store.cache_clear()  # what a new process begins with
    found = read_verdict("c", ONE)
    assert found.after is not None
    assert found.after.why == why
    assert found.looked_at == (("feature", why),)


def test_odd_words_and_long_reasons() -> None:
    with pytest.raises(ValueError, match="not a verdict"):
        say("c", ONE, "perhaps", "", last=True)
    say("c", ONE, "first", "x" * 5000, last=True)
    found = read_verdict("c", ONE).after
    assert found is not None
    assert len(found.why) == MAX_WHY


def test_looks_at_the_same_time_lose_nothing() -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: look("c", ONE, "item", str(number)), range(60)))
    assert len(read_verdict("c", ONE).looked_at) == 60


# --- In words -----------------------------------------------------------------------------------


def test_every_word_has_a_name_and_they_differ() -> None:
    names = [verdict_wording.said(word, NAMES) for word in WORDS]
    assert names == ["Model A", "Model B", "either", "neither", "cannot tell"]


def test_what_was_looked_at_is_counted_by_kind() -> None:
    seen = (("item", "3"), ("item", "5"), ("cell", "0.1"), ("feature", "W9"))
    told = {kind: verdict_wording.looked(Verdict(looked_at=seen), NOUNS[kind]) for kind in NOUNS}
    assert told["text"] == "2 texts, 1 cell, 1 word"
    assert told["image"] == "2 pictures, 1 cell, 1 region"
    assert verdict_wording.looked(Verdict(), NOUNS["text"]) == "nothing"


@pytest.mark.parametrize(
    ("here", "there", "p_value", "told"),
    [
        (
            (0.98, 0.92),
            (0.55, 0.90),
            0.001,
            "In real use Model B holds up: Model B is right in 90%",
        ),
        (
            (0.92, 0.98),
            (0.90, 0.55),
            0.001,
            "In real use Model A holds up: Model A is right in 90%",
        ),
        ((0.98, 0.98), (0.55, 0.80), 0.001, "In real use the better one is Model B: Model B is"),
        (
            (0.90, 0.91),
            (0.90, 0.91),
            0.6,
            "In real use neither is clearly better: Model B is right",
        ),
    ],
)
def test_the_reveal_says_which_one_holds_up(
    here: tuple[float, float], there: tuple[float, float], p_value: float, told: str
) -> None:
    found = verdict_wording.in_real_use(board(*here), board(*there, p_value), NAMES, TEXTS)
    assert found.startswith(told)


@pytest.mark.parametrize(
    ("here", "there", "end"),
    [
        ((0.98, 0.92), (0.55, 0.90), "Model A does worse there than on these texts."),
        ((0.98, 0.98), (0.55, 0.80), "Both do worse there than on these texts."),
        ((0.90, 0.91), (0.85, 0.91), "Model A in 85%."),  # the intervals meet
    ],
)
def test_the_reveal_says_who_fell(
    here: tuple[float, float], there: tuple[float, float], end: str
) -> None:
    assert verdict_wording.in_real_use(board(*here), board(*there, 0.001), NAMES, TEXTS).endswith(
        end
    )


def test_in_real_use_calibration_counts_where_accuracy_does_not_tell() -> None:
    field, near = board(0.90, 0.91, 0.6), Estimated(-0.01, -0.05, 0.03)
    apart = Apart(near, near, Estimated(0.18, 0.14, 0.21))
    off = [
        replace(s, calibration=Estimated(c, c, c))
        for s, c in zip(field.scores or (), (0.27, 0.09), strict=True)
    ]
    told = verdict_wording.in_real_use(
        board(0.90, 0.91), replace(field, scores=(off[0], off[1]), apart=apart), NAMES, TEXTS
    )
    assert told.startswith("In real use neither is clearly right more often: Model B is right in")
    assert (
        "; but how sure Model B is can be believed more: off by 9.0 points, not 27 points." in told
    )


def test_the_reveal_without_labels() -> None:
    rows = verdict_wording.reveal(without_labels(), board(0.5, 0.75), NAMES)
    assert rows == [
        ("Model A", "not known", "50% (45% to 55%)"),
        ("Model B", "not known", "75% (70% to 80%)"),
    ]
    assert verdict_wording.reveal(board(0.5, 0.75), without_labels(), NAMES) == []
    assert verdict_wording.in_real_use(board(0.5, 0.75), without_labels(), NAMES, TEXTS) == ""


def test_real_use_is_asked_for_only_after_the_last_word() -> None:
    choice = first_comparison(tasks()["triage"])
    say(choice.verdicts_id, ONE, "first", "", last=False)
    assert not wants_field(choice, read_verdict(choice.verdicts_id, ONE))
    say(choice.verdicts_id, ONE, "first", "", last=True)
    verdict = read_verdict(choice.verdicts_id, ONE)
    assert wants_field(choice, verdict)
    assert not wants_field(replace(choice, source="field"), verdict)
    no_data = replace(choice, task=replace(choice.task, splits=("train", "test")))
    assert not wants_field(no_data, verdict)


# --- The panels ---------------------------------------------------------------------------------


def page() -> None:
    """The parts of the screen that the verdict has, with made-up scores and something to open."""
    import streamlit as st

    from tests.ui.compare.test_verdicts import board
    from ui.compare.panels import verdict as panels
    from ui.compare.place import COMPARE, look, open_item
    from ui.compare.verdicts import read_verdict

    choice = COMPARE.current()
    if choice.row is not None:
        look(choice, "item", str(choice.row))  # it is on the screen
    verdict = read_verdict(choice.verdicts_id, choice.who)
    panels.blind_switch(choice)
    panels.before(choice, verdict)
    panels.asks_first(choice, verdict)
    st.button("Open 7", on_click=open_item, args=(7,))
    if not st.checkbox("Something else is shown"):
        wants = panels.wants_field(choice, verdict)
        field = board(0.55, 0.9, 0.001, n=400) if wants else None
        panels.after(choice, verdict, board(0.98, 0.92), field)


def opened(choice: CompareChoice | None = None) -> AppTest:
    app = AppTest.from_function(page, default_timeout=PATIENCE)
    app.query_params.update((choice or first_comparison(tasks()["triage"])).params())
    return checked(app.run())


def checked(app: AppTest) -> AppTest:
    assert not app.exception
    return app


def press(app: AppTest, label: str) -> AppTest:
    """Press the first button with this label."""
    return checked(next(b for b in app.button if b.label == label).click().run())


def chosen(app: AppTest, question: str, word: str, why: str = "") -> AppTest:
    """Answer the question that begins so, without committing it."""
    radio = next(r for r in app.radio if r.label.startswith(question))
    place = radio.key.removesuffix("-word")
    checked(radio.set_value(word).run())
    return checked(app.text_area(f"{place}-why").set_value(why).run())


def commit(app: AppTest, question: str, word: str, why: str = "") -> AppTest:
    chosen(app, question, word, why)
    (button,) = [b for b in app.button if b.label.startswith("Commit")]
    return checked(button.click().run())


def seen(app: AppTest) -> str:
    kinds = ("markdown", "caption", "warning", "error")
    return "\n".join(e.value for kind in kinds for e in app.get(kind)).replace("\\", "")


def choice_of(app: AppTest) -> CompareChoice:
    return read_comparison({name: app.query_params[name] for name in app.query_params})


def verdict_of(app: AppTest) -> Verdict:
    choice = choice_of(app)
    return read_verdict(choice.verdicts_id, choice.who)


def test_a_verdict_before_and_after_with_the_reveal() -> None:
    app = opened()
    assert "real use" not in seen(app).lower()
    assert [b.label for b in app.button] == [
        "Hide the names",
        "Show the reasons",
        "Open 7",
    ]  # nothing to commit yet
    commit(app, "From these", "first", "more right")
    assert "You said before looking: Model A. “more right”" in seen(app)
    press(app, "Open 7")
    commit(app, "Now that", "second", "*the stamp*")
    text = seen(app)
    assert "**Your verdict: Model B**" in text
    assert "> *the stamp*" in text
    assert "Before looking: Model A. That has changed." in text
    assert "Looked at before the last word: 1 text." in text
    (drawn,) = app.get("plotly_chart")
    told = "Model A: 98% (93% to 100%) here, 55% (50% to 60%) in real use."
    assert drawn.proto.alt.startswith(told)
    assert "In real use Model B holds up" in text
    assert "the stamp says nothing" in text  # the flaw
    assert not app.radio
    found = verdict_of(app)
    assert found.before is not None
    assert found.after is not None
    assert (found.before.word, found.after.word, found.after.why) == (
        "first",
        "second",
        "*the stamp*",
    )


def test_the_question_before_is_an_offer_that_opening_something_ends() -> None:
    app = press(opened(), "Open 7")
    assert "You said nothing before looking" in seen(app)
    assert [radio.label for radio in app.radio if "From these" in radio.label] == []
    commit(app, "Now that", "either")
    assert "Nothing was said before looking." in seen(app)


def kinds(app: AppTest) -> dict[str, str]:
    return {button.label: button.proto.type for button in app.button}


@pytest.mark.parametrize("way_on", ["Show the reasons", "Open 7"])
def test_what_is_chosen_counts_as_said_also_without_committing_it(way_on: str) -> None:
    app = chosen(opened(), "From these", "second", "the numbers")
    assert kinds(app)["Commit"] == "primary"
    assert kinds(app)["Show the reasons"] == "secondary"
    press(app, way_on)
    assert "You said before looking: Model B. “the numbers”" in seen(app)
    before = verdict_of(app).before
    assert before is not None
    assert (before.word, before.why) == ("second", "the numbers")
    again = opened(choice_of(app))  # after a reload, too
    assert "You said before looking: Model B." in seen(again)


def test_going_on_without_an_answer_is_no_answer() -> None:
    app = opened()
    assert kinds(app)["Show the reasons"] == "primary"
    press(app, "Show the reasons")
    assert "You said nothing before looking" in seen(app)
    assert verdict_of(app) == Verdict(looked_at=(("reasons", ""),))


def test_a_reload_finds_what_was_said() -> None:
    app = commit(opened(), "From these", "neither")
    assert "You said before looking: neither." in seen(opened(choice_of(app)))


def test_what_is_typed_is_not_lost_while_something_else_is_shown() -> None:
    app = chosen(opened(), "Now that", "second", "half a thought")
    app.checkbox[0].check().run()
    assert len(app.radio) == 1  # the one before
    app.checkbox[0].uncheck().run()
    after = next(r for r in app.radio if "Now that" in r.label)
    assert after.value == "second"
    assert [area.value for area in app.text_area] == ["half a thought"]
    assert verdict_of(app) == Verdict()


def test_hidden_names_come_back_with_the_last_word() -> None:
    app = press(opened(), "Hide the names")
    assert set(app.query_params) == {"blind", "who"}
    assert not [b for b in app.button if b.label == "Hide the names"]
    commit(app, "From these", "first")
    assert "You said before looking: Model 1." in seen(app)
    page_source = repr([element.proto for element in app.main])
    assert "Model 1" in page_source
    assert "Model A" not in page_source
    assert "Model B" not in page_source
    press(app, "Open 7")
    assert set(app.query_params) == {"blind", "who", "row"}
    commit(app, "Now that", "first")
    first, second = choice_of(app).names
    assert {first, second} == set(NAMES)
    assert f"Model 1 was {first}, Model 2 was {second}." in seen(app)
    assert f"Before looking: {first}. That has not changed." in seen(app)


def test_names_from_people_are_data() -> None:
    task = tasks()["triage"]
    nasty = "![x](http://e.invalid) <script>"
    models = (replace(task.models[0], name=nasty), task.models[1])
    choice = CompareChoice(replace(task, models=models), ("a", "b"), who=ONE)
    say(choice.verdicts_id, ONE, "first", nasty, last=True)
    assert choice.names[0] == nasty
    assert blinded(choice).names == ("Model 1", "Model 2")


def test_verdicts_are_each_persons_own() -> None:
    choice = first_comparison(tasks()["triage"])
    verdicts.say(choice.verdicts_id, TWO, "first", "", last=True)
    assert "Your verdict" not in seen(opened(choice))


# --- Several people -----------------------------------------------------------------------------


def test_verdicts_on_one_link_are_counted_together_whoever_has_which_side_left() -> None:
    """Two who come to model B, one who stays with A, one who has no last word yet."""
    shared = blinded(first_comparison(tasks()["triage"]))
    people = [shared.for_person(f"{number:016x}") for number in range(40)]
    said = [("a", "b"), ("a", "b"), ("a", "a"), ("b", None)]
    chosen = [next(p for p in people if p.models == ("a", "b"))]
    chosen += [next(p for p in people if p.models == ("b", "a"))]
    chosen += [p for p in people if p not in chosen][:2]
    for choice, (before, after) in zip(chosen, said, strict=True):
        words = dict(zip(choice.models, WORDS, strict=False))
        say(choice.verdicts_id, choice.who, words[before], "", last=False)
        if after:
            say(choice.verdicts_id, choice.who, words[after], "", last=True)
    for choice in chosen:
        found = everybody(choice)
        word = dict(zip(choice.models, WORDS, strict=False))
        before, after = (
            dict(zip(WORDS, each, strict=True)) for each in (found.before, found.after)
        )
        assert (found.n, found.n_moved, found.n_same) == (3, 2, 1)
        assert (before[word["a"]], before[word["b"]]) == (3, 0)
        assert (after[word["a"]], after[word["b"]]) == (1, 2)
        assert found.moved == ((word["a"], word["b"], 2),)
    names, first = ("Left", "Right"), everybody(chosen[0])
    assert verdict_wording.together(first, names) == (
        "3 people have said their last word. Of the 3 who also said something before looking, 2 "
        "have changed their mind: 2 from Left to Right."
    )
    assert verdict_wording.counts(first, names) == [("Left", "3", "1"), ("Right", "0", "2")]
    assert tally([Verdict()]).n == 0


def test_what_others_say_is_told_after_ones_own_last_word() -> None:
    choice = first_comparison(tasks()["triage"])
    for who in ("c" * 16, "d" * 16):
        say(choice.verdicts_id, who, "second", "", last=True)
    app = opened(choice)
    commit(app, "From these", "first")
    press(app, "Open 7")
    assert "people have said their last word" not in seen(app)
    commit(app, "Now that", "first")
    assert "3 people have said their last word" in seen(app)
