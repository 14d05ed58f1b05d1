-- one row per week in which anything was paid in the township, from the village's first week to its last: paid in the village beside the middle half of the other villages where anything was paid that week
WITH
paid AS (
    SELECT p.village, CAST(date_trunc('week', p.paid_on) AS DATE) AS week, CAST(sum(p.amount_fen) AS BIGINT) AS fen
    FROM standing_payments AS p
    WHERE p.township = left($id, 9) AND p.village IS NOT NULL
    GROUP BY p.village, CAST(date_trunc('week', p.paid_on) AS DATE)
),
own AS (
    SELECT min(p.week) AS first_week, max(p.week) AS last_week FROM paid AS p WHERE p.village = $id
)
SELECT
    p.week, CAST(coalesce(sum(p.fen) FILTER (p.village = $id), 0) AS BIGINT) AS own_fen,
    quantile_disc(p.fen, 0.25) FILTER (p.village <> $id) AS low_fen, quantile_disc(p.fen, 0.5) FILTER (p.village <> $id) AS middle_fen,
    quantile_disc(p.fen, 0.75) FILTER (p.village <> $id) AS high_fen
FROM paid AS p
INNER JOIN own AS o ON p.week BETWEEN o.first_week AND o.last_week
GROUP BY p.week
ORDER BY p.week
