-- one row per village, fee and fee year whose share of persons under 60 who gave cash lies outside the fence of the other villages
WITH
-- one row per village outside the fence, with which side, and how far from what its peers would lead one to expect
outside AS (
    SELECT
        s.county, s.township, s.village, s.fee, s.fee_year, s.persons, s.hits, s.share, s.peers, s.peer_persons, s.peer_hits, s.mean, s.is_wide, s.shrunken,
        CASE WHEN s.shrunken > s.mean THEN 'above' ELSE 'below' END AS side,
        CASE
            WHEN s.shrunken > s.mean THEN (2 * s.q3 + $fence_iqr_halves * (s.q3 - s.q1)) // 2
            ELSE greatest(0, 2 * s.q1 - $fence_iqr_halves * (s.q3 - s.q1)) // 2
        END AS fence,
        s.excess * s.excess // s.persons AS distance, s.unit_variance, abs(s.share - s.mean) >= $min_points * 100 AS is_wide_apart
    FROM village_shares AS s
    WHERE s.measure = 'cash' AND s.persons >= $min_persons AND s.q3 > s.q1
        AND (
            2 * s.shrunken >= 2 * s.q3 + $fence_iqr_halves * (s.q3 - s.q1)
            OR 2 * s.shrunken <= 2 * s.q1 - $fence_iqr_halves * (s.q3 - s.q1)
        )
),
-- one row per such village whose share stood at least half as far above its peers in an earlier fee year: its people always pay in cash
habits AS (
    SELECT DISTINCT o.county, o.village, o.fee, o.fee_year
    FROM outside AS o
    INNER JOIN village_shares AS s ON s.county = o.county AND s.village = o.village AND s.fee = o.fee
    WHERE s.measure = 'cash' AND s.fee_year < o.fee_year AND 2 * (s.share - s.mean) >= o.share - o.mean
),
-- one row per person under 60 of such a village who gave cash (above), or was paid for without a cash line (below), by the record that shows it
shown AS (
    SELECT o.county, o.village, o.fee, o.fee_year, l.event_id, l.received_on AS day
    FROM outside AS o
    INNER JOIN register_lines AS l ON l.county = o.county AND l.village = o.village AND l.fee = o.fee AND l.fee_year = o.fee_year
    INNER JOIN cash_receipts AS c ON c.county = l.county AND c.event_id = l.event_id
    WHERE c.payer_born IS NULL OR c.fee_year - c.payer_born < 60
    UNION ALL
    SELECT o.county, o.village, o.fee, o.fee_year, p.event_id, p.paid_on AS day
    FROM outside AS o
    INNER JOIN standing_payments AS p ON p.county = o.county AND p.village = o.village AND p.fee = o.fee AND p.fee_year = o.fee_year
    LEFT JOIN register_lines AS l ON l.county = p.county AND l.payer = p.payer AND l.fee = p.fee AND l.fee_year = p.fee_year
    WHERE p.channel <> 'fiscal' AND (p.payer_born IS NULL OR p.fee_year - p.payer_born < 60)
        AND ((o.side = 'below' AND l.payer IS NULL) OR (o.side = 'above' AND p.channel = 'cash'))
),
-- one row per such village, fee and year: the records
evidence AS (
    SELECT s.county, s.village, s.fee, s.fee_year, min(s.day) AS first_on, list_sort(list(DISTINCT s.event_id)) AS events
    FROM shown AS s
    GROUP BY s.county, s.village, s.fee, s.fee_year
)
SELECT
    o.county,
    CASE
        WHEN NOT o.is_wide_apart OR o.side = 'below' OR h.village IS NOT NULL OR o.distance < $sure_deviations * $sure_deviations * o.unit_variance THEN 'watch'
        WHEN o.distance >= $medium_deviations * $medium_deviations * o.unit_variance THEN 'medium'
        ELSE 'low'
    END AS severity,
    'village' AS subject_type, o.village AS subject_id, o.township, o.village, o.fee, o.fee_year,
    CAST(0 AS BIGINT) AS amount_at_risk_fen,
    round(CAST(o.shrunken AS DOUBLE) / 10000, 6) AS measure, round(CAST(o.fence AS DOUBLE) / 10000, 6) AS threshold,
    e.first_on AS occurred_on, e.events AS evidence,
    struct_pack(
        persons := o.persons, cash_persons := o.hits, percent := o.share // 100, peer_percent := o.mean // 100, peers := o.peers, side := o.side,
        side_zh := CASE o.side WHEN 'above' THEN '偏高' ELSE '偏低' END,
        peers_zh := CASE WHEN o.is_wide THEN '全县其他村' ELSE '同乡镇其他村' END,
        peers_en := CASE WHEN o.is_wide THEN 'other villages of the county' ELSE 'other villages of the township' END
    ) AS details
FROM outside AS o
INNER JOIN evidence AS e ON e.county = o.county AND e.village = o.village AND e.fee = o.fee AND e.fee_year = o.fee_year
LEFT JOIN habits AS h ON h.county = o.county AND h.village = o.village AND h.fee = o.fee AND h.fee_year = o.fee_year
