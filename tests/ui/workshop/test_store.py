import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ui.workshop import store as stores
from ui.workshop.store import Store, StoreError

DAY = 24 * 3600.0


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Store:
    return Store(tmp_path / "store", max_bytes=1_000_000, ttl_seconds=DAY, clock=clock)


def entry(tmp_path: Path, kind: str, entry_id: str) -> Path:
    return tmp_path / "store" / kind / entry_id


def total_bytes(tmp_path: Path) -> int:
    return sum(p.stat().st_size for p in (tmp_path / "store").glob("*/*"))


def test_content_comes_back_under_one_id(store: Store) -> None:
    first = store.put("text", b"wolf and snow")
    assert store.put("text", b"wolf and snow") == first
    assert store.put("text", b"") != first
    assert store.read("text", first) == b"wolf and snow"
    assert store.read("image", first) is None


def test_results_are_found_by_what_produced_them(store: Store) -> None:
    store.write("explanation", store.key("explanation", "content", "model a", "{}"), b"{1}")
    assert store.read("explanation", store.key("explanation", "content", "model a", "{}")) == b"{1}"
    assert store.read("explanation", store.key("explanation", "content", "model b", "{}")) is None


@pytest.fixture(scope="module")
def any_store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return Store(tmp_path_factory.mktemp("any"), max_bytes=100_000_000, ttl_seconds=DAY)


parts = st.lists(st.text(st.characters(exclude_categories=["Cs"])) | st.binary(), max_size=4)


@given(one=parts, other=parts)
@example(one=["ab", "c"], other=["a", "bc"])  # where a part ends counts
@example(one=["ab"], other=[b"ab"])
def test_keys_are_equal_exactly_when_the_parts_are(
    any_store: Store, one: list[str | bytes], other: list[str | bytes]
) -> None:
    def raw(parts: list[str | bytes]) -> list[bytes]:
        return [part.encode() if isinstance(part, str) else part for part in parts]

    same = any_store.key("result", *one) == any_store.key("result", *other)
    assert same == (raw(one) == raw(other))


@given(data=st.binary(max_size=2000))
def test_any_bytes_come_back(any_store: Store, data: bytes) -> None:
    assert any_store.read("text", any_store.put("text", data)) == data


@given(hostile=st.text() | st.sampled_from(["../secret", "..", "", "/etc/passwd", "a" * 26 + "\n"]))
def test_what_is_no_id_is_not_found(any_store: Store, hostile: str) -> None:
    assert any_store.read("text", hostile) is None
    assert any_store.read("text", f"{hostile}/../../secret") is None


def test_only_ids_and_kinds_of_the_app_are_written(store: Store) -> None:
    with pytest.raises(ValueError, match="not an id"):
        store.write("text", "../../x", b"")
    with pytest.raises(ValueError, match="not a kind"):
        store.put("../text", b"")


def test_another_store_has_other_ids(tmp_path: Path, store: Store) -> None:
    other = Store(tmp_path / "other", max_bytes=1_000_000, ttl_seconds=DAY)
    assert other.key("text", b"same") != store.key("text", b"same")


def test_the_secret_outlives_the_process(tmp_path: Path, store: Store) -> None:
    entry_id = store.put("text", b"kept")
    again = Store(tmp_path / "store", max_bytes=1_000_000, ttl_seconds=DAY, clock=store._clock)
    assert again.put("text", b"kept") == entry_id


@pytest.mark.skipif(os.name == "nt", reason="POSIX permissions")
def test_nobody_else_on_the_machine_can_read_it(tmp_path: Path, store: Store) -> None:
    root = tmp_path / "store"
    path = entry(tmp_path, "text", store.put("text", b"private"))
    modes = [stat.S_IMODE(p.stat().st_mode) for p in (root, root / "text", root / "secret", path)]
    assert modes == [0o700, 0o700, 0o600, 0o600]


@pytest.mark.parametrize("damage", [b"", b"short", b"\0" * 32 + b"forged"])
def test_damaged_entry_is_absent_and_can_be_written_again(
    tmp_path: Path, store: Store, damage: bytes
) -> None:
    entry_id = store.put("text", b"whole")
    entry(tmp_path, "text", entry_id).write_bytes(damage)
    assert store.read("text", entry_id) is None
    store.put("text", b"whole")
    assert store.read("text", entry_id) == b"whole"


def test_truncated_entry_is_absent(tmp_path: Path, store: Store) -> None:
    entry_id = store.put("text", b"a long text that was cut")
    path = entry(tmp_path, "text", entry_id)
    path.write_bytes(path.read_bytes()[:-1])
    assert store.read("text", entry_id) is None


def test_entry_lives_as_long_as_it_is_read(store: Store, clock: Clock) -> None:
    entry_id = store.put("text", b"read every day")
    for _ in range(3):
        clock.now += 0.9 * DAY
        assert store.read("text", entry_id) == b"read every day"
    clock.now += 1.1 * DAY
    assert store.read("text", entry_id) is None


def test_expired_entries_leave_the_disk(tmp_path: Path, store: Store, clock: Clock) -> None:
    old = [entry(tmp_path, "text", store.put("text", bytes([n]) * 9_000)) for n in range(5)]
    clock.now += 2 * DAY
    for n in range(12):  # enough writes for a sweep
        store.put("text", bytes([100 + n]) * 9_000)
    assert not any(path.exists() for path in old)


def test_size_is_bounded_and_the_used_stay(tmp_path: Path, store: Store, clock: Clock) -> None:
    used = store.put("text", b"used")
    unused = store.put("text", b"unused")
    for n in range(300):
        clock.now += 1
        store.put("image", n.to_bytes(2, "big") * 5_000)
        assert store.read("text", used) == b"used"
        assert total_bytes(tmp_path) <= 1_000_000
    assert store.read("text", unused) is None
    assert total_bytes(tmp_path) > 500_000  # bounded, not emptied


def test_tiny_entries_count_as_what_they_take_on_disk(tmp_path: Path, store: Store) -> None:
    for n in range(600):
        store.put("text", str(n).encode())
    assert len(list((tmp_path / "store" / "text").iterdir())) <= 1_000_000 // 4096


def test_entry_that_would_empty_the_store_is_refused(store: Store) -> None:
    kept = store.put("text", b"kept")
    with pytest.raises(ValueError, match="one entry may have 100000"):
        store.put("image", bytes(100_001))
    assert store.read("text", kept) == b"kept"


WRITER = """
import sys
from pathlib import Path
from ui.workshop.store import Store, StoreError

root, name = sys.argv[1:]
sys.stdin.read()  # both begin when their input closes
store = Store(Path(root), max_bytes=200_000, ttl_seconds=86400)
print(store.key("text", "whoever"))
for n in range(300):
    data = (f"shared {n % 7}" if n % 2 else f"{name} {n}").encode() * 400
    read = store.read("text", store.put("text", data))
    assert read in (data, None), "a torn entry"  # None: the other's sweep was faster
"""


def test_two_processes_share_one_store(tmp_path: Path) -> None:
    command = [sys.executable, "-c", WRITER, str(tmp_path / "new")]
    writers = [
        subprocess.Popen([*command, name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for name in ("one", "two")
    ]
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.close()
    outputs = []
    for writer in writers:
        assert writer.stdout is not None
        outputs.append(writer.stdout.read())
        writer.stdout.close()
    assert [writer.wait() for writer in writers] == [0, 0]
    assert outputs[0] == outputs[1] != ""  # one secret, though both were first
    assert {p.name for p in (tmp_path / "new").iterdir()} == {"secret", "text"}
    sizes = [p.stat().st_size for p in (tmp_path / "new" / "text").iterdir()]
    assert sum(sizes) <= 200_000


def test_the_folder_of_the_app_store_can_be_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIME_LAB_STORE", str(tmp_path / "named"))
    stores.store.cache_clear()
    try:
        entry_id = stores.store().put("text", b"here")
        assert (tmp_path / "named" / "text" / entry_id).exists()
    finally:
        stores.store.cache_clear()


@pytest.mark.parametrize("damaged", [b"", b"short", b"x" * 33])
def test_a_damaged_secret_is_no_key(tmp_path: Path, damaged: bytes) -> None:
    """An empty one would make ids that anybody can compute."""
    Store(tmp_path, max_bytes=1_000_000, ttl_seconds=DAY)
    (tmp_path / "secret").write_bytes(damaged)
    with pytest.raises(StoreError, match=f"has {len(damaged)} bytes instead of 32"):
        Store(tmp_path, max_bytes=1_000_000, ttl_seconds=DAY)
