"""data-queries 异常数据反馈. Generated from domain/contracts by mingzhang.generate; do not edit."""

from __future__ import annotations

from datetime import date, datetime

from eventsourcing.utils import register_topic

from domain.fact import Defect, Fact, Identity
from domain.fees import FEE_IDS, FEE_NAMES
from domain.form import Field, RecordType
from domain.records.common import CHANGED_AT, SOURCE


class DataQueryRecorded(Fact, frozen=True):
    """异常数据反馈: recorded."""

    record_id: str
    raised_on: date
    payer: Identity | None = None
    fee: str | None = None
    about: str | None = None
    received_on: date | None = None
    forwarded_to: str | None = None
    forwarded_on: date | None = None
    confirmed_on: date | None = None
    answered_on: date | None = None
    result: str | None = None
    defects: tuple[Defect, ...] = ()
    extra: dict[str, str] = {}
    changed_at: datetime | None = None


class DataQueryAmended(DataQueryRecorded, frozen=True, kw_only=True):
    """异常数据反馈: the whole new record, and the names of what changed."""

    changed: tuple[str, ...]


CONTRACT = RecordType(
    name="data-queries",
    zh="异常数据反馈",
    topic="data-query",
    own_date="raised_on",
    fields=(
        SOURCE,
        Field("record_id", "string", required=True, zh=("反馈编号",), column="record_id"),
        Field("payer_id", "identity", personal=True, zh=("证件号码", "身份证号码"), stands="identity", column="payer"),
        Field("fee", "enum", zh=("险种",), values=FEE_IDS, zh_values=FEE_NAMES, column="fee"),
        Field("about", "string", zh=("异常内容",), stands="sealed", column="about"),
        Field("received_on", "date", zh=("接收数据日期",), column="received_on"),
        Field("raised_on", "date", required=True, zh=("反馈日期",), column="raised_on"),
        Field("forwarded_to", "string", zh=("转交单位",), column="forwarded_to"),
        Field("forwarded_on", "date", zh=("转交日期",), column="forwarded_on"),
        Field("confirmed_on", "date", zh=("确认日期",), column="confirmed_on"),
        Field("answered_on", "date", zh=("答复日期",), column="answered_on"),
        Field("result", "string", zh=("核实结果",), stands="sealed", column="result"),
        CHANGED_AT,
    ),
    recorded=DataQueryRecorded,
    amended=DataQueryAmended,
)
register_topic("data-query.Recorded.v1", DataQueryRecorded)
register_topic("data-query.Amended.v1", DataQueryAmended)
