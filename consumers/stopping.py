"""Being asked to stop: SIGTERM and SIGINT let a loop finish its batch."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Stop:
    """Whether somebody asked the process to end."""

    def __init__(self) -> None:
        self._event = threading.Event()

    @property
    def asked(self) -> bool:
        """Whether to end."""
        return self._event.is_set()

    def ask(self) -> None:
        """Ask the loop to end after its batch."""
        self._event.set()

    def wait(self, seconds: float) -> bool:
        """Wait, but not longer than until it is asked; say whether it was."""
        return self._event.wait(seconds)


@contextmanager
def stopped_by_signals() -> Iterator[Stop]:
    """Give a Stop that SIGTERM and SIGINT ask, while the block runs; only in a process's main thread."""
    stop = Stop()

    def asked(_number: int, _frame: FrameType | None) -> None:
        stop.ask()

    before = {number: signal.signal(number, asked) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
