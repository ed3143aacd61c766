"""`LimeTabularExplainer` beside the one of `lime`, and where it is better on purpose."""

import pickle
from collections import Counter

import numpy as np
import pandas as pd
import pytest
from lime.lime_tabular import LimeTabularExplainer as Theirs
from scipy.sparse import csr_array, csr_matrix
from sklearn.datasets import load_iris, make_classification, make_multilabel_classification
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression

from lime_engine import (
    InputError,
    LimeTabularExplainer,
    PredictorError,
    SettingsError,
    TargetError,
)
from lime_engine.discretize import (
    DecileDiscretizer,
    EntropyDiscretizer,
    QuartileDiscretizer,
)

IRIS = load_iris()
MODEL = LogisticRegression(max_iter=1000).fit(IRIS.data, IRIS.target)
ROW = IRIS.data[77]
NAMES = {"feature_names": IRIS.feature_names, "class_names": list(IRIS.target_names)}


def both(many=40_000, train=IRIS.data, row=ROW, predict=MODEL.predict_proba, ask=None, **made):
    made = (NAMES if train is IRIS.data else {}) | made
    ask = {"num_samples": many} | (ask or {})
    return [
        kind(train, random_state=0, **made).explain_instance(row, predict, **ask)
        for kind in (LimeTabularExplainer, Theirs)
    ]


def assert_same(ours, theirs, label=1, within=0.03):
    found, known = dict(ours.as_list(label)), dict(theirs.as_list(label))
    assert max(map(abs, known.values())) > 2 * within
    assert found.keys() == known.keys()
    for name, weight in known.items():
        assert found[name] == pytest.approx(weight, abs=within), name


@pytest.fixture(scope="module")
def forest():
    return RandomForestClassifier(n_estimators=60, random_state=1).fit(IRIS.data, IRIS.target)


@pytest.mark.parametrize(
    "made",
    [
        {},
        {"discretizer": "decile"},
        {"discretizer": "entropy", "training_labels": IRIS.target},
        {"discretize_continuous": False},
        {"discretize_continuous": False, "sample_around_instance": True},
        {"discretize_continuous": False, "feature_selection": "forward_selection"},
        {"kernel_width": 1.0},
        {"kernel": lambda d, kernel_width: 1 / (1 + d / kernel_width)},
    ],
)
def test_names_weights_and_fit_are_those_of_lime(made):
    ours, theirs = both(ask={"top_labels": 2}, **made)

    assert ours.top_labels == [int(label) for label in theirs.top_labels]
    for label in ours.top_labels:
        assert_same(ours, theirs, label)
    last = ours.top_labels[0]  # that `lime` has fitted last
    assert ours.score[last] == pytest.approx(theirs.score, abs=0.03)
    np.testing.assert_allclose(ours.local_pred[last], theirs.local_pred, atol=0.03)
    np.testing.assert_array_equal(ours.predict_proba, theirs.predict_proba)
    assert ours.class_names == theirs.class_names


def test_few_features_and_another_regressor_find_the_petals(forest):
    for regressor in (None, LinearRegression()):
        ours, theirs = both(
            predict=forest.predict_proba,
            ask={"num_features": 2, "model_regressor": regressor},
        )
        assert_same(ours, theirs)
        assert all("petal" in name for name, _ in ours.as_list())


def test_as_many_features_as_asked_for_of_twenty():
    X, y = make_classification(1000, 20, n_informative=2, n_redundant=2, random_state=10)
    model = LogisticRegression().fit(X, y)
    ours, theirs = both(train=X, row=X[3], predict=model.predict_proba)

    assert len(ours.as_list()) == len(theirs.as_list()) == 10
    strong = [name for name, weight in theirs.as_list() if abs(weight) > 0.05]
    for name in strong:
        assert dict(ours.as_list())[name] == pytest.approx(dict(theirs.as_list())[name], abs=0.03)


def coded():
    """Two columns of categories, numbers 0 to 3 and 5 to 6, and one of numbers."""
    rng = np.random.default_rng(0)
    kinds = np.column_stack([rng.integers(0, 4, 400), 5 + rng.integers(0, 2, 400)])
    return np.column_stack([kinds, rng.normal(3, 2, 400)]).astype(float)


def by_category(rows):
    p = 0.1 + 0.4 * (rows[:, 0] == 2) + 0.2 * (rows[:, 1] == 6) + 0.1 * (rows[:, 2] > 3)
    return np.column_stack([1 - p, p])


@pytest.mark.parametrize("discretize", [True, False])
def test_categories_by_name(discretize):
    train = coded()
    ours, theirs = both(
        train=train,
        row=np.array([2.0, 6.0, 1.5]),
        predict=by_category,
        feature_names=["colour", "size", "weight"],
        categorical_features=[0, 1],
        categorical_names={0: ["red", "blue", "green", "grey"]},
        discretize_continuous=discretize,
    )
    assert_same(ours, theirs)
    assert {"colour=green", "size=6"} < set(dict(ours.as_list()))
    assert dict(ours.as_list())["colour=green"] == pytest.approx(0.4, abs=0.02)


@pytest.mark.parametrize("code", [-1, 0.5, 4])
def test_a_code_without_a_name_has_not_that_of_another(code):
    train = np.vstack([coded(), [code, 5, 3]])

    def named(names):
        explainer = LimeTabularExplainer(
            train,
            feature_names=["colour", "size", "weight"],
            categorical_features=[0, 1],
            categorical_names=names,
        )
        return explainer.explain_instance([code, 6.0, 1.5], by_category, num_samples=50).subject

    with pytest.raises(InputError, match=f"'colour' is {code}, for which categorical_names has no"):
        named({0: ["red", "blue", "green", "grey"]})
    assert named({0: {code: "missing", 0: "red"}}).labels[0] == "colour=missing"
    assert named(None).labels[:2] == (f"colour={code}", "size=6")


def test_a_category_that_no_training_row_has():
    ours, theirs = both(
        train=coded(),
        row=np.array([9.0, 6.0, 1.5]),
        predict=by_category,
        categorical_features=[0, 1],
    )
    assert_same(ours, theirs)


def test_regression_has_weights_and_their_negation():
    targets = IRIS.data @ [1.0, -2.0, 3.0, 0.5]
    model = LinearRegression().fit(IRIS.data, targets)
    ours, theirs = both(predict=model.predict, mode="regression", class_names=None)

    assert_same(ours, theirs, within=0.2)
    assert ours.local_exp[0] == [(i, -weight) for i, weight in ours.local_exp[1]]
    assert ours.as_list() == ours.as_list(label=0)  # labels are nothing to a regression
    assert ours.predicted_value == pytest.approx(theirs.predicted_value)
    assert ours.min_value == pytest.approx(theirs.min_value, abs=2)
    assert ours.intercept[0] == ours.intercept[1] == pytest.approx(theirs.intercept[1], abs=0.3)
    assert ours.score[1] == pytest.approx(theirs.score, abs=0.03)
    assert ours.mode == theirs.mode == "regression"
    assert ours.class_names == theirs.class_names
    assert ours.predict_proba is None
    with pytest.raises(TargetError, match="no labels"):
        ours.available_labels()
    column = LimeTabularExplainer(IRIS.data, mode="regression", random_state=0).explain_instance(
        ROW, lambda rows: model.predict(rows)[:, None], num_samples=40_000
    )
    assert [weight for _, weight in column.as_list()] == [weight for _, weight in ours.as_list()]


@pytest.mark.parametrize("kind", [csr_matrix, csr_array])
def test_sparse_rows(kind):
    """Of a linear model the weights are known: coefficients, in standard deviations."""
    rng = np.random.default_rng(0)
    counts = kind(rng.poisson(0.8, (300, 12)).astype(float))
    slopes = np.linspace(-0.01, 0.012, 12)
    row = counts[[4]]

    def linear(rows):
        p = np.asarray(0.5 + rows @ slopes).ravel()
        assert type(rows) is kind
        return np.column_stack([1 - p, p])

    found = LimeTabularExplainer(counts, random_state=0).explain_instance(row, linear)

    here = set(row.tocoo().col.tolist()) if kind is csr_matrix else set(row.indices.tolist())
    assert set(dict(found.as_map()[1])) <= here
    scale = counts.toarray().std(axis=0)
    for column, weight in found.as_map()[1]:
        assert weight == pytest.approx(slopes[column] * scale[column], abs=1e-4)
        assert found.as_list()[0][0] == str(found.as_map()[1][0][0])


def test_sparse_rows_have_as_many_features_as_asked_for():
    X, y = make_multilabel_classification(
        100, sparse=True, n_features=20, n_classes=1, random_state=3
    )
    model = RandomForestClassifier(20, random_state=0).fit(X, y.ravel())
    row = X[np.argmax((X.toarray() != 0).sum(axis=1))]
    names = [f"feature{j}" for j in range(20)]

    found = LimeTabularExplainer(X, feature_names=names).explain_instance(row, model.predict_proba)
    assert len(found.as_list()) == 10
    assert {name for name, _ in found.as_list()} < set(names)


SEEDS = [(10, 10, True), (10, 20, False)]


@pytest.mark.parametrize(("first", "second", "same"), SEEDS)
def test_the_random_state_says_which_explanation_it_is(first, second, same):
    one, other = (
        LimeTabularExplainer(IRIS.data, random_state=seed).explain_instance(
            ROW, MODEL.predict_proba, num_samples=500
        )
        for seed in (first, second)
    )
    assert (one.as_map() == other.as_map()) == same


@pytest.mark.parametrize("kind", [QuartileDiscretizer, DecileDiscretizer, EntropyDiscretizer])
@pytest.mark.parametrize("seeds", [(20, 10), (20, 20), (10, 10), (10, 20)])
def test_an_object_that_cuts_uses_its_own_random_state(kind, seeds):
    def of(cuts, explains):
        cut = kind(IRIS.data, [], IRIS.feature_names, IRIS.target, random_state=cuts)
        explainer = LimeTabularExplainer(
            IRIS.data, feature_names=IRIS.feature_names, discretizer=cut, random_state=explains
        )
        return explainer.explain_instance(ROW, MODEL.predict_proba, num_samples=500)

    found, again = of(*seeds), of(20, 20)
    assert (found.as_map() == again.as_map()) == (seeds == (20, 20))
    assert {name for name, _ in found.as_list()} == {name for name, _ in again.as_list()}


def test_the_table_is_known_by_its_names_and_categories():
    train = np.array([[0.0, 1.0], [1.0, 0.0]])
    plain = LimeTabularExplainer(train)
    assert plain.feature_names == ["0", "1"]
    assert plain.categorical_features == [0, 1]
    named = LimeTabularExplainer(train, feature_names=np.array(["one", "two"]))
    assert named.feature_names == ["one", "two"]
    some = LimeTabularExplainer(
        train, categorical_features=np.array([0]), discretize_continuous=False
    )
    assert some.categorical_features == [0]


def by_age(rows):
    p = 0.1 + 0.6 * (np.asarray(rows)[:, 0] > 0) + 0.2 * (np.asarray(rows)[:, 2] > 0)
    return np.column_stack([1 - p, p])


PATIENTS = pd.DataFrame(
    np.random.default_rng(0).normal(size=(300, 3)), columns=["age", "bmi", "bp"]
)


PATIENTS -= PATIENTS.median()
LONG = ["Age in years", "Body mass index", "Blood pressure"]
COUNTED = PATIENTS.set_axis([2, 0, 1], axis=1)  # names, though they are numbers


@pytest.mark.parametrize(
    ("train", "names", "called"),
    [
        (PATIENTS, None, ["age", "bmi", "bp"]),
        (PATIENTS, PATIENTS.columns, ["age", "bmi", "bp"]),
        (PATIENTS.to_numpy(), PATIENTS.columns, ["age", "bmi", "bp"]),
        (PATIENTS, LONG, ["age", "bmi", "bp"]),
        (PATIENTS, LONG, LONG),
        (COUNTED, LONG, [2, 0, 1]),
        (COUNTED, None, [2, 0, 1]),
        (PATIENTS, None, [0, 1, 2]),  # names that say nothing
        (PATIENTS.to_numpy(), None, [0, 1, 2]),
    ],
)
def test_a_row_with_labels_is_read_by_them(train, names, called):
    """Whoever is in the highest quarter of age has .6, of the others one in three."""
    explainer = LimeTabularExplainer(train, feature_names=names, random_state=0)
    row = pd.Series([2.0, 0.5, -1.0], index=called)

    for given in (row.to_numpy(), row, row.iloc[::-1], row.iloc[[1, 2, 0]].to_frame().T):
        found = explainer.explain_instance(given, by_age)
        assert found.subject.values == (2.0, 0.5, -1.0)
        assert found.predict_proba[1] == pytest.approx(0.7)
        assert dict(found.as_map()[1])[0] == pytest.approx(0.4, abs=0.02)
        assert found.as_list()[0][0].startswith(explainer.feature_names[0])


def test_labels_that_say_nothing_or_something_else():
    row = PATIENTS.iloc[7]
    plain = LimeTabularExplainer(PATIENTS.to_numpy())
    assert plain.explain_instance(row, by_age, num_samples=50).subject.values == tuple(row)
    explainer = LimeTabularExplainer(PATIENTS)
    for wrong in ({"bp": "pulse"}, {"bp": "age"}):
        name = wrong["bp"]
        with pytest.raises(InputError, match=f"The row has '{name}'.*columns are age, bmi, bp"):
            explainer.explain_instance(row.rename(wrong), by_age)
    with pytest.raises(InputError, match="has 'bp' where the column of training_data is 'age'"):
        LimeTabularExplainer(PATIENTS, feature_names=["bp", "bmi", "age"])
    twice = LimeTabularExplainer(PATIENTS.set_axis(["a", "a", "b"], axis=1))
    found = twice.explain_instance(row.set_axis(["a", "a", "b"]), by_age, num_samples=50)
    assert found.subject.values == tuple(row)


def test_categories_are_counted():
    train = np.array([[0, 0, 2], [1, 1, 0], [0, 2, 2], [1, 3, 0]])
    explainer = LimeTabularExplainer(train, categorical_features=[0, 1, 2])

    assert [set(explainer.feature_values[j]) for j in range(3)] == [{0, 1}, {0, 1, 2, 3}, {0, 2}]
    np.testing.assert_array_equal(explainer.feature_frequencies[1], np.full(4, 0.25))
    np.testing.assert_array_equal(explainer.feature_frequencies[2], np.full(2, 0.5))


def statistics():
    """Of the irises, and what has cut them."""
    cut = QuartileDiscretizer(IRIS.data, [], IRIS.feature_names, IRIS.target_names)
    counted = [Counter(column.tolist()) for column in cut.discretize(IRIS.data).T]
    stats = {
        "means": cut.means,
        "stds": cut.stds,
        "mins": cut.mins,
        "maxs": cut.maxs,
        "feature_values": {j: list(each) for j, each in enumerate(counted)},
        "feature_frequencies": {j: list(each.values()) for j, each in enumerate(counted)},
    }
    return stats, cut


@pytest.mark.parametrize("with_bins", [True, False])
def test_statistics_in_place_of_training_rows(with_bins):
    stats, cut = statistics()
    if with_bins:
        edges = cut.bins(IRIS.data, None)
        stats["bins"] = {j: each.tolist() for j, each in enumerate(edges)}
    explainer = LimeTabularExplainer(
        np.zeros((2, 4)), training_data_stats=stats, random_state=0, **NAMES
    )
    found = explainer.explain_instance(ROW, MODEL.predict_proba, num_samples=8000)
    _, theirs = both()

    assert_same(found, theirs)
    with pytest.raises(SettingsError, match="training_data_stats lacks maxs"):
        LimeTabularExplainer(
            np.zeros((2, 4)), training_data_stats={k: v for k, v in stats.items() if k != "maxs"}
        )


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"means": dict.fromkeys(range(4), 1.0)}, r"\[1.0\] as 'means' of column 0.*4 numbers"),
        ({"stds": [1.0]}, r"\[1.0\] as 'stds'. Give a dict"),
        ({"mins": 0.5}, "0.5 as 'mins'. Give a dict"),
        ({"maxs": {0: ["a"]}}, r"\['a'\]} as 'maxs'. Give a dict"),
        ({"maxs": {}}, r"\[\] as 'maxs' of column 0"),
        ({"feature_values": {0: 1}}, r"\[1.0\] as 'feature_values' of column 0, and"),
        ({"feature_values": {0: [0, 1, 2, 9]}}, "column 0, which is cut into 4 bins"),
        ({"feature_frequencies": {0: [1, 1, 1, -1]}}, "not negative"),
        ({"feature_frequencies": 7}, "7 as 'feature_frequencies'. Give a dict"),
    ],
)
def test_statistics_that_cannot_be(wrong, said):
    stats, _ = statistics()
    with pytest.raises(SettingsError, match=said):
        LimeTabularExplainer(np.zeros((2, 4)), training_data_stats=stats | wrong)
    with pytest.raises(SettingsError, match="training_data_stats is 5; give a dict"):
        LimeTabularExplainer(np.zeros((2, 4)), training_data_stats=5)


def test_asked_twice_it_says_the_same_and_pickles():
    for random_state in (np.random.RandomState(3), np.random.default_rng(3), 3):
        explainer = LimeTabularExplainer(IRIS.data, random_state=random_state, **NAMES)
        first, second = (
            explainer.explain_instance(ROW, MODEL.predict_proba, num_samples=300) for _ in range(2)
        )
        again = pickle.loads(pickle.dumps(explainer)).explain_instance(
            ROW, MODEL.predict_proba, num_samples=300
        )
        assert first.as_map() == second.as_map() == again.as_map()
        assert pickle.loads(pickle.dumps(first)).as_list() == first.as_list()


def test_errors_say_what_to_do():
    explainer = LimeTabularExplainer(IRIS.data)
    with pytest.raises(InputError, match=r"shape \(3,\), but the training table has 4"):
        explainer.explain_instance(ROW[:3], MODEL.predict_proba)
    with pytest.raises(InputError, match="'1' of the row is nan"):
        explainer.explain_instance([1, np.nan, 3, 4], MODEL.predict_proba)
    with pytest.raises(PredictorError, match="predict_proba instead of predict"):
        explainer.explain_instance(ROW, MODEL.predict)
    with pytest.raises(InputError, match="not an array of numbers"):
        LimeTabularExplainer(np.array([["a", "b"]]))
    with pytest.raises(SettingsError, match="mode is 'guess'"):
        LimeTabularExplainer(IRIS.data, mode="guess")
    with pytest.raises(SettingsError, match="kernel_width is 'wide'"):
        LimeTabularExplainer(IRIS.data, kernel_width="wide")
    with pytest.raises(SettingsError, match="discretizer is 'thirds'"):
        LimeTabularExplainer(IRIS.data, discretizer="thirds")
    with pytest.raises(SettingsError, match="categorical_features has 7"):
        LimeTabularExplainer(IRIS.data, categorical_features=[7])
    for names in (5, np.array(["red", "green"]), {0: 3}):
        with pytest.raises(SettingsError, match=r"categorical_names is .*give a dict"):
            LimeTabularExplainer(IRIS.data, categorical_names=names)
    for name in ("feature_names", "categorical_features"):
        with pytest.raises(SettingsError, match=f"{name} is 5; give a list"):
            LimeTabularExplainer(IRIS.data, **{name: 5})
    with pytest.raises(InputError, match="2 feature_names for 4 columns"):
        LimeTabularExplainer(IRIS.data, feature_names=["a", "b"])
    with pytest.raises(InputError, match="no values but zeros"):
        LimeTabularExplainer(csr_matrix(np.eye(4))).explain_instance(
            csr_matrix((1, 4)), MODEL.predict_proba
        )
