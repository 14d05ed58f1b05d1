"""What a query reads is never less than what its answer depends on: columns, and conditions on a row by itself."""

from __future__ import annotations

import duckdb
import pytest

from projections.kept.prints import columns_of, counts_of, rows_of
from projections.kept.readings import Reading, UnknownTable, readings_of

KNOWN = frozenset({"paid", "taken"})


def reading(sql: str, table: str = "paid") -> Reading:
    (found,) = (each for each in readings_of(sql, KNOWN) if each.table == table)
    return found


@pytest.mark.parametrize(
    ("sql", "columns"),
    [
        ("SELECT p.a FROM paid AS p WHERE p.b > 1", ("a", "b")),
        ("SELECT count(*) FROM paid AS p", ()),
        ("SELECT a FROM paid ORDER BY b", ("a", "b")),
        ("SELECT p.a, row_number() OVER (PARTITION BY p.b ORDER BY p.c) AS n FROM paid AS p", ("a", "b", "c")),
        ("SELECT p.a FROM paid AS p WHERE EXISTS (SELECT 1 FROM taken AS t WHERE t.x = p.d)", ("a", "d")),
        ("SELECT t.x FROM taken AS t JOIN paid AS p USING (k)", ("k",)),
        ("SELECT p.place.village AS v FROM paid AS p", ("place",)),
        ("SELECT place.village AS v FROM paid AS p", ("place",)),
        ("WITH q AS (SELECT p.a FROM paid AS p) SELECT q.* FROM q", ("a",)),
    ],
)
def test_every_column_that_is_named_is_read(sql: str, columns: tuple[str, ...]) -> None:
    assert (reading(sql).columns, reading(sql).whole) == (columns, False)


@pytest.mark.parametrize(
    "sql", ["SELECT * FROM paid", "SELECT p.* FROM paid AS p", "SELECT hash(p) FROM paid AS p", "FROM paid",
            "SELECT 1 FROM taken AS t NATURAL JOIN paid AS p"],
)  # fmt: skip
def test_a_star_or_a_row_as_a_whole_is_all_columns(sql: str) -> None:
    assert reading(sql).whole


@pytest.mark.parametrize(
    ("sql", "condition"),
    [
        ("SELECT p.a FROM paid AS p WHERE p.a > 1 AND p.b IS NULL", "(a > 1) AND (b IS NULL)"),
        ("SELECT p.a FROM paid AS p WHERE p.a > 1 OR p.b = 2", "(a > 1 OR b = 2)"),
        ("SELECT p.a FROM paid AS p, taken AS t WHERE p.a = t.a AND p.b = 'x'", "(b = 'x')"),
        ("SELECT t.a FROM taken AS t LEFT JOIN paid AS p ON p.a = t.a AND p.b = 'x' WHERE p.c IS NULL", "(b = 'x')"),
        ("SELECT t.a FROM paid AS p LEFT JOIN taken AS t ON t.a = p.a AND p.b = 'x' WHERE p.c = 1", "(c = 1)"),
        ("SELECT t.a FROM taken AS t RIGHT JOIN paid AS p ON p.a = t.a WHERE p.c = 1", ""),
        ("SELECT p.a FROM paid AS p WHERE p.a > $least AND p.b IN ('x', 'y')", "(b IN ('x', 'y'))"),
        ("SELECT p.a FROM paid AS p WHERE p.a > 1 OR EXISTS (SELECT 1 FROM taken AS t WHERE t.a = p.a)", ""),
        ("SELECT 1 FROM taken AS t WHERE NOT EXISTS (SELECT 1 FROM paid AS p WHERE p.a = t.a AND p.b = 1)", "(b = 1)"),
    ],
)
def test_a_condition_counts_only_where_a_row_that_fails_it_can_change_nothing(sql: str, condition: str) -> None:
    assert reading(sql).condition == condition


def test_a_step_that_bears_a_tables_name_is_not_the_table_but_where_it_is_not_yet_seen() -> None:
    sql = "WITH taken AS (SELECT p.a FROM paid AS p), paid AS (SELECT t.b FROM taken AS t) SELECT paid.c FROM paid"
    assert readings_of(sql, KNOWN) == (Reading("paid", ("a",), whole=False, condition=""),)
    assert readings_of("WITH paid AS (SELECT p.a FROM paid AS p) SELECT 1 FROM paid", KNOWN)[0].columns == ("a",)


def test_a_table_that_nobody_knows_is_refused() -> None:
    with pytest.raises(UnknownTable, match="wanted"):
        readings_of("SELECT p.a FROM paid AS p JOIN wanted AS w ON w.a = p.a", KNOWN)


def test_a_fingerprint_changes_with_what_is_read_and_with_nothing_else() -> None:
    store = duckdb.connect()
    store.execute("CREATE TABLE paid AS SELECT i AS a, i % 3 AS b, 'x' AS c FROM range(50) AS t(i)")
    one = Reading("paid", ("a",), whole=False, condition="(b = 1)")

    def now() -> tuple[int, str]:
        both, columns = [one, Reading("paid", (), whole=True, condition="")], columns_of(store, "paid")
        return counts_of(store, "paid", both)[one], rows_of(store, "paid", columns, both)[one]

    before = now()
    for harmless in ("UPDATE paid SET c = 'y'", "UPDATE paid SET a = -a WHERE b = 2", "DELETE FROM paid WHERE b = 0"):
        store.execute(harmless)
        assert now() == before
    store.execute("CREATE TABLE other AS SELECT * FROM paid ORDER BY a DESC")
    store.execute("DROP TABLE paid")
    store.execute("ALTER TABLE other RENAME TO paid")
    assert now() == before
    for change in ("UPDATE paid SET a = 0 WHERE a = 1", "INSERT INTO paid VALUES (4, 1, 'x')", "DELETE FROM paid"):
        store.execute(change)
        assert now() != before
        before = now()
