"""What one explanation may take: memory by its samples and components, time by its model."""

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lime_engine import Explanation, samplers
from lime_engine.samplers import MAX_CELLS
from model_adapters import inspect_network
from sample_models import tasks
from tests.model_adapters.networks import torch_like
from tests.ui.reports import Told
from tests.ui.workshop import job_functions as jobs
from ui.compare.choice import CompareChoice
from ui.explain import wording
from ui.explain.choice import Choice, first_choice, read_choice
from ui.explain.work import explaining, second_look
from ui.shell.wording import duration
from ui.upload.wording import takes_long
from ui.workshop import catalogue, kept
from ui.workshop.case import Case
from ui.workshop.item import Item
from ui.workshop.jobs import Workers
from ui.workshop.request import batch_size, suitable_samples

FIRST = [tasks()[key] for key in ("triage", "digits", "flu")]
N_WORDS = 33_000
LONG_TEXT = " ".join(chr(0x4E00 + i % 20_000) + "xy"[i // 20_000] for i in range(N_WORDS))


def of_long_text(**more: str) -> Choice:
    """The issue's link: a text of 99 kB, and as many samples as can be asked for."""
    source = kept.keep_texts([LONG_TEXT])
    params = {"task": "triage", "model": "b", "item": str(Item(source, 0)), "samples": "10000"}
    return read_choice(params | more)


@pytest.fixture
def slow() -> Iterator[Choice]:
    """A network of which is said that it takes 2.9 s a picture, on a picture of one's own."""
    network = catalogue.store().put("network", torch_like(8, 8))
    settings = inspect_network(torch_like(8, 8)).proposed
    key = catalogue.keep_network(network, "mine", settings, 2.9)
    picture = io.BytesIO()
    pixels = np.random.default_rng(0).integers(0, 256, (40, 40, 3), np.uint8)
    Image.fromarray(pixels).save(picture, "PNG")
    own = kept.keep_pictures([("a", catalogue.store().put("picture", picture.getvalue()))])
    yield read_choice({"task": key, "item": str(Item(own, 0))})
    while catalogue._running:
        catalogue._running.popitem()[1].close()


@pytest.mark.parametrize("components", ["words", "places"])
def test_a_long_text_has_as_many_samples_as_fit(components: str) -> None:
    case = Case(of_long_text(components=components).request)
    n = case.subject.n_components
    assert n > 20_000
    assert case.request.settings.n_samples == 10_000
    assert case.settings.n_samples == MAX_CELLS // n


def test_fewer_samples_are_told_with_the_cause_and_settings_stay(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    choice = replace(first_choice(tasks()["triage"]), samples=2000)
    usual = explaining.explanation(choice.request, report=Told())
    assert wording.lowered(Explanation.from_dict(usual["explanation"]), 2000) == ""
    n_words = Case(choice.request).subject.n_components
    monkeypatch.setattr(samplers, "MAX_CELLS", 300 * n_words)
    choice = replace(choice, seed=1)
    found = explaining.explanation(choice.request, report=Told())
    explanation = Explanation.from_dict(json.loads(json.dumps(found["explanation"])))
    assert explanation.n_samples == 300
    said = wording.lowered(explanation, choice.n_samples)
    assert f"about 300 copies, not 2,000: this text has {n_words} words" in said
    more = replace(choice, samples=10_000)  # which continues a run that has not its samples either
    found = explaining.explanation(more.request, report=Told())
    assert found["explanation"]["n_samples"] == 300
    shapley = second_look.shapley(choice.request, 1, report=Told())
    assert shapley["n_calls"] <= 300


@pytest.mark.parametrize(
    ("seconds", "size"), [(0.0, None), (0.0001, None), (0.01, 100), (0.9, 1), (2.9, 1)]
)
def test_batches_take_about_a_second(seconds: float, size: int | None) -> None:
    assert batch_size(seconds) == size


@pytest.mark.parametrize(("seconds", "size"), [(0.01, 96), (0.15, 16), (0.9, 16), (0.03, 32)])
def test_a_network_that_insists_on_a_batch_gets_it_full(seconds: float, size: int) -> None:
    assert batch_size(seconds, 16) == size


@pytest.mark.parametrize(
    ("seconds", "n"), [(0.0, 1000), (0.1, 1000), (0.5, 500), (1.0, 200), (2.9, 100), (60.0, 100)]
)
def test_a_slow_model_is_asked_about_fewer(seconds: float, n: int) -> None:
    assert suitable_samples("image", seconds) == n


def test_a_slow_network_tells_its_progress_from_the_first_picture_on(slow: Choice) -> None:
    assert (slow.seconds, slow.n_samples) == (2.9, 100)
    told = Told()
    found = explaining.explanation(slow.request, report=told)
    n_asked = found["explanation"]["n_calls"]
    assert n_asked > 50
    assert len(told.fractions) == n_asked
    assert told.fractions[0] == pytest.approx(1 / 110)


def test_measured_again_it_is_still_the_same_network(slow: Choice) -> None:
    network = json.loads(catalogue.store().read("network-card", slow.task.key[4:]) or b"")
    settings = inspect_network(torch_like(8, 8)).proposed
    assert catalogue.keep_network(network["network"], "mine", settings, 0.2) == slow.task.key
    again = catalogue.find_task(slow.task.key)
    assert again is not None
    assert again.models[0].seconds == 0.2


def test_until_it_is_settled_ends_in_time(slow: Choice) -> None:
    settings = Case(replace(slow, samples="auto").request).settings
    assert settings.n_samples == "auto"
    assert settings.max_samples * 2.9 * 1.1 <= 1800 < (settings.max_samples + 1) * 2.9 * 1.1


def test_two_models_of_which_one_is_slow_are_asked_about_fewer(slow: Choice) -> None:
    choice = CompareChoice(slow.task, ("own", "wolves/a"), source=slow.item.source, row=0)
    assert choice.seconds == 2.9
    first, second = (Case(request) for request in choice.requests_of_one())
    assert (first.settings.n_samples, second.settings.n_samples) == (100, 100)
    told = Told()
    explaining.both_neighbourhoods((first, second), told)
    assert told.fractions[0] == pytest.approx(1 / 110)


def test_what_a_second_look_takes_is_known_beforehand(slow: Choice) -> None:
    variants = [list(second_look._variants(c.request)) for c in (slow, *map(first_choice, FIRST))]
    assert max(map(len, variants)) == len(variants[0]) == second_look.N_VARIANTS
    assert second_look._most(Case(slow.request)) == 100


def test_a_network_that_takes_long_is_told_at_upload() -> None:
    assert takes_long(0.1) is None
    said = takes_long(2.9) or ""
    assert "It takes 2.9 s a picture" in said
    assert "the usual 1,000 copies takes about 53 min" in said
    assert "100 copies instead (about 5 min)" in said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(7.4, "about 7 s"), (89, "about 89 s"), (319, "about 5 min"), (5400, "about 2 hours")],
)
def test_durations_are_told_roughly(seconds: float, said: str) -> None:
    assert duration(seconds) == said


@pytest.mark.long
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux")
@pytest.mark.parametrize(
    "more", [{}, {"components": "places"}, {"samples": "auto"}, {"selection": "none"}]
)
def test_the_worker_stays_below_its_limit(more: dict[str, str]) -> None:
    """A text of 99 kB with 33,000 words and 10,000 samples once took 4 GB."""
    choice = of_long_text(**more)
    pool = Workers(1)
    try:
        before = pool.submit("peak", jobs.peak_memory, affinity="any").result()
        found = pool.submit("long", explaining.explanation, choice.request, affinity="any").result()
        peak = pool.submit("peak", jobs.peak_memory, affinity="any").result()
    finally:
        pool.close()
    assert found["explanation"]["n_samples"] <= MAX_CELLS // 20_000
    assert before < peak < 1_000_000_000
