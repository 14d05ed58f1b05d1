-- one row per collector whose cash taken exceeded what he had paid in, money still within its first working days left out
WITH
-- one row per working day's number: the first day that has it
first_days AS (
    SELECT d.county, d.ordinal, min(d.day) AS day
    FROM working_day AS d
    GROUP BY d.county, d.ordinal
),
-- one row per line: the last day on which its money is not yet in the balance, and the day on which it left his hands for another reason
taken AS (
    SELECT
        s.county, s.event_id, s.collector_id, s.township, s.village, s.fee, s.fee_year, s.started_on, greatest(f.day, s.started_on) AS free_until,
        s.state, s.open_fen, s.returned_fen, s.returned_on
    FROM settlement AS s
    INNER JOIN first_days AS f ON f.county = s.county AND f.ordinal = s.started_ordinal + CAST($free_wd AS BIGINT)
    WHERE s.collector_id IS NOT NULL
),
-- one row per part of a line's money that he held: what was paid in late, given back late, or is still open
held AS (
    SELECT
        t.county, t.event_id, t.collector_id, t.township, t.village, t.fee, t.fee_year, t.started_on, t.free_until, p.settled_fen AS fen, p.paid_on AS until_on
    FROM taken AS t
    INNER JOIN settling_payments AS p ON p.county = t.county AND p.event_id = t.event_id
    WHERE p.paid_on > t.free_until
    UNION ALL
    SELECT
        t.county, t.event_id, t.collector_id, t.township, t.village, t.fee, t.fee_year, t.started_on, t.free_until, t.returned_fen AS fen, t.returned_on AS until_on
    FROM taken AS t
    WHERE t.state = 'returned' AND t.returned_on > t.free_until
    UNION ALL
    SELECT
        t.county, t.event_id, t.collector_id, t.township, t.village, t.fee, t.fee_year, t.started_on, t.free_until, t.open_fen AS fen,
        CAST(NULL AS DATE) AS until_on
    FROM taken AS t
    WHERE t.state = 'open' AND $as_of > t.free_until
),
-- one row per collector, day and movement of the balance; aged_fen is the part open for more than the months that matter in law
movements AS (
    SELECT h.county, h.collector_id, h.free_until AS day, h.fen AS move_fen, 0 AS aged_fen FROM held AS h
    UNION ALL
    SELECT h.county, h.collector_id, h.until_on AS day, -h.fen AS move_fen, 0 AS aged_fen FROM held AS h WHERE h.until_on IS NOT NULL
    UNION ALL
    SELECT h.county, h.collector_id, d.day, 0 AS move_fen, h.fen AS aged_fen
    FROM held AS h
    INNER JOIN working_day AS d ON d.county = h.county AND d.day > h.started_on AND datediff('day', h.started_on, d.day) = $aged_days + 1
    WHERE d.day <= $as_of AND (h.until_on IS NULL OR h.until_on > d.day)
    UNION ALL
    SELECT h.county, h.collector_id, h.until_on AS day, 0 AS move_fen, -h.fen AS aged_fen
    FROM held AS h
    WHERE h.until_on IS NOT NULL AND datediff('day', h.started_on, h.until_on) > $aged_days + 1
),
-- one row per collector and day with a movement
days AS (
    SELECT m.county, m.collector_id, m.day, CAST(sum(m.move_fen) AS BIGINT) AS move_fen, CAST(sum(m.aged_fen) AS BIGINT) AS aged_fen
    FROM movements AS m
    GROUP BY m.county, m.collector_id, m.day
),
-- one row per collector and day: the balance at its end
balances AS (
    SELECT
        d.county, d.collector_id, d.day,
        sum(d.move_fen) OVER (PARTITION BY d.county, d.collector_id ORDER BY d.day ROWS UNBOUNDED PRECEDING) AS balance_fen,
        sum(d.aged_fen) OVER (PARTITION BY d.county, d.collector_id ORDER BY d.day ROWS UNBOUNDED PRECEDING) AS aged_fen
    FROM days AS d
),
-- one row per collector: the day of the greatest balance
peaks AS (
    SELECT b.county, b.collector_id, b.day AS peak_on, CAST(b.balance_fen AS BIGINT) AS peak_fen
    FROM balances AS b
    QUALIFY row_number() OVER (PARTITION BY b.county, b.collector_id ORDER BY b.balance_fen DESC, b.day) = 1
),
-- one row per collector: the greatest balance that was older than the months that matter
aged AS (
    SELECT b.county, b.collector_id, CAST(max(b.aged_fen) AS BIGINT) AS aged_fen
    FROM balances AS b
    GROUP BY b.county, b.collector_id
),
-- one row per collector: his lines
totals AS (
    SELECT
        h.county, h.collector_id,
        CASE WHEN min(h.township) = max(h.township) THEN min(h.township) END AS township,
        CASE WHEN min(h.village) = max(h.village) THEN min(h.village) END AS village,
        CASE WHEN min(h.fee) = max(h.fee) THEN min(h.fee) END AS fee,
        CASE WHEN min(h.fee) = max(h.fee) AND min(h.fee_year) = max(h.fee_year) THEN min(h.fee_year) END AS fee_year,
        count(DISTINCT h.event_id) AS line_count, min(h.started_on) AS first_on,
        CAST(sum(CASE WHEN h.until_on IS NULL THEN h.fen ELSE 0 END) AS BIGINT) AS open_fen,
        CAST(sum(CASE WHEN h.until_on IS NULL THEN 0 ELSE h.fen END) AS BIGINT) AS late_fen,
        max(datediff('day', h.started_on, coalesce(h.until_on, $as_of))) AS days,
        list_sort(list(DISTINCT h.event_id)) AS events
    FROM held AS h
    GROUP BY h.county, h.collector_id
)
SELECT
    t.county,
    CASE
        WHEN a.aged_fen >= $critical_fen THEN 'critical'
        WHEN p.peak_fen >= $high_fen THEN 'high'
        ELSE 'medium'
    END AS severity,
    'collector' AS subject_type, t.collector_id AS subject_id, t.township, t.village, t.fee, t.fee_year,
    CASE WHEN 2 * t.open_fen >= p.peak_fen THEN t.open_fen ELSE least(p.peak_fen, t.late_fen) END AS amount_at_risk_fen, CAST(p.peak_fen AS DOUBLE) AS measure, CAST($medium_fen AS DOUBLE) AS threshold,
    t.first_on AS occurred_on, t.events AS evidence,
    struct_pack(
        category := CASE WHEN 2 * t.open_fen >= p.peak_fen THEN 'pocketed-cash' ELSE 'delayed-remittance' END,
        peak_fen := p.peak_fen, peak_on := p.peak_on, open_fen := t.open_fen, aged_fen := a.aged_fen, days := t.days, lines := t.line_count
    ) AS details
FROM totals AS t
INNER JOIN peaks AS p ON p.county = t.county AND p.collector_id = t.collector_id
INNER JOIN aged AS a ON a.county = t.county AND a.collector_id = t.collector_id
WHERE p.peak_fen >= $medium_fen
