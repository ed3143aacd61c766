"""Two models trained here on labelled data that somebody brought: all of scikit-learn, seeded.

Kept is only how they are made, a `Recipe`; from that and the data they are made anew.
"""

from model_adapters.trained.away import files_of
from model_adapters.trained.cautions import Caution, warnings_of
from model_adapters.trained.fitting import Features, SeenModel, fit, learned_from, parts
from model_adapters.trained.recipe import ALGORITHMS, Recipe, recipes_for
from model_adapters.trained.splitting import baseline, split
from model_adapters.trained.words import WordsModel

__all__ = [
    "ALGORITHMS",
    "Caution",
    "Features",
    "Recipe",
    "SeenModel",
    "WordsModel",
    "baseline",
    "files_of",
    "fit",
    "learned_from",
    "parts",
    "recipes_for",
    "split",
    "warnings_of",
]
