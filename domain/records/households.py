"""households 户籍家庭关系. Generated from domain/contracts by mingzhang.generate; do not edit."""

from __future__ import annotations

from datetime import date, datetime

from eventsourcing.utils import register_topic

from domain.fact import Defect, Fact, Identity
from domain.form import Field, RecordType
from domain.records.common import CHANGED_AT, SOURCE


class HouseholdRecorded(Fact, frozen=True):
    """户籍家庭关系: recorded."""

    record_id: str
    household_no: str
    payer: Identity
    relation: str | None = None
    division: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    defects: tuple[Defect, ...] = ()
    extra: dict[str, str] = {}
    changed_at: datetime | None = None


class HouseholdAmended(HouseholdRecorded, frozen=True, kw_only=True):
    """户籍家庭关系: the whole new record, and the names of what changed."""

    changed: tuple[str, ...]


CONTRACT = RecordType(
    name="households",
    zh="户籍家庭关系",
    topic="household",
    own_date="valid_from",
    fields=(
        SOURCE,
        Field("record_id", "string", required=True, zh=("户籍记录号",), column="record_id"),
        Field("household_no", "string", required=True, zh=("户号",), column="household_no"),
        Field("payer_id", "identity", required=True, personal=True, zh=("身份证号码", "证件号码"), stands="identity", column="payer"),
        Field("relation", "string", zh=("与户主关系",), column="relation"),
        Field("division", "division", zh=("村（社区）代码", "村社区代码"), column="division"),
        Field("valid_from", "date", zh=("登记日期",), column="valid_from"),
        Field("valid_to", "date", zh=("注销日期",), column="valid_to"),
        CHANGED_AT,
    ),
    recorded=HouseholdRecorded,
    amended=HouseholdAmended,
)
register_topic("household.Recorded.v1", HouseholdRecorded)
register_topic("household.Amended.v1", HouseholdAmended)
