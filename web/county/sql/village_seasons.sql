-- one row per fee and year of the village: persons due and those from whom nothing came, money paid and cash taken, beside the median of the township's other villages; shares in ten-thousandths
WITH
due AS (
    SELECT d.village, d.fee, d.fee_year, count(*) AS due_count, count(*) FILTER (d.is_open) AS uncollected_count FROM due_persons AS d GROUP BY d.village, d.fee, d.fee_year
),
paid AS (
    SELECT
        p.village, p.fee, p.fee_year, CAST(sum(p.amount_fen) AS BIGINT) AS paid_fen,
        CAST(coalesce(sum(p.amount_fen) FILTER (p.channel = 'cash'), 0) AS BIGINT) AS cash_fen
    FROM standing_payments AS p
    WHERE p.village IS NOT NULL
    GROUP BY p.village, p.fee, p.fee_year
),
taken AS (
    SELECT s.village, s.fee, s.fee_year, CAST(sum(s.amount_fen) AS BIGINT) AS taken_fen, CAST(sum(s.open_fen) AS BIGINT) AS open_fen
    FROM settlement AS s
    WHERE s.village IS NOT NULL
    GROUP BY s.village, s.fee, s.fee_year
),
seasons AS (
    SELECT d.village, d.fee, d.fee_year FROM due AS d
    UNION
    SELECT p.village, p.fee, p.fee_year FROM paid AS p
    UNION
    SELECT t.village, t.fee, t.fee_year FROM taken AS t
),
measured AS (
    SELECT
        s.village, left(s.village, 9) AS township, s.fee, s.fee_year, coalesce(d.due_count, 0) AS due_count, coalesce(d.uncollected_count, 0) AS uncollected_count,
        CASE WHEN d.due_count > 0 THEN CAST(d.uncollected_count * 10000 // d.due_count AS BIGINT) END AS uncollected_share,
        coalesce(p.paid_fen, 0) AS paid_fen, CASE WHEN p.paid_fen > 0 THEN CAST(p.cash_fen * 10000 // p.paid_fen AS BIGINT) END AS cash_share,
        coalesce(t.taken_fen, 0) AS taken_fen, coalesce(t.open_fen, 0) AS open_fen
    FROM seasons AS s
    LEFT JOIN due AS d ON d.village = s.village AND d.fee = s.fee AND d.fee_year = s.fee_year
    LEFT JOIN paid AS p ON p.village = s.village AND p.fee = s.fee AND p.fee_year = s.fee_year
    LEFT JOIN taken AS t ON t.village = s.village AND t.fee = s.fee AND t.fee_year = s.fee_year
),
peers AS (
    SELECT
        m.fee, m.fee_year, count(*) AS peers, quantile_disc(m.uncollected_share, 0.5) AS uncollected_share, quantile_disc(m.cash_share, 0.5) AS cash_share,
        quantile_disc(m.taken_fen, 0.5) AS taken_fen
    FROM measured AS m
    WHERE m.township = left($id, 9) AND m.village <> $id
    GROUP BY m.fee, m.fee_year
)
SELECT
    m.fee_year, m.fee, m.due_count, m.uncollected_count, m.uncollected_share, p.uncollected_share AS peers_uncollected_share, m.paid_fen, m.cash_share,
    p.cash_share AS peers_cash_share, m.taken_fen, p.taken_fen AS peers_taken_fen, m.open_fen, coalesce(p.peers, 0) AS peers
FROM measured AS m
LEFT JOIN peers AS p ON p.fee = m.fee AND p.fee_year = m.fee_year
WHERE m.village = $id
ORDER BY m.fee_year DESC, m.fee
