"""The read models as pages ask them: a copy of this process's own, brought up to the ledger before anybody looks."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from ledger.home import Home
from projections.models import ReadModels


class Facts:
    """Opened when first asked for; safe for threads."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._lock = threading.Lock()
        self._models: ReadModels | None = None

    @contextmanager
    def look(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Give a connection of the asker's own to the read models as the ledger has them now. Unreachable, Broken."""
        with self._lock:
            if self._models is None:
                self._models = ReadModels(self._home.read_models, self._home.ledger, own=True)
            elif self._models.position < self._home.ledger.head():
                self._models.follow()
            cursor = self._models.connection.cursor()
        try:
            yield cursor
        finally:
            cursor.close()

    def close(self) -> None:
        """Throw the copy away."""
        with self._lock:
            if self._models is not None:
                self._models.close()
                self._models = None
