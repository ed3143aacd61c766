"""Where a model starts: its answer with none of the parts there, in a worker."""

import numpy as np

from lime_engine import evaluate
from lime_engine.types import Design
from ui.workshop.case import Case
from ui.workshop.jobs import Report
from ui.workshop.request import Request

N_ROWS = 500  # rows over which the answer is averaged where nothing can be left out


def answer_without_any(request: Request, target: int, *, report: Report) -> float:
    """The model's answer for this class with all parts switched off.

    A row cannot be without values: its start is the mean answer to rows whose values are drawn from
    the training data, each on its own.
    """
    case = Case(request)
    law = case.perturber.law(case.subject, None)
    rows = law.background(N_ROWS, np.random.default_rng(request.settings.seed))
    n = 1 if rows is None else len(rows)
    masks = np.zeros((n, case.subject.n_components), dtype=bool)
    design = Design(masks, np.ones(n)) if rows is None else Design(masks, np.ones(n), draws=rows)
    responses = evaluate(
        case.predict,
        case.perturber,
        case.subject,
        design,
        mode=request.settings.mode,
        on_progress=report,
        should_stop=report.should_stop,
    )
    return float(responses.values[:, target].mean())
