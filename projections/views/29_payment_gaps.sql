-- one row per cash line of days of which no payments of its fee and year have come in: nobody in the county paid by any channel while three collectors took cash, of which next to nothing was settled later either
WITH
-- one row per fee, year and day on which somebody paid, the treasury apart
paying_days AS (
    SELECT p.county, p.fee, p.fee_year, p.paid_on AS day
    FROM payments AS p
    WHERE p.channel <> 'fiscal' AND p.paid_on IS NOT NULL
    GROUP BY p.county, p.fee, p.fee_year, p.paid_on
),
-- one row per fee, year and day on which cash was taken or somebody paid
days AS (
    SELECT c.county, c.fee, c.fee_year, c.day, max(c.paid_on) AS paid_on
    FROM (
        SELECT d.county, d.fee, d.fee_year, d.day, d.day AS paid_on FROM paying_days AS d
        UNION ALL
        SELECT l.county, l.fee, l.fee_year, l.received_on AS day, CAST(NULL AS DATE) AS paid_on FROM register_lines AS l
    ) AS c
    GROUP BY c.county, c.fee, c.fee_year, c.day
),
-- one row per such day on which nobody paid, with the last day before on which somebody did: what has it in common is one stretch
silent_days AS (
    SELECT d.county, d.fee, d.fee_year, d.day, coalesce(d.paid_before, make_date(1900, 1, 1)) AS stretch
    FROM (
        SELECT
            e.county, e.fee, e.fee_year, e.day, e.paid_on,
            max(e.paid_on) OVER (PARTITION BY e.county, e.fee, e.fee_year ORDER BY e.day ROWS UNBOUNDED PRECEDING) AS paid_before
        FROM days AS e
    ) AS d
    WHERE d.paid_on IS NULL
),
-- one row per line of such a day, and whether it was settled at any time
silent_lines AS (
    SELECT l.county, l.event_id, l.collector_id, l.fee, l.fee_year, l.received_on, d.stretch, s.event_id IS NOT NULL AS is_settled
    FROM silent_days AS d
    INNER JOIN register_lines AS l ON l.county = d.county AND l.fee = d.fee AND l.fee_year = d.fee_year AND l.received_on = d.day
    LEFT JOIN (SELECT DISTINCT p.county, p.event_id FROM settling_payments AS p) AS s ON s.county = l.county AND s.event_id = l.event_id
),
-- one row per stretch whose payments have not come in, with its first and last cash
stretches AS (
    SELECT l.county, l.fee, l.fee_year, l.stretch, min(l.received_on) AS first_on, max(l.received_on) AS last_on
    FROM silent_lines AS l
    GROUP BY l.county, l.fee, l.fee_year, l.stretch
    HAVING count(*) >= 10 AND count(DISTINCT l.collector_id) >= 3 AND count(*) FILTER (WHERE l.is_settled) * 20 <= count(*)
)
SELECT l.county, l.event_id, l.fee, l.fee_year, s.first_on, s.last_on
FROM stretches AS s
INNER JOIN silent_lines AS l ON l.county = s.county AND l.fee = s.fee AND l.fee_year = s.fee_year AND l.stretch = s.stretch
