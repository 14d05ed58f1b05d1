"""A province made of one county's read tables, copied under further county codes with other persons and places."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import duckdb

from domain.contract import RECORD_TYPES
from domain.form import PLAIN, RecordType
from intake.ingest import Intake
from ledger.home import Home
from projections.models import ReadModels
from projections.store import open_store

FIRST_COPY = 990001
"""The county code of the first copy; no county has it."""
POLICY = "policy_changes"
"""The one table of other events that rules see; lists and answers, which a made-up county has none of, stay away."""
_TOKEN_PARTS = ("", "_name_birth", "_near", "_weak")
_SHORTER = 20
"""Characters kept of a token; two that say which copy replace the rest."""


def take_in(county: Path, home: Path) -> Path:
    """Take a county's files into a home and return the file of its read models."""
    opened = Home.open(home)
    Intake(opened, actor="benchmark", clock=lambda: datetime.now(UTC)).take(county)
    models = ReadModels(opened.read_models, opened.ledger, threads=2, shared=False)
    models.close()
    opened.close()
    return opened.read_models


def payments_in(path: Path) -> int:
    """Return how many payments (every version) the read models hold."""
    with duckdb.connect(str(path), read_only=True) as connection:
        row = connection.execute("SELECT count(*) FROM history.payments").fetchone()
    return int(row[0]) if row is not None else 0


def copied(county: Path, counties: int, path: Path) -> Path:
    """Write read models of so many counties, the first as it is, and return their file."""
    connection = open_store(path, threads=2)
    connection.execute(f"ATTACH '{county}' AS county (READ_ONLY)")
    tables = connection.execute(
        "SELECT table_name FROM duckdb_tables() WHERE database_name = 'county' AND schema_name = 'history' ORDER BY 1"
    ).fetchall()
    code = _only_code(connection)
    types = {form.table: form for form in RECORD_TYPES.values()}
    for (table,) in tables:
        for copy in range(counties):
            if copy == 0 or table in types or table == POLICY:
                chosen = copy_columns(connection, table, types.get(table), code, copy)
                connection.execute(f"INSERT INTO history.{table} SELECT {chosen} FROM county.history.{table}")
    connection.execute("UPDATE projection.reached SET position = (SELECT position FROM county.projection.reached)")
    connection.execute("DETACH county")
    connection.execute("CHECKPOINT")
    connection.close()
    return path


def _only_code(connection: duckdb.DuckDBPyConnection) -> str:
    rows = connection.execute("SELECT DISTINCT county FROM county.history.payments").fetchall()
    if len(rows) != 1:
        raise ValueError(f"one county is copied, the read models hold {len(rows)}")
    return str(rows[0][0])


def copy_columns(
    connection: duckdb.DuckDBPyConnection, table: str, form: RecordType | None, code: str, copy: int
) -> str:
    """Return the SELECT list of one copy: county, tokens, event ids and codes that name the county are its own."""
    rows = connection.execute(
        "SELECT column_name, data_type FROM duckdb_columns() "
        "WHERE database_name = 'county' AND schema_name = 'history' AND table_name = ? ORDER BY column_index",
        [table],
    ).fetchall()
    if copy == 0:
        return ", ".join(name for name, _ in rows)
    tokens = _token_columns(form) if form is not None else frozenset()
    return ", ".join(_column(name, kind, code, copy, token=name in tokens) for name, kind in rows)


def _token_columns(form: RecordType) -> frozenset[str]:
    kept = [field for field in form.fields if field.stands != PLAIN]
    return frozenset(field.column + part for field in kept for part in _TOKEN_PARTS)


def _column(name: str, kind: str, code: str, copy: int, *, token: bool) -> str:
    own = str(FIRST_COPY + copy - 1)
    if name == "county":
        return f"'{own}' AS county"
    if name == "event_id":
        return f"replace(event_id, concat(':', source, ':'), concat(':', source, '-{copy}:')) AS event_id"
    if kind not in ("VARCHAR", "VARCHAR[]") or name in ("source", "changed", "defects", "row_json"):
        return name
    value = f"concat(left(x, {_SHORTER}), '{copy:02d}')" if token else _recoded("x", code, own)
    if kind == "VARCHAR":
        value = value.replace("x,", f"{name},")
        return f"CASE WHEN {name} IS NOT NULL THEN {value} END AS {name}"
    return f"list_transform({name}, lambda x: {value}) AS {name}"


def _recoded(value: str, code: str, own: str) -> str:
    """Return the SQL that exchanges the county's code at the beginning of a code, behind at most two letters."""
    return f"regexp_replace({value}, '^([A-Z]{{0,2}}){code}', '\\1{own}')"
