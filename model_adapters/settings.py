"""What is said about a network: how pictures go in, what comes out, what it may use."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Final, Literal, get_args

from model_adapters.errors import NetworkError
from model_adapters.strings import clean

Layout = Literal["NCHW", "NHWC"]
Scaling = Literal["none", "0-1", "imagenet", "-1..1", "own"]
Order = Literal["RGB", "BGR"]
Fit = Literal["stretch", "letterbox"]
Output = Literal["probabilities", "logits", "independent"]
Dtype = Literal["float32", "float16", "float64", "uint8", "int32", "int64"]
NamesFrom = Literal["file", "labels", "numbers"]
GUESS: Final = "A guess"  # what the reason of a guess begins with

MAX_PIXELS: Final = 2048 * 2048
MAX_BATCH: Final = 128
MAX_CLASSES: Final = 25_000
MAX_AXES: Final = 8  # of an output
_MOST_OUTLETS: Final = 50
_MOST_SCALED: Final = 1000.0  # what a mean or a standard deviation may be, of values from 0 to 1


@dataclass(frozen=True, slots=True)
class Limits:
    """What an uploaded network may use.

    Parameters
    ----------
    memory_bytes : int
        Address space of the process that runs it, in total (where the system can limit it).
    load_seconds : float
        From the start of that process to the network's first answer.
    call_seconds : float
        For one batch of pictures.
    max_bytes : int
        Size of the file.
    """

    memory_bytes: int = 2_000_000_000
    load_seconds: float = 30.0
    call_seconds: float = 60.0
    max_bytes: int = 100_000_000


@dataclass(frozen=True, slots=True)
class NetworkSettings:
    """How to ask a network about pictures; plain values that survive JSON.

    Parameters
    ----------
    layout : {"NCHW", "NHWC"}
        Whether the colour channels come before or after height and width.
    height, width : int
        Size of the pictures that go in, in pixels; at most 2048 * 2048 in all.
    channels : {1, 3}
        Grey or red, green, blue.
    dtype : str
        Number type of the input: float32, float16, float64, uint8, int32 or int64.
    scaling : {"none", "0-1", "imagenet", "-1..1", "own"}
        "none": 0 to 255 as they are. "imagenet": (x / 255 - mean) / std with the usual means and
        standard deviations of red, green and blue (of grey: their averages). "own": the same with
        `mean` and `std`.
    output : {"probabilities", "logits", "independent"}
        Probabilities are scaled to sum to 1; logits go through a softmax (a single one through a
        sigmoid). "independent": each class on its own, a probability of yes that stays as it is.
    class_names : tuple of str
        One per class, at least two. A network with one output has two classes; its output is
        about the second. Cleaned: one line, at most 80 characters.
    batch : int or None
        The number of pictures the file insists on, or None when it takes any number.
    mean, std : tuple of float
        For the scaling "own": one for all channels or one for each, in the order in which they go
        in, of values from 0 to 1; else empty.
    order : {"RGB", "BGR"}
        In which order colours go in.
    fit : {"stretch", "letterbox"}
        Whether a picture of another shape is stretched, or keeps its shape between grey bars.
    answer : int or None
        Which of the file's outputs is used, by its number; None for the first that can be.
    axis : int or None
        Which axis of that output, from 1 on, are the classes; it is averaged over the others. None
        where there is but one.

    Raises
    ------
    NetworkError
        If a value is outside its range, or two contradict each other.
    """

    layout: Layout
    height: int
    width: int
    channels: int
    dtype: Dtype
    scaling: Scaling
    output: Output
    class_names: tuple[str, ...]
    batch: int | None = None
    mean: tuple[float, ...] = ()
    std: tuple[float, ...] = ()
    order: Order = "RGB"
    fit: Fit = "stretch"
    answer: int | None = None
    axis: int | None = None

    def __post_init__(self) -> None:
        one_of("layout", self.layout, get_args(Layout))
        one_of("dtype", self.dtype, get_args(Dtype))
        one_of("scaling", self.scaling, get_args(Scaling))
        one_of("output", self.output, get_args(Output))
        one_of("channels", self.channels, (1, 3))
        _count("height", self.height, MAX_PIXELS)
        _count("width", self.width, MAX_PIXELS)
        if self.height * self.width > MAX_PIXELS:
            raise NetworkError(
                f"Pictures of {self.width} x {self.height} pixels are too large. "
                f"Choose a size of at most {MAX_PIXELS:,} pixels in all, such as 2048 x 2048."
            )
        if self.batch is not None:
            _count("batch", self.batch, MAX_BATCH)
        if self.scaling != "none" and not self.dtype.startswith("float"):
            raise NetworkError(
                f"The scaling {self.scaling!r} gives fractions, but the network takes whole "
                f'numbers ({self.dtype}). Choose the scaling "none".'
            )
        one_of("order of colours", self.order, get_args(Order))
        one_of("fit", self.fit, get_args(Fit))
        if self.answer is not None:
            _count("number of the output", self.answer + 1, MAX_CLASSES)
        if self.axis is not None:
            _count("axis", self.axis, MAX_AXES)
        object.__setattr__(self, "mean", self._scale("mean", self.mean))
        object.__setattr__(self, "std", self._scale("standard deviation", self.std))
        if any(abs(value) < 1e-6 for value in self.std):
            raise NetworkError("The standard deviation is 0, and nothing can be divided by that.")
        object.__setattr__(self, "class_names", checked_names(self.class_names))

    def _scale(self, field: str, values: Sequence[float]) -> tuple[float, ...]:
        found = tuple(float(value) for value in values)
        wanted = (1, self.channels) if self.scaling == "own" else (0,)
        if len(found) not in wanted or any(not abs(value) <= _MOST_SCALED for value in found):
            raise NetworkError(
                f"The {field} {clean(list(values))} is not possible for the scaling "
                f"{self.scaling!r} and {self.channels} channel(s). Give one number for each "
                'channel, or one for all, with the scaling "own".'
            )
        return found


@dataclass(frozen=True, slots=True)
class Outlet:
    """An output that can hold one number per class: its number, name and sizes for one picture."""

    number: int
    name: str
    sizes: tuple[int, ...]

    def n_classes(self, axis: int | None) -> int:
        """How many numbers there are along an axis, from 1 on; along all if there is but one."""
        if axis is None:
            return math.prod(self.sizes)
        return self.sizes[axis - 1] if 1 <= axis <= len(self.sizes) else 0

    @property
    def axes(self) -> tuple[int, ...]:
        """The axes, from 1 on, that can be the classes."""
        return tuple(i + 1 for i, size in enumerate(self.sizes) if size > 1)


@dataclass(frozen=True, slots=True)
class NetworkFacts:
    """What was found in a file, in values a page can show.

    Parameters
    ----------
    proposed : NetworkSettings
        What the file says, and a guess where it says nothing.
    n_classes : int
        At least 2.
    n_parameters : int
        Numbers stored in the file.
    producer : str
        The program that wrote it; may be empty.
    seconds_per_picture : float
        Measured on a few random pictures.
    names_from : {"file", "numbers"}
        Whether the class names are the file's or "class 0", "class 1", ...
    fixed : tuple of str
        The fields of `proposed` that the file dictates; the others may be changed.
    reasons : dict of str to str
        For each field of `proposed` one plain sentence why it has its value.
    outlets : tuple of Outlet
        The outputs that can be used; the numbers of `proposed.answer` are theirs.
    """

    proposed: NetworkSettings
    n_classes: int
    n_parameters: int
    producer: str
    seconds_per_picture: float
    names_from: NamesFrom
    fixed: tuple[str, ...]
    reasons: dict[str, str]
    outlets: tuple[Outlet, ...] = ()

    def is_guess(self, field: str) -> bool:
        """Whether a field of `proposed` is a guess, and not in the file."""
        return self.reasons.get(field, "").startswith(GUESS)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "NetworkFacts":
        """The inverse of `dataclasses.asdict`, also after a way through JSON.

        Every value is checked or cleaned: `data` may come from the process that read the file.
        """
        known = {field.name for field in fields(NetworkSettings)}
        proposed = NetworkSettings(**data["proposed"])
        if len(proposed.class_names) != data["n_classes"]:
            raise NetworkError("The number of classes contradicts their names. Try again.")
        one_of("names_from", data["names_from"], get_args(NamesFrom))
        return cls(
            proposed=proposed,
            n_classes=len(proposed.class_names),
            n_parameters=int(data["n_parameters"]),
            producer=clean(data["producer"]),
            seconds_per_picture=float(data["seconds_per_picture"]),
            names_from=data["names_from"],
            fixed=tuple(name for name in data["fixed"] if name in known),
            reasons={k: clean(v, 400) for k, v in data["reasons"].items() if k in known},
            outlets=tuple(
                Outlet(int(each["number"]), clean(each["name"]), _sizes(each["sizes"]))
                for each in list(data["outlets"])[:_MOST_OUTLETS]
            ),
        )


def _sizes(values: Sequence[Any]) -> tuple[int, ...]:
    return tuple(int(value) for value in values[:MAX_AXES])


def one_of(field: str, value: object, allowed: tuple[object, ...]) -> None:
    if value not in allowed:
        choices = ", ".join(map(str, allowed))
        raise NetworkError(f"The {field} {clean(value)!r} is not known. Choose one of: {choices}.")


def _count(field: str, value: object, most: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= most:
        raise NetworkError(
            f"The {field} {clean(value)!r} is not possible. Choose a whole number from 1 to {most}."
        )


def checked_names(names: object) -> tuple[str, ...]:
    if not isinstance(names, tuple | list) or not all(isinstance(n, str) for n in names):
        raise NetworkError("The class names must be a list of texts. Give one name per class.")
    if not 2 <= len(names) <= MAX_CLASSES:
        raise NetworkError(
            f"{len(names)} class names are given; a classifier has from 2 to {MAX_CLASSES:,} "
            "classes. Give one name per class."
        )
    return tuple(clean(name) or f"class {i}" for i, name in enumerate(names))
