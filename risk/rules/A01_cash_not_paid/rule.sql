-- one row per collector, fee, fee year and state: cash on the register still not paid in (open), or paid in after its day (late)
WITH
-- one row per county: working days that were over when the as-of day began
today AS (
    SELECT d.county, d.ordinal - CASE WHEN d.working THEN 1 ELSE 0 END AS ordinal
    FROM working_day AS d
    WHERE d.day = $as_of
),
-- one row per line that could not be paid at once by a paper of those days: a query about the person's data, or the person's whitelist entry
on_paper AS (
    SELECT s.county, s.event_id
    FROM settlement AS s
    INNER JOIN data_queries AS q ON q.county = s.county AND q.payer = s.payer AND coalesce(q.fee, s.fee) = s.fee
    WHERE q.raised_on >= s.received_on AND datediff('day', s.received_on, q.raised_on) <= $proof_days
    UNION
    SELECT s.county, s.event_id
    FROM settlement AS s
    INNER JOIN whitelist AS w ON w.county = s.county AND w.payer = s.payer AND w.fee = s.fee AND w.fee_year = s.fee_year
    WHERE w.agreed_on >= s.received_on AND datediff('day', s.received_on, w.agreed_on) <= $proof_days
),
-- one row per line that is open or was closed after its day, with its days and working days
timed AS (
    SELECT
        s.county, s.event_id, s.township, s.village, s.collector_id, s.fee, s.fee_year, s.received_on, s.started_on, s.remitted_on,
        s.open_fen AS fen, 'open' AS state, datediff('day', s.started_on, $as_of) AS days, t.ordinal - s.started_ordinal AS wd
    FROM settlement AS s
    INNER JOIN today AS t ON t.county = s.county
    WHERE s.state = 'open' AND s.started_on < $as_of
    UNION ALL
    SELECT
        s.county, s.event_id, s.township, s.village, s.collector_id, s.fee, s.fee_year, s.received_on, s.started_on, s.remitted_on,
        s.late_fen AS fen, 'late' AS state, s.settled_days AS days, s.settled_wd AS wd
    FROM settlement AS s
    WHERE s.late_fen > 0
    UNION ALL
    SELECT
        s.county, s.event_id, s.township, s.village, s.collector_id, s.fee, s.fee_year, s.received_on, s.started_on, s.remitted_on,
        s.returned_fen AS fen, 'late' AS state, datediff('day', s.started_on, s.returned_on) AS days, w.ordinal - s.started_ordinal AS wd
    FROM settlement AS s
    INNER JOIN working_day AS w ON w.county = s.county AND w.day = s.returned_on
    WHERE s.state = 'returned' AND s.returned_on > s.started_on
),
-- one row per such line with how far it went: 1 the next working day at most, 2 and 3 some days, 4 the season or months
graded AS (
    SELECT
        t.county, t.event_id, t.township, t.village, t.collector_id, t.fee, t.fee_year, t.received_on, t.remitted_on, t.fen, t.state, t.days,
        CASE
            WHEN (o.day IS NOT NULL OR p.event_id IS NOT NULL) AND t.wd <= $outage_wd THEN 1
            WHEN t.state = 'open' AND t.wd >= $open_wd AND (t.days >= $open_days OR (w.last_on < $as_of AND t.started_on <= w.last_on)) THEN 4
            WHEN t.state = 'open' AND t.wd >= $open_high_wd THEN 3
            WHEN t.state = 'open' AND t.wd >= $open_wd THEN 2
            WHEN t.state = 'open' THEN 1
            WHEN t.days > $late_days THEN 4
            WHEN t.wd > $late_low_wd THEN 3
            WHEN t.wd > $late_watch_wd THEN 2
            ELSE 1
        END AS grade
    FROM timed AS t
    LEFT JOIN window_period AS w ON w.county = t.county AND w.fee = t.fee AND w.fee_year = t.fee_year
    LEFT JOIN outage_days AS o ON o.county = t.county AND o.township = t.township AND o.day = t.started_on
    LEFT JOIN on_paper AS p ON p.county = t.county AND p.event_id = t.event_id
),
-- one row per such line that counts: those within the first working day only where the collector has no other
counted AS (
    SELECT
        f.county, f.event_id, f.township, f.village, f.collector_id, f.fee, f.fee_year, f.received_on, f.remitted_on, f.fen, f.state, f.days, f.grade
    FROM (
        SELECT
            g.county, g.event_id, g.township, g.village, g.collector_id, g.fee, g.fee_year, g.received_on, g.remitted_on, g.fen, g.state, g.days, g.grade,
            max(g.grade) OVER (PARTITION BY g.county, g.collector_id, g.fee, g.fee_year, g.state) AS worst
        FROM graded AS g
    ) AS f
    WHERE f.grade > 1 OR f.worst = 1
),
-- one row per collector, fee, fee year and state: counts and amounts
totals AS (
    SELECT
        c.county, c.collector_id, c.fee, c.fee_year, c.state,
        CASE WHEN min(c.township) = max(c.township) THEN min(c.township) END AS township,
        CASE WHEN min(c.village) = max(c.village) THEN min(c.village) END AS village,
        count(*) AS line_count, CAST(sum(c.fen) AS BIGINT) AS fen,
        CAST(sum(CASE WHEN c.grade >= 3 THEN c.fen ELSE 0 END) AS BIGINT) AS days_fen,
        max(c.grade) AS grade, max(c.days) AS days, min(c.received_on) AS first_on, max(c.received_on) AS last_on,
        count(c.remitted_on) AS said_remitted
    FROM counted AS c
    GROUP BY c.county, c.collector_id, c.fee, c.fee_year, c.state
),
-- one row per counted line and event that shows it
shown AS (
    SELECT c.county, c.collector_id, c.fee, c.fee_year, c.state, c.event_id
    FROM counted AS c
    UNION
    SELECT c.county, c.collector_id, c.fee, c.fee_year, c.state, p.payment AS event_id
    FROM counted AS c
    INNER JOIN settling_payments AS p ON p.county = c.county AND p.event_id = c.event_id
    WHERE c.state = 'late'
),
-- one row per collector, fee, fee year and state: the events
evidence AS (
    SELECT s.county, s.collector_id, s.fee, s.fee_year, s.state, list_sort(list(DISTINCT s.event_id)) AS events
    FROM shown AS s
    GROUP BY s.county, s.collector_id, s.fee, s.fee_year, s.state
)
SELECT
    t.county,
    CASE
        WHEN t.grade = 1 THEN 'watch'
        WHEN t.state = 'open' AND t.grade = 4 THEN 'critical'
        WHEN t.state = 'open' AND t.grade = 3 THEN 'high'
        WHEN t.state = 'open' THEN 'medium'
        WHEN t.grade = 4 THEN 'high'
        WHEN t.grade = 3 AND t.days_fen >= $late_fen THEN 'medium'
        WHEN t.grade = 3 OR t.fen >= $late_fen THEN 'low'
        ELSE 'watch'
    END AS severity,
    'collector' AS subject_type, t.collector_id AS subject_id, t.township, t.village, t.fee, t.fee_year,
    t.fen AS amount_at_risk_fen, CAST(t.days AS DOUBLE) AS measure, CAST(0 AS DOUBLE) AS threshold,
    t.first_on AS occurred_on, e.events AS evidence,
    struct_pack(
        category := CASE t.state WHEN 'open' THEN 'pocketed-cash' ELSE 'delayed-remittance' END,
        lines := t.line_count, days := t.days, first_on := t.first_on, last_on := t.last_on, said_remitted := t.said_remitted,
        state_zh := CASE t.state WHEN 'open' THEN '至筛查日仍未由代收人缴纳' ELSE '未在收取当日缴纳，事后才缴（退）' END,
        state_en := CASE t.state WHEN 'open' THEN 'not paid in by a collector to this day' ELSE 'paid in (or given back) only after the day on which it was taken' END
    ) AS details
FROM totals AS t
INNER JOIN evidence AS e
    ON e.county = t.county AND e.collector_id = t.collector_id AND e.fee = t.fee AND e.fee_year = t.fee_year AND e.state = t.state
