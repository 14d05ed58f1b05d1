"""The amendments that rules see: versions that changed payer, amount or date, each beside the version before it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb

from domain.contract import RECORD_TYPES
from projections.codes import coded, types_made
from projections.columns import own_date, projection_of
from projections.place import TEMPORARY, Place

TABLE = Path(__file__).parent / "amendments.sql"
SCHEMA = "derived"
SETTLED = {
    "payments": "posted_on",
    "refunds": "listed_on",
    "pos-transactions": "settled_on",
    "cash-receipts": "least(remitted_on, submitted_on)",
    "assessments": "due_on",
}
"""Record types whose amendments are kept, with the day from which their content should stand."""
_CARRIED = {
    "township": "VARCHAR", "village": "VARCHAR", "fee": "VARCHAR", "fee_year": "BIGINT", "collector_id": "VARCHAR",
    "terminal_id": "VARCHAR",
}  # fmt: skip
"""Columns taken over from the version before, with their types: some record types have not all of them."""
_COMPARED = {"payer": "payer_changed", "amount_fen": "amount_changed", "dated_on": "date_changed"}


def _versions(name: str, position: int, as_of: date, *, as_known: bool) -> str:
    """Return the SELECT of a type's versions up to a position and a day, of amended records only."""
    record_type = RECORD_TYPES[name]
    has = set(projection_of(name).names)
    day = f"DATE '{as_of.isoformat()}'"
    payer = "payer" if "payer" in has else "cardholder"
    known = f"known_on <= {day}" if as_known else f"(changed_at IS NULL OR CAST(changed_at AS DATE) <= {day})"
    carried = ", ".join(
        f"{column if column in has else f'CAST(NULL AS {kind})'} AS {column}" for column, kind in _CARRIED.items()
    )
    return (
        f"SELECT county, source, record_id, version, event_id, changed_at, {carried}, {payer} AS payer, "
        f"{payer}_name_birth AS name_birth, {payer}_near AS near, amount_fen, {own_date(record_type)} AS dated_on, "
        f"CASE WHEN {SETTLED[name]} <= {day} THEN {SETTLED[name]} END AS settled_on "
        f"FROM history.{record_type.table} WHERE amended AND position <= {position} AND {known}"
    )


def amendments_select(name: str, position: int, as_of: date, *, as_known: bool = False) -> str:
    """Return the SELECT of a type's amendments, columns as in the table; only amended records are looked at."""
    day = f"DATE '{as_of.isoformat()}'"
    before = ", ".join(
        f"lag({column}) OVER w AS old_{column}"
        for column in (*_CARRIED, "event_id", "payer", "name_birth", "near", "amount_fen", "dated_on", "settled_on")
    )
    order = "coalesce(changed_at, TIMESTAMP '0001-01-01 00:00:00'), version"
    near = (
        "coalesce(old_name_birth = name_birth, false) OR coalesce(list_contains(old_near, payer), false) "
        "OR coalesce(list_contains(near, old_payer), false)"
    )
    compared = ", ".join(
        f"old_{column} IS DISTINCT FROM {column} AS {changed}" for column, changed in _COMPARED.items()
    )
    beside = (
        f"SELECT *, {before} FROM ({_versions(name, position, as_of, as_known=as_known)}) AS versions "
        f"WINDOW w AS (PARTITION BY county, source, record_id ORDER BY {order})"
    )
    return (
        f"SELECT county, '{name}' AS type, source, record_id, version, old_event_id, event_id, changed_at, "
        f"CAST(changed_at AS DATE) AS changed_on, {', '.join(f'old_{column} AS {column}' for column in _CARRIED)}, "
        f"payer_changed, amount_changed, date_changed, old_payer, payer, {near} AS near_id, old_amount_fen, "
        "amount_fen, old_dated_on, dated_on, old_settled_on AS settled_on "
        f"FROM (SELECT *, {compared} FROM ({beside}) AS beside) AS compared "
        "WHERE old_event_id IS NOT NULL AND (payer_changed OR amount_changed OR date_changed) "
        f"AND coalesce(old_dated_on <= {day}, true) AND coalesce(dated_on <= {day}, true)"
    )


def build_amendments(
    connection: duckdb.DuckDBPyConnection,
    position: int,
    as_of: date,
    *,
    as_known: bool = False,
    place: Place = TEMPORARY,
) -> None:
    """Create the amendments, as a table of the place, up to a position and a day."""
    statement = next(
        line for line in TABLE.read_text(encoding="utf-8").splitlines() if line.startswith(f"CREATE TABLE {SCHEMA}.")
    )
    connection.execute(f"{place.drop}amendments")
    connection.execute(coded(statement.replace(f"CREATE TABLE {SCHEMA}.", place.create), types_made(connection)))
    for name in SETTLED:
        connection.execute(f"INSERT INTO amendments {amendments_select(name, position, as_of, as_known=as_known)}")
