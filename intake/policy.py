"""Recording policy as events: a folder's county settings, and policy files that a county hands in."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from domain.fact import Envelope
from domain.policy import PolicyChanged
from intake.policy_forms import Cell
from intake.settings import Dataset, PolicyRow
from ledger.log import AlreadyThere, Ledger, StoredRow

KEYS: dict[str, tuple[str, ...]] = {
    "county": (),
    "tariff": ("fee", "fee_year", "category"),
    "fiscal_share": ("fee", "fee_year", "category"),
    "window_period": ("fee", "fee_year"),
    "working_day": ("day",),
    "priority": ("category",),
    "threshold": ("rule", "name"),
    "duty": ("duty",),
    "casework": ("name",),
}
"""Kind of policy to the values that say what a row is about."""


def record_dataset(ledger: Ledger, dataset: Dataset, envelope: Envelope) -> int:
    """Record the county's name and clock; return how many events were appended (none where they stand already)."""
    if dataset.county is None:
        return 0
    values: dict[str, Cell] = {"name": dataset.county.name, "clock_shift_hours": dataset.clock_shift_hours}
    return record_policy(
        ledger, [PolicyRow("county", values, envelope.actor, "dataset.yaml")], envelope, envelope.actor
    )


def record_policy(ledger: Ledger, rows: Sequence[PolicyRow], envelope: Envelope, actor: str) -> int:
    """Append a PolicyChanged event for every row that differs from what stands; return how many."""
    appended = 0
    for row in rows:
        key = "/".join(str(row.values.get(name, "all")) for name in KEYS[row.kind])
        stream = f"policy:{envelope.county}:{row.kind}:{key}"
        event = PolicyChanged(row.kind, key, row.values, row.who or actor, row.why, row.valid_from, envelope=envelope)
        appended += _append(ledger, stream, event)
    return appended


def _append(ledger: Ledger, stream: str, event: PolicyChanged) -> int:
    while True:
        versions = ledger.versions([stream]).get(stream, [])
        if versions:
            latest = msgspec.json.decode(ledger.content(versions[-1]), type=PolicyChanged)
            if (latest.values, latest.valid_from) == (event.values, event.valid_from):
                return 0
        try:
            ledger.append([StoredRow(stream, len(versions) + 1, "policy.Changed.v1", msgspec.json.encode(event))])
        except AlreadyThere:
            continue
        return 1
