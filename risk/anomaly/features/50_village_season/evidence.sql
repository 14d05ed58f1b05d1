-- one row per asked village and fee year, feature and record that a person would look at: as many of each as are asked for, the plainest first
WITH
-- one row per village and fee year asked for
asked AS (
    SELECT unnest($counties) AS county, unnest($subjects) AS village, unnest($periods) AS period
),
-- one row per line of the register of those asked for
lines AS (
    SELECT
        s.county, s.village, a.period, s.event_id, s.payer, s.fee, s.fee_year, s.amount_fen, s.open_fen,
        CASE WHEN x.event_id IS NULL THEN s.late_fen ELSE 0 END AS late_fen, coalesce(s.settled_days, 0) AS days, s.payments,
        (g.payer AND NOT coalesce(c.payer_signed, false)) OR (g.collector AND NOT coalesce(c.collector_signed, false)) OR (g.village AND NOT coalesce(c.village_signed, false)) AS is_unsigned
    FROM asked AS a
    INNER JOIN settlement AS s ON s.county = a.county AND s.village = a.village AND CAST(s.fee_year AS VARCHAR) = a.period
    INNER JOIN cash_receipts AS c ON c.county = s.county AND c.event_id = s.event_id
    LEFT JOIN register_signatures AS g ON g.county = c.county AND g.township = c.township
    LEFT JOIN (SELECT DISTINCT p.county, p.event_id FROM line_payments AS p WHERE p.excused) AS x ON x.county = s.county AND x.event_id = s.event_id
    WHERE s.received_on <= $as_of
),
-- one row per payment of theirs out of a pocket of the place
paid AS (
    SELECT p.county, p.village, a.period, p.event_id, p.record_id, p.payer, p.fee, p.fee_year, p.amount_fen, p.channel, p.paid_on, w.last_on
    FROM asked AS a
    INNER JOIN standing_payments AS p ON p.county = a.county AND p.village = a.village AND CAST(p.fee_year AS VARCHAR) = a.period
    LEFT JOIN window_period AS w ON w.county = p.county AND w.fee = p.fee AND w.fee_year = p.fee_year
    WHERE p.channel <> 'fiscal' AND p.amount_fen > 0 AND p.paid_on <= $as_of
),
-- one row per person due from whom nothing came, with whether something had come the year before: the row of the roster
missing AS (
    SELECT d.county, d.village, a.period, d.event_id, d.amount_due_fen, b.payer IS NOT NULL AS had_paid
    FROM asked AS a
    INNER JOIN due_persons AS d ON d.county = a.county AND d.village = a.village AND CAST(d.fee_year AS VARCHAR) = a.period
    LEFT JOIN (
        SELECT DISTINCT p.county, p.payer, p.fee, p.fee_year FROM standing_payments AS p WHERE p.channel <> 'fiscal' AND p.amount_fen > 0
    ) AS b ON b.county = d.county AND b.payer = d.payer AND b.fee = d.fee AND b.fee_year = d.fee_year - 1
    WHERE d.is_open
),
-- one row per payment for their persons without a line, by the account or collector that made it
helped AS (
    SELECT p.county, p.village, q.period, p.account AS helper, p.event_id
    FROM asked AS q
    INNER JOIN account_payments AS p ON p.county = q.county AND p.village = q.village AND CAST(p.fee_year AS VARCHAR) = q.period
    WHERE NOT p.masked AND NOT p.has_line AND NOT p.at_counter AND p.paid_on <= $as_of
    UNION ALL
    SELECT c.county, c.village, q.period, c.collector_id AS helper, c.event_id
    FROM asked AS q
    INNER JOIN collector_hands AS c ON c.county = q.county AND c.village = q.village AND CAST(c.fee_year AS VARCHAR) = q.period
    WHERE NOT c.group_payer AND c.hand <> 'terminal' AND c.channel NOT IN ('cash', 'pos') AND c.paid_on <= $as_of
),
-- one row per such payment with how many its helper made for the village
helpers AS (
    SELECT h.county, h.village, h.period, h.event_id, count(*) OVER (PARTITION BY h.county, h.village, h.period, h.helper) AS payments
    FROM helped AS h
),
-- one row per fee and year whose amount a person does not choose
fixed_fees AS (
    SELECT DISTINCT t.county, t.fee, t.fee_year
    FROM tariff AS t
    WHERE t.kind = 'fixed'
),
-- one row per payment whose amount the person chooses, with how many of the village have the same
alike AS (
    SELECT p.county, p.village, p.period, p.event_id, count(*) OVER (PARTITION BY p.county, p.village, p.period, p.fee, p.amount_fen) AS same
    FROM paid AS p
    LEFT JOIN fixed_fees AS f ON f.county = p.county AND f.fee = p.fee AND f.fee_year = p.fee_year
    WHERE f.fee IS NULL
),
-- one row per payment of theirs that was voided or given back, and record that undid it
undone AS (
    SELECT p.county, p.village, a.period, p.event_id AS payment, v.event_id, p.amount_fen
    FROM asked AS a
    INNER JOIN payments AS p ON p.county = a.county AND p.village = a.village AND CAST(p.fee_year AS VARCHAR) = a.period
    INNER JOIN payment_voids AS v ON v.county = p.county AND v.payment_id = p.record_id
    LEFT JOIN payments AS o ON o.county = v.county AND o.record_id = v.payment_id AND o.source = v.source
    WHERE p.channel <> 'fiscal' AND (o.event_id IS NULL OR p.source = v.source)
    UNION ALL
    SELECT p.county, p.village, a.period, p.event_id AS payment, r.event_id, p.amount_fen
    FROM asked AS a
    INNER JOIN payments AS p ON p.county = a.county AND p.village = a.village AND CAST(p.fee_year AS VARCHAR) = a.period
    INNER JOIN refunds AS r ON r.county = p.county AND r.payment_id = p.record_id
    WHERE p.channel <> 'fiscal'
),
-- one row per late line and payment that came late
late AS (
    SELECT l.county, l.village, l.period, l.event_id, l.days FROM lines AS l WHERE l.late_fen > 0
    UNION ALL
    SELECT u.county, u.village, u.period, u.event_id, u.days
    FROM (SELECT l.county, l.village, l.period, unnest(l.payments) AS event_id, l.days, l.late_fen FROM lines AS l) AS u
    WHERE u.late_fen > 0
),
-- one row per feature and record, with what makes it plain
shown AS (
    SELECT l.county, l.village, l.period, 'cash_share' AS feature, l.event_id, l.amount_fen AS weight FROM lines AS l
    UNION ALL
    SELECT l.county, l.village, l.period, 'cash_change' AS feature, l.event_id, l.amount_fen AS weight FROM lines AS l
    UNION ALL
    SELECT p.county, p.village, p.period, 'cash_share' AS feature, p.event_id, p.amount_fen AS weight FROM paid AS p WHERE p.channel = 'cash'
    UNION ALL
    SELECT m.county, m.village, m.period, 'not_collected_share' AS feature, m.event_id, m.amount_due_fen AS weight FROM missing AS m
    UNION ALL
    SELECT m.county, m.village, m.period, 'not_collected_change' AS feature, m.event_id, m.amount_due_fen AS weight FROM missing AS m
    UNION ALL
    SELECT m.county, m.village, m.period, 'touched_share' AS feature, m.event_id, m.amount_due_fen AS weight FROM missing AS m
    UNION ALL
    SELECT m.county, m.village, m.period, 'lapse_share' AS feature, m.event_id, m.amount_due_fen AS weight FROM missing AS m WHERE m.had_paid
    UNION ALL
    SELECT t.county, t.village, t.period, 'late_share' AS feature, t.event_id, t.days AS weight FROM late AS t
    UNION ALL
    SELECT l.county, l.village, l.period, 'open_share' AS feature, l.event_id, l.open_fen AS weight FROM lines AS l WHERE l.open_fen > 0
    UNION ALL
    SELECT l.county, l.village, l.period, 'unsigned_share' AS feature, l.event_id, l.amount_fen AS weight FROM lines AS l WHERE l.is_unsigned
    UNION ALL
    SELECT h.county, h.village, h.period, 'top_helper_share' AS feature, h.event_id, h.payments AS weight FROM helpers AS h
    UNION ALL
    SELECT p.county, p.village, p.period, 'last_days_share' AS feature, p.event_id, p.amount_fen AS weight FROM paid AS p WHERE datediff('day', p.paid_on, p.last_on) <= 2
    UNION ALL
    SELECT p.county, p.village, p.period, 'off_tariff_share' AS feature, p.event_id, p.amount_fen AS weight
    FROM paid AS p
    LEFT JOIN legal_amounts AS g
        ON g.county = p.county AND g.payer = p.payer AND g.fee = p.fee AND g.fee_year = p.fee_year AND g.amount_fen = p.amount_fen
    WHERE g.payer IS NULL
    UNION ALL
    SELECT k.county, k.village, k.period, 'same_amount_share' AS feature, k.event_id, k.same AS weight FROM alike AS k
    UNION ALL
    SELECT u.county, u.village, u.period, 'undone_share' AS feature, u.payment AS event_id, u.amount_fen AS weight FROM undone AS u
    UNION ALL
    SELECT u.county, u.village, u.period, 'undone_share' AS feature, u.event_id, u.amount_fen AS weight FROM undone AS u
),
-- one row per feature and record, once
plainest AS (
    SELECT s.county, s.village, s.period, s.feature, s.event_id, max(s.weight) AS weight
    FROM shown AS s
    GROUP BY s.county, s.village, s.period, s.feature, s.event_id
)
SELECT p.county, p.village AS subject_id, p.period, p.feature, p.event_id
FROM plainest AS p
QUALIFY row_number() OVER (PARTITION BY p.county, p.village, p.period, p.feature ORDER BY p.weight DESC NULLS LAST, p.event_id) <= $most
