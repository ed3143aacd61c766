"""The newsgroup posts: the paper's leak is there, and model B does not lean on it."""

import numpy as np
import pytest

from lime_engine import LimeSettings, TextPerturber, explain
from sample_models import TaskUnavailable, load_data, load_model, tasks
from sample_models.newsgroups import cache
from sample_models.newsgroups import task as newsgroups
from tests.sample_models.asked import accuracy, on_examples

TASK = tasks()["newsgroups"]


@pytest.fixture(scope="module")
def data():
    try:
        return load_data("newsgroups")
    except TaskUnavailable as error:
        pytest.skip(str(error))


def shown(text, model, n_features):
    settings = LimeSettings(n_samples=600, n_features=n_features, held_out=0.0)
    predict = load_model("newsgroups", model)
    return {weight.label for weight in explain(text, predict, TextPerturber(), settings).weights}


def hit_rate(texts, model):
    return np.mean([bool(shown(text, model, 5) & newsgroups.header_words(text)) for text in texts])


def test_rows_are_those_of_scikit_learns_defaults(data):
    from sklearn.datasets import fetch_20newsgroups

    for name in ("train", "test"):
        peer = fetch_20newsgroups(subset=name, categories=["alt.atheism", "soc.religion.christian"])
        assert list(data.split(name).instances) == peer.data
        np.testing.assert_array_equal(data.split(name).labels, peer.target)


def test_field_has_no_headers_and_no_empty_posts(data):
    assert len(data.test.instances) == 717
    assert len(data.field.instances) == 695
    assert all(text.strip() for text in data.field.instances)
    assert all(newsgroups.header_words(text) for text in data.test.instances)
    left = [text for text in data.field.instances if newsgroups.header_words(text)]
    assert [text.split(":")[0] for text in left] == ["Archive-name"] * 2  # the author's own


def test_a_is_accurate_on_test_only(data):
    assert accuracy(TASK, "a", "test") == pytest.approx(0.909, abs=0.01)
    assert accuracy(TASK, "a", "field") < 0.65


def test_b_holds_in_the_field(data):
    assert accuracy(TASK, "b", "test") == pytest.approx(0.844, abs=0.01)
    assert accuracy(TASK, "b", "field") == pytest.approx(0.812, abs=0.01)


def test_a_shows_the_posting_host_in_post_83(data):
    assert {"Posting", "Host", "NNTP"} <= shown(data.test.instances[83], "a", 6)


@pytest.mark.parametrize("n", [10, pytest.param(40, marks=pytest.mark.long)])
def test_explanations_show_the_header_for_a_and_not_for_b(data, n):
    # Every post has a header; the leak proper is the line that only some mail programs add.
    posts = [
        text for text in data.test.instances if "posting-host:" in text.partition("\n\n")[0].lower()
    ][:n]

    assert hit_rate(posts[: n // 2], "a") >= 0.8
    assert hit_rate(posts, "b") <= 0.1
    assert hit_rate(data.test.instances[:n], "b") <= 0.1


def test_header_words():
    post = (
        "From: kim@u.edu (Kim Lee)\nSubject: Re: Eternal fish\nNNTP-Posting-Host: a1.u.edu\n\n"
        "In article <7@u.edu> Max writes:\n> posting\n\nI saw a fish, host to Lee's cat.\n"
    )

    # "host" and "u" stand elsewhere too; of the two only "host" is the author's own line.
    assert newsgroups.header_words(post) == {
        "From", "kim", "u", "edu", "Kim", "Lee", "Subject", "Re", "NNTP", "Posting", "a1"
    }  # fmt: skip
    assert newsgroups.header_words("From: a line like a header, no blank line") == frozenset()
    assert newsgroups.header_words("I ask: why?\n\nFrom: nobody") == frozenset()


# title -> (what must stand in the text, true answer, A's answer, B's answer)
EXAMPLES = {
    "Where to get a Darwin fish": ("DARWIN fish", 0, 0, 0),
    "A poll of students": ("poll", 0, 1, 0),
    "What Scripture says on homosexuality": ("Scripture", 1, 1, 1),
    "If there were no hell": ("No Hell", 1, 1, 1),
    "Religion and Occam's razor": ("Occam's Razor", 0, 1, 0),
    "Evolution and natural morality": ("evolution", 0, 1, 0),
}


def test_examples_are_what_their_titles_say(data):
    assert on_examples(TASK) == {title: tuple(said) for title, (_, *said) in EXAMPLES.items()}
    for example in TASK.examples:
        assert EXAMPLES[example.title][0] in data.split(example.split).instances[example.row]


@pytest.mark.parametrize("end", ["raise OSError('no network')", "time.sleep(60)"])
def test_without_copy_and_network_it_says_what_to_do_and_leaves_nothing(end, tmp_path, monkeypatch):
    monkeypatch.setenv("SCIKIT_LEARN_DATA", str(tmp_path))
    monkeypatch.setattr(cache, "DOWNLOAD_SECONDS", 1.0)
    half = "import sys, time; open(sys.argv[1] + '/20news-bydate_py3.pkz', 'wb').write(b'half');"
    monkeypatch.setattr(cache, "_DOWNLOAD", half + end)

    with pytest.raises(TaskUnavailable, match="set SCIKIT_LEARN_DATA to a folder"):
        cache.fetch(["alt.atheism"], remove=())
    assert list(tmp_path.iterdir()) == []
