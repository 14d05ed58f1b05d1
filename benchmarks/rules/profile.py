"""Where a rule's time goes: the dearest steps of its plan, so that a rule above the limit explains itself."""

from __future__ import annotations

from pathlib import Path

import duckdb
import msgspec

from benchmarks.rules.results import Operator
from risk.engine import Arguments, DuckDBEngine

SHOWN = 3
_NAMES = ("Table", "Function", "Join Type", "Conditions", "Groups", "Expression", "Projections")


class _Step(msgspec.Struct):
    """An operator as DuckDB writes it."""

    type: str = ""
    timing: float = 0.0
    intermediate_rows: int = 0
    extra_info: dict[str, str | list[str]] = {}
    children: list[_Step] = []


class _Profile(msgspec.Struct):
    operator: list[_Step]


def dearest(connection: duckdb.DuckDBPyConnection, sql: str, parameters: Arguments, file: Path) -> tuple[Operator, ...]:
    """Run the query once more with profiling (written to the file) and return its dearest steps, the dearest first."""
    connection.execute("PRAGMA enable_profiling='json'")
    connection.execute(f"SET profiling_output='{file}'")
    try:
        DuckDBEngine(connection).run(sql, parameters)
    finally:
        connection.execute("PRAGMA disable_profiling")
    steps: list[_Step] = []
    left = list(msgspec.json.decode(file.read_bytes(), type=_Profile).operator)
    while left:
        step = left.pop()
        steps.append(step)
        left += step.children
    steps.sort(key=lambda step: -step.timing)
    return tuple(
        Operator(step.type, _what(step.extra_info), round(step.timing, 3), step.intermediate_rows)
        for step in steps[:SHOWN]
    )


def _what(info: dict[str, str | list[str]]) -> str:
    parts = []
    for name in _NAMES:
        value = info.get(name)
        if value is not None:
            text = ", ".join(value) if isinstance(value, list) else value
            parts.append(" ".join(text.split())[:80])
    return " · ".join(parts[:2])
