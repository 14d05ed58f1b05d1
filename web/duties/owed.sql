-- one row per duty with a clock of the calendar, office or township that owes it and time of owing it from $first_on to $last_on: its last day, and when all or the first of it was done
WITH
-- one row per such duty and office that owes it; by_township: each township is to see to it, or to be served
owing AS (
    SELECT
        w.county, w.duty, unnest(w.who) AS office,
        starts_with(w.proof, 'duty-acts') AND (w.owed_to = 'township' OR list_contains(w.who, 'township')) AS by_township
    FROM duty AS w
    WHERE w.rule IS NULL AND w.anchor IS NOT NULL
),
-- one row per township
townships AS (
    SELECT d.county, d.record_id AS township FROM divisions AS d WHERE length(d.record_id) = 9
    UNION
    SELECT r.county, r.township FROM rosters AS r WHERE r.township IS NOT NULL
),
-- one row per fee and fee year on a roster
fee_years AS (
    SELECT DISTINCT r.county, r.fee, r.fee_year FROM rosters AS r
),
-- one row per county: from which day acts are on record, before which nobody can tell
kept AS (
    SELECT k.county, min(k.done_on) AS first_on FROM duty_done AS k GROUP BY k.county
),
-- one row per duty, office, township and time of owing it that something shows as done: when first
firsts AS (
    SELECT
        k.county, k.duty, k.office, k.township, k.fee, k.fee_year, k.anchor_on, min(k.done_on) AS done_on, arg_min(k.event_id, k.done_on) AS event_id,
        bool_and(k.unsigned) AS unsigned
    FROM duty_done AS k
    GROUP BY k.county, k.duty, k.office, k.township, k.fee, k.fee_year, k.anchor_on
),
-- one row per time of owing a duty that is looked at: of times past those of a fee year on a roster, and of months with money posted
terms AS (
    SELECT t.county, t.duty, t.fee, t.fee_year, t.anchor_on, t.due_on
    FROM duty_terms AS t
    LEFT JOIN kept AS q ON q.county = t.county
    WHERE t.due_on BETWEEN $first_on AND $last_on AND (t.due_on >= $as_of OR t.due_on >= q.first_on)
        AND (
            t.fee IS NULL
            OR EXISTS (SELECT 1 FROM fee_years AS y WHERE y.county = t.county AND y.fee = t.fee AND y.fee_year = t.fee_year)
            OR (t.due_on >= $as_of AND EXISTS (SELECT 1 FROM fee_years AS y WHERE y.county = t.county AND y.fee = t.fee))
        )
        AND (
            t.duty NOT IN ('treasury-statement', 'office-report') OR t.due_on >= $as_of
            OR EXISTS (SELECT 1 FROM posted_months AS m WHERE m.county = t.county AND m.month = t.month AND m.has_posting)
        )
),
-- one row per such time, office and township
placed AS (
    SELECT t.county, t.duty, o.office, p.township, t.fee, t.fee_year, t.anchor_on, t.due_on
    FROM terms AS t
    INNER JOIN owing AS o ON o.county = t.county AND o.duty = t.duty
    LEFT JOIN townships AS p ON p.county = t.county AND o.by_township
    WHERE t.duty <> 'collectors-publicised'
        AND (t.duty <> 'roster-handover' OR (o.office = 'medical-insurance') = (t.fee IN ('resident-medical', 'flexible-medical')))
),
-- one row per window of a fee and township with serving collectors: when the last of them was posted up
posted AS (
    SELECT
        t.county, t.duty, 'township' AS office, a.township, t.fee, t.fee_year, t.anchor_on, t.due_on,
        CASE WHEN count(*) = count(a.publicised_on) THEN max(a.publicised_on) END AS done_on, min(a.event_id) AS event_id
    FROM terms AS t
    INNER JOIN township_agents AS a
        ON a.county = t.county AND a.appointed_on < least(t.due_on, $as_of) AND (a.relieved_on IS NULL OR a.relieved_on >= t.due_on)
    WHERE t.duty = 'collectors-publicised'
    GROUP BY t.county, t.duty, a.township, t.fee, t.fee_year, t.anchor_on, t.due_on
),
-- one row per window of a fee and township with lines in the cash register: when the last of them was handed in
registers AS (
    SELECT
        p.county, d.duty, 'township' AS office, c.township, p.fee, p.fee_year, p.last_on AS anchor_on,
        CASE d.unit WHEN 'workday' THEN e.day ELSE p.last_on + CAST(d.days AS INTEGER) END AS due_on,
        CASE WHEN count(*) = count(c.submitted_on) THEN max(c.submitted_on) END AS done_on, min(c.event_id) AS event_id
    FROM window_period AS p
    INNER JOIN duty AS d ON d.county = p.county AND d.duty = 'register-handed-in'
    INNER JOIN working_day AS b ON b.county = p.county AND b.day = p.last_on
    INNER JOIN (SELECT w.county, w.ordinal, min(w.day) AS day FROM working_day AS w GROUP BY w.county, w.ordinal) AS e
        ON e.county = b.county AND e.ordinal = b.ordinal + d.days
    INNER JOIN cash_receipts AS c ON c.county = p.county AND c.fee = p.fee AND c.fee_year = p.fee_year AND c.township IS NOT NULL
    WHERE p.last_on BETWEEN CAST($first_on AS DATE) - 60 AND CAST($last_on AS DATE)
    GROUP BY p.county, d.duty, c.township, p.fee, p.fee_year, p.last_on, d.unit, d.days, e.day
)
SELECT
    p.county, p.duty, p.office, p.township, p.fee, p.fee_year, p.anchor_on, p.due_on,
    CASE WHEN p.fee IS NULL THEN max(f.done_on) ELSE min(f.done_on) END AS done_on,
    CASE WHEN p.fee IS NULL THEN arg_max(f.event_id, f.done_on) ELSE arg_min(f.event_id, f.done_on) END AS event_id,
    coalesce(bool_and(f.unsigned), false) AS unsigned
FROM placed AS p
LEFT JOIN firsts AS f
    ON f.county = p.county AND f.duty = p.duty AND f.office = p.office AND f.anchor_on = p.anchor_on
    AND (p.fee IS NULL OR (f.fee = p.fee AND f.fee_year = p.fee_year))
    AND (p.township IS NULL OR coalesce(f.township, p.township) = p.township)
GROUP BY p.county, p.duty, p.office, p.township, p.fee, p.fee_year, p.anchor_on, p.due_on
UNION ALL
SELECT a.county, a.duty, a.office, a.township, a.fee, a.fee_year, a.anchor_on, a.due_on, a.done_on, a.event_id, false AS unsigned
FROM posted AS a
UNION ALL
SELECT r.county, r.duty, r.office, r.township, r.fee, r.fee_year, r.anchor_on, r.due_on, r.done_on, r.event_id, false AS unsigned
FROM registers AS r
WHERE r.due_on BETWEEN $first_on AND $last_on
ORDER BY ALL
