"""Reading ahead: files are prepared in a second process, and the vault filled in a third, while this one appends."""

from __future__ import annotations

import gc
import multiprocessing
import queue
import threading
from collections.abc import Iterator, Sequence
from multiprocessing.connection import Connection

from domain.errors import Unreachable
from intake.keeping import KeepingAhead
from intake.places import Known, Resolver
from intake.preparing import Order, Prepared, prepare
from intake.reading.chunk import Unreadable
from intake.sealing import HandedOver
from ledger.algorithms import algorithms_named
from ledger.home import Home
from ledger.keys import Keys
from ledger.tokens import Tokens

AHEAD_CHUNKS = 2
"""Chunks that wait in this process; the reader has one more in hand."""
_SPAWN = multiprocessing.get_context("spawn")


class _Failed:
    """What ended the reader early."""

    def __init__(self, error: BaseException) -> None:
        self.error = error


class _Ended:
    """A file has been read to its end."""


Item = Prepared | Unreadable | _Failed | _Ended


class ReadingAhead:
    """Files being prepared by another process, in order, a few chunks ahead of who takes them."""

    def __init__(self, orders: Sequence[Order], home: Home, resolver: Resolver) -> None:
        self._receiver, sender = _SPAWN.Pipe(duplex=False)
        entries, found = _SPAWN.Pipe(duplex=False)
        arguments = (sender, found, orders, (home.keys.token_key, home.keys.algorithms.name), resolver.known)
        self._reader = _SPAWN.Process(target=_read, args=arguments, daemon=True)
        self._reader.start()
        self._keeping = KeepingAhead(entries, home)
        for end in (sender, entries, found):
            end.close()
        self._waiting: queue.Queue[Item] = queue.Queue(AHEAD_CHUNKS)
        self._closed = threading.Event()
        self._pump = threading.Thread(target=self._receive, daemon=True)
        self._pump.start()

    def next_file(self) -> Iterator[Prepared | Unreadable]:
        """Yield what `prepare` yields for the next file, its entries kept by the vault; errors are raised here."""
        while True:
            item = self._waiting.get()
            if isinstance(item, _Ended):
                return
            if isinstance(item, _Failed):
                raise item.error
            if isinstance(item, Prepared):
                self._keeping.wait()
            yield item

    def close(self) -> None:
        """End both processes."""
        self._closed.set()
        self._keeping.close()
        self._reader.kill()
        self._reader.join()
        self._pump.join(timeout=5)
        self._receiver.close()

    def _receive(self) -> None:
        """Empty the pipe into the queue, so that the reader never waits for a write to the ledger."""
        while not self._closed.is_set():
            try:
                item: Item = self._receiver.recv()
            except (EOFError, OSError):
                item = _Failed(
                    Unreachable(
                        "读取文件的进程中途结束（多半内存不足）：请重新运行同一命令，已收取的不会重复",
                        "the process that reads the files ended early, most often for lack of memory: run the same "
                        "command again, what was taken in is not taken twice",
                    )
                )
            self._wait_for_room(item)
            if isinstance(item, _Failed):
                return

    def _wait_for_room(self, item: Item) -> None:
        while not self._closed.is_set():
            try:
                self._waiting.put(item, timeout=0.2)
            except queue.Full:
                continue
            return


def _read(
    sender: Connection, found: Connection, orders: Sequence[Order], token_key: tuple[bytes, str], known: Known
) -> None:
    gc.disable()
    tokens = Tokens(Keys.in_memory(token_key[0], algorithms_named(token_key[1])))
    resolver, handed_over = Resolver(tokens, known), HandedOver()
    try:
        for order in orders:
            for item in prepare(order, tokens, resolver, handed_over):
                if isinstance(item, Prepared):
                    found.send(item.sealed)
                    item.sealed = []
                sender.send(item)
            sender.send(_Ended())
    except BrokenPipeError:
        return
    except Exception as error:
        sender.send(_Failed(error))
