-- one row per day of the township's register: lines, money taken, what of it is paid in, accounted for otherwise, not paid in, and not counted yet (recorded since, or entered twice)
SELECT
    k.received_on AS day, count(*) AS line_count, CAST(sum(k.amount_fen) AS BIGINT) AS taken_fen, CAST(coalesce(sum(s.settled_fen), 0) AS BIGINT) AS settled_fen,
    CAST(coalesce(sum(s.amount_fen - s.settled_fen - s.open_fen), 0) AS BIGINT) AS other_fen, CAST(coalesce(sum(s.open_fen), 0) AS BIGINT) AS open_fen,
    CAST(coalesce(sum(k.amount_fen) FILTER (s.event_id IS NULL), 0) AS BIGINT) AS new_fen, count(DISTINCT k.collector_id) AS collector_count
FROM kept_lines AS k
LEFT JOIN settlement AS s ON s.county = k.county AND s.event_id = k.event_id
WHERE k.township = $township
GROUP BY k.received_on
ORDER BY k.received_on DESC NULLS LAST
