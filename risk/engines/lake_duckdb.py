"""DuckDB over lakes: the counties in groups, each in a world of its own, so that the largest bounds the memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from pathlib import Path

import duckdb

from projections.as_of import build_world
from projections.beside import side_by_side
from projections.lake.codes import code_columns
from projections.lake.reading import Lakes, load_history
from projections.memory import told_of_memory
from projections.store import open_store
from risk.engine import engine_on
from risk.engines.world import World
from risk.thresholds import thresholds_in_force

ROWS = 4_000_000
"""Rows of history that make a group full: about two counties of 300,000 people."""
_ROWS_A_MB = 1_000
"""Rows for each MB of memory up to which two queries at a time work on a group: its world takes half of that alone."""


class DuckDBLake:
    """The engine of one big machine."""

    name = "duckdb"

    def __init__(self, scratch: Path, limit_mb: int, *, threads: int | None = None, rows: int = ROWS) -> None:
        self._scratch, self._limit_mb, self._threads, self._rows = scratch, limit_mb, threads, rows

    def version(self) -> str:
        """Return DuckDB's version."""
        return duckdb.__version__

    def worlds(self, lakes: Lakes, as_of: date) -> Iterator[AbstractContextManager[World]]:
        """Yield a world for each group of counties. Entering one: OutOfMemory."""
        for counties in lakes.batches(self._rows):
            yield self._world(lakes, counties, as_of)

    @contextmanager
    def _world(self, lakes: Lakes, counties: tuple[str, ...], as_of: date) -> Iterator[World]:
        with told_of_memory():
            connection = open_store(None, threads=self._threads, limit_mb=self._limit_mb)
        try:
            with told_of_memory():
                quoted = str(self._scratch).replace("'", "''")
                connection.execute(f"SET temp_directory = '{quoted}'")
                code_columns(connection, lakes, counties)
                rows = load_history(connection, lakes, counties)
            with side_by_side(connection, rows, _ROWS_A_MB * self._limit_mb) as beside:
                with told_of_memory():
                    build_world(connection, lakes.position, as_of, beside=beside)
                engine = engine_on(connection, beside)
                yield World(counties, engine, thresholds_in_force(connection, as_of), rows, beside)
        finally:
            connection.close()
