"""What the garbage collector need not look at."""

import gc
import sys

_frozen_with = 0  # modules that were there when it was last done


def freeze_imports() -> None:
    """Leave what is imported out of garbage collections, of which every run of a page ends in one.

    Each would hold the interpreter for some 70 ms, also those of the polls of everybody who waits.
    """
    global _frozen_with
    if len(sys.modules) > _frozen_with:
        gc.collect()
        gc.freeze()
        _frozen_with = len(sys.modules)
