"""What is taken away from an improvement: a one-file report (HTML)."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sample_models import Task
from ui.figures.palette import printable
from ui.improve import wording as told
from ui.improve.choice import Place
from ui.shell.wording import percent
from ui.workshop.catalogue import task_of

_TEMPLATE = Path(__file__).with_name("report.html.jinja")


def as_report(place: Place, found: dict[str, Any]) -> str:
    """One HTML file without scripts or outside links; `found` is what `work.measure` says."""
    from jinja2 import Environment

    template = Environment(autoescape=True).from_string(_TEMPLATE.read_text(encoding="utf-8"))
    rounds, task = place.rounds, place.task
    return template.render(
        title=task.title,
        model=task_of(rounds.task).model(rounds.model).name,
        made=f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        verdict=told.verdict(found),
        meaning=told.meaning(found),
        at_random=told.at_random(found, task) or "",
        counted_on=told.counted_on(found, task),
        has_field=found["field"] is not None,
        noun=told.part_noun(task),
        names_parts=task.kind != "image",
        lines=[
            _line(found, number, rounds.rounds[number - 1] if number else (), task)
            for number in range(len(rounds.rounds) + 1)
        ],
    )


def _line(found: dict[str, Any], number: int, parts: Sequence[str], task: Task) -> dict[str, Any]:
    """The model after so many rounds: what was taken out last, and how often it is right."""
    unknown = told.not_known(found, number, task) if number else None
    shares = {
        split: "" if found[split] is None else percent(found[split][number])
        for split in ("test", "field")
    }
    name = f"round {number}" if number else "as it was"
    return {"name": name, "parts": [*map(printable, parts)], "unknown": unknown or "", **shares}
