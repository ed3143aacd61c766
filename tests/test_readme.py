"""What the README shows works as it stands."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

README = Path(__file__).parents[1] / "README.md"


EXAMPLES = re.findall(  # those of the operator's Python are run in tests/model_adapters
    r"```python\n(.*?)```",
    README.read_text(encoding="utf-8").partition("## The engine from Python")[2],
    re.DOTALL,
)


@pytest.mark.parametrize(
    ("number", "says"),
    [
        (0, r"fine \+0\.\d+"),
        (1, r"\('fine', 0\.\d+\)"),
    ],
)
def test_the_python_examples_run(number: int, says: str, tmp_path: Path) -> None:
    assert len(EXAMPLES) == 2
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
