"""A column of categories: which there are, and how often each occurs."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from lime_engine.errors import InputError
from lime_engine.subjects import Value
from lime_engine.table.cells import as_category, category_in_words, check_missing
from lime_engine.table.discretize import draw_bins, is_missing
from lime_engine.types import FloatArray, IntArray

NEVER_SEEN = -1  # the "bin" of a category that the training rows do not have
_NAMED = 5  # known categories that an error names


@dataclass(frozen=True, slots=True, eq=False)
class CategoricalColumn:
    """A column of k categories, a bin each; bin k is "missing".

    `categories` are as the training rows have them; `codes` (k,) are what stands for them in
    `Design.draws`; `counts` (k+1,) are the training rows of each bin; `missing` is what stands for
    a missing value.
    """

    name: str
    categories: tuple[Any, ...]
    codes: FloatArray
    counts: IntArray
    missing: Any = None

    def __post_init__(self) -> None:
        self.codes.setflags(write=False)
        self.counts.setflags(write=False)

    @classmethod
    def learn(
        cls, name: str, values: Iterable[Any], order: Iterable[Any] | None = None
    ) -> "CategoricalColumn":
        """The column from its training values; the categories in this order, or sorted.

        Raises
        ------
        InputError
            If all values are missing, or they are nothing that can be a category.
        """
        counts: dict[Any, int] = {}
        missing: list[Any] = []
        for value in values:
            if is_missing(value):
                missing.append(value)
                continue
            try:
                counts[value] = counts.get(value, 0) + 1
            except TypeError as error:
                raise InputError(
                    f"Column {name!r} holds a {type(value).__name__}, which is no category. Give "
                    "strings, numbers or bools."
                ) from error
        if not counts:
            raise InputError(
                f"Column {name!r} has no value in any of the {len(missing)} training rows. Leave "
                "the column out."
            )
        if order is None:
            try:
                order = sorted(counts)
            except TypeError:
                order = sorted(counts, key=lambda value: (type(value).__name__, str(value)))
        categories = tuple(value for value in order if value in counts)
        if len({as_category(value) for value in categories}) < len(categories):
            raise InputError(
                f"Column {name!r} has two different categories that are written alike. Turn its "
                "values into strings."
            )
        return cls(
            name=name,
            categories=categories,
            codes=np.arange(len(categories), dtype=float),
            counts=np.array([*(counts[c] for c in categories), len(missing)], dtype=np.intp),
            missing=min(missing, key=lambda value: type(value).__name__, default=None),
        )

    def plain(self, value: Any) -> Value:
        """The value of this column in a row to be explained.

        Raises
        ------
        InputError
            If no training row has this category, or none is missing as this value is.
        """
        if is_missing(value):
            check_missing(self.name, self.counts, self._known(None))
            return None
        return as_category(self.categories[self._seen(value)])

    def code(self, value: Value) -> float:
        """The code of its category; NaN for a missing one."""
        return np.nan if value is None else float(self.codes[self._seen(value)])

    def bin_of(self, values: Iterable[Any]) -> IntArray:
        """Values (n,) -> the bin of each, (n,); NEVER_SEEN where no training row has it."""
        number = {as_category(category): i for i, category in enumerate(self.categories)}
        missing = len(self.categories)
        listed: list[int] = []
        for value in values.tolist() if isinstance(values, np.ndarray) else values:
            known = number.get(as_category(value), NEVER_SEEN)
            listed.append(missing if is_missing(value) else known)
        return np.array(listed, dtype=np.intp)

    def bin_label(self, bin: int) -> str:
        """The bin in words."""
        if bin == len(self.categories):
            return f"{self.name} is missing"
        return f"{self.name} = {category_in_words(self.categories[bin])}"

    def label_of(self, value: Value) -> str:
        """The bin of a value in words."""
        return self.bin_label(int(self.bin_of([value])[0]))

    def draw(self, u: FloatArray) -> tuple[IntArray, FloatArray]:
        """Bins and codes of n rows, for u (n,) uniform on [0, 1)."""
        bins = draw_bins(self.counts, u)
        return bins, np.append(self.codes, np.nan)[bins]

    def _seen(self, value: Any) -> int:
        """The bin of a value that is not missing."""
        found = int(self.bin_of([value])[0])
        if found == NEVER_SEEN:
            raise InputError(
                f"Column {self.name!r} is {value!r}, which no training row has. "
                f"{self._known(value)}"
            )
        return found

    def _known(self, value: Any) -> str:
        """Some of the categories there are: those most like the value, or the first."""
        words = [category_in_words(category) for category in self.categories]
        near = words[:_NAMED]
        if value is not None:
            near = difflib.get_close_matches(str(value), words, n=_NAMED, cutoff=0.0)
        more = f", … ({len(words)} in all)" if len(words) > _NAMED else ""
        return f"Give one of {', '.join(near)}{more}."
