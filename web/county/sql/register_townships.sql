-- one row per township with rosters or a cash register: what its register holds now, and when its lines came in; a township on rosters without a line has not handed its register in
WITH
listed AS (
    SELECT r.township, count(DISTINCT r.payer) AS listed_count FROM rosters AS r WHERE r.township IS NOT NULL GROUP BY r.township
),
kept AS (
    SELECT
        k.township, count(*) AS line_count, CAST(sum(k.amount_fen) AS BIGINT) AS taken_fen, min(k.received_on) AS first_on, max(k.received_on) AS last_on,
        max(CAST(k.recorded_at AS DATE)) AS handed_on, count(*) FILTER (k.submitted_on IS NULL) AS unsubmitted_count, max(k.submitted_on) AS submitted_on,
        count(s.event_id) FILTER (s.state = 'open') AS open_count, CAST(coalesce(sum(s.open_fen), 0) AS BIGINT) AS open_fen
    FROM kept_lines AS k
    LEFT JOIN settlement AS s ON s.county = k.county AND s.event_id = k.event_id
    WHERE k.township IS NOT NULL
    GROUP BY k.township
)
SELECT
    coalesce(k.township, l.township) AS township, coalesce(l.listed_count, 0) AS listed_count, coalesce(k.line_count, 0) AS line_count,
    coalesce(k.taken_fen, 0) AS taken_fen, coalesce(k.open_count, 0) AS open_count, coalesce(k.open_fen, 0) AS open_fen, k.first_on, k.last_on, k.handed_on,
    coalesce(k.unsubmitted_count, 0) AS unsubmitted_count, k.submitted_on
FROM kept AS k
FULL JOIN listed AS l ON l.township = k.township
ORDER BY k.township IS NOT NULL, coalesce(k.township, l.township)
