-- one row per terminal with sales farther than some kilometres from every village of its keeper's places
WITH
-- one row per sale whose card was charged in the end, with the point where it was made, whether nothing explains it, and whether no payments came in that could
sales AS (
    SELECT
        s.county, s.event_id, s.terminal_id, s.township, s.village, s.keeper, s.net_fen, s.card, s.occurred_on, s.location,
        CASE WHEN u.event_id IS NULL THEN 0 ELSE 1 END AS unexplained,
        CASE WHEN s.explained_by = 'outside' THEN 1 ELSE 0 END AS unmet,
        CASE WHEN s.card_kind IN ('credit', 'semi-credit') THEN 1 ELSE 0 END AS credit
    FROM explained_sales AS s
    INNER JOIN points AS p ON p.county = s.county AND p.location = s.location AND p.fine
    LEFT JOIN unexplained_sales AS u ON u.county = s.county AND u.event_id = s.event_id
    WHERE s.net_fen >= $min_sale_fen AND s.occurred_on <= $as_of
),
-- one row per division with a point
placed AS (
    SELECT d.county, d.record_id AS division, p.lon_millionths, p.lat_millionths
    FROM divisions AS d
    INNER JOIN points AS p ON p.county = d.county AND p.location = d.location AND p.fine
),
-- one row per terminal and division that it or its keeper serves
served AS (
    SELECT t.county, t.record_id AS terminal_id, t.division
    FROM terminals AS t
    WHERE t.division IS NOT NULL
    UNION
    SELECT t.county, t.record_id AS terminal_id, k.division
    FROM terminals AS t
    INNER JOIN (SELECT c.county, c.record_id, unnest(c.division) AS division FROM collectors AS c) AS k
        ON k.county = t.county AND k.record_id = t.collector_id
    WHERE k.division IS NOT NULL
),
-- one row per terminal with a village among these whose point is not known: it cannot be judged
unknown_places AS (
    SELECT DISTINCT s.county, s.terminal_id
    FROM served AS s
    LEFT JOIN placed AS d ON d.county = s.county AND d.division = s.division
    WHERE length(s.division) = 12 AND d.division IS NULL
),
-- one row per terminal and village that it serves: of a township or county all of them
villages AS (
    SELECT s.county, s.terminal_id, d.lon_millionths, d.lat_millionths
    FROM served AS s
    INNER JOIN placed AS d ON d.county = s.county AND d.division = s.division
    WHERE length(d.division) = 12
    UNION
    SELECT s.county, s.terminal_id, d.lon_millionths, d.lat_millionths
    FROM served AS s
    INNER JOIN placed AS d ON d.county = s.county AND left(d.division, 9) = s.division
    WHERE length(d.division) = 12
    UNION
    SELECT s.county, s.terminal_id, d.lon_millionths, d.lat_millionths
    FROM served AS s
    INNER JOIN placed AS d ON d.county = s.county AND left(d.division, 6) = s.division
    WHERE length(d.division) = 12
),
-- one row per terminal and point it may be used at: these villages, and where the register says that it stands
homes AS (
    SELECT v.county, v.terminal_id, v.lon_millionths, v.lat_millionths FROM villages AS v
    UNION
    SELECT t.county, t.record_id AS terminal_id, p.lon_millionths, p.lat_millionths
    FROM terminals AS t
    INNER JOIN points AS p ON p.county = t.county AND p.location = t.location
    INNER JOIN (SELECT DISTINCT v.county, v.terminal_id FROM villages AS v) AS k ON k.county = t.county AND k.terminal_id = t.record_id
),
-- one row per terminal and place of its sales, with metres east and north to each of these points
legs AS (
    SELECT
        l.county, l.terminal_id, l.location,
        abs(p.lon_millionths - h.lon_millionths) * 111195 // 1000000 * p.cosine_millionths // 1000000 AS east,
        abs(p.lat_millionths - h.lat_millionths) * 111195 // 1000000 AS north
    FROM (SELECT DISTINCT s.county, s.terminal_id, s.location FROM sales AS s) AS l
    INNER JOIN homes AS h ON h.county = l.county AND h.terminal_id = l.terminal_id
    INNER JOIN points AS p ON p.county = l.county AND p.location = l.location
),
-- one row per terminal and place too far from all of them, with the square of the least distance
too_far AS (
    SELECT g.county, g.terminal_id, g.location, min(g.east * g.east + g.north * g.north) AS square
    FROM legs AS g
    LEFT JOIN unknown_places AS u ON u.county = g.county AND u.terminal_id = g.terminal_id
    WHERE u.terminal_id IS NULL
    GROUP BY g.county, g.terminal_id, g.location
    HAVING min(g.east * g.east + g.north * g.north) >= CAST($max_metres AS BIGINT) * $max_metres
),
-- one row per place that the sales of many terminals share: where the acquirer writes its own office
shared AS (
    SELECT f.county, f.location
    FROM too_far AS f
    GROUP BY f.county, f.location
    HAVING count(DISTINCT f.terminal_id) >= $many_terminals
),
-- one row per terminal that can be judged, with whether most of its sales are too far off
judged AS (
    SELECT
        s.county, s.terminal_id, CASE WHEN count(f.location) * 2 > count(*) THEN 1 ELSE 0 END AS mostly_away
    FROM sales AS s
    INNER JOIN (SELECT DISTINCT h.county, h.terminal_id FROM homes AS h) AS h ON h.county = s.county AND h.terminal_id = s.terminal_id
    LEFT JOIN too_far AS f ON f.county = s.county AND f.terminal_id = s.terminal_id AND f.location = s.location
    GROUP BY s.county, s.terminal_id
),
-- one row per county where that holds for many terminals and more than half of all: the points of its places are wrong
misplaced AS (
    SELECT j.county
    FROM judged AS j
    GROUP BY j.county
    HAVING sum(j.mostly_away) >= $many_terminals AND sum(j.mostly_away) * 2 > count(*)
),
-- one row per place too far off and division of the register, with metres east and north
around AS (
    SELECT
        l.county, l.location, CASE WHEN left(d.division, 6) = d.county THEN 1 ELSE 0 END AS own, length(d.division) AS digits,
        abs(p.lon_millionths - d.lon_millionths) * 111195 // 1000000 * p.cosine_millionths // 1000000 AS east,
        abs(p.lat_millionths - d.lat_millionths) * 111195 // 1000000 AS north
    FROM (SELECT DISTINCT f.county, f.location FROM too_far AS f) AS l
    INNER JOIN points AS p ON p.county = l.county AND p.location = l.location
    INNER JOIN placed AS d ON d.county = l.county
),
-- one row per such place with the squares of its distance from the nearest of the county's own divisions, from its seats, and from another county's divisions
nearest AS (
    SELECT
        a.county, a.location,
        min(CASE WHEN a.own = 1 THEN a.east * a.east + a.north * a.north END) AS own_square,
        min(CASE WHEN a.own = 1 AND a.digits < 12 THEN a.east * a.east + a.north * a.north END) AS seat_square,
        min(CASE WHEN a.own = 0 THEN a.east * a.east + a.north * a.north END) AS other_square
    FROM around AS a
    GROUP BY a.county, a.location
),
-- one row per such place: whether near a township's or the county's seat, and whether nearest to another county's division
settings AS (
    SELECT
        n.county, n.location,
        CASE WHEN n.seat_square < CAST($max_metres AS BIGINT) * $max_metres THEN 1 ELSE 0 END AS at_seat,
        CASE WHEN n.other_square < n.own_square THEN 1 ELSE 0 END AS abroad
    FROM nearest AS n
),
-- one row per sale too far off and village of a person whom it paid for, with metres east and north
visits AS (
    SELECT DISTINCT
        s.county, s.event_id,
        abs(q.lon_millionths - d.lon_millionths) * 111195 // 1000000 * q.cosine_millionths // 1000000 AS east,
        abs(q.lat_millionths - d.lat_millionths) * 111195 // 1000000 AS north
    FROM sales AS s
    INNER JOIN too_far AS f ON f.county = s.county AND f.terminal_id = s.terminal_id AND f.location = s.location
    INNER JOIN points AS q ON q.county = s.county AND q.location = s.location
    INNER JOIN sale_payments AS b ON b.county = s.county AND b.sale_event_id = s.event_id
    INNER JOIN terminal_payments AS p ON p.county = b.county AND p.event_id = b.payment_event_id
    INNER JOIN placed AS d ON d.county = p.county AND d.division = p.village
),
-- one row per sale made in the village of a person whom it paid for
at_the_payer_s AS (
    SELECT DISTINCT v.county, v.event_id
    FROM visits AS v
    WHERE v.east * v.east + v.north * v.north < CAST($max_metres AS BIGINT) * $max_metres
),
-- one row per sale too far off, but for those in the payer's own village and, with their payments, at a seat
away AS (
    SELECT
        s.county, s.event_id, s.terminal_id, s.township, s.village, s.net_fen, s.occurred_on, s.unexplained, s.unmet, s.credit, f.square,
        CASE WHEN c.abroad = 1 OR f.square >= CAST($far_metres AS BIGINT) * $far_metres THEN 1 ELSE 0 END AS elsewhere
    FROM sales AS s
    INNER JOIN too_far AS f ON f.county = s.county AND f.terminal_id = s.terminal_id AND f.location = s.location
    INNER JOIN settings AS c ON c.county = s.county AND c.location = s.location
    LEFT JOIN shared AS h ON h.county = s.county AND h.location = s.location
    LEFT JOIN misplaced AS m ON m.county = s.county
    LEFT JOIN at_the_payer_s AS p ON p.county = s.county AND p.event_id = s.event_id
    WHERE h.location IS NULL AND m.county IS NULL AND p.event_id IS NULL AND (c.at_seat = 0 OR s.unexplained = 1)
),
-- one row per terminal with what it took there
totals AS (
    SELECT
        a.county, a.terminal_id, min(a.township) AS township, min(a.village) AS village, count(*) AS sales, count(DISTINCT a.occurred_on) AS days,
        CAST(sum(a.unexplained) AS BIGINT) AS unexplained_sales, CAST(sum(a.unmet) AS BIGINT) AS unmet_sales, CAST(sum(a.elsewhere) AS BIGINT) AS elsewhere_sales,
        count(DISTINCT CASE WHEN a.elsewhere = 1 THEN a.occurred_on END) AS elsewhere_days,
        CAST(sum(a.net_fen) AS BIGINT) AS amount_fen, CAST(sum(a.unexplained * a.net_fen) AS BIGINT) AS unexplained_fen,
        CAST(sum(a.unexplained * a.credit * a.net_fen) AS BIGINT) AS credit_fen, max(a.square) AS square,
        min(a.occurred_on) AS first_on, max(a.occurred_on) AS last_on, list_sort(list(DISTINCT a.event_id)) AS evidence
    FROM away AS a
    GROUP BY a.county, a.terminal_id
),
-- one row per terminal with its farthest distance in metres, first guessed too long
guessed AS (
    SELECT
        t.county, t.terminal_id, t.square,
        max(CASE WHEN g.east * g.east + g.north * g.north = t.square THEN greatest(g.east, g.north) + least(g.east, g.north) // 2 END) AS metres
    FROM totals AS t
    INNER JOIN legs AS g ON g.county = t.county AND g.terminal_id = t.terminal_id
    GROUP BY t.county, t.terminal_id, t.square
),
-- one row per terminal with that guess made better
closer AS (
    SELECT g.county, g.terminal_id, g.square, (g.metres + g.square // g.metres) // 2 AS metres FROM guessed AS g
),
-- one row per terminal with that guess made better once more, to a metre
measured AS (
    SELECT c.county, c.terminal_id, CAST((c.metres + c.square // c.metres) // 2 AS BIGINT) AS metres FROM closer AS c
)
SELECT
    t.county,
    CASE
        WHEN t.credit_fen >= $high_credit_fen THEN 'high'
        WHEN t.credit_fen > 0 OR t.unexplained_fen >= $medium_debit_fen THEN 'medium'
        WHEN t.elsewhere_sales >= $many_sales AND t.elsewhere_days >= 2 THEN 'medium'
        WHEN t.unexplained_sales > 0 OR (t.sales >= $many_sales AND t.days >= 2) THEN 'low'
        ELSE 'watch'
    END AS severity,
    'terminal' AS subject_type, t.terminal_id AS subject_id, t.township, t.village,
    CAST(NULL AS VARCHAR) AS fee, CAST(NULL AS BIGINT) AS fee_year,
    t.amount_fen AS amount_at_risk_fen,
    CAST(m.metres AS DOUBLE) AS measure, CAST($max_metres AS DOUBLE) AS threshold,
    t.first_on AS occurred_on, t.evidence,
    struct_pack(
        sales := t.sales, days := t.days, unexplained_sales := t.unexplained_sales, unexplained_fen := t.unexplained_fen, credit_fen := t.credit_fen,
        elsewhere_sales := t.elsewhere_sales, kilometres := m.metres // 1000, limit_kilometres := $max_metres // 1000, far_kilometres := $far_metres // 1000, first_on := t.first_on, last_on := t.last_on,
        unpaid_zh := concat(
            CASE WHEN t.unexplained_sales > 0 THEN concat('；其中 ', CAST(t.unexplained_sales AS VARCHAR), ' 笔、', CAST(t.unexplained_fen // 100 AS VARCHAR), '.', right(concat('0', CAST(t.unexplained_fen % 100 AS VARCHAR)), 2), ' 元找不到对应缴费') ELSE '' END,
            CASE WHEN t.unmet_sales > 0 THEN concat('；有 ', CAST(t.unmet_sales AS VARCHAR), ' 笔的缴费明细未传入，无法核对') ELSE '' END,
            CASE WHEN t.unexplained_sales + t.unmet_sales = 0 THEN '；都有对应缴费' ELSE '' END
        ),
        unpaid_en := concat(
            CASE WHEN t.unexplained_sales > 0 THEN concat('; ', CAST(t.unexplained_sales AS VARCHAR), ' of them, ', CAST(t.unexplained_fen // 100 AS VARCHAR), '.', right(concat('0', CAST(t.unexplained_fen % 100 AS VARCHAR)), 2), ' yuan, belong to no payment') ELSE '' END,
            CASE WHEN t.unmet_sales > 0 THEN concat('; the payments of ', CAST(t.unmet_sales AS VARCHAR), ' have not come in') ELSE '' END,
            CASE WHEN t.unexplained_sales + t.unmet_sales = 0 THEN '; all of them belong to payments' ELSE '' END
        )
    ) AS details
FROM totals AS t
INNER JOIN measured AS m ON m.county = t.county AND m.terminal_id = t.terminal_id
