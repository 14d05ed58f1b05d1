"""Findings as screening hands them over, for tests to vary."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from risk.scoring.officials import SCHEMA
from risk.scoring.score import score
from risk.scoring.suspicion import Suspicion
from risk.scoring.suspicion import rows as suspicion_rows


def finding(**given: object) -> dict[str, object]:
    """Return a finding of rule A01 about collector V01, with the given columns replaced."""
    return {
        "rule": "A01", "version": 1, "family": "register-payment", "category": "pocketed-cash", "addressee": "township",
        "alone": True, "parameters": "{}", "county": "653123", "severity": "medium", "subject_type": "collector",
        "subject_id": "V01", "township": "653123103", "village": "653123103201",
        "fee": "resident-medical", "fee_year": 2026,
        "amount_at_risk_fen": 40000, "measure": 1.0, "threshold": 1.0, "occurred_on": None,
        "evidence": ["cash-receipts:t:R001@1"], "details": "{}", "reason_zh": "1 笔登记现金无对应缴费",
        "reason_en": "1 line of cash without a payment", **given,
    }  # fmt: skip


_FIELDS: tuple[pa.Field[pa.DataType], ...] = (
    pa.field("rule", pa.string()),
    pa.field("version", pa.int64()),
    pa.field("family", pa.string()),
    pa.field("category", pa.string()),
    pa.field("addressee", pa.string()),
    pa.field("alone", pa.bool_()),
    pa.field("parameters", pa.string()),
    pa.field("county", pa.string()),
    pa.field("severity", pa.string()),
    pa.field("subject_type", pa.string()),
    pa.field("subject_id", pa.string()),
    pa.field("township", pa.string()),
    pa.field("village", pa.string()),
    pa.field("fee", pa.string()),
    pa.field("fee_year", pa.int64()),
    pa.field("amount_at_risk_fen", pa.int64()),
    pa.field("measure", pa.float64()),
    pa.field("threshold", pa.float64()),
    pa.field("occurred_on", pa.date32()),
    pa.field("evidence", pa.list_(pa.string())),
    pa.field("details", pa.string()),
    pa.field("reason_zh", pa.string()),
    pa.field("reason_en", pa.string()),
)
FINDINGS = pa.schema(_FIELDS)


def findings(*rows: Mapping[str, object]) -> pa.Table:
    """Return findings as screening hands them over."""
    return pa.Table.from_pylist([dict(row) for row in rows], schema=FINDINGS)


def officials(*subjects: tuple[str, str]) -> pa.Table:
    """Return the county's officials as (subject type, subject id) pairs."""
    rows = [{"county": "653123", "subject_type": kind, "subject_id": subject} for kind, subject in subjects]
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def scored(*rows: Mapping[str, object]) -> list[Suspicion]:
    """Score findings in a county without officials."""
    return list(suspicion_rows(score(findings(*rows), officials())))
