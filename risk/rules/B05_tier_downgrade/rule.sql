-- one row per collector, fee and fee year with cash taken for a pension tier that was paid in at a lower one
WITH
-- one row per fee and fee year with tiers
tiered AS (
    SELECT DISTINCT t.county, t.fee, t.fee_year FROM tariff AS t WHERE t.kind = 'tiers'
),
-- one row per register line of such a fee with more cash than its payments: what each of its persons handed over for it and what of that is kept
cash AS (
    SELECT
        s.county, s.event_id, s.payer, s.fee, s.fee_year, s.persons, s.collector_id, s.township, s.village, s.charged_on, s.payments,
        (s.amount_fen - s.explained_fen) // s.persons AS cash_fen, s.settled_fen // s.persons AS settled_fen, s.surplus_fen
    FROM line_surpluses AS s
    INNER JOIN tiered AS t ON t.county = s.county AND t.fee = s.fee AND t.fee_year = s.fee_year
    WHERE s.kind = 'line' AND s.over_payment_fen >= $from_fen AND s.over_tariff_fen = 0 AND s.surplus_fen >= $from_fen
        AND (s.amount_fen - s.explained_fen) % s.persons = 0 AND s.settled_fen % s.persons = 0
),
-- one row per such line: everything paid for its payer out of a pocket, whoever's, and the treasury's part
paid AS (
    SELECT
        c.county, c.event_id, CAST(sum(CASE WHEN p.channel = 'fiscal' THEN 0 ELSE p.amount_fen END) AS BIGINT) AS own_fen,
        CAST(sum(CASE WHEN p.channel = 'fiscal' THEN p.amount_fen ELSE 0 END) AS BIGINT) AS fiscal_fen
    FROM cash AS c
    INNER JOIN standing_payments AS p ON p.county = c.county AND p.payer = c.payer AND p.fee = c.fee AND p.fee_year = c.fee_year
    GROUP BY c.county, c.event_id
),
-- one row per such line with the tier paid: the person's own payments, or for a family line the share of each
compared AS (
    SELECT
        c.county, c.event_id, c.payer, c.fee, c.fee_year, c.collector_id, c.township, c.village, c.charged_on, c.payments, c.cash_fen, c.surplus_fen,
        CASE WHEN c.persons > 1 THEN c.settled_fen ELSE greatest(c.settled_fen, coalesce(p.own_fen, 0)) END AS paid_fen,
        coalesce(p.fiscal_fen, 0) AS fiscal_fen
    FROM cash AS c
    LEFT JOIN paid AS p ON p.county = c.county AND p.event_id = c.event_id
),
-- one row per person, fee and year of such a line, and legal amount
amounts AS (
    SELECT g.county, g.payer, g.fee, g.fee_year, g.amount_fen
    FROM (SELECT DISTINCT c.county, c.payer, c.fee, c.fee_year FROM cash AS c) AS c
    INNER JOIN legal_amounts AS g ON g.county = c.county AND g.payer = c.payer AND g.fee = c.fee AND g.fee_year = c.fee_year
),
-- one row per line whose cash is one tier of its payer's and whose payments, with or without the treasury's part, are a lower one
downgraded AS (
    SELECT DISTINCT
        m.county, m.event_id, m.payer, m.fee, m.fee_year, m.collector_id, m.township, m.village, m.charged_on, m.payments, m.cash_fen, m.paid_fen, m.surplus_fen
    FROM compared AS m
    INNER JOIN amounts AS h
        ON h.county = m.county AND h.payer = m.payer AND h.fee = m.fee AND h.fee_year = m.fee_year AND h.amount_fen = m.cash_fen
    INNER JOIN amounts AS l
        ON l.county = m.county AND l.payer = m.payer AND l.fee = m.fee AND l.fee_year = m.fee_year
        AND l.amount_fen IN (m.paid_fen, m.paid_fen + m.fiscal_fen)
    WHERE m.paid_fen > 0 AND m.paid_fen + m.fiscal_fen < m.cash_fen
),
-- one row per collector, fee and fee year: the lines and the payments that settled them
evidence AS (
    SELECT e.county, e.collector_id, e.fee, e.fee_year, list_sort(list(DISTINCT e.event_id)) AS events
    FROM (
        SELECT d.county, d.collector_id, d.fee, d.fee_year, d.event_id FROM downgraded AS d
        UNION
        SELECT d.county, d.collector_id, d.fee, d.fee_year, unnest(d.payments) AS event_id FROM downgraded AS d
    ) AS e
    GROUP BY e.county, e.collector_id, e.fee, e.fee_year
),
-- one row per collector, fee and fee year: counts and amounts
totals AS (
    SELECT
        d.county, d.collector_id, d.fee, d.fee_year,
        CASE WHEN min(d.township) = max(d.township) THEN min(d.township) END AS township,
        CASE WHEN min(d.village) = max(d.village) THEN min(d.village) END AS village,
        count(*) AS lines, CAST(sum(d.surplus_fen) AS BIGINT) AS kept_fen, max(d.cash_fen) AS highest_fen, min(d.paid_fen) AS lowest_fen,
        max(d.surplus_fen) AS largest_fen, min(d.charged_on) AS first_on
    FROM downgraded AS d
    GROUP BY d.county, d.collector_id, d.fee, d.fee_year
)
SELECT
    t.county,
    CASE
        WHEN t.kept_fen >= $critical_fen THEN 'critical'
        WHEN t.lines >= $high_lines THEN 'high'
        WHEN t.lines >= $medium_lines OR t.kept_fen >= $medium_fen THEN 'medium'
        ELSE 'low'
    END AS severity,
    'collector' AS subject_type, t.collector_id AS subject_id, t.township, t.village, t.fee, t.fee_year,
    t.kept_fen AS amount_at_risk_fen, CAST(t.largest_fen AS DOUBLE) AS measure, CAST($from_fen AS DOUBLE) AS threshold,
    t.first_on AS occurred_on, e.events AS evidence,
    struct_pack(lines := t.lines, highest_fen := t.highest_fen, lowest_fen := t.lowest_fen, largest_fen := t.largest_fen) AS details
FROM totals AS t
INNER JOIN evidence AS e
    ON e.county = t.county AND e.collector_id = t.collector_id AND e.fee = t.fee AND e.fee_year = t.fee_year
