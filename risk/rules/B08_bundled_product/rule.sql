-- one row per village, fee and fee year in which a surplus of the same size came with the fee of many payers
WITH
-- one row per charge with a surplus, value that it may have (the whole, or for each person of a family line) and persons who bear it
valued AS (
    SELECT s.county, s.event_id, s.village, s.fee, s.fee_year, s.surplus_fen AS value_fen, 1 AS persons, s.collector_id
    FROM line_surpluses AS s
    WHERE s.village IS NOT NULL AND s.surplus_fen >= $from_fen
    UNION ALL
    SELECT s.county, s.event_id, s.village, s.fee, s.fee_year, s.surplus_fen // s.persons AS value_fen, s.persons, s.collector_id
    FROM line_surpluses AS s
    WHERE s.village IS NOT NULL AND s.surplus_fen >= $from_fen AND s.persons > 1 AND s.surplus_fen % s.persons = 0
),
-- one row per village, fee and fee year in which enough persons bear one value
loaded AS (
    SELECT DISTINCT b.county, b.village, b.fee, b.fee_year
    FROM (
        SELECT v.county, v.village, v.fee, v.fee_year FROM valued AS v GROUP BY v.county, v.village, v.fee, v.fee_year, v.value_fen HAVING sum(v.persons) >= $min_persons
    ) AS b
),
-- one row per such village, fee and fee year: persons who paid (of the village by the roster, where the payment names none), or whose cash was taken
village_payers AS (
    SELECT a.county, a.village, a.fee, a.fee_year, count(DISTINCT a.payer) AS payers
    FROM (
        SELECT p.county, p.village, p.fee, p.fee_year, p.payer
        FROM loaded AS o
        INNER JOIN standing_payments AS p ON p.county = o.county AND p.village = o.village AND p.fee = o.fee AND p.fee_year = o.fee_year
        WHERE p.channel <> 'fiscal' AND p.amount_fen > 0
        UNION ALL
        SELECT l.county, l.village, l.fee, l.fee_year, l.payer
        FROM loaded AS o
        INNER JOIN register_lines AS l ON l.county = o.county AND l.village = o.village AND l.fee = o.fee AND l.fee_year = o.fee_year
        UNION ALL
        SELECT o.county, o.village, o.fee, o.fee_year, p.payer
        FROM loaded AS o
        INNER JOIN rosters AS r ON r.county = o.county AND r.village = o.village AND r.fee = o.fee AND r.fee_year = o.fee_year
        INNER JOIN standing_payments AS p ON p.county = r.county AND p.payer = r.payer AND p.fee = r.fee AND p.fee_year = r.fee_year
        WHERE p.village IS NULL AND p.channel <> 'fiscal' AND p.amount_fen > 0
    ) AS a
    GROUP BY a.county, a.village, a.fee, a.fee_year
),
-- one row per village, fee and fee year: persons whose cash was taken
cash_payers AS (
    SELECT l.county, l.village, l.fee, l.fee_year, CAST(sum(l.persons) AS BIGINT) AS persons
    FROM register_lines AS l
    WHERE l.village IS NOT NULL
    GROUP BY l.county, l.village, l.fee, l.fee_year
),
-- one row per village, fee, fee year and value that enough of its payers bear, or nearly all whose cash several collectors took
borne AS (
    SELECT
        v.county, v.village, v.fee, v.fee_year, v.value_fen, w.payers, coalesce(c.persons, 0) AS cash_persons, CAST(sum(v.persons) AS BIGINT) AS persons
    FROM valued AS v
    INNER JOIN village_payers AS w ON w.county = v.county AND w.village = v.village AND w.fee = v.fee AND w.fee_year = v.fee_year
    LEFT JOIN cash_payers AS c ON c.county = v.county AND c.village = v.village AND c.fee = v.fee AND c.fee_year = v.fee_year
    GROUP BY v.county, v.village, v.fee, v.fee_year, v.value_fen, w.payers, coalesce(c.persons, 0)
    HAVING sum(v.persons) >= $min_persons
        AND (
            sum(v.persons) * 100 >= w.payers * $village_percent
            OR (sum(v.persons) * 100 >= coalesce(c.persons, 0) * $cash_percent AND count(DISTINCT v.collector_id) >= $cash_collectors)
        )
),
-- one row per village, fee and fee year: the value that most bear
commonest AS (
    SELECT b.county, b.village, b.fee, b.fee_year, b.value_fen, b.payers, b.cash_persons, b.persons
    FROM borne AS b
    QUALIFY row_number() OVER (PARTITION BY b.county, b.village, b.fee, b.fee_year ORDER BY b.persons DESC, b.value_fen DESC) = 1
),
-- one row per fee and fee year of such a village: how many villages have enough payers to be judged
judged_villages AS (
    SELECT w.county, w.fee, w.fee_year, count(*) AS villages
    FROM (
        SELECT a.county, a.village, a.fee, a.fee_year
        FROM (
            SELECT p.county, p.village, p.fee, p.fee_year, p.payer
            FROM (SELECT DISTINCT c.county, c.fee, c.fee_year FROM commonest AS c) AS c
            INNER JOIN standing_payments AS p ON p.county = c.county AND p.fee = c.fee AND p.fee_year = c.fee_year
            WHERE p.village IS NOT NULL AND p.channel <> 'fiscal' AND p.amount_fen > 0
            UNION ALL
            SELECT l.county, l.village, l.fee, l.fee_year, l.payer
            FROM (SELECT DISTINCT c.county, c.fee, c.fee_year FROM commonest AS c) AS c
            INNER JOIN register_lines AS l ON l.county = c.county AND l.fee = c.fee AND l.fee_year = c.fee_year
            WHERE l.village IS NOT NULL
        ) AS a
        GROUP BY a.county, a.village, a.fee, a.fee_year
        HAVING count(DISTINCT a.payer) >= $min_persons
    ) AS w
    GROUP BY w.county, w.fee, w.fee_year
),
-- one row per fee, fee year and value that so many villages share that it looks like the county's own arrangement
county_wide AS (
    SELECT c.county, c.fee, c.fee_year, c.value_fen
    FROM commonest AS c
    INNER JOIN judged_villages AS j ON j.county = c.county AND j.fee = c.fee AND j.fee_year = c.fee_year
    GROUP BY c.county, c.fee, c.fee_year, c.value_fen, j.villages
    HAVING count(*) >= $wide_villages AND count(*) * 100 >= j.villages * $wide_percent
),
-- one row per charge of the village's value
charged AS (
    SELECT DISTINCT
        s.county, s.event_id, s.village, s.township, s.fee, s.fee_year, s.collector_id, s.charged_on, s.payments, s.paid_in, s.surplus_fen
    FROM commonest AS c
    INNER JOIN valued AS v
        ON v.county = c.county AND v.village = c.village AND v.fee = c.fee AND v.fee_year = c.fee_year AND v.value_fen = c.value_fen
    INNER JOIN line_surpluses AS s ON s.county = v.county AND s.event_id = v.event_id
),
-- one row per village, fee and fee year: the charges and the payments that settled them
evidence AS (
    SELECT e.county, e.village, e.fee, e.fee_year, list_sort(list(DISTINCT e.event_id)) AS events
    FROM (
        SELECT c.county, c.village, c.fee, c.fee_year, c.event_id FROM charged AS c
        UNION
        SELECT c.county, c.village, c.fee, c.fee_year, unnest(c.payments) AS event_id FROM charged AS c
    ) AS e
    GROUP BY e.county, e.village, e.fee, e.fee_year
),
-- one row per village, fee and fee year: amounts
totals AS (
    SELECT
        c.county, c.village, c.fee, c.fee_year, min(c.township) AS township, CAST(sum(c.surplus_fen) AS BIGINT) AS surplus_fen,
        count(DISTINCT c.collector_id) AS collectors, min(c.charged_on) AS first_on, bool_and(c.paid_in) AS paid_in
    FROM charged AS c
    GROUP BY c.county, c.village, c.fee, c.fee_year
)
SELECT
    t.county,
    CASE
        WHEN w.fee IS NOT NULL OR t.paid_in THEN 'low'
        WHEN t.surplus_fen >= $high_fen THEN 'high'
        ELSE 'medium'
    END AS severity,
    'village' AS subject_type, t.village AS subject_id, t.township, t.village, t.fee, t.fee_year,
    t.surplus_fen AS amount_at_risk_fen, CAST(
        CASE WHEN c.persons * 100 >= c.payers * $village_percent THEN c.persons * 100 // c.payers ELSE c.persons * 100 // nullif(c.cash_persons, 0) END AS DOUBLE
    ) AS measure,
    CAST(CASE WHEN c.persons * 100 >= c.payers * $village_percent THEN $village_percent ELSE $cash_percent END AS DOUBLE) AS threshold,
    t.first_on AS occurred_on, e.events AS evidence,
    struct_pack(
        persons := c.persons, payers := c.payers, cash_persons := c.cash_persons, each_fen := c.value_fen, collectors := t.collectors,
        addressee := CASE WHEN w.fee IS NOT NULL THEN 'tax' ELSE 'township' END
    ) AS details
FROM totals AS t
INNER JOIN commonest AS c ON c.county = t.county AND c.village = t.village AND c.fee = t.fee AND c.fee_year = t.fee_year
LEFT JOIN county_wide AS w ON w.county = c.county AND w.fee = c.fee AND w.fee_year = c.fee_year AND w.value_fen = c.value_fen
INNER JOIN evidence AS e ON e.county = t.county AND e.village = t.village AND e.fee = t.fee AND e.fee_year = t.fee_year
