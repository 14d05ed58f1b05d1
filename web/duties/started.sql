-- one row per record that starts a clock of an office, and step that is owed of it: from which day, the last day in time, and when it was done
WITH
-- one row per count of working days: the first day that reaches it
reached AS (
    SELECT w.county, w.ordinal, min(w.day) AS day FROM working_day AS w GROUP BY w.county, w.ordinal
),
-- one row per data query with the insurance office that owes the answer, and the first day on which a whitelist entry explains it
queries AS (
    SELECT
        q.county, q.event_id, q.record_id, q.fee, q.received_on, q.raised_on, q.forwarded_on, q.confirmed_on, q.answered_on,
        q.forwarded_on IS NOT NULL OR q.forwarded_to IS NOT NULL AS forwarded,
        CASE
            WHEN q.fee IN ('resident-medical', 'flexible-medical') THEN 'medical-insurance'
            WHEN q.fee IN ('resident-pension', 'resident-pension-supplementary', 'flexible-pension') THEN 'human-resources'
        END AS office,
        min(l.agreed_on) AS agreed_on
    FROM data_queries AS q
    LEFT JOIN whitelist AS l ON l.county = q.county AND l.payer = q.payer AND l.fee = q.fee AND l.agreed_on >= q.raised_on
    GROUP BY ALL
),
-- one row per record and step
steps AS (
    SELECT q.county, 'query-returned' AS duty, 'tax' AS office, q.event_id, q.record_id, q.fee, CAST(NULL AS BIGINT) AS amount_fen, q.received_on AS start_on, q.raised_on AS done_on
    FROM queries AS q
    UNION ALL
    SELECT q.county, 'query-verified' AS duty, q.office, q.event_id, q.record_id, q.fee, NULL AS amount_fen, q.raised_on AS start_on, coalesce(q.answered_on, q.agreed_on) AS done_on
    FROM queries AS q
    WHERE NOT q.forwarded
    UNION ALL
    SELECT q.county, 'query-forwarded' AS duty, q.office, q.event_id, q.record_id, q.fee, NULL AS amount_fen, q.raised_on AS start_on, q.forwarded_on AS done_on
    FROM queries AS q
    WHERE q.forwarded
    UNION ALL
    SELECT q.county, 'query-answered' AS duty, q.office, q.event_id, q.record_id, q.fee, NULL AS amount_fen, q.confirmed_on AS start_on, coalesce(q.answered_on, q.agreed_on) AS done_on
    FROM queries AS q
    WHERE q.forwarded
    UNION ALL
    SELECT
        r.county, 'refund-list' AS duty, CASE WHEN r.fee IN ('resident-medical', 'flexible-medical') THEN 'medical-insurance' ELSE 'human-resources' END AS office,
        r.event_id, r.record_id, r.fee, r.amount_fen, r.refunded_on AS start_on, r.listed_on AS done_on
    FROM refunds AS r
    WHERE r.fee IN ('resident-medical', 'flexible-medical', 'resident-pension', 'resident-pension-supplementary', 'flexible-pension')
    UNION ALL
    SELECT t.county, 'fund-transfer' AS duty, 'finance' AS office, t.event_id, t.record_id, t.fee, t.amount_fen, t.due_on AS start_on, t.transferred_on AS done_on
    FROM fund_transfers AS t
    UNION ALL
    SELECT n.county, 'category-changes' AS duty, n.office, n.event_id, s.record_id, NULL AS fee, NULL AS amount_fen, n.effective_on AS start_on, s.notified_on AS done_on
    FROM category_notices AS n
    INNER JOIN status_changes AS s ON s.event_id = n.event_id
)
SELECT
    s.county, s.duty, s.office, s.record_id, s.event_id, s.fee, s.amount_fen, s.start_on,
    CASE d.unit WHEN 'workday' THEN e.day ELSE s.start_on + CAST(d.days AS INTEGER) END AS due_on, s.done_on
FROM steps AS s
INNER JOIN duty AS d ON d.county = s.county AND d.duty = s.duty
INNER JOIN working_day AS b ON b.county = s.county AND b.day = s.start_on
LEFT JOIN reached AS e ON e.county = b.county AND e.ordinal = b.ordinal + d.days
WHERE s.office IS NOT NULL
ORDER BY due_on, s.event_id, s.duty
