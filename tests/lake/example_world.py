"""DuckDB with the rows of many examples, each in a county of its own."""

from __future__ import annotations

from collections.abc import Sequence

from risk.catalogue.example_form import Example
from risk.catalogue.example_rows import ExampleWorld
from risk.catalogue.world import SharedView, build_views, new_world
from risk.engine import DuckDBEngine

SHORT_CALENDAR = "DELETE FROM working_day WHERE day < DATE '2023-01-01' OR day > DATE '2027-12-31'"
"""Both engines see the years about the examples only: thirteen years for each of 2,345 counties are 11 million days."""


def world_of(examples: Sequence[Example], views: tuple[SharedView, ...]) -> DuckDBEngine:
    """Return DuckDB with the rows of examples, each in a county of its own, and the views over them."""
    world = ExampleWorld(new_world())
    world.put(*examples)
    world.connection.execute(SHORT_CALENDAR)
    build_views(world.connection, views)
    return DuckDBEngine(world.connection)
