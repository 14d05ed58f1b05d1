-- one row per line of the cash register and payment of its own person, household, receipt or number whose money settles it, oldest line by oldest payment, with the part of it, the person paid for and the moment
WITH
-- one row per line that names a payment of its own person that was voided: what another source counts under that number is not meant
undone AS (
    SELECT DISTINCT l.county, l.event_id
    FROM voided_payments AS v
    INNER JOIN payments AS p ON p.county = v.county AND p.event_id = v.event_id
    INNER JOIN register_lines AS l ON l.county = p.county AND l.payment_id = p.record_id AND l.payer = p.payer AND l.fee = p.fee
),
-- one row per line that names a payment, and usable payment of that number
pointers AS (
    SELECT
        l.county, l.event_id, u.event_id AS payment, l.amount_fen AS line_fen, l.received_on, l.payer, l.household, l.fee, l.fee_year,
        l.persons, l.collector_id, u.amount_fen, u.paid_at, u.paid_on, u.timed, u.payer AS paid_for, u.is_collective,
        CASE WHEN u.payer = l.payer THEN 0 ELSE 1 END AS other_person, CASE WHEN u.fee_year = l.fee_year THEN 0 ELSE 1 END AS other_year,
        CASE WHEN u.receipt_no = l.receipt_no THEN 0 ELSE 1 END AS other_receipt, CASE WHEN u.village = l.village THEN 0 ELSE 1 END AS other_village
    FROM register_lines AS l
    INNER JOIN usable_payments AS u ON u.county = l.county AND u.record_id = l.payment_id AND u.fee = l.fee
    LEFT JOIN undone AS o ON o.county = l.county AND o.event_id = l.event_id
    WHERE o.event_id IS NULL AND (NOT u.is_reserved OR (u.payer = l.payer AND u.fee_year = l.fee_year))
),
-- one row per line with payments of several sources under the number
ambiguous AS (
    SELECT p.county, p.event_id
    FROM pointers AS p
    GROUP BY p.county, p.event_id
    HAVING count(*) > 1
),
-- one row per such line and payment but the one it means: the person's, or of the line's year, receipt or village first
unmeant AS (
    SELECT n.county, n.event_id, n.payment
    FROM (
        SELECT
            p.county, p.event_id, p.payment,
            row_number() OVER (
                PARTITION BY p.county, p.event_id ORDER BY p.other_person, p.other_year, p.other_receipt, p.other_village, p.payment
            ) AS place
        FROM ambiguous AS a
        INNER JOIN pointers AS p ON p.county = a.county AND p.event_id = a.event_id
    ) AS n
    WHERE n.place > 1
),
-- one row per line and payment of its receipt, amount and name under another's number within 3 days, one for one, none of the receipt being the person's own: the number of a namesake was written
namesakes AS (
    SELECT f.county, f.event_id, f.payment
    FROM (
        SELECT l.county, l.event_id, u.event_id AS payment, count(*) OVER (PARTITION BY l.county, u.event_id) AS lines
        FROM register_lines AS l
        INNER JOIN usable_payments AS u
            ON u.county = l.county AND u.receipt_no = l.receipt_no AND u.payer_name = l.payer_name AND u.fee = l.fee AND u.fee_year = l.fee_year
            AND u.amount_fen = l.amount_fen
        LEFT JOIN usable_payments AS o
            ON o.county = l.county AND o.payer = l.payer AND o.receipt_no = l.receipt_no AND o.fee = l.fee AND o.fee_year = l.fee_year
        WHERE l.persons <= 1 AND u.payer <> l.payer AND NOT u.is_reserved AND NOT u.is_collective AND o.event_id IS NULL
            AND coalesce(u.village, l.village, '') = coalesce(l.village, u.village, '')
            AND u.paid_on >= l.received_on AND datediff('day', l.received_on, u.paid_on) <= 3
        QUALIFY count(*) OVER (PARTITION BY l.county, l.event_id) = 1
    ) AS f
    WHERE f.lines = 1
),
-- one row per line and payment that may be its money, by what joins them
candidates AS (
    SELECT
        l.county, l.event_id, u.event_id AS payment, 'person' AS how, l.amount_fen AS line_fen, l.received_on, l.payer, l.household, l.fee, l.fee_year,
        l.persons, l.collector_id, u.amount_fen, u.paid_at, u.paid_on, u.timed, u.payer AS paid_for, u.is_collective,
        coalesce(u.record_id = l.payment_id, FALSE) OR coalesce(u.receipt_no = l.receipt_no, FALSE) AS is_named
    FROM register_lines AS l
    INNER JOIN usable_payments AS u ON u.county = l.county AND u.payer = l.payer AND u.fee = l.fee AND u.fee_year = l.fee_year
    LEFT JOIN namesakes AS n ON n.county = l.county AND n.event_id = l.event_id
    WHERE (l.persons <= 1 OR NOT u.is_reserved) AND n.event_id IS NULL
    UNION ALL
    SELECT
        l.county, l.event_id, u.event_id AS payment, 'receipt' AS how, l.amount_fen AS line_fen, l.received_on, l.payer, l.household, l.fee, l.fee_year,
        l.persons, l.collector_id, u.amount_fen, u.paid_at, u.paid_on, u.timed, u.payer AS paid_for, u.is_collective, FALSE AS is_named
    FROM register_lines AS l
    INNER JOIN usable_payments AS u
        ON u.county = l.county AND u.receipt_no = l.receipt_no AND u.fee = l.fee AND u.fee_year = l.fee_year
        AND coalesce(u.township, l.township) = l.township
    WHERE l.persons > 1 AND NOT u.is_reserved
    UNION ALL
    SELECT
        l.county, l.event_id, u.event_id AS payment, 'household' AS how, l.amount_fen AS line_fen, l.received_on, l.payer, l.household, l.fee, l.fee_year,
        l.persons, l.collector_id, u.amount_fen, u.paid_at, u.paid_on, u.timed, u.payer AS paid_for, u.is_collective, FALSE AS is_named
    FROM register_lines AS l
    INNER JOIN usable_payments AS u ON u.county = l.county AND u.household = l.household AND u.fee = l.fee AND u.fee_year = l.fee_year
    WHERE l.persons > 1 AND NOT u.is_reserved
    UNION ALL
    SELECT
        p.county, p.event_id, p.payment, 'pointer' AS how, p.line_fen, p.received_on, p.payer, p.household, p.fee, p.fee_year,
        p.persons, p.collector_id, p.amount_fen, p.paid_at, p.paid_on, p.timed, p.paid_for, p.is_collective, TRUE AS is_named
    FROM pointers AS p
    LEFT JOIN unmeant AS u ON u.county = p.county AND u.event_id = p.event_id AND u.payment = p.payment
    LEFT JOIN namesakes AS n ON n.county = p.county AND n.event_id = p.event_id
    WHERE u.payment IS NULL AND n.event_id IS NULL
    UNION ALL
    SELECT
        l.county, l.event_id, n.payment, 'pointer' AS how, l.amount_fen AS line_fen, l.received_on, l.payer, l.household, l.fee, l.fee_year,
        l.persons, l.collector_id, u.amount_fen, u.paid_at, u.paid_on, u.timed, u.payer AS paid_for, u.is_collective, TRUE AS is_named
    FROM namesakes AS n
    INNER JOIN register_lines AS l ON l.county = n.county AND l.event_id = n.event_id
    INNER JOIN usable_payments AS u ON u.county = n.county AND u.event_id = n.payment
),
-- one row per line and payment up to 30 days ahead of it by the line's own collector, or by any collector's own money or hand
advanced AS (
    SELECT DISTINCT h.county, l.event_id, h.event_id AS payment
    FROM register_lines AS l
    INNER JOIN collector_hands AS h ON h.county = l.county AND h.payer = l.payer AND h.fee = l.fee AND h.fee_year = l.fee_year
    WHERE h.hand <> 'terminal' AND (h.collector_id = l.collector_id OR h.hand <> 'named')
        AND h.paid_on < l.received_on AND datediff('day', h.paid_on, l.received_on) <= 30
),
-- one row per collective's payment and the collector whose hand it was
collective AS (
    SELECT h.county, h.event_id, h.collector_id
    FROM collector_hands AS h
    WHERE h.group_payer
),
-- one row per line and candidate that is in time: on or after the day of the cash, or the collector's own money up to 30 days ahead of it
in_time AS (
    SELECT
        c.county, c.event_id, c.payment, c.how, c.line_fen, c.received_on, c.payer, c.household, c.fee, c.fee_year,
        c.persons, c.amount_fen, c.paid_at, c.paid_on, c.timed, c.paid_for, c.is_named
    FROM candidates AS c
    LEFT JOIN advanced AS a ON a.county = c.county AND a.event_id = c.event_id AND a.payment = c.payment
    LEFT JOIN collective AS g ON g.county = c.county AND g.event_id = c.payment AND g.collector_id = c.collector_id
    WHERE (NOT c.is_collective OR g.event_id IS NOT NULL) AND (c.paid_on >= c.received_on OR c.how = 'pointer' OR a.event_id IS NOT NULL)
),
-- one row per line: whether a payment of its own person, fee and year is among its candidates
ways AS (
    SELECT t.county, t.event_id, bool_or(t.how = 'person') AS has_own
    FROM in_time AS t
    GROUP BY t.county, t.event_id
),
-- one row per line, payment and pool of payments from which the line is settled: the household's for a family line (those of its receipt
-- with them), else the person's own, else the payment that the register names
pooled AS (
    SELECT DISTINCT
        t.county, t.event_id, t.payment, t.line_fen, t.received_on, t.amount_fen, t.paid_at, t.paid_on, t.timed, t.paid_for,
        t.is_named AND t.persons <= 1 AND t.amount_fen = t.line_fen AS is_named,
        CASE WHEN t.persons > 1 THEN 'household' WHEN w.has_own THEN 'person' ELSE 'pointer' END AS how,
        CASE
            WHEN t.persons > 1 THEN concat('h:', t.household, ':', t.fee, ':', CAST(t.fee_year AS VARCHAR))
            WHEN w.has_own THEN concat('p:', t.payer, ':', t.fee, ':', CAST(t.fee_year AS VARCHAR))
            ELSE concat('x:', t.payment)
        END AS pool
    FROM in_time AS t
    INNER JOIN ways AS w ON w.county = t.county AND w.event_id = t.event_id
    WHERE t.persons > 1 OR NOT w.has_own OR t.paid_for = t.payer
),
-- one row per pool of several lines or payments
several AS (
    SELECT k.county, k.pool
    FROM pooled AS k
    GROUP BY k.county, k.pool
    HAVING count(*) > 1
),
-- one row per line and payment of such a pool
shared AS (
    SELECT k.county, k.pool, k.event_id, k.payment, k.how, k.line_fen, k.received_on, k.amount_fen, k.paid_at, k.paid_on, k.timed, k.paid_for,
        k.is_named
    FROM several AS s
    INNER JOIN pooled AS k ON k.county = s.county AND k.pool = s.pool
),
-- one row per such line and payment of its amount that the register names for it, by number or receipt, one for one
named AS (
    SELECT f.county, f.pool, f.event_id, f.payment
    FROM (
        SELECT
            k.county, k.pool, k.event_id, k.payment,
            count(*) OVER (PARTITION BY k.county, k.pool, k.event_id) AS payments, count(*) OVER (PARTITION BY k.county, k.pool, k.payment) AS lines
        FROM shared AS k
        WHERE k.is_named
    ) AS f
    WHERE f.payments = 1 AND f.lines = 1
),
-- one row per line and payment of such a pool of which the register names neither for another
loose AS (
    SELECT k.county, k.pool, k.event_id, k.payment, k.how, k.line_fen, k.received_on, k.amount_fen, k.paid_at, k.paid_on, k.timed, k.paid_for
    FROM shared AS k
    LEFT JOIN named AS n ON n.county = k.county AND n.pool = k.pool AND n.event_id = k.event_id
    LEFT JOIN named AS m ON m.county = k.county AND m.pool = k.pool AND m.payment = k.payment
    WHERE n.event_id IS NULL AND m.payment IS NULL
),
-- one row per such pool and line: from where to where in the pool's money it reaches
owed AS (
    SELECT
        d.county, d.pool, d.event_id, d.line_fen,
        sum(d.line_fen) OVER (PARTITION BY d.county, d.pool ORDER BY d.received_on, d.event_id ROWS UNBOUNDED PRECEDING) AS upto_fen
    FROM (SELECT DISTINCT k.county, k.pool, k.event_id, k.line_fen, k.received_on FROM loose AS k) AS d
),
-- one row per such pool and payment, the same
paid AS (
    SELECT
        d.county, d.pool, d.payment, d.amount_fen,
        sum(d.amount_fen) OVER (
            PARTITION BY d.county, d.pool ORDER BY d.paid_on, d.paid_at NULLS LAST, d.payment ROWS UNBOUNDED PRECEDING
        ) AS upto_fen
    FROM (SELECT DISTINCT k.county, k.pool, k.payment, k.amount_fen, k.paid_on, k.paid_at FROM loose AS k) AS d
)
-- one row per line and payment of its pool whose stretches of money meet
SELECT k.county, k.event_id, k.payment, k.how, k.paid_on, least(k.line_fen, k.amount_fen) AS settled_fen, k.paid_for, k.paid_at, k.timed
FROM pooled AS k
LEFT JOIN several AS s ON s.county = k.county AND s.pool = k.pool
WHERE s.pool IS NULL
UNION ALL
SELECT k.county, k.event_id, k.payment, k.how, k.paid_on, k.line_fen AS settled_fen, k.paid_for, k.paid_at, k.timed
FROM named AS n
INNER JOIN shared AS k ON k.county = n.county AND k.pool = n.pool AND k.event_id = n.event_id AND k.payment = n.payment
UNION ALL
SELECT
    k.county, k.event_id, k.payment, k.how, k.paid_on,
    CAST(least(o.upto_fen, p.upto_fen) - greatest(o.upto_fen - o.line_fen, p.upto_fen - p.amount_fen) AS BIGINT) AS settled_fen,
    k.paid_for, k.paid_at, k.timed
FROM loose AS k
INNER JOIN owed AS o ON o.county = k.county AND o.pool = k.pool AND o.event_id = k.event_id
INNER JOIN paid AS p ON p.county = k.county AND p.pool = k.pool AND p.payment = k.payment
WHERE least(o.upto_fen, p.upto_fen) > greatest(o.upto_fen - o.line_fen, p.upto_fen - p.amount_fen)
