-- one row per collector (payer where none is named), fee, fee year and state: payments voided after the receipt was given and not paid again (open), or paid again only later (late)
WITH
-- one row per county: working days that were over when the as-of day began
today AS (
    SELECT d.county, d.ordinal - CASE WHEN d.working THEN 1 ELSE 0 END AS ordinal
    FROM working_day AS d
    WHERE d.day = $as_of
),
-- one row per void and payment of its number, with whether the payment is of the void's own source, and whether any is
matched AS (
    SELECT
        p.county, p.event_id, v.event_id AS void_event, p.record_id, p.payer, p.payer_valid, p.payer_near, p.payer_name, p.fee, p.fee_year,
        p.amount_fen, p.channel, p.paid_on, p.township, p.village, p.receipt_no, p.collector_id, p.payer_account, p.paid_by, v.voided_on,
        coalesce(p.source = v.source, FALSE) AS own_source, bool_or(coalesce(p.source = v.source, FALSE)) OVER (PARTITION BY p.county, v.event_id) AS any_own
    FROM payment_voids AS v
    INNER JOIN payments AS p ON p.county = v.county AND p.record_id = v.payment_id
),
-- one row per payment that was voided, with the day of the void and its working day's number; a number that several sources gave is the payment of the void's own source
voided AS (
    SELECT
        m.county, m.event_id, m.void_event, m.record_id, m.payer, m.payer_valid, m.payer_near, m.payer_name, m.fee, m.fee_year,
        m.amount_fen, m.channel, m.paid_on, m.township, m.village, m.receipt_no, m.collector_id, m.payer_account, m.paid_by,
        m.voided_on, w.ordinal AS void_ordinal
    FROM matched AS m
    INNER JOIN working_day AS w ON w.county = m.county AND w.day = m.voided_on
    WHERE m.amount_fen > 0 AND m.channel <> 'fiscal' AND m.voided_on >= m.paid_on AND (m.own_source OR NOT m.any_own)
    QUALIFY row_number() OVER (PARTITION BY m.county, m.payer, m.fee, m.fee_year ORDER BY m.voided_on DESC, m.amount_fen DESC, m.event_id, m.void_event) = 1
),
-- one row per such payment and register line that its money came from: of the same person, fee and year, or naming the payment, where the line's own person has no other of that number
named_lines AS (
    SELECT v.county, v.event_id, l.event_id AS line
    FROM voided AS v
    INNER JOIN register_lines AS l ON l.county = v.county AND l.payer = v.payer AND l.fee = v.fee AND l.fee_year = v.fee_year
    WHERE l.received_on <= v.voided_on
    UNION
    SELECT v.county, v.event_id, l.event_id AS line
    FROM voided AS v
    INNER JOIN register_lines AS l ON l.county = v.county AND l.payment_id = v.record_id AND l.fee = v.fee
    LEFT JOIN payments AS o ON o.county = l.county AND o.record_id = l.payment_id AND o.fee = l.fee AND o.payer = l.payer AND o.event_id <> v.event_id
    WHERE l.received_on <= v.voided_on AND o.event_id IS NULL
),
-- one row per such payment without any, and line of the receipt that it bears: it stood under a wrong number
receipt_lines AS (
    SELECT v.county, v.event_id, l.event_id AS line
    FROM voided AS v
    INNER JOIN register_lines AS l
        ON l.county = v.county AND l.receipt_no = v.receipt_no AND l.fee = v.fee AND l.fee_year = v.fee_year
        AND l.collector_id = coalesce(v.collector_id, l.collector_id) AND coalesce(l.township, v.township) = v.township
    LEFT JOIN named_lines AS n ON n.county = v.county AND n.event_id = v.event_id
    WHERE n.event_id IS NULL AND l.received_on <= v.voided_on
),
-- one row per such payment and line, with its collector and whether a receipt or proof was given
lines AS (
    SELECT k.county, k.event_id, k.line, c.collector_id, c.receipt_no IS NOT NULL OR coalesce(c.proof_given, false) AS receipt_given
    FROM (
        SELECT n.county, n.event_id, n.line FROM named_lines AS n
        UNION
        SELECT r.county, r.event_id, r.line FROM receipt_lines AS r
    ) AS k
    INNER JOIN cash_receipts AS c ON c.county = k.county AND c.event_id = k.line
),
-- one row per such payment with lines: whose register, the first of them, and whether a receipt was given
registered AS (
    SELECT l.county, l.event_id, min(l.collector_id) AS collector_id, min(l.line) AS line, bool_or(l.receipt_given) AS receipt_given
    FROM lines AS l
    GROUP BY l.county, l.event_id
),
-- one row per id that is known to be a collector's, with whether he pays for a school or unit
collector_ids AS (
    SELECT i.county, i.collector_id, bool_or(i.group_payer) AS group_payer
    FROM (
        SELECT c.county, c.record_id AS collector_id, coalesce(c.role = 'group-payer', false) AS group_payer FROM collectors AS c WHERE c.record_id IS NOT NULL
        UNION
        SELECT r.county, r.collector_id, false AS group_payer FROM cash_receipts AS r WHERE r.collector_id IS NOT NULL
    ) AS i
    GROUP BY i.county, i.collector_id
),
-- one row per account or wallet that is known to be a collector's, or person who is one
own_hands AS (
    SELECT l.county, l.account AS hand, min(l.collector_id) AS collector_id
    FROM (SELECT c.county, c.record_id AS collector_id, unnest(c.own_accounts) AS account FROM collectors AS c WHERE coalesce(c.role, '') <> 'group-payer') AS l
    GROUP BY l.county, l.account
    UNION
    SELECT c.county, c.person AS hand, min(c.record_id) AS collector_id
    FROM collectors AS c
    WHERE c.person IS NOT NULL AND coalesce(c.role, '') <> 'group-payer'
    GROUP BY c.county, c.person
),
-- one row per voided payment with a receipt whose money did not simply go back to the payer's own account: whose hand the money was in
in_hand AS (
    SELECT
        v.county, v.event_id, v.void_event, r.line, v.payer, v.payer_valid, v.payer_near, v.payer_name, v.fee, v.fee_year, v.amount_fen,
        v.paid_on, v.township, v.village, v.receipt_no, v.voided_on, v.void_ordinal,
        coalesce(r.collector_id, a.collector_id, b.collector_id, i.collector_id) AS collector_id
    FROM voided AS v
    LEFT JOIN registered AS r ON r.county = v.county AND r.event_id = v.event_id
    LEFT JOIN collector_ids AS i ON i.county = v.county AND i.collector_id = v.collector_id
    LEFT JOIN own_hands AS a ON a.county = v.county AND a.hand = v.payer_account
    LEFT JOIN own_hands AS b ON b.county = v.county AND b.hand = v.paid_by
    WHERE (v.receipt_no IS NOT NULL OR coalesce(r.receipt_given, false))
        AND CASE
            WHEN r.event_id IS NOT NULL THEN true
            WHEN v.paid_by = v.payer OR i.group_payer THEN false
            WHEN a.hand IS NOT NULL OR b.hand IS NOT NULL THEN true
            WHEN v.channel IN ('cash', 'tax-hall', 'bank-counter') THEN true
            WHEN v.channel IN ('wechat', 'alipay', 'e-tax', 'client', 'other') THEN i.collector_id IS NOT NULL AND v.payer_account IS NULL AND v.paid_by IS NULL
            ELSE false
        END
),
-- one row per such payment and number one slip away from its person's
slips AS (
    SELECT i.county, i.event_id, i.fee, i.amount_fen, i.paid_on, i.voided_on, unnest(i.payer_near) AS number
    FROM in_hand AS i
    WHERE i.payer_near IS NOT NULL
),
-- one row per standing payment for such a person, or under such a number
theirs AS (
    SELECT p.county, p.event_id, p.payer, p.fee, p.fee_year, p.amount_fen, p.channel, p.paid_on
    FROM (
        SELECT i.county, i.payer FROM in_hand AS i
        UNION
        SELECT s.county, s.number AS payer FROM slips AS s
    ) AS k
    INNER JOIN standing_payments AS p ON p.county = k.county AND p.payer = k.payer
),
-- one row per such payment and standing payment that takes its place: it settles the line; it is for the person, fee and year; or, within days of the void, it is the same money for another fee or year of the person, or for the person under the number put right
again AS (
    SELECT l.county, l.event_id, s.payment, s.paid_on
    FROM lines AS l
    INNER JOIN settling_payments AS s ON s.county = l.county AND s.event_id = l.line
    UNION
    SELECT v.county, v.event_id, p.event_id AS payment, p.paid_on
    FROM in_hand AS v
    INNER JOIN theirs AS p ON p.county = v.county AND p.payer = v.payer AND p.fee = v.fee AND p.fee_year = v.fee_year
    WHERE p.channel <> 'fiscal' AND p.amount_fen > 0 AND (p.paid_on >= v.paid_on OR p.amount_fen >= v.amount_fen)
    UNION
    SELECT v.county, v.event_id, p.event_id AS payment, p.paid_on
    FROM in_hand AS v
    INNER JOIN theirs AS p ON p.county = v.county AND p.payer = v.payer
    WHERE p.channel <> 'fiscal' AND datediff('day', v.voided_on, p.paid_on) BETWEEN 0 AND $corrected_days
        AND (p.fee <> v.fee OR p.fee_year <> v.fee_year) AND (p.fee = v.fee OR p.amount_fen = v.amount_fen)
    UNION
    SELECT v.county, v.event_id, p.event_id AS payment, p.paid_on
    FROM in_hand AS v
    INNER JOIN standing_payments AS p
        ON p.county = v.county AND p.payer_name = v.payer_name AND p.village = v.village AND p.fee = v.fee AND p.amount_fen = v.amount_fen
    WHERE p.payer <> v.payer AND p.paid_on >= v.paid_on AND datediff('day', v.voided_on, p.paid_on) <= $corrected_days
    UNION
    SELECT v.county, v.event_id, p.event_id AS payment, p.paid_on
    FROM in_hand AS v
    INNER JOIN standing_payments AS p ON p.county = v.county AND p.receipt_no = v.receipt_no AND p.fee = v.fee AND p.amount_fen = v.amount_fen
    WHERE p.payer <> v.payer AND p.paid_on >= v.paid_on AND datediff('day', v.voided_on, p.paid_on) <= $corrected_days
        AND coalesce(p.township, v.township) = v.township AND NOT (coalesce(v.payer_valid, true) AND coalesce(p.payer_valid, true))
    UNION
    SELECT n.county, n.event_id, p.event_id AS payment, p.paid_on
    FROM slips AS n
    INNER JOIN theirs AS p ON p.county = n.county AND p.payer = n.number AND p.fee = n.fee AND p.amount_fen = n.amount_fen
    WHERE p.paid_on >= n.paid_on AND datediff('day', n.voided_on, p.paid_on) <= $corrected_days
),
-- one row per such payment: when it was first paid again
paid_again AS (
    SELECT a.county, a.event_id, min(a.paid_on) AS again_on, min(a.payment) AS payment
    FROM (
        SELECT g.county, g.event_id, g.payment, g.paid_on, min(g.paid_on) OVER (PARTITION BY g.county, g.event_id) AS first_on
        FROM again AS g
    ) AS a
    WHERE a.paid_on = a.first_on
    GROUP BY a.county, a.event_id
),
-- one row per such payment whose money was given back on a paper: a refund after the void, or the return of the cash on the line
given_back AS (
    SELECT DISTINCT v.county, v.event_id
    FROM in_hand AS v
    INNER JOIN refunds AS r ON r.county = v.county AND r.payer = v.payer AND r.fee = v.fee AND r.fee_year = v.fee_year
    WHERE r.refunded_on >= v.voided_on
    UNION
    SELECT l.county, l.event_id
    FROM lines AS l
    INNER JOIN settlement AS s ON s.county = l.county AND s.event_id = l.line
    WHERE s.state = 'returned'
),
-- one row per such payment whose person no longer had to pay: died, moved, insured elsewhere, or paid for by the treasury
not_owing AS (
    SELECT DISTINCT v.county, v.event_id
    FROM in_hand AS v
    INNER JOIN status_changes AS s ON s.county = v.county AND s.payer = v.payer
    WHERE (s.change IN ('died', 'registration-cancelled', 'moved-out', 'enlisted', 'insured-elsewhere', 'imprisoned', 'enrolled')
            OR (s.change = 'category-granted' AND s.category IN ('extreme-poverty', 'orphan')))
        AND datediff('day', v.voided_on, s.effective_on) BETWEEN -365 AND 31
    UNION
    SELECT DISTINCT v.county, v.event_id
    FROM in_hand AS v
    INNER JOIN theirs AS p ON p.county = v.county AND p.payer = v.payer AND p.fee_year = v.fee_year
    WHERE (v.fee = 'resident-medical' AND (p.fee = 'flexible-medical' OR (p.fee = 'resident-medical' AND p.channel = 'fiscal')))
        OR (v.fee IN ('resident-pension', 'resident-pension-supplementary') AND p.fee = 'flexible-pension')
),
-- one row per such payment not paid again in time: open, or late with the working days
left_over AS (
    SELECT
        v.county, v.event_id, v.void_event, v.line, g.payment AS again_event, v.collector_id, v.payer, v.fee, v.fee_year, v.amount_fen, v.township, v.village, v.voided_on,
        CASE WHEN g.event_id IS NULL THEN 'open' ELSE 'late' END AS state, n.event_id IS NOT NULL AS excused,
        datediff('day', v.voided_on, coalesce(g.again_on, $as_of)) AS days, coalesce(w.ordinal, t.ordinal) - v.void_ordinal AS wd
    FROM in_hand AS v
    INNER JOIN today AS t ON t.county = v.county
    LEFT JOIN paid_again AS g ON g.county = v.county AND g.event_id = v.event_id
    LEFT JOIN working_day AS w ON w.county = g.county AND w.day = g.again_on
    LEFT JOIN given_back AS b ON b.county = v.county AND b.event_id = v.event_id
    LEFT JOIN not_owing AS n ON n.county = v.county AND n.event_id = v.event_id
    WHERE b.event_id IS NULL
        AND CASE WHEN g.event_id IS NULL THEN t.ordinal - v.void_ordinal >= $again_wd ELSE w.ordinal - v.void_ordinal > $again_wd END
),
-- one row per subject, fee, year and state
totals AS (
    SELECT
        l.county, CASE WHEN l.collector_id IS NULL THEN 'payer' ELSE 'collector' END AS subject_type, coalesce(l.collector_id, l.payer) AS subject_id,
        l.fee, l.fee_year, l.state,
        CASE WHEN min(l.township) = max(l.township) THEN min(l.township) END AS township,
        CASE WHEN min(l.village) = max(l.village) THEN min(l.village) END AS village,
        count(*) AS void_count, count(l.line) AS line_count, CAST(sum(l.amount_fen) AS BIGINT) AS fen,
        CAST(sum(CASE WHEN l.excused THEN 0 ELSE l.amount_fen END) AS BIGINT) AS owed_fen,
        max(l.days) AS days, max(l.wd) AS wd, min(l.voided_on) AS first_on
    FROM left_over AS l
    GROUP BY l.county, CASE WHEN l.collector_id IS NULL THEN 'payer' ELSE 'collector' END, coalesce(l.collector_id, l.payer), l.fee, l.fee_year, l.state
),
-- one row per such payment and event that shows it
shown AS (
    SELECT l.county, coalesce(l.collector_id, l.payer) AS subject_id, l.fee, l.fee_year, l.state, l.event_id FROM left_over AS l
    UNION
    SELECT l.county, coalesce(l.collector_id, l.payer) AS subject_id, l.fee, l.fee_year, l.state, l.void_event AS event_id FROM left_over AS l
    UNION
    SELECT l.county, coalesce(l.collector_id, l.payer) AS subject_id, l.fee, l.fee_year, l.state, l.line AS event_id FROM left_over AS l WHERE l.line IS NOT NULL
    UNION
    SELECT l.county, coalesce(l.collector_id, l.payer) AS subject_id, l.fee, l.fee_year, l.state, l.again_event AS event_id
    FROM left_over AS l
    WHERE l.again_event IS NOT NULL
),
-- one row per subject, fee, year and state: the events
evidence AS (
    SELECT s.county, s.subject_id, s.fee, s.fee_year, s.state, list_sort(list(DISTINCT s.event_id)) AS events
    FROM shown AS s
    GROUP BY s.county, s.subject_id, s.fee, s.fee_year, s.state
)
SELECT
    t.county,
    CASE
        WHEN t.state = 'late' AND t.wd <= $late_watch_wd THEN 'watch'
        WHEN t.state = 'late' AND (t.fen < $medium_fen OR t.wd <= $late_low_wd) THEN 'low'
        WHEN t.state = 'late' THEN 'medium'
        WHEN t.owed_fen = 0 OR t.subject_type = 'payer' THEN 'low'
        WHEN t.owed_fen >= $high_fen THEN 'critical'
        WHEN t.line_count > 0 AND t.days > $open_days THEN 'high'
        WHEN t.owed_fen >= $medium_fen OR t.line_count > 0 THEN 'medium'
        ELSE 'low'
    END AS severity,
    t.subject_type, t.subject_id, t.township, t.village, t.fee, t.fee_year,
    t.fen AS amount_at_risk_fen, CAST(t.wd AS DOUBLE) AS measure, CAST($again_wd AS DOUBLE) AS threshold,
    t.first_on AS occurred_on, e.events AS evidence,
    struct_pack(
        category := CASE t.state WHEN 'open' THEN 'pocketed-cash' ELSE 'delayed-remittance' END,
        addressee := CASE t.subject_type WHEN 'payer' THEN 'tax' ELSE 'township' END,
        voids := t.void_count, lines := t.line_count, days := t.days, first_on := t.first_on,
        state_zh := CASE t.state WHEN 'open' THEN '至筛查日未重新缴费' ELSE '此后才重新缴费' END,
        state_en := CASE t.state WHEN 'open' THEN 'not paid again to this day' ELSE 'paid again only later' END
    ) AS details
FROM totals AS t
INNER JOIN evidence AS e ON e.county = t.county AND e.subject_id = t.subject_id AND e.fee = t.fee AND e.fee_year = t.fee_year AND e.state = t.state
