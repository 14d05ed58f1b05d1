"""Connections to one PostgreSQL database: kept, given to one thread at a time, and made again when they are lost."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import LiteralString, NoReturn, TypeVar

import psycopg
from psycopg import Cursor, IsolationLevel
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import TransactionStatus
from psycopg.rows import TupleRow

from domain.errors import Malformed, Unreachable
from ledger.postgres.failures import is_lost, meaning_of, unreachable
from ledger.postgres.line import Line

PATIENCE_SECONDS = 30
"""How long work goes on trying to reach a server that went away: under a minute with what a silence takes to show."""
FIRST_PAUSE, LONGEST_PAUSE = 0.05, 2.0
LINE = {
    "connect_timeout": "5",
    "keepalives_idle": "5",
    "keepalives_interval": "3",
    "keepalives_count": "3",
    "tcp_user_timeout": "15000",
    "application_name": "mingzhang",
}
"""A line that is dead shows within fifteen seconds; what the address itself says comes first. See also `line`."""
STATEMENT_SECONDS = 60
"""What a statement may take beyond its wait for others."""
GRACE_SECONDS = 10
"""How long the server may take to say that a statement took too long."""
IDLE_SECONDS = 60
"""A process that stops in the middle of a transaction loses it, so that others can append."""
_SESSION = (
    "SELECT set_config('lock_timeout', %(lock)s, false), set_config('statement_timeout', %(statement)s, false), "
    "set_config('idle_in_transaction_session_timeout', %(idle)s, false), set_config('enable_seqscan', 'off', false), "
    "set_config('enable_bitmapscan', 'off', false), set_config('enable_sort', 'off', false), "
    "set_config('max_parallel_workers_per_gather', '0', false), "
    "set_config('synchronous_commit', CASE current_setting('synchronous_commit') WHEN 'off' THEN 'on' "
    "ELSE current_setting('synchronous_commit') END, false)"
)
"""Every look-up goes along an index, however old the statistics; a commit is on disk before it is answered."""
_STATEMENT_TIMEOUT = "SELECT set_config('statement_timeout', %s, false)"

Rows = Cursor[TupleRow]
Result = TypeVar("Result")


class Database:
    """One database; safe for threads, not for a fork."""

    def __init__(self, url: str, wait: int, *, reached: bool = False) -> None:
        """`wait`: seconds to wait for others; `reached`: whether this work has reached the server before."""
        self.url, self.name, self.wait = _complete(url), name_of(url), wait
        self._one = threading.Lock()
        self._idle: list[Line] = []
        self._reached = reached
        self._closed = False

    def run(self, work: Callable[[Rows], Result], again: Callable[[Rows], Result] | None = None) -> Result:
        """Return the result of work in a committed transaction, done anew where the connection is lost.

        `again` is the work once an earlier attempt may have been committed without an answer; without it the work is
        such that doing it twice is harmless. Errors: Unreachable, Broken, psycopg.Error that the caller must know.
        """
        later = again or work
        return self._persistently(lambda one: _transaction(one, work), lambda one: _transaction(one, later))

    def alone(self, statement: LiteralString) -> None:
        """Run a statement that allows no transaction around it and may take its time; errors as `run`."""

        def work(connection: Line) -> None:
            connection.execute("SET statement_timeout = 0")
            ends_after, connection.ends_after = connection.ends_after, None
            try:
                connection.execute(statement)
            finally:
                connection.ends_after = ends_after
                connection.execute(_STATEMENT_TIMEOUT, [str(_milliseconds(self.wait + STATEMENT_SECONDS))])

        self._persistently(work, work)

    def connect(self) -> Line:
        """Return a connection of its own, in autocommit mode, that the caller closes; psycopg.Error."""
        connection = Line.connect(self.url, autocommit=True, prepare_threshold=2)
        # Before anything is asked: a line that is cut while it is young is a lost line, not a wrong address.
        self._reached = True
        try:
            connection.isolation_level = IsolationLevel.READ_COMMITTED
            times = {
                "lock": str(_milliseconds(self.wait)),
                "statement": str(_milliseconds(self.wait + STATEMENT_SECONDS)),
                "idle": str(_milliseconds(IDLE_SECONDS)),
            }
            connection.execute(_SESSION, times)
            connection.ends_after = float(self.wait + STATEMENT_SECONDS + GRACE_SECONDS)
        except BaseException:
            connection.close()
            raise
        return connection

    def close(self) -> None:
        """Close what is not in use; what is given back later is closed then."""
        with self._one:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def _persistently(
        self, work: Callable[[Line], Result], again: Callable[[Line], Result]
    ) -> Result:
        deadline, pause = 0.0, FIRST_PAUSE
        while True:
            connection: Line | None = None
            try:
                connection = self._taken()
                result = work(connection)
            except psycopg.Error as error:
                lost = is_lost(error, usable=connection is not None and not connection.closed)
                self._put_back(connection, usable=not lost)
                if not lost:
                    self._explain(error)
                deadline = deadline or time.monotonic() + PATIENCE_SECONDS
                if not self._reached or time.monotonic() + pause > deadline:
                    raise unreachable(error, self.name) from error
                work = again if connection is not None else work
            except BaseException:
                self._put_back(connection, usable=True)
                raise
            else:
                self._put_back(connection, usable=True)
                return result
            time.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    def _explain(self, error: psycopg.Error) -> NoReturn:
        meaning = meaning_of(error, self.name)
        if meaning is None:
            raise error
        raise meaning from error

    def _taken(self) -> Line:
        with self._one:
            if self._closed:
                raise Unreachable(f"{self.name} 的连接已关闭", f"the connections to {self.name} are closed")
            if self._idle:
                return self._idle.pop()
        return self.connect()

    def _put_back(self, connection: Line | None, *, usable: bool) -> None:
        """Keep a connection for the next who asks; after a loss those that lay idle are not trusted either."""
        if connection is None:
            return
        with self._one:
            gone = [] if usable else self._idle
            if not usable:
                self._idle = []
            if usable and not self._closed and connection.info.transaction_status is TransactionStatus.IDLE:
                self._idle.append(connection)
            else:
                gone = [*gone, connection]
        for each in gone:
            each.close()


def name_of(url: str) -> str:
    """Return what messages call a database: its address without user and password; Malformed where it is none."""
    try:
        parts = conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        parts = {}
    if not url.startswith(("postgresql://", "postgres://")) or not parts:
        raise Malformed(
            "MINGZHANG_LEDGER 不是有效的 PostgreSQL 地址：应为 postgresql://用户@主机:端口/数据库",
            "MINGZHANG_LEDGER is no address of a PostgreSQL database: expected postgresql://user@host:port/database",
        )
    host = parts.get("host") or parts.get("hostaddr") or "localhost"
    port = f":{parts['port']}" if parts.get("port") else ""
    return f"PostgreSQL {host}{port}/{parts.get('dbname') or parts.get('user') or ''}"


def _complete(url: str) -> str:
    name_of(url)
    given = {key: str(value) for key, value in conninfo_to_dict(url).items() if value is not None}
    return make_conninfo(**(LINE | given))


def _transaction(connection: Line, work: Callable[[Rows], Result]) -> Result:
    with connection.transaction(), connection.cursor(binary=True) as cursor:
        return work(cursor)


def _milliseconds(seconds: int) -> int:
    return seconds * 1000
