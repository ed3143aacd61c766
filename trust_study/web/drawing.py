"""Templates, and the files that stand beside them."""

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

HERE = Path(__file__).parent
STATIC = HERE / "static"


def draw(template: str, root: str, **context: Any) -> str:
    """The page, of pages that are mounted at `root`."""
    return _templates().get_template(template).render(root=root, **context)


@lru_cache(maxsize=1)
def _templates() -> Environment:
    made = Environment(
        loader=FileSystemLoader([HERE / "templates", HERE.parent / "stages"]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # A browser keeps these files, until they are others.
    files = sorted(STATIC.iterdir())
    version = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]
    made.globals["version"] = version
    return made
