"""A home with a small ledger and screening runs put together from findings: what the tests of casework start from."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec

from casework.cases import issuing
from casework.cases.drawing import Drawn, draw_lists
from casework.cases.store import Acting, Cases
from casework.parquet import as_parquet
from domain.cases.list_state import ListState
from domain.cases.screening import ScreeningRun
from domain.fact import Envelope
from ledger.home import Home
from ledger.log import StoredRow
from risk.scoring.score import score
from tests.county import data_folder, payment, receipt, take
from tests.risk.scoring.rows import findings as rows_of
from tests.risk.scoring.rows import officials

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
"""A Monday, ten o'clock +08:00."""
TODAY = NOW.date()
AS_OF = date(2026, 1, 20)
TOWNSHIP = "653123103"
RULES = ("A01", "A04", "B01", "C01", "D01")


def home_at(folder: Path) -> Home:
    """Return a home whose ledger holds a few facts."""
    data = data_folder(
        folder / "data",
        cash_receipts=[receipt(f"R00{n}", n) for n in range(1, 6)],
        payments=[payment("P001", 1)],
    )
    home = Home.open(folder / "home")
    take(home, data)
    return home


def cases_of(home: Home, actor: str = "li", at: datetime = NOW) -> Cases:
    """Return the cases for somebody at a moment."""
    return Cases(home, Acting(actor, at))


def screened(
    home: Home, *findings: Mapping[str, object], as_of: date = AS_OF, changes: Mapping[str, object] | None = None
) -> str:
    """Append a screening run that found this, at the ledger's end; `changes`: fields of its event. Return its id."""
    table = score(rows_of(*findings), officials())
    run = uuid.uuid4().hex
    event = ScreeningRun(
        position=home.ledger.head(), as_of=as_of, rules=dict.fromkeys(RULES, "1:" + "a" * 64), parameters={},
        outcomes=dict.fromkeys(RULES, "none"), findings=len(findings), suspicions=table.num_rows,
        suspicions_sha256="b" * 64, scored=home.objects.put(as_parquet(table)),
        envelope=Envelope("mingzhang", "000000", NOW, "li", f"screening:{run}", run),
    )  # fmt: skip
    event = msgspec.structs.replace(event, **(changes or {}))
    home.ledger.append([StoredRow(f"screening:{run}", 1, "screening.Run.v1", msgspec.json.encode(event))])
    return f"screening:{run}@1"


def drawn(home: Home, *findings: Mapping[str, object]) -> Drawn:
    """Screen and draw up lists."""
    screened(home, *findings)
    return draw_lists(cases_of(home))


def issued(home: Home, *findings: Mapping[str, object]) -> ListState:
    """Screen, draw up, approve and issue; return the first list."""
    list_id = drawn(home, *findings).lists[0].id
    issuing.approve(cases_of(home, "wang"), list_id)
    return issuing.issue(cases_of(home), list_id)


def days_later(days: int) -> datetime:
    """Return the same hour some days after NOW."""
    return NOW + timedelta(days=days)
