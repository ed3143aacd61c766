"""Where a model of one's own is: in a file, behind an address, installed by the operator."""

import secrets
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import streamlit as st

from model_adapters import Installed, ModelFacts, NetworkError, installed
from model_adapters.endpoints.hosts import LISTED, MAX_ADDRESS, address_of, listed
from model_adapters.own.settings import Takes
from sample_models.types import Kind
from ui.shell.notices import problem
from ui.shell.waiting import fetch
from ui.shell.wording import NOUNS, plain
from ui.upload import work
from ui.upload.panels.files import files
from ui.upload.panels.models.asking import MAX_MB
from ui.workshop import kept
from ui.workshop.request import store_id
from ui.workshop.store import store
from ui.workshop.trained.own import MODEL

KINDS: dict[Takes, Kind] = {"texts": "text", "rows": "table", "pictures": "image"}
FILE, ADDRESS, HERE = "In a file", "Behind an address", "Installed here"
_ASKED_ELSEWHERE: tuple[Kind, ...] = ("text", "table")  # models behind an address
_PROTOCOLS = {"v2": "the Open Inference Protocol v2", "mlflow": "MLflow's protocol"}
_EXAMPLE = "http://models.internal:8080/v2/models/churn"


class Source(NamedTuple):
    """A model before it is asked: its name, the store's id of it, and what was found out.

    `turn` is another one each time that somebody wants it asked anew, which `offer_anew` offers,
    if there is a way: where nothing else offers to try again.
    """

    name: str
    model: str
    facts: ModelFacts
    turn: str = ""
    offer_anew: Callable[[], object] = lambda: None


def source_of_model(kind: Kind, source: str, *, may_go_on: Callable[[], bool]) -> Source | None:
    """Offer the ways to bring a model of this kind; what was brought, None if nothing (yet).

    `may_go_on` is asked before anything is done with what was brought.
    """
    here, hosts = _installed(kind), _hosts() if kind in _ASKED_ELSEWHERE else []
    offered = [
        *([FILE] if kind != "image" else []),
        *([ADDRESS] if hosts else []),
        *([HERE] if here else []),
    ]
    if not offered:
        return None
    way = offered[0]
    if len(offered) > 1:
        key = f"upload-model-way-{kind}"
        if st.session_state.setdefault(key, way) not in offered:
            st.session_state[key] = way
        chosen = st.segmented_control(
            "Where it is",
            offered,
            required=True,
            key=key,
            persist_state="session",
            label_visibility="collapsed",
        )
        way = chosen if chosen in offered else way
    if way == ADDRESS:
        return _behind_an_address(kind, source, hosts, may_go_on)
    if way == HERE:
        return _installed_here(kind, source, here, may_go_on)
    return _in_a_file(kind, may_go_on, is_told=not hosts)


def can_bring(kind: Kind) -> bool:
    """Whether there is a way to bring a model of this kind beside a network's own."""
    return kind != "image" or bool(_installed(kind))


def can_ask_elsewhere(kind: Kind) -> bool:
    """Whether what is brought can be sent to a model behind an address."""
    if kind not in _ASKED_ELSEWHERE:
        return False
    try:
        return bool(listed())
    except NetworkError:  # which is said where such a model is offered
        return False


def _in_a_file(kind: Kind, may_go_on: Callable[[], bool], *, is_told: bool) -> Source | None:
    brought = files(
        f"A classifier of {NOUNS[kind].item}s as one .onnx or .skops file, at most {MAX_MB} MB",
        key=f"upload-model-{kind}",
        max_mb=MAX_MB,
        kind=MODEL,
        help="It runs on this server, in a process of its own with little memory and time, and "
        'sees nothing but these data. scikit-learn: skops.io.dump(pipeline, "model.skops"), the '
        "whole pipeline in one; others: as ONNX, with skl2onnx, onnxmltools or torch.onnx.export.",
    )
    if not brought:
        if is_told:
            st.caption(
                "A model server (KServe, Triton, MLServer, MLflow) can be asked too, if whoever "
                f"runs this app lists its host in {LISTED}: README says how."
            )
        return None
    if not may_go_on():
        return None
    file, model_id, _ = brought[0]
    found = fetch(
        "model-facts",
        store_id("model-facts", model_id),
        work.model,
        model_id,
        affinity="uploads",
        what="Looking into the model",
    )
    if found is None:
        return None
    if "problem" in found:
        problem(found["problem"])
        return None
    name = file.rpartition(".")[0][:80] or "Your model"
    return Source(name, model_id, ModelFacts.from_dict(found))


def _behind_an_address(
    kind: Kind, source: str, hosts: list[str], may_go_on: Callable[[], bool]
) -> Source | None:
    turn_key = f"upload-model-turn-{kind}"
    st.session_state.setdefault(turn_key, secrets.token_hex(8))

    def ask_anew() -> None:
        st.session_state[turn_key] = secrets.token_hex(8)

    line = st.container(horizontal=True, vertical_alignment="bottom")
    with line:
        written = st.text_input(
            "Its address",
            key=f"upload-model-address-{kind}",
            max_chars=MAX_ADDRESS,
            placeholder=_EXAMPLE,
            persist_state="session",
            on_change=ask_anew,
            width=560,
            help="A server that speaks the Open Inference Protocol v2 (.../v2/models/NAME), or "
            "MLflow (.../invocations).",
        )
    st.caption(
        plain(
            f"What you brought is sent there, whole and with parts taken away. "
            f"May be asked: {', '.join(hosts)}."
        )
    )
    if not written:
        return None
    try:
        address = address_of(written)
    except NetworkError as error:
        problem(str(error))
        return None
    if not may_go_on():
        return None
    turn = st.session_state[turn_key]
    found = fetch(
        "endpoint-facts",
        store_id("endpoint-facts", address.url, kind, source, turn),
        work.endpoint,
        address.url,
        kind,
        source,
        turn,
        affinity="uploads",
        what="Asking the model",
    )
    if found is None:
        return None
    facts = ModelFacts.from_dict(found["facts"])
    st.caption(plain(f"It speaks {_PROTOCOLS[found['protocol']]}, at {found['url']}."))
    offer = partial(line.button, "Ask it again", on_click=ask_anew, icon=":material/refresh:")
    return Source(_named(address.host, address.path), found["model"], facts, turn, offer)


def _named(host: str, path: str) -> str:
    """What to call the model at an address: by its name, or by who serves it."""
    _, is_named, rest = path.partition("/v2/models/")
    return (rest.partition("/")[0] if is_named else host)[:80]


def _installed_here(
    kind: Kind, source: str, models: list[Installed], may_go_on: Callable[[], bool]
) -> Source | None:
    by_name = {each.name: each for each in models}
    chosen = st.selectbox(
        "Model",
        list(by_name),
        format_func=plain,
        index=None,
        key=f"upload-model-here-{kind}",
        placeholder="Choose a model",
        persist_state="session",
        width=360,
        help="Whoever runs this server has put these here.",
    )
    if chosen not in by_name or not may_go_on():
        return None
    model = by_name[chosen]
    found = kept.opened(kind, source)
    try:
        settings = model.settings(found.columns if found is not None else ())
    except NetworkError as error:
        problem(str(error))
        return None
    facts = ModelFacts(
        proposed=settings,
        has_names=True,
        holds=tuple("anything" for _ in settings.columns),
        names_from="file",
        made_with="",
        can_choose_output=False,
        remarks=(),
    )
    return Source(model.name, store().put(MODEL, model.to_bytes()), facts)


def _installed(kind: Kind) -> list[Installed]:
    """The operator's models of this kind; says what is wrong with their file."""
    try:
        return [each for each in installed() if each.kind == kind]
    except NetworkError as error:
        problem(str(error))
        return []


def _hosts() -> list[str]:
    """The hosts that may be asked; says what is wrong with their list."""
    try:
        return [f"{host}:{port}" for host, port in listed()]
    except NetworkError as error:
        problem(str(error))
        return []
