-- one row per village that is a division, or in which somebody is due, paid or gave cash: cash taken and what became of it, money paid, persons due and those from whom nothing came
WITH
places AS (
    SELECT d.record_id AS id, max(d.name) AS name, max(d.position) AS position FROM divisions AS d WHERE length(d.record_id) = 12 GROUP BY d.record_id
),
taken AS (
    SELECT
        s.village AS id, count(*) AS line_count, CAST(sum(s.amount_fen) AS BIGINT) AS taken_fen, CAST(sum(s.settled_fen) AS BIGINT) AS settled_fen,
        CAST(sum(s.open_fen) AS BIGINT) AS open_fen, count(DISTINCT s.collector_id) AS collector_count
    FROM settlement AS s
    WHERE s.village IS NOT NULL
    GROUP BY s.village
),
paid AS (
    SELECT p.village AS id, CAST(sum(p.amount_fen) AS BIGINT) AS paid_fen FROM standing_payments AS p WHERE p.village IS NOT NULL GROUP BY p.village
),
due AS (
    SELECT d.village AS id, count(*) AS due_count, count(*) FILTER (d.is_open) AS uncollected_count FROM due_persons AS d GROUP BY d.village
),
known AS (
    SELECT p.id FROM places AS p
    UNION
    SELECT t.id FROM taken AS t
    UNION
    SELECT p.id FROM paid AS p
    UNION
    SELECT d.id FROM due AS d
)
SELECT
    k.id, left(k.id, 9) AS township, p.name, p.position, coalesce(d.due_count, 0) AS due_count, coalesce(d.uncollected_count, 0) AS uncollected_count,
    coalesce(q.paid_fen, 0) AS paid_fen, coalesce(t.line_count, 0) AS line_count, coalesce(t.taken_fen, 0) AS taken_fen,
    coalesce(t.settled_fen, 0) AS settled_fen, coalesce(t.open_fen, 0) AS open_fen, coalesce(t.collector_count, 0) AS collector_count
FROM known AS k
LEFT JOIN places AS p ON p.id = k.id
LEFT JOIN taken AS t ON t.id = k.id
LEFT JOIN paid AS q ON q.id = k.id
LEFT JOIN due AS d ON d.id = k.id
