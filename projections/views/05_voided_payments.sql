-- one row per payment that was voided, with the day of its first void: of payments that several sources gave one number, the one of the void's own source
WITH named AS ( -- one row per void and payment of its number
    SELECT v.county, v.event_id AS void, v.voided_on, p.event_id, p.source = v.source AS own_source
    FROM payment_voids AS v
    INNER JOIN payments AS p ON p.county = v.county AND p.record_id = v.payment_id
),
sure AS ( -- one row per void that names a payment of its own source
    SELECT DISTINCT n.county, n.void FROM named AS n WHERE n.own_source
)
SELECT n.county, n.event_id, min(n.voided_on) AS voided_on
FROM named AS n
LEFT JOIN sure AS s ON s.county = n.county AND s.void = n.void
WHERE n.own_source OR s.void IS NULL
GROUP BY n.county, n.event_id
