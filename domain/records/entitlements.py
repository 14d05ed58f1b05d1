"""entitlements 权益记录明细. Generated from domain/contracts by mingzhang.generate; do not edit."""

from __future__ import annotations

from datetime import date, datetime

from eventsourcing.utils import register_topic

from domain.fact import Defect, Fact, Identity
from domain.fees import FEE_IDS, FEE_NAMES
from domain.form import Field, RecordType
from domain.records.common import CHANGED_AT, SOURCE


class EntitlementRecorded(Fact, frozen=True):
    """权益记录明细: recorded."""

    record_id: str
    payer: Identity
    fee: str
    fee_year: int
    amount_fen: int
    recorded_on: date
    payment_id: str | None = None
    reversed_on: date | None = None
    defects: tuple[Defect, ...] = ()
    extra: dict[str, str] = {}
    changed_at: datetime | None = None


class EntitlementAmended(EntitlementRecorded, frozen=True, kw_only=True):
    """权益记录明细: the whole new record, and the names of what changed."""

    changed: tuple[str, ...]


CONTRACT = RecordType(
    name="entitlements",
    zh="权益记录明细",
    topic="entitlement",
    own_date="recorded_on",
    fields=(
        SOURCE,
        Field("record_id", "string", required=True, zh=("权益记录号",), column="record_id"),
        Field("payment_id", "string", zh=("对应缴费流水号",), column="payment_id"),
        Field("payer_id", "identity", required=True, personal=True, zh=("证件号码", "身份证号码"), stands="identity", column="payer"),
        Field("fee", "enum", required=True, zh=("险种",), values=FEE_IDS, zh_values=FEE_NAMES, column="fee"),
        Field("fee_year", "integer", required=True, zh=("费款所属年度",), column="fee_year"),
        Field("amount", "money", required=True, zh=("记录金额",), column="amount_fen"),
        Field("recorded_on", "date", required=True, zh=("记录日期",), column="recorded_on"),
        Field("reversed_on", "date", zh=("冲减日期",), column="reversed_on"),
        CHANGED_AT,
    ),
    recorded=EntitlementRecorded,
    amended=EntitlementAmended,
)
register_topic("entitlement.Recorded.v1", EntitlementRecorded)
register_topic("entitlement.Amended.v1", EntitlementAmended)
