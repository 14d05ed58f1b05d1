-- one row per collector and fee year with cash taken or payments made by hand: how the money was taken, paid in and written down
WITH
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
-- one row per line of the cash register with its state, whether it was paid after its day, and whether it lacks a signature that the township's register has (NULL: it has none)
lines AS (
    SELECT
        s.county, s.event_id, s.collector_id, s.township, s.village, s.payer, s.fee, s.fee_year, s.amount_fen, s.received_on, s.started_on, s.persons, s.receipt_no,
        s.open_fen, s.state, CASE WHEN s.late_fen > 0 AND x.event_id IS NULL THEN 1 ELSE 0 END AS late,
        CASE
            WHEN (g.payer AND NOT coalesce(c.payer_signed, false)) OR (g.collector AND NOT coalesce(c.collector_signed, false)) OR (g.village AND NOT coalesce(c.village_signed, false)) THEN 1
            WHEN g.payer OR g.collector OR g.village THEN 0
        END AS unsigned
    FROM settlement AS s
    INNER JOIN cash_receipts AS c ON c.county = s.county AND c.event_id = s.event_id
    LEFT JOIN register_signatures AS g ON g.county = c.county AND g.township = c.township
    LEFT JOIN excused AS x ON x.county = s.county AND x.event_id = s.event_id
    LEFT JOIN units AS u ON u.county = s.county AND u.collector_id = s.collector_id
    WHERE s.collector_id IS NOT NULL AND u.collector_id IS NULL AND s.received_on <= $as_of
),
-- one row per person, fee and year on the register
registered AS (
    SELECT DISTINCT r.county, r.payer, r.fee, r.fee_year
    FROM register_lines AS r
),
-- one row per payment by a collector's hand, with whether the person's cash is on the register
hands AS (
    SELECT
        h.county, h.event_id, h.payment_id, h.collector_id, h.township, h.village, h.payer, h.fee, h.fee_year, h.amount_fen,
        r.payer IS NOT NULL AS has_line,
        CASE WHEN r.payer IS NULL AND h.hand <> 'terminal' AND h.channel NOT IN ('cash', 'pos') THEN 1 ELSE 0 END AS own_help
    FROM collector_hands AS h
    LEFT JOIN registered AS r ON r.county = h.county AND r.payer = h.payer AND r.fee = h.fee AND r.fee_year = h.fee_year
    WHERE NOT h.group_payer AND h.collector_id IS NOT NULL AND h.fee_year IS NOT NULL AND h.paid_on <= $as_of
),
-- one row per record of a collector: a line, or a payment by hand without one
records AS (
    SELECT l.county, l.collector_id, l.fee_year, l.event_id, l.township, l.village, l.payer, l.fee, l.amount_fen, l.persons, l.received_on AS day, 0 AS own_help
    FROM lines AS l
    UNION ALL
    SELECT h.county, h.collector_id, h.fee_year, h.event_id, h.township, h.village, h.payer, h.fee, h.amount_fen, 1 AS persons, p.paid_on AS day, h.own_help
    FROM hands AS h
    INNER JOIN standing_payments AS p ON p.county = h.county AND p.event_id = h.event_id
    WHERE NOT h.has_line
),
-- one row per collector and year: extent, days, persons, and how many records are help from the collector's own pocket
extents AS (
    SELECT
        r.county, r.collector_id, r.fee_year, count(*) AS n, count(DISTINCT r.payer) AS persons, min(r.day) AS first_on, max(r.day) AS last_on,
        CAST(sum(r.own_help) AS BIGINT) AS own_help, CASE WHEN min(r.village) = max(r.village) THEN min(r.village) END AS village
    FROM records AS r
    GROUP BY r.county, r.collector_id, r.fee_year
),
-- one row per collector, year and place of record: where most of the records are
places AS (
    SELECT r.county, r.collector_id, r.fee_year, r.township
    FROM records AS r
    GROUP BY r.county, r.collector_id, r.fee_year, r.township
    QUALIFY row_number() OVER (PARTITION BY r.county, r.collector_id, r.fee_year ORDER BY count(*) DESC, r.township NULLS LAST) = 1
),
-- one row per collector, year and fee of most of the records
fees AS (
    SELECT r.county, r.collector_id, r.fee_year, r.fee
    FROM records AS r
    GROUP BY r.county, r.collector_id, r.fee_year, r.fee
    QUALIFY row_number() OVER (PARTITION BY r.county, r.collector_id, r.fee_year ORDER BY count(*) DESC, r.fee) = 1
),
-- one row per collector and year: what became of the lines
settled AS (
    SELECT
        l.county, l.collector_id, l.fee_year,
        count(*) FILTER (WHERE l.state <> 'unknown') AS lines, CAST(sum(l.late) AS BIGINT) AS late,
        CAST(sum(CASE WHEN l.state <> 'unknown' THEN l.amount_fen ELSE 0 END) AS BIGINT) AS taken_fen,
        CAST(sum(l.open_fen) AS BIGINT) AS open_fen,
        CAST(sum(l.open_fen * datediff('day', l.started_on, $as_of)) AS BIGINT) AS open_fen_days,
        count(l.unsigned) AS signed_lines, CAST(sum(l.unsigned) AS BIGINT) AS unsigned
    FROM lines AS l
    GROUP BY l.county, l.collector_id, l.fee_year
),
-- one row per line paid: the minutes from the cash to its last payment, days on which nobody works left out; a day without a time counts as the cash's last minute and the payment's first
lags AS (
    SELECT
        p.county, p.event_id, p.collector_id, p.fee_year,
        CAST(sum(p.settled_fen) AS BIGINT) AS fen, CAST(sum(p.settled_fen * p.days) AS BIGINT) AS fen_days,
        max(greatest(
            0, p.wd * 1440 + CASE WHEN p.payment_timed THEN hour(p.paid_at) * 60 + minute(p.paid_at) ELSE 0 END
            - CASE WHEN p.line_timed THEN hour(p.received_at) * 60 + minute(p.received_at) ELSE 1440 END
        )) AS minutes
    FROM line_payments AS p
    WHERE p.how <> 'near-id' AND NOT p.excused AND p.paid_on <= $as_of
    GROUP BY p.county, p.event_id, p.collector_id, p.fee_year
),
-- one row per such line with its place among the collector's, the quickest first
ranked AS (
    SELECT
        g.county, g.collector_id, g.fee_year, g.minutes, g.fen, g.fen_days,
        row_number() OVER (PARTITION BY g.county, g.collector_id, g.fee_year ORDER BY g.minutes, g.event_id) AS place,
        count(*) OVER (PARTITION BY g.county, g.collector_id, g.fee_year) AS paid_lines
    FROM lags AS g
),
-- one row per collector and year: usual and slow time to payment (nearest rank), and the days for which a yuan was held
speeds AS (
    SELECT
        r.county, r.collector_id, r.fee_year, min(r.paid_lines) AS paid_lines,
        max(CASE WHEN r.place = (r.paid_lines + 1) // 2 THEN r.minutes END) AS median_minutes,
        max(CASE WHEN r.place = (90 * r.paid_lines + 99) // 100 THEN r.minutes END) AS p90_minutes,
        CAST(sum(r.fen) AS BIGINT) AS paid_fen, CAST(sum(r.fen_days) AS BIGINT) AS fen_days
    FROM ranked AS r
    GROUP BY r.county, r.collector_id, r.fee_year
),
-- one row per collector, year and payment that settles a line or was made by hand
made AS (
    SELECT h.county, h.collector_id, h.fee_year, h.event_id FROM hands AS h
    UNION
    SELECT p.county, p.collector_id, p.fee_year, p.payment AS event_id
    FROM line_payments AS p
    LEFT JOIN units AS u ON u.county = p.county AND u.collector_id = p.collector_id
    WHERE u.collector_id IS NULL AND p.paid_on <= $as_of
),
-- one row per such payment with a time of day: how many of the same collector lie within ten minutes around it, and whether the hour is a quiet one
clocked AS (
    SELECT
        k.county, k.collector_id, k.fee_year, k.event_id, q.hour_of_day IS NOT NULL AS is_quiet,
        count(*) OVER (
            PARTITION BY k.county, k.collector_id, k.fee_year ORDER BY k.minute_no RANGE BETWEEN 4 PRECEDING AND 5 FOLLOWING
        ) AS near
    FROM (
        SELECT
            m.county, m.collector_id, m.fee_year, m.event_id, hour(p.paid_at) AS hour_of_day,
            datediff('day', DATE '2000-01-01', p.paid_on) * 1440 + hour(p.paid_at) * 60 + minute(p.paid_at) AS minute_no
        FROM made AS m
        INNER JOIN standing_payments AS p ON p.county = m.county AND p.event_id = m.event_id
        WHERE p.timed AND p.channel NOT IN ('fiscal', 'bank-batch', 'treasury-link')
    ) AS k
    LEFT JOIN quiet_hours AS q ON q.county = k.county AND q.hour_of_day = k.hour_of_day
),
-- one row per collector and year: bursts and quiet hours
rhythms AS (
    SELECT
        k.county, k.collector_id, k.fee_year, count(*) AS clocked, count(*) FILTER (WHERE k.near >= 5) AS in_bursts, count(*) FILTER (WHERE k.is_quiet) AS quiet
    FROM clocked AS k
    GROUP BY k.county, k.collector_id, k.fee_year
),
-- one row per collector and receipt with its day
receipts AS (
    SELECT l.county, l.collector_id, l.receipt_no, min(l.fee_year) AS fee_year, min(l.received_on) AS day
    FROM lines AS l
    WHERE length(l.receipt_no) >= 3
    GROUP BY l.county, l.collector_id, l.receipt_no
),
-- one row per receipt that follows another of the same hundred: whether its day lies more than two before that one's
ordered_receipts AS (
    SELECT
        r.county, r.collector_id, r.fee_year, r.receipt_no,
        datediff('day', r.day, lag(r.day) OVER (
            PARTITION BY r.county, r.collector_id, length(r.receipt_no), left(r.receipt_no, length(r.receipt_no) - 2) ORDER BY r.receipt_no
        )) AS days_back
    FROM receipts AS r
),
-- one row per collector and year: receipts whose days run against their numbers
descents AS (
    SELECT r.county, r.collector_id, r.fee_year, count(r.days_back) AS receipts, count(*) FILTER (WHERE r.days_back > 2) AS descents
    FROM ordered_receipts AS r
    GROUP BY r.county, r.collector_id, r.fee_year
),
-- one row per person, fee and year: the first payment
first_paid AS (
    SELECT p.county, p.payer, p.fee, p.fee_year, min(p.paid_on) AS paid_on
    FROM standing_payments AS p
    WHERE p.channel <> 'fiscal' AND p.amount_fen > 0
    GROUP BY p.county, p.payer, p.fee, p.fee_year
),
-- one row per collector and year: lines of which payer, amount or day was changed after the money was paid or the line handed in
amended AS (
    SELECT a.county, a.collector_id, a.fee_year, count(DISTINCT a.record_id) AS amended
    FROM amendments AS a
    LEFT JOIN first_paid AS f ON f.county = a.county AND f.payer = a.old_payer AND f.fee = a.fee AND f.fee_year = a.fee_year
    WHERE a.type = 'cash-receipts' AND a.collector_id IS NOT NULL AND a.changed_on > least(a.settled_on, f.paid_on)
        AND (a.amount_changed OR a.date_changed OR (a.payer_changed AND a.old_payer IS NOT NULL AND NOT a.near_id))
    GROUP BY a.county, a.collector_id, a.fee_year
),
-- one row per person, fee and year with legal amounts
priced AS (
    SELECT DISTINCT g.county, g.payer, g.fee, g.fee_year
    FROM legal_amounts AS g
),
-- one row per collector and year: lines of one person with a tariff, and those of no legal amount
tariffs AS (
    SELECT l.county, l.collector_id, l.fee_year, count(*) AS priced, count(*) FILTER (WHERE g.amount_fen IS NULL) AS off_tariff
    FROM lines AS l
    INNER JOIN priced AS p ON p.county = l.county AND p.payer = l.payer AND p.fee = l.fee AND p.fee_year = l.fee_year
    LEFT JOIN legal_amounts AS g
        ON g.county = l.county AND g.payer = l.payer AND g.fee = l.fee AND g.fee_year = l.fee_year AND g.amount_fen = l.amount_fen
    WHERE l.persons <= 1
    GROUP BY l.county, l.collector_id, l.fee_year
),
-- one row per fee and year whose amount a person does not choose
fixed_fees AS (
    SELECT DISTINCT t.county, t.fee, t.fee_year
    FROM tariff AS t
    WHERE t.kind = 'fixed'
),
-- one row per collector and year: records whose amount the person chooses, and those of the commonest amount
chosen AS (
    SELECT a.county, a.collector_id, a.fee_year, CAST(sum(a.records) AS BIGINT) AS chosen, max(a.records) AS commonest
    FROM (
        SELECT r.county, r.collector_id, r.fee_year, r.fee, r.amount_fen, count(*) AS records
        FROM records AS r
        LEFT JOIN fixed_fees AS f ON f.county = r.county AND f.fee = r.fee AND f.fee_year = r.fee_year
        WHERE f.fee IS NULL AND r.persons <= 1
        GROUP BY r.county, r.collector_id, r.fee_year, r.fee, r.amount_fen
    ) AS a
    GROUP BY a.county, a.collector_id, a.fee_year
),
-- one row per payment that was voided, or of which money went back
undone_payments AS (
    SELECT v.county, v.event_id FROM voided_payments AS v
    UNION
    SELECT p.county, p.event_id FROM refunds AS r INNER JOIN payments AS p ON p.county = r.county AND p.record_id = r.payment_id
),
-- one row per collector and year: payments that name the collector, and those undone
undone AS (
    SELECT p.county, p.collector_id, p.fee_year, count(*) AS named, count(u.event_id) AS undone
    FROM payments AS p
    LEFT JOIN undone_payments AS u ON u.county = p.county AND u.event_id = p.event_id
    WHERE p.collector_id IS NOT NULL AND p.channel <> 'fiscal'
    GROUP BY p.county, p.collector_id, p.fee_year
),
-- one row per collector and year: the persons served the year before who are due again, and those from whom nothing came
lapses AS (
    SELECT s.county, s.collector_id, s.fee_year + 1 AS fee_year, count(*) AS due, count(*) FILTER (WHERE d.is_open) AS lapsed
    FROM (SELECT DISTINCT r.county, r.collector_id, r.payer, r.fee, r.fee_year FROM records AS r) AS s
    INNER JOIN due_persons AS d ON d.county = s.county AND d.payer = s.payer AND d.fee = s.fee AND d.fee_year = s.fee_year + 1
    GROUP BY s.county, s.collector_id, s.fee_year + 1
),
-- one row per collector and year beside the collector's year before, where that is the last one
years AS (
    SELECT
        e.county, e.collector_id, e.fee_year, s.paid_lines, s.median_minutes,
        lag(e.fee_year) OVER w = e.fee_year - 1 AS follows, lag(s.paid_lines) OVER w AS old_paid_lines, lag(s.median_minutes) OVER w AS old_median_minutes,
        lag(e.persons) OVER w AS old_persons
    FROM extents AS e
    LEFT JOIN speeds AS s ON s.county = e.county AND s.collector_id = e.collector_id AND s.fee_year = e.fee_year
    WINDOW w AS (PARTITION BY e.county, e.collector_id ORDER BY e.fee_year)
)
SELECT
    e.county, 'collector' AS subject_type, e.collector_id AS subject_id, pl.township, e.village, fe.fee, CAST(e.fee_year AS VARCHAR) AS period,
    e.first_on AS period_from, e.last_on AS period_to, e.n, e.persons AS size,
    round(CAST(sp.median_minutes AS DOUBLE) / 60, 6) AS lag_median_hours,
    round(CAST(sp.p90_minutes AS DOUBLE) / 60, 6) AS lag_p90_hours,
    round(CAST(st.late AS DOUBLE) / nullif(st.lines, 0), 6) AS late_share,
    round(CAST(sp.fen_days AS DOUBLE) / nullif(sp.paid_fen, 0), 6) AS held_days,
    round(CAST(st.open_fen AS DOUBLE) / nullif(st.taken_fen, 0), 6) AS open_share,
    round(CASE WHEN st.open_fen = 0 THEN 0 ELSE CAST(st.open_fen_days AS DOUBLE) / st.open_fen END, 6) AS open_age_days,
    round(CAST(rh.in_bursts AS DOUBLE) / nullif(rh.clocked, 0), 6) AS burst_share,
    round(CAST(rh.quiet AS DOUBLE) / nullif(rh.clocked, 0), 6) AS quiet_hours_share,
    round(CAST(e.own_help AS DOUBLE) / e.n, 6) AS own_help_share,
    round(CAST(st.unsigned AS DOUBLE) / nullif(st.signed_lines, 0), 6) AS unsigned_share,
    round(CAST(ds.descents AS DOUBLE) / nullif(ds.receipts, 0), 6) AS receipt_descent_share,
    round(CAST(coalesce(am.amended, 0) AS DOUBLE) / nullif(st.lines, 0), 6) AS amended_share,
    round(CAST(ta.off_tariff AS DOUBLE) / nullif(ta.priced, 0), 6) AS off_tariff_share,
    round(CAST(ch.commonest AS DOUBLE) / nullif(ch.chosen, 0), 6) AS same_amount_share,
    round(CAST(un.undone AS DOUBLE) / nullif(un.named, 0), 6) AS undone_share,
    round(CAST(la.lapsed AS DOUBLE) / nullif(la.due, 0), 6) AS lapse_share,
    round(CASE WHEN ye.follows THEN CAST(ye.median_minutes - ye.old_median_minutes AS DOUBLE) / 60 END, 6) AS lag_change_hours,
    round(CASE WHEN ye.follows THEN CAST(e.persons AS DOUBLE) / nullif(ye.old_persons, 0) END, 6) AS volume_ratio,
    coalesce(st.lines, 0) AS lines, coalesce(sp.paid_lines, 0) AS paid_lines, coalesce(rh.clocked, 0) AS clocked, coalesce(st.signed_lines, 0) AS signed_lines,
    coalesce(ds.receipts, 0) AS receipts, coalesce(ta.priced, 0) AS priced, coalesce(ch.chosen, 0) AS chosen, coalesce(un.named, 0) AS named,
    coalesce(la.due, 0) AS due, CASE WHEN ye.follows THEN coalesce(least(ye.paid_lines, ye.old_paid_lines), 0) ELSE 0 END AS paid_lines_of_both,
    CASE WHEN ye.follows THEN least(e.persons, ye.old_persons) ELSE 0 END AS persons_of_both
FROM extents AS e
INNER JOIN places AS pl ON pl.county = e.county AND pl.collector_id = e.collector_id AND pl.fee_year = e.fee_year
INNER JOIN fees AS fe ON fe.county = e.county AND fe.collector_id = e.collector_id AND fe.fee_year = e.fee_year
INNER JOIN years AS ye ON ye.county = e.county AND ye.collector_id = e.collector_id AND ye.fee_year = e.fee_year
LEFT JOIN settled AS st ON st.county = e.county AND st.collector_id = e.collector_id AND st.fee_year = e.fee_year
LEFT JOIN speeds AS sp ON sp.county = e.county AND sp.collector_id = e.collector_id AND sp.fee_year = e.fee_year
LEFT JOIN rhythms AS rh ON rh.county = e.county AND rh.collector_id = e.collector_id AND rh.fee_year = e.fee_year
LEFT JOIN descents AS ds ON ds.county = e.county AND ds.collector_id = e.collector_id AND ds.fee_year = e.fee_year
LEFT JOIN amended AS am ON am.county = e.county AND am.collector_id = e.collector_id AND am.fee_year = e.fee_year
LEFT JOIN tariffs AS ta ON ta.county = e.county AND ta.collector_id = e.collector_id AND ta.fee_year = e.fee_year
LEFT JOIN chosen AS ch ON ch.county = e.county AND ch.collector_id = e.collector_id AND ch.fee_year = e.fee_year
LEFT JOIN undone AS un ON un.county = e.county AND un.collector_id = e.collector_id AND un.fee_year = e.fee_year
LEFT JOIN lapses AS la ON la.county = e.county AND la.collector_id = e.collector_id AND la.fee_year = e.fee_year
