"""What people bring comes back from the store as it was, to pages and to workers."""

import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from lime_engine.subjects import Value
from ui.upload.reading.pictures import read_picture
from ui.workshop import kept
from ui.workshop.kept import keep_pictures, keep_rows, keep_texts, n_own
from ui.workshop.store import Store

ROOT = Path(__file__).parents[3]


def png(colour: str) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (9, 9), colour).save(buffer, format="PNG")
    return read_picture("a.png", buffer.getvalue()).png


def test_pictures_come_back_in_order_under_their_names(a_store_of_its_own: Store) -> None:
    pictures = tuple(
        (name, a_store_of_its_own.put("picture", png(colour)))
        for name, colour in (("b.png", "red"), ("a.png", "blue"), ("ü ✓", "red"))
    )
    source = keep_pictures(pictures)
    assert kept.pictures(source) == pictures
    assert kept.picture_png(pictures[1][1]) == png("blue")
    assert n_own("image", source) == 3
    assert keep_pictures(pictures) == source
    assert keep_pictures(pictures[:2]) != source


def test_what_was_seen_through_is_remembered_with_the_set() -> None:
    pictures = (("a.png", "a" * 26), ("b.png", "b" * 26))
    source = keep_pictures(pictures, [1])
    assert kept.pictures(source) == pictures
    assert [kept.was_filled(source, row) for row in range(3)] == [False, True, False]
    assert not any(kept.was_filled(keep_pictures(pictures), row) for row in range(2))
    assert not kept.was_filled("test", 0)


VALUES: st.SearchStrategy[Value] = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=9)
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.integers(1, 4).flatmap(
        lambda n: st.tuples(
            st.lists(st.text(max_size=9), min_size=n, max_size=n),
            st.lists(st.tuples(*[VALUES] * n), min_size=1, max_size=4),
        )
    )
)
def test_rows_come_back_as_they_were(content: tuple[list[str], list[tuple[Value, ...]]]) -> None:
    columns, rows = content
    source = keep_rows(columns, rows)
    found = kept.rows(source)
    assert found == (tuple(columns), tuple(rows))
    assert repr(found) == repr((tuple(columns), tuple(rows)))  # 1, 1.0 and True are not the same
    assert n_own("table", source) == len(rows)


def test_what_json_does_not_know_is_not_kept() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        keep_rows(["a"], [(float("nan"),)])


def test_texts_come_back_to_pages_and_workers() -> None:
    source = keep_texts(["wolf", "snow"])
    assert kept.texts(source) == ("wolf", "snow")
    assert n_own("text", source) == 2


NAMED = kept.Labels(("urgent", "routine"), (1, -1))


def test_labels_come_back_with_what_they_are_of() -> None:
    pictures = (("a.png", "a" * 26), ("b.png", "b" * 26))
    without = {
        keep_texts(["wolf", "snow"]),
        keep_rows(["a"], [(1,), (2,)]),
        keep_pictures(pictures),
    }
    assert [kept.labels(source) for source in without] == [None] * 3
    sources = {
        keep_texts(["wolf", "snow"], NAMED),
        keep_rows(["a"], [(1,), (2,)], NAMED),
        keep_pictures(pictures, [1], NAMED),
    }
    assert [kept.labels(source) for source in sources] == [NAMED] * 3
    assert not sources & without
    assert keep_texts(["wolf", "snow"], NAMED) in sources
    assert keep_texts(["wolf", "snow"], kept.Labels(NAMED.names, (0, -1))) not in sources
    assert kept.texts(keep_texts(["wolf", "snow"], NAMED)) == ("wolf", "snow")
    assert kept.was_filled(keep_pictures(pictures, [1], NAMED), 1)
    assert kept.labels("a" * 26) is None


@pytest.mark.parametrize("of", [(0,), (0, 1, 0), (0, 2), (-2, 0)])
def test_labels_are_one_an_item_and_have_a_name(of: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="label"):
        keep_texts(["wolf", "snow"], kept.Labels(("urgent", "routine"), of))


@pytest.mark.parametrize(
    ("entry", "content", "read"),
    [
        ("texts", b'{"texts": ["wolf"]}', lambda source: kept.texts(source) == ("wolf",)),
        ("rows", b'{"columns": ["a"], "rows": [[1]]}', lambda s: kept.rows(s) == (("a",), ((1,),))),
        ("pictures", b'[{"id": "b", "name": "a"}]', lambda s: kept.pictures(s) == (("a", "b"),)),
    ],
)
def test_what_was_brought_before_there_were_labels_still_opens(
    a_store_of_its_own: Store, entry: str, content: bytes, read: Callable[[str], bool]
) -> None:
    source = a_store_of_its_own.put(entry, content)
    assert read(source)
    assert kept.labels(source) is None


@pytest.mark.parametrize("hostile", ["", "../secret", "a" * 26, "a" * 26 + "\n", "picture"])
def test_what_is_not_there_is_none(hostile: str) -> None:
    assert kept.pictures(hostile) is kept.rows(hostile) is kept.texts(hostile) is None
    assert kept.picture_png(hostile) is None
    assert [n_own(kind, hostile) for kind in ("text", "image", "table")] == [0, 0, 0]


def test_one_kind_is_not_opened_as_another() -> None:
    rows, pictures = keep_rows(["a"], [(1,)]), keep_pictures((("a", "b" * 26),))
    assert kept.pictures(rows) is None
    assert kept.rows(pictures) is None
    assert kept.picture_png(pictures) is None


def test_absence_is_not_remembered(a_store_of_its_own: Store) -> None:
    content = b'{"columns": ["a"], "rows": [[1]]}'
    source = a_store_of_its_own.key("rows", content)
    assert n_own("table", source) == 0
    assert a_store_of_its_own.put("rows", content) == source
    assert n_own("table", source) == 1


def test_workers_read_without_streamlit() -> None:
    code = (
        "import sys, ui.workshop.kept, ui.upload.reading.pictures, ui.upload.reading.rows\n"
        "print([m for m in ('streamlit', 'pandas', 'sklearn') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert run.stdout.strip() == "[]", run.stderr
