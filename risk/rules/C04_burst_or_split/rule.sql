-- one row per card with sales that nothing explains, several within minutes, or of one day and adding up to a round sum
WITH
-- one row per unexplained sale that is no test of the terminal, with the minute it was made in, counted from a fixed day
sales AS (
    SELECT
        u.county, u.event_id, u.terminal_id, u.township, u.village, u.card_key, u.card, u.net_fen, u.occurred_on, u.timed,
        CASE WHEN u.masked THEN 1 ELSE 0 END AS masked,
        CASE WHEN u.credit THEN 1 ELSE 0 END AS credit,
        datediff('day', DATE '2000-01-01', u.occurred_on) * 1440 + hour(u.occurred_at) * 60 + minute(u.occurred_at) AS made_in
    FROM unexplained_sales AS u
    WHERE u.net_fen >= $min_sale_fen AND u.occurred_on <= $as_of
),
-- one row per sale and sale of its card within the minutes that begin with it
near AS (
    SELECT a.county, a.card_key, a.event_id AS first_event_id, b.event_id
    FROM sales AS a
    INNER JOIN sales AS b ON b.county = a.county AND b.card_key = a.card_key
    WHERE a.timed AND b.timed AND b.made_in - a.made_in BETWEEN 0 AND $burst_minutes
),
-- one row per sale that begins a burst, with how many sales it has
bursts AS (
    SELECT n.county, n.card_key, n.first_event_id, count(*) AS sales
    FROM near AS n
    GROUP BY n.county, n.card_key, n.first_event_id
    HAVING count(*) >= $burst_sales
),
-- one row per card and day whose sales add up to a round sum
splits AS (
    SELECT s.county, s.card_key, s.occurred_on, count(*) AS sales, CAST(sum(s.net_fen) AS BIGINT) AS amount_fen
    FROM sales AS s
    GROUP BY s.county, s.card_key, s.occurred_on
    HAVING count(*) >= $split_sales AND sum(s.net_fen) % $round_fen = 0
),
-- one row per sale that is part of a burst or of a round sum
parts AS (
    SELECT n.county, n.event_id, b.sales AS burst_sales, 0 AS split_sales, 0 AS split_fen
    FROM bursts AS b
    INNER JOIN near AS n ON n.county = b.county AND n.card_key = b.card_key AND n.first_event_id = b.first_event_id
    UNION ALL
    SELECT s.county, s.event_id, 0 AS burst_sales, p.sales AS split_sales, p.amount_fen AS split_fen
    FROM splits AS p
    INNER JOIN sales AS s ON s.county = p.county AND s.card_key = p.card_key AND s.occurred_on = p.occurred_on
),
-- one row per such sale with the largest burst and round sum it belongs to
members AS (
    SELECT p.county, p.event_id, max(p.burst_sales) AS burst_sales, max(p.split_sales) AS split_sales, max(p.split_fen) AS split_fen
    FROM parts AS p
    GROUP BY p.county, p.event_id
),
-- one row per terminal that a township's own clerk keeps
clerk_terminals AS (
    SELECT DISTINCT t.county, t.record_id AS terminal_id
    FROM terminals AS t
    INNER JOIN collectors AS c ON c.county = t.county AND c.record_id = t.collector_id
    WHERE c.role = 'township-clerk'
),
-- one row per card with what it was charged in them
cards AS (
    SELECT
        s.county, s.card_key, min(s.card) AS card, max(s.masked) AS masked, min(s.township) AS township, min(s.village) AS village,
        count(*) AS sales, count(DISTINCT s.terminal_id) AS terminals, CAST(sum(s.net_fen) AS BIGINT) AS amount_fen,
        CAST(sum(s.credit * s.net_fen) AS BIGINT) AS credit_fen,
        max(m.burst_sales) AS burst_sales, max(m.split_sales) AS split_sales, max(m.split_fen) AS split_fen,
        min(s.occurred_on) AS first_on, max(s.occurred_on) AS last_on, bool_or(k.terminal_id IS NOT NULL) AS at_clerk,
        list_sort(list(DISTINCT s.event_id)) AS evidence
    FROM members AS m
    INNER JOIN sales AS s ON s.county = m.county AND s.event_id = m.event_id
    LEFT JOIN clerk_terminals AS k ON k.county = s.county AND k.terminal_id = s.terminal_id
    GROUP BY s.county, s.card_key
),
-- one row per card with how grave (0 watch to 4 critical), a masked number one step less
graded AS (
    SELECT
        c.county, c.card, c.masked, c.township, c.village, c.sales, c.terminals, c.amount_fen, c.credit_fen, c.burst_sales, c.split_sales,
        c.split_fen, c.first_on, c.last_on, c.at_clerk, c.evidence,
        CASE
            WHEN c.credit_fen >= $critical_credit_fen THEN 4
            WHEN c.credit_fen >= $high_credit_fen THEN 3
            WHEN c.credit_fen > 0 OR c.amount_fen >= $medium_debit_fen THEN 2
            WHEN c.amount_fen >= $low_debit_fen THEN 1
            ELSE 0
        END - c.masked AS level
    FROM cards AS c
)
SELECT
    g.county,
    CASE g.level WHEN 4 THEN 'critical' WHEN 3 THEN 'high' WHEN 2 THEN 'medium' WHEN 1 THEN 'low' ELSE 'watch' END AS severity,
    'card' AS subject_type, g.card AS subject_id, g.township, g.village,
    CAST(NULL AS VARCHAR) AS fee, CAST(NULL AS BIGINT) AS fee_year,
    g.amount_fen AS amount_at_risk_fen,
    CAST(CASE WHEN g.burst_sales > 0 THEN g.burst_sales ELSE g.split_sales END AS DOUBLE) AS measure,
    CAST(CASE WHEN g.burst_sales > 0 THEN $burst_sales ELSE $split_sales END AS DOUBLE) AS threshold,
    g.first_on AS occurred_on, g.evidence,
    struct_pack(
        addressee := CASE WHEN g.at_clerk THEN 'discipline' ELSE 'township' END,
        sales := g.sales, terminals := g.terminals, credit_fen := g.credit_fen, burst_sales := g.burst_sales, split_sales := g.split_sales,
        split_fen := g.split_fen, first_on := g.first_on, last_on := g.last_on,
        number_zh := CASE WHEN g.masked = 1 THEN '（卡号不全，可能是几张卡）' ELSE '' END,
        number_en := CASE WHEN g.masked = 1 THEN ' (masked number: may be several cards)' ELSE '' END,
        burst_zh := CASE WHEN g.burst_sales > 0 THEN concat('，', CAST($burst_minutes AS VARCHAR), ' 分钟内连刷 ', CAST(g.burst_sales AS VARCHAR), ' 次') ELSE '' END,
        burst_en := CASE WHEN g.burst_sales > 0 THEN concat(', ', CAST(g.burst_sales AS VARCHAR), ' of them within ', CAST($burst_minutes AS VARCHAR), ' minutes') ELSE '' END,
        split_zh := CASE WHEN g.split_sales > 0 THEN concat('，同日 ', CAST(g.split_sales AS VARCHAR), ' 笔凑成整数 ', CAST(g.split_fen // 100 AS VARCHAR), ' 元') ELSE '' END,
        split_en := CASE WHEN g.split_sales > 0 THEN concat(', ', CAST(g.split_sales AS VARCHAR), ' of one day adding up to ', CAST(g.split_fen // 100 AS VARCHAR), ' yuan exactly') ELSE '' END
    ) AS details
FROM graded AS g
