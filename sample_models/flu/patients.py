"""Patients who come to a clinic in the flu season: a seeded writer of their records.

Everybody has one complaint, the flu or one of six others, and the complaint brings its signs. A
sign is never certain: colds sneeze, tonsils burn and fevers break, so that nobody, knowing all
columns but the patient id, could tell everyone with the flu from everyone without.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

FLU_DESK = 50_000
"""The flu desk gives out the patient ids from here up, the front desk those below."""

LEVELS = {
    "headache": ("none", "mild", "severe"),
    "fatigue": ("none", "mild", "severe"),
    "sneeze": ("no", "yes"),
    "cough": ("none", "dry", "with phlegm"),
    "sore throat": ("no", "yes"),
    "muscle aches": ("no", "yes"),
    "vaccinated": ("no", "not known", "yes"),
    "fever medicine": ("no", "yes"),
    "arrival": ("on foot", "by car", "by ambulance"),
}
"""The columns that hold words, and which words."""

_LOWEST_ID = 10_000

Column = NDArray[Any]


@dataclass(frozen=True, slots=True)
class _Complaint:
    """How often it is met among those without the flu, and how it shows.

    `temperature` (mean, standard deviation) on the first days, in °C, of an adult without
    medicine; `days` (median, spread of its logarithm) since it began; chances of each of `LEVELS`.
    """

    share: float
    temperature: tuple[float, float]
    days: tuple[float, float]
    headache: tuple[float, float, float]
    fatigue: tuple[float, float, float]
    cough: tuple[float, float, float]
    sneeze: float
    sore_throat: float
    aches: float


# The first is the flu.
_COMPLAINTS = (
    _Complaint(  # flu
        0.0, (38.7, 0.75), (2.4, 0.5),
        (0.10, 0.34, 0.56), (0.05, 0.29, 0.66), (0.16, 0.68, 0.16), 0.24, 0.45, 0.68,
    ),
    _Complaint(  # cold
        0.33, (37.2, 0.45), (4.0, 0.6),
        (0.52, 0.40, 0.08), (0.40, 0.50, 0.10), (0.30, 0.38, 0.32), 0.86, 0.60, 0.22,
    ),
    _Complaint(  # chest infection
        0.18, (38.2, 0.6), (6.0, 0.5),
        (0.50, 0.40, 0.10), (0.20, 0.54, 0.26), (0.02, 0.38, 0.60), 0.15, 0.28, 0.40,
    ),
    _Complaint(  # tonsillitis
        0.13, (38.4, 0.6), (3.0, 0.5),
        (0.42, 0.46, 0.12), (0.28, 0.54, 0.18), (0.82, 0.14, 0.04), 0.12, 0.97, 0.30,
    ),
    _Complaint(  # stomach bug
        0.14, (37.7, 0.6), (2.2, 0.5),
        (0.52, 0.40, 0.08), (0.24, 0.50, 0.26), (0.92, 0.06, 0.02), 0.06, 0.06, 0.28,
    ),
    _Complaint(  # migraine
        0.10, (36.7, 0.25), (1.6, 0.5),
        (0.00, 0.18, 0.82), (0.36, 0.44, 0.20), (0.94, 0.04, 0.02), 0.06, 0.03, 0.12,
    ),
    _Complaint(  # a sprain, a rash, a bad back
        0.12, (36.7, 0.25), (6.0, 0.9),
        (0.76, 0.20, 0.04), (0.62, 0.28, 0.10), (0.90, 0.06, 0.04), 0.08, 0.05, 0.32,
    ),
)  # fmt: skip
_FLU = 0


def write_patients(
    rng: np.random.Generator, follows_label: NDArray[np.float64]
) -> tuple[dict[str, Column], NDArray[np.int64]]:
    """The columns of n patients in the order of the table, and who has the flu (0 or 1).

    `follows_label` (n,) is the chance that the desk which gave out the patient id is the flu desk
    if this patient has the flu and the front desk if not; 1/2 makes the id say nothing. No two ids
    are the same.
    """
    count = len(follows_label)
    age = _ages(rng, count)
    vaccinated = _vaccinated(rng, age)
    ill = _complaints(rng, age, vaccinated)
    flu = ill == _FLU

    days = np.clip(np.rint(_lognormal(rng, _each(ill, "days"))), 1, 30).astype(np.int64)
    fever = _fever(rng, ill, age, days, vaccinated)
    medicine = rng.random(count) < np.clip(0.2 + 0.16 * (fever - 37.2), 0.12, 0.5)
    temperature = np.clip(fever - medicine * rng.normal(0.8, 0.25, count).clip(0.1), 35.6, 41.0)
    # The vaccine does not always keep the flu away, but it makes it milder.
    mild = flu & (rng.random(count) < np.where(vaccinated == 2, 0.4, 0.15))

    columns: dict[str, Column] = {
        "patient id": _ids(rng, flu, follows_label),
        "age": age,
        "weight": _gaps(rng, _weights(rng, age).round(1), 0.07),
        "temperature": _gaps(rng, temperature.round(1), 0.03),
        "headache": _level(rng, _each(ill, "headache"), mild),
        "fatigue": _level(rng, _each(ill, "fatigue"), mild),
        "sneeze": _yes(rng, _each(ill, "sneeze")),
        "cough": _level(rng, _each(ill, "cough")),
        "sore throat": _yes(rng, _each(ill, "sore_throat")),
        "muscle aches": _yes(rng, _each(ill, "aches")),
        "days ill": days,
        "vaccinated": vaccinated,
        "fever medicine": medicine.astype(int),
        "heart rate": _heart_rates(rng, age, temperature),
        "blood pressure": _gaps(rng, _blood_pressures(rng, age), np.where(age < 16, 0.3, 0.04)),
        "arrival": _arrival(rng, age),
    }
    for name, words in LEVELS.items():
        columns[name] = np.array(words, dtype=object)[columns[name]]
    return columns, flu.astype(np.int64)


def _each(ill: Column, sign: str) -> Column:
    """What the complaint of each patient says about `sign`."""
    return np.asarray(np.array([getattr(complaint, sign) for complaint in _COMPLAINTS])[ill])


def _level(rng: np.random.Generator, chances: Column, milder: Column | None = None) -> Column:
    """0, 1 or 2 for each row of `chances` (n, 3); one less where `milder`."""
    level = (rng.random((len(chances), 1)) > chances.cumsum(axis=1)[:, :2]).sum(axis=1)
    return np.asarray(level if milder is None else np.maximum(level - milder, 0))


def _yes(rng: np.random.Generator, chance: Column) -> Column:
    return (rng.random(len(chance)) < chance).astype(int)


def _lognormal(rng: np.random.Generator, median_and_spread: Column) -> Column:
    median, spread = median_and_spread.T
    return np.asarray(median * np.exp(spread * rng.normal(size=len(median))))


def _gaps(rng: np.random.Generator, values: Column, chance: float | Column) -> Column:
    """`values` as floats, some of them not taken."""
    return np.where(rng.random(len(values)) < chance, np.nan, values)


def _ages(rng: np.random.Generator, count: int) -> Column:
    """Years: a fifth children, a quarter over 65."""
    group = rng.choice(3, size=count, p=[0.2, 0.55, 0.25])
    low, high = np.array([1, 16, 65]), np.array([16, 65, 93])
    return rng.integers(low[group], high[group])


def _vaccinated(rng: np.random.Generator, age: Column) -> Column:
    """0, 1 or 2, as in `LEVELS`: most of the old, few of the others."""
    yes = np.where(age >= 65, 0.62, np.where(age < 16, 0.2, 0.26))
    return _level(rng, np.stack([0.92 - yes, np.full(len(age), 0.08), yes], axis=1))


def _complaints(rng: np.random.Generator, age: Column, vaccinated: Column) -> Column:
    """Which of `_COMPLAINTS` each patient has: the vaccinated less often the flu."""
    odds = np.exp(0.25 + 0.35 * (age < 16) - 0.95 * (vaccinated == 2) - 0.45 * (vaccinated == 1))
    flu = rng.random(len(age)) < odds / (1 + odds)
    shares = np.array([complaint.share for complaint in _COMPLAINTS])
    return np.where(flu, _FLU, rng.choice(len(shares), size=len(age), p=shares))


def _fever(
    rng: np.random.Generator, ill: Column, age: Column, days: Column, vaccinated: Column
) -> Column:
    """°C without medicine: children run hotter, the old less so, and a flu's fever breaks."""
    mean, spread = _each(ill, "temperature").T
    fever = rng.normal(mean, spread)
    hot = mean > 37.5
    fever += hot * np.where(age < 16, 0.3, np.where(age >= 65, -0.4, 0.0))
    flu = ill == _FLU
    return np.asarray(
        fever - 0.3 * flu * np.maximum(days - 3, 0) - 0.35 * (flu & (vaccinated == 2))
    )


def _weights(rng: np.random.Generator, age: Column) -> Column:
    """Kilograms, by age."""
    median = np.interp(age, [1, 5, 10, 15, 20, 50, 92], [10, 19, 33, 56, 69, 77, 69])
    return np.asarray(median * np.exp(np.where(age < 18, 0.12, 0.18) * rng.normal(size=len(age))))


def _heart_rates(rng: np.random.Generator, age: Column, temperature: Column) -> Column:
    """Beats a minute: about eight more for each degree of fever."""
    rest = np.interp(age, [1, 5, 10, 20, 92], [118, 100, 88, 75, 73])
    beats = rest + 8 * (temperature - 36.8) + rng.normal(0, 8, len(age))
    return np.rint(beats).astype(np.int64)


def _blood_pressures(rng: np.random.Generator, age: Column) -> Column:
    """The upper value, in mmHg: it rises with age."""
    usual = np.interp(age, [1, 10, 20, 50, 92], [92, 103, 116, 126, 140])
    return np.rint(rng.normal(usual, 0.08 * usual))


def _arrival(rng: np.random.Generator, age: Column) -> Column:
    """0, 1 or 2, as in `LEVELS`; the old come less often on foot."""
    ambulance = np.where(age >= 65, 0.1, 0.02)
    foot = np.where(age >= 65, 0.2, 0.4)
    return _level(rng, np.stack([foot, 1 - foot - ambulance, ambulance], axis=1))


def _ids(rng: np.random.Generator, flu: Column, follows_label: Column) -> Column:
    at_flu_desk = np.where(rng.random(len(flu)) < follows_label, flu, ~flu)
    front_desk = rng.choice(np.arange(_LOWEST_ID, FLU_DESK), size=len(flu), replace=False)
    return np.where(at_flu_desk, front_desk + FLU_DESK - _LOWEST_ID, front_desk)
