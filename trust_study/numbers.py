"""Numbers as they are written: with a true minus sign, no zero below zero, and one of one."""


def number(value: float, digits: int = 2, *, is_signed: bool = False) -> str:
    """`−0.12`; `+0.12` if it is signed."""
    return f"{value:{'+' if is_signed else ''}z.{digits}f}".replace("-", "\N{MINUS SIGN}")


def counted(n: int, noun: str, nouns: str = "") -> str:
    """How many: `1 answer`, `2 answers`; `nouns` where no s makes it many."""
    return f"{n} {noun if n == 1 else nouns or noun + 's'}"
