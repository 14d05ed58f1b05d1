-- one row per township, fee and year with a cash register of three collectors and no payment of anybody, though other townships have them: its payments have not come in
WITH
-- one row per fee, year and township with payments
paying AS (
    SELECT p.county, p.fee, p.fee_year, p.township
    FROM payments AS p
    GROUP BY p.county, p.fee, p.fee_year, p.township
),
-- one row per fee and year whose payments all name their township
placed AS (
    SELECT p.county, p.fee, p.fee_year
    FROM paying AS p
    GROUP BY p.county, p.fee, p.fee_year
    HAVING count(*) = count(p.township)
)
SELECT l.county, l.township, l.fee, l.fee_year, count(*) AS line_count
FROM register_lines AS l
INNER JOIN placed AS p ON p.county = l.county AND p.fee = l.fee AND p.fee_year = l.fee_year
LEFT JOIN paying AS t ON t.county = l.county AND t.fee = l.fee AND t.fee_year = l.fee_year AND t.township = l.township
WHERE l.township IS NOT NULL AND t.township IS NULL
GROUP BY l.county, l.township, l.fee, l.fee_year
HAVING count(*) >= 20 AND count(DISTINCT l.collector_id) >= 3
