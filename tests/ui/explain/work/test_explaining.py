"""What the workers compute for the screens, run here in this process against the real tasks."""

import base64
import csv
import io
import json
import re
from dataclasses import replace
from functools import partial
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import helper
from PIL import Image
from scipy.stats import spearmanr

import sample_models
from lime_engine import Explanation, TextPerturber, explain
from lime_engine.errors import InputError
from lime_engine.subjects import ImageSubject
from lime_engine.types import Neighbourhood
from model_adapters import inspect_network, load_network
from sample_models.types import SPLITS
from tests.lime_engine.conftest import written
from tests.model_adapters.networks import BIAS, WEIGHTS, linear, model, torch_like
from tests.ui.reports import Told
from ui.explain import changes, export
from ui.explain import wording as told
from ui.explain.changes import Changed
from ui.explain.choice import Choice, first_choice, read_choice
from ui.explain.sheet import as_csv, codebook
from ui.explain.work import evidence, explaining
from ui.figures import markup
from ui.figures.pixels import superpixel_places
from ui.workshop import catalogue, instances, kept
from ui.workshop.case import Case
from ui.workshop.item import Item
from ui.workshop.packing import packed, unpacked
from ui.workshop.store import Store


@pytest.fixture
def report() -> Any:
    return Told()


@pytest.fixture
def demo() -> Choice:
    return first_choice(sample_models.tasks()["triage"])


def test_the_explanation_is_the_engines_own(demo: Choice, report: Any) -> None:
    found = explaining.explanation(demo.request, report=report)
    text, label = instances.instance_of("triage", demo.item)
    direct = explain(
        text,
        sample_models.load_model("triage", demo.model),
        TextPerturber(ignore_case=True),
        demo.request.settings,
        class_names=demo.task.class_names,
    )
    assert found == {"explanation": direct.to_dict(), "label": label, "rivals": []}
    assert report.fractions[-1] == pytest.approx(1)


def test_another_class_or_k_is_fitted_from_the_store(
    demo: Choice, report: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = explaining.explanation(demo.request, report=report)["explanation"]

    def never(*_: Any) -> Any:
        raise AssertionError("the model was asked again")

    monkeypatch.setattr(catalogue, "load", lambda *_: never)
    for params in ({"features": "3"}, {"class": "0"}, {"surrogate": "tree"}, {"features": "12"}):
        other = read_choice(demo.params() | params)
        again = explaining.explanation(other.request, report=report)["explanation"]
        assert again["n_calls"] == first["n_calls"]
        assert again["probabilities"] == first["probabilities"]
    with pytest.raises(Exception, match="asked again"):
        explaining.explanation(read_choice(demo.params() | {"seed": "1"}).request, report=report)


def test_a_larger_run_asks_only_about_the_rest(
    demo: Choice, report: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Also by the shortest way: a link to the larger run alone gives the same numbers."""
    model = sample_models.load_model("triage", demo.model)
    asked: list[int] = []

    def counting(texts: Any) -> Any:
        asked.append(len(texts))
        return model(texts)

    monkeypatch.setattr(catalogue, "load", lambda *_: counting)
    small, large = (read_choice(demo.params() | {"samples": n}).request for n in ("2000", "5000"))
    first = explaining.neighbourhood_of(Case(small), report)
    assert sum(asked) == first.n_calls
    asked.clear()
    grown = explaining.neighbourhood_of(Case(large), report)
    assert sum(asked) == grown.n_calls - first.n_calls
    assert (len(first.design), len(grown.design)) == (2000, 5000)
    before, after = _answers(first), _answers(grown)
    assert {mask: after[mask] for mask in before} == before
    explained = explaining.explanation(large, report=report)
    empty = Store(tmp_path / "empty", max_bytes=50_000_000, ttl_seconds=3600)
    monkeypatch.setattr(explaining, "store", lambda: empty)
    assert explaining.explanation(large, report=report) == explained


def test_a_picture_has_a_first_look_that_the_rest_continues(
    report: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = first_choice(sample_models.tasks()["wolves"]).request
    sooner = request.sooner()
    assert sooner is not None
    assert (sooner.settings.n_samples, request.settings.n_samples) == (200, 1000)
    assert sooner.sooner() is None
    assert first_choice(sample_models.tasks()["triage"]).request.sooner() is None
    found = explaining.explanation(request, report=report)
    assert report.fractions == sorted(report.fractions)
    raw = catalogue.store().read("explanation", sooner.store_id("explanation"))
    assert raw is not None
    assert json.loads(raw)["explanation"]["n_samples"] == 200
    first, whole = (explaining.neighbourhood_of(Case(each), report) for each in (sooner, request))
    assert {mask: _answers(whole)[mask] for mask in _answers(first)} == _answers(first)
    assert len(whole.design) == 1000
    empty = Store(tmp_path / "empty", max_bytes=50_000_000, ttl_seconds=3600)
    monkeypatch.setattr(explaining, "store", lambda: empty)
    alone = explaining.neighbourhood_of(Case(request), report)
    np.testing.assert_array_equal(alone.responses.values, whole.responses.values)
    assert explaining.explanation(request, report=report) == found


def _answers(neighbourhood: Neighbourhood) -> dict[bytes, list[float]]:
    """What the model answered to each mask."""
    design, answers = neighbourhood.asked()
    return {mask.tobytes(): p for mask, p in zip(design.masks, answers.tolist(), strict=True)}


def test_until_it_is_settled_depends_on_what_is_shown(demo: Choice, report: Any) -> None:
    """Another class, or number of words, may need more copies: it is asked for itself."""

    def kept_as(**params: str) -> str:
        return read_choice(demo.params() | params).request.asking().store_id("neighbourhood")

    others: tuple[dict[str, str], ...] = ({}, {"features": "2"}, {"class": "0"})
    assert len({kept_as(samples="auto", **other) for other in others}) == 3
    assert len({kept_as(**other) for other in others}) == 1
    auto = read_choice(demo.params() | {"samples": "auto", "features": "2"}).request
    found = Explanation.from_dict(explaining.explanation(auto, report=report)["explanation"])
    assert found.stability is not None
    assert found.stability.settled
    assert found.n_samples < auto.settings.max_samples
    report.fractions.clear()
    assert explaining.explanation(auto, report=report)["explanation"] == found.to_dict()
    assert report.fractions == []  # it was in the store


def test_a_neighbourhood_survives_the_store_bit_by_bit(demo: Choice, report: Any) -> None:
    explaining.explanation(demo.request, report=report)
    asked = explaining.neighbourhood_of(Case(demo.request), report)
    again = unpacked(packed(asked), asked.subject, asked.law)
    for one, other in (
        (asked.design, again.design),
        (asked.held_out, again.held_out),
    ):
        assert one is not None
        assert other is not None
        np.testing.assert_array_equal(one.masks, other.masks)
        np.testing.assert_array_equal(one.weights, other.weights)
    np.testing.assert_array_equal(asked.responses.values, again.responses.values)
    assert asked.n_calls == again.n_calls


def test_what_if_asks_the_model_about_the_edited_text(demo: Choice, report: Any) -> None:
    text, _ = instances.instance_of("triage", demo.item)
    subject = TextPerturber().components(text)
    off = (0, 3)
    mask = np.ones((1, subject.n_components), dtype=bool)
    mask[0, list(off)] = False
    edited = written(TextPerturber(), subject, mask)
    expected = sample_models.load_model("triage", demo.model)(edited)[0].tolist()
    assert explaining.what_if(demo.request, off, (), report=report) == {
        "answer": expected,
        "off": list(off),
    }


def test_copies_are_true_and_spread(demo: Choice, report: Any) -> None:
    text, _ = instances.instance_of("triage", demo.item)
    perturber = TextPerturber(ignore_case=True)
    subject = perturber.components(text)
    found = explaining.copies(demo.request, 1, report=report)
    assert len(found) == explaining.N_COPIES
    model = sample_models.load_model("triage", demo.model)
    for copy in found:
        mask = np.ones((1, subject.n_components), dtype=bool)
        mask[0, copy["off"]] = False
        text = written(perturber, subject, mask)
        assert copy["probability"] == pytest.approx(model(text)[0, 1])
    weights = [copy["weight"] for copy in found]
    assert weights == sorted(weights, reverse=True)
    assert weights[0] > 0.9
    assert weights[-1] < 0.1


def test_evidence_is_a_plain_count(report: Any) -> None:
    data = sample_models.load_data("triage")
    counts = evidence.of_words("triage", TextPerturber(), ("pain", "zebra"), report=report)
    for split in SPLITS:
        labelled = data.split(split)
        for label in (0, 1):
            rows = [
                t for t, y in zip(labelled.instances, labelled.labels, strict=True) if y == label
            ]
            containing = sum("pain" in TextPerturber().components(t).labels for t in rows)
            assert counts["counts"]["pain"][split][label] == containing
            assert counts["totals"][split][label] == len(rows)
        assert counts["counts"]["zebra"][split] == [0, 0]


def test_evidence_is_of_the_data_that_are_at_hand(report: Any) -> None:
    found = evidence.of_words("comments", TextPerturber(), ("gay",), report=report)
    assert found["totals"] == {"test": [200, 200], "field": [200, 200]}
    assert list(found["counts"]["gay"]) == ["test", "field"]
    subject = TextPerturber().components("I am gay")
    names = sample_models.tasks()["comments"].class_names
    said = told.evidence("gay", found, names, subject, of="gay")
    assert said.startswith("What the models learned from is not at hand")
    assert "%" not in said
    table = markup.evidence_table(found, "gay", names, dark=False)
    assert "Training" not in table
    assert "Test" in table


def test_own_texts_come_from_the_store_or_are_missed_in_a_sentence(report: Any) -> None:
    source = kept.keep_texts(["I feel fine", "My chest hurts badly"])
    assert instances.instance_of("triage", Item(source, 1)) == ("My chest hurts badly", None)
    with pytest.raises(InputError, match="no number 3 here; there are 2"):
        instances.instance_of("triage", Item(source, 2))
    with pytest.raises(InputError, match="no longer on this server"):
        instances.instance_of("triage", Item("a" * 26, 0))
    with pytest.raises(InputError, match="no number 100001 here"):
        instances.instance_of("triage", Item("test", 100_000))


def test_results_are_kept_as_json(demo: Choice, report: Any, a_store_of_its_own: Store) -> None:
    def double(x: int, *, report: Any) -> list[int]:
        return [2 * x]

    entry = demo.request.store_id("what-if")
    assert explaining.store_result("what-if", entry, double, 21, report=report) == [42]
    assert json.loads(a_store_of_its_own.read("what-if", entry) or b"") == [42]


def test_requests_that_differ_have_ids_that_differ(demo: Choice) -> None:
    ids = {
        read_choice(demo.params() | params).request.store_id("explanation")
        for params in ({}, {"class": "1"}, {"model": "b"}, {"seed": "2"}, {"components": "places"})
    }
    assert len(ids) == 5


# --- downloads, of a real explanation --------------------------------------------------------


@pytest.fixture
def shown(report: Any) -> export.Shown:
    source = kept.keep_texts(['Urgent <script>alert("x")</script> ![a](http://b/c.png) pain'])
    choice = read_choice({"task": "triage", "item": str(Item(source, 0)), "off": "1"})
    found = explaining.explanation(choice.request, report=report)
    explanation = Explanation.from_dict(found["explanation"])
    words = tuple(weight.label for weight in explanation.weights)
    return export.Shown(
        choice=choice,
        explanation=explanation,
        label=None,
        change=Changed(**explaining.what_if(choice.request, (1,), (), report=report)),
        evidence=evidence.of_words("triage", TextPerturber(), words, report=report),
    )


def test_the_report_is_one_file_without_scripts_or_outside_links(shown: export.Shown) -> None:
    report = export.as_report(shown)
    lowered = report.lower()
    assert "<script" not in lowered
    assert "src=" not in lowered
    assert "href=" not in lowered
    assert "url(" not in lowered
    assert "&lt;<mark" in report or "&lt;script" in report or "&lt;<" in report
    for weight in shown.explanation.weights:
        assert f"{weight.weight:+.4f}" in report
    assert "<h2>What if</h2>" in report
    assert "What the data says" in report
    address = 'https://trust.example/explain?item=a&off=1"><script>'
    links = Hrefs(export.as_report(replace(shown, link=address))).found
    assert links == [address]  # the one back
    assert "href=" not in export.as_report(replace(shown, link="javascript:alert(1)"))


class Hrefs(HTMLParser):
    """The addresses that a page leads to."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str | None] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name in ("href", "src", "action")]


def test_json_and_csv_hold_the_numbers(shown: export.Shown) -> None:
    document = json.loads(export.as_json(shown))
    assert document["explanation"] == json.loads(json.dumps(shown.explanation.to_dict()))
    assert shown.change is not None
    assert document["what_if"] == {
        "off": [1],
        "edits": [],
        "probabilities": list(shown.change.answer),
    }
    assert document["item"] == str(shown.choice.item)
    rows = list(csv.DictReader(io.StringIO(as_csv(export.sheet(shown)))))
    assert (
        list(rows[0])
        == (
            "word times weight 95_percent_from 95_percent_to settled speaks_for answer item text"
        ).split()
    )
    assert {row["text"] for row in rows} == {shown.explanation.subject.text}
    assert {row["item"] for row in rows} == {str(shown.choice.item)}
    assert told_of(codebook(export.sheet(shown))) == list(rows[0])
    for row, weight in zip(rows, shown.explanation.weights, strict=True):
        assert row["word"] == weight.label
        assert float(row["weight"]) == pytest.approx(weight.weight, abs=5e-5)
        assert weight.interval is not None
        for end, bound in zip(("from", "to"), weight.interval, strict=True):
            assert float(row[f"95_percent_{end}"]) == pytest.approx(bound, abs=5e-5)
        assert row["settled"] == ("yes" if weight.settled else "no")


def told_of(book: str) -> list[str]:
    """The columns that a codebook tells of, each with a sentence."""
    head, *lines = csv.reader(io.StringIO(book))
    assert head == ["column", "what is in it"]
    assert all(meaning.endswith(".") for _, meaning in lines)
    return [name for name, _ in lines]


def test_what_is_not_known_is_an_empty_cell(demo: Choice, report: Any) -> None:
    found = explaining.explanation(replace(demo, surrogate="tree").request, report=report)
    explanation = Explanation.from_dict(found["explanation"])
    table = as_csv(export.sheet(export.Shown(demo, explanation, None, None, None)))
    for row in csv.DictReader(io.StringIO(table)):
        assert row["95_percent_from"] == row["95_percent_to"] == row["settled"] == ""


def test_a_cell_never_starts_a_formula() -> None:
    def predict(texts: Any) -> Any:
        p = np.array([0.9 if "=" in text else 0.2 for text in texts])
        return np.column_stack([1 - p, p])

    explanation = explain("=1+1 @x", predict, TextPerturber(level="character"))
    table = as_csv(export.sheet(export.Shown(read_choice({}), explanation, None, None, None)))
    cells = [cell for line in csv.reader(io.StringIO(table)) for cell in (line[0], line[-1])][2:]
    assert "'=1+1 @x" in cells
    assert "'=" in cells
    assert not any(cell.startswith(("=", "+", "@")) for cell in cells)


def test_the_report_says_at_once_whether_the_answer_is_right(shown: export.Shown) -> None:
    names, explanation = shown.explanation.class_names, shown.explanation
    said = max(range(len(names)), key=explanation.probabilities.__getitem__)
    assert "labelled" not in export.as_report(shown)  # nobody knows
    right = export.as_report(replace(shown, label=said))
    assert f"right: labelled {names[said]}" in right
    assert "wrong: labelled" not in right
    wrong = export.as_report(replace(shown, label=1 - said))
    assert f"wrong: labelled {names[1 - said]}" in wrong


def test_report_and_json_say_what_is_outside_of_what_the_model_knows(shown: export.Shown) -> None:
    head = "The model knows 1 of these 5 words."
    assert head not in export.as_report(shown)
    assert json.loads(export.as_json(shown))["outside"] is None  # it was not looked for
    for is_outside in (True, False):
        found = {"is_outside": is_outside, "words": [1, 5]}
        page = replace(shown, outside=found)
        report = export.as_report(page)
        assert (head in report) == is_outside
        assert json.loads(export.as_json(page))["outside"] == found
    cells = [["<script>", 400.0, 1.0, 99.0]]
    report = export.as_report(replace(shown, outside={"is_outside": True, "cells": cells}))
    assert "&lt;script&gt; 400 (it knows 1 to 99)" in report
    # Before the reasons, as on the screen.
    assert report.index("it knows 1 to 99") < report.index("<h2>Why")


def test_the_report_tells_its_settings_in_words(demo: Choice, report: Any) -> None:
    chosen = replace(demo, components="places", selection="lasso_path", features=3, seed=7)
    found = explaining.explanation(chosen.request, report=report)
    explanation = Explanation.from_dict(found["explanation"])
    told = export.as_report(export.Shown(chosen, explanation, None, None, None))
    for words in (
        f"asked about {explanation.n_samples:,} changed copies of this text",
        f"in {explanation.n_calls:,} questions altogether",
        "each place of a word is a part of its own",
        f"3 words shown of {explanation.subject.n_components}, chosen by a lasso path",
        "Random numbers start at 7",
    ):
        assert words in told
    for name in ("n_samples", "kernel_width", "max_samples", "held_out", " None"):
        assert name not in told


# --- pictures and rows -------------------------------------------------------------------------


@pytest.fixture
def digits() -> Choice:
    return read_choice({"task": "digits", "samples": "500"})


@pytest.fixture
def flu() -> Choice:
    return read_choice({"task": "flu", "samples": "500"})


def test_rivals_are_the_likeliest_classes_from_the_same_answers(
    digits: Choice, report: Any
) -> None:
    found = explaining.explanation(digits.request, report=report)
    probabilities = found["explanation"]["probabilities"]
    order = sorted(range(10), key=lambda k: -probabilities[k])
    assert [rival["target"] for rival in found["rivals"]] == order[:3]
    assert found["rivals"][0]["weights"] == found["explanation"]["weights"]
    calls = report.fractions.copy()
    other = read_choice(digits.params() | {"class": str(order[1])})
    again = explaining.explanation(other.request, report=report)
    assert again["explanation"]["weights"] == found["rivals"][1]["weights"]
    assert report.fractions == calls  # nothing was asked


def test_what_if_paints_a_region_over(digits: Choice, report: Any) -> None:
    pixels, _ = instances.instance_of("digits", digits.item)
    subject = digits.task.image.components(pixels)
    painted = pixels.copy()
    painted[(subject.segments == 20) | (subject.segments == 28)] = 0
    model = sample_models.load_model("digits", digits.model)
    found = explaining.what_if(digits.request.alone(), (20, 28), (), report=report)
    assert found["answer"] == pytest.approx(model(painted[None])[0].tolist())
    assert found["off"] == [20, 28]


def test_copies_of_a_picture_are_pictures(digits: Choice, report: Any) -> None:
    for copy in explaining.copies(digits.request, 3, report=report):
        assert copy["picture"].startswith("data:image/")
        assert 0 <= copy["probability"] <= 1


def test_what_if_asks_about_the_edited_row(flu: Choice, report: Any) -> None:
    row, _ = instances.instance_of("flu", flu.item)
    names = list(row.columns)
    column = names.index("patient id")
    edited = row.copy()
    edited["patient id"] = 12_345
    model = sample_models.load_model("flu", flu.model)
    found = explaining.what_if(flu.request.alone(), (), ((column, 12_345),), report=report)
    assert found["answer"] == pytest.approx(model(edited)[0].tolist())
    assert found["off"] == [column]  # it has left its bin
    near = float(row["patient id"].iloc[0]) + 1
    stays = explaining.what_if(flu.request.alone(), (), ((column, near),), report=report)
    assert stays["off"] == []
    with pytest.raises(InputError, match="patient id"):
        explaining.what_if(flu.request.alone(), (), ((column, None),), report=report)
    cough = names.index("cough")
    with pytest.raises(InputError, match="sometimes"):
        explaining.what_if(flu.request.alone(), (), ((cough, "sometimes"),), report=report)


def test_copies_of_a_row_are_rows_the_model_knows(flu: Choice, report: Any) -> None:
    import pandas as pd

    row, _ = instances.instance_of("flu", flu.item)
    model = sample_models.load_model("flu", flu.model)
    found = explaining.copies(flu.request, 1, report=report)
    assert len(found) == explaining.N_COPIES
    for copy in found:
        frame = pd.DataFrame([copy["values"]], columns=row.columns)
        for name in row.columns:
            if row[name].dtype.kind in "if":
                frame[name] = frame[name].astype(float)
        assert model(frame)[0, 1] == pytest.approx(copy["probability"])


def test_evidence_of_a_value_is_a_count_of_its_bin(flu: Choice, report: Any) -> None:
    row, _ = instances.instance_of("flu", flu.item)
    age = float(row["age"].iloc[0])
    found = evidence.of_values(
        "flu", "quartile", (("age", age), ("cough", "dry"), ("weight", None)), report=report
    )
    data = sample_models.load_data("flu")
    low, high = found["spread"]["age"]["range"]
    for split in SPLITS:
        part = data.split(split)
        inside = np.ones(len(part.labels), dtype=bool)
        if low is not None:
            inside &= (part.instances["age"] > low).to_numpy()
        if high is not None:
            inside &= (part.instances["age"] <= high).to_numpy()
        dry = (part.instances["cough"] == "dry").to_numpy()
        absent = part.instances["weight"].isna().to_numpy()
        for name, mask in (("age", inside), ("cough", dry), ("weight", absent)):
            expected = np.bincount(part.labels[mask], minlength=2).tolist()
            assert found["counts"][name][split] == expected
    for name in ("age", "cough", "weight"):
        spread = found["spread"][name]
        counted = np.sum(spread["counts"], axis=1) + spread["missing"]
        assert counted.tolist() == found["totals"]["train"]


def test_columns_that_move_together_are_those_of_high_rank_correlation(report: Any) -> None:
    """By scipy, pair by pair."""
    train = sample_models.load_data("breast_cancer").train.instances
    names = [str(name) for name in train.columns]
    found = evidence.of_values(
        "breast_cancer", "quartile", tuple((n, float(train[n].iloc[0])) for n in names[:4]),
        report=report,
    )  # fmt: skip
    assert list(found["together"]) == names[:4]
    for name, others in found["together"].items():
        strength = {o: abs(spearmanr(train[name], train[o])[0]) for o in names if o != name}
        strong = [other for other, r in strength.items() if r >= evidence.TOGETHER]
        assert others == sorted(strong, key=lambda other: -strength[other])
    assert "mean perimeter" in found["together"]["mean radius"]


def test_columns_say_what_the_training_rows_hold(report: Any) -> None:
    train = sample_models.load_data("flu").train.instances
    columns = {column["name"]: column for column in evidence.columns("flu", report=report)}
    assert list(columns) == list(train.columns)
    assert columns["age"]["whole"]
    assert columns["age"]["low"] == train["age"].min()
    assert columns["weight"]["can_be_missing"]
    assert columns["cough"]["categories"] == tuple(sorted(train["cough"].unique()))
    assert columns["cough"]["typical"] == train["cough"].mode()[0]


def test_own_pictures_and_rows_come_from_the_store(
    flu: Choice, report: Any, a_store_of_its_own: Store
) -> None:
    buffer = io.BytesIO()
    Image.fromarray(np.full((9, 8, 3), 7, dtype=np.uint8)).save(buffer, "PNG")
    picture = a_store_of_its_own.put("picture", buffer.getvalue())
    pictures = kept.keep_pictures((("a.png", picture),))
    pixels, label = instances.instance_of("wolves", Item(pictures, 0))
    assert label is None
    np.testing.assert_array_equal(pixels, np.full((9, 8, 3), 7))
    row, _ = instances.instance_of("flu", flu.item)
    values = list(
        instances.perturber_of(flu.view, partial(catalogue.data_of, "flu")).components(row).values
    )
    rows = kept.keep_rows(list(row.columns), [values])
    own = read_choice(flu.params() | {"item": str(Item(rows, 0))})
    theirs = explaining.explanation(flu.request, report=report)["explanation"]
    mine = explaining.explanation(own.request, report=report)["explanation"]
    assert mine == theirs
    with pytest.raises(InputError, match="no longer on this server"):
        instances.instance_of("flu", Item(pictures, 0))


def test_a_network_that_was_brought_is_a_task(report: Any) -> None:
    facts = inspect_network(torch_like(8, 8))
    network = catalogue.store().put("network", torch_like(8, 8))
    key = catalogue.keep_network(network, "mine", facts.proposed)
    task = catalogue.find_task(key)
    assert task is not None
    assert task.kind == "image"
    assert task.class_names == facts.proposed.class_names
    pixels = np.random.default_rng(0).integers(0, 256, (2, 8, 8, 3), dtype=np.uint8)
    direct = load_network(torch_like(8, 8), facts.proposed)
    try:
        predict = catalogue.entry_of(key, "own").predict()
        assert predict is catalogue.entry_of(key, "own").predict()
        np.testing.assert_allclose(predict(pixels), direct(pixels))
    finally:
        direct.close()
        catalogue._running.popitem()[1].close()
    assert catalogue.find_task("own-" + "a" * 26) is None


def test_a_network_with_a_yes_or_no_for_each_class_is_explained_so(report: Any) -> None:
    nodes, stored = linear("x", "logits")
    sigmoid = helper.make_node("Sigmoid", ["logits"], ["y"])
    data = model([*nodes, sigmoid], ["n", 3, 8, 8], stored).SerializeToString()
    settings = replace(inspect_network(data).proposed, scaling="0-1")
    key = catalogue.keep_network(catalogue.store().put("network", data), "mine", settings)
    task = catalogue.find_task(key)
    assert task is not None
    assert task.mode == "multilabel"
    picture = np.random.default_rng(0).integers(0, 256, (8, 8, 3), dtype=np.uint8)
    encoded = io.BytesIO()
    Image.fromarray(picture).save(encoded, "PNG")
    entry = catalogue.store().put("picture", encoded.getvalue())
    own = kept.keep_pictures([("a", entry)])
    choice = read_choice({"task": key, "item": str(Item(own, 0)), "fill": "black"})
    found = explaining.explanation(choice.request, report=report)["explanation"]
    after = explaining.what_if(choice.request.alone(), (0,), (), report=report)
    mean = (picture / 255).mean(axis=(0, 1)) @ WEIGHTS.T + BIAS
    catalogue._running.popitem()[1].close()
    np.testing.assert_allclose(found["probabilities"], 1 / (1 + np.exp(-mean)), rtol=1e-4)
    assert sum(after["answer"]) > 1.1


def test_reports_of_pictures_and_rows_are_one_file_each(
    digits: Choice, flu: Choice, report: Any
) -> None:
    for choice in (digits, flu):
        found = explaining.explanation(choice.request, report=report)
        explanation = Explanation.from_dict(found["explanation"])
        edits = (
            explaining.what_if(choice.request.alone(), (2,), (), report=report)
            if choice is digits
            else None
        )
        changed = None if edits is None else Changed(**edits)
        if changed is not None:
            choice = replace(choice, off=(2,))
        page = export.Shown(choice, explanation, found["label"], changed, None)
        html = export.as_report(page).lower()
        assert "<script" not in html
        assert "http://" not in html
        assert html.count("data:image/") == (2 if choice.task.key == "digits" else 0)
        lines = as_csv(export.sheet(page)).splitlines()
        assert len(lines) == 1 + len(explanation.weights)
        assert json.loads(export.as_json(page))["explanation"] == json.loads(
            json.dumps(explanation.to_dict())
        )


def test_a_region_has_one_name_wherever_it_is_told(digits: Choice, report: Any) -> None:
    """The number that it has in the picture and at its bar, also in sentences and in the report."""
    found = explaining.explanation(digits.request, report=report)["explanation"]
    strengths = [0.3, -0.2, 0.1, 0.001]  # the last tells practically nothing: it has no number
    weights = [w | {"weight": s} for w, s in zip(found["weights"], strengths, strict=False)]
    explanation = Explanation.from_dict(found | {"weights": weights})
    subject = explanation.subject
    assert isinstance(subject, ImageSubject)
    names, places = told.names_of(explanation), superpixel_places(subject)
    shown = [weight["index"] for weight in weights]
    for number, i in enumerate(shown[:3], start=1):
        assert names[i] == f"{number}: {places[i].words}"
    rest = set(range(subject.n_components)) - set(shown[:3])
    assert {names[i] for i in rest} == {f"region {i + 1}, {places[i].words}" for i in rest}
    choice = replace(digits, off=(shown[1],))
    answer = Changed(explanation.probabilities, choice.off)
    assert f"Without “{names[shown[1]]}”" in changes.in_words(choice, explanation, answer)
    page = export.as_report(export.Shown(choice, explanation, None, answer, None))
    assert re.findall(r'<span class="n[^>]*>(\d)<', page) == ["1", "2", "3"] * 2  # picture, bars
    assert "Another one hardly matters" in page
    assert f"<td>{names[shown[0]]}</td>" in page


def test_a_tiny_picture_is_in_whole_squares_in_the_report_too(digits: Choice, report: Any) -> None:
    found = explaining.explanation(digits.request, report=report)
    explanation = Explanation.from_dict(found["explanation"])
    page = export.as_report(export.Shown(digits, explanation, None, None, None))
    _, original = re.findall(r'src="data:image/\w+;base64,([^"]+)"', page)
    drawn = np.asarray(Image.open(io.BytesIO(base64.b64decode(original))).convert("L"))
    assert isinstance(explanation.subject, ImageSubject)
    as_it_is = explanation.subject.pixels.reshape(8, 8)
    times = len(drawn) // 8
    assert times > 10
    assert np.array_equal(drawn, as_it_is.repeat(times, axis=0).repeat(times, axis=1))
