"""The world of the rules in PostgreSQL: every table and view that a rule reads as a table, analysed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

import duckdb
import psycopg

TYPES = {
    "VARCHAR": "text", "BIGINT": "bigint", "INTEGER": "integer", "BOOLEAN": "boolean", "DATE": "date",
    "TIMESTAMP": "timestamp", "DOUBLE": "double precision", "VARCHAR[]": "text[]", "HUGEINT": "numeric",
    "UBIGINT": "numeric", "BIGINT[]": "bigint[]", "INTEGER[]": "integer[]",
}  # fmt: skip
_PIECE = 1 << 20


def load(
    world: duckdb.DuckDBPyConnection, target: psycopg.Connection, wanted: Mapping[str, Collection[str]], folder: Path
) -> int:
    """Copy the columns of each table (table to columns) and analyse it; return the rows copied."""
    file = folder / "copied.csv"
    rows = 0
    for table, columns in sorted(wanted.items()):
        kinds = [row for row in world.execute(f"DESCRIBE {table}").fetchall() if row[0] in columns]
        names = ", ".join(f'"{row[0]}"' for row in kinds)
        declared = ", ".join(f'"{row[0]}" {TYPES[row[1]]}' for row in kinds)
        selected = ", ".join(_as_text(row[0], row[1]) for row in kinds)
        copied = world.execute(f"COPY (SELECT {selected} FROM {table}) TO '{file}' (FORMAT csv, HEADER false)")
        rows += int(copied.fetchall()[0][0])
        _execute(target, f'CREATE UNLOGGED TABLE "{table}" ({declared})')
        with target.cursor() as cursor, file.open("rb") as lines:
            statement = f'COPY "{table}" ({names}) FROM STDIN (FORMAT csv)'
            with cursor.copy(statement) as copy:
                while piece := lines.read(_PIECE):
                    copy.write(piece)
        _execute(target, f'ANALYZE "{table}"')
    file.unlink(missing_ok=True)
    return rows


def _as_text(name: str, kind: str) -> str:
    """Return a column as CSV holds it; a list as PostgreSQL writes one."""
    if not kind.endswith("[]"):
        return f'"{name}"'
    quoted = "coalesce(concat('\"', x, '\"'), 'NULL')" if kind == "VARCHAR[]" else "CAST(x AS VARCHAR)"
    joined = f"concat('{{', array_to_string(list_transform(\"{name}\", lambda x: {quoted}), ','), '}}')"
    return f'CASE WHEN "{name}" IS NOT NULL THEN {joined} END'


def _execute(target: psycopg.Connection, sql: str) -> None:
    target.execute(sql)
