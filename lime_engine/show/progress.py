"""A bar that shows how far a long run is, if there is something that draws it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def bar(total: int, what: str, wanted: bool) -> Iterator[Callable[[float], None] | None]:
    """What takes the share of the way that is done, from 0 to 1; None where no bar is drawn.

    The package tqdm draws it; without that, or unless it is `wanted`, nothing is.
    """
    drawn = None
    if wanted:
        try:
            from tqdm.auto import tqdm
        except ImportError:
            pass
        else:
            drawn = tqdm(total=total, desc=what)
    if drawn is None:
        yield None
        return
    with drawn:

        def show(share: float) -> None:
            drawn.update(round(share * total) - drawn.n)

        yield show
