"""What keeps the ledger's events: one interface whatever the database, and all that is the same for each of them."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property
from itertools import accumulate, chain
from operator import itemgetter

from eventsourcing import persistence
from eventsourcing.persistence import ApplicationRecorder, Notification, StoredEvent, Subscription

from domain.errors import Refused
from ledger.merkle.register import Register
from ledger.objects import Objects
from ledger.rows import Recorded, Stored, StoredRow
from ledger.states import check_names
from ledger.together import Together

COLUMNS = ("position", "originator_id", "originator_version", "topic", "state")
"""Of the event table, in SQLite and PostgreSQL alike."""
LOOK_UP_CHUNK = 20_000
"""Streams looked up by one statement."""


class AlreadyThere(Refused, persistence.IntegrityError):
    """A version of a stream that was to be appended stands already; nothing of the batch was written."""

    def __init__(self, stream: str, version: int) -> None:
        super().__init__(
            f"{stream} 的第 {version} 版已在账本中，本批未写入",
            f"version {version} of {stream} stands in the ledger already; nothing of the batch was written",
        )
        self.stream = stream
        self.version = version


def moved_elsewhere(name: str) -> Refused:
    """Return the error for a ledger that was moved to another database and takes nothing any more."""
    return Refused(
        f"{name} 中的账本已迁移到别处，不能再使用：请改用迁移后的账本（检查 MINGZHANG_LEDGER）",
        f"the ledger in {name} was moved elsewhere and takes nothing any more: use the one it went to "
        "(check MINGZHANG_LEDGER)",
    )


class LedgerRecorder(ApplicationRecorder):
    """Events of facts and cases in one table and one order; a batch is written whole or not at all."""

    objects: Objects
    wait: int
    """Seconds that an append waits for others."""

    @abstractmethod
    def write(self, rows: Sequence[StoredRow]) -> int:
        """Write one row or more, all or none, behind the last position; return the new last position.

        Errors: persistence.IntegrityError where a version stands already, Unreachable, Broken.
        """

    @abstractmethod
    def head(self) -> int:
        """Return the last position, 0 when there is none; Unreachable, Broken."""

    @abstractmethod
    def select(self, after: int, limit: int, stop: int | None = None, topics: Sequence[str] = ()) -> list[Stored]:
        """Return up to `limit` rows with positions greater than `after`, by position, up to `stop`, of the topics."""

    @abstractmethod
    def of_streams(self, streams: Sequence[str]) -> Iterable[Stored]:
        """Return all rows of up to LOOK_UP_CHUNK streams, in any order."""

    @abstractmethod
    def behind(self, known: Mapping[str, int]) -> Iterable[Stored]:
        """Return the rows of up to LOOK_UP_CHUNK streams whose versions are greater than those given, in any order."""

    @abstractmethod
    def of_prefix(self, prefix: str) -> list[Stored]:
        """Return all rows whose stream begins with `<prefix>:`, by position."""

    def register(self) -> Register | None:
        """Return where several homes keep the checkpoints of one log; None where the events are one home's own."""
        return None

    @abstractmethod
    def close(self) -> None:
        """Close every connection; the recorder cannot be used afterwards."""

    def append(self, rows: Sequence[StoredRow]) -> int:
        """Append one row or more, all or none, and return the last position; errors as `Ledger.append`."""
        check_names(rows)
        return self._together.run(rows)

    def versions(self, streams: Collection[str]) -> dict[str, list[Recorded]]:
        """Return all stored versions of the streams, each list by version; streams without any are left out."""
        wanted = list(dict.fromkeys(streams))
        chunks = (wanted[start : start + LOOK_UP_CHUNK] for start in range(0, len(wanted), LOOK_UP_CHUNK))
        return _by_stream(row for chunk in chunks for row in self.of_streams(chunk))

    def later(self, known: Mapping[str, int]) -> dict[str, list[Recorded]]:
        """Return the stored versions behind those that are known of each stream (0: none); as `versions`."""
        wanted = list(known.items())
        chunks = (dict(wanted[start : start + LOOK_UP_CHUNK]) for start in range(0, len(wanted), LOOK_UP_CHUNK))
        return _by_stream(row for chunk in chunks for row in self.behind(chunk))

    def insert_events(self, stored_events: Sequence[StoredEvent], **_: object) -> Sequence[int]:
        """Append the events of cases and return their positions; errors as `Ledger.append`."""
        if not stored_events:
            return []
        rows = [StoredRow(str(e.originator_id), e.originator_version, e.topic, e.state) for e in stored_events]
        last = self.append(rows)
        return range(last - len(rows) + 1, last + 1)

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        """Return up to `limit` events by position, from `start` to `stop`, of the topics named (all if none)."""
        after = (start or 0) - (1 if inclusive_of_start and start is not None else 0)
        return [
            Notification(originator_id=stream, originator_version=version, topic=topic, state=state, id=position)
            for position, stream, version, topic, state in self.select(after, limit, stop, topics)
        ]

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> Subscription[ApplicationRecorder]:
        """Refuse: whoever follows the ledger pulls by position, which is the same for every database."""
        raise persistence.NotSupportedError("the ledger is followed by position: Ledger.read")

    @cached_property
    def _together(self) -> Together[Sequence[StoredRow], int]:
        return Together(self._written, self.wait)

    def _written(self, batches: Sequence[Sequence[StoredRow]]) -> list[int]:
        """Write batches of several threads as one, in their order, all or none; return the last position of each."""
        rows = batches[0] if len(batches) == 1 else list(chain.from_iterable(batches))
        try:
            last = self.write(rows)
        except persistence.IntegrityError as error:
            raise self._standing(rows) from error
        return [last - len(rows) + end for end in accumulate(map(len, batches))]

    def _standing(self, rows: Sequence[StoredRow]) -> AlreadyThere:
        """Return the error that names the first of the rows whose version stands, or is given twice."""
        stored = self.versions({row.stream for row in rows})
        seen = {(stream, found.version) for stream, versions in stored.items() for found in versions}
        for row in rows:
            if (row.stream, row.version) in seen:
                return AlreadyThere(row.stream, row.version)
            seen.add((row.stream, row.version))
        return AlreadyThere(rows[0].stream, rows[0].version)


def _by_stream(rows: Iterable[Stored]) -> dict[str, list[Recorded]]:
    found: dict[str, list[Recorded]] = {}
    for row in rows:
        found.setdefault(row[1], []).append(Recorded._make(row))
    for versions in found.values():
        versions.sort(key=itemgetter(2))
    return found
