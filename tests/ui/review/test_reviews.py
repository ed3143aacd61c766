"""Reviews: kept as they are given, merged by majority, taken away without harm."""

import csv
import io
import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from typing import Any

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.testing.v1 import AppTest

from lime_engine import TextPerturber
from lime_engine.subjects import TabularSubject, subject_from_dict, subject_to_dict
from sample_models import tasks
from tests.conditions import PATIENCE
from tests.server import ROOT
from ui.explain.sheet import as_csv, codebook
from ui.pick.choice import PickChoice
from ui.pick.values import Feature, Picked, PickedItem, Reason
from ui.review import export, records
from ui.review.export import Reviewed, as_report, sheet
from ui.review.figures import items
from ui.review.merging import agreed, counts, is_agreed, marked_parts, verdicts_on, votes
from ui.review.records import Answer, KeptPick
from ui.workshop import store as stores
from ui.workshop.store import StoreError

TEXT = "Chest pain since noon. Ward W9, Hale. =cmd() <script>alert(1)</script>"
ONE, TWO = "0" * 16, "1" * 16


def a_pick(
    parts: list[list[str]],
    *,
    kind: str = "triage",
    label: int | None = 1,
    budget: int = 8,
    text: str = TEXT,
) -> tuple[PickChoice, Picked]:
    """An item for each list of parts; every part weighs a little less than the one before."""
    names = list(dict.fromkeys(part for own in parts for part in own))
    subject: Any = TextPerturber().components(text)
    if kind == "flu":
        subject = TabularSubject(("patient id", "cough"), (3, "dry"), ("id <= 3", "cough = dry"))
    items = tuple(
        PickedItem(
            row=10 * row,
            label=label,
            probabilities=(0.1, 0.9),
            target=1,
            reasons=tuple(
                Reason(i % subject.n_components, names.index(part), part, 0.5 - i / 10)
                for i, part in enumerate(own)
            ),
            adds=(),
            gain=0.1,
            picture=None,
            subject=subject_to_dict(subject),
        )
        for row, own in enumerate(parts)
    )
    n = tuple(0.1 for _ in items)
    found = Picked(
        tuple(Feature(name, 0.1, ()) for name in names), items, n, n, n, n, len(items), 0, None, ()
    )
    return PickChoice(tasks()[kind], "a", budget=budget), found


def kept_pick(*args: Any, **options: Any) -> tuple[str, KeptPick]:
    pick_id = records.keep_pick(*a_pick(*args, **options))
    kept = records.read_kept_pick(pick_id)
    assert kept is not None
    return pick_id, kept


def review(**marks: list[str]) -> dict[int, Answer]:
    """Answers to the items r0, r10, ...: all wrong, with these marks."""
    return {int(row[1:]): Answer("wrong", "wrong", tuple(own)) for row, own in marks.items()}


# --- What is kept -------------------------------------------------------------------------------


def test_the_same_pick_has_the_same_id_and_comes_back_as_it_was() -> None:
    choice, found = a_pick([["a", "b"], ["c"]])
    pick_id = records.keep_pick(choice, found)
    assert pick_id == records.keep_pick(choice, found)
    kept = records.read_kept_pick(pick_id)
    assert kept is not None
    assert kept.picked == as_json(found)
    assert kept.choice == choice
    assert kept.class_names == choice.task.class_names


def as_json(found: Picked) -> Picked:
    """After a way through JSON."""
    return Picked.from_dict(json.loads(json.dumps(asdict(found))))


def test_only_the_budget_is_kept() -> None:
    choice, found = a_pick([["a"], ["b"], ["c"]], budget=2)
    _, kept = kept_pick([["a"], ["b"], ["c"]], budget=2)
    assert kept.items == as_json(found).items[:2]
    assert len(kept.picked.shares) == 2
    fewer = replace(choice, budget=1)
    assert records.keep_pick(choice, found) != records.keep_pick(fewer, found)


def test_verdicts_marks_and_notes_survive_a_restart() -> None:
    pick_id, _ = kept_pick([["a", "b"], ["c"]])
    records.judge(pick_id, ONE, 0, "wrong_reason")
    records.mark(pick_id, ONE, 0, "a", marked=True)
    records.mark(pick_id, ONE, 0, "b", marked=True)
    records.mark(pick_id, ONE, 0, "a", marked=False)
    note = "  kept *as* typed\n<b>\N{SNOWMAN}</b>  "
    records.annotate(pick_id, ONE, 0, note)
    records.judge(pick_id, ONE, 0, "wrong")
    stores.store.cache_clear()  # what a new process begins with
    found = records.read_review(pick_id, ONE)
    assert found == {0: Answer("wrong", "wrong_reason", ("b",), note)}


def test_the_first_verdict_is_remembered_and_a_mark_given_twice_is_one() -> None:
    pick_id, _ = kept_pick([["a"]])
    for verdict in ("unsure", "wrong", "wrong"):
        records.judge(pick_id, ONE, 0, verdict)
    for _ in range(2):
        records.mark(pick_id, ONE, 0, "a", marked=True)
    assert records.read_review(pick_id, ONE) == {0: Answer("wrong", "unsure", ("a",))}


def test_nothing_is_kept_of_what_is_not_judged() -> None:
    pick_id, _ = kept_pick([["a"]])
    records.mark(pick_id, ONE, 0, "a", marked=True)
    records.annotate(pick_id, ONE, 0, "a note")
    assert records.read_review(pick_id, ONE) == {}
    assert records.all_reviews(pick_id) == {}
    with pytest.raises(ValueError, match="not a verdict"):
        records.judge(pick_id, ONE, 0, "perhaps")


def test_long_notes_are_cut() -> None:
    pick_id, _ = kept_pick([["a"]])
    records.judge(pick_id, ONE, 0, "wrong")
    records.annotate(pick_id, ONE, 0, "x" * 5000)
    assert len(records.read_review(pick_id, ONE)[0].note) == records.MAX_NOTE


def test_reviewers_at_the_same_time_lose_nothing() -> None:
    pick_id, kept = kept_pick([["a"]] * 8)
    tokens = [records.new_reviewer() for _ in range(12)]
    assert all(records.is_reviewer(token) for token in tokens)
    jobs = [(token, item.row) for item in kept.items for token in tokens]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda job: records.judge(pick_id, *job, "wrong"), jobs))
    found = records.all_reviews(pick_id)
    assert set(found) == set(tokens)
    assert all(len(answers) == 8 for answers in found.values())


REVIEWING = """
import sys
from ui.review import records

picks, tokens = sys.argv[1].split(), sys.argv[2].split()
print("ready", flush=True)
sys.stdin.read()  # both begin when their input closes
for pick in picks:
    for token in tokens:
        records.judge(pick, token, 0, "wrong")
"""


def test_two_servers_on_one_store_lose_no_reviewer() -> None:
    picks = [kept_pick([[f"part {n}"]])[0] for n in range(4)]
    tokens = [records.new_reviewer() for _ in range(records.MAX_REVIEWS)]
    servers = [
        subprocess.Popen(
            [sys.executable, "-c", REVIEWING, " ".join(picks), " ".join(own)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
        )
        for own in (tokens[::2], tokens[1::2])
    ]
    for server in servers:
        assert server.stdout is not None
        with server.stdout as said:
            assert said.readline().strip() == b"ready"
    for server in servers:
        assert server.stdin is not None
        server.stdin.close()
    assert [server.wait() for server in servers] == [0, 0]
    assert [len(records.all_reviews(pick)) for pick in picks] == [len(tokens)] * 4


def test_reviews_beyond_the_limit_are_kept_but_not_merged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "MAX_REVIEWS", 2)
    pick_id, _ = kept_pick([["a"]])
    for token in (ONE, TWO, "2" * 16):
        records.judge(pick_id, token, 0, "wrong")
    assert list(records.all_reviews(pick_id)) == [ONE, TWO]
    assert records.read_review(pick_id, "2" * 16)


@pytest.mark.parametrize("wrong", ["", "x", "../../secret", "a" * 26, "A" * 26])
def test_unknown_picks_and_reviewers(wrong: str) -> None:
    assert records.read_kept_pick(wrong) is None
    assert not records.is_reviewer(wrong)


def test_a_part_with_several_reasons_is_one_thing_to_mark() -> None:
    _, found = a_pick([["snow", "snow", "wolf"]])
    snow, wolf = records.parts_of(found, found.items[0])
    assert (snow.name, snow.times, wolf.name) == ("snow", 2, "wolf")
    assert snow.weight == pytest.approx(0.9)  # 0.5 + 0.4


# --- Merging ------------------------------------------------------------------------------------


def test_a_majority_is_more_than_half_of_those_who_judged_an_item_with_the_part() -> None:
    _, found = a_pick([["a", "b"], ["b", "c"]])
    people = [review(r0=["a", "b"]), review(r0=["a"]), review(r0=[], r10=["c"]), review(r10=["b"])]
    told = {vote.part: (vote.marked, vote.judged) for vote in votes(found, people)}
    assert told == {"a": (2, 3), "b": (2, 4), "c": (1, 2)}
    assert agreed(found, people) == ("a",)  # b and c: a tie is not a majority


def test_marks_in_two_items_are_one_vote() -> None:
    _, found = a_pick([["a"], ["a"]])
    people = [review(r0=["a"], r10=["a"]), review(r0=[]), review(r10=[])]
    assert [(vote.marked, vote.judged) for vote in votes(found, people)] == [(1, 3)]
    assert agreed(found, people) == ()


def test_nobody_agrees_on_nothing() -> None:
    _, found = a_pick([["a"]])
    assert agreed(found, []) == ()
    assert agreed(found, [{}]) == ()
    assert counts([]) == {"right_reason": 0, "wrong_reason": 0, "wrong": 0, "unsure": 0}


def test_counts_and_marked_parts_of_one_review() -> None:
    _, found = a_pick([["a", "b"], ["b"], ["b", "c"]])
    own = review(r0=["b"], r10=["b"]) | {20: Answer("unsure", "unsure", ("c",))}
    assert counts([own]) == {"right_reason": 0, "wrong_reason": 0, "wrong": 2, "unsure": 1}
    told = [(marked.part, marked.n, marked.of) for marked in marked_parts(found, own)]
    assert told == [("b", 2, 3), ("c", 1, 1)]


def test_agreement_on_an_item_takes_two() -> None:
    people = [review(r0=[]), review(r0=[], r10=[]), {}]
    assert verdicts_on(0, people) == {"wrong": 2}
    assert is_agreed(verdicts_on(0, people))
    assert not is_agreed(verdicts_on(10, people))
    assert not is_agreed(verdicts_on(20, people))


# --- Taken away ---------------------------------------------------------------------------------


def test_the_csv_has_a_line_for_each_judged_item_and_no_formulas() -> None:
    _, kept = kept_pick([["a", "=b"], ["c"]])
    own = {0: Answer("wrong", "unsure", ("=b", 'q"'), '=HYPERLINK("http://e.invalid")\nmore')}
    lines = list(csv.DictReader(io.StringIO(as_csv(sheet(Reviewed(kept, (own, review(r10=[]))))))))
    assert [(line["reviewer"], line["pick"], line["item"]) for line in lines] == [
        ("1", "1", "test-0"),
        ("2", "2", "test-10"),
    ]
    first = lines[0]
    assert json.loads(first["marked"]) == ["=b", 'q"']
    assert first["note"] == '\'=HYPERLINK("http://e.invalid")\nmore'
    assert (first["verdict"], first["first_verdict"]) == ("wrong", "unsure")
    assert first["data_says"] == kept.class_names[1]
    assert not [cell for line in lines for cell in line.values() if cell.startswith("=")]
    assert first["text"] == subject_from_dict(kept.items[0].subject).text
    assert json.loads(first["reasons"]) == [
        [reason.part, round(reason.weight, 4)] for reason in kept.items[0].reasons
    ]
    book = list(csv.reader(io.StringIO(codebook(sheet(Reviewed(kept, (own,)))))))
    assert [name for name, _ in book[1:]] == list(first)


def test_the_report_is_one_escaped_file() -> None:
    _, kept = kept_pick([["<img src=x>", "W9"]])
    nasty = "<script>note()</script> {{ 7 * 7 }}"
    own = {0: Answer("wrong", "wrong", ("<img src=x>",), nasty)}
    html = as_report(Reviewed(replace(kept, title="<b>title</b>"), (own, review(r0=["W9"]))))
    assert "<script" not in html
    assert "<img" not in html
    assert "<b>title" not in html
    assert "&lt;script&gt;note()&lt;/script&gt; {{ 7 * 7 }}" in html
    assert "default-src 'none'" in html
    assert "http" not in html.replace("http-equiv", "")
    assert "2 people reviewed" in html


def test_what_is_out_of_one_review_is_all_that_it_marked() -> None:
    _, kept = kept_pick([["a", "b"], ["a"]])
    own = review(r0=["a"], r10=[])
    assert export.out_parts(kept, [own]) == ("a",)
    assert export.out_parts(kept, [own, review(r0=[])]) == ()
    assert "Nothing is marked" in export.outcome(kept, [review(r0=[])])
    assert "“a”" in export.outcome(kept, [own])


def test_a_picture_that_is_not_at_hand_is_shown_in_small() -> None:
    _, found = a_pick([["a"]])
    small = replace(found.items[0], subject=None, picture="data:image/png;base64,AAAA")
    assert "data:image/png" in items.item_html(None, small, dark=False)
    assert items.item_html(None, replace(small, picture=None), dark=False) == ""


# --- The page -----------------------------------------------------------------------------------


def page() -> None:
    from pages import review
    from ui.shell import notices

    notices.shown(review.render)


def opened(**params: str) -> AppTest:
    app = AppTest.from_function(page, default_timeout=PATIENCE)
    app.query_params.update(params)
    return checked(app.run())


def checked(app: AppTest) -> AppTest:
    assert not app.exception
    return app


def press(app: AppTest, start: str) -> AppTest:
    """Press the one button whose label begins so."""
    (button,) = [b for b in app.button if b.label.lstrip("*~").startswith(start)]
    return checked(button.click().run())


def seen(app: AppTest) -> str:
    kinds = ("title", "markdown", "caption", "warning", "error")
    told = [element.value for kind in kinds for element in app.get(kind)]
    return "\n".join([*told, *(element.proto.body for element in app.get("html"))])


def component(app: AppTest) -> Any:
    """The one component of this screen that is not the figures' or the columns'."""
    found = [element.proto for element in app.get("bidi_component")]
    return next(proto for proto in found if proto.component_name == "review")


def controls(app: AppTest) -> dict[str, Any]:
    """What the browser is given to judge the picks with."""
    found: dict[str, Any] = json.loads(component(app).json)
    return found


def tell(app: AppTest, *acts: tuple[str, int | None, str]) -> AppTest:
    """A message of the browser with these acts: what is done, to which row, and what is said."""
    first = controls(app)["done"] + 1
    told = [
        {"n": n, "do": do, "row": row, "value": value}
        for n, (do, row, value) in enumerate(acts, start=first)
    ]
    states = app._tree.get_widget_states()
    states.widgets.append(WidgetState(id=component(app).id, json_value=json.dumps({"acts": told})))
    app._run(states)
    return checked(app)


def test_the_label_is_told_only_after_the_verdict() -> None:
    pick_id, _ = kept_pick([["W9", "Hale"], ["pain"]], label=0)
    app = opened(pick=pick_id)
    assert "Pick 1 of 2: the model says urgent, 90%" in seen(app).replace("\\", "")
    first = controls(app)["picks"][0]
    assert first["label"] is None
    assert first["answer"] is None
    assert "told after your verdict" in first["untold"]
    acts = ("judge", 0, "wrong"), ("mark", 0, "W9"), ("note", 0, " why "), ("go", None, "2")
    tell(app, *acts)
    first, second = controls(app)["picks"]
    assert first["label"] == "routine"
    assert first["answer"] == {"verdict": "wrong", "marks": ["W9"], "note": " why "}
    assert controls(app)["at"] == 2
    assert second["label"] is None
    token = app.query_params["reviewer"]
    assert records.read_review(pick_id, token) == {0: Answer("wrong", "wrong", ("W9",), " why ")}


def test_acts_that_are_told_again_are_not_done_again() -> None:
    pick_id, _ = kept_pick([["W9"], ["pain"]])
    app = opened(pick=pick_id, reviewer=ONE)
    tell(app, ("judge", 0, "wrong"), ("go", None, "2"))
    done = controls(app)["done"]
    records.judge(pick_id, ONE, 0, "unsure")
    app.run()  # with the acts that the browser still has
    assert controls(app)["done"] == done
    assert records.read_review(pick_id, ONE)[0].verdict == "unsure"


def test_what_cannot_be_kept_is_told_again_until_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    pick_id, _ = kept_pick([["W9"], ["pain"]])
    app = opened(pick=pick_id, reviewer=ONE)

    def refuse(*_: object) -> None:
        raise StoreError("The disk is full.")

    with monkeypatch.context() as patch:
        patch.setattr(stores.Store, "write", refuse)
        tell(app, ("judge", 0, "wrong"))
        assert controls(app)["done"] == 0
        assert controls(app)["picks"][0]["answer"] is None
        assert "was not kept. The disk is full." in seen(app).replace("\\", "")
    tell(app, ("judge", 0, "wrong"), ("go", None, "2"))  # the browser still has the first
    assert controls(app)["done"] == 2
    assert records.read_review(pick_id, ONE)[0].verdict == "wrong"
    assert "not kept" not in seen(app)


def test_a_link_without_a_reviewer_begins_a_review_of_ones_own() -> None:
    pick_id, _ = kept_pick([["a"], ["b"]])
    mine, theirs = opened(pick=pick_id), opened(pick=pick_id)
    assert mine.query_params["reviewer"] != theirs.query_params["reviewer"]
    tell(mine, ("judge", 0, "wrong"))
    again = opened(pick=pick_id, reviewer=mine.query_params["reviewer"])
    assert controls(again)["at"] == 2  # where it stopped
    assert controls(checked(theirs.run()))["picks"][0]["answer"] is None


def test_others_are_shown_when_all_is_judged() -> None:
    pick_id, kept = kept_pick([["W9"], ["Hale"]])
    for row in (0, 10):
        records.judge(pick_id, TWO, row, "right_reason")
        records.mark(pick_id, TWO, row, kept.items[row // 10].reasons[0].part, marked=True)
    records.judge(pick_id, ONE, 0, "wrong")
    app = opened(pick=pick_id, reviewer=ONE, at="end")
    assert "what they say is shown when you have judged all" in seen(app).replace("\\", "")
    assert "All 2" not in seen(app)
    press(app, "Go on with pick 2")
    tell(app, ("judge", 10, "right_reason"), ("mark", 10, "Hale"), ("go", None, "end"))
    text = seen(app).replace("\\", "")
    assert "All 2" in text
    assert "All gave the same verdict on 1 of the 2 picks" in text
    assert "say that these should not matter: “Hale”" in text
    press(app, "Pick 1")
    assert controls(app)["at"] == 1


@pytest.mark.parametrize(("at", "shown"), [("1", 1), ("99", 2), ("0", 1), ("x", 1)])
def test_a_place_out_of_range_is_the_nearest(at: str, shown: int) -> None:
    pick_id, _ = kept_pick([["a"], ["b"]])
    assert controls(opened(pick=pick_id, at=at))["at"] == shown


def test_odd_picks_end_in_a_sentence() -> None:
    assert "A review begins with a pick" in seen(opened())
    for wrong in ({"pick": "a" * 26}, {"pick": "../x", "reviewer": "<b>"}):
        assert "no such review" in seen(opened(**wrong))
    nothing, _ = kept_pick([])
    assert "nothing to review" in seen(opened(pick=nothing))
    empty, _ = kept_pick([[]], label=None)
    app = opened(pick=empty)
    assert "no label to compare with" in controls(app)["picks"][0]["untold"]
    assert controls(app)["picks"][0]["parts"] == []
    assert "there is nothing to mark" in controls(app)["nothing"]
    tell(app, ("judge", 0, "unsure"), ("go", None, "end"))
    text = seen(app).replace("\\", "")
    assert "You have judged the one pick." in text
    assert "Nothing is marked that should not matter." in text


def test_a_review_outlives_its_task() -> None:
    choice, found = a_pick([["W9"]])
    gone = replace(choice, task=replace(choice.task, key="own-" + "a" * 26))
    app = opened(pick=records.keep_pick(gone, found))
    assert "no longer on this server" in seen(app).replace("\\", "")
    tell(app, ("judge", 0, "wrong"), ("mark", 0, "W9"), ("go", None, "end"))
    assert "These should not matter: “W9”" in seen(app).replace("\\", "")
    assert "Back to the pick" not in [button.label for button in app.button]


def test_a_row_and_what_people_typed_are_data() -> None:
    pick_id, _ = kept_pick([["![x](http://e.invalid)", "cough"]], kind="flu")
    app = opened(pick=pick_id, reviewer=ONE)
    assert "cough = dry" in seen(app)
    tell(app, ("judge", 0, "wrong"))
    records.annotate(pick_id, ONE, 0, "<script>x</script>")
    app = opened(pick=pick_id, reviewer=ONE, at="end")
    assert "<script>" not in seen(app)
    labels = [b.label for b in opened(pick=pick_id, reviewer=ONE, at="1").button]
    assert not [label for label in labels if "![" in label]
