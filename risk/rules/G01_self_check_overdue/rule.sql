-- one row per issued list that its township has not answered by its day: no report, answers returned or missing, a report handed in late, or no receipt at all
WITH
-- one row per item that still has to be answered: not withdrawn
items AS (
    SELECT i.county, i.list_id, i.item, i.amount_fen
    FROM list_items AS i
    LEFT JOIN withdrawn_items AS w ON w.county = i.county AND w.list_id = i.list_id AND w.item = i.item
    WHERE w.item IS NULL
),
-- one row per item with the first and the last day on which it was answered
answered AS (
    SELECT a.county, a.list_id, a.item, min(a.answered_on) AS first_on, max(a.answered_on) AS answered_on
    FROM item_answers AS a
    WHERE a.outcome IS NOT NULL
    GROUP BY a.county, a.list_id, a.item
),
-- one row per item whose answer was last returned, with the day for the next one where one was set
returned AS (
    SELECT r.county, r.list_id, r.item, r.reviewed_on, r.due_on
    FROM (
        SELECT
            v.county, v.list_id, v.item, v.reviewed_on, v.due_on, v.decision,
            row_number() OVER (PARTITION BY v.county, v.list_id, v.item ORDER BY v.reviewed_on DESC, v.position DESC) AS place
        FROM item_reviews AS v
    ) AS r
    WHERE r.place = 1 AND r.decision = 'return'
),
-- one row per list that was reported on, with the first day
reports AS (
    SELECT x.county, x.list_id, min(x.reported_on) AS reported_on, min(x.event_id) AS event_id
    FROM list_reports AS x
    GROUP BY x.county, x.list_id
),
-- one row per list with the last day granted while no report was there: none makes good a report that was late already
extended AS (
    SELECT x.county, x.list_id, max(x.due_on) AS due_on
    FROM list_extensions AS x
    LEFT JOIN reports AS p ON p.county = x.county AND p.list_id = x.list_id
    WHERE p.reported_on IS NULL OR x.granted_on <= p.reported_on
    GROUP BY x.county, x.list_id
),
-- one row per list: when it was received and first reported on, and the last day granted
lists AS (
    SELECT
        l.county, l.list_id, l.township, l.issued_on, l.event_id, r.received_on, r.event_id AS receipt,
        p.reported_on, p.event_id AS report, e.due_on AS granted_on
    FROM issued_lists AS l
    LEFT JOIN (
        SELECT x.county, x.list_id, min(x.received_on) AS received_on, min(x.event_id) AS event_id
        FROM list_receipts AS x GROUP BY x.county, x.list_id
    ) AS r ON r.county = l.county AND r.list_id = l.list_id
    LEFT JOIN reports AS p ON p.county = l.county AND p.list_id = l.list_id
    LEFT JOIN extended AS e ON e.county = l.county AND e.list_id = l.list_id
),
-- one row per day from which a term may run
starts AS (
    SELECT l.county, l.received_on AS day FROM lists AS l WHERE l.received_on IS NOT NULL
    UNION
    SELECT r.county, r.reviewed_on AS day FROM returned AS r WHERE r.due_on IS NULL
),
-- one row per calendar day with the first working day from it on
days AS (
    SELECT
        w.county, w.day, w.ordinal, w.working,
        min(CASE WHEN w.working THEN w.day END) OVER (PARTITION BY w.county ORDER BY w.day DESC ROWS UNBOUNDED PRECEDING) AS next_working
    FROM working_day AS w
),
-- one row per such day with the last day of the term, and the first working day from it on
terms AS (
    SELECT s.county, s.day, d.days, e.day AS due_on, e.next_working AS rolled_on
    FROM starts AS s
    INNER JOIN duty AS d ON d.county = s.county AND d.duty = 'self-check'
    INNER JOIN days AS b ON b.county = s.county AND b.day = s.day
    INNER JOIN days AS e
        ON e.county = s.county
        AND CASE WHEN d.unit = 'workday' THEN e.working AND e.ordinal = b.ordinal + d.days ELSE datediff('day', s.day, e.day) = d.days END
    WHERE datediff('day', e.day, e.next_working) <= 15
),
-- one row per list with its last day, an extension counting where it reaches further
dated AS (
    SELECT
        l.county, l.list_id, l.township, l.issued_on, l.event_id, l.received_on, l.receipt, l.reported_on, l.report, t.days,
        greatest(t.due_on, l.granted_on) AS due_on, greatest(t.rolled_on, l.granted_on) AS rolled_on
    FROM lists AS l
    LEFT JOIN terms AS t ON t.county = l.county AND t.day = l.received_on
),
-- one row per list and item that it still has to answer, with the day by which: of one never answered the list's, of a returned one the day set anew
owed AS (
    SELECT
        d.county, d.list_id, i.amount_fen, r.item IS NOT NULL AS is_returned,
        CASE WHEN r.item IS NOT NULL THEN coalesce(r.due_on, t.due_on) ELSE d.due_on END AS due_on
    FROM dated AS d
    INNER JOIN items AS i ON i.county = d.county AND i.list_id = d.list_id
    LEFT JOIN answered AS a ON a.county = i.county AND a.list_id = i.list_id AND a.item = i.item
    LEFT JOIN returned AS r ON r.county = i.county AND r.list_id = i.list_id AND r.item = i.item
    LEFT JOIN terms AS t ON t.county = r.county AND t.day = r.reviewed_on
    WHERE a.item IS NULL OR a.answered_on < r.reviewed_on
),
-- one row per list: the items that are overdue, and the first day by which one of them was due
overdue AS (
    SELECT
        o.county, o.list_id, count(*) AS open_items, count(CASE WHEN o.is_returned THEN o.list_id END) AS returned_items,
        CAST(sum(o.amount_fen) AS BIGINT) AS open_fen, min(o.due_on) AS due_on
    FROM owed AS o
    WHERE o.due_on < $as_of
    GROUP BY o.county, o.list_id
),
-- one row per list: how many of its items stand, and when the last was first answered where all are: that stands for a report not handed in apart
standing AS (
    SELECT
        i.county, i.list_id, count(*) AS items,
        CASE WHEN count(a.item) = count(*) THEN max(a.first_on) END AS answered_on
    FROM items AS i
    LEFT JOIN answered AS a ON a.county = i.county AND a.list_id = i.list_id AND a.item = i.item
    GROUP BY i.county, i.list_id
),
-- one row per list of which something stands, with the day on which it was reported on and what is overdue
weighed AS (
    SELECT
        d.county, d.list_id, d.township, d.issued_on, d.event_id, d.receipt, d.received_on, d.report, d.days, d.due_on, d.rolled_on, s.items,
        coalesce(d.reported_on, s.answered_on) AS reported_on, o.due_on AS open_due_on,
        coalesce(o.open_items, 0) AS open_items, coalesce(o.returned_items, 0) AS returned_items, coalesce(o.open_fen, 0) AS open_fen
    FROM dated AS d
    INNER JOIN standing AS s ON s.county = d.county AND s.list_id = d.list_id
    LEFT JOIN overdue AS o ON o.county = d.county AND o.list_id = d.list_id
),
-- one row per list with what is wrong, if anything
stated AS (
    SELECT
        w.county, w.list_id, w.township, w.issued_on, w.event_id, w.receipt, w.received_on, w.report, w.days, w.due_on, w.rolled_on, w.items,
        w.reported_on, w.open_due_on, w.open_items, w.open_fen,
        CASE
            WHEN w.received_on IS NULL THEN 'unreceived'
            WHEN w.reported_on IS NULL AND w.due_on < $as_of THEN 'open'
            WHEN w.returned_items > 0 THEN 'returned'
            WHEN w.open_items > 0 AND w.reported_on IS NOT NULL THEN 'incomplete'
            WHEN w.reported_on > w.due_on THEN 'late'
        END AS state
    FROM weighed AS w
),
-- one row per such list with its days over, and whether only a day off at the end made it late
judged AS (
    SELECT
        s.county, s.list_id, s.township, s.issued_on, s.event_id, s.receipt, s.received_on, s.reported_on, s.days, s.items, s.state, s.open_items, s.open_fen,
        CASE s.state
            WHEN 'unreceived' THEN datediff('day', s.issued_on, $as_of)
            WHEN 'open' THEN datediff('day', s.due_on, $as_of)
            WHEN 'late' THEN datediff('day', s.due_on, s.reported_on)
            ELSE datediff('day', s.open_due_on, $as_of)
        END AS over,
        s.state IN ('open', 'late') AND coalesce(s.reported_on, $as_of) <= s.rolled_on AS rolls,
        CASE WHEN s.state = 'late' THEN s.report END AS report
    FROM stated AS s
    WHERE s.state IS NOT NULL
),
-- one row per such list and event that shows it
shown AS (
    SELECT j.county, j.list_id, j.event_id FROM judged AS j
    UNION
    SELECT j.county, j.list_id, j.receipt AS event_id FROM judged AS j WHERE j.receipt IS NOT NULL
    UNION
    SELECT j.county, j.list_id, j.report AS event_id FROM judged AS j WHERE j.report IS NOT NULL
),
-- one row per list: the events
evidence AS (
    SELECT s.county, s.list_id, list_sort(list(DISTINCT s.event_id)) AS events
    FROM shown AS s
    GROUP BY s.county, s.list_id
)
SELECT
    j.county,
    CASE
        WHEN j.state = 'unreceived' OR j.rolls THEN 'watch'
        WHEN j.state = 'late' AND j.over >= $high_days THEN 'medium'
        WHEN j.state = 'late' AND j.over >= $late_days THEN 'low'
        WHEN j.state = 'late' THEN 'watch'
        WHEN j.state = 'incomplete' AND j.over >= $medium_days THEN 'medium'
        WHEN j.state = 'incomplete' THEN 'low'
        WHEN j.over >= $high_days THEN 'high'
        WHEN j.over >= $medium_days THEN 'medium'
        ELSE 'low'
    END AS severity,
    'office' AS subject_type, j.township AS subject_id, j.township, CAST(NULL AS VARCHAR) AS village,
    CAST(NULL AS VARCHAR) AS fee, CAST(NULL AS BIGINT) AS fee_year,
    j.open_fen AS amount_at_risk_fen, CAST(j.over AS DOUBLE) AS measure, CAST(coalesce(j.days, $unreceived_days) AS DOUBLE) AS threshold,
    j.issued_on AS occurred_on, e.events AS evidence,
    struct_pack(
        list_id := j.list_id, state := j.state, items := j.items, open_items := j.open_items, over := j.over,
        issued_on := j.issued_on, received_on := j.received_on, reported_on := j.reported_on,
        state_zh := CASE j.state
            WHEN 'unreceived' THEN concat('下发 ', CAST(j.over AS VARCHAR), ' 天尚未签收')
            WHEN 'open' THEN concat('未交自查自纠报告，已超期 ', CAST(j.over AS VARCHAR), ' 天')
            WHEN 'returned' THEN concat('退回重查的疑点超期 ', CAST(j.over AS VARCHAR), ' 天未再反馈')
            WHEN 'incomplete' THEN concat('已交报告，仍有疑点超期 ', CAST(j.over AS VARCHAR), ' 天未反馈')
            ELSE concat('报告迟交 ', CAST(j.over AS VARCHAR), ' 天')
        END,
        state_en := CASE j.state
            WHEN 'unreceived' THEN concat('issued ', CAST(j.over AS VARCHAR), ' days ago and not yet received')
            WHEN 'open' THEN concat('no self-check report, ', CAST(j.over AS VARCHAR), ' days over')
            WHEN 'returned' THEN concat('returned answers not given anew, ', CAST(j.over AS VARCHAR), ' days over')
            WHEN 'incomplete' THEN concat('reported on, with items unanswered ', CAST(j.over AS VARCHAR), ' days over')
            ELSE concat('reported on ', CAST(j.over AS VARCHAR), ' days late')
        END
    ) AS details
FROM judged AS j
INNER JOIN evidence AS e ON e.county = j.county AND e.list_id = j.list_id
WHERE j.state <> 'unreceived' OR j.over >= $unreceived_days
