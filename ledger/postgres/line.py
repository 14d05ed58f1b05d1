"""A connection that does not wait for ever: while the server is silent, another line asks whether it still answers."""

from __future__ import annotations

import time

import psycopg
from psycopg import Connection
from psycopg.abc import RV, PQGen
from psycopg.errors import ConnectionTimeout
from psycopg.rows import TupleRow
from psycopg.waiting import Ready

ASK_AFTER_SECONDS = 6.0
"""A server that is frozen, or a network that swallows packets, looks like one that works: so it is asked by then."""
ANSWER_SECONDS = 6
"""A server under load has so long to answer who asks."""
_WAKE_SECONDS = 0.1


class Line(Connection[TupleRow]):
    """A connection that is closed under whoever waits on it once the server answers nobody."""

    ends_after: float | None = None
    """Seconds of silence that end it even where the server answers others: it should have ended the statement."""

    def wait(self, gen: PQGen[RV], interval: float = _WAKE_SECONDS, timeout: float | None = None) -> RV:
        """Wait as the connection does; psycopg.OperationalError, the connection closed, where nothing will come."""
        return super().wait(self._watched(gen), interval, timeout)

    def _watched(self, gen: PQGen[RV]) -> PQGen[RV]:
        """Pass on between the generator and who waits for it, looking up whenever nothing has come."""
        silent_since: float | None = None
        ask_at = 0.0
        try:
            wanted = next(gen)
            while True:
                ready = yield wanted
                if ready != Ready.NONE:
                    silent_since = None
                elif silent_since is None:
                    silent_since = time.monotonic()
                    ask_at = silent_since + ASK_AFTER_SECONDS
                elif time.monotonic() >= ask_at:
                    self._ask(time.monotonic() - silent_since)
                    ask_at = time.monotonic() + ASK_AFTER_SECONDS
                wanted = gen.send(ready)
        except StopIteration as ended:
            found: RV = ended.value
            return found

    def _ask(self, silent: float) -> None:
        """Close this connection where the server answers nobody, or this one for longer than a statement may take."""
        if self.ends_after is not None and silent >= self.ends_after:
            self._give_up(f"no answer for {silent:.0f} s")
        try:
            Connection.connect(self.info.dsn, password=self.info.password, connect_timeout=ANSWER_SECONDS).close()
        except ConnectionTimeout:
            self._give_up(f"no answer for {silent:.0f} s, and none to a new connection for {ANSWER_SECONDS} s")
        except psycopg.Error:
            # Somebody is there and says no: what becomes of this line shows by itself.
            return

    def _give_up(self, said: str) -> None:
        self.close()
        raise psycopg.OperationalError(said)
