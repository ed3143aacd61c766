"""The package on its own: what it needs, what importing it costs, and its wheel, alone."""

import ast
import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
# What is used if it is there, and said if it is not; torch is looked up, never imported.
OPTIONAL = {"plotly", "tqdm", "matplotlib", "IPython"}
IMPORT_NAMES = {"scikit-learn": "sklearn", "scikit-image": "skimage"}
HEAVY = {"pandas", "scipy", "skimage", "sklearn", "joblib", "plotly", "tqdm"}
MOST_MODULES = 400  # 321 with Python 3.11, of which 57 are its own and 160 the standard library's
LOADED = """
import sys
import lime_engine as lime

def loaded():
    return " ".join(sys.modules)

print(loaded())
import numpy as np
def long_words(texts):
    share = np.array([sum(len(word) > 4 for word in text.split()) / 40 for text in texts])
    return np.column_stack([1 - share, share])
words = " ".join("a fine but longish film".split() * 3 + [f"word{n}" for n in range(20)])
found = lime.explain(words, long_words, lime.TextPerturber())
found._repr_html_(), found.to_json()
print(loaded())
def red(pictures):
    share = pictures[..., 0].mean(axis=(1, 2)) / 255
    return np.column_stack([1 - share, share])
picture = np.random.default_rng(0).integers(0, 255, (24, 24, 3)).astype(np.uint8)
lime.explain(picture, red, lime.ImagePerturber("grid", 16))
rows = np.random.default_rng(0).normal(size=(50, 4))
def first(rows):
    share = 1 / (1 + np.exp(-rows[:, 0]))
    return np.column_stack([1 - share, share])
lime.explain(rows[0], first, lime.TabularPerturber.learn(rows))
for n_shown in (6, 30):
    lime.LimeTextExplainer().explain_instance(words, long_words, num_features=n_shown)
for cut in (True, False):
    named = lime.LimeTabularExplainer(rows, discretize_continuous=cut)
    named.explain_instance(rows[0], first)
print(loaded())
"""
# In an environment that has the package and what it asks for, in a folder without the source.
ALONE = """
import importlib.metadata
import pickle
import numpy as np
import lime_engine as lime
from lime_engine.discretize import QuartileDiscretizer

print(lime.__file__, importlib.metadata.version("lime-engine"))
def predict(texts):
    share = np.array([0.9 if "fine" in text.split() else 0.2 for text in texts])
    return np.column_stack([1 - share, share])
found = lime.explain("a fine but long film", predict, lime.TextPerturber())
assert found.weights[0].label == "fine" and abs(found.weights[0].weight - 0.7) < 1e-6
assert lime.Explanation.from_json(found.to_json()).weights == found.weights
assert pickle.loads(pickle.dumps(found)).weights == found.weights
assert found.as_frame()["label"][0] == "fine"
assert "The model says" in found._repr_html_()
try:
    found.plot()
except lime.SettingsError as error:
    print(error)
named = lime.LimeTextExplainer(random_state=0).explain_instance("a fine long film", predict)
assert named.as_list()[0][0] == "fine"
many = lime.explain_many(["a fine day", "a day"], lambda: predict, lime.TextPerturber())
assert sorted(outcome.row for outcome in many if outcome.error is None) == [0, 1]
picture = np.zeros((32, 32, 3), dtype=np.uint8)
picture[:16] = 250
def bright(pictures):
    share = pictures.mean(axis=(1, 2, 3)) / 255
    return np.column_stack([1 - share, share])
settings = lime.LimeSettings(n_samples=100)
lime.explain(picture, bright, lime.ImagePerturber("slic", 8), settings)
print("done")
"""


def test_it_imports_nothing_that_it_does_not_ask_for() -> None:
    needed = {name.split(">")[0] for name in PROJECT["dependencies"]}
    asked_for = {IMPORT_NAMES.get(name, name) for name in needed}
    used = set()
    for path in (ROOT / "lime_engine").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                used |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                used.add(str(node.module).split(".")[0])
    used -= sys.stdlib_module_names
    assert used - {"lime_engine"} - OPTIONAL == asked_for


def test_what_is_not_used_is_not_loaded() -> None:
    run = subprocess.run(
        [sys.executable, "-c", LOADED],
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
    )
    assert run.returncode == 0, run.stderr
    imported, text, all_kinds = (set(line.split()) for line in run.stdout.splitlines())
    assert len(imported) <= MOST_MODULES, len(imported)

    def packages(modules: set[str]) -> set[str]:
        return {name.split(".")[0] for name in modules}

    assert packages(imported) & HEAVY == set()
    assert packages(text) & HEAVY == {"scipy"}
    assert packages(all_kinds) & HEAVY == {"scipy"}


@pytest.mark.long
def test_the_wheel_works_alone_in_an_empty_environment(tmp_path: Path) -> None:
    def run(*command: str | Path) -> str:
        outside = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
        done = subprocess.run(command, cwd=tmp_path, env=outside, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    uv = (sys.executable, "-m", "uv")
    source = tmp_path / "source"  # a build leaves folders behind, and takes what is left in them
    shutil.copytree(ROOT / "lime_engine", source / "lime_engine")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    run(*uv, "build", "--quiet", "--wheel", "--out-dir", tmp_path / "dist", source)
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    sources = {str(path.relative_to(ROOT)) for path in (ROOT / "lime_engine").rglob("*.py")}
    assert {name for name in names if name.endswith(".py")} == sources
    assert "lime_engine/py.typed" in names

    python = tmp_path / "empty" / "bin" / "python"
    run(*uv, "venv", "--quiet", "--python", sys.executable, tmp_path / "empty")
    run(*uv, "pip", "install", "--quiet", "--python", python, wheel)
    (tmp_path / "alone.py").write_text(ALONE)
    told = run(python, "alone.py")
    assert str(tmp_path / "empty") in told
    assert PROJECT["version"] in told
    assert "plot needs the package plotly" in told
    assert told.endswith("done\n")

    clock = "import time; t = time.perf_counter(); import lime_engine; print(time.perf_counter()-t)"
    assert min(float(run(python, "-c", clock)) for _ in range(5)) < 1
