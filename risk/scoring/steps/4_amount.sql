-- one row per suspicion: the largest total of a rule that may raise it, each event counted once
-- A finding's amount is spread evenly over the records in its evidence that move money (over all of it where none does);
-- of an event in several findings of one rule the largest share counts. Spread in whole fen, so that findings without a common event add exactly.
CREATE TEMP TABLE amount AS
WITH raising AS (
    SELECT suspicion, rule, finding, amount_fen, evidence FROM member WHERE raises
),
rule_total AS (
    SELECT suspicion, rule, count(*) AS findings, sum(amount_fen)::BIGINT AS total_fen
    FROM raising
    GROUP BY suspicion, rule
),
counted AS (
    SELECT
        r.suspicion, r.rule, r.finding, r.amount_fen, r.evidence,
        list_filter(r.evidence, lambda e: list_contains($money_types, split_part(e, ':', 1))) AS money
    FROM raising AS r
    INNER JOIN rule_total AS t ON t.suspicion = r.suspicion AND t.rule = r.rule
    WHERE t.findings > 1
),
bearer AS (
    SELECT
        suspicion, rule, amount_fen,
        CASE WHEN len(money) > 0 THEN money WHEN len(evidence) > 0 THEN evidence ELSE [concat('finding ', finding)] END AS events
    FROM counted
),
placed AS (
    SELECT
        suspicion, rule, amount_fen, len(events) AS events,
        unnest(events) AS event, unnest(range(len(events))) AS place
    FROM bearer
),
event_share AS (
    SELECT suspicion, rule, event, max(amount_fen // events + (place < amount_fen % events)::BIGINT) AS share_fen
    FROM placed
    GROUP BY suspicion, rule, event
),
shared_total AS (
    SELECT suspicion, rule, sum(share_fen)::BIGINT AS total_fen
    FROM event_share
    GROUP BY suspicion, rule
)
SELECT t.suspicion, max(coalesce(s.total_fen, t.total_fen)) AS amount_fen
FROM rule_total AS t
LEFT JOIN shared_total AS s ON s.suspicion = t.suspicion AND s.rule = t.rule
GROUP BY t.suspicion;
