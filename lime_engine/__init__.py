"""LIME: which parts of an instance a classifier's answer leans on, and how well that is known.

Ribeiro, Singh, Guestrin: "Why Should I Trust You?", KDD 2016 (arXiv 1602.04938).
"""

from lime_engine.compare import Comparison, PairedWeight, compare, compare_fits, compare_many
from lime_engine.compat.image import LimeImageExplainer
from lime_engine.compat.pick import SubmodularPick
from lime_engine.compat.tabular import LimeTabularExplainer
from lime_engine.compat.text import LimeTextExplainer
from lime_engine.engine import ask, ask_about, ask_each_about, ask_more, explain
from lime_engine.errors import (
    Cancelled,
    InputError,
    LimeError,
    PredictorError,
    SettingsError,
    TargetError,
)
from lime_engine.evaluation import evaluate
from lime_engine.fit.explanation import fit
from lime_engine.image.perturber import ImagePerturber
from lime_engine.image.visual_words import looks, visual_words
from lime_engine.many.explaining import explain_many
from lime_engine.many.workers import Outcome
from lime_engine.overlap import Corrected, Overlap, overlap
from lime_engine.pick import (
    AtLeast,
    ExplanationMatrix,
    Pick,
    random_coverage,
    submodular_pick,
)
from lime_engine.settings import LimeSettings
from lime_engine.shapley import ShapleyWeights, explain_shapley
from lime_engine.subjects import ImageSubject, Subject, TabularSubject, TextSubject
from lime_engine.table.perturber import TabularPerturber
from lime_engine.table.sparse import SparsePerturber
from lime_engine.text import TextPerturber, ignores_case
from lime_engine.types import (
    ComponentWeight,
    Design,
    Explanation,
    Fidelity,
    LinearSurrogate,
    Neighbourhood,
    PredictFn,
    Responses,
    Stability,
    TreeSurrogate,
)

__all__ = [
    "AtLeast",
    "Cancelled",
    "Comparison",
    "ComponentWeight",
    "Corrected",
    "Design",
    "Explanation",
    "ExplanationMatrix",
    "Fidelity",
    "ImagePerturber",
    "ImageSubject",
    "InputError",
    "LimeError",
    "LimeImageExplainer",
    "LimeSettings",
    "LimeTabularExplainer",
    "LimeTextExplainer",
    "LinearSurrogate",
    "Neighbourhood",
    "Outcome",
    "Overlap",
    "PairedWeight",
    "Pick",
    "PredictFn",
    "PredictorError",
    "Responses",
    "SettingsError",
    "ShapleyWeights",
    "SparsePerturber",
    "Stability",
    "Subject",
    "SubmodularPick",
    "TabularPerturber",
    "TabularSubject",
    "TargetError",
    "TextPerturber",
    "TextSubject",
    "TreeSurrogate",
    "ask",
    "ask_about",
    "ask_each_about",
    "ask_more",
    "compare",
    "compare_fits",
    "compare_many",
    "evaluate",
    "explain",
    "explain_many",
    "explain_shapley",
    "fit",
    "ignores_case",
    "looks",
    "overlap",
    "random_coverage",
    "submodular_pick",
    "visual_words",
]
