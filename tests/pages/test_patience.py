"""What takes long is begun by somebody who has read how long; what does not fit is told."""

import io
import re

import numpy as np
import pytest
from PIL import Image

from lime_engine import samplers
from model_adapters import inspect_network
from tests.model_adapters.networks import torch_like
from tests.pages.conftest import compare, explain, opened, pick, press, seen, settled
from ui.workshop import kept
from ui.workshop.catalogue import keep_network
from ui.workshop.item import Item
from ui.workshop.store import store

SECONDS = 2.9


@pytest.fixture
def own() -> dict[str, str]:
    """A network that is said to be slow, and a picture."""
    data = torch_like(8, 8)
    network = store().put("network", data)
    key = keep_network(network, "slow one", inspect_network(data).proposed, SECONDS)
    picture = io.BytesIO()
    pixels = np.random.default_rng(1).integers(0, 256, (40, 40, 3), np.uint8)
    Image.fromarray(pixels).save(picture, "PNG")
    source = kept.keep_pictures([("a", store().put("picture", picture.getvalue()))] * 30)
    return {"task": key, "source": source, "item": str(Item(source, 0))}


def test_a_slow_network_is_asked_when_somebody_has_read_how_long(own: dict[str, str]) -> None:
    params = {"task": own["task"], "item": own["item"]}
    app = opened(explain, **params)
    assert "This model takes 2.9 s a picture. 100 copies would take about 5 min." in seen(app)
    assert "The model says" not in seen(app)
    offered = [button.label for button in app.button if button.label.startswith("Ask about")]
    assert offered == [
        "Ask about 100 copies: about 5 min",
        "Ask about 200 copies: about 11 min",
        "Ask about 500 copies: about 27 min",
    ]
    settled(press(app, offered[1]))
    assert app.query_params["samples"] == "200"
    assert "The model says" in seen(app)
    another = opened(explain, **params, samples="200")  # a copied link: it is there already
    assert "The model says" in seen(another)


def test_a_second_look_at_a_slow_network_is_begun_by_somebody(own: dict[str, str]) -> None:
    app = opened(explain, task=own["task"], item=own["item"])
    settled(press(app, "Ask about 100 copies: about 5 min"))
    app.session_state["deeper-image"] = "opinion"
    app.run()
    assert "The model is slow: this takes up to about 5 min." in seen(app)
    assert "Shapley weights share out" not in seen(app)
    settled(press(app, "Begin"))
    assert "Shapley weights share out" in seen(app)


def test_what_takes_too_long_is_not_offered(own: dict[str, str]) -> None:
    app = opened(explain, task=own["task"], item=own["item"], samples="10000", seed="1")
    assert "10,000 copies would take about 9 hours" in seen(app)
    assert "The most for one explanation here is about 30 min" in seen(app)
    assert not [button for button in app.button if "10,000" in button.label]


def test_pick_and_compare_say_how_long(own: dict[str, str]) -> None:
    told = seen(opened(pick, task=own["task"], source=own["source"]))
    assert re.search(r"asked about 500 copies, and it takes 2\.9 s for one: about \d+ hours", told)
    both = {"task": own["task"], "source": own["source"], "a": "own", "b": "wolves/a"}
    both["map-b"] = "0.1"
    app = opened(compare, **both)
    assert "to ask both about 30 pictures takes about 87 s" in seen(app)
    assert "They give the same answer" not in seen(app)
    settled(press(app, "Ask both models"))
    assert "They give the same answer on" in seen(app)
    assert re.search(r"it takes 2\.9 s for one: about \d+ hours in all", seen(app))
    one = opened(compare, **both, row="3")
    assert "One of these models is slow: this takes about 5 min." in seen(one)
    assert "What they have in common" not in seen(one)
    settled(press(one, "Ask both models"))
    assert "One of these models is slow" not in seen(one)
    assert not one.error


@pytest.mark.long
def test_a_long_text_is_explained_with_what_fits() -> None:
    text = " ".join(chr(0x4E00 + i % 20_000) + "xy"[i // 20_000] for i in range(33_000))
    source = kept.keep_texts([text])
    app = opened(explain, task="triage", model="b", item=str(Item(source, 0)), samples="10000")
    n, d = re.findall(
        r"asked about ([\d,]+) copies, not 10,000: this text has ([\d,]+) words", seen(app)
    )[0]
    d = int(d.replace(",", ""))
    assert int(n.replace(",", "")) == samplers.MAX_CELLS // d
    assert d > 20_000
    assert not [b for b in app.button if re.match(r"Ask about .* copies instead", b.label)]
    assert "Ask about more copies" not in seen(app)
    app = opened(compare, task="triage", source=source, row="0")
    assert re.search(r"asked about \d+ copies, not 2,000: this text has \d+,\d+ words", seen(app))
