"""treasury-statements 国库入库对账单. Generated from domain/contracts by mingzhang.generate; do not edit."""

from __future__ import annotations

from datetime import date, datetime

from eventsourcing.utils import register_topic

from domain.fact import Defect, Fact
from domain.fees import FEE_IDS, FEE_NAMES
from domain.form import Field, RecordType
from domain.records.common import CHANGED_AT, SOURCE


class TreasuryStatementRecorded(Fact, frozen=True):
    """国库入库对账单: recorded."""

    record_id: str
    month: str
    fee: str
    amount_fen: int
    account: str | None = None
    count: int | None = None
    received_on: date | None = None
    defects: tuple[Defect, ...] = ()
    extra: dict[str, str] = {}
    changed_at: datetime | None = None


class TreasuryStatementAmended(TreasuryStatementRecorded, frozen=True, kw_only=True):
    """国库入库对账单: the whole new record, and the names of what changed."""

    changed: tuple[str, ...]


CONTRACT = RecordType(
    name="treasury-statements",
    zh="国库入库对账单",
    topic="treasury-statement",
    own_date="received_on",
    fields=(
        SOURCE,
        Field("record_id", "string", required=True, zh=("对账单行号", "对账单编号"), column="record_id"),
        Field("month", "string", required=True, zh=("所属月份",), column="month"),
        Field("fee", "enum", required=True, zh=("险种", "征收项目"), values=FEE_IDS, zh_values=FEE_NAMES, column="fee"),
        Field("account", "string", zh=("账户",), column="account"),
        Field("amount", "money", required=True, zh=("入库金额",), column="amount_fen"),
        Field("count", "integer", zh=("入库笔数",), column="count"),
        Field("received_on", "date", zh=("收到日期",), column="received_on"),
        CHANGED_AT,
    ),
    recorded=TreasuryStatementRecorded,
    amended=TreasuryStatementAmended,
)
register_topic("treasury-statement.Recorded.v1", TreasuryStatementRecorded)
register_topic("treasury-statement.Amended.v1", TreasuryStatementAmended)
