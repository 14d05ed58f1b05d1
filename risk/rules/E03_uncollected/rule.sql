-- one row per village, fee and fee year where far more of those on the roster are unpaid after the window than in the other villages
WITH
-- one row per village above the fence once the window is over, with how far from what its peers would lead one to expect
outside AS (
    SELECT
        s.county, s.township, s.village, s.fee, s.fee_year, w.last_on, s.persons, s.hits, s.share, s.peers, s.mean, s.is_wide, s.shrunken,
        (2 * s.q3 + $fence_iqr_halves * (s.q3 - s.q1)) // 2 AS fence, s.excess, s.excess * s.excess // s.persons AS distance, s.unit_variance
    FROM village_shares AS s
    INNER JOIN window_period AS w ON w.county = s.county AND w.fee = s.fee AND w.fee_year = s.fee_year
    WHERE s.measure = 'uncollected' AND w.last_on < $as_of AND s.persons >= $min_persons AND s.q3 > s.q1
        AND s.hits >= $min_open AND s.shrunken > s.mean AND 2 * s.shrunken >= 2 * s.q3 + $fence_iqr_halves * (s.q3 - s.q1)
),
-- one row per such village: the roster rows of those unpaid, and what they owe
evidence AS (
    SELECT o.county, o.village, o.fee, o.fee_year, CAST(sum(d.amount_due_fen) AS BIGINT) AS open_fen, list_sort(list(DISTINCT d.event_id)) AS events
    FROM outside AS o
    INNER JOIN due_persons AS d ON d.county = o.county AND d.village = o.village AND d.fee = o.fee AND d.fee_year = o.fee_year
    WHERE d.is_open
    GROUP BY o.county, o.village, o.fee, o.fee_year
)
SELECT
    o.county,
    CASE
        WHEN o.share - o.mean < $min_points * 100 OR o.distance < $sure_deviations * $sure_deviations * o.unit_variance THEN 'watch'
        WHEN o.share >= $medium_percent * 100 THEN 'medium'
        ELSE 'low'
    END AS severity,
    'village' AS subject_type, o.village AS subject_id, o.township, o.village, o.fee, o.fee_year,
    e.open_fen * o.excess // (o.hits * 10000) AS amount_at_risk_fen,
    round(CAST(o.shrunken AS DOUBLE) / 10000, 6) AS measure, round(CAST(o.fence AS DOUBLE) / 10000, 6) AS threshold,
    o.last_on AS occurred_on, e.events AS evidence,
    struct_pack(
        persons := o.persons, open_persons := o.hits, open_fen := e.open_fen, percent := o.share // 100, peer_percent := o.mean // 100, peers := o.peers,
        peers_zh := CASE WHEN o.is_wide THEN '全县其他村' ELSE '同乡镇其他村' END,
        peers_en := CASE WHEN o.is_wide THEN 'other villages of the county' ELSE 'other villages of the township' END
    ) AS details
FROM outside AS o
INNER JOIN evidence AS e ON e.county = o.county AND e.village = o.village AND e.fee = o.fee AND e.fee_year = o.fee_year
