"""assessments 非税收入核定推送. Generated from domain/contracts by mingzhang.generate; do not edit."""

from __future__ import annotations

from datetime import date, datetime

from eventsourcing.utils import register_topic

from domain.fact import Defect, Fact, Identity
from domain.fees import FEE_IDS, FEE_NAMES
from domain.form import Field, RecordType
from domain.records.common import CHANGED_AT, SOURCE


class AssessmentRecorded(Fact, frozen=True):
    """非税收入核定推送: recorded."""

    record_id: str
    payer: Identity
    payer_name: str
    fee: str
    period: str
    amount_fen: int
    payer_id_type: str = "uscc"
    due_on: date | None = None
    assessed_by: str | None = None
    assessed_on: date | None = None
    division: str | None = None
    defects: tuple[Defect, ...] = ()
    extra: dict[str, str] = {}
    changed_at: datetime | None = None


class AssessmentAmended(AssessmentRecorded, frozen=True, kw_only=True):
    """非税收入核定推送: the whole new record, and the names of what changed."""

    changed: tuple[str, ...]


CONTRACT = RecordType(
    name="assessments",
    zh="非税收入核定推送",
    topic="assessment",
    own_date="assessed_on",
    fields=(
        SOURCE,
        Field("record_id", "string", required=True, zh=("核定编号", "缴费通知书号"), column="record_id"),
        Field("payer_id_type", "enum", zh=("证件类型",), values=("resident-id", "uscc", "other"), zh_values={"居民身份证": "resident-id", "身份证": "resident-id", "统一社会信用代码": "uscc", "其他": "other"}, default="uscc", column="payer_id_type"),
        Field("payer_id", "identity", required=True, personal=True, zh=("统一社会信用代码", "证件号码"), stands="identity", column="payer"),
        Field("payer_name", "string", required=True, personal=True, zh=("缴费人名称",), stands="name", column="payer_name"),
        Field("fee", "enum", required=True, zh=("征收项目",), values=FEE_IDS, zh_values=FEE_NAMES, column="fee"),
        Field("period", "string", required=True, zh=("所属期",), column="period"),
        Field("amount", "money", required=True, zh=("核定金额",), column="amount_fen"),
        Field("due_on", "date", term=True, zh=("缴款期限",), column="due_on"),
        Field("assessed_by", "string", zh=("核定部门",), column="assessed_by"),
        Field("assessed_on", "date", zh=("核定日期",), column="assessed_on"),
        Field("division", "division", zh=("行政区划代码",), column="division"),
        CHANGED_AT,
    ),
    recorded=AssessmentRecorded,
    amended=AssessmentAmended,
)
register_topic("assessment.Recorded.v1", AssessmentRecorded)
register_topic("assessment.Amended.v1", AssessmentAmended)
