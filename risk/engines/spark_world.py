"""The world on Spark: temporary views over Parquet files, in the names that rules read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

import duckdb

from domain.contract import RECORD_TYPES
from projections.amendments import SETTLED, amendments_select
from projections.as_of import GROUPED, as_of_select
from projections.cases import CASE_TABLES
from projections.lake.reading import Lakes, paths_sql
from projections.lake.tables import DERIVED, POLICY, SCREENED
from projections.policy.standing import build_policy
from projections.store import open_store
from risk.catalogue.world import SharedView, policy_tables, shared_views, views_read
from risk.engine import DuckDBEngine
from risk.engines.spark import SparkTables
from risk.thresholds import Thresholds, thresholds_in_force

ALWAYS = "payments_not_in payment_gaps"
"""The views by which is said what could not be judged, whatever the rules read."""


def views_of(queries: Iterable[str]) -> tuple[SharedView, ...]:
    """Return the shared views that queries, and the account of what rules could not judge, read."""
    return views_read("\n".join((ALWAYS, *queries)), shared_views())


def build_spark_views(tables: SparkTables, views: Iterable[SharedView]) -> None:
    """Write out shared views, in the order in which they build on each other. Errors: QueryFailed."""
    for view in views:
        tables.written(view.name, view.sql)


def build_spark_world(
    tables: SparkTables, lakes: Lakes, as_of: date, views: Iterable[SharedView]
) -> Thresholds:
    """Build all that the rules read of the lakes up to a day; return the thresholds in force. Errors: QueryFailed."""
    with open_store(None) as store:
        amended = _history(tables, store, lakes)
        thresholds = _policy(tables, store, lakes, as_of)
    for record_type in RECORD_TYPES.values():
        select = as_of_select(record_type, lakes.position, as_of)
        grouped = record_type.name in GROUPED
        named = tables.written if amended[record_type.table] or grouped else tables.query
        named(record_type.table, select)
    every = [amendments_select(name, lakes.position, as_of) for name in SETTLED]
    tables.written("amendments", " UNION ALL ".join(f"({select})" for select in every))
    for table in CASE_TABLES:
        day = f"DATE '{as_of.isoformat()}'"
        select = f"SELECT * FROM history.{table.name} WHERE position <= {lakes.position} AND {table.dated} <= {day}"
        tables.query(table.name, select)
    build_spark_views(tables, views)
    return thresholds


def _history(tables: SparkTables, store: duckdb.DuckDBPyConnection, lakes: Lakes) -> Mapping[str, bool]:
    """Name the history of every table; return of each record type whether any of its records was amended."""
    facts = {form.table for form in RECORD_TYPES.values()}
    amended = {}
    for name in SCREENED:
        paths = lakes.files(name)
        if not paths:
            tables.rows(f"history_{name}", DuckDBEngine(store).run(f"SELECT * FROM history.{name}", {}))
            amended[name] = False
            continue
        tables.files(f"parts_{name}" if name in facts else f"history_{name}", paths)
        if name in facts:
            amended[name] = lakes.amended(name)
            tables.query(f"history_{name}", _with_amended(store, name, amended=amended[name]))
    return amended


def _with_amended(store: duckdb.DuckDBPyConnection, name: str, *, amended: bool) -> str:
    columns = [row[0] for row in store.execute(f"SELECT column_name FROM (DESCRIBE history.{name})").fetchall()]
    kept = ", ".join(f"x.{column}" for column in columns if column != DERIVED)
    if not amended:
        return f"SELECT {kept}, false AS {DERIVED} FROM parts_{name} AS x"
    return (
        f"SELECT {kept}, a.record_id IS NOT NULL AS {DERIVED} FROM parts_{name} AS x LEFT JOIN "
        f"(SELECT DISTINCT county, source, record_id FROM parts_{name} WHERE version > 1) AS a "
        "ON a.county = x.county AND a.source = x.source AND a.record_id = x.record_id"
    )


def _policy(tables: SparkTables, store: duckdb.DuckDBPyConnection, lakes: Lakes, as_of: date) -> Thresholds:
    paths = lakes.files(POLICY)
    if paths:
        store.execute(f"INSERT INTO history.{POLICY} BY NAME SELECT * FROM {paths_sql(paths)}")
    build_policy(store, lakes.position, as_of, tuple(lakes.counties))
    for name in policy_tables():
        tables.rows(name, DuckDBEngine(store).run(f"SELECT * FROM {name}", {}))
    return thresholds_in_force(store, as_of)
