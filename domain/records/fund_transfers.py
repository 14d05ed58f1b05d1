"""fund-transfers 财政专户划转. Generated from domain/contracts by mingzhang.generate; do not edit."""

from __future__ import annotations

from datetime import date, datetime

from eventsourcing.utils import register_topic

from domain.fact import Defect, Fact
from domain.fees import FEE_IDS, FEE_NAMES
from domain.form import Field, RecordType
from domain.records.common import CHANGED_AT, SOURCE


class FundTransferRecorded(Fact, frozen=True):
    """财政专户划转: recorded."""

    record_id: str
    kind: str
    fee: str
    fee_year: int
    amount_fen: int
    due_on: date | None = None
    transferred_on: date | None = None
    account: str | None = None
    defects: tuple[Defect, ...] = ()
    extra: dict[str, str] = {}
    changed_at: datetime | None = None


class FundTransferAmended(FundTransferRecorded, frozen=True, kw_only=True):
    """财政专户划转: the whole new record, and the names of what changed."""

    changed: tuple[str, ...]


CONTRACT = RecordType(
    name="fund-transfers",
    zh="财政专户划转",
    topic="fund-transfer",
    own_date="due_on",
    fields=(
        SOURCE,
        Field("record_id", "string", required=True, zh=("划转编号",), column="record_id"),
        Field("kind", "enum", required=True, zh=("资金类别",), values=("premium", "fiscal-share", "subsidy"), zh_values={"保费": "premium", "财政代缴": "fiscal-share", "财政补贴": "subsidy"}, column="kind"),
        Field("fee", "enum", required=True, zh=("险种", "征收项目"), values=FEE_IDS, zh_values=FEE_NAMES, column="fee"),
        Field("fee_year", "integer", required=True, zh=("费款所属年度",), column="fee_year"),
        Field("amount", "money", required=True, zh=("划转金额",), column="amount_fen"),
        Field("due_on", "date", term=True, zh=("应划转日期",), column="due_on"),
        Field("transferred_on", "date", zh=("划转日期",), column="transferred_on"),
        Field("account", "string", zh=("财政专户",), column="account"),
        CHANGED_AT,
    ),
    recorded=FundTransferRecorded,
    amended=FundTransferAmended,
)
register_topic("fund-transfer.Recorded.v1", FundTransferRecorded)
register_topic("fund-transfer.Amended.v1", FundTransferAmended)
