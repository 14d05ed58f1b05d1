-- one row per week in which any terminal of the township was used, from this one's first week to its last: own money and what of it nothing explains, beside the middle half of the others used that week
WITH
used AS (
    SELECT
        e.terminal_id, e.township, CAST(date_trunc('week', e.occurred_on) AS DATE) AS week, CAST(sum(e.net_fen) AS BIGINT) AS fen,
        CAST(coalesce(sum(u.net_fen), 0) AS BIGINT) AS unexplained_fen
    FROM explained_sales AS e
    LEFT JOIN unexplained_sales AS u ON u.county = e.county AND u.event_id = e.event_id
    GROUP BY e.terminal_id, e.township, CAST(date_trunc('week', e.occurred_on) AS DATE)
),
own AS (
    SELECT min(u.week) AS first_week, max(u.week) AS last_week, max(u.township) AS township FROM used AS u WHERE u.terminal_id = $id
)
SELECT
    u.week, CAST(coalesce(sum(u.fen) FILTER (u.terminal_id = $id), 0) AS BIGINT) AS own_fen,
    CAST(coalesce(sum(u.unexplained_fen) FILTER (u.terminal_id = $id), 0) AS BIGINT) AS unexplained_fen,
    quantile_disc(u.fen, 0.25) FILTER (u.terminal_id <> $id) AS low_fen, quantile_disc(u.fen, 0.5) FILTER (u.terminal_id <> $id) AS middle_fen,
    quantile_disc(u.fen, 0.75) FILTER (u.terminal_id <> $id) AS high_fen
FROM used AS u
INNER JOIN own AS o ON u.week BETWEEN o.first_week AND o.last_week AND (u.township = o.township OR u.terminal_id = $id)
GROUP BY u.week
ORDER BY u.week
