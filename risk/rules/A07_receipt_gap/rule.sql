-- one row per collector with numbers of his receipt books that are neither used, voided nor returned though later ones are used
WITH
-- one row per book with its numbers as text without blanks
books AS (
    SELECT b.county, b.event_id, b.collector_id, trim(b.first_no) AS first_no, trim(b.last_no) AS last_no, b.issued_on, b.returned_on, b.voided
    FROM receipt_books AS b
    WHERE b.first_no IS NOT NULL AND b.last_no IS NOT NULL
),
-- one row per possible count of digits at the end of a number
widths AS (
    SELECT k.county, unnest([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]) AS width
    FROM county AS k
),
-- one row per book and count of its last characters that are digits in both its numbers
endings AS (
    SELECT b.county, b.event_id, w.width
    FROM books AS b
    INNER JOIN widths AS w ON w.county = b.county AND w.width <= length(b.first_no)
    WHERE length(b.first_no) = length(b.last_no)
        AND substr(b.first_no, 1, length(b.first_no) - w.width) = substr(b.last_no, 1, length(b.last_no) - w.width)
        AND replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(
            concat(right(b.first_no, w.width), right(b.last_no, w.width)),
            '0', ''), '1', ''), '2', ''), '3', ''), '4', ''), '5', ''), '6', ''), '7', ''), '8', ''), '9', '') = ''
),
-- one row per book that can be read: what stands before its digits, and their range
ranges AS (
    SELECT
        b.county, b.event_id, b.collector_id, b.issued_on, b.returned_on, max(e.width) AS width, length(b.first_no) - max(e.width) AS lead_length,
        substr(b.first_no, 1, length(b.first_no) - max(e.width)) AS lead,
        CAST(right(b.first_no, max(e.width)) AS BIGINT) AS first_n, CAST(right(b.last_no, max(e.width)) AS BIGINT) AS last_n
    FROM books AS b
    INNER JOIN endings AS e ON e.county = b.county AND e.event_id = b.event_id
    GROUP BY b.county, b.event_id, b.collector_id, b.issued_on, b.returned_on, b.first_no, b.last_no
    HAVING CAST(right(b.last_no, max(e.width)) AS BIGINT) - CAST(right(b.first_no, max(e.width)) AS BIGINT) BETWEEN 0 AND CAST($max_book AS BIGINT) - 1
),
-- one row per way of writing numbers that a book has
forms AS (
    SELECT DISTINCT r.county, r.lead, r.lead_length, r.width
    FROM ranges AS r
),
-- one row per place at which the digits begin and count of digits
shapes AS (
    SELECT DISTINCT f.county, f.lead_length, f.width
    FROM forms AS f
),
-- one row per number written on the register, in a payment or as voided, with where; only the register shows that a number was used after another
numbers AS (
    SELECT c.county, trim(c.receipt_no) AS receipt_no, c.event_id, c.collector_id, c.received_on AS day, c.township, c.village, true AS on_register
    FROM cash_receipts AS c
    WHERE c.receipt_no IS NOT NULL
    UNION ALL
    SELECT p.county, trim(p.receipt_no) AS receipt_no, p.event_id, p.collector_id, p.paid_on AS day, p.township, p.village, false AS on_register
    FROM payments AS p
    WHERE p.receipt_no IS NOT NULL
    UNION ALL
    SELECT v.county, trim(v.receipt_no) AS receipt_no, v.event_id, v.collector_id, CAST(NULL AS DATE) AS day, NULL AS township, NULL AS village, false AS on_register
    FROM (SELECT b.county, b.event_id, b.collector_id, unnest(b.voided) AS receipt_no FROM books AS b) AS v
    WHERE v.receipt_no IS NOT NULL
),
-- one row per number and shape that it fits; digits alone also without their leading zeros, as spreadsheets drop them
shaped AS (
    SELECT
        n.county, n.event_id, n.collector_id, n.day, n.township, n.village, n.on_register, f.width,
        substr(n.receipt_no, 1, f.lead_length) AS lead, substr(n.receipt_no, f.lead_length + 1) AS digits
    FROM numbers AS n
    INNER JOIN shapes AS f
        ON f.county = n.county AND length(n.receipt_no) <= f.lead_length + f.width
        AND (length(n.receipt_no) = f.lead_length + f.width OR f.lead_length = 0)
),
-- one row per number and form of a book that it has
formed AS (
    SELECT s.county, s.event_id, s.collector_id, s.day, s.township, s.village, s.on_register, s.lead, s.width, s.digits
    FROM shaped AS s
    INNER JOIN forms AS f ON f.county = s.county AND f.lead = s.lead AND f.width = s.width
),
-- one row per number and form, as a number
marks AS (
    SELECT m.county, m.lead, m.width, CAST(m.digits AS BIGINT) AS n, m.event_id, m.collector_id, m.day, m.township, m.village, m.on_register
    FROM formed AS m
    WHERE m.digits <> ''
        AND replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(
            m.digits, '0', ''), '1', ''), '2', ''), '3', ''), '4', ''), '5', ''), '6', ''), '7', ''), '8', ''), '9', '') = ''
),
-- one row per mark or beginning of a book, with the beginning that stands last before it
placed AS (
    SELECT
        x.county, x.lead, x.width, x.n, x.event_id, x.collector_id, x.day, x.township, x.village, x.on_register,
        max(x.book_first) OVER (PARTITION BY x.county, x.lead, x.width ORDER BY x.n RANGE UNBOUNDED PRECEDING) AS first_n
    FROM (
        SELECT m.county, m.lead, m.width, m.n, m.event_id, m.collector_id, m.day, m.township, m.village, m.on_register, CAST(NULL AS BIGINT) AS book_first
        FROM marks AS m
        UNION ALL
        SELECT
            r.county, r.lead, r.width, r.first_n AS n, NULL AS event_id, NULL AS collector_id, CAST(NULL AS DATE) AS day, NULL AS township, NULL AS village,
            false AS on_register, r.first_n AS book_first
        FROM ranges AS r
    ) AS x
),
-- one row per beginning of books, with how many books begin there: numbers may be given anew every year or to everyone
beginnings AS (
    SELECT r.county, r.lead, r.width, r.first_n, count(*) AS books
    FROM ranges AS r
    GROUP BY r.county, r.lead, r.width, r.first_n
),
-- one row per mark and book that has its number
fitting AS (
    SELECT
        r.county, r.event_id AS book, r.collector_id, r.issued_on, r.lead, r.width, r.first_n, p.n, p.event_id, p.collector_id AS taker, p.day, p.township, p.village,
        p.on_register, b.books
    FROM beginnings AS b
    INNER JOIN ranges AS r ON r.county = b.county AND r.lead = b.lead AND r.width = b.width AND r.first_n = b.first_n
    INNER JOIN placed AS p
        ON p.county = r.county AND p.lead = r.lead AND p.width = r.width AND p.first_n = r.first_n AND p.n <= r.last_n
    WHERE p.event_id IS NOT NULL
),
-- one row per mark and book, where several begin at its number, with whether it may be another collector's, and its place among the books of the mark's collector: where it is voided, else the last one handed out before it
ranked AS (
    SELECT
        f.county, f.book, f.collector_id, f.lead, f.width, f.first_n, f.n, f.event_id, f.day, f.township, f.village, f.on_register,
        max(CASE WHEN f.collector_id = f.taker THEN 1 ELSE 0 END) OVER (PARTITION BY f.county, f.lead, f.width, f.n, f.event_id) AS is_owned,
        row_number() OVER (
            PARTITION BY f.county, f.lead, f.width, f.n, f.event_id
            ORDER BY CASE WHEN f.collector_id = f.taker THEN 0 ELSE 1 END, CASE WHEN f.book = f.event_id THEN 0 ELSE 1 END,
                CASE WHEN f.issued_on <= f.day THEN 0 ELSE 1 END, coalesce(abs(datediff('day', f.issued_on, f.day)), 0), f.book
        ) AS nth
    FROM fitting AS f
    WHERE f.books > 1
),
-- one row per mark and book for which it counts: of several the collector's own one
shelved AS (
    SELECT f.county, f.book, f.collector_id, f.lead, f.width, f.first_n, f.n, f.event_id, f.day, f.township, f.village, f.on_register
    FROM fitting AS f
    WHERE f.books = 1
    UNION ALL
    SELECT r.county, r.book, r.collector_id, r.lead, r.width, r.first_n, r.n, r.event_id, r.day, r.township, r.village, r.on_register
    FROM ranked AS r
    WHERE r.is_owned = 0 OR r.nth = 1
),
-- one row per book and number accounted for: when and where it was first used, and by which register line
accounted AS (
    SELECT
        s.county, s.book, s.collector_id, s.lead, s.width, s.first_n, s.n, bool_or(s.on_register) AS on_register,
        min(CASE WHEN s.on_register THEN s.day END) AS day, min(CASE WHEN s.on_register THEN s.event_id END) AS line,
        min(CASE WHEN s.on_register THEN s.township END) AS township, min(CASE WHEN s.on_register THEN s.village END) AS village
    FROM shelved AS s
    GROUP BY s.county, s.book, s.collector_id, s.lead, s.width, s.first_n, s.n
),
-- one row per number accounted for with the one before it, and the last one that the register used some days ago
steps AS (
    SELECT
        a.county, a.book, a.collector_id, a.lead, a.width, a.first_n, a.n, a.line, a.township, a.village, a.day,
        lag(a.n) OVER (PARTITION BY a.county, a.book ORDER BY a.n) AS before_n,
        lag(a.line) OVER (PARTITION BY a.county, a.book ORDER BY a.n) AS before_line,
        max(CASE WHEN a.on_register AND datediff('day', a.day, $as_of) >= $entry_days THEN a.n END) OVER (PARTITION BY a.county, a.book) AS last_used
    FROM accounted AS a
),
-- one row per run of numbers missing in a book below the last one used
gaps AS (
    SELECT
        s.county, s.book, s.collector_id, s.lead, s.width, coalesce(s.before_n + 1, s.first_n) AS from_n, s.n - 1 AS to_n,
        s.n - coalesce(s.before_n + 1, s.first_n) AS missing, s.line, s.before_line, s.township, s.village, s.day
    FROM steps AS s
    WHERE s.n <= s.last_used AND s.n > coalesce(s.before_n + 1, s.first_n)
),
-- one row per book: lines of its collector, while it was out, without a number, which may be those of the numbers missing
unnumbered AS (
    SELECT r.county, r.event_id AS book, count(*) AS line_count
    FROM ranges AS r
    INNER JOIN cash_receipts AS c
        ON c.county = r.county AND c.collector_id = r.collector_id
        AND c.received_on >= coalesce(r.issued_on, c.received_on) AND c.received_on <= coalesce(r.returned_on, c.received_on)
    LEFT JOIN retold_lines AS t ON t.county = c.county AND t.event_id = c.event_id
    WHERE (c.receipt_no IS NULL OR trim(c.receipt_no) = '') AND t.event_id IS NULL
    GROUP BY r.county, r.event_id
),
-- one row per book with gaps: how many numbers are missing, whether that is most up to the last one used, and whether lines without a number may explain it
books_short AS (
    SELECT
        b.county, b.book, b.collector_id, b.missing, b.missing * 100 > u.reached * $partial_percent AS partly_in,
        coalesce(n.line_count, 0) >= b.missing AS is_explained
    FROM (
        SELECT g.county, g.book, g.collector_id, CAST(sum(g.missing) AS BIGINT) AS missing
        FROM gaps AS g
        GROUP BY g.county, g.book, g.collector_id
    ) AS b
    INNER JOIN (
        SELECT DISTINCT s.county, s.book, s.last_used - s.first_n + 1 AS reached
        FROM steps AS s
    ) AS u ON u.county = b.county AND u.book = b.book
    LEFT JOIN unnumbered AS n ON n.county = b.county AND n.book = b.book
),
-- one row per township in which the books of most collectors lack several numbers: its registers are not all in
not_all_in AS (
    SELECT a.county, a.township
    FROM accounted AS a
    LEFT JOIN books_short AS b ON b.county = a.county AND b.book = a.book AND b.missing >= $medium_numbers
    WHERE a.township IS NOT NULL
    GROUP BY a.county, a.township
    HAVING count(DISTINCT b.collector_id) >= $wide_collectors AND count(DISTINCT b.collector_id) * 100 > count(DISTINCT a.collector_id) * $partial_percent
),
-- one row per gap with its numbers as they stand on paper
written AS (
    SELECT
        g.county, g.book, g.collector_id, g.missing, g.line, g.before_line, g.township, g.village, g.day,
        concat(
            g.lead, right(concat('000000000000000', CAST(g.from_n AS VARCHAR)), g.width),
            CASE WHEN g.to_n > g.from_n THEN concat('–', g.lead, right(concat('000000000000000', CAST(g.to_n AS VARCHAR)), g.width)) ELSE '' END
        ) AS gap
    FROM gaps AS g
),
-- one row per collector and event that shows a gap: the book, and the lines on either side
shown AS (
    SELECT w.county, w.collector_id, w.book AS event_id FROM written AS w
    UNION
    SELECT w.county, w.collector_id, w.line AS event_id FROM written AS w WHERE w.line IS NOT NULL
    UNION
    SELECT w.county, w.collector_id, w.before_line AS event_id FROM written AS w WHERE w.before_line IS NOT NULL
),
-- one row per collector: the events
evidence AS (
    SELECT s.county, s.collector_id, list_sort(list(DISTINCT s.event_id)) AS events
    FROM shown AS s
    GROUP BY s.county, s.collector_id
),
-- one row per collector: what is missing in which books; a book most of which is missing may be a register that is not all in
totals AS (
    SELECT
        w.county, w.collector_id,
        CASE WHEN min(w.township) = max(w.township) THEN min(w.township) END AS township,
        CASE WHEN min(w.village) = max(w.village) THEN min(w.village) END AS village,
        CAST(sum(w.missing) AS BIGINT) AS missing,
        CAST(sum(CASE WHEN b.partly_in OR b.is_explained OR i.township IS NOT NULL THEN 0 ELSE w.missing END) AS BIGINT) AS sure_missing,
        bool_or(NOT b.is_explained AND i.township IS NULL) AS counts,
        count(DISTINCT w.book) AS books, min(w.day) AS first_on, list_sort(list(DISTINCT w.gap)) AS gaps
    FROM written AS w
    INNER JOIN books_short AS b ON b.county = w.county AND b.book = w.book
    LEFT JOIN not_all_in AS i ON i.county = w.county AND i.township = w.township
    GROUP BY w.county, w.collector_id
),
-- one row per collector who is appointed in one township: it, and his village if it is one, for gaps whose next number is on no line of one place
appointed AS (
    SELECT
        a.county, a.collector_id, min(substr(a.code, 1, 9)) AS township,
        CASE WHEN min(a.code) = max(a.code) AND min(length(a.code)) = 12 THEN min(a.code) END AS village
    FROM (SELECT c.county, c.record_id AS collector_id, unnest(c.division) AS code FROM collectors AS c) AS a
    WHERE length(a.code) >= 9
    GROUP BY a.county, a.collector_id
    HAVING min(substr(a.code, 1, 9)) = max(substr(a.code, 1, 9))
),
-- one row per county with so many books of which not one tells a voided number: spoilt receipts are not told
untold AS (
    SELECT b.county
    FROM receipt_books AS b
    GROUP BY b.county
    HAVING count(*) >= $silent_books AND count(CASE WHEN array_length(b.voided) > 0 THEN 1 END) = 0
)
SELECT
    t.county,
    CASE
        WHEN v.county IS NOT NULL AND t.sure_missing >= $medium_numbers THEN 'low'
        WHEN v.county IS NOT NULL THEN 'watch'
        WHEN t.sure_missing >= $high_numbers THEN 'high'
        WHEN t.sure_missing >= $medium_numbers THEN 'medium'
        WHEN t.counts THEN 'low'
        ELSE 'watch'
    END AS severity,
    'collector' AS subject_type, t.collector_id AS subject_id,
    coalesce(t.township, a.township) AS township, CASE WHEN t.township IS NULL THEN a.village ELSE t.village END AS village,
    CAST(NULL AS VARCHAR) AS fee, CAST(NULL AS BIGINT) AS fee_year,
    CAST(0 AS BIGINT) AS amount_at_risk_fen, CAST(t.missing AS DOUBLE) AS measure, CAST(1 AS DOUBLE) AS threshold,
    t.first_on AS occurred_on, e.events AS evidence,
    struct_pack(missing := t.missing, books := t.books, gaps := t.gaps, first_on := t.first_on) AS details
FROM totals AS t
INNER JOIN evidence AS e ON e.county = t.county AND e.collector_id = t.collector_id
LEFT JOIN untold AS v ON v.county = t.county
LEFT JOIN appointed AS a ON a.county = t.county AND a.collector_id = t.collector_id
