-- one row per asked collector and week, feature and record that a person would look at: as many of each as are asked for, the plainest first
WITH
-- one row per collector and week asked for
asked AS (
    SELECT unnest($counties) AS county, unnest($subjects) AS collector_id, unnest($periods) AS period
),
-- one row per county and calendar day with the Monday of its week
weeks AS (
    SELECT
        w.county, w.day, w.working,
        CAST(min(w.day) OVER (PARTITION BY w.county, datediff('day', DATE '2000-01-03', w.day) // 7) AS VARCHAR) AS period
    FROM working_day AS w
),
-- one row per line of the register of those asked for, taken in the week
lines AS (
    SELECT
        s.county, s.collector_id, a.period, s.event_id, s.payer, s.fee, s.fee_year, s.amount_fen, s.persons, s.open_fen, NOT w.working AS on_rest_day,
        (g.payer AND NOT coalesce(c.payer_signed, false)) OR (g.collector AND NOT coalesce(c.collector_signed, false)) OR (g.village AND NOT coalesce(c.village_signed, false)) AS is_unsigned
    FROM asked AS a
    INNER JOIN settlement AS s ON s.county = a.county AND s.collector_id = a.collector_id
    INNER JOIN weeks AS w ON w.county = s.county AND w.day = s.received_on AND w.period = a.period
    INNER JOIN cash_receipts AS c ON c.county = s.county AND c.event_id = s.event_id
    LEFT JOIN register_signatures AS g ON g.county = c.county AND g.township = c.township
    WHERE s.received_on <= $as_of
),
-- one row per line and payment of theirs, with the weeks of both and the minutes between
paid AS (
    SELECT
        p.county, p.collector_id, r.period AS taken_in, w.period AS paid_in, p.event_id, p.payment, p.days, p.settled_fen * p.days AS fen_days,
        p.wd * 1440 + CASE WHEN p.payment_timed THEN hour(p.paid_at) * 60 + minute(p.paid_at) ELSE 0 END
        - CASE WHEN p.line_timed THEN hour(p.received_at) * 60 + minute(p.received_at) ELSE 1440 END AS minutes,
        p.paid_on > p.started_on AS is_late, NOT p.excused AND p.how <> 'near-id' AS is_judged
    FROM (SELECT DISTINCT q.county, q.collector_id FROM asked AS q) AS a
    INNER JOIN line_payments AS p ON p.county = a.county AND p.collector_id = a.collector_id
    INNER JOIN weeks AS w ON w.county = p.county AND w.day = p.paid_on
    INNER JOIN weeks AS r ON r.county = p.county AND r.day = p.received_on
    WHERE p.paid_on <= $as_of
),
-- one row per such line or payment of the week's cash, with how slow it was
slow AS (
    SELECT p.county, p.collector_id, p.taken_in AS period, p.event_id, p.minutes, p.is_late FROM paid AS p WHERE p.is_judged
    UNION ALL
    SELECT p.county, p.collector_id, p.taken_in AS period, p.payment AS event_id, p.minutes, p.is_late FROM paid AS p WHERE p.is_judged
),
-- one row per such line or payment of the week's paying in, with how long its money was held
brought AS (
    SELECT p.county, p.collector_id, p.paid_in AS period, p.event_id, p.days, p.fen_days FROM paid AS p WHERE p.is_judged
    UNION ALL
    SELECT p.county, p.collector_id, p.paid_in AS period, p.payment AS event_id, p.days, p.fen_days FROM paid AS p WHERE p.is_judged
),
-- one row per person, fee and year on the register
registered AS (
    SELECT DISTINCT r.county, r.payer, r.fee, r.fee_year
    FROM register_lines AS r
),
-- one row per payment by their hand in the week, with whether it is help from the collector's own pocket
hands AS (
    SELECT
        h.county, h.collector_id, a.period, h.event_id, h.amount_fen,
        r.payer IS NULL AND h.hand <> 'terminal' AND h.channel NOT IN ('cash', 'pos') AS is_own_help
    FROM asked AS a
    INNER JOIN collector_hands AS h ON h.county = a.county AND h.collector_id = a.collector_id
    INNER JOIN weeks AS w ON w.county = h.county AND w.day = h.paid_on AND w.period = a.period
    LEFT JOIN registered AS r ON r.county = h.county AND r.payer = h.payer AND r.fee = h.fee AND r.fee_year = h.fee_year
    WHERE NOT h.group_payer AND h.paid_on <= $as_of
),
-- one row per payment of theirs in the week
made AS (
    SELECT m.county, m.collector_id, m.period, m.event_id, p.paid_on, p.paid_at, p.timed, p.channel, p.amount_fen
    FROM (
        SELECT h.county, h.collector_id, h.period, h.event_id FROM hands AS h
        UNION
        SELECT d.county, d.collector_id, d.paid_in AS period, d.payment AS event_id FROM paid AS d
    ) AS m
    INNER JOIN standing_payments AS p ON p.county = m.county AND p.event_id = m.event_id
),
-- one row per payment of theirs with how many of the week fall on its day
by_day AS (
    SELECT m.county, m.collector_id, m.period, m.event_id, count(*) OVER (PARTITION BY m.county, m.collector_id, m.period, m.paid_on) AS on_the_day
    FROM made AS m
),
-- one row per payment of theirs with a time of day: how many lie within ten minutes around it, and whether the hour is a quiet one
clocked AS (
    SELECT
        k.county, k.collector_id, k.period, k.event_id, q.hour_of_day IS NOT NULL AS is_quiet,
        count(*) OVER (PARTITION BY k.county, k.collector_id, k.period ORDER BY k.minute_no RANGE BETWEEN 4 PRECEDING AND 5 FOLLOWING) AS near
    FROM (
        SELECT
            m.county, m.collector_id, m.period, m.event_id, hour(m.paid_at) AS hour_of_day,
            datediff('day', DATE '2000-01-01', m.paid_on) * 1440 + hour(m.paid_at) * 60 + minute(m.paid_at) AS minute_no
        FROM made AS m
        WHERE m.timed AND m.channel NOT IN ('fiscal', 'bank-batch', 'treasury-link')
    ) AS k
    LEFT JOIN quiet_hours AS q ON q.county = k.county AND q.hour_of_day = k.hour_of_day
),
-- one row per feature and record, with what makes it plain
shown AS (
    SELECT s.county, s.collector_id, s.period, 'lag_median_hours' AS feature, s.event_id, s.minutes AS weight FROM slow AS s
    UNION ALL
    SELECT s.county, s.collector_id, s.period, 'late_share' AS feature, s.event_id, s.minutes AS weight FROM slow AS s WHERE s.is_late
    UNION ALL
    SELECT l.county, l.collector_id, l.period, 'open_share' AS feature, l.event_id, l.open_fen AS weight FROM lines AS l WHERE l.open_fen > 0
    UNION ALL
    SELECT b.county, b.collector_id, b.period, 'held_days' AS feature, b.event_id, b.fen_days AS weight FROM brought AS b WHERE b.fen_days > 0
    UNION ALL
    SELECT b.county, b.collector_id, b.period, 'old_cash_share' AS feature, b.event_id, b.fen_days AS weight FROM brought AS b WHERE b.days >= 7
    UNION ALL
    SELECT d.county, d.collector_id, d.period, 'busiest_day_share' AS feature, d.event_id, d.on_the_day AS weight FROM by_day AS d
    UNION ALL
    SELECT c.county, c.collector_id, c.period, 'burst_share' AS feature, c.event_id, c.near AS weight FROM clocked AS c
    UNION ALL
    SELECT c.county, c.collector_id, c.period, 'quiet_hours_share' AS feature, c.event_id, 1 AS weight FROM clocked AS c WHERE c.is_quiet
    UNION ALL
    SELECT l.county, l.collector_id, l.period, 'rest_day_share' AS feature, l.event_id, l.amount_fen AS weight FROM lines AS l WHERE l.on_rest_day
    UNION ALL
    SELECT h.county, h.collector_id, h.period, 'own_help_share' AS feature, h.event_id, h.amount_fen AS weight FROM hands AS h WHERE h.is_own_help
    UNION ALL
    SELECT l.county, l.collector_id, l.period, 'unsigned_share' AS feature, l.event_id, l.amount_fen AS weight FROM lines AS l WHERE l.is_unsigned
    UNION ALL
    SELECT l.county, l.collector_id, l.period, 'off_tariff_share' AS feature, l.event_id, l.amount_fen AS weight
    FROM lines AS l
    LEFT JOIN legal_amounts AS g
        ON g.county = l.county AND g.payer = l.payer AND g.fee = l.fee AND g.fee_year = l.fee_year AND g.amount_fen = l.amount_fen
    WHERE g.payer IS NULL AND l.persons <= 1
    UNION ALL
    SELECT l.county, l.collector_id, l.period, 'volume_ratio' AS feature, l.event_id, l.amount_fen AS weight FROM lines AS l
    UNION ALL
    SELECT m.county, m.collector_id, m.period, 'volume_ratio' AS feature, m.event_id, m.amount_fen AS weight FROM made AS m
),
-- one row per feature and record, once, of the weeks asked for
plainest AS (
    SELECT s.county, s.collector_id, s.period, s.feature, s.event_id, max(s.weight) AS weight
    FROM shown AS s
    INNER JOIN asked AS a ON a.county = s.county AND a.collector_id = s.collector_id AND a.period = s.period
    GROUP BY s.county, s.collector_id, s.period, s.feature, s.event_id
)
SELECT p.county, p.collector_id AS subject_id, p.period, p.feature, p.event_id
FROM plainest AS p
QUALIFY row_number() OVER (PARTITION BY p.county, p.collector_id, p.period, p.feature ORDER BY p.weight DESC NULLS LAST, p.event_id) <= $most
