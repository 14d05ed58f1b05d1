-- one row per terminal and day: what its cards were charged, what was given back, what of both the acquirer has not settled, what it settled that day, and what was paid by the terminal that day
WITH
-- one row per approved transaction with its sign: what is given back is taken off
approved AS (
    SELECT
        t.terminal_id, t.occurred_on, t.settled_on, t.amount_fen,
        CASE WHEN t.kind IN ('sale', 'preauth-completion') THEN 1 WHEN t.kind IN ('void', 'refund') THEN -1 ELSE 0 END AS sign
    FROM pos_transactions AS t
    WHERE ltrim(coalesce(t.response_code, ''), '0') = ''
),
moves AS (
    SELECT
        a.terminal_id, a.occurred_on AS day, CASE WHEN a.sign > 0 THEN a.amount_fen ELSE 0 END AS charged_fen,
        CASE WHEN a.sign < 0 THEN a.amount_fen ELSE 0 END AS returned_fen,
        CASE WHEN a.settled_on IS NULL THEN a.sign * a.amount_fen ELSE 0 END AS unsettled_fen, 0 AS settled_fen, 0 AS paid_fen
    FROM approved AS a
    WHERE a.sign <> 0
    UNION ALL
    SELECT a.terminal_id, a.settled_on AS day, 0, 0, 0, a.sign * a.amount_fen AS settled_fen, 0
    FROM approved AS a
    WHERE a.sign <> 0 AND a.settled_on IS NOT NULL
    UNION ALL
    SELECT coalesce(p.terminal_id, '') AS terminal_id, p.paid_on AS day, 0, 0, 0, 0, p.amount_fen AS paid_fen
    FROM payments AS p
    LEFT JOIN voided_payments AS v ON v.county = p.county AND v.event_id = p.event_id
    WHERE v.event_id IS NULL AND (p.terminal_id IS NOT NULL OR p.pos_reference IS NOT NULL OR p.channel = 'pos')
)
SELECT
    m.terminal_id, m.day, CAST(sum(m.charged_fen) AS BIGINT) AS charged_fen, CAST(sum(m.returned_fen) AS BIGINT) AS returned_fen,
    CAST(sum(m.paid_fen) AS BIGINT) AS paid_fen, CAST(sum(m.charged_fen - m.returned_fen - m.paid_fen) AS BIGINT) AS gap_fen,
    CAST(sum(m.settled_fen) AS BIGINT) AS settled_fen, CAST(sum(m.unsettled_fen) AS BIGINT) AS unsettled_fen
FROM moves AS m
WHERE m.day IS NOT NULL
GROUP BY m.terminal_id, m.day
