-- one row per duty owed for every day with something to pass on, office and such day: the last day in time, when it was done, and whether it is done so regularly that a day without an act is a day missed
WITH
-- one row per calendar day with the next day on which work is done
days AS (
    SELECT w.county, w.day, w.ordinal, row_number() OVER (PARTITION BY w.county ORDER BY w.day) AS day_no,
        min(CASE WHEN w.working THEN w.day END) OVER (PARTITION BY w.county ORDER BY w.day DESC ROWS UNBOUNDED PRECEDING) AS next_working
    FROM working_day AS w
),
-- one row per such duty, office and day on which there was something to pass on
started AS (
    SELECT DISTINCT p.county, 'payment-details' AS duty, 'tax' AS office, p.paid_on AS day
    FROM payments AS p
    WHERE p.paid_on IS NOT NULL
    UNION
    SELECT s.county, 'identity-updates' AS duty, 'medical-insurance' AS office, s.notified_on AS day
    FROM status_changes AS s
    WHERE s.notified_on IS NOT NULL AND s.change IN ('category-granted', 'category-ended')
    UNION
    SELECT s.county, 'identity-updates' AS duty, 'human-resources' AS office, s.notified_on AS day
    FROM status_changes AS s
    WHERE s.notified_on IS NOT NULL AND s.change IN ('category-granted', 'category-ended')
    UNION
    SELECT
        r.county, 'refund-papers' AS duty, CASE WHEN r.fee IN ('resident-medical', 'flexible-medical') THEN 'medical-insurance' ELSE 'human-resources' END AS office,
        r.refunded_on AS day
    FROM refunds AS r
    WHERE r.refunded_on IS NOT NULL
        AND r.fee IN ('resident-medical', 'flexible-medical', 'resident-pension', 'resident-pension-supplementary', 'flexible-pension')
),
-- one row per such day with its last day in time; a last day off rolls on to the next working day
dated AS (
    SELECT s.county, s.duty, s.office, s.day, e.day AS due_on
    FROM started AS s
    INNER JOIN duty AS d ON d.county = s.county AND d.duty = s.duty AND d.unit = 'day'
    INNER JOIN days AS b ON b.county = s.county AND b.day = s.day
    INNER JOIN days AS m ON m.county = b.county AND m.day_no = b.day_no + d.days
    INNER JOIN days AS e ON e.county = m.county AND e.day = m.next_working
    WHERE d.rule IS NULL
    UNION ALL
    SELECT s.county, s.duty, s.office, s.day, min(e.day) AS due_on
    FROM started AS s
    INNER JOIN duty AS d ON d.county = s.county AND d.duty = s.duty AND d.unit = 'workday'
    INNER JOIN days AS b ON b.county = s.county AND b.day = s.day
    INNER JOIN days AS e ON e.county = b.county AND e.ordinal = b.ordinal + d.days
    WHERE d.rule IS NULL
    GROUP BY s.county, s.duty, s.office, s.day
),
-- one row per act of such a duty with the office that did it, where its name tells one of several
acts AS (
    SELECT
        a.county, a.duty, a.event_id, a.done_on, trim(a.period) AS period,
        coalesce(length(trim(a.period)) = 10 AND substr(trim(a.period), 5, 1) = '-' AND substr(trim(a.period), 8, 1) = '-', false) AS names_day,
        CASE
            WHEN a.duty = 'payment-details' THEN 'tax'
            WHEN a.department = 'medical-insurance' OR a.department LIKE '%医保%' OR a.department LIKE '%医疗保障%' THEN 'medical-insurance'
            WHEN a.department = 'human-resources' OR a.department LIKE '%人社%' OR a.department LIKE '%社保%' OR a.department LIKE '%人力资源%' THEN 'human-resources'
        END AS office
    FROM duty_acts AS a
    WHERE a.duty IN ('payment-details', 'identity-updates', 'refund-papers') AND a.done_on IS NOT NULL
),
-- one row per such day that an act names: when it was first done
named AS (
    SELECT t.county, t.duty, t.office, t.day, min(a.done_on) AS done_on, min(a.event_id) AS event_id
    FROM dated AS t
    INNER JOIN acts AS a ON a.county = t.county AND a.duty = t.duty AND a.period = CAST(t.day AS VARCHAR) AND coalesce(a.office, t.office) = t.office
    GROUP BY t.county, t.duty, t.office, t.day
),
-- one row per such day and the next day from it on which an act of the duty was done that names no day
followed AS (
    SELECT t.county, t.duty, t.office, t.day, min(a.done_on) AS done_on
    FROM dated AS t
    INNER JOIN acts AS a
        ON a.county = t.county AND a.duty = t.duty AND NOT a.names_day AND a.done_on >= t.day AND coalesce(a.office, t.office) = t.office
    GROUP BY t.county, t.duty, t.office, t.day
),
-- one row per duty and office: from when to when its acts are on record
recorded AS (
    SELECT t.county, t.duty, t.office, min(a.done_on) AS first_on, max(a.done_on) AS last_on, min(a.event_id) AS event_id
    FROM (SELECT DISTINCT d.county, d.duty, d.office FROM dated AS d) AS t
    INNER JOIN acts AS a ON a.county = t.county AND a.duty = t.duty AND coalesce(a.office, t.office) = t.office
    GROUP BY t.county, t.duty, t.office
),
-- one row per such day that an act names, or that lies within the time on record
kept AS (
    SELECT
        t.county, t.duty, t.office, t.day, t.due_on, coalesce(n.event_id, r.event_id) AS event_id,
        CASE WHEN n.done_on IS NOT NULL THEN n.done_on WHEN f.done_on <= t.due_on THEN f.done_on END AS done_on
    FROM dated AS t
    INNER JOIN recorded AS r ON r.county = t.county AND r.duty = t.duty AND r.office = t.office
    LEFT JOIN named AS n ON n.county = t.county AND n.duty = t.duty AND n.office = t.office AND n.day = t.day
    LEFT JOIN followed AS f ON f.county = t.county AND f.duty = t.duty AND f.office = t.office AND f.day = t.day
    WHERE n.done_on IS NOT NULL OR (t.day >= r.first_on AND t.due_on <= r.last_on)
)
SELECT
    k.county, k.duty, k.office, k.day, k.due_on, k.done_on, k.event_id,
    sum(CASE WHEN k.done_on IS NOT NULL THEN 1 ELSE 0 END) OVER (PARTITION BY k.county, k.duty, k.office) * 10
        >= count(*) OVER (PARTITION BY k.county, k.duty, k.office) * 9 AS is_regular
FROM kept AS k
