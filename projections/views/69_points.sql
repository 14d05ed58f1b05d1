-- one row per location text that is a point within China: longitude and latitude in millionths of a degree, the cosine of the latitude in millionths, and whether it is written finely enough to measure from (two decimals)
WITH written AS ( -- one row per location text in any record
    SELECT d.county, d.location FROM divisions AS d WHERE d.location IS NOT NULL
    UNION
    SELECT t.county, t.location FROM terminals AS t WHERE t.location IS NOT NULL
    UNION
    SELECT s.county, s.location FROM pos_transactions AS s WHERE s.location IS NOT NULL
),
cleaned AS ( -- the same without blanks, its comma an ordinary one
    SELECT w.county, w.location, replace(replace(replace(w.location, ' ', ''), '　', ''), '，', ',') AS text
    FROM written AS w
),
shaped AS ( -- the same with what is left of it without its digits: two numbers leave their points and the comma
    SELECT
        c.county, c.location, c.text,
        replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(
            c.text, '0', ''), '1', ''), '2', ''), '3', ''), '4', ''), '5', ''), '6', ''), '7', ''), '8', ''), '9', '') AS shape
    FROM cleaned AS c
),
halves AS ( -- one row per text of that shape with its two halves
    SELECT s.county, s.location, substr(s.text, 1, p.place - 1) AS first_half, substr(s.text, p.place + 1) AS second_half
    FROM shaped AS s
    INNER JOIN (
        SELECT unnest([2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]) AS place
    ) AS p ON substr(s.text, p.place, 1) = ','
    WHERE s.shape IN ('.,.', '.,', ',.', ',')
),
numbers AS ( -- one row per text with its two numbers in millionths; NULL where a half is no number
    SELECT
        h.county, h.location,
        CASE
            WHEN h.first_half NOT IN ('', '.') AND length(h.first_half) <= 12
                THEN CAST(round(CAST(h.first_half AS DECIMAL(24, 9)) * 1000000, 0) AS BIGINT)
        END AS first_millionths,
        CASE
            WHEN h.second_half NOT IN ('', '.') AND length(h.second_half) <= 12
                THEN CAST(round(CAST(h.second_half AS DECIMAL(24, 9)) * 1000000, 0) AS BIGINT)
        END AS second_millionths,
        greatest(length(h.first_half), length(h.second_half)) AS longer
    FROM halves AS h
),
points AS ( -- one row per text that is a point within China, latitude first being a slip
    SELECT
        n.county, n.location,
        greatest(n.first_millionths, n.second_millionths) AS lon_millionths,
        least(n.first_millionths, n.second_millionths) AS lat_millionths,
        n.longer
    FROM numbers AS n
    WHERE greatest(n.first_millionths, n.second_millionths) BETWEEN 73000000 AND 136000000
        AND least(n.first_millionths, n.second_millionths) BETWEEN 3000000 AND 54000000
),
angles AS ( -- the same with the square of the latitude in radians, in millionths
    SELECT
        p.county, p.location, p.lon_millionths, p.lat_millionths, p.longer,
        (p.lat_millionths * 1745329 // 100000000) * (p.lat_millionths * 1745329 // 100000000) // 1000000 AS square
    FROM points AS p
)
SELECT
    a.county, a.location, a.lon_millionths, a.lat_millionths,
    1000000 - a.square // 2 + a.square * a.square // 24000000 - a.square * a.square // 1000000 * a.square // 720000000 AS cosine_millionths,
    a.longer >= CASE WHEN a.lon_millionths >= 100000000 THEN 6 ELSE 5 END AS fine
FROM angles AS a
