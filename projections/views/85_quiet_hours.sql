-- one row per county and hour in which fewer than one in a hundred of its own people's payments come
SELECT t.county, t.hour_of_day
FROM (
    SELECT p.county, hour(p.paid_at) AS hour_of_day, count(*) AS payments
    FROM standing_payments AS p
    WHERE p.timed AND p.channel NOT IN ('fiscal', 'bank-batch', 'treasury-link')
    GROUP BY p.county, hour(p.paid_at)
) AS t
QUALIFY t.payments * 100 < sum(t.payments) OVER (PARTITION BY t.county)
