-- one row per village and fee year with persons paid for or due: who gave cash, who fell away, and how the village's money was taken and paid in
WITH
-- one row per payment that a school or unit made for many
collective AS (
    SELECT DISTINCT h.county, h.event_id
    FROM collector_hands AS h
    WHERE h.group_payer
),
-- one row per payment of a village's person, out of a pocket of the place: not the treasury's, no school's or unit's
paid AS (
    SELECT
        p.county, p.event_id, p.record_id, p.township, p.village, p.payer, p.household, p.fee, p.fee_year, p.amount_fen, p.channel, p.paid_on
    FROM standing_payments AS p
    LEFT JOIN collective AS c ON c.county = p.county AND c.event_id = p.event_id
    WHERE p.village IS NOT NULL AND p.fee_year IS NOT NULL AND p.channel <> 'fiscal' AND p.amount_fen > 0 AND p.paid_on <= $as_of AND c.event_id IS NULL
),
-- one row per line with a payment whose delay a paper or an outage excuses
excused AS (
    SELECT DISTINCT p.county, p.event_id
    FROM line_payments AS p
    WHERE p.excused
),
-- one row per line of the cash register of a village with its state, and whether it lacks a signature that the township's register has (NULL: it has none)
lines AS (
    SELECT
        s.county, s.event_id, s.township, s.village, s.payer, s.household, s.fee, s.fee_year, s.amount_fen, s.received_on, s.persons, s.open_fen, s.state,
        CASE WHEN s.late_fen > 0 AND x.event_id IS NULL THEN 1 ELSE 0 END AS late,
        CASE
            WHEN (g.payer AND NOT coalesce(c.payer_signed, false)) OR (g.collector AND NOT coalesce(c.collector_signed, false)) OR (g.village AND NOT coalesce(c.village_signed, false)) THEN 1
            WHEN g.payer OR g.collector OR g.village THEN 0
        END AS unsigned
    FROM settlement AS s
    INNER JOIN cash_receipts AS c ON c.county = s.county AND c.event_id = s.event_id
    LEFT JOIN register_signatures AS g ON g.county = c.county AND g.township = c.township
    LEFT JOIN excused AS x ON x.county = s.county AND x.event_id = s.event_id
    WHERE s.village IS NOT NULL AND s.fee_year IS NOT NULL AND s.received_on <= $as_of
),
-- one row per township and year whose register has come in
kept AS (
    SELECT DISTINCT l.county, l.township, l.fee_year
    FROM lines AS l
    WHERE l.township IS NOT NULL
),
-- one row per village, year, person and fee that was paid for, or whose cash was taken: whether in cash
persons AS (
    SELECT q.county, q.village, q.fee_year, q.payer, q.fee, max(q.township) AS township, max(q.household) AS household, max(q.cash) AS cash
    FROM (
        SELECT p.county, p.village, p.fee_year, p.payer, p.fee, p.township, p.household, CASE WHEN p.channel = 'cash' THEN 1 ELSE 0 END AS cash
        FROM paid AS p
        UNION ALL
        SELECT l.county, l.village, l.fee_year, l.payer, l.fee, l.township, l.household, 1 AS cash
        FROM lines AS l
    ) AS q
    GROUP BY q.county, q.village, q.fee_year, q.payer, q.fee
),
-- one row per village and year: persons paid for, households touched, and those who gave cash
served AS (
    SELECT
        p.county, p.village, p.fee_year, max(p.township) AS township, count(*) AS persons, CAST(sum(p.cash) AS BIGINT) AS cash
    FROM persons AS p
    GROUP BY p.county, p.village, p.fee_year
),
-- one row per village and year: persons due, and those from whom nothing came
owing AS (
    SELECT d.county, d.village, d.fee_year, max(d.township) AS township, count(*) AS due, count(*) FILTER (WHERE d.is_open) AS not_collected
    FROM due_persons AS d
    WHERE d.village IS NOT NULL
    GROUP BY d.county, d.village, d.fee_year
),
-- one row per village, year and household with persons due: whether anything came from it
touched AS (
    SELECT h.county, h.village, h.fee_year, count(*) AS households, count(*) FILTER (WHERE NOT h.all_open) AS touched
    FROM (
        SELECT d.county, d.village, d.fee_year, coalesce(o.household_no, d.payer) AS household, bool_and(d.is_open) AS all_open
        FROM due_persons AS d
        LEFT JOIN (
            SELECT m.county, m.payer, min(m.household_no) AS household_no
            FROM households AS m
            WHERE m.valid_to IS NULL OR m.valid_to >= $as_of
            GROUP BY m.county, m.payer
        ) AS o ON o.county = d.county AND o.payer = d.payer
        GROUP BY d.county, d.village, d.fee_year, coalesce(o.household_no, d.payer)
    ) AS h
    GROUP BY h.county, h.village, h.fee_year
),
-- one row per village and year: persons paid for the year before who are due again, and those from whom nothing came
lapses AS (
    SELECT d.county, d.village, d.fee_year, count(*) AS due_again, count(*) FILTER (WHERE d.is_open) AS lapsed
    FROM due_persons AS d
    INNER JOIN (SELECT DISTINCT p.county, p.payer, p.fee, p.fee_year FROM persons AS p) AS b
        ON b.county = d.county AND b.payer = d.payer AND b.fee = d.fee AND b.fee_year = d.fee_year - 1
    GROUP BY d.county, d.village, d.fee_year
),
-- one row per village and year: what became of the lines
settled AS (
    SELECT
        l.county, l.village, l.fee_year, count(*) FILTER (WHERE l.state <> 'unknown') AS lines, CAST(sum(l.late) AS BIGINT) AS late,
        CAST(sum(CASE WHEN l.state <> 'unknown' THEN l.amount_fen ELSE 0 END) AS BIGINT) AS taken_fen, CAST(sum(l.open_fen) AS BIGINT) AS open_fen,
        count(l.unsigned) AS signed_lines, CAST(sum(l.unsigned) AS BIGINT) AS unsigned
    FROM lines AS l
    GROUP BY l.county, l.village, l.fee_year
),
-- one row per village, year and account or collector's hand that paid for its persons without a line, with how many persons, by fee
helpers AS (
    SELECT h.county, h.village, h.fee_year, h.helper, count(DISTINCT concat(h.fee, '|', h.payer)) AS persons
    FROM (
        SELECT a.county, a.village, a.fee_year, a.account AS helper, a.payer, a.fee
        FROM account_payments AS a
        WHERE NOT a.masked AND NOT a.has_line AND NOT a.at_counter AND a.village IS NOT NULL AND a.paid_on <= $as_of
        UNION ALL
        SELECT c.county, c.village, c.fee_year, c.collector_id AS helper, c.payer, c.fee
        FROM collector_hands AS c
        WHERE NOT c.group_payer AND c.hand <> 'terminal' AND c.channel NOT IN ('cash', 'pos') AND c.village IS NOT NULL AND c.paid_on <= $as_of
    ) AS h
    GROUP BY h.county, h.village, h.fee_year, h.helper
),
-- one row per village and year: persons paid for by the one who paid for most
top_helpers AS (
    SELECT h.county, h.village, h.fee_year, max(h.persons) AS top_persons
    FROM helpers AS h
    GROUP BY h.county, h.village, h.fee_year
),
-- one row per village and year: payments for fees with a window, and those of its last three days or later
seasons AS (
    SELECT
        p.county, p.village, p.fee_year, count(*) AS in_season, count(*) FILTER (WHERE datediff('day', p.paid_on, w.last_on) <= 2) AS last_days
    FROM paid AS p
    INNER JOIN window_period AS w ON w.county = p.county AND w.fee = p.fee AND w.fee_year = p.fee_year
    GROUP BY p.county, p.village, p.fee_year
),
-- one row per person, fee and year with legal amounts
priced AS (
    SELECT DISTINCT g.county, g.payer, g.fee, g.fee_year
    FROM legal_amounts AS g
),
-- one row per village and year: payments with a tariff, and those of no legal amount
tariffs AS (
    SELECT p.county, p.village, p.fee_year, count(*) AS priced, count(*) FILTER (WHERE g.amount_fen IS NULL) AS off_tariff
    FROM paid AS p
    INNER JOIN priced AS q ON q.county = p.county AND q.payer = p.payer AND q.fee = p.fee AND q.fee_year = p.fee_year
    LEFT JOIN legal_amounts AS g
        ON g.county = p.county AND g.payer = p.payer AND g.fee = p.fee AND g.fee_year = p.fee_year AND g.amount_fen = p.amount_fen
    GROUP BY p.county, p.village, p.fee_year
),
-- one row per fee and year whose amount a person does not choose
fixed_fees AS (
    SELECT DISTINCT t.county, t.fee, t.fee_year
    FROM tariff AS t
    WHERE t.kind = 'fixed'
),
-- one row per village and year: payments whose amount the person chooses, and those of the commonest amount
chosen AS (
    SELECT a.county, a.village, a.fee_year, CAST(sum(a.payments) AS BIGINT) AS chosen, max(a.payments) AS commonest
    FROM (
        SELECT p.county, p.village, p.fee_year, p.fee, p.amount_fen, count(*) AS payments
        FROM paid AS p
        LEFT JOIN fixed_fees AS f ON f.county = p.county AND f.fee = p.fee AND f.fee_year = p.fee_year
        WHERE f.fee IS NULL
        GROUP BY p.county, p.village, p.fee_year, p.fee, p.amount_fen
    ) AS a
    GROUP BY a.county, a.village, a.fee_year
),
-- one row per village and year: payments, and those voided or given back
undone AS (
    SELECT p.county, p.village, p.fee_year, count(*) AS made, count(u.event_id) AS undone
    FROM payments AS p
    LEFT JOIN (
        SELECT v.county, v.event_id FROM voided_payments AS v
        UNION
        SELECT q.county, q.event_id FROM refunds AS r INNER JOIN payments AS q ON q.county = r.county AND q.record_id = r.payment_id
    ) AS u ON u.county = p.county AND u.event_id = p.event_id
    WHERE p.village IS NOT NULL AND p.channel <> 'fiscal' AND p.paid_on <= $as_of
    GROUP BY p.county, p.village, p.fee_year
),
-- one row per village, year and fee of most of its persons, paid for or due
fees AS (
    SELECT q.county, q.village, q.fee_year, q.fee
    FROM (
        SELECT p.county, p.village, p.fee_year, p.payer, p.fee FROM persons AS p
        UNION
        SELECT d.county, d.village, d.fee_year, d.payer, d.fee FROM due_persons AS d WHERE d.village IS NOT NULL
    ) AS q
    GROUP BY q.county, q.village, q.fee_year, q.fee
    QUALIFY row_number() OVER (PARTITION BY q.county, q.village, q.fee_year ORDER BY count(*) DESC, q.fee) = 1
),
-- one row per village and year: the days of its records
dates AS (
    SELECT q.county, q.village, q.fee_year, min(q.day) AS first_on, max(q.day) AS last_on
    FROM (
        SELECT p.county, p.village, p.fee_year, p.paid_on AS day FROM paid AS p
        UNION ALL
        SELECT l.county, l.village, l.fee_year, l.received_on AS day FROM lines AS l
    ) AS q
    GROUP BY q.county, q.village, q.fee_year
),
-- one row per village and year beside the village's year before, where that is the last one; cash is known only where the township's register has come in
years AS (
    SELECT
        f.county, f.village, f.fee_year, f.fee, coalesce(s.township, o.township) AS township, coalesce(s.persons, 0) AS persons,
        CASE WHEN k.township IS NOT NULL THEN coalesce(s.persons, 0) ELSE 0 END AS judged, coalesce(s.cash, 0) AS cash,
        coalesce(o.due, 0) AS due, coalesce(o.not_collected, 0) AS not_collected
    FROM fees AS f
    LEFT JOIN served AS s ON s.county = f.county AND s.village = f.village AND s.fee_year = f.fee_year
    LEFT JOIN owing AS o ON o.county = f.county AND o.village = f.village AND o.fee_year = f.fee_year
    LEFT JOIN kept AS k ON k.county = f.county AND k.township = coalesce(s.township, o.township) AND k.fee_year = f.fee_year
),
-- one row per village and year with what its year before was
compared AS (
    SELECT
        y.county, y.village, y.fee_year, y.fee, y.township, y.persons, y.judged, y.cash, y.due, y.not_collected,
        CASE WHEN lag(y.fee_year) OVER w = y.fee_year - 1 THEN lag(y.judged) OVER w ELSE 0 END AS old_judged, lag(y.cash) OVER w AS old_cash,
        CASE WHEN lag(y.fee_year) OVER w = y.fee_year - 1 THEN lag(y.due) OVER w ELSE 0 END AS old_due, lag(y.not_collected) OVER w AS old_not_collected
    FROM years AS y
    WINDOW w AS (PARTITION BY y.county, y.village ORDER BY y.fee_year)
)
SELECT
    c.county, 'village' AS subject_type, c.village AS subject_id, c.township, c.village, c.fee, CAST(c.fee_year AS VARCHAR) AS period,
    da.first_on AS period_from, da.last_on AS period_to, greatest(c.persons, c.due) AS n, greatest(c.persons, c.due) AS size,
    round(CAST(c.cash AS DOUBLE) / nullif(c.judged, 0), 6) AS cash_share,
    round(CAST(c.not_collected AS DOUBLE) / nullif(c.due, 0), 6) AS not_collected_share,
    round(CAST(la.lapsed AS DOUBLE) / nullif(la.due_again, 0), 6) AS lapse_share,
    round(CAST(tc.touched AS DOUBLE) / nullif(tc.households, 0), 6) AS touched_share,
    round(CAST(st.late AS DOUBLE) / nullif(st.lines, 0), 6) AS late_share,
    round(CAST(st.open_fen AS DOUBLE) / nullif(st.taken_fen, 0), 6) AS open_share,
    round(CAST(st.unsigned AS DOUBLE) / nullif(st.signed_lines, 0), 6) AS unsigned_share,
    round(CAST(least(coalesce(th.top_persons, 0), c.persons) AS DOUBLE) / nullif(c.persons, 0), 6) AS top_helper_share,
    round(CAST(se.last_days AS DOUBLE) / nullif(se.in_season, 0), 6) AS last_days_share,
    round(CAST(ta.off_tariff AS DOUBLE) / nullif(ta.priced, 0), 6) AS off_tariff_share,
    round(CAST(ch.commonest AS DOUBLE) / nullif(ch.chosen, 0), 6) AS same_amount_share,
    round(CAST(un.undone AS DOUBLE) / nullif(un.made, 0), 6) AS undone_share,
    round(CAST(c.cash AS DOUBLE) / nullif(c.judged, 0) - CAST(c.old_cash AS DOUBLE) / nullif(c.old_judged, 0), 6) AS cash_change,
    round(CAST(c.not_collected AS DOUBLE) / nullif(c.due, 0) - CAST(c.old_not_collected AS DOUBLE) / nullif(c.old_due, 0), 6) AS not_collected_change,
    c.judged, c.due, coalesce(la.due_again, 0) AS due_again, coalesce(tc.households, 0) AS households, coalesce(st.lines, 0) AS lines,
    coalesce(st.signed_lines, 0) AS signed_lines, c.persons, coalesce(se.in_season, 0) AS in_season, coalesce(ta.priced, 0) AS priced,
    coalesce(ch.chosen, 0) AS chosen, coalesce(un.made, 0) AS made, coalesce(least(c.judged, c.old_judged), 0) AS judged_in_both,
    coalesce(least(c.due, c.old_due), 0) AS due_in_both
FROM compared AS c
LEFT JOIN dates AS da ON da.county = c.county AND da.village = c.village AND da.fee_year = c.fee_year
LEFT JOIN lapses AS la ON la.county = c.county AND la.village = c.village AND la.fee_year = c.fee_year
LEFT JOIN touched AS tc ON tc.county = c.county AND tc.village = c.village AND tc.fee_year = c.fee_year
LEFT JOIN settled AS st ON st.county = c.county AND st.village = c.village AND st.fee_year = c.fee_year
LEFT JOIN top_helpers AS th ON th.county = c.county AND th.village = c.village AND th.fee_year = c.fee_year
LEFT JOIN seasons AS se ON se.county = c.county AND se.village = c.village AND se.fee_year = c.fee_year
LEFT JOIN tariffs AS ta ON ta.county = c.county AND ta.village = c.village AND ta.fee_year = c.fee_year
LEFT JOIN chosen AS ch ON ch.county = c.county AND ch.village = c.village AND ch.fee_year = c.fee_year
LEFT JOIN undone AS un ON un.county = c.county AND un.village = c.village AND un.fee_year = c.fee_year
