"""The site in docs/: its examples run and print what they show, and it leaves nothing out."""

import ast
import inspect
import io
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import lime_engine
import lime_engine.discretize

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.glob("*.md"))
EXAMPLE = re.compile(r"```python\n(.*?)```(?:\n\n```text\n(.*?)```)?", re.DOTALL)
NUMBER = re.compile(r"-?\+?\d+\.\d+")
WITHIN = 0.03  # of what is printed with two digits: other versions of NumPy may round otherwise
RUNS_THE_APP = ["app.py", "pages", "ui", "lime_engine", "model_adapters", "sample_models"]
OF_THE_SYSTEM = {"LD_LIBRARY_PATH", "SYSTEMROOT"}  # handed on to processes, as they are
SET_BY_US = {
    *("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "ARROW_DEFAULT_MEMORY_POOL"),
}


def examples(page: Path) -> list[tuple[str, str]]:
    """The page's blocks of Python, each with what the page says it prints."""
    return EXAMPLE.findall(page.read_text("utf-8"))


@pytest.mark.parametrize("page", [page for page in PAGES if examples(page)], ids=lambda p: p.stem)
def test_the_examples_print_what_they_show(page: Path) -> None:
    names: dict[str, Any] = {"__name__": "__main__"}
    for code, shown in examples(page):
        printed = io.StringIO()
        with redirect_stdout(printed):
            exec(compile(code, page.name, "exec"), names)
        assert NUMBER.sub("#", printed.getvalue()) == NUMBER.sub("#", shown), code
        known = [float(number) for number in NUMBER.findall(shown)]
        found = [float(number) for number in NUMBER.findall(printed.getvalue())]
        assert found == pytest.approx(known, abs=WITHIN), code


def test_every_page_is_reached_and_every_picture_and_page_it_links_to_is_there() -> None:
    index = (DOCS / "index.md").read_text("utf-8")
    listed = index.split("```{toctree}")[1].split("```")[0].split()[1:]
    assert sorted([*listed, "index"]) == [page.stem for page in PAGES]
    for page in PAGES:
        for link in re.findall(r"\]\(([^)#:]+)\)", page.read_text("utf-8")):
            assert (DOCS / link).is_file(), (page.name, link)
        for name in re.findall(r"\{py:\w+\}`~lime_engine\.(\w+)`", page.read_text("utf-8")):
            assert name in lime_engine.__all__, (page.name, name)


def test_every_public_name_is_in_the_reference() -> None:
    reference = (DOCS / "reference.md").read_text("utf-8")
    listed = re.findall(r"\.\. (?:auto\w+|py:data):: lime_engine\.([\w.]+)", reference)
    of_lime = [f"discretize.{name}" for name in lime_engine.discretize.__all__]
    assert sorted(listed) == sorted([*lime_engine.__all__, *of_lime])


def test_every_setting_says_what_it_is() -> None:
    documented = inspect.getdoc(lime_engine.LimeSettings) or ""
    for setting in fields(lime_engine.LimeSettings):
        assert re.search(rf"^{setting.name} : .*\n    \S", documented, re.MULTILINE), setting.name
    assert "lime_engine.LimeSettings" in (DOCS / "settings.md").read_text("utf-8")


def test_every_environment_variable_is_documented() -> None:
    page = (DOCS / "settings.md").read_text("utf-8")
    documented = set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE))
    read = {name for path in sources() for name in variables_read(path)}
    makefile = (ROOT / "Makefile").read_text("utf-8")
    of_make = set(re.findall(r"^(\w+) \?=", makefile, re.MULTILINE))
    assert read - OF_THE_SYSTEM - SET_BY_US | of_make == documented
    for name in documented - {"PYTHON"}:  # it is in README too, which most people read alone
        assert name in (ROOT / "README.md").read_text("utf-8"), name


def sources() -> Iterator[Path]:
    for name in [*RUNS_THE_APP, "trust_study"]:
        yield from sorted((ROOT / name).rglob("*.py")) if (ROOT / name).is_dir() else [ROOT / name]


def variables_read(path: Path) -> set[str]:
    """The names by which a file looks into the environment: written there, or a constant's.

    A name that comes out of a loop is one of those in a constant that the loop, or its caller,
    goes through.
    """
    if not re.search("environ|getenv", path.read_text("utf-8")):
        return set()
    tree = ast.parse(path.read_text("utf-8"))
    found = set()
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Attribute(
                    value=ast.Attribute(attr="environ"), attr="get" | "pop" | "setdefault"
                ),
                args=[name, *_],
            ):
                found |= meant(name, tree, path)
            case ast.Call(func=ast.Attribute(attr="getenv"), args=[name, *_]):
                found |= meant(name, tree, path)
            case ast.Subscript(value=ast.Attribute(attr="environ"), slice=name):
                found |= meant(name, tree, path)
    return found


def meant(name: ast.expr, tree: ast.Module, path: Path) -> set[str]:
    match name:
        case ast.Constant(value=str(written)):
            return {written}
        case ast.Name(id=variable) | ast.Attribute(attr=variable):
            if known := constants().get(variable):
                return {known}
            for node in ast.walk(tree):
                match node:
                    case (
                        ast.For(target=ast.Name(id=looped), iter=through)
                        | ast.comprehension(target=ast.Name(id=looped), iter=through)
                    ) if looped == variable:
                        return strings_in(through, tree)
    raise AssertionError(f"{path}: say by a constant which variable {ast.unparse(name)} is")


def strings_in(through: ast.expr, tree: ast.Module) -> set[str]:
    if isinstance(through, ast.Name):
        for node in tree.body:
            match node:
                case (
                    ast.Assign(targets=[ast.Name(id=name)], value=value)
                    | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
                ) if name == through.id:
                    return strings_in(value, tree)
    return {
        node.value
        for node in ast.walk(through)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


@cache
def constants() -> dict[str, str]:
    """All constants of the app's modules that hold a string."""
    written = re.compile(r'^(\w+)(?:: [\w\[\]]+)? = "([^"]*)"', re.MULTILINE)
    return dict(pair for path in sources() for pair in written.findall(path.read_text("utf-8")))


@pytest.mark.long
def test_the_site_is_built_without_a_warning(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sphinx", "-W", "-q", DOCS, tmp_path / "site"]
    run = subprocess.run(
        [*command, "-d", tmp_path / "parsed"], cwd=ROOT, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr
    assert run.stderr == ""
    reference = (tmp_path / "site" / "reference.html").read_text("utf-8")
    for name in lime_engine.__all__:
        assert f'id="lime_engine.{name}"' in reference, name
    for page in (tmp_path / "site").glob("*.html"):
        assert not re.search(r'(?:src|<link [^>]*href)="https?://', page.read_text("utf-8")), page
