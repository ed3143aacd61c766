"""A study that is being made: what a host has set, kept in the store under a token of theirs."""

import json
from dataclasses import asdict, dataclass, replace
from typing import Any

from trust_study.frozen import Study
from trust_study.stage import read_settings
from trust_study.stages.choice.define import Settings as ChoiceSettings
from ui.study.choice import new_draft
from ui.workshop.request import store_id
from ui.workshop.store import store

KIND, FORK = "study-draft", "study-fork"
USUAL_ITEMS = 16  # the least for a study that is to be published
ITEMS = (4, 6, 8, 10, 12, 16, 20, 24, 32, 40)
N_EDITED = 6  # of the forward simulation: as many for each of two arms or three
SEED = 1  # of the shuffled weights
MAX_SEED = 999_999
# What is on or off; the choice between two models is two stages.
STAGES = ("briefing", "choice", "marks", "forward", "satisfaction", "attention")
DESIGNS = {
    "all": ("answer", "lime", "placebo"),
    "lime": ("answer", "lime"),
    "placebo": ("lime", "placebo"),
    "only": ("lime",),
}


@dataclass(frozen=True, slots=True)
class Draft:
    """What a host has set.

    Parameters
    ----------
    task, model, source, rows
        Whose answers to which items: these rows first, others of the same source after them, so
        that about half of the `n` answers are wrong.
    design
        The arms, a key of `DESIGNS`; others, of a study that was not made here, each after a `+`.
    decides_first
        Whether people give an answer of their own before they see the model's.
    stages
        Those of `STAGES` that are on.
    better_model, other_model
        What is said of the two models between which people choose.
    seed
        What the order of the items is drawn with, and which come in which arm within people.
    people, minutes, price
        Of the plan: how many will take part, how long it takes each, and what each gets.
    fork
        The store's id of the study whose items these are; then nothing of the above changes them.
    version
        From 1; a fork has the next one.
    """

    task: str
    model: str
    source: str = "test"
    rows: tuple[int, ...] = ()
    n: int = USUAL_ITEMS
    title: str = ""
    design: str = "all"
    is_within: bool = False
    decides_first: bool = True
    stages: tuple[str, ...] = ("briefing", "satisfaction")
    instructions: str = ""
    consent: str = ""
    better_model: str = "Model B"
    other_model: str = "Model A"
    seed: int = SEED
    primary: str = "discernment"
    cap: int = 100
    people: int = 30
    minutes: int = 10
    price: float = 0.0
    completion_code: str = ""
    return_link: str = ""
    fork: str = ""
    version: int = 1

    @property
    def arms(self) -> tuple[Any, ...]:
        return DESIGNS.get(self.design) or tuple(self.design.split("+")[1:])

    @property
    def items_id(self) -> str:
        """The store's id of its items as they are prepared."""
        which = [self.task, self.model, self.source, [*self.rows], self.n, N_EDITED, SEED]
        return store_id("study-items", json.dumps(which))


def begin(draft: Draft) -> str:
    """Keep a new draft; returns its token.

    Raises
    ------
    StoreError
        If it cannot be kept.
    """
    token = new_draft()
    _write(token, draft)
    return token


def read(token: str) -> Draft | None:
    """The draft of this token; None if there is none (any more)."""
    raw = store().read(KIND, store().key(KIND, token))
    return None if raw is None else _draft(json.loads(raw))


def change(token: str, **changes: Any) -> None:
    """Set something anew; for callbacks."""
    with store().locked():
        draft = read(token)
        if draft is not None:
            _write(token, replace(draft, **changes))


def fork(study: Study) -> Draft:
    """A draft of a launched study's next version: the same items, and what was set."""
    set_in = {each.stage: each.settings for each in study.stages}
    known = (key for key, arms in DESIGNS.items() if arms == study.arms)
    choice = read_settings(ChoiceSettings, set_in.get("choice_before", {}))
    return Draft(
        task=study.made_with.get("task", ""),
        model=study.made_with.get("model", ""),
        n=len(study.items),
        title=study.title,
        design=next(known, "".join(f"+{arm}" for arm in study.arms)),
        is_within=study.is_within,
        decides_first="own" in set_in,
        stages=tuple(name for name in STAGES if {name, f"{name}_before"} & {*set_in}),
        better_model=choice.models[choice.better],
        other_model=choice.models[1 - choice.better],
        seed=study.seed,
        instructions=str(set_in.get("briefing", {}).get("text", "")),
        consent=str(set_in["consent"].get("text", "")),
        primary=study.primary,
        cap=study.cap,
        completion_code=study.completion_code,
        return_link=study.return_link,
        fork=store().put(FORK, study.document.encode()),
        version=int(study.made_with.get("version", "1")) + 1,
    )


def _write(token: str, draft: Draft) -> None:
    store().write(KIND, store().key(KIND, token), json.dumps(asdict(draft)).encode())


def _draft(raw: dict[str, Any]) -> Draft:
    lists = {name: tuple(raw[name]) for name in ("rows", "stages")}
    return Draft(**raw | lists)
