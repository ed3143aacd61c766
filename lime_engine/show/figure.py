"""An explanation as a Plotly figure."""

from typing import Any

from lime_engine.errors import SettingsError
from lime_engine.show import words
from lime_engine.show.page import text_html
from lime_engine.show.words import NEGATIVE, POSITIVE, Shown

_BAR_PX, _AROUND_PX = 30, 150
_LONGEST = 60  # characters of a name


def bars(explanation: Shown) -> Any:
    """Bars of the weights, strongest on top, with their intervals.

    Raises
    ------
    SettingsError
        If plotly is not installed.
    """
    try:
        from plotly import graph_objects
    except ImportError as error:
        raise SettingsError(
            "plot needs the package plotly, which is not installed. Install it, or use as_frame."
        ) from error
    weights = sorted(explanation.weights, key=lambda weight: -abs(weight.weight))
    numbers = [weight.weight for weight in weights]
    positive, negative = words.sides(explanation)
    figure = graph_objects.Figure(
        graph_objects.Bar(
            x=numbers,
            y=list(range(len(weights))),
            orientation="h",
            text=[words.signed(explanation, number) for number in numbers],
            error_x={
                "type": "data",
                "array": [1.96 * (weight.std_error or 0.0) for weight in weights],
                "visible": any(weight.std_error for weight in weights),
            },
            marker={
                "color": [POSITIVE if number > 0 else NEGATIVE for number in numbers],
                "pattern": {"shape": ["" if number > 0 else "/" for number in numbers]},
                "opacity": [0.5 if weight.settled is False else 1.0 for weight in weights],
            },
            hovertext=[
                f"speaks for {label_text(positive if number > 0 else negative)}"
                for number in numbers
            ],
            hoverinfo="text",
        )
    )
    judged = words.verdict(explanation).text
    figure.update_layout(
        title={
            "text": f"Why {label_text(positive)}<br><sub>{label_text(judged)}</sub>",
        },
        height=_AROUND_PX + _BAR_PX * len(weights),
        template="plotly_white",
        showlegend=False,
        yaxis={
            "autorange": "reversed",
            "tickmode": "array",
            "tickvals": list(range(len(weights))),
            "ticktext": [label_text(weight.label) for weight in weights],
            "automargin": True,
        },
        xaxis={"zeroline": True, "title": {"text": "weight"}},
    )
    return figure


def label_text(text: str) -> str:
    """Text from people for a label of Plotly, which reads some HTML, `%{…}` and `$…$`."""
    line = " ".join(text.split())
    short = line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
    return text_html(short).replace("$", "&#36;").replace("%", "&#37;")
