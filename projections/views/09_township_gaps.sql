-- one row per township and stretch of ten days or more (first and last day) without one payment, the treasury's apart, in which by the rest of the county's twenty were to be expected of people paying by themselves: its payments have not come in
WITH
-- one row per township and day with payments, and those not by a collector's cash or terminal
paid AS (
    SELECT p.county, p.township, p.paid_on AS day, count(CASE WHEN p.channel NOT IN ('cash', 'pos') THEN 1 END) AS own
    FROM payments AS p
    WHERE p.channel <> 'fiscal' AND p.township IS NOT NULL AND p.paid_on IS NOT NULL
    GROUP BY p.county, p.township, p.paid_on
),
-- one row per county: its first and last day, and all such payments
counties AS (
    SELECT p.county, min(p.day) AS first_on, max(p.day) AS last_on, sum(p.own) AS own
    FROM paid AS p
    GROUP BY p.county
    HAVING count(DISTINCT p.township) > 1
),
-- one row per township: the same
townships AS (
    SELECT p.county, p.township, min(p.day) AS first_on, sum(p.own) AS own
    FROM paid AS p
    GROUP BY p.county, p.township
),
-- one row per township and pair of days with nothing between; the county's first and last day bound it
pairs AS (
    SELECT
        p.county, p.township, p.day AS before_on,
        coalesce(lead(p.day) OVER (PARTITION BY p.county, p.township ORDER BY p.day), CAST(c.last_on + INTERVAL 1 DAY AS DATE)) AS after_on
    FROM paid AS p
    INNER JOIN counties AS c ON c.county = p.county
    UNION ALL
    SELECT t.county, t.township, CAST(c.first_on - INTERVAL 1 DAY AS DATE) AS before_on, t.first_on AS after_on
    FROM townships AS t
    INNER JOIN counties AS c ON c.county = t.county
),
-- one row per stretch of ten days or more between
stretches AS (
    SELECT p.county, p.township, p.before_on, p.after_on
    FROM pairs AS p
    WHERE datediff('day', p.before_on, p.after_on) > 10
),
-- one row per county and day: such payments
days AS (
    SELECT p.county, p.day, sum(p.own) AS own
    FROM paid AS p
    GROUP BY p.county, p.day
)
SELECT
    s.county, s.township, CAST(s.before_on + INTERVAL 1 DAY AS DATE) AS first_on, CAST(s.after_on - INTERVAL 1 DAY AS DATE) AS last_on
FROM stretches AS s
INNER JOIN townships AS t ON t.county = s.county AND t.township = s.township
INNER JOIN counties AS c ON c.county = s.county
INNER JOIN days AS d ON d.county = s.county AND d.day > s.before_on AND d.day < s.after_on
GROUP BY s.county, s.township, s.before_on, s.after_on, t.own, c.own
HAVING sum(d.own) >= 20 AND sum(d.own) * t.own >= 20 * (c.own - t.own)
