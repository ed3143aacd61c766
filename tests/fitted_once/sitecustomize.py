"""A forest that one process of the suite has fitted need not be fitted by the others.

Python imports a module of this name when it starts: `tests/conftest.py` puts this folder on the
path of the processes that the tests start, of servers and their workers above all, and names a
folder of the suite's own in FITTED_ONCE. There, each forest is kept under its settings and what it
learned from, so that another forest or other data is fitted as ever.
"""

import functools
import importlib.abc
import importlib.machinery
import os
import pickle
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

FOLDER = "FITTED_ONCE"
_FORESTS = "sklearn.ensemble._forest"


def install() -> None:
    """Share forests from now on, whether or not scikit-learn's are imported already."""
    if os.name == "nt":
        return  # it has no such lock
    if _FORESTS in sys.modules:
        _share(sys.modules[_FORESTS])
    else:
        sys.meta_path.insert(0, _Finder())


class _Finder(importlib.abc.MetaPathFinder):
    """Waits for scikit-learn's forests, because most processes never import them."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name != _FORESTS:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        assert spec is not None
        assert spec.loader is not None
        execute = spec.loader.exec_module

        def exec_module(module: ModuleType) -> None:
            execute(module)
            _share(module)

        spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec


def _share(forests: Any) -> None:
    forests.BaseForest.fit = _once(forests.BaseForest.fit)


def _once(fit: Callable[..., Any]) -> Callable[..., Any]:
    import fcntl

    import joblib

    @functools.wraps(fit)
    def fit_once(self: Any, X: Any, y: Any, sample_weight: Any = None) -> Any:
        if not isinstance(self.random_state, int):  # another forest each time
            return fit(self, X, y, sample_weight)
        what = (type(self).__qualname__, self.get_params(), X, y, sample_weight)
        place = Path(os.environ[FOLDER], joblib.hash(what))
        with place.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # let go of when its process ends, however it ends
            if place.exists():
                vars(self).update(pickle.loads(place.read_bytes()))
            else:
                fit(self, X, y, sample_weight)
                half = place.with_suffix(".half")
                half.write_bytes(pickle.dumps(vars(self)))
                half.replace(place)
        return self

    return fit_once


if FOLDER in os.environ:
    install()
