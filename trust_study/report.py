"""The results as one HTML file: without scripts or anything from outside, light and dark."""

from math import isnan
from pathlib import Path
from typing import Any

from jinja2 import Environment

from trust_study import told
from trust_study.frozen import Study
from trust_study.summary import Summary

_TEMPLATE = Path(__file__).with_name("report.html.jinja")
_MODEL = {True: "right", False: "wrong", None: "not known"}


def as_html(study: Study, found: Summary) -> str:
    """The report of a study's results."""
    template = Environment(autoescape=True).from_string(_TEMPLATE.read_text(encoding="utf-8"))

    def lines(measure: str) -> list[dict[str, Any]]:
        return _lines(found, measure)

    def ends(measure: str) -> str:
        low, high = _ends(found, measure)
        return f"from {told.number(measure, low)} to {told.number(measure, high)}"

    return template.render(
        found=found,
        told=told,
        lines=lines,
        ends=ends,
        sha256=study.sha256,
        calibration=[
            {
                "arm": told.ARM_NAMES[row["arm"]],
                "sure": f"{row['confidence']:.0f}%",
                "answers": row["answers"],
                "right": told.share(row["share_right"], row["low"], row["high"]),
            }
            for row in found.calibration.to_dict("records")
        ],
        items=[
            {
                "item": row["item"],
                "model": _MODEL[row["is_right"]],
                "arm": told.ARM_NAMES[row["arm"]],
                "followed": f"{row['followed']} of {row['people']}",
                "share": told.share(row["value"], row["low"], row["high"]),
            }
            for row in found.items.to_dict("records")
        ],
        differences=told.differences_in_lines(found),
    )


def _ends(found: Summary, measure: str) -> tuple[float, float]:
    """What a measure's chart reaches from and to: all intervals lie within."""
    rows, name = told.rows_of(found, measure), told.NAMES[measure]
    low, high = rows["low"].min(), rows["high"].max()
    return (
        name.low if isnan(low) else min(name.low, low),
        name.high if isnan(high) else max(name.high, high),
    )


def _lines(found: Summary, measure: str) -> list[dict[str, Any]]:
    low, high = _ends(found, measure)

    def place(value: float) -> float | None:
        return None if isnan(value) else round(100 * (value - low) / (high - low), 2)

    return [
        {
            "arm": told.ARM_NAMES[row["arm"]],
            "at": place(row["value"]),
            "from": place(row["low"]),
            "to": place(row["high"]),
            "told": told.estimate(row),
        }
        for _, row in told.rows_of(found, measure).iterrows()
    ]
