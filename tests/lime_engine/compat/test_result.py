"""What an explanation says of itself: pages without scripts, figures, and whatever is in names."""

import sys
from html.parser import HTMLParser

import matplotlib
import numpy as np
import pytest
from lime.lime_text import LimeTextExplainer as Theirs
from sklearn.linear_model import LinearRegression

from lime_engine import LimeTabularExplainer, LimeTextExplainer, SettingsError, TargetError

NASTY = "</script><script>alert(1)</script> a < b & c > d"


class Read(HTMLParser):
    """The tags and the text of a page."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.text, self.attributes = [], "", []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data):
        self.text += data


def tagged(texts):
    p = np.array([0.2 + 0.5 * ("alert" in text) + 0.2 * ("a" in text.split()) for text in texts])
    return np.column_stack([1 - p, p])


@pytest.fixture(scope="module")
def found():
    explainer = LimeTextExplainer(class_names=[NASTY, "fine"], random_state=0)
    return explainer.explain_instance(NASTY, tagged, labels=(0, 1), num_samples=300)


def test_a_page_is_small_has_no_scripts_and_shows_text_as_it_is(found):
    page = found.as_html()
    read = Read(page)

    assert len(page.encode()) < 30_000
    assert not {"script", "link", "iframe", "object"} & set(read.tags)
    assert not [name for name, _ in read.attributes if name.startswith("on")]
    assert NASTY in read.text
    assert "Content-Security-Policy" in page


def test_it_says_how_good_it_is(found):
    text = Read(found.as_html()).text
    assert "Holds up" in text  # a line fits this model, and all copies were asked about
    assert "R²" in text
    crooked = LimeTextExplainer(random_state=0).explain_instance(
        "a b c d e f g h i j k l",
        lambda texts: (
            np.column_stack([[len(t.split()) % 2, 1 - len(t.split()) % 2] for t in texts]).T
        ),
        num_samples=500,
    )
    assert "Rough: these words tell hardly any of it" in Read(crooked._repr_html_()).text
    assert "hardly any of it" in crooked.as_plotly_figure().layout.title.text


def test_what_is_shown_can_be_chosen(found):
    whole, one = found.as_html(), found.as_html(labels=[1], text=False, predict_proba=False)
    assert len(one) < len(whole)
    assert Read(whole).text.count("Why:") == 2
    assert Read(one).text.count("Why:") == 1
    with pytest.raises(TargetError, match="Label 3 is not explained, only 0, 1"):
        found.as_html(labels=[3])
    assert found.as_html(labels=1) == found.as_html(labels=[1])
    with pytest.raises(TargetError, match=r"labels is 0\.5; give numbers of columns"):
        found.as_html(labels=0.5)
    with pytest.raises(TargetError, match="Label 3"):
        found.as_list(3)
    with pytest.raises(TargetError, match=r"Label \[1\] is not explained"):
        found.as_list([1])


def test_no_labels_are_an_empty_result_as_in_lime():
    none, theirs = (
        kind(random_state=0).explain_instance("a b", tagged, labels=(), num_samples=50)
        for kind in (LimeTextExplainer, Theirs)
    )
    assert none.as_map() == theirs.as_map() == {}
    assert none.available_labels() == list(theirs.available_labels()) == []
    assert none.class_names == theirs.class_names
    np.testing.assert_array_equal(none.predict_proba, theirs.predict_proba)
    assert "Nothing explained" in none.as_html()
    with pytest.raises(TargetError, match="Label 1 is not explained; none is"):
        none.as_list()


def test_a_file_and_a_notebook(found, tmp_path, monkeypatch):
    path = tmp_path / "why.html"
    found.save_to_file(path, labels=[1])
    assert path.read_text("utf-8") == found.as_html(labels=[1])

    monkeypatch.setitem(sys.modules, "IPython.display", None)
    with pytest.raises(SettingsError, match="needs IPython"):
        found.show_in_notebook()
    shown = []
    stand_in = type(sys)("IPython.display")
    stand_in.HTML, stand_in.display = str, shown.append
    monkeypatch.setitem(sys.modules, "IPython", type(sys)("IPython"))
    monkeypatch.setitem(sys.modules, "IPython.display", stand_in)
    found.show_in_notebook(text=True)
    assert shown == [found.as_html()]


def test_figures_have_the_weights_and_text_as_it_is(found, monkeypatch):
    matplotlib.use("agg")
    from matplotlib import pyplot

    figure = found.as_pyplot_figure(label=1)
    axes = figure.axes[0]
    assert [bar.get_width() for bar in axes.patches][::-1] == [w for _, w in found.as_list(1)]
    figure.canvas.draw()
    pyplot.close(figure)

    bars = found.as_plotly_figure(label=0)
    assert list(bars.data[0].x) == [weight for _, weight in found.as_list(0)]
    assert "<script" not in bars.to_json()
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(SettingsError, match="needs matplotlib"):
        found.as_pyplot_figure()


def test_a_regression_s_page():
    rows = np.random.default_rng(0).normal(size=(100, 3))
    model = LinearRegression().fit(rows, rows @ [3.0, -2.0, 0.0])
    found = LimeTabularExplainer(rows, mode="regression", random_state=0).explain_instance(
        rows[0], model.predict, num_samples=500
    )
    text = Read(found.as_html()).text
    assert f"The model says {found.predicted_value:.4g}" in text
    assert "speaks for a smaller answer" in text
    assert list(found.as_plotly_figure().data[0].x) == [weight for _, weight in found.as_list()]
