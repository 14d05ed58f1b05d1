-- one row per collector, fee and fee year whose surpluses mostly have one value
WITH
-- one row per collector, fee and fee year with enough charges that have a surplus: how many
enough AS (
    SELECT s.county, s.collector_id, s.fee, s.fee_year, count(*) AS surpluses
    FROM line_surpluses AS s
    WHERE s.surplus_fen >= $from_fen
    GROUP BY s.county, s.collector_id, s.fee, s.fee_year
    HAVING count(*) >= $min_surpluses
),
-- one row per charge of theirs and value that its surplus may have: the whole, or for each person of a family line
valued AS (
    SELECT s.county, s.event_id, s.collector_id, s.fee, s.fee_year, s.surplus_fen AS value_fen
    FROM line_surpluses AS s
    INNER JOIN enough AS n ON n.county = s.county AND n.collector_id = s.collector_id AND n.fee = s.fee AND n.fee_year = s.fee_year
    WHERE s.surplus_fen >= $from_fen
    UNION
    SELECT s.county, s.event_id, s.collector_id, s.fee, s.fee_year, s.surplus_fen // s.persons AS value_fen
    FROM line_surpluses AS s
    INNER JOIN enough AS n ON n.county = s.county AND n.collector_id = s.collector_id AND n.fee = s.fee AND n.fee_year = s.fee_year
    WHERE s.surplus_fen >= $from_fen AND s.persons > 1 AND s.surplus_fen % s.persons = 0
),
-- one row per collector, fee and fee year: the commonest value and how many charges have it
commonest AS (
    SELECT v.county, v.collector_id, v.fee, v.fee_year, v.value_fen, count(*) AS lines
    FROM valued AS v
    GROUP BY v.county, v.collector_id, v.fee, v.fee_year, v.value_fen
    QUALIFY row_number() OVER (PARTITION BY v.county, v.collector_id, v.fee, v.fee_year ORDER BY count(*) DESC, v.value_fen DESC) = 1
),
-- one row per collector, fee and fee year whose commonest value is common enough
constant AS (
    SELECT c.county, c.collector_id, c.fee, c.fee_year, c.value_fen, c.lines, n.surpluses
    FROM commonest AS c
    INNER JOIN enough AS n ON n.county = c.county AND n.collector_id = c.collector_id AND n.fee = c.fee AND n.fee_year = c.fee_year
    WHERE c.lines * 100 >= n.surpluses * $same_percent
),
-- one row per charge of that value
charged AS (
    SELECT
        s.county, s.event_id, s.collector_id, s.payer, s.fee, s.fee_year, s.charged_on, s.township, s.village, s.payments, s.paid_in, s.surplus_fen
    FROM constant AS k
    INNER JOIN valued AS v
        ON v.county = k.county AND v.collector_id = k.collector_id AND v.fee = k.fee AND v.fee_year = k.fee_year AND v.value_fen = k.value_fen
    INNER JOIN line_surpluses AS s ON s.county = v.county AND s.event_id = v.event_id
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
-- one row per collector, fee and fee year: amounts
totals AS (
    SELECT
        c.county, c.collector_id, c.fee, c.fee_year,
        CASE WHEN min(c.township) = max(c.township) THEN min(c.township) END AS township,
        CASE WHEN min(c.village) = max(c.village) THEN min(c.village) END AS village,
        CAST(sum(c.surplus_fen) AS BIGINT) AS kept_fen, min(c.charged_on) AS first_on, bool_and(c.paid_in) AS paid_in
    FROM charged AS c
    GROUP BY c.county, c.collector_id, c.fee, c.fee_year
)
SELECT
    t.county,
    CASE
        WHEN t.paid_in THEN 'low'
        WHEN t.kept_fen >= $high_fen THEN 'high'
        ELSE 'medium'
    END AS severity,
    'collector' AS subject_type, t.collector_id AS subject_id, t.township, t.village, t.fee, t.fee_year,
    t.kept_fen AS amount_at_risk_fen, CAST(k.lines * 100 // k.surpluses AS DOUBLE) AS measure, CAST($same_percent AS DOUBLE) AS threshold,
    t.first_on AS occurred_on, e.events AS evidence,
    struct_pack(lines := k.lines, surpluses := k.surpluses, each_fen := k.value_fen, paid_in := t.paid_in) AS details
FROM totals AS t
INNER JOIN constant AS k
    ON k.county = t.county AND k.collector_id = t.collector_id AND k.fee = t.fee AND k.fee_year = t.fee_year
INNER JOIN evidence AS e
    ON e.county = t.county AND e.collector_id = t.collector_id AND e.fee = t.fee AND e.fee_year = t.fee_year
