"""Up to where a world is seen, and which of its tables can show something else than they did at an earlier stand."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

import duckdb
import msgspec

from domain.contract import RECORD_TYPES
from projections.amendments import SETTLED
from projections.cases import CASE_TABLES
from projections.policy.standing import counties_between, policy_tables


class Stand(msgspec.Struct, frozen=True):
    """Ledger position, the event there (projections.projector.last_fingerprint), and the as-of day."""

    position: int
    event: str
    as_of: date
    shape: str
    """Digest of the SQL by which base tables are made of events: another program may show other rows."""

    def leads_to(self, later: Stand) -> bool:
        """Say whether what was kept here may serve there: of the same program, and not behind it."""
        return self.shape == later.shape and self.position <= later.position


def touched(
    connection: duckdb.DuckDBPyConnection, before: Stand, now: Stand, counties: Collection[str] = ()
) -> frozenset[str]:
    """Return the base tables that may show other rows: with events in between; on another day all of them.

    `counties`: those of the policy tables that stand; (): none do, so that policy is among what may show other rows.
    """
    dated = [*(form.table for form in RECORD_TYPES.values()), *(table.name for table in CASE_TABLES)]
    if before.as_of != now.as_of:
        return frozenset({*dated, "amendments", *policy_tables()})
    found = {table for table in dated if _has_new(connection, table, before.position, now.position)}
    settled = found & {RECORD_TYPES[name].table for name in SETTLED}
    if any(_has_new(connection, table, before.position, now.position, "AND amended") for table in settled):
        found.add("amendments")
    if (
        not counties
        or _has_new(connection, "policy_changes", before.position, now.position)
        or not set(counties_between(connection, before.position, now.position)) <= set(counties)
    ):
        found.update(policy_tables())
    return frozenset(found)


def _has_new(connection: duckdb.DuckDBPyConnection, table: str, after: int, upto: int, condition: str = "") -> bool:
    query = f"SELECT 1 FROM history.{table} WHERE position > {after} AND position <= {upto} {condition} LIMIT 1"
    return connection.execute(query).fetchone() is not None
