-- one row per register line, or payment by a collector's hand of a person without a line, with more than was paid for it or than the tariff allows (the greater of both), what was given back taken off; paid_in: nothing of it was kept from the tax system
WITH
-- one row per charge with a surplus of either kind
either AS (
    SELECT p.county, p.event_id FROM surplus_over_payment AS p
    UNION
    SELECT t.county, t.event_id FROM surplus_over_tariff AS t
),
-- one row per person, fee and year: what was given back
given_back AS (
    SELECT r.county, r.payer, r.fee, r.fee_year, CAST(sum(r.amount_fen) AS BIGINT) AS back_fen
    FROM refunds AS r GROUP BY r.county, r.payer, r.fee, r.fee_year
),
-- one row per charge with its two surpluses
measured AS (
    SELECT
        e.county, e.event_id, coalesce(t.kind, 'line') AS kind,
        coalesce(l.collector_id, t.collector_id) AS collector_id, coalesce(l.payer, t.payer) AS payer,
        coalesce(l.fee, t.fee) AS fee, coalesce(l.fee_year, t.fee_year) AS fee_year, coalesce(l.persons, t.persons) AS persons,
        coalesce(l.amount_fen, t.amount_fen) AS amount_fen, coalesce(l.received_on, t.charged_on) AS charged_on,
        coalesce(l.township, t.township) AS township, coalesce(l.village, t.village) AS village, l.payments,
        p.event_id IS NULL AND (t.kind = 'payment' OR coalesce(l.state = 'settled', FALSE)) AS paid_in,
        coalesce(p.settled_fen, 0) AS settled_fen, coalesce(p.explained_fen, 0) AS explained_fen,
        coalesce(p.surplus_fen, 0) AS over_payment_fen, coalesce(t.surplus_fen, 0) AS over_tariff_fen
    FROM either AS e
    LEFT JOIN settlement AS l ON l.county = e.county AND l.event_id = e.event_id
    LEFT JOIN surplus_over_payment AS p ON p.county = e.county AND p.event_id = e.event_id
    LEFT JOIN surplus_over_tariff AS t ON t.county = e.county AND t.event_id = e.event_id
),
-- one row per charge with what was given back of it: of the surplus, or all of it
returned AS (
    SELECT
        b.county, b.event_id, greatest(b.over_payment_fen, b.over_tariff_fen) AS surplus_fen,
        CASE
            WHEN g.back_fen <= greatest(b.over_payment_fen, b.over_tariff_fen) THEN g.back_fen
            WHEN g.back_fen >= b.amount_fen THEN greatest(b.over_payment_fen, b.over_tariff_fen)
            ELSE 0
        END AS back_fen
    FROM measured AS b
    LEFT JOIN given_back AS g ON g.county = b.county AND g.payer = b.payer AND g.fee = b.fee AND g.fee_year = b.fee_year
)
SELECT
    b.county, b.event_id, b.kind, b.collector_id, b.payer, b.fee, b.fee_year, b.persons, b.amount_fen, b.charged_on, b.township, b.village,
    b.payments, b.paid_in, b.settled_fen, b.explained_fen, b.over_payment_fen, b.over_tariff_fen, r.surplus_fen - r.back_fen AS surplus_fen
FROM measured AS b
INNER JOIN returned AS r ON r.county = b.county AND r.event_id = b.event_id
WHERE r.surplus_fen > r.back_fen
