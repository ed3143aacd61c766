"""What the workers do for a second look: other settings, and another method.

As in `ui.explain.work.explaining`, each function takes plain values and returns plain JSON.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lime_engine import explain_shapley, fit
from lime_engine.image.perturber import ImagePerturber
from lime_engine.samplers import most_samples
from lime_engine.subjects import ImageSubject, Subject
from lime_engine.types import Explanation
from ui.explain.work.explaining import neighbourhood_of
from ui.workshop.case import Case
from ui.workshop.jobs import Report
from ui.workshop.request import Request, TableView, suitable_samples

AS_SHOWN = "as shown"
PICTURE_PX = 400
N_SEEDS = 2  # further runs with other copies
N_VARIANTS = 8  # at most, the one that is shown included
_N_BINS = {"decile": "ten", "quartile": "four"}


def survival(request: Request, target: int, *, report: Report) -> dict[str, Any]:
    """The same question asked in other ways: widths, copies, and how the item is taken apart.

    `variants` are their names, the first as it is shown. For texts and rows `weights` are, one a
    variant, the signed weights of its K components. For pictures, whose regions may be others,
    `light` and `dark` (data URIs) colour what stayed, and `kept` says of each region shown in how
    many variants at least half of it is in a region that is shown with the same sign.
    """
    case = Case(request)
    variants = list(_variants(request))
    explained: list[tuple[Subject, Explanation]] = []
    for number, (_, variant) in enumerate(variants):
        done = number / len(variants)
        part = report.part(done, done + 1 / len(variants))
        explained.append(_explained(case, variant, target, part, as_shown=number == 0))
        part(1.0)  # it may have been settled early
    subject, shown = explained[0]
    found: dict[str, Any] = {
        "variants": [name for name, _ in variants],
        "weights": [{str(w.index): w.weight for w in e.weights} for _, e in explained],
    }
    if isinstance(subject, ImageSubject):
        from ui.explain.figures.survival import survival_picture

        positive, negative = (
            np.mean([_shown_pixels(each, e, sign) for each, e in explained], axis=0)
            for sign in (1, -1)
        )
        for name, dark in (("light", False), ("dark", True)):
            found[name] = survival_picture(
                subject.pixels, (positive, negative), px=PICTURE_PX, dark=dark
            )
        found["kept"] = {
            str(w.index): _kept(subject.segments == w.index, np.sign(w.weight), explained)
            for w in shown.weights
        }
    return found


def shapley(request: Request, target: int, *, report: Report) -> dict[str, Any]:
    """The Shapley weights of one class, from calls of their own: `ShapleyWeights` as JSON."""
    case = Case(request)
    settings = case.settings
    if settings.n_samples == "auto":
        settings = replace(settings, n_samples=_most(case))
    return explain_shapley(
        case.subject,
        case.predict,
        case.perturber,
        settings,
        target=target,
        on_progress=report,
        should_stop=report.should_stop,
    ).to_dict()


def _variants(request: Request) -> Iterator[tuple[str, Request]]:
    """The request as it is, and others that ask the same; what cannot differ is left out."""
    yield AS_SHOWN, request
    yield "nearer copies", replace(request, width=request.width / 2)
    yield "farther copies", replace(request, width=request.width * 2)
    for number in range(1, N_SEEDS + 1):
        settings = replace(request.settings, seed=request.settings.seed + number)
        yield f"other copies {number}", replace(request, settings=settings)
    match request.view:
        case TableView(bins):
            for other in ("decile", "quartile"):
                if other != bins:
                    yield f"{_N_BINS[other]} ranges", replace(request, view=TableView(other))
        case ImagePerturber() as view:
            blurred = "mean" if view.fill == "blur" else "blur"
            fill = {"mean": "in one colour", "blur": "blurred"}[blurred]
            yield f"off: {fill}", replace(request, view=replace(view, fill=blurred))
            more = replace(view, n_segments=round(1.6 * view.n_segments))
            yield "smaller regions", replace(request, view=more)
            fewer = replace(view, n_segments=max(2, round(view.n_segments / 1.6)))
            yield "larger regions", replace(request, view=fewer)


def _explained(
    case: Case, variant: Request, target: int, report: Report, *, as_shown: bool
) -> tuple[Subject, Explanation]:
    """What the page shows; else as many copies as it takes, at most those that suit the kind."""
    settings = variant.settings
    if not as_shown:
        settings = replace(
            settings,
            n_samples="auto",
            max_samples=_most(case),
            surrogate="ridge",
            held_out=0.0,
        )
    asked = case.changed(settings=settings, target=target, view=variant.view, width=variant.width)
    neighbourhood = neighbourhood_of(asked, report)
    explanation = fit(
        neighbourhood, asked.settings, target=target, class_names=case.task.class_names
    )
    return neighbourhood.subject, explanation


def _most(case: Case) -> int:
    suitable = suitable_samples(case.task.kind, case.seconds)
    return min(suitable, most_samples(case.subject.n_components))


def _shown_pixels(subject: Subject, explanation: Explanation, sign: int) -> NDArray[np.intp]:
    """1 where a pixel lies in a region that is shown with this sign, else 0; (h, w)."""
    assert isinstance(subject, ImageSubject)
    shown = [w.index for w in explanation.weights if np.sign(w.weight) == sign]
    return np.isin(subject.segments, shown).astype(np.intp)


def _kept(
    region: NDArray[np.bool_], sign: float, explained: list[tuple[Subject, Explanation]]
) -> int:
    """In how many variants at least half of the region is shown with this sign."""
    return sum(
        bool(_shown_pixels(subject, e, int(sign))[region].mean() >= 0.5) for subject, e in explained
    )
