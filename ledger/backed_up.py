"""When a home was last backed up: a note beside the ledger, so that one that stopped is seen."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import msgspec

from ledger.durable import replace
from ledger.failures import unwritable

FILE = "last-backup.json"


class BackedUp(msgspec.Struct, frozen=True):
    """The last backup."""

    at: datetime
    size: int
    """How many events of the log it holds."""
    keys: bool
    """Whether the keys are in it."""


def note_backup(home: Path, backed_up: BackedUp) -> None:
    """Note a backup that was made; Unreachable."""
    try:
        replace(home / FILE, msgspec.json.encode(backed_up))
    except OSError as error:
        raise unwritable(error, home / FILE) from error


def last_backup(home: Path) -> BackedUp | None:
    """Return the last one that was noted; None where none was, or the note cannot be read."""
    try:
        return msgspec.json.decode((home / FILE).read_bytes(), type=BackedUp)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None
