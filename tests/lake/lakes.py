"""What the tests of the lake start from: a home with a made-up county, its read models, and exports of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from ledger.home import Home
from projections.lake.export import Exported, Exporter
from projections.lake.reading import load_history, open_lakes
from projections.lake.tables import SCREENED
from projections.projector import Projector
from projections.store import open_store
from projections.tables import fingerprints

Prints = dict[str, tuple[int, str]]


@contextmanager
def read_models(home: Home) -> Iterator[tuple[duckdb.DuckDBPyConnection, int]]:
    """Give read models in memory, brought up to the ledger, and their position."""
    store = open_store(None, threads=2)
    try:
        yield store, Projector(store, home.ledger).run()
    finally:
        store.close()


def exported(home: Home, folder: Path) -> Exported:
    """Bring a lake up to a home's ledger."""
    with read_models(home) as (store, position):
        return Exporter(store, home.ledger, folder).run(position)


def in_ledger(home: Home) -> Prints:
    """Return the fingerprints of the read tables that a screening reads, from the ledger."""
    with read_models(home) as (store, _):
        return {table: print_ for table, print_ in fingerprints(store).items() if table in SCREENED}


def in_lake(folder: Path) -> Prints:
    """Return the same from a lake."""
    lakes = open_lakes([folder])
    with open_store(None, threads=2) as store:
        load_history(store, lakes, tuple(lakes.counties))
        return {table: print_ for table, print_ in fingerprints(store).items() if table in SCREENED}
