-- one row per collector of the registry or of the cash register: the newest appointment, what was taken and what became of it
WITH
appointed AS (
    SELECT
        c.record_id AS id, c.role, c.division, CASE WHEN length(c.division[1]) >= 9 THEN left(c.division[1], 9) END AS township,
        c.appointed_on, c.relieved_on, c.announced_on, c.publicised_on, c.duties, c.position
    FROM collectors AS c
    WHERE c.record_id IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY c.record_id ORDER BY c.appointed_on DESC NULLS LAST, c.event_id) = 1
),
taken AS (
    SELECT
        s.collector_id AS id, max(s.township) AS township, count(*) AS line_count, CAST(sum(s.amount_fen) AS BIGINT) AS taken_fen,
        CAST(sum(s.settled_fen) AS BIGINT) AS settled_fen, CAST(sum(s.open_fen) AS BIGINT) AS open_fen,
        count(*) FILTER (s.late_fen > 0) AS late_lines, min(s.received_on) AS first_on, max(s.received_on) AS last_on
    FROM settlement AS s
    WHERE s.collector_id IS NOT NULL
    GROUP BY s.collector_id
)
SELECT
    coalesce(a.id, t.id) AS id, coalesce(a.township, t.township) AS township, a.role, coalesce(a.division, []) AS divisions, a.appointed_on, a.relieved_on,
    a.announced_on, a.publicised_on, a.duties, a.position, coalesce(t.line_count, 0) AS line_count, coalesce(t.taken_fen, 0) AS taken_fen,
    coalesce(t.settled_fen, 0) AS settled_fen, coalesce(t.open_fen, 0) AS open_fen, coalesce(t.late_lines, 0) AS late_lines, t.first_on, t.last_on
FROM appointed AS a
FULL JOIN taken AS t ON t.id = a.id
