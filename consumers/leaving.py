"""Where checkpoints go from the running service: a folder, a web address, a topic; and what is due between batches."""

from __future__ import annotations

import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from domain.errors import Malformed, MingzhangError
from ledger import leaving
from ledger.home import Home
from ledger.leaving import Clock, FolderSink, Left, Sink

KAFKA = "kafka"
"""The address that stands for the topic of checkpoints, on the brokers of the environment."""
LOOK_EVERY_S = 600.0
_WEB = ("https://", "http://")
Tell = Callable[[str, str], None]


class Sinks(Protocol):
    """What a module of consumers.sinks offers; its libraries are loaded only then."""

    def sink(self, address: str) -> Sink:
        """Return what keeps checkpoints at an address."""


def address_of(text: str) -> str:
    """Return an address as it is remembered, a folder by its whole path; Malformed where there is a password in it."""
    if text.startswith(_WEB):
        url = urlsplit(text)
        if "@" in url.netloc or not url.hostname:
            raise Malformed(
                "网址应为 https://主机/路径，不含用户名和口令",
                "an address https://host/path was expected, without a password",
            )
        return text
    return text if text == KAFKA else str(Path(text).absolute())


def sink_of(address: str) -> Sink:
    """Return what keeps checkpoints at an address: `kafka`, http(s)://…, or a folder."""
    name = "topic" if address == KAFKA else "web"
    if name == "web" and not address.startswith(_WEB):
        return FolderSink(Path(address))
    sinks: Sinks = import_module(f"consumers.sinks.{name}")
    return sinks.sink(address)


def leave(home: Home, why: str, clock: Clock) -> list[Left]:
    """Let the checkpoint go to every target of a home, as with every issued list; `why` is kept and names no person.

    What cannot be reached is told in its Left and owed, so that the occasion itself need not fail.
    """
    return leaving.leave(home, why, sink_of, clock)


class MonthEnd:
    """Lets go what is owed and what the beginning of a month asks for, between the batches of a long process."""

    def __init__(self, home: Home, clock: Clock, tell: Tell) -> None:
        self._home, self._clock, self._tell = home, clock, tell
        self._next = 0.0

    def look(self) -> None:
        """Look every ten minutes; whoever cannot be reached holds nothing else up. Errors as `Sealer.seal`."""
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + LOOK_EVERY_S
        for way in leaving.leave_due(self._home, sink_of, self._clock):
            tell_of(way, self._tell)


def tell_of(way: Left, tell: Tell) -> None:
    """Say what became of a way."""
    failure: MingzhangError | None = way.failure
    if failure is not None:
        tell(f"检查点未能交给 {way.address}：{failure.zh}", f"no checkpoint went to {way.address}: {failure.en}")
    elif way.fresh:
        tell(f"检查点 {way.name} 已交给 {way.address}", f"the checkpoint {way.name} went to {way.address}")
    else:
        tell(f"检查点 {way.name} 早已在 {way.address}", f"the checkpoint {way.name} is at {way.address} already")
