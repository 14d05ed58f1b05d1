-- one row per suspicion: its rules, dates, reasons (strongest first, the same words once) and evidence
CREATE TEMP TABLE account AS
WITH reason AS (
    SELECT
        suspicion, reason_zh, reason_en,
        max(level) AS level, max(amount_fen) AS amount_fen, min(rule) AS rule
    FROM member
    GROUP BY suspicion, reason_zh, reason_en
),
reasons AS (
    SELECT
        suspicion,
        list(reason_zh ORDER BY level DESC, amount_fen DESC, rule, reason_zh, reason_en) AS reasons_zh,
        list(reason_en ORDER BY level DESC, amount_fen DESC, rule, reason_zh, reason_en) AS reasons_en
    FROM reason
    GROUP BY suspicion
),
event AS (
    SELECT DISTINCT suspicion, unnest(evidence) AS event_id FROM member
),
events AS (
    SELECT suspicion, list(event_id ORDER BY event_id) AS evidence FROM event GROUP BY suspicion
),
dated AS (
    SELECT
        suspicion, max(level) AS level, min(occurred_on) AS first_on, max(occurred_on) AS last_on,
        list_sort(list(DISTINCT rule)) AS rules
    FROM member
    GROUP BY suspicion
)
SELECT d.suspicion, d.level, d.first_on, d.last_on, d.rules, r.reasons_zh, r.reasons_en, coalesce(e.evidence, []) AS evidence
FROM dated AS d
INNER JOIN reasons AS r ON r.suspicion = d.suspicion
LEFT JOIN events AS e ON e.suspicion = d.suspicion;
