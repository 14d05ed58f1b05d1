"""complaints 举报登记. Generated from domain/contracts by mingzhang.generate; do not edit."""

from __future__ import annotations

from datetime import date, datetime

from eventsourcing.utils import register_topic

from domain.fact import Defect, Fact, Identity
from domain.fees import FEE_IDS, FEE_NAMES
from domain.form import Field, RecordType
from domain.records.common import CHANGED_AT, SOURCE


class ComplaintRecorded(Fact, frozen=True):
    """举报登记: recorded."""

    record_id: str
    received_on: date
    about: str
    received_by: str | None = None
    payer: Identity | None = None
    collector_id: str | None = None
    terminal_id: str | None = None
    division: str | None = None
    fee: str | None = None
    fee_year: int | None = None
    amount_fen: int | None = None
    reporter: str | None = None
    text: str | None = None
    defects: tuple[Defect, ...] = ()
    extra: dict[str, str] = {}
    changed_at: datetime | None = None


class ComplaintAmended(ComplaintRecorded, frozen=True, kw_only=True):
    """举报登记: the whole new record, and the names of what changed."""

    changed: tuple[str, ...]


CONTRACT = RecordType(
    name="complaints",
    zh="举报登记",
    topic="complaint",
    own_date="received_on",
    fields=(
        SOURCE,
        Field("record_id", "string", required=True, zh=("举报编号",), column="record_id"),
        Field("received_on", "date", required=True, zh=("受理日期",), column="received_on"),
        Field("received_by", "enum", zh=("受理单位",), values=("discipline", "tax", "medical-insurance", "human-resources"), zh_values={"纪检监察": "discipline", "税务": "tax", "医保": "medical-insurance", "人社": "human-resources", "社保": "human-resources"}, column="received_by"),
        Field("about", "enum", required=True, zh=("举报事项",), values=("paid-not-covered", "overcharged", "extra-fee", "no-receipt", "refund-missing", "terminal-misuse", "private-account", "sham-backpay", "refused-service", "other"), zh_values={"缴费后未到账": "paid-not-covered", "缴费未到账": "paid-not-covered", "多收": "overcharged", "额外收费": "extra-fee", "未提供缴费证明": "no-receipt", "未给票据": "no-receipt", "退费未到": "refund-missing", "POS机违规": "terminal-misuse", "个人收款码或私人POS收款": "private-account", "虚假补缴代办": "sham-backpay", "故意刁难": "refused-service", "刁难拒办": "refused-service", "其他": "other"}, column="about"),
        Field("payer_id", "identity", personal=True, zh=("涉及缴费人证件号码", "涉及人身份证号码"), stands="identity", column="payer"),
        Field("collector_id", "string", zh=("被举报人编号",), column="collector_id"),
        Field("terminal_id", "string", zh=("终端号",), column="terminal_id"),
        Field("division", "division", zh=("涉及村（社区）代码", "涉及村社区代码"), column="division"),
        Field("fee", "enum", zh=("险种",), values=FEE_IDS, zh_values=FEE_NAMES, column="fee"),
        Field("fee_year", "integer", zh=("费款所属年度",), column="fee_year"),
        Field("amount", "money", zh=("涉及金额",), column="amount_fen"),
        Field("reporter", "string", personal=True, zh=("举报人",), stands="sealed", column="reporter"),
        Field("text", "string", personal=True, zh=("举报内容",), stands="sealed", column="text"),
        CHANGED_AT,
    ),
    recorded=ComplaintRecorded,
    amended=ComplaintAmended,
)
register_topic("complaint.Recorded.v1", ComplaintRecorded)
register_topic("complaint.Amended.v1", ComplaintAmended)
