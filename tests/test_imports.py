"""Who may know whom: the import law of the project, read from the source."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
LAW = {
    "app": {"ui", "trust_study"},
    "pages": {"ui", "lime_engine", "model_adapters", "sample_models", "trust_study"},
    "ui": {"pages", "lime_engine", "model_adapters", "sample_models", "trust_study"},
    "sample_models": {"model_adapters", "lime_engine"},
    "model_adapters": {"lime_engine"},
    "lime_engine": set(),
    "trust_study": set(),
    "benchmarks": {"lime_engine", "sample_models", "model_adapters", "scripts"},
    "scripts": set(),
}
# Inside the engine a module knows those before it; the perturbers stand beside the fit.
ENGINE = (
    "errors settings subjects types kernels samplers superpixels discretize cells numeric_column "
    "categorical_column table_law table_rows projection stability selection surrogate fidelity "
    "overlap fitting evaluation engine shapley many compare pick visual_words"
).split()
PERTURBERS = ["text", "image", "tabular", "sparse_rows"]
PERTURBERS_KNOW = {*ENGINE[: ENGINE.index("projection")]} - {"settings"}


def sources() -> Iterator[Path]:
    yield ROOT / "app.py"
    for package in LAW:
        yield from sorted((ROOT / package).rglob("*.py"))


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imported(path: Path) -> set[str]:
    """Every module the file imports anywhere in it, also inside functions."""
    package = path.relative_to(ROOT).parent.parts
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            origin = ".".join([*base, *([node.module] if node.module else [])])
            found |= {origin} | {f"{origin}.{alias.name}" for alias in node.names}
    return found


def edges() -> Iterator[tuple[str, str]]:
    for path in sources():
        for target in sorted(imported(path)):
            yield module_name(path), target


def test_the_law_names_every_package() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/*.py")} - {"tests"}
    assert packages <= set(LAW)


def test_packages_know_only_whom_they_may() -> None:
    offending = [
        f"{source} imports {target}"
        for source, target in edges()
        if (there := target.split(".")[0]) in LAW
        and there != (here := source.split(".")[0])
        and there not in LAW[here]
    ]
    assert offending == []


def test_only_the_navigation_knows_the_pages_and_only_the_app_the_study_web() -> None:
    def within(target: str, package: str) -> bool:
        return target == package or target.startswith(package + ".")

    known = list(edges())
    assert {s for s, t in known if within(t, "pages") and not within(s, "pages")} <= {"ui.main"}
    study = [(s, t) for s, t in known if within(t, "trust_study") and not within(s, "trust_study")]
    assert all(within(t, "trust_study.web") or t == "trust_study" for s, t in study if s == "app")
    assert not [s for s, t in study if within(t, "trust_study.web") and s != "app"]


def test_streamlit_stays_in_app_pages_and_ui() -> None:
    users = {s for s, t in edges() if t.split(".")[0] == "streamlit"}
    outside = {s for s in users if s.split(".")[0] not in {"app", "pages", "ui"}}
    assert outside == set()
    assert not {s for s in users if s.startswith("ui.figures")}


def test_the_engine_is_layered() -> None:
    offending = []
    for path in sorted((ROOT / "lime_engine").glob("*.py")):
        module = path.stem
        if module == "__init__":
            continue
        assert module in {*ENGINE, *PERTURBERS}, f"give lime_engine.{module} a place in the order"
        may = PERTURBERS_KNOW if module in PERTURBERS else set(ENGINE[: ENGINE.index(module)])
        for target in imported(path):
            package, _, rest = target.partition(".")
            if package == "lime_engine" and (there := rest.split(".")[0]) not in {*may, ""}:
                offending.append(f"{module} imports {there}")
    assert offending == []


def test_imports_form_no_circle() -> None:
    modules = {module_name(path): imported(path) for path in sources()}
    done: set[str] = set()

    def visit(module: str, way: tuple[str, ...]) -> None:
        assert module not in way, " -> ".join([*way, module])
        if module not in done:
            for target in modules[module] & modules.keys() - {module}:
                visit(target, (*way, module))
            done.add(module)

    for module in modules:
        visit(module, ())


def test_no_module_in_ui_hides_one_of_the_standard_library() -> None:
    # Streamlit puts the folder of its script, ui/, in front of sys.path.
    assert not {path.stem for path in (ROOT / "ui").iterdir()} & sys.stdlib_module_names


def test_the_way_to_home_loads_nothing_heavy() -> None:
    """What the server and a first page import: no scikit-learn, SciPy, pandas or scikit-image."""
    code = (
        "import sys; import pages.explain, pages.home, pages.upload, ui.demos, ui.main; "
        "print([m for m in ('sklearn', 'scipy', 'pandas', 'skimage') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert run.stdout.strip() == "[]", run.stderr
