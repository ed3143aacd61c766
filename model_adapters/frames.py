"""Messages on a pipe: a small JSON header and raw bytes. Nothing in them is ever executed."""

import io
import json
import struct
from typing import Any, Final

_SIZES: Final = struct.Struct(">IQ")  # bytes of the header, bytes of what follows
MAX_HEADER: Final = 16_000_000


def send(pipe: io.RawIOBase, header: dict[str, Any], body: bytes | memoryview = b"") -> None:
    """Write one message.

    Raises
    ------
    OSError
        If the other side has gone.
    """
    text = json.dumps(header, ensure_ascii=False).encode("utf-8", "replace")
    body = memoryview(body).cast("B")
    _write(pipe, memoryview(_SIZES.pack(len(text), len(body)) + text))
    _write(pipe, body)


def receive(pipe: io.RawIOBase, most: int) -> tuple[dict[str, Any], bytearray]:
    """Read one message whose body has at most `most` bytes.

    Raises
    ------
    EOFError
        If the other side has gone.
    ValueError
        If what arrives is not a message of this kind, or a larger one.
    """
    n_text, n_body = _SIZES.unpack(_read(pipe, _SIZES.size))
    if n_text > MAX_HEADER or n_body > most:
        raise ValueError("the message is too large")
    try:
        header = json.loads(_read(pipe, n_text).decode("utf-8"))
    except RecursionError:
        raise ValueError("the header is nested too deeply") from None
    if not isinstance(header, dict):
        raise ValueError("the header is not an object")
    return header, _read(pipe, n_body)


def _write(pipe: io.RawIOBase, view: memoryview) -> None:
    while view:
        written = pipe.write(view)
        view = view[written or 0 :]


def _read(pipe: io.RawIOBase, n_bytes: int) -> bytearray:
    data = bytearray(n_bytes)
    view = memoryview(data)
    while view:
        n_read = pipe.readinto(view)
        if not n_read:
            raise EOFError("the other side has gone")
        view = view[n_read:]
    return data
