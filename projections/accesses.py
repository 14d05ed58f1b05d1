"""Who looked at personal data: the rows of the access ledger, by actor, day, person and the source that gave them."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

import duckdb

from projections.holders import held_tokens

_COLUMNS = "position, recorded_at, actor, command, purpose, kind, subject_count, subjects, reason"
_OF_SOURCE = """
(subject_count = -1
 OR purpose = 'evidence-pack'
    AND list_contains(list_transform(subjects, lambda x: url_decode(split_part(x, ':', 2))), $source)
 OR position IN (
    SELECT a.position FROM (SELECT position, unnest(subjects) AS subject FROM history.access) AS a
    SEMI JOIN (
        SELECT subject FROM ({held}) WHERE source = $source
        UNION ALL
        SELECT concat('file:', split_part(stream, ':', 2)) FROM history.refused WHERE source = $source
    ) AS given ON given.subject = a.subject
 ))
"""


class Looked(NamedTuple):
    """One look at personal data, export or evidence pack."""

    position: int
    at: datetime
    """Wall time, +08:00."""
    actor: str
    command: str
    purpose: str
    kind: str
    subject_count: int
    """Subjects; -1: all of the vault."""
    subjects: list[str]
    reason: str


class Asked(NamedTuple):
    """Which looks are asked for; None: all."""

    actor: str | None = None
    since: date | None = None
    subject: str | None = None
    """A token; a look at the whole vault was a look at it too."""
    source: str | None = None
    """A source of records: the looks at persons whom its records name."""


def looks(store: duckdb.DuckDBPyConnection, asked: Asked) -> list[Looked]:
    """Return the looks that are asked for, in the order of the ledger."""
    conditions: list[str] = []
    values: dict[str, str | date] = {}
    if asked.actor is not None:
        conditions.append("actor = $actor")
        values["actor"] = asked.actor
    if asked.since is not None:
        conditions.append("recorded_at >= $since")
        values["since"] = asked.since
    if asked.subject is not None:
        conditions.append("(subject_count = -1 OR list_contains(subjects, $subject))")
        values["subject"] = asked.subject
    if asked.source is not None:
        conditions.append(_OF_SOURCE.format(held=held_tokens()))
        values["source"] = asked.source
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    found = store.execute(f"SELECT {_COLUMNS} FROM history.access {where} ORDER BY position", values).fetchall()
    return [Looked._make(row) for row in found]
