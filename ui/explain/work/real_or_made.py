"""Whether perturbed copies can be told from real instances: for the workers.

A model that can tell them apart could behave on copies only, and its explanations would look good
(Slack et al., "Fooling LIME and SHAP", AIES 2020). What is measured here is how well a small
detector does: what it finds can be found, and a better one may find more.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import Any, assert_never

import numpy as np
from numpy.typing import NDArray

from lime_engine.errors import Cancelled, InputError
from lime_engine.table.categorical_column import CategoricalColumn
from sample_models import Labelled, TaskData
from sample_models.types import Kind
from ui.workshop.case import Case
from ui.workshop.catalogue import find_task
from ui.workshop.instances import learned
from ui.workshop.jobs import Report
from ui.workshop.request import Request, store_id

COPIES_EACH = 3
N_REAL = 300
N_REAL_LARGE = 30  # pictures that take a while to draw and to take apart
N_FOLDS = 5
_LARGE = 64 * 64 * 3  # numbers in a picture
_POOL = 200  # copies drawn of each instance; the kernel says which of them count
_SEED = 0
_COPYING = 0.6  # share of the time

_READ = 3000  # characters of a text
_N_WORDS, _N_TRIGRAMS = 2**12, 2**14  # columns that they are hashed to
_COUNTED = (
    r"(?s).",
    r"\w+",
    r"\s",
    r"\s\s",
    r"\n",
    r"[^\w\s]",
    r"\s[,.;:!?)]",
    r"[^\w\s]\s+[^\w\s]",
)
_SHADES = 16
_N_TREES = 40
_STEPS = 18  # of slopes: 2 log2(1 + 361), the steepest there can be, is below 18


def separability_id(request: Request) -> str:
    """The store's id of the separability: neither item nor model nor settings change it."""
    view = json.dumps(asdict(request.view))
    return store_id("separability", request.task, view, str(request.width))


def separability(request: Request, *, report: Report) -> dict[str, Any]:
    """How well a small detector tells perturbed copies from the task's real instances.

    The copies are of many training instances, perturbed as the request perturbs its own and drawn
    as the kernel weighs them. So the answer is about perturbing: copies of one instance alone
    would be known by its words or its scene. An instance and its copies are judged by a detector
    that has seen none of them.

    Returns
    -------
    dict
        `share`: balanced accuracy in cross-validation, .5 where copies and real instances cannot
        be told apart, 1 where they always are. `auc`: how often, of a copy and a real instance,
        the copy is the more suspect one. `n_copies` and `n_real`: how many were judged. Without
        training data, as for a network that someone brought: None, None, 0, 0.

    Raises
    ------
    Cancelled
    """
    task = find_task(request.task)
    if task is None or not task.has_training_data:
        return {"share": None, "auc": None, "n_copies": 0, "n_real": 0}
    from sklearn.metrics import balanced_accuracy_score, roc_auc_score

    case = Case(request)
    real, copies, owners = _gathered(case, report)
    is_copy = np.repeat([0, 1], [len(real), len(owners)])
    # Not GroupKFold: this way every fold has as many copies, and as many real ones.
    folds = np.concatenate([np.arange(len(real)), owners]) % N_FOLDS
    features = _features(case, real, copies)
    shares, aucs = [], []
    for fold in range(N_FOLDS):
        _look_at(report)
        judged = folds == fold
        detector = _detector(case.task.kind).fit(features[~judged], is_copy[~judged])
        suspicion = detector.predict_proba(features[judged])[:, 1]
        shares.append(balanced_accuracy_score(is_copy[judged], suspicion > 0.5))
        aucs.append(roc_auc_score(is_copy[judged], suspicion))
        report(_COPYING + (1 - _COPYING) * (fold + 1) / N_FOLDS)
    return {
        "share": float(np.mean(shares)),
        "auc": float(np.mean(aucs)),
        "n_copies": len(owners),
        "n_real": len(real),
    }


def _gathered(case: Case, report: Report) -> tuple[list[Any], list[Any], list[int]]:
    """Real instances, batches of copies of the first third of them, and whose each copy is."""
    train, perturber = case.data.train, case.perturber
    rng = np.random.default_rng(_SEED)
    n_real = _n_real(case.task.kind, train)
    real: list[Any] = []
    copies: list[Any] = []
    owners: list[int] = []
    for number, row in enumerate(rng.permutation(len(train.labels))[:n_real].tolist()):
        _look_at(report)
        real.append(train.instance(row))
        if len(owners) < n_real:
            try:
                subject = perturber.components(real[-1])
            except InputError:  # a text without a word cannot be perturbed
                continue
            width = case.request.width * perturber.default_kernel_width(subject)
            drawn = perturber.law(subject, width).draw(_POOL, rng)
            likely = drawn.weights / drawn.weights.sum()
            chosen = rng.choice(len(drawn), COPIES_EACH, p=likely)
            copies.append(perturber.realiser(subject)(drawn[chosen]))
            owners += [number] * COPIES_EACH
        report(_COPYING * (number + 1) / n_real)
    return real, copies, owners


def _n_real(kind: Kind, train: Labelled) -> int:
    is_large = kind == "image" and train.instance(0).size > _LARGE
    n = min(N_REAL_LARGE if is_large else N_REAL, len(train.labels))
    return n // COPIES_EACH * COPIES_EACH


def _look_at(report: Report) -> None:
    if report.should_stop():
        raise Cancelled("Stopped before it was known how well copies can be told from real ones.")


def _features(case: Case, real: list[Any], copies: list[Any]) -> Any:
    """What the detector sees of the instances, then of the copies: (n, n_features)."""
    match case.task.kind:
        case "text":
            return _of_texts([*real, *(text for batch in copies for text in batch)])
        case "image":
            pictures = [*real, *(pixels for batch in copies for pixels in batch)]
            return np.array([_of_picture(pixels) for pixels in pictures])
        case "table":
            import pandas as pd

            return _of_rows(case.data, pd.concat([*real, *copies]))
        case unreachable:
            assert_never(unreachable)


def _detector(kind: Kind) -> Any:
    """An unfitted classifier that suits the features."""
    if kind == "text":
        return _text_detector()
    from sklearn.ensemble import RandomForestClassifier

    return RandomForestClassifier(n_estimators=_N_TREES, random_state=_SEED)


def _of_texts(texts: Sequence[str]) -> Any:
    """Words, character 3-grams, and how often there is what a deletion leaves behind; sparse."""
    from scipy.sparse import csr_matrix, hstack
    from sklearn.feature_extraction.text import HashingVectorizer

    read = [text[:_READ] for text in texts]
    # Hashed, because a vocabulary would be learned from the judged ones too.
    plain = {"alternate_sign": False, "norm": None}
    words = HashingVectorizer(n_features=_N_WORDS, **plain).transform(read)
    trigrams = HashingVectorizer(n_features=_N_TRIGRAMS, analyzer=_trigrams, **plain).transform(
        read
    )
    patterns = [re.compile(pattern) for pattern in _COUNTED]
    counts = [[len(pattern.findall(text)) for pattern in patterns] for text in read]
    return hstack([words, trigrams, csr_matrix(np.log1p(counts))]).tocsr()


def _trigrams(text: str) -> list[str]:
    # scikit-learn's own analyzer makes one space of several, which deleted words leave behind.
    return [text[i : i + 3] for i in range(len(text) - 2)]


def _text_detector() -> Any:
    from sklearn.compose import ColumnTransformer
    from sklearn.feature_extraction.text import TfidfTransformer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import FunctionTransformer, StandardScaler

    both = _N_WORDS + _N_TRIGRAMS
    dense = FunctionTransformer(lambda counts: counts.toarray(), accept_sparse=True)
    scaled = ColumnTransformer(
        [
            ("words", TfidfTransformer(sublinear_tf=True), slice(0, _N_WORDS)),
            ("trigrams", TfidfTransformer(sublinear_tf=True), slice(_N_WORDS, both)),
            ("counts", make_pipeline(dense, StandardScaler()), slice(both, both + len(_COUNTED))),
        ]
    )
    return make_pipeline(scaled, LogisticRegression(C=10, solver="liblinear"))


def _of_picture(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Shares of shades in each channel, of slopes, and of neighbours that are exactly equal."""
    planes = np.ascontiguousarray(np.moveaxis(np.atleast_3d(pixels), -1, 0))
    n_pixels = planes[0].size
    shades = [np.bincount(plane.ravel() // (256 // _SHADES), minlength=_SHADES) for plane in planes]
    slopes = np.hypot(*np.gradient(planes.mean(axis=0, dtype=np.float32)))
    steep = np.bincount((2 * np.log2(1 + slopes)).astype(int).ravel(), minlength=_STEPS)
    equal = [
        np.logical_and.reduce(planes[:, 1:] == planes[:, :-1]).mean(),
        np.logical_and.reduce(planes[:, :, 1:] == planes[:, :, :-1]).mean(),
    ]
    return np.concatenate([*(part / n_pixels for part in (*shades, steep)), equal])


def _of_rows(data: TaskData, rows: Any) -> NDArray[np.float64]:
    """Numbers as they are, categories as codes, and how many decimals the numbers have."""
    columns = learned(data, "quartile").columns
    coded = [
        column.bin_of(rows.iloc[:, j]).astype(float)
        if isinstance(column, CategoricalColumn)
        else rows.iloc[:, j].to_numpy(dtype=float, na_value=np.nan)
        for j, column in enumerate(columns)
    ]
    numbers = [
        values
        for values, column in zip(coded, columns, strict=True)
        if not isinstance(column, CategoricalColumn)
    ]
    return np.column_stack([*coded, _decimals(numbers, len(rows))])


def _decimals(numbers: list[NDArray[np.float64]], n_rows: int) -> NDArray[np.float64]:
    """How many decimals the numbers of each row have together, (n_rows,)."""
    total = np.zeros(n_rows)
    for values in numbers:
        written = [Decimal(repr(value)).as_tuple().exponent for value in values.tolist()]
        total += [max(0, -e) if isinstance(e, int) else 0 for e in written]  # a word for NaN
    return total
