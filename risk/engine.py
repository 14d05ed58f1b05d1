"""The engine that runs a rule's SQL: what it promises, and DuckDB in this process."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from datetime import date
from typing import Protocol

import duckdb
import pyarrow as pa

from domain.errors import MingzhangError
from projections.beside import Beside
from projections.kept.world import KeptWorld
from projections.memory import told_of_memory
from projections.statements import statements_of
from risk.catalogue.card import Value

Argument = Value | date
Arguments = Mapping[str, Argument]


class QueryFailed(MingzhangError):
    """A query that the engine refused or could not finish, with the whole SQL and the engine's own words."""

    exit_code = 1

    def __init__(self, sql: str, parameters: Arguments, problem: str) -> None:
        given = ", ".join(f"{name}={value}" for name, value in sorted(parameters.items()))
        super().__init__(
            f"查询失败：{problem}\n参数：{given}\n{sql}", f"query failed: {problem}\nparameters: {given}\n{sql}"
        )
        self.sql = sql
        self.problem = problem


class Engine(Protocol):
    """Runs one SELECT over a rule's world."""

    def run(self, sql: str, parameters: Arguments) -> pa.Table:
        """Return the rows; parameters that the SQL does not use are left out. Errors: QueryFailed, OutOfMemory."""


class DuckDBEngine:
    """The engine of a county: DuckDB, on a connection that already holds the world."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection

    def run(self, sql: str, parameters: Arguments) -> pa.Table:
        """Return the rows of one SELECT; QueryFailed with the whole SQL where DuckDB refuses it, OutOfMemory."""
        try:
            with told_of_memory():
                statements = statements_of(self.connection, sql)
                if len(statements) != 1:
                    return _arrow(self.connection.execute(sql))
                given = {name: value for name, value in parameters.items() if name in statements[0].named_parameters}
                return _arrow(self.connection.execute(statements[0], given))
        except duckdb.Error as error:
            raise QueryFailed(sql, parameters, str(error)) from error


class SideEngine:
    """An engine that several threads ask at a time, each through a connection of its own, of one world."""

    def __init__(self, beside: Beside) -> None:
        self._beside = beside

    def run(self, sql: str, parameters: Arguments) -> pa.Table:
        """Return the rows; errors as those of DuckDBEngine."""
        with self._beside.cursor() as cursor:
            return DuckDBEngine(cursor).run(sql, parameters)


def engine_on(connection: duckdb.DuckDBPyConnection, beside: Beside | None) -> Engine:
    """Return the engine of a world: over the connection, or over all that work on it side by side."""
    return DuckDBEngine(connection) if beside is None else SideEngine(beside)


class KeptEngine:
    """An engine that answers from what a home has kept, wherever nothing that the query reads has changed."""

    def __init__(self, engine: Engine, kept: KeptWorld) -> None:
        self._engine, self._kept = engine, kept

    def run(self, sql: str, parameters: Arguments) -> pa.Table:
        """Return the rows, kept or asked anew; errors as those of the engine, and nothing is kept then."""
        used = {name: value for name, value in parameters.items() if f"${name}" in sql}
        return self._kept.answer(sql, used, lambda: self._engine.run(sql, parameters))


def _arrow(result: duckdb.DuckDBPyConnection) -> pa.Table:
    """Return the result's rows, codes as the text that they stand for.

    The relation that DuckDB advises instead would plan the query twice.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Arrow output on a DB-API result", category=UserWarning)
        table = result.to_arrow_table()
    if table is None:
        return pa.table({})
    for place, field in enumerate(table.schema):
        if pa.types.is_dictionary(field.type):
            table = table.set_column(place, field.name, table.column(place).cast(field.type.value_type))
    return table
