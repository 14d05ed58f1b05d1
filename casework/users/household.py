"""Who lives with whom, for 回避: from the household register in the read models, as it stands on a day."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

import duckdb

from domain.cases.recusal import Household

_TOGETHER = """
WITH standing AS (
    SELECT county, source, payer, household_no
    FROM history.households
    QUALIFY row_number() OVER (
            PARTITION BY county, source, record_id ORDER BY changed_at DESC NULLS LAST, version DESC
        ) = 1
        AND coalesce(valid_from <= $day, true) AND coalesce(valid_to > $day, true)
)
SELECT DISTINCT other.payer
FROM standing AS own JOIN standing AS other USING (county, source, household_no)
WHERE own.payer = $person
"""


def households_on(store: duckdb.DuckDBPyConnection, day: date) -> Household:
    """Return the look-up from a person's token to the tokens of all who share a household with them on a day."""

    def together(person: str) -> Collection[str]:
        rows: Iterable[tuple[str]] = store.execute(_TOGETHER, {"day": day, "person": person}).fetchall()
        return frozenset(row[0] for row in rows)

    return together
