-- one row per dedicated terminal of the register or of the acquirer's log: where it is, who keeps it, what it charged and what explains it
WITH
registered AS (
    SELECT t.record_id AS id, t.township, t.village, t.collector_id, t.merchant_id, t.installed_on, t.withdrawn_on, t.position
    FROM terminals AS t
    WHERE t.record_id IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY t.record_id ORDER BY t.installed_on DESC NULLS LAST, t.event_id) = 1
),
charged AS (
    SELECT
        e.terminal_id AS id, count(*) AS sale_count, CAST(sum(e.net_fen) AS BIGINT) AS charged_fen,
        CAST(coalesce(sum(u.net_fen), 0) AS BIGINT) AS unexplained_fen, count(u.event_id) AS unexplained_count,
        CAST(coalesce(sum(e.net_fen) FILTER (e.card_kind IN ('credit', 'semi-credit')), 0) AS BIGINT) AS credit_fen,
        min(e.occurred_on) AS first_on, max(e.occurred_on) AS last_on
    FROM explained_sales AS e
    LEFT JOIN unexplained_sales AS u ON u.county = e.county AND u.event_id = e.event_id
    GROUP BY e.terminal_id
)
SELECT
    coalesce(r.id, c.id) AS id, r.township, r.village, r.collector_id, r.merchant_id, r.installed_on, r.withdrawn_on, r.position,
    coalesce(c.sale_count, 0) AS sale_count, coalesce(c.charged_fen, 0) AS charged_fen, coalesce(c.unexplained_count, 0) AS unexplained_count,
    coalesce(c.unexplained_fen, 0) AS unexplained_fen, coalesce(c.credit_fen, 0) AS credit_fen, c.first_on, c.last_on
FROM registered AS r
FULL JOIN charged AS c ON c.id = r.id
