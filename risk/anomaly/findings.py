"""What the model alone has to say, as findings: kept for the analyst, and for a township only where it has paid."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from domain.cases.model import ModelCard
from risk.anomaly.features import Grain
from risk.anomaly.learning.intervals import exact
from risk.anomaly.reasons import Explained
from risk.anomaly.wording import period
from risk.screening import FINDINGS, ordered

RULE = "anomaly"
"""Stands in a finding where a rule's id does."""
CATEGORY = "anomaly"
FROM_PERCENTILE = 99.5
"""Inclusive; below, the model alone says nothing."""
LEAST_REASONS = 2
PER_TOWNSHIP = 3
"""Findings that may reach a township in a run, where they may at all: every false one is a visit for nothing."""
CONFIRMED = "model_only.confirmed_at_least"
"""Metric of a card: lower end of the 95 % interval of the confirmed share among model-only subjects looked into."""
LEAST_CONFIRMED = 0.2
"""What that share must reach before the model may send anybody to a village by itself."""


def pays(card: ModelCard) -> bool:
    """Say whether outcomes show that subjects which the model alone names are worth a visit; without outcomes: no."""
    return card.metrics.get(CONFIRMED, 0.0) >= LEAST_CONFIRMED


def outcome_metrics(known: pa.Table) -> dict[str, float]:
    """Return a card's metrics about subjects that the model alone named and others than the township looked into.

    `known` is risk.anomaly.outcomes.recorded. Nothing where none was looked into.
    """
    checked = known.filter((pc.field("category") == CATEGORY) & pc.field("checked").is_valid())
    if not checked.num_rows:
        return {}
    wrong = checked.column("checked").to_pylist().count("wrong")
    return {
        "model_only.checked": float(checked.num_rows),
        "model_only.confirmed": float(wrong),
        CONFIRMED: round(exact(wrong, checked.num_rows).low, 4),
    }


def findings_of(
    model: str, explained: Iterable[Explained], known: Mapping[str, Grain], *, for_townships: bool
) -> pa.Table:
    """Return findings (schema FINDINGS) about the explained subjects that stand out enough.

    Severity watch, which raises no suspicion. With `for_townships` the PER_TOWNSHIP most unusual subjects of each
    township are low, if there is a record to look at: a person, a place and a paper.
    """
    chosen = [one for one in explained if one.percentile >= FROM_PERCENTILE and len(one.reasons) >= LEAST_REASONS]
    chosen.sort(key=lambda one: (-one.percentile, one.county, one.subject_type, one.subject_id))
    taken: dict[str, int] = {}
    rows = []
    for one in chosen:
        sent = for_townships and bool(_evidence(one)) and one.township is not None
        if sent and one.township is not None:
            taken[one.township] = taken.get(one.township, 0) + 1
            sent = taken[one.township] <= PER_TOWNSHIP
        rows.append(_finding(model, one, known[one.grain], "low" if sent else "watch"))
    return ordered(pa.Table.from_pylist(rows, schema=FINDINGS))


def _evidence(one: Explained) -> list[str]:
    return sorted({event for reason in one.reasons for event in reason.evidence})


def _finding(model: str, one: Explained, grain: Grain, severity: str) -> dict[str, object]:
    when = period(one.period)
    details = {
        "grain": one.grain,
        "period": one.period,
        "reasons": [
            {"feature": reason.feature, "value": reason.value, "median": reason.median, "peers": reason.peers,
             "alike": reason.alike, "zh": reason.text.zh, "en": reason.text.en}
            for reason in one.reasons
        ],
    }  # fmt: skip
    return {
        "rule": RULE, "version": grain.card.version, "family": "model", "category": CATEGORY, "addressee": "township",
        "alone": True, "parameters": _json({"model": model, "from_percentile": FROM_PERCENTILE}),
        "county": one.county, "severity": severity, "subject_type": one.subject_type, "subject_id": one.subject_id,
        "township": one.township, "village": one.village, "fee": one.fee,
        "fee_year": int(one.period) if one.period.isdigit() else None, "amount_at_risk_fen": 0,
        "measure": one.percentile, "threshold": FROM_PERCENTILE, "occurred_on": _day(one.period),
        "evidence": _evidence(one), "details": _json(details),
        "reason_zh": f"{grain.card.title.zh}，{when.zh}：与同类相比，比{one.percentile:g}%的对象更不寻常；不是结论",
        "reason_en": f"{grain.card.title.en}, {when.en}: more unusual beside its peers than {one.percentile:g} % of "
        "subjects; no verdict",
    }  # fmt: skip


def _json(value: object) -> str:
    return msgspec.json.encode(value, order="sorted").decode()


def _day(period: str) -> date | None:
    return None if period.isdigit() else date.fromisoformat(period)
