"""What is said about a model that stands elsewhere: what goes in, what comes out."""

from dataclasses import dataclass, fields
from typing import Any, Final, Literal, get_args

from model_adapters.errors import NetworkError
from model_adapters.settings import MAX_CLASSES, NamesFrom, Output, checked_names, one_of
from model_adapters.strings import clean

Format = Literal["onnx", "skops", "address", "installed"]
Takes = Literal["texts", "rows", "pictures"]
Holds = Literal["numbers", "words", "anything"]

MAX_COLUMNS: Final = 2_000
MAX_COLUMN_NAME: Final = 200  # characters


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """How to ask a model about texts or rows; plain values that survive JSON.

    Parameters
    ----------
    format : {"onnx", "skops", "address", "installed"}
        What it is in: a file of one of two kinds, a server elsewhere, the operator's own Python.
    takes : {"texts", "rows", "pictures"}
        Pictures only if it is installed: files of networks have settings of their own.
    columns : tuple of str
        For each column that the model knows, in its order, the column of the data that goes in
        there; none for texts and pictures.
    output : {"probabilities", "logits", "independent"}
        As for networks: `model_adapters.settings.NetworkSettings`.
    class_names : tuple of str
        One per class, at least two.

    Raises
    ------
    NetworkError
        If a value is outside its range, or two contradict each other.
    """

    format: Format
    takes: Takes
    columns: tuple[str, ...]
    output: Output
    class_names: tuple[str, ...]

    def __post_init__(self) -> None:
        one_of("format", self.format, get_args(Format))
        one_of("kind of item", self.takes, get_args(Takes))
        one_of("output", self.output, get_args(Output))
        object.__setattr__(self, "class_names", checked_names(self.class_names))
        object.__setattr__(self, "columns", tuple(map(str, self.columns)))
        if (self.takes == "rows" and not self.columns) or len(self.columns) > MAX_COLUMNS:
            raise NetworkError(
                f"The model takes {len(self.columns):,} columns; from 1 to {MAX_COLUMNS:,} are "
                "possible. Bring a model of fewer columns."
            )


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """What was found out about a model, in values a page can show.

    Parameters
    ----------
    proposed : ModelSettings
        Its `columns` are called as the model calls them, or numbered.
    has_names : bool
        Whether the model knows its columns by name.
    holds : tuple
        For each column what the model takes there: "numbers", "words", or "anything".
    names_from : {"file", "labels", "numbers"}
        Whether the class names are the model's own, the data's labels in alphabetical order, or
        "class 0", "class 1", ...
    made_with : str
        The program that wrote it; may be empty.
    can_choose_output : bool
        Whether the output is a guess.
    remarks : tuple of str
        Sentences on what may go wrong, such as another version of scikit-learn.
    """

    proposed: ModelSettings
    has_names: bool
    holds: tuple[Holds, ...]
    names_from: NamesFrom
    made_with: str
    can_choose_output: bool
    remarks: tuple[str, ...]

    @property
    def n_classes(self) -> int:
        """At least 2."""
        return len(self.proposed.class_names)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "ModelFacts":
        """The inverse of `dataclasses.asdict`, also after a way through JSON.

        Every value is checked or cleaned: `data` may come from the process that read the file.
        """
        known = {field.name for field in fields(ModelSettings)}
        given = {name: value for name, value in data["proposed"].items() if name in known}
        if len(given.get("class_names", ())) > MAX_CLASSES:
            raise NetworkError(f"The model has more than {MAX_CLASSES:,} classes. Bring another.")
        given["columns"] = tuple(clean(name, MAX_COLUMN_NAME) for name in given["columns"])
        proposed = ModelSettings(**given)
        holds = tuple(data["holds"])
        for each in holds:
            one_of("column", each, get_args(Holds))
        if len(holds) != len(proposed.columns):
            raise NetworkError("The number of columns contradicts their kinds. Try again.")
        one_of("names_from", data["names_from"], get_args(NamesFrom))
        return cls(
            proposed=proposed,
            has_names=bool(data["has_names"]),
            holds=holds,
            names_from=data["names_from"],
            made_with=clean(data["made_with"]),
            can_choose_output=bool(data["can_choose_output"]),
            remarks=tuple(clean(line, 400) for line in list(data["remarks"])[:5]),
        )
