import errno
import itertools
import os
import shutil
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.conditions import PATIENCE
from ui.workshop import store as stores
from ui.workshop.store import BROUGHT, SAID, Store, StoreError

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
    with pytest.raises(StoreError, match="one entry may have 100,000"):
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


# --- What makes room for what -------------------------------------------------------------------


def test_twelve_networks_do_not_take_the_room_of_a_review(
    tmp_path: Path, store: Store, clock: Clock
) -> None:
    said = {kind: store.put(kind, b"a minute ago") for kind in sorted(SAID)}
    for n in range(12):
        clock.now += 1
        store.put("network", bytes([n]) * 99_000)
    assert all(store.read(kind, entry_id) == b"a minute ago" for kind, entry_id in said.items())
    assert total_bytes(tmp_path) <= 700_000


def test_what_can_be_made_again_makes_room_first(
    tmp_path: Path, store: Store, clock: Clock
) -> None:
    brought = {kind: store.put(kind, b"brought") for kind in sorted(BROUGHT)}
    for n in range(50):
        clock.now += 1
        store.put("explanation", bytes([n]) * 90_000)
        assert total_bytes(tmp_path) <= 1_000_000
    assert all(store.read(kind, entry_id) == b"brought" for kind, entry_id in brought.items())


def test_what_is_brought_leaves_room_for_what_is_made(
    tmp_path: Path, store: Store, clock: Clock
) -> None:
    made = store.put("explanation", b"made")
    for n in range(30):
        clock.now += 1
        store.put("upload", bytes([n]) * 90_000)
        assert total_bytes(tmp_path) <= 700_000
    assert store.read("explanation", made) == b"made"


def test_what_somebody_has_done_with_goes_before_what_others_bring(
    store: Store, clock: Clock
) -> None:
    ids = []
    for n in range(6):
        clock.now += 1
        ids.append(store.put("upload", bytes([n]) * 90_000))
    store.release("upload", ids[4])
    store.release("upload", ids[5])
    assert store.read("upload", ids[4])  # by somebody else who has the same
    store.release("upload", "a" * 26)
    store.put("upload", b"7" * 90_000)
    store.put("upload", b"8" * 90_000)
    gone = [n for n, entry_id in enumerate(ids) if not store.has("upload", entry_id)]
    assert gone == [0, 5]


def test_what_is_said_is_bounded_and_never_dropped_for_more(store: Store, clock: Clock) -> None:
    ids = [store.put("review", bytes([n])) for n in range(24)]  # 4,096 bytes each on a disk
    with pytest.raises(StoreError, match="there is no room for more"):
        store.put("verdict", b"one more")
    store.write("review", ids[0], b"changed")
    assert [store.read("review", entry_id) for entry_id in ids[1:]] == [
        bytes([n]) for n in range(1, 24)
    ]
    assert store.read("review", ids[0]) == b"changed"
    clock.now += 2 * DAY
    assert store.read("verdict", store.put("verdict", b"one more")) == b"one more"


def test_only_an_abandoned_file_is_swept(tmp_path: Path, clock: Clock, store: Store) -> None:
    store.put("text", b"")
    folder = tmp_path / "store" / "text"
    old, fresh = folder / "tmp_old", folder / "tmp_fresh"  # as other processes write them
    for path, age in ((old, 4000), (fresh, 60)):
        path.write_bytes(b"half")
        os.utime(path, (clock.now - age, clock.now - age))
    for n in range(40):  # far more than there is room for
        clock.now += 1
        store.put("text", bytes([n]) * 90_000)
    assert not old.exists()
    assert fresh.read_bytes() == b"half"


# --- A machine that fails -----------------------------------------------------------------------


def files_of(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("path", ["file", "file/store"])
def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path, path: str) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(StoreError, match=f"{tmp_path / path} cannot be used: there is no such"):
        Store(tmp_path / path, max_bytes=1_000_000, ttl_seconds=DAY)


def test_a_folder_that_is_taken_away_is_a_sentence_until_it_is_back(
    tmp_path: Path, store: Store
) -> None:
    entry_id = store.put("text", b"kept")
    store.check()
    shutil.move(tmp_path / "store", tmp_path / "elsewhere")
    for act in (store.check, store.locked().__enter__, lambda: store.put("text", b"more")):
        with pytest.raises(StoreError, match=f"{tmp_path / 'store'} cannot be used: there is no"):
            act()
    assert store.read("text", entry_id) is None
    assert isinstance(store.try_write("text", entry_id, b"more"), StoreError)
    shutil.move(tmp_path / "elsewhere", tmp_path / "store")
    store.check()
    assert store.read("text", entry_id) == b"kept"


def test_an_emptied_folder_gets_its_secret_back(tmp_path: Path, store: Store) -> None:
    before = store.key("text", b"same")
    shutil.rmtree(tmp_path / "store")
    (tmp_path / "store").mkdir()
    store.check()
    again = Store(tmp_path / "store", max_bytes=1_000_000, ttl_seconds=DAY)
    assert again.key("text", b"same") == before
    (tmp_path / "store" / "secret").write_bytes(bytes(32))
    with pytest.raises(StoreError, match="another one than when the server started"):
        store.check()


@pytest.mark.parametrize(
    ("code", "cause"),
    [
        (errno.ENOSPC, "its disk is full. Make room there"),
        (errno.EROFS, "nothing can be written there. Allow it"),
        (errno.EACCES, "nothing can be written there. Allow it"),
        (errno.EIO, "OSError: .*Mend that"),
    ],
)
def test_a_disk_that_refuses_is_a_sentence(
    store: Store, monkeypatch: pytest.MonkeyPatch, code: int, cause: str
) -> None:
    entry_id = store.put("text", b"kept")

    def refuse(*_: object, **__: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "utime", refuse)
    monkeypatch.setattr(stores.tempfile, "mkstemp", refuse)
    monkeypatch.setattr(stores.tempfile, "TemporaryFile", refuse)
    for act in (store.check, lambda: store.put("text", b"more")):
        with pytest.raises(StoreError, match=cause):
            act()
    assert store.read("text", entry_id) == b"kept"
    assert store.use("text", entry_id)


LIMITED = """
import resource, sys
from pathlib import Path
from ui.workshop.store import Store, StoreError

def limit(n_bytes):
    resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, resource.RLIM_INFINITY))

root = Path(sys.argv[1])
limit(0)
try:
    Store(root, max_bytes=1_000_000, ttl_seconds=86400)
except StoreError as error:
    print(error)
limit(resource.RLIM_INFINITY)
store = Store(root, max_bytes=1_000_000, ttl_seconds=86400)
kept = store.put("text", b"kept")
limit(10_000)
store.check()
try:
    store.put("text", bytes(50_000))
except StoreError as error:
    print(error)
assert store.read("text", kept) == b"kept"
print(kept)
"""


@pytest.mark.skipif(os.name == "nt", reason="POSIX limits")
def test_nothing_is_left_of_what_does_not_fit_on_the_disk(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-c", LIMITED, str(tmp_path / "new")], capture_output=True, text=True
    )
    first, second, kept = run.stdout.splitlines()
    assert "its disk is full" in first
    assert "its disk is full" in second
    assert files_of(tmp_path / "new") == {"secret", f"text/{kept}"}


def test_what_is_damaged_and_can_be_made_again_is_dropped(tmp_path: Path, store: Store) -> None:
    ids = {kind: store.put(kind, b"whole") for kind in ("reasons", "upload", "review")}
    for kind, entry_id in ids.items():
        entry(tmp_path, kind, entry_id).write_bytes(b"damaged")
        assert store.has(kind, entry_id)
        assert store.read(kind, entry_id) is None
    assert not store.has("reasons", ids["reasons"])
    assert store.has("upload", ids["upload"])  # a copy may be put in its place
    assert store.has("review", ids["review"])


COUNTER = """
import json, sys
from pathlib import Path
from ui.workshop.store import Store

store = Store(Path(sys.argv[1]), max_bytes=1_000_000, ttl_seconds=86400)
entry_id = store.key("review", "count")
sys.stdin.read()  # all begin when their input closes
for _ in range(200):
    with store.locked():
        count = json.loads(store.read("review", entry_id) or "0")
        store.write("review", entry_id, json.dumps(count + 1).encode())
"""


def test_of_several_processes_one_at_a_time_has_the_lock(tmp_path: Path) -> None:
    command = [sys.executable, "-c", COUNTER, str(tmp_path)]
    counters = [subprocess.Popen(command, stdin=subprocess.PIPE) for _ in range(3)]
    for counter in counters:
        assert counter.stdin is not None
        counter.stdin.close()
    assert [counter.wait() for counter in counters] == [0, 0, 0]
    store = Store(tmp_path, max_bytes=1_000_000, ttl_seconds=DAY)
    assert store.read("review", store.key("review", "count")) == b"600"


@pytest.mark.parametrize("damaged", [b"", b"short", b"x" * 33])
def test_a_damaged_secret_is_no_key(tmp_path: Path, damaged: bytes) -> None:
    """An empty one would make ids that anybody can compute."""
    Store(tmp_path, max_bytes=1_000_000, ttl_seconds=DAY)
    (tmp_path / "secret").write_bytes(damaged)
    with pytest.raises(StoreError, match=f"has {len(damaged)} bytes instead of 32"):
        Store(tmp_path, max_bytes=1_000_000, ttl_seconds=DAY)


def test_what_was_made_of_something_deleted_is_kept_no_more(tmp_path: Path, store: Store) -> None:
    elsewhere = Store(tmp_path / "store", max_bytes=1_000_000, ttl_seconds=DAY, clock=store._clock)
    source = store.put("texts", b"My diary")
    other = store.put("texts", b"A poem")
    assert elsewhere.read("texts", source)  # by a worker, which explains it

    def explained(by: Store, name: str) -> str:
        return by.key("explanation", f"{source}-0 by {name}")

    before = explained(store, "before")
    run = store.key("run", before)  # by way of what it is made of
    store.write("explanation", before, b"diary: .3")
    assert store.forget([source]) == 2
    for late in (before, run, explained(elsewhere, "after")):
        by = store if late in (before, run) else elsewhere
        assert by.has_lost_source(late)
        with pytest.raises(StoreError, match="has been deleted"):
            by.write("explanation", late, b"diary: .3")
    assert [path.name for path in (tmp_path / "store").glob("*/*")] == [other]
    store.write("explanation", store.key("explanation", f"{other}-0"), b"poem: .1")
    assert store.put("texts", b"My diary") == source  # brought again
    store.write("explanation", run, b"diary: .3")


def test_nothing_is_left_of_what_is_written_while_it_is_deleted(
    tmp_path: Path, store: Store
) -> None:
    refused, writing = threading.Event(), threading.Event()

    def explain_on() -> None:
        for n in itertools.count():
            if n == 20:
                writing.set()
            try:
                store.write("explanation", store.key("explanation", f"{source}-{n}"), b"diary")
            except StoreError:
                refused.set()
                return

    for attempt in range(20):
        refused.clear(), writing.clear()
        source = store.put("texts", f"My diary, {attempt}".encode())
        thread = threading.Thread(target=explain_on, daemon=True)
        thread.start()
        assert writing.wait(PATIENCE)
        store.forget([source])
        assert refused.wait(PATIENCE)
        thread.join()
        assert [*(tmp_path / "store").glob("*/*")] == []
