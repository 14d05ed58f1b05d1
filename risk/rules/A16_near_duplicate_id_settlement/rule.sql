-- one row per collector, fee and fee year: cash of persons who are not paid for, their receipts standing on payments for other persons
WITH
-- one row per line of one person that is open, or settled by its receipt or the number that it names alone
doubted AS (
    SELECT
        l.county, l.event_id, l.collector_id, l.payer, l.payer_name_birth, l.household, l.fee, l.fee_year, l.amount_fen,
        l.received_on, l.township, l.village, l.receipt_no, l.payment_id, l.households_known
    FROM register_lines AS l
    INNER JOIN settlement AS s ON s.county = l.county AND s.event_id = l.event_id
    WHERE l.persons <= 1 AND l.collector_id IS NOT NULL
        AND (s.state = 'open' OR (s.state = 'settled' AND s.how IN ('pointer', 'receipt')))
),
-- one row per such person, fee and year for whom somebody other than the treasury paid
paid_for AS (
    SELECT DISTINCT d.county, d.payer, d.fee, d.fee_year
    FROM doubted AS d
    INNER JOIN standing_payments AS p ON p.county = d.county AND p.payer = d.payer AND p.fee = d.fee AND p.fee_year = d.fee_year
    WHERE p.channel <> 'fiscal' AND p.amount_fen > 0
),
-- one row per such line of a person for whom nothing was paid, and whose cash nobody gave back
uncovered AS (
    SELECT
        d.county, d.event_id, d.collector_id, d.payer, d.payer_name_birth, d.household, d.fee, d.fee_year, d.amount_fen,
        d.received_on, d.township, d.village, d.receipt_no, d.payment_id, d.households_known
    FROM doubted AS d
    LEFT JOIN paid_for AS f ON f.county = d.county AND f.payer = d.payer AND f.fee = d.fee AND f.fee_year = d.fee_year
    WHERE f.payer IS NULL
),
-- one row per number of a receipt that one collector alone wrote: where books start anew in each village a number says nothing
own_numbers AS (
    SELECT l.county, l.receipt_no, l.fee_year
    FROM register_lines AS l
    WHERE l.receipt_no IS NOT NULL
    GROUP BY l.county, l.receipt_no, l.fee_year
    HAVING min(l.collector_id) = max(l.collector_id)
),
-- one row per such line that names a payment, and that payment, unless the line's own person has one of that number, voided since: of several sources' payments under one number, of its year, receipt, collector or village first
pointed AS (
    SELECT u.county, u.event_id, p.event_id AS payment
    FROM uncovered AS u
    INNER JOIN standing_payments AS p ON p.county = u.county AND p.record_id = u.payment_id AND p.fee = u.fee
    LEFT JOIN payments AS o ON o.county = u.county AND o.record_id = u.payment_id AND o.payer = u.payer AND o.fee = u.fee
    WHERE p.payer <> u.payer AND o.event_id IS NULL
    QUALIFY row_number() OVER (
        PARTITION BY u.county, u.event_id
        ORDER BY CASE WHEN p.fee_year = u.fee_year THEN 0 ELSE 1 END, CASE WHEN p.receipt_no = u.receipt_no THEN 0 ELSE 1 END,
            CASE WHEN p.collector_id = u.collector_id THEN 0 ELSE 1 END, CASE WHEN p.village = u.village THEN 0 ELSE 1 END, p.event_id
    ) = 1
),
-- one row per such line and payment for another person that bears its receipt, or that the register names
linked AS (
    SELECT n.county, n.event_id, n.payment FROM pointed AS n
    UNION
    SELECT u.county, u.event_id, p.event_id AS payment
    FROM uncovered AS u
    INNER JOIN own_numbers AS o ON o.county = u.county AND o.receipt_no = u.receipt_no AND o.fee_year = u.fee_year
    INNER JOIN standing_payments AS p
        ON p.county = u.county AND p.receipt_no = u.receipt_no AND p.fee = u.fee AND p.fee_year = u.fee_year
        AND coalesce(p.township, u.township) = u.township
    WHERE p.payer <> u.payer AND p.paid_on >= u.received_on AND coalesce(p.collector_id, u.collector_id) = u.collector_id
),
-- one row per such pair of different households and of two valid numbers of different name or birth date
pairs AS (
    SELECT
        k.county, k.event_id, k.payment, u.collector_id, u.payer, u.fee, u.fee_year, u.amount_fen, u.received_on, u.township, u.village, u.receipt_no, u.households_known,
        p.payer AS other, p.paid_on, p.village AS other_village, coalesce(p.payer_name = c.payer_name, false) AS namesake
    FROM linked AS k
    INNER JOIN uncovered AS u ON u.county = k.county AND u.event_id = k.event_id
    INNER JOIN standing_payments AS p ON p.county = k.county AND p.event_id = k.payment
    INNER JOIN cash_receipts AS c ON c.county = u.county AND c.event_id = u.event_id
    WHERE p.channel <> 'fiscal' AND p.amount_fen > 0 AND p.household <> u.household
        AND coalesce(p.payer_valid, true) AND coalesce(c.payer_valid, true)
        AND coalesce(p.payer_name_birth <> u.payer_name_birth, true)
),
-- one row per person, fee, year and number of a receipt on a line of his own
own_receipts AS (
    SELECT DISTINCT l.county, l.payer, l.fee, l.fee_year, l.receipt_no
    FROM register_lines AS l
),
-- one row per person, fee and year with a line of his own
with_receipt AS (
    SELECT DISTINCT l.county, l.payer, l.fee, l.fee_year
    FROM register_lines AS l
),
-- one row per fee and year with a roster
rosters_in AS (
    SELECT DISTINCT r.county, r.fee, r.fee_year
    FROM rosters AS r
),
-- one row per pair of two persons who both owe, with what shows that the other is no slip of the pen: lives in another village, or has a receipt of his own
known AS (
    SELECT
        q.county, q.event_id, q.payment, q.collector_id, q.fee, q.fee_year, q.amount_fen, q.received_on, q.township, q.village, q.paid_on, q.namesake,
        coalesce(coalesce(o.village, q.other_village) <> coalesce(m.village, q.village), false) OR g.payer IS NOT NULL AS sure,
        q.households_known AND m.payer IS NOT NULL AND o.payer IS NOT NULL AS both_listed
    FROM pairs AS q
    LEFT JOIN rosters_in AS i ON i.county = q.county AND i.fee = q.fee AND i.fee_year = q.fee_year
    LEFT JOIN current_roster AS m ON m.county = q.county AND m.payer = q.payer AND m.fee = q.fee AND m.fee_year = q.fee_year
    LEFT JOIN current_roster AS o ON o.county = q.county AND o.payer = q.other AND o.fee = q.fee AND o.fee_year = q.fee_year
    LEFT JOIN with_receipt AS g ON g.county = q.county AND g.payer = q.other AND g.fee = q.fee AND g.fee_year = q.fee_year
    LEFT JOIN own_receipts AS x
        ON x.county = q.county AND x.payer = q.other AND x.fee = q.fee AND x.fee_year = q.fee_year AND x.receipt_no = q.receipt_no
    WHERE x.payer IS NULL AND (m.payer IS NOT NULL OR i.county IS NULL)
),
-- one row per line: the surest such payment; without either sign, and of a namesake, only where the roster knows both as two persons of two households
diverted AS (
    SELECT k.county, k.event_id, k.payment, k.collector_id, k.fee, k.fee_year, k.amount_fen, k.received_on, k.township, k.village, k.namesake, k.sure
    FROM known AS k
    WHERE k.both_listed OR (k.sure AND NOT k.namesake)
    QUALIFY row_number() OVER (
        PARTITION BY k.county, k.event_id ORDER BY CASE WHEN k.namesake THEN 2 WHEN k.sure THEN 0 ELSE 1 END, k.paid_on, k.payment
    ) = 1
),
-- one row per collector, fee and year: lines and money, and the money that no namesake explains
totals AS (
    SELECT
        d.county, d.collector_id, d.fee, d.fee_year,
        CASE WHEN min(d.township) = max(d.township) THEN min(d.township) END AS township,
        CASE WHEN min(d.village) = max(d.village) THEN min(d.village) END AS village,
        count(*) AS line_count, count(*) FILTER (WHERE d.sure) AS sure_count, CAST(sum(d.amount_fen) AS BIGINT) AS fen,
        CAST(sum(CASE WHEN d.namesake THEN 0 ELSE d.amount_fen END) AS BIGINT) AS others_fen,
        min(d.received_on) AS first_on, max(datediff('day', d.received_on, $as_of)) AS days
    FROM diverted AS d
    GROUP BY d.county, d.collector_id, d.fee, d.fee_year
),
-- one row per event that shows it
shown AS (
    SELECT d.county, d.collector_id, d.fee, d.fee_year, d.event_id FROM diverted AS d
    UNION
    SELECT d.county, d.collector_id, d.fee, d.fee_year, d.payment AS event_id FROM diverted AS d
),
-- one row per collector, fee and year: the events
evidence AS (
    SELECT s.county, s.collector_id, s.fee, s.fee_year, list_sort(list(DISTINCT s.event_id)) AS events
    FROM shown AS s
    GROUP BY s.county, s.collector_id, s.fee, s.fee_year
)
SELECT
    t.county,
    CASE
        WHEN t.others_fen >= $high_fen THEN 'critical'
        WHEN t.others_fen >= $medium_fen AND t.days > $open_days THEN 'high'
        WHEN t.others_fen >= $medium_fen THEN 'medium'
        ELSE 'low'
    END AS severity,
    'collector' AS subject_type, t.collector_id AS subject_id, t.township, t.village, t.fee, t.fee_year,
    t.fen AS amount_at_risk_fen, CAST(t.line_count AS DOUBLE) AS measure, CAST(1 AS DOUBLE) AS threshold,
    t.first_on AS occurred_on, e.events AS evidence,
    struct_pack(lines := t.line_count, sure_lines := t.sure_count, days := t.days, first_on := t.first_on) AS details
FROM totals AS t
INNER JOIN evidence AS e ON e.county = t.county AND e.collector_id = t.collector_id AND e.fee = t.fee AND e.fee_year = t.fee_year
