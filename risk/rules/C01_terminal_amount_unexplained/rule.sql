-- one row per terminal with approved sales that no payments and no sum of legal amounts of persons who paid by it explain
WITH unexplained AS ( -- one row per approved sale that nothing explains, not even a payment entered days later, with whether a credit line paid it
    SELECT
        u.county, u.event_id, u.terminal_id, u.township, u.village, u.net_fen, u.card, u.occurred_on,
        CASE WHEN u.credit THEN 1 ELSE 0 END AS credit
    FROM unexplained_sales AS u
    WHERE u.net_fen >= $min_sale_fen AND u.occurred_on <= $as_of
),
sold AS ( -- one row per terminal with all its sales
    SELECT s.county, s.terminal_id, count(*) AS sales
    FROM terminal_sales AS s
    GROUP BY s.county, s.terminal_id
),
terminals_left AS ( -- one row per terminal with what is left unexplained
    SELECT
        u.county, u.terminal_id, min(u.township) AS township, min(u.village) AS village,
        count(*) AS unexplained_sales, CAST(sum(u.net_fen) AS BIGINT) AS unexplained_fen,
        CAST(sum(u.credit) AS BIGINT) AS credit_sales, CAST(sum(u.credit * u.net_fen) AS BIGINT) AS credit_fen,
        count(DISTINCT u.card) AS cards, max(u.net_fen) AS largest_fen,
        min(u.occurred_on) AS first_on, max(u.occurred_on) AS last_on,
        list_sort(list(DISTINCT u.event_id)) AS evidence
    FROM unexplained AS u
    GROUP BY u.county, u.terminal_id
)
SELECT
    l.county,
    CASE
        WHEN l.credit_fen >= $critical_credit_fen THEN 'critical'
        WHEN l.credit_fen >= $high_credit_fen THEN 'high'
        WHEN l.credit_sales > 0 OR l.unexplained_fen >= $medium_debit_fen THEN 'medium'
        WHEN l.unexplained_fen >= $low_debit_fen THEN 'low'
        ELSE 'watch'
    END AS severity,
    'terminal' AS subject_type, l.terminal_id AS subject_id, l.township, l.village,
    CAST(NULL AS VARCHAR) AS fee, CAST(NULL AS BIGINT) AS fee_year,
    l.unexplained_fen AS amount_at_risk_fen,
    CAST(l.unexplained_sales AS DOUBLE) AS measure, CAST($min_sales AS DOUBLE) AS threshold,
    l.first_on AS occurred_on, l.evidence,
    struct_pack(
        sales := s.sales, unexplained_sales := l.unexplained_sales, credit_sales := l.credit_sales, credit_fen := l.credit_fen,
        cards := l.cards, largest_fen := l.largest_fen, first_on := l.first_on, last_on := l.last_on
    ) AS details
FROM terminals_left AS l
INNER JOIN sold AS s ON s.county = l.county AND s.terminal_id = l.terminal_id
WHERE l.unexplained_sales >= $min_sales
