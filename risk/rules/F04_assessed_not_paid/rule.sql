-- one row per payer and fee whose assessments are unpaid past their day, paid in another amount, or who paid without one
WITH
-- one row per fee that is assessed: since when, so far as the assessments handed in reach
assessed_fees AS (
    SELECT
        a.county, a.fee, min(coalesce(a.assessed_on, a.due_on)) AS since_on,
        a.fee IN (
            'urban-waste-fee', 'land-transfer-income', 'mineral-income', 'idle-land-fee', 'soil-water-compensation', 'civil-air-defence-fee',
            'forest-restoration-fee', 'grassland-restoration-fee'
        ) AS by_office
    FROM assessments AS a
    GROUP BY a.county, a.fee
),
-- one row per number and fee of a payment that was given back: how much (another fee under that number is another source's payment)
given_back AS (
    SELECT r.county, r.payment_id, r.fee, CAST(sum(r.amount_fen) AS BIGINT) AS back_fen
    FROM refunds AS r
    WHERE r.payment_id IS NOT NULL
    GROUP BY r.county, r.payment_id, r.fee
),
-- one row per standing payment of such a fee, less what was given back, with the assessment that it names
paid AS (
    SELECT
        p.county, p.event_id, p.payer, p.payer_id_type, p.fee, p.township, p.village, p.paid_on,
        greatest(0, p.amount_fen - coalesce(g.back_fen, 0)) AS paid_fen, q.assessment_id
    FROM assessed_fees AS f
    INNER JOIN standing_payments AS p ON p.county = f.county AND p.fee = f.fee
    INNER JOIN payments AS q ON q.county = p.county AND q.event_id = p.event_id AND q.fee = f.fee
    LEFT JOIN given_back AS g ON g.county = p.county AND g.payment_id = p.record_id AND g.fee = p.fee
),
-- one row per county that handed in payments of assessed fees at all: since when it has payments
judged_counties AS (
    SELECT p.county, min(p.paid_on) AS since_on
    FROM standing_payments AS p
    INNER JOIN (SELECT DISTINCT q.county FROM paid AS q) AS q ON q.county = p.county
    GROUP BY p.county
),
-- one row per assessment with what was paid in its name
named AS (
    SELECT
        a.county, a.event_id, a.record_id, a.payer, a.fee, a.period, a.amount_fen, a.due_on, a.assessed_on, a.township, a.village,
        CAST(coalesce(sum(p.paid_fen), 0) AS BIGINT) AS named_fen, max(p.paid_on) AS last_paid_on
    FROM assessments AS a
    INNER JOIN judged_counties AS j ON j.county = a.county
    LEFT JOIN paid AS p ON p.county = a.county AND p.assessment_id = a.record_id
    GROUP BY a.county, a.event_id, a.record_id, a.payer, a.fee, a.period, a.amount_fen, a.due_on, a.assessed_on, a.township, a.village
),
-- one row per payment that names no assessment known
unnamed AS (
    SELECT p.county, p.event_id, p.payer, p.payer_id_type, p.fee, p.township, p.village, p.paid_on, p.paid_fen, p.assessment_id IS NOT NULL AS names_one
    FROM paid AS p
    LEFT JOIN named AS n ON n.county = p.county AND n.record_id = p.assessment_id
    WHERE n.record_id IS NULL AND p.paid_fen > 0
),
-- one row per payer and fee with assessments: the day of the first
first_assessed AS (
    SELECT n.county, n.payer, n.fee, min(coalesce(n.assessed_on, n.due_on)) AS since_on
    FROM named AS n
    GROUP BY n.county, n.payer, n.fee
),
-- one row per payer and fee with assessments: what is free to meet them, paid without naming one (not long before the first: early) or above one that it names, and cash on the register that its collector has not paid in
pools AS (
    SELECT m.county, m.payer, m.fee, CAST(sum(m.free_fen) AS BIGINT) AS pool_fen, CAST(sum(m.early_fen) AS BIGINT) AS early_fen, max(m.paid_on) AS last_paid_on
    FROM (
        SELECT u.county, u.payer, u.fee, u.paid_fen AS free_fen, CASE WHEN u.paid_on < f.since_on THEN u.paid_fen ELSE 0 END AS early_fen, u.paid_on
        FROM unnamed AS u
        INNER JOIN first_assessed AS f ON f.county = u.county AND f.payer = u.payer AND f.fee = u.fee
        WHERE f.since_on IS NULL OR datediff('day', u.paid_on, f.since_on) <= $advance_days
        UNION ALL
        SELECT n.county, n.payer, n.fee, greatest(0, n.named_fen - n.amount_fen) AS free_fen, 0 AS early_fen, n.last_paid_on AS paid_on
        FROM named AS n
        UNION ALL
        SELECT s.county, s.payer, s.fee, s.open_fen AS free_fen, s.open_fen AS early_fen, CAST(NULL AS DATE) AS paid_on
        FROM settlement AS s
        INNER JOIN first_assessed AS f ON f.county = s.county AND f.payer = s.payer AND f.fee = s.fee
        WHERE s.state = 'open'
    ) AS m
    GROUP BY m.county, m.payer, m.fee
),
-- one row per assessment with what is open of it, and of the payer's earlier ones, before the pool meets them
opened AS (
    SELECT
        n.county, n.event_id, n.payer, n.fee, n.period, n.amount_fen, n.due_on, n.assessed_on, n.township, n.village, n.named_fen, n.last_paid_on,
        greatest(0, n.amount_fen - n.named_fen) AS open_fen,
        sum(greatest(0, n.amount_fen - n.named_fen)) OVER (
            PARTITION BY n.county, n.payer, n.fee ORDER BY n.due_on NULLS LAST, n.event_id NULLS LAST ROWS UNBOUNDED PRECEDING
        ) AS open_so_far_fen
    FROM named AS n
),
-- one row per assessment after the pool has met the oldest first, with the surcharge that a late payment may bear
met AS (
    SELECT
        o.county, o.event_id, o.payer, o.fee, o.period, o.amount_fen, o.due_on, o.assessed_on, o.township, o.village, o.named_fen,
        min(coalesce(o.assessed_on, o.due_on)) OVER (PARTITION BY o.county, o.payer, o.fee) AS since_on,
        max(o.named_fen) OVER (PARTITION BY o.county, o.payer, o.fee) > 0 AS names_any,
        least(o.open_fen, greatest(0, o.open_so_far_fen - p.pool_fen)) AS left_fen,
        CASE WHEN coalesce(o.last_paid_on, p.last_paid_on) > o.due_on THEN o.amount_fen * datediff('day', o.due_on, coalesce(o.last_paid_on, p.last_paid_on)) * $surcharge_per_10000 // 10000 ELSE 0 END AS surcharge_fen
    FROM opened AS o
    INNER JOIN pools AS p ON p.county = o.county AND p.payer = o.payer AND p.fee = o.fee
),
-- one row per payment of a payer without any assessment of the fee, where the office assesses and the assessments handed in reach back to it
strangers AS (
    SELECT u.county, u.event_id, u.payer, u.fee, u.township, u.village, u.paid_on, u.paid_fen, u.names_one
    FROM unnamed AS u
    INNER JOIN assessed_fees AS f ON f.county = u.county AND f.fee = u.fee
    LEFT JOIN first_assessed AS a ON a.county = u.county AND a.payer = u.payer AND a.fee = u.fee
    WHERE f.by_office AND a.payer IS NULL AND u.paid_on >= f.since_on AND NOT (u.fee = 'urban-waste-fee' AND u.payer_id_type = 'resident-id')
),
-- one row per assessment left open past its day, with whether one that took its place before that day was paid, or its sum, that of nobody else, stands under another number, or the township's payments of a stretch before that day have not come in
overdue AS (
    SELECT
        m.county, m.event_id, m.payer, m.fee, m.township, m.village, m.due_on, m.left_fen, datediff('day', m.due_on, $as_of) AS days,
        EXISTS (
            SELECT 1 FROM met AS o
            WHERE o.county = m.county AND o.payer = m.payer AND o.fee = m.fee AND o.period = m.period AND o.event_id <> m.event_id AND o.left_fen = 0
                AND m.named_fen = 0 AND coalesce(o.assessed_on > m.assessed_on AND o.assessed_on <= m.due_on, TRUE)
        ) AS replaced,
        EXISTS (SELECT 1 FROM strangers AS s WHERE s.county = m.county AND s.fee = m.fee AND s.paid_fen = m.left_fen)
        AND NOT EXISTS (SELECT 1 FROM named AS n WHERE n.county = m.county AND n.fee = m.fee AND n.amount_fen = m.left_fen AND n.payer <> m.payer) AS elsewhere,
        EXISTS (
            SELECT 1 FROM township_gaps AS g
            WHERE g.county = m.county AND g.township = m.township AND g.first_on <= m.due_on
                AND g.last_on >= CASE WHEN m.names_any THEN coalesce(m.assessed_on, m.due_on) ELSE coalesce(m.since_on, m.due_on) END
        ) AS not_in
    FROM met AS m
    INNER JOIN judged_counties AS j ON j.county = m.county AND m.due_on >= j.since_on
    WHERE m.left_fen >= $difference_fen AND datediff('day', m.due_on, $as_of) >= $overdue_days
),
-- one row per payer and fee that paid more than assessed and than late payment would cost
overpaid AS (
    SELECT m.county, m.payer, m.fee, min(m.township) AS township, min(m.village) AS village, max(p.last_paid_on) AS paid_on, CAST(max(p.pool_fen - p.early_fen) - max(m.open_so_far_fen) AS BIGINT) AS over_fen
    FROM (
        SELECT
            o.county, o.payer, o.fee, o.township, o.village,
            sum(o.open_fen) OVER (PARTITION BY o.county, o.payer, o.fee) AS open_so_far_fen
        FROM opened AS o
    ) AS m
    INNER JOIN pools AS p ON p.county = m.county AND p.payer = m.payer AND p.fee = m.fee
    INNER JOIN assessed_fees AS f ON f.county = m.county AND f.fee = m.fee AND f.by_office
    INNER JOIN (
        SELECT s.county, s.payer, s.fee, sum(s.surcharge_fen) AS surcharge_fen FROM met AS s GROUP BY s.county, s.payer, s.fee
    ) AS c ON c.county = m.county AND c.payer = m.payer AND c.fee = m.fee
    GROUP BY m.county, m.payer, m.fee
    HAVING max(p.pool_fen - p.early_fen) - max(m.open_so_far_fen) >= $difference_fen AND max(p.pool_fen - p.early_fen) - max(m.open_so_far_fen) > max(c.surcharge_fen)
),
-- one row per piece of a finding: what is wrong with how much, and whether something speaks for it
pieces AS (
    SELECT
        o.county, o.payer, o.fee, o.event_id, o.township, o.village, o.due_on AS day, o.days, o.left_fen AS unpaid_fen, 0 AS over_fen, 0 AS unassessed_fen,
        o.replaced OR o.elsewhere OR o.not_in AS explained
    FROM overdue AS o
    UNION ALL
    SELECT v.county, v.payer, v.fee, p.event_id, v.township, v.village, v.paid_on AS day, 0 AS days, 0 AS unpaid_fen, v.over_fen, 0 AS unassessed_fen, FALSE AS explained
    FROM overpaid AS v
    INNER JOIN paid AS p ON p.county = v.county AND p.payer = v.payer AND p.fee = v.fee AND p.paid_on = v.paid_on
    UNION ALL
    SELECT
        s.county, s.payer, s.fee, s.event_id, s.township, s.village, s.paid_on AS day, 0 AS days, 0 AS unpaid_fen, 0 AS over_fen, s.paid_fen AS unassessed_fen,
        s.names_one OR EXISTS (SELECT 1 FROM overdue AS o WHERE o.county = s.county AND o.fee = s.fee AND o.left_fen = s.paid_fen AND o.elsewhere) AS explained
    FROM strangers AS s
    WHERE s.paid_fen >= $difference_fen
),
-- one row per payer and fee: sums, what nothing speaks for apart
totals AS (
    SELECT
        p.county, p.payer, p.fee, min(p.township) AS township, CASE WHEN min(p.village) = max(p.village) THEN min(p.village) END AS village, min(p.day) AS first_on,
        CAST(sum(p.unpaid_fen) AS BIGINT) AS unpaid_fen, CAST(max(p.over_fen) AS BIGINT) AS over_fen, CAST(sum(p.unassessed_fen) AS BIGINT) AS unassessed_fen, max(p.days) AS days,
        CAST(sum(CASE WHEN p.explained THEN 0 ELSE p.unpaid_fen END) AS BIGINT) AS sure_unpaid_fen, max(CASE WHEN p.explained THEN 0 ELSE p.days END) AS sure_days,
        CAST(max(p.over_fen) + sum(CASE WHEN p.explained THEN 0 ELSE p.unassessed_fen END) AS BIGINT) AS sure_other_fen,
        list_sort(list(DISTINCT p.event_id)) AS events
    FROM pieces AS p
    GROUP BY p.county, p.payer, p.fee
)
SELECT
    t.county,
    CASE
        WHEN t.sure_unpaid_fen >= $high_fen AND t.sure_days >= $high_days THEN 'high'
        WHEN t.sure_unpaid_fen >= $medium_fen OR t.sure_other_fen >= $medium_fen THEN 'medium'
        WHEN t.sure_unpaid_fen > 0 OR t.sure_other_fen > 0 THEN 'low'
        ELSE 'watch'
    END AS severity,
    'payer' AS subject_type, t.payer AS subject_id, t.township, t.village, t.fee, CAST(NULL AS BIGINT) AS fee_year,
    t.unpaid_fen + t.over_fen + t.unassessed_fen AS amount_at_risk_fen, CAST(t.days AS DOUBLE) AS measure, CAST($overdue_days AS DOUBLE) AS threshold,
    t.first_on AS occurred_on, t.events AS evidence,
    struct_pack(
        unpaid_fen := t.unpaid_fen, days := t.days, over_fen := t.over_fen, unassessed_fen := t.unassessed_fen,
        what_zh := substr(concat(
            CASE WHEN t.unpaid_fen > 0 THEN concat('，核定逾期未缴 ', CAST(t.unpaid_fen // 100 AS VARCHAR), '.', right(concat('0', CAST(t.unpaid_fen % 100 AS VARCHAR)), 2), ' 元（最长 ', CAST(t.days AS VARCHAR), ' 天）') ELSE '' END,
            CASE WHEN t.over_fen > 0 THEN concat('，多缴 ', CAST(t.over_fen // 100 AS VARCHAR), '.', right(concat('0', CAST(t.over_fen % 100 AS VARCHAR)), 2), ' 元') ELSE '' END,
            CASE WHEN t.unassessed_fen > 0 THEN concat('，无核定而缴 ', CAST(t.unassessed_fen // 100 AS VARCHAR), '.', right(concat('0', CAST(t.unassessed_fen % 100 AS VARCHAR)), 2), ' 元') ELSE '' END
        ), 2),
        what_en := substr(concat(
            CASE WHEN t.unpaid_fen > 0 THEN concat(', ', CAST(t.unpaid_fen // 100 AS VARCHAR), '.', right(concat('0', CAST(t.unpaid_fen % 100 AS VARCHAR)), 2), ' yuan assessed and overdue (up to ', CAST(t.days AS VARCHAR), ' days)') ELSE '' END,
            CASE WHEN t.over_fen > 0 THEN concat(', ', CAST(t.over_fen // 100 AS VARCHAR), '.', right(concat('0', CAST(t.over_fen % 100 AS VARCHAR)), 2), ' yuan paid above assessments') ELSE '' END,
            CASE WHEN t.unassessed_fen > 0 THEN concat(', ', CAST(t.unassessed_fen // 100 AS VARCHAR), '.', right(concat('0', CAST(t.unassessed_fen % 100 AS VARCHAR)), 2), ' yuan paid without one') ELSE '' END
        ), 3)
    ) AS details
FROM totals AS t
