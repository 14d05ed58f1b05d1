-- one row per collector who paid in older cash day after day while the cash of earlier days never ran out and what he paid grew older
WITH
-- one row per county: working days that were over when the as-of day began
today AS (
    SELECT d.county, d.ordinal - CASE WHEN d.working THEN 1 ELSE 0 END AS ordinal
    FROM working_day AS d
    WHERE d.day = $as_of
),
-- one row per part of a line's money that was paid in after the day on which its clock starts, without a paper or an outage to explain it
held AS (
    SELECT
        p.county, p.event_id, p.payment, p.collector_id, p.township, p.village, p.fee, p.fee_year, p.settled_fen AS fen,
        p.started_on, p.paid_on, p.wd
    FROM line_payments AS p
    WHERE p.paid_on > p.started_on AND p.how <> 'near-id' AND NOT p.excused
),
-- one row per collector with such money
late_collectors AS (
    SELECT DISTINCT h.county, h.collector_id
    FROM held AS h
),
-- one row per collector, day and movement: cash taken that will be paid in later, money paid in for earlier days, lines of the day
movements AS (
    SELECT h.county, h.collector_id, h.started_on AS day, h.fen AS in_fen, 0 AS out_fen, 0 AS line_count FROM held AS h
    UNION ALL
    SELECT h.county, h.collector_id, h.paid_on AS day, 0 AS in_fen, h.fen AS out_fen, 0 AS line_count FROM held AS h
    UNION ALL
    SELECT s.county, s.collector_id, s.started_on AS day, 0 AS in_fen, 0 AS out_fen, 1 AS line_count
    FROM settlement AS s
    INNER JOIN late_collectors AS c ON c.county = s.county AND c.collector_id = s.collector_id
),
-- one row per collector and day with a movement
days AS (
    SELECT
        m.county, m.collector_id, m.day, CAST(sum(m.in_fen) AS BIGINT) AS in_fen, CAST(sum(m.out_fen) AS BIGINT) AS out_fen,
        CAST(sum(m.line_count) AS BIGINT) AS line_count
    FROM movements AS m
    GROUP BY m.county, m.collector_id, m.day
),
-- one row per collector and day: what is in hand at its end, and of that the cash of earlier days
balances AS (
    SELECT
        d.county, d.collector_id, d.day, d.out_fen, d.line_count,
        sum(d.in_fen - d.out_fen) OVER (PARTITION BY d.county, d.collector_id ORDER BY d.day ROWS UNBOUNDED PRECEDING) AS balance_fen,
        sum(d.in_fen - d.out_fen) OVER (PARTITION BY d.county, d.collector_id ORDER BY d.day ROWS UNBOUNDED PRECEDING) - d.in_fen AS older_fen
    FROM days AS d
),
-- one row per collector and day with the number of its run: a run begins on each day at whose end no cash of earlier days is left
numbered AS (
    SELECT
        b.county, b.collector_id, b.day, b.out_fen, b.line_count, b.balance_fen, b.older_fen,
        sum(CASE WHEN b.older_fen = 0 THEN 1 ELSE 0 END) OVER (
            PARTITION BY b.county, b.collector_id ORDER BY b.day ROWS UNBOUNDED PRECEDING
        ) AS run
    FROM balances AS b
),
-- one row per run that may last: its days with cash in hand, and those of them on which he took cash
spans AS (
    SELECT
        n.county, n.collector_id, n.run, min(n.day) AS first_on, max(n.day) AS last_on, CAST(max(n.balance_fen) AS BIGINT) AS peak_fen,
        count(*) FILTER (WHERE n.line_count > 0) AS cash_days, CAST(sum(n.line_count) AS BIGINT) AS line_count
    FROM numbered AS n
    WHERE n.balance_fen > 0
    GROUP BY n.county, n.collector_id, n.run
    HAVING count(*) FILTER (WHERE n.line_count > 0) >= $min_days - 1
),
-- one row per such run and part of a line's money taken in it and paid in late
held_in_run AS (
    SELECT
        s.county, s.collector_id, s.run, h.event_id, h.payment, h.township, h.village, h.fee, h.fee_year, h.started_on, h.paid_on, h.wd,
        datediff('day', h.started_on, h.paid_on) AS days
    FROM spans AS s
    INNER JOIN numbered AS n ON n.county = s.county AND n.collector_id = s.collector_id AND n.run = s.run
    INNER JOIN held AS h ON h.county = n.county AND h.collector_id = n.collector_id AND h.started_on = n.day
),
-- one row per such run: its last payment, how many lines were paid in late, and the longest time
closings AS (
    SELECT
        h.county, h.collector_id, h.run, max(h.paid_on) AS closed_on, count(DISTINCT h.event_id) AS late_count, max(h.wd) AS wd, max(h.days) AS days
    FROM held_in_run AS h
    GROUP BY h.county, h.collector_id, h.run
),
-- one row per line taken from a run's first day to its last payment and still open
open_in_run AS (
    SELECT s.county, s.collector_id, s.run, c.closed_on, l.event_id, l.township, l.village, l.fee, l.fee_year, l.started_on, l.open_fen,
        t.ordinal - l.started_ordinal AS wd, datediff('day', l.started_on, $as_of) AS days
    FROM spans AS s
    INNER JOIN today AS t ON t.county = s.county
    INNER JOIN closings AS c ON c.county = s.county AND c.collector_id = s.collector_id AND c.run = s.run
    INNER JOIN settlement AS l
        ON l.county = s.county AND l.collector_id = s.collector_id AND l.started_on >= s.first_on AND l.started_on <= c.closed_on
    WHERE l.state = 'open'
),
-- one row per such run with open lines: what is open, and whether older cash was left on the day of the last payment
left_open AS (
    SELECT
        o.county, o.collector_id, o.run, count(*) AS open_count, CAST(sum(o.open_fen) AS BIGINT) AS open_fen,
        bool_or(o.started_on < o.closed_on) AS older_left, max(o.wd) AS wd, max(o.days) AS days
    FROM open_in_run AS o
    GROUP BY o.county, o.collector_id, o.run
),
-- one row per such run with the day of its last payment counted in where older cash was left on it; what is open counts by its age where it is half of the money or more
runs AS (
    SELECT
        s.county, s.collector_id, s.run, s.first_on, s.peak_fen, c.late_count,
        CASE WHEN 2 * o.open_fen >= s.peak_fen THEN greatest(c.wd, o.wd) ELSE c.wd END AS wd,
        CASE WHEN 2 * o.open_fen >= s.peak_fen THEN greatest(c.days, o.days) ELSE c.days END AS days,
        coalesce(o.open_fen, 0) AS open_fen, c.late_count + coalesce(o.open_count, 0) AS slow_count,
        CASE WHEN coalesce(o.older_left, false) THEN c.closed_on ELSE s.last_on END AS last_on,
        s.cash_days + CASE WHEN coalesce(o.older_left, false) AND d.line_count > 0 AND c.closed_on > s.last_on THEN 1 ELSE 0 END AS cash_days,
        s.line_count + CASE WHEN coalesce(o.older_left, false) AND c.closed_on > s.last_on THEN d.line_count ELSE 0 END AS line_count
    FROM spans AS s
    INNER JOIN closings AS c ON c.county = s.county AND c.collector_id = s.collector_id AND c.run = s.run
    INNER JOIN days AS d ON d.county = c.county AND d.collector_id = c.collector_id AND d.day = c.closed_on
    LEFT JOIN left_open AS o ON o.county = s.county AND o.collector_id = s.collector_id AND o.run = s.run
),
-- one row per run and day on which older cash was paid in and some was kept
pay_days AS (
    SELECT n.county, n.collector_id, n.run, n.day
    FROM numbered AS n
    INNER JOIN spans AS s ON s.county = n.county AND s.collector_id = n.collector_id AND s.run = n.run
    WHERE n.older_fen > 0 AND n.out_fen > 0
    UNION
    SELECT DISTINCT o.county, o.collector_id, o.run, o.closed_on AS day
    FROM open_in_run AS o
    WHERE o.started_on < o.closed_on
),
-- one row per run with enough of them
paying AS (
    SELECT p.county, p.collector_id, p.run, count(*) AS pay_days
    FROM pay_days AS p
    GROUP BY p.county, p.collector_id, p.run
    HAVING count(*) >= $min_pay_days
),
-- one row per such run and day of payment, in order
placed AS (
    SELECT
        p.county, p.collector_id, p.run, p.day, y.pay_days,
        row_number() OVER (PARTITION BY p.county, p.collector_id, p.run ORDER BY p.day) AS place
    FROM pay_days AS p
    INNER JOIN paying AS y ON y.county = p.county AND y.collector_id = p.collector_id AND y.run = p.run
),
-- one row per such day: lines paid in late on it, and their working days together
day_ages AS (
    SELECT d.county, d.collector_id, d.run, d.pay_days, d.place, count(*) AS paid_count, CAST(sum(h.wd) AS BIGINT) AS wd
    FROM placed AS d
    INNER JOIN held_in_run AS h ON h.county = d.county AND h.collector_id = d.collector_id AND h.run = d.run AND h.paid_on = d.day
    GROUP BY d.county, d.collector_id, d.run, d.pay_days, d.place
),
-- one row per such run: lines and their working days in the first half of those days, and in the last
ages AS (
    SELECT
        d.county, d.collector_id, d.run, d.pay_days,
        coalesce(sum(CASE WHEN d.place <= d.pay_days // 2 THEN d.paid_count END), 0) AS first_count,
        coalesce(sum(CASE WHEN d.place <= d.pay_days // 2 THEN d.wd END), 0) AS first_wd,
        coalesce(sum(CASE WHEN d.place > d.pay_days - d.pay_days // 2 THEN d.paid_count END), 0) AS last_count,
        coalesce(sum(CASE WHEN d.place > d.pay_days - d.pay_days // 2 THEN d.wd END), 0) AS last_wd
    FROM day_ages AS d
    GROUP BY d.county, d.collector_id, d.run, d.pay_days
),
-- one row per such run: pairs of those days of which the later one's lines are older, less those of which they are younger
trends AS (
    SELECT
        a.county, a.collector_id, a.run,
        sum(CASE WHEN b.wd * a.paid_count > a.wd * b.paid_count THEN 1 WHEN b.wd * a.paid_count < a.wd * b.paid_count THEN -1 ELSE 0 END) AS rising_pairs
    FROM day_ages AS a
    INNER JOIN day_ages AS b ON b.county = a.county AND b.collector_id = a.collector_id AND b.run = a.run AND b.place > a.place
    GROUP BY a.county, a.collector_id, a.run
),
-- one row per such run and day on which late cash of it was taken: the last payment of that day's cash, and of all cash taken before
taken_days AS (
    SELECT
        t.county, t.collector_id, t.run, t.started_on,
        max(t.paid_on) OVER (
            PARTITION BY t.county, t.collector_id, t.run ORDER BY t.started_on ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS earlier_paid_on
    FROM (
        SELECT h.county, h.collector_id, h.run, h.started_on, max(h.paid_on) AS paid_on
        FROM held_in_run AS h
        GROUP BY h.county, h.collector_id, h.run, h.started_on
    ) AS t
),
-- one row per such run: lines paid in before cash that had been taken on an earlier day
overtaking AS (
    SELECT h.county, h.collector_id, h.run, count(DISTINCT h.event_id) AS line_count
    FROM held_in_run AS h
    INNER JOIN taken_days AS t ON t.county = h.county AND t.collector_id = h.collector_id AND t.run = h.run AND t.started_on = h.started_on
    WHERE t.earlier_paid_on > h.paid_on
    GROUP BY h.county, h.collector_id, h.run
),
-- one row per run that lasts, in which the age of what was paid in rises, and enough of the cash taken was not paid in on its day; orderly: it rises steadily, and the oldest cash is paid first
rising AS (
    SELECT
        r.county, r.collector_id, r.run, r.first_on, r.last_on, r.peak_fen, r.open_fen, r.cash_days, r.late_count, r.wd, r.days, a.pay_days,
        a.first_wd, a.first_count, a.last_wd, a.last_count,
        t.rising_pairs > 0 AND 1800 * t.rising_pairs * t.rising_pairs >= $steady_tenths * $steady_tenths * a.pay_days * (a.pay_days - 1) * (2 * a.pay_days + 5)
        AND coalesce(o.line_count, 0) * 100 <= $overtaking_percent * r.late_count AS orderly
    FROM runs AS r
    INNER JOIN ages AS a ON a.county = r.county AND a.collector_id = r.collector_id AND a.run = r.run
    INNER JOIN trends AS t ON t.county = r.county AND t.collector_id = r.collector_id AND t.run = r.run
    LEFT JOIN overtaking AS o ON o.county = r.county AND o.collector_id = r.collector_id AND o.run = r.run
    WHERE r.cash_days >= $min_days
        AND a.last_wd * a.first_count - a.first_wd * a.last_count >= $rise_wd * a.first_count * a.last_count
        AND r.slow_count * 100 >= $late_percent * r.line_count
),
-- one row per collector: such runs together
totals AS (
    SELECT
        r.county, r.collector_id, max(r.peak_fen) AS peak_fen, CAST(sum(r.open_fen) AS BIGINT) AS open_fen,
        CAST(sum(r.late_count) AS BIGINT) AS late_count, max(r.wd) AS wd, max(r.days) AS days,
        bool_or(r.orderly) AS orderly
    FROM rising AS r
    GROUP BY r.county, r.collector_id
),
-- one row per collector: the longest of his runs, an orderly one first, ages in tenths of a working day
longest AS (
    SELECT
        r.county, r.collector_id, r.cash_days, r.pay_days, r.first_on, r.last_on,
        10 * r.first_wd // r.first_count AS first_tenths, 10 * r.last_wd // r.last_count AS last_tenths
    FROM rising AS r
    QUALIFY row_number() OVER (PARTITION BY r.county, r.collector_id ORDER BY r.orderly DESC, r.cash_days DESC, r.first_on) = 1
),
-- one row per event that shows it
shown AS (
    SELECT h.county, h.collector_id, h.event_id, h.township, h.village, h.fee, h.fee_year
    FROM rising AS r
    INNER JOIN held_in_run AS h ON h.county = r.county AND h.collector_id = r.collector_id AND h.run = r.run
    UNION
    SELECT h.county, h.collector_id, h.payment AS event_id, h.township, h.village, h.fee, h.fee_year
    FROM rising AS r
    INNER JOIN held_in_run AS h ON h.county = r.county AND h.collector_id = r.collector_id AND h.run = r.run
    UNION
    SELECT o.county, o.collector_id, o.event_id, o.township, o.village, o.fee, o.fee_year
    FROM rising AS r
    INNER JOIN open_in_run AS o ON o.county = r.county AND o.collector_id = r.collector_id AND o.run = r.run
),
-- one row per collector: the events and where they are
evidence AS (
    SELECT
        s.county, s.collector_id, list_sort(list(DISTINCT s.event_id)) AS events,
        CASE WHEN min(s.township) = max(s.township) THEN min(s.township) END AS township,
        CASE WHEN min(s.village) = max(s.village) THEN min(s.village) END AS village,
        CASE WHEN min(s.fee) = max(s.fee) THEN min(s.fee) END AS fee,
        CASE WHEN min(s.fee) = max(s.fee) AND min(s.fee_year) = max(s.fee_year) THEN min(s.fee_year) END AS fee_year
    FROM shown AS s
    GROUP BY s.county, s.collector_id
),
-- one row per collector: the money that was missing at the worst, or is now
judged AS (
    SELECT
        t.county, t.collector_id, l.first_on, l.last_on, t.late_count, t.wd, t.days, t.peak_fen, t.open_fen, l.pay_days, l.cash_days, l.first_tenths, l.last_tenths, t.orderly,
        greatest(t.peak_fen, t.open_fen) AS fen
    FROM totals AS t
    INNER JOIN longest AS l ON l.county = t.county AND l.collector_id = t.collector_id
)
SELECT
    j.county,
    CASE
        WHEN j.wd <= $watch_wd OR NOT j.orderly THEN 'watch'
        WHEN j.open_fen >= $high_fen THEN 'critical'
        WHEN j.wd <= $low_wd OR j.fen < $medium_fen THEN 'low'
        WHEN j.fen < $high_fen THEN 'medium'
        ELSE 'high'
    END AS severity,
    'collector' AS subject_type, j.collector_id AS subject_id, e.township, e.village, e.fee, e.fee_year,
    j.fen AS amount_at_risk_fen, CAST(j.cash_days AS DOUBLE) AS measure, CAST($min_days AS DOUBLE) AS threshold,
    j.first_on AS occurred_on, e.events AS evidence,
    struct_pack(
        cash_days := j.cash_days, pay_days := j.pay_days, lines := j.late_count, first_on := j.first_on, last_on := j.last_on,
        first_age := round(CAST(j.first_tenths AS DOUBLE) / 10, 1), last_age := round(CAST(j.last_tenths AS DOUBLE) / 10, 1),
        longest_wd := j.wd, longest_days := j.days, orderly := j.orderly, peak_fen := j.peak_fen, open_fen := j.open_fen
    ) AS details
FROM judged AS j
INNER JOIN evidence AS e ON e.county = j.county AND e.collector_id = j.collector_id
