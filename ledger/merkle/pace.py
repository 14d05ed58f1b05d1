"""How often a long command seals between its batches, so that no event waits for the command's end."""

from __future__ import annotations

import time
from collections.abc import Callable

from ledger.merkle.sealer import Sealer

SECONDS = 2.0
"""Between two checkpoints; an event is covered within five seconds of its append."""


class Pace:
    """Seals in the thread that appends: its connection, with its page cache, serves for reading back too."""

    def __init__(self, sealer: Sealer | None, clock: Callable[[], float] = time.monotonic) -> None:
        """`sealer`: None in a temporary home, which is not sealed."""
        self._sealer, self._clock = sealer, clock
        self._last = clock()

    def batch_done(self) -> None:
        """Seal where the last checkpoint is SECONDS old; errors as `Sealer.seal`."""
        if self._sealer is not None and self._clock() - self._last >= SECONDS:
            self._sealer.seal()
            self._last = self._clock()
