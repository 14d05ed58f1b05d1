-- one row per refund and payment that it may give back: the one it names, and the person's for the fee and year, also under a number one slip away; standing: not voided
WITH
-- one row per refund that moved money
given_back AS (
    SELECT r.county, r.event_id, r.reference, r.payer, r.payer_near, r.payer_name_birth, r.fee, r.fee_year
    FROM office_refunds AS r
),
-- one row per payment that a refund names
named AS (
    SELECT r.county, r.event_id AS refund_event_id, p.event_id AS payment_event_id
    FROM given_back AS r
    INNER JOIN payments AS p ON p.county = r.county AND ltrim(upper(replace(p.record_id, ' ', '')), '0') = r.reference
),
-- one row per refund and number of the payer: his own and, where it fails its check, the valid ones a slip away
numbers AS (
    SELECT r.county, r.event_id, r.payer AS number, r.fee, r.fee_year FROM given_back AS r
    UNION
    SELECT r.county, r.event_id, n.number, r.fee, r.fee_year FROM given_back AS r, unnest(r.payer_near) AS n(number)
),
-- one row per refund and payment for the fee and year under the same name and birth date and another number
alike AS (
    SELECT r.county, r.event_id, r.payer, r.fee, r.fee_year, p.event_id AS payment_event_id, p.payer AS number
    FROM given_back AS r
    INNER JOIN payments AS p
        ON p.county = r.county AND p.payer_name_birth = r.payer_name_birth AND p.fee = r.fee AND p.fee_year = r.fee_year
    WHERE p.payer <> r.payer
),
-- one row per such number, of either, that the roster of the fee and year holds
rostered AS (
    SELECT DISTINCT n.county, n.number, n.fee, n.fee_year
    FROM (
        SELECT a.county, a.payer AS number, a.fee, a.fee_year FROM alike AS a
        UNION
        SELECT a.county, a.number, a.fee, a.fee_year FROM alike AS a
    ) AS n
    INNER JOIN rosters AS l ON l.county = n.county AND l.payer = n.number AND l.fee = n.fee AND l.fee_year = n.fee_year
),
-- one row per refund and payment of the person for the fee and year; two numbers that the roster holds both are two persons of one name
of_person AS (
    SELECT n.county, n.event_id AS refund_event_id, p.event_id AS payment_event_id
    FROM numbers AS n
    INNER JOIN payments AS p ON p.county = n.county AND p.payer = n.number AND p.fee = n.fee AND p.fee_year = n.fee_year
    UNION
    SELECT a.county, a.event_id AS refund_event_id, a.payment_event_id
    FROM alike AS a
    LEFT JOIN rostered AS x ON x.county = a.county AND x.number = a.payer AND x.fee = a.fee AND x.fee_year = a.fee_year
    LEFT JOIN rostered AS y ON y.county = a.county AND y.number = a.number AND y.fee = a.fee AND y.fee_year = a.fee_year
    WHERE x.number IS NULL OR y.number IS NULL
    UNION
    SELECT r.county, r.event_id AS refund_event_id, s.event_id AS payment_event_id
    FROM given_back AS r
    INNER JOIN (
        SELECT p.county, p.event_id, p.fee, p.fee_year, unnest(p.payer_near) AS number FROM payments AS p WHERE NOT p.payer_valid
    ) AS s ON s.county = r.county AND s.number = r.payer AND s.fee = r.fee AND s.fee_year = r.fee_year
),
-- one row per refund and payment with how it belongs
pairs AS (
    SELECT e.county, e.refund_event_id, e.payment_event_id, bool_or(e.named) AS named, bool_or(e.of_person) AS of_person
    FROM (
        SELECT n.county, n.refund_event_id, n.payment_event_id, true AS named, false AS of_person FROM named AS n
        UNION ALL
        SELECT o.county, o.refund_event_id, o.payment_event_id, false AS named, true AS of_person FROM of_person AS o
    ) AS e
    GROUP BY e.county, e.refund_event_id, e.payment_event_id
),
-- one row per refund that names a payment of its own person: others of that number are other systems'
sure AS (
    SELECT e.county, e.refund_event_id FROM pairs AS e WHERE e.named AND e.of_person GROUP BY e.county, e.refund_event_id
)
SELECT
    e.county, e.refund_event_id, e.payment_event_id, e.named, e.of_person, s.event_id IS NOT NULL AS standing,
    p.record_id, p.payer, p.payer_account, p.payer_account_weak, p.payer_account_masked, p.paid_by, s.household, p.fee, p.fee_year, p.amount_fen, p.channel, p.paid_on, p.amended
FROM pairs AS e
INNER JOIN payments AS p ON p.county = e.county AND p.event_id = e.payment_event_id
LEFT JOIN sure AS u ON u.county = e.county AND u.refund_event_id = e.refund_event_id
LEFT JOIN standing_payments AS s ON s.county = e.county AND s.event_id = e.payment_event_id
WHERE e.of_person OR u.refund_event_id IS NULL
