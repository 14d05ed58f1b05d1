-- one row per approved sale of a terminal (a completed preauthorisation is one), with its place, its keeper and what was given back of it
WITH given_back AS ( -- one row per sale of which something was given back
    SELECT
        r.county, r.sale_event_id,
        CAST(sum(r.amount_fen) AS BIGINT) AS returned_fen,
        CAST(sum(CASE WHEN r.same_card THEN 0 ELSE r.amount_fen END) AS BIGINT) AS returned_elsewhere_fen
    FROM terminal_returns AS r
    WHERE r.sale_event_id IS NOT NULL
    GROUP BY r.county, r.sale_event_id
),
register AS ( -- one row per terminal of the register
    SELECT t.county, t.record_id AS terminal_id, t.township, t.village, t.collector_id
    FROM terminals AS t
    QUALIFY row_number() OVER (PARTITION BY t.county, t.record_id ORDER BY t.installed_on DESC NULLS LAST, t.event_id) = 1
)
SELECT
    t.county, t.event_id, t.source, t.record_id, i.terminal_id, g.township, g.village, g.collector_id AS keeper,
    t.kind, t.amount_fen,
    greatest(t.amount_fen - coalesce(b.returned_fen - b.returned_elsewhere_fen, 0), 0) AS net_fen,
    coalesce(b.returned_fen, 0) AS returned_fen,
    coalesce(b.returned_elsewhere_fen, 0) AS returned_elsewhere_fen,
    t.card, t.card_weak, t.card_masked, t.card_last4, t.card_kind, t.issuer, t.cardholder,
    t.occurred_at, t.occurred_on, t.timed, t.settled_on, t.entry_mode, t.location
FROM pos_transactions AS t
INNER JOIN terminal_ids AS i ON i.county = t.county AND i.form = t.terminal_id
LEFT JOIN given_back AS b ON b.county = t.county AND b.sale_event_id = t.event_id
LEFT JOIN register AS g ON g.county = t.county AND g.terminal_id = i.terminal_id
WHERE t.kind IN ('sale', 'preauth-completion') AND ltrim(coalesce(t.response_code, ''), '0') = ''
