"""A neighbourhood as bytes for the store, and back; nothing in it is pickled."""

import io
from dataclasses import replace
from typing import Any

import numpy as np

from lime_engine.subjects import Subject
from lime_engine.types import Design, Law, Neighbourhood, Responses


def packed(neighbourhood: Neighbourhood) -> bytes:
    """All but the subject and the law, which are made again from the instance."""
    arrays: dict[str, Any] = {"exact": neighbourhood.design.exact, "looks": neighbourhood.looks}
    parts = {
        "": (neighbourhood.design, neighbourhood.responses),
        "held_out_": (neighbourhood.held_out, neighbourhood.held_out_responses),
    }
    for prefix, (design, responses) in parts.items():
        if design is not None and responses is not None:
            arrays[prefix + "masks"] = np.packbits(design.masks, axis=1)
            arrays[prefix + "weights"] = design.weights
            arrays[prefix + "values"] = responses.values
            arrays[prefix + "n_calls"] = responses.n_calls
            if design.draws is not None:
                arrays[prefix + "draws"] = design.draws
            if design.clusters is not None:
                arrays[prefix + "clusters"] = design.clusters
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


def unpacked(raw: bytes, subject: Subject, law: Law) -> Neighbourhood:
    """The inverse of `packed`."""
    with np.load(io.BytesIO(raw), allow_pickle=False) as arrays:

        def part(prefix: str, exact: bool) -> tuple[Design, Responses]:
            bits = arrays[prefix + "masks"]
            masks = np.unpackbits(bits, axis=1, count=subject.n_components).astype(bool)
            draws, clusters = arrays.get(prefix + "draws"), arrays.get(prefix + "clusters")
            return (
                Design(masks, arrays[prefix + "weights"], exact, draws, clusters),
                Responses(arrays[prefix + "values"], int(arrays[prefix + "n_calls"])),
            )

        design, responses = part("", bool(arrays["exact"]))
        asked = Neighbourhood(subject, law, design, responses, looks=int(arrays["looks"]))
        if "held_out_masks" not in arrays:
            return asked
        held_out, held_out_responses = part("held_out_", False)
        return replace(asked, held_out=held_out, held_out_responses=held_out_responses)
