"""A world built for some queries has the views that they read, and no other: none is left of an earlier day."""

from __future__ import annotations

from datetime import date

import duckdb
import pytest

from projections.as_of import build_world, shared_views
from projections.reading import names_read
from projections.store import open_store

DAY = date(2026, 1, 20)
LINES = "SELECT l.event_id FROM line_payments AS l"
VIEWS = tuple(shared_views())


def built(store: duckdb.DuckDBPyConnection) -> set[str]:
    found = store.execute("SELECT table_name FROM duckdb_tables() WHERE temporary").fetchall()
    return {row[0] for row in found} & {name for name, _ in VIEWS}


def test_a_view_brings_those_it_builds_on() -> None:
    wanted = names_read([LINES], VIEWS)
    assert {"line_payments", "outage_days", "settlement", "standing_payments"} <= wanted
    assert {"duty_terms", "taken_days", "legal_amounts"} & wanted == set()


def test_a_word_in_a_comment_reads_nothing() -> None:
    assert names_read(["SELECT 1 -- settlement\n"], VIEWS) == frozenset()


def test_only_the_views_that_are_read_are_built_and_older_ones_are_gone() -> None:
    store = open_store(None)
    build_world(store, 0, DAY)
    assert built(store) == {name for name, _ in VIEWS}
    build_world(store, 0, DAY, queries=[LINES])
    assert built(store) == names_read([LINES], VIEWS)
    store.execute(LINES)
    build_world(store, 0, DAY, queries=())
    assert built(store) == set()
    with pytest.raises(duckdb.CatalogException, match="line_payments"):
        store.execute(LINES)
    store.close()
