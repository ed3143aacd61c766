"""Bringing a network of one's own: what it is, how to ask it, and what it says to be looked at."""

from dataclasses import asdict, replace
from typing import Any

import streamlit as st

from model_adapters import SCALINGS, NetworkFacts, NetworkSettings, Scaling
from sample_models import Task
from ui.figures.markup import picture_html
from ui.figures.palette import counted
from ui.shell.brought import remember_network
from ui.shell.notices import problem
from ui.shell.waiting import fetch
from ui.shell.widgets import is_dark
from ui.shell.wording import duration, headline, plain
from ui.upload import work
from ui.upload.figures import under_each_html
from ui.upload.panels.files import files
from ui.upload.panels.models.asking import MAX_MB, answer_figure
from ui.upload.panels.models.network_settings import offered_scalings, settings_of
from ui.upload.panels.pictures import small_page
from ui.workshop.catalogue import find_task, keep_network
from ui.workshop.kept import n_own
from ui.workshop.request import store_id

_TRYING_SECONDS = 20.0  # what trying a network may take unasked


def network(source: str | None) -> Task | None:
    """The task of the network that was brought, once it has answered about the pictures there."""
    brought = files(
        f"Your network: an image classifier as one .onnx file, at most {MAX_MB} MB",
        key="upload-network",
        max_mb=MAX_MB,
        kind="network",
        help="It runs on this server, in a process of its own with little memory and time, and "
        "sees nothing but pictures. PyTorch: torch.onnx.export; Keras: tf2onnx.",
    )
    if not brought:
        return None
    name, network_id, _ = brought[0]
    found = fetch(
        "network-facts",
        store_id("network-facts", network_id),
        work.network,
        network_id,
        affinity="uploads",
        what="Looking into the network",
    )
    if found is None:
        return None
    facts = NetworkFacts.from_dict(found)
    settings = settings_of(facts, network_id)
    if settings is None:
        return None
    if source is None:
        st.caption("Bring a picture above, and the network is tried on it.")
        return None
    if not _tried(network_id, facts, settings, source):
        return None
    name = name.removesuffix(".onnx")
    key = keep_network(network_id, name, settings, facts.seconds_per_picture)
    remember_network(key)
    return find_task(key)


def _tried(network_id: str, facts: NetworkFacts, settings: NetworkSettings, source: str) -> bool:
    """What it says of every picture under each scaling, to look at; whether it says anything."""
    scalings = offered_scalings(facts)
    if settings.scaling == "own":
        scalings = (*scalings, "own")
    each = len(scalings) * max(facts.seconds_per_picture, 1e-6)
    n_there = n_own("image", source)
    whole = f"network-tried-whole-{network_id}-{source}"
    n = n_there
    if whole not in st.session_state:
        n = max(1, min(n_there, int(_TRYING_SECONDS / each)))
    asked = _asked(settings, scalings[0])
    found = fetch(
        "network-tried",
        store_id("network-tried", network_id, repr((asked, scalings, n)), source),
        work.under_each,
        network_id,
        asked,
        scalings,
        source,
        n,
        affinity="uploads",
        what="Trying the network on your pictures",
    )
    if found is None:
        return False
    if (why := found["problems"].get(settings.scaling)) is not None:
        problem(why)
        return False
    answer = found["first"][settings.scaling]
    said, sure = headline(answer, settings.class_names)
    st.write(
        f"“{plain(found['names'][0])}” is to it a **{plain(said)}**, {sure}. Is that plausible?"
    )
    left, right = st.columns([1, 9], vertical_alignment="center")
    left.html(picture_html(found["small"], found["names"][0], width_px=work.SMALL_PX))
    with right:
        answer_figure(answer, settings.class_names, settings.output, "check")
    if len(scalings) > 1:
        _side_by_side(found, scalings, settings, facts, source)
        if n < n_there:
            st.button(
                f"Try it on the other {n_there - n:,} too ({duration(each * n_there)})",
                key=f"try-{whole}",
                on_click=lambda: st.session_state.update({whole: True}),
            )
    else:
        st.caption(
            "If not, the names may be in another order, or the output be another: see above."
        )
    return True


def _side_by_side(
    found: dict[str, Any],
    scalings: tuple[Scaling, ...],
    settings: NetworkSettings,
    facts: NetworkFacts,
    source: str,
) -> None:
    """The answers to all pictures, page by page; over them stands what is true of all."""
    names = settings.class_names
    ways = {
        SCALINGS[each]: [(names[best], sure) for best, sure in said]
        if (said := found["said"].get(each)) is not None
        else None
        for each in scalings
    }
    n, n_there = len(found["names"]), n_own("image", source)
    which = counted(n, "picture") if n == n_there else f"the first {n:,} of {n_there:,} pictures"
    is_guess = facts.is_guess("scaling")
    with st.expander(f"What it says of {which}, by how pixels go in", expanded=is_guess):
        above, first, small = small_page(
            source, n, kind="network-small", key=f"network-tried-{source}"
        )
        if small is not None:
            names_here = found["names"][first : first + work.PREVIEWS]
            chosen = SCALINGS[settings.scaling]
            pictures = list(zip(small, names_here, strict=False))
            above.html(under_each_html(pictures, ways, chosen, first=first, dark=is_dark()))
        st.caption(
            ("The file does not say which of them is right. " if is_guess else "")
            + "Take the one whose answers you know to be right, not the one that is most sure: fed "
            "wrongly, a network is often sure, and says the same of everything."
            + (" Bring several pictures whose answers you know." if n == 1 else "")
        )


def _asked(settings: NetworkSettings, scaling: Scaling) -> dict[str, Any]:
    """What the answers under every scaling depend on: neither names nor which of them is chosen."""
    if settings.scaling != "own":
        settings = replace(settings, scaling=scaling)
    numbered = tuple(f"class {i}" for i in range(len(settings.class_names)))
    return asdict(replace(settings, class_names=numbered))
