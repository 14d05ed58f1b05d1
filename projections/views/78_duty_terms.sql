-- one row per duty with a clock of the calendar and time at which it was owed: for which fee and fee year or period, and its last day
WITH
-- one row per calendar day, numbered
days AS (
    SELECT w.county, w.day, w.ordinal, year(w.day) * 12 + month(w.day) AS month_no, row_number() OVER (PARTITION BY w.county ORDER BY w.day) AS day_no
    FROM working_day AS w
),
-- one row per month: its last day
months AS (
    SELECT d.county, d.month_no, max(d.day) AS last_on
    FROM days AS d
    GROUP BY d.county, d.month_no
),
-- one row per day from which a clock of the calendar can run
anchors AS (
    SELECT p.county, 'window-start' AS anchor, p.fee, p.fee_year, p.first_on AS anchor_on FROM window_period AS p
    UNION ALL
    SELECT p.county, 'window-end' AS anchor, p.fee, p.fee_year, p.last_on AS anchor_on FROM window_period AS p
    UNION ALL
    SELECT m.county, 'month-end' AS anchor, CAST(NULL AS VARCHAR) AS fee, CAST(NULL AS BIGINT) AS fee_year, m.last_on AS anchor_on FROM months AS m
    UNION ALL
    SELECT m.county, 'quarter-end' AS anchor, CAST(NULL AS VARCHAR) AS fee, CAST(NULL AS BIGINT) AS fee_year, m.last_on AS anchor_on
    FROM months AS m
    WHERE month(m.last_on) IN (3, 6, 9, 12)
    UNION ALL
    SELECT m.county, 'year-end' AS anchor, CAST(NULL AS VARCHAR) AS fee, CAST(NULL AS BIGINT) AS fee_year, m.last_on AS anchor_on
    FROM months AS m
    WHERE month(m.last_on) = 12
),
-- one row per duty and such day, for duties that no rule of their own judges
owed AS (
    SELECT
        d.county, d.duty, d.days, d.unit, a.anchor, a.fee, a.fee_year, a.anchor_on, c.ordinal, c.month_no, c.day_no
    FROM duty AS d
    INNER JOIN anchors AS a ON a.county = d.county AND a.anchor = d.anchor
    INNER JOIN days AS c ON c.county = a.county AND c.day = a.anchor_on
    WHERE d.rule IS NULL AND d.days IS NOT NULL
),
-- one row per duty and such day with its last day in time
dated AS (
    SELECT o.county, o.duty, o.anchor, o.fee, o.fee_year, o.anchor_on, e.day AS due_on
    FROM owed AS o
    INNER JOIN days AS e ON e.county = o.county AND e.day_no = o.day_no + CASE WHEN o.unit = 'day' THEN o.days ELSE 0 END
    WHERE o.unit = 'day' OR o.days = 0
    UNION ALL
    SELECT o.county, o.duty, o.anchor, o.fee, o.fee_year, o.anchor_on, min(e.day) AS due_on
    FROM owed AS o
    INNER JOIN days AS e ON e.county = o.county AND e.ordinal = o.ordinal + o.days
    WHERE o.unit = 'workday' AND o.days <> 0
    GROUP BY o.county, o.duty, o.anchor, o.fee, o.fee_year, o.anchor_on
    UNION ALL
    SELECT o.county, o.duty, o.anchor, o.fee, o.fee_year, o.anchor_on, max(e.day) AS due_on
    FROM owed AS o
    INNER JOIN days AS e ON e.county = o.county AND e.month_no = o.month_no + o.days AND day(e.day) <= day(o.anchor_on)
    WHERE o.unit = 'month' AND o.days <> 0
    GROUP BY o.county, o.duty, o.anchor, o.fee, o.fee_year, o.anchor_on
)
SELECT
    t.county, t.duty, t.anchor, t.fee, t.fee_year, t.anchor_on, strftime(t.anchor_on, '%Y-%m') AS month,
    concat(
        CAST(year(t.anchor_on) AS VARCHAR),
        CASE WHEN month(t.anchor_on) <= 3 THEN 'Q1' WHEN month(t.anchor_on) <= 6 THEN 'Q2' WHEN month(t.anchor_on) <= 9 THEN 'Q3' ELSE 'Q4' END
    ) AS quarter,
    t.due_on
FROM dated AS t
