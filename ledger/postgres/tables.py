"""The tables of ledger and vault in PostgreSQL: made once, whoever comes first, and recognised afterwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import LiteralString

from domain.errors import Broken, Refused
from ledger.postgres.database import Database, Rows

MAKING_LOCK = 0x6D696E67_00000000
"""Advisory lock of who makes tables; those of appending and of the vault are the numbers of their tables behind it."""
_LOCK = "SELECT pg_advisory_xact_lock(%s + coalesce(to_regclass(%s)::oid::bigint, 0))"
_COLUMNS = (
    "SELECT attname::text FROM pg_attribute WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped "
    "ORDER BY attnum"
)


def lock(cursor: Rows, table: str = "") -> None:
    """Take the one lock of those who write a table (or make tables), until the transaction ends; psycopg.Error."""
    cursor.execute(_LOCK, (MAKING_LOCK, table or None))


def make(database: Database, tables: Mapping[str, Sequence[str]], statements: Sequence[LiteralString]) -> None:
    """Make the tables (name to columns) where the first of them is missing.

    Errors: Broken where a table is another program's, Refused where the database does not keep UTF-8, Unreachable.
    """

    def work(cursor: Rows) -> None:
        _check_encoding(cursor, database.name)
        if any(not columns_of(cursor, table) for table in tables):
            lock(cursor)
            for statement in statements:
                cursor.execute(statement)
        for table, columns in tables.items():
            found = columns_of(cursor, table)
            if found != tuple(columns):
                raise Broken(
                    f"{database.name} 中的表 {table} 不是本系统的：{', '.join(found)}",
                    f"the table {table} in {database.name} is not this service's: {', '.join(found)}",
                )

    database.run(work)


def columns_of(cursor: Rows, table: str) -> tuple[str, ...]:
    """Return the names of a table's columns, none where there is no such table."""
    return tuple(row[0] for row in cursor.execute(_COLUMNS, (table,)))


def _check_encoding(cursor: Rows, name: str) -> None:
    found = cursor.execute("SELECT current_setting('server_encoding')").fetchone()
    if found != ("UTF8",):
        raise Refused(
            f"{name} 的字符集不是 UTF8（{found}）：请用 ENCODING 'UTF8' 建库",
            f"{name} does not keep UTF-8 ({found}): create the database with ENCODING 'UTF8'",
        )
