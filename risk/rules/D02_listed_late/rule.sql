-- one row per insurance office, fee and month whose refunds were listed late, and one per payer, fee and fee year refunded without a payment
WITH
-- one row per working day's number: the first day that has it
first_days AS (
    SELECT d.county, d.ordinal, min(d.day) AS day
    FROM working_day AS d
    GROUP BY d.county, d.ordinal
),
-- one row per source and office: how many of its refunds say when they were listed, and the last day of which it tells
listing AS (
    SELECT
        r.county, r.source, r.office, count(*) AS refunds, count(r.listed_on) AS listed,
        max(greatest(r.refunded_on, coalesce(r.listed_on, r.refunded_on))) AS told_until
    FROM office_refunds AS r
    WHERE r.office IS NOT NULL
    GROUP BY r.county, r.source, r.office
),
-- one row per refund of an insurance office that was listed after its day, or is not listed though the office lists and goes on telling
late AS (
    SELECT
        r.county, r.event_id, r.office, r.fee, r.fee_year, strftime(r.refunded_on, '%Y-%m') AS month, r.amount_fen, f.day AS due_on,
        CASE WHEN r.listed_on IS NULL THEN 1 ELSE 0 END AS unlisted,
        datediff('day', f.day, coalesce(r.listed_on, $as_of)) AS late_days
    FROM office_refunds AS r
    INNER JOIN first_days AS f ON f.county = r.county AND f.ordinal = r.refunded_ordinal + CAST($list_wd AS BIGINT)
    INNER JOIN listing AS l ON l.county = r.county AND l.source = r.source AND l.office = r.office
    WHERE NOT r.hands_on AND NOT r.of_cash
        AND (r.listed_on > f.day OR (r.listed_on IS NULL AND f.day < $as_of AND f.day < l.told_until AND 2 * l.listed >= l.refunds))
),
-- one row per office, fee and month of refunds: how many there were
months AS (
    SELECT r.county, r.office, r.fee, strftime(r.refunded_on, '%Y-%m') AS month, count(*) AS refunds
    FROM office_refunds AS r
    WHERE r.office IS NOT NULL AND NOT r.hands_on AND NOT r.of_cash
    GROUP BY r.county, r.office, r.fee, strftime(r.refunded_on, '%Y-%m')
),
-- one row per office, fee and month with late ones
late_months AS (
    SELECT
        l.county, l.office, l.fee, l.month, CASE WHEN min(l.fee_year) = max(l.fee_year) THEN min(l.fee_year) END AS fee_year,
        count(*) AS late, CAST(sum(l.unlisted) AS BIGINT) AS unlisted, max(l.late_days) AS late_days, CAST(sum(l.amount_fen) AS BIGINT) AS late_fen,
        min(l.due_on) AS first_on, list_sort(list(DISTINCT l.event_id)) AS evidence
    FROM late AS l
    GROUP BY l.county, l.office, l.fee, l.month
),
-- one row per refund with what is known of a payment that it gives back
met AS (
    SELECT
        p.county, p.refund_event_id AS event_id, bool_or(p.standing AND p.of_person) AS own,
        bool_or(p.standing AND p.named AND NOT p.of_person) AS of_another, bool_or(NOT p.standing AND p.of_person) AS voided
    FROM refund_payments AS p
    GROUP BY p.county, p.refund_event_id
),
-- one row per fee and fee year: its payments
years AS (
    SELECT p.county, p.fee, p.fee_year, count(*) AS payments, min(p.paid_on) AS first_on
    FROM payments AS p
    GROUP BY p.county, p.fee, p.fee_year
),
-- one row per fee and fee year whose payments came in (as many as a good part of the fee's fullest year), with whether they begin with the window
years_in AS (
    SELECT y.county, y.fee, y.fee_year, coalesce(datediff('day', w.first_on, y.first_on) <= $start_days, true) AS from_start
    FROM years AS y
    INNER JOIN (SELECT m.county, m.fee, max(m.payments) AS payments FROM years AS m GROUP BY m.county, m.fee) AS f
        ON f.county = y.county AND f.fee = y.fee
    LEFT JOIN window_period AS w ON w.county = y.county AND w.fee = y.fee AND w.fee_year = y.fee_year
    WHERE 100 * y.payments >= $covered_percent * f.payments
),
-- one row per township, fee and fee year whose payments came in
townships_in AS (
    SELECT DISTINCT p.county, p.township, p.fee, p.fee_year FROM payments AS p WHERE p.township IS NOT NULL
),
-- one row per refund that meets no standing payment of its person in a year whose payments came in
unmet AS (
    SELECT
        r.county, r.event_id, r.payer, r.fee, r.fee_year, r.amount_fen, r.reference, r.refunded_on, r.office, r.township, r.village, r.taken_by,
        CASE WHEN y.from_start THEN 0 ELSE 1 END AS from_later,
        CASE WHEN m.voided THEN 1 ELSE 0 END AS voided, CASE WHEN m.of_another THEN 1 ELSE 0 END AS of_another
    FROM office_refunds AS r
    INNER JOIN years_in AS y ON y.county = r.county AND y.fee = r.fee AND y.fee_year = r.fee_year
    LEFT JOIN townships_in AS t ON t.county = r.county AND t.township = r.township AND t.fee = r.fee AND t.fee_year = r.fee_year
    LEFT JOIN met AS m ON m.county = r.county AND m.event_id = r.event_id
    WHERE NOT r.hands_on AND NOT r.of_cash AND NOT coalesce(m.own, false) AND (r.township IS NULL OR t.township IS NOT NULL)
),
-- one row per such refund and other member of the payer's household
relatives AS (
    SELECT DISTINCT u.county, u.event_id, u.fee, u.fee_year, b.payer AS relative
    FROM unmet AS u
    INNER JOIN households AS a ON a.county = u.county AND a.payer = u.payer
    INNER JOIN households AS b ON b.county = a.county AND b.household_no = a.household_no AND b.payer <> a.payer
),
-- one row per such refund whose money had been paid under a relative's number: the payment named is a relative's or was made by the payer, or a relative paid the fee twice
under_another AS (
    SELECT p.county, p.refund_event_id AS event_id
    FROM refund_payments AS p
    INNER JOIN relatives AS f ON f.county = p.county AND f.event_id = p.refund_event_id AND f.relative = p.payer
    WHERE p.named AND p.standing
    UNION
    SELECT p.county, p.refund_event_id AS event_id
    FROM refund_payments AS p
    INNER JOIN unmet AS u ON u.county = p.county AND u.event_id = p.refund_event_id AND u.payer = p.paid_by
    WHERE p.named AND p.standing
    UNION
    SELECT f.county, f.event_id
    FROM relatives AS f
    INNER JOIN standing_payments AS p ON p.county = f.county AND p.payer = f.relative AND p.fee = f.fee AND p.fee_year = f.fee_year
    WHERE p.channel <> 'fiscal' AND p.amount_fen > 0
    GROUP BY f.county, f.event_id, f.relative
    HAVING count(*) >= 2
),
-- one row per such refund with as much paid by the person for the year before or after, which is not credited any more: the year may be a slip (money given back for a year that still covers the person is no slip of it)
next_years AS (
    SELECT DISTINCT u.county, u.event_id
    FROM unmet AS u
    INNER JOIN standing_payments AS p ON p.county = u.county AND p.payer = u.payer AND p.fee = u.fee
    LEFT JOIN refunds AS r ON r.county = p.county AND r.payer = p.payer AND r.fee = p.fee AND r.fee_year = p.fee_year
    LEFT JOIN entitlements AS e
        ON e.county = p.county AND e.payer = p.payer AND e.fee = p.fee AND e.fee_year = p.fee_year AND e.reversed_on IS NULL
    WHERE p.fee_year BETWEEN u.fee_year - 1 AND u.fee_year + 1 AND p.amount_fen >= u.amount_fen AND p.paid_on <= u.refunded_on AND r.event_id IS NULL
        AND e.event_id IS NULL
),
-- one row per payer, fee and fee year refunded without a payment
unpaid AS (
    SELECT
        u.county, u.payer, u.fee, u.fee_year, min(u.office) AS office, min(u.township) AS township, min(u.village) AS village,
        count(*) AS refunds, CAST(sum(u.amount_fen) AS BIGINT) AS amount_fen, min(u.refunded_on) AS first_on,
        max(u.from_later) AS from_later, max(u.voided) AS voided, max(u.of_another) AS of_another,
        max(CASE WHEN n.event_id IS NULL THEN 0 ELSE 1 END) AS next_year,
        list_sort(list(DISTINCT u.event_id)) AS evidence
    FROM unmet AS u
    LEFT JOIN under_another AS a ON a.county = u.county AND a.event_id = u.event_id
    LEFT JOIN next_years AS n ON n.county = u.county AND n.event_id = u.event_id
    WHERE a.event_id IS NULL
    GROUP BY u.county, u.payer, u.fee, u.fee_year
),
-- the same with how grave (0 watch to 4 critical)
graded AS (
    SELECT
        u.county, u.payer, u.fee, u.fee_year, u.township, u.village, u.refunds, u.amount_fen, u.first_on, u.voided, u.of_another, u.next_year, u.evidence,
        CASE
            WHEN u.amount_fen >= $critical_fen THEN 4
            WHEN u.amount_fen >= $high_fen THEN 3
            WHEN u.amount_fen >= $medium_fen THEN 2
            ELSE 1
        END + u.voided - greatest(u.from_later, u.next_year) AS level
    FROM unpaid AS u
)
SELECT
    l.county,
    CASE WHEN l.late_days >= $long_days THEN 'medium' ELSE 'low' END AS severity,
    'office' AS subject_type, l.office AS subject_id, CAST(NULL AS VARCHAR) AS township, CAST(NULL AS VARCHAR) AS village, l.fee, l.fee_year,
    CAST(0 AS BIGINT) AS amount_at_risk_fen, CAST(l.late AS DOUBLE) AS measure, CAST(1 AS DOUBLE) AS threshold,
    l.first_on AS occurred_on, l.evidence,
    struct_pack(
        addressee := l.office, late_days := l.late_days, unlisted := l.unlisted, total_fen := l.late_fen,
        story_zh := concat(
            l.month, ' 的退费 ', CAST(m.refunds AS VARCHAR), ' 笔中有 ', CAST(l.late AS VARCHAR), ' 笔未按时把退费清册反馈税务部门（其中 ',
            CAST(l.unlisted AS VARCHAR), ' 笔至今未反馈），最长逾期 ', CAST(l.late_days AS VARCHAR), ' 天'
        ),
        story_en := concat(
            CAST(l.late AS VARCHAR), ' of ', CAST(m.refunds AS VARCHAR), ' refunds of ', l.month, ' were not listed to the tax office in time (',
            CAST(l.unlisted AS VARCHAR), ' not to this day), the longest ', CAST(l.late_days AS VARCHAR), ' days late'
        )
    ) AS details
FROM late_months AS l
INNER JOIN months AS m ON m.county = l.county AND m.office = l.office AND m.fee = l.fee AND m.month = l.month
UNION ALL
SELECT
    g.county,
    CASE WHEN g.level >= 4 THEN 'critical' WHEN g.level = 3 THEN 'high' WHEN g.level = 2 THEN 'medium' WHEN g.level = 1 THEN 'low' ELSE 'watch' END AS severity,
    'payer' AS subject_type, g.payer AS subject_id, g.township, g.village, g.fee, g.fee_year,
    g.amount_fen AS amount_at_risk_fen, CAST(g.refunds AS DOUBLE) AS measure, CAST(1 AS DOUBLE) AS threshold,
    g.first_on AS occurred_on, g.evidence,
    struct_pack(
        addressee := 'township', late_days := CAST(0 AS BIGINT), unlisted := CAST(0 AS BIGINT), total_fen := g.amount_fen,
        story_zh := concat(
            CAST(g.first_on AS VARCHAR), ' 起退费 ', CAST(g.refunds AS VARCHAR), ' 笔，查不到本人该年度未冲正的缴费',
            CASE
                WHEN g.voided = 1 THEN '（原缴费已冲正）'
                WHEN g.of_another = 1 THEN '（所列原缴费流水号是户外他人的）'
                WHEN g.next_year = 1 THEN '（上一或下一年度有缴费，可能录错年度）'
                ELSE ''
            END
        ),
        story_en := concat(
            CAST(g.refunds AS VARCHAR), ' refunds from ', CAST(g.first_on AS VARCHAR), ' on without a standing payment of the person for that year',
            CASE
                WHEN g.voided = 1 THEN ' (the payment had been voided)'
                WHEN g.of_another = 1 THEN ' (the payment named is that of a person outside the household)'
                WHEN g.next_year = 1 THEN ' (there is one for the year before or after: the year may be a slip)'
                ELSE ''
            END
        )
    ) AS details
FROM graded AS g
