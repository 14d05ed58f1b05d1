"""Checkpoints that leave the house: to whom, what has gone there, and what is still owed to whom was out of reach."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo

import msgspec

from domain.errors import Broken, MingzhangError, NotFound
from ledger.durable import create_once, replace
from ledger.failures import unwritable
from ledger.home import Home
from ledger.merkle.checkpoint import SignedCheckpoint
from ledger.merkle.sealer import KEY, LOG

FILE = "checkpoint-targets.json"
PUBLIC = 0o644
"""Whoever keeps a checkpoint may read it."""
CHINA = ZoneInfo("Asia/Shanghai")
Clock = Callable[[], datetime]


class Leaving(NamedTuple):
    """A checkpoint on its way."""

    signed: SignedCheckpoint
    key: bytes
    """The log's key.pub."""
    why: str

    @property
    def name(self) -> str:
        """Under which it is kept: the log and how many entries it had; the same checkpoint has the same name."""
        one = self.signed.checkpoint
        return f"{one.origin.replace('/', '-')}-{one.size:012d}"


class Sink(Protocol):
    """Whoever keeps checkpoints."""

    def take(self, leaving: Leaving) -> bool:
        """Keep it, replacing nothing; False where it stands there already. Unreachable, Refused."""


OpenSink = Callable[[str], Sink]
"""Returns the sink of an address; Malformed where it is none."""


class Target(msgspec.Struct, frozen=True):
    """To whom checkpoints go by themselves, and how it stands."""

    address: str
    size: int = -1
    """Of the last checkpoint that went there; -1: none yet."""
    at: datetime | None = None
    why: str = ""
    owed: str = ""
    """Why a checkpoint should have gone there that could not; empty where none is owed."""


class Left(NamedTuple):
    """What became of one way."""

    address: str
    name: str
    fresh: bool
    """False: it stood there already."""
    failure: MingzhangError | None = None


class FolderSink:
    """A folder of whoever keeps checkpoints."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def take(self, leaving: Leaving) -> bool:
        """Put checkpoint and key there; nothing that stands is replaced. Unreachable."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            fresh = create_once(self._folder / leaving.name, leaving.signed.content.encode())
            create_once(self._folder / KEY, leaving.key)
            for file in (self._folder / leaving.name, self._folder / KEY):
                file.chmod(PUBLIC)
        except OSError as error:
            raise unwritable(error, self._folder) from error
        return fresh


def targets(home: Path) -> tuple[Target, ...]:
    """Return to whom the checkpoints of a home go by themselves; Broken, Unreachable."""
    file = home / FILE
    try:
        return msgspec.json.decode(file.read_bytes(), type=tuple[Target, ...])
    except FileNotFoundError:
        return ()
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Broken(
            f"{file} 已损坏：请从备份恢复，或删除后重新登记",
            f"{file} is damaged: restore it, or delete it and name them anew",
        ) from error
    except OSError as error:
        raise unwritable(error, file) from error


def remember(home: Path, address: str) -> bool:
    """Let checkpoints go to an address by themselves from now on; False where they do already. Unreachable."""
    with _changing(home) as standing:
        if address in standing:
            return False
        standing[address] = Target(address)
    return True


def forget(home: Path, address: str) -> None:
    """Let them go there no longer; NotFound where they do not, Unreachable."""
    with _changing(home) as standing:
        if standing.pop(address, None) is None:
            known = sorted(standing)
            raise NotFound(
                f"没有登记 {address}；已登记：{'、'.join(known) or '无'}",
                f"{address} is not among the targets: {', '.join(known) or 'there are none'}",
            )


def leave(
    home: Home, why: str, open_sink: OpenSink, clock: Clock, addresses: Sequence[str] | None = None
) -> list[Left]:
    """Seal, and let the checkpoint go to the addresses, or to every target; return what became of each way.

    A way that fails is owed: `leave_due` tries again. Without a log (a temporary home) nothing leaves. Errors of
    sealing are raised; errors of a way stand in its Left.
    """
    wanted = [target.address for target in targets(home.folder)] if addresses is None else list(addresses)
    if home.sealer is None or not wanted:
        return []
    leaving = Leaving(home.sealer.seal(), (home.folder / LOG / KEY).read_bytes(), why)
    ways = [_go(leaving, address, open_sink) for address in wanted]
    now, size = clock(), leaving.signed.checkpoint.size
    with _changing(home.folder) as standing:
        for way in ways:
            target = standing.get(way.address)
            if target is not None and way.failure is None:
                standing[way.address] = Target(way.address, max(size, target.size), now, why)
            elif target is not None:
                standing[way.address] = msgspec.structs.replace(target, owed=target.owed or why)
    return ways


def leave_due(home: Home, open_sink: OpenSink, clock: Clock) -> list[Left]:
    """Let a checkpoint go to every target that is owed one, or has none yet of this month; errors as `leave`.

    The first one of a month covers all of the month before, whatever day it is.
    """
    now = clock().astimezone(CHINA)
    before = now.replace(day=1) - timedelta(days=1)
    due: dict[str, list[str]] = {}
    for target in targets(home.folder):
        why = target.owed or ("" if _same_month(target.at, now) else f"month-end {before:%Y-%m}")
        if why:
            due.setdefault(why, []).append(target.address)
    return [way for why, addresses in due.items() for way in leave(home, why, open_sink, clock, addresses)]


def _same_month(at: datetime | None, now: datetime) -> bool:
    return at is not None and f"{at.astimezone(CHINA):%Y-%m}" == f"{now:%Y-%m}"


def _go(leaving: Leaving, address: str, open_sink: OpenSink) -> Left:
    try:
        return Left(address, leaving.name, open_sink(address).take(leaving))
    except MingzhangError as error:
        return Left(address, leaving.name, fresh=False, failure=error)


@contextmanager
def _changing(home: Path) -> Iterator[dict[str, Target]]:
    """Give the targets by address, and keep what the block makes of them; one process at a time."""
    try:
        handle = os.open(home, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise unwritable(error, home) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        standing = {target.address: target for target in targets(home)}
        before = dict(standing)
        yield standing
        if standing != before:
            replace(home / FILE, msgspec.json.format(msgspec.json.encode(list(standing.values())), indent=1))
    except OSError as error:
        raise unwritable(error, home / FILE) from error
    finally:
        os.close(handle)
