"""Refused records that came in after all: a corrected file was handed in, and nobody needs to wait for them."""

from __future__ import annotations

import duckdb

from domain.contract import RECORD_TYPES

WAITS = "NOT released AND NOT came"
"""What of history.refused somebody still has to see to."""
_TYPES = f"SELECT DISTINCT type FROM history.refused WHERE {WAITS}"


def mark_what_came(connection: duckdb.DuckDBPyConnection, first: int) -> None:
    """Mark the refusals whose record was taken in for the first time behind them, at position `first` or later.

    One whose number stood for a record before is left to wait: it may be another person's, or a refused amendment.
    """
    for (name,) in connection.execute(_TYPES).fetchall():
        form = RECORD_TYPES.get(name)
        if form is not None:
            connection.execute(
                "UPDATE history.refused AS r SET came = true "
                f"FROM (SELECT source, record_id, position FROM history.{form.table} "
                "WHERE position >= $first AND version = 1) AS t "
                f"WHERE r.type = $type AND {WAITS} AND r.source = t.source AND r.record_id = t.record_id "
                "AND r.position < t.position",
                {"first": first, "type": name},
            )
