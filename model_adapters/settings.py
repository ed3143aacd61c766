"""What is said about a network: how pictures go in, what comes out, what it may use."""

from dataclasses import dataclass, fields
from typing import Any, Final, Literal, get_args

from model_adapters.errors import NetworkError
from model_adapters.strings import clean

Layout = Literal["NCHW", "NHWC"]
Scaling = Literal["none", "0-1", "imagenet", "-1..1"]
Output = Literal["probabilities", "logits", "independent"]
Dtype = Literal["float32", "float16", "float64", "uint8", "int32", "int64"]
NamesFrom = Literal["file", "numbers"]

MAX_PIXELS: Final = 2048 * 2048
MAX_BATCH: Final = 128
MAX_CLASSES: Final = 25_000


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
    scaling : {"none", "0-1", "imagenet", "-1..1"}
        "none": 0 to 255 as they are. "imagenet": (x / 255 - mean) / std with the usual means and
        standard deviations of red, green and blue (of grey: their averages).
    output : {"probabilities", "logits", "independent"}
        Probabilities are scaled to sum to 1; logits go through a softmax (a single one through a
        sigmoid). "independent": each class on its own, a probability of yes that stays as it is.
    class_names : tuple of str
        One per class, at least two. A network with one output has two classes; its output is
        about the second. Cleaned: one line, at most 80 characters.
    batch : int or None
        The number of pictures the file insists on, or None when it takes any number.

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

    def __post_init__(self) -> None:
        _one_of("layout", self.layout, get_args(Layout))
        _one_of("dtype", self.dtype, get_args(Dtype))
        _one_of("scaling", self.scaling, get_args(Scaling))
        _one_of("output", self.output, get_args(Output))
        _one_of("channels", self.channels, (1, 3))
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
        object.__setattr__(self, "class_names", _names(self.class_names))


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
    """

    proposed: NetworkSettings
    n_classes: int
    n_parameters: int
    producer: str
    seconds_per_picture: float
    names_from: NamesFrom
    fixed: tuple[str, ...]
    reasons: dict[str, str]

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "NetworkFacts":
        """The inverse of `dataclasses.asdict`, also after a way through JSON.

        Every value is checked or cleaned: `data` may come from the process that read the file.
        """
        known = {field.name for field in fields(NetworkSettings)}
        proposed = NetworkSettings(**data["proposed"])
        if len(proposed.class_names) != data["n_classes"]:
            raise NetworkError("The number of classes contradicts their names. Try again.")
        _one_of("names_from", data["names_from"], get_args(NamesFrom))
        return cls(
            proposed=proposed,
            n_classes=len(proposed.class_names),
            n_parameters=int(data["n_parameters"]),
            producer=clean(data["producer"]),
            seconds_per_picture=float(data["seconds_per_picture"]),
            names_from=data["names_from"],
            fixed=tuple(name for name in data["fixed"] if name in known),
            reasons={k: clean(v, 400) for k, v in data["reasons"].items() if k in known},
        )


def _one_of(field: str, value: object, allowed: tuple[object, ...]) -> None:
    if value not in allowed:
        choices = ", ".join(map(str, allowed))
        raise NetworkError(f"The {field} {clean(value)!r} is not known. Choose one of: {choices}.")


def _count(field: str, value: object, most: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= most:
        raise NetworkError(
            f"The {field} {clean(value)!r} is not possible. Choose a whole number from 1 to {most}."
        )


def _names(names: object) -> tuple[str, ...]:
    if not isinstance(names, tuple | list) or not all(isinstance(n, str) for n in names):
        raise NetworkError("The class names must be a list of texts. Give one name per class.")
    if not 2 <= len(names) <= MAX_CLASSES:
        raise NetworkError(
            f"{len(names)} class names are given; a classifier has from 2 to {MAX_CLASSES:,} "
            "classes. Give one name per class."
        )
    return tuple(clean(name) or f"class {i}" for i, name in enumerate(names))
