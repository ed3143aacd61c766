"""What SECURITY.md promises is what the code does."""

import re
from pathlib import Path

import pytest

from lime_engine.samplers import MAX_CELLS
from model_adapters.endpoints import client
from model_adapters.installed import MAX_BYTES, MAX_MODELS
from model_adapters.settings import Limits
from trust_study import frozen
from trust_study.store import tokens
from trust_study.web import posts, tries
from ui.upload import quota, work
from ui.upload.panels import files
from ui.upload.reading import bounded, headers, pictures, records, text_files, workbooks, zips
from ui.workshop import store as stores
from ui.workshop.request import MOST_SECONDS
from ui.workshop.worker import MAX_MEMORY

ROOT = Path(__file__).parents[1]
NETWORK = Limits()
PROMISED = re.sub(r"\s+", " ", (ROOT / "SECURITY.md").read_text(encoding="utf-8"))


def mb(n_bytes: int) -> str:
    return f"{n_bytes // 1_000_000} MB"


@pytest.mark.parametrize(
    "said",
    [
        f"{mb(quota.SESSION_BYTES)} a session, {mb(quota.ALL_BYTES)} in all",
        f"{files.MAX_SESSION_MB} MB, {files.MAX_FILES} files",
        f"{text_files.MAX_MB} MB; {text_files.MAX_ROWS:,} rows, "
        f"{text_files.MAX_COLUMNS:,} columns, {text_files.MAX_CELLS:,} cells; "
        f"unpacked {mb(workbooks.MAX_UNPACKED)} (.xlsx), {mb(records.MAX_PARQUET_BYTES)} (Parquet)",
        f"{mb(headers.MAX_BYTES)}, {headers.MAX_PIXELS // 1_000_000} megapixels; "
        f"{mb(zips.MAX_ZIP_BYTES)}, {mb(zips.MAX_UNPACKED)} unpacked, "
        f"{pictures.MAX_PICTURES} pictures, of which {mb(work.MAX_SET_BYTES)} are kept",
        f"{mb(bounded.MAX_MEMORY)} of memory, in a worker process",
        f"{text_files.MAX_CHARACTERS:,} characters",
        f"{MAX_CELLS:,} copies times components",
        f"sends at a time | {posts.MAX_BYTES // 1000} KB",
        f"{tries.MOST} in {tries.SECONDS:g} seconds",
        f"{frozen.MAX_ITEMS} items, {frozen.MAX_PARTICIPANTS:,} participants",
        f"a secret of {8 * tokens.TOKEN_BYTES} bits",
        f"{MAX_MEMORY / 1e9:g} GB of memory; it is ended",
        f"{mb(client.MAX_QUESTION)}, {client.SECONDS:g} seconds, {client.TRIES} tries, "
        f"at most {client.LONGEST_WAIT:g} seconds between two",
        f"{mb(MAX_BYTES)}, {MAX_MODELS} models",
        f"{NETWORK.memory_bytes / 1e9:g} GB of memory, {NETWORK.load_seconds:g} seconds to load "
        f"and {NETWORK.call_seconds:g} a batch",
    ],
)
def test_the_bounds_are_those_of_the_code(said: str) -> None:
    assert said in PROMISED


def test_what_is_said_of_time_and_of_the_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIME_LAB_STORE", str(tmp_path / "store"))
    assert MOST_SECONDS == 30 * 60
    assert "half an hour" in PROMISED
    store = stores.store.__wrapped__()
    assert f"{store._ttl_seconds / 86400:g} days" in PROMISED
    assert f"{store._max_bytes / 1e9:g} GB" in PROMISED
    assert f"{5 * len(store.key('text', 'a'))} bits" in PROMISED  # base32
    assert (tmp_path / "store").stat().st_mode & 0o077 == 0


def test_the_code_that_keeps_a_promise_is_there() -> None:
    named = set(re.findall(r"`((?:ui|lime_engine|model_adapters)/?[a-z_/.]*)`", PROMISED))
    assert len(named) >= 10
    assert not [name for name in named if not (ROOT / name).exists()]
