"""A random forest that answers about few rows without the costs of sharing out its trees."""

from typing import Any

import numpy as np
from sklearn.ensemble import RandomForestClassifier

from lime_engine.types import FloatArray


class PlainForest(RandomForestClassifier):  # type: ignore[misc]
    """scikit-learn's forest, which asks its trees one after the other.

    The answers are the same. For a few hundred rows scikit-learn's way of handing each tree to a
    thread takes more time than the trees.
    """

    def predict_proba(self, X: Any) -> FloatArray:
        """Sparse rows (n, n_features) -> (n, n_classes): the mean of the trees' answers."""
        rows = X.astype(np.float32)  # what the trees compare
        total = np.zeros((rows.shape[0], self.n_classes_))
        for tree in self.estimators_:
            total += tree.predict_proba(rows, check_input=False)
        return np.asarray(total / len(self.estimators_))
