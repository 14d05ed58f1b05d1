"""What two versions of a rule saw on the days of a backtest, and what is counted of it, in one table in memory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import duckdb
import msgspec
import pyarrow as pa

from casework.rule_life.shares import measured
from domain.cases.backtest import BacktestDay, Measured

OWN, AGAINST = "own", "against"
_TABLES = """
CREATE TABLE seen (
    as_of DATE, side VARCHAR, county VARCHAR, category VARCHAR, subject_type VARCHAR, subject_id VARCHAR,
    township VARCHAR, level BIGINT, amount_fen BIGINT, measure DOUBLE, threshold DOUBLE, reason_zh VARCHAR,
    reason_en VARCHAR
);
CREATE TABLE others (rule VARCHAR, county VARCHAR, subject_type VARCHAR, subject_id VARCHAR);
-- one row per day, side, subject and kind of wrong that is more than watched
CREATE VIEW flagged AS
SELECT
    as_of, side, county, category, subject_type, subject_id, min(township) AS township, max(level) AS level,
    max(amount_fen) AS amount_fen, arg_max(measure, (level, amount_fen, measure)) AS measure,
    arg_max(threshold, (level, amount_fen, measure)) AS threshold,
    arg_max(reason_zh, (level, amount_fen, reason_zh)) AS reason_zh,
    arg_max(reason_en, (level, amount_fen, reason_zh)) AS reason_en
FROM seen
WHERE level >= 1
GROUP BY ALL;
-- one row per side, subject and kind of wrong, with the first day that showed it
CREATE VIEW ever AS
SELECT
    side, county, category, subject_type, subject_id, min(as_of) AS first_on, arg_min(township, as_of) AS township,
    'S' || left(sha256(concat_ws(chr(31), county, category, subject_type, subject_id)), 16) AS suspicion_id
FROM flagged
GROUP BY side, county, category, subject_type, subject_id
"""
_ADD = """
INSERT INTO seen
SELECT
    $as_of, $side, county, coalesce(json_extract_string(details, '$.category'), category), subject_type, subject_id,
    township, list_position(['watch', 'low', 'medium', 'high', 'critical'], severity) - 1,
    coalesce(amount_at_risk_fen, 0), measure, threshold, reason_zh, reason_en
FROM findings
"""
_KEY = "county, category, subject_type, subject_id"
_DAY = f"""
WITH own AS (SELECT {_KEY}, level FROM flagged WHERE as_of = $as_of AND side = 'own'),
against AS (SELECT {_KEY}, level FROM flagged WHERE as_of = $as_of AND side = 'against')
SELECT
    (SELECT count(*) FROM seen WHERE as_of = $as_of AND side = 'own'), (SELECT count(*) FROM own),
    (SELECT count(*) FROM ever WHERE first_on = $as_of AND side = 'own'),
    (SELECT count(*) FROM own ANTI JOIN against USING ({_KEY})),
    (SELECT count(*) FROM against ANTI JOIN own USING ({_KEY})),
    (SELECT count(*) FROM own INNER JOIN against USING ({_KEY}) WHERE own.level <> against.level)
"""
_WORKLOAD = """
SELECT coalesce(township, '') AS place, first_on, count(*) FROM ever WHERE side = 'own' GROUP BY ALL ORDER BY ALL
"""
_OVERLAP = """
SELECT o.rule, count(DISTINCT (f.county, f.subject_type, f.subject_id))
FROM flagged AS f
INNER JOIN others AS o ON o.county = f.county AND o.subject_type = f.subject_type AND o.subject_id = f.subject_id
WHERE f.side = 'own' AND f.as_of = $as_of
GROUP BY o.rule ORDER BY o.rule
"""
_TOLD = """
CREATE TABLE told AS
SELECT county, suspicion_id, category, subject_type,
    coalesce(checked = 'wrong', false) OR (answer = 'confirmed' AND checked IS DISTINCT FROM 'right') IS TRUE AS wrong
FROM known
WHERE answer IS NOT NULL OR checked IS NOT NULL
"""
_PRECISION = """
SELECT count(*) FILTER (wrong), count(*)
FROM told SEMI JOIN (FROM ever WHERE side = 'own') AS e USING (county, suspicion_id)
"""
_RECALL = """
WITH mine AS (SELECT DISTINCT county, suspicion_id FROM ever WHERE side = 'own'),
kinds AS (SELECT $category AS category UNION SELECT category FROM ever)
SELECT count(m.county), count(*)
FROM told AS t
LEFT JOIN mine AS m ON m.county = t.county AND m.suspicion_id = t.suspicion_id
WHERE t.wrong AND (
    m.county IS NOT NULL OR (t.subject_type = $subject_type AND t.category IN (SELECT category FROM kinds))
)
"""
_ONLY = """
SELECT
    e.county, e.category, e.subject_type, e.subject_id, e.township, e.first_on, f.level, f.amount_fen, f.measure,
    f.threshold, f.reason_zh, f.reason_en, CASE WHEN t.wrong THEN 'wrong' WHEN NOT t.wrong THEN 'right' END AS outcome
FROM ever AS e
INNER JOIN flagged AS f
    ON f.side = e.side AND f.as_of = e.first_on AND f.county = e.county AND f.category = e.category
    AND f.subject_type = e.subject_type AND f.subject_id = e.subject_id
LEFT JOIN told AS t ON t.county = e.county AND t.suspicion_id = e.suspicion_id
WHERE e.side = $side AND NOT EXISTS (
    FROM ever AS o
    WHERE o.side <> $side AND o.county = e.county AND o.category = e.category AND o.subject_type = e.subject_type
        AND o.subject_id = e.subject_id
)
ORDER BY f.amount_fen DESC, e.county, e.category, e.subject_type, e.subject_id
"""
_SHOWN = f"""
SELECT as_of, side, {_KEY}, township, level, amount_fen, measure, threshold
FROM flagged ORDER BY as_of, side DESC, {_KEY}
"""


class Example(msgspec.Struct, frozen=True):
    """A subject that one version shows and the other on no day, as on the first day that showed it."""

    county: str
    category: str
    subject_type: str
    subject_id: str
    township: str | None
    first_on: date
    level: int
    """1 low to 4 critical."""
    amount_fen: int
    measure: float | None
    threshold: float | None
    reason_zh: str
    reason_en: str
    outcome: str | None
    """wrong, right, or None: nobody is known to have looked."""


class Shares(NamedTuple):
    """How true and how complete the version is, as far as outcomes are known."""

    precision: Measured
    recall: Measured


class Seen:
    """Findings day by day, and the figures of them."""

    def __init__(self, known: pa.Table) -> None:
        """`known`: risk.anomaly.outcomes.KNOWN."""
        self.connection = duckdb.connect(":memory:", config={"threads": 1})
        self.connection.execute(_TABLES)
        self.connection.register("known", known)
        self.connection.execute(_TOLD)

    def add(self, as_of: date, side: str, findings: pa.Table) -> None:
        """Add what a version found as of a day (risk.screening.FINDINGS)."""
        self.connection.register("findings", findings)
        self.connection.execute(_ADD, {"as_of": as_of, "side": side})
        self.connection.unregister("findings")

    def add_others(self, findings: pa.Table) -> None:
        """Add what other rules found as of the last day."""
        self.connection.register("findings", findings)
        self.connection.execute(
            "INSERT INTO others SELECT DISTINCT rule, county, subject_type, subject_id FROM findings "
            "WHERE severity <> 'watch'"
        )
        self.connection.unregister("findings")

    def day(self, as_of: date, outcome: str) -> BacktestDay:
        """Return the figures of a day; all earlier days are added already."""
        (row,) = self.connection.execute(_DAY, {"as_of": as_of}).fetchall()
        return BacktestDay(as_of, outcome, *map(int, row))

    def workload(self, days: Sequence[date]) -> dict[str, tuple[int, ...]]:
        """Return per township the new subjects of each day."""
        counts: dict[str, dict[date, int]] = {}
        for place, day, count in self.connection.execute(_WORKLOAD).fetchall():
            counts.setdefault(place, {})[day] = count
        return {place: tuple(by_day.get(day, 0) for day in days) for place, by_day in counts.items()}

    def overlap(self, as_of: date) -> dict[str, int]:
        """Return per other rule the subjects of a day that it shows too."""
        return {str(rule): int(count) for rule, count in self.connection.execute(_OVERLAP, {"as_of": as_of}).fetchall()}

    def subjects(self) -> int:
        """Return how many subjects the version showed on any day."""
        (row,) = self.connection.execute("SELECT count(*) FROM ever WHERE side = 'own'").fetchall()
        return int(row[0])

    def shares(self, category: str, subject_type: str) -> Shares:
        """Return precision and recall; the rule's own kind of wrong and subject say what it could have shown."""
        (true,) = self.connection.execute(_PRECISION).fetchall()
        given = {"category": category, "subject_type": subject_type}
        (shown,) = self.connection.execute(_RECALL, given).fetchall()
        return Shares(measured(*true), measured(*shown))

    def only(self, side: str) -> list[Example]:
        """Return what a side alone showed, the largest amounts first."""
        found = self.connection.sql(_ONLY, params={"side": side}).to_arrow_table()
        return msgspec.convert(found.to_pylist(), list[Example])

    def shown(self) -> list[dict[str, object]]:
        """Return every subject of every day and side."""
        rows: list[dict[str, object]] = self.connection.sql(_SHOWN).to_arrow_table().to_pylist()
        return rows

    def close(self) -> None:
        """Let go of the memory."""
        self.connection.close()
