-- one row per terminal whose settlement by the acquirer and payments in the tax system differ, day by day
WITH
-- one row per approved sale with what explains it
sales AS (
    SELECT s.county, s.event_id, s.terminal_id, s.township, s.village, s.net_fen, s.occurred_on, s.explained_by
    FROM explained_sales AS s
    WHERE s.occurred_on <= $as_of
),
-- one row per terminal of the acquirer's log
terminals_in AS (
    SELECT s.county, s.terminal_id, min(s.township) AS township, min(s.village) AS village
    FROM sales AS s
    GROUP BY s.county, s.terminal_id
),
-- one row per county: the days of which the acquirer's log tells
log_days AS (
    SELECT t.county, min(t.occurred_on) AS first_on, max(t.occurred_on) AS last_on
    FROM pos_transactions AS t
    GROUP BY t.county
),
-- one row per payment that belongs to a sale, and adds up to it with the others
matched AS (
    SELECT DISTINCT p.county, p.payment_event_id FROM sale_payments AS p WHERE p.exact
),
-- one row per payment that itself names a terminal or a sale
naming AS (
    SELECT p.county, p.event_id
    FROM standing_payments AS p
    WHERE (p.terminal_id IS NOT NULL OR p.pos_reference IS NOT NULL) AND p.amount_fen > 0
),
-- one row per payment whose sale the terminal gave back to its card, and which the refund list gives back to that card: settled on its day, and undone as the offices say
undone AS (
    SELECT DISTINCT g.county, g.payment_event_id
    FROM terminal_returns AS t
    INNER JOIN pos_transactions AS s ON s.county = t.county AND s.event_id = t.sale_event_id AND s.amount_fen = t.amount_fen
    INNER JOIN terminal_payments AS p ON p.county = s.county AND p.reference = ltrim(upper(replace(s.record_id, ' ', '')), '0')
    INNER JOIN refund_payments AS g ON g.county = p.county AND g.payment_event_id = p.event_id AND g.named
    INNER JOIN refunds AS r ON r.county = g.county AND r.event_id = g.refund_event_id AND r.refund_account = s.card AND r.amount_fen = p.amount_fen
    WHERE t.same_card
),
-- one row per such payment that belongs to no sale and is not undone, on a day of the log
payments_left AS (
    SELECT p.county, p.event_id, p.terminal_id, p.paid_on, p.amount_fen
    FROM terminal_payments AS p
    INNER JOIN naming AS n ON n.county = p.county AND n.event_id = p.event_id
    INNER JOIN terminals_in AS t ON t.county = p.county AND t.terminal_id = p.terminal_id
    INNER JOIN log_days AS d ON d.county = p.county
    LEFT JOIN matched AS m ON m.county = p.county AND m.payment_event_id = p.event_id
    LEFT JOIN undone AS u ON u.county = p.county AND u.payment_event_id = p.event_id
    WHERE m.payment_event_id IS NULL AND u.payment_event_id IS NULL AND p.paid_on >= d.first_on AND p.paid_on < d.last_on
),
-- one row per sale or payment left, with its day: of sales those that nothing explains (bare) and those that a total explains, which use up payments
entries AS (
    SELECT
        s.county, s.event_id, s.terminal_id, s.occurred_on AS day,
        CASE WHEN s.explained_by IS NULL THEN s.net_fen ELSE 0 END AS bare_fen,
        CASE WHEN s.explained_by IS NOT NULL THEN s.net_fen ELSE 0 END AS in_total_fen,
        0 AS paid_fen
    FROM sales AS s
    WHERE s.net_fen > 0 AND (s.explained_by IS NULL OR s.explained_by IN ('shared', 'day-total', 'sum'))
    UNION ALL
    SELECT p.county, p.event_id, p.terminal_id, p.paid_on AS day, 0 AS bare_fen, 0 AS in_total_fen, p.amount_fen AS paid_fen
    FROM payments_left AS p
),
-- one row per terminal and day with something left, with the number of its settlement day
days AS (
    SELECT
        e.county, e.terminal_id, e.day, w.ordinal, CAST(sum(e.bare_fen) AS BIGINT) AS bare_fen, CAST(sum(e.in_total_fen) AS BIGINT) AS in_total_fen,
        CAST(sum(e.paid_fen) AS BIGINT) AS paid_fen
    FROM entries AS e
    INNER JOIN working_day AS w ON w.county = e.county AND w.day = e.day
    GROUP BY e.county, e.terminal_id, e.day, w.ordinal
),
-- the same with whether a new stretch begins: more settlement days apart than are let pass
begun AS (
    SELECT
        d.county, d.terminal_id, d.day, d.bare_fen, d.in_total_fen, d.paid_fen,
        CASE WHEN d.ordinal - lag(d.ordinal) OVER (PARTITION BY d.county, d.terminal_id ORDER BY d.day) <= $near_wd THEN 0 ELSE 1 END AS begins
    FROM days AS d
),
-- the same with the number of its stretch
numbered AS (
    SELECT
        b.county, b.terminal_id, b.day, b.bare_fen, b.in_total_fen, b.paid_fen,
        sum(b.begins) OVER (PARTITION BY b.county, b.terminal_id ORDER BY b.day ROWS UNBOUNDED PRECEDING) AS stretch
    FROM begun AS b
),
-- one row per terminal and stretch of days: settled without payments, and paid without a settlement
stretches AS (
    SELECT
        n.county, n.terminal_id, n.stretch, min(n.day) AS first_on, max(n.day) AS last_on, count(*) AS days,
        CAST(greatest(sum(n.bare_fen) - greatest(sum(n.paid_fen) - sum(n.in_total_fen), 0), 0) AS BIGINT) AS unpaid_fen,
        CAST(greatest(sum(n.paid_fen) - sum(n.in_total_fen) - sum(n.bare_fen), 0) AS BIGINT) AS unmet_fen
    FROM numbered AS n
    GROUP BY n.county, n.terminal_id, n.stretch
),
-- one row per stretch with a difference
differing AS (
    SELECT s.county, s.terminal_id, s.first_on, s.last_on, s.days, s.unpaid_fen, s.unmet_fen
    FROM stretches AS s
    WHERE s.unpaid_fen + s.unmet_fen >= $min_fen
),
-- one row per source: whether its log says when sales are settled
settling AS (
    SELECT s.county, s.source
    FROM terminal_sales AS s
    WHERE s.net_fen > 0
    GROUP BY s.county, s.source
    HAVING $told_percent * count(*) <= 100 * count(s.settled_on)
),
-- one row per sale that the acquirer has not settled though its time is over
unsettled AS (
    SELECT s.county, s.event_id, s.terminal_id, s.occurred_on, s.net_fen
    FROM terminal_sales AS s
    INNER JOIN settling AS g ON g.county = s.county AND g.source = s.source
    INNER JOIN log_days AS d ON d.county = s.county
    INNER JOIN working_day AS w ON w.county = s.county AND w.day = s.occurred_on
    INNER JOIN working_day AS l ON l.county = d.county AND l.day = d.last_on
    WHERE s.settled_on IS NULL AND s.net_fen > 0 AND l.ordinal - w.ordinal >= $settle_wd
),
-- one row per terminal and record that shows a difference: what is left in its stretch, or not settled
shown AS (
    SELECT e.county, e.terminal_id, e.event_id
    FROM entries AS e
    INNER JOIN differing AS d ON d.county = e.county AND d.terminal_id = e.terminal_id AND e.day BETWEEN d.first_on AND d.last_on
    WHERE (d.unpaid_fen > 0 AND e.bare_fen > 0) OR (d.unmet_fen > 0 AND e.paid_fen > 0)
    UNION
    SELECT u.county, u.terminal_id, u.event_id FROM unsettled AS u
),
-- one row per terminal with these records
evidence AS (
    SELECT s.county, s.terminal_id, list_sort(list(DISTINCT s.event_id)) AS events
    FROM shown AS s
    GROUP BY s.county, s.terminal_id
),
-- one row per terminal and kind of difference
parts AS (
    SELECT d.county, d.terminal_id, d.first_on, d.last_on, d.days, d.unpaid_fen, d.unmet_fen, 0 AS unsettled_fen FROM differing AS d
    UNION ALL
    SELECT u.county, u.terminal_id, u.occurred_on AS first_on, u.occurred_on AS last_on, 1 AS days, 0 AS unpaid_fen, 0 AS unmet_fen, u.net_fen AS unsettled_fen
    FROM unsettled AS u
),
-- one row per terminal with its differences
terminals_off AS (
    SELECT
        p.county, p.terminal_id, min(p.first_on) AS first_on, max(p.last_on) AS last_on, CAST(sum(p.days) AS BIGINT) AS days,
        CAST(sum(p.unpaid_fen) AS BIGINT) AS unpaid_fen, CAST(sum(p.unmet_fen) AS BIGINT) AS unmet_fen, CAST(sum(p.unsettled_fen) AS BIGINT) AS unsettled_fen
    FROM parts AS p
    GROUP BY p.county, p.terminal_id
)
SELECT
    o.county,
    CASE
        WHEN o.unpaid_fen + o.unmet_fen + o.unsettled_fen >= $high_fen THEN 'high'
        WHEN o.unpaid_fen + o.unmet_fen + o.unsettled_fen >= $medium_fen THEN 'medium'
        ELSE 'low'
    END AS severity,
    'terminal' AS subject_type, o.terminal_id AS subject_id, t.township, t.village, CAST(NULL AS VARCHAR) AS fee, CAST(NULL AS BIGINT) AS fee_year,
    o.unpaid_fen + o.unmet_fen + o.unsettled_fen AS amount_at_risk_fen,
    CAST(o.unpaid_fen + o.unmet_fen + o.unsettled_fen AS DOUBLE) AS measure, CAST($min_fen AS DOUBLE) AS threshold,
    o.first_on AS occurred_on, e.events AS evidence,
    struct_pack(
        days := o.days, first_on := o.first_on, last_on := o.last_on, unpaid_fen := o.unpaid_fen, unmet_fen := o.unmet_fen, unsettled_fen := o.unsettled_fen,
        what_zh := substr(concat(
            CASE WHEN o.unpaid_fen > 0 THEN concat('，清算而无缴费 ', CAST(o.unpaid_fen // 100 AS VARCHAR), '.', right(concat('0', CAST(o.unpaid_fen % 100 AS VARCHAR)), 2), ' 元') ELSE '' END,
            CASE WHEN o.unmet_fen > 0 THEN concat('，缴费而无清算 ', CAST(o.unmet_fen // 100 AS VARCHAR), '.', right(concat('0', CAST(o.unmet_fen % 100 AS VARCHAR)), 2), ' 元') ELSE '' END,
            CASE WHEN o.unsettled_fen > 0 THEN concat('，消费后未清算 ', CAST(o.unsettled_fen // 100 AS VARCHAR), '.', right(concat('0', CAST(o.unsettled_fen % 100 AS VARCHAR)), 2), ' 元') ELSE '' END
        ), 2),
        what_en := substr(concat(
            CASE WHEN o.unpaid_fen > 0 THEN concat(', settled without payments ', CAST(o.unpaid_fen // 100 AS VARCHAR), '.', right(concat('0', CAST(o.unpaid_fen % 100 AS VARCHAR)), 2), ' yuan') ELSE '' END,
            CASE WHEN o.unmet_fen > 0 THEN concat(', paid without a settlement ', CAST(o.unmet_fen // 100 AS VARCHAR), '.', right(concat('0', CAST(o.unmet_fen % 100 AS VARCHAR)), 2), ' yuan') ELSE '' END,
            CASE WHEN o.unsettled_fen > 0 THEN concat(', sold and not settled ', CAST(o.unsettled_fen // 100 AS VARCHAR), '.', right(concat('0', CAST(o.unsettled_fen % 100 AS VARCHAR)), 2), ' yuan') ELSE '' END
        ), 3)
    ) AS details
FROM terminals_off AS o
INNER JOIN terminals_in AS t ON t.county = o.county AND t.terminal_id = o.terminal_id
INNER JOIN evidence AS e ON e.county = o.county AND e.terminal_id = o.terminal_id
