"""Looks at personal data by page: who, when, what and why, the newest first."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import duckdb

from domain.cases.access import PURPOSES
from projections.accesses import Looked
from web.records.paging import LAST, ROWS

EVIDENCE_PACK = "evidence-pack"
WORDS = {**PURPOSES, EVIDENCE_PACK: ("证据包", "evidence pack")}
"""Purpose to its words."""
MOST = 100_000
"""Rows of a download."""
_QUERY = """
SELECT position, recorded_at, actor, command, purpose, kind, subject_count, subjects, reason
FROM history.access
WHERE position < $before
    AND ($actor = '' OR actor = $actor)
    AND ($purpose = '' OR purpose = $purpose)
    AND ($subject = '' OR subject_count = -1 OR list_contains(subjects, $subject))
    AND ($since IS NULL OR recorded_at >= $since)
    AND ($until IS NULL OR recorded_at < CAST($until AS DATE) + 1)
ORDER BY position DESC
LIMIT $most
"""


class LooksAsked(NamedTuple):
    """Which looks are asked for."""

    actor: str = ""
    purpose: str = ""
    subject: str = ""
    """A token; a look at the whole vault was a look at it too."""
    since: date | None = None
    until: date | None = None
    """The last day."""
    before: int = 0


def looks(store: duckdb.DuckDBPyConnection, asked: LooksAsked, most: int = ROWS + 1) -> list[Looked]:
    """Return looks, the newest first."""
    given = asked._asdict() | {"before": asked.before or LAST, "most": most}
    return [Looked(*row) for row in store.execute(_QUERY, given).fetchall()]


def actors(store: duckdb.DuckDBPyConnection) -> list[str]:
    """Return who ever looked."""
    return [row[0] for row in store.execute("SELECT DISTINCT actor FROM history.access ORDER BY 1").fetchall()]
