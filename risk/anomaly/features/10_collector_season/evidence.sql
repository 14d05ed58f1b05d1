-- one row per asked collector and fee year, feature and record that a person would look at: as many of each as are asked for, the plainest first
WITH
-- one row per collector and fee year asked for
asked AS (
    SELECT unnest($counties) AS county, unnest($subjects) AS collector_id, unnest($periods) AS period
),
-- one row per line of the register of those asked for
lines AS (
    SELECT
        s.county, s.collector_id, a.period, s.event_id, s.payer, s.fee, s.fee_year, s.amount_fen, s.received_on, s.persons, s.receipt_no, s.open_fen,
        s.open_fen * datediff('day', s.started_on, $as_of) AS open_fen_days,
        (g.payer AND NOT coalesce(c.payer_signed, false)) OR (g.collector AND NOT coalesce(c.collector_signed, false)) OR (g.village AND NOT coalesce(c.village_signed, false)) AS is_unsigned
    FROM asked AS a
    INNER JOIN settlement AS s ON s.county = a.county AND s.collector_id = a.collector_id AND CAST(s.fee_year AS VARCHAR) = a.period
    INNER JOIN cash_receipts AS c ON c.county = s.county AND c.event_id = s.event_id
    LEFT JOIN register_signatures AS g ON g.county = c.county AND g.township = c.township
    WHERE s.received_on <= $as_of
),
-- one row per line and payment of theirs, with the minutes from the cash to the payment
paid AS (
    SELECT
        p.county, p.collector_id, a.period, p.event_id, p.payment, p.settled_fen * p.days AS fen_days,
        p.wd * 1440 + CASE WHEN p.payment_timed THEN hour(p.paid_at) * 60 + minute(p.paid_at) ELSE 0 END
        - CASE WHEN p.line_timed THEN hour(p.received_at) * 60 + minute(p.received_at) ELSE 1440 END AS minutes, p.paid_on > p.started_on AS is_late
    FROM asked AS a
    INNER JOIN line_payments AS p ON p.county = a.county AND p.collector_id = a.collector_id AND CAST(p.fee_year AS VARCHAR) = a.period
    WHERE p.how <> 'near-id' AND NOT p.excused AND p.paid_on <= $as_of
),
-- one row per such line or payment, with how slow it was, how long its money was held, and whether it was late
slow AS (
    SELECT p.county, p.collector_id, p.period, p.event_id, p.minutes, p.fen_days, p.is_late FROM paid AS p
    UNION ALL
    SELECT p.county, p.collector_id, p.period, p.payment AS event_id, p.minutes, p.fen_days, p.is_late FROM paid AS p
),
-- one row per person, fee and year on the register
registered AS (
    SELECT DISTINCT r.county, r.payer, r.fee, r.fee_year
    FROM register_lines AS r
),
-- one row per payment by their hand, with whether the person's cash is on the register
hands AS (
    SELECT
        h.county, h.collector_id, a.period, h.event_id, h.fee, h.fee_year, h.amount_fen, h.paid_on, r.payer IS NOT NULL AS has_line,
        r.payer IS NULL AND h.hand <> 'terminal' AND h.channel NOT IN ('cash', 'pos') AS is_own_help
    FROM asked AS a
    INNER JOIN collector_hands AS h ON h.county = a.county AND h.collector_id = a.collector_id AND CAST(h.fee_year AS VARCHAR) = a.period
    LEFT JOIN registered AS r ON r.county = h.county AND r.payer = h.payer AND r.fee = h.fee AND r.fee_year = h.fee_year
    WHERE NOT h.group_payer AND h.paid_on <= $as_of
),
-- one row per record of theirs: a line, or a payment by hand without one
records AS (
    SELECT l.county, l.collector_id, l.period, l.event_id, l.fee, l.fee_year, l.amount_fen, l.persons, l.received_on AS day FROM lines AS l
    UNION ALL
    SELECT h.county, h.collector_id, h.period, h.event_id, h.fee, h.fee_year, h.amount_fen, 1 AS persons, h.paid_on AS day FROM hands AS h WHERE NOT h.has_line
),
-- one row per payment of theirs with a time of day: how many lie within ten minutes around it, and whether the hour is a quiet one
clocked AS (
    SELECT
        k.county, k.collector_id, k.period, k.event_id, q.hour_of_day IS NOT NULL AS is_quiet,
        count(*) OVER (PARTITION BY k.county, k.collector_id, k.period ORDER BY k.minute_no RANGE BETWEEN 4 PRECEDING AND 5 FOLLOWING) AS near
    FROM (
        SELECT
            m.county, m.collector_id, m.period, m.event_id, hour(p.paid_at) AS hour_of_day,
            datediff('day', DATE '2000-01-01', p.paid_on) * 1440 + hour(p.paid_at) * 60 + minute(p.paid_at) AS minute_no
        FROM (
            SELECT h.county, h.collector_id, h.period, h.event_id FROM hands AS h
            UNION
            SELECT d.county, d.collector_id, d.period, d.payment AS event_id FROM paid AS d
        ) AS m
        INNER JOIN standing_payments AS p ON p.county = m.county AND p.event_id = m.event_id
        WHERE p.timed AND p.channel NOT IN ('fiscal', 'bank-batch', 'treasury-link')
    ) AS k
    LEFT JOIN quiet_hours AS q ON q.county = k.county AND q.hour_of_day = k.hour_of_day
),
-- one row per receipt line that follows another number of the same hundred, with how many days before that one it is dated
receipts AS (
    SELECT
        l.county, l.collector_id, l.period, l.event_id,
        datediff('day', l.received_on, lag(l.received_on) OVER (
            PARTITION BY l.county, l.collector_id, length(l.receipt_no), left(l.receipt_no, length(l.receipt_no) - 2) ORDER BY l.receipt_no, l.event_id
        )) AS days_back
    FROM lines AS l
    WHERE length(l.receipt_no) >= 3
),
-- one row per fee and year whose amount a person does not choose
fixed_fees AS (
    SELECT DISTINCT t.county, t.fee, t.fee_year
    FROM tariff AS t
    WHERE t.kind = 'fixed'
),
-- one row per record whose amount the person chooses, with how many of theirs have the same
alike AS (
    SELECT
        r.county, r.collector_id, r.period, r.event_id,
        count(*) OVER (PARTITION BY r.county, r.collector_id, r.period, r.fee, r.amount_fen) AS same
    FROM records AS r
    LEFT JOIN fixed_fees AS f ON f.county = r.county AND f.fee = r.fee AND f.fee_year = r.fee_year
    WHERE f.fee IS NULL AND r.persons <= 1
),
-- one row per payment that names them and was voided or given back, and record that undid it
undone AS (
    SELECT p.county, p.collector_id, a.period, p.event_id AS payment, v.event_id, p.amount_fen
    FROM asked AS a
    INNER JOIN payments AS p ON p.county = a.county AND p.collector_id = a.collector_id AND CAST(p.fee_year AS VARCHAR) = a.period
    INNER JOIN payment_voids AS v ON v.county = p.county AND v.payment_id = p.record_id
    LEFT JOIN payments AS o ON o.county = v.county AND o.record_id = v.payment_id AND o.source = v.source
    WHERE p.channel <> 'fiscal' AND (o.event_id IS NULL OR p.source = v.source)
    UNION ALL
    SELECT p.county, p.collector_id, a.period, p.event_id AS payment, r.event_id, p.amount_fen
    FROM asked AS a
    INNER JOIN payments AS p ON p.county = a.county AND p.collector_id = a.collector_id AND CAST(p.fee_year AS VARCHAR) = a.period
    INNER JOIN refunds AS r ON r.county = p.county AND r.payment_id = p.record_id
    WHERE p.channel <> 'fiscal'
),
-- one row per person whom they served the year before, who is due again and from whom nothing came: the row of the roster
lapsed AS (
    SELECT DISTINCT a.county, a.collector_id, a.period, d.event_id, d.amount_due_fen
    FROM asked AS a
    INNER JOIN (
        SELECT l.county, l.collector_id, l.payer, l.fee, l.fee_year FROM register_lines AS l
        UNION
        SELECT h.county, h.collector_id, h.payer, h.fee, h.fee_year FROM collector_hands AS h WHERE NOT h.group_payer
    ) AS s ON s.county = a.county AND s.collector_id = a.collector_id AND CAST(s.fee_year + 1 AS VARCHAR) = a.period
    INNER JOIN due_persons AS d ON d.county = s.county AND d.payer = s.payer AND d.fee = s.fee AND d.fee_year = s.fee_year + 1
    WHERE d.is_open
),
-- one row per line whose payer, amount or day was changed after it was settled
amended AS (
    SELECT m.county, m.collector_id, a.period, m.event_id, m.old_event_id, abs(coalesce(m.old_amount_fen, 0) - coalesce(m.amount_fen, 0)) AS changed_fen
    FROM asked AS a
    INNER JOIN amendments AS m ON m.county = a.county AND m.collector_id = a.collector_id AND CAST(m.fee_year AS VARCHAR) = a.period
    WHERE m.type = 'cash-receipts' AND (m.amount_changed OR m.date_changed OR (m.payer_changed AND m.old_payer IS NOT NULL AND NOT m.near_id))
),
-- one row per feature and record, with what makes it plain
shown AS (
    SELECT s.county, s.collector_id, s.period, 'lag_median_hours' AS feature, s.event_id, s.minutes AS weight FROM slow AS s
    UNION ALL
    SELECT s.county, s.collector_id, s.period, 'lag_p90_hours' AS feature, s.event_id, s.minutes AS weight FROM slow AS s
    UNION ALL
    SELECT s.county, s.collector_id, s.period, 'lag_change_hours' AS feature, s.event_id, s.minutes AS weight FROM slow AS s
    UNION ALL
    SELECT s.county, s.collector_id, s.period, 'late_share' AS feature, s.event_id, s.minutes AS weight FROM slow AS s WHERE s.is_late
    UNION ALL
    SELECT s.county, s.collector_id, s.period, 'held_days' AS feature, s.event_id, s.fen_days AS weight FROM slow AS s WHERE s.fen_days > 0
    UNION ALL
    SELECT l.county, l.collector_id, l.period, 'open_share' AS feature, l.event_id, l.open_fen AS weight FROM lines AS l WHERE l.open_fen > 0
    UNION ALL
    SELECT l.county, l.collector_id, l.period, 'open_age_days' AS feature, l.event_id, l.open_fen_days AS weight FROM lines AS l WHERE l.open_fen > 0
    UNION ALL
    SELECT c.county, c.collector_id, c.period, 'burst_share' AS feature, c.event_id, c.near AS weight FROM clocked AS c
    UNION ALL
    SELECT c.county, c.collector_id, c.period, 'quiet_hours_share' AS feature, c.event_id, 1 AS weight FROM clocked AS c WHERE c.is_quiet
    UNION ALL
    SELECT h.county, h.collector_id, h.period, 'own_help_share' AS feature, h.event_id, h.amount_fen AS weight FROM hands AS h WHERE h.is_own_help
    UNION ALL
    SELECT l.county, l.collector_id, l.period, 'unsigned_share' AS feature, l.event_id, l.amount_fen AS weight FROM lines AS l WHERE l.is_unsigned
    UNION ALL
    SELECT r.county, r.collector_id, r.period, 'receipt_descent_share' AS feature, r.event_id, r.days_back AS weight FROM receipts AS r WHERE r.days_back > 2
    UNION ALL
    SELECT m.county, m.collector_id, m.period, 'amended_share' AS feature, m.event_id, m.changed_fen AS weight FROM amended AS m
    UNION ALL
    SELECT l.county, l.collector_id, l.period, 'off_tariff_share' AS feature, l.event_id, l.amount_fen AS weight
    FROM lines AS l
    LEFT JOIN legal_amounts AS g
        ON g.county = l.county AND g.payer = l.payer AND g.fee = l.fee AND g.fee_year = l.fee_year AND g.amount_fen = l.amount_fen
    WHERE g.payer IS NULL AND l.persons <= 1
    UNION ALL
    SELECT k.county, k.collector_id, k.period, 'same_amount_share' AS feature, k.event_id, k.same AS weight FROM alike AS k
    UNION ALL
    SELECT u.county, u.collector_id, u.period, 'undone_share' AS feature, u.payment AS event_id, u.amount_fen AS weight FROM undone AS u
    UNION ALL
    SELECT u.county, u.collector_id, u.period, 'undone_share' AS feature, u.event_id, u.amount_fen AS weight FROM undone AS u
    UNION ALL
    SELECT d.county, d.collector_id, d.period, 'lapse_share' AS feature, d.event_id, d.amount_due_fen AS weight FROM lapsed AS d
    UNION ALL
    SELECT r.county, r.collector_id, r.period, 'volume_ratio' AS feature, r.event_id, r.amount_fen AS weight FROM records AS r
),
-- one row per feature and record, once
plainest AS (
    SELECT s.county, s.collector_id, s.period, s.feature, s.event_id, max(s.weight) AS weight
    FROM shown AS s
    GROUP BY s.county, s.collector_id, s.period, s.feature, s.event_id
)
SELECT p.county, p.collector_id AS subject_id, p.period, p.feature, p.event_id
FROM plainest AS p
QUALIFY row_number() OVER (PARTITION BY p.county, p.collector_id, p.period, p.feature ORDER BY p.weight DESC NULLS LAST, p.event_id) <= $most
