-- one row per fee, year and township in which the collector took cash, beside the median of the others there; shares in ten-thousandths
WITH
collected AS (
    SELECT
        s.collector_id, s.township, s.fee, s.fee_year, count(*) AS line_count, CAST(sum(s.amount_fen) AS BIGINT) AS taken_fen,
        CAST(sum(s.settled_fen) AS BIGINT) AS settled_fen, CAST(sum(s.open_fen) AS BIGINT) AS open_fen,
        CAST(sum(s.amount_fen - s.settled_fen - s.open_fen) AS BIGINT) AS other_fen,
        CAST(sum(s.open_fen) * 10000 // sum(s.amount_fen) AS BIGINT) AS open_share,
        CAST(sum(s.late_fen) * 10000 // sum(s.amount_fen) AS BIGINT) AS late_share, max(s.settled_wd) AS longest_wd
    FROM settlement AS s
    WHERE s.collector_id IS NOT NULL
    GROUP BY s.collector_id, s.township, s.fee, s.fee_year
),
peers AS (
    SELECT
        o.township, o.fee, o.fee_year, count(*) AS peers, quantile_disc(c.taken_fen, 0.5) AS taken_fen, quantile_disc(c.open_share, 0.5) AS open_share,
        quantile_disc(c.late_share, 0.5) AS late_share
    FROM collected AS o
    INNER JOIN collected AS c ON c.township = o.township AND c.fee = o.fee AND c.fee_year = o.fee_year AND c.collector_id <> o.collector_id
    WHERE o.collector_id = $id
    GROUP BY o.township, o.fee, o.fee_year
)
SELECT
    c.fee_year, c.fee, c.township, c.line_count, c.taken_fen, p.taken_fen AS peers_taken_fen, c.settled_fen, c.other_fen, c.open_fen, c.open_share,
    p.open_share AS peers_open_share, c.late_share, p.late_share AS peers_late_share, c.longest_wd, coalesce(p.peers, 0) AS peers
FROM collected AS c
LEFT JOIN peers AS p ON p.township = c.township AND p.fee = c.fee AND p.fee_year = c.fee_year
WHERE c.collector_id = $id
ORDER BY c.fee_year DESC, c.fee, c.township NULLS FIRST
