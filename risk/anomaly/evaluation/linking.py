"""Whose the cases of the truth are: the subjects that they name, and those that most of their records name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

import duckdb
import pyarrow as pa

from ledger.tokens import Tokens
from risk.anomaly.evaluation.truth import Case

Subject = tuple[str, str]
"""Type and id, as feature tables have them."""
_AS_ACCOUNT = frozenset({"card", "account"})

_QUERY = """
-- one row per case and subject that its records name: how many of them, of how many that name one of the kind
WITH named AS (
    SELECT 'cash-receipts' AS type, record_id, 'collector' AS kind, collector_id AS subject, received_on AS day
    FROM cash_receipts
    UNION ALL
    SELECT 'cash-receipts', record_id, 'village', village, received_on FROM cash_receipts
    UNION ALL
    SELECT 'payments', record_id, 'collector', collector_id, paid_on FROM payments
    UNION ALL
    SELECT 'payments', record_id, 'village', village, paid_on FROM payments
    UNION ALL
    SELECT 'payments', record_id, 'terminal', terminal_id, paid_on FROM payments
    UNION ALL
    SELECT 'payments', record_id, 'account', payer_account, paid_on FROM payments
    UNION ALL
    SELECT 'pos-transactions', record_id, 'terminal', terminal_id, occurred_on FROM pos_transactions
    UNION ALL
    SELECT 'pos-transactions', record_id, 'account', card, occurred_on FROM pos_transactions
    UNION ALL
    SELECT 'rosters', record_id, 'village', village, NULL FROM rosters
),
touched AS (
    SELECT
        r.number, n.kind, n.subject, min(n.day) AS first_on,
        count(DISTINCT concat(r.type, ':', r.record_id)) AS records
    FROM case_records AS r
    INNER JOIN named AS n ON n.type = r.type AND n.record_id = r.record_id
    WHERE n.subject IS NOT NULL
    GROUP BY r.number, n.kind, n.subject
)
SELECT number, kind, subject, first_on, records, sum(records) OVER (PARTITION BY number, kind) AS of_kind
FROM touched
ORDER BY number, kind, subject
"""


class Linked(NamedTuple):
    """A case and whose it is."""

    case: Case
    subjects: frozenset[Subject]
    first_on: date | None
    """Day of its first record with a date."""


def linked(world: duckdb.DuckDBPyConnection, cases: Sequence[Case], tokens: Tokens) -> list[Linked]:
    """Return every case with its subjects, in the same order; `world` is one county's.

    A case is that of the collector, terminal, account (a card too) or village that it names. Where it names none of a
    kind, it is that of whoever at least half of its records with one of the kind name.
    """
    numbers, types, ids = [], [], []
    for number, case in enumerate(cases):
        for kind, record in case.records:
            numbers.append(number)
            types.append(kind)
            ids.append(record)
    world.register("case_records", pa.table({"number": numbers, "type": types, "record_id": ids}, schema=_RECORDS))
    found = world.execute(_QUERY).fetchall()
    world.unregister("case_records")
    touched: dict[int, list[tuple[str, str, date | None, int, int]]] = {}
    for number, *rest in found:
        touched.setdefault(number, []).append((rest[0], rest[1], rest[2], rest[3], rest[4]))
    return [_of_case(case, touched.get(number, []), tokens) for number, case in enumerate(cases)]


_FIELDS: Mapping[str, pa.DataType] = {"number": pa.int64(), "type": pa.string(), "record_id": pa.string()}
_RECORDS = pa.schema(_FIELDS)


def _of_case(case: Case, touched: list[tuple[str, str, date | None, int, int]], tokens: Tokens) -> Linked:
    named = _named(case, tokens)
    subjects = {named} if named is not None else set()
    for kind, subject, _, records, of_kind in touched:
        if (named is None or kind != named[0]) and 2 * records >= of_kind:
            subjects.add((kind, subject))
    days = [day for _, _, day, _, _ in touched if day is not None]
    return Linked(case, frozenset(subjects), min(days, default=None))


def _named(case: Case, tokens: Tokens) -> Subject | None:
    if case.subject_type in _AS_ACCOUNT and case.subject_id:
        return "account", tokens.account(case.subject_id)
    if case.subject_type in ("collector", "terminal", "village") and case.subject_id:
        return case.subject_type, case.subject_id
    return None
