-- one row per collector, fee and fee year (payer where no collector is named) with cash or terminal money taken before the window opened
WITH
-- one row per fee and fee year with a window: the day on which it opens by policy
windows AS (
    SELECT v.county, v.fee, v.fee_year, min(v.first_on) AS first_on FROM window_period AS v GROUP BY v.county, v.fee, v.fee_year
),
-- one row per taking of cash, or payment by cash or terminal, before that day
ahead AS (
    SELECT t.county, t.event_id, t.payer, t.born, t.fee, t.fee_year, t.amount_fen, t.taken_on, t.township, t.village, t.line_collector, t.is_line, w.first_on
    FROM windows AS w
    INNER JOIN (
        SELECT
            l.county, l.event_id, l.payer, CAST(NULL AS INTEGER) AS born, l.fee, l.fee_year, l.amount_fen, l.received_on AS taken_on,
            l.township, l.village, l.collector_id AS line_collector, TRUE AS is_line
        FROM register_lines AS l
        UNION ALL
        SELECT
            p.county, p.event_id, p.payer, p.payer_born AS born, p.fee, p.fee_year, p.amount_fen, p.paid_on AS taken_on,
            p.township, p.village, CAST(NULL AS VARCHAR) AS line_collector, FALSE AS is_line
        FROM standing_payments AS p
        WHERE (p.channel IN ('cash', 'pos') OR p.terminal_id IS NOT NULL) AND p.amount_fen > 0
    ) AS t ON t.county = w.county AND t.fee = w.fee AND t.fee_year = w.fee_year
    WHERE datediff('day', t.taken_on, w.first_on) >= $days_early
),
-- one row per payment for such a person with a collector's hand: whose
hands AS (
    SELECT h.county, h.event_id, min(h.collector_id) AS collector_id
    FROM (SELECT DISTINCT e.county, e.payer FROM ahead AS e) AS w
    INNER JOIN collector_hands AS h ON h.county = w.county AND h.payer = w.payer
    GROUP BY h.county, h.event_id
),
-- one row per person, fee and year with a register line: who took the money
takers AS (
    SELECT l.county, l.payer, l.fee, l.fee_year, max(l.collector_id) AS collector_id
    FROM register_lines AS l GROUP BY l.county, l.payer, l.fee, l.fee_year
),
-- one row per payment that settles a line: who took the money
settlers AS (
    SELECT s.county, s.payment, max(l.collector_id) AS collector_id
    FROM settling_payments AS s
    INNER JOIN register_lines AS l ON l.county = s.county AND l.event_id = s.event_id
    GROUP BY s.county, s.payment
),
-- one row per day of such a fee and year: persons who paid through channels of their own on it as their first day
own_days AS (
    SELECT f.county, f.fee, f.fee_year, f.first_on, count(*) AS payers
    FROM (
        SELECT p.county, p.fee, p.fee_year, p.payer, min(p.paid_on) AS first_on
        FROM (SELECT DISTINCT e.county, e.fee, e.fee_year FROM ahead AS e) AS w
        INNER JOIN standing_payments AS p ON p.county = w.county AND p.fee = w.fee AND p.fee_year = w.fee_year
        WHERE p.terminal_id IS NULL AND (p.collector_id IS NULL OR p.channel IN ('tax-hall', 'bank-counter')) AND p.channel NOT IN ('cash', 'pos', 'fiscal', 'other')
        GROUP BY p.county, p.fee, p.fee_year, p.payer
    ) AS f
    GROUP BY f.county, f.fee, f.fee_year, f.first_on
),
-- one row per fee, fee year and day: how many had paid by then, of how many in all
own_so_far AS (
    SELECT
        d.county, d.fee, d.fee_year, d.first_on,
        sum(d.payers) OVER (PARTITION BY d.county, d.fee, d.fee_year ORDER BY d.first_on ROWS UNBOUNDED PRECEDING) AS so_far,
        sum(d.payers) OVER (PARTITION BY d.county, d.fee, d.fee_year) AS in_all
    FROM own_days AS d
),
-- one row per fee and fee year whose system was open to the payers themselves: since when
practised AS (
    SELECT o.county, o.fee, o.fee_year, min(o.first_on) AS opened_on
    FROM own_so_far AS o
    WHERE o.so_far >= $open_payers AND o.so_far * 100 >= o.in_all * $open_percent
    GROUP BY o.county, o.fee, o.fee_year
),
-- one row per taking before the window of its fee year opened, by policy or earlier in practice
early AS (
    SELECT
        t.county, t.event_id, t.payer, t.born, t.fee, t.fee_year, t.amount_fen, t.taken_on, t.township, t.village,
        CASE WHEN t.is_line THEN t.line_collector ELSE coalesce(k.collector_id, s.collector_id, h.collector_id) END AS collector_id,
        least(t.first_on, coalesce(o.opened_on, t.first_on)) AS opens_on, datediff('day', t.taken_on, least(t.first_on, coalesce(o.opened_on, t.first_on))) AS days_early
    FROM ahead AS t
    LEFT JOIN practised AS o ON o.county = t.county AND o.fee = t.fee AND o.fee_year = t.fee_year
    LEFT JOIN hands AS h ON h.county = t.county AND h.event_id = t.event_id
    LEFT JOIN settlers AS s ON s.county = t.county AND s.payment = t.event_id
    LEFT JOIN takers AS k ON k.county = t.county AND k.payer = t.payer AND k.fee = t.fee AND k.fee_year = t.fee_year
    WHERE datediff('day', t.taken_on, least(t.first_on, coalesce(o.opened_on, t.first_on))) >= $days_early
),
-- one row per person of such a taking whose year of birth a payment or register line tells
births AS (
    SELECT w.county, w.payer, max(b.born) AS born
    FROM (SELECT DISTINCT e.county, e.payer FROM early AS e) AS w
    INNER JOIN (
        SELECT p.county, p.payer, p.payer_born AS born FROM payments AS p WHERE p.payer_born IS NOT NULL
        UNION ALL
        SELECT c.county, c.payer, c.payer_born AS born FROM cash_receipts AS c WHERE c.payer_born IS NOT NULL
    ) AS b ON b.county = w.county AND b.payer = w.payer
    GROUP BY w.county, w.payer
),
-- one row per early taking that is allowed: a newborn, a change of status, a person permitted to pay, an earlier year under the wrong number
allowed AS (
    SELECT e.county, e.event_id
    FROM early AS e
    INNER JOIN births AS b ON b.county = e.county AND b.payer = e.payer
    WHERE b.born = year(e.taken_on) OR (b.born = year(e.taken_on) - 1 AND datediff('day', make_date(b.born, 12, 31), e.taken_on) <= $status_days)
    UNION
    SELECT e.county, e.event_id
    FROM early AS e
    INNER JOIN rosters AS r ON r.county = e.county AND r.payer = e.payer AND r.fee = e.fee AND r.fee_year = e.fee_year
    WHERE r.category = 'newborn'
    UNION
    SELECT e.county, e.event_id
    FROM early AS e
    INNER JOIN status_changes AS s ON s.county = e.county AND s.payer = e.payer
    WHERE s.change NOT IN ('died', 'registration-cancelled')
        AND s.effective_on <= e.taken_on AND datediff('day', s.effective_on, e.taken_on) <= $status_days
    UNION
    SELECT e.county, e.event_id
    FROM early AS e
    INNER JOIN whitelist AS w ON w.county = e.county AND w.payer = e.payer AND w.fee = e.fee AND w.fee_year = e.fee_year
    WHERE w.kind = 'permitted-to-pay'
    UNION
    SELECT e.county, e.event_id
    FROM early AS e
    INNER JOIN standing_payments AS p ON p.county = e.county AND p.payer = e.payer AND p.fee = e.fee AND p.fee_year = e.fee_year - 1
    LEFT JOIN standing_payments AS q ON q.county = e.county AND q.payer = e.payer AND q.fee = e.fee AND q.fee_year = e.fee_year
    WHERE q.event_id IS NULL AND p.paid_on >= e.taken_on AND datediff('day', e.taken_on, p.paid_on) <= $slip_days
),
-- one row per early taking that nothing allows, under the collector who took it, else its payer
found AS (
    SELECT
        e.county, e.event_id, e.payer, e.fee, e.fee_year, e.amount_fen, e.taken_on, e.township, e.village, e.opens_on, e.days_early,
        CASE WHEN e.collector_id IS NULL THEN 'payer' ELSE 'collector' END AS subject_type, coalesce(e.collector_id, e.payer) AS subject_id
    FROM early AS e
    LEFT JOIN allowed AS a ON a.county = e.county AND a.event_id = e.event_id
    WHERE a.event_id IS NULL
),
-- one row per subject, fee, fee year and person: a line and its payment are the same money
persons AS (
    SELECT
        f.county, f.subject_type, f.subject_id, f.fee, f.fee_year, f.payer, max(f.amount_fen) AS amount_fen, min(f.taken_on) AS first_on,
        max(f.days_early) AS days_early, min(f.opens_on) AS opens_on, min(f.township) AS township, min(f.village) AS village
    FROM found AS f
    GROUP BY f.county, f.subject_type, f.subject_id, f.fee, f.fee_year, f.payer
),
-- one row per subject, fee and fee year: the events
evidence AS (
    SELECT f.county, f.subject_type, f.subject_id, f.fee, f.fee_year, list_sort(list(DISTINCT f.event_id)) AS events
    FROM found AS f
    GROUP BY f.county, f.subject_type, f.subject_id, f.fee, f.fee_year
),
-- one row per subject, fee and fee year: counts and amounts
totals AS (
    SELECT
        p.county, p.subject_type, p.subject_id, p.fee, p.fee_year,
        CASE WHEN min(p.township) = max(p.township) THEN min(p.township) END AS township,
        CASE WHEN min(p.village) = max(p.village) THEN min(p.village) END AS village,
        count(*) AS persons, CAST(sum(p.amount_fen) AS BIGINT) AS amount_fen, max(p.days_early) AS days_early,
        min(p.first_on) AS first_on, min(p.opens_on) AS opens_on
    FROM persons AS p
    GROUP BY p.county, p.subject_type, p.subject_id, p.fee, p.fee_year
)
SELECT
    t.county,
    CASE
        WHEN t.amount_fen >= $high_fen THEN 'high'
        WHEN t.persons >= $medium_persons THEN 'medium'
        WHEN t.days_early <= $watch_days THEN 'watch'
        ELSE 'low'
    END AS severity,
    t.subject_type, t.subject_id, t.township, t.village, t.fee, t.fee_year,
    t.amount_fen AS amount_at_risk_fen, CAST(t.days_early AS DOUBLE) AS measure, CAST($days_early AS DOUBLE) AS threshold,
    t.first_on AS occurred_on, e.events AS evidence,
    struct_pack(persons := t.persons, opens_on := t.opens_on, first_on := t.first_on, days_early := t.days_early) AS details
FROM totals AS t
INNER JOIN evidence AS e
    ON e.county = t.county AND e.subject_type = t.subject_type AND e.subject_id = t.subject_id AND e.fee = t.fee AND e.fee_year = t.fee_year
