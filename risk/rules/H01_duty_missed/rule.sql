-- one row per office or township, duty, fee and fee year of which the records show that it was done after its day, or not at all while others or other times show it done
WITH
-- one row per duty that no rule of its own judges
duties AS (
    SELECT
        d.county, d.duty, d.zh, d.proof, d.days, d.unit, d.per_year, d.day_set, d.who,
        starts_with(d.proof, 'duty-acts') AND (d.owed_to = 'township' OR list_contains(d.who, 'township')) AS by_township
    FROM duty AS d
    WHERE d.rule IS NULL
),
-- one row per township, fee and fee year on a roster
rostered AS (
    SELECT DISTINCT r.county, r.township, r.fee, r.fee_year
    FROM rosters AS r
    WHERE r.township IS NOT NULL
),
-- one row per fee and fee year on a roster
fee_years AS (
    SELECT DISTINCT r.county, r.fee, r.fee_year
    FROM rostered AS r
),
-- one row per duty, office, township and time of owing it that something shows as done: when first, and whether only by a paper for the fee collected together with it
firsts AS (
    SELECT
        k.county, k.duty, k.office, k.township, k.fee, k.fee_year, k.anchor_on, k.due_on, min(k.done_on) AS done_on, bool_and(k.unsigned) AS unsigned,
        bool_and(k.beside) AS beside
    FROM duty_done AS k
    GROUP BY k.county, k.duty, k.office, k.township, k.fee, k.fee_year, k.anchor_on, k.due_on
),
-- one row per paper or record by which a duty was done after its day, or by its day without signature or seal
late_papers AS (
    SELECT
        f.county, f.duty, f.office, f.township, CASE WHEN f.fee_year IS NOT NULL THEN f.fee END AS fee, f.fee_year, f.due_on, k.event_id,
        CASE WHEN f.done_on > f.due_on THEN 'late' ELSE 'unsigned' END AS state, datediff('day', f.due_on, f.done_on) AS over
    FROM firsts AS f
    INNER JOIN duty_done AS k
        ON k.county = f.county AND k.duty = f.duty AND k.office = f.office AND coalesce(k.township, '') = coalesce(f.township, '')
        AND coalesce(k.fee, '') = coalesce(f.fee, '') AND coalesce(k.fee_year, 0) = coalesce(f.fee_year, 0) AND k.anchor_on = f.anchor_on AND k.done_on = f.done_on
    WHERE (f.done_on > f.due_on OR f.unsigned) AND NOT f.beside
),
-- one row per township that is no more, merged into another, with its last day
dissolved AS (
    SELECT v.county, v.record_id AS township, max(v.valid_to) AS ended_on
    FROM divisions AS v
    GROUP BY v.county, v.record_id
    HAVING count(*) = count(v.valid_to)
),
-- one row per duty of the townships, time of owing it and township that stands then and has people on the roster of that fee and year: whether it is shown as done
expected AS (
    SELECT
        t.county, t.duty, t.fee, t.fee_year, t.anchor_on, t.due_on, r.township,
        bool_or(f.duty IS NOT NULL AND coalesce(f.township, r.township) = r.township) AS done
    FROM duty_terms AS t
    INNER JOIN duties AS d ON d.county = t.county AND d.duty = t.duty AND d.by_township
    INNER JOIN rostered AS r ON r.county = t.county AND r.fee = t.fee AND r.fee_year = t.fee_year
    LEFT JOIN firsts AS f ON f.county = t.county AND f.duty = t.duty AND f.fee = t.fee AND f.fee_year = t.fee_year AND f.anchor_on = t.anchor_on
    LEFT JOIN dissolved AS x ON x.county = r.county AND x.township = r.township
    WHERE t.due_on < $as_of AND (x.ended_on IS NULL OR x.ended_on >= t.due_on)
    GROUP BY t.county, t.duty, t.fee, t.fee_year, t.anchor_on, t.due_on, r.township
),
-- one row per duty and time of owing it that most townships have shown as done
usual AS (
    SELECT e.county, e.duty, e.fee, e.fee_year, e.anchor_on
    FROM expected AS e
    GROUP BY e.county, e.duty, e.fee, e.fee_year, e.anchor_on
    HAVING count(*) >= $peers AND count(CASE WHEN e.done THEN e.township END) * 100 >= count(*) * $peers_percent
),
-- one row per township without the paper that most others have for the same duty, fee and year, and paper of another
missing_townships AS (
    SELECT
        e.county, e.duty, k.office, e.township, e.fee, e.fee_year, e.due_on, k.event_id, 'absent' AS state, datediff('day', e.due_on, $as_of) AS over
    FROM expected AS e
    INNER JOIN usual AS u ON u.county = e.county AND u.duty = e.duty AND u.fee = e.fee AND u.fee_year = e.fee_year AND u.anchor_on = e.anchor_on
    INNER JOIN duty_done AS k ON k.county = e.county AND k.duty = e.duty AND k.fee = e.fee AND k.fee_year = e.fee_year AND k.anchor_on = e.anchor_on
    WHERE NOT e.done
),
-- one row per duty of one office alone that papers show, and window of a fee on the roster: whether it is shown as done
windowed AS (
    SELECT t.county, d.duty, d.office, t.fee, t.fee_year, t.due_on, bool_or(f.duty IS NOT NULL) AS done
    FROM (
        SELECT o.county, o.duty, unnest(o.who) AS office
        FROM duties AS o
        WHERE starts_with(o.proof, 'duty-acts') AND array_length(o.who) = 1 AND NOT o.by_township AND o.day_set
    ) AS d
    INNER JOIN duty_terms AS t ON t.county = d.county AND t.duty = d.duty AND t.anchor IN ('window-start', 'window-end')
    INNER JOIN fee_years AS y ON y.county = t.county AND y.fee = t.fee AND y.fee_year = t.fee_year
    LEFT JOIN firsts AS f ON f.county = t.county AND f.duty = t.duty AND f.fee = t.fee AND f.fee_year = t.fee_year AND f.anchor_on = t.anchor_on
    WHERE t.due_on < $as_of
    GROUP BY t.county, d.duty, d.office, t.fee, t.fee_year, t.due_on
),
-- one row per window for which such duties are shown as done, all but one or most of many
kept_windows AS (
    SELECT w.county, w.fee, w.fee_year
    FROM windowed AS w
    GROUP BY w.county, w.fee, w.fee_year
    HAVING count(*) > $peers
        AND (count(CASE WHEN w.done THEN w.duty END) = count(*) - 1 OR count(CASE WHEN w.done THEN w.duty END) * 100 >= count(*) * $peers_percent)
),
-- one row per county: the last act on record, up to which the register of acts is kept
kept AS (
    SELECT a.county, max(a.done_on) AS kept_on
    FROM duty_acts AS a
    GROUP BY a.county
),
-- one row per such duty without a paper for the window and paper of another duty for it
missing_beside AS (
    SELECT
        w.county, w.duty, w.office, CAST(NULL AS VARCHAR) AS township, w.fee, w.fee_year, w.due_on, k.event_id, 'absent' AS state,
        datediff('day', w.due_on, $as_of) AS over
    FROM windowed AS w
    INNER JOIN kept_windows AS u ON u.county = w.county AND u.fee = w.fee AND u.fee_year = w.fee_year
    INNER JOIN windowed AS o ON o.county = w.county AND o.fee = w.fee AND o.fee_year = w.fee_year AND o.done
    INNER JOIN duty_done AS k ON k.county = o.county AND k.duty = o.duty AND k.fee = o.fee AND k.fee_year = o.fee_year
    WHERE NOT w.done
),
-- one row per duty and office, not of the townships, with the first and the last time of owing it that something shows as done
spans AS (
    SELECT f.county, f.duty, f.office, min(f.due_on) AS first_due, max(f.due_on) AS last_due, count(DISTINCT f.due_on) AS times
    FROM firsts AS f
    INNER JOIN duties AS d ON d.county = f.county AND d.duty = f.duty AND NOT d.by_township
    WHERE f.township IS NULL
    GROUP BY f.county, f.duty, f.office
),
-- one row per monthly figure and office that is owed because there was money to report
figured AS (
    SELECT m.county, 'treasury-statement' AS duty, 'central-bank' AS office, m.month
    FROM posted_months AS m
    WHERE m.has_posting
    UNION
    SELECT
        m.county, 'office-report' AS duty, CASE WHEN m.fee IN ('resident-medical', 'flexible-medical') THEN 'medical-insurance' ELSE 'human-resources' END AS office,
        m.month
    FROM posted_months AS m
    WHERE m.has_posting AND m.fee IN ('resident-medical', 'flexible-medical', 'resident-pension', 'resident-pension-supplementary', 'flexible-pension')
),
-- one row per time of owing a duty that nothing shows as done: between two that something does, or before other acts on record (absent); after the last, or where the county sets the cycle, nobody can tell
gaps AS (
    SELECT
        t.county, t.duty, s.office, t.fee, t.fee_year, t.due_on, datediff('day', t.due_on, $as_of) AS over,
        CASE
            WHEN NOT d.day_set THEN 'unknown'
            WHEN t.due_on < s.last_due OR (starts_with(d.proof, 'duty-acts') AND datediff('day', t.due_on, q.kept_on) >= $grave_days) THEN 'absent'
            ELSE 'unknown'
        END AS state
    FROM duty_terms AS t
    INNER JOIN duties AS d ON d.county = t.county AND d.duty = t.duty
    INNER JOIN spans AS s ON s.county = t.county AND s.duty = t.duty AND s.times > 1
    LEFT JOIN fee_years AS y ON y.county = t.county AND y.fee = t.fee AND y.fee_year = t.fee_year
    LEFT JOIN kept AS q ON q.county = t.county
    LEFT JOIN figured AS m ON m.county = t.county AND m.duty = t.duty AND m.office = s.office AND m.month = t.month
    LEFT JOIN firsts AS f
        ON f.county = t.county AND f.duty = t.duty AND f.office = s.office AND f.anchor_on = t.anchor_on
        AND (t.fee IS NULL OR (f.fee = t.fee AND f.fee_year = t.fee_year))
    WHERE t.due_on < $as_of AND t.due_on > s.first_due AND f.duty IS NULL AND (t.fee IS NULL OR y.fee IS NOT NULL)
        AND (t.duty NOT IN ('treasury-statement', 'office-report') OR m.month IS NOT NULL)
        AND (t.duty <> 'roster-handover' OR (s.office = 'medical-insurance') = (t.fee IN ('resident-medical', 'flexible-medical')))
),
-- one row per such gap and paper that shows the duty done at other times
missing_times AS (
    SELECT g.county, g.duty, g.office, CAST(NULL AS VARCHAR) AS township, g.fee, g.fee_year, g.due_on, k.event_id, g.state, g.over
    FROM gaps AS g
    INNER JOIN duty_done AS k ON k.county = g.county AND k.duty = g.duty AND k.office = g.office
),
-- one row per day of a daily duty that was late, or had nothing where nearly every other day had; a few days among many are hitches
missing_days AS (
    SELECT
        n.county, n.duty, n.office, CAST(NULL AS VARCHAR) AS township, CAST(NULL AS VARCHAR) AS fee, CAST(NULL AS BIGINT) AS fee_year, n.due_on, n.event_id,
        CASE WHEN n.bad_days < $few THEN 'unknown' WHEN n.done_on IS NOT NULL THEN 'late' ELSE 'absent' END AS state,
        datediff('day', n.due_on, coalesce(n.done_on, $as_of)) AS over
    FROM (
        SELECT k.county, k.duty, k.office, k.due_on, k.done_on, k.event_id, count(*) OVER (PARTITION BY k.county, k.duty, k.office) AS bad_days
        FROM duty_days AS k
        WHERE k.due_on < $as_of AND (k.done_on > k.due_on OR (k.done_on IS NULL AND k.is_regular))
    ) AS n
),
-- one row per change told late; a few among many are the reports of decisions that reach back
late_changes AS (
    SELECT
        l.county, 'category-changes' AS duty, l.office, CAST(NULL AS VARCHAR) AS township, CAST(NULL AS VARCHAR) AS fee, CAST(NULL AS BIGINT) AS fee_year,
        l.effective_on AS due_on, l.event_id, CASE WHEN l.late >= $few AND l.late * 5 >= l.told THEN 'late' ELSE 'unknown' END AS state, l.over
    FROM (
        SELECT
            c.county, c.office, c.event_id, c.effective_on, c.over,
            sum(CASE WHEN c.over > 0 THEN 1 ELSE 0 END) OVER (PARTITION BY c.county, c.office) AS late, count(*) OVER (PARTITION BY c.county, c.office) AS told
        FROM category_notices AS c
    ) AS l
    WHERE l.over > 0
),
-- one row per clerk who took the place of another, announced after the change, or not at all where others were
clerk_changes AS (
    SELECT DISTINCT
        n.county, 'clerk-change-announced' AS duty, 'township' AS office, n.township, CAST(NULL AS VARCHAR) AS fee, CAST(NULL AS BIGINT) AS fee_year,
        n.appointed_on AS due_on, n.event_id, CASE WHEN n.announced_on IS NULL THEN 'absent' ELSE 'late' END AS state,
        datediff('day', n.appointed_on, coalesce(n.announced_on, $as_of)) - d.days AS over
    FROM township_agents AS n
    INNER JOIN township_agents AS o
        ON o.county = n.county AND o.township = n.township AND o.role = 'township-clerk' AND o.event_id <> n.event_id
        AND datediff('day', o.relieved_on, n.appointed_on) BETWEEN -31 AND 92
    INNER JOIN duties AS d ON d.county = n.county AND d.duty = 'clerk-change-announced'
    LEFT JOIN (SELECT DISTINCT a.county FROM township_agents AS a WHERE a.role = 'township-clerk' AND a.announced_on IS NOT NULL) AS k ON k.county = n.county
    WHERE n.role = 'township-clerk' AND (k.county IS NOT NULL OR n.announced_on IS NOT NULL)
        AND datediff('day', n.appointed_on, coalesce(n.announced_on, $as_of)) > d.days
),
-- one row per serving collector and window of a fee on the roster that had opened: by how many days the posting came after its day
postings AS (
    SELECT
        a.county, a.event_id, a.township, t.fee, t.fee_year, t.due_on, a.publicised_on,
        datediff('day', t.due_on, a.publicised_on) AS over
    FROM township_agents AS a
    INNER JOIN duty_terms AS t ON t.county = a.county AND t.duty = 'collectors-publicised' AND t.due_on > a.appointed_on AND t.due_on < $as_of
    INNER JOIN fee_years AS y ON y.county = t.county AND y.fee = t.fee AND y.fee_year = t.fee_year
    WHERE a.relieved_on IS NULL OR a.relieved_on >= t.due_on
),
-- one row per collector posted within two months after a window opened, and not in the two months before another, where half of the township's were
late_postings AS (
    SELECT
        p.county, 'collectors-publicised' AS duty, 'township' AS office, p.township, p.fee, p.fee_year, p.due_on, p.event_id,
        CASE WHEN p.late * 2 >= p.known THEN 'late' ELSE 'unknown' END AS state, p.over
    FROM (
        SELECT
            q.county, q.event_id, q.township, q.fee, q.fee_year, q.due_on, q.publicised_on, q.over,
            sum(CASE WHEN q.over BETWEEN 1 AND 60 THEN 1 ELSE 0 END) OVER (PARTITION BY q.county, q.township, q.fee, q.fee_year) AS late,
            count(q.publicised_on) OVER (PARTITION BY q.county, q.township, q.fee, q.fee_year) AS known
        FROM postings AS q
    ) AS p
    WHERE p.over BETWEEN 1 AND 60
        AND NOT EXISTS (
            SELECT 1 FROM duty_terms AS t
            WHERE t.county = p.county AND t.duty = 'collectors-publicised' AND datediff('day', p.publicised_on, t.due_on) BETWEEN 0 AND 60
        )
),
-- one row per township, of how many serving collectors a day of posting is on record
posted AS (
    SELECT q.county, q.township, count(q.publicised_on) AS known, max(q.due_on) AS due_on
    FROM postings AS q
    GROUP BY q.county, q.township
),
-- one row per collector of a township none of whose is posted, where most townships' are
unposted AS (
    SELECT DISTINCT
        p.county, 'collectors-publicised' AS duty, 'township' AS office, p.township, CAST(NULL AS VARCHAR) AS fee, CAST(NULL AS BIGINT) AS fee_year,
        p.due_on, q.event_id, 'absent' AS state, datediff('day', p.due_on, $as_of) AS over
    FROM posted AS p
    INNER JOIN (
        SELECT x.county FROM posted AS x GROUP BY x.county
        HAVING count(*) >= $peers AND count(CASE WHEN x.known > 0 THEN x.township END) * 100 >= count(*) * $peers_percent
    ) AS u ON u.county = p.county
    INNER JOIN postings AS q ON q.county = p.county AND q.township = p.township AND q.due_on = p.due_on
    WHERE p.known = 0
),
-- one row per year that is over and that the register of acts (for spot checks: a list issued in it) covers
covered AS (
    SELECT c.county, y.year_end, year(y.year_end) AS year_no, false AS of_lists
    FROM (SELECT a.county, min(a.done_on) AS first_on, max(a.done_on) AS last_on FROM duty_acts AS a GROUP BY a.county) AS c
    INNER JOIN (SELECT w.county, w.day AS year_end FROM working_day AS w WHERE month(w.day) = 12 AND day(w.day) = 31) AS y
        ON y.county = c.county AND datediff('day', c.first_on, y.year_end) >= 330 AND datediff('day', c.last_on, y.year_end) <= 31 AND y.year_end < $as_of
    UNION
    SELECT l.county, y.day AS year_end, year(y.day) AS year_no, true AS of_lists
    FROM issued_lists AS l
    INNER JOIN working_day AS y ON y.county = l.county AND year(y.day) = year(l.issued_on) AND month(y.day) = 12 AND day(y.day) = 31 AND y.day < $as_of
),
-- one row per duty and such year in which it was done fewer times than owed
short_years AS (
    SELECT
        d.county, d.duty, c.year_end,
        CASE WHEN list_contains(d.who, 'discipline') OR list_contains(d.who, 'risk working group') THEN 'discipline' ELSE 'tax' END AS office
    FROM duties AS d
    INNER JOIN covered AS c ON c.county = d.county AND c.of_lists = (d.duty = 'spot-checks')
    LEFT JOIN yearly_acts AS a ON a.county = d.county AND a.duty = d.duty AND year(a.done_on) = c.year_no
    WHERE d.per_year IS NOT NULL
    GROUP BY d.county, d.duty, c.year_end, d.per_year, d.who
    HAVING count(DISTINCT a.done_on) < max(d.per_year)
),
-- one row per duty and year in which it was done as many times as owed: only then is a year with fewer known to be short, and not the record
full_years AS (
    SELECT a.county, a.duty, year(a.done_on) AS year_no
    FROM yearly_acts AS a
    INNER JOIN duties AS d ON d.county = a.county AND d.duty = a.duty
    GROUP BY a.county, a.duty, year(a.done_on)
    HAVING count(DISTINCT a.done_on) >= max(d.per_year)
),
-- one row per short year and act of the duty at any time: without one it is not judged
missing_years AS (
    SELECT
        y.county, y.duty, y.office, CAST(NULL AS VARCHAR) AS township, CAST(NULL AS VARCHAR) AS fee, CAST(NULL AS BIGINT) AS fee_year,
        y.year_end AS due_on, a.event_id, CASE WHEN f.duty IS NOT NULL THEN 'absent' ELSE 'unknown' END AS state, datediff('day', y.year_end, $as_of) AS over
    FROM short_years AS y
    INNER JOIN yearly_acts AS a ON a.county = y.county AND a.duty = y.duty
    LEFT JOIN (SELECT DISTINCT x.county, x.duty FROM full_years AS x) AS f ON f.county = y.county AND f.duty = y.duty
),
-- one row per event that shows a duty late or missing
items AS (
    SELECT x.county, x.duty, x.office, x.township, x.fee, x.fee_year, x.due_on, x.event_id, x.state, x.over FROM late_papers AS x
    UNION ALL
    SELECT x.county, x.duty, x.office, x.township, x.fee, x.fee_year, x.due_on, x.event_id, x.state, x.over FROM missing_townships AS x
    UNION ALL
    SELECT x.county, x.duty, x.office, x.township, x.fee, x.fee_year, x.due_on, x.event_id, x.state, x.over FROM missing_beside AS x
    UNION ALL
    SELECT x.county, x.duty, x.office, x.township, x.fee, x.fee_year, x.due_on, x.event_id, x.state, x.over FROM missing_times AS x
    UNION ALL
    SELECT x.county, x.duty, x.office, x.township, x.fee, x.fee_year, x.due_on, x.event_id, x.state, x.over FROM missing_days AS x
    UNION ALL
    SELECT x.county, x.duty, x.office, x.township, x.fee, x.fee_year, x.due_on, x.event_id, x.state, x.over FROM late_changes AS x
    UNION ALL
    SELECT x.county, x.duty, x.office, x.township, x.fee, x.fee_year, x.due_on, x.event_id, x.state, x.over FROM clerk_changes AS x
    UNION ALL
    SELECT x.county, x.duty, x.office, x.township, x.fee, x.fee_year, x.due_on, x.event_id, x.state, x.over FROM late_postings AS x
    UNION ALL
    SELECT x.county, x.duty, x.office, x.township, x.fee, x.fee_year, x.due_on, x.event_id, x.state, x.over FROM unposted AS x
    UNION ALL
    SELECT x.county, x.duty, x.office, x.township, x.fee, x.fee_year, x.due_on, x.event_id, x.state, x.over FROM missing_years AS x
),
-- one row per such event with whom it is about and how far it counts: 1 too little to say, 2 late or missing, 3 very late
graded AS (
    SELECT
        i.county, i.duty, d.zh, i.office, CASE i.office WHEN 'township' THEN i.township ELSE i.office END AS subject_id,
        CASE i.office WHEN 'township' THEN i.township END AS township, i.fee, i.fee_year, i.due_on, i.event_id, i.state, i.over,
        concat(CAST(i.due_on AS VARCHAR), coalesce(i.township, ''), coalesce(i.fee, '')) AS occasion,
        CASE
            WHEN i.state = 'unknown' OR (i.state = 'absent' AND i.over < $entry_days) THEN 1
            WHEN NOT d.day_set AND i.over < $grave_days THEN 1
            WHEN d.day_set AND i.state = 'late' AND i.over >= $grave_days THEN 3
            ELSE 2
        END AS grade
    FROM items AS i
    INNER JOIN duties AS d ON d.county = i.county AND d.duty = i.duty
),
-- one row per subject, duty, fee and fee year; what says too little counts only where there is nothing else
totals AS (
    SELECT
        w.county, w.duty, w.zh, w.office, w.subject_id, w.township, w.fee, w.fee_year, max(w.grade) AS grade, max(w.over) AS over, min(w.due_on) AS first_on,
        count(DISTINCT w.occasion) AS times, count(DISTINCT CASE WHEN w.state IN ('absent', 'unknown') THEN w.occasion END) AS missing,
        count(DISTINCT CASE WHEN w.state = 'unsigned' THEN w.occasion END) AS unsigned, list_sort(list(DISTINCT w.event_id)) AS evidence
    FROM (
        SELECT
            g.county, g.duty, g.zh, g.office, g.subject_id, g.township, g.fee, g.fee_year, g.due_on, g.event_id, g.state, g.over, g.occasion, g.grade,
            max(g.grade) OVER (PARTITION BY g.county, g.subject_id, g.duty, g.fee, g.fee_year) AS worst
        FROM graded AS g
        WHERE g.subject_id IS NOT NULL
    ) AS w
    WHERE w.grade > 1 OR w.worst = 1
    GROUP BY w.county, w.duty, w.zh, w.office, w.subject_id, w.township, w.fee, w.fee_year
)
SELECT
    t.county,
    CASE WHEN t.grade >= 3 OR (t.grade = 2 AND t.times >= $many) THEN 'medium' WHEN t.grade = 2 THEN 'low' ELSE 'watch' END AS severity,
    'office' AS subject_type, t.subject_id, t.township, CAST(NULL AS VARCHAR) AS village, t.fee, t.fee_year,
    CAST(0 AS BIGINT) AS amount_at_risk_fen, CAST(t.over AS DOUBLE) AS measure, CAST(0 AS DOUBLE) AS threshold, t.first_on AS occurred_on, t.evidence,
    struct_pack(
        addressee := CASE
            WHEN t.office IN ('township', 'medical-insurance', 'human-resources', 'tax', 'discipline') THEN t.office
            WHEN t.office IN ('central-bank', 'finance') THEN 'treasury'
            ELSE 'tax'
        END,
        duty := t.duty, duty_zh := t.zh, times := t.times, late := t.times - t.missing - t.unsigned, missing := t.missing, unsigned := t.unsigned, over := t.over
    ) AS details
FROM totals AS t
