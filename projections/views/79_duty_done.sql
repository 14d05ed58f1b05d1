-- one row per paper or record that shows a duty with a clock of the calendar as done, and time of owing it for which it was done
WITH
-- one row per duty and office that owes it, with how many offices owe it together
owing AS (
    SELECT d.county, d.duty, d.proof, d.offices, unnest(d.who) AS office
    FROM (SELECT w.county, w.duty, w.proof, w.who, array_length(w.who) AS offices FROM duty AS w WHERE w.rule IS NULL) AS d
),
-- one row per act of a duty, with the period that it names in one way of writing
acts AS (
    SELECT
        a.county, a.duty, a.event_id, a.done_on, a.fee, a.fee_year, o.office,
        CASE
            WHEN a.township IS NOT NULL THEN a.township
            WHEN o.office = 'township' AND length(a.department) = 9 AND starts_with(a.department, a.county) THEN a.department
        END AS township,
        upper(replace(replace(replace(replace(replace(replace(replace(replace(
            a.period, ' ', ''), '一', '1'), '二', '2'), '三', '3'), '四', '4'), '年第', 'Q'), '季度', ''), '-Q', 'Q')) AS period,
        coalesce(o.proof = 'duty-acts (signed and sealed)' AND (NOT a.signed OR NOT a.sealed), false) AS unsigned
    FROM duty_acts AS a
    INNER JOIN owing AS o ON o.county = a.county AND o.duty = a.duty AND o.offices = 1 AND starts_with(o.proof, 'duty-acts')
    WHERE a.done_on IS NOT NULL
    UNION ALL
    SELECT
        l.county, 'suspicions-pushed' AS duty, l.event_id, l.issued_on AS done_on, CAST(NULL AS VARCHAR) AS fee, CAST(NULL AS BIGINT) AS fee_year,
        'tax' AS office, CAST(NULL AS VARCHAR) AS township, CAST(NULL AS VARCHAR) AS period, false AS unsigned
    FROM issued_lists AS l
),
-- one row per duty and fee that an act names
named AS (
    SELECT DISTINCT a.county, a.duty, a.fee FROM acts AS a WHERE a.fee IS NOT NULL
),
-- one row per act and term that what it says of fee, fee year and period allows; residents' pension and its supplement are collected together, so that a paper for one is a paper for the other (beside) where none names that
allowed AS (
    SELECT
        a.county, a.event_id, a.duty, a.office, a.township, a.done_on, a.unsigned, t.fee, t.fee_year, t.anchor_on, t.due_on,
        coalesce(a.fee <> t.fee, FALSE) AS beside,
        CASE WHEN t.due_on >= a.done_on THEN datediff('day', a.done_on, t.due_on) ELSE 1000 + datediff('day', t.due_on, a.done_on) END AS distance
    FROM acts AS a
    INNER JOIN duty_terms AS t ON t.county = a.county AND t.duty = a.duty
    LEFT JOIN named AS n ON n.county = t.county AND n.duty = t.duty AND n.fee = t.fee
    WHERE datediff('day', t.due_on, a.done_on) BETWEEN -370 AND 180
        AND (
            t.fee IS NULL OR a.fee IS NULL OR t.fee = a.fee
            OR (n.fee IS NULL AND t.fee IN ('resident-pension', 'resident-pension-supplementary') AND a.fee IN ('resident-pension', 'resident-pension-supplementary'))
        )
        AND (t.fee_year IS NULL OR a.fee_year IS NULL OR t.fee_year = a.fee_year)
        AND (
            t.anchor NOT IN ('month-end', 'quarter-end') OR a.period IS NULL
            OR a.period IN (t.month, replace(t.month, '-', ''), replace(t.month, '-', '年') || '月')
            OR (t.anchor = 'quarter-end' AND a.period IN (t.quarter, replace(t.quarter, 'Q', '年'), replace(t.quarter, 'Q', 'Q0')))
        )
),
-- one row per act and term for which it was done: the next one due, or where what it says leaves none, the one just past
placed AS (
    SELECT n.county, n.event_id, n.duty, n.office, n.township, n.done_on, n.unsigned, n.fee, n.fee_year, n.anchor_on, n.due_on, n.beside
    FROM (
        SELECT
            w.county, w.event_id, w.duty, w.office, w.township, w.done_on, w.unsigned, w.fee, w.fee_year, w.anchor_on, w.due_on, w.beside, w.distance,
            min(w.distance) OVER (PARTITION BY w.county, w.event_id, w.beside) AS nearest
        FROM allowed AS w
    ) AS n
    WHERE n.distance = n.nearest
),
-- one row per act whose labels fit no term: it is placed by its day alone
unlabelled AS (
    SELECT a.county, a.event_id, a.duty, a.office, a.township, a.done_on, a.unsigned, min(t.due_on) AS due_on
    FROM acts AS a
    INNER JOIN duty_terms AS t ON t.county = a.county AND t.duty = a.duty AND t.due_on >= a.done_on
    LEFT JOIN placed AS p ON p.county = a.county AND p.event_id = a.event_id
    WHERE p.event_id IS NULL
    GROUP BY a.county, a.event_id, a.duty, a.office, a.township, a.done_on, a.unsigned
),
-- one row per fee and fee year with a roster that still stands as first handed over, by half of its lines at least: the first day by which a tenth of it was there
rosters_in AS (
    SELECT c.county, c.fee, c.fee_year, min(c.listed_on) AS done_on, min(c.event_id) AS event_id
    FROM (
        SELECT
            d.county, d.fee, d.fee_year, d.listed_on, d.event_id,
            sum(d.first_lines) OVER (PARTITION BY d.county, d.fee, d.fee_year ORDER BY d.listed_on ROWS UNBOUNDED PRECEDING) AS upto,
            sum(d.first_lines) OVER (PARTITION BY d.county, d.fee, d.fee_year) AS first_lines,
            sum(d.line_count) OVER (PARTITION BY d.county, d.fee, d.fee_year) AS line_count
        FROM (
            SELECT
                r.county, r.fee, r.fee_year, r.listed_on, min(r.event_id) AS event_id, count(*) AS line_count,
                count(CASE WHEN r.version = 1 AND r.listed_on IS NOT NULL THEN r.event_id END) AS first_lines
            FROM rosters AS r
            GROUP BY r.county, r.fee, r.fee_year, r.listed_on
        ) AS d
    ) AS c
    WHERE c.listed_on IS NOT NULL AND c.upto * 10 >= c.first_lines AND c.first_lines * 2 >= c.line_count
    GROUP BY c.county, c.fee, c.fee_year
),
-- one row per monthly figure as first handed in
figures AS (
    SELECT s.county, 'treasury-statement' AS duty, 'central-bank' AS office, s.fee, s.month, min(s.received_on) AS done_on, min(s.event_id) AS event_id
    FROM treasury_statements AS s
    WHERE s.version = 1 AND s.received_on IS NOT NULL
    GROUP BY s.county, s.fee, s.month
    UNION ALL
    SELECT
        p.county, 'office-report' AS duty,
        CASE WHEN p.fee IN ('resident-medical', 'flexible-medical') THEN 'medical-insurance' ELSE 'human-resources' END AS office,
        p.fee, p.month, min(p.received_on) AS done_on, min(p.event_id) AS event_id
    FROM office_reports AS p
    WHERE p.version = 1 AND p.received_on IS NOT NULL
        AND p.fee IN ('resident-medical', 'flexible-medical', 'resident-pension', 'resident-pension-supplementary', 'flexible-pension')
    GROUP BY p.county, p.fee, p.month
)
SELECT p.county, p.duty, p.office, p.township, p.fee, p.fee_year, p.anchor_on, p.due_on, p.done_on, p.event_id, p.unsigned, p.beside
FROM placed AS p
UNION ALL
SELECT u.county, u.duty, u.office, u.township, t.fee, t.fee_year, t.anchor_on, t.due_on, u.done_on, u.event_id, u.unsigned, false AS beside
FROM unlabelled AS u
INNER JOIN duty_terms AS t ON t.county = u.county AND t.duty = u.duty AND t.due_on = u.due_on
UNION ALL
SELECT
    r.county, t.duty, CASE WHEN r.fee IN ('resident-medical', 'flexible-medical') THEN 'medical-insurance' ELSE 'human-resources' END AS office,
    CAST(NULL AS VARCHAR) AS township, t.fee, t.fee_year, t.anchor_on, t.due_on, r.done_on, r.event_id, false AS unsigned,
    false AS beside
FROM rosters_in AS r
INNER JOIN duty_terms AS t ON t.county = r.county AND t.duty = 'roster-handover' AND t.fee = r.fee AND t.fee_year = r.fee_year
UNION ALL
SELECT
    f.county, f.duty, f.office, CAST(NULL AS VARCHAR) AS township, f.fee, CAST(NULL AS BIGINT) AS fee_year, t.anchor_on, t.due_on, f.done_on, f.event_id,
    false AS unsigned, false AS beside
FROM figures AS f
INNER JOIN duty_terms AS t ON t.county = f.county AND t.duty = f.duty AND t.month = f.month
