"""The loop from the ledger to topics: what is behind the position is sent, and then the position is kept."""

from __future__ import annotations

import time
from pathlib import Path

import msgspec

from consumers import metrics
from consumers.client import NeverPasses
from consumers.consuming import PATIENCE_S, Outlook
from consumers.looking import look, wait_out
from consumers.outbox import pending
from consumers.patience import Patience
from consumers.sending import Sender
from domain.errors import Broken, Unreachable
from ledger.durable import replace
from ledger.failures import unwritable
from ledger.home import Home

FILE = "published.json"
LOOK_EVERY_S = 1.0


class Kept(msgspec.Struct, forbid_unknown_fields=True):
    """HOME/published.json; without it everything is published again, which whoever reads can tell by event_id."""

    position: int


class Publication:
    """Publishes one home's ledger."""

    def __init__(self, home: Home, sender: Sender, outlook: Outlook) -> None:
        self._home, self._sender, self._outlook = home, sender, outlook
        self._file = home.folder / FILE
        self._position = position_in(self._file)
        self._patience = Patience(time.monotonic, None if outlook.idle_s is None else PATIENCE_S)
        self.sent = 0
        head = home.ledger.head()
        if self._position > head:
            raise Broken(
                f"{self._file} 记到第 {self._position} 号，账本只到第 {head} 号：账本被换过，请核对后删除该文件",
                f"{self._file} says {self._position}, the ledger ends at {head}: it was exchanged; look into it, then "
                "delete the file",
            )

    def run(self) -> None:
        """Publish until asked to stop, or until nothing came for long; Unreachable, Broken where no waiting helps."""
        idle = self._outlook.idle_s
        every_s = LOOK_EVERY_S if idle is None else min(LOOK_EVERY_S, max(idle, 0.05))
        try:
            self._sender.connect()
            look(self._outlook, self._patience, self._attempt, every_s)
        finally:
            self._sender.close()

    def _attempt(self) -> bool:
        """Publish what is there; say whether anything was."""
        self._patience.begin()
        try:
            sent = self._step()
        except NeverPasses:
            raise
        except Unreachable as error:
            wait_out(self._outlook, self._patience, error)
            return False
        self._patience.succeeded()
        self._outlook.registry.set(metrics.WAITING, 0)
        return sent > 0

    def _step(self) -> int:
        self._outlook.between()
        messages, reached = pending(self._home.ledger, self._position)
        too_large = self._sender.send(messages) if messages else []
        if too_large:
            names = ", ".join(message.key for message in too_large)
            raise NeverPasses(
                f"Kafka 认为事件 {names} 过大：请调大主题的 max.message.bytes",
                f"Kafka finds events too large, {names}: raise max.message.bytes of their topic",
            )
        if reached > self._position:
            replace(self._file, msgspec.json.encode(Kept(reached)))
            self._position = reached
        for message in messages:
            self._outlook.registry.add(metrics.PUBLISHED, 1, topic=message.topic)
        self._outlook.registry.set(metrics.POSITION, self._position)
        self.sent += len(messages)
        return len(messages)


def position_in(file: Path) -> int:
    """Return the position up to which a home was published, 0 where it never was; Broken, Unreachable."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=Kept).position
    except FileNotFoundError:
        return 0
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Broken(
            f"{file} 内容不对，删除后会从头重新发布", f"{file} cannot be read; without it all is published again"
        ) from error
    except OSError as error:
        raise unwritable(error, file) from error
