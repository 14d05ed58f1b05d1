"""How often an address tries to sign in, so that guessing over many accounts is slow too."""

from __future__ import annotations

import threading
from collections import deque
from datetime import datetime, timedelta

from web.frame.refusals import TooManyAttempts

MOST_ADDRESSES = 10_000


class Attempts:
    """Attempts per address within a span of time, in the memory of this process; safe for threads."""

    def __init__(self, most: int, within: timedelta) -> None:
        self._most, self._within = most, within
        self._lock = threading.Lock()
        self._made: dict[str, deque[datetime]] = {}

    def count(self, address: str, now: datetime) -> None:
        """Count an attempt; TooManyAttempts where there were too many, which counts for nothing then."""
        with self._lock:
            if len(self._made) >= MOST_ADDRESSES:
                self._forget(now)
            made = self._made.setdefault(address, deque())
            while made and made[0] <= now - self._within:
                made.popleft()
            if len(made) >= self._most:
                left = made[0] + self._within - now
                raise TooManyAttempts(-(-left // timedelta(minutes=1)))
            made.append(now)

    def _forget(self, now: datetime) -> None:
        self._made = {name: made for name, made in self._made.items() if made and made[-1] > now - self._within}
