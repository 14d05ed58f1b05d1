"""Stopwatches around what the program does anyway, so that its own code is measured and not a copy of it."""

from __future__ import annotations

import re
import sys
import time
from typing import cast

import duckdb
import pyarrow as pa

from risk.engine import Arguments, DuckDBEngine

_CREATED = re.compile(r"CREATE TEMP TABLE (\w+) AS")


def tell(what: str, took: float) -> None:
    """Say on stderr what was just measured: a large size takes long, and one that is ended shows how far it came."""
    print(f"{time.strftime('%H:%M:%S')} {what} {took:.2f} s", file=sys.stderr, flush=True)


class Statements:
    """A connection that passes everything on and keeps the seconds of each table built from a SELECT."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self.built: dict[str, float] = {}

    def execute(self, sql: str | duckdb.Statement, parameters: object = None) -> duckdb.DuckDBPyConnection:
        """Execute and measure."""
        start = time.perf_counter()
        done = self._connection.execute(sql, parameters)
        if match := _CREATED.match(sql if isinstance(sql, str) else sql.query):
            self.built[match[1]] = time.perf_counter() - start
            tell(match[1], self.built[match[1]])
        return done

    def __getattr__(self, name: str) -> object:
        return getattr(self._connection, name)

    def as_connection(self) -> duckdb.DuckDBPyConnection:
        """Return itself under the type that the program expects."""
        return cast("duckdb.DuckDBPyConnection", self)


class TimedEngine:
    """The program's engine, keeping the seconds of the last query."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._engine = DuckDBEngine(connection)
        self.query_s = 0.0

    def run(self, sql: str, parameters: Arguments) -> pa.Table:
        """Return the rows; named parameters that the SQL does not use are left out. Errors: QueryFailed."""
        start = time.perf_counter()
        table = self._engine.run(sql, parameters)
        self.query_s = time.perf_counter() - start
        return table
