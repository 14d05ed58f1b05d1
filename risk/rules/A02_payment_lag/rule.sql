-- one row per collector, fee and fee year whose usual or slowest time from cash to payment is over a day and stands out from the other collectors
WITH
-- one row per line paid: minutes from the cash to its last payment, days on which nobody works left out; where only a day is known it counts as the day's last minute for the cash and its first for the payment
lags AS (
    SELECT
        p.county, p.event_id, p.collector_id, p.township, p.village, p.fee, p.fee_year, p.received_on,
        CAST(sum(p.settled_fen) AS BIGINT) AS fen,
        max(greatest(
            0, p.wd * 1440 + CASE WHEN p.payment_timed THEN hour(p.paid_at) * 60 + minute(p.paid_at) ELSE 0 END
            - CASE WHEN p.line_timed THEN hour(p.received_at) * 60 + minute(p.received_at) ELSE 1440 END
        )) AS minutes
    FROM line_payments AS p
    WHERE p.started_on = p.received_on AND p.how <> 'near-id' AND NOT p.excused AND p.paid_on <= $as_of
    GROUP BY p.county, p.event_id, p.collector_id, p.township, p.village, p.fee, p.fee_year, p.received_on
),
-- one row per line with its place among its collector's, the quickest first
ranked AS (
    SELECT
        l.county, l.event_id, l.collector_id, l.township, l.village, l.fee, l.fee_year, l.minutes,
        row_number() OVER (PARTITION BY l.county, l.collector_id, l.fee, l.fee_year ORDER BY l.minutes, l.event_id) AS place,
        count(*) OVER (PARTITION BY l.county, l.collector_id, l.fee, l.fee_year) AS line_count
    FROM lags AS l
),
-- one row per collector, fee and year with enough lines: median and 95th percentile (nearest rank), in minutes
habits AS (
    SELECT
        r.county, r.collector_id, r.fee, r.fee_year, min(r.line_count) AS line_count, min(r.township) AS township,
        CASE WHEN min(r.village) = max(r.village) THEN min(r.village) END AS village,
        max(CASE WHEN r.place = (r.line_count + 1) // 2 THEN r.minutes END) AS median_min,
        max(CASE WHEN r.place = (95 * r.line_count + 99) // 100 THEN r.minutes END) AS p95_min
    FROM ranked AS r
    WHERE r.line_count >= $min_lines
    GROUP BY r.county, r.collector_id, r.fee, r.fee_year
),
-- one row per township, fee and year: how many collectors can be compared
township_counts AS (
    SELECT h.county, h.township, h.fee, h.fee_year, count(*) AS collector_count
    FROM habits AS h
    GROUP BY h.county, h.township, h.fee, h.fee_year
),
-- one row per county, fee and year: the same
county_counts AS (
    SELECT h.county, h.fee, h.fee_year, count(*) AS collector_count
    FROM habits AS h
    GROUP BY h.county, h.fee, h.fee_year
),
-- one row per collector over a day, with the township whose others are the peers (NULL: those of the county)
choices AS (
    SELECT h.county, h.collector_id, h.fee, h.fee_year, CASE WHEN t.collector_count > $min_peers THEN h.township END AS peer_township
    FROM habits AS h
    INNER JOIN county_counts AS c ON c.county = h.county AND c.fee = h.fee AND c.fee_year = h.fee_year
    LEFT JOIN township_counts AS t ON t.county = h.county AND t.township = h.township AND t.fee = h.fee AND t.fee_year = h.fee_year
    WHERE h.p95_min >= $over_hours * 60 AND c.collector_count > $min_peers
),
-- one row per such collector and peer
pairs AS (
    SELECT c.county, c.collector_id, c.fee, c.fee_year, h.collector_id AS peer, h.median_min, h.p95_min
    FROM choices AS c
    INNER JOIN habits AS h ON h.county = c.county AND h.fee = c.fee AND h.fee_year = c.fee_year AND h.township = c.peer_township
    WHERE h.collector_id <> c.collector_id
    UNION ALL
    SELECT c.county, c.collector_id, c.fee, c.fee_year, h.collector_id AS peer, h.median_min, h.p95_min
    FROM choices AS c
    INNER JOIN habits AS h ON h.county = c.county AND h.fee = c.fee AND h.fee_year = c.fee_year
    WHERE c.peer_township IS NULL AND h.collector_id <> c.collector_id
),
-- one row per such collector and peer, ranked by both times
peers AS (
    SELECT
        p.county, p.collector_id, p.fee, p.fee_year, p.median_min, p.p95_min,
        row_number() OVER (PARTITION BY p.county, p.collector_id, p.fee, p.fee_year ORDER BY p.median_min, p.peer) AS median_rank,
        row_number() OVER (PARTITION BY p.county, p.collector_id, p.fee, p.fee_year ORDER BY p.p95_min, p.peer) AS p95_rank,
        count(*) OVER (PARTITION BY p.county, p.collector_id, p.fee, p.fee_year) AS peer_count
    FROM pairs AS p
),
-- one row per such collector with the quartiles of the peers (nearest rank)
quartiles AS (
    SELECT
        p.county, p.collector_id, p.fee, p.fee_year, min(p.peer_count) AS peer_count,
        max(CASE WHEN p.median_rank = (p.peer_count + 3) // 4 THEN p.median_min END) AS median_q1,
        max(CASE WHEN p.median_rank = (p.peer_count + 1) // 2 THEN p.median_min END) AS median_q2,
        max(CASE WHEN p.median_rank = (3 * p.peer_count + 3) // 4 THEN p.median_min END) AS median_q3,
        max(CASE WHEN p.p95_rank = (p.peer_count + 3) // 4 THEN p.p95_min END) AS p95_q1,
        max(CASE WHEN p.p95_rank = (3 * p.peer_count + 3) // 4 THEN p.p95_min END) AS p95_q3
    FROM peers AS p
    GROUP BY p.county, p.collector_id, p.fee, p.fee_year
),
-- one row per such collector with both limits: a day, or the fence where that is higher, and more than the upper quartile in any case
limits AS (
    SELECT
        q.county, q.collector_id, q.fee, q.fee_year, q.peer_count, q.median_q2,
        greatest($over_hours * 60, (2 * q.median_q3 + $fence_iqr_halves * (q.median_q3 - q.median_q1)) // 2, q.median_q3 + 1) AS median_limit,
        greatest($over_hours * 60, (2 * q.p95_q3 + $fence_iqr_halves * (q.p95_q3 - q.p95_q1)) // 2, q.p95_q3 + 1) AS p95_limit
    FROM quartiles AS q
),
-- one row per collector, fee and year over a limit
slow AS (
    SELECT
        h.county, h.collector_id, h.fee, h.fee_year, h.township, h.village, h.line_count, h.median_min, h.p95_min, l.peer_count, l.median_q2,
        h.median_min >= l.median_limit AS usual,
        CASE WHEN h.median_min >= l.median_limit THEN h.median_min ELSE h.p95_min END AS measured_min,
        CASE WHEN h.median_min >= l.median_limit THEN l.median_limit ELSE l.p95_limit END AS limit_min
    FROM habits AS h
    INNER JOIN limits AS l ON l.county = h.county AND l.collector_id = h.collector_id AND l.fee = h.fee AND l.fee_year = h.fee_year
    WHERE h.median_min >= l.median_limit OR h.p95_min >= l.p95_limit
),
-- one row per such collector's line that took a day or more
slow_lines AS (
    SELECT s.county, s.collector_id, s.fee, s.fee_year, g.event_id, g.fen, g.received_on
    FROM slow AS s
    INNER JOIN lags AS g ON g.county = s.county AND g.collector_id = s.collector_id AND g.fee = s.fee AND g.fee_year = s.fee_year
    WHERE g.minutes >= $over_hours * 60
),
-- one row per such collector: those lines and their money
totals AS (
    SELECT
        s.county, s.collector_id, s.fee, s.fee_year, count(*) AS slow_count, CAST(sum(s.fen) AS BIGINT) AS fen, min(s.received_on) AS first_on
    FROM slow_lines AS s
    GROUP BY s.county, s.collector_id, s.fee, s.fee_year
),
-- one row per such line and event that shows it
shown AS (
    SELECT s.county, s.collector_id, s.fee, s.fee_year, s.event_id FROM slow_lines AS s
    UNION
    SELECT s.county, s.collector_id, s.fee, s.fee_year, p.payment AS event_id
    FROM slow_lines AS s
    INNER JOIN line_payments AS p ON p.county = s.county AND p.event_id = s.event_id
),
-- one row per such collector: the events
evidence AS (
    SELECT s.county, s.collector_id, s.fee, s.fee_year, list_sort(list(DISTINCT s.event_id)) AS events
    FROM shown AS s
    GROUP BY s.county, s.collector_id, s.fee, s.fee_year
)
SELECT
    s.county,
    CASE
        WHEN s.usual AND s.median_min >= $medium_hours * 60 THEN 'medium'
        WHEN s.usual OR s.p95_min >= $medium_hours * 60 THEN 'low'
        ELSE 'watch'
    END AS severity,
    'collector' AS subject_type, s.collector_id AS subject_id, s.township, s.village, s.fee, s.fee_year,
    t.fen AS amount_at_risk_fen,
    round(CAST(s.measured_min AS DOUBLE) / 60, 6) AS measure, round(CAST(s.limit_min AS DOUBLE) / 60, 6) AS threshold,
    t.first_on AS occurred_on, e.events AS evidence,
    struct_pack(
        lines := s.line_count, slow_lines := t.slow_count, median_hours := s.median_min // 60, p95_hours := s.p95_min // 60,
        peers := s.peer_count, peer_hours := s.median_q2 // 60, limit_hours := s.limit_min // 60, usual := s.usual
    ) AS details
FROM slow AS s
INNER JOIN totals AS t ON t.county = s.county AND t.collector_id = s.collector_id AND t.fee = s.fee AND t.fee_year = s.fee_year
INNER JOIN evidence AS e ON e.county = s.county AND e.collector_id = s.collector_id AND e.fee = s.fee AND e.fee_year = s.fee_year
