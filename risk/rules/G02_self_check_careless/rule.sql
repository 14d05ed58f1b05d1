-- one row per township whose self-check answers of the last lists show at least two signs that nobody really checked
WITH
-- one row per item of a list issued lately, not withdrawn since
items AS (
    SELECT i.county, i.township, i.list_id, i.item, i.issued_on, i.category, i.amount_fen, i.evidence
    FROM list_items AS i
    LEFT JOIN withdrawn_items AS w ON w.county = i.county AND w.list_id = i.list_id AND w.item = i.item
    WHERE w.item IS NULL AND datediff('day', i.issued_on, $as_of) <= $period_days
),
-- one row per item with its last answer
answers AS (
    SELECT
        i.county, i.township, i.list_id, i.item, i.issued_on, i.category, i.amount_fen,
        a.event_id, a.answered_on, a.seconds, a.outcome, a.checker, a.second_checker, a.checked_on, a.statement, a.repaid_fen
    FROM items AS i
    INNER JOIN item_answers AS a ON a.county = i.county AND a.list_id = i.list_id AND a.item = i.item
    WHERE a.outcome IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY a.county, a.list_id, a.item ORDER BY a.answered_on DESC, a.position DESC, a.event_id DESC) = 1
),
-- one row per item of whose cash something was paid in or given back only after the list was issued
paid_after AS (
    SELECT DISTINCT e.county, e.list_id, e.item
    FROM (SELECT i.county, i.list_id, i.item, i.issued_on, unnest(i.evidence) AS event_id FROM items AS i) AS e
    INNER JOIN settlement AS s ON s.county = e.county AND s.event_id = e.event_id
    WHERE (s.late_fen > 0 AND s.settled_on > e.issued_on) OR (s.state = 'returned' AND s.returned_on > e.issued_on)
),
-- one row per township and text that clears items of several kinds of wrong in the same words
stock_texts AS (
    SELECT a.county, a.township, a.statement
    FROM answers AS a
    WHERE a.outcome = 'cleared' AND a.statement IS NOT NULL
    GROUP BY a.county, a.township, a.statement
    HAVING count(*) >= $same_items AND count(DISTINCT a.category) > 1
),
-- one row per item that a spot check saw otherwise than the township, which had cleared it
overturned AS (
    SELECT a.county, a.list_id, a.item, max(c.event_id) AS spot_check
    FROM answers AS a
    INNER JOIN spot_checks AS c ON c.county = a.county AND c.list_id = a.list_id AND c.item = a.item
    WHERE a.outcome = 'cleared' AND c.outcome IN ('confirmed', 'partly') AND c.checked_on >= a.answered_on
    GROUP BY a.county, a.list_id, a.item
),
-- one row per answer with the signs that it shows
signed AS (
    SELECT
        a.county, a.township, a.list_id, a.item, a.event_id, a.issued_on, a.amount_fen, a.outcome = 'cleared' AS cleared,
        t.statement IS NOT NULL AND a.outcome = 'cleared' AS same_text,
        coalesce(a.outcome = 'cleared' AND a.repaid_fen > 0, false) OR coalesce(a.checker = a.second_checker, false)
            OR coalesce(a.checked_on < a.issued_on, false) OR coalesce(a.checked_on > a.answered_on, false)
            OR (a.outcome = 'cleared' AND p.item IS NOT NULL) AS contradicts,
        a.seconds IS NOT NULL AS measured, coalesce(a.seconds <= $quick_seconds, false) AS quick,
        o.spot_check
    FROM answers AS a
    LEFT JOIN stock_texts AS t ON t.county = a.county AND t.township = a.township AND t.statement = a.statement
    LEFT JOIN paid_after AS p ON p.county = a.county AND p.list_id = a.list_id AND p.item = a.item
    LEFT JOIN overturned AS o ON o.county = a.county AND o.list_id = a.list_id AND o.item = a.item
),
-- one row per township: how many of its answers show which sign
counts AS (
    SELECT
        s.county, s.township, count(*) AS answers, min(s.issued_on) AS first_on,
        count(CASE WHEN s.cleared THEN s.event_id END) AS cleared, count(CASE WHEN s.same_text THEN s.event_id END) AS same_texts,
        count(CASE WHEN s.contradicts THEN s.event_id END) AS contradictions, count(s.spot_check) AS overturned,
        count(CASE WHEN s.quick THEN s.event_id END) AS quick, count(CASE WHEN s.measured THEN s.event_id END) AS measured,
        CAST(sum(CASE WHEN s.contradicts OR s.spot_check IS NOT NULL THEN s.amount_fen ELSE 0 END) AS BIGINT) AS doubtful_fen
    FROM signed AS s
    GROUP BY s.county, s.township
),
-- one row per township with the signs that count; all cleared is one only where there were many items and a check saw otherwise
signs AS (
    SELECT
        c.county, c.township, c.answers, c.first_on, c.cleared, c.same_texts, c.contradictions, c.overturned, c.quick, c.doubtful_fen,
        CASE WHEN c.answers >= $all_items AND c.cleared = c.answers AND c.overturned > 0 THEN 1 ELSE 0 END AS all_cleared,
        CASE WHEN c.same_texts > 0 THEN 1 ELSE 0 END AS in_same_words,
        CASE WHEN c.contradictions >= $contradictions THEN 1 ELSE 0 END AS in_contradiction,
        CASE WHEN c.quick >= $quick_items AND c.quick * 2 >= c.measured THEN 1 ELSE 0 END AS in_seconds,
        CASE WHEN c.overturned >= $overturned THEN 1 ELSE 0 END AS seen_otherwise
    FROM counts AS c
),
-- one row per township with enough signs
careless AS (
    SELECT
        s.county, s.township, s.answers, s.first_on, s.cleared, s.same_texts, s.contradictions, s.overturned, s.quick, s.doubtful_fen,
        s.all_cleared, s.in_same_words, s.in_contradiction, s.in_seconds, s.seen_otherwise,
        s.all_cleared + s.in_same_words + s.in_contradiction + s.in_seconds + s.seen_otherwise AS signals
    FROM signs AS s
    WHERE s.all_cleared + s.in_same_words + s.in_contradiction + s.in_seconds + s.seen_otherwise >= $signals
),
-- one row per township and event that shows a sign that counts
shown AS (
    SELECT g.county, g.township, g.event_id
    FROM careless AS c
    INNER JOIN signed AS g ON g.county = c.county AND g.township = c.township
    WHERE c.all_cleared = 1 OR (g.same_text AND c.in_same_words = 1) OR (g.contradicts AND c.in_contradiction = 1)
        OR (g.quick AND c.in_seconds = 1) OR (g.spot_check IS NOT NULL AND c.seen_otherwise = 1)
    UNION
    SELECT g.county, g.township, g.spot_check AS event_id
    FROM careless AS c
    INNER JOIN signed AS g ON g.county = c.county AND g.township = c.township
    WHERE g.spot_check IS NOT NULL
),
-- one row per township: the events
evidence AS (
    SELECT s.county, s.township, list_sort(list(DISTINCT s.event_id)) AS events
    FROM shown AS s
    GROUP BY s.county, s.township
)
SELECT
    c.county,
    CASE
        WHEN c.signals >= $high_signals THEN 'high'
        WHEN c.all_cleared = 1 AND c.signals = 2 AND c.overturned = 1 THEN 'low'
        ELSE 'medium'
    END AS severity,
    'office' AS subject_type, c.township AS subject_id, c.township, CAST(NULL AS VARCHAR) AS village,
    CAST(NULL AS VARCHAR) AS fee, CAST(NULL AS BIGINT) AS fee_year, c.doubtful_fen AS amount_at_risk_fen,
    CAST(c.signals AS DOUBLE) AS measure, CAST($signals AS DOUBLE) AS threshold, c.first_on AS occurred_on, e.events AS evidence,
    struct_pack(
        answers := c.answers, cleared := c.cleared, same_texts := c.same_texts, contradictions := c.contradictions, quick := c.quick,
        overturned := c.overturned,
        signs_zh := concat(
            CASE WHEN c.all_cleared = 1 THEN '全部反馈“不属实”；' ELSE '' END,
            CASE WHEN c.in_same_words = 1 THEN concat('不同类型疑点用同一段话 ', CAST(c.same_texts AS VARCHAR), ' 项；') ELSE '' END,
            CASE WHEN c.in_contradiction = 1 THEN concat('反馈自相矛盾或与证据不符 ', CAST(c.contradictions AS VARCHAR), ' 项；') ELSE '' END,
            CASE WHEN c.in_seconds = 1 THEN concat('几秒钟内填完 ', CAST(c.quick AS VARCHAR), ' 项；') ELSE '' END,
            CASE WHEN c.seen_otherwise = 1 THEN concat('被抽查推翻 ', CAST(c.overturned AS VARCHAR), ' 项；') ELSE '' END
        ),
        signs_en := concat(
            CASE WHEN c.all_cleared = 1 THEN 'all cleared; ' ELSE '' END,
            CASE WHEN c.in_same_words = 1 THEN concat(CAST(c.same_texts AS VARCHAR), ' of different kinds in the same words; ') ELSE '' END,
            CASE WHEN c.in_contradiction = 1 THEN concat(CAST(c.contradictions AS VARCHAR), ' contradict themselves or the evidence; ') ELSE '' END,
            CASE WHEN c.in_seconds = 1 THEN concat(CAST(c.quick AS VARCHAR), ' answered in seconds; ') ELSE '' END,
            CASE WHEN c.seen_otherwise = 1 THEN concat(CAST(c.overturned AS VARCHAR), ' overturned by spot checks; ') ELSE '' END
        )
    ) AS details
FROM careless AS c
INNER JOIN evidence AS e ON e.county = c.county AND e.township = c.township
