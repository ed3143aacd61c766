"""How often people were right, by how sure they said they were."""

import plotly.graph_objects as go

from trust_study.summary import Summary
from trust_study.told import ARM_NAMES
from ui.figures import palette
from ui.figures.layout import bare_layout

HEIGHT_PX = 320
_APART = 1.2  # percent between the arms, that none covers another
_MARKS = {"answer": "circle", "lime": "diamond", "placebo": "x"}
_DASHES = {"answer": "solid", "lime": "dash", "placebo": "dot"}


def calibration_figure(found: Summary, *, width_px: int, dark: bool) -> go.Figure:
    """A line an arm, with intervals; on the diagonal people are right as often as they are sure."""
    figure = go.Figure(layout=bare_layout(width_px, HEIGHT_PX, dark))
    quiet, text = palette.quiet_colour(dark), palette.text_colour(dark)
    figure.add_scatter(
        x=[0, 100],
        y=[0, 1],
        mode="lines",
        line={"color": quiet, "width": 1},
        hoverinfo="skip",
        showlegend=False,
    )
    for place, arm in enumerate(found.arms):
        rows = found.calibration[found.calibration["arm"] == arm].dropna(subset="low")
        figure.add_scatter(
            x=rows["confidence"] + _APART * (place - (len(found.arms) - 1) / 2),
            customdata=rows["confidence"],
            y=rows["share_right"],
            error_y={
                "array": rows["high"] - rows["share_right"],
                "arrayminus": rows["share_right"] - rows["low"],
                "thickness": 1,
            },
            name=ARM_NAMES[arm],
            mode="lines+markers",
            marker={"symbol": _MARKS[arm], "size": 9, "color": text},
            line={"dash": _DASHES[arm], "color": text, "width": 1.5},
            hovertemplate="%{customdata}% sure: %{y:.0%} right<extra>"
            + ARM_NAMES[arm]
            + "</extra>",
        )
    tickfont = {"size": 12, "color": quiet}
    figure.update_layout(
        showlegend=True,
        margin={"l": 48, "r": 12, "t": 36, "b": 40},
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
    )
    figure.update_xaxes(
        title="how sure", range=[-2, 104], ticksuffix="%", tickfont=tickfont, fixedrange=True
    )
    figure.update_yaxes(range=[-0.03, 1.03], tickformat=".0%", tickfont=tickfont, fixedrange=True)
    return figure
