-- one row per county, fee, treasury account and month ('YYYY-MM', numbered from year 0 by month_no) with the money posted in it, at its edges, and paid in it
WITH
-- one row per day of posting, with the days left until the next month begins
days AS (
    SELECT
        d.county, d.fee, d.account, d.day, strftime(d.day, '%Y-%m') AS month, year(d.day) * 12 + month(d.day) AS month_no,
        datediff('day', d.day, make_date(year(d.day) + month(d.day) // 12, month(d.day) % 12 + 1, 1)) AS days_left,
        d.posted_fen, d.fiscal_fen, d.voided_later_fen, d.voided_back_fen
    FROM posted_days AS d
),
-- one row per fee, account and month of posting
posted AS (
    SELECT
        d.county, d.fee, d.account, d.month, d.month_no,
        sum(d.posted_fen) AS posted_fen, sum(d.fiscal_fen) AS fiscal_fen, sum(d.voided_later_fen) AS voided_later_fen, sum(d.voided_back_fen) AS voided_back_fen,
        sum(CASE WHEN d.days_left <= 1 THEN d.posted_fen ELSE 0 END) AS last_1_fen,
        sum(CASE WHEN d.days_left <= 2 THEN d.posted_fen ELSE 0 END) AS last_2_fen,
        sum(CASE WHEN d.days_left <= 3 THEN d.posted_fen ELSE 0 END) AS last_3_fen
    FROM days AS d
    GROUP BY d.county, d.fee, d.account, d.month, d.month_no
),
-- one row per fee, account and month of paying: what was paid, and what of it has no day of posting
paid AS (
    SELECT
        p.county, p.fee, coalesce(p.treasury_account, '') AS account, strftime(p.paid_on, '%Y-%m') AS month, year(p.paid_on) * 12 + month(p.paid_on) AS month_no,
        sum(p.amount_fen) AS paid_fen, sum(CASE WHEN p.posted_on IS NULL THEN p.amount_fen ELSE 0 END) AS undated_fen
    FROM payments AS p
    LEFT JOIN voided_payments AS v ON v.county = p.county AND v.event_id = p.event_id
    LEFT JOIN retold_payments AS t ON t.county = p.county AND t.event_id = p.event_id
    WHERE v.event_id IS NULL AND t.event_id IS NULL AND p.paid_on IS NOT NULL
    GROUP BY p.county, p.fee, coalesce(p.treasury_account, ''), strftime(p.paid_on, '%Y-%m'), year(p.paid_on) * 12 + month(p.paid_on)
),
-- one row per month of either
either AS (
    SELECT p.county, p.fee, p.account, p.month, p.month_no FROM posted AS p
    UNION
    SELECT q.county, q.fee, q.account, q.month, q.month_no FROM paid AS q
)
SELECT
    e.county, e.fee, e.account, e.month, CAST(e.month_no AS BIGINT) AS month_no, p.month IS NOT NULL AS has_posting,
    CAST(coalesce(p.posted_fen, 0) AS BIGINT) AS posted_fen, CAST(coalesce(p.fiscal_fen, 0) AS BIGINT) AS fiscal_fen,
    CAST(coalesce(p.voided_later_fen, 0) AS BIGINT) AS voided_later_fen, CAST(coalesce(p.voided_back_fen, 0) AS BIGINT) AS voided_back_fen,
    CAST(coalesce(p.last_1_fen, 0) AS BIGINT) AS last_1_fen, CAST(coalesce(p.last_2_fen, 0) AS BIGINT) AS last_2_fen,
    CAST(coalesce(p.last_3_fen, 0) AS BIGINT) AS last_3_fen,
    CAST(coalesce(q.paid_fen, 0) AS BIGINT) AS paid_fen, CAST(coalesce(q.undated_fen, 0) AS BIGINT) AS undated_fen
FROM either AS e
LEFT JOIN posted AS p ON p.county = e.county AND p.fee = e.fee AND p.account = e.account AND p.month = e.month
LEFT JOIN paid AS q ON q.county = e.county AND q.fee = e.fee AND q.account = e.account AND q.month = e.month
