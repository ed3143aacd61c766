"""A comparison of two models, as the screens know it: plain values, made by the workers.

The two sides are 0 and 1, in the order in which they stand on the screen.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lime_engine.overlap import Overlap
from ui.pick.values import Reason

Pair = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Estimated:
    """A number with its 95% interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Scores:
    """How good one model's answers are, where the data have labels.

    `calibration` is the expected calibration error, 0 to 1; `curve` are its bins: (mean
    probability of the answer, share that is right, number of items).
    """

    accuracy: Estimated
    log_loss: Estimated
    calibration: Estimated
    curve: tuple[tuple[float, float, int], ...]


@dataclass(frozen=True, slots=True)
class Scoreboard:
    """Two models on the same items.

    `scores` are those of both sides on the `n_labelled` items that have labels; None without any.
    `only_right` counts the items on which only side 0, and only side 1, is right; `p_value` is
    that of McNemar's exact test on them.
    """

    n: int
    n_labelled: int
    agreement: Estimated
    scores: tuple[Scores, Scores] | None
    only_right: tuple[int, int] | None
    p_value: float | None

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Scoreboard":
        scores = data["scores"]
        return cls(
            n=data["n"],
            n_labelled=data["n_labelled"],
            agreement=Estimated(**data["agreement"]),
            scores=None if scores is None else (_scores(scores[0]), _scores(scores[1])),
            only_right=None if data["only_right"] is None else tuple(data["only_right"]),
            p_value=data["p_value"],
        )


def _scores(data: Mapping[str, Any]) -> Scores:
    numbers = {name: Estimated(**data[name]) for name in ("accuracy", "log_loss", "calibration")}
    curve = tuple((float(p), float(right), int(n)) for p, right, n in data["curve"])
    return Scores(curve=curve, **numbers)


@dataclass(frozen=True, slots=True)
class AnsweredItem:
    """What both models answer to row `row` of the data.

    `answers` are numbers in `Answered.names`, `sure` the probability of each model's own answer.
    `distance` is half the summed difference of their probabilities (total variation), 0 to 1: with
    two answers |p_A - p_B|.
    """

    row: int
    label: int | None
    answers: tuple[int, int]
    sure: Pair
    distance: float

    @property
    def is_alike(self) -> bool:
        return self.answers[0] == self.answers[1]


@dataclass(frozen=True, slots=True)
class Answered:
    """Both models' answers to all items; `names` are the answers there are."""

    names: tuple[str, ...]
    items: tuple[AnsweredItem, ...]
    board: Scoreboard

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Answered":
        """From what `dataclasses.asdict` made of one, also after a way through JSON."""
        items = tuple(
            AnsweredItem(**{**i, "answers": tuple(i["answers"]), "sure": tuple(i["sure"])})
            for i in data["items"]
        )
        return cls(tuple(data["names"]), items, Scoreboard.from_dict(data["board"]))


@dataclass(frozen=True, slots=True)
class OverlapOf:
    """How alike the reasons for one item are."""

    row: int
    overlap: Overlap


@dataclass(frozen=True, slots=True)
class Lean:
    """A feature (a word, a column's bin, a visual word) with how much each model leans on it.

    `means` are the mean |weight| over the items, `rows` those in which either names it among its
    reasons, the strongest first. `examples` are pictures (data URIs) of a visual word.
    """

    name: str
    means: Pair
    rows: tuple[int, ...]
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Compared:
    """What both models' explanations of the items say together.

    `overlaps` are those of the items that were explained. `leans` are the features on which side 0
    leans more, the largest difference first, and then those on which side 1 does; `failed` are
    (row, why).
    """

    overlaps: tuple[OverlapOf, ...]
    leans: tuple[Lean, ...]
    failed: tuple[tuple[int, str], ...]

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Compared":
        """From what `dataclasses.asdict` made of one, also after a way through JSON."""
        return cls(
            overlaps=tuple(
                OverlapOf(o["row"], Overlap.from_dict(o["overlap"])) for o in data["overlaps"]
            ),
            leans=tuple(
                Lean(
                    lean["name"],
                    (lean["means"][0], lean["means"][1]),
                    tuple(lean["rows"]),
                    tuple(lean["examples"]),
                )
                for lean in data["leans"]
            ),
            failed=tuple((row, why) for row, why in data["failed"]),
        )


@dataclass(frozen=True, slots=True)
class PairedItem:
    """One item with both models' reasons, in small: for lists and the report.

    `reasons` are those of each side for its own answer, strongest first; `Reason.feature` has no
    meaning here. `subject` (texts and rows) is the item taken apart, as
    `lime_engine.subjects.subject_to_dict` writes it; `pictures` (images) are data URIs of the
    picture with each side's regions that count.
    """

    row: int
    reasons: tuple[tuple[Reason, ...], tuple[Reason, ...]]
    overlap: Overlap
    subject: dict[str, Any] | None
    pictures: tuple[str, str] | None
