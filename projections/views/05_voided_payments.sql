-- one row per payment that was voided, with the day of its first void: of payments that several sources gave one number, the one of the void's own source
SELECT p.county, p.event_id, min(v.voided_on) AS voided_on
FROM payment_voids AS v
INNER JOIN payments AS p ON p.county = v.county AND p.record_id = v.payment_id
LEFT JOIN payments AS o ON o.county = v.county AND o.record_id = v.payment_id AND o.source = v.source
WHERE o.event_id IS NULL OR p.source = v.source
GROUP BY p.county, p.event_id
