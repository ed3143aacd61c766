"""Addresses that would lead elsewhere, each in the way that it is tried: nothing is sent there."""

import logging
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from model_adapters import NetworkError
from model_adapters.endpoints import hosts
from model_adapters.endpoints.client import Client, RefusedError
from model_adapters.endpoints.hosts import LISTED, address_of, listed, resolved
from model_adapters.endpoints.model import inspect_endpoint
from tests.model_adapters.endpoints.servers import CERTIFICATE, Server, serving

GOOD = {"predictions": [[0.3, 0.7], [0.6, 0.4]]}
PUBLIC = "93.184.216.34"


@pytest.fixture
def secret() -> Iterator[Server]:
    """A service on this machine that nobody should reach."""
    with serving(lambda *_: (200, GOOD)) as server:
        yield server


def answering(monkeypatch: pytest.MonkeyPatch, *numbers: str) -> list[str]:
    """Names stand for these numbers, one after the other; returns those asked for."""
    asked: list[str] = []
    ahead, known = list(numbers), socket.getaddrinfo

    def told(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        if kwargs.get("type") is None:  # the socket's own, which gets a number
            return known(host, port, *args, **kwargs)
        asked.append(host)
        number = ahead.pop(0) if len(ahead) > 1 else ahead[0]
        family = socket.AF_INET6 if ":" in number else socket.AF_INET
        return [(family, socket.SOCK_STREAM, 6, "", (number, port))]

    monkeypatch.setattr(hosts.socket, "getaddrinfo", told)
    return asked


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("file:///etc/passwd", "begins with http"),
        ("gopher://models.internal:8080/", "begins with http"),
        ("unix:///run/docker.sock", "begins with http"),
        ("//models.internal:8080/v2", "begins with http"),
        ("models.internal:8080", "begins with http"),
        ("http://user:hunter2@models.internal:8080/", "an @"),
        ("http://models.internal:8080@evil.test/", "an @"),
        ("http://models.internal:8080\\@evil.test/", "an @"),
        ("http://evil.test#@models.internal:8080/", "an @"),
        ("http://models.internal:8080/v2?key=hunter2", "after a ?"),
        ("http://models.internal:8080/#hunter2", "after a ?"),
        ("http://models.internal:8080/../admin", "cannot be read"),
        ("http://models.internal:8080/%2E%2e/admin", "cannot be read"),
        ("http://models.internal:8080/a\r\nHost: evil.test", "cannot be read"),
        ("http://models.internal:8080\t.evil.test/", "cannot be read"),
        ("http://models.internal:80800/", "not among"),
        ("http://models.internal/", "not among"),
        ("http://models.internal.:8080/", "cannot be read"),
        ("http://evil.test:8080/", "not among"),
        ("http://mödels.internal:8080/", "cannot be read"),
        ("http://" + "a" * 600, "begins with http"),
    ],
)
def test_an_address_that_is_none_of_a_listed_host(
    address: str, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(LISTED, "models.internal:8080")
    asked = answering(monkeypatch, PUBLIC)
    with pytest.raises(NetworkError) as caught:
        inspect_endpoint(address, ["a"])
    assert says in str(caught.value)
    assert "hunter2" not in str(caught.value)
    assert not asked


@pytest.mark.parametrize(
    "written",
    ["2130706433", "0x7f000001", "017700000001", "127.1", "[::ffff:127.0.0.1]", "[::1]",
     "[::ffff:7f00:1]", "localhost", "127.0.0.2", "0.0.0.0", "[::]", "[64:ff9b::7f00:1]"],
)  # fmt: skip
def test_other_ways_of_writing_a_number(
    written: str, secret: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """None counts as the one that is listed; and listed itself, it must be what it says."""
    url = f"http://{written}:{secret.port}/invocations"
    monkeypatch.setenv(LISTED, f"127.0.0.1:{secret.port}")
    with pytest.raises(NetworkError, match="not among the hosts"):
        inspect_endpoint(url, ["a", "b"])
    assert not secret.asked
    if written in ("localhost", "[::1]", "127.0.0.2"):
        return  # these name loopback in the open
    monkeypatch.setenv(LISTED, f"{written}:{secret.port}")
    with pytest.raises(NetworkError, match=r"Nothing was sent|not known here"):
        inspect_endpoint(url, ["a", "b"])
    assert not secret.asked


@pytest.mark.parametrize("listed_as", ["127.0.0.1", "localhost"])
def test_loopback_is_asked_where_it_is_listed_as_that(
    listed_as: str, secret: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(LISTED, f"other.test:1, {listed_as.upper()}:{secret.port}")
    facts, _ = inspect_endpoint(f"HTTP://{listed_as}:{secret.port}", ["a", "b"])
    assert facts.n_classes == 2
    assert secret.headers[-1]["Host"] == f"{listed_as}:{secret.port}"


@pytest.mark.parametrize(
    "number",
    ["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1", "169.254.169.254", "169.254.0.9",
     "::ffff:169.254.169.254", "fe80::1", "fd00:ec2::254", "100.100.100.200", "168.63.129.16",
     "0.0.0.0", "::", "224.0.0.1", "255.255.255.255", "ff02::1", "2002:7f00:1::",
     "2002:a9fe:a9fe::", "64:ff9b::a9fe:a9fe", "::127.0.0.1",
     "2001:0:4136:e378:8000:63bf:5601:5601"],
)  # fmt: skip
def test_a_name_that_stands_for_what_is_never_asked(
    number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(LISTED, "models.internal:8080")
    answering(monkeypatch, number)
    connected: list[Any] = []
    monkeypatch.setattr(socket, "create_connection", lambda *a, **k: connected.append(a))
    with pytest.raises(NetworkError, match="Nothing was sent"):
        inspect_endpoint("http://models.internal:8080/invocations", ["a"])
    assert not connected


@pytest.mark.parametrize("number", ["169.254.169.254", "[fe80::1]", "[fd00:ec2::254]", "0.0.0.0"])
def test_what_is_never_asked_is_not_even_where_it_is_listed(
    number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(LISTED, f"{number}:80")
    with pytest.raises(NetworkError, match=r"never asked.*Nothing was sent"):
        inspect_endpoint(f"http://{number}/latest/meta-data/invocations", ["a"])


def test_one_bad_number_among_good_ones_spoils_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(LISTED, "models.internal:8080")
    both = [(2, 1, 6, "", (n, 8080)) for n in (PUBLIC, "169.254.169.254")]
    monkeypatch.setattr(hosts.socket, "getaddrinfo", lambda *_, **__: both)
    with pytest.raises(NetworkError, match=r"169\.254\.169\.254"):
        resolved("models.internal", 8080)
    monkeypatch.setattr(hosts.socket, "getaddrinfo", lambda *_, **__: both[:1])
    assert resolved("models.internal", 8080) == (PUBLIC,)


def test_a_name_that_changes_its_mind_is_connected_to_as_it_was_checked(
    secret: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(LISTED, f"models.internal:{secret.port}")
    asked = answering(monkeypatch, PUBLIC, "127.0.0.1")
    connected: list[str] = []

    def connect(address: tuple[str, int], *args: Any, **kwargs: Any) -> Any:
        connected.append(address[0])
        raise ConnectionRefusedError("not today")

    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(NetworkError, match="Nothing answers at models"):
        inspect_endpoint(f"http://models.internal:{secret.port}/invocations", ["a", "b"])
    assert (asked, connected) == (["models.internal"], [PUBLIC])
    with pytest.raises(NetworkError, match="Nothing was sent"):  # asked anew, it is checked anew
        inspect_endpoint(f"http://models.internal:{secret.port}/invocations", ["a", "b"])
    assert connected == [PUBLIC]
    assert not secret.asked


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(
    status: int, secret: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    more = {"Location": f"{secret.origin}/invocations"}
    with serving(lambda *_: (status, {}), more=more) as server:
        monkeypatch.setenv(LISTED, f"127.0.0.1:{server.port},127.0.0.1:{secret.port}")
        with pytest.raises(RefusedError, match=r"redirect.*not followed"):
            inspect_endpoint(f"{server.origin}/invocations", ["a", "b"])
    assert server.asked
    assert not secret.asked


def test_proxies_and_passwords_of_the_environment_are_not_used(
    secret: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password hunter2\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with serving(lambda *_: (200, GOOD)) as server:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, secret.origin)
        monkeypatch.setenv(LISTED, f"127.0.0.1:{server.port}")
        inspect_endpoint(f"{server.origin}/invocations", ["a", "b"])
    assert not secret.asked
    assert all("Authorization" not in each for each in server.headers)


def test_a_certificate_is_checked_against_the_name_that_was_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Although the connection is to a number: name and key stay those of the address."""
    with serving(lambda *_: (200, GOOD), secure=True) as server:
        monkeypatch.setenv(LISTED, f"localhost:{server.port},127.0.0.1:{server.port}")
        url = f"https://localhost:{server.port}/invocations"
        with pytest.raises(NetworkError, match=r"localhost:\d+ shows is .*\(self.signed"):
            inspect_endpoint(url, ["a", "b"])
        monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))  # the machine trusts it
        server.names.clear()
        facts, _ = inspect_endpoint(url, ["a", "b"])
        assert facts.n_classes == 2
        assert {*server.names} == {"localhost"}
        assert server.headers[-1]["Host"] == f"localhost:{server.port}"
        n = len(server.asked)
        with pytest.raises(NetworkError, match=r"shows is not trusted here \(IP address mismatch"):
            inspect_endpoint(url.replace("localhost", "127.0.0.1"), ["a", "b"])
        assert len(server.asked) == n


def test_what_is_given_to_log_in_with_is_in_no_log(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with serving(lambda *_: (200, GOOD)) as server:
        monkeypatch.setenv(LISTED, f"127.0.0.1:{server.port}")
        at = f"127.0.0.1:{server.port}/invocations"
        for address in (f"http://me:hunter2@{at}", f"http://{at}?token=hunter2"):
            with pytest.raises(NetworkError) as caught:
                inspect_endpoint(address, ["a", "b"])
            assert "hunter2" not in str(caught.value)
        inspect_endpoint(f"http://{at}", ["a", "b"])
    assert server.asked
    assert "hunter2" not in caplog.text


def test_the_last_check_is_at_the_connection(
    secret: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(LISTED, "models.internal:8080")
    client = Client()
    with pytest.raises(NetworkError, match="not among the hosts"):
        client.get(f"{secret.origin}/v2")
    client.close()
    assert not secret.asked


def test_nobody_is_asked_unless_listed_and_a_list_that_cannot_be_read_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv(LISTED, raising=False)
    assert listed() == ()
    with pytest.raises(NetworkError, match="there are none"):
        address_of("http://localhost:8080")
    for entry in ("models.internal", "http://a:80", "a:0", "a:99999", "*:80", "a:80/path"):
        monkeypatch.setenv(LISTED, f"fine:80 {entry}")
        with pytest.raises(NetworkError, match=f"is no host with a port.*{LISTED}|{LISTED}.*Write"):
            listed()
