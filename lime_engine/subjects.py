"""What is explained: an instance taken apart into its interpretable components."""

import base64
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, assert_never

import numpy as np
from numpy.typing import NDArray

PixelArray = NDArray[Any]  # (h, w), (h, w, 1), (h, w, 3) or (h, w, 4), any number type
SegmentArray = NDArray[np.intp]  # (h, w), ids 0..d-1
Value = float | str | bool | None  # of a row; None where it is missing


@dataclass(frozen=True, slots=True)
class TextSubject:
    """A text and its interpretable components.

    `spans[i]` are the (start, end) character positions of component i, in order; components are
    numbered by first appearance. The spans of all components are disjoint.
    """

    text: str
    spans: tuple[tuple[tuple[int, int], ...], ...]

    @property
    def n_components(self) -> int:
        return len(self.spans)

    @property
    def labels(self) -> tuple[str, ...]:
        """The name of each component: its characters as they stand in the text."""
        return tuple(self.text[spans[0][0] : spans[0][1]] for spans in self.spans)


@dataclass(frozen=True, slots=True, eq=False)
class ImageSubject:
    """An image and its superpixels.

    `pixels` (h, w) or (h, w, channels) as the caller gave them, in their own type and range;
    `segments` (h, w): the pixels of component i are those with the id i, 0..d-1.
    """

    pixels: PixelArray
    segments: SegmentArray

    def __post_init__(self) -> None:
        self.pixels.setflags(write=False)
        self.segments.setflags(write=False)

    @property
    def n_components(self) -> int:
        return int(self.segments.max()) + 1

    @property
    def labels(self) -> tuple[str, ...]:
        """The name of each component: "region 1", "region 2" and so on."""
        return tuple(f"region {i + 1}" for i in range(self.n_components))


@dataclass(frozen=True, slots=True)
class TabularSubject:
    """A table row: its components are its columns, each "on" while its value stays in its bin.

    `values[i]` is the value in column i: a number, a string or a bool, None where it is missing.
    `bins[i]` says in words which bin that is, such as "37.1 < temperature <= 38.4".
    """

    columns: tuple[str, ...]
    values: tuple[Value, ...]
    bins: tuple[str, ...]

    @property
    def n_components(self) -> int:
        return len(self.columns)

    @property
    def labels(self) -> tuple[str, ...]:
        """The name of each component: its bin."""
        return self.bins


Subject = TextSubject | ImageSubject | TabularSubject


def subject_to_dict(subject: Subject) -> dict[str, Any]:
    """Plain values, ready for `json.dumps`; arrays are compressed and keep their type."""
    match subject:
        case TextSubject() | TabularSubject():
            return asdict(subject)
        case ImageSubject():
            segments = subject.segments.astype(np.min_scalar_type(subject.n_components))
            return {"pixels": _packed(subject.pixels), "segments": _packed(segments)}
        case unreachable:
            assert_never(unreachable)


def subject_from_dict(data: Mapping[str, Any]) -> Subject:
    """The inverse of `subject_to_dict`, also after a way through JSON."""
    if "text" in data:
        spans = tuple(tuple((a, b) for a, b in places) for places in data["spans"])
        return TextSubject(data["text"], spans)
    if "pixels" in data:
        segments = _unpacked(data["segments"]).astype(np.intp)
        return ImageSubject(_unpacked(data["pixels"]), segments)
    return TabularSubject(tuple(data["columns"]), tuple(data["values"]), tuple(data["bins"]))


def _packed(array: NDArray[Any]) -> dict[str, Any]:
    raw = zlib.compress(np.ascontiguousarray(array).tobytes(), level=1)
    return {
        "type": array.dtype.str,
        "shape": list(array.shape),
        "zlib": base64.b64encode(raw).decode(),
    }


def _unpacked(data: Mapping[str, Any]) -> NDArray[Any]:
    raw = zlib.decompress(base64.b64decode(data["zlib"]))
    return np.frombuffer(raw, dtype=data["type"]).reshape(data["shape"])
