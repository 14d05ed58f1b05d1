"""Whether there is enough data for a rule: what it needs and is not there, by name."""

from __future__ import annotations

from functools import cached_property

import duckdb

from domain.contract import RECORD_TYPES
from domain.fees import FEES
from risk.catalogue.card import Bilingual
from risk.catalogue.rule import Rule

CASH_REGISTER = "cash-receipts"
_FEE_NAMES = {fee.id: fee.zh[0] for fee in FEES}
_WITH_TARIFF = tuple(fee.id for fee in FEES if fee.tariff != "free")

_SILENT_TOWNSHIPS = """
WITH handed_in AS (
    SELECT county, township FROM cash_receipts WHERE township IS NOT NULL GROUP BY county, township
),
listed AS (
    SELECT county, township FROM rosters WHERE township IS NOT NULL GROUP BY county, township
)
SELECT l.township, min(d.name) AS name
FROM listed AS l
INNER JOIN (SELECT county FROM handed_in GROUP BY county) AS c ON c.county = l.county
LEFT JOIN handed_in AS h ON h.county = l.county AND h.township = l.township
LEFT JOIN divisions AS d ON d.county = l.county AND d.record_id = l.township
WHERE h.township IS NULL
GROUP BY l.county, l.township
ORDER BY l.county, l.township
"""

_YEARS_WITHOUT_TARIFF = """
WITH seen AS (
    SELECT county, fee, fee_year FROM payments GROUP BY county, fee, fee_year
    UNION
    SELECT county, fee, fee_year FROM cash_receipts GROUP BY county, fee, fee_year
    UNION
    SELECT county, fee, fee_year FROM rosters GROUP BY county, fee, fee_year
)
SELECT DISTINCT s.fee, s.fee_year
FROM seen AS s
LEFT JOIN tariff AS t ON t.county = s.county AND t.fee = s.fee AND t.fee_year = s.fee_year
WHERE t.fee IS NULL AND s.fee_year IS NOT NULL AND list_contains($fees, s.fee)
ORDER BY s.fee, s.fee_year
"""


class Sufficiency:
    """Answers for one world what is missing; each question is asked of the tables once."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._empty: dict[str, bool] = {}

    def lacking(self, rule: Rule) -> tuple[Bilingual, ...]:
        """Return the record types and policy tables that the rule needs and that are empty; none: it can be run."""
        missing = [
            Bilingual(f"缺少{RECORD_TYPES[name].zh}（{name}）", f"no {name}")
            for name in rule.card.needs
            if self._is_empty(RECORD_TYPES[name].table)
        ]
        missing += [
            Bilingual(f"政策中缺少 {name}", f"no {name} in the policy")
            for name in rule.card.policy
            if self._is_empty(name)
        ]
        return tuple(missing)

    def unjudged(self, rule: Rule) -> tuple[Bilingual, ...]:
        """Return what a rule that runs could not judge: townships without a register, fee years without a tariff."""
        parts: list[Bilingual] = []
        if CASH_REGISTER in rule.card.needs:
            parts += self._silent_townships
        if "tariff" in rule.card.policy:
            parts += self._years_without_tariff
        return tuple(parts)

    def _is_empty(self, table: str) -> bool:
        if table not in self._empty:
            self._empty[table] = self._connection.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchall() == []
        return self._empty[table]

    @cached_property
    def _silent_townships(self) -> list[Bilingual]:
        rows = self._connection.execute(_SILENT_TOWNSHIPS).fetchall()
        return [
            Bilingual(
                f"{' '.join(filter(None, (name, code)))}未报送现金征缴登记台账",
                f"township {' '.join(filter(None, (code, name)))} has handed in no cash register",
            )
            for code, name in rows
        ]

    @cached_property
    def _years_without_tariff(self) -> list[Bilingual]:
        rows = self._connection.execute(_YEARS_WITHOUT_TARIFF, {"fees": list(_WITH_TARIFF)}).fetchall()
        return [
            Bilingual(f"{_FEE_NAMES[fee]} {year} 年度无缴费标准", f"{fee} {year} has no tariff") for fee, year in rows
        ]
