"""The loop from topics to the ledger: poll, take in, commit; wait where something does not answer; end when asked."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from typing import NamedTuple

import msgspec

from consumers import metrics
from consumers.client import Member, NeverPasses
from consumers.connection import Connection
from consumers.dead_letters import DeadLetters
from consumers.patience import Patience
from consumers.rounds import Polled, Round, begins
from consumers.stopping import Stop
from consumers.stream_intake import Became, StreamIntake
from consumers.topics import place_of
from consumers.turns import Turns
from domain.errors import MingzhangError, Unreachable
from intake.ingest import uncollected
from intake.registers import FIRST

POLL_MS = 500
CONNECT_MS = 15_000
"""How long the brokers may take to answer for the first time."""
PATIENCE_S = 60.0
"""How long to wait for a component where the command is to end by itself."""
LAG_EVERY_S = 5.0
SEAL_EVERY_S = 3.0
"""How long what was appended may wait for its checkpoint."""
COLLECT_EVERY_S = 60.0
AHEAD_FROM = 5_000
"""Messages of one poll from which a second process makes them ready, since more are waiting."""
AGAIN_MS = 20
"""How long the next poll of a round may wait: the second process has something to do meanwhile."""
Tell = Callable[[str, str], None]


class Counts(msgspec.Struct):
    """What became of the messages of one record type: read = appended + repeated + amended + quarantined."""

    read: int = 0
    appended: int = 0
    repeated: int = 0
    amended: int = 0
    quarantined: int = 0

    def as_dict(self) -> dict[str, int]:
        """Return the counts by name."""
        return {name: int(getattr(self, name)) for name in self.__struct_fields__}


class Outlook(NamedTuple):
    """How a loop shows itself and when it ends."""

    registry: metrics.Registry
    stop: Stop
    tell: Tell
    idle_s: float | None = None
    """End when nothing came for so long and everything is read; None: only when asked."""
    between: Callable[[], None] = lambda: None
    """Called between batches, for what is due at its own time."""


class Consumption:
    """One process's part of the group."""

    def __init__(self, connection: Connection, intake: StreamIntake, letters: DeadLetters, outlook: Outlook) -> None:
        self._intake, self._letters, self._outlook = intake, letters, outlook
        self._member = Member(connection, CONNECT_MS)
        self._turns = Turns(self._member)
        self._patience = Patience(time.monotonic, None if outlook.idle_s is None else PATIENCE_S)
        self._came_at = self._lag_at = self._sealed_at = self._collected_at = time.monotonic()
        self._unsealed = self._quiet = self._was_much = False
        self._owed = False
        """A batch was given out and not taken in, so that no success before it counts."""
        self.counts: dict[str, Counts] = {}

    def run(self) -> None:
        """Take messages in until asked to stop, or idle for long; Unreachable, Broken where no waiting helps."""
        try:
            with uncollected():
                while not self._outlook.stop.asked and not self._is_over():
                    self._attempt()
        finally:
            self._intake.rest()
            self._member.leave()
            self._letters.close()

    def _attempt(self) -> None:
        self._patience.begin()
        try:
            self._step()
        except NeverPasses:
            raise
        except Unreachable as error:
            self._wait(error)
        else:
            if self._patience.failing and not self._owed:
                self._outlook.tell("已恢复", "it answers again")
                self._outlook.registry.set(metrics.WAITING, 0)
                self._patience.succeeded()

    def _step(self) -> None:
        self._quiet = False
        self._keep_house()
        if self._patience.failing or time.monotonic() - self._lag_at >= LAG_EVERY_S:
            self._owed = self._look_at_lag() > 0 and self._owed
        self._member.hold(self._turns.waiting())
        given = Round()
        try:
            self._give(given, self._member.poll(POLL_MS))
            self._take(given)
        except BaseException:
            self._owed = self._owed or bool(given.first)
            self._member.go_back(given.first)
            raise
        if not given.count:
            self._quiet = not given.first
            return
        if not self._member.commit():
            self._outlook.tell("分区已改由其他进程读取", "the partitions went to another process, where this repeats")
        self._owed = False
        self._came_at = time.monotonic()
        self._outlook.registry.add(metrics.BATCHES, 1)
        self._outlook.registry.add(metrics.BATCH_SECONDS, self._came_at - given.began)

    def _give(self, given: Round, found: Polled) -> None:
        """Give what was polled to the intake, and where much is waiting more of it, before any of it is taken in."""
        while found:
            given.polled(found)
            self._tell_dropped(found)
            batch = self._due(found)
            given.due(batch)
            much = _is_much(batch)
            self._was_much = self._was_much or much
            ahead = much or (self._intake.is_ahead and not _has_registers(batch))
            for place in sorted(batch, key=lambda place: (place_of(place.topic), place)):
                self._intake.give(place, batch[place], ahead=ahead)
            if not much or given.is_full() or self._outlook.stop.asked:
                return
            found = self._member.poll(AGAIN_MS)

    def _tell_dropped(self, found: Polled) -> None:
        """Tell of messages that the brokers removed, their time being over, before anybody took them in."""
        for place, count in sorted(self._member.dropped(found).items()):
            self._outlook.registry.add(metrics.DROPPED, count, topic=place.topic)
            self._outlook.tell(
                f"{place.topic}/{place.partition} 有 {count} 条消息未收就被 Kafka 清除：请来源系统重发，并延长保留时间",
                f"{count} messages of {place.topic}/{place.partition} were removed by Kafka before they were taken in: "
                "have their source send them again, and keep messages longer",
            )

    def _due(self, found: Polled) -> Polled:
        """Return what may be taken in now; what has to wait for registers is given out again later."""
        held = self._turns.waiting()
        self._member.go_back({place: offset for place, offset in begins(found).items() if place in held})
        return {place: messages for place, messages in found.items() if place not in held}

    def _keep_house(self) -> None:
        """Do between batches what an intake of files does at its end: seal, and free what only cycles still hold."""
        now = time.monotonic()
        if self._unsealed and now - self._sealed_at >= SEAL_EVERY_S:
            self._intake.seal()
            self._sealed_at, self._unsealed = now, False
        if now - self._collected_at >= COLLECT_EVERY_S:
            if not self._was_much:
                self._intake.rest()
            self._was_much = False
            gc.collect()
            self._collected_at = now
        self._outlook.between()

    def _take(self, given: Round) -> None:
        self._unsealed = self._unsealed or given.count > 0
        for became in self._intake.taken():
            self._letters.send(became.refused)
            self._count(became)

    def _count(self, became: Became) -> None:
        counts = self.counts.setdefault(became.type, Counts())
        outcomes = {
            "appended": became.appended,
            "repeated": became.repeated,
            "amended": became.amended,
            "quarantined": len(became.refused),
        }
        counts.read += became.read
        for name, number in outcomes.items():
            setattr(counts, name, getattr(counts, name) + number)
            if number:
                self._outlook.registry.add(metrics.CONSUMED, number, type=became.type, outcome=name)
        if became.refused:
            self._outlook.registry.add(metrics.DEAD_LETTERS, len(became.refused))

    def _look_at_lag(self) -> float:
        """Ask the brokers how much this member has not read, which also finds out whether they answer; Unreachable."""
        own = self._member.assignment()
        ends, at = self._member.ends(own), self._member.positions(own)
        values: dict[metrics.Labels, float] = {
            (("partition", str(place.partition)), ("topic", place.topic)): float(max(ends[place] - at[place], 0))
            for place in own
            if place in ends and place in at
        }
        self._outlook.registry.replace(metrics.LAG, values)
        self._lag_at = time.monotonic()
        return sum(values.values())

    def _is_over(self) -> bool:
        idle = self._outlook.idle_s
        if idle is None or not self._quiet or self._patience.failing:
            return False
        try:
            read = self._is_read()
        except NeverPasses:
            raise
        except Unreachable:
            return False
        if not read:
            self._came_at = time.monotonic()
        return read and time.monotonic() - self._came_at >= idle

    def _is_read(self) -> bool:
        """Say whether all partitions of all topics are somebody's and read to their end."""
        if not self._member.settled():
            return False
        everything, own = self._member.all_places(), self._member.assignment()
        ends, at = self._member.ends(own), self._member.positions(own)
        if any(at.get(place, -1) < end for place, end in ends.items()):
            return False
        others = everything - own
        return not (others and self._member.unread(others))

    def _wait(self, error: MingzhangError) -> None:
        """Wait before the next attempt, keeping the place in the group; raise the error where patience ends."""
        if not self._patience.failing:
            self._outlook.tell(error.zh, error.en)
            self._outlook.registry.set(metrics.WAITING, 1)
        self._intake.forget()
        until = time.monotonic() + self._patience.wait_after(error)
        while time.monotonic() < until and not self._outlook.stop.asked:
            self._stay()
            self._outlook.stop.wait(min(0.5, max(until - time.monotonic(), 0)))

    def _stay(self) -> None:
        """Take part in the group without taking anything."""
        try:
            self._member.hold(self._member.assignment())
            self._member.go_back(begins(self._member.poll(100)))
        except Unreachable:
            return


def _is_much(batch: Polled) -> bool:
    """Say whether there is so much that a second process helps."""
    return sum(map(len, batch.values())) >= AHEAD_FROM and not _has_registers(batch)


def _has_registers(batch: Polled) -> bool:
    """Say whether others' names are looked up in some of it, which therefore does not wait."""
    return any(place_of(place.topic) < len(FIRST) for place in batch)
