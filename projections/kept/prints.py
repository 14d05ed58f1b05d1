"""Fingerprints of what readings see of a table: equal as long as the same rows are there, in whatever order."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping

import duckdb

from projections.kept.readings import Reading

SMALL = 50_000
"""Rows up to which hashing them costs nothing; of more they are hashed only where as many are seen as before."""


def prints_of(
    connection: duckdb.DuckDBPyConnection, table: str, readings: Iterable[Reading], before: Mapping[Reading, str]
) -> dict[Reading, str]:
    """Return the fingerprint of each reading of the table: how many rows it sees, and sum and parity of their hashes.

    Where many rows are seen and not as many as `before`, a fingerprint like no other stands for the hashes: that
    something changed is known without them. Equal fingerprints mean the same rows, different ones may too.
    """
    listed = sorted(set(readings))
    if not listed:
        return {}
    counts = _asked(connection, table, [f"count(*){_only(reading)}" for reading in listed])
    columns = [str(row[0]) for row in connection.execute(f"SELECT column_name FROM (DESCRIBE {table})").fetchall()]
    hashed = [
        reading
        for reading, count in zip(listed, counts, strict=True)
        if int(count) <= SMALL or before.get(reading, "").startswith(f"{count}:")
    ]
    parts = [part for reading in hashed for part in _parts(reading, columns)]
    values = _asked(connection, table, parts)
    known = {reading: f"{values[2 * place]}:{values[2 * place + 1]}" for place, reading in enumerate(hashed)}
    return {
        reading: f"{count}:{known.get(reading) or secrets.token_hex(16)}"
        for reading, count in zip(listed, counts, strict=True)
    }


def _asked(connection: duckdb.DuckDBPyConnection, table: str, parts: list[str]) -> list[str]:
    """Return what the table answers, each question put once."""
    distinct = list(dict.fromkeys(parts))
    row = connection.execute(f"SELECT {', '.join(distinct)} FROM {table}").fetchone() if distinct else ()
    told = dict(zip(distinct, map(str, row or ()), strict=True))
    return [told[part] for part in parts]


def _only(reading: Reading) -> str:
    return f" FILTER (WHERE {reading.condition})" if reading.condition else ""


def _parts(reading: Reading, columns: list[str]) -> tuple[str, str]:
    named = [column for column in columns if reading.whole or column.lower() in reading.columns]
    hashed = f"hash({', '.join(named)})" if named else "hash(1)"
    return f"sum({hashed}){_only(reading)}", f"bit_xor({hashed}){_only(reading)}"
