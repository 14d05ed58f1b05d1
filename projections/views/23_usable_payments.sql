-- one row per standing payment that no record shows to have been made by another than a collector: of a collective's it is said
SELECT
    p.county, p.event_id, p.record_id, p.source, p.payer, p.payer_name, p.payer_name_birth, p.payer_near, p.household, p.fee, p.fee_year, p.amount_fen,
    p.paid_at, p.paid_on, p.timed, p.receipt_no, p.collector_id, p.township, p.village, g.event_id IS NOT NULL AS is_collective
FROM standing_payments AS p
LEFT JOIN paid_otherwise AS o ON o.county = p.county AND o.event_id = p.event_id AND o.paid_by <> 'collective'
LEFT JOIN paid_otherwise AS g ON g.county = p.county AND g.event_id = p.event_id AND g.paid_by = 'collective'
WHERE p.amount_fen > 0 AND o.event_id IS NULL
