"""Where the tables of a world stand: temporary ones of one connection, or in a database that several see."""

from __future__ import annotations

from typing import NamedTuple


class Place(NamedTuple):
    """What stands before a table's name where it is created or dropped."""

    create: str
    drop: str


TEMPORARY = Place("CREATE TEMP TABLE ", "DROP TABLE IF EXISTS temp.")


def database(name: str) -> Place:
    """Return the place that is a database of this name, attached to the connection."""
    return Place(f"CREATE TABLE {name}.", f"DROP TABLE IF EXISTS {name}.")
