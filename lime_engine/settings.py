"""How an explanation is made, and the check that it can be."""

from dataclasses import dataclass
from typing import Literal

from lime_engine.errors import SettingsError

Mode = Literal["classification", "regression"]
SELECTIONS = ("auto", "none", "forward_selection", "highest_weights", "lasso_path")
SURROGATES = ("ridge", "tree")
SAMPLERS = ("lime",)
MODES = ("classification", "regression")


@dataclass(frozen=True, slots=True)
class LimeSettings:
    """How an explanation is made.

    Parameters
    ----------
    n_samples : int, at least 2
        Size of the neighbourhood, the instance itself included. If all 2^d masks fit into it,
        they are enumerated instead of sampled.
    n_features : int, at least 1
        K, the number of components shown. Ignored by ``selection="none"``.
    kernel_width : float or None
        In the units of the perturber's distance (text: cosine distance x 100, default 25).
    selection : {"auto", "none", "forward_selection", "highest_weights", "lasso_path"}
        How the K components are chosen; "auto" is forward selection for K <= 6, else the
        highest weights.
    surrogate : {"ridge", "tree"}
    sampler : {"lime"}
        "lime" draws masks by the law of the package of that name.
    mode : {"classification", "regression"}
    held_out : float in [0, 1]
        Size of the held-out design for fidelity, as a share of `n_samples`; 0 turns it off.
    seed : int, at least 0

    Raises
    ------
    SettingsError
        If a value is outside its range.
    """

    n_samples: int = 2000
    n_features: int = 6
    kernel_width: float | None = None
    selection: str = "auto"
    surrogate: str = "ridge"
    sampler: str = "lime"
    mode: Mode = "classification"
    held_out: float = 0.1
    seed: int = 0

    def __post_init__(self) -> None:
        for name, least in (("n_samples", 2), ("n_features", 1), ("seed", 0)):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or value < least:
                raise SettingsError(
                    f"{name} is {value!r}; it must be a whole number, at least {least}."
                )
        if self.kernel_width is not None and not 0 < self.kernel_width < float("inf"):
            raise SettingsError(
                f"kernel_width is {self.kernel_width!r}; it must be a finite number above 0, "
                "or None for the default."
            )
        if not 0 <= self.held_out <= 1:
            raise SettingsError(
                f"held_out is {self.held_out!r}; it is a share of n_samples, from 0 to 1."
            )
        for name, known in (
            ("selection", SELECTIONS),
            ("surrogate", SURROGATES),
            ("sampler", SAMPLERS),
            ("mode", MODES),
        ):
            if getattr(self, name) not in known:
                raise SettingsError(
                    f"{name} is {getattr(self, name)!r}; use one of {', '.join(known)}."
                )
