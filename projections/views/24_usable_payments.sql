-- one row per standing payment that no record shows to have been made by another than a collector: of a collective's it is said, and whether a line of the person's own claims it
WITH
-- one row per person, fee and year with a line of their own: their payments belong to it
reserved AS (
    SELECT DISTINCT l.county, l.payer, l.fee, l.fee_year
    FROM register_lines AS l
    WHERE l.persons <= 1
)
SELECT
    p.county, p.event_id, p.record_id, p.source, p.payer, p.payer_name, p.payer_name_birth, p.payer_near, p.household, p.fee, p.fee_year, p.amount_fen,
    p.paid_at, p.paid_on, p.timed, p.receipt_no, p.collector_id, p.township, p.village, g.event_id IS NOT NULL AS is_collective,
    r.payer IS NOT NULL AS is_reserved
FROM standing_payments AS p
LEFT JOIN paid_otherwise AS o ON o.county = p.county AND o.event_id = p.event_id AND o.paid_by <> 'collective'
LEFT JOIN paid_otherwise AS g ON g.county = p.county AND g.event_id = p.event_id AND g.paid_by = 'collective'
LEFT JOIN reserved AS r ON r.county = p.county AND r.payer = p.payer AND r.fee = p.fee AND r.fee_year = p.fee_year
WHERE p.amount_fen > 0 AND o.event_id IS NULL
