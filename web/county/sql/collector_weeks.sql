-- one row per week in which anybody of the collector's townships took cash, from the collector's first week to the last: own money beside the middle half of the others who took any that week
WITH
collected AS (
    SELECT s.collector_id, s.township, CAST(date_trunc('week', s.received_on) AS DATE) AS week, CAST(sum(s.amount_fen) AS BIGINT) AS fen
    FROM settlement AS s
    WHERE s.collector_id IS NOT NULL
    GROUP BY s.collector_id, s.township, CAST(date_trunc('week', s.received_on) AS DATE)
),
own AS (
    SELECT c.township, c.week, c.fen FROM collected AS c WHERE c.collector_id = $id
),
around AS (
    SELECT c.week, c.collector_id, CAST(sum(c.fen) AS BIGINT) AS fen
    FROM collected AS c
    WHERE c.township IN (SELECT o.township FROM own AS o)
    GROUP BY c.week, c.collector_id
)
SELECT
    a.week, CAST(coalesce(sum(a.fen) FILTER (a.collector_id = $id), 0) AS BIGINT) AS own_fen,
    quantile_disc(a.fen, 0.25) FILTER (a.collector_id <> $id) AS low_fen, quantile_disc(a.fen, 0.5) FILTER (a.collector_id <> $id) AS middle_fen,
    quantile_disc(a.fen, 0.75) FILTER (a.collector_id <> $id) AS high_fen
FROM around AS a
WHERE a.week BETWEEN (SELECT min(o.week) FROM own AS o) AND (SELECT max(o.week) FROM own AS o)
GROUP BY a.week
ORDER BY a.week
