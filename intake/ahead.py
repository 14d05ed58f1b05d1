"""Reading ahead: a file is prepared in a second process while this one writes to the ledger."""

from __future__ import annotations

import gc
import multiprocessing
from collections.abc import Iterator, Sequence
from multiprocessing.connection import Connection

from domain.errors import Unreachable
from intake.places import Known, Resolver
from intake.preparing import Order, Prepared, prepare
from intake.reading.chunk import Unreadable
from intake.sealing import HandedOver
from ledger.keys import Keys
from ledger.tokens import Tokens

_SPAWN = multiprocessing.get_context("spawn")


class _Failed:
    """What ended the reader early."""

    def __init__(self, error: BaseException) -> None:
        self.error = error


class _Ended:
    """A file has been read to its end."""


class ReadingAhead:
    """Files being prepared by another process, in order, at most a pipe's length ahead of who takes them."""

    def __init__(self, orders: Sequence[Order], token_key: bytes, resolver: Resolver) -> None:
        self._receiver, sender = _SPAWN.Pipe(duplex=False)
        self._reader = _SPAWN.Process(target=_read, args=(sender, orders, token_key, resolver.known), daemon=True)
        self._reader.start()
        sender.close()

    def next_file(self) -> Iterator[Prepared | Unreadable]:
        """Yield what `prepare` yields for the next file; its errors are raised here."""
        while True:
            item = self._next()
            if isinstance(item, _Ended):
                return
            if isinstance(item, _Failed):
                raise item.error
            yield item

    def close(self) -> None:
        """End the reader."""
        self._receiver.close()
        self._reader.join(timeout=5)
        if self._reader.is_alive():
            self._reader.kill()
            self._reader.join()

    def _next(self) -> Prepared | Unreadable | _Failed | _Ended:
        try:
            item = self._receiver.recv()
        except EOFError as error:
            raise Unreachable("读取文件的进程中途结束", "the process that reads the files ended early") from error
        if isinstance(item, (Prepared, Unreadable, _Failed, _Ended)):
            return item
        raise TypeError(f"unexpected item from the reader: {type(item).__name__}")


def _read(sender: Connection, orders: Sequence[Order], token_key: bytes, known: Known) -> None:
    gc.disable()
    tokens = Tokens(Keys.in_memory(token_key))
    resolver, handed_over = Resolver(tokens, known), HandedOver()
    try:
        for order in orders:
            for item in prepare(order, tokens, resolver, handed_over):
                sender.send(item)
            sender.send(_Ended())
    except BrokenPipeError:
        return
    except Exception as error:
        sender.send(_Failed(error))
