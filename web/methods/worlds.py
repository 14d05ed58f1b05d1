"""The world of rules as a page asks it: at the ledger's end and today, with the shared views that a query reads."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from projections.as_of import build_world
from risk.engine import DuckDBEngine
from web.frame.visit import Visit

_ONE_AT_A_TIME = threading.Lock()


@contextmanager
def world_of(visit: Visit, queries: Iterable[str]) -> Iterator[DuckDBEngine]:
    """Give an engine over the world that these queries read; one page after the other, since it takes the processors.

    Of a county of 300,000 people a world takes seconds. Unreachable, Broken.
    """
    with _ONE_AT_A_TIME, visit.service.facts.look() as connection:
        build_world(connection, visit.service.home.ledger.head(), visit.cases().acting.today, queries=queries)
        yield DuckDBEngine(connection)
