-- one row per person, fee and fee year on a roster: the row listed last; relisted: there are others
WITH
-- one row per person, fee and fee year with several rows
several AS (
    SELECT r.county, r.payer, r.fee, r.fee_year
    FROM rosters AS r
    GROUP BY r.county, r.payer, r.fee, r.fee_year
    HAVING count(*) > 1
)
SELECT
    r.county, r.event_id, r.payer, r.payer_born, r.fee, r.fee_year, r.category, r.amount_due_fen, r.fiscal_share_fen,
    r.township, r.village, r.listed_on, r.known_on, r.version, FALSE AS relisted
FROM rosters AS r
LEFT JOIN several AS s
    ON s.county = r.county AND s.payer IS NOT DISTINCT FROM r.payer AND s.fee IS NOT DISTINCT FROM r.fee AND s.fee_year IS NOT DISTINCT FROM r.fee_year
WHERE s.county IS NULL
UNION ALL
SELECT l.county, l.event_id, l.payer, l.payer_born, l.fee, l.fee_year, l.category, l.amount_due_fen, l.fiscal_share_fen,
    l.township, l.village, l.listed_on, l.known_on, l.version, TRUE AS relisted
FROM (
    SELECT
        r.county, r.event_id, r.payer, r.payer_born, r.fee, r.fee_year, r.category, r.amount_due_fen, r.fiscal_share_fen,
        r.township, r.village, r.listed_on, r.known_on, r.version
    FROM several AS s
    INNER JOIN rosters AS r
        ON r.county = s.county AND r.payer IS NOT DISTINCT FROM s.payer AND r.fee IS NOT DISTINCT FROM s.fee AND r.fee_year IS NOT DISTINCT FROM s.fee_year
    QUALIFY row_number() OVER (
        PARTITION BY r.county, r.payer, r.fee, r.fee_year ORDER BY r.listed_on DESC NULLS LAST, r.position DESC NULLS LAST, r.event_id DESC NULLS LAST
    ) = 1
) AS l
