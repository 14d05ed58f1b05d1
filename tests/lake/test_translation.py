"""Every feature text becomes Spark's, and read back from it by DuckDB says what it said before; no JVM is needed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import pyarrow as pa
import pytest
import sqlglot

from risk.anomaly.features import grains
from risk.engine import Arguments, DuckDBEngine
from risk.engines.translation import for_spark
from tests.lake.features import evidence_arguments, grain_world, measures

DAY = date(2026, 1, 10)
HALVES = "CREATE OR REPLACE TEMP TABLE halves AS SELECT unnest(range(1, 1400)) AS part, 640 AS whole"
ROUNDED = (
    "SELECT CAST(h.part AS DOUBLE) / h.whole AS ratio, round(CAST(h.part AS DOUBLE) / h.whole, 6) AS rounded "
    "FROM halves AS h ORDER BY h.part"
)
pytestmark = pytest.mark.xdist_group("lake")


class ReadBack:
    """DuckDB over the texts that Spark is given, translated back by sqlglot."""

    def __init__(self, duck: DuckDBEngine) -> None:
        self._duck = duck

    def run(self, sql: str, parameters: Arguments) -> pa.Table:
        """Return the rows, their steps written out first as Spark does; with the types of the text itself."""
        typed = self._duck.run(f"SELECT * FROM ({sql}) AS q LIMIT 0", parameters).schema
        translated = for_spark(sql, parameters, "step")
        try:
            for step in translated.steps:
                self._duck.connection.execute(f"CREATE TEMP TABLE {step.name} AS {back(step.sql)}")
            found = self._duck.run(back(translated.sql), {})
        finally:
            for step in translated.steps:
                self._duck.connection.execute(f"DROP TABLE IF EXISTS {step.name}")
        return found.rename_columns(typed.names).cast(typed)


def back(text: str) -> str:
    return sqlglot.transpile(text, read="spark", write="duckdb")[0]


@pytest.fixture(scope="module")
def duck() -> Iterator[DuckDBEngine]:
    engine = grain_world()
    yield engine
    engine.connection.close()


def test_every_feature_text_says_the_same_after_the_way_to_spark_and_back(duck: DuckDBEngine) -> None:
    ours, theirs = measures(duck), measures(ReadBack(duck))
    assert [name for name, table in ours.items() if not table.equals(theirs[name])] == []
    assert len(ours) >= 2 * len(grains())
    assert min(table.num_rows for table in ours.values()) > 0
    told = [column for table in ours.values() for column in table.columns if pa.types.is_float64(column.type)]
    assert sum(len(column) - column.null_count for column in told) > 100


def test_lists_that_are_asked_for_stand_side_by_side_as_rows(duck: DuckDBEngine) -> None:
    rows = pa.table({"county": ["1", "1"], "subject_id": ["it's", "b"], "period": ["2026", "2025"]})
    translated = for_spark(grains()[0].evidence_sql, evidence_arguments(rows, DAY)).sql
    assert "VALUES ('1', 'b', '2025'), ('1', 'it\\'s', '2026')" in translated
    assert "EXPLODE" not in translated.upper().split("VALUES")[0]


def test_a_float_is_rounded_by_its_multiple_as_duckdb_rounds_it(duck: DuckDBEngine) -> None:
    """Of ratios that end halfway; one in fifty of them Spark's own round, by decimals, takes to the other side."""
    duck.connection.execute(HALVES)
    ours, theirs = duck.run(ROUNDED, {}), ReadBack(duck).run(ROUNDED, {})
    assert ours.equals(theirs)
    assert "ROUND(`x`.`d`, 2)" in for_spark("SELECT round(x.d, 2) AS s FROM x").sql
    by_decimals = [float(half.quantize(Decimal("0.000001"), ROUND_HALF_UP)) for half in shortest(ours)]
    assert by_decimals != ours.column("rounded").to_pylist()


def shortest(table: pa.Table) -> list[Decimal]:
    return [Decimal(repr(ratio)) for ratio in table.column("ratio").to_pylist()]


def test_a_list_of_another_length_is_no_row(duck: DuckDBEngine) -> None:
    with pytest.raises(ValueError, match="zip"):
        for_spark("SELECT unnest($a) AS a, unnest($b) AS b", {"a": ["1"], "b": ["1", "2"]})
