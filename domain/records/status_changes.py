"""status-changes 人员身份变动. Generated from domain/contracts by mingzhang.generate; do not edit."""

from __future__ import annotations

from datetime import date, datetime

from eventsourcing.utils import register_topic

from domain.fact import Defect, Fact, Identity
from domain.form import Field, RecordType
from domain.records.common import CHANGED_AT, SOURCE


class StatusChangeRecorded(Fact, frozen=True):
    """人员身份变动: recorded."""

    record_id: str
    payer: Identity
    change: str
    effective_on: date
    category: str | None = None
    notified_on: date | None = None
    department: str | None = None
    defects: tuple[Defect, ...] = ()
    extra: dict[str, str] = {}
    changed_at: datetime | None = None


class StatusChangeAmended(StatusChangeRecorded, frozen=True, kw_only=True):
    """人员身份变动: the whole new record, and the names of what changed."""

    changed: tuple[str, ...]


CONTRACT = RecordType(
    name="status-changes",
    zh="人员身份变动",
    topic="status-change",
    own_date="effective_on",
    fields=(
        SOURCE,
        Field("record_id", "string", required=True, zh=("变动编号",), column="record_id"),
        Field("payer_id", "identity", required=True, personal=True, zh=("证件号码", "身份证号码"), stands="identity", column="payer"),
        Field("change", "enum", required=True, zh=("变动类型",), values=("died", "registration-cancelled", "moved-in", "moved-out", "category-granted", "category-ended", "born", "enrolled", "enlisted", "insured-elsewhere", "imprisoned", "other"), zh_values={"死亡": "died", "户口注销": "registration-cancelled", "迁入": "moved-in", "迁出": "moved-out", "困难身份认定": "category-granted", "身份认定": "category-granted", "困难身份退出": "category-ended", "身份取消": "category-ended", "出生": "born", "入学": "enrolled", "参军": "enlisted", "参加职工保险": "insured-elsewhere", "异地参保": "insured-elsewhere", "服刑": "imprisoned", "其他": "other"}, column="change"),
        Field("category", "enum", zh=("人员类别",), values=("ordinary", "extreme-poverty", "orphan", "subsistence-allowance", "severe-disability", "poverty-monitored", "student", "newborn", "other"), zh_values={"一般居民": "ordinary", "普通居民": "ordinary", "普通": "ordinary", "特困人员": "extreme-poverty", "特困": "extreme-poverty", "孤儿": "orphan", "低保对象": "subsistence-allowance", "低保": "subsistence-allowance", "重度残疾人": "severe-disability", "重残": "severe-disability", "防返贫监测对象": "poverty-monitored", "脱贫不稳定户": "poverty-monitored", "边缘易致贫户": "poverty-monitored", "突发严重困难户": "poverty-monitored", "脱贫人口": "poverty-monitored", "在校学生": "student", "学生": "student", "新生儿": "newborn", "其他": "other"}, column="category"),
        Field("effective_on", "date", required=True, zh=("生效日期",), column="effective_on"),
        Field("notified_on", "date", zh=("通报日期",), column="notified_on"),
        Field("department", "string", zh=("提供部门",), column="department"),
        CHANGED_AT,
    ),
    recorded=StatusChangeRecorded,
    amended=StatusChangeAmended,
)
register_topic("status-change.Recorded.v1", StatusChangeRecorded)
register_topic("status-change.Amended.v1", StatusChangeAmended)
