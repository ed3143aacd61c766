"""What the suite shares between its processes is what each would have made itself."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier

from tests.fitted_once import sitecustomize

X = np.random.default_rng(0).random((40, 3))
Y = (X[:, 0] > 0.5).astype(int)
ANOTHER_PROCESS = """
import numpy as np
from sklearn.ensemble import RandomForestClassifier
X = np.random.default_rng(0).random((40, 3))
forest = RandomForestClassifier(5, random_state=0).fit(X, (X[:, 0] > 0.5).astype(int))
print(forest.predict_proba(X).tobytes().hex())
"""


def fitted(seed: int | None, y: object = Y, n: int = 5) -> RandomForestClassifier:
    return RandomForestClassifier(n, random_state=seed).fit(X, y)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(sitecustomize.FOLDER, str(tmp_path))
    return tmp_path


def kept(folder: Path) -> int:
    return len([path for path in folder.iterdir() if not path.suffix])


def test_the_same_forest_in_another_process(folder: Path) -> None:
    run = [sys.executable, "-W", "error", "-c", ANOTHER_PROCESS]
    alone = {name: value for name, value in os.environ.items() if name != sitecustomize.FOLDER}
    itself = subprocess.run(run, env=alone, capture_output=True, text=True, check=True).stdout
    assert kept(folder) == 0
    shared = subprocess.run(run, capture_output=True, text=True, check=True).stdout
    assert kept(folder) == 1
    mine = fitted(0)
    assert kept(folder) == 1  # it was not fitted here
    assert itself == shared == mine.predict_proba(X).tobytes().hex() + "\n"


def test_what_differs_is_fitted(folder: Path) -> None:
    first = fitted(0).predict_proba(X)
    for n, other in enumerate([(1, Y, 5), (0, 1 - Y, 5), (0, Y, 6)], 2):
        assert not np.array_equal(fitted(*other).predict_proba(X), first)
        assert kept(folder) == n
    fitted(None)  # without a seed it is another one each time
    assert kept(folder) == 4
