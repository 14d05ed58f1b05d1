"""rosters 应缴费人员台账. Generated from domain/contracts by mingzhang.generate; do not edit."""

from __future__ import annotations

from datetime import date, datetime

from eventsourcing.utils import register_topic

from domain.fact import Defect, Fact, Identity
from domain.fees import FEE_IDS, FEE_NAMES
from domain.form import Field, RecordType
from domain.records.common import CHANGED_AT, SOURCE


class RosterRecorded(Fact, frozen=True):
    """应缴费人员台账: recorded."""

    record_id: str
    payer: Identity
    payer_name: str
    fee: str
    fee_year: int
    division: str
    amount_due_fen: int
    category: str = "ordinary"
    fiscal_share_fen: int = 0
    listed_on: date | None = None
    phone: str | None = None
    address: str | None = None
    defects: tuple[Defect, ...] = ()
    extra: dict[str, str] = {}
    changed_at: datetime | None = None


class RosterAmended(RosterRecorded, frozen=True, kw_only=True):
    """应缴费人员台账: the whole new record, and the names of what changed."""

    changed: tuple[str, ...]


CONTRACT = RecordType(
    name="rosters",
    zh="应缴费人员台账",
    topic="roster",
    own_date="listed_on",
    fields=(
        SOURCE,
        Field("record_id", "string", required=True, zh=("清册行号", "清册编号"), column="record_id"),
        Field("payer_id", "identity", required=True, personal=True, zh=("身份证号码", "证件号码"), stands="identity", column="payer"),
        Field("payer_name", "string", required=True, personal=True, zh=("姓名",), stands="name", column="payer_name"),
        Field("fee", "enum", required=True, zh=("险种", "征收项目"), values=FEE_IDS, zh_values=FEE_NAMES, column="fee"),
        Field("fee_year", "integer", required=True, zh=("费款所属年度",), column="fee_year"),
        Field("division", "division", required=True, zh=("村（社区）代码", "村社区代码", "所属村"), column="division"),
        Field("category", "enum", zh=("人员类别",), values=("ordinary", "extreme-poverty", "orphan", "subsistence-allowance", "severe-disability", "poverty-monitored", "student", "newborn", "flexible", "other"), zh_values={"一般居民": "ordinary", "普通居民": "ordinary", "普通": "ordinary", "特困人员": "extreme-poverty", "特困": "extreme-poverty", "孤儿": "orphan", "低保对象": "subsistence-allowance", "低保": "subsistence-allowance", "重度残疾人": "severe-disability", "重残": "severe-disability", "防返贫监测对象": "poverty-monitored", "脱贫不稳定户": "poverty-monitored", "边缘易致贫户": "poverty-monitored", "突发严重困难户": "poverty-monitored", "脱贫人口": "poverty-monitored", "在校学生": "student", "学生": "student", "新生儿": "newborn", "灵活就业人员": "flexible", "其他": "other"}, default="ordinary", column="category"),
        Field("amount_due", "money", required=True, zh=("应缴金额",), column="amount_due_fen"),
        Field("fiscal_share", "money", zh=("财政代缴金额",), default="0", column="fiscal_share_fen"),
        Field("listed_on", "date", zh=("清册日期",), column="listed_on"),
        Field("phone", "string", personal=True, zh=("联系电话",), stands="sealed", column="phone"),
        Field("address", "string", personal=True, zh=("村组", "住址"), stands="sealed", column="address"),
        CHANGED_AT,
    ),
    recorded=RosterRecorded,
    amended=RosterAmended,
)
register_topic("roster.Recorded.v1", RosterRecorded)
register_topic("roster.Amended.v1", RosterAmended)
