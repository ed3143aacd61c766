"""What the README shows works as it stands."""

import re
from pathlib import Path

import pytest

README = Path(__file__).parents[1] / "README.md"


EXAMPLES = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize(
    ("number", "says"),
    [
        (0, r"fine \+0\.\d+"),
        (1, r"settled=True[^$]*pain 0\.45\d+"),
        (2, r"worst .* \+0\.\d+"),
        (3, r"label='region \d+'"),
    ],
)
def test_the_python_examples_run(
    number: int, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert len(EXAMPLES) == 4
    exec(compile(EXAMPLES[number], str(README), "exec"), {})
    assert re.search(says, capsys.readouterr().out)


def test_what_it_links_to_is_there() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", README.read_text(encoding="utf-8"))
    assert links
    for link in links:
        assert (README.parent / link).exists(), link
