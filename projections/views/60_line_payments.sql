-- one row per line of the cash register and payment that settles a part of it, with the moments of both, the days and working days between (from the day on which the line's clock starts) and whether a paper or an outage explains the delay
WITH
-- one row per line whose person's data were being verified, or were agreed upon, within three days of the cash
on_paper AS (
    SELECT l.county, l.event_id
    FROM register_lines AS l
    INNER JOIN data_queries AS q ON q.county = l.county AND q.payer = l.payer AND coalesce(q.fee, l.fee) = l.fee
    WHERE q.raised_on >= l.received_on AND datediff('day', l.received_on, q.raised_on) <= 3
    UNION
    SELECT l.county, l.event_id
    FROM register_lines AS l
    INNER JOIN whitelist AS w ON w.county = l.county AND w.payer = l.payer AND w.fee = l.fee AND w.fee_year = l.fee_year
    WHERE w.agreed_on >= l.received_on AND datediff('day', l.received_on, w.agreed_on) <= 3
),
-- one row per line and payment, with both moments and the time between
timed AS (
    SELECT
        l.county, l.event_id, s.payment, s.how, s.settled_fen, l.collector_id, l.township, l.village, l.fee, l.fee_year,
        l.received_at, l.received_on, l.timed AS line_timed, l.started_on, s.paid_at, s.paid_on, s.timed AS payment_timed,
        greatest(0, datediff('day', l.started_on, s.paid_on)) AS days,
        greatest(0, coalesce(w.ordinal - l.started_ordinal, datediff('day', l.started_on, s.paid_on))) AS wd
    FROM register_lines AS l
    INNER JOIN settling_payments AS s ON s.county = l.county AND s.event_id = l.event_id
    LEFT JOIN working_day AS w ON w.county = s.county AND w.day = s.paid_on
    WHERE l.collector_id IS NOT NULL
)
SELECT
    t.county, t.event_id, t.payment, t.how, t.settled_fen, t.collector_id, t.township, t.village, t.fee, t.fee_year,
    t.received_at, t.received_on, t.line_timed, t.started_on, t.paid_at, t.paid_on, t.payment_timed, t.days, t.wd,
    (o.day IS NOT NULL OR q.event_id IS NOT NULL) AND t.wd <= 5 AS excused
FROM timed AS t
LEFT JOIN outage_days AS o ON o.county = t.county AND o.township = t.township AND o.day = t.started_on
LEFT JOIN on_paper AS q ON q.county = t.county AND q.event_id = t.event_id
