"""The first sentence of every command, read from the text of its module: --help need not import what it only lists."""

from __future__ import annotations

import ast
from importlib.util import find_spec
from pathlib import Path


def summary(module: str, name: str) -> str:
    """Return the help of a command of a module in mingzhang/commands: its function's, else its group's, else ''."""
    tree = _tree(module)
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and name in _names(node):
            return ast.get_docstring(node) or ""
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    texts = (word.value for call in calls if _is_typer(call) for word in call.keywords if word.arg == "help")
    return next((str(text.value) for text in texts if isinstance(text, ast.Constant)), "")


def _tree(module: str) -> ast.Module:
    spec = find_spec(f"mingzhang.commands.{module}")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(module)
    return ast.parse(Path(spec.origin).read_text(encoding="utf-8"))


def _names(function: ast.FunctionDef) -> set[str]:
    """Return the names under which a function is a command of `app`; none where it is no command."""
    found: set[str] = set()
    for each in function.decorator_list:
        if isinstance(each, ast.Call) and ast.unparse(each.func) == "app.command":
            given = [word.value for word in each.keywords if word.arg == "name"] or each.args
            named = given[0].value if given and isinstance(given[0], ast.Constant) else function.name.replace("_", "-")
            found.add(str(named))
    return found


def _is_typer(call: ast.Call) -> bool:
    return ast.unparse(call.func) == "typer.Typer"
