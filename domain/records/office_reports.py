"""office-reports 社保费月报. Generated from domain/contracts by mingzhang.generate; do not edit."""

from __future__ import annotations

from datetime import date, datetime

from eventsourcing.utils import register_topic

from domain.fact import Defect, Fact
from domain.fees import FEE_IDS, FEE_NAMES
from domain.form import Field, RecordType
from domain.records.common import CHANGED_AT, SOURCE


class OfficeReportRecorded(Fact, frozen=True):
    """社保费月报: recorded."""

    record_id: str
    month: str
    fee: str
    amount_fen: int
    account: str | None = None
    count: int | None = None
    reason: str | None = None
    received_on: date | None = None
    defects: tuple[Defect, ...] = ()
    extra: dict[str, str] = {}
    changed_at: datetime | None = None


class OfficeReportAmended(OfficeReportRecorded, frozen=True, kw_only=True):
    """社保费月报: the whole new record, and the names of what changed."""

    changed: tuple[str, ...]


CONTRACT = RecordType(
    name="office-reports",
    zh="社保费月报",
    topic="office-report",
    own_date="received_on",
    fields=(
        SOURCE,
        Field("record_id", "string", required=True, zh=("月报行号",), column="record_id"),
        Field("month", "string", required=True, zh=("所属月份",), column="month"),
        Field("fee", "enum", required=True, zh=("险种",), values=FEE_IDS, zh_values=FEE_NAMES, column="fee"),
        Field("account", "string", zh=("账户",), column="account"),
        Field("amount", "money", required=True, zh=("金额",), column="amount_fen"),
        Field("count", "integer", zh=("笔数",), column="count"),
        Field("reason", "string", zh=("差异原因",), stands="sealed", column="reason"),
        Field("received_on", "date", zh=("收到日期",), column="received_on"),
        CHANGED_AT,
    ),
    recorded=OfficeReportRecorded,
    amended=OfficeReportAmended,
)
register_topic("office-report.Recorded.v1", OfficeReportRecorded)
register_topic("office-report.Amended.v1", OfficeReportAmended)
