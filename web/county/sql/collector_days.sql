-- one row per day on which cash was taken or settled: taken, paid in, otherwise accounted for, and what was open when the day ended; a payment ahead of its cash counts on the day of the cash
WITH
lines AS (
    SELECT s.county, s.event_id, s.received_on, s.amount_fen, s.settled_fen, s.open_fen, s.state, s.settled_on, s.otherwise_on, s.returned_on
    FROM settlement AS s
    WHERE s.collector_id = $id
),
moves AS (
    SELECT l.received_on AS day, l.amount_fen AS taken_fen, 0 AS settled_fen, 0 AS other_fen FROM lines AS l
    UNION ALL
    SELECT greatest(p.paid_on, l.received_on) AS day, 0, s.settled_fen, 0
    FROM lines AS l
    INNER JOIN settling_payments AS s ON s.county = l.county AND s.event_id = l.event_id
    INNER JOIN standing_payments AS p ON p.county = s.county AND p.event_id = s.payment
    UNION ALL
    SELECT
        greatest(
            l.received_on,
            coalesce(CASE l.state WHEN 'settled' THEN l.settled_on WHEN 'otherwise' THEN l.otherwise_on WHEN 'returned' THEN l.returned_on END, l.received_on)
        ) AS day,
        0, 0, l.amount_fen - l.settled_fen - l.open_fen AS other_fen
    FROM lines AS l
    WHERE l.amount_fen > l.settled_fen + l.open_fen
),
days AS (
    SELECT
        m.day, CAST(sum(m.taken_fen) AS BIGINT) AS taken_fen, CAST(sum(m.settled_fen) AS BIGINT) AS settled_fen, CAST(sum(m.other_fen) AS BIGINT) AS other_fen
    FROM moves AS m
    GROUP BY m.day
)
SELECT
    d.day, d.taken_fen, d.settled_fen, d.other_fen,
    CAST(sum(d.taken_fen - d.settled_fen - d.other_fen) OVER (ORDER BY d.day ROWS UNBOUNDED PRECEDING) AS BIGINT) AS open_fen
FROM days AS d
ORDER BY d.day
