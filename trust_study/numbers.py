"""Numbers as they are written: with a true minus sign, and no zero below zero."""


def number(value: float, digits: int = 2, *, is_signed: bool = False) -> str:
    """`−0.12`; `+0.12` if it is signed."""
    return f"{value:{'+' if is_signed else ''}z.{digits}f}".replace("-", "\N{MINUS SIGN}")
