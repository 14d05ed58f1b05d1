-- one row per fee, fee year and fiscal account whose money was moved on after its day, not at all, or in a smaller amount than was collected
WITH
-- one row per transfer with the months by which it is ordered
transfers AS (
    SELECT
        t.county, t.event_id, t.kind, t.fee, t.fee_year, coalesce(t.account, '') AS account, t.amount_fen, t.due_on, t.transferred_on,
        CAST(year(coalesce(t.due_on, t.transferred_on)) * 12 + month(coalesce(t.due_on, t.transferred_on)) AS BIGINT) AS due_no
    FROM fund_transfers AS t
    WHERE t.amount_fen > 0
),
-- one row per transfer moved after its day or still open, with whether the day was no working day and the next one was kept
late AS (
    SELECT
        t.county, t.event_id, t.fee, t.fee_year, t.account, t.amount_fen, t.due_on, t.transferred_on IS NULL AS is_open,
        datediff('day', t.due_on, coalesce(t.transferred_on, $as_of)) AS days,
        coalesce(NOT a.working AND b.ordinal <= a.ordinal + 1, FALSE) AS rolled
    FROM transfers AS t
    LEFT JOIN working_day AS a ON a.county = t.county AND a.day = t.due_on
    LEFT JOIN working_day AS b ON b.county = t.county AND b.day = coalesce(t.transferred_on, $as_of)
    WHERE datediff('day', t.due_on, coalesce(t.transferred_on, $as_of)) >= $late_days
),
-- one row per fee, fee year and month in which premiums were to be moved on: all transfers of it, whether moved or not
batches AS (
    SELECT
        t.county, t.fee, t.fee_year, t.due_no, CAST(sum(t.amount_fen) AS BIGINT) AS moved_fen, max(coalesce(t.due_on, t.transferred_on)) AS due_on,
        count(DISTINCT coalesce(t.due_on, t.transferred_on)) AS parts
    FROM transfers AS t
    WHERE t.kind = 'premium' AND t.due_no IS NOT NULL
    GROUP BY t.county, t.fee, t.fee_year, t.due_no
),
-- one row per fee, fee year and month of posting: all of it, and what the treasury did not pay itself
collected AS (
    SELECT
        d.county, d.fee, d.fee_year, CAST(year(d.day) * 12 + month(d.day) AS BIGINT) AS month_no,
        CAST(sum(d.posted_fen) AS BIGINT) AS all_fen, CAST(sum(d.posted_fen - d.fiscal_fen) AS BIGINT) AS own_fen
    FROM posted_days AS d
    GROUP BY d.county, d.fee, d.fee_year, year(d.day) * 12 + month(d.day)
),
-- one row per fee and number of months that may lie between posting and moving on: how many batches fit to the fen
fits AS (
    SELECT
        b.county, b.fee, l.months,
        count(CASE WHEN c.own_fen = b.moved_fen THEN 1 END) AS own_fits, count(CASE WHEN c.all_fen = b.moved_fen THEN 1 END) AS all_fits
    FROM batches AS b
    CROSS JOIN (SELECT unnest([0, 1, 2]) AS months) AS l
    LEFT JOIN collected AS c ON c.county = b.county AND c.fee = b.fee AND c.fee_year = b.fee_year AND c.month_no = b.due_no - l.months
    GROUP BY b.county, b.fee, l.months
),
-- one row per fee: the habit that fits most batches; where none does, the month after posting, without the treasury's share and net of refunds
habits AS (
    SELECT f.county, f.fee, f.months, f.all_fits > f.own_fits AS whole, greatest(f.own_fits, f.all_fits) = 0 AS rough
    FROM fits AS f
    QUALIFY row_number() OVER (PARTITION BY f.county, f.fee ORDER BY greatest(f.own_fits, f.all_fits) DESC, abs(f.months - 1), f.months DESC) = 1
),
-- one row per fee: the month of its first batch, before which nothing is asked, and in how many parts a month is moved
begun AS (
    SELECT b.county, b.fee, min(b.due_no) AS first_no, max(b.parts) AS parts FROM batches AS b GROUP BY b.county, b.fee
),
-- one row per batch with all that was moved up to it, and the last month whose money it should move; where a month is moved in parts, more of the running one may follow
moved AS (
    SELECT
        b.county, b.fee, b.fee_year, b.due_no, b.due_on, h.whole, h.rough, g.first_no - h.months AS from_no,
        b.due_no - h.months - CASE WHEN g.parts > 1 AND b.due_no = year($as_of) * 12 + month($as_of) THEN 1 ELSE 0 END AS to_no,
        sum(b.moved_fen) OVER (PARTITION BY b.county, b.fee, b.fee_year ORDER BY b.due_no ROWS UNBOUNDED PRECEDING) AS moved_fen
    FROM batches AS b
    INNER JOIN habits AS h ON h.county = b.county AND h.fee = b.fee
    INNER JOIN begun AS g ON g.county = b.county AND g.fee = b.fee
),
-- one row per fee, fee year and month: what was refunded
refunded AS (
    SELECT r.county, r.fee, r.fee_year, year(r.refunded_on) * 12 + month(r.refunded_on) AS month_no, CAST(sum(r.amount_fen) AS BIGINT) AS refunded_fen
    FROM refunds AS r
    WHERE r.refunded_on IS NOT NULL
    GROUP BY r.county, r.fee, r.fee_year, year(r.refunded_on) * 12 + month(r.refunded_on)
),
-- one row per batch with all that should have been moved up to it
asked AS (
    SELECT
        m.county, m.fee, m.fee_year, m.due_no, CAST(sum(CASE WHEN m.whole THEN c.all_fen ELSE c.own_fen END) AS BIGINT) AS collected_fen
    FROM moved AS m
    INNER JOIN collected AS c ON c.county = m.county AND c.fee = m.fee AND c.fee_year = m.fee_year AND c.month_no >= m.from_no AND c.month_no <= m.to_no
    GROUP BY m.county, m.fee, m.fee_year, m.due_no
),
-- one row per batch of a fee without a habit, with all that was refunded up to it
given_back AS (
    SELECT m.county, m.fee, m.fee_year, m.due_no, CAST(sum(r.refunded_fen) AS BIGINT) AS refunded_fen
    FROM moved AS m
    INNER JOIN refunded AS r ON r.county = m.county AND r.fee = m.fee AND r.fee_year = m.fee_year AND r.month_no <= m.due_no
    WHERE m.rough
    GROUP BY m.county, m.fee, m.fee_year, m.due_no
),
-- one row per batch: what is lacking up to it, and how much of that is new
lacking AS (
    SELECT
        m.county, m.fee, m.fee_year, m.due_no, m.due_on, CAST(m.moved_fen AS BIGINT) AS moved_fen, a.collected_fen,
        greatest(0, a.collected_fen - coalesce(g.refunded_fen, 0) - m.moved_fen) AS short_fen,
        greatest(0, a.collected_fen - coalesce(g.refunded_fen, 0) - m.moved_fen)
        - coalesce(lag(greatest(0, a.collected_fen - coalesce(g.refunded_fen, 0) - m.moved_fen)) OVER (PARTITION BY m.county, m.fee, m.fee_year ORDER BY m.due_no), 0) AS more_fen,
        row_number() OVER (PARTITION BY m.county, m.fee, m.fee_year ORDER BY m.due_no DESC) AS from_end
    FROM moved AS m
    INNER JOIN asked AS a ON a.county = m.county AND a.fee = m.fee AND a.fee_year = m.fee_year AND a.due_no = m.due_no
    LEFT JOIN given_back AS g ON g.county = m.county AND g.fee = m.fee AND g.fee_year = m.fee_year AND g.due_no = m.due_no
),
-- one row per fee and fee year that ever fell short: what is still lacking, and the most that was
short AS (
    SELECT
        l.county, l.fee, l.fee_year, CAST(max(CASE WHEN l.from_end = 1 THEN l.short_fen END) AS BIGINT) AS short_fen, CAST(max(l.short_fen) AS BIGINT) AS peak_fen,
        max(CASE WHEN l.from_end = 1 THEN l.collected_fen END) AS collected_fen, max(CASE WHEN l.from_end = 1 THEN l.moved_fen END) AS moved_fen
    FROM lacking AS l
    GROUP BY l.county, l.fee, l.fee_year
    HAVING max(l.short_fen) >= $short_fen
),
-- one row per premium transfer of a batch that fell short
short_transfers AS (
    SELECT t.county, t.event_id, t.fee, t.fee_year, t.account, l.due_on
    FROM lacking AS l
    INNER JOIN short AS s ON s.county = l.county AND s.fee = l.fee AND s.fee_year = l.fee_year
    INNER JOIN transfers AS t ON t.county = l.county AND t.kind = 'premium' AND t.fee = l.fee AND t.fee_year = l.fee_year AND t.due_no = l.due_no
    WHERE l.more_fen > 0
),
-- one row per fee and fee year that fell short with the account of the transfers concerned
short_accounts AS (
    SELECT t.county, t.fee, t.fee_year, min(t.account) AS account, min(t.due_on) AS first_on
    FROM short_transfers AS t
    GROUP BY t.county, t.fee, t.fee_year
),
-- one row per fee, fee year and month in which fiscal shares were to be moved on
fiscal_batches AS (
    SELECT t.county, t.fee, t.fee_year, t.due_no, CAST(sum(t.amount_fen) AS BIGINT) AS moved_fen, min(t.account) AS account, max(coalesce(t.due_on, t.transferred_on)) AS due_on
    FROM transfers AS t
    WHERE t.kind = 'fiscal-share' AND t.due_no IS NOT NULL
    GROUP BY t.county, t.fee, t.fee_year, t.due_no
),
-- one row per fee, fee year and month of posting: what the treasury paid for persons
fiscal_months AS (
    SELECT d.county, d.fee, d.fee_year, CAST(year(d.day) * 12 + month(d.day) AS BIGINT) AS month_no, CAST(sum(d.fiscal_fen) AS BIGINT) AS fiscal_fen
    FROM posted_days AS d
    WHERE d.fiscal_fen > 0
    GROUP BY d.county, d.fee, d.fee_year, year(d.day) * 12 + month(d.day)
),
-- one row per fee whose fiscal shares are moved to the fen as they were posted, several times: how many months after
fiscal_habits AS (
    SELECT b.county, b.fee, l.months
    FROM fiscal_batches AS b
    CROSS JOIN (SELECT unnest([0, 1, 2]) AS months) AS l
    INNER JOIN fiscal_months AS c
        ON c.county = b.county AND c.fee = b.fee AND c.fee_year = b.fee_year AND c.month_no = b.due_no - l.months AND c.fiscal_fen = b.moved_fen
    GROUP BY b.county, b.fee, l.months
    HAVING count(*) >= $fiscal_fits
    QUALIFY row_number() OVER (PARTITION BY b.county, b.fee ORDER BY count(*) DESC, abs(l.months - 1), l.months DESC) = 1
),
-- one row per fee and fee year of these: all fiscal shares moved, and up to which month of posting they should reach
fiscal_moved AS (
    SELECT
        b.county, b.fee, b.fee_year, CAST(sum(b.moved_fen) AS BIGINT) AS moved_fen, min(b.account) AS account, min(b.due_on) AS first_on,
        max(b.due_no) - max(h.months) AS to_no, min(b.due_no) - max(h.months) AS from_no
    FROM fiscal_batches AS b
    INNER JOIN fiscal_habits AS h ON h.county = b.county AND h.fee = b.fee
    GROUP BY b.county, b.fee, b.fee_year
),
-- one row per fee and fee year of which less was moved in fiscal shares than the treasury paid for persons
fiscal_short AS (
    SELECT
        m.county, m.fee, m.fee_year, m.account, m.moved_fen, m.first_on, CAST(sum(c.fiscal_fen) AS BIGINT) AS collected_fen,
        CAST(sum(c.fiscal_fen) AS BIGINT) - m.moved_fen AS short_fen
    FROM fiscal_moved AS m
    INNER JOIN fiscal_months AS c ON c.county = m.county AND c.fee = m.fee AND c.fee_year = m.fee_year AND c.month_no >= m.from_no AND c.month_no <= m.to_no
    GROUP BY m.county, m.fee, m.fee_year, m.account, m.moved_fen, m.first_on
    HAVING sum(c.fiscal_fen) - m.moved_fen >= $short_fen
),
-- one row per fee, fee year, account and wrong with its numbers
parts AS (
    SELECT
        l.county, l.fee, l.fee_year, l.account, count(*) FILTER (WHERE NOT l.rolled) AS late_count, count(*) FILTER (WHERE l.rolled) AS rolled_count,
        count(*) FILTER (WHERE l.is_open) AS open_count,
        CAST(coalesce(sum(CASE WHEN NOT l.rolled THEN l.amount_fen END), 0) AS BIGINT) AS late_fen, CAST(coalesce(sum(CASE WHEN l.is_open THEN l.amount_fen END), 0) AS BIGINT) AS open_fen,
        max(l.days) AS days, coalesce(max(CASE WHEN l.is_open THEN l.days END), 0) AS open_days,
        CAST(0 AS BIGINT) AS short_fen, CAST(0 AS BIGINT) AS peak_fen, CAST(0 AS BIGINT) AS collected_fen, CAST(0 AS BIGINT) AS moved_fen, min(l.due_on) AS first_on
    FROM late AS l
    GROUP BY l.county, l.fee, l.fee_year, l.account
    UNION ALL
    SELECT
        s.county, s.fee, s.fee_year, a.account, 0 AS late_count, 0 AS rolled_count, 0 AS open_count, 0 AS late_fen, 0 AS open_fen, 0 AS days, 0 AS open_days,
        s.short_fen, s.peak_fen, s.collected_fen, s.moved_fen, a.first_on
    FROM short AS s
    INNER JOIN short_accounts AS a ON a.county = s.county AND a.fee = s.fee AND a.fee_year = s.fee_year
    UNION ALL
    SELECT
        f.county, f.fee, f.fee_year, f.account, 0 AS late_count, 0 AS rolled_count, 0 AS open_count, 0 AS late_fen, 0 AS open_fen, 0 AS days, 0 AS open_days,
        f.short_fen, f.short_fen AS peak_fen, f.collected_fen, f.moved_fen, f.first_on
    FROM fiscal_short AS f
),
-- one row per fee, fee year and account with the numbers of all wrongs
totals AS (
    SELECT
        p.county, p.fee, p.fee_year, p.account, max(p.late_count) AS late_count, max(p.rolled_count) AS rolled_count, max(p.open_count) AS open_count,
        max(p.late_fen) AS late_fen, max(p.open_fen) AS open_fen, max(p.days) AS days, max(p.open_days) AS open_days,
        CAST(sum(p.short_fen) AS BIGINT) AS short_fen, CAST(sum(p.peak_fen) AS BIGINT) AS peak_fen,
        CAST(sum(p.collected_fen) AS BIGINT) AS collected_fen, CAST(sum(p.moved_fen) AS BIGINT) AS moved_fen, min(p.first_on) AS first_on
    FROM parts AS p
    GROUP BY p.county, p.fee, p.fee_year, p.account
),
-- one row per fee, fee year and account: the transfers concerned
evidence AS (
    SELECT e.county, e.fee, e.fee_year, e.account, list_sort(list(DISTINCT e.event_id)) AS events
    FROM (
        SELECT l.county, l.fee, l.fee_year, l.account, l.event_id FROM late AS l
        UNION
        SELECT t.county, t.fee, t.fee_year, a.account, t.event_id
        FROM short_transfers AS t
        INNER JOIN short_accounts AS a ON a.county = t.county AND a.fee = t.fee AND a.fee_year = t.fee_year
        UNION
        SELECT f.county, f.fee, f.fee_year, f.account, t.event_id
        FROM fiscal_short AS f
        INNER JOIN transfers AS t ON t.county = f.county AND t.kind = 'fiscal-share' AND t.fee = f.fee AND t.fee_year = f.fee_year
    ) AS e
    GROUP BY e.county, e.fee, e.fee_year, e.account
)
SELECT
    t.county,
    CASE
        WHEN t.short_fen >= $high_fen OR t.open_days >= $long_days THEN 'high'
        WHEN t.short_fen >= $medium_fen OR (t.late_count > 0 AND t.days >= $long_days) THEN 'medium'
        WHEN t.short_fen >= $short_fen OR t.late_count > 0 THEN 'low'
        ELSE 'watch'
    END AS severity,
    'fee-account' AS subject_type, CASE WHEN t.account = '' THEN t.fee ELSE concat(t.fee, ':', t.account) END AS subject_id,
    CAST(NULL AS VARCHAR) AS township, CAST(NULL AS VARCHAR) AS village, t.fee, t.fee_year,
    t.short_fen + t.late_fen AS amount_at_risk_fen, CAST(t.days AS DOUBLE) AS measure, CAST($late_days AS DOUBLE) AS threshold,
    t.first_on AS occurred_on, e.events AS evidence,
    struct_pack(
        account := t.account, late := t.late_count, next_working_day := t.rolled_count, open := t.open_count, late_fen := t.late_fen, open_fen := t.open_fen, days := t.days,
        short_fen := t.short_fen, peak_fen := t.peak_fen, collected_fen := t.collected_fen, moved_fen := t.moved_fen
    ) AS details
FROM totals AS t
INNER JOIN evidence AS e ON e.county = t.county AND e.fee = t.fee AND e.fee_year = t.fee_year AND e.account = t.account
