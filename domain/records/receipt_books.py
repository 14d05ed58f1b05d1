"""receipt-books 票据领用登记. Generated from domain/contracts by mingzhang.generate; do not edit."""

from __future__ import annotations

from datetime import date, datetime

from eventsourcing.utils import register_topic

from domain.fact import Defect, Fact
from domain.form import Field, RecordType
from domain.records.common import CHANGED_AT, SOURCE


class ReceiptBookRecorded(Fact, frozen=True):
    """票据领用登记: recorded."""

    record_id: str
    collector_id: str
    first_no: str
    last_no: str
    issued_on: date
    returned_on: date | None = None
    voided: tuple[str, ...] = ()
    defects: tuple[Defect, ...] = ()
    extra: dict[str, str] = {}
    changed_at: datetime | None = None


class ReceiptBookAmended(ReceiptBookRecorded, frozen=True, kw_only=True):
    """票据领用登记: the whole new record, and the names of what changed."""

    changed: tuple[str, ...]


CONTRACT = RecordType(
    name="receipt-books",
    zh="票据领用登记",
    topic="receipt-book",
    own_date="issued_on",
    fields=(
        SOURCE,
        Field("record_id", "string", required=True, zh=("领用编号",), column="record_id"),
        Field("collector_id", "string", required=True, zh=("领用人编号",), column="collector_id"),
        Field("first_no", "string", required=True, zh=("起始号码",), column="first_no"),
        Field("last_no", "string", required=True, zh=("终止号码",), column="last_no"),
        Field("issued_on", "date", required=True, zh=("领用日期",), column="issued_on"),
        Field("returned_on", "date", zh=("缴销日期",), column="returned_on"),
        Field("voided", "list", zh=("作废号码",), column="voided"),
        CHANGED_AT,
    ),
    recorded=ReceiptBookRecorded,
    amended=ReceiptBookAmended,
)
register_topic("receipt-book.Recorded.v1", ReceiptBookRecorded)
register_topic("receipt-book.Amended.v1", ReceiptBookAmended)
