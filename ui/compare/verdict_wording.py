"""What a person says of two models, and what real use says of them; plain words, no markup."""

from collections import Counter

from ui.compare.decision_wording import sureness
from ui.compare.values import Estimated, Scoreboard
from ui.compare.verdicts import WORDS, Tally, Verdict
from ui.compare.wording import LIKELY
from ui.figures.palette import counted
from ui.shell.wording import Nouns, percent

Names = tuple[str, str]


def said(word: str, names: Names) -> str:
    """What one of `WORDS` is called."""
    return dict(zip(WORDS, (*names, "either", "neither", "cannot tell"), strict=True))[word]


def change(verdict: Verdict, names: Names) -> str:
    """What was said before the reasons were seen, and whether the last word is another."""
    if verdict.before is None:
        return "Nothing was said before looking."
    before = f"Before looking: {said(verdict.before.word, names)}."
    if verdict.after is None:
        return before
    same = verdict.after.word == verdict.before.word
    return f"{before} {'That has not changed.' if same else 'That has changed.'}"


def together(found: Tally, names: Names) -> str:
    """How many people have said their last word, and how many of them have changed their mind."""
    n_both = found.n_moved + found.n_same
    told = f"{counted(found.n, 'person', 'people')} have said their last word."
    if n_both:
        told += f" Of the {n_both:,} who also said something before looking, {found.n_moved:,} "
        told += "has changed their mind" if found.n_moved == 1 else "have changed their mind"
        ways = [f"{n:,} from {said(a, names)} to {said(b, names)}" for a, b, n in found.moved]
        told += f": {', '.join(ways)}." if ways else "."
    return told


def counts(found: Tally, names: Names) -> list[tuple[str, str, str]]:
    """Each word that somebody said: how often before looking, and as the last word."""
    lines = zip(WORDS, found.before, found.after, strict=True)
    return [(said(w, names), f"{b:,}", f"{a:,}") for w, b, a in lines if b or a]


def looked(verdict: Verdict, noun: Nouns) -> str:
    """What was opened before the last word: "the list of reasons, 12 texts, 2 cells, 3 words"."""
    nouns = {"item": noun.item, "feature": noun.part}
    seen = Counter(what for what, _ in verdict.looked_at)
    told = ["the list of reasons"] if seen.pop("reasons", 0) else []
    told += [counted(n, nouns.get(what, what)) for what, n in seen.items()]
    return ", ".join(told) or "nothing"


def share(found: Estimated) -> str:
    """A share with its 95% interval: "91% (84% to 95%)"."""
    return f"{percent(found.value)} ({percent(found.low)} to {percent(found.high)})"


def reveal(board: Scoreboard, field: Scoreboard, names: Names) -> list[tuple[str, str, str]]:
    """Each model's name, its share of right answers on the items, and in real use.

    Empty if the field data have no labels.
    """
    if field.scores is None:
        return []
    here = [share(s.accuracy) for s in board.scores] if board.scores else ["not known"] * 2
    there = [share(s.accuracy) for s in field.scores]
    return list(zip(names, here, there, strict=True))


def in_real_use(board: Scoreboard, field: Scoreboard, names: Names, noun: Nouns) -> str:
    """Which of the two holds up on the field data, where these have labels."""
    if field.scores is None or field.p_value is None:
        return ""
    found = [scores.accuracy for scores in field.scores]
    best = 0 if found[0].value >= found[1].value else 1
    fell = _fell(board, field)
    rates = (
        f"{names[best]} is right in {percent(found[best].value)} of the cases, "
        f"{names[1 - best]} in {percent(found[1 - best].value)}"
    )
    if field.p_value > LIKELY and (sure := sureness(field, names)):
        told = f"In real use neither is clearly right more often: {rates}; but {sure}."
    elif field.p_value > LIKELY:
        told = f"In real use neither is clearly better: {rates}."
    elif fell[best]:
        told = f"In real use the better one is {names[best]}: {rates}."
    else:
        told = f"In real use {names[best]} holds up: {rates}."
    if all(fell):
        return f"{told} Both do worse there than on these {noun.item}s."
    if any(fell):
        return f"{told} {names[fell.index(True)]} does worse there than on these {noun.item}s."
    return told


def _fell(board: Scoreboard, field: Scoreboard) -> tuple[bool, bool]:
    """Whether each one is worse in real use by more than both intervals allow for."""
    if board.scores is None or field.scores is None:
        return False, False
    first, second = (
        there.accuracy.high < here.accuracy.low
        for here, there in zip(board.scores, field.scores, strict=True)
    )
    return first, second
