-- one row per account, wallet or card that paid for at least three persons of two households in a fee year and is known to be nobody's who may: for whom it paid, how, and when
WITH
-- one row per payment from such an account; masked numbers may be several accounts and are left out
paid AS (
    SELECT
        a.county, a.event_id, a.account, a.payer, a.household, a.fee, a.fee_year, a.amount_fen, a.channel, a.paid_at, a.paid_on, a.timed, a.township, a.village,
        a.has_line, a.at_counter
    FROM account_payments AS a
    WHERE NOT a.masked AND a.fee_year IS NOT NULL AND a.paid_on <= $as_of
),
-- one row per account and year with enough persons
extents AS (
    SELECT
        p.county, p.account, p.fee_year, count(*) AS n, count(DISTINCT p.payer) AS persons, count(DISTINCT p.household) AS households,
        count(DISTINCT p.village) AS villages, count(DISTINCT p.paid_on) AS days, min(p.paid_on) AS first_on, max(p.paid_on) AS last_on,
        CAST(sum(p.amount_fen) AS BIGINT) AS fen, count(*) FILTER (WHERE p.has_line) AS lined, count(*) FILTER (WHERE p.at_counter) AS at_counter,
        CASE WHEN min(p.village) = max(p.village) THEN min(p.village) END AS village, CASE WHEN min(p.fee) = max(p.fee) THEN min(p.fee) END AS fee
    FROM paid AS p
    GROUP BY p.county, p.account, p.fee_year
    HAVING count(DISTINCT p.payer) >= 3 AND count(DISTINCT p.household) >= 2
),
-- one row per payment of such an account
kept AS (
    SELECT
        p.county, p.event_id, p.account, p.payer, p.household, p.fee, p.fee_year, p.amount_fen, p.channel, p.paid_at, p.paid_on, p.timed, p.township
    FROM paid AS p
    INNER JOIN extents AS e ON e.county = p.county AND e.account = p.account AND e.fee_year = p.fee_year
),
-- one row per account, year and township of most of its payments, with how many they are
places AS (
    SELECT k.county, k.account, k.fee_year, k.township, count(*) AS payments
    FROM kept AS k
    GROUP BY k.county, k.account, k.fee_year, k.township
    QUALIFY row_number() OVER (PARTITION BY k.county, k.account, k.fee_year ORDER BY count(*) DESC, k.township NULLS LAST) = 1
),
-- one row per account and year: the persons of the household for which it paid most
homes AS (
    SELECT h.county, h.account, h.fee_year, max(h.persons) AS home_persons
    FROM (
        SELECT k.county, k.account, k.fee_year, k.household, count(DISTINCT k.payer) AS persons
        FROM kept AS k
        GROUP BY k.county, k.account, k.fee_year, k.household
    ) AS h
    GROUP BY h.county, h.account, h.fee_year
),
-- one row per account and year: the payments of its busiest day
days AS (
    SELECT d.county, d.account, d.fee_year, max(d.payments) AS busiest
    FROM (
        SELECT k.county, k.account, k.fee_year, k.paid_on, count(*) AS payments
        FROM kept AS k
        GROUP BY k.county, k.account, k.fee_year, k.paid_on
    ) AS d
    GROUP BY d.county, d.account, d.fee_year
),
-- one row per payment with a time of day: how many of the same account lie within ten minutes around it, and whether the hour is a quiet one
clocked AS (
    SELECT
        c.county, c.account, c.fee_year, q.hour_of_day IS NOT NULL AS is_quiet,
        count(*) OVER (PARTITION BY c.county, c.account, c.fee_year ORDER BY c.minute_no RANGE BETWEEN 4 PRECEDING AND 5 FOLLOWING) AS near
    FROM (
        SELECT
            k.county, k.account, k.fee_year, hour(k.paid_at) AS hour_of_day,
            datediff('day', DATE '2000-01-01', k.paid_on) * 1440 + hour(k.paid_at) * 60 + minute(k.paid_at) AS minute_no
        FROM kept AS k
        WHERE k.timed
    ) AS c
    LEFT JOIN quiet_hours AS q ON q.county = c.county AND q.hour_of_day = c.hour_of_day
),
-- one row per account and year: bursts and quiet hours
rhythms AS (
    SELECT c.county, c.account, c.fee_year, count(*) AS clocked, count(*) FILTER (WHERE c.near >= 5) AS in_bursts, count(*) FILTER (WHERE c.is_quiet) AS quiet
    FROM clocked AS c
    GROUP BY c.county, c.account, c.fee_year
),
-- one row per payment made by a credit card, by the sale or by the account that it names
on_credit AS (
    SELECT DISTINCT p.county, p.payment_event_id AS event_id
    FROM sale_payments AS p
    INNER JOIN terminal_sales AS s ON s.county = p.county AND s.event_id = p.sale_event_id
    WHERE s.card_kind IN ('credit', 'semi-credit')
),
-- one row per account that is a credit card on a terminal's log
credit_cards AS (
    SELECT DISTINCT s.county, s.card AS account
    FROM terminal_sales AS s
    WHERE s.card_kind IN ('credit', 'semi-credit') AND NOT coalesce(s.card_masked, false) AND s.card IS NOT NULL
),
-- one row per account and year: payments on credit
credits AS (
    SELECT k.county, k.account, k.fee_year, count(*) FILTER (WHERE o.event_id IS NOT NULL OR c.account IS NOT NULL) AS on_credit
    FROM kept AS k
    LEFT JOIN on_credit AS o ON o.county = k.county AND o.event_id = k.event_id
    LEFT JOIN credit_cards AS c ON c.county = k.county AND c.account = k.account
    GROUP BY k.county, k.account, k.fee_year
),
-- one row per account and year: refunds that went to it
refunded AS (
    SELECT r.county, r.refund_account AS account, r.fee_year, count(*) AS refunds
    FROM refunds AS r
    WHERE r.refund_account IS NOT NULL AND NOT coalesce(r.refund_account_masked, false)
    GROUP BY r.county, r.refund_account, r.fee_year
),
-- one row per account and year: payments tried from it, and those voided
voided AS (
    SELECT p.county, p.payer_account AS account, p.fee_year, count(*) AS tried, count(v.event_id) AS voided
    FROM payments AS p
    LEFT JOIN voided_payments AS v ON v.county = p.county AND v.event_id = p.event_id
    WHERE p.payer_account IS NOT NULL
    GROUP BY p.county, p.payer_account, p.fee_year
),
-- one row per account and person of a year
customers AS (
    SELECT DISTINCT p.county, p.account, p.fee_year, p.payer
    FROM paid AS p
),
-- one row per account and year whose year before is known: persons then, and those for whom it paid again
kept_customers AS (
    SELECT c.county, c.account, c.fee_year, count(b.payer) AS again
    FROM customers AS c
    LEFT JOIN customers AS b ON b.county = c.county AND b.account = c.account AND b.payer = c.payer AND b.fee_year = c.fee_year - 1
    GROUP BY c.county, c.account, c.fee_year
),
-- one row per account and year before: its persons
years_before AS (
    SELECT c.county, c.account, c.fee_year + 1 AS fee_year, count(*) AS persons
    FROM customers AS c
    GROUP BY c.county, c.account, c.fee_year + 1
),
-- one row per fee and year whose amount a person does not choose
fixed_fees AS (
    SELECT DISTINCT t.county, t.fee, t.fee_year
    FROM tariff AS t
    WHERE t.kind = 'fixed'
),
-- one row per account and year: payments whose amount the person chooses, and those of the commonest amount
chosen AS (
    SELECT a.county, a.account, a.fee_year, CAST(sum(a.payments) AS BIGINT) AS chosen, max(a.payments) AS commonest
    FROM (
        SELECT k.county, k.account, k.fee_year, k.fee, k.amount_fen, count(*) AS payments
        FROM kept AS k
        LEFT JOIN fixed_fees AS f ON f.county = k.county AND f.fee = k.fee AND f.fee_year = k.fee_year
        WHERE f.fee IS NULL
        GROUP BY k.county, k.account, k.fee_year, k.fee, k.amount_fen
    ) AS a
    GROUP BY a.county, a.account, a.fee_year
)
SELECT
    e.county, 'account' AS subject_type, e.account AS subject_id, pl.township, e.village, e.fee, CAST(e.fee_year AS VARCHAR) AS period,
    e.first_on AS period_from, e.last_on AS period_to, e.n, e.persons AS size,
    CAST(e.persons AS DOUBLE) AS persons,
    CAST(e.households AS DOUBLE) AS households,
    CAST(e.villages AS DOUBLE) AS villages,
    round(CAST(e.persons - ho.home_persons AS DOUBLE) / e.persons, 6) AS strangers_share,
    round(CAST(e.n - pl.payments AS DOUBLE) / e.n, 6) AS elsewhere_share,
    round(CAST(e.lined AS DOUBLE) / e.n, 6) AS lined_share,
    round(CAST(cr.on_credit AS DOUBLE) / e.n, 6) AS credit_share,
    round(CAST(rh.in_bursts AS DOUBLE) / nullif(rh.clocked, 0), 6) AS burst_share,
    round(CAST(rh.quiet AS DOUBLE) / nullif(rh.clocked, 0), 6) AS quiet_hours_share,
    round(CAST(da.busiest AS DOUBLE) / e.n, 6) AS busiest_day_share,
    CAST(e.days AS DOUBLE) AS days,
    round(CAST(e.fen AS DOUBLE) / e.persons / 100, 6) AS yuan_per_person,
    round(CAST(ch.commonest AS DOUBLE) / nullif(ch.chosen, 0), 6) AS same_amount_share,
    CAST(coalesce(rf.refunds, 0) AS DOUBLE) AS refunds,
    round(CAST(coalesce(vo.voided, 0) AS DOUBLE) / nullif(vo.tried, 0), 6) AS voided_share,
    round(CASE WHEN yb.persons IS NOT NULL THEN CAST(kc.again AS DOUBLE) / e.persons END, 6) AS same_persons_share,
    round(CAST(e.persons AS DOUBLE) / yb.persons, 6) AS persons_ratio,
    coalesce(rh.clocked, 0) AS clocked, coalesce(ch.chosen, 0) AS chosen, coalesce(vo.tried, 0) AS tried, coalesce(yb.persons, 0) AS persons_before
FROM extents AS e
INNER JOIN places AS pl ON pl.county = e.county AND pl.account = e.account AND pl.fee_year = e.fee_year
INNER JOIN homes AS ho ON ho.county = e.county AND ho.account = e.account AND ho.fee_year = e.fee_year
INNER JOIN days AS da ON da.county = e.county AND da.account = e.account AND da.fee_year = e.fee_year
INNER JOIN credits AS cr ON cr.county = e.county AND cr.account = e.account AND cr.fee_year = e.fee_year
INNER JOIN kept_customers AS kc ON kc.county = e.county AND kc.account = e.account AND kc.fee_year = e.fee_year
LEFT JOIN rhythms AS rh ON rh.county = e.county AND rh.account = e.account AND rh.fee_year = e.fee_year
LEFT JOIN chosen AS ch ON ch.county = e.county AND ch.account = e.account AND ch.fee_year = e.fee_year
LEFT JOIN refunded AS rf ON rf.county = e.county AND rf.account = e.account AND rf.fee_year = e.fee_year
LEFT JOIN voided AS vo ON vo.county = e.county AND vo.account = e.account AND vo.fee_year = e.fee_year
LEFT JOIN years_before AS yb ON yb.county = e.county AND yb.account = e.account AND yb.fee_year = e.fee_year
