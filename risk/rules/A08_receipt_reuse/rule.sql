-- one row per collector who wrote the same receipt number for different people on different days, or whose numbers go up within a book while the dates go down
WITH
-- one row per book with its numbers as text without blanks
books AS (
    SELECT b.county, b.event_id, b.collector_id, trim(b.first_no) AS first_no, trim(b.last_no) AS last_no, b.issued_on
    FROM receipt_books AS b
    WHERE b.first_no IS NOT NULL AND b.last_no IS NOT NULL AND b.collector_id IS NOT NULL
),
-- one row per possible count of digits at the end of a number
widths AS (
    SELECT k.county, unnest([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]) AS width
    FROM county AS k
),
-- one row per book that can be read: what stands before its digits, and their range
ranges AS (
    SELECT
        b.county, b.event_id, b.collector_id, b.issued_on, length(b.first_no) - max(w.width) AS lead_length, max(w.width) AS width,
        substr(b.first_no, 1, length(b.first_no) - max(w.width)) AS lead,
        CAST(right(b.first_no, max(w.width)) AS BIGINT) AS first_n, CAST(right(b.last_no, max(w.width)) AS BIGINT) AS last_n
    FROM books AS b
    INNER JOIN widths AS w ON w.county = b.county AND w.width <= length(b.first_no)
    WHERE length(b.first_no) = length(b.last_no)
        AND substr(b.first_no, 1, length(b.first_no) - w.width) = substr(b.last_no, 1, length(b.last_no) - w.width)
        AND replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(
            concat(right(b.first_no, w.width), right(b.last_no, w.width)),
            '0', ''), '1', ''), '2', ''), '3', ''), '4', ''), '5', ''), '6', ''), '7', ''), '8', ''), '9', '') = ''
    GROUP BY b.county, b.event_id, b.collector_id, b.issued_on, b.first_no, b.last_no
    HAVING CAST(right(b.last_no, max(w.width)) AS BIGINT) - CAST(right(b.first_no, max(w.width)) AS BIGINT) BETWEEN 0 AND CAST($max_book AS BIGINT) - 1
),
-- one row per collector who only pays in for a school or unit: many persons on one receipt are his work
collectives AS (
    SELECT c.county, c.record_id AS collector_id
    FROM collectors AS c
    GROUP BY c.county, c.record_id
    HAVING bool_and(coalesce(c.role = 'group-payer', false))
),
-- one row per line of the register with a receipt number that has a digit other than nought, and the day on which the collector had the money
lines AS (
    SELECT
        r.county, r.event_id, r.collector_id, trim(r.receipt_no) AS receipt_no, coalesce(r.handed_over_on, r.received_on) AS day, r.received_at,
        r.payer, r.household, r.fee, r.fee_year, r.amount_fen, r.township, r.village, r.households_known, s.state, s.open_fen, coalesce(c.first_taker, '') AS taker
    FROM register_lines AS r
    INNER JOIN settlement AS s ON s.county = r.county AND s.event_id = r.event_id
    INNER JOIN cash_receipts AS c ON c.county = r.county AND c.event_id = r.event_id
    LEFT JOIN collectives AS g ON g.county = r.county AND g.collector_id = r.collector_id
    WHERE r.receipt_no IS NOT NULL AND r.collector_id IS NOT NULL AND g.collector_id IS NULL
        AND length(replace(replace(replace(replace(replace(replace(replace(replace(replace(
            trim(r.receipt_no), '1', ''), '2', ''), '3', ''), '4', ''), '5', ''), '6', ''), '7', ''), '8', ''), '9', '')) < length(trim(r.receipt_no))
),
-- one row per line and book of its collector whose way of writing numbers it has: the digits (leading noughts dropped by a spreadsheet count as written)
readable AS (
    SELECT l.county, l.event_id, l.day, b.event_id AS book, b.issued_on, b.first_n, b.last_n, substr(l.receipt_no, b.lead_length + 1) AS digits
    FROM lines AS l
    INNER JOIN ranges AS b
        ON b.county = l.county AND b.collector_id = l.collector_id AND substr(l.receipt_no, 1, b.lead_length) = b.lead
        AND length(l.receipt_no) <= b.lead_length + b.width AND length(l.receipt_no) > b.lead_length
        AND (length(l.receipt_no) = b.lead_length + b.width OR b.lead_length = 0)
),
-- one row per line with its digits as a number
numbered AS (
    SELECT r.county, r.event_id, r.day, r.book, r.issued_on, r.first_n, r.last_n, CAST(r.digits AS BIGINT) AS n
    FROM readable AS r
    WHERE replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(
            r.digits, '0', ''), '1', ''), '2', ''), '3', ''), '4', ''), '5', ''), '6', ''), '7', ''), '8', ''), '9', '') = ''
),
-- one row per line whose number is of one of its collector's books, and such a book, best first: the one last handed out before the line (numbers may begin anew every year)
shelved AS (
    SELECT
        n.county, n.event_id, n.book, n.n,
        row_number() OVER (
            PARTITION BY n.county, n.event_id
            ORDER BY CASE WHEN n.issued_on <= n.day THEN 0 ELSE 1 END, coalesce(abs(datediff('day', n.issued_on, n.day)), 0), n.book
        ) AS nth
    FROM numbered AS n
    WHERE n.n BETWEEN n.first_n AND n.last_n
),
-- one row per line with its book
booked AS (
    SELECT s.county, s.event_id, s.book, s.n
    FROM shelved AS s
    WHERE s.nth = 1
),
-- one row per line with what its number is: a form of a book, else the text in its collector's own series
formed AS (
    SELECT
        l.county, l.event_id, l.collector_id, l.receipt_no, l.day, l.payer, l.household, l.fee, l.fee_year, l.amount_fen, l.township, l.village,
        l.households_known, l.state, l.open_fen, b.book, b.n, concat(coalesce(b.book, 'series'), ' ', coalesce(CAST(b.n AS VARCHAR), l.receipt_no)) AS form
    FROM lines AS l
    LEFT JOIN booked AS b ON b.county = l.county AND b.event_id = l.event_id
),
-- one row per collector and text of the own series written over a long time; seasons long apart start a series anew
long_used AS (
    SELECT f.county, f.collector_id, f.form
    FROM formed AS f
    WHERE f.book IS NULL
    GROUP BY f.county, f.collector_id, f.form
    HAVING datediff('day', min(f.day), max(f.day)) > $series_days
),
-- one row per line of these, with whether it starts a series anew
steps AS (
    SELECT
        f.county, f.event_id, f.collector_id, f.form, f.day,
        CASE
            WHEN datediff('day', lag(f.day) OVER (PARTITION BY f.county, f.collector_id, f.form ORDER BY f.day, f.event_id), f.day) > $series_days THEN 1
            ELSE 0
        END AS anew
    FROM long_used AS u
    INNER JOIN formed AS f ON f.county = u.county AND f.collector_id = u.collector_id AND f.form = u.form
    WHERE f.book IS NULL
),
-- one row per such line with its series
counted AS (
    SELECT s.county, s.event_id, sum(s.anew) OVER (PARTITION BY s.county, s.collector_id, s.form ORDER BY s.day, s.event_id ROWS UNBOUNDED PRECEDING) AS series
    FROM steps AS s
),
-- one row per line with its series, the first where there is but one
used AS (
    SELECT
        f.county, f.event_id, f.collector_id, f.receipt_no, f.day, f.payer, f.household, f.fee, f.fee_year, f.amount_fen, f.township, f.village,
        f.households_known, f.state, f.open_fen, f.book, f.n, f.form, coalesce(c.series, 0) AS series
    FROM formed AS f
    LEFT JOIN counted AS c ON c.county = f.county AND c.event_id = f.event_id
),
-- one row per collector and receipt: its lines, and how often it was written again for one more household on one more day (once, where households are not known)
receipts AS (
    SELECT
        u.county, u.collector_id, u.form, u.series, min(u.receipt_no) AS receipt_no, min(u.book) AS book, count(*) AS line_count, min(u.township) AS township,
        count(DISTINCT u.household) AS households, count(DISTINCT u.payer) AS payers, bool_and(u.households_known) AS households_known,
        CASE WHEN bool_and(u.households_known) THEN least(count(DISTINCT u.household), count(DISTINCT u.day)) - 1 ELSE 1 END AS again,
        min(u.day) AS first_day, max(u.day) AS last_day, bool_or(u.state = 'open') AS is_open, CAST(sum(u.open_fen) AS BIGINT) AS open_fen
    FROM used AS u
    GROUP BY u.county, u.collector_id, u.form, u.series
),
-- one row per collector: how many receipts, and how many of them stand for several households or days
written AS (
    SELECT
        r.county, r.collector_id, min(r.township) AS township, count(*) AS receipts,
        count(*) FILTER (WHERE r.line_count > 1 AND (r.households > 1 OR datediff('day', r.first_day, r.last_day) > $apart_days)) AS repeated
    FROM receipts AS r
    GROUP BY r.county, r.collector_id
),
-- one row per collector: whether most of his numbers, or of his township's, stand for several households or days, so that the column seems to hold something else
judged_columns AS (
    SELECT
        c.county, c.collector_id, c.receipts,
        (c.receipts >= $min_receipts AND c.repeated * 100 > c.receipts * $column_percent)
        OR (
            sum(c.receipts) OVER (PARTITION BY c.county, c.township) >= $min_receipts
            AND sum(c.repeated) OVER (PARTITION BY c.county, c.township) * 100 > sum(c.receipts) OVER (PARTITION BY c.county, c.township) * $column_percent
        ) AS is_other
    FROM written AS c
),
-- one row per line with a number that is in none of its collector's books, though he has some, and that another collector gave out of his for another household
strays AS (
    SELECT u.county, u.collector_id, u.event_id, min(u.receipt_no) AS receipt_no, min(u.day) AS day, bool_or(u.state = 'open') AS is_open, min(u.open_fen) AS open_fen, min(o.event_id) AS other_line
    FROM used AS u
    INNER JOIN (SELECT DISTINCT b.county, b.collector_id FROM ranges AS b) AS k ON k.county = u.county AND k.collector_id = u.collector_id
    INNER JOIN used AS o ON o.county = u.county AND o.receipt_no = u.receipt_no
    WHERE u.book IS NULL AND o.book IS NOT NULL AND o.collector_id <> u.collector_id AND o.household <> u.household
    GROUP BY u.county, u.collector_id, u.event_id
),
-- one row per receipt used again: for another household on another day, for the same one on another day, or (weakest) for several on one day
reused AS (
    SELECT
        r.county, r.collector_id, r.form, r.series, r.receipt_no, r.book, r.is_open, r.open_fen, r.first_day, r.again,
        CASE
            WHEN r.households > 1 AND r.payers > 1 AND datediff('day', r.first_day, r.last_day) > $apart_days THEN 'another'
            WHEN datediff('day', r.first_day, r.last_day) > $apart_days THEN 'same'
            WHEN r.households > 1 AND r.households_known THEN 'together'
        END AS how
    FROM receipts AS r
    WHERE r.line_count > 1 AND r.line_count <= $max_lines
),
-- one row per receipt used again with how, another collector's number included
kinds AS (
    SELECT r.county, r.collector_id, r.receipt_no, r.how, r.again, r.is_open, r.open_fen, r.first_day
    FROM reused AS r
    WHERE r.how IS NOT NULL
    UNION ALL
    SELECT s.county, s.collector_id, s.receipt_no, 'another' AS how, 1 AS again, s.is_open, s.open_fen, s.day AS first_day
    FROM strays AS s
),
-- one row per number of a book and first taker: the day on which it was first used
first_used AS (
    SELECT u.county, u.collector_id, u.book, l.taker, u.n, min(u.day) AS day
    FROM used AS u
    INNER JOIN lines AS l ON l.county = u.county AND l.event_id = u.event_id
    WHERE u.book IS NOT NULL
    GROUP BY u.county, u.collector_id, u.book, l.taker, u.n
),
-- one row per such number beside the next lower one
ordered AS (
    SELECT
        f.county, f.collector_id, f.book, f.taker, f.n, f.day,
        lag(f.n) OVER (PARTITION BY f.county, f.collector_id, f.book, f.taker ORDER BY f.n) AS before_n,
        lag(f.day) OVER (PARTITION BY f.county, f.collector_id, f.book, f.taker ORDER BY f.n) AS before_day
    FROM first_used AS f
),
-- one row per such number with how often the date has gone up in its book so far
runs AS (
    SELECT
        o.county, o.collector_id, o.book, o.taker, o.n, o.day, o.before_n, o.before_day,
        sum(CASE WHEN o.day > o.before_day THEN 1 ELSE 0 END) OVER (
            PARTITION BY o.county, o.collector_id, o.book, o.taker ORDER BY o.n ROWS UNBOUNDED PRECEDING
        ) AS rises
    FROM ordered AS o
),
-- one row per number that is higher while its date is days earlier
backward AS (
    SELECT r.county, r.collector_id, r.book, r.taker, r.n, r.before_n, r.day, r.rises
    FROM runs AS r
    WHERE datediff('day', r.day, r.before_day) > $apart_days
),
-- one row per collector and event that shows it
shown AS (
    SELECT r.county, r.collector_id, u.event_id, u.township, u.village, u.fee, u.fee_year
    FROM reused AS r
    INNER JOIN used AS u ON u.county = r.county AND u.collector_id = r.collector_id AND u.form = r.form AND u.series = r.series
    WHERE r.how IS NOT NULL
    UNION
    SELECT s.county, s.collector_id, u.event_id, u.township, u.village, u.fee, u.fee_year
    FROM strays AS s
    INNER JOIN used AS u ON u.county = s.county AND u.event_id = s.event_id
    UNION
    SELECT s.county, s.collector_id, u.event_id, u.township, u.village, u.fee, u.fee_year
    FROM strays AS s
    INNER JOIN used AS u ON u.county = s.county AND u.event_id = s.other_line
    UNION
    SELECT b.county, b.collector_id, u.event_id, u.township, u.village, u.fee, u.fee_year
    FROM backward AS b
    INNER JOIN used AS u ON u.county = b.county AND u.collector_id = b.collector_id AND u.book = b.book AND (u.n = b.n OR u.n = b.before_n)
),
-- one row per collector: the events and where they are
evidence AS (
    SELECT
        s.county, s.collector_id, list_sort(list(DISTINCT s.event_id)) AS events,
        CASE WHEN min(s.township) = max(s.township) THEN min(s.township) END AS township,
        CASE WHEN min(s.village) = max(s.village) THEN min(s.village) END AS village,
        CASE WHEN min(s.fee) = max(s.fee) THEN min(s.fee) END AS fee,
        CASE WHEN min(s.fee) = max(s.fee) AND min(s.fee_year) = max(s.fee_year) THEN min(s.fee_year) END AS fee_year
    FROM shown AS s
    GROUP BY s.county, s.collector_id
),
-- one row per collector with receipts used again: how many of which kind
reuses AS (
    SELECT
        r.county, r.collector_id, count(*) FILTER (WHERE r.how = 'another') AS another, count(*) FILTER (WHERE r.how = 'same') AS same,
        count(*) FILTER (WHERE r.how = 'together') AS together, CAST(sum(CASE WHEN r.how = 'another' THEN r.again ELSE 0 END) AS BIGINT) AS again, bool_or(r.how = 'another' AND r.is_open) AS is_open,
        CAST(sum(CASE WHEN r.how = 'another' THEN r.open_fen ELSE 0 END) AS BIGINT) AS open_fen,
        min(r.first_day) AS first_on, list_sort(list(DISTINCT r.receipt_no)) AS numbers
    FROM kinds AS r
    GROUP BY r.county, r.collector_id
),
-- one row per collector with numbers going up and dates down: how often, and how often in a row, no date going up between (a form skipped and used later goes down once)
reversals AS (
    SELECT b.county, b.collector_id, CAST(sum(b.times) AS BIGINT) AS backward, max(b.times) AS in_a_row, min(b.first_on) AS first_on
    FROM (
        SELECT w.county, w.collector_id, count(*) AS times, min(w.day) AS first_on
        FROM backward AS w
        GROUP BY w.county, w.collector_id, w.book, w.taker, w.rises
    ) AS b
    GROUP BY b.county, b.collector_id
)
SELECT
    e.county,
    CASE
        WHEN NOT c.is_other AND (coalesce(r.is_open, false) OR coalesce(r.again, 0) >= $medium_receipts) THEN 'medium'
        WHEN NOT c.is_other AND coalesce(r.again, 0) >= $low_receipts THEN 'low'
        WHEN coalesce(b.backward, 0) >= $low_backward OR coalesce(b.in_a_row, 0) >= $low_in_a_row THEN 'low'
        ELSE 'watch'
    END AS severity,
    'collector' AS subject_type, e.collector_id AS subject_id, e.township, e.village, e.fee, e.fee_year,
    coalesce(r.open_fen, 0) AS amount_at_risk_fen,
    CAST(coalesce(r.another, 0) + coalesce(r.same, 0) + coalesce(r.together, 0) + coalesce(b.backward, 0) AS DOUBLE) AS measure, CAST(1 AS DOUBLE) AS threshold,
    least(r.first_on, b.first_on) AS occurred_on, e.events AS evidence,
    struct_pack(
        another := coalesce(r.another, 0), same := coalesce(r.same, 0), together := coalesce(r.together, 0), backward := coalesce(b.backward, 0),
        receipts := c.receipts, numbers := r.numbers,
        what_zh := substr(concat(
            CASE WHEN coalesce(r.another, 0) > 0 THEN concat('；', CAST(r.another AS VARCHAR), ' 个号码在不同日期开给不同户') ELSE '' END,
            CASE WHEN coalesce(r.same, 0) > 0 THEN concat('；', CAST(r.same AS VARCHAR), ' 个在不同日期开给同一户') ELSE '' END,
            CASE WHEN coalesce(r.together, 0) > 0 THEN concat('；', CAST(r.together AS VARCHAR), ' 个同日几户合用') ELSE '' END,
            CASE WHEN coalesce(b.backward, 0) > 0 THEN concat('；', CAST(b.backward AS VARCHAR), ' 处号码在后而日期在前') ELSE '' END
        ), 2),
        what_en := substr(concat(
            CASE WHEN coalesce(r.another, 0) > 0 THEN concat('; ', CAST(r.another AS VARCHAR), ' used on other days for other households') ELSE '' END,
            CASE WHEN coalesce(r.same, 0) > 0 THEN concat('; ', CAST(r.same AS VARCHAR), ' on other days for the same household') ELSE '' END,
            CASE WHEN coalesce(r.together, 0) > 0 THEN concat('; ', CAST(r.together AS VARCHAR), ' for several households on one day') ELSE '' END,
            CASE WHEN coalesce(b.backward, 0) > 0 THEN concat('; ', CAST(b.backward AS VARCHAR), ' times a number goes up and its date down') ELSE '' END
        ), 3)
    ) AS details
FROM evidence AS e
INNER JOIN judged_columns AS c ON c.county = e.county AND c.collector_id = e.collector_id
LEFT JOIN reuses AS r ON r.county = e.county AND r.collector_id = e.collector_id
LEFT JOIN reversals AS b ON b.county = e.county AND b.collector_id = e.collector_id
