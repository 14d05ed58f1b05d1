"""Refused records as pages ask for them: filtered, one by its position, and which of one place waits first."""

from __future__ import annotations

from typing import NamedTuple

import duckdb

from domain.errors import NotFound
from intake.quarantine import UNREADABLE
from projections.refusals import WAITS
from web.records.paging import LAST, ROWS, position_of

_COLUMNS = (
    "position, stream, type, source, file, line, record_id, column_name, value, reason, reason_zh, reason_en, "
    "released, came"
)
_WHERE = f"""
FROM history.refused
WHERE ($source = '' OR source = $source)
    AND ($type = '' OR type = $type)
    AND ($file = '' OR contains(lower(file), lower($file)))
    AND ($reason = '' OR reason = $reason)
    AND $state IN ('all', CASE WHEN {WAITS} THEN 'waiting' WHEN released THEN 'released' ELSE 'came' END)
"""


class RefusedRow(NamedTuple):
    """A refused record; its value is masked where it is personal."""

    position: int
    stream: str
    type: str
    source: str
    file: str
    line: int
    record_id: str
    column: str
    value: str
    reason: str
    reason_zh: str
    reason_en: str
    released: bool
    came: bool
    """Whether a first record of its type, source and record_id was taken in later."""

    @property
    def dismissed(self) -> bool:
        """Whether it was put aside: what could not be read at all is never released."""
        return self.released and self.reason == UNREADABLE

    @property
    def sha256(self) -> str:
        """The file, or what stands for the message."""
        return self.stream.split(":")[1]


class RefusedAsked(NamedTuple):
    """Which refusals are asked for."""

    type: str = ""
    file: str = ""
    reason: str = ""
    state: str = "waiting"
    """waiting, came (by another file), released or all."""
    before: int = 0


class Choice(NamedTuple):
    """A value to filter by, and how many wait."""

    value: str
    zh: str
    en: str
    waiting: int


def refused(
    store: duckdb.DuckDBPyConnection, asked: RefusedAsked, source: str = "", most: int = ROWS + 1
) -> list[RefusedRow]:
    """Return refusals, the newest first; `source`: of one source of records alone."""
    query = f"SELECT {_COLUMNS} {_WHERE} AND position < $before ORDER BY position DESC LIMIT $most"
    given = _given(asked, source) | {"before": asked.before or LAST, "most": most}
    return [RefusedRow(*row) for row in store.execute(query, given).fetchall()]


def counted(store: duckdb.DuckDBPyConnection, asked: RefusedAsked, source: str = "") -> int:
    """Return how many refusals there are."""
    row = store.execute(f"SELECT count(*) {_WHERE}", _given(asked, source)).fetchone()
    return int(row[0]) if row else 0


def one(store: duckdb.DuckDBPyConnection, position: int, source: str = "") -> RefusedRow:
    """Return the refusal at a position of the ledger; NotFound, also where it is of another source."""
    query = f"SELECT {_COLUMNS} FROM history.refused WHERE position = $at AND ($source = '' OR source = $source)"
    row = store.execute(query, {"at": position_of(position), "source": source}).fetchone()
    if row is None:
        raise NotFound(f"第 {position} 号不是被拒记录", f"event {position} is no refused record")
    return RefusedRow(*row)


def first_waiting(store: duckdb.DuckDBPyConnection, row: RefusedRow) -> int:
    """Return the position of the first refusal that waits at the same line of a file of the same name; 0: none."""
    found = store.execute(
        "SELECT min(position) FROM history.refused WHERE file = ? AND line = ? AND NOT released", [row.file, row.line]
    ).fetchone()
    return int(found[0] or 0) if found else 0


def reasons(store: duckdb.DuckDBPyConnection, source: str = "") -> list[Choice]:
    """Return the reasons of what waits, the most frequent first."""
    return _choices(store, "reason, min(reason_zh), min(reason_en)", source)


def types(store: duckdb.DuckDBPyConnection, source: str = "") -> list[Choice]:
    """Return the record types of what waits."""
    return _choices(store, "type, type, type", source)


def _choices(store: duckdb.DuckDBPyConnection, columns: str, source: str) -> list[Choice]:
    query = (
        f"SELECT {columns}, count(*) AS n FROM history.refused "
        f"WHERE {WAITS} AND ($source = '' OR source = $source) GROUP BY 1 ORDER BY n DESC, 1"
    )
    return [Choice(*row) for row in store.execute(query, {"source": source}).fetchall()]


def _given(asked: RefusedAsked, source: str) -> dict[str, str | int]:
    return {
        "source": source, "type": asked.type, "file": asked.file, "reason": asked.reason, "state": asked.state,
    }  # fmt: skip
