"""payment-voids 缴费冲正明细. Generated from domain/contracts by mingzhang.generate; do not edit."""

from __future__ import annotations

from datetime import date, datetime

from eventsourcing.utils import register_topic

from domain.fact import Defect, Fact
from domain.form import Field, RecordType
from domain.records.common import CHANGED_AT, SOURCE


class PaymentVoidRecorded(Fact, frozen=True):
    """缴费冲正明细: recorded."""

    record_id: str
    payment_id: str
    voided_at: datetime
    reason: str | None = None
    operator_id: str | None = None
    timed: bool = True
    """False where the source gave a day without a time, so that no rule about hours reads it."""
    defects: tuple[Defect, ...] = ()
    extra: dict[str, str] = {}
    changed_at: datetime | None = None


class PaymentVoidAmended(PaymentVoidRecorded, frozen=True, kw_only=True):
    """缴费冲正明细: the whole new record, and the names of what changed."""

    changed: tuple[str, ...]


CONTRACT = RecordType(
    name="payment-voids",
    zh="缴费冲正明细",
    topic="payment-void",
    own_date="voided_at",
    fields=(
        SOURCE,
        Field("record_id", "string", required=True, zh=("冲正流水号",), column="record_id"),
        Field("payment_id", "string", required=True, zh=("原缴费流水号",), column="payment_id"),
        Field("voided_at", "datetime", required=True, zh=("冲正时间",), column="voided_at"),
        Field("reason", "string", zh=("冲正原因",), stands="sealed", column="reason"),
        Field("operator_id", "string", zh=("操作人",), column="operator_id"),
        CHANGED_AT,
    ),
    recorded=PaymentVoidRecorded,
    amended=PaymentVoidAmended,
)
register_topic("payment-void.Recorded.v1", PaymentVoidRecorded)
register_topic("payment-void.Amended.v1", PaymentVoidAmended)
