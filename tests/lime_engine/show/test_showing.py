"""How an explanation looks outside the app: in a notebook, as a figure, as rows, as JSON."""

import base64
import json
import pickle
import re
import sys
import zlib
from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import csr_array

from lime_engine import (
    Explanation,
    ImagePerturber,
    InputError,
    LimeSettings,
    SettingsError,
    SparsePerturber,
    TabularPerturber,
    TextPerturber,
    explain,
)
from lime_engine.show import picture
from lime_engine.show.words import percent, sides, signed, verdict
from ui.explain.beliefs import cautions
from ui.explain.wording import rest_name
from ui.figures import palette
from ui.shell.wording import headline

LONG = " ".join(f"w{i:02d}" for i in range(30))


def by_first_words(texts):
    p = np.array([0.1 + 0.5 * ("w00" in text) + 0.3 * ("w01" in text) for text in texts])
    return np.column_stack([1 - p, p])


def bright(pictures):
    p = pictures[:, :8, :8].mean(axis=(1, 2, 3)) / 255
    return np.column_stack([1 - p, p])


def large(rows):
    return rows[:, 0] * 100


def first_column(table):
    return table.toarray()[:, 0]


def rows():
    return np.random.default_rng(0).normal(size=(200, 3))


def a_picture():
    drawn = np.random.default_rng(0).integers(0, 90, (32, 32, 3)).astype(np.uint8)
    drawn[:8, :8] = 255
    return drawn


EXPLAINED = {
    "text": explain(LONG, by_first_words, TextPerturber(), class_names=["no", "<i>yes</i>"]),
    "exact": explain("w00 and w01", by_first_words, TextPerturber()),
    "image": explain(a_picture(), bright, ImagePerturber("grid", 16, fill=0)),
    "table": explain(
        rows()[0], large, TabularPerturber.learn(rows()), LimeSettings(mode="regression")
    ),
    "tree": explain(LONG, by_first_words, TextPerturber(), LimeSettings(surrogate="tree")),
    "lime": explain(LONG, by_first_words, TextPerturber(), LimeSettings(sampler="lime")),
}


@pytest.mark.parametrize("kind", EXPLAINED)
def test_json_and_pickle_and_back(kind):
    explanation = EXPLAINED[kind]
    written = explanation.to_json()

    again = Explanation.from_json(written)
    assert again.to_json() == written
    assert again.weights == explanation.weights
    assert again.surrogate == explanation.surrogate
    assert json.loads(written)["version"] == 1
    assert pickle.loads(pickle.dumps(explanation)).to_json() == written
    assert Explanation.from_json(explanation.to_json(indent=2).encode()).to_json() == written


@pytest.mark.parametrize(
    ("perturber", "instance", "model"),
    [
        (TextPerturber(ignore_case=True), "w00 and W00", by_first_words),
        (ImagePerturber("grid", 16, fill=(0, 0, 0)), a_picture(), bright),
        (TabularPerturber.learn(rows()), rows()[0], large),
        (SparsePerturber.learn(csr_array(abs(rows()))), csr_array(abs(rows()[:1])), first_column),
    ],
)
def test_perturbers_pickle(perturber, instance, model):
    mode = "regression" if model in (large, first_column) else "classification"
    settings = LimeSettings(n_samples=64, mode=mode)
    again = pickle.loads(pickle.dumps(perturber))
    found, known = (explain(instance, model, each, settings) for each in (again, perturber))
    assert found.weights == known.weights


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("{", "is not JSON"),
        ("[1]", "has the version None"),
        ('{"version": 99}', "has the version 99; this package reads version 1"),
        ('{"version": 1}', "is no whole explanation"),
    ],
)
def test_other_json_is_none(written, said):
    with pytest.raises(InputError, match=said):
        Explanation.from_json(written)


def test_rows_of_a_frame():
    frame = EXPLAINED["text"].as_frame()
    weights = EXPLAINED["text"].weights
    assert list(frame.columns) == ["component", "label", "weight", "low", "high", "settled"]
    assert frame["weight"].tolist() == [weight.weight for weight in weights]
    assert frame["low"].tolist() == [weight.interval[0] for weight in weights]
    assert EXPLAINED["lime"].as_frame()["low"].isna().all()
    table = EXPLAINED["table"].as_frame()
    assert table["column"].tolist()[0] == "column 0"
    assert table["value"].tolist()[0] == rows()[0, 0]


@pytest.mark.parametrize("kind", EXPLAINED)
def test_a_notebook_s_view(kind):
    explanation = EXPLAINED[kind]
    page = explanation._repr_html_()

    assert "<script" not in page
    assert verdict(explanation).text in page
    for weight in explanation.weights[:3]:
        assert f">{signed(explanation, weight.weight)}<" in page
    tags = [tag for tag in re.findall(r"</?(\w+)", page) if tag != "img"]
    assert all(tags.count(tag) % 2 == 0 for tag in set(tags))  # each is closed
    if kind == "text":
        assert "&lt;i&gt;yes&lt;/i&gt;" in page
        assert "<i>" not in page


def test_the_words_are_those_of_the_app():
    for explanation in (EXPLAINED["text"], EXPLAINED["image"], EXPLAINED["lime"]):
        _, sure = headline(explanation.probabilities, explanation.class_names)
        assert percent(max(explanation.probabilities)) == sure
        assert sides(explanation)[1] == rest_name(explanation)
        for weight in explanation.weights:
            assert signed(explanation, weight.weight) == palette.signed(weight.weight, 3)
        if verdict(explanation).text == "Holds up":
            assert not cautions(explanation)
    assert verdict(EXPLAINED["exact"]).text == "Holds up"
    assert verdict(EXPLAINED["lime"]).text == "Not known whether it would repeat"
    unknown = explain(LONG, by_first_words, TextPerturber(), LimeSettings(held_out=0))
    assert verdict(unknown).text == "Not known how much it tells: nothing was held out"


def test_a_regression_is_judged_by_its_own_spread():
    in_other_units = explain(
        rows()[0],
        lambda values: large(values) / 1e9,
        TabularPerturber.learn(rows()),
        LimeSettings(mode="regression"),
    )
    assert verdict(in_other_units) == verdict(EXPLAINED["table"])
    assert sides(in_other_units) == ("a larger answer", "a smaller answer")


def test_a_figure(monkeypatch):
    explanation = EXPLAINED["text"]
    bars = explanation.plot()
    weights = explanation.weights

    assert list(bars.data[0].x) == [weight.weight for weight in weights]
    assert list(bars.layout.yaxis.ticktext) == [weight.label for weight in weights]
    assert verdict(explanation).text in bars.layout.title.text
    assert "<i>" not in bars.layout.title.text
    errors = [1.96 * weight.std_error for weight in weights]
    np.testing.assert_allclose(bars.data[0].error_x.array, errors)
    monkeypatch.setitem(sys.modules, "plotly", None)
    with pytest.raises(SettingsError, match="needs the package plotly"):
        explanation.plot()


def pixels_of(uri):
    """The pixels of a PNG of three channels whose lines have no filter."""
    raw = base64.b64decode(uri.partition(",")[2])
    width, height = (int.from_bytes(raw[at : at + 4], "big") for at in (16, 20))
    start = raw.index(b"IDAT")
    length = int.from_bytes(raw[start - 4 : start], "big")
    lines = zlib.decompress(raw[start + 4 : start + 4 + length])
    return np.frombuffer(lines, np.uint8).reshape(height, -1)[:, 1:].reshape(height, width, 3)


def test_a_picture_shows_the_regions_that_count():
    subject = EXPLAINED["image"].subject
    drawn = pixels_of(picture.data_uri(picture.marked(subject, {0: 0.5, 5: -0.2})))

    assert drawn.shape == subject.pixels.shape
    inner = slice(2, 6)
    np.testing.assert_array_equal(drawn[inner, inner], subject.pixels[inner, inner])
    assert (drawn[0:8, 7] == (230, 97, 1)).all()  # solid
    edge = (drawn[8:16, 15] == (94, 60, 153)).all(axis=1)
    assert edge.any()
    assert not edge.all()  # dashed
    assert drawn[20:, 20:].min() > 160  # pale
    for pixels in (
        subject.pixels[..., :1],
        subject.pixels[..., 0] / 255,
        subject.pixels.astype(float),
        np.dstack([subject.pixels, subject.pixels[..., :1]]),
    ):
        shown = picture.displayed(pixels)
        np.testing.assert_array_equal(shown[..., 0], subject.pixels[..., 0])


def test_regions_have_the_numbers_of_their_bars():
    explanation = EXPLAINED["image"]
    page = explanation._repr_html_()

    strongest = explanation.weights[0]
    assert strongest.index == 0
    [(x, y)] = picture.places(explanation.subject, [0])
    assert re.search(rf"left:{x:.1%};top:{y:.1%};[^>]*>1<", page)
    assert (x, y) == pytest.approx((0.125, 0.125), abs=1 / 32)
    assert page.count(">1</span>") == 2  # in the picture, and at its bar
    assert ">2<" not in page.partition("<img")[2]  # what counts for nothing is not marked


def test_what_counts_for_nothing_has_no_colour():
    page = EXPLAINED["text"]._repr_html_()
    shown = page.partition("white-space:pre-wrap")[2]
    assert shown.count("border-bottom") == 2  # two words count, four of 1e-9 are shown


def test_names_and_texts_of_all_kinds_can_be_shown():
    text = "a\0b \ud800 c \u202e<b> & \"d\" 'e'"
    explanation = explain(text, lambda texts: by_first_words([*texts]), TextPerturber())
    page = replace(explanation, class_names=("a\u202e", "b\0"))._repr_html_()

    page.encode("utf-8")
    assert not {"\0", "\u202e"} & set(page)
    assert "&lt;b&gt; &amp;" in page
