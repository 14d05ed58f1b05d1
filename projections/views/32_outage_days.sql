-- one row per township and day on which its cash lines could not be paid: an outage on record, or the late lines of many collectors paid together shortly after
WITH
-- one row per line settled after its day
late_lines AS (
    SELECT s.county, s.township, s.started_on AS day, s.event_id, s.collector_id, s.settled_on, s.settled_wd
    FROM settlement AS s
    WHERE s.state = 'settled' AND s.late_fen > 0
),
-- one row per township, day and day of payment: its late lines
together AS (
    SELECT l.county, l.township, l.day, l.settled_on, count(*) AS line_count, count(DISTINCT l.collector_id) AS collector_count, max(l.settled_wd) AS wd
    FROM late_lines AS l
    GROUP BY l.county, l.township, l.day, l.settled_on
),
-- one row per township and day: its late lines
late_days AS (
    SELECT l.county, l.township, l.day, count(*) AS line_count
    FROM late_lines AS l
    GROUP BY l.county, l.township, l.day
),
-- one row per township and day on which cash was taken
cash_days AS (
    SELECT DISTINCT s.county, s.township, s.started_on AS day
    FROM settlement AS s
)
SELECT t.county, t.township, t.day
FROM together AS t
INNER JOIN late_days AS d ON d.county = t.county AND d.township = t.township AND d.day = t.day
WHERE t.wd <= 5 AND t.collector_count >= 3 AND t.line_count >= 10 AND t.line_count * 10 >= d.line_count * 8
UNION
SELECT c.county, c.township, c.day
FROM cash_days AS c
INNER JOIN duty_acts AS a ON a.county = c.county
WHERE a.duty IN ('system-outage', 'network-outage', 'payment-outage', 'outage', '系统故障', '网络故障', '停机通告')
    AND coalesce(a.township, c.township) = c.township
    AND a.done_on >= c.day AND datediff('day', c.day, a.done_on) <= 3
