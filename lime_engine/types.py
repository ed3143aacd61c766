"""The values that travel between the four steps: components, design, responses, fit."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from lime_engine.errors import InputError, cut, in_words
from lime_engine.settings import LimeSettings
from lime_engine.show import figure, page
from lime_engine.subjects import Subject, TabularSubject, subject_from_dict, subject_to_dict

FloatArray = NDArray[np.float64]
MaskArray = NDArray[np.bool_]
IntArray = NDArray[np.intp]
ClassNames = Sequence[str] | Mapping[int, str]  # in the order of the columns, or by their number
JSON_VERSION = 1  # of what `Explanation.to_json` writes
_FORMAT = "lime_engine.Explanation"
Z95 = 1.959963984540054  # 95% of a normal distribution is within so many standard deviations

Batch_contra = TypeVar("Batch_contra", contravariant=True)


def plain_array(given: Any, dtype: Any = None) -> NDArray[Any]:
    """What people hand in, as a numpy array; also a tensor with a gradient, or on a device.

    Raises
    ------
    TypeError, ValueError
        If it cannot be one, or if values in it are masked.
    """
    if isinstance(given, list | tuple) and given and hasattr(given[0], "detach"):
        return np.stack([plain_array(each, dtype) for each in given])
    if hasattr(given, "detach") and hasattr(given, "cpu"):
        given = given.detach().cpu()
        try:
            given = given.numpy()
        except (TypeError, RuntimeError):  # numpy does not know bfloat16
            given = given.float().numpy()
    if np.ma.is_masked(given):
        raise ValueError("some of its values are masked")
    try:
        return np.asarray(given, dtype=dtype)
    except (TypeError, ValueError):
        raise
    except Exception as error:  # whatever an `__array__` raises
        raise TypeError(str(error)) from error


class PredictFn(Protocol[Batch_contra]):
    """n instances -> (n, n_classes) probabilities; for regression (n,) or (n, 1) values.

    Rows sum to 1, but for `mode="multilabel"`.

    A batch is what the perturber writes: a sequence of texts, an array of images (n, h, w, …), a
    data frame or array of n rows.
    """

    def __call__(self, batch: Batch_contra, /) -> FloatArray: ...


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """Which masks to ask, and how much each answer counts.

    `masks` (n, d): True where the component is left as it is; `weights` (n,), not negative.
    `exact` says that the masks are all 2^d with their exact weights, not a sample. `draws` (n, d)
    is what else was drawn: for tables the value of every column, coded as a number; None where
    the mask alone says what the instance looks like. `clusters` (n,) numbers what was drawn
    together (a mask and its complement), None where every row was drawn on its own.

    Of columns that are not cut into bins (`lime_engine.compat`) `masks` holds numbers, in which the
    surrogate is linear.
    """

    masks: MaskArray
    weights: FloatArray
    exact: bool = False
    draws: FloatArray | None = None
    clusters: IntArray | None = None

    def __post_init__(self) -> None:
        for array in (self.masks, self.weights, self.draws, self.clusters):
            if array is not None:
                array.setflags(write=False)

    def __len__(self) -> int:
        return len(self.masks)

    def __getitem__(self, rows: slice | NDArray[np.intp]) -> "Design":
        """The design that asks only these rows; a part of an exact one is not exact."""
        draws = None if self.draws is None else self.draws[rows]
        clusters = None if self.clusters is None else self.clusters[rows]
        return Design(self.masks[rows], self.weights[rows], draws=draws, clusters=clusters)

    def __add__(self, more: "Design") -> "Design":
        """The design that asks the rows of both; a sample of a larger size."""
        draws = None
        if self.draws is not None and more.draws is not None:
            draws = np.concatenate([self.draws, more.draws])
        return Design(
            np.concatenate([self.masks, more.masks]),
            np.concatenate([self.weights, more.weights]),
            draws=draws,
            clusters=_joined(self, more),
        )


def _joined(first: Design, second: Design) -> IntArray | None:
    """The clusters of two designs that were drawn one after the other."""
    if first.clusters is None and second.clusters is None:
        return None
    own, more = (
        np.arange(len(design)) if design.clusters is None else design.clusters
        for design in (first, second)
    )
    return np.concatenate([own, more + own.max(initial=-1) + 1])


class Law(Protocol):
    """A neighbourhood: how likely its rows are, and how much each counts.

    `kernel` (d+1,): the weight of a row with s of the d components off, s = 0..d.
    """

    @property
    def kernel(self) -> FloatArray: ...

    def instance(self) -> Design:
        """The one row that is the instance itself."""

    def draw(self, n: int, rng: np.random.Generator) -> Design:
        """n rows as `lime` draws them, each weighted by the kernel."""

    def draw_balanced(self, n: int, rng: np.random.Generator) -> Design:
        """n rows for `projection.project`: those that say most are drawn most often."""

    def enumerate(self, n: int) -> Design | None:
        """All rows there can be, weighted as n drawn ones are in expectation.

        None if they are more than n + 1, or not to be counted.
        """

    def moments(self, rows: IntArray) -> FloatArray:
        """These rows of E[kernel (1, z) (1, z)^T], up to a factor, (n, d+1): z are the masks."""

    def helpers(
        self, design: Design, pilot: FloatArray, n_helpers: int
    ) -> tuple[FloatArray, FloatArray]:
        """What besides the masks explains the answers, to be projected away.

        For the rows of `design` (n,) and a first estimate `pilot` (d,) of the weights: columns
        (n, p), p <= `n_helpers` (0 if only more would help), and `back` (d+1, p), the least-squares
        fit of each on (1, z) in the limit of infinitely many rows.
        """

    def background(self, n: int, rng: np.random.Generator) -> FloatArray | None:
        """n rows as `Design.draws` has them, drawn without the instance; None if masks say all."""


@dataclass(frozen=True, slots=True, eq=False)
class Responses:
    """What the model answered: `values` (n, n_classes), or (n, 1) for regression.

    `n_calls` is the number of instances the model was asked about: duplicates are asked once.
    """

    values: FloatArray
    n_calls: int

    def __post_init__(self) -> None:
        self.values.setflags(write=False)

    def __add__(self, more: "Responses") -> "Responses":
        return Responses(np.concatenate([self.values, more.values]), self.n_calls + more.n_calls)


@dataclass(frozen=True, slots=True, eq=False)
class Neighbourhood:
    """All that was asked about one instance: every class and every K can be fitted from it.

    Row 0 of `design` is the instance itself; `law` is what the other rows were drawn from, and
    `looks` says how often this run has been added to and judged again, the first time included.
    `held_out` and `held_out_responses` are the fresh masks for fidelity; None when they were
    turned off or when the design is exact. `settings` are those it was asked with; None where that
    is not known.
    """

    subject: Subject
    law: Law
    design: Design
    responses: Responses
    held_out: Design | None = None
    held_out_responses: Responses | None = None
    looks: int = 1
    settings: LimeSettings | None = None

    @classmethod
    def empty(cls, subject: Subject, law: Law, settings: LimeSettings) -> "Neighbourhood":
        """Nothing asked yet."""
        nothing = Responses(np.empty((0, 0)), 0)
        return cls(subject, law, law.instance()[:0], nothing, settings=settings)

    @property
    def probabilities(self) -> FloatArray:
        """The model's answer for the instance itself, (n_classes,)."""
        return np.asarray(self.responses.values[0])

    def asked(self) -> tuple[Design, FloatArray]:
        """All that was asked so far, m rows, and the answers (m, n_classes)."""
        if self.held_out is None or self.held_out_responses is None:
            return self.design, self.responses.values
        return (
            self.design + self.held_out,
            np.concatenate([self.responses.values, self.held_out_responses.values]),
        )

    @property
    def n_calls(self) -> int:
        asked = self.held_out_responses.n_calls if self.held_out_responses else 0
        return self.responses.n_calls + asked


@dataclass(frozen=True, slots=True)
class LinearSurrogate:
    """g(z) = intercept + sum of the coefficients of the components that are on."""

    intercept: float
    coefficients: dict[int, float]

    def predict(self, masks: MaskArray) -> FloatArray:
        """Masks (n, d) -> g of each, (n,)."""
        on = masks[:, list(self.coefficients)].astype(float)
        slopes = np.array(list(self.coefficients.values()), dtype=float)
        answers: FloatArray = on @ slopes + self.intercept
        return answers


@dataclass(frozen=True, slots=True)
class TreeSurrogate:
    """A small regression tree on the masks.

    Node 0 is the root. `component[i]` is -1 in a leaf; otherwise the walk goes to `off[i]` if that
    component is off and to `on[i]` if it is on. `value[i]` is the weighted mean answer in node i.
    """

    component: tuple[int, ...]
    off: tuple[int, ...]
    on: tuple[int, ...]
    value: tuple[float, ...]

    def predict(self, masks: MaskArray) -> FloatArray:
        """Masks (n, d) -> g of each, (n,)."""
        component, off, on = (np.array(a) for a in (self.component, self.off, self.on))
        node = np.zeros(len(masks), dtype=int)
        while (inner := component[node] >= 0).any():
            at = node[inner]
            is_on = masks[np.flatnonzero(inner), component[at]]
            node[inner] = np.where(is_on, on[at], off[at])
        return np.asarray(np.array(self.value, dtype=float)[node])


Surrogate = LinearSurrogate | TreeSurrogate


@dataclass(frozen=True, slots=True)
class ComponentWeight:
    """What one component contributes to g at the instance, in units of the model's answer.

    `std_error` is that of drawing other masks: 0 when all were asked, None when unknown.
    `settled` says whether another run would also show this component, or one as strong; None when
    unknown.
    """

    index: int
    label: str
    weight: float
    std_error: float | None = None
    settled: bool | None = None

    @property
    def interval(self) -> tuple[float, float] | None:
        """95% for the weight that infinitely many masks would give; None when unknown."""
        if self.std_error is None:
            return None
        return self.weight - Z95 * self.std_error, self.weight + Z95 * self.std_error


@dataclass(frozen=True, slots=True)
class Stability:
    """Whether another run would show the same components (SCIENCE 2: "repeats").

    `settled`: every shown component is either stronger than those not shown, or as strong as they
    up to a fifth of the largest weight. `forecast`: samples in all that would settle it, None when
    it is settled. `ties` are the groups of components, shown or not, that cannot be told apart in
    strength, strongest group first.
    """

    settled: bool
    forecast: int | None
    ties: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Fidelity:
    """How well the surrogate g imitates the model f near the instance (SCIENCE: "fits").

    `r2`, `rmse` (units of the answer), `spread` (weighted standard deviation of f), `same_side`
    (weighted share of masks on which f and g choose the same class; with `mode="multilabel"`, say
    the same yes, from 1/2 on, or no) and `constant_same_side` (that of a constant answer) come from
    `n_held_out` fresh masks, or from all 2^d if `exact`; they are None without either. `r2` is also
    None where f does not move at all; the two sides are None for regression. `local_gap` is the
    distance of f(x) to g(x); `effective_samples` is (sum W)^2 / sum W^2.
    """

    r2: float | None
    rmse: float | None
    spread: float | None
    same_side: float | None
    constant_same_side: float | None
    local_gap: float
    effective_samples: float
    n_held_out: int
    exact: bool


@dataclass(frozen=True, slots=True, eq=False)
class Explanation:
    """Why the model answers as it does near one instance, for one class.

    `weights` are the shown components, strongest first; `probabilities` the model's answer for
    the instance; `target` the index of the explained class. Holds no model and turns into plain
    JSON and back (`to_dict`, `from_dict`). `stability` is None when it is unknown: with
    `sampler="lime"`, a tree, or too few samples.
    """

    subject: Subject
    class_names: tuple[str, ...]
    probabilities: tuple[float, ...]
    target: int
    weights: tuple[ComponentWeight, ...]
    surrogate: Surrogate
    fidelity: Fidelity
    stability: Stability | None
    settings: LimeSettings
    n_samples: int
    n_calls: int

    def forecast(self, off: Sequence[int] = ()) -> float:
        """The surrogate's answer when the components `off` are switched off."""
        mask = np.ones((1, self.subject.n_components), dtype=bool)
        mask[0, list(off)] = False
        return float(self.surrogate.predict(mask)[0])

    def to_dict(self) -> dict[str, Any]:
        """Plain lists, dicts, strings and numbers, ready for `json.dumps`."""
        plain = {f.name: getattr(self, f.name) for f in fields(self)}
        return plain | {
            "subject": subject_to_dict(self.subject),
            "weights": [asdict(weight) for weight in self.weights],
            "surrogate": asdict(self.surrogate),
            "fidelity": asdict(self.fidelity),
            "stability": None if self.stability is None else asdict(self.stability),
            "settings": asdict(self.settings),
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "Explanation":
        """The inverse of `to_dict`, also after a way through JSON."""
        surrogate: Surrogate
        if "coefficients" in data["surrogate"]:
            coefficients = data["surrogate"]["coefficients"]
            surrogate = LinearSurrogate(
                data["surrogate"]["intercept"], {int(i): c for i, c in coefficients.items()}
            )
        else:
            surrogate = TreeSurrogate(**{k: tuple(v) for k, v in data["surrogate"].items()})
        return cls(
            subject=subject_from_dict(data["subject"]),
            class_names=tuple(data["class_names"]),
            probabilities=tuple(data["probabilities"]),
            target=data["target"],
            weights=tuple(ComponentWeight(**w) for w in data["weights"]),
            surrogate=surrogate,
            fidelity=Fidelity(**data["fidelity"]),
            stability=_stability(data["stability"]),
            settings=LimeSettings(**data["settings"]),
            n_samples=data["n_samples"],
            n_calls=data["n_calls"],
        )

    def to_json(self, *, indent: int | None = None) -> str:
        """Everything in it, as JSON, with the version of the format."""
        whole = {"format": _FORMAT, "version": JSON_VERSION} | self.to_dict()
        return json.dumps(whole, ensure_ascii=False, indent=indent)

    @classmethod
    def from_json(cls, written: str | bytes) -> "Explanation":
        """The inverse of `to_json`.

        Raises
        ------
        InputError
            If it is no such JSON, or of a version that this package does not know.
        """
        try:
            data = json.loads(written)
        except (ValueError, TypeError) as error:
            raise InputError(
                f"The explanation is not JSON ({in_words(error)}). Give what to_json wrote."
            ) from error
        kind = data.get("format", _FORMAT) if isinstance(data, dict) else _FORMAT
        if kind != _FORMAT:
            raise InputError(
                f"The JSON is a {cut(repr(kind), 40)}, not an explanation. Give what "
                "Explanation.to_json wrote."
            )
        if not isinstance(data, dict) or data.get("version") != JSON_VERSION:
            version = data.get("version") if isinstance(data, dict) else None
            raise InputError(
                f"The JSON has the version {cut(repr(version), 40)}; this package reads version "
                f"{JSON_VERSION}, as Explanation.to_json writes it. Write it anew, or use the "
                "package that wrote it."
            )
        try:
            found = cls.from_dict(data)
            found._check_numbers()
            return found
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            raise InputError(
                f"The JSON is no whole explanation ({in_words(error)}). Give what to_json wrote."
            ) from error

    def _check_numbers(self) -> None:
        """Raise IndexError if it speaks of a class or a component that there is not."""
        known = range(len(self.class_names)), range(self.subject.n_components)
        told = [self.target], [weight.index for weight in self.weights]
        for what, numbers, there in zip(("class", "component"), told, known, strict=True):
            if odd := [number for number in numbers if number not in there]:
                raise IndexError(f"there is no {what} {odd[0]!r}")

    def as_frame(self) -> Any:
        """A pandas DataFrame, one row a shown component, strongest first.

        Its columns: component (number), label, weight, low and high (the 95% interval, NaN where it
        is unknown), settled; of a row also column and value.
        """
        import pandas as pd

        unknown = (float("nan"), float("nan"))
        rows: dict[str, list[Any]] = {
            "component": [weight.index for weight in self.weights],
            "label": [weight.label for weight in self.weights],
        }
        if isinstance(self.subject, TabularSubject):
            rows["column"] = [self.subject.columns[weight.index] for weight in self.weights]
            rows["value"] = [self.subject.values[weight.index] for weight in self.weights]
        rows["weight"] = [weight.weight for weight in self.weights]
        rows["low"] = [(weight.interval or unknown)[0] for weight in self.weights]
        rows["high"] = [(weight.interval or unknown)[1] for weight in self.weights]
        rows["settled"] = [weight.settled for weight in self.weights]
        return pd.DataFrame(rows)

    def plot(self) -> Any:
        """The weights as bars, a Plotly figure.

        Raises
        ------
        SettingsError
            If plotly is not installed.
        """
        return figure.bars(self)

    def _repr_html_(self) -> str:
        """What a notebook shows: the answer, how far to believe it, bars, and the instance."""
        return page.as_fragment([self])


def _stability(data: dict[str, Any] | None) -> Stability | None:
    if data is None:
        return None
    ties = tuple(tuple(group) for group in data["ties"])
    return Stability(data["settled"], data["forecast"], ties)
