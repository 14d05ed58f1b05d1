"""Up to where a world is seen, and which of its tables can show something else than they did at an earlier stand."""

from __future__ import annotations

from datetime import date

import duckdb
import msgspec

from domain.contract import RECORD_TYPES
from projections.amendments import SETTLED
from projections.cases import CASE_TABLES
from projections.policy.standing import policy_tables


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


def touched(connection: duckdb.DuckDBPyConnection, before: Stand, now: Stand) -> frozenset[str]:
    """Return the base tables that may show other rows: with events in between; on another day all of them.

    Policy is worked out anew for every world, so that its tables are always among them.
    """
    dated = [*(form.table for form in RECORD_TYPES.values()), *(table.name for table in CASE_TABLES)]
    if before.as_of != now.as_of:
        found = {*dated, "amendments"}
    else:
        found = {table for table in dated if _has_new(connection, table, before.position, now.position)}
    if found & {RECORD_TYPES[name].table for name in SETTLED}:
        found.add("amendments")
    return frozenset(found | set(policy_tables()))


def _has_new(connection: duckdb.DuckDBPyConnection, table: str, after: int, upto: int) -> bool:
    query = f"SELECT 1 FROM history.{table} WHERE position > {after} AND position <= {upto} LIMIT 1"
    return connection.execute(query).fetchone() is not None
