"""divisions 行政区划. Generated from domain/contracts by mingzhang.generate; do not edit."""

from __future__ import annotations

from datetime import date, datetime

from eventsourcing.utils import register_topic

from domain.fact import Defect, Fact
from domain.form import Field, RecordType
from domain.records.common import CHANGED_AT, SOURCE


class DivisionRecorded(Fact, frozen=True):
    """行政区划: recorded."""

    record_id: str
    name: str
    name_en: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    location: str | None = None
    defects: tuple[Defect, ...] = ()
    extra: dict[str, str] = {}
    changed_at: datetime | None = None


class DivisionAmended(DivisionRecorded, frozen=True, kw_only=True):
    """行政区划: the whole new record, and the names of what changed."""

    changed: tuple[str, ...]


CONTRACT = RecordType(
    name="divisions",
    zh="行政区划",
    topic="division",
    own_date="valid_from",
    fields=(
        SOURCE,
        Field("record_id", "division", required=True, zh=("区划代码",), column="record_id"),
        Field("name", "string", required=True, zh=("名称",), column="name"),
        Field("name_en", "string", zh=("英文名称",), column="name_en"),
        Field("valid_from", "date", zh=("启用日期",), column="valid_from"),
        Field("valid_to", "date", zh=("停用日期",), column="valid_to"),
        Field("location", "string", zh=("位置",), column="location"),
        CHANGED_AT,
    ),
    recorded=DivisionRecorded,
    amended=DivisionAmended,
)
register_topic("division.Recorded.v1", DivisionRecorded)
register_topic("division.Amended.v1", DivisionAmended)
