"""Pictures in small, made in a worker."""

from lime_engine.errors import InputError
from ui.figures.pixels import data_uri, displayed
from ui.workshop.instances import instance_of
from ui.workshop.item import Item
from ui.workshop.jobs import Report

THUMBNAIL_PX = 128


def thumbnails(task: str, items: tuple[Item, ...], *, report: Report) -> list[str]:
    """These pictures of a task as data URIs, in this order; empty for one that is not there."""
    found = []
    for n, item in enumerate(items):
        report(n / len(items))
        try:
            pixels, _ = instance_of(task, item)
        except InputError:  # the page says so of the one that it shows
            found.append("")
        else:
            found.append(data_uri(displayed(pixels, THUMBNAIL_PX), "photograph"))
    return found
