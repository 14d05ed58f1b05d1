"""Taking messages in: a batch of one partition goes the way of a file's chunk, from text to events."""

from __future__ import annotations

import uuid
from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import NamedTuple

from consumers.ahead import PreparingAhead
from consumers.client import Place
from consumers.preparing import Order, Preparer, Ready
from consumers.refusing import DeadLetter, MessageQuarantine, of_unknown_type
from consumers.topics import type_of
from domain.contract import RECORD_TYPES
from domain.fact import Envelope
from intake.county import NOWHERE, county_of_ledger
from intake.ingest import UNNAMED
from intake.parsing import CHINA
from intake.places import Known, Resolver
from intake.reading.messages import Message
from intake.recording import Recorder
from intake.registers import FIRST, know_registers
from intake.taking import take_prepared
from intake.validation import Refusal
from ledger.home import Home

BLOCK = 10_000
"""Offsets of a partition that share a cause, and a secret for what belongs to no person."""
REGISTERS_EVERY = timedelta(seconds=10)
"""How old what this process knows of the registers may become, since others append to them too."""


class Became(NamedTuple):
    """What became of messages of one record type: read = appended + repeated + amended + len(refused)."""

    type: str
    read: int
    appended: int
    repeated: int
    amended: int
    refused: list[DeadLetter]


class _Given(NamedTuple):
    """Messages of one block of a partition that are to be taken in."""

    place: Place
    messages: list[Message]
    subject: str
    ahead: bool
    """The second process makes them ready."""

    @property
    def type(self) -> str:
        """The record type that the topic names, whether there is one or not."""
        return type_of(self.place.topic)

    @property
    def written(self) -> str:
        """The partition as messages and events name it."""
        return f"{self.place.topic}/{self.place.partition}"


class StreamIntake:
    """Takes messages into one home, for one actor, under one correlation id."""

    def __init__(self, home: Home, *, actor: str, clock: Callable[[], datetime]) -> None:
        self.home, self.actor, self.clock = home, actor, clock
        self._correlation = uuid.uuid4().hex
        self._county = ""
        self._guessed = ""
        self._ahead: PreparingAhead | None = None
        self._given: deque[_Given] = deque()
        self.forget()

    def forget(self) -> None:
        """Forget what was given, handed to the vault and read of the registers: of a failure some was not kept."""
        self.rest()
        self._given.clear()
        self._resolver = Resolver(self.home.tokens)
        self._known_at: datetime | None = None
        self._told = False
        """The second process has heard what is known of the registers."""
        self._preparer = Preparer(self.home.tokens, self._resolver)

    def rest(self) -> None:
        """End the second process; it comes again when it is needed."""
        if self._ahead is not None:
            self._ahead.close()
            self._ahead = None

    @property
    def is_ahead(self) -> bool:
        """Whether the second process is there."""
        return self._ahead is not None

    def seal(self) -> None:
        """Bring the log's checkpoint up to the ledger, for a process that does not end; errors as Sealer."""
        if self.home.sealer is not None:
            self.home.sealer.seal()

    def give(self, place: Place, messages: Sequence[Message], *, ahead: bool = False) -> None:
        """Note messages of a partition, in their order, to be taken in behind what was given before.

        `ahead`: a second process begins to make them ready at once. Errors as Ledger.
        """
        for block, members in groupby(messages, key=lambda message: message.offset // BLOCK):
            subject = f"messages:{place.topic}/{place.partition}:{block * BLOCK}"
            given = _Given(place, list(members), subject, ahead=False)
            begun = ahead and given.type in RECORD_TYPES and self._begin(given)
            self._given.append(given._replace(ahead=begun))

    def taken(self) -> Iterator[Became]:
        """Take in what was given, in that order; what is yielded is on disk. Errors as Ledger and Vault."""
        while self._given:
            given = self._given.popleft()
            if given.type in RECORD_TYPES:
                for ready in self._ready(given):
                    yield self._record(given, ready)
            else:
                yield self._refuse_all(given)

    def _begin(self, given: _Given) -> bool:
        """Hand messages to the second process, and what the registers say where it has not heard it.

        False where the machine has no room for another process: then the work is done here.
        """
        self._know_registers()
        if self._ahead is None:
            try:
                self._ahead, self._told = PreparingAhead(self.home), False
            except OSError:
                return False
        known = None if self._told else self._resolver.known
        self._ahead.give(self._order(given, known, is_first=not any(each.ahead for each in self._given)))
        self._told = True
        return True

    def _ready(self, given: _Given) -> Iterator[Ready]:
        """Yield messages that can be recorded, as the second process made them; made here where it has ended."""
        if given.ahead and self._ahead is not None:
            found = self._ahead.taken()
            if found is not None:
                yield from found
                return
            self.rest()
        self._know_registers()
        yield from self._preparer.ready(self._order(given, None, is_first=True))

    def _order(self, given: _Given, known: Known | None, *, is_first: bool) -> Order:
        if not self._county:
            self._county = county_of_ledger(self.home.ledger, ("policy",)) or ""
        guessed = None
        if is_first and not self._county:
            guessed = self._guessed or county_of_ledger(self.home.ledger) or ""
        envelope = self._envelope(NOWHERE, given.subject)
        return Order(given.type, given.written, given.subject, given.messages, envelope, self._county, guessed, known)

    def _record(self, given: _Given, ready: Ready) -> Became:
        record_type = RECORD_TYPES[given.type]
        by_offset = {message.offset: message for message in given.messages}

        def rows_at(lines: Collection[int]) -> dict[int, list[dict[str, str]]]:
            rows = self._preparer.rows(record_type, given.written, [by_offset[line] for line in lines])
            return {line: [row] for line, row in rows.items()}

        recorder = Recorder(self.home.ledger, record_type, given.subject, resumed=False)
        quarantine = MessageQuarantine(self.home, record_type.name, given.written, by_offset, ready.envelope)
        tally = take_prepared(self.home, ready.prepared, recorder, quarantine, rows_at)
        if ready.envelope.county != NOWHERE:
            self._guessed = ready.envelope.county
        if record_type.name in FIRST:
            self._read_registers(record_type.name)
        letters = [_letter(given, by_offset, refusal) for refusal in tally.refusals]
        return Became(record_type.name, tally.read, tally.appended, tally.repeated, tally.amended, letters)

    def _refuse_all(self, given: _Given) -> Became:
        by_offset = {message.offset: message for message in given.messages}
        envelope = self._envelope(self._county or self._guessed or NOWHERE, given.subject)
        refusals = [of_unknown_type(given.written, message, given.type) for message in given.messages]
        MessageQuarantine(self.home, given.type, given.written, by_offset, envelope).refuse(refusals)
        letters = [_letter(given, by_offset, refusal) for refusal in refusals]
        return Became(given.type, len(given.messages), 0, 0, 0, letters)

    def _know_registers(self) -> None:
        """Read the registers where what is known of them is old."""
        now = self.clock()
        if self._known_at is None or now - self._known_at >= REGISTERS_EVERY:
            self._read_registers()
            self._known_at = now

    def _read_registers(self, only: str | None = None) -> None:
        know_registers(self.home.ledger, self._resolver, only)
        self._told = False

    def _envelope(self, county: str, causation: str) -> Envelope:
        at = self.clock().astimezone(CHINA).replace(microsecond=0)
        return Envelope(UNNAMED, county, at, self.actor, causation, self._correlation)


def _letter(given: _Given, messages: dict[int, Message], refusal: Refusal) -> DeadLetter:
    message = messages[refusal.line]
    return DeadLetter(
        given.type, given.place.topic, given.place.partition, message.offset, message.value, refusal.reason_en
    )
