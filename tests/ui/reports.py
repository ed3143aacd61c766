"""What a job tells its viewers, and hears from them, in tests that have neither."""


class Told:
    """A report that notes progress, and asks to stop after so much of it."""

    def __init__(self, until: float = 2.0) -> None:
        self.fractions: list[float] = []
        self._until, self._start, self._end, self._whole = until, 0.0, 1.0, self

    def __call__(self, fraction: float) -> None:
        self._whole.fractions.append(self._start + (self._end - self._start) * fraction)

    def part(self, start: float, end: float) -> "Told":
        part = Told()
        width = self._end - self._start
        part._start, part._end = self._start + width * start, self._start + width * end
        part._whole = self._whole
        return part

    def should_stop(self) -> bool:
        whole = self._whole
        return bool(whole.fractions) and whole.fractions[-1] >= whole._until
