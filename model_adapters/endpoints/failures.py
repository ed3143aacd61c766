"""Why no connection to a server came about, in plain words."""

import errno
import ssl
from typing import Final

from model_adapters.strings import clean

_NO_WAY: Final = (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EHOSTDOWN)


def why_unreached(error: Exception, host: str, port: int, seconds: float) -> str:
    """What stopped it, and what to do; `error` is httpcore's, which holds the system's own.

    `seconds` are those after which a connection is given up.
    """
    cause = error.args[0] if error.args else None
    there = f"{clean(f'[{host}]' if ':' in host else host, 80)}:{port}"
    match cause:
        case ssl.SSLCertVerificationError():
            said = clean(cause.verify_message, 120).rstrip(".")
            return (
                f"The certificate that {there} shows is not trusted here ({said}). Give the server "
                "one for that name of an authority that this machine knows, or let whoever runs "
                "this app add yours."
            )
        case ssl.SSLEOFError() | ssl.SSLZeroReturnError() | ConnectionResetError():
            return (
                f"{there} broke off before a connection stood. Check that it runs well, and "
                "whether it takes http:// or https://; then try again."
            )
        case ssl.SSLError():
            return (
                f"A secure connection to {there} did not come about: it speaks no TLS, or another "
                "version. If the server has no certificate, write http:// in place of https://."
            )
        case ConnectionRefusedError():
            return (
                f"Nothing answers at {there}: is the server running? Start it, or check host and "
                "port, and try again."
            )
        case TimeoutError():
            return (
                f"{there} did not take a connection within {seconds:g} seconds. Check host and "
                "port, and that no firewall stands between; then try again."
            )
        case OSError(errno=number) if number in _NO_WAY:
            return (
                f"No way leads from here to {there}. Check the host, and this server's network; "
                "then try again."
            )
    return f"{there} cannot be reached. Check that the server runs, and try again."
