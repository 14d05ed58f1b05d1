-- one row per suspicion: in how many families the strongest finding has each severity
CREATE TEMP TABLE strength AS
WITH strongest AS (
    SELECT suspicion, family, max(level) AS level FROM member GROUP BY suspicion, family
)
SELECT
    suspicion,
    count(*) FILTER (level = 0) AS watch,
    count(*) FILTER (level = 1) AS low,
    count(*) FILTER (level = 2) AS medium,
    count(*) FILTER (level = 3) AS high,
    count(*) FILTER (level = 4) AS critical
FROM strongest
GROUP BY suspicion;
