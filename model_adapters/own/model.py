"""A model in a file that somebody brought, as a function items -> probabilities."""

from typing import Any, Final

from lime_engine.types import FloatArray
from model_adapters.errors import NetworkError
from model_adapters.file_kinds import refuse_other_models
from model_adapters.installed import Installed, InstalledModel, still_installed
from model_adapters.isolation import Child
from model_adapters.own.asked import OwnModel
from model_adapters.own.packing import packed_rows, packed_texts
from model_adapters.own.settings import ModelFacts, ModelSettings
from model_adapters.running import Running, described
from model_adapters.settings import Limits

DEFAULT: Final = Limits()


def inspect_model(data: bytes, *, limits: Limits = DEFAULT) -> ModelFacts:
    """Find out how to use the model in a file.

    Parameters
    ----------
    data : bytes
        The file as uploaded; not trusted.
    limits : Limits

    Raises
    ------
    NetworkError
        If it is neither an ONNX nor a skops file of a classifier of texts or rows, needs something
        that is not allowed here, or exceeds a limit.
    """
    kind = refuse_other_models(data, limits)

    def read(told: Any) -> ModelFacts:
        facts = ModelFacts.from_dict(told)
        if facts.proposed.format != kind:  # of a file, whatever the process says that has read it
            raise ValueError(facts.proposed.format)
        return facts

    return described(data, limits, kind, read)


def load_model(data: bytes, settings: ModelSettings, *, limits: Limits = DEFAULT) -> OwnModel:
    """Make ready what answers for a model: for a file a process of its own that runs it.

    Parameters
    ----------
    data : bytes
        The file as uploaded; not trusted. Kept, to start again after a failure. Of a model behind
        an address its `Place`, of an installed one the `Installed`.
    settings : ModelSettings
        `ModelFacts.proposed`, or what a person made of it.
    limits : Limits

    Raises
    ------
    NetworkError
        As `inspect_model`, and if the settings do not fit the file.
    """
    if settings.format == "address":
        from model_adapters.endpoints.model import AddressModel  # not before somebody has one
        from model_adapters.endpoints.place import Place

        return AddressModel(Place.from_bytes(data), settings)
    if settings.format == "installed":
        return InstalledModel(still_installed(Installed.from_bytes(data)), settings)
    if refuse_other_models(data, limits) != settings.format:
        raise NetworkError(f"This is no {settings.format} file any more. Bring the model again.")
    return FileModel(data, settings, limits)


class FileModel(Running, OwnModel):
    """A model running in a process of its own; made by `load_model`."""

    def __init__(self, data: bytes, settings: ModelSettings, limits: Limits) -> None:
        OwnModel.__init__(self, settings)
        Running.__init__(self, data, limits, settings.format)  # type: ignore[arg-type]

    def _raw(self, items: Any) -> FloatArray:
        settings = self.settings
        if settings.takes == "texts":
            header, body = packed_texts(items)
        else:
            header, body = packed_rows(items, settings.columns)
        n, k = header["n"], len(settings.class_names)
        most = n * k * 8
        with self._asked_alone():
            said, values = self._child.ask(
                {"do": "run", **header}, body, self._limits.call_seconds, most
            )
            columns = said.get("columns")
            return self._numbers(values, n, columns if isinstance(columns, int) else -1)

    def _started(self) -> Child:
        return self._loaded({"do": "load"})[0]
