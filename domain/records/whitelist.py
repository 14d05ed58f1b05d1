"""whitelist 白名单. Generated from domain/contracts by mingzhang.generate; do not edit."""

from __future__ import annotations

from datetime import date, datetime

from eventsourcing.utils import register_topic

from domain.fact import Defect, Fact, Identity
from domain.fees import FEE_IDS, FEE_NAMES
from domain.form import Field, RecordType
from domain.records.common import CHANGED_AT, SOURCE


class WhitelistEntryRecorded(Fact, frozen=True):
    """白名单: recorded."""

    record_id: str
    payer: Identity
    fee: str
    fee_year: int
    kind: str = "entitlement-explained"
    reason: str | None = None
    agreed_on: date | None = None
    valid_until: date | None = None
    defects: tuple[Defect, ...] = ()
    extra: dict[str, str] = {}
    changed_at: datetime | None = None


class WhitelistEntryAmended(WhitelistEntryRecorded, frozen=True, kw_only=True):
    """白名单: the whole new record, and the names of what changed."""

    changed: tuple[str, ...]


CONTRACT = RecordType(
    name="whitelist",
    zh="白名单",
    topic="whitelist-entry",
    own_date="agreed_on",
    fields=(
        SOURCE,
        Field("record_id", "string", required=True, zh=("白名单编号",), column="record_id"),
        Field("payer_id", "identity", required=True, personal=True, zh=("身份证号码", "证件号码"), stands="identity", column="payer"),
        Field("fee", "enum", required=True, zh=("险种",), values=FEE_IDS, zh_values=FEE_NAMES, column="fee"),
        Field("fee_year", "integer", required=True, zh=("费款所属年度",), column="fee_year"),
        Field("kind", "enum", zh=("白名单类型",), values=("entitlement-explained", "permitted-to-pay"), zh_values={"未记录权益已说明": "entitlement-explained", "允许缴费": "permitted-to-pay"}, default="entitlement-explained", column="kind"),
        Field("reason", "string", zh=("原因",), stands="sealed", column="reason"),
        Field("agreed_on", "date", zh=("认定日期",), column="agreed_on"),
        Field("valid_until", "date", term=True, zh=("有效期至",), column="valid_until"),
        CHANGED_AT,
    ),
    recorded=WhitelistEntryRecorded,
    amended=WhitelistEntryAmended,
)
register_topic("whitelist-entry.Recorded.v1", WhitelistEntryRecorded)
register_topic("whitelist-entry.Amended.v1", WhitelistEntryAmended)
