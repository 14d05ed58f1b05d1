-- one row per day on which the terminal was used or paid by: charged (less what was given back), what of it is explained and what not, and what was paid by it
WITH moves AS (
    SELECT
        e.occurred_on AS day, e.net_fen AS charged_fen, CASE WHEN u.event_id IS NULL THEN e.net_fen ELSE 0 END AS explained_fen,
        coalesce(u.net_fen, 0) AS unexplained_fen, 0 AS paid_fen
    FROM explained_sales AS e
    LEFT JOIN unexplained_sales AS u ON u.county = e.county AND u.event_id = e.event_id
    WHERE e.terminal_id = $id
    UNION ALL
    SELECT p.paid_on AS day, 0, 0, 0, p.amount_fen AS paid_fen
    FROM terminal_payments AS p
    WHERE p.terminal_id = $id
)
SELECT
    m.day, CAST(sum(m.charged_fen) AS BIGINT) AS charged_fen, CAST(sum(m.explained_fen) AS BIGINT) AS explained_fen,
    CAST(sum(m.unexplained_fen) AS BIGINT) AS unexplained_fen, CAST(sum(m.paid_fen) AS BIGINT) AS paid_fen
FROM moves AS m
GROUP BY m.day
ORDER BY m.day
