"""The server from outside: what a proxy, a browser and an operator rely on."""

import shutil
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.conditions import PATIENCE, until
from tests.server import ROOT, Server, serve, until_answers


@pytest.mark.parametrize(
    "path", ["/", "/explain", "/_stcore/health", "/ready", "/s/", "/no/such/page"]
)
def test_every_response_has_the_security_headers(server: Server, path: str) -> None:
    headers = httpx.get(server.url + path, timeout=PATIENCE).headers
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'self'"
    assert "unsafe" not in policy["script-src"]
    assert policy["frame-ancestors"] == "'none'"
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "camera=()" in headers["permissions-policy"]


def test_ready_when_the_workers_have_answered(server: Server) -> None:
    until_answers(f"{server.url}/ready")
    response = httpx.get(f"{server.url}/ready")
    assert response.json() == {"ready": True}
    assert response.headers["cache-control"] == "no-store"


def test_not_ready_at_first_and_nothing_left_at_the_end(tmp_path: Path) -> None:
    with serve(tmp_path) as server:
        first = httpx.get(f"{server.url}/ready")
        assert (first.status_code, first.json()) in [
            (503, {"ready": False}),
            (200, {"ready": True}),
        ]
        until_answers(f"{server.url}/ready")
    assert "Traceback" not in server.log.read_text()
    with pytest.raises(httpx.TransportError):
        httpx.get(server.url)


def test_what_the_operator_must_mend_is_told_until_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "store"
    root.write_text("no folder")
    (tmp_path / "models.toml").write_text('[[model]]\nname = "Churn"\nkind = "tabel"\n')
    monkeypatch.setenv("LIME_LAB_MODELS", str(tmp_path / "models.toml"))
    monkeypatch.setenv("LIME_LAB_ENDPOINTS", "models.internal")
    sentence = f"The store {root} cannot be used: there is no such folder."
    with serve(tmp_path) as server:
        until(lambda: sentence in server.log.read_text())
        until(lambda: "models.toml, model 1 (“Churn”): the key “cla" in server.log.read_text())
        until(lambda: "“models.internal” in LIME_LAB_ENDPOINTS is no" in server.log.read_text())
        refused = httpx.get(f"{server.url}/ready")
        assert refused.status_code == 503
        assert refused.json()["ready"] is False
        assert refused.json()["why"].startswith(sentence)
        root.unlink()
        until_answers(f"{server.url}/ready")
        shutil.rmtree(root)
        refused = httpx.get(f"{server.url}/ready")
        assert (refused.status_code, refused.json()["why"].startswith(sentence)) == (503, True)
    assert "Traceback" not in server.log.read_text()


def check_port(host: str, port: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "scripts" / "check_port.py"), host, str(port)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_taken_port_is_said_with_a_remedy() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        answer = check_port("127.0.0.1", port)
    assert answer.returncode == 1
    assert answer.stderr == (
        f"Port {port} is taken by another program. Try another: PORT={port + 1} make run\n"
    )
    assert check_port("127.0.0.1", port).returncode == 0


@pytest.mark.parametrize("port", ["0", "-1", "65536", "http", ""])
def test_what_is_no_port_is_said(port: str) -> None:
    answer = check_port("127.0.0.1", port)
    assert answer.returncode == 1
    assert answer.stderr.startswith(f"PORT={port} is not a port")


def test_foreign_address_is_said() -> None:
    assert "HOST=192.0.2.1 is not an address" in check_port("192.0.2.1", 8501).stderr
