"""What whom discipline inspection lets see a suspicion is told of it: never that somebody complained (Y 43)."""

from __future__ import annotations

import msgspec

from casework.workbook.labels import category_name
from domain.cases.receivers import DISCIPLINE
from risk.scoring.event_ids import record_of
from risk.scoring.suspicion import Suspicion

COMPLAINTS = "complaints"
"""Record type that nobody below is shown."""


def told_to(item: Suspicion, receiver: str) -> Suspicion:
    """Return a suspicion as a run stated it, in the words that its receiver may read.

    What came to discipline inspection and rests on a complaint keeps its subject, kind, amount and other records; its
    reasons could tell of the complaint or count them, and give way to what is to be checked.
    """
    complained = any(record_of(event).type == COMPLAINTS for event in item.evidence)
    if receiver == DISCIPLINE or item.addressee != DISCIPLINE or not complained:
        return item
    kind_zh, kind_en = category_name(item.category), item.category
    reason_zh = f"纪检监察机关交办核查：{kind_zh}。请核对所列对象的收款、缴费和票据是否一一相符，有无应缴未缴"
    reason_en = (
        f"handed on by discipline inspection to be checked: {kind_en}. See whether what the subject took, paid in and "
        "gave receipts for agrees, and whether anything is still owed"
    )
    evidence = tuple(event for event in item.evidence if record_of(event).type != COMPLAINTS)
    return msgspec.structs.replace(item, evidence=evidence, reasons_zh=(reason_zh,), reasons_en=(reason_en,))
