-- one row per county, fee, fee year, treasury account and day on which money was posted, or on which a payment posted in an earlier month was voided
WITH
-- one row per payment with a day of posting, one that two systems tell counting once
posted AS (
    SELECT
        p.county, p.fee, p.fee_year, coalesce(p.treasury_account, '') AS account, p.posted_on, p.amount_fen, p.channel = 'fiscal' AS fiscal,
        v.event_id IS NOT NULL AS is_void, v.voided_on,
        coalesce(date_trunc('month', v.voided_on) > date_trunc('month', p.posted_on), FALSE) AS void_later
    FROM payments AS p
    LEFT JOIN voided_payments AS v ON v.county = p.county AND v.event_id = p.event_id
    LEFT JOIN retold_payments AS t ON t.county = p.county AND t.event_id = p.event_id
    WHERE p.posted_on IS NOT NULL AND p.amount_fen > 0 AND t.event_id IS NULL
),
-- one row per posting, and per later voiding of one
moves AS (
    SELECT
        p.county, p.fee, p.fee_year, p.account, p.posted_on AS day,
        CASE WHEN p.is_void THEN 0 ELSE p.amount_fen END AS posted_fen,
        CASE WHEN p.is_void OR NOT p.fiscal THEN 0 ELSE p.amount_fen END AS fiscal_fen,
        CASE WHEN p.void_later THEN p.amount_fen ELSE 0 END AS voided_later_fen, 0 AS voided_back_fen
    FROM posted AS p
    WHERE NOT p.is_void OR p.void_later
    UNION ALL
    SELECT p.county, p.fee, p.fee_year, p.account, p.voided_on AS day, 0 AS posted_fen, 0 AS fiscal_fen, 0 AS voided_later_fen, p.amount_fen AS voided_back_fen
    FROM posted AS p
    WHERE p.void_later
)
SELECT
    m.county, m.fee, m.fee_year, m.account, m.day,
    CAST(sum(m.posted_fen) AS BIGINT) AS posted_fen, CAST(sum(m.fiscal_fen) AS BIGINT) AS fiscal_fen,
    CAST(sum(m.voided_later_fen) AS BIGINT) AS voided_later_fen, CAST(sum(m.voided_back_fen) AS BIGINT) AS voided_back_fen
FROM moves AS m
GROUP BY m.county, m.fee, m.fee_year, m.account, m.day
