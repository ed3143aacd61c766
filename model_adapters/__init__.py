"""People's own models as functions images -> probabilities; what makes an upload safe.

Uploaded bytes are never read in this process: see `isolation` and `onnx_process`.
"""

from model_adapters.errors import NetworkError
from model_adapters.network import Network, inspect_network, load_network
from model_adapters.settings import (
    Dtype,
    Layout,
    Limits,
    NetworkFacts,
    NetworkSettings,
    Output,
    Scaling,
)
from model_adapters.strings import clean

__all__ = [
    "Dtype",
    "Layout",
    "Limits",
    "Network",
    "NetworkError",
    "NetworkFacts",
    "NetworkSettings",
    "Output",
    "Scaling",
    "clean",
    "inspect_network",
    "load_network",
]
