-- one row per office and step of a data query that it took late or has not taken: returned, verified, passed on, answered
WITH
-- one row per day with the working day on which it counts: a day off counts as the next
days AS (
    SELECT w.county, w.day, w.ordinal, w.ordinal + CASE WHEN w.working THEN 0 ELSE 1 END AS reached
    FROM working_day AS w
),
-- one row per query with the insurance office that owes the answer and the first day on which it was explained in another way: a whitelist entry
queries AS (
    SELECT
        q.county, q.event_id, q.received_on, q.raised_on, q.forwarded_on, q.confirmed_on, q.answered_on,
        q.forwarded_on IS NOT NULL OR q.forwarded_to IS NOT NULL AS forwarded,
        CASE
            WHEN q.fee IN ('resident-medical', 'flexible-medical') THEN 'medical-insurance'
            WHEN q.fee IN ('resident-pension', 'resident-pension-supplementary', 'flexible-pension') THEN 'human-resources'
        END AS office,
        min(l.agreed_on) AS agreed_on
    FROM data_queries AS q
    LEFT JOIN whitelist AS l ON l.county = q.county AND l.payer = q.payer AND l.fee = q.fee AND l.agreed_on >= q.raised_on
    GROUP BY q.county, q.event_id, q.received_on, q.raised_on, q.forwarded_on, q.forwarded_to, q.confirmed_on, q.answered_on, q.fee
),
-- one row per query and step that is owed of it: from which day, and on which it was done
steps AS (
    SELECT q.county, q.event_id, 'query-returned' AS duty, 'tax' AS office, q.received_on AS start_on, q.raised_on AS done_on
    FROM queries AS q
    UNION ALL
    SELECT q.county, q.event_id, 'query-verified' AS duty, q.office, q.raised_on AS start_on, coalesce(q.answered_on, q.agreed_on) AS done_on
    FROM queries AS q
    WHERE NOT q.forwarded
    UNION ALL
    SELECT q.county, q.event_id, 'query-forwarded' AS duty, q.office, q.raised_on AS start_on, q.forwarded_on AS done_on
    FROM queries AS q
    WHERE q.forwarded_on IS NOT NULL
    UNION ALL
    SELECT q.county, q.event_id, 'query-answered' AS duty, q.office, q.confirmed_on AS start_on, coalesce(q.answered_on, q.agreed_on) AS done_on
    FROM queries AS q
    WHERE q.forwarded
),
-- one row per county: whether answers are recorded at all
kept AS (
    SELECT q.county, count(q.answered_on) > 0 AS answers_kept
    FROM queries AS q
    GROUP BY q.county
),
-- one row per step with the days allowed and those by which it is late; one not taken is as late as the as-of day makes it
timed AS (
    SELECT
        s.county, s.event_id, s.duty, s.office, s.start_on, s.done_on, d.zh, d.days, d.unit,
        CASE WHEN d.unit = 'workday' THEN e.reached - b.ordinal ELSE datediff('day', s.start_on, e.day) END - d.days AS over
    FROM steps AS s
    INNER JOIN duty AS d ON d.county = s.county AND d.duty = s.duty
    INNER JOIN days AS b ON b.county = s.county AND b.day = s.start_on
    INNER JOIN days AS e ON e.county = s.county AND e.day = coalesce(s.done_on, $as_of)
    WHERE s.office IS NOT NULL
),
-- one row per office and step: what is late
late AS (
    SELECT
        t.county, t.office, t.duty, t.zh, t.days, t.unit, count(*) AS queries, count(*) - count(t.done_on) AS open_queries,
        count(CASE WHEN t.done_on IS NOT NULL OR k.answers_kept THEN t.event_id END) AS sure_queries,
        max(CASE WHEN t.done_on IS NOT NULL OR k.answers_kept THEN t.over END) AS sure_over,
        max(t.over) AS over, min(t.start_on) AS first_on, list_sort(list(DISTINCT t.event_id)) AS evidence
    FROM timed AS t
    INNER JOIN kept AS k ON k.county = t.county
    WHERE t.over > 0
    GROUP BY t.county, t.office, t.duty, t.zh, t.days, t.unit
)
SELECT
    l.county,
    CASE
        WHEN l.sure_queries = 0 THEN 'watch'
        WHEN l.sure_queries >= $many OR l.sure_over >= $grave_days THEN 'medium'
        WHEN l.sure_queries >= $few OR l.sure_over >= $late_days THEN 'low'
        ELSE 'watch'
    END AS severity,
    'office' AS subject_type, l.office AS subject_id, CAST(NULL AS VARCHAR) AS township, CAST(NULL AS VARCHAR) AS village,
    CAST(NULL AS VARCHAR) AS fee, CAST(NULL AS BIGINT) AS fee_year, CAST(0 AS BIGINT) AS amount_at_risk_fen,
    CAST(l.days + l.over AS DOUBLE) AS measure, CAST(l.days AS DOUBLE) AS threshold, l.first_on AS occurred_on, l.evidence,
    struct_pack(
        addressee := l.office, duty := l.duty, step_zh := l.zh,
        step_en := CASE l.duty
            WHEN 'query-returned' THEN 'sent back by the tax office'
            WHEN 'query-verified' THEN 'verified and answered'
            WHEN 'query-forwarded' THEN 'passed on to another department'
            ELSE 'answered after the other department confirmed'
        END,
        queries := l.queries, open_queries := l.open_queries, allowed := l.days, over := l.over,
        unit_zh := CASE l.unit WHEN 'workday' THEN '个工作日' ELSE '天' END, unit_en := CASE l.unit WHEN 'workday' THEN 'working days' ELSE 'days' END
    ) AS details
FROM late AS l
