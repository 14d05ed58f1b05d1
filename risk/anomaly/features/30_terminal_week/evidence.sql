-- one row per asked terminal and week, feature and record that a person would look at: as many of each as are asked for, the plainest first
WITH
-- one row per terminal and week asked for
asked AS (
    SELECT unnest($counties) AS county, unnest($subjects) AS terminal_id, unnest($periods) AS period
),
-- one row per county and calendar day with the Monday of its week
weeks AS (
    SELECT
        w.county, w.day, w.working,
        CAST(min(w.day) OVER (PARTITION BY w.county, datediff('day', DATE '2000-01-03', w.day) // 7) AS VARCHAR) AS period
    FROM working_day AS w
),
-- one row per approved sale of those asked for in the week; a masked number is told apart by issuer and cardholder
sales AS (
    SELECT
        s.county, s.terminal_id, a.period, s.event_id, s.amount_fen, s.net_fen, s.returned_fen, s.returned_elsewhere_fen, s.card_kind, s.entry_mode, s.explained_by,
        CASE WHEN coalesce(s.card_masked, false) THEN concat(s.card, '|', coalesce(s.issuer, ''), '|', coalesce(s.cardholder, '')) ELSE s.card END AS card,
        s.timed, s.occurred_on, s.occurred_at, NOT w.working AS on_rest_day
    FROM asked AS a
    INNER JOIN explained_sales AS s ON s.county = a.county AND s.terminal_id = a.terminal_id
    INNER JOIN weeks AS w ON w.county = s.county AND w.day = s.occurred_on AND w.period = a.period
    WHERE s.occurred_on <= $as_of
),
-- one row per declined transaction of theirs in the week
declined AS (
    SELECT i.county, i.terminal_id, a.period, t.event_id, t.amount_fen
    FROM asked AS a
    INNER JOIN terminal_ids AS i ON i.county = a.county AND i.terminal_id = a.terminal_id
    INNER JOIN pos_transactions AS t ON t.county = i.county AND t.terminal_id = i.form
    INNER JOIN weeks AS w ON w.county = t.county AND w.day = t.occurred_on AND w.period = a.period
    WHERE ltrim(coalesce(t.response_code, ''), '0') <> ''
),
-- one row per void or refund of such a sale
returns AS (
    SELECT s.county, s.terminal_id, s.period, r.event_id, r.amount_fen, NOT coalesce(r.same_card, false) AS is_elsewhere
    FROM sales AS s
    INNER JOIN terminal_returns AS r ON r.county = s.county AND r.sale_event_id = s.event_id
),
-- one row per such sale with a card, with how often that card was swiped in the week
swiped AS (
    SELECT s.county, s.terminal_id, s.period, s.event_id, count(*) OVER (PARTITION BY s.county, s.terminal_id, s.period, s.card) AS swipes
    FROM sales AS s
    WHERE s.card IS NOT NULL
),
-- one row per such sale and payment that it made, with how many persons it paid for
persons AS (
    SELECT s.county, s.terminal_id, s.period, s.event_id, p.payment_event_id, count(*) OVER (PARTITION BY s.county, s.event_id) AS payments
    FROM sales AS s
    INNER JOIN sale_payments AS p ON p.county = s.county AND p.sale_event_id = s.event_id
),
-- one row per such sale with a time of day: how many lie within half an hour around it, and whether the hour is a quiet one
clocked AS (
    SELECT
        k.county, k.terminal_id, k.period, k.event_id, q.hour_of_day IS NOT NULL AS is_quiet,
        count(*) OVER (PARTITION BY k.county, k.terminal_id, k.period ORDER BY k.minute_no RANGE BETWEEN 29 PRECEDING AND 29 FOLLOWING) AS near
    FROM (
        SELECT
            s.county, s.terminal_id, s.period, s.event_id, hour(s.occurred_at) AS hour_of_day,
            datediff('day', DATE '2000-01-01', s.occurred_on) * 1440 + hour(s.occurred_at) * 60 + minute(s.occurred_at) AS minute_no
        FROM sales AS s
        WHERE s.timed
    ) AS k
    LEFT JOIN quiet_hours AS q ON q.county = k.county AND q.hour_of_day = k.hour_of_day
),
-- one row per feature and record, with what makes it plain
shown AS (
    SELECT s.county, s.terminal_id, s.period, 'unexplained_share' AS feature, s.event_id, s.net_fen AS weight FROM sales AS s WHERE s.explained_by IS NULL
    UNION ALL
    SELECT s.county, s.terminal_id, s.period, 'credit_share' AS feature, s.event_id, s.amount_fen AS weight FROM sales AS s WHERE s.card_kind IN ('credit', 'semi-credit')
    UNION ALL
    SELECT w.county, w.terminal_id, w.period, 'sales_per_card' AS feature, w.event_id, w.swipes AS weight FROM swiped AS w WHERE w.swipes >= 2
    UNION ALL
    SELECT w.county, w.terminal_id, w.period, 'top_card_share' AS feature, w.event_id, w.swipes AS weight FROM swiped AS w
    UNION ALL
    SELECT p.county, p.terminal_id, p.period, 'persons_per_sale' AS feature, p.event_id, p.payments AS weight FROM persons AS p
    UNION ALL
    SELECT p.county, p.terminal_id, p.period, 'persons_per_sale' AS feature, p.payment_event_id AS event_id, p.payments AS weight FROM persons AS p
    UNION ALL
    SELECT s.county, s.terminal_id, s.period, 'undone_share' AS feature, s.event_id, s.amount_fen AS weight FROM sales AS s WHERE s.returned_fen > 0
    UNION ALL
    SELECT r.county, r.terminal_id, r.period, 'undone_share' AS feature, r.event_id, r.amount_fen AS weight FROM returns AS r
    UNION ALL
    SELECT s.county, s.terminal_id, s.period, 'returned_elsewhere_share' AS feature, s.event_id, s.amount_fen AS weight FROM sales AS s WHERE s.returned_elsewhere_fen > 0
    UNION ALL
    SELECT r.county, r.terminal_id, r.period, 'returned_elsewhere_share' AS feature, r.event_id, r.amount_fen AS weight FROM returns AS r WHERE r.is_elsewhere
    UNION ALL
    SELECT d.county, d.terminal_id, d.period, 'declined_share' AS feature, d.event_id, d.amount_fen AS weight FROM declined AS d
    UNION ALL
    SELECT s.county, s.terminal_id, s.period, 'entered_by_hand_share' AS feature, s.event_id, s.amount_fen AS weight FROM sales AS s WHERE s.entry_mode IN ('manual', 'magstripe')
    UNION ALL
    SELECT s.county, s.terminal_id, s.period, 'round_share' AS feature, s.event_id, s.amount_fen AS weight FROM sales AS s WHERE s.amount_fen % 50000 = 0
    UNION ALL
    SELECT s.county, s.terminal_id, s.period, 'largest_yuan' AS feature, s.event_id, s.amount_fen AS weight FROM sales AS s
    UNION ALL
    SELECT s.county, s.terminal_id, s.period, 'mean_yuan' AS feature, s.event_id, s.amount_fen AS weight FROM sales AS s
    UNION ALL
    SELECT c.county, c.terminal_id, c.period, 'most_in_half_hour' AS feature, c.event_id, c.near AS weight FROM clocked AS c
    UNION ALL
    SELECT c.county, c.terminal_id, c.period, 'quiet_hours_share' AS feature, c.event_id, 1 AS weight FROM clocked AS c WHERE c.is_quiet
    UNION ALL
    SELECT s.county, s.terminal_id, s.period, 'rest_day_share' AS feature, s.event_id, s.amount_fen AS weight FROM sales AS s WHERE s.on_rest_day
    UNION ALL
    SELECT s.county, s.terminal_id, s.period, 'volume_ratio' AS feature, s.event_id, s.amount_fen AS weight FROM sales AS s
),
-- one row per feature and record, once
plainest AS (
    SELECT s.county, s.terminal_id, s.period, s.feature, s.event_id, max(s.weight) AS weight
    FROM shown AS s
    GROUP BY s.county, s.terminal_id, s.period, s.feature, s.event_id
)
SELECT p.county, p.terminal_id AS subject_id, p.period, p.feature, p.event_id
FROM plainest AS p
QUALIFY row_number() OVER (PARTITION BY p.county, p.terminal_id, p.period, p.feature ORDER BY p.weight DESC NULLS LAST, p.event_id) <= $most
