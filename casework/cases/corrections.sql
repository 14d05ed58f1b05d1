-- one row per suspicion and fact that puts right a part of what it rests on, on or after the day on which it was raised: cash paid in, a payment refunded
WITH
-- one row per suspicion and record in its evidence, without the record's version
resting AS (
    SELECT suspicion_id, county, raised_on, regexp_replace(evidence, '@[0-9]+$', '') AS record
    FROM wanted_evidence
),
-- one row per suspicion and payment that settles cash of its register lines
paid_in AS (
    SELECT r.suspicion_id, l.payment AS fact, CAST(l.settled_fen AS BIGINT) AS fen
    FROM resting AS r
    INNER JOIN line_payments AS l ON l.county = r.county AND regexp_replace(l.event_id, '@[0-9]+$', '') = r.record
    WHERE l.paid_on >= r.raised_on
),
-- one row per suspicion and refund of a payment in its evidence
given_back AS (
    SELECT r.suspicion_id, f.event_id AS fact, CAST(f.amount_fen AS BIGINT) AS fen
    FROM resting AS r
    INNER JOIN payments AS p ON p.county = r.county AND regexp_replace(p.event_id, '@[0-9]+$', '') = r.record
    INNER JOIN refunds AS f ON f.county = p.county AND f.payment_id = p.record_id
    WHERE f.refunded_on >= r.raised_on
)
SELECT suspicion_id, fact, max(fen) AS fen
FROM (SELECT suspicion_id, fact, fen FROM paid_in UNION ALL SELECT suspicion_id, fact, fen FROM given_back) AS facts
GROUP BY suspicion_id, fact
ORDER BY suspicion_id, fact
