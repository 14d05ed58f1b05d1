-- one row per source and day of which the source says that it sent more payments than came in, by its control totals: how many are missing
WITH
-- one row per source and day: how many payments it says it sent
said AS (
    SELECT t.county, lower(trim(t.of_source)) AS source, t.day, max(t.count) AS said
    FROM control_totals AS t
    WHERE lower(trim(t.of_type)) IN ('payments', '缴费明细') AND t.day IS NOT NULL
    GROUP BY t.county, lower(trim(t.of_source)), t.day
),
-- one row per source with totals and day: how many payments came in
taken AS (
    SELECT s.county, s.source, p.paid_on AS day, count(*) AS records
    FROM (SELECT DISTINCT d.county, d.source FROM said AS d) AS s
    INNER JOIN payments AS p ON p.county = s.county AND lower(trim(p.source)) = s.source
    GROUP BY s.county, s.source, p.paid_on
),
-- one row per source some of whose payments came in by the days of its totals
known AS (
    SELECT DISTINCT t.county, t.source
    FROM taken AS t
    INNER JOIN said AS s ON s.county = t.county AND s.source = t.source AND s.day = t.day
)
SELECT s.county, s.source, s.day, s.said - coalesce(t.records, 0) AS missing
FROM said AS s
INNER JOIN known AS k ON k.county = s.county AND k.source = s.source
LEFT JOIN taken AS t ON t.county = s.county AND t.source = s.source AND t.day = s.day
WHERE s.said > coalesce(t.records, 0)
