"""How many wrong codes somebody may type."""

import time
from collections import deque
from collections.abc import Callable

MOST = 10  # wrong codes
SECONDS = 60.0  # in this time
_ADDRESSES = 10_000  # that are remembered, for that long


class Tries:
    """Counts wrong codes by address, in memory only, and forgets them after a minute."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._wrong: dict[str, deque[float]] = {}

    def are_too_many(self, address: str) -> bool:
        """Whether this address has to wait."""
        wrong = self._wrong.get(address)
        while wrong and wrong[0] <= self._clock() - SECONDS:
            wrong.popleft()
        return wrong is not None and len(wrong) >= MOST

    def count(self, address: str) -> None:
        """Somebody at this address typed a code of no study."""
        if address not in self._wrong and len(self._wrong) >= _ADDRESSES:
            del self._wrong[next(iter(self._wrong))]
        self._wrong.setdefault(address, deque(maxlen=MOST)).append(self._clock())
