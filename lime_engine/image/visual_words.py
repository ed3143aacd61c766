"""Visual words: superpixels of many images that look alike, so that images share features.

Words and bins are the same in every text and row; a superpixel belongs to its own image. To let
SP-LIME see what explanations of images have in common, superpixels are clustered by colour,
texture and place (the paper clusters descriptors in a bag of visual words). Our extension.
"""

from collections.abc import Sequence

import numpy as np

from lime_engine.subjects import ImageSubject
from lime_engine.types import FloatArray, IntArray

_MOST_WORDS = 100
_PATTERNS = 6  # kinds of local binary patterns: peaks, corners, edges, ..., flat, noise
# Groups of numbers that count alike, however many there are in each.
_GROUPS = {"colour": slice(0, 6), "texture": slice(6, 12), "place": slice(12, 14)}
N_LOOKS = 14  # numbers that describe a superpixel
_NOTICEABLE = 0.01  # the numbers go from about 0 to 1: what varies less makes no words


def looks(subject: ImageSubject, components: Sequence[int]) -> FloatArray:
    """What these superpixels look like, (n, N_LOOKS).

    Mean and standard deviation of the colour in CIELAB / 100, shares of the kinds of local binary
    patterns (Ojala et al. 2002), and the centre, from 0 (top, left) to 1.

    Each picture is read on its own scale: unsigned whole numbers up to the largest of their type,
    other numbers up to 255, or up to 1 if none is above 1. So pictures in uint8 and in floats up
    to 1 go together; but one of floats up to 255 that is all but black, none of them above 1, is
    taken for a bright one. Numbers below 0 count as 0.
    """
    from skimage.color import rgb2lab
    from skimage.feature import local_binary_pattern

    pixels = np.asarray(subject.pixels)
    if pixels.dtype.kind == "u":
        top = float(np.iinfo(pixels.dtype).max)
    else:
        top = 255.0 if pixels.max() > 1 else 1.0
    image = np.clip(pixels / top, 0, 1)
    if image.ndim == 2 or image.shape[2] == 1:
        image = np.repeat(image.reshape(*image.shape[:2], 1), 3, axis=2)
    lab = rgb2lab(image[..., :3]) / 100
    light = np.round(np.pad(lab[..., 0], 1, mode="edge") * 255).astype(np.uint8)
    pattern = local_binary_pattern(light, 8, 1, "uniform")[1:-1, 1:-1]  # type: ignore[no-untyped-call]
    kind = (pattern.astype(int) + 1) // 2
    height, width = subject.segments.shape
    found = np.empty((len(components), N_LOOKS))
    for own, component in zip(found, components, strict=True):
        inside = subject.segments == component
        colours = lab[inside]
        y, x = np.nonzero(inside)
        own[:3], own[3:6] = colours.mean(axis=0), colours.std(axis=0)
        own[6:12] = np.bincount(kind[inside], minlength=_PATTERNS) / len(colours)
        own[12:] = (y.mean() + 0.5) / height, (x.mean() + 0.5) / width
    return found


def visual_words(
    described: FloatArray, seed: int = 0, *, n_words: int | None = None, merge_alike: bool = False
) -> IntArray:
    """Number of the visual word of each superpixel, (n,), from their `looks` (n, N_LOOKS).

    K-means on the numbers in units of their spread; by default about twice the root of n clusters,
    at most 100. Words are numbered from 0 by how many superpixels they have, the most frequent
    first.

    With `merge_alike`, words are one that differ in little but the place, as the near and the far
    part of a field do: whose means are closer to each other in colour and texture than superpixels
    are to the mean of their own word (root of the mean square), each word with each.
    """
    from sklearn.cluster import KMeans

    if not len(described):
        return np.empty(0, dtype=np.intp)
    spread = np.maximum(described.std(axis=0), _NOTICEABLE)
    scaled = (described - described.mean(axis=0)) / spread
    for group in _GROUPS.values():
        scaled[:, group] /= np.sqrt(group.stop - group.start)
    scaled = scaled.round(3)  # what differs by rounding alone is the same
    distinct = len(np.unique(scaled, axis=0))
    if n_words is None:
        n_words = min(_MOST_WORDS, max(2, round(2 * np.sqrt(len(scaled)))))
    n_words = min(distinct, n_words)
    words = KMeans(n_words, n_init=4, random_state=seed).fit(scaled).labels_
    if merge_alike and n_words > 1:
        words = _merged(words, scaled[:, : _GROUPS["place"].start])[words]
    order = np.argsort(-np.bincount(words, minlength=n_words), kind="stable")
    return np.asarray(np.argsort(order)[words])


def _merged(words: IntArray, seen: FloatArray) -> IntArray:
    """The new number of each word, (n_words,): the same for those that look alike."""
    from scipy.cluster.hierarchy import fcluster, linkage

    means = np.stack([seen[words == word].mean(axis=0) for word in range(words.max() + 1)])
    within = float(np.sqrt(((seen - means[words]) ** 2).sum(axis=1).mean()))
    merged = fcluster(linkage(means, "complete"), within, "distance")
    return np.asarray(merged - 1, dtype=np.intp)
