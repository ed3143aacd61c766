"""Data sets as people bring them: with labels, in the store."""

from typing import Any

import numpy as np
import pandas as pd

from model_adapters.trained import recipes_for
from sample_models import Labelled, load_data, tasks
from ui.workshop import kept
from ui.workshop.trained.card import DataCard, keep_card


def bring_messages(n: int = 200, split: Any = "train") -> tuple[str, Labelled]:
    """So many clinic messages with their labels; the store's id, and what they are."""
    whole = load_data("triage").split(split)
    found = Labelled(whole.instances[:n], whole.labels[:n])
    labels = kept.Labels(tasks()["triage"].class_names, tuple(found.labels.tolist()))
    return kept.keep_texts(found.instances, labels), found


def plain_rows(frame: pd.DataFrame) -> list[list[Any]]:
    return frame.astype(object).where(frame.notna(), None).to_numpy().tolist()


def bring_patients(n: int = 400, split: Any = "train", **more: Any) -> tuple[str, Labelled]:
    """So many patients of a clinic with their labels, and `more` columns."""
    whole = load_data("flu").split(split)
    found = Labelled(whole.instances.iloc[:n].assign(**more), whole.labels[:n])
    labels = kept.Labels(tasks()["flu"].class_names, tuple(found.labels.tolist()))
    rows = plain_rows(found.instances)
    return kept.keep_rows([*found.instances.columns], rows, labels), found


def card_of(kind: Any, source: str, names: tuple[str, ...], **more: Any) -> DataCard:
    recipes = recipes_for(kind, len(names))
    return DataCard("Mine", kind, "Which?", source, names, recipes, **more)


def messages_key(n: int = 200, **more: Any) -> str:
    """The task's key of a data set of messages."""
    source, _ = bring_messages(n)
    return keep_card(card_of("text", source, tasks()["triage"].class_names, **more))


def patients_key(n: int = 400, **more: Any) -> str:
    """The task's key of a data set of patients."""
    source, _ = bring_patients(n)
    return keep_card(card_of("table", source, tasks()["flu"].class_names, **more))


def bring_pictures(n: int = 40) -> tuple[str, Labelled]:
    """Red and blue pictures of several sizes."""
    import io

    from PIL import Image

    from ui.workshop.store import store

    rng = np.random.default_rng(0)
    pictures, entries = [], []
    for i in range(n):
        picture = rng.integers(0, 120, (30 + i, 40, 3), dtype=np.uint8)
        picture[..., 2 * (i % 2)] += 120
        buffer = io.BytesIO()
        Image.fromarray(picture).save(buffer, "PNG")
        pictures.append(picture)
        entries.append((f"{i}.png", store().put("picture", buffer.getvalue())))
    labels = np.arange(n) % 2
    said = kept.Labels(("red", "blue"), tuple(labels.tolist()))
    return kept.keep_pictures(tuple(entries), labels=said), Labelled(pictures, labels)
