-- one row per duty owed for every day with something to pass on, office and month: its days in time, late, and without an act
SELECT
    k.county, k.duty, k.office, strftime(k.due_on, '%Y-%m') AS month, max(k.due_on) AS due_on, count(*) AS days,
    count(CASE WHEN k.done_on <= k.due_on THEN 1 END) AS in_time, count(CASE WHEN k.done_on > k.due_on THEN 1 END) AS late,
    count(CASE WHEN k.done_on IS NULL AND k.due_on < $as_of THEN 1 END) AS unseen
FROM duty_days AS k
WHERE k.due_on BETWEEN $first_on AND $last_on
GROUP BY k.county, k.duty, k.office, strftime(k.due_on, '%Y-%m')
ORDER BY ALL
