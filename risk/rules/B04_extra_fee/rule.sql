-- one row per collector, fee and fee year in which the same small amount was taken on top of several lines
WITH
-- one row per charge with a surplus and amount that may be its fixed extra: the whole, that for each person of a family line, or what is above the tariff beside more that was not paid in
offered AS (
    SELECT s.county, s.event_id, s.collector_id, s.fee, s.fee_year, s.surplus_fen AS extra_fen, s.surplus_fen AS money_fen
    FROM line_surpluses AS s
    UNION
    SELECT s.county, s.event_id, s.collector_id, s.fee, s.fee_year, s.surplus_fen // s.persons AS extra_fen, s.surplus_fen AS money_fen
    FROM line_surpluses AS s
    WHERE s.persons > 1 AND s.surplus_fen % s.persons = 0
    UNION
    SELECT s.county, s.event_id, s.collector_id, s.fee, s.fee_year, s.over_tariff_fen AS extra_fen, s.over_tariff_fen AS money_fen
    FROM line_surpluses AS s
    WHERE s.over_tariff_fen > 0 AND s.over_tariff_fen < s.surplus_fen
),
-- one row per collector, fee, fee year and small amount that came on enough lines
fixed AS (
    SELECT o.county, o.collector_id, o.fee, o.fee_year, o.extra_fen, count(DISTINCT o.event_id) AS lines
    FROM offered AS o
    WHERE o.extra_fen >= $from_fen AND o.extra_fen <= $max_fen
    GROUP BY o.county, o.collector_id, o.fee, o.fee_year, o.extra_fen
    HAVING count(DISTINCT o.event_id) >= $min_lines
),
-- one row per collector, fee and fee year: the commonest of these amounts
commonest AS (
    SELECT f.county, f.collector_id, f.fee, f.fee_year, f.extra_fen
    FROM fixed AS f
    QUALIFY row_number() OVER (PARTITION BY f.county, f.collector_id, f.fee, f.fee_year ORDER BY f.lines DESC, f.extra_fen DESC) = 1
),
-- one row per charge with such an extra: how much money it is
extra AS (
    SELECT o.county, o.event_id, max(o.money_fen) AS money_fen
    FROM offered AS o
    INNER JOIN fixed AS f
        ON f.county = o.county AND f.collector_id = o.collector_id AND f.fee = o.fee AND f.fee_year = o.fee_year AND f.extra_fen = o.extra_fen
    GROUP BY o.county, o.event_id
),
-- one row per such charge with what it says
charged AS (
    SELECT
        s.county, s.event_id, s.collector_id, s.payer, s.fee, s.fee_year, s.charged_on, s.township, s.village, s.payments, s.paid_in, e.money_fen
    FROM extra AS e
    INNER JOIN line_surpluses AS s ON s.county = e.county AND s.event_id = e.event_id
),
-- one row per collector, fee and fee year: the charges and the payments that settled them
evidence AS (
    SELECT e.county, e.collector_id, e.fee, e.fee_year, list_sort(list(DISTINCT e.event_id)) AS events
    FROM (
        SELECT c.county, c.collector_id, c.fee, c.fee_year, c.event_id FROM charged AS c
        UNION
        SELECT c.county, c.collector_id, c.fee, c.fee_year, unnest(c.payments) AS event_id FROM charged AS c
    ) AS e
    GROUP BY e.county, e.collector_id, e.fee, e.fee_year
),
-- one row per collector, fee and fee year: counts and amounts
totals AS (
    SELECT
        c.county, c.collector_id, c.fee, c.fee_year,
        CASE WHEN min(c.township) = max(c.township) THEN min(c.township) END AS township,
        CASE WHEN min(c.village) = max(c.village) THEN min(c.village) END AS village,
        count(*) AS lines, count(DISTINCT c.payer) AS persons, CAST(sum(c.money_fen) AS BIGINT) AS extra_fen,
        min(c.charged_on) AS first_on, bool_and(c.paid_in) AS paid_in
    FROM charged AS c
    GROUP BY c.county, c.collector_id, c.fee, c.fee_year
)
SELECT
    t.county,
    CASE
        WHEN t.paid_in THEN 'low'
        WHEN t.lines >= $high_lines THEN 'high'
        ELSE 'medium'
    END AS severity,
    'collector' AS subject_type, t.collector_id AS subject_id, t.township, t.village, t.fee, t.fee_year,
    t.extra_fen AS amount_at_risk_fen, CAST(t.lines AS DOUBLE) AS measure, CAST($min_lines AS DOUBLE) AS threshold,
    t.first_on AS occurred_on, e.events AS evidence,
    struct_pack(lines := t.lines, persons := t.persons, each_fen := m.extra_fen, paid_in := t.paid_in) AS details
FROM totals AS t
INNER JOIN commonest AS m
    ON m.county = t.county AND m.collector_id = t.collector_id AND m.fee = t.fee AND m.fee_year = t.fee_year
INNER JOIN evidence AS e
    ON e.county = t.county AND e.collector_id = t.collector_id AND e.fee = t.fee AND e.fee_year = t.fee_year
