-- one row per collector of the townships and villages and township of theirs, with when appointed, relieved, announced and posted up
SELECT DISTINCT u.county, u.event_id, u.role, u.appointed_on, u.relieved_on, u.announced_on, u.publicised_on, left(u.place, 9) AS township
FROM (
    SELECT c.county, c.event_id, c.role, c.appointed_on, c.relieved_on, c.announced_on, c.publicised_on, unnest(c.division) AS place
    FROM collectors AS c
    WHERE c.role IN ('village-agent', 'township-clerk', 'village-head', 'group-head', 'work-team-head')
) AS u
WHERE length(u.place) >= 9 AND starts_with(u.place, u.county)
