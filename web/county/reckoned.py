"""What rules make of the records, as profiles ask it: their shared views, made again where records came in."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date, timedelta
from typing import NamedTuple

import duckdb

from projections.as_of import build_world, last_business_day
from web.county.newest import last_record, last_record_of, newest_as, query
from web.frame.facts import Facts

QUERIES = (
    "collectors", "collector_seasons", "collector_weeks", "collector_days", "terminals", "terminal_ways",
    "terminal_weeks", "terminal_days", "terminal_unexplained", "villages", "village_seasons", "village_weeks",
    "village_days", "register_townships", "register_days", "register_lines",
)  # fmt: skip
"""The queries that are asked: only the shared views that they read are made."""
PATIENCE_S = 1.5
"""Making that takes longer goes on beside the requests, which meanwhile see what was made before."""
BEGUN_FROM = 200_000
"""Events of a ledger from which making takes seconds."""


class Reckoning(NamedTuple):
    """The records as one ledger position and day have them, with what rules make of them."""

    connection: duckdb.DuckDBPyConnection
    position: int
    """Of the last record."""
    as_of: date
    """The day after the last one with business, as a screening takes it."""
    ahead: bool
    """Whether records came in since, which are still being counted."""


class Reckoned:
    """Made when first asked for, and then where records came in; safe for threads."""

    def __init__(self, facts: Facts, patience_s: float = PATIENCE_S) -> None:
        self._facts = facts
        self.patience_s = patience_s
        self._lock = threading.Lock()
        """Held while somebody asks, since a connection answers one at a time."""
        self._making = threading.Lock()
        self._made: _Made | None = None

    @contextmanager
    def look(self) -> Iterator[Reckoning]:
        """Give the reckoning. Unreachable, Broken."""
        newest = last_record(self._facts)
        if self._made is None or (self._made.position < newest and self._made.seconds <= self.patience_s):
            with self._making:
                if self._made is None or self._made.position < newest:
                    self._make()
        elif self._made.position < newest:
            self._make_beside()
        with self._lock:
            made = self._made
            if made is None:
                raise RuntimeError("closed")
            yield Reckoning(made.connection, made.position, made.as_of, made.position < newest)

    def begin(self, events: int) -> None:
        """Make it beside the requests before anybody asks, where a ledger of so many events makes that long."""
        if events >= BEGUN_FROM:
            self._make_beside()

    def close(self) -> None:
        """Let go of the tables."""
        with self._making, self._lock:
            if self._made is not None:
                self._made.held.close()
                self._made = None

    def _make_beside(self) -> None:
        if self._making.acquire(blocking=False):
            threading.Thread(target=self._made_beside, daemon=True).start()

    def _made_beside(self) -> None:
        try:
            self._make()
        finally:
            self._making.release()

    def _make(self) -> None:
        made = _made(self._facts)
        with self._lock:
            old, self._made = self._made, made
            if old is not None:
                old.held.close()


class _Made(NamedTuple):
    held: ExitStack
    connection: duckdb.DuckDBPyConnection
    position: int
    as_of: date
    seconds: float


def _made(facts: Facts) -> _Made:
    began = time.perf_counter()
    held = ExitStack()
    try:
        connection = held.enter_context(facts.look())
        position = last_record_of(connection)
        as_of = (last_business_day(connection, position) or date(1970, 1, 1)) + timedelta(days=1)
        build_world(connection, position, as_of, queries=[query(name) for name in QUERIES])
        newest_as(connection, "cash-receipts", "kept_lines")
    except BaseException:
        held.close()
        raise
    return _Made(held, connection, position, as_of, time.perf_counter() - began)
