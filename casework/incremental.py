"""A screening that works out again only what new events can change: what a home keeps from one to the next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

import duckdb

from ledger.home import Home
from projections.as_of import shape, shared_views
from projections.beside import Beside
from projections.codes import Codes
from projections.kept.file import KeptFile
from projections.kept.stand import Stand
from projections.kept.world import KeptWorld
from projections.projector import last_fingerprint
from risk.anomaly.features import grains
from risk.anomaly.features import queries_of as asked_for_grains
from risk.catalogue.rule import Rule
from risk.catalogue.world import base_tables
from risk.engine import Engine, KeptEngine, engine_on
from risk.screening import queries_of


class Kept(NamedTuple):
    """What was kept, as it is used at one stand."""

    world: KeptWorld
    stand: Stand

    def finish(self) -> None:
        """Keep what this screening used for the next."""
        self.world.finish(self.stand)


def kept_for(
    home: Home, store: duckdb.DuckDBPyConnection, beside: Beside | None, position: int, as_of: date,
    rules: Iterable[Rule], codes: Codes,
) -> Kept:  # fmt: skip
    """Open what the home keeps, for a screening at a position and a day. Unreachable where it cannot be used."""
    world = world_of((store,) if beside is None else beside.connections, KeptFile(store, home.folder))
    return started(home, world, position, as_of, codes, (*queries_of(rules), *asked_for_grains(grains())))


def world_of(connections: Sequence[duckdb.DuckDBPyConnection], file: KeptFile | None = None) -> KeptWorld:
    """Return a world of the rules' tables, as the file has it, or one that is kept in memory as long as it is used."""
    return KeptWorld(connections, [*base_tables(), *(name for name, _ in shared_views())], file)


def started(home: Home, world: KeptWorld, position: int, as_of: date, codes: Codes, queries: Iterable[str]) -> Kept:
    """Return the world once it holds nothing that new events may have changed; `queries`: what it will be asked."""
    stand = Stand(position, _event_at(home, position), as_of, shape(codes))
    world.start(stand, lambda at: _event_at(home, at), [*(select for _, select in shared_views()), *queries])
    return Kept(world, stand)


def engine_of(store: duckdb.DuckDBPyConnection, kept: Kept | None, beside: Beside | None) -> Engine:
    """Return the engine that rules and features are asked through."""
    engine = engine_on(store, beside)
    return engine if kept is None else KeptEngine(engine, kept.world)


def _event_at(home: Home, position: int) -> str:
    """Return the fingerprint of the event at a position; "" where there is none."""
    columns = home.ledger.read_columns(position - 1, 1) if position else None
    return last_fingerprint(columns) if columns is not None and columns[0] == [position] else ""
