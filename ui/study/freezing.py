"""From what a host has set, and the items as they are prepared, to the study that is launched."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from trust_study import frozen
from trust_study.frozen import Chosen, Study, read_item
from ui.study.draft import FORK, Draft
from ui.workshop.store import store


def frozen_study(draft: Draft, prepared: Mapping[str, Any]) -> Study:
    """The study.

    Raises
    ------
    DefinitionError
        If what was set cannot be launched.
    """
    return Study(
        title=draft.title.strip() or "A study",
        kind=prepared["kind"],
        labels=tuple(prepared["labels"]),
        items=tuple(read_item(each) for each in prepared["items"]),
        edited=tuple(read_item(each) for each in prepared["edited"]) if _has_edited(draft) else (),
        arms=draft.arms,
        stages=_stages(draft),
        is_within=draft.is_within and len(draft.arms) > 1,
        seed=draft.seed,
        cap=draft.cap,
        completion_code=draft.completion_code.strip(),
        return_link=draft.return_link.strip(),
        primary=draft.primary,
        made_with={**prepared["made_with"], "version": str(draft.version)},
    )


def forked(draft: Draft) -> Study | None:
    """The study whose items a fork keeps; None if what was kept of it is gone."""
    raw = store().read(FORK, draft.fork)
    return None if raw is None else frozen.read(raw.decode())


def next_version(draft: Draft, before: Study) -> Study:
    """The study with what was set anew, its items as they were, and the hash of the one before."""
    made = {**before.made_with, "version": str(draft.version), "fork_of": before.sha256}
    stages = tuple(each for each in _stages(draft) if each.stage != "forward" or before.edited)
    return replace(
        before,
        title=draft.title.strip() or before.title,
        arms=draft.arms,
        stages=stages,
        is_within=draft.is_within and len(draft.arms) > 1,
        seed=draft.seed,
        cap=draft.cap,
        completion_code=draft.completion_code.strip(),
        return_link=draft.return_link.strip(),
        primary=draft.primary,
        made_with=made,
    )


def _has_edited(draft: Draft) -> bool:
    return "forward" in draft.stages


def _stages(draft: Draft) -> tuple[Chosen, ...]:
    def text(value: str) -> dict[str, str]:
        return {"text": value.strip()} if value.strip() else {}

    on = {*draft.stages, "consent", "final"} | ({"own"} if draft.decides_first else set())
    if "choice" in draft.stages:
        on |= {"choice_before", "choice_after"}
    models = [draft.other_model.strip(), draft.better_model.strip()]
    choice = {"models": models, "better": 1}
    settings: dict[str, dict[str, Any]] = {
        "consent": text(draft.consent),
        "briefing": text(draft.instructions),
        **dict.fromkeys(("choice_before", "choice_after"), choice),
    }
    order = (
        "consent briefing choice_before own final marks forward satisfaction choice_after attention"
    ).split()
    return tuple(Chosen(name, settings.get(name, {})) for name in order if name in on)
