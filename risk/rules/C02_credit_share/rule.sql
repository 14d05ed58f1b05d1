-- one row per terminal whose credit share, by count or by amount, stands out from its peers or is high in itself
WITH own AS ( -- one row per sale whose payments are known, none of them made by a credit card for a person outside its holder's household
    SELECT p.county, p.sale_event_id
    FROM sale_payments AS p
    LEFT JOIN credit_for_others AS o ON o.county = p.county AND o.payment_event_id = p.payment_event_id
    GROUP BY p.county, p.sale_event_id
    HAVING count(o.payment_event_id) = 0
),
kinds AS ( -- one row per sale whose card kind is known and whose card was charged in the end; outside: on credit, and not for the holder's own household
    SELECT
        s.county, s.event_id, s.terminal_id, s.township, s.village, s.net_fen, s.occurred_on,
        CASE WHEN s.card_kind IN ('credit', 'semi-credit') THEN 1 ELSE 0 END AS credit,
        CASE WHEN s.card_kind IN ('credit', 'semi-credit') AND w.sale_event_id IS NULL THEN 1 ELSE 0 END AS outside
    FROM terminal_sales AS s
    LEFT JOIN own AS w ON w.county = s.county AND w.sale_event_id = s.event_id
    WHERE s.net_fen > 0 AND s.card_kind IN ('debit', 'credit', 'semi-credit', 'prepaid') AND s.occurred_on <= $as_of
),
shares AS ( -- one row per terminal with enough sales: credit, and credit outside the household, in millionths of its sales and of its money
    SELECT
        k.county, k.terminal_id, min(k.township) AS township, min(k.village) AS village,
        count(*) AS sales, CAST(sum(k.credit) AS BIGINT) AS credit_sales,
        CAST(sum(k.net_fen) AS BIGINT) AS sold_fen, CAST(sum(k.credit * k.net_fen) AS BIGINT) AS credit_fen,
        CAST(sum(k.credit) * 1000000 // count(*) AS BIGINT) AS count_share,
        CAST(sum(k.credit * k.net_fen) * 1000000 // sum(k.net_fen) AS BIGINT) AS amount_share,
        CAST(sum(k.outside) AS BIGINT) AS outside_sales, CAST(sum(k.outside * k.net_fen) AS BIGINT) AS outside_fen,
        CAST(sum(k.outside) * 1000000 // count(*) AS BIGINT) AS outside_count_share,
        CAST(sum(k.outside * k.net_fen) * 1000000 // sum(k.net_fen) AS BIGINT) AS outside_amount_share,
        min(CASE WHEN k.credit = 1 THEN k.occurred_on END) AS first_on
    FROM kinds AS k
    GROUP BY k.county, k.terminal_id
    HAVING count(*) >= $min_sales
),
pairs AS ( -- one row per terminal and other terminal of its county
    SELECT
        a.county, a.terminal_id, b.terminal_id AS peer_id, b.count_share, b.amount_share,
        CASE WHEN b.township = a.township THEN 1 ELSE 0 END AS near
    FROM shares AS a
    INNER JOIN shares AS b ON b.county = a.county AND b.terminal_id <> a.terminal_id
),
choices AS ( -- one row per terminal: how many peers its township and its county have
    SELECT p.county, p.terminal_id, sum(p.near) AS in_township, count(*) AS in_county
    FROM pairs AS p
    GROUP BY p.county, p.terminal_id
),
peers AS ( -- one row per terminal and peer: those of the township, else those of the county, ranked by both shares
    SELECT
        p.county, p.terminal_id, p.count_share, p.amount_share,
        row_number() OVER (PARTITION BY p.county, p.terminal_id ORDER BY p.count_share, p.peer_id) AS count_rank,
        row_number() OVER (PARTITION BY p.county, p.terminal_id ORDER BY p.amount_share, p.peer_id) AS amount_rank,
        count(*) OVER (PARTITION BY p.county, p.terminal_id) AS peers
    FROM pairs AS p
    INNER JOIN choices AS c ON c.county = p.county AND c.terminal_id = p.terminal_id
    WHERE (p.near = 1 AND c.in_township >= $min_peers) OR (c.in_township < $min_peers AND c.in_county >= $min_peers)
),
quartiles AS ( -- one row per terminal with its peers' quartiles (nearest rank)
    SELECT
        p.county, p.terminal_id, min(p.peers) AS peers,
        max(CASE WHEN p.count_rank = (p.peers + 3) // 4 THEN p.count_share END) AS count_q1,
        max(CASE WHEN p.count_rank = (3 * p.peers + 3) // 4 THEN p.count_share END) AS count_q3,
        max(CASE WHEN p.amount_rank = (p.peers + 3) // 4 THEN p.amount_share END) AS amount_q1,
        max(CASE WHEN p.amount_rank = (3 * p.peers + 3) // 4 THEN p.amount_share END) AS amount_q3
    FROM peers AS p
    GROUP BY p.county, p.terminal_id
),
fences AS ( -- one row per terminal with its fences (NULL: too few peers, or peers without spread), no lower than the floor
    SELECT
        q.county, q.terminal_id, q.peers,
        CASE WHEN q.count_q3 > q.count_q1 THEN greatest((2 * q.count_q3 + $fence_iqr_halves * (q.count_q3 - q.count_q1)) // 2, $floor_percent * 10000) END AS count_fence,
        CASE WHEN q.amount_q3 > q.amount_q1 THEN greatest((2 * q.amount_q3 + $fence_iqr_halves * (q.amount_q3 - q.amount_q1)) // 2, $floor_percent * 10000) END AS amount_fence
    FROM quartiles AS q
),
limits AS ( -- one row per terminal with the lower of fence and fixed limit, by count and by amount
    SELECT
        s.county, s.terminal_id, s.township, s.village, s.sales, s.credit_sales, s.sold_fen, s.credit_fen, s.count_share, s.amount_share,
        s.outside_sales, s.outside_fen, s.outside_count_share, s.outside_amount_share, s.first_on, coalesce(f.peers, 0) AS peers,
        least(coalesce(f.count_fence, $share_percent * 10000), $share_percent * 10000) AS count_limit,
        least(coalesce(f.amount_fence, $share_percent * 10000), $share_percent * 10000) AS amount_limit
    FROM shares AS s
    LEFT JOIN fences AS f ON f.county = s.county AND f.terminal_id = s.terminal_id
    WHERE s.credit_sales >= $min_credit_sales
),
outliers AS ( -- one row per terminal over a limit, with whether it is even without what the holders paid for their own households
    SELECT
        l.county, l.terminal_id, l.township, l.village, l.sales, l.credit_sales, l.sold_fen, l.credit_fen, l.count_share, l.amount_share,
        l.outside_sales, l.outside_fen, l.first_on, l.peers, l.count_limit, l.amount_limit,
        l.outside_sales >= $min_credit_sales AND (l.outside_count_share >= l.count_limit OR l.outside_amount_share >= l.amount_limit) AS outside_too
    FROM limits AS l
    WHERE l.count_share >= l.count_limit OR l.amount_share >= l.amount_limit
),
shown AS ( -- one row per such terminal with its credit sales
    SELECT o.county, o.terminal_id, list_sort(list(DISTINCT k.event_id)) AS evidence
    FROM outliers AS o
    INNER JOIN kinds AS k ON k.county = o.county AND k.terminal_id = o.terminal_id AND k.credit = 1
    GROUP BY o.county, o.terminal_id
)
SELECT
    o.county, CASE WHEN o.outside_too THEN 'low' ELSE 'watch' END AS severity,
    'terminal' AS subject_type, o.terminal_id AS subject_id, o.township, o.village,
    CAST(NULL AS VARCHAR) AS fee, CAST(NULL AS BIGINT) AS fee_year,
    o.outside_fen AS amount_at_risk_fen,
    round(CAST(CASE WHEN o.count_share >= o.count_limit THEN o.count_share ELSE o.amount_share END AS DOUBLE) / 1000000, 6) AS measure,
    round(CAST(CASE WHEN o.count_share >= o.count_limit THEN o.count_limit ELSE o.amount_limit END AS DOUBLE) / 1000000, 6) AS threshold,
    o.first_on AS occurred_on, s.evidence,
    struct_pack(
        sales := o.sales, credit_sales := o.credit_sales, credit_fen := o.credit_fen, sold_fen := o.sold_fen, outside_sales := o.outside_sales, peers := o.peers,
        count_percent := o.count_share // 10000, amount_percent := o.amount_share // 10000,
        count_limit_percent := o.count_limit // 10000, amount_limit_percent := o.amount_limit // 10000
    ) AS details
FROM outliers AS o
INNER JOIN shown AS s ON s.county = o.county AND s.terminal_id = o.terminal_id
