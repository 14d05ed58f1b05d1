"""Who sits in a township's own social security office, as the subjects under which findings may name them.

A suspicion about one of them must not be checked by the township (domain.md, Who gets what).
"""

from __future__ import annotations

import duckdb
import pyarrow as pa

from risk.engine import DuckDBEngine, Engine

SCHEMA = pa.schema([pa.field(name, pa.string()) for name in ("county", "subject_type", "subject_id")])

_QUERY = """
-- one row per subject that is a township's own clerk, or that a clerk keeps or owns
WITH clerk AS (
    SELECT DISTINCT county, record_id, person FROM collectors WHERE role = 'township-clerk'
),
hand AS (
    SELECT county, record_id FROM clerk
    UNION
    SELECT c.county, c.record_id
    FROM collectors AS c INNER JOIN clerk AS k ON k.county = c.county AND k.person = c.person
),
own_account AS (
    SELECT c.county, unnest(c.own_accounts) AS account
    FROM collectors AS c INNER JOIN hand AS h ON h.county = c.county AND h.record_id = c.record_id
)
SELECT county, 'collector' AS subject_type, record_id AS subject_id FROM hand
UNION
SELECT county, 'payer' AS subject_type, person AS subject_id FROM clerk WHERE person IS NOT NULL
UNION
SELECT t.county, 'terminal' AS subject_type, t.record_id AS subject_id
FROM terminals AS t INNER JOIN hand AS h ON h.county = t.county AND h.record_id = t.collector_id
UNION
SELECT county, 'account' AS subject_type, account AS subject_id FROM own_account
UNION
SELECT county, 'card' AS subject_type, account AS subject_id FROM own_account
ORDER BY county, subject_type, subject_id
"""


def officials(world: duckdb.DuckDBPyConnection) -> pa.Table:
    """Return SCHEMA's columns, sorted: the clerks, their other hands, persons, terminals, accounts and cards.

    `world` has the tables `collectors` and `terminals` as rules see them. A clerk since relieved still counts: what is
    suspected happened under the township's own eyes.
    """
    return officials_by(DuckDBEngine(world))


def officials_by(engine: Engine) -> pa.Table:
    """Return the same of the world that an engine runs over. Errors: QueryFailed."""
    return engine.run(_QUERY, {}).cast(SCHEMA)
