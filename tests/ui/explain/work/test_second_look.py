"""Other settings and another method, with models whose right answer is known."""

import base64
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pytest
from PIL import Image

import sample_models
from lime_engine import ImagePerturber, explain
from lime_engine.errors import Cancelled
from tests.ui.reports import Told
from ui.explain.choice import read_choice
from ui.explain.work import explaining, second_look
from ui.explain.work.second_look import shapley, survival
from ui.workshop import catalogue, instances, kept
from ui.workshop.case import Case
from ui.workshop.item import Item
from ui.workshop.request import Request, TableView
from ui.workshop.store import Store

SIDE = 80  # of the picture, in pixels
CORNER = SIDE // 4


@pytest.fixture
def report() -> Any:
    return Told()


Answers = Callable[[Any], Any]


@pytest.fixture
def answering(monkeypatch: pytest.MonkeyPatch) -> Callable[[Answers], None]:
    """From now on the model of every task says "yes" with these probabilities."""

    def use(answers: Answers) -> None:
        def predict(batch: Any) -> Any:
            p = np.asarray(answers(batch))
            return np.column_stack([1 - p, p])

        monkeypatch.setattr(catalogue, "load", lambda *_: predict)

    return use


# --- texts ------------------------------------------------------------------------------------

ADDS = {"w03": 0.25, "w07": -0.15, "w10": 0.1, "w12": -0.05}


def adding(texts: Sequence[str]) -> list[float]:
    return [0.5 + sum(a for w, a in ADDS.items() if w in text.split()) for text in texts]


def own_text(**params: str) -> Request:
    source = kept.keep_texts([" ".join(f"w{i:02}" for i in range(14))])
    item = {"task": "triage", "item": str(Item(source, 0)), "class": "1", "features": "4"}
    return read_choice(item | params).request


def test_a_model_that_adds_up_words_keeps_them_all(
    answering: Callable[[Answers], None], report: Any
) -> None:
    """Whatever counts as near and whichever copies are drawn: its weights are what it adds."""
    answering(adding)
    found = survival(own_text(), 1, report=report)
    assert found["variants"] == [
        "as shown", "nearer copies", "farther copies", "other copies 1", "other copies 2"
    ]  # fmt: skip
    expected = {str(int(word[1:])): adds for word, adds in ADDS.items()}
    assert found["weights"] == [pytest.approx(expected)] * 5


def test_progress_grows_and_ends_at_one(answering: Callable[[Answers], None], report: Any) -> None:
    answering(adding)
    found = survival(own_text(), 1, report=report)
    assert report.fractions == sorted(report.fractions)
    assert report.fractions[0] < 0.2
    assert report.fractions[-1] == pytest.approx(1)
    assert json.loads(json.dumps(found)) == found


@pytest.mark.parametrize("until", [0.1, 0.5])
def test_survival_can_be_cancelled(answering: Callable[[Answers], None], until: float) -> None:
    asked: list[int] = []

    def counting(texts: Sequence[str]) -> list[float]:
        asked.append(len(texts))
        return adding(texts)

    answering(counting)
    report = Told(until)
    with pytest.raises(Cancelled):
        survival(own_text(), 1, report=report)
    assert asked
    assert report.fractions[-1] < 1


# --- what the page shows ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "params",
    [
        {"task": "triage"},
        {"task": "triage", "samples": "500", "width": "wide", "seed": "3", "features": "9"},
        {"task": "triage", "samples": "auto", "class": "0"},
        {"task": "triage", "surrogate": "tree", "components": "places"},
        {"task": "flu", "samples": "500", "bins": "entropy", "selection": "lasso_path"},
        {"task": "digits", "samples": "500", "class": "8", "fill": "white"},
    ],
)
def test_the_first_variant_is_what_the_page_shows(params: dict[str, str], report: Any) -> None:
    asked = read_choice(params).request
    shown = explaining.explanation(asked, report=report)["explanation"]
    found = survival(asked, shown["target"], report=report)
    assert found["weights"][0] == {str(w["index"]): w["weight"] for w in shown["weights"]}
    assert len(found["weights"]) == len(found["variants"])
    assert json.loads(json.dumps(found)) == found


# --- rows -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bins", "others"),
    [("quartile", ["decile"]), ("decile", ["quartile"]), ("entropy", ["decile", "quartile"])],
)
def test_rows_are_also_asked_about_in_other_bins(bins: str, others: list[str], report: Any) -> None:
    asked = read_choice({"task": "flu", "bins": bins, "samples": "500"}).request
    found = survival(asked, 1, report=report)
    assert found["variants"][5:] == [
        {"decile": "ten ranges", "quartile": "four ranges"}[o] for o in others
    ]
    row, _ = instances.instance_of("flu", asked.item)
    for other, weights in zip(others, found["weights"][5:], strict=True):
        direct = explain(
            row,
            sample_models.load_model("flu", asked.model),
            instances.perturber_of(TableView(other), partial(catalogue.data_of, "flu")),  # type: ignore[arg-type]
            replace(asked.settings, n_samples="auto", max_samples=2000, held_out=0.0),
            target=1,
        )
        assert weights == {str(w.index): w.weight for w in direct.weights}


# --- pictures -----------------------------------------------------------------------------------


@pytest.fixture
def noise(a_store_of_its_own: Store) -> Any:
    """A picture without a black pixel, none of which is as its surroundings are."""
    return np.random.default_rng(0).integers(1, 256, (SIDE, SIDE, 3), dtype=np.uint8)


def own_picture(pixels: Any, view: ImagePerturber, n_features: int) -> Request:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    picture = kept.store().put("picture", buffer.getvalue())
    item = Item(kept.keep_pictures((("a.png", picture),)), 0)
    asked = read_choice({"task": "wolves", "item": str(item), "features": str(n_features)}).request
    return replace(asked, view=view)


def test_pictures_count_in_how_many_ways_a_region_stays(
    answering: Callable[[Answers], None], report: Any, noise: Any
) -> None:
    """The model looks at three corners, at one of them only whether it is black.

    In squares of another size the regions are others, but the same corners count. Painted over
    with a blurred picture the one is not black: then the weakest is shown instead of it.
    """

    def looking(batch: Any) -> Any:
        same = (batch == noise).all(axis=3)
        lit = (batch != 0).any(axis=3)
        c = CORNER
        return (
            0.1
            + 0.5 * same[:, :c, :c].mean(axis=(1, 2))
            + 0.2 * lit[:, -c:, -c:].mean(axis=(1, 2))
            + 0.1 * same[:, :c, -c:].mean(axis=(1, 2))
        )

    answering(looking)
    asked = own_picture(noise, ImagePerturber("grid", n_segments=16, fill=0.0), n_features=2)
    found = survival(asked, 1, report=report)
    assert found["variants"][5:] == ["off: blurred", "smaller regions", "larger regions"]
    assert found["kept"] == {"0": 8, "15": 7}
    assert found["weights"][0] == pytest.approx({"0": 0.5, "15": 0.2}, abs=0.005)
    assert found["weights"][5] == pytest.approx({"0": 0.5, "3": 0.1})
    assert found["light"] != found["dark"]
    for scheme in ("light", "dark"):
        head, data = found[scheme].split(",", 1)
        assert head.startswith("data:image/")
        picture = Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB")
        assert picture.size == (second_look.PICTURE_PX,) * 2
        colour = np.ptp(np.asarray(picture, dtype=int), axis=2).reshape(4, 100, 4, 100)
        colourful = colour.mean(axis=(1, 3)) > 20
        # The first corner, what of the last is kept, and a trace of the third.
        assert colourful[0, 0]
        assert colourful[3, 3]
        assert not colourful[1:3].any()


def test_a_blurred_fill_is_followed_by_the_mean_colour(
    answering: Callable[[Answers], None], report: Any, noise: Any
) -> None:
    answering(lambda batch: 0.5 + 0.4 * (batch == noise)[:, :CORNER, :CORNER].mean(axis=(1, 2, 3)))
    asked = own_picture(noise, ImagePerturber("grid", n_segments=4, fill="blur"), n_features=1)
    found = survival(asked, 1, report=report)
    assert found["variants"][5:] == ["off: in one colour", "smaller regions", "larger regions"]
    assert found["kept"].keys() == {"0"}


# --- Shapley weights ----------------------------------------------------------------------------


def test_shapley_weights_of_a_sum_are_what_it_adds(
    answering: Callable[[Answers], None], report: Any
) -> None:
    answering(adding)
    found = shapley(own_text(), 1, report=report)
    expected = [ADDS.get(f"w{i:02}", 0.0) for i in range(14)]
    assert found["weights"] == pytest.approx(expected)
    assert found["base"] == pytest.approx(0.5)
    assert report.fractions == sorted(report.fractions)
    assert report.fractions[-1] == pytest.approx(1)
    with pytest.raises(Cancelled):
        shapley(own_text(seed="1"), 1, report=Told(until=0.0))


@pytest.mark.parametrize(
    "params", [{"task": "triage"}, {"task": "flu"}, {"task": "digits", "samples": "auto"}]
)
def test_shapley_weights_share_out_the_whole_way(params: dict[str, str], report: Any) -> None:
    asked = read_choice(params).request
    instance, _ = instances.instance_of(asked.task, asked.item)
    target = 1
    found = shapley(asked, target, report=report)
    assert json.loads(json.dumps(found)) == found
    assert sum(found["weights"]) == pytest.approx(found["full"] - found["base"])
    batch = instance if asked.task == "flu" else [instance]
    batch = np.asarray(batch) if asked.task == "digits" else batch
    answer = sample_models.load_model(asked.task, asked.model)(batch)[0, target]
    assert found["full"] == pytest.approx(answer, abs=1e-5)


def test_the_empty_text_is_the_base(report: Any) -> None:
    """With every word off the model is asked about what is left between them."""
    asked = read_choice({"task": "triage"}).request
    off = tuple(range(Case(asked).subject.n_components))
    answer = explaining.what_if(asked.alone(), off, (), report=report)["answer"]
    assert shapley(asked, 0, report=report)["base"] == pytest.approx(answer[0])
