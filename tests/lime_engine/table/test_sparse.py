"""Sparse rows: the same as dense ones on the columns that are not zero, and zero elsewhere."""

import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp

from lime_engine import InputError, LimeSettings, SettingsError, explain
from lime_engine.table.perturber import TabularPerturber
from lime_engine.table.sparse import SparsePerturber
from lime_engine.types import FloatArray

WORDS = [f"word {j}" for j in range(60)]


def counts(dtype: str = "float64", kind: Callable[[Any], Any] = sp.csr_matrix) -> Any:
    rng = np.random.default_rng(0)
    dense = rng.poisson(0.4, (300, 60)) * rng.gamma(2.0, size=(300, 60))
    return kind((np.ceil(dense) if dtype.startswith("int") else dense).astype(dtype))


def test_sparse_equals_dense_on_the_same_columns() -> None:
    train = counts()
    row = train[4]
    perturber = SparsePerturber.learn(train, names=WORDS, bins="decile")
    subject = perturber.components(row)
    assert subject.columns == tuple(WORDS[j] for j in row.indices)
    assert subject.values == tuple(row.data)

    dense = TabularPerturber.learn(
        train[:, row.indices].toarray(), names=subject.columns, bins="decile"
    )
    assert dense.components(row.data) == subject
    assert perturber.default_kernel_width(subject) == dense.default_kernel_width(subject)
    designs = [p.law(subject, None).draw(800, np.random.default_rng(1)) for p in (perturber, dense)]
    np.testing.assert_array_equal(designs[0].masks, designs[1].masks)
    np.testing.assert_array_equal(designs[0].weights, designs[1].weights)
    rows = perturber.realiser(subject)(designs[0])
    assert isinstance(rows, sp.csr_matrix)
    assert rows.shape == (800, 60)
    np.testing.assert_array_equal(
        rows[:, row.indices].toarray(), dense.realiser(subject)(designs[1])
    )
    others = np.setdiff1d(np.arange(60), row.indices)
    assert rows[:, others].nnz == 0
    assert (rows.data != 0).all()


def test_a_linear_box_over_bins_gives_its_own_weights() -> None:
    train = counts()
    perturber = SparsePerturber.learn(train)
    row = train[7]
    weights = dict(zip(row.indices.tolist(), np.linspace(-0.05, 0.05, row.nnz), strict=True))
    home = {j: perturber.bin_of(j, [row[0, j]])[0] for j in weights}

    def predict(rows: Any) -> FloatArray:
        p = np.full(rows.shape[0], 0.5)
        for j, weight in weights.items():
            p += weight * (perturber.bin_of(j, rows[:, [j]].toarray()[:, 0]) == home[j])
        return np.column_stack([1 - p, p])

    settings = LimeSettings(n_samples=3000, selection="none")
    found = {
        weight.index: weight.weight
        for weight in explain(row, predict, perturber, settings, target=1).weights
    }
    np.testing.assert_allclose([found[i] for i in range(row.nnz)], [*weights.values()], atol=0.005)


@pytest.mark.parametrize("dtype", ["int64", "float32", "float64"])
@pytest.mark.parametrize("kind", [sp.csr_matrix, sp.csr_array, sp.csc_array, sp.coo_matrix])
def test_rows_come_in_the_kind_and_type_of_the_table(kind: Any, dtype: str) -> None:
    train = counts(dtype, kind)
    perturber = SparsePerturber.learn(train)
    row = sp.csr_array(train)[[2]]
    for same in (row, sp.coo_array(row), sp.csc_matrix(row), row[0]):  # row[0] has one dimension
        subject = perturber.components(same)
        law = perturber.law(subject, None)
        design = law.instance() + law.draw(40, np.random.default_rng(0))
        rows = perturber.realiser(subject)(design)
        assert sp.isspmatrix(rows) == sp.isspmatrix(train)
        assert rows.format == "csr"
        assert rows.dtype == dtype
        np.testing.assert_array_equal(rows.toarray()[0], row.toarray()[0])
    halves = perturber.components(row * 0.5)
    assert perturber.realiser(halves)(law.instance()).dtype == (
        "float64" if dtype == "int64" else dtype
    )


def test_a_word_that_no_training_row_has_is_a_component_without_weight() -> None:
    train = sp.csr_array(np.diag([1.0, 2.0, 0.0]))
    perturber = SparsePerturber.learn(train, names=["a", "b", "new"])
    row = sp.csr_array([[1.0, 0.0, 3.0]])

    def predict(rows: Any) -> FloatArray:
        p = 0.2 + 0.5 * (rows[:, [0]].toarray()[:, 0] > 0)
        return np.column_stack([1 - p, p])

    explanation = explain(row, predict, perturber, LimeSettings(n_samples=500), target=1)
    found = {weight.label: weight.weight for weight in explanation.weights}
    assert found["a > 0.5"] == pytest.approx(0.5, abs=0.02)
    assert found["new > 0"] == pytest.approx(0, abs=0.02)


def test_twenty_thousand_columns_are_never_written_out() -> None:
    train = sp.csr_array(sp.random_array((2000, 20_000), density=0.002, rng=0))
    perturber = SparsePerturber.learn(train)
    subject = perturber.components(train[[0]])
    assert subject.n_components == train[[0]].nnz < 100
    design = perturber.law(subject, None).draw(2000, np.random.default_rng(0))
    assert perturber.realiser(subject)(design).nnz <= 2000 * subject.n_components
    assert perturber.max_batch(subject) > 10_000


def test_a_perturber_pickles() -> None:
    train = counts()
    perturber = SparsePerturber.learn(train, names=WORDS)
    again = pickle.loads(pickle.dumps(perturber))
    assert again.components(train[3]) == perturber.components(train[3])
    assert again.bin_label(0, 1) == perturber.bin_label(0, 1)


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (sp.csr_array((1, 60)), "no values but zeros"),
        (sp.csr_array((2, 60)), r"has shape \(2, 60\); expected \(1, 60\)"),
        (sp.csr_array((1, 59)), r"has shape \(1, 59\)"),
        (np.ones(60), "of type ndarray. Pass one row of a SciPy"),
        (sp.csr_array(np.full((1, 60), np.inf)), "'column 0' is inf"),
        (sp.csr_array(np.full((1, 60), np.nan)), "'column 0' is missing in this row"),
    ],
)
def test_a_bad_row(row: Any, says: str) -> None:
    with pytest.raises(InputError, match=says):
        SparsePerturber.learn(counts()).components(row)


@pytest.mark.parametrize(
    ("train", "options", "error", "says"),
    [
        (np.ones((2, 2)), {}, InputError, "of type ndarray. Pass a SciPy sparse"),
        (sp.csr_array((0, 3)), {}, InputError, "0 rows and 3 columns"),
        (sp.csr_array([[np.inf]]), {}, InputError, "infinite"),
        (sp.csr_array([[1.0]]), {"names": ["a", "b"]}, InputError, "2 names for 1 columns"),
        (sp.csr_array([[1.0, 2]]), {"names": ["a", "a"]}, InputError, "2 columns are called 'a'"),
        (sp.csr_array([[1.0]]), {"bins": "entropy"}, SettingsError, "needs the label"),
    ],
)
def test_bad_training_data(
    train: Any, options: dict[str, Any], error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        SparsePerturber.learn(train, **options)
    with pytest.raises(InputError, match=r"sparse. Use SparsePerturber.learn"):
        TabularPerturber.learn(sp.csr_array([[1.0]]))  # type: ignore[arg-type,unused-ignore]
