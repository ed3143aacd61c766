"""The discretizers of `lime`: columns of numbers in bins, the bins' names, values drawn from them.

Edges, names and statistics are those of `lime`; drawing reads the random state and leaves it as it
is, and the objects pickle.
"""

from lime_engine.discretize.columns import (
    BaseDiscretizer,
    DecileDiscretizer,
    EntropyDiscretizer,
    QuartileDiscretizer,
    StatsDiscretizer,
)

__all__ = [
    "BaseDiscretizer",
    "DecileDiscretizer",
    "EntropyDiscretizer",
    "QuartileDiscretizer",
    "StatsDiscretizer",
]
