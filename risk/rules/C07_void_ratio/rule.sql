-- one row per terminal whose voids and refunds are a large part of its sales, and more than among its peers
WITH
-- one row per approved sale
sales AS (
    SELECT s.county, s.event_id, s.terminal_id, s.township, s.village, s.card, s.net_fen, s.explained_by, s.occurred_at, s.occurred_on
    FROM explained_sales AS s
    WHERE s.occurred_on <= $as_of
),
-- one row per void or refund, numbered among those of its terminal, its sale's card and its day; what is not known to have gone back to the card stands open
returns AS (
    SELECT
        r.county, r.event_id, r.terminal_id, coalesce(s.card, r.card) AS card, r.occurred_at, r.occurred_on,
        r.amount_fen, CASE WHEN coalesce(r.same_card, false) THEN 0 ELSE r.amount_fen END AS open_fen,
        row_number() OVER (
            PARTITION BY r.county, r.terminal_id, coalesce(s.card, r.card), r.occurred_on ORDER BY r.occurred_at NULLS LAST, r.event_id
        ) AS nth
    FROM terminal_returns AS r
    LEFT JOIN sales AS s ON s.county = r.county AND s.event_id = r.sale_event_id
    WHERE r.occurred_on <= $as_of
),
-- one row per void or refund after which its card was swiped again that day, for payments that stand, with how often
repeated AS (
    SELECT r.county, r.event_id, count(*) AS swipes
    FROM returns AS r
    INNER JOIN sales AS s
        ON s.county = r.county AND s.terminal_id = r.terminal_id AND s.card = r.card AND s.occurred_on = r.occurred_on AND s.occurred_at >= r.occurred_at
    WHERE s.net_fen > 0 AND s.explained_by IS NOT NULL AND s.explained_by <> 'outside'
    GROUP BY r.county, r.event_id
),
-- one row per void or refund that no repeated swipe accounts for
counted AS (
    SELECT r.county, r.event_id, r.terminal_id, r.amount_fen, r.open_fen, r.occurred_on
    FROM returns AS r
    LEFT JOIN repeated AS p ON p.county = r.county AND p.event_id = r.event_id
    WHERE coalesce(p.swipes, 0) < r.nth
),
-- one row per terminal with its sales
sold AS (
    SELECT s.county, s.terminal_id, min(s.township) AS township, min(s.village) AS village, count(*) AS sales
    FROM sales AS s
    GROUP BY s.county, s.terminal_id
    HAVING count(*) >= $min_sales
),
-- one row per terminal with its voids and refunds
undone AS (
    SELECT
        c.county, c.terminal_id, count(*) AS returns, CAST(sum(c.amount_fen) AS BIGINT) AS returned_fen, CAST(sum(c.open_fen) AS BIGINT) AS open_fen,
        min(c.occurred_on) AS first_on,
        list_sort(list(DISTINCT c.event_id)) AS evidence
    FROM counted AS c
    GROUP BY c.county, c.terminal_id
),
-- one row per terminal with enough sales: voids and refunds in millionths of them
shares AS (
    SELECT s.county, s.terminal_id, s.township, s.village, s.sales, coalesce(u.returns, 0) AS returns, coalesce(u.returns, 0) * 1000000 // s.sales AS share
    FROM sold AS s
    LEFT JOIN undone AS u ON u.county = s.county AND u.terminal_id = s.terminal_id
),
-- one row per terminal and other terminal of its county
pairs AS (
    SELECT a.county, a.terminal_id, b.terminal_id AS peer_id, b.share, CASE WHEN b.township = a.township THEN 1 ELSE 0 END AS near
    FROM shares AS a
    INNER JOIN shares AS b ON b.county = a.county AND b.terminal_id <> a.terminal_id
    WHERE a.returns * 100 >= $share_percent * a.sales
),
-- one row per terminal: how many peers its township and its county have
choices AS (
    SELECT p.county, p.terminal_id, sum(p.near) AS in_township, count(*) AS in_county
    FROM pairs AS p
    GROUP BY p.county, p.terminal_id
),
-- one row per terminal and peer: those of the township, else those of the county, ranked by share
peers AS (
    SELECT
        p.county, p.terminal_id, p.share,
        row_number() OVER (PARTITION BY p.county, p.terminal_id ORDER BY p.share, p.peer_id) AS place,
        count(*) OVER (PARTITION BY p.county, p.terminal_id) AS peers
    FROM pairs AS p
    INNER JOIN choices AS c ON c.county = p.county AND c.terminal_id = p.terminal_id
    WHERE (p.near = 1 AND c.in_township >= $min_peers) OR (c.in_township < $min_peers AND c.in_county >= $min_peers)
),
-- one row per terminal with its peers' quartiles (nearest rank)
quartiles AS (
    SELECT
        p.county, p.terminal_id, min(p.peers) AS peers,
        max(CASE WHEN p.place = (p.peers + 3) // 4 THEN p.share END) AS q1,
        max(CASE WHEN p.place = (3 * p.peers + 3) // 4 THEN p.share END) AS q3
    FROM peers AS p
    GROUP BY p.county, p.terminal_id
),
-- one row per terminal over the fixed share with its limit: the fence, or the higher fixed share where none can be drawn (too few peers, or peers without spread)
limits AS (
    SELECT
        s.county, s.terminal_id, s.township, s.village, s.sales, s.returns, s.share, coalesce(q.peers, 0) AS peers,
        CASE
            WHEN q.q3 > q.q1 THEN greatest((2 * q.q3 + $fence_iqr_halves * (q.q3 - q.q1)) // 2, $share_percent * 10000)
            ELSE $unfenced_percent * 10000
        END AS share_limit
    FROM shares AS s
    LEFT JOIN quartiles AS q ON q.county = s.county AND q.terminal_id = s.terminal_id
    WHERE s.returns * 100 >= $share_percent * s.sales
)
SELECT
    l.county,
    CASE WHEN l.returns >= $low_returns THEN 'low' ELSE 'watch' END AS severity,
    'terminal' AS subject_type, l.terminal_id AS subject_id, l.township, l.village,
    CAST(NULL AS VARCHAR) AS fee, CAST(NULL AS BIGINT) AS fee_year,
    u.returned_fen AS amount_at_risk_fen,
    round(CAST(l.share AS DOUBLE) / 1000000, 6) AS measure, round(CAST(l.share_limit AS DOUBLE) / 1000000, 6) AS threshold,
    u.first_on AS occurred_on, u.evidence,
    struct_pack(
        sales := l.sales, returns := l.returns, open_fen := u.open_fen, peers := l.peers, percent := l.share // 10000, limit_percent := l.share_limit // 10000
    ) AS details
FROM limits AS l
INNER JOIN undone AS u ON u.county = l.county AND u.terminal_id = l.terminal_id
WHERE l.share >= l.share_limit
