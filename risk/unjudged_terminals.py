"""What cannot be compared at the terminals: sales whose payments, and payments whose log, have not come in."""

from __future__ import annotations

from collections.abc import Iterable

from risk.catalogue.card import Bilingual

_NAMED = 5
"""Terminals named one by one; of more, the number is told."""

_NUMBERED = """
numbered AS (
    SELECT d.*, sum(d.told) OVER (PARTITION BY d.county ORDER BY d.day ROWS UNBOUNDED PRECEDING) AS stretch
    FROM days AS d
)"""
"""Days, each with the number of the stretch to which it belongs: one ends with every day that is told of."""

SALES_WITHOUT_PAYMENTS = f"""
WITH days AS (
    SELECT
        s.county, s.occurred_on AS day, count(*) FILTER (WHERE s.explained_by = 'outside') AS unmet,
        max(CASE WHEN coalesce(s.explained_by, '') IN ('outside', 'returned') THEN 0 ELSE 1 END) AS told
    FROM explained_sales AS s
    GROUP BY s.county, s.occurred_on
),{_NUMBERED},
paying AS (
    SELECT county FROM terminal_payments GROUP BY county
)
SELECT
    CASE WHEN p.county IS NULL THEN 'none' ELSE 'some' END AS payments,
    CAST(min(n.day) AS VARCHAR) AS first_on, CAST(max(n.day) AS VARCHAR) AS last_on,
    CAST(sum(n.unmet) AS VARCHAR) AS sales
FROM numbered AS n
LEFT JOIN paying AS p ON p.county = n.county
WHERE n.unmet > 0
GROUP BY n.county, p.county, n.stretch
ORDER BY n.county, n.stretch
"""
"""Sales of days of which no payments have come in; where no payment was by a terminal, that is all of them."""

_LOGGED = """
logged AS (
    SELECT i.county, i.terminal_id
    FROM pos_transactions AS s
    INNER JOIN terminal_ids AS i ON i.county = s.county AND i.form = s.terminal_id
    GROUP BY i.county, i.terminal_id
)"""

TERMINALS_WITHOUT_LOG = f"""
WITH {_LOGGED.strip()}
SELECT p.county, p.terminal_id, CAST(count(*) AS VARCHAR) AS payments
FROM terminal_payments AS p
LEFT JOIN logged AS l ON l.county = p.county AND l.terminal_id = p.terminal_id
WHERE l.terminal_id IS NULL AND p.terminal_id IS NOT NULL
GROUP BY p.county, p.terminal_id
HAVING count(*) >= 3
ORDER BY p.county, p.terminal_id
"""
"""Once or twice is a slip of the pen in the terminal's number."""

DAYS_WITHOUT_LOG = f"""
WITH {_LOGGED.strip()},
paid AS (
    SELECT p.county, p.terminal_id, p.paid_on AS day
    FROM terminal_payments AS p
    INNER JOIN logged AS l ON l.county = p.county AND l.terminal_id = p.terminal_id
),
days AS (
    SELECT e.county, e.day, max(e.told) AS told
    FROM (
        SELECT s.county, s.occurred_on AS day, 1 AS told FROM pos_transactions AS s
        UNION ALL
        SELECT p.county, p.day, 0 AS told FROM paid AS p
    ) AS e
    GROUP BY e.county, e.day
),{_NUMBERED}
SELECT
    CAST(min(p.day) AS VARCHAR) AS first_on, CAST(max(p.day) AS VARCHAR) AS last_on,
    CAST(count(*) AS VARCHAR) AS payments
FROM numbered AS n
INNER JOIN paid AS p ON p.county = n.county AND p.day = n.day
WHERE n.told = 0
GROUP BY n.county, n.stretch
HAVING count(*) >= 10 AND count(DISTINCT p.terminal_id) >= 3
ORDER BY n.county, n.stretch
"""
"""Of terminals that the log has; as many payments and terminals as explained_sales asks of days without payments."""


def sales_compared_with_nothing(rows: Iterable[tuple[str, ...]]) -> list[Bilingual]:
    """Return a sentence for each stretch of SALES_WITHOUT_PAYMENTS."""
    return [
        Bilingual(
            f"没有一笔缴费写明终端号、参考号或POS渠道，{first} 至 {last} 的刷卡消费 {sales} 笔无法核对",
            f"no payment names a terminal, its reference or the channel pos: "
            f"{sales} sales of {first} to {last} cannot be compared",
        )
        if payments == "none"
        else Bilingual(
            f"{first} 至 {last} 缴费明细未传入，刷卡消费 {sales} 笔无法核对",
            f"no payments have come in of {first} to {last}: {sales} terminal sales cannot be compared",
        )
        for payments, first, last, sales in rows
    ]


def terminals_not_logged(rows: Iterable[tuple[str, ...]]) -> list[Bilingual]:
    """Return a sentence for the terminals of each county of TERMINALS_WITHOUT_LOG, the first of them by number."""
    counties: dict[str, list[tuple[str, int]]] = {}
    for county, terminal, payments in rows:
        counties.setdefault(county, []).append((terminal, int(payments)))
    return [_not_logged([name for name, _ in own], sum(count for _, count in own)) for own in counties.values()]


def _not_logged(names: list[str], payments: int) -> Bilingual:
    some = len(names) > _NAMED
    return Bilingual(
        f"终端 {'、'.join(names[:_NAMED])}{' 等' if some else '，'}共 {len(names)} 台没有POS交易流水，"
        f"其缴费 {payments} 笔无法核对",
        f"no log of {len(names)} terminals ({', '.join(names[:_NAMED])}{' ...' if some else ''}): "
        f"{payments} payments cannot be compared",
    )


def days_not_logged(rows: Iterable[tuple[str, ...]]) -> list[Bilingual]:
    """Return a sentence for each stretch of DAYS_WITHOUT_LOG."""
    return [
        Bilingual(
            f"{first} 至 {last} POS交易流水未传入，刷卡缴费 {payments} 笔无法核对",
            f"no terminal log has come in of {first} to {last}: {payments} payments cannot be compared",
        )
        for first, last, payments in rows
    ]
