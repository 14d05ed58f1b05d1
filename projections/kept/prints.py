"""Fingerprints of what readings see of a table: equal as long as the same rows are there, in whatever order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import duckdb

from projections.kept.readings import Reading


def columns_of(connection: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    """Return the names of a table's columns."""
    return [str(row[0]) for row in connection.execute(f"SELECT column_name FROM (DESCRIBE {table})").fetchall()]


def counts_of(connection: duckdb.DuckDBPyConnection, table: str, readings: Iterable[Reading]) -> dict[Reading, int]:
    """Return how many rows each reading sees of the table."""
    listed = sorted(set(readings))
    parts = [f"count(*) FILTER (WHERE {reading.condition})" if reading.condition else "count(*)" for reading in listed]
    return {reading: int(count) for reading, count in zip(listed, _asked(connection, table, parts, ""), strict=True)}


def rows_of(
    connection: duckdb.DuckDBPyConnection, table: str, columns: Sequence[str], readings: Iterable[Reading]
) -> dict[Reading, str]:
    """Return what tells the rows that each reading sees from others: sum and parity of their hashes.

    Equal ones, and an equal count, mean the same rows; different ones may too. `columns`: all of the table.
    """
    alike: dict[str, list[Reading]] = {}
    for reading in sorted(set(readings)):
        alike.setdefault(reading.condition, []).append(reading)
    found: dict[Reading, str] = {}
    for condition, those in alike.items():
        hashed = [_hashed(reading, columns) for reading in those]
        parts = [part for each in hashed for part in (f"sum({each})", f"bit_xor({each})")]
        told = _asked(connection, table, parts, condition)
        found |= {reading: ":".join(told[2 * place : 2 * place + 2]) for place, reading in enumerate(those)}
    return found


def _asked(connection: duckdb.DuckDBPyConnection, table: str, parts: list[str], condition: str) -> list[str]:
    """Return what the table's rows that meet the condition answer, each question put once."""
    distinct = list(dict.fromkeys(parts))
    if not distinct:
        return []
    where = f" WHERE {condition}" if condition else ""
    row = connection.execute(f"SELECT {', '.join(distinct)} FROM {table}{where}").fetchone()
    told = dict(zip(distinct, map(str, row or ()), strict=True))
    return [told[part] for part in parts]


def _hashed(reading: Reading, columns: Sequence[str]) -> str:
    named = [column for column in columns if reading.whole or column.lower() in reading.columns]
    return f"hash({', '.join(named)})" if named else "hash(1)"
