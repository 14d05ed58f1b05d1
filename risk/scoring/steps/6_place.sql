-- one row per suspicion: the township with most money at risk, and the village where all of that township's findings name one
CREATE TEMP TABLE place AS
WITH by_township AS (
    SELECT
        suspicion, township, sum(amount_fen)::BIGINT AS amount_fen, count(*) AS findings,
        CASE WHEN min(village) = max(village) THEN min(village) END AS village
    FROM member
    GROUP BY suspicion, township
)
SELECT suspicion, township, village
FROM by_township
QUALIFY row_number() OVER (PARTITION BY suspicion ORDER BY township IS NULL, amount_fen DESC, findings DESC, township) = 1;
