"""The table of suspicions with a million rows: a page of every sort, filters and text, beside one plain count."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from pathlib import Path
from statistics import median

from domain.cases.moves import SUSPICION
from domain.cases.suspicion import Picture
from domain.cases.suspicion_state import SuspicionState
from ledger.home import Home
from web.cases.labels import LABELS
from web.cases.places import Places
from web.cases.standing import Standing
from web.cases.table import SEVERITY, SORTS, UNFINISHED, Filter, SuspicionTable

ROWS, BATCH = 1_000_000, 20_000
TIMES = 7
SEED = 7
TOWNSHIP = "653123003"


def run(folder: Path) -> None:
    """Print the median processor time of each question, and the wall time beside it."""
    with Home.open(folder / "home") as home:
        standing = Standing(home.ledger)
        table = SuspicionTable(standing, Places(home.ledger, standing))
        made = random.Random(SEED)
        middle = ""
        for start in range(0, ROWS, BATCH):
            states = list(_states(made))
            table.put(states)
            middle = states[0].suspicion_id if start == ROWS // 2 else middle
        _measure("states that occur (one scan)", table.states)
        for sort in SORTS:
            _measure(f"first page by {sort}", partial(table.page, Filter(sort=sort)))
            _measure(f"a page behind a row by {sort}", partial(table.page, Filter(sort=sort, after=middle)))
        _measure("a township, not ended", lambda: table.page(Filter(state=UNFINISHED, township=TOWNSHIP)))
        _measure("what a township sees", lambda: table.page(Filter(), TOWNSHIP))
        _measure("a search for text", lambda: table.page(Filter(text="v0123")))


def _measure(name: str, ask: Callable[[], object]) -> None:
    spent = []
    for _ in range(TIMES):
        processor, wall = time.process_time(), time.perf_counter()
        ask()
        spent.append((time.process_time() - processor, time.perf_counter() - wall))
    processor, wall = (median(each) * 1000 for each in zip(*spent, strict=True))
    print(f"{name:36s} {processor:7.1f} ms of processor time, {wall:7.1f} ms", flush=True)


def _states(made: random.Random) -> Iterator[SuspicionState]:
    """Yield suspicions in all states, evenly over townships, kinds and severities."""
    states, kinds, severities = sorted(SUSPICION.states), sorted(LABELS["category"]), sorted(SEVERITY)
    for _ in range(BATCH):
        township = f"653123{made.randrange(1, 21):03d}"
        picture = Picture(
            severity=made.choice(severities), addressee="township", township=township, village=None, rules=("A01",),
            amount_fen=made.randrange(1_000_000), first_on=None, last_on=None, score=made.random(), evidence=(),
        )  # fmt: skip
        yield SuspicionState(
            suspicion_id=f"S{made.getrandbits(64):016x}", state=made.choice(states), category=made.choice(kinds),
            subject_type="collector", subject_id=f"V{made.randrange(5_000):05d}", to=township,
            list_id=f"653123-2026-{made.randrange(400):03d}", picture=picture,
            raised_on=date.fromordinal(739_000 + made.randrange(300)),
        )  # fmt: skip
