-- one row per collector, fee and fee year who kept cash back through the window and paid it in at its end, many payments within minutes, which the other collectors did not
WITH
-- one row per payment and collector for cash taken in the window: how long the oldest of that cash had been in hand
paid AS (
    SELECT
        p.county, p.payment, p.collector_id, p.fee, p.fee_year, p.paid_at, p.paid_on, p.payment_timed, w.last_on,
        min(p.township) AS township, min(p.started_on) AS first_on, max(p.days) AS days, max(p.wd) AS wd,
        CAST(sum(p.settled_fen) AS BIGINT) AS fen
    FROM line_payments AS p
    INNER JOIN window_period AS w ON w.county = p.county AND w.fee = p.fee AND w.fee_year = p.fee_year
    WHERE p.started_on <= w.last_on AND NOT p.excused
    GROUP BY p.county, p.payment, p.collector_id, p.fee, p.fee_year, p.paid_at, p.paid_on, p.payment_timed, w.last_on
),
-- one row per such payment: whether its cash was old, and whether it came with the window's last days or after them
judged AS (
    SELECT
        p.county, p.payment, p.collector_id, p.fee, p.fee_year, p.paid_at, p.paid_on, p.payment_timed, p.township, p.first_on, p.days, p.wd, p.fen,
        p.days >= $held_days AS old,
        p.days >= $held_days AND datediff('day', p.paid_on, p.last_on) < $end_days AS dumped
    FROM paid AS p
),
-- one row per collector, fee and year: counts, and the share of payments of old cash at the end in thousandths of all
shares AS (
    SELECT
        j.county, j.collector_id, j.fee, j.fee_year, min(j.township) AS township, count(*) AS payments,
        count(*) FILTER (WHERE j.old) AS old_payments, count(*) FILTER (WHERE j.dumped) AS dumped_payments,
        count(*) FILTER (WHERE j.dumped) * 1000 // count(*) AS dumped_share
    FROM judged AS j
    GROUP BY j.county, j.collector_id, j.fee, j.fee_year
),
-- one row per payment of old cash at the end whose minute is known, numbered by time
timed AS (
    SELECT
        m.county, m.collector_id, m.fee, m.fee_year, m.minute_no,
        row_number() OVER (PARTITION BY m.county, m.collector_id, m.fee, m.fee_year ORDER BY m.minute_no, m.payment) AS place
    FROM (
        SELECT
            j.county, j.collector_id, j.fee, j.fee_year, j.payment,
            datediff('day', DATE '2000-01-01', j.paid_on) * 1440 + hour(j.paid_at) * 60 + minute(j.paid_at) AS minute_no
        FROM judged AS j
        WHERE j.dumped AND j.payment_timed
    ) AS m
),
-- one row per collector, fee and year with enough of them within the minutes
bursts AS (
    SELECT DISTINCT a.county, a.collector_id, a.fee, a.fee_year
    FROM timed AS a
    INNER JOIN timed AS b
        ON b.county = a.county AND b.collector_id = a.collector_id AND b.fee = a.fee AND b.fee_year = a.fee_year
        AND b.place = a.place + $burst_payments - 1
    WHERE b.minute_no - a.minute_no <= $burst_minutes
),
-- one row per collector, fee and year with such a burst and enough of the old cash at the end
candidates AS (
    SELECT s.county, s.collector_id, s.fee, s.fee_year, s.township, s.payments, s.old_payments, s.dumped_payments
    FROM shares AS s
    INNER JOIN bursts AS b ON b.county = s.county AND b.collector_id = s.collector_id AND b.fee = s.fee AND b.fee_year = s.fee_year
    WHERE s.dumped_payments * 100 >= $dump_percent * s.old_payments
),
-- one row per candidate and other collector of the county, fee and year
pairs AS (
    SELECT
        c.county, c.collector_id, c.fee, c.fee_year, s.dumped_share,
        CASE WHEN s.township = c.township THEN 1 ELSE 0 END AS near
    FROM candidates AS c
    INNER JOIN shares AS s ON s.county = c.county AND s.fee = c.fee AND s.fee_year = c.fee_year AND s.collector_id <> c.collector_id
),
-- one row per candidate: how many peers the township and the county have
choices AS (
    SELECT p.county, p.collector_id, p.fee, p.fee_year, sum(p.near) AS in_township, count(*) AS in_county
    FROM pairs AS p
    GROUP BY p.county, p.collector_id, p.fee, p.fee_year
),
-- one row per candidate: the middle one of the peers' shares, those of the township or else of the county
peers AS (
    SELECT p.county, p.collector_id, p.fee, p.fee_year, count(*) AS peers, median(p.dumped_share) AS peer_share
    FROM pairs AS p
    INNER JOIN choices AS c ON c.county = p.county AND c.collector_id = p.collector_id AND c.fee = p.fee AND c.fee_year = p.fee_year
    WHERE (p.near = 1 AND c.in_township >= $min_peers) OR (c.in_township < $min_peers AND c.in_county >= $min_peers)
    GROUP BY p.county, p.collector_id, p.fee, p.fee_year
),
-- one row per candidate whose peers do otherwise
outstanding AS (
    SELECT
        c.county, c.collector_id, c.fee, c.fee_year, c.payments, c.old_payments, c.dumped_payments, p.peers, p.peer_share
    FROM candidates AS c
    INNER JOIN peers AS p ON p.county = c.county AND p.collector_id = c.collector_id AND p.fee = c.fee AND p.fee_year = c.fee_year
    WHERE p.peer_share < $peer_percent * 10
),
-- one row per line and payment of such a collector's old cash at the end
dumped_lines AS (
    SELECT o.county, o.collector_id, o.fee, o.fee_year, p.event_id, p.payment, p.township, p.village, p.settled_fen, p.started_on, p.wd, p.days
    FROM outstanding AS o
    INNER JOIN judged AS j ON j.county = o.county AND j.collector_id = o.collector_id AND j.fee = o.fee AND j.fee_year = o.fee_year
    INNER JOIN line_payments AS p ON p.county = j.county AND p.payment = j.payment AND p.collector_id = j.collector_id
    WHERE j.dumped AND NOT p.excused
),
-- one row per such collector: the money, how much of it had been kept for more than a few working days, and the longest time
totals AS (
    SELECT
        d.county, d.collector_id, d.fee, d.fee_year,
        CASE WHEN min(d.township) = max(d.township) THEN min(d.township) END AS township,
        CASE WHEN min(d.village) = max(d.village) THEN min(d.village) END AS village,
        CAST(sum(d.settled_fen) AS BIGINT) AS fen, CAST(sum(CASE WHEN d.wd > $low_wd THEN d.settled_fen ELSE 0 END) AS BIGINT) AS long_fen,
        min(d.started_on) AS first_on, max(d.days) AS days
    FROM dumped_lines AS d
    GROUP BY d.county, d.collector_id, d.fee, d.fee_year
),
-- one row per such collector and event that shows it
shown AS (
    SELECT d.county, d.collector_id, d.fee, d.fee_year, d.event_id FROM dumped_lines AS d
    UNION
    SELECT d.county, d.collector_id, d.fee, d.fee_year, d.payment AS event_id FROM dumped_lines AS d
),
-- one row per such collector: the events
evidence AS (
    SELECT s.county, s.collector_id, s.fee, s.fee_year, list_sort(list(DISTINCT s.event_id)) AS events
    FROM shown AS s
    GROUP BY s.county, s.collector_id, s.fee, s.fee_year
)
SELECT
    o.county,
    CASE
        WHEN 2 * t.long_fen < t.fen THEN 'watch'
        WHEN t.fen >= $high_fen THEN 'high'
        ELSE 'medium'
    END AS severity,
    'collector' AS subject_type, o.collector_id AS subject_id, t.township, t.village, o.fee, o.fee_year,
    t.fen AS amount_at_risk_fen,
    round(CAST(o.dumped_payments AS DOUBLE) / o.old_payments, 6) AS measure, CAST($dump_percent AS DOUBLE) / 100 AS threshold,
    t.first_on AS occurred_on, e.events AS evidence,
    struct_pack(
        payments := o.payments, old_payments := o.old_payments, dumped := o.dumped_payments, percent := o.dumped_payments * 100 // o.old_payments,
        peers := o.peers, peer_share := round(CAST(o.peer_share AS DOUBLE) / 10, 1), long_fen := t.long_fen, days := t.days
    ) AS details
FROM outstanding AS o
INNER JOIN totals AS t ON t.county = o.county AND t.collector_id = o.collector_id AND t.fee = o.fee AND t.fee_year = o.fee_year
INNER JOIN evidence AS e ON e.county = o.county AND e.collector_id = o.collector_id AND e.fee = o.fee AND e.fee_year = o.fee_year
