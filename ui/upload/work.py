"""Reading what people bring where that may take long: pictures and networks; for the workers."""

from dataclasses import asdict
from typing import Any

from lime_engine.errors import InputError
from model_adapters import inspect_network
from ui.figures.pixels import data_uri, displayed
from ui.upload.reading.pictures import MAX_PICTURES, Picture, read_pictures
from ui.workshop import kept
from ui.workshop.catalogue import load_kept_network
from ui.workshop.jobs import Report
from ui.workshop.kept import pixels_of
from ui.workshop.store import store

PREVIEWS = 12
PREVIEW_PX = 120
_GONE = "The file is no longer on this server. Choose it again."


def pictures(files: tuple[tuple[str, str], ...], *, report: Report) -> dict[str, Any]:
    """The pictures in files, (name, store id) each, and sentences on what was left out.

    Returns "entries", name and store id of each picture; "previews", the first few as data URIs;
    "size", the first one's width and height; "shrunk", whether any was too large; "left_out".
    """
    found: list[Picture] = []
    left_out: list[str] = []
    for number, (name, upload_id) in enumerate(files):
        report(number / len(files))
        data = store().read("upload", upload_id)
        try:
            if data is None:
                raise InputError(_GONE)
            read, told = read_pictures(name, data)
        except InputError as error:
            left_out.append(str(error))
        else:
            found += read
            left_out += told
    if len(found) > MAX_PICTURES:
        left_out.append(f"Only the first {MAX_PICTURES} of {len(found)} pictures are kept.")
        found = found[:MAX_PICTURES]
    return {
        "entries": [[picture.name, store().put("picture", picture.png)] for picture in found],
        "previews": [
            data_uri(displayed(pixels_of(picture.png), PREVIEW_PX), "photograph")
            for picture in found[:PREVIEWS]
        ],
        "size": [found[0].width, found[0].height] if found else None,
        "shrunk": any(picture.was_shrunk for picture in found),
        "left_out": left_out,
    }


def network(network_id: str, *, report: Report) -> dict[str, Any]:
    """What is in a network's file: a `model_adapters.NetworkFacts` as JSON."""
    data = store().read("network", network_id)
    if data is None:
        raise InputError(_GONE)
    return asdict(inspect_network(data))


def check(
    network_id: str, settings: dict[str, Any], picture_id: str, *, report: Report
) -> list[float]:
    """The network's answer to one picture, (n_classes,)."""
    png = kept.picture_png(picture_id)
    if png is None:
        raise InputError(_GONE)
    running = load_kept_network(network_id, settings)
    try:
        answer: list[float] = running(pixels_of(png)[None])[0].tolist()
    finally:
        running.close()
    return answer
