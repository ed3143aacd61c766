"""What the screen Improve is about, as its URL says it: which model, after how many rounds."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sample_models import Task, tasks
from ui.explain.choice import NOT_ASKABLE
from ui.improve.work import Marked, read_marked
from ui.shell.fields import Fields
from ui.workshop.catalogue import Rounds, find_task, rounds_of


@dataclass(frozen=True, slots=True)
class Place:
    """A model of a task; `out` is the store's id of what was marked in a review of it."""

    task: Task
    model: str
    out: str = ""
    problems: tuple[str, ...] = field(default=(), compare=False)

    @property
    def rounds(self) -> Rounds:
        """What was taken out of the model up to here."""
        kept = rounds_of(self.task.key)
        if kept is None:
            return Rounds(self.task.key, self.model)
        number = [card.key for card in self.task.models].index(self.model)
        return Rounds(kept.task, kept.model, kept.rounds[:number])

    @property
    def can_improve(self) -> bool:
        """Whether the app can train this model again."""
        rounds = self.rounds
        base = find_task(rounds.task)
        return base is not None and base.model(rounds.model).improver is not None

    @property
    def marked(self) -> Marked | None:
        """What was marked in the review that led here."""
        return read_marked(self.out) if self.out else None

    def params(self) -> dict[str, str]:
        """The URL's parameters."""
        written = {"task": self.task.key, "model": self.model, "out": self.out}
        return {name: value for name, value in written.items() if value}


def read_place(params: Mapping[str, str]) -> Place:
    """The place that a URL's parameters name; what we do not have is told in `problems`."""
    fields = Fields(params)
    out = fields.text("out")
    marked = read_marked(out) if out else None
    if out and marked is None:
        fields.problems.append(
            "What was marked in the review is no longer on this server: it is kept for 30 days "
            "after its last use. Open the review again, or name below what should not matter."
        )
        out = ""
    task = find_task(fields.text("task") or (marked.task if marked else ""))
    if task is None:
        if "task" in fields:
            fields.lack("task", instead="which is not here. Showing another.")
        task, out = next(iter(tasks().values())), ""
    if not task.askable:
        fields.miss("task", instead=NOT_ASKABLE)
        task, out = next(iter(tasks().values())), ""
    keys = [card.key for card in task.askable]
    wanted = fields.text("model") or (marked.model if marked else "")
    model = wanted if wanted in keys else keys[-1 if rounds_of(task.key) else 0]
    if "model" in fields and wanted not in keys and not fields.problems:
        name = task.model(model).name
        fields.miss("model", instead=f"which this task does not have. Showing {name}.")
    return Place(task, model, out, tuple(fields.problems))
