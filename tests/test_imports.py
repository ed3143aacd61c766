"""Who may know whom: the import law of the project, read from the source."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import lru_cache
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
    "benchmarks": {"ui", "lime_engine", "sample_models", "model_adapters", "scripts"},
    "scripts": set(),
    "docs": set(),
}
# Inside the engine a module knows those on the floors below its own; on one floor, what stands
# before it. A folder is one room here.
ENGINE = (
    "errors settings subjects show types models kernels samplers evaluation fit engine "
    "shapley many overlap compare pick discretize compat"
).split()
KNOW_PERTURBERS = {"shapley": {"table"}, "discretize": {"table"}, "compat": {"text", "image"}}
PERTURBERS = ["text", "image", "table"]  # beside the fit and the engine: neither knows the other
PERTURBERS_KNOW = {*ENGINE[: ENGINE.index("evaluation")]} - {"settings"}
# Inside `ui` the way down is pages -> wings -> explain -> shell -> workshop -> figures.
DOWN = {
    "figures": set(),
    "workshop": {"figures"},
    "shell": {"workshop", "figures"},
    "explain": {"shell", "workshop", "figures"},
}
BELOW_WINGS = {*DOWN, "explain"}
NEIGHBOURS = {
    "home": set(),
    "upload": set(),
    "pick": set(),
    "improve": set(),
    "compare": {"pick"},
    "review": {"pick", "improve"},
    "study": {"pick", "review", "compare"},
}
# What only this wing has, beside the plan.
PARTS_OF_ITS_OWN = {
    "explain": ("beliefs", "changes", "columns", "demos", "sheet"),
    "upload": ("reading", "quota"),
    "pick": ("values",),
    "compare": (
        *("values", "matching", "order", "verdicts", "verdict_wording", "links"),
        *("costs", "decision_wording"),
    ),
    "review": ("records", "merging", "summary"),
    "study": ("draft", "freezing", "links"),
}
MAX_MODULES = 14  # in a folder


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


@lru_cache(maxsize=1)
def modules() -> dict[str, set[str]]:
    """Every module with all that it imports."""
    return {module_name(path): imported(path) for path in sources()}


def edges() -> Iterator[tuple[str, str]]:
    for source, targets in modules().items():
        for target in sorted(targets):
            yield source, target


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


def test_the_engine_is_layered() -> None:
    offending = []
    for path in sorted((ROOT / "lime_engine").rglob("*.py")):
        room = path.relative_to(ROOT / "lime_engine").parts[0].removesuffix(".py")
        if room == "__init__":
            continue
        assert room in {*ENGINE, *PERTURBERS}, f"give lime_engine.{room} a place in the order"
        may = PERTURBERS_KNOW if room in PERTURBERS else set(ENGINE[: ENGINE.index(room)])
        may |= KNOW_PERTURBERS.get(room, set())
        for target in imported(path):
            package, _, rest = target.partition(".")
            if package == "lime_engine" and rest.split(".")[0] not in {*may, room, ""}:
                offending.append(f"{module_name(path)} imports {target}")
    assert offending == []


def test_wings_know_only_the_floors_below_and_their_neighbours() -> None:
    folders = {path.name for path in (ROOT / "ui").iterdir() if (path / "__init__.py").is_file()}
    assert folders == {*DOWN, *NEIGHBOURS}, "give the new folder of ui a place on the way down"
    may = DOWN | {wing: BELOW_WINGS | neighbours for wing, neighbours in NEIGHBOURS.items()}
    offending = [
        f"{source} imports {target}"
        for source, target in edges()
        if source.startswith("ui.")
        and target.startswith("ui.")
        and (here := source.split(".")[1]) != "main"
        and target.split(".")[1] not in {here, *may[here]}
    ]
    assert offending == []


def test_every_wing_has_the_same_plan() -> None:
    kinds = "choice place work wording figures export controls panels".split()
    for wing in ("explain", *NEIGHBOURS):
        found = {path.stem for path in (ROOT / "ui" / wing).iterdir() if path.suffix != ".jinja"}
        unknown = found - {*kinds, *PARTS_OF_ITS_OWN.get(wing, ()), "__init__", "__pycache__"}
        assert not unknown, f"ui/{wing} has parts that are not in the plan"
    assert {path.name for path in (ROOT / "ui").glob("*.py")} == {"__init__.py", "main.py"}


def test_folders_are_small_and_no_name_repeats_its_folder() -> None:
    for package in LAW:
        for folder in {path.parent for path in (ROOT / package).rglob("*.py")}:
            modules = [path.stem for path in folder.glob("*.py") if path.stem != "__init__"]
            assert len(modules) <= MAX_MODULES, folder
            if folder.parent != ROOT:
                assert not [name for name in modules if folder.name in name.split("_")], folder


def reached(start: str) -> set[str]:
    """All modules that importing this one brings along, from the source."""
    found, ahead = {start}, [start]
    while ahead:
        for target in modules().get(ahead.pop(), ()):
            # A name in a module counts as the module; a module brings its packages along.
            parts = target.split(".")
            for n in range(1, len(parts) + 1):
                name = ".".join(parts[:n])
                if name not in found:
                    found.add(name)
                    ahead.append(name)
    return found


def test_what_workers_import_never_imports_streamlit() -> None:
    work = [module for module in modules() if module.startswith("ui.") and ".work" in module]
    assert len(work) > 10
    for start in [*work, "ui.workshop.worker", "ui.workshop.runs"]:
        assert "streamlit" not in reached(start), start
    pure = {
        m
        for path in sources()
        if (m := module_name(path)).startswith(("ui.workshop", "ui.figures"))
    }
    users = {s for s, t in edges() if t.split(".")[0] == "streamlit"}
    assert not users & pure
    assert not {s for s in users if ".figures" in s or s.split(".")[-1] in ("choice", "wording")}


def test_imports_form_no_circle() -> None:
    done: set[str] = set()

    def visit(module: str, way: tuple[str, ...]) -> None:
        assert module not in way, " -> ".join([*way, module])
        if module not in done:
            for target in modules()[module] & modules().keys() - {module}:
                visit(target, (*way, module))
            done.add(module)

    for module in modules():
        visit(module, ())


def test_no_module_in_ui_hides_one_of_the_standard_library() -> None:
    # Streamlit puts the folder of its script, ui/, in front of sys.path.
    assert not {path.stem for path in (ROOT / "ui").iterdir()} & sys.stdlib_module_names


def test_the_way_to_home_loads_nothing_heavy() -> None:
    """What the server and a first page import: no scikit-learn, SciPy, pandas or scikit-image."""
    pages = ", ".join(f"pages.{path.stem}" for path in (ROOT / "pages").glob("[a-z]*.py"))
    code = (
        f"import sys; import {pages}, ui.explain.demos, ui.main; "
        "print([m for m in ('sklearn', 'scipy', 'pandas', 'skimage') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert run.stdout.strip() == "[]", run.stderr
