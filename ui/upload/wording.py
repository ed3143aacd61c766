"""Sentences about what was brought."""


def filled_in_words(n_filled: int, n: int) -> str:
    """That so many of n pictures were filled with white, and what may come of it."""
    which = "It is" if n == 1 else f"{n_filled:,} of them are" if n_filled > 1 else "One is"
    return (
        f"{which} see-through in places, which are white here. White may then be among the "
        "reasons; to see another background, bring the picture on it."
    )


def size_in_words(n_bytes: int) -> str:
    """A size on disk: "12 KB", "3.4 MB"."""
    if n_bytes < 1000:
        return f"{n_bytes} bytes"
    return f"{n_bytes / 1e3:.0f} KB" if n_bytes < 1e6 else f"{n_bytes / 1e6:.1f} MB"
