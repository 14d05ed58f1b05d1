-- one row per person, fee and fee year on a roster: the row listed last
SELECT
    r.county, r.event_id, r.payer, r.payer_born, r.fee, r.fee_year, r.category, r.amount_due_fen, r.fiscal_share_fen,
    r.township, r.village, r.listed_on, r.known_on, r.version
FROM rosters AS r
QUALIFY row_number() OVER (
    PARTITION BY r.county, r.payer, r.fee, r.fee_year ORDER BY r.listed_on DESC NULLS LAST, r.position DESC NULLS LAST, r.event_id DESC NULLS LAST
) = 1
