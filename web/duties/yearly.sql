-- one row per duty owed so many times a calendar year and year: on how many days it was done, whichever office did it
SELECT
    d.county, d.duty, y.day AS due_on, d.per_year AS owed, count(DISTINCT a.done_on) AS done, max(a.done_on) AS last_on
FROM duty AS d
INNER JOIN working_day AS y ON y.county = d.county AND month(y.day) = 12 AND day(y.day) = 31
LEFT JOIN yearly_acts AS a ON a.county = d.county AND a.duty = d.duty AND year(a.done_on) = year(y.day)
WHERE d.per_year IS NOT NULL AND year(y.day) BETWEEN year(CAST($first_on AS DATE)) AND year(CAST($as_of AS DATE))
GROUP BY d.county, d.duty, y.day, d.per_year
ORDER BY ALL
