"""refunds 退费清册. Generated from domain/contracts by mingzhang.generate; do not edit."""

from __future__ import annotations

from datetime import date, datetime

from eventsourcing.utils import register_topic

from domain.fact import Account, Defect, Fact, Identity
from domain.fees import FEE_IDS, FEE_NAMES
from domain.form import Field, RecordType
from domain.records.common import CHANGED_AT, SOURCE


class RefundRecorded(Fact, frozen=True):
    """退费清册: recorded."""

    record_id: str
    payer: Identity
    payer_name: str
    fee: str
    fee_year: int
    amount_fen: int
    refunded_at: datetime
    payment_id: str | None = None
    reason: str | None = None
    approved_on: date | None = None
    listed_on: date | None = None
    refund_account: Account | None = None
    account_holder: Identity | None = None
    collector_id: str | None = None
    timed: bool = True
    """False where the source gave a day without a time, so that no rule about hours reads it."""
    defects: tuple[Defect, ...] = ()
    extra: dict[str, str] = {}
    changed_at: datetime | None = None


class RefundAmended(RefundRecorded, frozen=True, kw_only=True):
    """退费清册: the whole new record, and the names of what changed."""

    changed: tuple[str, ...]


CONTRACT = RecordType(
    name="refunds",
    zh="退费清册",
    topic="refund",
    own_date="refunded_at",
    fields=(
        SOURCE,
        Field("record_id", "string", required=True, zh=("退费流水号",), column="record_id"),
        Field("payment_id", "string", zh=("原缴费流水号",), column="payment_id"),
        Field("payer_id", "identity", required=True, personal=True, zh=("证件号码", "身份证号码"), stands="identity", column="payer"),
        Field("payer_name", "string", required=True, personal=True, zh=("姓名",), stands="name", column="payer_name"),
        Field("fee", "enum", required=True, zh=("征收项目", "险种"), values=FEE_IDS, zh_values=FEE_NAMES, column="fee"),
        Field("fee_year", "integer", required=True, zh=("费款所属年度",), column="fee_year"),
        Field("amount", "money", required=True, zh=("退费金额",), column="amount_fen"),
        Field("reason", "enum", zh=("退费原因",), values=("ineligible", "wrong-tier", "duplicate", "deceased", "moved", "insured-elsewhere", "enlisted", "subsidised", "other"), zh_values={"不符合参保条件": "ineligible", "档次错误": "wrong-tier", "重复缴费": "duplicate", "死亡": "deceased", "转出": "moved", "迁出": "moved", "异地参保": "insured-elsewhere", "重复参保": "insured-elsewhere", "参军": "enlisted", "身份补办": "subsidised", "先缴后补": "subsidised", "其他": "other"}, column="reason"),
        Field("approved_on", "date", zh=("审批日期",), column="approved_on"),
        Field("refunded_at", "datetime", required=True, zh=("退费时间", "退费日期"), column="refunded_at"),
        Field("listed_on", "date", zh=("清册反馈日期",), column="listed_on"),
        Field("refund_account", "string", personal=True, zh=("退费账户", "退费账号"), stands="account", column="refund_account"),
        Field("account_holder_id", "identity", personal=True, zh=("账户开户人证件号码",), stands="identity", column="account_holder"),
        Field("collector_id", "string", zh=("经办人", "代办人"), column="collector_id"),
        CHANGED_AT,
    ),
    recorded=RefundRecorded,
    amended=RefundAmended,
)
register_topic("refund.Recorded.v1", RefundRecorded)
register_topic("refund.Amended.v1", RefundAmended)
