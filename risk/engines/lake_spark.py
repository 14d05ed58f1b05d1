"""Spark over lakes: all counties in one world, which the cluster divides by county."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from pathlib import Path

from pyspark.sql import SparkSession

from projections.lake.reading import Lakes
from risk.engines.spark import SparkEngine, SparkTables, session_of
from risk.engines.spark_world import build_spark_world, views_of
from risk.engines.world import World

ROWS_PER_PARTITION = 500_000
"""Rows of history for which a shuffle gets one more partition."""


def started(
    scratch: Path, queries: Sequence[str], *, master: str, limit_mb: int, threads: int | None = None
) -> SparkLake:
    """Return the engine, for worlds of which `queries` will be asked, with a Spark session of its own.

    Unreachable where there is no Java or no cluster.
    """
    return SparkLake(session_of(scratch, limit_mb, master=master, threads=threads), scratch, queries)


class SparkLake:
    """The engine of a cluster, or of one machine without one."""

    name = "spark"

    def __init__(self, session: SparkSession, scratch: Path, queries: Sequence[str]) -> None:
        self._session, self._scratch, self._queries = session, scratch, tuple(queries)

    def version(self) -> str:
        """Return Spark's version."""
        return str(self._session.version)

    def worlds(self, lakes: Lakes, as_of: date) -> Iterator[AbstractContextManager[World]]:
        """Yield the one world of all counties. Entering it: QueryFailed."""
        yield self._world(lakes, as_of)

    @contextmanager
    def _world(self, lakes: Lakes, as_of: date) -> Iterator[World]:
        rows = sum(lakes.counties.values())
        partitions = max(self._session.sparkContext.defaultParallelism, -(-rows // ROWS_PER_PARTITION))
        self._session.conf.set("spark.sql.shuffle.partitions", str(partitions))
        tables = SparkTables(self._session, self._scratch)
        thresholds = build_spark_world(tables, lakes, as_of, views_of(self._queries))
        yield World(tuple(lakes.counties), SparkEngine(tables), thresholds, rows)
