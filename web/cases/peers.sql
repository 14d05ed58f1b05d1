-- one row per week of the window in which anybody took money: the subject's sum, and how its peers' sums of that week lie
-- `taken` (subject, on_day, fen, township) is a view of the records of the subject's sort
WITH weekly AS (
    SELECT subject, CAST(date_trunc('week', on_day) AS DATE) AS week, CAST(sum(fen) AS BIGINT) AS fen
    FROM taken
    WHERE on_day BETWEEN $first AND $last AND fen IS NOT NULL AND subject IS NOT NULL
        AND (subject = $subject OR $township IS NULL OR township = $township)
    GROUP BY ALL
),
own AS (
    SELECT week, fen FROM weekly WHERE subject = $subject
),
others AS (
    SELECT
        week, count(*) AS peers, quantile_disc(fen, 0.1) AS low, quantile_disc(fen, 0.5) AS middle,
        quantile_disc(fen, 0.9) AS high
    FROM weekly
    WHERE subject <> $subject
    GROUP BY week
)
SELECT coalesce(o.week, p.week) AS week, coalesce(o.fen, 0) AS fen, p.low, p.middle, p.high, coalesce(p.peers, 0) AS peers
FROM own AS o
FULL JOIN others AS p ON p.week = o.week
ORDER BY week
