"""A world of some counties of a lake, ready for the rules, whichever engine holds it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import date, timedelta
from typing import NamedTuple, Protocol

from domain.errors import Refused
from projections.as_of import last_business_day
from projections.beside import Beside
from projections.lake.reading import Lakes, paths_sql
from projections.store import open_store
from risk.engine import Engine
from risk.thresholds import Thresholds

_DATED = ("payments", "cash_receipts", "pos_transactions", "refunds", "payment_voids")
"""Tables by which the last day of business is known."""


class World(NamedTuple):
    """Some counties as rules see them."""

    counties: tuple[str, ...]
    engine: Engine
    thresholds: Thresholds
    rows: int
    """Rows of history that the world was made from."""
    beside: Beside | None = None
    """The connections that work on it side by side, where there are several."""


class LakeEngine(Protocol):
    """Gives the worlds of a lake, one after the other, so that each county is in one of them."""

    name: str

    def version(self) -> str:
        """Return the engine's own version."""

    def worlds(self, lakes: Lakes, as_of: date) -> Iterator[AbstractContextManager[World]]:
        """Yield the worlds, each built when it is entered and gone when it is left."""


def default_day(lakes: Lakes) -> date:
    """Return the day after the last business in the lakes; Refused where there is none."""
    with open_store(None) as store:
        for table in _DATED:
            paths = lakes.files(table)
            if paths:
                store.execute(f"DROP TABLE history.{table}")
                store.execute(f"CREATE VIEW history.{table} AS SELECT * FROM {paths_sql(paths)}")
        last = last_business_day(store, lakes.position)
    if last is None:
        raise Refused(
            "数据湖中没有业务记录：请用 --as-of 指明日期", "the lakes hold no business: name the day by --as-of"
        )
    return last + timedelta(days=1)
