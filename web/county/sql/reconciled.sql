-- one row per fee, account ('' where they are taken together or none is named) and month of the calendar: every figure, and what differs; a figure of which nothing came in is NULL
WITH summed AS (
    SELECT
        m.fee, CASE WHEN $by_account THEN m.account ELSE '' END AS account, m.month,
        sum(m.amount_fen) FILTER (m.figure = 'paid') AS paid_fen,
        sum(m.amount_fen) FILTER (m.figure = 'unposted') AS unposted_fen,
        sum(m.amount_fen) FILTER (m.figure = 'posted') AS posted_fen,
        sum(m.amount_fen) FILTER (m.figure = 'statement') AS statement_fen,
        sum(m.amount_fen) FILTER (m.figure = 'entitlements') AS entitlements_fen,
        sum(m.amount_fen) FILTER (m.figure = 'reports') AS reports_fen,
        count(*) FILTER (m.figure = 'reports' AND m.note IS NOT NULL) AS reasons,
        sum(m.amount_fen) FILTER (m.figure = 'transfers') AS transfers_fen,
        sum(m.amount_fen) FILTER (m.figure = 'refunds') AS refunds_fen
    FROM money_records AS m
    WHERE m.figure NOT IN ('unrecorded', 'unpaid')
    GROUP BY ALL
)
SELECT
    s.month, s.fee, s.account, CAST(s.paid_fen AS BIGINT), CAST(s.unposted_fen AS BIGINT), CAST(s.posted_fen AS BIGINT),
    CAST(s.statement_fen AS BIGINT), CAST(CASE WHEN s.statement_fen IS NOT NULL THEN s.statement_fen - coalesce(s.posted_fen, 0) END AS BIGINT),
    CAST(s.reports_fen AS BIGINT), CAST(CASE WHEN s.reports_fen IS NOT NULL THEN s.reports_fen - coalesce(s.posted_fen, 0) END AS BIGINT),
    CASE WHEN s.reports_fen IS NOT NULL THEN s.reasons END,
    CAST(s.entitlements_fen AS BIGINT), CAST(s.transfers_fen AS BIGINT), CAST(s.refunds_fen AS BIGINT)
FROM summed AS s
ORDER BY s.month, s.fee, s.account
