"""The ledger: append, look up and read stored events, all in one order."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from eventsourcing.application import Application
from eventsourcing.utils import Environment, EnvType

from ledger.decoding import decode
from ledger.mapper import MsgspecMapper
from ledger.objects import Objects
from ledger.places import recorder_at
from ledger.recorder import AlreadyThere, LedgerRecorder
from ledger.rows import Columns, Recorded, StoredRow
from ledger.states import content_of_state, stands_in

__all__ = ["AlreadyThere", "Columns", "Ledger", "Recorded", "StoredRow", "decode"]

WAIT_SECONDS = 60
"""How long an append waits for the appends of other processes."""


class Ledger(Application[str]):
    """All events of a home, facts and cases, in one order; safe for many processes and threads at once."""

    name = "Ledger"

    def __init__(self, rows: LedgerRecorder, objects: Objects) -> None:
        self.rows, self.objects = rows, objects
        rows.objects = objects
        super().__init__({"PERSISTENCE_MODULE": "eventsourcing.popo"})

    @classmethod
    def open(
        cls, path: Path, wait: int = WAIT_SECONDS, place: str | None = None, *, reached: bool = False
    ) -> Ledger:
        """Open or create the ledger of a home, or the file itself if the path ends in .sqlite; Unreachable or Broken.

        `wait`: whole seconds to wait for others that append; `place`: the address of the PostgreSQL database that holds
        the events instead of a file in the home; `reached`: see `ledger.places.recorder_at`.
        """
        home = path.parent if path.suffix == ".sqlite" else path
        return cls(recorder_at(path, place, wait, reached=reached), Objects.of_home(home.absolute()))

    def close(self) -> None:
        """Close the connections; the ledger cannot be used afterwards."""
        super().close()
        self.rows.close()

    def construct_env(self, name: str, env: EnvType | None = None) -> Environment:
        """Take settings from the arguments alone: the process's variables do not redirect a ledger."""
        return Environment(name, env)

    def construct_mapper(self) -> MsgspecMapper:
        """Return the mapper for events of cases."""
        return MsgspecMapper(self.objects)

    def construct_recorder(self) -> LedgerRecorder:
        """Return the recorder that facts and cases share."""
        return self.rows

    def append(self, rows: Sequence[StoredRow]) -> int:
        """Append rows, all or none, in their order; return the last position (the head when there are no rows).

        Errors: AlreadyThere, Malformed (a stream or topic that cannot stand in an entry), Unreachable, Broken.
        """
        return self.rows.append(rows) if rows else self.head()

    def versions(self, streams: Collection[str]) -> dict[str, list[Recorded]]:
        """Return all stored versions of the streams, each list by version; streams without any are left out."""
        return self.rows.versions(streams)

    def later(self, known: Mapping[str, int]) -> dict[str, list[Recorded]]:
        """Return the same, but only the versions behind those that are known of each stream (0: none)."""
        return self.rows.later(known)

    def read(self, after: int, limit: int) -> list[Recorded]:
        """Return up to `limit` events with positions greater than `after`, in order of position."""
        return list(map(Recorded._make, self.rows.select(after, limit)))

    def read_columns(self, after: int, limit: int) -> Columns:
        """Return the same as `read`, as parallel lists: positions, streams, versions, topics, states."""
        rows = self.rows.select(after, limit)
        if not rows:
            return [], [], [], [], []
        positions, streams, versions, topics, states = zip(*rows, strict=True)
        return list(positions), list(streams), list(versions), list(topics), list(states)

    def of_type(self, record_type: str) -> list[Recorded]:
        """Return all events of a small record type (collectors, divisions), in order of position."""
        return list(map(Recorded._make, self.rows.of_prefix(record_type)))

    def head(self) -> int:
        """Return the last position, 0 when the ledger is empty."""
        return self.rows.head()

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
