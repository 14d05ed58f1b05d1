-- one row per sum on its way, of those that a suspicion's evidence names: cash taken, paid in, posted, recorded; NULL where nothing was met
WITH
-- one row per record in evidence, without its version
resting AS (
    SELECT DISTINCT county, regexp_replace(evidence, '@[0-9]+$', '') AS record
    FROM wanted_evidence
),
-- one row per register line in evidence
named_lines AS (
    SELECT c.county, c.event_id
    FROM resting AS r
    INNER JOIN cash_receipts AS c ON c.county = r.county AND regexp_replace(c.event_id, '@[0-9]+$', '') = r.record
),
-- one row per payment in evidence, or given back by a refund in evidence, or settling a line in evidence
paid AS (
    SELECT p.county, p.event_id
    FROM resting AS r
    INNER JOIN payments AS p ON p.county = r.county AND regexp_replace(p.event_id, '@[0-9]+$', '') = r.record
    UNION
    SELECT p.county, p.event_id
    FROM resting AS r
    INNER JOIN refunds AS f ON f.county = r.county AND regexp_replace(f.event_id, '@[0-9]+$', '') = r.record
    INNER JOIN payments AS p ON p.county = f.county AND p.record_id = f.payment_id
    UNION
    SELECT s.county, s.payment AS event_id
    FROM named_lines AS n
    INNER JOIN settling_payments AS s ON s.county = n.county AND s.event_id = n.event_id
),
-- one row per register line in evidence, or settled by a payment in evidence
lines AS (
    SELECT n.county, n.event_id FROM named_lines AS n
    UNION
    SELECT s.county, s.event_id
    FROM paid AS p
    INNER JOIN settling_payments AS s ON s.county = p.county AND s.payment = p.event_id
),
-- one row per line and payment that settles a part of it, per line without any, and per payment without a line
met AS (
    SELECT l.county, l.event_id AS line, s.payment, s.settled_fen
    FROM lines AS l
    LEFT JOIN settling_payments AS s ON s.county = l.county AND s.event_id = l.event_id
    UNION ALL
    SELECT p.county, NULL AS line, p.event_id AS payment, NULL AS settled_fen
    FROM paid AS p
    LEFT JOIN settling_payments AS s ON s.county = p.county AND s.payment = p.event_id
    WHERE s.payment IS NULL
),
-- one row per such pair, with both records
sums AS (
    SELECT
        m.county, m.line, m.payment, coalesce(p.payer, c.payer) AS payer, coalesce(p.payer_name, c.payer_name) AS payer_name,
        coalesce(c.fee, p.fee) AS fee, coalesce(p.fee_year, c.fee_year) AS fee_year,
        c.record_id AS line_record, c.received_on, c.amount_fen AS line_fen,
        p.terminal_id, p.record_id AS payment_record, p.paid_on, p.amount_fen AS payment_fen, p.posted_on, m.settled_fen,
        CAST(sum(m.settled_fen) OVER (PARTITION BY m.county, m.line) AS BIGINT) AS line_settled_fen,
        count(m.payment) OVER (PARTITION BY m.county, m.line) AS payments_of_line,
        count(m.line) OVER (PARTITION BY m.county, m.payment) AS lines_of_payment
    FROM met AS m
    LEFT JOIN cash_receipts AS c ON c.county = m.county AND c.event_id = m.line
    LEFT JOIN payments AS p ON p.county = m.county AND p.event_id = m.payment
),
-- one row per sum and entitlement that names its payment, or is the person's for that fee and year
entitled AS (
    SELECT s.county, s.line, s.payment, e.record_id, e.recorded_on, e.amount_fen, TRUE AS is_named, s.payment_fen
    FROM sums AS s
    INNER JOIN entitlements AS e ON e.county = s.county AND e.payment_id = s.payment_record AND e.fee = s.fee
    WHERE e.reversed_on IS NULL
    UNION ALL
    SELECT s.county, s.line, s.payment, e.record_id, e.recorded_on, e.amount_fen, FALSE AS is_named, s.payment_fen
    FROM sums AS s
    INNER JOIN entitlements AS e ON e.county = s.county AND e.payer = s.payer AND e.fee = s.fee AND e.fee_year = s.fee_year
    WHERE e.reversed_on IS NULL
),
-- one row per sum with an entitlement: the one that names the payment, else the one nearest to its amount
entitlement AS (
    SELECT t.county, t.line, t.payment, t.record_id, t.recorded_on, t.amount_fen
    FROM entitled AS t
    QUALIFY row_number() OVER (
        PARTITION BY t.county, t.line, t.payment
        ORDER BY t.is_named DESC, abs(t.amount_fen - coalesce(t.payment_fen, t.amount_fen)), t.recorded_on, t.record_id
    ) = 1
),
-- one row per fee and year of which entitlements came in
recorded_years AS (
    SELECT DISTINCT e.county, e.fee, e.fee_year
    FROM entitlements AS e
)
SELECT
    s.payer, s.payer_name, s.fee, s.fee_year, s.line_record, s.received_on, s.line_fen, s.payment_record, s.paid_on, s.payment_fen, s.posted_on,
    s.settled_fen, s.line_settled_fen, s.payments_of_line, s.lines_of_payment,
    e.record_id AS entitlement_record, e.recorded_on, e.amount_fen AS entitlement_fen, y.fee IS NOT NULL AS entitlements_known,
    t.state, t.returned_on, t.otherwise_on, t.otherwise_by, s.line IS NOT NULL AND g.event_id IS NULL AS is_repeated, coalesce(x.excused, FALSE) AS is_excused,
    CASE WHEN s.line IS NULL THEN o.paid_by END AS paid_by, s.line IS NULL AND s.terminal_id IS NOT NULL AS is_by_card, v.voided_on
FROM sums AS s
LEFT JOIN entitlement AS e
    ON e.county = s.county AND e.line IS NOT DISTINCT FROM s.line AND e.payment IS NOT DISTINCT FROM s.payment
LEFT JOIN recorded_years AS y ON y.county = s.county AND y.fee = s.fee AND y.fee_year = s.fee_year
LEFT JOIN settlement AS t ON t.county = s.county AND t.event_id = s.line
LEFT JOIN register_lines AS g ON g.county = s.county AND g.event_id = s.line
LEFT JOIN line_payments AS x ON x.county = s.county AND x.event_id = s.line AND x.payment = s.payment
LEFT JOIN voided_payments AS v ON v.county = s.county AND v.event_id = s.payment
LEFT JOIN paid_otherwise AS o ON o.county = s.county AND o.event_id = s.payment
ORDER BY coalesce(s.received_on, s.paid_on) NULLS LAST, s.line_record NULLS LAST, s.paid_on NULLS LAST, s.payment_record NULLS LAST
