"""What training again has done, in plain sentences; pure functions, no markup."""

from collections.abc import Mapping
from math import ceil
from typing import Any

from sample_models import Task
from ui.figures.palette import counted
from ui.improve.work import N_DRAWS
from ui.shell.wording import NOUNS, listed, percent
from ui.workshop.catalogue import has_data

_ROUNDING = 1e-9
NO_FIELD = (
    "None of it is from real use. What gives the answer away to those that the model learned from "
    "may do so in the test data, too, so that only real use shows whether a change is for the "
    "better."
)


def part_noun(task: Task) -> str:
    """What is taken out of the training data: a word, a column."""
    return {"text": "word", "image": "background", "table": "column"}[task.kind]


def why_not(task: Task, model: str) -> str:
    """Why the app cannot train this model again."""
    name = task.model(model).name
    if not has_data(task.key):
        why = "It was brought as it is, without the pictures that it learned from."
    elif not task.has_training_data:
        why = "Others have trained it, and what it learned from is not at hand."
    else:
        why = (
            "A region of one picture means nothing in the next, and the app cannot draw this "
            "task's pictures anew with something else in its place."
        )
    return f"“{name}” cannot be trained again here. {why}"


def marks_do(task: Task, model: str) -> str:
    """What comes of parts that are marked as “should not matter”, before anybody marks."""
    if task.model(model).improver is None:
        return (
            "What you mark is counted and taken away with the review; this model cannot be trained "
            "again here."
        )
    if task.kind == "image":
        return (
            "What you mark is counted and taken away with the review. No single region can be "
            "taken out of pictures: Improve can only train again with other backgrounds."
        )
    again = "train the model again" if task.has_training_data else "ask the model"
    return f"What you mark can be taken out: Improve will {again} without these {part_noun(task)}s."


def without_them(task: Task) -> str:
    """The button that makes the model anew without the parts that are named."""
    return "Train again without them" if task.has_training_data else "Ask it without them"


def as_it_is(found: Mapping[str, Any]) -> str:
    """How good the model is before anything is taken out."""
    on_test = (
        f"As it is, the model is right in {percent(found['test'][0])} of the cases of the test"
    )
    if found["field"] is None:
        return f"{on_test} data. {NO_FIELD}"
    return f"{on_test} data, and in {percent(found['field'][0])} in real use."


def verdict(found: Mapping[str, Any]) -> str:
    """What all rounds together have done to real use, or to the test data where there is none."""
    if found["field"] is None:
        before, after = (percent(found["test"][i]) for i in (0, -1))
        return {
            1: f"On the test data the model is now right in {after} instead of {before}.",
            0: f"On the test data the model is about as good as before: {after}, and was {before}.",
            -1: f"On the test data the model is now right less often: {after} instead of {before}.",
        }[_moved(found, "test")]
    before, after = (percent(found["field"][i]) for i in (0, -1))
    return {
        1: f"In real use the model is now right in {after} of the cases instead of {before}.",
        0: f"In real use the model is right about as often as before: {after}, and was {before}.",
        -1: f"In real use the model is now right less often: {after} instead of {before}.",
    }[_moved(found, "field")]


def meaning(found: Mapping[str, Any]) -> str:
    """What they have done to the test data, and what both mean together."""
    if found["field"] is None:
        return NO_FIELD
    field, test = _moved(found, "field"), _moved(found, "test")
    was, now = (percent(found["test"][i]) for i in (0, -1))
    told = {
        1: f"On the test data it is right more often: {now} instead of {was}.",
        0: f"On the test data it is right about as often as before: {now}, and was {was}.",
        -1: f"On the test data it fell from {was} to {now}.",
    }[test]
    if field > 0 and test < 0:
        told += " What it lost there it had owed to what was taken out."
    elif field < 0:
        told += " What was taken out does matter: undo the last round, or take out less."
    elif field == 0 and test < 0:
        told += " Nothing shows that what was taken out was wrong to use."
    elif field == 0 and test == 0:
        told += " It made little use of what was taken out, or found the same elsewhere."
    return told


def at_random(found: Mapping[str, Any], task: Task) -> str | None:
    """What as many random parts do instead; None where single parts cannot be taken out."""
    n = found["removed"][-1]
    if found["random_test"] is None or n == 0:
        return None
    if found["field"] is None:
        return (
            f"Taking out {counted(n, f'random {part_noun(task)}')} instead leaves the model at "
            f"{percent(found['random_test'][-1][0])} on the test data."
        )
    mean, test = (found[f"random_{split}"][-1][0] for split in ("field", "test"))
    told = (
        f"Taking out {counted(n, f'random {part_noun(task)}')} instead leaves the model at "
        f"{percent(mean)} in real use and {percent(test)} on the test data"
    )
    if found["field"][-1] > mean + found["margin_field"][-1]:
        told += ": it matters which ones go, not only how many."
    else:
        told += ". In real use that is about as good."
    same = found["overlap"][-1]
    if same and task.kind == "table":
        told += (
            f" (The mean of {N_DRAWS} choices; {same} of them happened to take out one of the "
            "same columns.)"
        )
    return told


def round_told(found: Mapping[str, Any], number: int) -> str:
    """What one round did, on the test data and in real use."""
    arrow = "\N{NO-BREAK SPACE}→\N{NO-BREAK SPACE}"

    def moved(split: str) -> str:
        return arrow.join(percent(found[split][i]) for i in (number - 1, number))

    on_test = f"On the test data {moved('test')} right"
    return f"{on_test}." if found["field"] is None else f"{on_test}; in real use {moved('field')}."


def not_known(found: Mapping[str, Any], number: int, task: Task) -> str | None:
    """What a round named in vain."""
    unknown = found["unknown"][number - 1]
    if not unknown:
        return None
    it = "it" if len(unknown) == 1 else "them"
    if task.kind == "table":
        return f"There is no column {listed(unknown)}, so taking {it} out changes nothing."
    return f"The model does not know {listed(unknown)}, so taking {it} out changes nothing."


def counted_on(found: Mapping[str, Any], task: Task) -> str:
    """Of how many items the shares are, and what may be chance."""
    noun = NOUNS[task.kind].item
    field = f" and {found['n_field']:,} from real use" if found["n_field"] else ""
    told = f"A difference of up to {counted(_by_chance(found, 'test'), 'point')} on the test data"
    if found["field"] is not None:
        told += f", or {_by_chance(found, 'field')} in real use,"
    return (
        f"Counted on {counted(found['n_test'], f'test {noun}')}{field}, none of which the model "
        f"learned from. {told} can be chance."
    )


def _moved(found: Mapping[str, Any], split: str) -> int:
    """Whether the last round's model is right more often than the model as it was (1) or less (-1).

    0 where the difference may be chance.
    """
    points = 100 * (found[split][-1] - found[split][0])
    return 0 if abs(points) <= _by_chance(found, split) + _ROUNDING else 1 if points > 0 else -1


def _by_chance(found: Mapping[str, Any], split: str) -> int:
    """Up to how many points of difference to the model as it was are told as chance."""
    margin: float = found[f"margin_{split}"][-1]
    return max(1, ceil(100 * margin - _ROUNDING))
