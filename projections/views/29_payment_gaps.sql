-- one row per cash line of days of which no payments of its fee and year have come in: nobody in the county paid by any channel while three collectors took cash, of which next to nothing was settled later either; or where somebody had paid on most days, and in the midst of the window nobody has since, for four days and more; or a source says how many payments of the day it has not sent yet, and no more lines of the collectors who pay through it are unsettled; or nobody in the township paid for ten days and more while the rest of the county did
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
-- one row per fee and day on which somebody paid, for whichever year: who pays for the running year shows that payments come in
fee_days AS (
    SELECT DISTINCT d.county, d.fee, d.day FROM paying_days AS d
),
-- one row per line of such a day, and whether it was settled at any time; of a year whose window is over only where nobody paid for another year either
silent_lines AS (
    SELECT l.county, l.event_id, l.collector_id, l.fee, l.fee_year, l.received_on, d.stretch, s.event_id IS NOT NULL AS is_settled
    FROM silent_days AS d
    INNER JOIN register_lines AS l ON l.county = d.county AND l.fee = d.fee AND l.fee_year = d.fee_year AND l.received_on = d.day
    LEFT JOIN (SELECT DISTINCT p.county, p.event_id FROM settling_payments AS p) AS s ON s.county = l.county AND s.event_id = l.event_id
    LEFT JOIN window_period AS w ON w.county = l.county AND w.fee = l.fee AND w.fee_year = l.fee_year AND w.last_on < l.received_on
    LEFT JOIN fee_days AS f ON f.county = l.county AND f.fee = l.fee AND f.day = l.received_on
    WHERE w.fee IS NULL OR f.day IS NULL
),
-- one row per stretch whose payments have not come in, with its first and last cash
stretches AS (
    SELECT l.county, l.fee, l.fee_year, l.stretch, min(l.received_on) AS first_on, max(l.received_on) AS last_on
    FROM silent_lines AS l
    GROUP BY l.county, l.fee, l.fee_year, l.stretch
    HAVING count(*) >= 10 AND count(DISTINCT l.collector_id) >= 3 AND count(*) FILTER (WHERE l.is_settled) * 20 <= count(*)
),
-- one row per fee and year: the last day on which somebody paid
last_paid AS (
    SELECT d.county, d.fee, d.fee_year, max(d.day) AS last_on
    FROM paying_days AS d
    GROUP BY d.county, d.fee, d.fee_year
),
-- one row per county: the last day of which its registers and entitlements tell
told_until AS (
    SELECT t.county, max(t.day) AS day
    FROM (
        SELECT c.county, max(greatest(c.received_on, coalesce(c.submitted_on, c.received_on))) AS day FROM cash_receipts AS c GROUP BY c.county
        UNION ALL
        SELECT e.county, max(e.recorded_on) AS day FROM entitlements AS e GROUP BY e.county
    ) AS t
    GROUP BY t.county
),
-- one row per fee and year whose payments end four days and more before that and before the window does, somebody having paid on most days of the four weeks before
ended AS (
    SELECT p.county, p.fee, p.fee_year, p.last_on
    FROM last_paid AS p
    INNER JOIN told_until AS t ON t.county = p.county
    INNER JOIN window_period AS w ON w.county = p.county AND w.fee = p.fee AND w.fee_year = p.fee_year
    INNER JOIN paying_days AS d ON d.county = p.county AND d.fee = p.fee AND d.fee_year = p.fee_year
    WHERE datediff('day', p.last_on, t.day) >= 4 AND datediff('day', p.last_on, w.last_on) >= 4 AND datediff('day', d.day, p.last_on) < 28
    GROUP BY p.county, p.fee, p.fee_year, p.last_on
    HAVING count(*) > 14
),
-- one row per line taken since, of a year whose window is over only where nobody paid for another year either
ended_lines AS (
    SELECT
        l.county, l.event_id, l.fee, l.fee_year, min(l.received_on) OVER (PARTITION BY l.county, l.fee, l.fee_year) AS first_on,
        max(l.received_on) OVER (PARTITION BY l.county, l.fee, l.fee_year) AS last_on
    FROM ended AS e
    INNER JOIN register_lines AS l ON l.county = e.county AND l.fee = e.fee AND l.fee_year = e.fee_year AND l.received_on > e.last_on
    LEFT JOIN window_period AS w ON w.county = l.county AND w.fee = l.fee AND w.fee_year = l.fee_year AND w.last_on < l.received_on
    LEFT JOIN fee_days AS f ON f.county = l.county AND f.fee = l.fee AND f.day = l.received_on
    WHERE w.fee IS NULL OR f.day IS NULL
),
-- one row per line of such a stretch
stretch_lines AS (
    SELECT l.county, l.event_id, l.fee, l.fee_year, s.first_on, s.last_on
    FROM stretches AS s
    INNER JOIN silent_lines AS l ON l.county = s.county AND l.fee = s.fee AND l.fee_year = s.fee_year AND l.stretch = s.stretch
),
-- one row per collector, village and source of the payments that settle his lines there, by more than half
payers_through AS (
    SELECT f.county, f.collector_id, f.village, f.source
    FROM (
        SELECT
            l.county, l.collector_id, coalesce(l.village, '') AS village, lower(trim(p.source)) AS source, count(*) AS lines,
            sum(count(*)) OVER (PARTITION BY l.county, l.collector_id, coalesce(l.village, '')) AS settled
        FROM (SELECT DISTINCT w.county FROM withheld_payments AS w) AS c
        INNER JOIN register_lines AS l ON l.county = c.county
        INNER JOIN settling_payments AS s ON s.county = l.county AND s.event_id = l.event_id
        INNER JOIN standing_payments AS p ON p.county = s.county AND p.event_id = s.payment
        GROUP BY l.county, l.collector_id, coalesce(l.village, ''), lower(trim(p.source))
    ) AS f
    WHERE f.lines * 2 > f.settled
),
-- one row per unsettled line of such a collector
unsettled AS (
    SELECT l.county, l.event_id, t.source, l.fee, l.fee_year, l.received_on, l.persons
    FROM payers_through AS t
    INNER JOIN register_lines AS l ON l.county = t.county AND l.collector_id = t.collector_id AND coalesce(l.village, '') = t.village
    LEFT JOIN (SELECT DISTINCT s.county, s.event_id FROM settling_payments AS s) AS n ON n.county = l.county AND n.event_id = l.event_id
    WHERE n.event_id IS NULL
),
-- one row per source and day with as many payments missing as persons of such lines
short_days AS (
    SELECT w.county, w.source, w.day
    FROM withheld_payments AS w
    INNER JOIN unsettled AS u ON u.county = w.county AND u.source = w.source AND u.received_on = w.day
    GROUP BY w.county, w.source, w.day, w.missing
    HAVING sum(u.persons) <= w.missing
),
-- one row per line of such a day
withheld_lines AS (
    SELECT
        u.county, u.event_id, u.fee, u.fee_year, min(u.received_on) OVER (PARTITION BY u.county, u.source, u.fee, u.fee_year) AS first_on,
        max(u.received_on) OVER (PARTITION BY u.county, u.source, u.fee, u.fee_year) AS last_on
    FROM short_days AS d
    INNER JOIN unsettled AS u ON u.county = d.county AND u.source = d.source AND u.received_on = d.day
),
-- one row per line of a stretch of which the township's payments have not come in
township_lines AS (
    SELECT l.county, l.event_id, l.fee, l.fee_year, g.first_on, g.last_on
    FROM township_gaps AS g
    INNER JOIN register_lines AS l ON l.county = g.county AND l.township = g.township AND l.received_on >= g.first_on AND l.received_on <= g.last_on
),
-- one row per line by the widest of the reasons
gaps AS (
    SELECT l.county, l.event_id, l.fee, l.fee_year, l.first_on, l.last_on, 1 AS rank FROM stretch_lines AS l
    UNION ALL
    SELECT e.county, e.event_id, e.fee, e.fee_year, e.first_on, e.last_on, 2 AS rank FROM ended_lines AS e
    UNION ALL
    SELECT w.county, w.event_id, w.fee, w.fee_year, w.first_on, w.last_on, 3 AS rank FROM withheld_lines AS w
    UNION ALL
    SELECT t.county, t.event_id, t.fee, t.fee_year, t.first_on, t.last_on, 4 AS rank FROM township_lines AS t
)
SELECT g.county, g.event_id, g.fee, g.fee_year, g.first_on, g.last_on
FROM gaps AS g
QUALIFY row_number() OVER (PARTITION BY g.county, g.event_id ORDER BY g.rank, g.first_on) = 1
