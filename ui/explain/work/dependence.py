"""How the answer moves with one number of a table, everything else as it is: for the workers.

The mean line is the partial dependence (Friedman, 2001), the single lines are ICE (Goldstein et
al., 2015), as scikit-learn computes them.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from lime_engine import evaluate
from lime_engine.errors import Cancelled, InputError
from lime_engine.subjects import TabularSubject
from lime_engine.table.numeric_column import NumericColumn
from lime_engine.types import FloatArray, PredictFn
from ui.workshop.case import Case
from ui.workshop.instances import learned
from ui.workshop.jobs import Report
from ui.workshop.request import Request

N_ROWS = 200
N_GRID = 30
_ENDS = (0.05, 0.95)  # of the training rows: there are too few beyond
_SEED = 0


def dependence(request: Request, target: int, column: int, *, report: Report) -> dict[str, Any]:
    """P(target) of training rows when one column has each of a few values, all else unchanged.

    Returns
    -------
    dict
        `grid` (n_grid,): values of the column, rising. `mean` (n_grid,): the mean answer of the
        training rows with that value. `lines` (n_rows, n_grid): each row's own. `here` and
        `answer_here`: the item's value, None where it is missing, and the answer for it.

    Raises
    ------
    InputError
        If the column is none of numbers, or the item is not there.
    Cancelled
    """
    case = Case(request)
    _check(case, column)
    subject, perturber = case.subject, case.perturber
    assert isinstance(subject, TabularSubject)  # as the column has been found in it
    design = perturber.law(subject, None).instance()
    answer = evaluate(case.predict, perturber, subject, design, mode=case.task.mode)
    from sklearn.inspection import partial_dependence

    train = case.data.train.instances
    grid = _grid(train.iloc[:, column].dropna().to_numpy(dtype=float))
    n_rows = min(N_ROWS, len(train))
    rows = np.random.default_rng(_SEED).choice(len(train), n_rows, replace=False)
    name, dtype = train.columns[column], train.dtypes.iloc[column]
    found = partial_dependence(
        _Asked(case.predict, target, {name: dtype}, len(grid), report),
        train.iloc[rows].astype({name: float}),  # it does not take columns of whole numbers
        [column],
        custom_values={column: grid},
        method="brute",
        kind="both",
    )
    return {
        "grid": grid.tolist(),
        "mean": found["average"][0].tolist(),
        "lines": found["individual"][0].tolist(),
        "here": subject.values[column],
        "answer_here": float(answer.values[0, target]),
    }


def _check(case: Case, column: int) -> None:
    title = case.task.title
    if case.task.kind != "table":
        raise InputError(f"“{title}” has no columns of numbers. Choose a task with a table.")
    columns = learned(case.data, "quartile").columns
    if not 0 <= column < len(columns):
        raise InputError(
            f"There is no column number {column + 1} in “{title}”; there are {len(columns)}. "
            "Choose another."
        )
    if isinstance(columns[column], NumericColumn):
        return
    numbers = [each.name for each in columns if isinstance(each, NumericColumn)]
    raise InputError(
        f"The column “{columns[column].name}” holds categories, which have no order to draw a line "
        f"along. Choose a column of numbers, such as {', '.join(numbers[:5])}."
    )


def _grid(values: FloatArray) -> FloatArray:
    """Up to N_GRID rising values: all there are if they are few, whole where all are."""
    distinct = np.unique(values)
    if len(distinct) <= N_GRID:
        return distinct
    low, high = np.quantile(values, _ENDS)
    if low == high:  # nearly all rows have the same value
        low, high = distinct[[0, -1]]
    grid = np.linspace(low, high, N_GRID)
    return np.unique(np.rint(grid)) if (distinct % 1 == 0).all() else grid


@dataclass
class _Asked:
    """The model as `sklearn.inspection` asks it: a regressor of P(target) that is fitted already.

    `dtypes` are those of the columns that were turned into floats; `n_calls` is how often it will
    be asked.
    """

    model: PredictFn[Any]
    target: int
    dtypes: dict[Any, Any]
    n_calls: int
    report: Report
    done: int = 0

    def fit(self) -> None:
        """Nothing: scikit-learn only wants to see the name."""

    def predict(self, rows: Any) -> FloatArray:
        if self.report.should_stop():
            raise Cancelled(f"Stopped after {self.done} of {self.n_calls} values of the column.")
        answers = self.model(rows.astype(self.dtypes))[:, self.target]
        self.done += 1
        self.report(self.done / self.n_calls)
        return answers

    def __sklearn_tags__(self) -> Any:
        from sklearn.utils import RegressorTags, Tags, TargetTags

        return Tags(
            estimator_type="regressor",
            target_tags=TargetTags(required=False),
            regressor_tags=RegressorTags(),
            requires_fit=False,
        )
