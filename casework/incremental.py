"""A screening that works out again only what new events can change: what a home keeps from one to the next."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

import duckdb

from ledger.home import Home
from projections.as_of import shape, shared_views
from projections.beside import Beside
from projections.kept.stand import Stand
from projections.kept.world import KeptWorld
from projections.projector import last_fingerprint
from risk.anomaly.features import grains
from risk.anomaly.features import queries_of as asked_for_grains
from risk.catalogue.rule import Rule
from risk.catalogue.world import base_tables
from risk.engine import DuckDBEngine, Engine, KeptEngine, SideEngine
from risk.screening import queries_of


class Kept(NamedTuple):
    """What was kept, as it is used at one stand."""

    world: KeptWorld
    stand: Stand

    def finish(self) -> None:
        """Keep what this screening used for the next."""
        self.world.finish(self.stand)


def kept_for(home: Home, store: duckdb.DuckDBPyConnection, position: int, as_of: date, rules: Iterable[Rule]) -> Kept:
    """Open what the home keeps, for a screening at a position and a day. Unreachable where it cannot be used."""
    views = tuple(shared_views())
    world = KeptWorld(store, home.folder, [*base_tables(), *(name for name, _ in views)])
    stand = Stand(position, _event_at(home, position), as_of, shape())
    queries = [*(select for _, select in views), *queries_of(rules), *asked_for_grains(grains())]
    world.start(stand, lambda at: _event_at(home, at), queries)
    return Kept(world, stand)


def engine_of(store: duckdb.DuckDBPyConnection, kept: Kept | None, beside: Beside | None) -> Engine:
    """Return the engine that rules and features are asked through. `beside`: never together with `kept`."""
    if kept is not None:
        return KeptEngine(DuckDBEngine(store), kept.world)
    return DuckDBEngine(store) if beside is None else SideEngine(beside)


def _event_at(home: Home, position: int) -> str:
    """Return the fingerprint of the event at a position; "" where there is none."""
    columns = home.ledger.read_columns(position - 1, 1) if position else None
    return last_fingerprint(columns) if columns is not None and columns[0] == [position] else ""
