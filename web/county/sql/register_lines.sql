-- one row per line of the township's register as it stands now, with what became of its money: settled, open, returned, otherwise or unknown; apart where it was entered twice or its day cannot be, new where it is not counted yet
SELECT
    k.received_on AS day, k.event_id, k.position, k.source, k.record_id, k.version, k.page, k.village, k.collector_id, k.fee, k.fee_year, k.amount_fen,
    coalesce(s.settled_fen, 0) AS settled_fen, coalesce(s.open_fen, 0) AS open_fen,
    CASE WHEN s.state IS NOT NULL THEN s.state WHEN k.position <= $counted THEN 'apart' ELSE 'new' END AS state, k.submitted_on,
    coalesce(k.payer_signed, FALSE) AND coalesce(k.collector_signed, FALSE) AND coalesce(k.village_signed, FALSE) AS signed
FROM kept_lines AS k
LEFT JOIN settlement AS s ON s.county = k.county AND s.event_id = k.event_id
WHERE k.township = $township
