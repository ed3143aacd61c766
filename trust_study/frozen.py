"""A study as it was launched: one document that is checked, hashed and never changed."""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, cast, get_args

from trust_study.errors import DefinitionError

Kind = Literal["text", "image", "table"]
Arm = Literal["answer", "lime", "placebo"]
ARMS: tuple[Arm, ...] = get_args(Arm)
EXPLAINED: tuple[Arm, ...] = ("lime", "placebo")  # arms in which weights are shown
FORMAT = 1  # of the document
MAX_ITEMS = 100
MAX_ID = 200  # characters
MAX_COMPONENTS = 5_000
MAX_TEXT = 20_000  # characters of an item, of instructions, of a consent
MAX_PICTURE = 110_000  # characters of a data URL: the whole page stays below 150 KB
MAX_PARTICIPANTS = 10_000


@dataclass(frozen=True, slots=True)
class Component:
    """A part of an item that has a weight.

    Parameters
    ----------
    name
        What it is called.
    where
        A text: pairs of the first character and the one after the last. A picture: outlines, each
        x, y, x, y, ... in its pixels. A table: one row number, as `((2,),)`.
    is_flaw
        Whether it carries the planted flaw.
    """

    name: str
    where: tuple[tuple[float, ...], ...]
    is_flaw: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """What participants see of an item: the one of these that its kind has.

    Parameters
    ----------
    text
        The text.
    picture, size
        A data URL; its width and height in pixels.
    row
        Names of columns with the values, as they are to be read.
    """

    text: str = ""
    picture: str = ""
    size: tuple[int, int] = (0, 0)
    row: tuple[tuple[str, str], ...] = ()

    def first_words(self, longest: int = 60) -> str:
        """How a text or a row begins, in one line of so many characters; empty of a picture."""
        said = self.text or ", ".join(f"{name} {value}" for name, value in self.row)
        said = " ".join(said.split())
        if len(said) <= longest:
            return said
        words = said[:longest].rpartition(" ")[0]
        is_cut_apart = 2 * len(words) < longest  # by a word that is longer than the rest
        return f"{said[: longest - 1] if is_cut_apart else words}…"


@dataclass(frozen=True, slots=True)
class Item:
    """Something that the model has answered.

    Parameters
    ----------
    id
        Unique in the study.
    shown
        What participants see.
    advice, probability
        The model's answer, as the position of its label, and how sure it is, 0 to 1.
    truth
        The right label; None if nobody knows.
    components
        Its parts.
    weights
        For each arm that shows an explanation, a weight for each component towards `advice`;
        0 is not shown.
    """

    id: str
    shown: Shown
    advice: int
    probability: float
    truth: int | None = None
    components: tuple[Component, ...] = ()
    weights: Mapping[Arm, tuple[float, ...]] = field(default_factory=dict)

    @property
    def is_right(self) -> bool | None:
        """Whether the model's answer is right; None if nobody knows."""
        return None if self.truth is None else self.truth == self.advice


@dataclass(frozen=True, slots=True)
class Chosen:
    """A stage that is part of a study, with what the host set."""

    stage: str
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Study:
    """Everything that a study is; see the fields of the parts.

    Parameters
    ----------
    items
        What participants judge, with explanations.
    edited
        Items of which they guess the model's answer afterwards, without any.
    is_within
        Whether everybody meets every arm, or one only.
    cap
        How many may take part.
    idle_minutes
        Who has not answered for so long leaves their place to another.
    primary
        The one measure that was named before the launch.
    made_with
        Where the answers and explanations come from: versions, settings.
    """

    title: str
    kind: Kind
    labels: tuple[str, ...]
    items: tuple[Item, ...]
    arms: tuple[Arm, ...]
    stages: tuple[Chosen, ...]
    edited: tuple[Item, ...] = ()
    is_within: bool = False
    seed: int = 0
    cap: int = 100
    idle_minutes: float = 20.0
    completion_code: str = ""
    return_link: str = ""
    primary: str = "discernment"
    made_with: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _check(self)

    @property
    def document(self) -> str:
        """The study as JSON, always the same characters for the same study."""
        return canonical({"format": FORMAT, **asdict(self)})

    @property
    def sha256(self) -> str:
        """The hash that names this version."""
        return hashlib.sha256(self.document.encode()).hexdigest()

    def item(self, item_id: str) -> Item:
        """The item of this id, among those that are explained or edited."""
        return next(each for each in (*self.items, *self.edited) if each.id == item_id)

    def settings(self, stage: str) -> Mapping[str, Any]:
        """What the host set for this stage."""
        return next(each.settings for each in self.stages if each.stage == stage)


def canonical(value: object) -> str:
    """JSON that is the same for the same value."""
    return json.dumps(
        value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    )


def read(document: str) -> Study:
    """The study that a document is of.

    Raises
    ------
    DefinitionError
        If it is none, or of a format that is not known.
    """
    try:
        raw = json.loads(document)
        if raw.pop("format") != FORMAT:
            raise DefinitionError(f"The study is not of format {FORMAT}: another version made it.")
        raw["stages"] = tuple(Chosen(**each) for each in raw["stages"])
        raw["items"] = tuple(read_item(each) for each in raw["items"])
        raw["edited"] = tuple(read_item(each) for each in raw["edited"])
        return Study(**raw | {name: tuple(raw[name]) for name in ("labels", "arms")})
    except (KeyError, TypeError, AttributeError, json.JSONDecodeError) as error:
        raise DefinitionError(
            f"This is no study ({type(error).__name__}). Export it again."
        ) from error


def read_item(raw: dict[str, Any]) -> Item:
    """An item from what `dataclasses.asdict` made of one, also after a way through JSON."""
    shown = raw["shown"]
    return Item(
        **raw
        | {
            "shown": Shown(
                shown["text"],
                shown["picture"],
                cast(tuple[int, int], tuple(shown["size"])),
                tuple((name, value) for name, value in shown["row"]),
            ),
            "components": tuple(
                Component(each["name"], tuple(map(tuple, each["where"])), each["is_flaw"])
                for each in raw["components"]
            ),
            "weights": {arm: tuple(weights) for arm, weights in raw["weights"].items()},
        }
    )


def _check(study: Study) -> None:
    n = len(study.items)
    _must(1 <= n <= MAX_ITEMS, f"A study has 1 to {MAX_ITEMS} items; this one has {n}.")
    _must(
        len(study.edited) <= MAX_ITEMS,
        f"At most {MAX_ITEMS} items are edited ones; here are {len(study.edited)}.",
    )
    ids = [each.id for each in (*study.items, *study.edited)]
    _must(
        all(0 < len(each) <= MAX_ID for each in ids) and len({*ids}) == len(ids),
        f"Every item needs an id of its own, of at most {MAX_ID} characters.",
    )
    _must(len(study.labels) >= 2, "A study needs two labels or more to choose from.")
    _must(len({*study.labels}) == len(study.labels), "Two labels are the same. Rename one.")
    _must(
        bool(study.arms) and {*study.arms} <= {*ARMS} and len({*study.arms}) == len(study.arms),
        f"Arms are some of {', '.join(ARMS)}, each once; here: {', '.join(study.arms)}.",
    )
    _must(
        1 <= study.cap <= MAX_PARTICIPANTS,
        f"{study.cap} participants: a study takes 1 to {MAX_PARTICIPANTS}.",
    )
    _must(study.idle_minutes > 0, "The idle limit is more than 0 minutes.")
    _must(
        study.return_link == "" or study.return_link.startswith("https://"),
        "The return link begins with https://.",
    )
    names = [each.stage for each in study.stages]
    _must(len({*names}) == len(names), "A stage stands twice. Take one out.")
    for item in study.items:
        _check_item(study, item)
        for arm in {*study.arms} & {*EXPLAINED}:
            _must(arm in item.weights, f"Item {item.id} has no explanation for the arm {arm}.")
    for item in study.edited:
        _check_item(study, item)


def _check_item(study: Study, item: Item) -> None:
    name, k = f"Item {item.id}", len(study.labels)
    _must(0 <= item.advice < k, f"{name}: the model's answer, {item.advice}, is none of {k}.")
    _must(
        item.truth is None or 0 <= item.truth < k,
        f"{name}: the right answer, {item.truth}, is none of {k}.",
    )
    _must(0 <= item.probability <= 1, f"{name}: the probability is {item.probability}.")
    shown = item.shown
    match study.kind:
        case "text":
            _must(0 < len(shown.text) <= MAX_TEXT, f"{name} needs a text up to {MAX_TEXT:,} long.")
        case "image":
            _must(
                shown.picture.startswith(("data:image/png;base64,", "data:image/jpeg;base64,"))
                and len(shown.picture) <= MAX_PICTURE
                and min(shown.size) > 0,
                f"{name} needs a PNG or JPEG of at most {MAX_PICTURE * 3 // 4000} KB.",
            )
        case "table":
            _must(len(shown.row) > 0, f"{name} needs a row.")
    _must(
        len(item.components) <= MAX_COMPONENTS,
        f"{name} has {len(item.components):,} components; {MAX_COMPONENTS:,} are the most.",
    )
    for component in item.components:
        _must(
            _is_within(study.kind, shown, component.where),
            f"{name}: the component “{component.name[:40]}” is not in it.",
        )
    for arm, weights in item.weights.items():
        _must(
            len(weights) == len(item.components) and all(map(math.isfinite, weights)),
            f"{name}: the arm {arm} needs a finite weight for each of its components.",
        )


def _is_within(kind: Kind, shown: Shown, where: tuple[tuple[float, ...], ...]) -> bool:
    match kind:
        case "text":
            return all(
                len(span) == 2 and 0 <= span[0] < span[1] <= len(shown.text) for span in where
            )
        case "image":
            return all(len(outline) >= 6 and len(outline) % 2 == 0 for outline in where)
        case "table":
            return all(len(row) == 1 and 0 <= row[0] < len(shown.row) for row in where)


def _must(holds: bool, sentence: str) -> None:
    if not holds:
        raise DefinitionError(sentence)
