-- one row per record and figure of the reconciliation that it counts in, with the month in which it does: the cells are sums of these rows, and these rows are what a cell leads to
WITH
-- one row per payment with the account on which it is booked, '' where none is named
booked AS (
    SELECT
        p.county, p.event_id, p.position, p.record_id, p.fee, p.fee_year, coalesce(p.treasury_account, '') AS account, p.township,
        p.payer, p.paid_on, p.posted_on, p.amount_fen, p.channel, v.event_id IS NOT NULL AS is_void, v.voided_on
    FROM payments AS p
    LEFT JOIN voided_payments AS v ON v.county = p.county AND v.event_id = p.event_id
),
-- one row per payment number with its account
accounts AS (
    SELECT b.county, b.record_id, b.fee, min(b.account) AS account FROM booked AS b GROUP BY b.county, b.record_id, b.fee
),
-- one row per payment that an entitlement names, and per person, fee and year with one
named AS (
    SELECT DISTINCT e.county, e.payment_id, e.fee FROM entitlements AS e WHERE e.payment_id IS NOT NULL AND e.reversed_on IS NULL
),
covered AS (
    SELECT DISTINCT e.county, e.payer, e.fee, e.fee_year FROM entitlements AS e WHERE e.reversed_on IS NULL
),
-- one row per fee for which entitlements are recorded at all: non-tax revenue has none
recorded_fees AS (
    SELECT DISTINCT e.county, e.fee FROM entitlements AS e
),
-- one row per number of a payment that stands, and per person, fee and year with one
standing AS (
    SELECT DISTINCT b.county, b.record_id, b.fee FROM booked AS b WHERE NOT b.is_void
),
payers AS (
    SELECT DISTINCT b.county, b.payer, b.fee, b.fee_year FROM booked AS b WHERE NOT b.is_void
),
parts AS (
    SELECT
        'paid' AS figure, b.event_id, b.position, b.record_id, b.fee, b.fee_year, b.account, b.township, b.paid_on AS day, b.amount_fen,
        b.posted_on AS other_on, b.channel AS note
    FROM booked AS b
    WHERE NOT b.is_void
    UNION ALL
    SELECT
        'unposted' AS figure, b.event_id, b.position, b.record_id, b.fee, b.fee_year, b.account, b.township, b.paid_on AS day, b.amount_fen,
        CAST(NULL AS DATE) AS other_on, b.channel AS note
    FROM booked AS b
    WHERE NOT b.is_void AND b.posted_on IS NULL
    UNION ALL
    -- a payment voided in a later month was posted in its own and is taken back in the later one
    SELECT
        'posted' AS figure, b.event_id, b.position, b.record_id, b.fee, b.fee_year, b.account, b.township, b.posted_on AS day, b.amount_fen,
        b.paid_on AS other_on, b.channel AS note
    FROM booked AS b
    WHERE b.posted_on IS NOT NULL AND (NOT b.is_void OR date_trunc('month', b.voided_on) > date_trunc('month', b.posted_on))
    UNION ALL
    SELECT
        'posted' AS figure, b.event_id, b.position, b.record_id, b.fee, b.fee_year, b.account, b.township, b.voided_on AS day, -b.amount_fen AS amount_fen,
        b.posted_on AS other_on, b.channel AS note
    FROM booked AS b
    WHERE b.is_void AND date_trunc('month', b.voided_on) > date_trunc('month', b.posted_on)
    UNION ALL
    SELECT
        'statement' AS figure, s.event_id, s.position, s.record_id, s.fee, CAST(NULL AS BIGINT) AS fee_year, coalesce(s.account, '') AS account,
        CAST(NULL AS VARCHAR) AS township, try_cast(concat(trim(s.month), '-01') AS DATE) AS day, s.amount_fen, s.received_on AS other_on, CAST(NULL AS VARCHAR) AS note
    FROM treasury_statements AS s
    UNION ALL
    SELECT
        'entitlements' AS figure, e.event_id, e.position, e.record_id, e.fee, e.fee_year, coalesce(a.account, '') AS account,
        CAST(NULL AS VARCHAR) AS township, e.recorded_on AS day, e.amount_fen, e.reversed_on AS other_on, CAST(NULL AS VARCHAR) AS note
    FROM entitlements AS e
    LEFT JOIN accounts AS a ON a.county = e.county AND a.record_id = e.payment_id AND a.fee = e.fee
    UNION ALL
    SELECT
        'entitlements' AS figure, e.event_id, e.position, e.record_id, e.fee, e.fee_year, coalesce(a.account, '') AS account,
        CAST(NULL AS VARCHAR) AS township, e.reversed_on AS day, -e.amount_fen AS amount_fen, e.recorded_on AS other_on, CAST(NULL AS VARCHAR) AS note
    FROM entitlements AS e
    LEFT JOIN accounts AS a ON a.county = e.county AND a.record_id = e.payment_id AND a.fee = e.fee
    WHERE e.reversed_on IS NOT NULL
    UNION ALL
    SELECT
        'unrecorded' AS figure, b.event_id, b.position, b.record_id, b.fee, b.fee_year, b.account, b.township, b.paid_on AS day, b.amount_fen,
        b.posted_on AS other_on, b.channel AS note
    FROM booked AS b
    INNER JOIN recorded_fees AS f ON f.county = b.county AND f.fee = b.fee
    LEFT JOIN named AS n ON n.county = b.county AND n.payment_id = b.record_id AND n.fee = b.fee
    LEFT JOIN covered AS c ON c.county = b.county AND c.payer = b.payer AND c.fee = b.fee AND c.fee_year = b.fee_year
    WHERE NOT b.is_void AND n.payment_id IS NULL AND c.payer IS NULL
    UNION ALL
    SELECT
        'unpaid' AS figure, e.event_id, e.position, e.record_id, e.fee, e.fee_year, '' AS account,
        CAST(NULL AS VARCHAR) AS township, e.recorded_on AS day, e.amount_fen, CAST(NULL AS DATE) AS other_on, CAST(NULL AS VARCHAR) AS note
    FROM entitlements AS e
    LEFT JOIN standing AS s ON s.county = e.county AND s.record_id = e.payment_id AND s.fee = e.fee
    LEFT JOIN payers AS p ON p.county = e.county AND p.payer = e.payer AND p.fee = e.fee AND p.fee_year = e.fee_year
    WHERE e.reversed_on IS NULL AND s.record_id IS NULL AND p.payer IS NULL
    UNION ALL
    SELECT
        'reports' AS figure, r.event_id, r.position, r.record_id, r.fee, CAST(NULL AS BIGINT) AS fee_year, coalesce(r.account, '') AS account,
        CAST(NULL AS VARCHAR) AS township, try_cast(concat(trim(r.month), '-01') AS DATE) AS day, r.amount_fen, r.received_on AS other_on,
        CASE WHEN r.reason IS NOT NULL THEN 'reason' END AS note
    FROM office_reports AS r
    UNION ALL
    SELECT
        'transfers' AS figure, t.event_id, t.position, t.record_id, t.fee, t.fee_year, '' AS account,
        CAST(NULL AS VARCHAR) AS township, t.transferred_on AS day, t.amount_fen, t.due_on AS other_on, t.kind AS note
    FROM fund_transfers AS t
    WHERE t.transferred_on IS NOT NULL
    UNION ALL
    SELECT
        'refunds' AS figure, r.event_id, r.position, r.record_id, r.fee, r.fee_year, coalesce(a.account, '') AS account,
        CAST(NULL AS VARCHAR) AS township, r.refunded_on AS day, r.amount_fen, r.listed_on AS other_on, r.reason AS note
    FROM refunds AS r
    LEFT JOIN accounts AS a ON a.county = r.county AND a.record_id = r.payment_id AND a.fee = r.fee
)
SELECT
    x.figure, x.event_id, x.position, x.record_id, x.fee, x.fee_year, x.account, x.township, x.day, coalesce(strftime(x.day, '%Y-%m'), '') AS month,
    x.amount_fen, x.other_on, x.note
FROM parts AS x
