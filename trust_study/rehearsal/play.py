"""A rehearsal: it plays the whole study by the pages that people will get."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import httpx
import numpy as np

from trust_study.course import Step, in_arms, steps
from trust_study.errors import StudyError
from trust_study.rehearsal.behaviour import BEHAVIOURS, Behaviour, final_answer
from trust_study.rehearsal.phone import Form, Phone
from trust_study.store import people
from trust_study.store.database import Database
from trust_study.store.people import Participant
from trust_study.store.studies import Kept

MAX_PEOPLE = 200
_TIMEOUT = 30.0  # seconds for one page


class RehearsalError(StudyError):
    """A rehearsal did not come to its end."""


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What has been done: how many people began, and how many answers they sent."""

    people: int
    answers: int


def rehearse(
    database: Database,
    kept: Kept,
    url: str,
    n_people: int = 18,
    behaviours: Sequence[Behaviour] = BEHAVIOURS,
    seed: int = 0,
    report: Callable[[float], object] = lambda fraction: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Rehearsed:
    """Let simulated people take part, one after another, each behaviour in its turn.

    Each is let in by the database, as somebody of a rehearsal (no form on the web can say that),
    and does everything else as people do: gets pages, fills forms in and sends them.

    Parameters
    ----------
    url
        Where the participants' pages are, such as `http://127.0.0.1:8501/s`.
    report, should_stop
        Told the share that is done; asked before each page.

    Raises
    ------
    RehearsalError
        If the server does not answer as it should, or lets nobody in.
    """
    if not 0 < n_people <= MAX_PEOPLE:
        raise RehearsalError(f"{n_people} people cannot rehearse. Choose 1 to {MAX_PEOPLE}.")
    if not behaviours:
        raise RehearsalError("Nobody can rehearse without a behaviour. Choose one.")
    if kept.closed_at is not None:
        raise RehearsalError("Nobody can rehearse: the study is closed. Make a new version.")
    began = sent = 0
    n_arms = len(kept.study.arms)
    for number in range(n_people):
        if should_stop():
            break
        # Each behaviour in every arm in turn: people go round the arms as they join.
        behaviour = behaviours[number // n_arms % len(behaviours)]
        rng = np.random.default_rng([seed, number])
        try:
            with httpx.Client(timeout=_TIMEOUT, trust_env=False) as client:
                sent += _Actor(database, kept, client, url, behaviour, rng).play(should_stop)
        except httpx.HTTPError as error:
            raise RehearsalError(
                f"The participants' pages at {url} did not answer: {str(error)[:200]}. "
                "See whether the server runs at this address."
            ) from error
        began += 1
        report((number + 1) / n_people)
    return Rehearsed(began, sent)


class _Actor:
    """One simulated person."""

    def __init__(
        self,
        database: Database,
        kept: Kept,
        client: httpx.Client,
        url: str,
        behaviour: Behaviour,
        rng: np.random.Generator,
    ) -> None:
        self.database, self.kept, self.behaviour, self.rng = database, kept, behaviour, rng
        self.origin = httpx.URL(url).join("/")
        self.phone = Phone(client, url.rstrip("/"))

    def play(self, should_stop: Callable[[], bool]) -> int:
        """Join and answer to the end, or half-way; how many answers were sent."""
        who = self._join()
        way = steps(self.kept.study, who.seat)
        until = len(way) // 2 if self.behaviour == "drop_out" else len(way)
        sent = 1
        for step in way[1:until]:
            if should_stop():
                break
            form = self._form(self.phone.link)
            if form.hidden.get("step") != str(way.index(step)):
                raise RehearsalError(
                    f"The page of the step “{step.stage}” did not come: the server shows another."
                )
            answered = self.phone.send(form, self._said(form, step, who))
            if answered.status_code != httpx.codes.OK:
                raise RehearsalError(
                    f"The answer to “{step.stage}” was not taken (status {answered.status_code})."
                )
            sent += 1
        return sent

    def _join(self) -> Participant:
        form = self._form(f"{self.phone.root}/{self.kept.code}")
        token = people.join(
            self.database, self.kept, form.hidden["form"], {"agreed": 1}, {}, is_rehearsal=True
        )
        who = None if token is None else people.by_token(self.database, token)
        if who is None:
            raise RehearsalError("The study lets nobody in: its rehearsal is full.")
        # The same form, sent on the web: it finds the person who is there, and joins nobody.
        joined = self.phone.send(form, {"agreed": "1"})
        if joined.url.path.rsplit("/", 1)[-1] != token:
            raise RehearsalError(
                "The server does not know who was let in. See whether it uses this database."
            )
        self.phone.link = str(joined.url)
        return who

    def _form(self, url: str) -> Form:
        response = self.phone.get(url)
        form = Form(response.text)
        if response.status_code != httpx.codes.OK or not form.hidden.get("form"):
            raise RehearsalError(f"{url[:200]} has no form (status {response.status_code}).")
        form.action = str(self.origin.join(form.action))
        return form

    def _said(self, form: Form, step: Step, who: Participant) -> Mapping[str, str | list[str]]:
        """Answers at random from what is offered; the final one as the behaviour has it."""
        said: dict[str, str | list[str]] = {
            name: str(self.rng.choice(values)) for name, values in form.offered.items()
        }
        study = self.kept.study
        if step.stage == "final":
            item = study.item(step.item)
            in_arm = in_arms(study, who.seat)[step]
            answer = final_answer(self.behaviour, item, in_arm, len(study.labels), self.rng)
            said["answer"] = str(answer)
        return said
