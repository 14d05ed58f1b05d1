-- one row per asked account and fee year, feature and record that a person would look at: as many of each as are asked for, the plainest first
WITH
-- one row per account and fee year asked for
asked AS (
    SELECT unnest($counties) AS county, unnest($subjects) AS account, unnest($periods) AS period
),
-- one row per payment of those asked for
paid AS (
    SELECT
        p.county, p.account, a.period, p.event_id, p.payer, p.household, p.fee, p.fee_year, p.amount_fen, p.paid_at, p.paid_on, p.timed, p.township, p.has_line
    FROM asked AS a
    INNER JOIN account_payments AS p ON p.county = a.county AND p.account = a.account AND CAST(p.fee_year AS VARCHAR) = a.period
    WHERE NOT p.masked AND p.paid_on <= $as_of
),
-- one row per payment with how many of theirs are for the same household, in the same township, on the same day
beside AS (
    SELECT
        p.county, p.account, p.period, p.event_id, p.amount_fen,
        count(*) OVER (PARTITION BY p.county, p.account, p.period, p.household) AS of_household,
        count(*) OVER (PARTITION BY p.county, p.account, p.period, p.township) AS of_township,
        count(*) OVER (PARTITION BY p.county, p.account, p.period, p.paid_on) AS of_day,
        row_number() OVER (PARTITION BY p.county, p.account, p.period, p.household ORDER BY p.paid_on, p.event_id) AS nth_of_household,
        row_number() OVER (PARTITION BY p.county, p.account, p.period, p.paid_on ORDER BY p.event_id) AS nth_of_day
    FROM paid AS p
),
-- one row per account: payments for the household and in the township that has most
most AS (
    SELECT b.county, b.account, b.period, max(b.of_household) AS household, max(b.of_township) AS township
    FROM beside AS b
    GROUP BY b.county, b.account, b.period
),
-- one row per payment with a time of day: how many of the account lie within ten minutes around it, and whether the hour is a quiet one
clocked AS (
    SELECT
        k.county, k.account, k.period, k.event_id, q.hour_of_day IS NOT NULL AS is_quiet,
        count(*) OVER (PARTITION BY k.county, k.account, k.period ORDER BY k.minute_no RANGE BETWEEN 4 PRECEDING AND 5 FOLLOWING) AS near
    FROM (
        SELECT
            p.county, p.account, p.period, p.event_id, hour(p.paid_at) AS hour_of_day,
            datediff('day', DATE '2000-01-01', p.paid_on) * 1440 + hour(p.paid_at) * 60 + minute(p.paid_at) AS minute_no
        FROM paid AS p
        WHERE p.timed
    ) AS k
    LEFT JOIN quiet_hours AS q ON q.county = k.county AND q.hour_of_day = k.hour_of_day
),
-- one row per payment by a credit card, and sale that made it (NULL: the account itself is a credit card)
on_credit AS (
    SELECT p.county, p.account, p.period, p.event_id, s.event_id AS sale_event_id, p.amount_fen
    FROM paid AS p
    INNER JOIN sale_payments AS q ON q.county = p.county AND q.payment_event_id = p.event_id
    INNER JOIN terminal_sales AS s ON s.county = q.county AND s.event_id = q.sale_event_id
    WHERE s.card_kind IN ('credit', 'semi-credit')
    UNION ALL
    SELECT p.county, p.account, p.period, p.event_id, CAST(NULL AS VARCHAR) AS sale_event_id, p.amount_fen
    FROM paid AS p
    INNER JOIN (
        SELECT DISTINCT s.county, s.card
        FROM terminal_sales AS s
        WHERE s.card_kind IN ('credit', 'semi-credit') AND NOT coalesce(s.card_masked, false)
    ) AS c ON c.county = p.county AND c.card = p.account
),
-- one row per fee and year whose amount a person does not choose
fixed_fees AS (
    SELECT DISTINCT t.county, t.fee, t.fee_year
    FROM tariff AS t
    WHERE t.kind = 'fixed'
),
-- one row per payment whose amount the person chooses, with how many of the account have the same
alike AS (
    SELECT p.county, p.account, p.period, p.event_id, count(*) OVER (PARTITION BY p.county, p.account, p.period, p.fee, p.amount_fen) AS same
    FROM paid AS p
    LEFT JOIN fixed_fees AS f ON f.county = p.county AND f.fee = p.fee AND f.fee_year = p.fee_year
    WHERE f.fee IS NULL
),
-- one row per refund that went to the account
refunded AS (
    SELECT r.county, a.account, a.period, r.event_id, r.amount_fen
    FROM asked AS a
    INNER JOIN refunds AS r ON r.county = a.county AND r.refund_account = a.account AND CAST(r.fee_year AS VARCHAR) = a.period
),
-- one row per payment from the account that was voided, and record that voided it
voided AS (
    SELECT p.county, a.account, a.period, p.event_id AS payment, v.event_id, p.amount_fen
    FROM asked AS a
    INNER JOIN payments AS p ON p.county = a.county AND p.payer_account = a.account AND CAST(p.fee_year AS VARCHAR) = a.period
    INNER JOIN payment_voids AS v ON v.county = p.county AND v.payment_id = p.record_id
    LEFT JOIN payments AS o ON o.county = v.county AND o.record_id = v.payment_id AND o.source = v.source
    WHERE o.event_id IS NULL OR p.source = v.source
),
-- one row per payment for a person for whom the account did not pay the year before
fresh AS (
    SELECT p.county, p.account, p.period, p.event_id, p.amount_fen
    FROM paid AS p
    LEFT JOIN account_payments AS b ON b.county = p.county AND b.account = p.account AND b.payer = p.payer AND b.fee_year = p.fee_year - 1
    WHERE b.payer IS NULL
),
-- one row per feature and record, with what makes it plain
shown AS (
    SELECT b.county, b.account, b.period, 'persons' AS feature, b.event_id, b.amount_fen AS weight FROM beside AS b
    UNION ALL
    SELECT b.county, b.account, b.period, 'households' AS feature, b.event_id, b.amount_fen AS weight FROM beside AS b WHERE b.nth_of_household = 1
    UNION ALL
    SELECT b.county, b.account, b.period, 'villages' AS feature, b.event_id, b.amount_fen AS weight FROM beside AS b WHERE b.nth_of_household = 1
    UNION ALL
    SELECT b.county, b.account, b.period, 'strangers_share' AS feature, b.event_id, b.amount_fen AS weight
    FROM beside AS b
    INNER JOIN most AS m ON m.county = b.county AND m.account = b.account AND m.period = b.period
    WHERE b.of_household < m.household OR b.nth_of_household = 1
    UNION ALL
    SELECT b.county, b.account, b.period, 'elsewhere_share' AS feature, b.event_id, b.amount_fen AS weight
    FROM beside AS b
    INNER JOIN most AS m ON m.county = b.county AND m.account = b.account AND m.period = b.period
    WHERE b.of_township < m.township
    UNION ALL
    SELECT p.county, p.account, p.period, 'lined_share' AS feature, p.event_id, p.amount_fen AS weight FROM paid AS p WHERE p.has_line
    UNION ALL
    SELECT l.county, p.account, p.period, 'lined_share' AS feature, l.event_id, p.amount_fen AS weight
    FROM paid AS p
    INNER JOIN register_lines AS l ON l.county = p.county AND l.payer = p.payer AND l.fee = p.fee AND l.fee_year = p.fee_year
    UNION ALL
    SELECT c.county, c.account, c.period, 'credit_share' AS feature, c.event_id, c.amount_fen AS weight FROM on_credit AS c
    UNION ALL
    SELECT c.county, c.account, c.period, 'credit_share' AS feature, c.sale_event_id AS event_id, c.amount_fen AS weight FROM on_credit AS c WHERE c.sale_event_id IS NOT NULL
    UNION ALL
    SELECT c.county, c.account, c.period, 'burst_share' AS feature, c.event_id, c.near AS weight FROM clocked AS c
    UNION ALL
    SELECT c.county, c.account, c.period, 'quiet_hours_share' AS feature, c.event_id, 1 AS weight FROM clocked AS c WHERE c.is_quiet
    UNION ALL
    SELECT b.county, b.account, b.period, 'busiest_day_share' AS feature, b.event_id, b.of_day AS weight FROM beside AS b
    UNION ALL
    SELECT b.county, b.account, b.period, 'days' AS feature, b.event_id, b.amount_fen AS weight FROM beside AS b WHERE b.nth_of_day = 1
    UNION ALL
    SELECT b.county, b.account, b.period, 'yuan_per_person' AS feature, b.event_id, b.amount_fen AS weight FROM beside AS b
    UNION ALL
    SELECT k.county, k.account, k.period, 'same_amount_share' AS feature, k.event_id, k.same AS weight FROM alike AS k
    UNION ALL
    SELECT r.county, r.account, r.period, 'refunds' AS feature, r.event_id, r.amount_fen AS weight FROM refunded AS r
    UNION ALL
    SELECT v.county, v.account, v.period, 'voided_share' AS feature, v.payment AS event_id, v.amount_fen AS weight FROM voided AS v
    UNION ALL
    SELECT v.county, v.account, v.period, 'voided_share' AS feature, v.event_id, v.amount_fen AS weight FROM voided AS v
    UNION ALL
    SELECT f.county, f.account, f.period, 'same_persons_share' AS feature, f.event_id, f.amount_fen AS weight FROM fresh AS f
    UNION ALL
    SELECT f.county, f.account, f.period, 'persons_ratio' AS feature, f.event_id, f.amount_fen AS weight FROM fresh AS f
),
-- one row per feature and record, once
plainest AS (
    SELECT s.county, s.account, s.period, s.feature, s.event_id, max(s.weight) AS weight
    FROM shown AS s
    GROUP BY s.county, s.account, s.period, s.feature, s.event_id
)
SELECT p.county, p.account AS subject_id, p.period, p.feature, p.event_id
FROM plainest AS p
QUALIFY row_number() OVER (PARTITION BY p.county, p.account, p.period, p.feature ORDER BY p.weight DESC NULLS LAST, p.event_id) <= $most
