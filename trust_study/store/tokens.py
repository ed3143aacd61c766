"""Secrets in links, of which only hashes are kept, and the codes that are spoken."""

import base64
import hashlib
import re
import secrets

TOKEN_BYTES = 20  # 160 bits
_TOKEN = re.compile(r"[a-z2-7]{32}")  # base32: nobody mistakes a letter's case
CODE_LETTERS = "BCDFGHJKMNPQRSTVWXYZ23456789"  # no vowels, nothing that looks like another
CODE_LENGTH = 6


def fresh() -> str:
    """A secret of 160 bits that nobody can guess."""
    return base64.b32encode(secrets.token_bytes(TOKEN_BYTES)).decode().lower()


def is_token(said: str) -> bool:
    """Whether it has the form of a secret."""
    return _TOKEN.fullmatch(said) is not None


def follow(form: str) -> str:
    """The secret of who joins with this form, itself a secret: the same one at every try."""
    digest = hashlib.sha256(b"participant " + form.encode()).digest()
    return base64.b32encode(digest[:TOKEN_BYTES]).decode().lower()


def digest(token: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(token.encode()).hexdigest()


def fresh_code() -> str:
    """A code that can be spoken."""
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))


def typed_code(said: str) -> str:
    """What somebody typed, as codes are kept: capital letters, no spaces and dashes."""
    return re.sub(r"[\s-]", "", said).upper()[: 2 * CODE_LENGTH]
