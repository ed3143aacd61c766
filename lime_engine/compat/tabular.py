"""`LimeTabularExplainer`: rows of tables, as the package `lime` explains them."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lime_engine.compat.asking import Kernel, KernelFn, Taken, Wanted, explained
from lime_engine.compat.result import LimeExplanation
from lime_engine.compat.rows import Category, Continuous, RowLaw
from lime_engine.discretize.columns import (
    STATISTICS,
    BaseDiscretizer,
    DecileDiscretizer,
    EntropyDiscretizer,
    QuartileDiscretizer,
    StatsDiscretizer,
    numbers_by_column,
)
from lime_engine.errors import InputError, SettingsError, cut, is_whole
from lime_engine.settings import LimeSettings, seed_of
from lime_engine.subjects import TabularSubject
from lime_engine.types import ClassNames, Design, FloatArray, Law, PredictFn, plain_array

_WIDTH = 0.75  # of the kernel, in units of the root of the number of columns
_DISCRETIZERS: dict[str, Callable[..., BaseDiscretizer]] = {
    "quartile": QuartileDiscretizer,
    "decile": DecileDiscretizer,
    "entropy": EntropyDiscretizer,
}
_COUNTS = ("feature_values", "feature_frequencies")
_STATISTICS = (*STATISTICS, *_COUNTS)
_MODES = ("classification", "regression")
_MAX_BATCH_BYTES = 64_000_000
_CELL_BYTES = 16


class LimeTabularExplainer:
    """Explains rows of a table of numbers with the names, defaults and results of `lime`.

    Parameters
    ----------
    training_data : array, DataFrame or sparse matrix (n_rows, n_columns)
    mode : {"classification", "regression"}
    training_labels : array (n_rows,) or None
        What the model predicts, for the discretizer "entropy".
    feature_names : sequence of str or None
        In the order of the columns. None: as a DataFrame calls them, else "0", "1", …
    categorical_features : sequence of int or None
        Columns of whole numbers that stand for categories; all others are continuous.
    categorical_names : mapping of int to sequence of str, or None
        Of each categorical column what its numbers stand for, from 0 on; or a mapping of these.
    kernel_width : float or None
        None: .75 times the root of the number of columns.
    kernel : callable or None
        kernel(distances, kernel_width=…) -> weights, in place of the exponential one.
    verbose : bool
        Print each local fit.
    class_names : sequence of str or None
    feature_selection : {"auto", "none", "forward_selection", "highest_weights", "lasso_path"}
    discretize_continuous : bool
        Cut continuous columns into bins. If not, and for sparse rows, a weight is what one standard
        deviation of the column adds.
    discretizer : {"quartile", "decile", "entropy"} or an object as in `lime_engine.discretize`
        An object draws values by its own random state.
    sample_around_instance : bool
        Columns that are not cut are drawn around the instance, not around their mean.
    random_state : int, numpy RandomState or Generator, or None
        Read at each explanation and never advanced; None is another explanation each time.
    training_data_stats : mapping or None
        "means", "mins", "maxs", "stds", "feature_values" and "feature_frequencies" of the bins, in
        place of training rows.

    Raises
    ------
    InputError
        If the training table is none of numbers, or `feature_names` has its columns in another
        order.
    SettingsError
        If a parameter cannot be what it is.
    """

    def __init__(
        self,
        training_data: Any,
        mode: str = "classification",
        training_labels: ArrayLike | None = None,
        feature_names: Sequence[str] | None = None,
        categorical_features: Sequence[int] | None = None,
        categorical_names: Mapping[int, Sequence[str] | Mapping[int, str]] | None = None,
        kernel_width: float | None = None,
        kernel: KernelFn | None = None,
        verbose: bool = False,
        class_names: ClassNames | None = None,
        feature_selection: str = "auto",
        discretize_continuous: bool = True,
        discretizer: Any = "quartile",
        sample_around_instance: bool = False,
        random_state: Any = None,
        training_data_stats: Mapping[str, Any] | None = None,
    ) -> None:
        if mode not in _MODES:
            raise SettingsError(f"mode is {mode!r}; use one of {', '.join(_MODES)}.")
        LimeSettings(selection=feature_selection)
        seed_of(random_state)
        train = _checked_table(training_data)
        self._is_sparse = hasattr(train, "tocsr")
        self._n_columns = int(train.shape[1])
        self._numbered = [str(j) for j in range(self._n_columns)]
        labels = _labels(training_data) or self._numbered
        names = labels if feature_names is None else _listed(feature_names, "feature_names")
        self.feature_names = [str(name) for name in names]
        if len(self.feature_names) != self._n_columns:
            raise InputError(
                f"There are {len(self.feature_names)} feature_names for {self._n_columns} columns. "
                "Give one a column."
            )
        if labels != self._numbered:
            _check_order(self.feature_names, labels)
        # What a row may call its values: as the table does, or by the names that are shown.
        self._names = [each for each in (labels, self.feature_names) if each != self._numbered]
        width = _WIDTH * np.sqrt(self._n_columns) if kernel_width is None else kernel_width
        self.kernel_width = float(Kernel(width).width)
        self.mode = mode
        self.kernel = kernel
        self.verbose = verbose
        self.class_names = class_names
        self.feature_selection = feature_selection
        self.sample_around_instance = sample_around_instance
        self.random_state = random_state
        self.training_data_stats = training_data_stats
        self.categorical_names = _by_number(categorical_names)
        self.categorical_features = _columns(categorical_features, self._n_columns)
        self.discretizer: Any = None
        self._own_state = False  # an object's: values are drawn by its random state
        if discretize_continuous and not self._is_sparse:
            self._discretize(train, training_labels, discretizer)
        elif training_data_stats is not None:
            _check_statistics(training_data_stats)
        self.feature_values: dict[int, list[float]] = {}
        self.feature_frequencies: dict[int, FloatArray] = {}
        self._count(train)
        self._means, self._scales = _scales(train)

    def explain_instance(
        self,
        data_row: Any,
        predict_fn: PredictFn[Any],
        labels: Iterable[int] = (1,),
        top_labels: int | None = None,
        num_features: int = 10,
        num_samples: int = 5000,
        distance_metric: str = "euclidean",
        model_regressor: Any = None,
    ) -> LimeExplanation:
        """Why the model answers so to this row.

        Parameters
        ----------
        data_row : array (n_columns,), Series, DataFrame or sparse matrix (1, n_columns)
            A Series or DataFrame is read by its labels, if the columns of the training table have
            names. Of a sparse row what is not zero counts.
        predict_fn : callable
            Rows (n, n_columns), of the kind of the training table -> probabilities (n, n_classes);
            for regression numbers (n,).
        labels : iterable of int
            Columns of the answer to explain.
        top_labels : int or None
            Explain the columns with the highest answers instead.
        num_features : int
        num_samples : int
            The instance included. A tenth as many are asked on top, to judge the fit by.
        distance_metric : str
            Of `sklearn.metrics.pairwise_distances`.
        model_regressor : scikit-learn regressor or None
            For the local fit; None: ridge.

        Raises
        ------
        InputError, PredictorError, SettingsError, TargetError
        """
        row, places, write = self._read(data_row)
        kernel = Kernel(self.kernel_width, self.kernel, distance_metric)
        codes = row if self.discretizer is None else _discretized(self.discretizer, row)
        law = RowLaw(
            columns=tuple(
                self._column(j, value) for j, value in zip(places.tolist(), row, strict=True)
            ),
            row=row,
            codes=codes,
            values_of=self._values,
            weigh=kernel,
        )
        subject = TabularSubject(
            columns=tuple(self.feature_names[j] for j in places),
            values=tuple(row.tolist()),
            bins=tuple(
                self._in_words(j, value, code)
                for j, value, code in zip(places.tolist(), row, codes, strict=True)
            ),
        )
        settings = LimeSettings(
            n_samples=num_samples,
            n_features=num_features,
            selection=self.feature_selection,
            sampler="lime",
            mode=cast(Any, self.mode),
            seed=seed_of(self.random_state),
        )
        most = max(1, _MAX_BATCH_BYTES // (_CELL_BYTES * len(row)))
        return explained(
            subject,
            predict_fn,
            Taken(cast(Law, law), write, most),  # all of a law that the sampler "lime" asks for
            settings,
            Wanted(labels, top_labels, self._class_names(), model_regressor, self.verbose),
            ids=places.tolist(),
        )

    def _class_names(self) -> ClassNames | None:
        return None if self.mode == "regression" else self.class_names

    def _discretize(self, train: Any, labels: ArrayLike | None, discretizer: Any) -> None:
        """Cut continuous columns into bins; all columns are categorical then."""
        given = (train, self.categorical_features, self.feature_names)
        if self.training_data_stats is not None:
            _check_statistics(self.training_data_stats)
            self.discretizer = StatsDiscretizer(
                *given,
                labels=labels,
                random_state=self.random_state,
                data_stats=self.training_data_stats,
            )
        elif isinstance(discretizer, str) and discretizer in _DISCRETIZERS:
            make = _DISCRETIZERS[discretizer]
            self.discretizer = make(*given, labels=labels, random_state=self.random_state)
        elif all(hasattr(discretizer, name) for name in ("names", "discretize", "undiscretize")):
            self.discretizer, self._own_state = discretizer, True
        else:
            raise SettingsError(
                f"discretizer is {cut(repr(discretizer), 60)}; use one of "
                f"{', '.join(_DISCRETIZERS)}, or an object as in lime_engine.discretize."
            )
        self.categorical_features = list(range(self._n_columns))

    def _count(self, train: Any) -> None:
        """How often each category and bin is among the training rows."""
        codes = train
        if self.training_data_stats is not None:
            known = [_by_column(self.training_data_stats, name) for name in _COUNTS]
        elif self.discretizer is not None:
            codes = _discretized(self.discretizer, train)
        for feature in self.categorical_features:
            if self.training_data_stats is not None:
                values, often = (each.get(feature, []) for each in known)
                self._check_counts(feature, values, often)
                counts = np.array(often)
            else:
                column = codes[:, [feature]]
                column = column.toarray() if self._is_sparse else column
                counted = sorted(Counter(column.ravel().tolist()).items())
                values = [value for value, _ in counted]
                counts = np.array([count for _, count in counted], dtype=float)
            self.feature_values[feature] = values
            self.feature_frequencies[feature] = counts / counts.sum()

    def _check_counts(self, feature: int, values: list[float], often: list[float]) -> None:
        """See that the statistics say how often each category or bin of a column is."""
        shown = cut(repr(values), 60)
        said = f"training_data_stats has {shown} as 'feature_values' of column {feature}"
        if not values or len(often) != len(values) or not min(often) >= 0 or not any(often):
            raise SettingsError(
                f"{said}, and {cut(repr(often), 60)} as 'feature_frequencies'. Give each value one "
                "frequency, not negative and not all 0."
            )
        names = {} if self.discretizer is None else self.discretizer.names
        if feature in names and not set(values) <= set(range(len(names[feature]))):
            raise SettingsError(
                f"{said}, which is cut into {len(names[feature])} bins. Give numbers of bins, from "
                "0 on."
            )

    def _column(self, feature: int, value: float) -> Category | Continuous:
        if feature in self.feature_values:
            return Category(
                np.asarray(self.feature_values[feature], dtype=float),
                self.feature_frequencies[feature],
            )
        mean, scale = float(self._means[feature]), float(self._scales[feature])
        return Continuous(value if self.sample_around_instance else mean, mean, scale)

    def _values(self, codes: FloatArray, rng: np.random.Generator) -> FloatArray:
        """What is drawn within the bins; categories, and what is not cut, as they are."""
        if self.discretizer is None:
            return codes
        if self._own_state:
            return np.asarray(self.discretizer.undiscretize(codes), dtype=float)
        return np.asarray(self.discretizer.undiscretize(codes, rng), dtype=float)

    def _in_words(self, feature: int, value: float, code: float) -> str:
        """What a component is called."""
        name = self.feature_names[feature]
        if self.discretizer is not None and feature in self.discretizer.names:
            return str(self.discretizer.names[feature][int(code)])
        if feature not in self.categorical_features:
            return name
        category: Any = int(value) if float(value).is_integer() else float(value)
        if feature in self.categorical_names:
            names = self.categorical_names[feature]
            known = names if isinstance(names, Mapping) else dict(enumerate(names))
            if category not in known:
                raise InputError(
                    f"Column {name!r} is {value:g}, for which categorical_names has no name, only "
                    f"{len(known)}. Give one for each whole number from 0 on, or names by number, "
                    "such as {-1: 'missing', 0: 'red'}."
                )
            category = known[category]
        return f"{name}={category}"

    def _read(self, data_row: Any) -> tuple[FloatArray, NDArray[np.intp], Callable[[Design], Any]]:
        """The values that count, their columns, and what writes rows as the model takes them."""
        if self._is_sparse:
            return self._read_sparse(data_row)
        row = _numbers(data_row, "The row")
        if row.ndim == 2 and len(row) == 1:
            row = row[0]
        if row.shape != (self._n_columns,):
            raise InputError(
                f"The row has the shape {row.shape}, but the training table has {self._n_columns} "
                "columns. Give one row, a value a column."
            )
        row = self._in_order(row, _labels(data_row))
        if not np.isfinite(row).all():
            j = int(np.flatnonzero(~np.isfinite(row))[0])
            raise InputError(
                f"Column {self.feature_names[j]!r} of the row is {row[j]}. Give finite numbers."
            )
        return row, np.arange(self._n_columns), lambda design: np.array(design.draws)

    def _in_order(self, row: FloatArray, labels: list[str] | None) -> FloatArray:
        """The values of a row in the order of the columns, by what the row calls them."""
        if labels is None:
            return row
        place = {label: i for i, label in enumerate(labels)}
        for names in (*self._names, self._numbered):
            if labels == names:
                return row
            if len(place) == self._n_columns and place.keys() == set(names):
                return row[[place[name] for name in names]]
        if not self._names:
            return row
        names = self._names[0]
        odd = next(x for i, x in enumerate(labels) if x not in names or x in labels[:i])
        raise InputError(
            f"The row has {odd!r}, which is no column of the training table, or is there twice. "
            f"The columns are {cut(', '.join(names))}. Give each once, in any order, or the values "
            "alone in this order (row.to_numpy())."
        )

    def _read_sparse(
        self, data_row: Any
    ) -> tuple[FloatArray, NDArray[np.intp], Callable[[Design], Any]]:
        from scipy.sparse import csr_array, csr_matrix, issparse, isspmatrix

        n_columns, is_sparse = self._n_columns, issparse(data_row)
        if not is_sparse or data_row.shape not in ((1, n_columns), (n_columns,)):
            raise InputError(
                f"The row is of type {type(data_row).__name__}, shape "
                f"{getattr(data_row, 'shape', 'unknown')}. The training table is sparse: give one "
                f"sparse row (1, {n_columns})."
            )
        is_matrix = isspmatrix(data_row)
        kind = csr_matrix if is_matrix else csr_array
        one = csr_array(data_row.reshape((1, n_columns)), dtype=float)
        one.sum_duplicates()
        one.eliminate_zeros()
        if one.nnz == 0:
            raise InputError(
                "The row has no values but zeros, so there is nothing to change. Choose another."
            )
        places = np.asarray(one.indices, dtype=np.intp)

        def write(design: Design) -> Any:
            values = np.asarray(design.draws)
            n, d = values.shape
            parts = values.ravel(), np.tile(places, n), np.arange(0, n * d + 1, d)
            return kind(parts, shape=(n, n_columns))

        return np.asarray(one.data), places, write


def _numbers(given: Any, what: str) -> FloatArray:
    try:
        return np.asarray(plain_array(given), dtype=float)
    except (TypeError, ValueError) as error:
        raise InputError(
            f"{what} is of type {type(given).__name__}, which is not an array of numbers "
            f"({cut(str(error), 80)}). Write categories as whole numbers, and name the columns in "
            "categorical_features."
        ) from error


def _labels(given: Any) -> list[str] | None:
    """What a frame calls its columns, or a Series its values; None: they have no names."""
    if hasattr(given, "iloc") and given.ndim == 1:
        labels = given.index
    else:  # the first is Arrow's word, the other that of pandas and Polars
        labels = getattr(given, "column_names", getattr(given, "columns", None))
    return None if labels is None else [str(label) for label in labels]


def _check_order(names: list[str], labels: list[str]) -> None:
    """See that no column is shown by the name that the table has for another."""
    known = set(labels)
    for name, label in zip(names, labels, strict=True):
        if name != label and name in known:
            raise InputError(
                f"feature_names has {name!r} where the column of training_data is {label!r}, and "
                f"{name!r} is another of its columns. Give the names in the order of the columns, "
                "or leave feature_names out."
            )


def _checked_table(training_data: Any) -> Any:
    """The training table as an array of floats, or as it is if it is sparse."""
    if hasattr(training_data, "tocsr"):
        table = training_data.tocsc()
    else:
        table = _numbers(training_data, "training_data")
    if table.ndim != 2 or 0 in table.shape:
        raise InputError(
            f"training_data has the shape {table.shape}. Give rows and columns, at least one of "
            "each."
        )
    return table


def _listed(given: Any, name: str) -> list[Any]:
    try:
        return list(given)
    except TypeError as error:
        raise SettingsError(f"{name} is {cut(repr(given), 60)}; give a list.") from error


def _by_number(names: Any) -> dict[int, Any]:
    """What the numbers of each categorical column stand for."""
    is_empty = names is None or (isinstance(names, Collection) and not len(names))
    known = {} if is_empty else names
    if not isinstance(known, Mapping) or not all(
        isinstance(each, Collection) for each in known.values()
    ):
        raise SettingsError(
            f"categorical_names is {cut(repr(names), 60)}; give a dict of the number of each "
            "categorical column to the names of its categories."
        )
    return dict(known)


def _columns(features: Sequence[int] | None, n_columns: int) -> list[int]:
    found = [] if features is None else _listed(features, "categorical_features")
    for feature in found:
        if not is_whole(feature) or not 0 <= feature < n_columns:
            raise SettingsError(
                f"categorical_features has {feature!r}; give numbers of columns, from 0 to "
                f"{n_columns - 1}."
            )
    return [int(feature) for feature in found]


def _check_statistics(statistics: Any) -> None:
    if not isinstance(statistics, Mapping):
        raise SettingsError(
            f"training_data_stats is {cut(repr(statistics), 60)}; give a dict with "
            f"{', '.join(_STATISTICS)}."
        )
    lacking = [name for name in _STATISTICS if name not in statistics]
    if lacking:
        raise SettingsError(
            f"training_data_stats lacks {', '.join(lacking)}. Give all of {', '.join(_STATISTICS)}."
        )


def _by_column(statistics: Mapping[str, Any], name: str) -> dict[int, list[float]]:
    """How often values are, of each column; a list has them in the order of the columns."""
    given = statistics[name]
    by_number = dict(enumerate(given)) if isinstance(given, list | tuple) else given
    return numbers_by_column({name: by_number}, name)


def _discretized(discretizer: Any, rows: FloatArray) -> FloatArray:
    return np.asarray(discretizer.discretize(rows), dtype=float)


def _scales(train: Any) -> tuple[FloatArray, FloatArray]:
    """Mean and standard deviation of each column, 1 where it has none."""
    if isinstance(train, np.ndarray) and np.isfinite(train).all():
        means, variances = train.mean(axis=0), train.var(axis=0)
        rounding = len(train) * np.finfo(float).eps
        constant = variances <= rounding * variances + (rounding * means) ** 2
        return means, np.sqrt(np.where(constant, 1.0, variances))
    from sklearn.preprocessing import StandardScaler  # takes a second to load

    scaler = StandardScaler(with_mean=False).fit(train)
    return np.asarray(scaler.mean_, dtype=float), np.asarray(scaler.scale_, dtype=float)
