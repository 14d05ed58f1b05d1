"""What a rule that runs could not judge: townships, days and terminals without their records, years, duties."""

from __future__ import annotations

from functools import cached_property

from domain.contract import RECORD_TYPES
from domain.fees import FEES
from risk import unjudged_terminals as terminals
from risk.catalogue.card import Bilingual
from risk.catalogue.rule import Rule
from risk.engine import Arguments, Engine

CASH_REGISTER, PAYMENTS, ENTITLEMENTS, TERMINAL_LOG = "cash-receipts", "payments", "entitlements", "pos-transactions"
JUDGING_APPOINTMENT = frozenset({CASH_REGISTER, "collectors"})
"""What a rule about who may collect needs, and nothing else."""
_FEE_NAMES = {fee.id: fee.zh[0] for fee in FEES}
_WITH_TARIFF = ", ".join(f"'{fee.id}'" for fee in FEES if fee.tariff != "free")

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

_YEARS_WITHOUT_TARIFF = f"""
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
WHERE t.fee IS NULL AND s.fee_year IS NOT NULL AND s.fee IN ({_WITH_TARIFF})
ORDER BY s.fee, s.fee_year
"""

_DUTIES_OF_H01 = """
SELECT DISTINCT duty, zh, proof
FROM duty
WHERE rule IS NULL AND (anchor IS NOT NULL OR per_year IS NOT NULL OR field LIKE '%.%')
    AND NOT starts_with(proof, 'data-queries.') AND NOT starts_with(proof, 'fund-transfers.')
ORDER BY duty
"""
"""Queries and transfers have rules of their own; a clock without a field (reminders ended) is in no record."""

_TOWNSHIPS_WITHOUT_PAYMENTS = """
SELECT p.township, min(d.name) AS name, p.fee, p.fee_year
FROM payments_not_in AS p
LEFT JOIN divisions AS d ON d.county = p.county AND d.record_id = p.township
GROUP BY p.county, p.township, p.fee, p.fee_year
ORDER BY p.county, p.township, p.fee, p.fee_year
"""

_DAYS_WITHOUT_PAYMENTS = """
SELECT
    g.fee, CAST(g.fee_year AS VARCHAR), CAST(g.first_on AS VARCHAR), CAST(g.last_on AS VARCHAR),
    CAST(count(*) AS VARCHAR)
FROM payment_gaps AS g
GROUP BY g.county, g.fee, g.fee_year, g.first_on, g.last_on
ORDER BY g.county, g.fee, g.fee_year, g.first_on, g.last_on
"""

_YEARS_WITHOUT_ENTITLEMENTS = f"""
WITH covered AS (
    SELECT county, fee, fee_year FROM entitlements GROUP BY county, fee, fee_year
),
paid AS (
    SELECT county, fee, fee_year FROM payments GROUP BY county, fee, fee_year
)
SELECT DISTINCT p.fee, p.fee_year
FROM paid AS p
LEFT JOIN covered AS c ON c.county = p.county AND c.fee = p.fee AND c.fee_year = p.fee_year
WHERE c.fee IS NULL AND p.fee IN ({_WITH_TARIFF})
ORDER BY p.fee, p.fee_year
"""

_TAKEN_BY_UNLISTED = """
WITH unlisted AS (
    SELECT c.county, c.collector_id, c.event_id
    FROM cash_receipts AS c
    LEFT JOIN (SELECT county, record_id FROM collectors GROUP BY county, record_id) AS k
        ON k.county = c.county AND k.record_id = c.collector_id
    WHERE k.record_id IS NULL
)
SELECT CAST(count(*) AS VARCHAR) AS lines, CAST(count(DISTINCT u.collector_id) AS VARCHAR) AS collectors
FROM unlisted AS u
GROUP BY u.county
ORDER BY u.county
"""
"""Register lines that name somebody whom the register of collectors does not hold."""

_ASKED = (
    (frozenset({CASH_REGISTER}), _SILENT_TOWNSHIPS),
    (frozenset({CASH_REGISTER, PAYMENTS}), _TOWNSHIPS_WITHOUT_PAYMENTS),
    (frozenset({CASH_REGISTER, PAYMENTS}), _DAYS_WITHOUT_PAYMENTS),
    (frozenset({PAYMENTS, ENTITLEMENTS}), _YEARS_WITHOUT_ENTITLEMENTS),
    (frozenset({TERMINAL_LOG, PAYMENTS}), terminals.SALES_WITHOUT_PAYMENTS),
    (frozenset({TERMINAL_LOG}), terminals.TERMINALS_WITHOUT_LOG),
    (frozenset({TERMINAL_LOG}), terminals.DAYS_WITHOUT_LOG),
)
"""Record types that a rule needs, and what is then asked of the world."""


def asked_of(rule: Rule) -> tuple[str, ...]:
    """Return the SQL that is asked of a world to tell what the rule could not judge in it."""
    needs = set(rule.card.needs)
    appointed = (_TAKEN_BY_UNLISTED,) if needs == JUDGING_APPOINTMENT else ()
    return (*appointed, *(query for types, query in _ASKED if types <= needs))


class Unjudged:
    """Answers for one world; each question is asked of the tables once."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of(self, rule: Rule) -> tuple[Bilingual, ...]:
        """Return what the rule could not judge, by name."""
        parts: list[Bilingual] = []
        needs = set(rule.card.needs)
        if CASH_REGISTER in needs:
            parts += self._silent_townships
        if needs == JUDGING_APPOINTMENT:
            parts += self._taken_by_unlisted
        if {CASH_REGISTER, PAYMENTS} <= needs:
            parts += self._townships_without_payments
            parts += self._days_without_payments
        if {PAYMENTS, ENTITLEMENTS} <= needs:
            parts += self._years_without_entitlements
        if {TERMINAL_LOG, PAYMENTS} <= needs:
            parts += self._sales_without_payments
        if TERMINAL_LOG in needs:
            parts += self._payments_without_log
        if "tariff" in rule.card.policy:
            parts += self._years_without_tariff
        if "duty" in rule.card.policy:
            parts += self._duties_not_on_record
        return tuple(parts)

    @cached_property
    def _silent_townships(self) -> list[Bilingual]:
        rows = self._rows(_SILENT_TOWNSHIPS)
        return [
            Bilingual(
                f"{' '.join(filter(None, (name, code)))}未报送现金征缴登记台账",
                f"township {' '.join(filter(None, (code, name)))} has handed in no cash register",
            )
            for code, name in rows
        ]

    @cached_property
    def _taken_by_unlisted(self) -> list[Bilingual]:
        return [
            Bilingual(
                f"现金台账有 {lines} 笔的代收人（{collectors} 名）不在代收人员名册中，无法判断其是否在任",
                f"{lines} register lines name collectors ({collectors}) who are not in the register of collectors: "
                "whether they were appointed cannot be judged",
            )
            for lines, collectors in self._rows(_TAKEN_BY_UNLISTED)
        ]

    @cached_property
    def _townships_without_payments(self) -> list[Bilingual]:
        rows = self._rows(_TOWNSHIPS_WITHOUT_PAYMENTS)
        return [
            Bilingual(
                f"{' '.join(filter(None, (name, code)))} {_FEE_NAMES[fee]} {year} 年度缴费明细未传入",
                f"no payments of {fee} {year} have come in of township {' '.join(filter(None, (code, name)))}",
            )
            for code, name, fee, year in rows
        ]

    @cached_property
    def _days_without_payments(self) -> list[Bilingual]:
        rows = self._rows(_DAYS_WITHOUT_PAYMENTS)
        return [
            Bilingual(
                f"{first} 至 {last} {_FEE_NAMES[fee]} {year} 年度缴费明细未传入，台账 {lines} 笔无法判断",
                f"no payments of {fee} {year} have come in of {first} to {last}: "
                f"{lines} register lines cannot be judged",
            )
            for fee, year, first, last, lines in rows
        ]

    @cached_property
    def _years_without_entitlements(self) -> list[Bilingual]:
        rows = self._rows(_YEARS_WITHOUT_ENTITLEMENTS)
        return [
            Bilingual(f"{_FEE_NAMES[fee]} {year} 年度无权益记录", f"{fee} {year} has no entitlements")
            for fee, year in rows
        ]

    @cached_property
    def _sales_without_payments(self) -> list[Bilingual]:
        return terminals.sales_compared_with_nothing(self._rows(terminals.SALES_WITHOUT_PAYMENTS))

    @cached_property
    def _payments_without_log(self) -> list[Bilingual]:
        return [
            *terminals.terminals_not_logged(self._rows(terminals.TERMINALS_WITHOUT_LOG)),
            *terminals.days_not_logged(self._rows(terminals.DAYS_WITHOUT_LOG)),
        ]

    @cached_property
    def _years_without_tariff(self) -> list[Bilingual]:
        rows = self._rows(_YEARS_WITHOUT_TARIFF)
        return [
            Bilingual(f"{_FEE_NAMES[fee]} {year} 年度无缴费标准", f"{fee} {year} has no tariff") for fee, year in rows
        ]

    @cached_property
    def _duties_not_on_record(self) -> list[Bilingual]:
        """Return the duties of which nothing shows whether they were done, those of one proof together."""
        lacking: dict[str, list[tuple[str, str]]] = {}
        for duty, zh, proof in self._rows(_DUTIES_OF_H01):
            if not self._on_record(duty, proof):
                lacking.setdefault(proof.split(" (")[0], []).append((duty, zh))
        return [
            Bilingual(
                f"没有记录（{proof}）：{'、'.join(zh for _, zh in duties)}",
                f"nothing on record ({proof}) of {', '.join(duty for duty, _ in duties)}",
            )
            for proof, duties in sorted(lacking.items())
        ]

    def _on_record(self, duty: str, proof: str) -> bool:
        if proof.startswith("duty-acts"):
            return self._some("duty_acts WHERE duty = $duty", {"duty": duty})
        if proof in ("issued lists", "spot checks"):
            return self._some(proof.replace(" ", "_"), {})
        record, _, field = proof.partition(".")
        return self._some(f"{RECORD_TYPES[record].table} WHERE {field} IS NOT NULL", {})

    def _some(self, rows: str, given: Arguments) -> bool:
        return self._engine.run(f"SELECT 1 AS one FROM {rows} LIMIT 1", given).num_rows > 0

    def _rows(self, query: str) -> list[tuple[str, ...]]:
        """Return a query's rows."""
        columns = self._engine.run(query, {}).to_pydict()
        return list(zip(*columns.values(), strict=True))
