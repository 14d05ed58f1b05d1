-- one row per fee, fee year and treasury account with payments that were posted late or are not posted yet
WITH
-- one row per payment that was given back
given_back AS (
    SELECT DISTINCT r.county, r.payment_id FROM refunds AS r WHERE r.payment_id IS NOT NULL
),
-- one row per fee, fee year and channel whose days of posting are kept: of the payments old enough, nearly all have one
kept AS (
    SELECT p.county, p.fee, p.fee_year, p.channel
    FROM payments AS p
    WHERE datediff('day', p.paid_on, $as_of) >= $delay_days
    GROUP BY p.county, p.fee, p.fee_year, p.channel
    HAVING count(p.posted_on) * 100 >= count(*) * $kept_percent
),
-- one row per township of whose payments any has a day of posting
telling AS (
    SELECT DISTINCT p.county, coalesce(p.township, '') AS township FROM payments AS p WHERE p.posted_on IS NOT NULL
),
-- one row per payment posted late or still open, with its days so far
slow AS (
    SELECT
        p.county, p.event_id, p.record_id, p.fee, p.fee_year, coalesce(p.treasury_account, '') AS account, p.amount_fen, p.paid_on,
        coalesce(p.posted_on, $as_of) AS until_on, p.posted_on IS NULL AS is_open, datediff('day', p.paid_on, coalesce(p.posted_on, $as_of)) AS days
    FROM payments AS p
    LEFT JOIN kept AS k ON k.county = p.county AND k.fee = p.fee AND k.fee_year = p.fee_year AND k.channel = p.channel
    LEFT JOIN telling AS g ON g.county = p.county AND g.township = coalesce(p.township, '')
    WHERE datediff('day', p.paid_on, coalesce(p.posted_on, $as_of)) >= $delay_days AND (p.posted_on IS NOT NULL OR (k.channel IS NOT NULL AND g.county IS NOT NULL)) AND p.amount_fen > 0
),
-- one row per such payment that still stands and that no long holiday explains
delayed AS (
    SELECT
        s.county, s.event_id, s.fee, s.fee_year, s.account, s.amount_fen, s.paid_on, s.is_open, s.days,
        row_number() OVER (PARTITION BY s.county, s.fee, s.fee_year, s.account ORDER BY s.days DESC NULLS LAST, s.event_id NULLS LAST) AS place
    FROM slow AS s
    LEFT JOIN voided_payments AS v ON v.county = s.county AND v.event_id = s.event_id
    LEFT JOIN retold_payments AS t ON t.county = s.county AND t.event_id = s.event_id
    LEFT JOIN given_back AS g ON g.county = s.county AND g.payment_id = s.record_id AND s.is_open
    LEFT JOIN working_day AS a ON a.county = s.county AND a.day = s.paid_on
    LEFT JOIN working_day AS b ON b.county = s.county AND b.day = s.until_on
    WHERE v.event_id IS NULL AND t.event_id IS NULL AND g.payment_id IS NULL AND coalesce(b.ordinal - a.ordinal > $holiday_wd, TRUE)
),
-- one row per fee, fee year and account: counts and amounts
totals AS (
    SELECT
        d.county, d.fee, d.fee_year, d.account, count(*) AS payment_count, count(*) FILTER (WHERE d.is_open) AS open_count,
        CAST(sum(d.amount_fen) AS BIGINT) AS amount_fen, max(d.days) AS days, min(d.paid_on) AS first_on
    FROM delayed AS d
    GROUP BY d.county, d.fee, d.fee_year, d.account
),
-- one row per fee, fee year and account: the payments that waited longest
evidence AS (
    SELECT d.county, d.fee, d.fee_year, d.account, list_sort(list(DISTINCT d.event_id)) AS events
    FROM delayed AS d
    WHERE d.place <= $shown
    GROUP BY d.county, d.fee, d.fee_year, d.account
)
SELECT
    t.county,
    CASE WHEN t.days >= $high_days THEN 'high' WHEN t.days >= $medium_days THEN 'medium' ELSE 'low' END AS severity,
    'fee-account' AS subject_type, CASE WHEN t.account = '' THEN t.fee ELSE concat(t.fee, ':', t.account) END AS subject_id,
    CAST(NULL AS VARCHAR) AS township, CAST(NULL AS VARCHAR) AS village, t.fee, t.fee_year,
    t.amount_fen AS amount_at_risk_fen, CAST(t.days AS DOUBLE) AS measure, CAST($delay_days AS DOUBLE) AS threshold,
    t.first_on AS occurred_on, e.events AS evidence,
    struct_pack(
        account := t.account, payments := t.payment_count, open := t.open_count, days := t.days, first_on := t.first_on,
        account_zh := CASE WHEN t.account = '' THEN '' ELSE concat('（账户 ', t.account, '）') END,
        account_en := CASE WHEN t.account = '' THEN '' ELSE concat(' (account ', t.account, ')') END,
        open_zh := CASE WHEN t.open_count > 0 THEN concat('，其中 ', CAST(t.open_count AS VARCHAR), ' 笔至今未入库') ELSE '' END,
        open_en := CASE WHEN t.open_count > 0 THEN concat('; ', CAST(t.open_count AS VARCHAR), ' of them are not posted yet') ELSE '' END
    ) AS details
FROM totals AS t
INNER JOIN evidence AS e ON e.county = t.county AND e.fee = t.fee AND e.fee_year = t.fee_year AND e.account = t.account
