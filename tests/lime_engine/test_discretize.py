"""The discretizers of `lime`: the same edges, names and statistics; and drawing that repeats."""

import pickle

import lime.discretize as theirs
import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_iris

from lime_engine import InputError, SettingsError, discretize

KINDS = ("QuartileDiscretizer", "DecileDiscretizer", "EntropyDiscretizer")
TABLES = {"iris": load_iris(), "cancer": load_breast_cancer()}


def made(module, kind, table, **more):
    return getattr(module, kind)(table.data, [], table.feature_names, table.target, **more)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", TABLES)
def test_edges_names_and_statistics_are_those_of_lime(kind, name):
    table = TABLES[name]
    ours, peer = made(discretize, kind, table), made(theirs, kind, table, random_state=0)

    assert ours.names == peer.names
    for statistic in ("means", "stds", "mins", "maxs"):
        found, known = getattr(ours, statistic), getattr(peer, statistic)
        assert found.keys() == known.keys()
        for feature in known:
            np.testing.assert_allclose(found[feature], known[feature], rtol=1e-12)
    np.testing.assert_array_equal(ours.discretize(table.data), peer.discretize(table.data))
    np.testing.assert_array_equal(ours.discretize(table.data[7]), peer.discretize(table.data[7]))
    for found, known in zip(
        ours.bins(table.data, table.target), peer.bins(table.data, table.target), strict=True
    ):
        np.testing.assert_allclose(np.unique(found), np.unique(known), rtol=1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_values_are_drawn_within_their_bins_with_the_moments_of_lime(kind):
    table = TABLES["iris"]
    ours, peer = made(discretize, kind, table, random_state=1), made(theirs, kind, table)
    bins = np.tile(ours.discretize(table.data), (40, 1))

    drawn, known = ours.undiscretize(bins), peer.undiscretize(bins)

    np.testing.assert_array_equal(ours.discretize(drawn), bins)
    for column in range(4):
        spread = np.std(known[:, column])
        assert abs(drawn[:, column].mean() - known[:, column].mean()) < 0.05 * spread
        assert np.std(drawn[:, column]) == pytest.approx(spread, rel=0.03)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("make", [int, np.random.RandomState, np.random.default_rng])
def test_drawing_hangs_on_the_random_state_which_stays_as_it_is(kind, make):
    table = TABLES["iris"]
    bins = made(discretize, kind, table).discretize(table.data)
    first = made(discretize, kind, table, random_state=make(10))
    same = made(discretize, kind, table, random_state=make(10))
    other = made(discretize, kind, table, random_state=make(20))

    drawn = first.undiscretize(bins)

    np.testing.assert_array_equal(first.undiscretize(bins), drawn)
    np.testing.assert_array_equal(same.undiscretize(bins), drawn)
    assert (other.undiscretize(bins) != drawn).any()


def test_without_a_random_state_each_drawing_is_another():
    table = TABLES["iris"]
    cut = made(discretize, "QuartileDiscretizer", table)
    bins = cut.discretize(table.data)

    assert (cut.undiscretize(bins) != cut.undiscretize(bins)).any()


def test_a_bin_of_one_value_gives_that_value():
    """Where `lime` gives its distance to the mean, which is 0."""
    data = np.column_stack([np.full(20, 5.0), np.arange(20.0)])
    cut = discretize.QuartileDiscretizer(data, [], ["same", "counts"])

    np.testing.assert_allclose(cut.undiscretize(cut.discretize(data))[:, 0], 5.0)


def test_statistics_with_a_bin_of_one_value_give_that_value():
    stats = {"means": {0: [1.0, 5.0]}, "stds": {0: [0.5, 0.0]}}
    stats |= {"mins": {0: [0.0, 5.0]}, "maxs": {0: [5.0, 5.0]}}
    cut = discretize.StatsDiscretizer(np.zeros((1, 1)), [], ["same"], data_stats=stats)

    np.testing.assert_allclose(cut.undiscretize(np.array([[1.0]])), 5.0)


def test_categorical_columns_stay_as_they_are():
    table = TABLES["iris"]
    cut = discretize.DecileDiscretizer(table.data, [0, 2], table.feature_names)

    assert cut.to_discretize == [1, 3]
    assert sorted(cut.names) == [1, 3]
    np.testing.assert_array_equal(cut.discretize(table.data)[:, [0, 2]], table.data[:, [0, 2]])


class Halves(discretize.BaseDiscretizer):
    """One's own: each column cut in the middle of its range."""

    def bins(self, data, labels):
        return [
            (data[:, [j]].min(axis=0) + data[:, [j]].max(axis=0)) / 2 for j in self.to_discretize
        ]


def test_one_s_own_bins_and_all_of_them_pickle():
    table = TABLES["iris"]
    halves = Halves(table.data, [], table.feature_names, random_state=4)
    assert halves.names[2] == ["petal length (cm) <= 3.95", "petal length (cm) > 3.95"]

    for cut in (halves, made(discretize, "EntropyDiscretizer", table, random_state=4)):
        again = pickle.loads(pickle.dumps(cut))
        bins = again.discretize(table.data)
        np.testing.assert_array_equal(again.undiscretize(bins), cut.undiscretize(bins))


class NoEdges(discretize.BaseDiscretizer):
    def bins(self, data, labels):
        return [[] for _ in self.to_discretize]


def test_errors_name_what_is_wrong():
    table = TABLES["iris"]
    with pytest.raises(SettingsError, match="needs the label of each training row"):
        discretize.EntropyDiscretizer(table.data, [], table.feature_names)
    holes = table.data.copy()
    holes[3, 1] = np.nan
    with pytest.raises(InputError, match=r"'sepal width \(cm\)' is nan in row 3"):
        discretize.QuartileDiscretizer(holes, [], table.feature_names)
    with pytest.raises(SettingsError, match="0 of 4 columns"):
        NoEdges(table.data, [], table.feature_names)
    with pytest.raises(SettingsError, match="random_state is 'ten'"):
        discretize.QuartileDiscretizer(table.data, [], table.feature_names, random_state="ten")
