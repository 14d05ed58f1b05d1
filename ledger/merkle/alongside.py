"""Sealing beside a long command: a checkpoint every few seconds, so that none waits for the command's end."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from ledger.merkle.sealer import Sealer

SECONDS = 2.0
"""Between two checkpoints; an event is covered within five seconds of its append."""


@contextmanager
def sealed_alongside(sealer: Sealer | None, seconds: float = SECONDS) -> Iterator[None]:
    """Seal in a thread while the block runs, and once more at its end; what stopped the thread is raised there."""
    if sealer is None:
        yield
        return
    ended, failures = threading.Event(), list[BaseException]()
    thread = threading.Thread(target=_keep_sealing, args=(sealer, ended, seconds, failures), daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
    if failures:
        raise failures[0]
    sealer.seal()


def _keep_sealing(sealer: Sealer, ended: threading.Event, seconds: float, failures: list[BaseException]) -> None:
    while not ended.wait(seconds):
        try:
            sealer.seal()
        except Exception as error:
            failures.append(error)
            return
