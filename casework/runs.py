"""The screening runs of a home: what each found, as lists are drawn up from it."""

from __future__ import annotations

from io import BytesIO
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from domain.cases.screening import ScreeningRun
from domain.errors import NotFound, Refused
from ledger.home import Home
from risk.scoring.suspicion import SCHEMA

PREFIX = "screening"


class Run(NamedTuple):
    """A screening run in the ledger."""

    event_id: str
    event: ScreeningRun
    recorded: int
    """Position of its event."""

    def suspicions(self, home: Home) -> pa.Table:
        """Return the scored suspicions; Refused where the run is older than their keeping, Broken."""
        if not self.event.scored:
            raise Refused(
                f"{self.event_id} 没有保存评分结果：请重新筛查（mingzhang screen --out ...）",
                f"{self.event_id} kept no scores: screen again (mingzhang screen --out ...)",
            )
        return pq.read_table(BytesIO(home.objects.get(self.event.scored))).cast(SCHEMA)


def runs(home: Home) -> list[Run]:
    """Return the home's runs in the order in which they were made."""
    found = []
    for recorded in home.ledger.of_type(PREFIX):
        event = home.ledger.event(recorded)
        if isinstance(event, ScreeningRun):
            found.append(Run(f"{recorded.stream}@{recorded.version}", event, recorded.position))
    return found


def needed_runs(home: Home) -> list[Run]:
    """Return the home's runs, the newest last; Refused where there is none."""
    found = runs(home)
    if not found:
        raise Refused(
            "还没有筛查记录：请先用 mingzhang screen --home ... --out ... 筛查",
            "nothing was screened yet: run mingzhang screen --home ... --out ... first",
        )
    return found


def last_run(home: Home) -> Run:
    """Return the newest run; Refused where there is none."""
    return needed_runs(home)[-1]


def run_named(home: Home, event_id: str) -> Run:
    """Return a run by its event id; NotFound."""
    for run in runs(home):
        if run.event_id == event_id:
            return run
    raise NotFound(f"账本中没有筛查 {event_id}", f"the ledger has no screening run {event_id}")
