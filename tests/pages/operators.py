"""What an operator names for the pages of these tests: a server of models, and models in Python."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.model_adapters.endpoints.servers import Reply, serving

PATHS: dict[
    str, Callable[[str, str, Any], Reply]
] = {}  # of the server: a test puts its models here
CODE = """
import numpy as np


def broken():
    import a_package_that_is_not_here


def long_texts():
    return lambda texts: np.array([[0.1, 0.9] if len(t) > 30 else [0.8, 0.2] for t in texts])


class Rows:
    def predict_proba(self, frame):
        yes = 1 / (1 + np.exp(-(frame["years"].to_numpy() - 45) / 10))
        return np.column_stack([1 - yes, yes])


def rows():
    return Rows()


def pictures():
    def predict(stack):
        assert stack.dtype == np.uint8 and stack.shape[3] == 3
        red = stack[..., 0].mean(axis=(1, 2)) / 255
        return np.column_stack([1 - red, red])

    return predict
"""
TOML = """
[[model]]
name = "Length"
kind = "text"
classes = ["short", "long"]
load = "operators_models:long_texts"

[[model]]
name = "Broken"
kind = "text"
classes = ["a", "b"]
load = "operators_models:broken"

[[model]]
name = "Years"
kind = "table"
classes = ["no", "yes"]
load = "operators_models:rows"
columns = ["years"]

[[model]]
name = "Red"
kind = "image"
classes = ["other", "red"]
load = "operators_models:pictures"
"""


@contextmanager
def served() -> Iterator[int]:
    """A server on loopback with what is in `PATHS` by the first part of the path; its port."""

    def answers(method: str, path: str, sent: Any) -> Reply:
        first, _, rest = path.strip("/").partition("/")
        return PATHS[first](method, f"/{rest}", sent) if first in PATHS else (404, {})

    with serving(answers) as server:
        yield server.port


def written(folder: Path) -> Path:
    """A models.toml with a module beside it."""
    (folder / "operators_models.py").write_text(CODE, encoding="utf-8")
    (folder / "models.toml").write_text(TOML, encoding="utf-8")
    return folder / "models.toml"
