-- one row per act of a duty owed so many times a year, whichever of the offices that owe it together did it
SELECT d.county, d.duty, a.done_on, a.event_id
FROM duty AS d
INNER JOIN duty_acts AS a ON a.county = d.county AND a.duty = d.duty
WHERE d.rule IS NULL AND d.per_year IS NOT NULL AND starts_with(d.proof, 'duty-acts') AND a.done_on IS NOT NULL
UNION ALL
SELECT s.county, 'spot-checks' AS duty, s.checked_on AS done_on, s.event_id
FROM spot_checks AS s
