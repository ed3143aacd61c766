"""Whom this server may ask: the hosts that its operator lists, and of those only safe addresses."""

import ipaddress
import os
import re
import socket
from dataclasses import dataclass
from typing import Final

from model_adapters.errors import NetworkError
from model_adapters.strings import clean

LISTED: Final = "LIME_LAB_ENDPOINTS"
MAX_ADDRESS: Final = 500  # characters
_HOST: Final = r"\[[0-9a-f:.]{2,45}\]|[a-z0-9_](?:[a-z0-9_.-]{0,251}[a-z0-9_])?"
_ADDRESS: Final = re.compile(
    rf"(https?)://({_HOST})(?::(\d{{1,5}}))?((?:/[a-z0-9._~%+:-]*)*)", re.IGNORECASE
)
_ENTRY: Final = re.compile(rf"({_HOST}):(\d{{1,5}})", re.IGNORECASE)
PORTS: Final = {"http": 80, "https": 443}
_IP = ipaddress.IPv4Address | ipaddress.IPv6Address
# Nowhere is a model: what is not a host's, this link's neighbours, and clouds' metadata services.
_NEVER: Final = tuple(
    map(
        ipaddress.ip_network,
        "0.0.0.0/8 169.254.0.0/16 224.0.0.0/4 240.0.0.0/4 100.100.100.200/32 168.63.129.16/32 "
        "192.0.0.192/32 ::/128 fe80::/10 fec0::/10 ff00::/8 fd00:ec2::/32".split(),
    )
)
_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")
_COMPATIBLE: Final = ipaddress.IPv6Network("::/96")

Host = tuple[str, int]  # a name or a number as the operator wrote it, in small letters; a port


@dataclass(frozen=True, slots=True)
class Address:
    """An address that was written in full and without ornaments; `path` begins with / or is ""."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def url(self) -> str:
        """The address, one way of writing it."""
        return f"{self.scheme}://{self.host}:{self.port}{self.path}"

    def at(self, path: str) -> str:
        """The URL of another path there."""
        return f"{self.scheme}://{self.host}:{self.port}{path}"


def listed() -> tuple[Host, ...]:
    """The hosts that the operator lists; none by default.

    Raises
    ------
    NetworkError
        If an entry is no host with a port.
    """
    found = []
    for entry in os.environ.get(LISTED, "").replace(",", " ").split():
        match = _ENTRY.fullmatch(entry)
        if match is None or not 0 < int(match[2]) < 65536:
            raise NetworkError(
                f"“{clean(entry)}” in {LISTED} is no host with a port. Write host:port, such as "
                "models.internal:8080, and several with commas between them."
            )
        found.append((match[1].lower(), int(match[2])))
    return tuple(dict.fromkeys(found))


def address_of(written: str) -> Address:
    """The address that somebody wrote, if it is one of a listed host.

    Raises
    ------
    NetworkError
        If it is none. The message never repeats what may hold a password.
    """
    text = written.strip()
    scheme, there, rest = text.partition("://")
    if len(text) > MAX_ADDRESS or not there or scheme.lower() not in PORTS:
        raise NetworkError(
            "This is no address of a model. Give one that begins with http:// or https://, such as "
            "http://models.internal:8080/v2/models/churn."
        )
    if "@" in rest:
        raise NetworkError(
            "The address holds a name or a password (an @), which would be kept with it. Give one "
            "without; a server that needs them cannot be asked from here."
        )
    if "?" in rest or "#" in rest:
        raise NetworkError(
            "The address goes on after a ? or a #, where keys often stand. Give it up to there."
        )
    match = _ADDRESS.fullmatch(text)
    if match is None or "/../" in f"{match[4]}/" or "%2e" in match[4].lower():
        raise NetworkError(
            "The address cannot be read. Write host, port and path with plain letters, such as "
            "http://models.internal:8080/v2/models/churn."
        )
    scheme = scheme.lower()
    found = Address(scheme, match[2].lower(), int(match[3] or PORTS[scheme]), match[4].rstrip("/"))
    check_listed(found.host, found.port)
    return found


def check_listed(host: str, port: int) -> None:
    """Refuse a host that is not listed just so: no other way of writing it counts.

    Raises
    ------
    NetworkError
    """
    known = listed()
    if (host.lower(), port) not in known:
        names = ", ".join(f"{name}:{number}" for name, number in known[:20])
        raise NetworkError(
            f"“{clean(host)}:{port}” is not among the hosts that may be asked from here: "
            f"{names or 'there are none'}. Whoever runs this server can add it to {LISTED}, "
            "written just so."
        )


def resolved(host: str, port: int) -> tuple[str, ...]:
    """The numbers under which a listed host may be connected to; asked of the system once.

    Raises
    ------
    NetworkError
        If it is not listed, is not known, or one of its numbers is one that is never asked: then
        none is, for who answers for that name means no good.
    """
    check_listed(host, port)
    bare = host.strip("[]")
    try:
        found = socket.getaddrinfo(bare, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NetworkError(
            f"The host “{clean(host)}” is not known here. Check its name, and that this server can "
            "look it up."
        ) from None
    numbers = tuple(dict.fromkeys(str(each[4][0]) for each in found))
    for number in numbers:
        if (why := _refused(bare, ipaddress.ip_address(number))) is not None:
            raise NetworkError(
                f"The host “{clean(host)}” stands for {clean(number)}, {why}. Nothing was sent."
            )
    return numbers


def _refused(host: str, number: _IP) -> str | None:
    """Why this number is not connected to; None if it may be."""
    for each in _meant(number):
        if any(each.version == net.version and each in net for net in _NEVER):
            return "which is never asked: an address of this network's own services"
        if each.is_loopback and not (each == number and _names_loopback(host, number)):
            return (
                "this server itself, which is asked only where it is listed as localhost or by "
                "that number"
            )
    return None


def _meant(number: _IP) -> list[_IP]:
    """A number, and those of the older kind that it carries."""
    found = [number]
    if isinstance(number, ipaddress.IPv6Address):
        last = ipaddress.IPv4Address(int(number) & 0xFFFFFFFF)
        inside = [number.ipv4_mapped, number.sixtofour, *(number.teredo or ())]
        if number in _NAT64 or (number in _COMPATIBLE and int(number) > 1):
            inside.append(last)
        found += [each for each in inside if each is not None]
    return found


def _names_loopback(host: str, number: _IP) -> bool:
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host) == number
    except ValueError:
        return False
