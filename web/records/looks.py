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
KINDS = {
    "name": ("姓名", "name"),
    "number": ("证件号码", "ID number"),
    "account": ("账号", "account"),
    "card": ("卡号", "card"),
    "phone": ("电话", "phone"),
    "address": ("住址", "address"),
    "text": ("复核意见、批注、理由", "note"),
    "statement": ("事实说明", "statement"),
    "measures": ("整改措施", "measures"),
    "responsible": ("责任人", "who is responsible"),
    "attachments": ("附件名称", "names of attachments"),
    "quarantine": ("隔离区的记录", "records of the quarantine"),
}
"""What of the vault was looked at to its words; a refused row is told by its place."""
ROW = "row:"
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


def kind_words(kind: str) -> tuple[str, str]:
    """Return the words for what was looked at, itself where there are none."""
    if kind.startswith(ROW):
        place = kind.removeprefix(ROW)
        return f"被拒记录原文 {place}", f"refused row {place}"
    return KINDS.get(kind, (kind, kind))


def actors(store: duckdb.DuckDBPyConnection) -> list[str]:
    """Return who ever looked."""
    return [row[0] for row in store.execute("SELECT DISTINCT actor FROM history.access ORDER BY 1").fetchall()]
