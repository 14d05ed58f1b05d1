"""A command starts without the large libraries that it does not need; the first test runs some, the others read."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from mingzhang.cli import MODULES

ROOT = Path(__file__).resolve().parents[2]
OURS = ("mingzhang", "web", "consumers", "casework", "intake", "risk", "projections", "ledger", "domain", "simulation")
RUN = """
import json, sys
from mingzhang.cli import main
for arguments in json.loads(sys.argv[1]):
    sys.argv = ["mingzhang", *arguments]
    try:
        main()
    except SystemExit as ended:
        assert not ended.code, ended.code
    print("loaded:", *{name.partition(".")[0] for name in sys.modules}, file=sys.stderr)
"""
MODELS = {"sklearn", "skops", "scipy", "joblib"}
"""What anomaly models are made of: by far the slowest to load."""
TABLES = {"duckdb", "pyarrow", "numpy", "pandas"}
WITH_MODELS = {"model"}
"""Commands that load it at once; the others when a model is wanted."""
PAGES = {"fastapi", "starlette", "uvicorn"}
WITH_PAGES = {"serve", "demo"}
WITHOUT_TABLES = {"simulate", "template", "users", "vault", "checkpoint", "witness"}


def loaded(*commands: tuple[str | Path, ...]) -> list[set[str]]:
    """Return the packages that one process has loaded after each of the commands, which must succeed."""
    asked = json.dumps([list(map(str, arguments)) for arguments in commands])
    done = subprocess.run([sys.executable, "-c", RUN, asked], capture_output=True, text=True, check=True, cwd=ROOT)
    return [set(line.split()[1:]) for line in done.stderr.splitlines() if line.startswith("loaded:")]


def test_help_and_accounts_load_no_tables_and_a_screening_without_a_model_nothing_for_models(tmp_path: Path) -> None:
    listed, accounts, screened = loaded(
        ("--help",),
        ("users", "first", "--home", tmp_path / "home"),
        ("screen", "docs/example", "--out", tmp_path / "out", "--model", "none"),
    )
    assert not listed & (TABLES | MODELS | PAGES)
    assert not accounts & (TABLES - {"numpy"} | MODELS | PAGES)
    assert "duckdb" in screened
    assert not screened & (MODELS | PAGES)


@pytest.mark.parametrize("command", sorted(set(MODULES) - WITH_MODELS))
def test_only_the_models_own_commands_load_what_models_are_made_of(command: str) -> None:
    assert not reached(command) & {"sklearn", "skops", "joblib"}


@pytest.mark.parametrize("command", sorted(set(MODULES) - WITH_PAGES))
def test_only_what_serves_pages_loads_what_they_are_served_by(command: str) -> None:
    assert not reached(command) & PAGES


@pytest.mark.parametrize("command", sorted(WITHOUT_TABLES))
def test_commands_without_tables_load_no_engine_for_them(command: str) -> None:
    assert not reached(command) & (TABLES - {"numpy"})


def test_what_is_read_of_imports_is_what_they_load() -> None:
    assert {"sklearn", "skops", "duckdb"} <= reached("model")
    assert reached("serve") >= PAGES | {"duckdb"}


def reached(command: str) -> set[str]:
    """Return the packages of others that a command's module imports, or one of ours that it imports does."""
    waiting, seen, others = [f"mingzhang.commands.{MODULES[command]}"], set[str](), set[str]()
    while waiting:
        module = waiting.pop()
        if module in seen:
            continue
        seen.add(module)
        for name in imported(module):
            top = name.partition(".")[0]
            if top not in OURS:
                others.add(top)
            else:
                parts = name.split(".")
                waiting += [".".join(parts[:length]) for length in range(1, len(parts) + 1)]
    return others


@cache
def imported(module: str) -> frozenset[str]:
    """Return what a module of ours imports when it is loaded, modules and names in them alike; of no module nothing."""
    folder = ROOT / module.replace(".", "/")
    file = folder / "__init__.py" if folder.is_dir() else folder.with_suffix(".py")
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))) if file.exists() else ():
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return frozenset(found)
