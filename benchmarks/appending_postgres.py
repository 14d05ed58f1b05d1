"""Appending events to a ledger in PostgreSQL, against a bare COPY of the same rows into the same table."""

from __future__ import annotations

import itertools
from contextlib import closing
from pathlib import Path

import psycopg

from benchmarks.appending import ROWS, batches
from benchmarks.measure import Compared, compare
from ledger.log import Ledger
from tests.servers.postgres import NotThere, Server, fresh

SETTINGS = {"listen_addresses": "", "shared_buffers": "256MB", "max_wal_size": "4GB", "checkpoint_timeout": "15min"}
"""Durable as in production: fsync and full pages are on."""
TABLE = (
    'CREATE TABLE stored_events (position bigint PRIMARY KEY, originator_id text COLLATE "C" NOT NULL, '
    "originator_version bigint NOT NULL, topic text NOT NULL, state bytea NOT NULL, "
    "UNIQUE (originator_id, originator_version))"
)
COPY = "COPY stored_events FROM STDIN (FORMAT BINARY)"
TYPES = ("int8", "text", "int8", "text", "bytea")


def run(folder: Path) -> Compared | str:
    """Compare both on one server of their own; a line that says why where there is no PostgreSQL."""
    try:
        with Server(SETTINGS) as server:
            return _compared(folder, server.url)
    except NotThere as missing:
        return f"append to PostgreSQL  not measured: {missing}"


def _compared(folder: Path, url: str) -> Compared:
    bare = psycopg.connect(fresh(url))
    with closing(bare), Ledger.open(folder / "append-postgres", place=fresh(url)) as ledger:
        bare.execute(TABLE)
        bare.commit()
        ours_from, bare_from, position = itertools.count(0, ROWS), itertools.count(0, ROWS), itertools.count(1)

        def ours() -> None:
            for rows in batches(next(ours_from)):
                ledger.append(rows)

        def theirs() -> None:
            for rows in batches(next(bare_from)):
                with bare.cursor() as cursor, cursor.copy(COPY) as copy:
                    copy.set_types(TYPES)
                    for row in rows:
                        copy.write_row((next(position), *row))
                bare.commit()

        return compare("append to PostgreSQL", "bare COPY of the same rows, same table", ROWS, ours, theirs)
