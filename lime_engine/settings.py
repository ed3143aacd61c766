"""How an explanation is made, and the check that it can be."""

from copy import deepcopy
from dataclasses import dataclass, fields
from typing import Any, Literal

import numpy as np

from lime_engine.errors import SettingsError, is_whole

Mode = Literal["classification", "multilabel", "regression"]
Sampler = Literal["projected", "lime"]
SELECTIONS = ("auto", "none", "forward_selection", "highest_weights", "lasso_path")
SURROGATES = ("ridge", "tree")
SAMPLERS = ("projected", "lime")
MODES = ("classification", "multilabel", "regression")
_SEEDS_BELOW = 2**31 - 1  # of those that a generator gives


@dataclass(frozen=True, slots=True)
class LimeSettings:
    """How an explanation is made.

    Parameters
    ----------
    n_samples : int, at least 2, or "auto"
        Size of the neighbourhood, the instance itself included. If all 2^d masks fit into it,
        they are enumerated instead of sampled. "auto" asks until it is settled which components
        are shown; it needs the sampler "projected". Times the number of components it can be
        `samplers.MAX_CELLS`.
    max_samples : int, at least 2
        Where "auto" gives up, or before, where it can have no more.
    n_features : int, at least 1
        K, the number of components shown. Ignored by ``selection="none"``.
    kernel_width : float or None
        In the units of the perturber's distance (text: cosine distance x 100, default 25).
    selection : {"auto", "none", "forward_selection", "highest_weights", "lasso_path"}
        How the K components are chosen. "auto" with the sampler "projected" is the highest
        weights; with "lime" it is forward selection for K <= 6, else the highest weights.
    surrogate : {"ridge", "tree"}
        What imitates the model: a weighted sum of components, or a small tree on the masks.
    sampler : {"projected", "lime"}
        "lime" does what the package of that name does, and says nothing about how sure the weights
        are. "projected" estimates the weights that it would find with infinitely many samples,
        from fewer, with intervals; for `surrogate="ridge"`.
    mode : {"classification", "multilabel", "regression"}
        "classification": one class of several, so the probabilities of a row sum to 1.
        "multilabel": each class is a yes or no on its own, each column a probability of yes.
    held_out : float in [0, 1]
        Size of the held-out design for fidelity, as a share of `n_samples`; 0 turns it off.
    seed : int, at least 0
        The same seed gives the same explanation.
    batch_size : int, at least 1, or None
        At most so many instances are handed to the model at once. None: as many as it answers in a
        moment. Either way, half as many after it has run out of memory.

    Raises
    ------
    SettingsError
        If a value is outside its range.
    """

    n_samples: int | Literal["auto"] = 2000
    n_features: int = 6
    kernel_width: float | None = None
    selection: str = "auto"
    surrogate: str = "ridge"
    sampler: Sampler = "projected"
    mode: Mode = "classification"
    held_out: float = 0.1
    seed: int = 0
    max_samples: int = 5000
    batch_size: int | None = None

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, np.generic):  # plain numbers survive JSON
                object.__setattr__(self, field.name, value.item())
            elif not isinstance(value, str | int | float | None):
                raise SettingsError(
                    f"{field.name} is {value!r} ({type(value).__name__}); give a single number or "
                    "a name."
                )
        if self.n_samples == "auto" and (self.sampler, self.surrogate) != ("projected", "ridge"):
            raise SettingsError(
                'n_samples="auto" needs sampler="projected" and surrogate="ridge": only they know '
                "when it is enough. Give a number of samples."
            )
        leasts = {"n_samples": 2, "max_samples": 2, "n_features": 1, "seed": 0, "batch_size": 1}
        for name, least in leasts.items():
            value = getattr(self, name)
            if (name, value) in (("n_samples", "auto"), ("batch_size", None)):
                continue
            if isinstance(value, bool) or not isinstance(value, int) or value < least:
                raise SettingsError(
                    f"{name} is {value!r}; it must be a whole number, at least {least}."
                )
        numbers = {"kernel_width": self.kernel_width or 1.0, "held_out": self.held_out}
        for name, number in numbers.items():
            if isinstance(number, str | None):
                raise SettingsError(f"{name} is {number!r}; it must be a number.")
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


def given_or_default(settings: LimeSettings | None) -> LimeSettings:
    """The settings, or the defaults without any.

    Raises
    ------
    SettingsError
        If they are something else.
    """
    if settings is None:
        return LimeSettings()
    if not isinstance(settings, LimeSettings):
        raise SettingsError(
            f"settings is of type {type(settings).__name__}. Pass a LimeSettings, such as "
            "LimeSettings(n_samples=500), or leave it out."
        )
    return settings


def seed_of(random_state: Any) -> int:
    """The seed that a `random_state` stands for: the same one each time it is asked.

    Parameters
    ----------
    random_state : int, numpy RandomState or Generator, or None
        A generator is read, never advanced: the seed hangs on the state in which it is. None is
        fresh entropy, another seed each time.

    Raises
    ------
    SettingsError
        If it is anything else, or a number below 0.
    """
    if random_state is None:
        return int(np.random.SeedSequence().generate_state(1)[0])
    if isinstance(random_state, np.random.RandomState):
        return int(deepcopy(random_state).randint(_SEEDS_BELOW))
    if isinstance(random_state, np.random.Generator):
        return int(deepcopy(random_state).integers(_SEEDS_BELOW))
    if not is_whole(random_state) or random_state < 0:
        raise SettingsError(
            f"random_state is {random_state!r}. Give a whole number from 0 on, a numpy RandomState "
            "or Generator, or None for another explanation each time."
        )
    return int(random_state)
