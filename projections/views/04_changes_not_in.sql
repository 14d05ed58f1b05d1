-- one row per county that handed in no change of status, though three refunds or more tell of deaths, moves and the like, or it has two thousand payments: who died, left or was granted a category is not known there
WITH
-- one row per county with a change of status
known AS (
    SELECT DISTINCT s.county FROM status_changes AS s
),
-- one row per county of whose people other records show that some died, left, or are insured otherwise
living AS (
    SELECT r.county
    FROM refunds AS r
    WHERE r.reason IN ('deceased', 'moved', 'enlisted', 'insured-elsewhere')
    GROUP BY r.county
    HAVING count(DISTINCT r.payer) >= 3
    UNION
    SELECT p.county
    FROM payments AS p
    GROUP BY p.county
    HAVING count(*) >= 2000
)
SELECT l.county
FROM living AS l
LEFT JOIN known AS k ON k.county = l.county
WHERE k.county IS NULL
