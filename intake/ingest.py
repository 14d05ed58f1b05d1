"""Taking in a folder or file: every row becomes an event, a repeat, an amendment or a refusal, and all are counted."""

from __future__ import annotations

import gc
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import msgspec

from domain.contract import RECORD_TYPES
from domain.errors import NotFound, Refused
from domain.fact import Envelope
from domain.intake import FileTaken
from intake.ahead import ReadingAhead
from intake.county import NOWHERE, county_of, county_of_ledger
from intake.fingerprint import digest_of, digest_of_name
from intake.own_words import words_of
from intake.parsing import CHINA
from intake.places import Resolver
from intake.policy import record_dataset, record_policy
from intake.preparing import Order, Prepared, prepare, rows_at
from intake.quarantine import Quarantine
from intake.reading.chunk import Unreadable
from intake.reading.files import DataFile, find_files, type_of
from intake.recording import Recorder
from intake.registers import FIRST, know_registers
from intake.sealing import HandedOver
from intake.settings import Dataset, PolicyRow, read_dataset, read_mapping, read_policy
from intake.taking import Tally, take_prepared
from ledger.home import Home
from ledger.log import AlreadyThere, StoredRow

AHEAD_FROM = 4_000_000
"""Bytes from which a file is read ahead in a second process."""
UNNAMED = "unnamed"
"""The source of rows for which neither the file nor dataset.yaml names one."""
Progress = Callable[[str, int, int], None]
"""File name, bytes of all files before it and of the file that are done (estimated), bytes in all."""
Watch = Callable[[Tally | Unreadable], None]
"""What became of a chunk that is on disk now, or what could not be read; its error ends the taking there."""


class FileCounts(msgspec.Struct):
    """What became of a file's rows: read = appended + repeated + amended + quarantined."""

    name: str
    type: str
    sha256: str
    read: int = 0
    appended: int = 0
    repeated: int = 0
    amended: int = 0
    quarantined: int = 0
    set_aside: int = 0
    unreadable: int = 0
    """Files or sheets of it that could not be read at all; in neither `read` nor `quarantined`."""


class Report(msgspec.Struct):
    """What became of everything that was handed in."""

    county: str
    files: list[FileCounts]
    unknown: list[str]
    """Files whose name says no record type."""

    def as_json(self) -> dict[str, object]:
        """Return the report as plain values."""
        return {
            "county": self.county,
            "files": [msgspec.structs.asdict(file) for file in self.files],
            "unknown": self.unknown,
        }

    @property
    def refused(self) -> bool:
        """Whether anything was refused."""
        return bool(self.unknown) or any(file.quarantined or file.unreadable for file in self.files)


class Intake:
    """Takes files into one home, for one actor, under one correlation id."""

    def __init__(
        self, home: Home, *, actor: str, clock: Callable[[], datetime], progress: Progress | None = None
    ) -> None:
        self.home, self.actor, self.clock = home, actor, clock
        self.progress = progress or (lambda name, done, total: None)
        self.correlation = uuid.uuid4().hex
        self.resolver = Resolver(home.tokens)
        self.handed_over = HandedOver()
        self.mapping: dict[str, dict[str, str]] = {}
        self.watch: Watch = lambda became: None

    def take(
        self, path: Path, *, source: str | None = None, as_type: str | None = None, mapping: Path | None = None
    ) -> Report:
        """Take in a data folder, one data file, or a policy file; NotFound where there is nothing at the path.

        `mapping`: a file of the county's own headings, instead of mapping.yaml beside the data.
        """
        if not path.exists():
            raise NotFound(f"找不到 {path}", f"there is nothing at {path}")
        folder = path if path.is_dir() else path.parent
        dataset = read_dataset(folder)
        found = find_files(folder) if path.is_dir() else [DataFile(path, as_type or type_of(path))]
        files = [file for file in found if file.type]
        county = dataset.county_code or county_of(files) or county_of_ledger(self.home.ledger) or NOWHERE
        self.mapping = read_mapping(mapping or folder / "mapping.yaml")
        policy = self._read_policy(path, county)
        know_registers(self.home.ledger, self.resolver)
        envelope = self._envelope(county, f"folder:{folder.name}")
        if path.is_dir() or path.name == "dataset.yaml":
            record_dataset(self.home.ledger, dataset, envelope)
        record_policy(self.home.ledger, policy, envelope, self.actor)
        with uncollected():
            counts = list(self._take_files(files, dataset, county, source))
        skipped = {"dataset.yaml", "policy.yaml", "mapping.yaml"}
        return Report(
            county, counts, [file.path.name for file in found if not file.type and file.path.name not in skipped]
        )

    def _read_policy(self, path: Path, county: str) -> list[PolicyRow]:
        """Read the policy that a folder or path hands in, before anything is recorded: a wrong one changes nothing."""
        file = path / "policy.yaml" if path.is_dir() else path
        if file.name != "policy.yaml" or not file.exists():
            return []
        if county == NOWHERE:
            raise Refused(
                f"{file.name}：不知道是哪个县的政策，请在同一文件夹放 dataset.yaml 写明 county.code",
                f"{file.name}: of which county? Put a dataset.yaml with county.code beside it",
            )
        return read_policy(file)

    def _take_files(
        self, files: list[DataFile], dataset: Dataset, county: str, source: str | None
    ) -> Iterator[FileCounts]:
        ordered = sorted(files, key=lambda file: _place(file.type))
        orders = [self._order(file, source or dataset.sources.get(file.type) or UNNAMED, county) for file in ordered]
        sizes = [order.path.stat().st_size if order.opened else 0 for order in orders]
        early = sum(order.type in FIRST for order in orders)
        for number, order in enumerate(orders[:early]):
            self.progress(order.path.name, sum(sizes[:number]), sum(sizes))
            yield self._take_file(order, prepare(order, self.home.tokens, self.resolver, self.handed_over))
        with self._preparing(orders[early:], sum(sizes[early:])) as next_file:
            for number, order in enumerate(orders[early:], early):
                self.progress(order.path.name, sum(sizes[:number]), sum(sizes))
                yield self._take_file(order, next_file(order))
        self.progress("", sum(sizes), sum(sizes))

    def _order(self, file: DataFile, source: str, county: str) -> Order:
        try:
            digest, opened = digest_of(file.path), True
        except OSError:
            digest, opened = digest_of_name(file.path), False
        stream = f"file:{digest}"
        envelope = self._envelope(county, stream, source)
        mapping = self.mapping.get(file.type, {})
        return Order(file.path, file.type, county, source, stream, envelope, mapping, opened)

    @contextmanager
    def _preparing(
        self, orders: Sequence[Order], size: int
    ) -> Iterator[Callable[[Order], Iterator[Prepared | Unreadable]]]:
        """Give the function that prepares the next of the files: here, or where there is much to read ahead of here."""
        if size < AHEAD_FROM:
            yield lambda order: prepare(order, self.home.tokens, self.resolver, self.handed_over)
            return
        ahead = ReadingAhead(orders, self.home, self.resolver)
        try:
            yield lambda order: ahead.next_file()
        finally:
            ahead.close()

    def _take_file(self, order: Order, items: Iterator[Prepared | Unreadable]) -> FileCounts:
        counts = FileCounts(order.path.name, order.type, order.subject.removeprefix("file:"))
        record_type = RECORD_TYPES[order.type]
        standing = self.home.ledger.versions([order.subject])
        recorder = Recorder(self.home.ledger, record_type, order.subject, resumed=not standing)
        quarantine = Quarantine(self.home, record_type.name, counts.sha256, order.envelope, words_of(order.mapping))
        for prepared in items:
            if isinstance(prepared, Unreadable):
                counts.unreadable += 1
                quarantine.unreadable(prepared)
                self.watch(prepared)
            else:
                self._take_prepared(prepared, order, recorder, quarantine, counts)
        if order.opened and not standing:
            self._file_taken(counts, order, 1)
        elif standing and (counts.appended or counts.amended):
            self._file_taken(counts, order, len(standing[order.subject]) + 1)
        return counts

    def _take_prepared(
        self, prepared: Prepared, order: Order, recorder: Recorder, quarantine: Quarantine, counts: FileCounts
    ) -> None:
        quarantine.set_aside(prepared.place, prepared.set_aside)
        tally = take_prepared(
            self.home, prepared, recorder, quarantine, lambda lines: rows_at(order, prepared.place, lines)
        )
        counts.set_aside += len(prepared.set_aside)
        counts.read += tally.read
        counts.appended += tally.appended
        counts.repeated += tally.repeated
        counts.amended += tally.amended
        counts.quarantined += len(tally.refusals)
        if recorder.type.name in FIRST:
            know_registers(self.home.ledger, self.resolver, recorder.type.name)
        self.watch(tally)

    def _file_taken(self, counts: FileCounts, order: Order, version: int) -> None:
        event = FileTaken(
            counts.name, counts.type, counts.sha256, counts.read, counts.appended, counts.repeated, counts.amended,
            counts.quarantined, counts.set_aside, envelope=order.envelope,
        )  # fmt: skip
        try:
            self.home.ledger.append([StoredRow(order.subject, version, "file.Taken.v1", msgspec.json.encode(event))])
        except AlreadyThere:
            return

    def _envelope(self, county: str, causation: str, source: str = "mingzhang") -> Envelope:
        return Envelope(
            source,
            county,
            self.clock().astimezone(CHINA).replace(microsecond=0),
            self.actor,
            causation,
            self.correlation,
        )


def _place(name: str) -> tuple[int, int]:
    names = list(RECORD_TYPES)
    return (FIRST.index(name) if name in FIRST else len(FIRST), names.index(name))


@contextmanager
def uncollected() -> Iterator[None]:
    """Keep the garbage collector from walking millions of rows that hold no cycles."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
