"""A model that stands elsewhere, as a function items -> probabilities, whatever runs it."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any

import numpy as np

from lime_engine.types import FloatArray
from model_adapters.answers import probabilities
from model_adapters.errors import NetworkError
from model_adapters.own.settings import ModelSettings


class OwnModel(ABC):
    """A model in a file, behind an address, or of the operator's Python; ends with `close()`.

    Those who run it give numbers; what they must be is checked here, once for all.
    """

    at_once = 1000  # items in a request: each has its own time limit

    def __init__(self, settings: ModelSettings) -> None:
        self.settings = settings

    def __call__(self, items: Any, /) -> FloatArray:
        """The probabilities of all classes for each item.

        Parameters
        ----------
        items : sequence of str or of pictures, or pandas DataFrame with at least `settings.columns`

        Returns
        -------
        array (n, n_classes), float64; rows sum to 1 unless the output is "independent"

        Raises
        ------
        InputError
            If the rows lack a column.
        NetworkError
            If the model fails, exceeds a limit or answers with something that is not finite, or
            not with one number per class.
        """
        names = self.settings.class_names
        answers, start = np.empty((len(items), len(names))), 0
        for some in self._parts(items):
            n = len(some)
            raw = self._raw(some)
            if len(raw) != n:
                raise NetworkError(
                    f"The model gave {len(raw):,} answers to {n:,} items. It must give one each."
                )
            columns = raw.shape[1]
            if columns != len(names) and not (columns == 1 and len(names) == 2):
                raise NetworkError(
                    f"The model gives {columns} values for an item, but {len(names)} class names "
                    "are given. Give one name per class (two for a model with one value)."
                )
            answers[start : start + n] = probabilities(raw, self.settings.output, "model")
            start += n
        return answers

    def _parts(self, items: Any) -> Iterator[Any]:
        """The items, as many at a time as are asked about at once."""
        rows = items.iloc if self.settings.takes == "rows" else items
        for start in range(0, len(items), self.at_once):
            part = rows[start : start + self.at_once]
            yield list(part) if self.settings.takes == "texts" else part

    @abstractmethod
    def _raw(self, items: Any) -> FloatArray:
        """The answers to these items as they come, (n, columns)."""

    @abstractmethod
    def close(self) -> None:
        """End what runs it; it cannot be asked any more."""
