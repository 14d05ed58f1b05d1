"""cash-receipts 现金征缴登记台账. Generated from domain/contracts by mingzhang.generate; do not edit."""

from __future__ import annotations

from datetime import date, datetime

from eventsourcing.utils import register_topic

from domain.fact import Defect, Fact, Identity
from domain.fees import FEE_IDS, FEE_NAMES
from domain.form import Field, RecordType
from domain.records.common import CHANGED_AT, SOURCE


class CashReceiptRecorded(Fact, frozen=True):
    """现金征缴登记台账: recorded."""

    record_id: str
    payer: Identity
    payer_name: str
    fee: str
    fee_year: int
    amount_fen: int
    received_at: datetime
    collector_id: str
    division: str
    receipt_no: str | None = None
    payer_signed: bool = False
    collector_signed: bool = False
    village_signed: bool = False
    village_signatory: Identity | None = None
    persons: int = 1
    proof_given: bool | None = None
    remitted_on: date | None = None
    payment_id: str | None = None
    submitted_on: date | None = None
    page: str | None = None
    first_taker: str | None = None
    handed_over_on: date | None = None
    timed: bool = True
    """False where the source gave a day without a time, so that no rule about hours reads it."""
    defects: tuple[Defect, ...] = ()
    extra: dict[str, str] = {}
    changed_at: datetime | None = None


class CashReceiptAmended(CashReceiptRecorded, frozen=True, kw_only=True):
    """现金征缴登记台账: the whole new record, and the names of what changed."""

    changed: tuple[str, ...]


CONTRACT = RecordType(
    name="cash-receipts",
    zh="现金征缴登记台账",
    topic="cash-receipt",
    own_date="received_at",
    fields=(
        SOURCE,
        Field("record_id", "string", required=True, zh=("台账编号", "登记序号"), column="record_id"),
        Field("payer_id", "identity", required=True, personal=True, zh=("身份证号码", "证件号码"), stands="identity", column="payer"),
        Field("payer_name", "string", required=True, personal=True, zh=("缴费人姓名", "姓名"), stands="name", column="payer_name"),
        Field("fee", "enum", required=True, zh=("险种", "征收项目"), values=FEE_IDS, zh_values=FEE_NAMES, column="fee"),
        Field("fee_year", "integer", required=True, zh=("费款所属年度", "所属年度"), column="fee_year"),
        Field("amount", "money", required=True, zh=("收取金额", "金额"), column="amount_fen"),
        Field("received_at", "datetime", required=True, zh=("收取时间", "收取日期"), column="received_at"),
        Field("collector_id", "string", required=True, zh=("代收人编号", "代收人员", "代收人"), column="collector_id"),
        Field("division", "division", required=True, zh=("村（社区）代码", "村社区代码", "所属村"), column="division"),
        Field("receipt_no", "string", zh=("收据号码", "票证号码"), column="receipt_no"),
        Field("payer_signed", "bool", zh=("缴费人签字摁手印", "缴费人签字摁印"), default="false", column="payer_signed"),
        Field("collector_signed", "bool", zh=("代收人员签字摁手印", "代收人签字摁印"), default="false", column="collector_signed"),
        Field("village_signed", "bool", zh=("村委会负责人签字摁手印", "村负责人签字摁印"), default="false", column="village_signed"),
        Field("village_signatory_id", "identity", personal=True, zh=("村负责人身份证号码",), stands="identity", column="village_signatory"),
        Field("persons", "integer", zh=("人数",), default="1", column="persons"),
        Field("proof_given", "bool", zh=("是否提供缴费证明",), column="proof_given"),
        Field("remitted_on", "date", zh=("解缴日期", "代缴日期"), column="remitted_on"),
        Field("payment_id", "string", zh=("对应缴费流水号",), column="payment_id"),
        Field("submitted_on", "date", zh=("扫描件报送日期",), column="submitted_on"),
        Field("page", "string", zh=("台账页码",), column="page"),
        Field("first_taker", "string", personal=True, zh=("初收人",), stands="name", column="first_taker"),
        Field("handed_over_on", "date", zh=("转交日期",), column="handed_over_on"),
        CHANGED_AT,
    ),
    recorded=CashReceiptRecorded,
    amended=CashReceiptAmended,
)
register_topic("cash-receipt.Recorded.v1", CashReceiptRecorded)
register_topic("cash-receipt.Amended.v1", CashReceiptAmended)
