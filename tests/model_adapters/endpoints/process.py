"""A server that speaks v2, in a process of its own: prints its port, ends with its input.

python -m tests.model_adapters.endpoints.process
"""

import sys
from typing import Any

import numpy as np

from tests.model_adapters.endpoints.servers import Served, serving, v2

WEIGHTS = np.array([[1.0, -2.0, 0.5], [0.3, 0.9, -1.0]])  # (columns, classes)


def probabilities(x: Any) -> Any:
    """What the model says of rows of two numbers."""
    powers = np.exp(np.asarray(x, dtype=float) @ WEIGHTS)
    return powers / powers.sum(axis=1, keepdims=True)


def main() -> None:
    """Serve until nobody holds the other end of the input."""
    linear = Served(
        [("x", "FP64", [-1, 2])],
        [("p", "FP64", [-1, 3])],
        lambda values: {"p": probabilities(values[0])},
    )
    with serving(v2({"linear": linear})) as server:
        print(server.port, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
