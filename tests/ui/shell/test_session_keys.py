"""What a session remembers has a name of its own: two parts of the app share none by accident."""

import ast
from collections import defaultdict
from pathlib import Path

UI = Path(__file__).parents[3] / "ui"


def _constants(tree: ast.Module) -> dict[str, str]:
    """The module's strings by their names."""
    found = {}
    for node in tree.body:
        if not (isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name | ast.Tuple)):
            continue
        target, value = node.targets[0], node.value
        pairs = (
            zip(target.elts, value.elts, strict=False)
            if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple)
            else [(target, value)]
        )
        for name, what in pairs:
            if isinstance(name, ast.Name) and isinstance(what, ast.Constant):
                found[name.id] = str(what.value)
    return found


def _remembered(tree: ast.Module) -> set[str]:
    """The module's own names of what it keeps in the session."""
    constants = _constants(tree)
    keys: list[ast.expr] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript) and ast.unparse(node.value) == "st.session_state":
            keys.append(node.slice)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).startswith("st.session_state."):
            keys += node.args[:1]
    named = {constants[key.id] for key in keys if isinstance(key, ast.Name) and key.id in constants}
    return named | {str(key.value) for key in keys if isinstance(key, ast.Constant)}


def test_no_two_modules_remember_something_under_one_name() -> None:
    """As `edits-made` was once: a text that was rewritten ended in an error."""
    modules = defaultdict(list)
    for path in UI.rglob("*.py"):
        for key in _remembered(ast.parse(path.read_text())):
            modules[key].append(str(path.relative_to(UI)))
    assert len(modules) > 20  # the search sees them
    assert {key: names for key, names in modules.items() if len(names) > 1} == {}
