-- one row per collector and week (named by its Monday) with cash taken or payments made by hand: how the week's money was taken, paid in and written down
WITH
-- one row per county and calendar day with the Monday of its week
weeks AS (
    SELECT
        w.county, w.day, w.working,
        min(w.day) OVER (PARTITION BY w.county, datediff('day', DATE '2000-01-03', w.day) // 7) AS monday
    FROM working_day AS w
),
-- one row per collector who pays for a unit or school: another trade
units AS (
    SELECT c.county, c.record_id AS collector_id
    FROM collectors AS c
    WHERE c.role = 'group-payer'
    GROUP BY c.county, c.record_id
),
-- one row per line with a payment whose delay a paper or an outage excuses
excused AS (
    SELECT DISTINCT p.county, p.event_id
    FROM line_payments AS p
    WHERE p.excused
),
-- one row per line of the cash register with its week, its state, and whether it lacks a signature that the township's register has (NULL: it has none)
lines AS (
    SELECT
        s.county, s.event_id, s.collector_id, w.monday, s.township, s.village, s.payer, s.fee, s.fee_year, s.amount_fen, s.received_on, s.persons, s.open_fen, s.state,
        CASE WHEN s.late_fen > 0 AND x.event_id IS NULL THEN 1 ELSE 0 END AS late, CASE WHEN w.working THEN 0 ELSE 1 END AS on_rest_day,
        CASE
            WHEN (g.payer AND NOT coalesce(c.payer_signed, false)) OR (g.collector AND NOT coalesce(c.collector_signed, false)) OR (g.village AND NOT coalesce(c.village_signed, false)) THEN 1
            WHEN g.payer OR g.collector OR g.village THEN 0
        END AS unsigned
    FROM settlement AS s
    INNER JOIN cash_receipts AS c ON c.county = s.county AND c.event_id = s.event_id
    LEFT JOIN register_signatures AS g ON g.county = c.county AND g.township = c.township
    LEFT JOIN excused AS x ON x.county = s.county AND x.event_id = s.event_id
    INNER JOIN weeks AS w ON w.county = s.county AND w.day = s.received_on
    LEFT JOIN units AS u ON u.county = s.county AND u.collector_id = s.collector_id
    WHERE s.collector_id IS NOT NULL AND u.collector_id IS NULL AND s.received_on <= $as_of
),
-- one row per person, fee and year on the register
registered AS (
    SELECT DISTINCT r.county, r.payer, r.fee, r.fee_year
    FROM register_lines AS r
),
-- one row per payment by a collector's hand with its week, and whether the person's cash is on the register
hands AS (
    SELECT
        h.county, h.event_id, h.collector_id, w.monday, h.township, h.village, h.payer, h.fee, h.paid_on,
        r.payer IS NOT NULL AS has_line,
        CASE WHEN r.payer IS NULL AND h.hand <> 'terminal' AND h.channel NOT IN ('cash', 'pos') THEN 1 ELSE 0 END AS own_help
    FROM collector_hands AS h
    INNER JOIN weeks AS w ON w.county = h.county AND w.day = h.paid_on
    LEFT JOIN registered AS r ON r.county = h.county AND r.payer = h.payer AND r.fee = h.fee AND r.fee_year = h.fee_year
    WHERE NOT h.group_payer AND h.collector_id IS NOT NULL AND h.paid_on <= $as_of
),
-- one row per line and payment that settles a part of it, with the week of the payment
paid_in AS (
    SELECT
        p.county, p.event_id, p.payment, p.how, p.settled_fen, p.collector_id, p.township, p.village, p.fee, w.monday, p.received_at, p.received_on, p.line_timed,
        p.paid_at, p.paid_on, p.payment_timed, p.days, p.wd, p.excused
    FROM line_payments AS p
    INNER JOIN weeks AS w ON w.county = p.county AND w.day = p.paid_on
    LEFT JOIN units AS u ON u.county = p.county AND u.collector_id = p.collector_id
    WHERE u.collector_id IS NULL AND p.paid_on <= $as_of
),
-- one row per collector, week and payment that settles a line or was made by hand
made AS (
    SELECT h.county, h.collector_id, h.monday, h.event_id FROM hands AS h
    UNION
    SELECT p.county, p.collector_id, p.monday, p.payment AS event_id FROM paid_in AS p
),
-- one row per record of a collector: a line, or a payment that settles one or was made by hand
records AS (
    SELECT l.county, l.collector_id, l.monday, l.township, l.village, l.payer, l.fee, l.received_on AS day
    FROM lines AS l
    UNION ALL
    SELECT m.county, m.collector_id, m.monday, p.township, p.village, p.payer, p.fee, p.paid_on AS day
    FROM made AS m
    INNER JOIN standing_payments AS p ON p.county = m.county AND p.event_id = m.event_id
),
-- one row per collector and week: extent, days and persons
extents AS (
    SELECT
        r.county, r.collector_id, r.monday, count(*) AS n, count(DISTINCT r.payer) AS persons, min(r.day) AS first_on, max(r.day) AS last_on,
        CASE WHEN min(r.village) = max(r.village) THEN min(r.village) END AS village
    FROM records AS r
    GROUP BY r.county, r.collector_id, r.monday
),
-- one row per collector and township where most of the collector's records are
places AS (
    SELECT r.county, r.collector_id, r.township
    FROM records AS r
    GROUP BY r.county, r.collector_id, r.township
    QUALIFY row_number() OVER (PARTITION BY r.county, r.collector_id ORDER BY count(*) DESC, r.township NULLS LAST) = 1
),
-- one row per collector, week and fee of most of the records
fees AS (
    SELECT r.county, r.collector_id, r.monday, r.fee
    FROM records AS r
    GROUP BY r.county, r.collector_id, r.monday, r.fee
    QUALIFY row_number() OVER (PARTITION BY r.county, r.collector_id, r.monday ORDER BY count(*) DESC, r.fee) = 1
),
-- one row per collector and week: what became of the lines taken in it
taken AS (
    SELECT
        l.county, l.collector_id, l.monday,
        count(*) AS all_lines, count(*) FILTER (WHERE l.state <> 'unknown') AS lines, CAST(sum(l.late) AS BIGINT) AS late,
        CAST(sum(CASE WHEN l.state <> 'unknown' THEN l.amount_fen ELSE 0 END) AS BIGINT) AS taken_fen, CAST(sum(l.open_fen) AS BIGINT) AS open_fen,
        CAST(sum(l.on_rest_day) AS BIGINT) AS on_rest_days, count(l.unsigned) AS signed_lines, CAST(sum(l.unsigned) AS BIGINT) AS unsigned
    FROM lines AS l
    GROUP BY l.county, l.collector_id, l.monday
),
-- one row per line paid: the minutes from the cash to its last payment, days on which nobody works left out; a day without a time counts as the cash's last minute and the payment's first
lags AS (
    SELECT
        p.county, p.event_id, p.collector_id,
        max(greatest(
            0, p.wd * 1440 + CASE WHEN p.payment_timed THEN hour(p.paid_at) * 60 + minute(p.paid_at) ELSE 0 END
            - CASE WHEN p.line_timed THEN hour(p.received_at) * 60 + minute(p.received_at) ELSE 1440 END
        )) AS minutes
    FROM paid_in AS p
    WHERE p.how <> 'near-id' AND NOT p.excused
    GROUP BY p.county, p.event_id, p.collector_id
),
-- one row per collector and week of the cash: usual time to payment (nearest rank)
speeds AS (
    SELECT r.county, r.collector_id, r.monday, r.paid_lines, max(CASE WHEN r.place = (r.paid_lines + 1) // 2 THEN r.minutes END) AS median_minutes
    FROM (
        SELECT
            g.county, g.collector_id, l.monday, g.minutes,
            row_number() OVER (PARTITION BY g.county, g.collector_id, l.monday ORDER BY g.minutes, g.event_id) AS place,
            count(*) OVER (PARTITION BY g.county, g.collector_id, l.monday) AS paid_lines
        FROM lags AS g
        INNER JOIN lines AS l ON l.county = g.county AND l.event_id = g.event_id
    ) AS r
    GROUP BY r.county, r.collector_id, r.monday, r.paid_lines
),
-- one row per collector and week of payment: money paid in, for how many days it had been held, and what of it was held a week or longer
brought AS (
    SELECT
        p.county, p.collector_id, p.monday, count(DISTINCT p.event_id) AS brought_lines, CAST(sum(p.settled_fen) AS BIGINT) AS fen,
        CAST(sum(p.settled_fen * p.days) AS BIGINT) AS fen_days, CAST(sum(CASE WHEN p.days >= 7 THEN p.settled_fen ELSE 0 END) AS BIGINT) AS old_fen
    FROM paid_in AS p
    WHERE p.how <> 'near-id' AND NOT p.excused
    GROUP BY p.county, p.collector_id, p.monday
),
-- one row per collector and week: payments, and those of the busiest day
peaks AS (
    SELECT d.county, d.collector_id, d.monday, CAST(sum(d.payments) AS BIGINT) AS payments, max(d.payments) AS busiest
    FROM (
        SELECT m.county, m.collector_id, m.monday, p.paid_on, count(*) AS payments
        FROM made AS m
        INNER JOIN standing_payments AS p ON p.county = m.county AND p.event_id = m.event_id
        GROUP BY m.county, m.collector_id, m.monday, p.paid_on
    ) AS d
    GROUP BY d.county, d.collector_id, d.monday
),
-- one row per payment with a time of day: how many of the same collector lie within ten minutes around it, and whether the hour is a quiet one
clocked AS (
    SELECT
        k.county, k.collector_id, k.monday, q.hour_of_day IS NOT NULL AS is_quiet,
        count(*) OVER (PARTITION BY k.county, k.collector_id, k.monday ORDER BY k.minute_no RANGE BETWEEN 4 PRECEDING AND 5 FOLLOWING) AS near
    FROM (
        SELECT
            m.county, m.collector_id, m.monday, hour(p.paid_at) AS hour_of_day,
            datediff('day', DATE '2000-01-01', p.paid_on) * 1440 + hour(p.paid_at) * 60 + minute(p.paid_at) AS minute_no
        FROM made AS m
        INNER JOIN standing_payments AS p ON p.county = m.county AND p.event_id = m.event_id
        WHERE p.timed AND p.channel NOT IN ('fiscal', 'bank-batch', 'treasury-link')
    ) AS k
    LEFT JOIN quiet_hours AS q ON q.county = k.county AND q.hour_of_day = k.hour_of_day
),
-- one row per collector and week: bursts and quiet hours
rhythms AS (
    SELECT k.county, k.collector_id, k.monday, count(*) AS clocked, count(*) FILTER (WHERE k.near >= 5) AS in_bursts, count(*) FILTER (WHERE k.is_quiet) AS quiet
    FROM clocked AS k
    GROUP BY k.county, k.collector_id, k.monday
),
-- one row per collector and week: payments by hand for persons without a line, and those out of the collector's own pocket
helped AS (
    SELECT h.county, h.collector_id, h.monday, count(*) AS unlined, CAST(sum(h.own_help) AS BIGINT) AS own_help
    FROM hands AS h
    WHERE NOT h.has_line
    GROUP BY h.county, h.collector_id, h.monday
),
-- one row per person, fee and year with legal amounts
priced AS (
    SELECT DISTINCT g.county, g.payer, g.fee, g.fee_year
    FROM legal_amounts AS g
),
-- one row per collector and week: lines of one person with a tariff, and those of no legal amount
tariffs AS (
    SELECT l.county, l.collector_id, l.monday, count(*) AS priced, count(*) FILTER (WHERE g.amount_fen IS NULL) AS off_tariff
    FROM lines AS l
    INNER JOIN priced AS p ON p.county = l.county AND p.payer = l.payer AND p.fee = l.fee AND p.fee_year = l.fee_year
    LEFT JOIN legal_amounts AS g
        ON g.county = l.county AND g.payer = l.payer AND g.fee = l.fee AND g.fee_year = l.fee_year AND g.amount_fen = l.amount_fen
    WHERE l.persons <= 1
    GROUP BY l.county, l.collector_id, l.monday
),
-- one row per collector with at least four weeks: the records of a usual one
usual AS (
    SELECT e.county, e.collector_id, median(e.n) AS n
    FROM extents AS e
    GROUP BY e.county, e.collector_id
    HAVING count(*) >= 4
)
SELECT
    e.county, 'collector' AS subject_type, e.collector_id AS subject_id, pl.township, e.village, fe.fee, CAST(e.monday AS VARCHAR) AS period,
    e.first_on AS period_from, e.last_on AS period_to, e.n, e.persons AS size,
    round(CAST(sp.median_minutes AS DOUBLE) / 60, 6) AS lag_median_hours,
    round(CAST(ta.late AS DOUBLE) / nullif(ta.lines, 0), 6) AS late_share,
    round(CAST(ta.open_fen AS DOUBLE) / nullif(ta.taken_fen, 0), 6) AS open_share,
    round(CAST(br.fen_days AS DOUBLE) / nullif(br.fen, 0), 6) AS held_days,
    round(CAST(br.old_fen AS DOUBLE) / nullif(br.fen, 0), 6) AS old_cash_share,
    round(CAST(pk.busiest AS DOUBLE) / nullif(pk.payments, 0), 6) AS busiest_day_share,
    round(CAST(rh.in_bursts AS DOUBLE) / nullif(rh.clocked, 0), 6) AS burst_share,
    round(CAST(rh.quiet AS DOUBLE) / nullif(rh.clocked, 0), 6) AS quiet_hours_share,
    round(CAST(ta.on_rest_days AS DOUBLE) / nullif(ta.all_lines, 0), 6) AS rest_day_share,
    round(CAST(coalesce(he.own_help, 0) AS DOUBLE) / nullif(coalesce(ta.all_lines, 0) + coalesce(he.unlined, 0), 0), 6) AS own_help_share,
    round(CAST(ta.unsigned AS DOUBLE) / nullif(ta.signed_lines, 0), 6) AS unsigned_share,
    round(CAST(tf.off_tariff AS DOUBLE) / nullif(tf.priced, 0), 6) AS off_tariff_share,
    round(CAST(e.n AS DOUBLE) / us.n, 6) AS volume_ratio,
    coalesce(ta.lines, 0) AS lines, coalesce(sp.paid_lines, 0) AS paid_lines, coalesce(br.brought_lines, 0) AS brought_lines, coalesce(pk.payments, 0) AS payments,
    coalesce(rh.clocked, 0) AS clocked, coalesce(ta.all_lines, 0) AS all_lines, coalesce(ta.all_lines, 0) + coalesce(he.unlined, 0) AS helped,
    coalesce(ta.signed_lines, 0) AS signed_lines, coalesce(tf.priced, 0) AS priced
FROM extents AS e
INNER JOIN places AS pl ON pl.county = e.county AND pl.collector_id = e.collector_id
INNER JOIN fees AS fe ON fe.county = e.county AND fe.collector_id = e.collector_id AND fe.monday = e.monday
LEFT JOIN taken AS ta ON ta.county = e.county AND ta.collector_id = e.collector_id AND ta.monday = e.monday
LEFT JOIN speeds AS sp ON sp.county = e.county AND sp.collector_id = e.collector_id AND sp.monday = e.monday
LEFT JOIN brought AS br ON br.county = e.county AND br.collector_id = e.collector_id AND br.monday = e.monday
LEFT JOIN peaks AS pk ON pk.county = e.county AND pk.collector_id = e.collector_id AND pk.monday = e.monday
LEFT JOIN rhythms AS rh ON rh.county = e.county AND rh.collector_id = e.collector_id AND rh.monday = e.monday
LEFT JOIN helped AS he ON he.county = e.county AND he.collector_id = e.collector_id AND he.monday = e.monday
LEFT JOIN tariffs AS tf ON tf.county = e.county AND tf.collector_id = e.collector_id AND tf.monday = e.monday
LEFT JOIN usual AS us ON us.county = e.county AND us.collector_id = e.collector_id
