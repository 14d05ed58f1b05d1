-- one row per change of a person's category within a collection window, with the office that tells of it and the days by which it told late (below 0: in time)
WITH
-- one row per day with the working day on which it counts: a day off counts as the next
days AS (
    SELECT w.county, w.day, w.ordinal, w.ordinal + CASE WHEN w.working THEN 0 ELSE 1 END AS reached
    FROM working_day AS w
)
SELECT
    s.county, s.event_id, s.effective_on,
    CASE WHEN d.unit = 'workday' THEN n.reached - e.ordinal ELSE datediff('day', s.effective_on, s.notified_on) END - d.days AS over,
    CASE s.category WHEN 'severe-disability' THEN 'disabled-persons-federation' WHEN 'poverty-monitored' THEN 'rural-revitalisation' ELSE 'civil-affairs' END AS office
FROM status_changes AS s
INNER JOIN duty AS d ON d.county = s.county AND d.duty = 'category-changes' AND d.rule IS NULL
INNER JOIN days AS e ON e.county = s.county AND e.day = s.effective_on
INNER JOIN days AS n ON n.county = s.county AND n.day = s.notified_on
WHERE s.change IN ('category-granted', 'category-ended')
    AND s.category IN ('severe-disability', 'poverty-monitored', 'extreme-poverty', 'orphan', 'subsistence-allowance')
    AND EXISTS (SELECT 1 FROM window_period AS w WHERE w.county = s.county AND s.effective_on BETWEEN w.first_on AND w.last_on)
