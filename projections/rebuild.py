"""Building the read models anew from the ledger beside the old ones, and putting them in their place."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from domain.errors import Broken
from projections.projector import Events, Projector
from projections.store import open_store, reached
from projections.tables import fingerprints


def rebuild(path: Path, events: Events, progress: Callable[[int], None] | None = None) -> int:
    """Build the read models in a new file, compare them with the old at the old position, swap; return the position.

    Broken (and the old file stays) where a table differs though both stand on the same ledger and format.
    """
    fresh = path.with_suffix(".rebuilding")
    for left in (fresh, fresh.with_name(fresh.name + ".wal")):
        left.unlink(missing_ok=True)
    connection = open_store(fresh)
    projector = Projector(connection, events)
    differing: list[str] = []
    if path.exists():
        old = open_store(path)
        try:
            at = reached(old).position
            projector.run(upto=at, progress=progress)
            before, after = fingerprints(old), fingerprints(connection)
            differing = sorted(table for table in before.keys() | after.keys() if before.get(table) != after.get(table))
        except Broken:
            differing = []
        finally:
            old.close()
    position = projector.run(progress=progress)
    connection.execute("CHECKPOINT")
    connection.close()
    if differing:
        kept = path.with_suffix(".differs")
        path.replace(kept)
    _swap(fresh, path)
    if differing:
        raise Broken(
            f"重建的读模型与原有的不同：{'、'.join(differing)}；已换为重建的，原有的留在 {kept.name}",
            f"the rebuilt read models differ in {', '.join(differing)}; they are in place, the old kept as {kept.name}",
        )
    return position


def _swap(fresh: Path, path: Path) -> None:
    path.with_name(path.name + ".wal").unlink(missing_ok=True)
    fresh.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
