"""What a rule is said not to read can be anything: its examples give the same findings whatever stands there."""

from __future__ import annotations

from collections.abc import Iterable

import duckdb
import pytest

from projections.kept.readings import Reading, readings_of
from risk.catalogue.example_form import read_examples
from risk.catalogue.examples import arguments_of, shown_in
from risk.catalogue.rule import Rule, load
from risk.catalogue.side_by_side import movable, moved
from risk.catalogue.world import base_tables, build_views, policy_tables, shared_views, views_read

KNOWN = frozenset([*base_tables(), *(view.name for view in shared_views())])
EVERY = 6
"""One rule in so many is tried: every shared view is read by several."""


def rules() -> list[Rule]:
    return [rule for place, rule in enumerate(load().running()) if place % EVERY == 0]


def spoil(world: duckdb.DuckDBPyConnection, table: str, readings: list[Reading]) -> int:
    """Remove the rows that meet no reading's condition and empty the columns that none names; return how much it is."""
    spoiled = 0
    if all(reading.condition for reading in readings):
        met = " OR ".join(f"coalesce({reading.condition}, false)" for reading in readings)
        removed = world.execute(f"DELETE FROM {table} WHERE NOT ({met})").fetchone()
        spoiled += int(removed[0]) if removed is not None else 0
    if not any(reading.whole for reading in readings):
        named = {column for reading in readings for column in reading.columns}
        free = world.execute(
            "SELECT column_name FROM duckdb_columns() WHERE table_name = ? AND is_nullable", [table]
        ).fetchall()
        for (column,) in free:
            if column not in named:
                world.execute(f"UPDATE {table} SET {column} = NULL")
                spoiled += 1
    return spoiled


def facts_read(queries: Iterable[str]) -> dict[str, list[Reading]]:
    found: dict[str, list[Reading]] = {}
    for query in queries:
        for reading in readings_of(query, KNOWN):
            if reading.table in base_tables() and reading.table not in policy_tables():
                found.setdefault(reading.table, []).append(reading)
    return found


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.id)
def test_what_a_rule_does_not_read_changes_none_of_its_findings(rule: Rule) -> None:
    examples = list(moved([one for one in read_examples(rule.folder) if movable(one)]).values())
    views = views_read(rule.sql, shared_views())
    with shown_in(rule, examples) as engine:
        given = [arguments_of(rule, example) for example in examples[:1]]
        before = [engine.run(rule.sql, arguments).to_pylist() for arguments in given]
        facts = facts_read([rule.sql, *(view.sql for view in views)])
        spoiled = sum(spoil(engine.connection, table, readings) for table, readings in facts.items())
        for view in views:
            engine.connection.execute(f"DROP TABLE {view.name}")
        build_views(engine.connection, views)
        after = [engine.run(rule.sql, arguments).to_pylist() for arguments in given]
    assert spoiled > 0
    assert any(before)
    assert list(map(listed, before)) == list(map(listed, after))


def listed(rows: list[dict[str, object]]) -> list[str]:
    return sorted(map(repr, rows))
