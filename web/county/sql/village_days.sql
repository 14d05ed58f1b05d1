-- one row per day on which cash was taken or anything was paid in the village: cash taken, paid in cash and otherwise
WITH moves AS (
    SELECT s.received_on AS day, s.amount_fen AS taken_fen, 0 AS cash_fen, 0 AS other_fen FROM settlement AS s WHERE s.village = $id
    UNION ALL
    SELECT
        p.paid_on AS day, 0, CASE WHEN p.channel = 'cash' THEN p.amount_fen ELSE 0 END AS cash_fen, CASE WHEN p.channel = 'cash' THEN 0 ELSE p.amount_fen END AS other_fen
    FROM standing_payments AS p
    WHERE p.village = $id
)
SELECT m.day, CAST(sum(m.taken_fen) AS BIGINT) AS taken_fen, CAST(sum(m.cash_fen) AS BIGINT) AS cash_fen, CAST(sum(m.other_fen) AS BIGINT) AS other_fen
FROM moves AS m
GROUP BY m.day
ORDER BY m.day
