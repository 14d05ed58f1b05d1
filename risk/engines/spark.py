"""The engine of a province: Spark, over temporary views that hold the world."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from py4j.protocol import Py4JError
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession
from sqlglot.errors import SqlglotError

from domain.errors import Unreachable
from projections.memory import OutOfMemory
from risk.catalogue.checks.catalogue import empty_world
from risk.engine import Arguments, DuckDBEngine, QueryFailed
from risk.engines.translation import for_spark

STEP = "step"
SETTINGS = {
    "spark.sql.session.timeZone": "Asia/Shanghai",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.cteRecursionRowLimit": "-1",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.catalogImplementation": "in-memory",
    "spark.sql.sources.partitionColumnTypeInference.enabled": "false",
    "spark.sql.broadcastTimeout": "36000",
}
"""What the rules need: wall times without a zone, errors instead of silent overflow, and no end of a query only because
a busy machine takes more than five minutes over a small table."""


class SparkTables:
    """Tables by name in a Spark session: files, queries, and queries whose rows are written out once."""

    def __init__(self, session: SparkSession, scratch: Path) -> None:
        self.session, self._scratch = session, scratch
        self.seconds: dict[str, float] = {}
        """Of each table whose rows were written out."""

    def files(self, name: str, paths: Sequence[str]) -> None:
        """Name Parquet files that hold the same columns; at least one."""
        self.session.read.parquet(*paths).createOrReplaceTempView(name)

    def rows(self, name: str, table: pa.Table) -> None:
        """Name a table that is at hand."""
        path = self._scratch / "given" / f"{name}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(table, path)
        self.files(name, [str(path)])

    def query(self, name: str, sql: str) -> None:
        """Name a SELECT of the rules' dialect; it runs anew wherever it is read."""
        self._frame(for_spark(sql).sql).createOrReplaceTempView(name)

    def written(self, name: str, sql: str) -> None:
        """Name the rows of a SELECT, written out now: inlined, a rule that reads several takes minutes to plan."""
        start = time.perf_counter()
        with self.ready(sql, {}, name) as text:
            self._write(name, text)
        self.seconds[name] = round(time.perf_counter() - start, 3)

    @contextmanager
    def ready(self, sql: str, parameters: Arguments, mark: str) -> Iterator[str]:
        """Give the text of a SELECT whose steps are written out; they are gone when the block ends."""
        try:
            steps, text = for_spark(sql, parameters, mark)
        except (SqlglotError, KeyError) as error:
            raise QueryFailed(sql, parameters, f"no translation for Spark: {error}") from error
        try:
            for step in steps:
                self._write(*step)
            yield text
        finally:
            for step in steps:
                self.session.catalog.dropTempView(step.name)
                shutil.rmtree(self._path(step.name), ignore_errors=True)

    def read(self, text: str) -> pa.Table:
        """Return the rows of a SELECT in Spark's own dialect. QueryFailed."""
        frame = self._frame(text)
        with self._told(text):
            found: pa.Table = frame.toArrow()
        return found

    def _write(self, name: str, text: str) -> None:
        frame = self._frame(text)
        path = str(self._path(name))
        with self._told(text):
            frame.write.mode("overwrite").parquet(path)
            self.session.read.schema(frame.schema).parquet(path).createOrReplaceTempView(name)

    def _path(self, name: str) -> Path:
        return self._scratch / "written" / name

    def _frame(self, text: str) -> DataFrame:
        with self._told(text):
            return self.session.sql(text)

    @contextmanager
    def _told(self, text: str) -> Iterator[None]:
        """Say QueryFailed, with the text, where Spark cannot finish it; OutOfMemory where memory is why."""
        try:
            yield
        except (PySparkException, Py4JError) as error:
            if "OutOfMemoryError" in str(error):
                raise OutOfMemory(str(error).splitlines()[0]) from error
            raise QueryFailed(text, {}, str(error)) from error


class SparkEngine:
    """Runs the rules' dialect on Spark; columns come back with the types that DuckDB gives them."""

    def __init__(self, tables: SparkTables) -> None:
        self._tables = tables

    def run(self, sql: str, parameters: Arguments) -> pa.Table:
        """Return the rows of one SELECT; QueryFailed with the whole SQL where Spark, or its translation, refuses it."""
        typed = DuckDBEngine(empty_world()).run(sql, parameters).schema
        with self._tables.ready(sql, parameters, STEP) as text:
            found = self._tables.read(text)
        return found.rename_columns(typed.names).cast(typed)


def session_of(
    scratch: Path,
    limit_mb: int,
    *,
    master: str = "local[*]",
    threads: int | None = None,
    settings: Mapping[str, str] | None = None,
) -> SparkSession:
    """Return a session with the settings that rules need, and further ones; `scratch`: where it spills.

    Unreachable without Java or without the cluster.
    """
    local = f"local[{threads}]" if threads is not None and master.startswith("local") else master
    own = {
        "spark.local.dir": str(scratch / "spill"),
        "spark.sql.warehouse.dir": str(scratch / "warehouse"),
        "spark.driver.memory": f"{limit_mb}m",
    }
    builder = SparkSession.builder.appName("mingzhang").master(local)
    for name, value in {**SETTINGS, **own, **(settings or {})}.items():
        builder = builder.config(name, value)
    try:
        session = builder.getOrCreate()
    except (PySparkException, Py4JError, OSError) as error:
        raise Unreachable(
            f"Spark 无法启动（{error}）：请检查 Java 17 和 --spark-master {master}",
            f"Spark does not start ({error}): check Java 17 and --spark-master {master}",
        ) from error
    session.sparkContext.setLogLevel("ERROR")
    return session
