"""From Pick, Review and Compare to a study of what is seen there."""

from dataclasses import replace

from sample_models import tasks
from tests.trust_study.studies import study
from tests.ui.review.test_reviews import a_pick
from trust_study.frozen import ARMS
from trust_study.scoring.planning import PRIMARY
from trust_study.stages.registry import STAGES as REGISTERED
from ui.compare.choice import first_comparison
from ui.compare.values import Answered, AnsweredItem
from ui.review import records
from ui.shell.browsing import ONES_OWN
from ui.study import draft as drafts
from ui.study import links, wording
from ui.study.choice import NAMES, new_draft, read_choice
from ui.study.freezing import next_version


def test_the_picks_and_a_review_of_them_are_the_same_study() -> None:
    choice, picked = a_pick([["a"], ["b"], ["c"]])
    draft = links.of_pick(choice, picked, 2)
    assert draft.rows == tuple(item.row for item in picked.items[:2])
    assert (draft.task, draft.model) == (choice.task.key, choice.model)
    kept = records.read_kept_pick(records.keep_pick(replace(choice, budget=2), picked))
    assert kept is not None
    assert links.of_review(kept) == draft


def test_of_a_comparison_those_on_which_both_differ_the_furthest_first() -> None:
    items = tuple(
        AnsweredItem(row, 0, answers, (0.9, 0.9), distance)
        for row, answers, distance in [(1, (0, 1), 0.2), (2, (1, 1), 0.9), (3, (1, 0), 0.7)]
    )
    answered = Answered.__new__(Answered)
    object.__setattr__(answered, "items", items)
    choice = first_comparison(tasks()["triage"])
    draft = links.of_comparison(choice, answered)
    assert draft is not None
    assert draft.rows == (3, 1)
    assert draft.model == choice.models[0]
    object.__setattr__(answered, "items", items[1:2])
    assert links.of_comparison(choice, answered) is None


def test_a_draft_is_found_and_changed_by_its_token_alone() -> None:
    token = drafts.begin(drafts.Draft("triage", "a"))
    drafts.change(token, n=8, stages=("marks",))
    assert drafts.read(token) == drafts.Draft("triage", "a", n=8, stages=("marks",))
    assert drafts.read(new_draft()) is None
    drafts.change(new_draft(), n=4)  # of nobody


def test_a_fork_keeps_arms_that_no_draft_offers() -> None:
    for arms in (("lime", "answer"), ("placebo",), ("answer", "placebo")):
        launched = study(arms=arms)
        draft = drafts.fork(launched)
        assert drafts.read(drafts.begin(draft)) == draft
        offered = wording.designs(draft)[draft.design]
        assert offered == ", ".join(wording.ARMS[arm] for arm in arms)
        again = next_version(draft, launched)
        assert (again.arms, again.items) == (arms, launched.items)


def test_a_link_that_is_no_secret_names_nothing() -> None:
    assert read_choice({"draft": "x", "host": "A" * 32}).params() == {}
    token = new_draft()
    assert read_choice({"draft": token}).params() == {"draft": token}
    assert read_choice({"draft": token, "host": "b" * 32}).params() == {"host": "b" * 32}


def test_the_secrets_of_a_draft_and_a_host_are_in_no_copy_of_the_address() -> None:
    assert {*NAMES} <= {*ONES_OWN}


def test_all_that_is_offered_is_there() -> None:
    assert set(wording.MEASURES) == set(PRIMARY)
    assert set(wording.DESIGNS) == set(drafts.DESIGNS)
    assert set(wording.ARMS) == set(ARMS)
    assert set(wording.STAGES) == set(drafts.STAGES)
    assert set(drafts.STAGES) - {"choice"} <= set(REGISTERED)
