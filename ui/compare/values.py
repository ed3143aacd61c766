"""A comparison of two models, as the screens know it: plain values, made by the workers.

The two sides are 0 and 1, in the order in which they stand on the screen.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lime_engine.overlap import Overlap
from ui.pick.values import Reason

Pair = tuple[float, float]
Sure = tuple[float | None, float | None]  # of a model that gave only its answers, None


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
    probability of the answer, share that is right, number of items). Of a model that gave answers
    without probabilities these three are not known.
    """

    accuracy: Estimated
    log_loss: Estimated | None
    calibration: Estimated | None
    curve: tuple[tuple[float, float, int], ...]


@dataclass(frozen=True, slots=True)
class Apart:
    """How far the scores of two models are apart: that of side 0 less that of side 1.

    None where one of them is not known.
    """

    accuracy: Estimated
    log_loss: Estimated | None
    calibration: Estimated | None


@dataclass(frozen=True, slots=True)
class Scoreboard:
    """Two models on the same items.

    `scores` are those of both sides on the `n_labelled` items that have labels; None without any.
    `only_right` counts the items on which only side 0, and only side 1, is right; `p_value` is
    that of McNemar's exact test on them. `apart` is how far the scores are apart.
    """

    n: int
    n_labelled: int
    agreement: Estimated
    scores: tuple[Scores, Scores] | None
    only_right: tuple[int, int] | None
    p_value: float | None
    apart: Apart | None = None

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Scoreboard":
        scores, apart = data["scores"], data["apart"]
        three = None if apart is None else _three(apart)
        return cls(
            n=data["n"],
            n_labelled=data["n_labelled"],
            agreement=Estimated(**data["agreement"]),
            scores=None if scores is None else (_scores(scores[0]), _scores(scores[1])),
            only_right=None if data["only_right"] is None else tuple(data["only_right"]),
            p_value=data["p_value"],
            apart=None if three is None else Apart(*three),
        )


def _scores(data: Mapping[str, Any]) -> Scores:
    curve = tuple((float(p), float(right), int(n)) for p, right, n in data["curve"])
    return Scores(*_three(data), curve)


def _three(data: Mapping[str, Any]) -> tuple[Estimated, Estimated | None, Estimated | None]:
    loss, calibration = (
        None if data[name] is None else Estimated(**data[name])
        for name in ("log_loss", "calibration")
    )
    return Estimated(**data["accuracy"]), loss, calibration


@dataclass(frozen=True, slots=True)
class AnsweredItem:
    """What both models answer to row `row` of the data.

    `answers` are numbers in `Answered.names`, `sure` the probability of each model's own answer,
    None if it gave none.
    `distance` is how far their probabilities are apart, 0 to 1, as `Matching.distances` says: with
    two answers |p_A - p_B|. `p`, where there are just two answers, is each model's probability of
    the second.
    """

    row: int
    label: int | None
    answers: tuple[int, int]
    sure: Sure
    distance: float
    p: Pair | None = None

    @property
    def is_alike(self) -> bool:
        return self.answers[0] == self.answers[1]


@dataclass(frozen=True, slots=True)
class Curves:
    """How well a model's probability of one answer tells the items that have that label.

    `roc` are (false alarms as a share of the others, recall), `precision` are (recall, precision);
    `auc` is the area under the former, `average` the average precision.
    """

    roc: tuple[Pair, ...]
    precision: tuple[Pair, ...]
    auc: float
    average: float


@dataclass(frozen=True, slots=True)
class ClassScores:
    """How good both models are on one of the answers.

    `n` labelled items have it. `recall` is the share of these that each model finds, `precision`
    the share that is right of what it calls so; None where that is a share of nothing. `curves` are
    None where all items have this label, or none.
    """

    answer: int
    n: int
    recall: tuple[Estimated | None, Estimated | None]
    precision: tuple[Estimated | None, Estimated | None]
    curves: tuple[Curves, Curves] | None

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "ClassScores":
        """From what `dataclasses.asdict` made of one, also after a way through JSON."""
        recall, precision = (
            [None if each is None else Estimated(**each) for each in data[name]]
            for name in ("recall", "precision")
        )
        curves = data["curves"]
        return cls(
            answer=data["answer"],
            n=data["n"],
            recall=(recall[0], recall[1]),
            precision=(precision[0], precision[1]),
            curves=None if curves is None else (_curves(curves[0]), _curves(curves[1])),
        )


def _curves(data: Mapping[str, Any]) -> Curves:
    roc, precision = (tuple((x, y) for x, y in data[name]) for name in ("roc", "precision"))
    return Curves(roc, precision, data["auc"], data["average"])


@dataclass(frozen=True, slots=True)
class Slice:
    """Both models on the labelled items that have something in common, told by its `name`.

    `right` are the shares of right answers among these `n`. `is_clear` says that the difference is
    more than chance, though so many slices were looked at.
    """

    name: str
    n: int
    right: tuple[Estimated, Estimated]
    is_clear: bool

    @property
    def difference(self) -> float:
        """How much more often side 0 is right."""
        return self.right[0].value - self.right[1].value

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Slice":
        """From what `dataclasses.asdict` made of one, also after a way through JSON."""
        first, second = (Estimated(**each) for each in data["right"])
        return cls(data["name"], data["n"], (first, second), data["is_clear"])


@dataclass(frozen=True, slots=True)
class Answered:
    """Both models' answers to all items; `names` are the answers there are.

    `classes` are the scores of each answer that has labels, of many those of the most frequent;
    `columns` those of the items, if they are rows.
    """

    names: tuple[str, ...]
    items: tuple[AnsweredItem, ...]
    board: Scoreboard
    classes: tuple[ClassScores, ...] = ()
    columns: tuple[str, ...] = ()

    @property
    def labelled(self) -> tuple[AnsweredItem, ...]:
        """The items of which it is known what is right: no other counts in any score."""
        return tuple(item for item in self.items if item.label is not None)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Answered":
        """From what `dataclasses.asdict` made of one, also after a way through JSON."""
        items = tuple(
            AnsweredItem(
                **{
                    **i,
                    "answers": tuple(i["answers"]),
                    "sure": tuple(i["sure"]),
                    "p": None if i["p"] is None else tuple(i["p"]),
                }
            )
            for i in data["items"]
        )
        classes = tuple(map(ClassScores.from_dict, data["classes"]))
        return cls(
            names=tuple(data["names"]),
            items=items,
            board=Scoreboard.from_dict(data["board"]),
            classes=classes,
            columns=tuple(data["columns"]),
        )


@dataclass(frozen=True, slots=True)
class OverlapOf:
    """How alike the reasons for one item are."""

    row: int
    overlap: Overlap


@dataclass(frozen=True, slots=True)
class Lean:
    """A feature (a word, a column, a kind of region) with how much each model leans on it.

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

    `overlaps` are those of the items that were explained. `leans` are the features that either
    leans on most, or that they differ on most, the strongest first; `failed` are (row, why).
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
