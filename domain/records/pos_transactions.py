"""pos-transactions POS交易流水. Generated from domain/contracts by mingzhang.generate; do not edit."""

from __future__ import annotations

from datetime import date, datetime

from eventsourcing.utils import register_topic

from domain.fact import Account, Defect, Fact, Identity
from domain.form import Field, RecordType
from domain.records.common import CHANGED_AT, SOURCE


class PosTransactionRecorded(Fact, frozen=True):
    """POS交易流水: recorded."""

    record_id: str
    terminal_id: str
    kind: str
    amount_fen: int
    card: Account
    card_kind: str
    occurred_at: datetime
    merchant_id: str | None = None
    issuer: str | None = None
    cardholder: Identity | None = None
    settled_on: date | None = None
    trace_no: str | None = None
    response_code: str = "00"
    entry_mode: str | None = None
    original_id: str | None = None
    location: str | None = None
    timed: bool = True
    """False where the source gave a day without a time, so that no rule about hours reads it."""
    defects: tuple[Defect, ...] = ()
    extra: dict[str, str] = {}
    changed_at: datetime | None = None


class PosTransactionAmended(PosTransactionRecorded, frozen=True, kw_only=True):
    """POS交易流水: the whole new record, and the names of what changed."""

    changed: tuple[str, ...]


CONTRACT = RecordType(
    name="pos-transactions",
    zh="POS交易流水",
    topic="pos-transaction",
    own_date="occurred_at",
    fields=(
        SOURCE,
        Field("record_id", "string", required=True, zh=("系统参考号", "参考号"), column="record_id"),
        Field("terminal_id", "string", required=True, zh=("终端号", "POS终端号"), column="terminal_id"),
        Field("merchant_id", "string", zh=("商户号",), column="merchant_id"),
        Field("kind", "enum", required=True, zh=("交易类型",), values=("sale", "void", "refund", "preauth", "preauth-completion"), zh_values={"消费": "sale", "消费撤销": "void", "撤销": "void", "退货": "refund", "预授权": "preauth", "预授权完成": "preauth-completion"}, column="kind"),
        Field("amount", "money", required=True, zh=("交易金额",), column="amount_fen"),
        Field("card", "string", required=True, personal=True, zh=("卡号",), stands="account", column="card"),
        Field("card_kind", "enum", required=True, zh=("卡类型", "卡种"), values=("debit", "credit", "semi-credit", "prepaid", "unknown"), zh_values={"借记卡": "debit", "贷记卡": "credit", "信用卡": "credit", "准贷记卡": "semi-credit", "预付卡": "prepaid", "未知": "unknown"}, column="card_kind"),
        Field("issuer", "string", zh=("发卡行",), column="issuer"),
        Field("cardholder_id", "identity", personal=True, zh=("持卡人证件号码",), stands="identity", column="cardholder"),
        Field("occurred_at", "datetime", required=True, zh=("交易时间",), column="occurred_at"),
        Field("settled_on", "date", zh=("清算日期",), column="settled_on"),
        Field("trace_no", "string", zh=("凭证号", "终端流水号"), column="trace_no"),
        Field("response_code", "string", zh=("应答码",), default="00", column="response_code"),
        Field("entry_mode", "enum", zh=("输入方式",), values=("chip", "contactless", "magstripe", "manual", "qr"), zh_values={"插卡": "chip", "闪付": "contactless", "挥卡": "contactless", "刷卡": "magstripe", "手工输入": "manual", "扫码": "qr"}, column="entry_mode"),
        Field("original_id", "string", zh=("原交易参考号",), column="original_id"),
        Field("location", "string", zh=("交易位置",), column="location"),
        CHANGED_AT,
    ),
    recorded=PosTransactionRecorded,
    amended=PosTransactionAmended,
)
register_topic("pos-transaction.Recorded.v1", PosTransactionRecorded)
register_topic("pos-transaction.Amended.v1", PosTransactionAmended)
