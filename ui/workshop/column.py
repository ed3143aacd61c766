"""What is known of a column of the rows that a model was trained on."""

from dataclasses import dataclass
from typing import Literal

from lime_engine.subjects import Value


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the rows a model was trained on; plain JSON as `asdict`.

    Attributes
    ----------
    name
        As the model knows it.
    kind
        "number", or "category": one of `categories`.
    whole
        Whether all training values are whole numbers.
    low, high
        The range of the training values of a number; None for a category.
    categories
        The values of a category, as texts.
    can_be_missing
        Whether the model was trained with missing values here.
    typical
        The median, or the most frequent value.
    """

    name: str
    kind: Literal["number", "category"]
    whole: bool
    low: float | None
    high: float | None
    categories: tuple[str, ...]
    can_be_missing: bool
    typical: Value

    def __post_init__(self) -> None:
        object.__setattr__(self, "categories", tuple(self.categories))  # JSON knows only lists
