"""Studies for tests."""

from typing import Any

from trust_study.frozen import Chosen, Component, Item, Shown, Study

WORDS = ("pain", "since", "Monday", "ward7")


def item(number: int, *, is_right: bool = True) -> Item:
    """A text of four words; the model says 1, which is right or not."""
    text = " ".join((*WORDS, f"n{number}"))
    places = [(text.index(word), text.index(word) + len(word)) for word in WORDS]
    return Item(
        id=f"item-{number}",
        shown=Shown(text=text),
        advice=1,
        probability=0.87,
        truth=1 if is_right else 0,
        components=tuple(
            Component(word, ((start, stop),), word == "ward7")
            for word, (start, stop) in zip(WORDS, places, strict=True)
        ),
        weights={"lime": (0.5, 0.0, -0.1, 0.3), "placebo": (0.0, 0.3, 0.5, -0.1)},
    )


def study(n_items: int = 3, **changes: Any) -> Study:
    """A study of texts, every second answer of the model wrong."""
    made: dict[str, Any] = {
        "title": "Messages to a clinic",
        "kind": "text",
        "labels": ("routine", "urgent"),
        "items": tuple(item(n, is_right=n % 2 == 0) for n in range(n_items)),
        "arms": ("answer", "lime", "placebo"),
        "stages": (Chosen("consent"), Chosen("own"), Chosen("final")),
        "seed": 7,
        "completion_code": "DONE-4711",
    }
    return Study(**(made | changes))
