-- one row per line of the cash register: what of its amount was settled by a collector's hand and when, what stands open, and what shows that it was paid otherwise
WITH
-- one row per line with money: how much, when it was complete, and what came after the day on which its clock starts
settled AS (
    SELECT
        l.county, l.event_id, CAST(sum(s.settled_fen) AS BIGINT) AS settled_fen, max(s.paid_on) AS settled_on, min(s.how) AS how,
        CAST(sum(CASE WHEN s.paid_on > l.started_on AND s.how <> 'near-id' THEN s.settled_fen ELSE 0 END) AS BIGINT) AS late_fen,
        count(DISTINCT s.paid_for) AS persons_paid, list_sort(list(DISTINCT s.payment)) AS payments
    FROM register_lines AS l
    INNER JOIN settling_payments AS s ON s.county = l.county AND s.event_id = l.event_id
    GROUP BY l.county, l.event_id
),
-- one row per line and payment that settles none and is for its person, or for its family
beside AS (
    SELECT l.county, l.event_id, p.event_id AS payment, p.payer, p.fee, p.fee_year, p.amount_fen, p.channel, p.paid_on
    FROM register_lines AS l
    INNER JOIN standing_payments AS p ON p.county = l.county AND p.payer = l.payer AND p.fee = l.fee AND p.fee_year = l.fee_year
    LEFT JOIN settling_payments AS s ON s.county = p.county AND s.payment = p.event_id
    WHERE s.payment IS NULL AND p.amount_fen > 0
    UNION
    SELECT l.county, l.event_id, p.event_id AS payment, p.payer, p.fee, p.fee_year, p.amount_fen, p.channel, p.paid_on
    FROM register_lines AS l
    INNER JOIN standing_payments AS p ON p.county = l.county AND p.household = l.household AND p.fee = l.fee AND p.fee_year = l.fee_year
    LEFT JOIN settling_payments AS s ON s.county = p.county AND s.payment = p.event_id
    WHERE l.persons > 1 AND s.payment IS NULL AND p.amount_fen > 0
),
-- one row per such line and payment that stands in its place, with who is known to have made it; the treasury's share beside an own share does not
in_place AS (
    SELECT b.county, b.event_id, b.payment, b.amount_fen, b.paid_on, coalesce(o.paid_by, 'unknown') AS paid_by
    FROM beside AS b
    LEFT JOIN paid_otherwise AS o ON o.county = b.county AND o.event_id = b.payment
    LEFT JOIN current_roster AS d ON d.county = b.county AND d.payer = b.payer AND d.fee = b.fee AND d.fee_year = b.fee_year
    LEFT JOIN tariff AS t ON t.county = b.county AND t.fee = b.fee AND t.fee_year = b.fee_year AND t.kind = 'tiers' AND b.channel = 'fiscal'
    WHERE b.channel <> 'fiscal' OR (t.fee IS NULL AND coalesce(d.amount_due_fen, 0) = 0)
),
-- one row per line: what was paid in its place
otherwise AS (
    SELECT
        i.county, i.event_id, CAST(sum(i.amount_fen) AS BIGINT) AS otherwise_fen, min(i.paid_on) AS otherwise_on,
        min(i.paid_by) AS otherwise_by, list_sort(list(DISTINCT i.payment)) AS otherwise_payments
    FROM in_place AS i
    GROUP BY i.county, i.event_id
),
-- one row per person, fee and year with a payment that stands
paid AS (
    SELECT DISTINCT p.county, p.payer, p.fee, p.fee_year
    FROM standing_payments AS p
),
-- one row per line whose cash was given back: the refund names the line, or names no payment where none stands
returned AS (
    SELECT l.county, l.event_id, CAST(sum(r.amount_fen) AS BIGINT) AS returned_fen, max(r.refunded_on) AS returned_on
    FROM register_lines AS l
    INNER JOIN refunds AS r ON r.county = l.county AND r.payer = l.payer AND r.fee = l.fee AND r.fee_year = l.fee_year
    LEFT JOIN paid AS p ON p.county = l.county AND p.payer = l.payer AND p.fee = l.fee AND p.fee_year = l.fee_year
    WHERE r.refunded_on >= l.received_on
        AND (r.payment_id = l.record_id OR (r.payment_id IS NULL AND p.payer IS NULL))
    GROUP BY l.county, l.event_id
),
-- one row per line with what of it is settled, given back, missing, and whether what is missing is a person's money or only a surplus
measured AS (
    SELECT
        l.county, l.event_id, l.township, l.fee, l.fee_year, l.persons, l.amount_fen, l.family_known, l.households_known,
        coalesce(s.settled_fen, 0) AS settled_fen, coalesce(s.late_fen, 0) AS late_fen, s.settled_on, s.how, s.payments,
        coalesce(o.otherwise_fen, 0) AS otherwise_fen, o.otherwise_on, o.otherwise_by, o.otherwise_payments,
        coalesce(r.returned_fen, 0) AS returned_fen, r.returned_on,
        greatest(0, l.amount_fen - coalesce(s.settled_fen, 0)) AS missing_fen,
        CASE
            WHEN l.persons <= 1 THEN s.event_id IS NOT NULL
            WHEN NOT l.family_known THEN s.event_id IS NOT NULL OR NOT l.households_known
            ELSE coalesce(s.persons_paid, 0) >= l.persons
        END AS all_paid_for
    FROM register_lines AS l
    LEFT JOIN settled AS s ON s.county = l.county AND s.event_id = l.event_id
    LEFT JOIN otherwise AS o ON o.county = l.county AND o.event_id = l.event_id
    LEFT JOIN returned AS r ON r.county = l.county AND r.event_id = l.event_id
),
-- one row per line with its state
judged AS (
    SELECT
        m.county, m.event_id, m.settled_fen, m.late_fen, m.settled_on, m.how, m.payments, m.otherwise_fen, m.otherwise_on, m.otherwise_by,
        m.otherwise_payments, m.returned_fen, m.returned_on, m.missing_fen,
        CASE
            WHEN m.missing_fen = 0 THEN 'settled'
            WHEN (n.township IS NOT NULL OR g.event_id IS NOT NULL) AND m.settled_fen = 0 AND m.otherwise_fen = 0 AND m.returned_fen = 0 THEN 'unknown'
            WHEN m.settled_fen = 0 AND NOT m.family_known AND NOT m.households_known AND m.persons > 1 THEN 'unknown'
            WHEN m.all_paid_for THEN 'settled'
            WHEN m.returned_fen >= m.missing_fen THEN 'returned'
            WHEN m.otherwise_fen >= m.missing_fen THEN 'otherwise'
            ELSE 'open'
        END AS state
    FROM measured AS m
    LEFT JOIN payments_not_in AS n ON n.county = m.county AND n.township = m.township AND n.fee = m.fee AND n.fee_year = m.fee_year
    LEFT JOIN payment_gaps AS g ON g.county = m.county AND g.event_id = m.event_id
)
SELECT
    l.county, l.event_id, l.record_id, l.source, l.township, l.village, l.collector_id, l.payer, l.household, l.fee, l.fee_year,
    l.amount_fen, l.received_at, l.received_on, l.timed, l.started_on, l.started_ordinal, l.persons, l.receipt_no, l.payment_id, l.remitted_on,
    j.state, j.settled_fen, j.late_fen,
    CASE WHEN j.state = 'open' THEN j.missing_fen ELSE 0 END AS open_fen,
    CASE WHEN j.state = 'settled' THEN j.missing_fen ELSE 0 END AS surplus_fen,
    CASE WHEN j.state = 'returned' THEN j.missing_fen ELSE 0 END AS returned_fen,
    j.returned_on, j.settled_on, j.how, j.payments,
    j.otherwise_fen, j.otherwise_on, j.otherwise_by, j.otherwise_payments,
    datediff('day', l.started_on, j.settled_on) AS settled_days,
    w.ordinal - l.started_ordinal AS settled_wd
FROM register_lines AS l
INNER JOIN judged AS j ON j.county = l.county AND j.event_id = l.event_id
LEFT JOIN working_day AS w ON w.county = l.county AND w.day = j.settled_on
