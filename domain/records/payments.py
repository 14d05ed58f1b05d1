"""payments 缴费明细. Generated from domain/contracts by mingzhang.generate; do not edit."""

from __future__ import annotations

from datetime import date, datetime

from eventsourcing.utils import register_topic

from domain.fact import Account, Defect, Fact, Identity
from domain.fees import FEE_IDS, FEE_NAMES
from domain.form import Field, RecordType
from domain.records.common import CHANGED_AT, SOURCE


class PaymentRecorded(Fact, frozen=True):
    """缴费明细: recorded."""

    record_id: str
    payer: Identity
    payer_name: str
    fee: str
    fee_year: int
    amount_fen: int
    channel: str
    paid_at: datetime
    division: str
    payer_id_type: str = "resident-id"
    tier_fen: int | None = None
    posted_on: date | None = None
    collector_id: str | None = None
    terminal_id: str | None = None
    pos_reference: str | None = None
    assessment_id: str | None = None
    receipt_no: str | None = None
    treasury_account: str | None = None
    payer_account: Account | None = None
    paid_by: Identity | None = None
    timed: bool = True
    """False where the source gave a day without a time, so that no rule about hours reads it."""
    defects: tuple[Defect, ...] = ()
    extra: dict[str, str] = {}
    changed_at: datetime | None = None


class PaymentAmended(PaymentRecorded, frozen=True, kw_only=True):
    """缴费明细: the whole new record, and the names of what changed."""

    changed: tuple[str, ...]


CONTRACT = RecordType(
    name="payments",
    zh="缴费明细",
    topic="payment",
    own_date="paid_at",
    fields=(
        SOURCE,
        Field("record_id", "string", required=True, zh=("缴费流水号", "电子税票号码", "交易流水号"), column="record_id"),
        Field("payer_id_type", "enum", zh=("证件类型",), values=("resident-id", "passport", "hmt-permit", "foreign-permit", "uscc", "other"), zh_values={"居民身份证": "resident-id", "身份证": "resident-id", "护照": "passport", "港澳台居民居住证": "hmt-permit", "港澳台通行证": "hmt-permit", "外国人永久居留身份证": "foreign-permit", "统一社会信用代码": "uscc", "其他": "other"}, default="resident-id", column="payer_id_type"),
        Field("payer_id", "identity", required=True, personal=True, zh=("证件号码", "身份证号码", "身份证号"), stands="identity", column="payer"),
        Field("payer_name", "string", required=True, personal=True, zh=("姓名", "缴费人姓名"), stands="name", column="payer_name"),
        Field("fee", "enum", required=True, zh=("征收项目", "险种", "征收品目"), values=FEE_IDS, zh_values=FEE_NAMES, column="fee"),
        Field("fee_year", "integer", required=True, zh=("费款所属年度", "所属年度", "参保年度"), column="fee_year"),
        Field("tier", "money", zh=("缴费档次",), column="tier_fen"),
        Field("amount", "money", required=True, zh=("实缴金额", "缴费金额"), column="amount_fen"),
        Field("channel", "enum", required=True, zh=("缴费渠道", "缴费方式"), values=("wechat", "alipay", "e-tax", "client", "tax-hall", "bank-counter", "bank-batch", "pos", "cash", "fiscal", "treasury-link", "family-account", "other"), zh_values={"微信小程序": "wechat", "微信": "wechat", "支付宝": "alipay", "电子税务局": "e-tax", "社保缴费客户端": "client", "客户端": "client", "办税服务厅": "tax-hall", "银行柜台": "bank-counter", "银行批量划扣": "bank-batch", "银行批扣": "bank-batch", "POS机": "pos", "POS": "pos", "现金": "cash", "财政代缴": "fiscal", "政府代缴": "fiscal", "税库银三方扣划": "treasury-link", "三方协议扣款": "treasury-link", "个人账户共济": "family-account", "其他": "other"}, column="channel"),
        Field("paid_at", "datetime", required=True, zh=("缴费时间", "缴费日期"), column="paid_at"),
        Field("posted_on", "date", zh=("入库日期",), column="posted_on"),
        Field("division", "division", required=True, zh=("村（社区）代码", "村社区代码", "行政区划代码", "所属村"), column="division"),
        Field("collector_id", "string", zh=("代收人编号", "代收人员", "代收人", "经办人"), column="collector_id"),
        Field("terminal_id", "string", zh=("POS终端号", "终端号"), column="terminal_id"),
        Field("pos_reference", "string", zh=("POS参考号", "系统参考号"), column="pos_reference"),
        Field("assessment_id", "string", zh=("核定编号", "缴费通知书号"), column="assessment_id"),
        Field("receipt_no", "string", zh=("票证号码", "收据号码"), column="receipt_no"),
        Field("treasury_account", "string", zh=("入库账户", "预算科目"), column="treasury_account"),
        Field("payer_account", "string", personal=True, zh=("付款账户", "支付账户"), stands="account", column="payer_account"),
        Field("paid_by_id", "identity", personal=True, zh=("付款人证件号码", "代缴人证件号码"), stands="identity", column="paid_by"),
        CHANGED_AT,
    ),
    recorded=PaymentRecorded,
    amended=PaymentAmended,
)
register_topic("payment.Recorded.v1", PaymentRecorded)
register_topic("payment.Amended.v1", PaymentAmended)
