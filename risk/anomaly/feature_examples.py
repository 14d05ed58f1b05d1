"""The examples of a grain: records in, features out, as measured before any minimum count; compared to the row."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from risk.anomaly.features import Grain, measured
from risk.catalogue.example_form import Example, read_examples
from risk.catalogue.example_rows import ExampleWorld
from risk.catalogue.examples import differences, shared_world
from risk.catalogue.world import build_views, shared_views, views_read
from risk.engine import DuckDBEngine

Measured = dict[str, object]
"""One row of a feature table."""


@contextmanager
def shown_in(grain: Grain, example: Example, world: ExampleWorld | None = None) -> Iterator[DuckDBEngine]:
    """Give an engine over the example's rows and the views that the grain reads; then the world is as it was."""
    world = world or shared_world()
    views = shared_views()
    needed = {view.name for sql in (grain.sql, grain.evidence_sql) for view in views_read(sql, views)}
    world.connection.execute("BEGIN")
    try:
        world.put(example)
        build_views(world.connection, tuple(view for view in views if view.name in needed))
        yield DuckDBEngine(world.connection)
    finally:
        world.connection.execute("ROLLBACK")


def rows_of(grain: Grain, example: Example) -> list[Measured]:
    """Return what the grain's query gives over the example's rows. Errors: MalformedRule, QueryFailed."""
    with shown_in(grain, example) as engine:
        rows: list[Measured] = measured(engine, grain, example.as_of).to_pylist()
    return rows


def problems(grain: Grain, example: Example) -> list[str]:
    """Return how the rows differ from those that the example expects; the number of rows must agree too."""
    return differences(example.findings, rows_of(grain, example))


def examples_of(grain: Grain) -> tuple[Example, ...]:
    """Return the grain's examples. Errors: MalformedRule."""
    return read_examples(grain.folder)
