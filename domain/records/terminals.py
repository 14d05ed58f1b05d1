"""terminals POS终端台账. Generated from domain/contracts by mingzhang.generate; do not edit."""

from __future__ import annotations

from datetime import date, datetime

from eventsourcing.utils import register_topic

from domain.fact import Defect, Fact
from domain.form import Field, RecordType
from domain.records.common import CHANGED_AT, SOURCE


class TerminalRecorded(Fact, frozen=True):
    """POS终端台账: recorded."""

    record_id: str
    division: str
    installed_on: date
    merchant_id: str | None = None
    collector_id: str | None = None
    withdrawn_on: date | None = None
    location: str | None = None
    defects: tuple[Defect, ...] = ()
    extra: dict[str, str] = {}
    changed_at: datetime | None = None


class TerminalAmended(TerminalRecorded, frozen=True, kw_only=True):
    """POS终端台账: the whole new record, and the names of what changed."""

    changed: tuple[str, ...]


CONTRACT = RecordType(
    name="terminals",
    zh="POS终端台账",
    topic="terminal",
    own_date="installed_on",
    fields=(
        SOURCE,
        Field("record_id", "string", required=True, zh=("终端号",), column="record_id"),
        Field("merchant_id", "string", zh=("商户号",), column="merchant_id"),
        Field("division", "division", required=True, zh=("布放村（社区）代码", "布放村社区代码"), column="division"),
        Field("collector_id", "string", zh=("保管人编号",), column="collector_id"),
        Field("installed_on", "date", required=True, zh=("布放日期",), column="installed_on"),
        Field("withdrawn_on", "date", zh=("撤机日期",), column="withdrawn_on"),
        Field("location", "string", zh=("布放位置",), column="location"),
        CHANGED_AT,
    ),
    recorded=TerminalRecorded,
    amended=TerminalAmended,
)
register_topic("terminal.Recorded.v1", TerminalRecorded)
register_topic("terminal.Amended.v1", TerminalAmended)
