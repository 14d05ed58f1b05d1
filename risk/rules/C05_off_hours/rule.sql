-- one row per terminal with sales at night or on public holidays that nothing explains
WITH
-- one row per larger unexplained sale with a time of day, with the minute and the day by the region's own clock
sales AS (
    SELECT
        u.county, u.event_id, u.terminal_id, u.township, u.village, u.card, u.net_fen, u.occurred_on,
        CASE WHEN u.credit THEN u.net_fen ELSE 0 END AS credit_fen,
        (hour(u.occurred_at) * 60 + minute(u.occurred_at) - c.clock_shift_hours * 60 + 1440) % 1440 AS local_minute,
        CASE
            WHEN hour(u.occurred_at) < c.clock_shift_hours THEN CAST(u.occurred_on - INTERVAL 1 DAY AS DATE)
            ELSE u.occurred_on
        END AS local_on
    FROM unexplained_sales AS u
    INNER JOIN county AS c ON c.county = u.county
    WHERE u.timed AND u.net_fen >= $min_sale_fen AND u.occurred_on <= $as_of
),
-- one row per stretch of days off that takes in a day from Monday to Friday: a public holiday; weekends alone are none
holidays AS (
    SELECT w.county, w.ordinal
    FROM working_day AS w
    WHERE NOT w.working AND NOT w.provisional
    GROUP BY w.county, w.ordinal
    HAVING min(datediff('day', DATE '2018-01-01', w.day) % 7) < 5
),
-- one row per such sale at night or on a public holiday
off_hours AS (
    SELECT
        s.county, s.event_id, s.terminal_id, s.township, s.village, s.card, s.net_fen, s.credit_fen, s.occurred_on,
        CASE WHEN s.local_minute >= $from_hour * 60 OR s.local_minute <= $until_hour * 60 THEN 1 ELSE 0 END AS at_night,
        CASE WHEN h.county IS NOT NULL THEN 1 ELSE 0 END AS on_holiday
    FROM sales AS s
    LEFT JOIN working_day AS w ON w.county = s.county AND w.day = s.local_on AND NOT w.working
    LEFT JOIN holidays AS h ON h.county = w.county AND h.ordinal = w.ordinal
    WHERE s.local_minute >= $from_hour * 60 OR s.local_minute <= $until_hour * 60 OR h.county IS NOT NULL
),
-- one row per terminal with what it took at such hours
totals AS (
    SELECT
        o.county, o.terminal_id, min(o.township) AS township, min(o.village) AS village, count(*) AS sales, count(DISTINCT o.card) AS cards,
        CAST(sum(o.at_night) AS BIGINT) AS night_sales, CAST(sum(o.on_holiday) AS BIGINT) AS holiday_sales,
        CAST(sum(o.net_fen) AS BIGINT) AS amount_fen, CAST(sum(o.credit_fen) AS BIGINT) AS credit_fen,
        CAST(sum(o.at_night * o.net_fen) AS BIGINT) AS night_fen, CAST(sum(o.at_night * o.credit_fen) AS BIGINT) AS night_credit_fen,
        min(o.occurred_on) AS first_on, max(o.occurred_on) AS last_on,
        list_sort(list(DISTINCT o.event_id)) AS evidence
    FROM off_hours AS o
    GROUP BY o.county, o.terminal_id
),
-- one row per terminal and kind of sale with its amount and the steps by which it weighs less: not at night, not on credit
kinds AS (
    SELECT t.county, t.terminal_id, t.night_credit_fen AS amount_fen, 0 AS lighter FROM totals AS t
    UNION ALL
    SELECT t.county, t.terminal_id, t.credit_fen AS amount_fen, 1 AS lighter FROM totals AS t
    UNION ALL
    SELECT t.county, t.terminal_id, t.night_fen AS amount_fen, 1 AS lighter FROM totals AS t
    UNION ALL
    SELECT t.county, t.terminal_id, t.amount_fen, 2 AS lighter FROM totals AS t
),
-- one row per terminal with how grave (0 watch to 3 high): the gravest kind
graded AS (
    SELECT
        k.county, k.terminal_id,
        max(CASE WHEN k.amount_fen >= $high_fen THEN 3 WHEN k.amount_fen >= $medium_fen THEN 2 WHEN k.amount_fen > 0 THEN 1 ELSE 0 END - k.lighter) AS level
    FROM kinds AS k
    GROUP BY k.county, k.terminal_id
)
SELECT
    t.county,
    CASE g.level WHEN 3 THEN 'high' WHEN 2 THEN 'medium' WHEN 1 THEN 'low' ELSE 'watch' END AS severity,
    'terminal' AS subject_type, t.terminal_id AS subject_id, t.township, t.village,
    CAST(NULL AS VARCHAR) AS fee, CAST(NULL AS BIGINT) AS fee_year,
    t.amount_fen AS amount_at_risk_fen,
    CAST(t.sales AS DOUBLE) AS measure, CAST(1 AS DOUBLE) AS threshold,
    t.first_on AS occurred_on, t.evidence,
    struct_pack(
        sales := t.sales, night_sales := t.night_sales, holiday_sales := t.holiday_sales, credit_fen := t.credit_fen, cards := t.cards,
        shift_hours := c.clock_shift_hours, first_on := t.first_on, last_on := t.last_on
    ) AS details
FROM totals AS t
INNER JOIN graded AS g ON g.county = t.county AND g.terminal_id = t.terminal_id
INNER JOIN county AS c ON c.county = t.county
