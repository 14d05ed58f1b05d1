"""The ledger: append, look up and read stored events, all in one order."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from eventsourcing.application import Application
from eventsourcing.utils import Environment, EnvType

from domain.errors import Broken
from ledger.decoding import decode
from ledger.durable import private_folder
from ledger.failures import told
from ledger.mapper import MsgspecMapper
from ledger.objects import Objects
from ledger.rows import Columns, Recorded, StoredRow
from ledger.sqlite import AlreadyThere, LedgerRecorder, Stored
from ledger.states import content_of_state, stands_in

__all__ = ["AlreadyThere", "Columns", "Ledger", "Recorded", "StoredRow", "decode"]

FILE = "ledger.sqlite"
WAIT_SECONDS = 60
"""How long an append waits for the appends of other processes."""


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
        return self.rows.append(rows) if rows else self.head()

    def versions(self, streams: Collection[str]) -> dict[str, list[Recorded]]:
        """Return all stored versions of the streams, each list by version; streams without any are left out."""
        return self.rows.versions(streams)

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

    def of_type(self, record_type: str) -> list[Recorded]:
        """Return all events of a small record type (collectors, divisions), in order of position."""
        statement = "SELECT * FROM stored_events WHERE originator_id >= ? AND originator_id < ? ORDER BY position"
        with told(self.file), self.rows.store.cursor(commit=False) as cursor:
            rows = cursor.execute(statement, (f"{record_type}:", f"{record_type};")).fetchall()
        return list(map(Recorded._make, rows))

    def head(self) -> int:
        """Return the last position, 0 when the ledger is empty."""
        with told(self.file), self.rows.store.cursor(commit=False) as cursor:
            return self.rows.head(cursor)

    def content(self, recorded: Recorded) -> bytes:
        """Return an event's whole state, from HOME/objects where it was too large for its row; Broken."""
        return content_of_state(recorded.state, self.objects)

    def contents(self, states: list[bytes]) -> list[bytes]:
        """Return the whole of each stored state; the same list where none is too large for its row. Broken."""
        if not any(map(stands_in, states)):
            return states
        return [content_of_state(state, self.objects) for state in states]

    def event(self, recorded: Recorded) -> object:
        """Return the event itself, decoded; Broken."""
        return decode(recorded.topic, self.content(recorded))

    def _select(self, after: int, limit: int) -> list[Stored]:
        # As bytes whatever type a foreign hand has given the cell, so that a changed state is found and does not crash.
        statement = (
            "SELECT position, originator_id, originator_version, topic, CAST(state AS BLOB) FROM stored_events "
            "WHERE position > ? ORDER BY position LIMIT ?"
        )
        with told(self.file), self.rows.store.cursor(commit=False) as cursor:
            return cursor.execute(statement, (after, limit)).fetchall()
