"""How many read what they were asked."""

import pandas as pd

from trust_study.frozen import Study
from trust_study.stage import read_settings
from trust_study.stages.attention.define import Settings


def passed(study: Study, long: pd.DataFrame) -> tuple[int, int]:
    """How many passed the check, and how many were asked."""
    asked = long[long["stage"] == "attention"]
    if asked.empty:
        return 0, 0
    right = read_settings(Settings, study.settings("attention")).right
    return int((asked["value"].astype(float) == right).sum()), len(asked)
