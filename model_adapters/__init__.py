"""People's own models as functions items -> probabilities; what makes an upload safe.

Uploaded bytes are never opened in this process: see `isolation` and `onnx.process`.
"""

from model_adapters.errors import NetworkError
from model_adapters.installed import Installed, installed
from model_adapters.names import listed_names, told_apart
from model_adapters.network import Network, inspect_network, load_network
from model_adapters.own.asked import OwnModel
from model_adapters.own.model import inspect_model, load_model
from model_adapters.own.settings import ModelFacts, ModelSettings
from model_adapters.settings import (
    Dtype,
    Fit,
    Layout,
    Limits,
    NetworkFacts,
    NetworkSettings,
    Order,
    Outlet,
    Output,
    Scaling,
)
from model_adapters.strings import clean
from model_adapters.told import SCALINGS, asked_in_words

__all__ = [
    "SCALINGS",
    "Dtype",
    "Fit",
    "Installed",
    "Layout",
    "Limits",
    "ModelFacts",
    "ModelSettings",
    "Network",
    "NetworkError",
    "NetworkFacts",
    "NetworkSettings",
    "Order",
    "Outlet",
    "Output",
    "OwnModel",
    "Scaling",
    "asked_in_words",
    "clean",
    "inspect_model",
    "inspect_network",
    "installed",
    "listed_names",
    "load_model",
    "load_network",
    "told_apart",
]
