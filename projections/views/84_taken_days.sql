-- one row per record type, sender, own day and other day by which the source may count (posted, settled, listed, handed in, told): what the ledger took, in counties whose sources say what they sent
WITH
-- one row per county with totals of what was sent
told AS (
    SELECT DISTINCT t.county FROM control_totals AS t
),
-- one row per record of any type with its days, and whether every way of counting counts it
records AS (
    SELECT x.county, 'payments' AS type, x.source, x.paid_on AS day, x.posted_on AS other_on, x.amount_fen AS amount_fen, v.event_id IS NULL AS counts, CAST(NULL AS VARCHAR) AS fee
    FROM payments AS x
    LEFT JOIN voided_payments AS v ON v.county = x.county AND v.event_id = x.event_id
    UNION ALL
    SELECT x.county, 'payment-voids' AS type, x.source, x.voided_on AS day, CAST(NULL AS DATE) AS other_on, CAST(NULL AS BIGINT) AS amount_fen, TRUE AS counts, CAST(NULL AS VARCHAR) AS fee
    FROM payment_voids AS x
    UNION ALL
    SELECT x.county, 'refunds' AS type, x.source, x.refunded_on AS day, x.listed_on AS other_on, x.amount_fen AS amount_fen, TRUE AS counts, x.fee AS fee
    FROM refunds AS x
    UNION ALL
    SELECT x.county, 'pos-transactions' AS type, x.source, x.occurred_on AS day, x.settled_on AS other_on, x.amount_fen AS amount_fen, x.kind = 'sale' AND x.response_code = '00' AS counts, CAST(NULL AS VARCHAR) AS fee
    FROM pos_transactions AS x
    UNION ALL
    SELECT x.county, 'cash-receipts' AS type, x.source, x.received_on AS day, x.submitted_on AS other_on, x.amount_fen AS amount_fen, TRUE AS counts, CAST(NULL AS VARCHAR) AS fee
    FROM cash_receipts AS x
    UNION ALL
    SELECT x.county, 'rosters' AS type, x.source, x.listed_on AS day, CAST(NULL AS DATE) AS other_on, CAST(NULL AS BIGINT) AS amount_fen, TRUE AS counts, x.fee AS fee
    FROM rosters AS x
    UNION ALL
    SELECT x.county, 'collectors' AS type, x.source, x.appointed_on AS day, CAST(NULL AS DATE) AS other_on, CAST(NULL AS BIGINT) AS amount_fen, TRUE AS counts, CAST(NULL AS VARCHAR) AS fee
    FROM collectors AS x
    UNION ALL
    SELECT x.county, 'terminals' AS type, x.source, x.installed_on AS day, CAST(NULL AS DATE) AS other_on, CAST(NULL AS BIGINT) AS amount_fen, TRUE AS counts, CAST(NULL AS VARCHAR) AS fee
    FROM terminals AS x
    UNION ALL
    SELECT x.county, 'entitlements' AS type, x.source, x.recorded_on AS day, CAST(NULL AS DATE) AS other_on, x.amount_fen AS amount_fen, TRUE AS counts, x.fee AS fee
    FROM entitlements AS x
    UNION ALL
    SELECT x.county, 'treasury-statements' AS type, x.source, x.received_on AS day, CAST(NULL AS DATE) AS other_on, x.amount_fen AS amount_fen, TRUE AS counts, CAST(NULL AS VARCHAR) AS fee
    FROM treasury_statements AS x
    UNION ALL
    SELECT x.county, 'status-changes' AS type, x.source, x.effective_on AS day, x.notified_on AS other_on, CAST(NULL AS BIGINT) AS amount_fen, TRUE AS counts, CAST(NULL AS VARCHAR) AS fee
    FROM status_changes AS x
    UNION ALL
    SELECT x.county, 'households' AS type, x.source, x.valid_from AS day, CAST(NULL AS DATE) AS other_on, CAST(NULL AS BIGINT) AS amount_fen, TRUE AS counts, CAST(NULL AS VARCHAR) AS fee
    FROM households AS x
    UNION ALL
    SELECT x.county, 'receipt-books' AS type, x.source, x.issued_on AS day, CAST(NULL AS DATE) AS other_on, CAST(NULL AS BIGINT) AS amount_fen, TRUE AS counts, CAST(NULL AS VARCHAR) AS fee
    FROM receipt_books AS x
    UNION ALL
    SELECT x.county, 'whitelist' AS type, x.source, x.agreed_on AS day, CAST(NULL AS DATE) AS other_on, CAST(NULL AS BIGINT) AS amount_fen, TRUE AS counts, CAST(NULL AS VARCHAR) AS fee
    FROM whitelist AS x
    UNION ALL
    SELECT x.county, 'assessments' AS type, x.source, x.assessed_on AS day, CAST(NULL AS DATE) AS other_on, x.amount_fen AS amount_fen, TRUE AS counts, CAST(NULL AS VARCHAR) AS fee
    FROM assessments AS x
    UNION ALL
    SELECT x.county, 'divisions' AS type, x.source, x.valid_from AS day, CAST(NULL AS DATE) AS other_on, CAST(NULL AS BIGINT) AS amount_fen, TRUE AS counts, CAST(NULL AS VARCHAR) AS fee
    FROM divisions AS x
    UNION ALL
    SELECT x.county, 'complaints' AS type, x.source, x.received_on AS day, CAST(NULL AS DATE) AS other_on, x.amount_fen AS amount_fen, TRUE AS counts, CAST(NULL AS VARCHAR) AS fee
    FROM complaints AS x
    UNION ALL
    SELECT x.county, 'duty-acts' AS type, x.source, x.done_on AS day, CAST(NULL AS DATE) AS other_on, x.amount_fen AS amount_fen, TRUE AS counts, CAST(NULL AS VARCHAR) AS fee
    FROM duty_acts AS x
    UNION ALL
    SELECT x.county, 'data-queries' AS type, x.source, x.raised_on AS day, CAST(NULL AS DATE) AS other_on, CAST(NULL AS BIGINT) AS amount_fen, TRUE AS counts, CAST(NULL AS VARCHAR) AS fee
    FROM data_queries AS x
    UNION ALL
    SELECT x.county, 'fund-transfers' AS type, x.source, x.due_on AS day, x.transferred_on AS other_on, x.amount_fen AS amount_fen, TRUE AS counts, CAST(NULL AS VARCHAR) AS fee
    FROM fund_transfers AS x
    UNION ALL
    SELECT x.county, 'office-reports' AS type, x.source, x.received_on AS day, CAST(NULL AS DATE) AS other_on, x.amount_fen AS amount_fen, TRUE AS counts, x.fee AS fee
    FROM office_reports AS x
),
-- one row per county, type, source and fee as written and pair of days: what was taken
summed AS (
    SELECT
        r.county, r.type, r.source, r.fee, r.day, r.other_on, count(*) AS records, count(CASE WHEN r.counts THEN 1 END) AS sure,
        CAST(coalesce(sum(r.amount_fen), 0) AS BIGINT) AS fen
    FROM records AS r
    GROUP BY r.county, r.type, r.source, r.fee, r.day, r.other_on
)
SELECT
    s.county, s.type, lower(trim(s.source)) AS sender, s.day, s.other_on, CAST(sum(s.records) AS BIGINT) AS records, CAST(sum(s.sure) AS BIGINT) AS sure,
    CAST(sum(s.fen) AS BIGINT) AS fen, CAST(sum(CASE WHEN s.fee LIKE '%-medical' THEN s.records ELSE 0 END) AS BIGINT) AS medical,
    CAST(sum(CASE WHEN s.fee LIKE '%-pension%' THEN s.records ELSE 0 END) AS BIGINT) AS pension
FROM summed AS s
INNER JOIN told AS t ON t.county = s.county
GROUP BY s.county, s.type, lower(trim(s.source)), s.day, s.other_on
