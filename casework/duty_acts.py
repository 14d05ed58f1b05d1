"""Recording that an office did its duty: an act goes the way of every record, from the form of a page."""

from __future__ import annotations

import hashlib
import tempfile
from datetime import date, datetime
from pathlib import Path

import msgspec

from domain.errors import Malformed
from intake.ingest import Intake
from intake.taking import Tally
from ledger.home import Home

TYPE, SOURCE = "duty-acts", "duty-register"
_LONGEST = 60
"""Characters of a document's number."""


class Act(msgspec.Struct, frozen=True, kw_only=True):
    """That a duty was done once."""

    duty: str
    department: str
    done_on: date
    township: str = ""
    """Of a duty that each township owes, or is served by."""
    fee: str = ""
    fee_year: int | None = None
    period: str = ""
    """YYYY-MM, or 2026Q1, of what is owed by the month or the quarter."""
    document_no: str = ""
    signed: bool = False
    sealed: bool = False


def record_act(home: Home, act: Act, actor: str, at: datetime) -> bool:
    """Record an act; False where the very same stands already. Malformed, Unreachable, Broken.

    Its id follows from what it says, so that sending a form twice records one act.
    """
    today = at.date()
    if act.done_on > today:
        raise Malformed(f"办理日期 {act.done_on} 晚于今天", f"done on {act.done_on}, which is after today")
    if len(act.document_no) > _LONGEST:
        raise Malformed(f"文号不应超过 {_LONGEST} 字", f"a document's number has {_LONGEST} characters at most")
    row = _row(act)
    refused: list[str] = []

    def watch(became: object) -> None:
        if isinstance(became, Tally):
            refused.extend(f"{each.column}：{each.reason_zh}" for each in became.refusals)

    with tempfile.TemporaryDirectory(prefix="mingzhang-act-") as folder:
        file = Path(folder) / f"{TYPE}-{row['record_id']}.jsonl"
        file.write_bytes(msgspec.json.encode(row) + b"\n")
        intake = Intake(home, actor=actor, clock=lambda: at)
        intake.watch = watch
        (counts,) = intake.take(file, as_type=TYPE, source=SOURCE).files
    if refused:
        raise Malformed(f"没有记入：{'；'.join(refused)}", "not recorded: a value is not what the contract expects")
    return bool(counts.appended)


def _row(act: Act) -> dict[str, str]:
    said = msgspec.json.encode(act)
    cells = {
        "record_id": f"YM-{hashlib.sha256(said).hexdigest()[:16]}",
        "duty": act.duty,
        "department": act.department,
        "division": act.township,
        "fee": act.fee,
        "fee_year": "" if act.fee_year is None else str(act.fee_year),
        "period": act.period,
        "done_on": act.done_on.isoformat(),
        "document_no": act.document_no,
        "signed": "true" if act.signed else "false",
        "sealed": "true" if act.sealed else "false",
    }
    return {name: text for name, text in cells.items() if text}
