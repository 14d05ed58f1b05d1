"""Files that were taken in: what became of their rows, who handed them in and from which source; and the receipts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import duckdb
import msgspec

from consumers.inbox.names import RECEIPTS
from consumers.inbox.receipts import JSON, Receipt
from domain.intake import FileTaken
from ledger.log import Ledger
from web.records.paging import LAST, ROWS

RECEIPTS_SHOWN = 50
_FILES = """
SELECT position, sha256, name, type, read, appended, repeated, amended, quarantined, set_aside, recorded_at
FROM history.files
WHERE position < $before AND ($type = '' OR type = $type) AND ($name = '' OR contains(lower(name), lower($name)))
ORDER BY position DESC
LIMIT $most
"""
_SUMS = """
SELECT type, count(*), sum(read), sum(appended), sum(repeated), sum(amended), sum(quarantined), sum(set_aside)
FROM history.files GROUP BY type ORDER BY type
"""


class FileRow(NamedTuple):
    """A file as a line: read = appended + repeated + amended + quarantined."""

    position: int
    sha256: str
    name: str
    type: str
    read: int
    appended: int
    repeated: int
    amended: int
    quarantined: int
    set_aside: int
    recorded_at: datetime
    """Wall time, +08:00."""
    source: str = ""
    by: str = ""
    """Who handed it in: an account, a department of the inbox, or whoever ran the machine."""


class FilesAsked(NamedTuple):
    """Which files are asked for."""

    type: str = ""
    name: str = ""
    before: int = 0


class TypeSum(NamedTuple):
    """All files of a record type."""

    type: str
    files: int
    read: int
    appended: int
    repeated: int
    amended: int
    quarantined: int
    set_aside: int


def files(store: duckdb.DuckDBPyConnection, ledger: Ledger, asked: FilesAsked, most: int = ROWS + 1) -> list[FileRow]:
    """Return files, the newest first."""
    given = {"before": asked.before or LAST, "type": asked.type, "name": asked.name, "most": most}
    found = [FileRow(*row) for row in store.execute(_FILES, given).fetchall()]
    stored = ledger.versions({f"file:{row.sha256}" for row in found})
    by_position = {event.position: ledger.event(event) for events in stored.values() for event in events}
    return [_handed_in(row, by_position.get(row.position)) for row in found]


def _handed_in(row: FileRow, event: object) -> FileRow:
    if not isinstance(event, FileTaken):
        return row
    return row._replace(source=event.envelope.source, by=event.envelope.actor)


def sums(store: duckdb.DuckDBPyConnection) -> list[TypeSum]:
    """Return the sums of all files by record type."""
    return [TypeSum(*row) for row in store.execute(_SUMS).fetchall()]


def receipts(inbox: Path | None, most: int = RECEIPTS_SHOWN) -> Sequence[Receipt]:
    """Return the newest receipts of an inbox; none where there is no inbox, or what stands there cannot be read."""
    if inbox is None or not inbox.is_dir():
        return ()
    found = sorted(inbox.glob(f"*/{RECEIPTS}/*{JSON}"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    read = (_receipt(path) for path in found[:most])
    return [each for each in read if each is not None]


def _receipt(path: Path) -> Receipt | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Receipt)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None
