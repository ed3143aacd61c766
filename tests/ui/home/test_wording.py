import pytest

from ui.home.wording import really, says


@pytest.mark.parametrize(
    ("kind", "answer", "label", "told"),
    [
        ("image", "wolf", "husky", "It is **a husky**."),
        ("image", "3", "8", "It is **an 8**."),
        ("text", "urgent", "routine", "It is **routine**."),
        ("table", "flu", "no flu", "It is **no flu**."),
        ("image", "wolf", "wolf", ""),
    ],
)
def test_what_it_really_is(kind: str, answer: str, label: str, told: str) -> None:
    assert really(kind, answer, label) == told  # type: ignore[arg-type]


def test_names_are_data() -> None:
    assert says("*a* [b](http://c)", "87%").count("\\") > 4
    assert "](" not in really("text", "a", "[b](http://c)")
