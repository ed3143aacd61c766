"""What runs by itself, a part of the page: it is looked at, and holds nothing to press."""

import ast
from collections.abc import Iterator
from pathlib import Path

UI = Path(__file__).parents[3] / "ui"
TO_PRESS = {"button", "download_button", "form_submit_button", "link_button", "checkbox", "toggle"}


def _is_fragment(node: ast.expr) -> bool:
    return ast.unparse(node) == "st.fragment"


def _fragments(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    given = {ast.unparse(c.args[0]) for c in calls if _is_fragment(c.func) and c.args}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            wraps = [d.func if isinstance(d, ast.Call) else d for d in node.decorator_list]
            if node.name in given or any(map(_is_fragment, wraps)):
                yield node


def test_a_fragment_holds_nothing_to_press() -> None:
    """A click in one waits for a run of the page that is under way, and is lost with that run if a
    newer begins: seen with Streamlit 1.67, "Cancel" while the first results came.
    """
    found = []
    for path in UI.rglob("*.py"):
        for function in _fragments(ast.parse(path.read_text())):
            found.append(function.name)
            called = {
                node.func.attr
                for node in ast.walk(function)
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
            }
            assert not called & TO_PRESS, f"{path.name}: {function.name}"
    assert len(found) >= 5  # the search sees those there are
