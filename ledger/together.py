"""What several threads want on disk at the same moment goes there by one commit: each waits once, for all of them."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence, Sized
from typing import Generic, TypeVar

from domain.errors import Unreachable

MOST_TOGETHER = 1_000
"""Rows of one commit, so that a large batch neither delays small ones nor, where it fails, takes them with it."""
Work = TypeVar("Work", bound=Sized)
Result = TypeVar("Result")


class _Waiting(Generic[Work, Result]):
    """One work, from when it comes until it is known what became of it."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.queued = False
        self.turn = threading.Lock()
        """Held until there is something to do, or to know."""
        self.turn.acquire()
        self.group: Sequence[_Waiting[Work, Result]] = ()
        """Of whoever leads, all that are written with it, itself first; empty for the others."""
        self.result: tuple[Result, ...] = ()
        self.failed: Unreachable | None = None
        self.alone = False
        """The group could not be written: each of it is written by itself, so that each has its own error."""


class Together(Generic[Work, Result]):
    """Runs works one group after the other: who comes while a group is written belongs to the next. Safe for threads.

    Whatever the groups, the works stand in the order of one by one, each whole or not at all.
    """

    def __init__(self, write: Callable[[Sequence[Work]], Sequence[Result]], wait: float) -> None:
        """`write`: does works in their order by one commit, all or none; `wait`: seconds until a work gives up."""
        self._write, self._wait = write, wait
        self._lock = threading.Lock()
        self._writing = False
        self._queue: deque[_Waiting[Work, Result]] = deque()

    def run(self, work: Work) -> Result:
        """Return what became of a work, once it is on disk; errors as it has them alone, Unreachable after `wait`."""
        own: _Waiting[Work, Result] = _Waiting(work)
        try:
            self._enter(own)
            if own.group:
                self._lead(own.group)
        finally:
            self._leave(own)
        if own.failed is not None:
            raise own.failed
        return own.result[0] if own.result else self._write([work])[0]

    def _enter(self, own: _Waiting[Work, Result]) -> None:
        """Return once this work leads a group, or was written in that of another."""
        with self._lock:
            if not self._writing:
                self._writing, own.group = True, (own,)
                return
            own.queued = True
            self._queue.append(own)
        if own.turn.acquire(timeout=self._wait):
            return
        with self._lock:
            if own.queued:
                self._queue.remove(own)
                own.queued = False
                raise Unreachable(
                    f"等待写入超过 {self._wait:g} 秒，本次未写入：请稍后重试",
                    f"waited more than {self._wait:g} seconds to write, and nothing was written: try again later",
                )
        own.turn.acquire()

    def _lead(self, group: Sequence[_Waiting[Work, Result]]) -> None:
        try:
            results = self._write([each.work for each in group])
        except Unreachable as error:
            if len(group) == 1:
                raise
            for each in group:
                each.failed = Unreachable(error.zh, error.en)
        except Exception:
            if len(group) == 1:
                raise
            for each in group:
                each.alone = True
        else:
            for each, result in zip(group, results, strict=True):
                each.result = (result,)

    def _leave(self, own: _Waiting[Work, Result]) -> None:
        """Hand the lead on, and tell the group; who is interrupted while waiting waits no longer."""
        with self._lock:
            if own.queued:
                self._queue.remove(own)
                own.queued = False
            if not own.group:
                return
            self._writing = bool(self._queue)
            if self._queue:
                first = self._queue[0]
                first.group = self._next()
                first.turn.release()
        for each in own.group[1:]:
            if not (each.result or each.alone or each.failed):
                each.failed = _interrupted()
            each.turn.release()
        # The group holds itself: without this its rows would stay until the garbage collector comes, if it does.
        own.group = ()

    def _next(self) -> list[_Waiting[Work, Result]]:
        """Take the next group from the queue: the first, and as many behind it as may stand in one commit."""
        found: list[_Waiting[Work, Result]] = []
        rows = 0
        while self._queue and (not found or rows + len(self._queue[0].work) <= MOST_TOGETHER):
            each = self._queue.popleft()
            each.queued = False
            rows += len(each.work)
            found.append(each)
        return found


def _interrupted() -> Unreachable:
    return Unreachable(
        "写入被中断，不知道是否已写入：请查看后再办",
        "writing was interrupted, and it is not known whether it was done: look before doing it again",
    )
