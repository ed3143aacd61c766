"""What `from lime_engine import ...` offers: a promise, so every name is written down here."""

import types

import lime_engine

PROMISED = """
AtLeast Cancelled Comparison ComponentWeight Corrected Design Explanation ExplanationMatrix
Fidelity ImagePerturber ImageSubject InputError LimeError LimeImageExplainer LimeSettings
LimeTabularExplainer LimeTextExplainer LinearSurrogate Neighbourhood Outcome Overlap PairedWeight
Pick PredictFn PredictorError Responses SettingsError ShapleyWeights SparsePerturber Stability
Subject SubmodularPick TabularPerturber TabularSubject TargetError TextPerturber TextSubject
TreeSurrogate ask ask_about ask_each_about ask_more compare compare_fits compare_many evaluate
explain explain_many explain_shapley fit ignores_case looks overlap random_coverage submodular_pick
visual_words
""".split()


def test_all_lists_what_is_promised() -> None:
    assert sorted(lime_engine.__all__) == sorted(PROMISED)
    assert lime_engine.__all__ == sorted(lime_engine.__all__)


def test_nothing_else_is_public_by_accident() -> None:
    there = {
        name
        for name, value in vars(lime_engine).items()
        if not name.startswith("_") and not isinstance(value, types.ModuleType)
    }
    assert there == set(PROMISED)


def test_every_public_name_says_what_it_is() -> None:
    for name in PROMISED:
        value = getattr(lime_engine, name)
        if isinstance(value, type) or callable(value):
            assert (value.__doc__ or "").strip(), name
            assert not (value.__doc__ or "").startswith(f"{name}("), name  # a dataclass's own


def test_functions_hide_no_folder_of_the_same_name() -> None:
    # `fit`, `compare` and `overlap` are functions and rooms: the function is what one gets.
    assert callable(lime_engine.fit)
    assert callable(lime_engine.compare)
    assert callable(lime_engine.overlap)
