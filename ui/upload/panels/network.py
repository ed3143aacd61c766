"""Bringing a network of one's own: what it is, how to ask it, and one check prediction."""

from dataclasses import asdict, replace

import streamlit as st

from model_adapters import NetworkError, NetworkFacts, NetworkSettings, Output, Scaling
from sample_models import Task
from ui.figures.answer import answer_bars
from ui.shell.brought import keep_file, remember_network
from ui.shell.notices import problem
from ui.shell.waiting import NO_FILE, fetch, notice
from ui.shell.widgets import figure, figure_width, is_dark
from ui.shell.wording import answers, headline, plain
from ui.upload import work
from ui.workshop.catalogue import find_task, keep_network
from ui.workshop.kept import Pictures
from ui.workshop.request import store_id

MAX_MB = 100
_SCALINGS: dict[Scaling, str] = {
    "none": "none: 0 to 255",
    "0-1": "0 to 1",
    "imagenet": "as for ImageNet",
    "-1..1": "-1 to 1",
}
_OUTPUTS: dict[Output, str] = {"probabilities": "probabilities", "logits": "scores (logits)"}


def network(pictures: Pictures | None) -> Task | None:
    """The task of the network that was brought, once it has answered about a picture."""
    file = st.file_uploader(
        f"Your network: an image classifier as one .onnx file, at most {MAX_MB} MB",
        type="onnx",
        key="upload-network",
        max_upload_size=MAX_MB,
        help="It runs on this server, in a process of its own with little memory and time, and "
        "sees nothing but pictures. PyTorch: torch.onnx.export; Keras: tf2onnx.",
    )
    if file is None:
        notice(NO_FILE)
        return None
    if file.size > MAX_MB * 1_000_000:
        problem(f"“{file.name}” has {file.size / 1e6:.0f} MB; at most {MAX_MB} MB are accepted.")
        return None
    network_id = keep_file("network", file)
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
    settings = _settings(facts, network_id)
    if settings is None:
        return None
    if pictures is None:
        st.caption("Bring a picture above, and the network is tried on it.")
        return None
    if not _check(network_id, settings, *pictures[0]):
        return None
    key = keep_network(network_id, file.name.removesuffix(".onnx"), settings)
    remember_network(key)
    return find_task(key)


def _settings(facts: NetworkFacts, key: str) -> NetworkSettings | None:
    """What was found, to be changed where it is a guess; None while it contradicts itself."""
    proposed = facts.proposed
    colours = "colour" if proposed.channels == 3 else "grey"
    st.write(
        f"It takes {colours} pictures of {proposed.width} × {proposed.height} pixels and knows "
        f"{facts.n_classes:,} classes."
    )
    left, right = st.columns(2)
    scaling = left.selectbox(
        "How pixels go in",
        list(_SCALINGS),
        index=list(_SCALINGS).index(proposed.scaling),
        format_func=_SCALINGS.__getitem__,
        disabled="scaling" in facts.fixed,
        key=f"network-scaling-{key}",
        help=plain(facts.reasons.get("scaling", "")) or None,
    )
    output = right.selectbox(
        "What comes out",
        list(_OUTPUTS),
        index=list(_OUTPUTS).index(proposed.output),
        format_func=_OUTPUTS.__getitem__,
        disabled="output" in facts.fixed,
        key=f"network-output-{key}",
        help=plain(facts.reasons.get("output", "")) or None,
    )
    named = facts.names_from == "file"
    pasted = st.text_area(
        "Names of the classes, one a line",
        value="\n".join(proposed.class_names) if named else "",
        height=140,
        key=f"network-names-{key}",
        placeholder=f"{facts.n_classes:,} names, in the order of the network's outputs. "
        "Without them the classes are numbered.",
        help=plain(facts.reasons.get("class_names", "")) or None,
    )
    names = [line.strip() for line in pasted.splitlines() if line.strip()]
    if names and len(names) != facts.n_classes:
        problem(
            f"There are {len(names):,} names, but the network has {facts.n_classes:,} classes. "
            "Give one name a line, in the order of its outputs, or none."
        )
        return None
    try:
        return replace(
            proposed,
            scaling=scaling,
            output=output,
            class_names=tuple(names) or proposed.class_names,
        )
    except NetworkError as error:
        problem(str(error))
        return None


def _check(network_id: str, settings: NetworkSettings, name: str, picture_id: str) -> bool:
    """One prediction to look at; whether there is one."""
    plain_settings = asdict(settings)
    answer = fetch(
        "network-check",
        store_id("network-check", network_id, repr(plain_settings), picture_id),
        work.check,
        network_id,
        plain_settings,
        picture_id,
        affinity="uploads",
        what="Trying the network on your picture",
    )
    if answer is None:
        return False
    said, sure = headline(answer, settings.class_names)
    st.write(f"“{plain(name)}” is to it a **{plain(said)}**, {sure}. Is that plausible?")
    width = figure_width("check-width")
    figure(
        answer_bars(settings.class_names, {"": answer}, width_px=width, dark=is_dark()),
        key="check-answer",
        alt=answers(answer, settings.class_names),
    )
    st.caption(
        "If not, the pixels may go in otherwise, or the names be in another order: change it above."
    )
    return True
