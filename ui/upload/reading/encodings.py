"""The text that the bytes of a file stand for, whatever program has written it."""

import re
from itertools import pairwise

from lime_engine.errors import InputError
from ui.upload.reading.kinds import kind_of

SAMPLE_BYTES = 20_000  # of lines that are not plain ASCII, to tell the encoding from
PLAUSIBLE = 0.9  # share of the other characters that stand where writers put them
POSSIBLE = 0.7  # the same, if it is like nothing else either
# What spreadsheets of Western Europe and America save as; one byte a letter.
_WESTERN = {"cp1252": "Windows-1252", "mac_roman": "MacRoman"}
_OTHERS = {
    "cp1250": "Windows-1250 (Central Europe)",
    "cp1251": "Windows-1251 (Cyrillic)",
    "cp1253": "Windows-1253 (Greek)",
    "cp1254": "Windows-1254 (Turkish)",
    "cp932": "Shift JIS (Japanese)",
    "gb18030": "GB 18030 (Chinese)",
    "big5": "Big5 (Chinese)",
    "cp949": "EUC-KR (Korean)",
}
_UNICODE = {"utf-8": "UTF-8", "utf-16": "UTF-16"}
ENCODINGS = _UNICODE | _WESTERN | _OTHERS  # that a person may choose, with what they are called
_NO_LETTERS = "ªºˆƒΩπ"  # to Python they are
_AFTER_WORDS = "”“»…–—®™°²³€’"
_NOT_TEXT = re.compile("[\0-\x08\x0e-\x1a\x1c-\x1f\x7f]")


def text_of(label: str, data: bytes, encoding: str | None = None) -> tuple[str, list[str], str]:
    """The text, a sentence if its encoding had to be guessed, and what the encoding is called.

    `label` is the file's name. UTF-8 is taken at its word, UTF-16 by its byte order mark; nothing
    is guessed where somebody says which of `ENCODINGS` it is.

    Raises
    ------
    InputError
        If it is no text, or in an encoding that cannot be told, or not in the one that is said.
    """
    if encoding is not None:
        return _as_said(label, data, encoding), [], ENCODINGS[encoding]
    utf16 = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    try:
        text = data.decode("utf-16" if utf16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        if kind := kind_of(data):
            raise InputError(f"“{label}” is {kind.name}, not text. {kind.remedy}") from error
        return _guessed(label, data)
    if "\0" in text or text.startswith(("%PDF", "{\\rtf")):
        if kind := kind_of(data):
            raise InputError(f"“{label}” is {kind.name}, not text. {kind.remedy}")
        if "\0" in text:
            raise InputError(
                f"“{label}” is not a text file (it has zero bytes). Save it as plain text or CSV."
            )
    return text, [], _UNICODE["utf-16" if utf16 else "utf-8"]


def _as_said(label: str, data: bytes, encoding: str) -> str:
    name = ENCODINGS[encoding]
    try:
        text = data.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except UnicodeDecodeError as error:
        raise InputError(
            f"“{label}” is not {name}: byte {data[error.start]:#04x} at position "
            f"{error.start + 1:,} stands for no character there. Choose another encoding."
        ) from error
    if odd := _NOT_TEXT.search(text):
        raise InputError(
            f"“{label}” is no text in {name}: character {odd.start() + 1:,} would be a sign that "
            "no text has. Choose another encoding."
        )
    return text


def _guessed(label: str, data: bytes) -> tuple[str, list[str], str]:
    """Text that is not UTF-8: what spreadsheets still write, if it reads like language."""
    lines = [line for line in re.split(rb"[\r\n]+", data) if not line.isascii()]
    sample = b"\n".join(lines)[:SAMPLE_BYTES]
    for encoding in _likely(sample):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _NOT_TEXT.search(text):
            break
        name = (_WESTERN | _OTHERS)[encoding]
        remark = (
            f"“{label}” is not UTF-8; it was read as {name}{_example(text)}. If that looks wrong, "
            "save the file with the encoding UTF-8 and choose it again."
        )
        return text, [remark], name
    raise InputError(
        f"“{label}” is not UTF-8 text, nor in an encoding that can be told. Save it with the "
        "encoding UTF-8 and choose it again."
    )


def _likely(sample: bytes) -> list[str]:
    """The encodings that the sample may be in, the likeliest first."""
    scores = {}
    for encoding in _WESTERN:
        try:
            scores[encoding] = _plausibility(sample.decode(encoding))
        except UnicodeDecodeError:
            continue
    western = sorted(scores, key=lambda encoding: -scores[encoding])
    if western and scores[western[0]] >= PLAUSIBLE:
        return western
    from charset_normalizer import from_bytes  # takes a while to load

    best = from_bytes(sample, cp_isolation=list(_OTHERS)).best()
    if best is not None and best.encoding in _OTHERS:
        return [best.encoding]
    return [encoding for encoding in western if scores[encoding] >= POSSIBLE]


def _plausibility(text: str) -> float:
    """How many of the characters beyond ASCII stand where a Western language puts them, 0 to 1.

    Accented letters stand beside plain ones, large ones at the beginning of a word or among large
    ones; other marks not inside a word, and not in heaps.
    """
    padded = f" {text} "
    right = n = 0
    for (before, char), after in zip(pairwise(padded), padded[2:], strict=False):
        if char.isascii():
            continue
        n += 1
        if not (before.isascii() or after.isascii()):
            continue
        if char.isalpha() and char not in _NO_LETTERS:
            if char == "þ":  # Icelandic begins words with it; Turkish, misread, has it everywhere
                right += not before.isalpha()
            else:
                right += (
                    char.islower()
                    or not before.isalpha()
                    or (before.isupper() and not after.islower())
                )
        else:
            right += not before.isalpha() or (char in _AFTER_WORDS and not after.isalpha())
            right += char in "’·" and before.isalpha() and after.isalpha()
    return right / n if n else 0.0


def _example(text: str) -> str:
    """A word from which a reader sees whether the letters are right."""
    at = next((i for i, char in enumerate(text) if not char.isascii()), None)
    if at is None:
        return ""
    before = re.split(r"[\s,;|\"]", text[max(0, at - 15) : at])[-1]
    after = re.split(r"[\s,;|\"]", text[at : at + 15])[0]
    return f" (“{before}{after}”)"
