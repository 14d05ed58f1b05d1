"""Preparing ahead: a second process makes messages ready while this one polls, and appends those before them."""

from __future__ import annotations

import gc
import itertools
import multiprocessing
import pickle
import queue
import signal
import threading
from multiprocessing.connection import Connection
from typing import NamedTuple

from consumers.preparing import Order, Preparer, Ready
from intake.places import Resolver
from intake.reading.messages import Message
from ledger.algorithms import algorithms_named
from ledger.home import Home
from ledger.keys import Keys
from ledger.tokens import Tokens

LINGER_S = 5.0
COLLECT_EVERY = 100
"""Orders after which the second process frees what only cycles still hold."""
_SPAWN = multiprocessing.get_context("spawn")


class _Packed(NamedTuple):
    """An order whose messages travel as columns, at a third of the cost."""

    order: Order
    columns: list[tuple[object, ...]]


class PreparingAhead:
    """A process that makes the orders ready that it is given, in their order."""

    def __init__(self, home: Home) -> None:
        orders, sender = _SPAWN.Pipe(duplex=False)
        self._ready, ready = _SPAWN.Pipe(duplex=False)
        key = (home.keys.token_key, home.keys.algorithms.name)
        self._process = _SPAWN.Process(target=_prepare, args=(orders, ready, key), daemon=True)
        self._process.start()
        orders.close()
        ready.close()
        self._sending = _Sending(sender)

    def give(self, order: Order) -> None:
        """Have an order made ready; returns at once."""
        self._sending.put(_Packed(order._replace(messages=()), list(zip(*order.messages, strict=True))))

    def taken(self) -> list[Ready] | None:
        """Return what the next order became; None where the process has ended, so that its work is to be done here."""
        try:
            found: list[Ready] = self._ready.recv()
        except (EOFError, OSError):
            return None
        return found

    def close(self) -> None:
        """End the process, whatever it is at."""
        self._process.kill()
        self._process.join()
        self._sending.close()
        self._ready.close()


class _Sending(threading.Thread):
    """Sends through a connection without keeping anybody waiting: neither process may wait for the other to read."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(daemon=True)
        self._connection = connection
        self._waiting: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self.start()

    def put(self, item: _Packed | list[Ready]) -> None:
        """Have something sent, as it is now, behind what waits."""
        self._waiting.put(pickle.dumps(item, pickle.HIGHEST_PROTOCOL))

    def close(self) -> None:
        """Send nothing more; what waits may be lost."""
        self._waiting.put(None)
        self.join(LINGER_S)

    def run(self) -> None:
        """Send until closed, or until nobody is there to read."""
        try:
            while (item := self._waiting.get()) is not None:
                self._connection.send_bytes(item)
        except OSError:
            return
        finally:
            self._connection.close()


def _prepare(orders: Connection, ready: Connection, token_key: tuple[bytes, str]) -> None:
    """Make orders ready until the other end is gone.

    An error ends it without a word: who gave the order does the work itself then, and meets the same error.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()
    tokens = Tokens(Keys.in_memory(token_key[0], algorithms_named(token_key[1])))
    preparer, sending = Preparer(tokens, Resolver(tokens)), _Sending(ready)
    try:
        for number in itertools.count(1):
            if number % COLLECT_EVERY == 0:
                gc.collect()
            order, columns = orders.recv()
            messages = list(map(Message._make, zip(*columns, strict=True)))
            sending.put(list(preparer.ready(order._replace(messages=messages))))
    except Exception:
        return
