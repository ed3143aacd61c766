"""What people say and bring is kept as such, under every name that the wings give it."""

import os
from pathlib import Path

from sample_models import tasks
from tests.trust_study.studies import study
from tests.ui.review.test_reviews import a_pick
from tests.ui.workshop.trained.data_sets import messages_key
from trust_study.frozen import Chosen
from ui.compare import verdicts
from ui.compare.choice import blinded, first_comparison
from ui.improve import work
from ui.review import records
from ui.shell.presenting import locks
from ui.study import draft
from ui.workshop import catalogue, kept
from ui.workshop.store import BROUGHT, SAID, store
from ui.workshop.trained.card import Facts, keep_facts


def kinds() -> set[str]:
    return {path.name for path in Path(os.environ["LIME_LAB_STORE"]).iterdir() if path.is_dir()}


def test_all_that_people_say_never_makes_room() -> None:
    pick_id = records.keep_pick(*a_pick([["a"]]))
    records.judge(pick_id, records.new_reviewer(), 0, "wrong")
    verdicts.say("comparison", "somebody", "first", "", last=False)
    blinded(first_comparison(tasks()["triage"]))
    work.keep_marked("triage", "a", ["stamp"])
    catalogue.keep_rounds("triage", "a", [["stamp"]])
    locks.new_lock()
    draft.begin(draft.Draft("triage", "a"))
    assert kinds() - {"made-of"} == SAID


def test_all_that_people_bring_has_a_room_of_its_own() -> None:
    kept.keep_texts(["a text"])
    kept.keep_rows(["column"], [[1]])
    kept.keep_pictures((("name", store().put("picture", b"png")),))
    keep_facts(messages_key(), Facts((), ()))
    draft.fork(study(stages=(Chosen("consent"), Chosen("final"))))
    asked = {"upload", "network", "network-card", "model", "model-card"}  # their tests keep them
    assert kinds() | asked | {"made-of"} == BROUGHT
