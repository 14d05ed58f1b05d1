"""The DuckDB file with the read models: created from the schema, with the position it has reached."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import duckdb

from domain.errors import Broken, Unreachable
from projections.memory import SETTING, OutOfMemory, machine_mb, memory_mb

SCHEMA = Path(__file__).parent / "schema"
INTAKE = Path(__file__).parent / "intake.sql"
CASES = Path(__file__).parent / "cases" / "tables.sql"
COUNTY_MB = 1200
"""Memory for the read models of a county of 300,000 people and its screening."""
TIME_ZONE = "Asia/Shanghai"
FORMAT = 4
"""Raised when the schema changes: a store of another format is rebuilt from the ledger."""
_COMMENT = "COMMENT ON "
_NO_ACCESS = re.compile(r"IO Error|(?:Could not|Cannot) \w+ file|No space left on device")
"""What DuckDB says of a file that it cannot read or write, also inside the error of a commit."""
_OWN_TABLES = """
CREATE SCHEMA history;
CREATE SCHEMA projection;
CREATE TABLE projection.reached (format INTEGER NOT NULL, position BIGINT NOT NULL, last_event VARCHAR NOT NULL);
COMMENT ON TABLE projection.reached IS 'one row: the last event taken from the ledger';
COMMENT ON COLUMN projection.reached.format IS 'format of this store';
COMMENT ON COLUMN projection.reached.position IS 'position of the last event taken';
COMMENT ON COLUMN projection.reached.last_event IS 'SHA-256 over its position, stream, version, topic and state';
"""


class Reached(NamedTuple):
    """How far the read models have come."""

    position: int
    last_event: str


def unwritable(error: Exception) -> Unreachable | None:
    """Return what a failed write of the file means for whoever runs the service; None for any other error."""
    if isinstance(error, duckdb.OutOfMemoryException):
        return OutOfMemory(str(error).splitlines()[0])
    if not isinstance(error, duckdb.Error) or not _NO_ACCESS.search(str(error)):
        return None
    why = " ".join(str(error).split())
    return Unreachable(
        f"读模型无法读写（{why}）：请检查磁盘空间和权限后重试",
        f"the read models cannot be read or written ({why}): check disk space and permissions, then try again",
    )


def memory_limit_mb(path: Path | None) -> int:
    """Return what DuckDB may take: what MINGZHANG_MEMORY says. Malformed.

    Without it enough for a county; of larger files four times the size, up to half the machine.
    """
    given = os.environ.get(SETTING)
    if given:
        return memory_mb(given)
    file_mb = path.stat().st_size >> 20 if path is not None and path.exists() else 0
    return max(COUNTY_MB, min(4 * file_mb, machine_mb() // 2))


def open_store(
    path: Path | None, *, threads: int | None = None, limit_mb: int | None = None
) -> duckdb.DuckDBPyConnection:
    """Open or create the read models; None makes them in memory. Unreachable where the file cannot be used.

    `limit_mb`: what DuckDB may take; None: memory_limit_mb.
    """
    limit = memory_limit_mb(path) if limit_mb is None else limit_mb
    config: dict[str, str | int] = {"memory_limit": f"{limit}MB", "preserve_insertion_order": "false"}
    if threads is not None:
        config["threads"] = threads
    try:
        connection = duckdb.connect(
            ":memory:" if path is None else str(path), config={key: str(value) for key, value in config.items()}
        )
    except duckdb.IOException as error:
        raise Unreachable(f"无法打开读模型 {path}：{error}", f"cannot open the read models {path}: {error}") from error
    connection.execute(f"SET TimeZone = '{TIME_ZONE}'")
    if not _exists(connection):
        _create(connection)
    return connection


def _exists(connection: duckdb.DuckDBPyConnection) -> bool:
    found = connection.execute("SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'projection'").fetchone()
    return found is not None and found[0] > 0


def add_comments(connection: duckdb.DuckDBPyConnection) -> None:
    """Let every table and column of the read models say what it holds, as the documents tell it.

    No store has it from its beginning: DuckDB makes a table anew for each comment, a third of a second in all.
    """
    for text in _texts():
        connection.execute("\n".join(line for line in text.splitlines() if line.startswith(_COMMENT)))


def bare(sql: str) -> str:
    """Return a schema's statements without its comments on tables and columns, each of which is a line."""
    return "\n".join(line for line in sql.splitlines() if not line.startswith(_COMMENT))


def _texts() -> Iterator[str]:
    yield _OWN_TABLES
    for path in (*sorted(SCHEMA.glob("*.sql")), INTAKE, CASES):
        yield path.read_text(encoding="utf-8")


def _create(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("BEGIN")
    for text in _texts():
        connection.execute(bare(text))
    connection.execute("INSERT INTO projection.reached VALUES (?, 0, '')", [FORMAT])
    connection.execute("COMMIT")


def reached(connection: duckdb.DuckDBPyConnection) -> Reached:
    """Return how far the read models have come; Broken where they are of another format."""
    row = connection.execute("SELECT format, position, last_event FROM projection.reached").fetchone()
    if row is None or row[0] != FORMAT:
        raise Broken(
            "读模型的格式与程序不符，请运行 mingzhang project --rebuild",
            "the read models are of another format: run mingzhang project --rebuild",
        )
    return Reached(row[1], row[2])
