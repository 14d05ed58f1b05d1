-- one row per collector, fee and fee year whose register lines of the window were not handed in within the working days after it, or late; where a whole township's were, one row for the township
WITH
-- one row per county: working days that were over when the as-of day began
today AS (
    SELECT d.county, d.ordinal - CASE WHEN d.working THEN 1 ELSE 0 END AS ordinal
    FROM working_day AS d
    WHERE d.day = $as_of
),
-- one row per fee and year whose window is over by the working days allowed: the working day's number by which the register was due
terms AS (
    SELECT w.county, w.fee, w.fee_year, w.first_on, w.last_on, d.ordinal + CAST($due_wd AS BIGINT) AS due_ordinal, t.ordinal AS today_ordinal
    FROM window_period AS w
    INNER JOIN working_day AS d ON d.county = w.county AND d.day = w.last_on
    INNER JOIN today AS t ON t.county = w.county
    WHERE w.last_on < $as_of AND t.ordinal >= d.ordinal + CAST($due_wd AS BIGINT)
),
-- one row per fee and year in whose registers the day of handing in is kept at all
kept AS (
    SELECT DISTINCT c.county, c.fee, c.fee_year
    FROM cash_receipts AS c
    WHERE c.submitted_on IS NOT NULL
),
-- one row per township, fee and year in whose registers it is kept
kept_there AS (
    SELECT DISTINCT c.county, c.township, c.fee, c.fee_year
    FROM cash_receipts AS c
    WHERE c.submitted_on IS NOT NULL
),
-- one row per person, fee, year, collector, amount and day of which one system tells a line that another tells already: the day of handing in that it says
told_again AS (
    SELECT c.county, c.payer, c.fee, c.fee_year, c.collector_id, c.amount_fen, c.received_on, min(c.submitted_on) AS submitted_on
    FROM retold_lines AS r
    INNER JOIN cash_receipts AS c ON c.county = r.county AND c.event_id = r.event_id
    GROUP BY c.county, c.payer, c.fee, c.fee_year, c.collector_id, c.amount_fen, c.received_on
),
-- one row per line of the register, told by however many systems, with the day on which it was handed in
told_once AS (
    SELECT
        c.county, c.event_id, c.collector_id, c.township, c.village, c.fee, c.fee_year, c.received_on,
        least(c.submitted_on, t.submitted_on) AS submitted_on
    FROM cash_receipts AS c
    LEFT JOIN retold_lines AS r ON r.county = c.county AND r.event_id = c.event_id
    LEFT JOIN told_again AS t
        ON t.county = c.county AND t.payer = c.payer AND t.fee = c.fee AND t.fee_year = c.fee_year AND t.collector_id = c.collector_id
        AND t.amount_fen = c.amount_fen AND t.received_on = c.received_on
    WHERE c.collector_id IS NOT NULL AND r.event_id IS NULL
),
-- one row per line of the window with the working days that it was handed in late (to this day where it was not)
lines AS (
    SELECT
        c.county, c.event_id, c.collector_id, c.township, c.village, c.fee, c.fee_year, c.received_on, c.submitted_on,
        c.submitted_on IS NULL AS absent, h.township IS NOT NULL AS is_kept,
        greatest(0, coalesce(s.ordinal - CASE WHEN s.working THEN 0 ELSE -1 END, t.today_ordinal) - t.due_ordinal) AS late_wd
    FROM told_once AS c
    INNER JOIN terms AS t ON t.county = c.county AND t.fee = c.fee AND t.fee_year = c.fee_year
    INNER JOIN kept AS k ON k.county = c.county AND k.fee = c.fee AND k.fee_year = c.fee_year
    LEFT JOIN kept_there AS h ON h.county = c.county AND h.township = c.township AND h.fee = c.fee AND h.fee_year = c.fee_year
    LEFT JOIN working_day AS s ON s.county = c.county AND s.day = c.submitted_on
    WHERE c.received_on BETWEEN t.first_on AND t.last_on
),
-- one row per collector, township, fee and year: lines, those not handed in, those handed in late
collected AS (
    SELECT
        l.county, l.collector_id, l.township, l.fee, l.fee_year, count(*) AS line_count, count(*) FILTER (WHERE l.absent) AS absent,
        count(*) FILTER (WHERE l.absent OR l.late_wd > 0) AS late, max(l.late_wd) AS late_wd,
        count(*) FILTER (WHERE NOT l.absent AND l.late_wd > $grace_wd) AS long_late, bool_and(l.is_kept) AS is_kept,
        max(CASE WHEN NOT l.absent THEN l.late_wd END) AS handed_in_wd,
        CASE WHEN min(l.village) = max(l.village) THEN min(l.village) END AS village
    FROM lines AS l
    GROUP BY l.county, l.collector_id, l.township, l.fee, l.fee_year
),
-- one row per collector and township with what became of most of his lines
judged AS (
    SELECT
        c.county, c.collector_id, c.township, c.village, c.fee, c.fee_year, c.line_count, c.absent, c.late, c.late_wd, c.long_late, c.handed_in_wd, c.is_kept,
        CASE
            WHEN NOT c.is_kept THEN 'unknown'
            WHEN c.absent * 100 >= c.line_count * $most_percent THEN 'absent'
            WHEN c.long_late >= $low_lines OR (c.absent + c.long_late) * 100 >= c.line_count * $most_percent THEN 'late'
            ELSE 'part'
        END AS state
    FROM collected AS c
    WHERE c.late > 0
),
-- one row per township, fee and year: collectors with lines, and those most of whose lines are not in or long late
townships AS (
    SELECT
        c.county, c.township, c.fee, c.fee_year, count(*) AS collectors, count(j.collector_id) AS late_collectors
    FROM collected AS c
    LEFT JOIN judged AS j
        ON j.county = c.county AND j.collector_id = c.collector_id AND j.township = c.township AND j.fee = c.fee AND j.fee_year = c.fee_year AND j.state <> 'part'
    GROUP BY c.county, c.township, c.fee, c.fee_year
),
-- one row per township, fee and year whose registers are late as a whole
whole AS (
    SELECT t.county, t.township, t.fee, t.fee_year, t.collectors, t.late_collectors
    FROM townships AS t
    WHERE t.township IS NOT NULL AND t.late_collectors >= $whole_collectors AND t.late_collectors * 100 >= t.collectors * $whole_percent
),
-- one row per finding's holder: the township where it is late as a whole, else the collector
held AS (
    SELECT
        j.county, CASE WHEN w.township IS NULL THEN 'collector' ELSE 'office' END AS subject_type,
        CASE WHEN w.township IS NULL THEN j.collector_id ELSE j.township END AS subject_id, j.fee, j.fee_year,
        j.collector_id, j.township, CASE WHEN w.township IS NULL THEN j.village END AS village, j.line_count, j.absent, j.late, j.late_wd, j.long_late, j.handed_in_wd, j.state
    FROM judged AS j
    LEFT JOIN whole AS w ON w.county = j.county AND w.township = j.township AND w.fee = j.fee AND w.fee_year = j.fee_year
),
-- one row per collector or township, fee and year
totals AS (
    SELECT
        h.county, h.subject_type, h.subject_id, h.fee, h.fee_year,
        CASE WHEN min(h.township) = max(h.township) THEN min(h.township) END AS township,
        CASE WHEN min(h.village) = max(h.village) THEN min(h.village) END AS village,
        CAST(sum(h.line_count) AS BIGINT) AS line_count, CAST(sum(h.absent) AS BIGINT) AS absent, CAST(sum(h.late) AS BIGINT) AS late, max(h.late_wd) AS late_wd,
        CAST(sum(h.long_late) AS BIGINT) AS long_late, max(h.handed_in_wd) AS handed_in_wd,
        count(DISTINCT h.collector_id) AS collectors, bool_or(h.state = 'absent') AS any_absent, bool_or(h.state = 'late') AS any_late
    FROM held AS h
    GROUP BY h.county, h.subject_type, h.subject_id, h.fee, h.fee_year
),
-- one row per collector or township, fee and year: the lines not handed in or late
evidence AS (
    SELECT h.county, h.subject_type, h.subject_id, h.fee, h.fee_year, min(l.received_on) AS first_on, list_sort(list(DISTINCT l.event_id)) AS events
    FROM held AS h
    INNER JOIN lines AS l
        ON l.county = h.county AND l.collector_id = h.collector_id AND l.fee = h.fee AND l.fee_year = h.fee_year
        AND coalesce(l.township, '') = coalesce(h.township, '')
    WHERE l.absent OR l.late_wd > 0
    GROUP BY h.county, h.subject_type, h.subject_id, h.fee, h.fee_year
)
SELECT
    t.county,
    CASE
        WHEN t.any_absent AND t.late_wd > $grace_wd AND t.absent >= $medium_lines THEN 'medium'
        WHEN t.any_late AND t.handed_in_wd > $medium_wd AND t.long_late >= $medium_lines THEN 'medium'
        WHEN (t.any_absent AND t.late_wd > $grace_wd AND t.absent >= $low_lines) OR t.any_late THEN 'low'
        ELSE 'watch'
    END AS severity,
    t.subject_type, t.subject_id, t.township, t.village, t.fee, t.fee_year,
    CAST(0 AS BIGINT) AS amount_at_risk_fen, CAST(t.late_wd AS DOUBLE) AS measure, CAST(0 AS DOUBLE) AS threshold,
    e.first_on AS occurred_on, e.events AS evidence,
    struct_pack(
        lines := t.line_count, absent := t.absent, late := t.late - t.absent, late_wd := t.late_wd, collectors := t.collectors, due_wd := CAST($due_wd AS BIGINT)
    ) AS details
FROM totals AS t
INNER JOIN evidence AS e
    ON e.county = t.county AND e.subject_type = t.subject_type AND e.subject_id = t.subject_id AND e.fee = t.fee AND e.fee_year = t.fee_year
