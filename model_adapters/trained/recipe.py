"""How a model is made: all that it is made of, besides the data."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Literal

Kind = Literal["text", "image", "table"]
MANY_CLASSES = 10  # above, trees share out a few thousand texts among too many


@dataclass(frozen=True, slots=True)
class Algorithm:
    """A way of learning: its `name`, and what it does in one plain sentence."""

    kind: Kind
    name: str
    summary: str


ALGORITHMS: Mapping[str, Algorithm] = MappingProxyType(
    {
        "tfidf-logistic": Algorithm(
            "text",
            "Weighted words",
            "Logistic regression on TF-IDF: each word has one weight, rare words count more.",
        ),
        "counts-forest": Algorithm(
            "text",
            "Forest of words",
            "A random forest on word counts: 100 trees that ask for several words at once.",
        ),
        "counts-bayes": Algorithm(
            "text",
            "Bayes on words",
            "Complement naive Bayes on word counts: how unusual each word is in the other classes.",
        ),
        "logistic": Algorithm(
            "table",
            "Weighted columns",
            "Logistic regression: each number, and each category, has one weight.",
        ),
        "boosting": Algorithm(
            "table",
            "Boosted trees",
            "Gradient boosting: small trees, each of which mends what those before got wrong.",
        ),
        "features-logistic": Algorithm(
            "image",
            "What a network sees",
            "Logistic regression on what a network for photographs sees before it names a thing.",
        ),
        "histograms-logistic": Algorithm(
            "image",
            "Colours and edges",
            "Logistic regression on how often each colour, and each direction of edges, occurs.",
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a model is made of labelled data; `without` are words or columns that it never sees."""

    algorithm: str
    seed: int = 0
    without: frozenset[str] = frozenset()

    @property
    def kind(self) -> Kind:
        """What it learns from."""
        return ALGORITHMS[self.algorithm].kind

    def doing_without(self, more: frozenset[str]) -> "Recipe":
        """The same, but it does not see these either."""
        return replace(self, without=self.without | more)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "algorithm": self.algorithm,
            "seed": self.seed,
            "without": sorted(self.without),
        }

    @classmethod
    def from_dict(cls, found: Mapping[str, Any]) -> "Recipe":
        """The inverse of `to_dict`."""
        return cls(str(found["algorithm"]), int(found["seed"]), frozenset(found["without"]))


def recipes_for(kind: Kind, n_classes: int, seed: int = 0) -> tuple[Recipe, Recipe]:
    """The two ways that suit this kind of data: a plain one, and one of another sort."""
    second = "counts-bayes" if n_classes > MANY_CLASSES else "counts-forest"
    names = {
        "text": ("tfidf-logistic", second),
        "table": ("logistic", "boosting"),
        "image": ("features-logistic", "histograms-logistic"),
    }[kind]
    return Recipe(names[0], seed), Recipe(names[1], seed)
