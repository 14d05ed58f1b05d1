-- one row per fee, account ('' where they are taken together or none is named) and month of the calendar: every figure, and what differs; a figure of which nothing came in is NULL
-- It sums what money_records has record by record, each type by itself: laying all records side by side first takes three times as long.
WITH
-- one row per fee, account and the months in which payments were paid, posted and voided
booked AS (
    SELECT
        p.fee, CASE WHEN $by_account THEN coalesce(p.treasury_account, '') ELSE '' END AS account,
        date_trunc('month', p.paid_on) AS paid_in, date_trunc('month', p.posted_on) AS posted_in, date_trunc('month', v.voided_on) AS voided_in,
        v.event_id IS NOT NULL AS is_void, p.posted_on IS NOT NULL AS is_posted, sum(p.amount_fen) AS fen
    FROM payments AS p
    LEFT JOIN voided_payments AS v ON v.county = p.county AND v.event_id = p.event_id
    GROUP BY ALL
),
-- one row per payment number with its account, where accounts are told apart
accounts AS (
    SELECT p.county, p.record_id, p.fee, min(coalesce(p.treasury_account, '')) AS account
    FROM payments AS p
    WHERE $by_account
    GROUP BY p.county, p.record_id, p.fee
),
-- one row per fee, account and the months in which entitlements were recorded and reversed
credited AS (
    SELECT
        e.fee, coalesce(a.account, '') AS account, date_trunc('month', e.recorded_on) AS recorded_in, date_trunc('month', e.reversed_on) AS reversed_in,
        e.reversed_on IS NOT NULL AS is_reversed, sum(e.amount_fen) AS fen
    FROM entitlements AS e
    LEFT JOIN accounts AS a ON a.county = e.county AND a.record_id = e.payment_id AND a.fee = e.fee
    GROUP BY ALL
),
parts AS (
    SELECT 'paid' AS figure, b.fee, b.account, b.paid_in AS month, b.fen, 0 AS reasons FROM booked AS b WHERE NOT b.is_void
    UNION ALL
    SELECT 'unposted' AS figure, b.fee, b.account, b.paid_in AS month, b.fen, 0 AS reasons FROM booked AS b WHERE NOT b.is_void AND NOT b.is_posted
    UNION ALL
    -- a payment voided in a later month was posted in its own and is taken back in the later one
    SELECT 'posted' AS figure, b.fee, b.account, b.posted_in AS month, b.fen, 0 AS reasons
    FROM booked AS b
    WHERE b.is_posted AND (NOT b.is_void OR b.voided_in > b.posted_in)
    UNION ALL
    SELECT 'posted' AS figure, b.fee, b.account, b.voided_in AS month, -b.fen AS fen, 0 AS reasons FROM booked AS b WHERE b.is_void AND b.voided_in > b.posted_in
    UNION ALL
    SELECT 'entitlements' AS figure, c.fee, c.account, c.recorded_in AS month, c.fen, 0 AS reasons FROM credited AS c
    UNION ALL
    SELECT 'entitlements' AS figure, c.fee, c.account, c.reversed_in AS month, -c.fen AS fen, 0 AS reasons FROM credited AS c WHERE c.is_reversed
    UNION ALL
    SELECT
        'statement' AS figure, s.fee, CASE WHEN $by_account THEN coalesce(s.account, '') ELSE '' END AS account,
        try_cast(concat(trim(s.month), '-01') AS DATE) AS month, s.amount_fen AS fen, 0 AS reasons
    FROM treasury_statements AS s
    UNION ALL
    SELECT
        'reports' AS figure, r.fee, CASE WHEN $by_account THEN coalesce(r.account, '') ELSE '' END AS account,
        try_cast(concat(trim(r.month), '-01') AS DATE) AS month, r.amount_fen AS fen, CASE WHEN r.reason IS NOT NULL THEN 1 ELSE 0 END AS reasons
    FROM office_reports AS r
    UNION ALL
    SELECT 'transfers' AS figure, t.fee, '' AS account, date_trunc('month', t.transferred_on) AS month, t.amount_fen AS fen, 0 AS reasons
    FROM fund_transfers AS t
    WHERE t.transferred_on IS NOT NULL
    UNION ALL
    SELECT 'refunds' AS figure, r.fee, coalesce(a.account, '') AS account, date_trunc('month', r.refunded_on) AS month, r.amount_fen AS fen, 0 AS reasons
    FROM refunds AS r
    LEFT JOIN accounts AS a ON a.county = r.county AND a.record_id = r.payment_id AND a.fee = r.fee
),
summed AS (
    SELECT
        x.fee, x.account, coalesce(strftime(x.month, '%Y-%m'), '') AS month,
        sum(x.fen) FILTER (x.figure = 'paid') AS paid_fen,
        sum(x.fen) FILTER (x.figure = 'unposted') AS unposted_fen,
        sum(x.fen) FILTER (x.figure = 'posted') AS posted_fen,
        sum(x.fen) FILTER (x.figure = 'statement') AS statement_fen,
        sum(x.fen) FILTER (x.figure = 'entitlements') AS entitlements_fen,
        sum(x.fen) FILTER (x.figure = 'reports') AS reports_fen,
        sum(x.reasons) AS reasons,
        sum(x.fen) FILTER (x.figure = 'transfers') AS transfers_fen,
        sum(x.fen) FILTER (x.figure = 'refunds') AS refunds_fen
    FROM parts AS x
    GROUP BY ALL
)
SELECT
    s.month, s.fee, s.account, CAST(s.paid_fen AS BIGINT), CAST(s.unposted_fen AS BIGINT), CAST(s.posted_fen AS BIGINT),
    CAST(s.statement_fen AS BIGINT), CAST(CASE WHEN s.statement_fen IS NOT NULL THEN s.statement_fen - coalesce(s.posted_fen, 0) END AS BIGINT),
    CAST(s.reports_fen AS BIGINT), CAST(CASE WHEN s.reports_fen IS NOT NULL THEN s.reports_fen - coalesce(s.posted_fen, 0) END AS BIGINT),
    CASE WHEN s.reports_fen IS NOT NULL THEN CAST(s.reasons AS BIGINT) END,
    CAST(s.entitlements_fen AS BIGINT), CAST(s.transfers_fen AS BIGINT), CAST(s.refunds_fen AS BIGINT)
FROM summed AS s
ORDER BY s.month, s.fee, s.account
