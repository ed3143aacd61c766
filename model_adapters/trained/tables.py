"""Models of the rows of a table, whose columns are numbers or categories, with missing values."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from lime_engine.errors import InputError
from model_adapters.trained.recipe import Recipe
from model_adapters.trained.words import NOTHING_LEFT

MOST_CATEGORIES = 100  # that a model tells apart in a column: the rarer ones count as one
_FEW_ROWS = 1000


def is_number(column: Any) -> bool:
    """Whether a column of a frame holds numbers; what is true or false is a category."""
    from pandas.api import types

    return bool(types.is_numeric_dtype(column) and not types.is_bool_dtype(column))


def cells(frame: Any, numbers: Sequence[str], words: Sequence[str]) -> Any:
    """These columns as scikit-learn takes them: floats and strings, and nan where one is missing.

    What is not a number goes by how it is written.
    """
    import pandas as pd

    floats = frame[[*numbers]].to_numpy(dtype=float, na_value=np.nan)
    missing = frame[[*words]].isna().to_numpy(dtype=bool)
    written = np.vectorize(str, otypes=[object])(frame[[*words]].astype(object).to_numpy())
    written[missing] = np.nan
    found = pd.DataFrame(floats, columns=[*numbers])
    return found.join(pd.DataFrame(written, columns=[*words], dtype=object))


def pipeline_for(recipe: Recipe, frame: Any) -> tuple[list[str], list[str], Any]:
    """The columns of numbers and of words that the model sees, and the model, not fitted yet."""
    from sklearn.compose import ColumnTransformer
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

    seen = [c for c in frame.columns if c not in recipe.without and frame[c].notna().any()]
    if not seen:
        raise InputError(NOTHING_LEFT)
    numbers = [name for name in seen if is_number(frame[name])]
    words = [name for name in seen if name not in numbers]
    if recipe.algorithm == "logistic":
        one_hot = OneHotEncoder(
            handle_unknown="infrequent_if_exist", max_categories=MOST_CATEGORIES
        )
        filled = SimpleImputer(strategy="median", add_indicator=True)
        columns = ColumnTransformer(
            [
                ("words", one_hot, words),
                ("numbers", make_pipeline(filled, StandardScaler()), numbers),
            ]
        )
        return numbers, words, make_pipeline(columns, LogisticRegression(max_iter=2000))
    in_order = OrdinalEncoder(
        handle_unknown="use_encoded_value",
        unknown_value=np.nan,  # a word it never met is as good as none
        max_categories=MOST_CATEGORIES,
    )
    columns = ColumnTransformer([("words", in_order, words), ("numbers", "passthrough", numbers)])
    # Of few rows, leaves of the usual twenty would leave nothing to tell apart.
    least = max(2, 20 * min(len(frame), _FEW_ROWS) // _FEW_ROWS)
    trees = HistGradientBoostingClassifier(
        min_samples_leaf=least,
        categorical_features=list(range(len(words))),
        random_state=recipe.seed,
    )
    return numbers, words, make_pipeline(columns, trees)
