"""Policy as events: a county's own fees, tariffs, windows, working days, priorities, thresholds and duties."""

from __future__ import annotations

from datetime import date

from eventsourcing.utils import register_topic

from domain.fact import Fact

KINDS = (
    "county", "tariff", "fiscal_share", "window_period", "working_day", "priority", "threshold", "duty", "casework",
)  # fmt: skip
"""The policy tables that a change can address, as projections/policy/tables.sql has them."""


class PolicyChanged(Fact, frozen=True):
    """One row of policy was set: what, by whom, why, and from which day it holds."""

    kind: str
    key: str
    """What the row is about within its kind, for instance `resident-medical/2026/ordinary`."""
    values: dict[str, str | int | float | bool | None]
    """Column to value of the policy table's row."""
    who: str
    why: str
    valid_from: date | None = None


register_topic("policy.Changed.v1", PolicyChanged)
