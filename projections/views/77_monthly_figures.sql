-- one row per county, kind (statement of the treasury, report of an insurance office), fee, account ('' where accounts cannot be told apart) and month: the figure handed in beside what was posted and paid, and what was paid that month and the one before and has no day of posting
WITH
-- one row per month of the calendar
calendar AS (
    SELECT w.county, strftime(w.day, '%Y-%m') AS month, CAST(min(year(w.day) * 12 + month(w.day)) AS BIGINT) AS month_no, max(w.day) AS month_ends_on
    FROM working_day AS w
    GROUP BY w.county, strftime(w.day, '%Y-%m')
),
-- one row per line of a statement or report
lines AS (
    SELECT s.county, 'statement' AS kind, s.event_id, s.position, s.fee, s.account, trim(s.month) AS month, s.amount_fen, s.received_on, FALSE AS reasoned
    FROM treasury_statements AS s
    UNION ALL
    SELECT r.county, 'report' AS kind, r.event_id, r.position, r.fee, r.account, trim(r.month) AS month, r.amount_fen, r.received_on, r.reason IS NOT NULL AS reasoned
    FROM office_reports AS r
),
-- one row per fee and account on which money was posted
accounts AS (
    SELECT DISTINCT m.county, m.fee, m.account FROM posted_months AS m WHERE m.has_posting
),
-- one row per fee: whether every posting names an account, and since when there are postings
posting_fees AS (
    SELECT m.county, m.fee, min(CASE WHEN m.account = '' THEN 0 ELSE 1 END) = 1 AS named, min(m.month_no) AS first_no
    FROM posted_months AS m
    WHERE m.has_posting
    GROUP BY m.county, m.fee
),
-- one row per county: the last month with postings
posting_counties AS (
    SELECT m.county, max(m.month_no) AS last_no FROM posted_months AS m WHERE m.has_posting GROUP BY m.county
),
-- one row per kind and fee: whether its accounts are those of the postings
told_apart AS (
    SELECT l.county, l.kind, l.fee, bool_and(f.named AND a.account IS NOT NULL) AS by_account
    FROM lines AS l
    INNER JOIN posting_fees AS f ON f.county = l.county AND f.fee = l.fee
    LEFT JOIN accounts AS a ON a.county = l.county AND a.fee = l.fee AND a.account = l.account
    GROUP BY l.county, l.kind, l.fee
),
-- one row per line with the account under which it is compared, the last one of its month marked
placed AS (
    SELECT
        l.county, l.kind, l.event_id, l.fee, CASE WHEN t.by_account THEN l.account ELSE '' END AS account, l.month, l.amount_fen, l.received_on, l.reasoned,
        row_number() OVER (
            PARTITION BY l.county, l.kind, l.fee, CASE WHEN t.by_account THEN l.account ELSE '' END, l.month
            ORDER BY l.received_on DESC NULLS LAST, l.position DESC NULLS LAST, l.event_id DESC NULLS LAST
        ) AS place
    FROM lines AS l
    INNER JOIN told_apart AS t ON t.county = l.county AND t.kind = l.kind AND t.fee = l.fee
),
-- one row per kind, fee, account and month: the figure, all lines of the month together, and the last line by itself
figures AS (
    SELECT
        p.county, p.kind, p.fee, p.account, p.month, CAST(sum(p.amount_fen) AS BIGINT) AS figure_fen,
        max(CASE WHEN p.place = 1 THEN p.amount_fen END) AS last_line_fen, bool_or(p.reasoned) AS reasoned, max(p.received_on) AS received_on,
        list_sort(list(DISTINCT p.event_id)) AS events
    FROM placed AS p
    GROUP BY p.county, p.kind, p.fee, p.account, p.month
),
-- one row per kind, fee, account and month: what was posted and paid
booked AS (
    SELECT
        m.county, t.kind, m.fee, CASE WHEN t.by_account THEN m.account ELSE '' END AS account, m.month, m.month_no,
        CAST(sum(m.posted_fen) AS BIGINT) AS posted_fen, CAST(sum(m.fiscal_fen) AS BIGINT) AS fiscal_fen,
        CAST(sum(m.voided_later_fen) AS BIGINT) AS voided_later_fen, CAST(sum(m.voided_back_fen) AS BIGINT) AS voided_back_fen,
        CAST(sum(m.last_1_fen) AS BIGINT) AS last_1_fen, CAST(sum(m.last_2_fen) AS BIGINT) AS last_2_fen, CAST(sum(m.last_3_fen) AS BIGINT) AS last_3_fen,
        CAST(sum(m.paid_fen) AS BIGINT) AS paid_fen, CAST(sum(m.undated_fen) AS BIGINT) AS undated_fen
    FROM posted_months AS m
    INNER JOIN told_apart AS t ON t.county = m.county AND t.fee = m.fee
    GROUP BY m.county, t.kind, m.fee, CASE WHEN t.by_account THEN m.account ELSE '' END, m.month, m.month_no
)
SELECT
    f.county, f.kind, f.fee, f.account, f.month, c.month_no, c.month_ends_on, c.month_no = p.first_no AS first_month,
    f.figure_fen, f.last_line_fen, f.reasoned, f.received_on, f.events,
    coalesce(b.posted_fen, 0) AS posted_fen, coalesce(b.fiscal_fen, 0) AS fiscal_fen,
    coalesce(b.voided_later_fen, 0) AS voided_later_fen, coalesce(b.voided_back_fen, 0) AS voided_back_fen,
    coalesce(b.last_1_fen, 0) AS last_1_fen, coalesce(b.last_2_fen, 0) AS last_2_fen, coalesce(b.last_3_fen, 0) AS last_3_fen,
    coalesce(b.paid_fen, 0) AS paid_fen, coalesce(b.undated_fen, 0) AS undated_fen, coalesce(e.undated_fen, 0) AS before_undated_fen
FROM figures AS f
INNER JOIN calendar AS c ON c.county = f.county AND c.month = f.month
INNER JOIN posting_fees AS p ON p.county = f.county AND p.fee = f.fee
INNER JOIN posting_counties AS q ON q.county = f.county
LEFT JOIN booked AS b ON b.county = f.county AND b.kind = f.kind AND b.fee = f.fee AND b.account = f.account AND b.month = f.month
LEFT JOIN booked AS e ON e.county = f.county AND e.kind = f.kind AND e.fee = f.fee AND e.account = f.account AND e.month_no = c.month_no - 1
WHERE c.month_no >= p.first_no AND c.month_no <= q.last_no
