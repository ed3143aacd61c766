"""What training again has done, in plain sentences; pure functions, no markup."""

from collections.abc import Mapping
from typing import Any

from sample_models import Task
from ui.figures.palette import counted
from ui.improve.work import N_DRAWS
from ui.shell.wording import NOUNS, listed, percent
from ui.workshop.catalogue import has_data


def part_noun(task: Task) -> str:
    """What is taken out of the training data: a word, a column."""
    return {"text": "word", "image": "background", "table": "column"}[task.kind]


def why_not(task: Task, model: str) -> str:
    """Why the app cannot train this model again."""
    name = task.model(model).name
    if not has_data(task.key):
        why = "It was brought as it is, without the pictures that it learned from."
    else:
        why = (
            "A region of one picture means nothing in the next, and the app cannot draw this "
            "task's pictures anew with something else in its place."
        )
    return f"“{name}” cannot be trained again here. {why}"


def as_it_is(found: Mapping[str, Any]) -> str:
    """How good the model is before anything is taken out."""
    return (
        f"As it is, the model is right in {percent(found['test'][0])} of the cases of the test "
        f"data, and in {percent(found['field'][0])} in real use."
    )


def verdict(found: Mapping[str, Any]) -> str:
    """What all rounds together have done to real use."""
    before, after = (percent(found["field"][i]) for i in (0, -1))
    return {
        1: f"In real use the model is now right in {after} of the cases instead of {before}.",
        0: f"In real use the model is right about as often as before: {after}, and was {before}.",
        -1: f"In real use the model is now right less often: {after} instead of {before}.",
    }[_moved(found, "field")]


def meaning(found: Mapping[str, Any]) -> str:
    """What they have done to the test data, and what both mean together."""
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
    if found["random_field"] is None:
        return None
    n = found["removed"][-1]
    if n == 0:
        return None
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
    (a, b), (c, d) = (
        [percent(found[split][i]) for i in (number - 1, number)] for split in ("test", "field")
    )
    arrow = "\N{NO-BREAK SPACE}→\N{NO-BREAK SPACE}"
    return f"On the test data {a}{arrow}{b} right; in real use {c}{arrow}{d}."


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
    margin = 100 * max(found["margin_test"][-1], found["margin_field"][-1])
    return (
        f"Counted on {counted(found['n_test'], f'test {noun}')} and {found['n_field']:,} from real "
        "use, none of which the model learned from. A difference of up to about "
        f"{counted(max(1, round(margin)), 'point')} can be chance."
    )


def _moved(found: Mapping[str, Any], split: str) -> int:
    """Whether the last round's model is right more often than the model as it was (1) or less (-1).

    0 where the difference may be chance.
    """
    change, margin = found[split][-1] - found[split][0], found[f"margin_{split}"][-1]
    return 0 if abs(change) <= margin else 1 if change > 0 else -1
