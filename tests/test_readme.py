"""What the README shows works as it stands."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

README = Path(__file__).parents[1] / "README.md"


EXAMPLES = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize(
    ("number", "says"),
    [
        (0, r"fine \+0\.\d+"),
        (1, r"settled=True[^$]*pain 0\.45\d+"),
        (2, r"\[0 2\] \[0\.7\d+ 1\. *\]"),
        (3, r"different\n[^$]*ward \(0\.[67]\d+, "),
        (4, r"worst .* \+0\.\d+"),
        (5, r"label='region \d+'"),
    ],
)
def test_the_python_examples_run(number: int, says: str, tmp_path: Path) -> None:
    assert len(EXAMPLES) == 6
    script = tmp_path / "example.py"
    script.write_text(EXAMPLES[number], encoding="utf-8")
    run = subprocess.run(
        [sys.executable, script],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(README.parent)},
    )
    assert re.search(says, run.stdout), run.stdout + run.stderr


def test_what_it_links_to_is_there() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", README.read_text(encoding="utf-8"))
    assert links
    for link in links:
        assert (README.parent / link).exists(), link
