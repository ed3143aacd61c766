"""A study as a document."""

import hashlib
import json
from dataclasses import replace

import pytest

from tests.trust_study.studies import item, study
from trust_study import frozen
from trust_study.errors import DefinitionError
from trust_study.frozen import Chosen, Component, Shown
from trust_study.stages import registry


def test_a_document_is_read_back_as_the_same_study() -> None:
    made = study(
        edited=(replace(item(9), weights={}),),
        stages=(Chosen("consent", {"text": "Do you?"}), Chosen("final"), Chosen("forward")),
        made_with={"model": "B"},
    )
    again = frozen.read(made.document)
    assert again == made
    assert again.sha256 == made.sha256 == hashlib.sha256(made.document.encode()).hexdigest()


def test_whatever_is_changed_changes_the_hash() -> None:
    made = study()
    changed = replace(made.items[0], weights={**made.items[0].weights, "lime": (0.5, 0, 0, 0.3)})
    others = [
        replace(made, seed=8),
        replace(made, title="x"),
        replace(made, items=(changed, *made.items[1:])),
        replace(made, stages=(*made.stages, Chosen("attention"))),
    ]
    assert len({each.sha256 for each in (made, *others)}) == 5


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"items": ()}, "1 to 100 items"),
        ({"items": (item(1), item(1))}, "id of its own"),
        ({"items": (replace(item(1), id="x" * 201),)}, "at most 200 characters"),
        ({"labels": ("urgent",)}, "two labels"),
        ({"labels": ("urgent", "urgent")}, "the same"),
        ({"arms": ("lime", "lime")}, "each once"),
        ({"arms": ("shap",)}, "some of answer, lime, placebo"),
        ({"cap": 0}, "0 participants"),
        ({"return_link": "javascript:alert(1)"}, "https://"),
        ({"items": (replace(item(1), weights={}),)}, "no explanation for the arm"),
        ({"items": (replace(item(1), advice=2),)}, "is none of 2"),
        ({"items": (replace(item(1), truth=-1),)}, "is none of 2"),
        ({"items": (replace(item(1), probability=float("nan")),)}, "probability is nan"),
        ({"items": (replace(item(1), shown=Shown()),)}, "needs a text"),
        ({"kind": "image"}, "needs a PNG or JPEG"),
        ({"kind": "table"}, "needs a row"),
        (
            {"items": (replace(item(1), components=(Component("x", ((0, 999),)),)),)},
            "“x” is not in it",
        ),
        ({"items": (replace(item(1), weights={"lime": (1.0,)}),)}, "a finite weight for each"),
    ],
)
def test_what_is_no_study_is_refused(changes: dict[str, object], says: str) -> None:
    with pytest.raises(DefinitionError, match=says):
        study(**changes)


@pytest.mark.parametrize("document", ["", "{}", "[]", '{"format": 2}', '{"format": 1}'])
def test_what_is_no_document_is_refused(document: str) -> None:
    with pytest.raises(DefinitionError):
        frozen.read(document)


def test_a_document_of_another_format_is_refused() -> None:
    raw = json.loads(study().document)
    with pytest.raises(DefinitionError, match="another version"):
        frozen.read(json.dumps({**raw, "format": 2}))


@pytest.mark.parametrize(
    ("stages", "says"),
    [
        ((Chosen("own"), Chosen("final")), "first stage is the consent"),
        ((Chosen("consent"), Chosen("own")), "needs the final answer"),
        ((Chosen("consent"), Chosen("final"), Chosen("own")), "before the final"),
        ((Chosen("consent"), Chosen("marks"), Chosen("final")), "after the final"),
        ((Chosen("consent"), Chosen("final"), Chosen("party")), "no stage “party”"),
        ((Chosen("consent"), Chosen("final"), Chosen("forward")), "needs edited items"),
        ((Chosen("consent", {"txt": "x"}), Chosen("final")), "“txt” cannot be set"),
        ((Chosen("consent", {"text": 3}), Chosen("final")), "“text” cannot be set to '3'"),
        ((Chosen("consent", {"text": "x" * 20_001}), Chosen("final")), "longer than 20,000"),
        ((Chosen("consent"), Chosen("final"), Chosen("attention", {"right": 4})), "is none of"),
        (
            (Chosen("consent"), Chosen("final"), Chosen("choice_after", {"models": ["A"]})),
            "between two models",
        ),
    ],
)
def test_stages_that_cannot_be_played_are_refused(stages: tuple[Chosen, ...], says: str) -> None:
    with pytest.raises(DefinitionError, match=says):
        registry.check(study(stages=stages))
