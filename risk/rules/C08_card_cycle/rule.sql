-- one row per credit card charged month after month around the same day, for nobody's payment or for persons outside its holder's household
WITH
-- one row per sale on credit that nobody's payment explains, or, where there is a household register, that paid for outsiders
swipes AS (
    SELECT
        u.county, u.event_id, u.card_key, u.card, u.masked, u.terminal_id, u.township, u.village, u.occurred_on, u.net_fen, u.net_fen AS unexplained_fen
    FROM unexplained_sales AS u
    WHERE u.credit AND u.occurred_on <= $as_of
    UNION ALL
    SELECT
        o.county, o.sale_event_id AS event_id, min(o.card_key) AS card_key, min(o.card) AS card, bool_or(o.masked) AS masked,
        min(o.terminal_id) AS terminal_id, min(o.township) AS township, min(o.village) AS village, min(o.occurred_on) AS occurred_on,
        CAST(sum(o.amount_fen) AS BIGINT) AS net_fen, 0 AS unexplained_fen
    FROM credit_for_others AS o
    INNER JOIN (SELECT DISTINCT h.county FROM households AS h) AS r ON r.county = o.county
    LEFT JOIN unexplained_sales AS u ON u.county = o.county AND u.event_id = o.sale_event_id
    WHERE o.sale_event_id IS NOT NULL AND u.event_id IS NULL AND o.occurred_on <= $as_of
    GROUP BY o.county, o.sale_event_id
),
-- one row per card and day on which it was charged enough in all
days AS (
    SELECT s.county, s.card_key, s.occurred_on, CAST(sum(s.net_fen) AS BIGINT) AS amount_fen
    FROM swipes AS s
    GROUP BY s.county, s.card_key, s.occurred_on
    HAVING sum(s.net_fen) >= $min_day_fen
),
-- one row per card with charged days in enough months to be looked at
candidates AS (
    SELECT d.county, d.card_key
    FROM days AS d
    GROUP BY d.county, d.card_key
    HAVING count(*) >= $min_months
),
-- one row per calendar day with its month, counted from year 0, and whether its month ends on it
calendar AS (
    SELECT
        w.county, w.day, year(w.day) * 12 + month(w.day) AS month_no, day(w.day) AS day_no,
        coalesce(month(lead(w.day) OVER (PARTITION BY w.county ORDER BY w.day)) <> month(w.day), false) AS ends_month
    FROM working_day AS w
),
-- one row per charged day and month in which it lies near a day of the month: that day itself, or the month's last where the month is shorter
near AS (
    SELECT DISTINCT d.county, d.card_key, d.occurred_on, n.day_no, c.month_no
    FROM candidates AS k
    INNER JOIN days AS d ON d.county = k.county AND d.card_key = k.card_key
    INNER JOIN calendar AS c ON c.county = d.county AND datediff('day', d.occurred_on, c.day) BETWEEN -$slack_days AND $slack_days
    INNER JOIN (
        SELECT unnest([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31]) AS day_no
    ) AS n ON n.day_no = c.day_no OR (c.ends_month AND n.day_no > c.day_no)
),
-- one row per card, day of the month and month, numbered; months that follow each other keep the same distance
months AS (
    SELECT
        m.county, m.card_key, m.day_no, m.month_no,
        m.month_no - row_number() OVER (PARTITION BY m.county, m.card_key, m.day_no ORDER BY m.month_no) AS run_no
    FROM (SELECT DISTINCT n.county, n.card_key, n.day_no, n.month_no FROM near AS n) AS m
),
-- one row per card: its longest run of months around one day, the earliest of equal ones
longest AS (
    SELECT m.county, m.card_key, m.day_no, min(m.month_no) AS first_month, max(m.month_no) AS last_month, count(*) AS months
    FROM months AS m
    GROUP BY m.county, m.card_key, m.day_no, m.run_no
    HAVING count(*) >= $min_months
    QUALIFY row_number() OVER (PARTITION BY m.county, m.card_key ORDER BY count(*) DESC, min(m.month_no), m.day_no) = 1
),
-- one row per charged day of that run
cycle_days AS (
    SELECT DISTINCT l.county, l.card_key, l.day_no, l.months, n.occurred_on
    FROM longest AS l
    INNER JOIN near AS n
        ON n.county = l.county AND n.card_key = l.card_key AND n.day_no = l.day_no AND n.month_no BETWEEN l.first_month AND l.last_month
),
-- one row per terminal that a township's own clerk keeps
clerk_terminals AS (
    SELECT DISTINCT t.county, t.record_id AS terminal_id
    FROM terminals AS t
    INNER JOIN collectors AS c ON c.county = t.county AND c.record_id = t.collector_id
    WHERE c.role = 'township-clerk'
),
-- one row per card with what it was charged on those days
cards AS (
    SELECT
        s.county, s.card_key, min(s.card) AS card, CASE WHEN bool_or(s.masked) THEN 1 ELSE 0 END AS masked, min(s.township) AS township, min(s.village) AS village,
        min(c.day_no) AS day_no, min(c.months) AS months, count(*) AS swipes, count(DISTINCT s.terminal_id) AS terminals,
        CAST(sum(s.net_fen) AS BIGINT) AS amount_fen, CAST(sum(s.unexplained_fen) AS BIGINT) AS unexplained_fen,
        min(s.occurred_on) AS first_on, max(s.occurred_on) AS last_on, bool_or(k.terminal_id IS NOT NULL) AS at_clerk,
        list_sort(list(DISTINCT s.event_id)) AS evidence
    FROM cycle_days AS c
    INNER JOIN swipes AS s ON s.county = c.county AND s.card_key = c.card_key AND s.occurred_on = c.occurred_on
    LEFT JOIN clerk_terminals AS k ON k.county = s.county AND k.terminal_id = s.terminal_id
    GROUP BY s.county, s.card_key
),
-- one row per card with how grave (1 low to 4 critical), a masked number one step less
graded AS (
    SELECT
        c.county, c.card, c.masked, c.township, c.village, c.day_no, c.months, c.swipes, c.terminals, c.amount_fen, c.unexplained_fen, c.first_on, c.last_on, c.at_clerk, c.evidence,
        CASE WHEN c.unexplained_fen >= $critical_unexplained_fen THEN 4 WHEN c.unexplained_fen >= $high_unexplained_fen THEN 3 ELSE 2 END - c.masked AS level
    FROM cards AS c
)
SELECT
    g.county,
    CASE g.level WHEN 4 THEN 'critical' WHEN 3 THEN 'high' WHEN 2 THEN 'medium' ELSE 'low' END AS severity,
    'card' AS subject_type, g.card AS subject_id, g.township, g.village,
    CAST(NULL AS VARCHAR) AS fee, CAST(NULL AS BIGINT) AS fee_year,
    g.amount_fen AS amount_at_risk_fen,
    CAST(g.months AS DOUBLE) AS measure, CAST($min_months AS DOUBLE) AS threshold,
    g.first_on AS occurred_on, g.evidence,
    struct_pack(
        addressee := CASE WHEN g.at_clerk THEN 'discipline' ELSE 'township' END,
        months := g.months, day_no := g.day_no, swipes := g.swipes, terminals := g.terminals, unexplained_fen := g.unexplained_fen,
        first_on := g.first_on, last_on := g.last_on,
        number_zh := CASE WHEN g.masked = 1 THEN '（卡号不全，可能是几张卡）' ELSE '' END,
        number_en := CASE WHEN g.masked = 1 THEN ' (masked number: may be several cards)' ELSE '' END
    ) AS details
FROM graded AS g
