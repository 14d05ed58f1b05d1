"""The reasons that offices gave for differences, in clear: sealed texts, so that who looks at them is recorded."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from domain.cases.access import CASEWORK
from domain.contract import RECORD_TYPES
from domain.records.office_reports import OfficeReportRecorded
from ledger.home import Home

MOST = 2_000
"""Lines of reports that are looked through, the newest first."""


class Reason(NamedTuple):
    """A line of a report with the reason that it gives."""

    month: str
    fee: str
    account: str
    fen: int
    text: str
    """"" where it was erased."""
    received_on: date | None
    position: int


def reasons(home: Home, actor: str, why: str, fee: str, month: str) -> list[Reason]:
    """Return the reasons of a fee and month ("" of all), the newest first. Refused without a reason to look."""
    rows = home.ledger.of_type(RECORD_TYPES["office-reports"].name)[-MOST:]
    newest = {row.stream: row for row in rows}
    events = [(row.position, home.ledger.event(row)) for row in newest.values()]
    found = [
        (position, event) for position, event in events
        if isinstance(event, OfficeReportRecorded) and event.reason is not None
        and fee in ("", event.fee) and month in ("", event.month.strip())
    ]  # fmt: skip
    files = {event.envelope.causation for _, event in found}
    texts = home.vault.reveal(sorted(files), "reason", reason=why, actor=actor, purpose=CASEWORK) if files else {}
    said = {(file, home.tokens.text(text)): text for file, each in texts.items() for text in each}
    return [
        Reason(
            event.month, event.fee, event.account or "", event.amount_fen,
            said.get((event.envelope.causation, event.reason or ""), ""), event.received_on, position,
        )
        for position, event in sorted(found, key=lambda each: each[0], reverse=True)
    ]  # fmt: skip
