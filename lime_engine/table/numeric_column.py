"""A column of numbers: its bins, how often each occurs, and values drawn within them."""

from dataclasses import dataclass, fields
from numbers import Integral
from typing import Any

import numpy as np

from lime_engine.errors import InputError
from lime_engine.subjects import Value
from lime_engine.table.cells import as_number, as_numbers, check_missing, is_lost
from lime_engine.table.discretize import (
    Bins,
    Labels,
    bin_edges,
    bin_in_words,
    draw_bins,
    edges_in_words,
    ends_of,
    is_missing,
    number_in_words,
)
from lime_engine.types import FloatArray, IntArray


@dataclass(frozen=True, slots=True, eq=False)
class NumericColumn:
    """A column of numbers, cut into bins 0..b at its b edges; bin b + 1 is "missing".

    All arrays but the edges are (b+2,). `counts` are the training rows in each bin. Values within
    a bin are drawn from a normal of its training `means` and `sds`, truncated to the bin and,
    outside the edges, to the training range: u, uniform on the bin's part of [0, 1), is turned
    into the normal's share `offsets` + `slopes` u, and that into a value. `least` and `most` are
    the smallest and the largest number of the bin on the `grid` ("whole", "float64", "float32",
    …): a column of whole numbers stays one.
    """

    name: str
    edges: FloatArray
    words: tuple[str, ...]
    counts: IntArray
    means: FloatArray
    sds: FloatArray
    offsets: FloatArray
    slopes: FloatArray
    least: FloatArray
    most: FloatArray
    grid: str

    def __post_init__(self) -> None:
        for field in fields(self):
            if isinstance(array := getattr(self, field.name), np.ndarray):
                array.setflags(write=False)

    @classmethod
    def learn(
        cls,
        name: str,
        values: FloatArray,
        dtype: Any = np.float64,
        *,
        bins: Bins = "quartile",
        labels: Labels | None = None,
    ) -> "NumericColumn":
        """The column from its training values, NaN where missing, of this numpy type.

        Raises
        ------
        InputError
            If a value is infinite, or all are missing.
        """
        if np.isinf(values).any():
            row = int(np.flatnonzero(np.isinf(values))[0])
            raise InputError(
                f"Column {name!r} is {values[row]} in training row {row}. Give finite numbers, or "
                "leave the value missing."
            )
        known = ~np.isnan(values)
        present = values[known]
        if len(present) == 0:
            raise InputError(
                f"Column {name!r} has no value in any of the {len(values)} training rows. Leave "
                "the column out."
            )
        edges = bin_edges(present, bins, None if labels is None else labels[known])
        present = np.sort(present)  # so that the order of the rows does not show in a rounding
        ends = np.searchsorted(present, edges, side="right")
        parts = np.split(present, ends)
        counts = np.array([*map(len, parts), len(values) - len(present)], dtype=np.intp)
        means, sds = np.array([*map(_moments, parts), (np.nan, 0.0)]).T
        first, last = present[:1], present[-1:]
        inner = np.clip(edges, first, last)
        lower = np.concatenate([first, inner, [np.nan]])
        upper = np.concatenate([inner, last, [np.nan]])
        offsets, slopes = _normal_shares(lower, upper, means, sds, ends_of(counts))
        grid = _grid(np.dtype(dtype))
        least = np.concatenate([first, _next_above(edges, grid), [np.nan]])
        return cls(
            name=name,
            edges=edges,
            words=edges_in_words(edges, present),
            counts=counts,
            means=means,
            sds=sds,
            offsets=offsets,
            slopes=slopes,
            least=least,
            most=_last_below(upper, grid),
            grid=grid,
        )

    def plain(self, value: Any) -> Value:
        """The value of this column in a row to be explained.

        Raises
        ------
        InputError
            If it is no finite number, or is missing as no training row has it.
        """
        if is_missing(value):
            check_missing(self.name, self.counts, "Give a number.")
            return None
        number = as_number(value, self.name)
        if np.isinf(number):
            raise InputError(f"Column {self.name!r} is {value!r}. Give a finite number.")
        if isinstance(value, Integral) and is_lost(int(value)):
            return int(value)  # as an id: a float would be another one
        return number

    def code(self, value: Value) -> float:
        """The number itself; NaN for a missing one."""
        return np.nan if value is None else float(value)

    def bin_of(self, values: Any) -> IntArray:
        """Values (n,) -> the bin of each, (n,)."""
        numbers = as_numbers(values, self.name)
        found = np.searchsorted(self.edges, numbers)
        return np.where(np.isnan(numbers), len(self.edges) + 1, found)

    def bin_label(self, bin: int) -> str:
        """The bin in words."""
        if bin == len(self.edges) + 1:
            return f"{self.name} is missing"
        return bin_in_words(self.name, self.words, bin)

    def label_of(self, value: Value) -> str:
        """The bin of a value in words that are true of it.

        Such as "is_member = 1" where the bin holds this one whole number. Edges are written with
        few digits, as is right for the training values; in full for a value that would seem to lie
        outside.
        """
        bin = int(self.bin_of([value])[0])
        number = self.code(value)
        if value is None or len(self.edges) == 0:
            return self.bin_label(bin)
        if self.grid == "whole" and number == self.least[bin] == self.most[bin]:
            return f"{self.name} = {number_in_words(number)}"
        words = list(self.words)
        if bin > 0 and not number > float(words[bin - 1]):
            words[bin - 1] = number_in_words(float(self.edges[bin - 1]))
        if bin < len(words) and not number <= float(words[bin]):
            words[bin] = number_in_words(float(self.edges[bin]))
        return bin_in_words(self.name, tuple(words), bin)

    def draw(self, u: FloatArray) -> tuple[IntArray, FloatArray]:
        """Bins and values of n rows, by the inverse of the column's distribution.

        Parameters
        ----------
        u : array (n,)
            Uniform on [0, 1). Where it falls says the bin, and where in the bin's share the value.
        """
        from scipy.special import ndtri

        bins = draw_bins(self.counts, u)
        values = self.slopes[bins]
        values *= u
        values += self.offsets[bins]
        np.clip(values, 0.0, 1.0, out=values)
        ndtri(values, out=values)
        values *= self.sds[bins]
        values += self.means[bins]
        if self.grid == "whole":
            np.rint(values, out=values)
        elif self.grid != "float64":
            values = values.astype(self.grid).astype(float)
        np.minimum(values, self.most[bins], out=values)
        return bins, np.maximum(values, self.least[bins], out=values)


def _moments(part: FloatArray) -> tuple[float, float]:
    """Mean and standard deviation of sorted values; exact where they are all the same."""
    if len(part) == 0:
        return 0.0, 0.0
    if part[0] == part[-1]:
        return part[0], 0.0
    return part.mean(), part.std()


def _normal_shares(
    lower: FloatArray, upper: FloatArray, means: FloatArray, sds: FloatArray, ends: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Offset and slope that take u from where each bin starts on [0, 1) to where it ends.

    From the normal's share below `lower` to that below `upper`; to one half where there is no
    spread. A bin that is empty has no u.
    """
    from scipy.special import ndtr

    spread = np.where(sds > 0, sds, 1.0)
    low = np.where(sds > 0, ndtr((lower - means) / spread), 0.5)
    high = np.where(sds > 0, ndtr((upper - means) / spread), 0.5)
    starts = np.append(0.0, ends[:-1])
    slopes = (high - low) / np.where(ends > starts, ends - starts, 1.0)
    return low - slopes * starts, slopes


def _grid(dtype: "np.dtype[Any]") -> str:
    """The numbers that a column of this type can hold."""
    if dtype.kind in "iub":
        return "whole"
    return dtype.name if dtype.name in ("float16", "float32") else "float64"


def _next_above(numbers: FloatArray, grid: str) -> FloatArray:
    if grid == "whole":
        return np.floor(numbers) + 1
    on_grid = numbers.astype(grid)
    above = np.where(on_grid > numbers, on_grid, np.nextafter(on_grid, np.inf, dtype=grid))
    return above.astype(float)


def _last_below(numbers: FloatArray, grid: str) -> FloatArray:
    if grid == "whole":
        return np.floor(numbers)
    on_grid = numbers.astype(grid)
    below = np.where(on_grid <= numbers, on_grid, np.nextafter(on_grid, -np.inf, dtype=grid))
    return below.astype(float)
