"""Where the tables of a world stand: temporary ones of one connection, or in a database that several see."""

from __future__ import annotations

from typing import NamedTuple

import duckdb


class Place(NamedTuple):
    """What stands before the name of a table, or of a type, where it is created or dropped."""

    create: str
    drop: str
    create_type: str
    drop_type: str


TEMPORARY = Place("CREATE TEMP TABLE ", "DROP TABLE IF EXISTS temp.", "CREATE TEMP TYPE ", "DROP TYPE IF EXISTS temp.")


def database(name: str) -> Place:
    """Return the place that is a database of this name, attached to the connection."""
    return Place(
        f"CREATE TABLE {name}.", f"DROP TABLE IF EXISTS {name}.", f"CREATE TYPE {name}.", f"DROP TYPE IF EXISTS {name}."
    )


def show_also(connection: duckdb.DuckDBPyConnection, place: str) -> None:
    """Let a connection see the tables of another place by their bare names too, after all that it sees already."""
    seen = str(connection.execute("SELECT current_setting('search_path')").fetchall()[0][0])
    if not seen:
        own = str(connection.execute("SELECT current_database()").fetchall()[0][0]).replace('"', '""')
        seen = f'"{own}".main'
    path = f"{seen},{place}".replace("'", "''")
    connection.execute(f"SET search_path = '{path}'")
