"""The Merkle log: what sealing adds to taking files in, how fast a log is verified, how long one proof takes."""

from __future__ import annotations

import itertools
import random
import time
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from benchmarks.appending import BATCH, STATE
from benchmarks.measure import compare, seconds
from intake.ingest import Intake
from ledger.home import Home
from ledger.log import Ledger, StoredRow
from ledger.merkle.contents import Contents
from ledger.merkle.pace import Pace
from ledger.merkle.proofs import prove
from ledger.merkle.sealer import LOG, Sealer
from ledger.merkle.sources import LedgerEntries
from ledger.merkle.tiles import Tiles
from ledger.merkle.verifying import Named, Verification
from simulation.county import write_county

PEOPLE, EVENTS, PROOFS = 30_000, 1_000_000, 200


def run(folder: Path) -> None:
    """Print sealing against not sealing, both taking in a whole county, then verification and proofs."""
    county = folder / "county-to-seal"
    write_county(county, PEOPLE, 1)
    numbers = itertools.count()

    def take(*, sealed: bool) -> None:
        home = Home.open(folder / f"sealed-{next(numbers)}")
        if not sealed:
            home.sealer = None
        intake, pace = Intake(home, actor="benchmark", clock=lambda: datetime.now(UTC)), Pace(home.sealer)
        intake.watch = lambda became: pace.batch_done()
        intake.take(county)
        home.close()

    probe = Home.open(folder / "count")
    Intake(probe, actor="benchmark", clock=lambda: datetime.now(UTC)).take(county)
    events = probe.ledger.head()
    probe.close()
    print(compare("files to sealed ledger", "the same without sealing", events, lambda: take(sealed=True),
                  lambda: take(sealed=False)), flush=True)  # fmt: skip
    _verify(folder / "verified")


def _verify(home: Path) -> None:
    ledger = Ledger.open(home)
    for first in range(0, EVENTS, BATCH):
        ledger.append([
            StoredRow(f"payments:tax-core:4400{n:014d}", 1, "payment.Recorded.v1", STATE)
            for n in range(first, first + BATCH)
        ])  # fmt: skip
    sealer = Sealer(home, ledger)
    spent = seconds(sealer.seal)
    print(f"sealing alone: {EVENTS / spent:,.0f} events/s, {spent / EVENTS * 1e6:.1f} us an event", flush=True)
    signed, log = sealer.checkpoint(), Tiles(home / LOG)
    start = time.process_time()
    contents = Contents(ledger.objects)
    verification = Verification(LedgerEntries(ledger), log, Named("", signed.checkpoint), (), contents=contents)
    wall = seconds(verification.run)
    core = time.process_time() - start
    print(f"verify: {EVENTS / core:,.0f} events/s a core, {EVENTS / wall:,.0f} events/s by the clock", flush=True)
    chosen = random.Random(1).sample(range(EVENTS), PROOFS)
    times = sorted(seconds(partial(prove, log, index, signed)) for index in chosen)
    print(f"one proof of {EVENTS:,}: median {times[PROOFS // 2] * 1e3:.2f} ms, longest {times[-1] * 1e3:.2f} ms")
    ledger.close()
