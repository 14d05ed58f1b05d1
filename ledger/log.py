"""The ledger: append, look up and read stored events, all in one order."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence
from itertools import groupby
from operator import attrgetter, itemgetter
from pathlib import Path

import msgspec
from eventsourcing.application import Application
from eventsourcing.persistence import IntegrityError
from eventsourcing.utils import Environment, EnvType

from domain.errors import Broken, Refused
from ledger.decoding import decode
from ledger.durable import private_folder
from ledger.failures import told
from ledger.mapper import MsgspecMapper
from ledger.objects import Objects
from ledger.rows import Columns, Recorded, StoredRow
from ledger.sqlite import LedgerRecorder
from ledger.states import check_names, content_of_state

__all__ = ["AlreadyThere", "Columns", "Ledger", "Recorded", "StoredRow", "decode"]

FILE = "ledger.sqlite"
WAIT_SECONDS = 60
"""How long an append waits for the appends of other processes."""
LOOK_UP_CHUNK = 20_000


class AlreadyThere(Refused, IntegrityError):
    """A version of a stream that was to be appended stands already; nothing of the batch was written."""

    def __init__(self, stream: str, version: int) -> None:
        super().__init__(
            f"{stream} 的第 {version} 版已在账本中，本批未写入",
            f"version {version} of {stream} stands in the ledger already; nothing of the batch was written",
        )
        self.stream = stream
        self.version = version


class Ledger(Application[str]):
    """All events of a home, facts and cases, in one order; safe for many processes and threads at once."""

    name = "Ledger"

    def __init__(self, env: EnvType | None = None) -> None:
        file = Path((env or {}).get("SQLITE_DBNAME", FILE))
        self.file = file
        self.objects = Objects.of_home(file.parent)
        with told(file):
            super().__init__(env)

    @classmethod
    def open(cls, path: Path, wait: int = WAIT_SECONDS) -> Ledger:
        """Open or create the ledger of a home, or the file itself if the path ends in .sqlite; Unreachable or Broken.

        `wait`: whole seconds to wait for others that append.
        """
        file = (path if path.suffix == ".sqlite" else path / FILE).absolute()
        with told(file):
            private_folder(file.parent)
        return cls(
            {
                "PERSISTENCE_MODULE": "ledger.sqlite:LedgerFactory",
                "SQLITE_DBNAME": str(file),
                "SQLITE_LOCK_TIMEOUT": str(wait),
            }
        )

    def construct_env(self, name: str, env: EnvType | None = None) -> Environment:
        """Take settings from the arguments alone: the process's variables do not redirect a ledger."""
        return Environment(name, env)

    def construct_mapper(self) -> MsgspecMapper:
        """Return the mapper for events of cases."""
        return MsgspecMapper(self.objects)

    def construct_recorder(self) -> LedgerRecorder:
        """Return the recorder that facts and cases share."""
        recorder = self.factory.application_recorder()
        if not isinstance(recorder, LedgerRecorder):
            raise Broken("账本的存储模块不对", f"the ledger needs its own recorder, not {type(recorder).__name__}")
        recorder.objects = self.objects
        self.rows = recorder
        return recorder

    def append(self, rows: Sequence[StoredRow]) -> int:
        """Append rows, all or none, in their order; return the last position (the head when there are no rows).

        Errors: AlreadyThere, Malformed (a stream or topic that cannot stand in an entry), Unreachable, Broken.
        """
        if not rows:
            return self.head()
        check_names(rows)
        with told(self.file):
            try:
                with self.rows.store.cursor(commit=True) as cursor:
                    return self.rows.append(cursor, rows)
            except IntegrityError as error:
                raise self._standing(rows) from error

    def _standing(self, rows: Sequence[StoredRow]) -> AlreadyThere:
        seen: set[tuple[str, int]] = set()
        stored = {key: {r.version for r in found} for key, found in self.versions({r.stream for r in rows}).items()}
        for row in rows:
            if row.version in stored.get(row.stream, ()) or (row.stream, row.version) in seen:
                return AlreadyThere(row.stream, row.version)
            seen.add((row.stream, row.version))
        return AlreadyThere(rows[0].stream, rows[0].version)

    def versions(self, streams: Collection[str]) -> dict[str, list[Recorded]]:
        """Return all stored versions of the streams, each list by version; streams without any are left out."""
        wanted = list(dict.fromkeys(streams))
        found: list[Recorded] = []
        with told(self.file), self.rows.store.cursor(commit=False) as cursor:
            for start in range(0, len(wanted), LOOK_UP_CHUNK):
                found.extend(_versions(cursor, wanted[start : start + LOOK_UP_CHUNK]))
        found.sort(key=itemgetter(1, 2))
        return {stream: list(group) for stream, group in groupby(found, key=attrgetter("stream"))}

    def read(self, after: int, limit: int) -> list[Recorded]:
        """Return up to `limit` events with positions greater than `after`, in order of position."""
        return list(map(Recorded._make, self._select(after, limit)))

    def read_columns(self, after: int, limit: int) -> Columns:
        """Return the same as `read`, as parallel lists: positions, streams, versions, topics, states."""
        rows = self._select(after, limit)
        if not rows:
            return [], [], [], [], []
        positions, streams, versions, topics, states = zip(*rows, strict=True)
        return list(positions), list(streams), list(versions), list(topics), list(states)

    def head(self) -> int:
        """Return the last position, 0 when the ledger is empty."""
        with told(self.file), self.rows.store.cursor(commit=False) as cursor:
            return self.rows.head(cursor)

    def content(self, recorded: Recorded) -> bytes:
        """Return an event's whole state, from HOME/objects where it was too large for its row; Broken."""
        return content_of_state(recorded.state, self.objects)

    def event(self, recorded: Recorded) -> object:
        """Return the event itself, decoded; Broken."""
        return decode(recorded.topic, self.content(recorded))

    def _select(self, after: int, limit: int) -> list[tuple[int, str, int, str, bytes]]:
        statement = "SELECT * FROM stored_events WHERE position > ? ORDER BY position LIMIT ?"
        with told(self.file), self.rows.store.cursor(commit=False) as cursor:
            return cursor.execute(statement, (after, limit)).fetchall()


def _versions(cursor: sqlite3.Cursor, streams: list[str]) -> list[Recorded]:
    names = msgspec.json.encode(streams).decode()
    statement = "SELECT e.* FROM json_each(?) AS wanted CROSS JOIN stored_events AS e ON e.originator_id = wanted.value"
    return list(map(Recorded._make, cursor.execute(statement, (names,))))
