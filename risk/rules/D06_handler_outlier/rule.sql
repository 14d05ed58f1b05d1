-- one row per handler through whom far more households were refunded than through the others, or at night where the others are not
WITH
-- one row per person who may collect
collector_ids AS (
    SELECT DISTINCT c.county, c.record_id AS collector_id FROM collectors AS c WHERE c.record_id IS NOT NULL
),
-- one row per person with the household by which persons are counted
homes AS (
    SELECT r.county, r.payer, coalesce(min(h.household_no), concat('person:', r.payer)) AS household
    FROM (SELECT DISTINCT o.county, o.payer FROM office_refunds AS o WHERE o.collector_id IS NOT NULL) AS r
    LEFT JOIN households AS h ON h.county = r.county AND h.payer = r.payer
    GROUP BY r.county, r.payer
),
-- one row per refund of a person, fee and year paid more than once, as the payments show
paid_twice AS (
    SELECT p.county, p.refund_event_id AS event_id
    FROM refund_payments AS p
    WHERE p.standing AND p.of_person AND p.channel <> 'fiscal'
    GROUP BY p.county, p.refund_event_id
    HAVING count(*) > 1
),
-- one row per refund that names who handled it; the treasury's share given back to the poor, and what was paid twice by the records, is not chosen by a handler
handled AS (
    SELECT
        r.county, r.event_id, r.collector_id, r.office, r.payer, h.household, r.fee, r.fee_year, r.amount_fen, r.reason, r.refunded_on, r.township, r.village,
        CASE WHEN k.collector_id IS NULL THEN 0 ELSE 1 END AS of_register,
        CASE WHEN r.timed THEN 1 ELSE 0 END AS timed,
        CASE
            WHEN r.timed AND (hour(r.refunded_at) - c.clock_shift_hours >= $night_from OR hour(r.refunded_at) - c.clock_shift_hours < $night_until) THEN 1
            ELSE 0
        END AS at_night
    FROM office_refunds AS r
    INNER JOIN county AS c ON c.county = r.county
    INNER JOIN homes AS h ON h.county = r.county AND h.payer = r.payer
    LEFT JOIN collector_ids AS k ON k.county = r.county AND k.collector_id = r.collector_id
    LEFT JOIN paid_twice AS t ON t.county = r.county AND t.event_id = r.event_id
    WHERE NOT r.hands_on AND NOT r.of_cash AND NOT coalesce(r.reason = 'subsidised' OR (r.reason = 'duplicate' AND t.event_id IS NOT NULL), false)
),
-- one row per handler: how many households, how many at night
handlers AS (
    SELECT
        h.county, h.collector_id, h.of_register, min(h.office) AS office, count(*) AS refunds, count(DISTINCT h.household) AS homes,
        CAST(sum(h.timed) AS BIGINT) AS timed, CAST(sum(h.at_night) AS BIGINT) AS nights, CAST(sum(h.amount_fen) AS BIGINT) AS refunded_fen,
        CASE WHEN min(h.fee) = max(h.fee) THEN min(h.fee) END AS fee,
        CASE WHEN min(h.fee) = max(h.fee) AND min(h.fee_year) = max(h.fee_year) THEN min(h.fee_year) END AS fee_year,
        min(h.refunded_on) AS first_on, max(h.refunded_on) AS last_on, list_sort(list(DISTINCT h.event_id)) AS evidence
    FROM handled AS h
    GROUP BY h.county, h.collector_id, h.of_register
),
-- one row per handler with the most refunded for one reason on one day: one mistake put right for many at once
bulk AS (
    SELECT d.county, d.collector_id, max(d.refunds) AS refunds
    FROM (
        SELECT h.county, h.collector_id, h.reason, h.refunded_on, count(*) AS refunds
        FROM handled AS h
        GROUP BY h.county, h.collector_id, h.reason, h.refunded_on
    ) AS d
    GROUP BY d.county, d.collector_id
),
-- one row per handler with the place where most refunds belong
places AS (
    SELECT h.county, h.collector_id, h.township, h.village
    FROM handled AS h
    GROUP BY h.county, h.collector_id, h.township, h.village
    QUALIFY row_number() OVER (
        PARTITION BY h.county, h.collector_id ORDER BY CASE WHEN h.township IS NULL THEN 1 ELSE 0 END, count(*) DESC, h.township NULLS LAST, h.village NULLS LAST
    ) = 1
),
-- one row per handler of the register and place of his
assigned AS (
    SELECT DISTINCT h.county, h.collector_id, a.division
    FROM handlers AS h
    INNER JOIN (SELECT c.county, c.record_id AS collector_id, unnest(c.division) AS division FROM collectors AS c) AS a
        ON a.county = h.county AND a.collector_id = h.collector_id
),
-- one row per handler of the register and village of his places
tended AS (
    SELECT a.county, a.collector_id, v.village, v.township
    FROM assigned AS a
    INNER JOIN (SELECT DISTINCT p.county, p.village, p.township FROM payments AS p WHERE p.village IS NOT NULL) AS v
        ON v.county = a.county AND (v.village = a.division OR v.township = a.division OR a.division = a.county)
    GROUP BY a.county, a.collector_id, v.village, v.township
),
-- one row per such village with how many persons paid
villages AS (
    SELECT p.county, p.village, p.township, count(DISTINCT p.payer) AS payers
    FROM (SELECT DISTINCT t.county, t.village, t.township FROM tended AS t) AS t
    INNER JOIN payments AS p ON p.county = t.county AND p.village = t.village AND coalesce(p.township, '') = coalesce(t.township, '')
    GROUP BY p.county, p.village, p.township
),
-- one row per handler of the register with how many persons paid in his places
looked_after AS (
    SELECT m.county, m.collector_id, CAST(sum(m.payers) AS BIGINT) AS payers
    FROM (
        SELECT DISTINCT t.county, t.collector_id, v.village, v.payers
        FROM tended AS t
        INNER JOIN villages AS v ON v.county = t.county AND v.village = t.village AND coalesce(v.township, '') = coalesce(t.township, '')
    ) AS m
    GROUP BY m.county, m.collector_id
),
-- one row per handler with his persons
sized AS (
    SELECT
        h.county, h.collector_id, h.of_register, h.office, h.refunds, h.homes, h.timed, h.nights, h.refunded_fen, h.fee, h.fee_year, h.first_on, h.last_on,
        h.evidence, l.payers
    FROM handlers AS h
    LEFT JOIN looked_after AS l ON l.county = h.county AND l.collector_id = h.collector_id
),
-- one row per handler and other handler of his kind, ranked by households
peers AS (
    SELECT
        a.county, a.collector_id, b.collector_id AS peer_id, b.homes, b.timed, b.nights, b.payers,
        row_number() OVER (PARTITION BY a.county, a.collector_id ORDER BY b.homes, b.collector_id) AS rank,
        count(*) OVER (PARTITION BY a.county, a.collector_id) AS peers
    FROM sized AS a
    INNER JOIN sized AS b ON b.county = a.county AND b.of_register = a.of_register AND b.collector_id <> a.collector_id
),
-- one row per handler with his peers' quartiles (nearest rank) and totals
compared AS (
    SELECT
        p.county, p.collector_id, min(p.peers) AS peers,
        max(CASE WHEN p.rank = (p.peers + 3) // 4 THEN p.homes END) AS q1,
        max(CASE WHEN p.rank = (3 * p.peers + 3) // 4 THEN p.homes END) AS q3,
        CAST(sum(p.timed) AS BIGINT) AS timed, CAST(sum(p.nights) AS BIGINT) AS nights,
        CAST(sum(CASE WHEN p.payers IS NOT NULL THEN p.homes ELSE 0 END) AS BIGINT) AS rated_homes, CAST(sum(p.payers) AS BIGINT) AS payers
    FROM peers AS p
    GROUP BY p.county, p.collector_id
    HAVING min(p.peers) >= $min_peers
),
-- one row per handler with twice the fence, and whether he is beyond it and for his persons, far beyond it, and at night where the others are not
judged AS (
    SELECT
        s.county, s.collector_id, s.of_register, s.office, s.refunds, s.homes, s.timed, s.nights, s.refunded_fen, s.fee, s.fee_year, s.first_on, s.last_on, s.evidence,
        c.peers, c.q3, 2 * c.q3 + $fence_iqr_halves * greatest(c.q3 - c.q1, 1) AS fence_halves,
        s.homes >= $min_homes AND 2 * s.homes >= 2 * c.q3 + $fence_iqr_halves * greatest(c.q3 - c.q1, 1)
        AND coalesce(s.homes * c.payers >= $min_ratio * c.rated_homes * s.payers OR c.rated_homes = 0, true) AS many,
        s.payers IS NOT NULL AND coalesce(c.rated_homes, 0) > 0 AS rated,
        2 * s.homes >= $far_times * (2 * c.q3 + $fence_iqr_halves * greatest(c.q3 - c.q1, 1)) AS far,
        s.nights >= $min_nights AND 100 * s.nights >= $night_percent * s.timed AND c.timed > 0 AND 100 * c.nights <= $peer_night_percent * c.timed AS nightly,
        2 * b.refunds > s.refunds AS at_once
    FROM sized AS s
    INNER JOIN compared AS c ON c.county = s.county AND c.collector_id = s.collector_id
    INNER JOIN bulk AS b ON b.county = s.county AND b.collector_id = s.collector_id
)
SELECT
    j.county,
    CASE WHEN j.at_once OR NOT j.many THEN 'watch' WHEN j.nightly THEN 'medium' WHEN j.rated OR j.far THEN 'low' ELSE 'watch' END AS severity,
    'collector' AS subject_type, j.collector_id AS subject_id, p.township, p.village, j.fee, j.fee_year,
    CASE WHEN j.many THEN j.refunded_fen * (j.homes - j.q3) // j.homes ELSE CAST(0 AS BIGINT) END AS amount_at_risk_fen,
    CAST(j.homes AS DOUBLE) AS measure, round(CAST(j.fence_halves AS DOUBLE) / 2, 6) AS threshold,
    j.first_on AS occurred_on, j.evidence,
    struct_pack(
        addressee := CASE WHEN j.of_register = 1 THEN 'township' ELSE coalesce(j.office, 'tax') END,
        refunds := j.refunds, homes := j.homes, refunded_fen := j.refunded_fen, peers := j.peers, peer_homes := j.q3, nights := j.nights, first_on := j.first_on,
        last_on := j.last_on,
        note_zh := CASE WHEN j.at_once THEN '（大多是同一天因同一原因办理，可能是集中更正）' ELSE '' END,
        note_en := CASE WHEN j.at_once THEN ' (most of them on one day for one reason: perhaps one mistake put right)' ELSE '' END
    ) AS details
FROM judged AS j
INNER JOIN places AS p ON p.county = j.county AND p.collector_id = j.collector_id
WHERE j.many OR j.nightly
