"""The package `lime` on the same posts and model: as alike as two of its own seeds are."""

from collections.abc import Iterator

import numpy as np
import pytest
from lime.lime_text import LimeTextExplainer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline

import sample_models
from lime_engine import LimeSettings, TextPerturber, explain

SEEDS = range(5)


@pytest.fixture(scope="module")
def posts() -> Iterator[sample_models.TaskData]:
    try:
        yield sample_models.load_data("newsgroups")
    except sample_models.TaskUnavailable as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="module")
def pipeline(posts: sample_models.TaskData) -> Pipeline:
    model = make_pipeline(TfidfVectorizer(lowercase=False), LogisticRegression())
    return model.fit(posts.train.instances, posts.train.labels)


@pytest.mark.parametrize(
    "post", [83, *(pytest.param(post, marks=pytest.mark.long) for post in (5, 200))]
)
def test_weights_correlate_as_two_seeds_of_lime_do(
    posts: sample_models.TaskData, pipeline: Pipeline, post: int
) -> None:
    """All weights at 5,000 samples, 5 seeds: ours with `lime`'s, and `lime`'s among themselves."""
    text = posts.test.instances[post]
    perturber = TextPerturber(pattern=r"\w+")  # the words of `lime`
    labels = perturber.components(text).labels
    theirs, ours = [], []
    for seed in SEEDS:
        peer = LimeTextExplainer(random_state=seed, feature_selection="none").explain_instance(
            text, pipeline.predict_proba, num_samples=5000, labels=(1,)
        )
        weights = dict(peer.as_list(label=1))
        theirs.append([weights[label] for label in labels])
        settings = LimeSettings(
            n_samples=5000, selection="none", held_out=0, seed=seed, sampler="lime"
        )
        mine = explain(text, pipeline.predict_proba, perturber, settings, target=1)
        by_label = {weight.label: weight.weight for weight in mine.weights}
        ours.append([by_label[label] for label in labels])

    both = np.corrcoef(theirs + ours)
    n = len(theirs)
    among_theirs = both[:n, :n][np.triu_indices(n, 1)].mean()
    across = both[:n, n:].mean()
    print(f"post {post}: lime with lime {among_theirs:.4f}, lime with ours {across:.4f}")
    assert across >= among_theirs - 0.01
    ratio = np.std(ours) / np.std(theirs)
    assert ratio == pytest.approx(1, abs=0.05)  # and on the same scale
