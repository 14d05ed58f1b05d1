"""control-totals 数据对账总数. Generated from domain/contracts by mingzhang.generate; do not edit."""

from __future__ import annotations

from datetime import date, datetime

from eventsourcing.utils import register_topic

from domain.fact import Defect, Fact
from domain.form import Field, RecordType
from domain.records.common import CHANGED_AT, SOURCE


class ControlTotalRecorded(Fact, frozen=True):
    """数据对账总数: recorded."""

    record_id: str
    of_source: str
    of_type: str
    day: date
    count: int
    amount_fen: int | None = None
    first_no: str | None = None
    last_no: str | None = None
    defects: tuple[Defect, ...] = ()
    extra: dict[str, str] = {}
    changed_at: datetime | None = None


class ControlTotalAmended(ControlTotalRecorded, frozen=True, kw_only=True):
    """数据对账总数: the whole new record, and the names of what changed."""

    changed: tuple[str, ...]


CONTRACT = RecordType(
    name="control-totals",
    zh="数据对账总数",
    topic="control-total",
    own_date="day",
    fields=(
        SOURCE,
        Field("record_id", "string", required=True, zh=("对账编号",), column="record_id"),
        Field("of_source", "string", required=True, zh=("数据来源系统",), column="of_source"),
        Field("of_type", "string", required=True, zh=("记录类型",), column="of_type"),
        Field("day", "date", required=True, zh=("业务日期",), column="day"),
        Field("count", "integer", required=True, zh=("记录数",), column="count"),
        Field("amount", "money", zh=("金额合计",), column="amount_fen"),
        Field("first_no", "string", zh=("起始序号",), column="first_no"),
        Field("last_no", "string", zh=("终止序号",), column="last_no"),
        CHANGED_AT,
    ),
    recorded=ControlTotalRecorded,
    amended=ControlTotalAmended,
)
register_topic("control-total.Recorded.v1", ControlTotalRecorded)
register_topic("control-total.Amended.v1", ControlTotalAmended)
