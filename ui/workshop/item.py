"""Which text: the name of one item in a URL."""

import re
from collections.abc import Collection
from dataclasses import dataclass

_BUILT_IN = re.compile(r"(train|test|field)-(\d{1,6})")
_OWN = re.compile(r"own-([a-z2-7]{26})-(\d{1,6})")


@dataclass(frozen=True, slots=True)
class Item:
    """One text: row `row` of a built-in split, or of the texts that someone brought.

    `source` is "train", "test", "field", or the store's id of the brought texts.
    """

    source: str
    row: int

    @property
    def is_own(self) -> bool:
        return self.source not in ("train", "test", "field")

    def is_among(self, splits: Collection[str]) -> bool:
        """Whether it is one of a task that has these splits: of one of them, or brought."""
        return self.is_own or self.source in splits

    def __str__(self) -> str:
        return f"{'own-' if self.is_own else ''}{self.source}-{self.row}"

    @classmethod
    def parse(cls, text: str) -> "Item | None":
        """The item that `str` wrote so; None for anything else."""
        match = _BUILT_IN.fullmatch(text) or _OWN.fullmatch(text)
        return cls(match[1], int(match[2])) if match else None


def read_source(text: str, splits: Collection[str]) -> str | None:
    """One of these splits, or the store's id of what was brought, as a URL says it; else None."""
    item = Item.parse(str(Item(text, 0)))
    return text if item is not None and item.is_among(splits) else None
