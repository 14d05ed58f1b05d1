"""Waiting for a component that does not answer: longer each time, and not for ever where somebody waits for the end."""

from __future__ import annotations

from collections.abc import Callable

from domain.errors import MingzhangError

FIRST_S, LONGEST_S = 0.5, 30.0


class Patience:
    """Growing waits between attempts; `limit` seconds without any success end it (None: never)."""

    def __init__(self, monotonic: Callable[[], float], limit: float | None) -> None:
        self._monotonic, self._limit = monotonic, limit
        self._began: float | None = None
        """When the attempt began that is going on, or was the last."""
        self._since: float | None = None
        self._next = FIRST_S

    def begin(self) -> None:
        """Note that an attempt begins: what it takes until it fails counts as waiting."""
        self._began = self._monotonic()

    def wait_after(self, error: MingzhangError) -> float:
        """Return the seconds to wait after a failure; raise the error itself where one more such attempt is too many.

        An attempt may have waited for long by itself: the next one would too, and has to end within the limit.
        """
        now = self._monotonic()
        took = 0.0 if self._began is None else now - self._began
        if self._since is None:
            self._since = now - took
        if self._limit is not None and now + took - self._since >= self._limit:
            raise error
        wait, self._next = self._next, min(2 * self._next, LONGEST_S)
        return wait

    @property
    def failing(self) -> bool:
        """Whether the last attempt failed."""
        return self._since is not None

    def succeeded(self) -> None:
        """Begin anew."""
        self._since, self._next = None, FIRST_S
