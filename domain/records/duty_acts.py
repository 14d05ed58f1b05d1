"""duty-acts 履职登记. Generated from domain/contracts by mingzhang.generate; do not edit."""

from __future__ import annotations

from datetime import date, datetime

from eventsourcing.utils import register_topic

from domain.fact import Defect, Fact
from domain.fees import FEE_IDS, FEE_NAMES
from domain.form import Field, RecordType
from domain.records.common import CHANGED_AT, SOURCE


class DutyActRecorded(Fact, frozen=True):
    """履职登记: recorded."""

    record_id: str
    duty: str
    department: str
    done_on: date
    division: str | None = None
    fee: str | None = None
    fee_year: int | None = None
    period: str | None = None
    count: int | None = None
    amount_fen: int | None = None
    signed: bool | None = None
    sealed: bool | None = None
    document_no: str | None = None
    attachment_sha256: str | None = None
    defects: tuple[Defect, ...] = ()
    extra: dict[str, str] = {}
    changed_at: datetime | None = None


class DutyActAmended(DutyActRecorded, frozen=True, kw_only=True):
    """履职登记: the whole new record, and the names of what changed."""

    changed: tuple[str, ...]


CONTRACT = RecordType(
    name="duty-acts",
    zh="履职登记",
    topic="duty-act",
    own_date="done_on",
    fields=(
        SOURCE,
        Field("record_id", "string", required=True, zh=("登记编号",), column="record_id"),
        Field("duty", "string", required=True, zh=("职责事项",), column="duty"),
        Field("department", "string", required=True, zh=("责任单位",), column="department"),
        Field("division", "division", zh=("行政区划代码",), column="division"),
        Field("fee", "enum", zh=("险种", "征收项目"), values=FEE_IDS, zh_values=FEE_NAMES, column="fee"),
        Field("fee_year", "integer", zh=("费款所属年度",), column="fee_year"),
        Field("period", "string", zh=("所属期",), column="period"),
        Field("done_on", "date", required=True, zh=("完成日期",), column="done_on"),
        Field("count", "integer", zh=("数量",), column="count"),
        Field("amount", "money", zh=("金额",), column="amount_fen"),
        Field("signed", "bool", zh=("负责人签字",), column="signed"),
        Field("sealed", "bool", zh=("加盖公章",), column="sealed"),
        Field("document_no", "string", zh=("文号",), column="document_no"),
        Field("attachment_sha256", "string", zh=("附件指纹",), column="attachment_sha256"),
        CHANGED_AT,
    ),
    recorded=DutyActRecorded,
    amended=DutyActAmended,
)
register_topic("duty-act.Recorded.v1", DutyActRecorded)
register_topic("duty-act.Amended.v1", DutyActAmended)
