"""What the model commands look at: a home's read models at a position and a day, and everybody's rows in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from typing import NamedTuple

from casework.kept_models import Used, models
from domain.errors import Refused
from ledger.home import Home
from projections.as_of import build_world, last_business_day
from projections.models import ReadModels
from risk.anomaly.features import Grain, grains, queries_of
from risk.anomaly.rows import Rows, rows_of
from risk.engine import DuckDBEngine


class AtHand(NamedTuple):
    """Everybody's rows in a world."""

    engine: DuckDBEngine
    rows: Rows
    known: Mapping[str, Grain]
    position: int
    as_of: date


@contextmanager
def at_hand(home: Home, position: int | None = None, as_of: date | None = None) -> Iterator[AtHand]:
    """Give the rows at a position (None: the end) and a day (None: the day after the last business).

    Refused where the ledger does not reach so far, or holds no business at all.
    """
    with ReadModels(home.read_models, home.ledger) as models:
        store, at = models.connection, models.reached(position)
        last = last_business_day(store, at)
        if as_of is None and last is None:
            raise Refused("账本里还没有收缴记录", "the ledger holds no payments, receipts or transactions yet")
        day = as_of or (last or date.min) + timedelta(days=1)
        build_world(store, at, day, queries=queries_of(grains()))
        engine = DuckDBEngine(store)
        yield AtHand(engine, rows_of(engine, day), {grain.id: grain for grain in grains()}, at, day)


def in_use(home: Home, hand: AtHand, name: str | None) -> Used:
    """Return the model named, else the one that a screening of these rows would use. Refused, NotFound, Broken."""
    used = models().choose(home, hand.rows, hand.known.values(), hand.position, hand.as_of, name)
    if used is None:
        raise Refused("没有模型，数据也不足以训练", "there is no model, and too little data to train one")
    return used
