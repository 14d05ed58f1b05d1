"""A coded column answers every query as its text would, and policy and records of a lake read the same with codes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb
import pytest

from ledger.home import Home
from projections.codes import TYPES, coded, types_made
from projections.lake.codes import code_columns
from projections.lake.reading import Lakes, load_history, open_lakes
from projections.lake.tables import SCREENED
from projections.policy.standing import build_policy, policy_tables
from projections.store import open_store
from risk.engine import DuckDBEngine
from tests.county import data_folder, payment, receipt, take
from tests.lake.lakes import exported

DAY = date(2026, 1, 1)
CONDITIONS = (
    "f = 'a'", "f <> 'a'", "f = 'none'", "f <> 'none'", "NOT f = 'none'", "f IN ('none')", "f IN ('a', 'none')",
    "f NOT IN ('none')", "f NOT IN ('a', 'none')", "f IS DISTINCT FROM 'none'", "f IS NOT DISTINCT FROM 'a'",
    "f > 'aa'", "f < 'aa'", "f >= 'none'", "f BETWEEN 'aa' AND 'bb'", "coalesce(f, '') = ''", "f LIKE 'a%'", "f = g",
    "f <> g", "f IS DISTINCT FROM g", "starts_with(f, 'a')", "f IN (SELECT g FROM {t})", "f NOT IN (SELECT 'a')",
    "list_contains(['a', 'none'], f)", "CASE f WHEN 'none' THEN true WHEN 'a' THEN false END",
)  # fmt: skip
VALUES = (
    "coalesce(f, 'none')", "coalesce(f, g)", "CASE WHEN i > 2 THEN f ELSE g END", "CASE WHEN i > 2 THEN 'x' ELSE g END",
    "concat(f, g, 'x')", "f || g", "greatest(f, g)", "least(f, 'none')", "nullif(f, 'a')", "nullif(f, 'none')",
    "left(f, 1)", "substr(f, 2)", "length(f)", "trim(f)", "replace(f, 'a', 'b')", "list_value(f, g)",
    "struct_pack(a := f, b := g)", "lag(f) OVER (ORDER BY i)", "min(f) OVER ()", "max(f) OVER (PARTITION BY g)",
    "row_number() OVER (ORDER BY f DESC NULLS LAST, i)", "count(*) OVER (PARTITION BY f)",
)  # fmt: skip
GROUPED = (
    "SELECT f, count(*), min(g), max(g), list_sort(list(DISTINCT g)) FROM {t} GROUP BY f ORDER BY f",
    "SELECT x.i, y.i FROM {t} AS x LEFT JOIN {t} AS y ON y.f = x.f AND y.g <> x.g ORDER BY 1, 2",
    "SELECT x.i, y.i FROM {t} AS x INNER JOIN text AS y ON y.f = x.f ORDER BY 1, 2",
    "SELECT f FROM {t} UNION SELECT g FROM {t} UNION SELECT 'none' ORDER BY 1",
    "SELECT f FROM {t} UNION ALL SELECT NULL FROM {t} ORDER BY 1",
)


@pytest.fixture(scope="module")
def lakes(tmp_path_factory: pytest.TempPathFactory) -> Lakes:
    """A lake of a home with three payments, one of them without a known fee year, and a register line."""
    folder = tmp_path_factory.mktemp("codes")
    rows = [payment("P1"), payment("P2", 2, channel="cash"), payment("P3", 3, fee="resident-pension")]
    with Home.open(folder / "home") as home:
        take(home, data_folder(folder / "data", payments=rows, cash_receipts=[receipt("R1")]))
        exported(home, folder / "lake")
    return open_lakes([folder / "lake"])


@pytest.fixture(scope="module")
def stores(lakes: Lakes) -> Iterator[tuple[duckdb.DuckDBPyConnection, duckdb.DuckDBPyConnection]]:
    """The lake's history twice: as text, and with codes; with the policy of its county."""
    counties = tuple(lakes.counties)
    with open_store(None, threads=1) as plain, open_store(None, threads=1) as with_codes:
        code_columns(with_codes, lakes, counties)
        for store in (plain, with_codes):
            load_history(store, lakes, counties)
            build_policy(store, lakes.position, DAY)
        yield plain, with_codes


@pytest.fixture(scope="module")
def answers() -> Iterator[duckdb.DuckDBPyConnection]:
    """The same rows in the tables text and code."""
    with duckdb.connect() as store:
        rows = "(1, 'a', 'x'), (2, 'b', 'y'), (3, NULL, 'x'), (4, 'a', NULL), (5, NULL, NULL), (6, 'c', 'a')"
        store.execute(f"CREATE TABLE text AS SELECT * FROM (VALUES {rows}) AS t(i, f, g)")
        store.execute("CREATE TYPE first_code AS ENUM ('a', 'b', 'c', 'd')")
        store.execute("CREATE TYPE second_code AS ENUM ('a', 'x', 'y')")
        store.execute("CREATE TABLE code (i INTEGER, f first_code, g second_code)")
        store.execute("INSERT INTO code SELECT * FROM text")
        yield store


def asked(store: duckdb.DuckDBPyConnection, query: str) -> tuple[str, str]:
    """Return what the query gives of the text and of the codes."""
    given = [repr(store.execute(query.replace("{t}", table)).fetchall()) for table in ("text", "code")]
    return given[0], given[1]


@pytest.mark.parametrize("condition", CONDITIONS)
def test_a_condition_on_codes_keeps_the_rows_that_it_keeps_of_text(
    answers: duckdb.DuckDBPyConnection, condition: str
) -> None:
    for query in (f"SELECT i FROM {{t}} WHERE {condition} ORDER BY i", f"SELECT i, {condition} FROM {{t}} ORDER BY i"):
        text, code = asked(answers, query)
        assert code == text


@pytest.mark.parametrize("query", [*(f"SELECT i, {value} FROM {{t}} ORDER BY i" for value in VALUES), *GROUPED])
def test_an_expression_over_codes_gives_what_it_gives_over_text(answers: duckdb.DuckDBPyConnection, query: str) -> None:
    text, code = asked(answers, query)
    assert code == text


def test_the_records_of_a_lake_read_the_same_with_codes(
    stores: tuple[duckdb.DuckDBPyConnection, duckdb.DuckDBPyConnection],
) -> None:
    for table in SCREENED:
        rows = [repr(store.execute(f"SELECT * FROM history.{table} ORDER BY ALL").fetchall()) for store in stores]
        assert rows[0] == rows[1]
    kinds = "SELECT data_type = 'VARCHAR' FROM duckdb_columns() WHERE table_name IN (?, ?) AND column_name = ?"
    for column in TYPES:
        texts = [store.execute(kinds, ["payments", "rosters", column]).fetchall() for store in stores]
        assert {text for (text,) in texts[0]} == {True}
        assert {text for (text,) in texts[1]} == {False}


def test_the_policy_of_a_county_reads_the_same_with_codes(
    stores: tuple[duckdb.DuckDBPyConnection, duckdb.DuckDBPyConnection],
) -> None:
    for name in policy_tables():
        rows = [store.execute(f"SELECT * FROM {name} ORDER BY ALL").fetchall() for store in stores]
        assert repr(rows[0]) == repr(rows[1])
    kind = "SELECT typeof(fee) <> 'VARCHAR' FROM tariff LIMIT 1"
    assert [store.execute(kind).fetchone() for store in stores] == [(False,), (True,)]


def test_the_engine_of_a_lake_gives_text(
    stores: tuple[duckdb.DuckDBPyConnection, duckdb.DuckDBPyConnection],
) -> None:
    chosen = "county, fee, list_sort(list(DISTINCT channel)) AS channels, struct_pack(fee := fee) AS details"
    query = f"SELECT {chosen} FROM history.payments GROUP BY county, fee ORDER BY county, fee"
    plain, with_codes = (DuckDBEngine(store).run(query, {}) for store in stores)
    assert with_codes.schema.field("fee").type == plain.schema.field("fee").type
    assert with_codes.to_pylist() == plain.to_pylist()


def test_a_statement_stays_as_it_is_where_there_are_no_codes() -> None:
    statement = "CREATE TABLE tariff (county VARCHAR NOT NULL, fee VARCHAR NOT NULL)"
    with duckdb.connect() as store:
        assert coded(statement, types_made(store)) == statement
