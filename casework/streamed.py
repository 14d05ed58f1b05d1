"""What came by messages, told from what came by files: the ledger has no event that sums a stream up."""

from __future__ import annotations

import duckdb

from casework.accounts import TypeCounts
from domain.contract import RECORD_TYPES


def streamed_counts(store: duckdb.DuckDBPyConnection, position: int) -> dict[str, TypeCounts]:
    """Return, per record type that has any, what messages brought up to the position; repeats are not kept.

    New records and amendments are those of the ledger less what its files and the releases account for.
    """
    files = {
        kind: (appended, amended)
        for kind, appended, amended in store.execute(
            "SELECT type, sum(appended)::BIGINT, sum(amended)::BIGINT FROM history.files "
            "WHERE position <= ? GROUP BY type",
            [position],
        ).fetchall()
    }
    released, refused = _refusals(store, position)
    found: dict[str, TypeCounts] = {}
    for name, record_type in RECORD_TYPES.items():
        first, later = store.execute(
            "SELECT count(*) FILTER (version = 1), count(*) FILTER (version > 1) "
            f"FROM history.{record_type.table} WHERE position <= ?",
            [position],
        ).fetchall()[0]
        appended, amended = files.get(name, (0, 0))
        counts = TypeCounts(
            appended=max(first - appended - released.get(name, 0), 0),
            amended=max(later - amended, 0),
            quarantined=refused.pop(name, 0),
        )
        found[name] = counts
    found |= {name: TypeCounts(quarantined=number) for name, number in refused.items()}
    for counts in found.values():
        counts.read = counts.appended + counts.amended + counts.quarantined
    return {name: counts for name, counts in found.items() if counts.read}


def _refusals(store: duckdb.DuckDBPyConnection, position: int) -> tuple[dict[str, int], dict[str, int]]:
    """Return per record type the refusals that were released, and the refused messages: their file has a '/'."""
    rows = store.execute(
        "SELECT type, count(*) FILTER (released AND reason <> 'unreadable'), count(*) FILTER (contains(file, '/')) "
        "FROM history.refused WHERE position <= ? GROUP BY type",
        [position],
    ).fetchall()
    return {kind: number for kind, number, _ in rows}, {kind: number for kind, _, number in rows if number}
