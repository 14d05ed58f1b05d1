-- one row per person, fee and fee year whose money was posted and whose entitlement is not recorded, whose entitlement is recorded and whose money is not posted, or for whose payment another amount is recorded; one row for the office for many of one day and for numbers that fail their check, one for a collector through whom several paid
WITH
-- one row per county: working days that were over when the as-of day began
today AS (
    SELECT d.county, d.ordinal - CASE WHEN d.working THEN 1 ELSE 0 END AS ordinal
    FROM working_day AS d
    WHERE d.day = $as_of
),
-- one row per payment that was posted and has no entitlement
missing AS (
    SELECT
        u.county, u.event_id, u.payer, coalesce(u.payer_valid, true) AS number_holds, u.fee, u.fee_year, u.office, u.amount_fen, u.posted_on AS since, u.township, u.village, 'unrecorded' AS difference,
        CASE
            WHEN u.explained_until IS NOT NULL OR u.insured_otherwise THEN ''
            WHEN u.missing_before_first >= $batch_persons AND u.missing_before_first * 100 > u.payments_before_first * $batch_percent THEN concat('before the first of ', CAST(u.fee_year AS VARCHAR))
            WHEN u.missing_of_posted_day >= $batch_persons THEN concat('day ', CAST(u.posted_on AS VARCHAR))
            WHEN u.missing_of_paid_day >= $batch_persons THEN concat('paid ', CAST(u.paid_on AS VARCHAR))
            WHEN u.missing_of_year >= $batch_persons AND u.missing_of_year * 100 > u.payments_of_year * $batch_percent THEN concat('year ', CAST(u.fee_year AS VARCHAR), ' ', u.share)
            WHEN u.missing_of_township >= $batch_persons AND u.missing_of_township * 100 > u.payments_of_township * $batch_percent
                THEN concat('township ', u.township, ' ', u.share)
            ELSE ''
        END AS batch,
        u.explained_until IS NOT NULL OR u.insured_otherwise OR u.missing_of_year * 100 > u.payments_of_year * $batch_percent
            OR (u.missing_before_first >= 3 AND u.missing_before_first * 100 > u.payments_before_first * $batch_percent)
            OR (u.missing_of_township >= 3 AND u.missing_of_township * 100 > u.payments_of_township * $batch_percent)
            OR NOT (u.overtaken OR coalesce(u.recorded_until > u.posted_on, false)) AS doubtful
    FROM unrecorded_payments AS u
    WHERE u.posted_on IS NOT NULL AND u.reversed_on IS NULL AND (u.explained_until IS NULL OR u.explained_until < $as_of)
),
-- one row per such payment that is of no batch and beyond doubt
alone AS (
    SELECT m.county, m.event_id, m.payer, m.number_holds, m.fee, m.fee_year, m.office, m.amount_fen, m.since, m.township, m.village, m.difference
    FROM missing AS m
    WHERE m.batch = '' AND NOT m.doubtful
),
-- one row per payment of these with a collector's hand in it: whose (a school or unit that pays for its people is none)
by_hand AS (
    SELECT h.county, h.event_id, min(h.collector_id) AS collector_id
    FROM alone AS m
    INNER JOIN collector_hands AS h ON h.county = m.county AND h.event_id = m.event_id
    WHERE NOT h.group_payer
    GROUP BY h.county, h.event_id
),
-- one row per such person, fee and year with a line on the cash register: who took it
registered AS (
    SELECT l.county, l.payer, l.fee, l.fee_year, min(l.collector_id) AS collector_id
    FROM alone AS m
    INNER JOIN register_lines AS l ON l.county = m.county AND l.payer = m.payer AND l.fee = m.fee AND l.fee_year = m.fee_year
    GROUP BY l.county, l.payer, l.fee, l.fee_year
),
-- one row per such payment with the collector through whom it was made
handled AS (
    SELECT
        m.county, m.event_id, m.payer, m.number_holds, m.fee, m.fee_year, m.office, m.amount_fen, m.since, m.township, m.village, m.difference,
        coalesce(h.collector_id, l.collector_id) AS collector_id
    FROM alone AS m
    LEFT JOIN by_hand AS h ON h.county = m.county AND h.event_id = m.event_id
    LEFT JOIN registered AS l ON l.county = m.county AND l.payer = m.payer AND l.fee = m.fee AND l.fee_year = m.fee_year
),
-- one row per collector, fee and year through whom several such persons with good numbers paid
hands AS (
    SELECT h.county, h.collector_id, h.fee, h.fee_year
    FROM handled AS h
    WHERE h.collector_id IS NOT NULL AND h.number_holds
    GROUP BY h.county, h.collector_id, h.fee, h.fee_year
    HAVING count(DISTINCT h.payer) >= $hand_persons
),
-- one row per such payment with the batch that it is part of: many together, numbers that fail their check, or one collector's
unrecorded AS (
    SELECT
        m.county, m.event_id, m.payer, m.fee, m.fee_year, m.office, m.amount_fen, m.since, m.township, m.village, m.difference, m.doubtful, m.batch,
        CAST(NULL AS VARCHAR) AS collector_id
    FROM missing AS m
    WHERE m.batch <> '' OR m.doubtful
    UNION ALL
    SELECT
        m.county, m.event_id, m.payer, m.fee, m.fee_year, m.office, m.amount_fen, m.since, m.township, m.village, m.difference, FALSE AS doubtful,
        CASE WHEN NOT m.number_holds THEN 'numbers' WHEN h.collector_id IS NOT NULL THEN concat('collector ', h.collector_id) ELSE '' END AS batch,
        h.collector_id
    FROM handled AS m
    LEFT JOIN hands AS h ON h.county = m.county AND h.collector_id = m.collector_id AND h.fee = m.fee AND h.fee_year = m.fee_year AND m.number_holds
),
-- one row per person, fee and year with a standing entitlement, and when it was first recorded
recorded AS (
    SELECT
        e.county, e.payer, e.fee, e.fee_year, min(e.recorded_on) AS recorded_on, max(e.recorded_on) AS last_on, CAST(sum(e.amount_fen) AS BIGINT) AS amount_fen,
        count(e.payment_id) AS naming, bool_or(coalesce(e.payer_born >= e.fee_year - 1, false)) AS newborn
    FROM entitlements AS e
    WHERE e.reversed_on IS NULL AND e.amount_fen > 0 AND e.payer IS NOT NULL
    GROUP BY e.county, e.payer, e.fee, e.fee_year
),
-- one row per person, fee and year with a standing payment: whether any of it was posted
paid AS (
    SELECT
        p.county, p.payer, p.fee, p.fee_year, max(p.posted_on) AS posted_on, min(p.paid_on) AS paid_on, bool_and(p.channel = 'fiscal') AS fiscal,
        CAST(sum(p.amount_fen) AS BIGINT) AS paid_fen
    FROM standing_payments AS p
    WHERE p.amount_fen > 0
    GROUP BY p.county, p.payer, p.fee, p.fee_year
),
-- one row per person, fee and year recorded, beside what was paid
compared AS (
    SELECT
        r.county, r.payer, r.fee, r.fee_year, r.recorded_on, r.last_on, r.amount_fen, r.naming, r.newborn,
        p.payer IS NOT NULL AS was_paid, p.posted_on IS NOT NULL AS was_posted, p.fiscal, p.paid_on
    FROM recorded AS r
    LEFT JOIN paid AS p ON p.county = r.county AND p.payer = r.payer AND p.fee = r.fee AND p.fee_year = r.fee_year
),
-- one row per fee and year recorded: how many have a payment, and how many of these a day of posting, the treasury's payments apart
known AS (
    SELECT
        c.county, c.fee, c.fee_year, count(*) AS persons, count(*) FILTER (WHERE c.was_paid) AS paid_persons, min(c.paid_on) AS first_paid_on,
        count(*) FILTER (WHERE NOT c.fiscal) AS own_persons, count(*) FILTER (WHERE NOT c.fiscal AND c.was_posted) AS own_posted,
        count(*) FILTER (WHERE c.fiscal) AS fiscal_persons, count(*) FILTER (WHERE c.fiscal AND c.was_posted) AS fiscal_posted
    FROM compared AS c
    GROUP BY c.county, c.fee, c.fee_year
),
-- one row per person, fee and year recorded and not posted, in years of which payments and days of posting came in
unposted AS (
    SELECT
        c.county, c.payer, c.fee, c.fee_year, c.recorded_on, c.last_on, c.amount_fen, c.naming, c.newborn, c.was_paid
    FROM compared AS c
    INNER JOIN known AS k ON k.county = c.county AND k.fee = c.fee AND k.fee_year = c.fee_year
    WHERE NOT c.was_posted
        AND (
            (NOT c.was_paid AND k.paid_persons * 100 >= k.persons * $batch_percent AND c.last_on >= k.first_paid_on
                AND (c.naming = 0 OR datediff('day', k.first_paid_on, c.last_on) >= $lead_days))
            OR (c.was_paid AND NOT c.fiscal AND k.own_posted * 100 >= k.own_persons * $posted_percent)
            OR (c.was_paid AND c.fiscal AND k.fiscal_posted * 100 >= k.fiscal_persons * $posted_percent)
        )
),
-- one row per such person, fee and year with a payment: the place
places AS (
    SELECT p.county, p.payer, p.fee, p.fee_year, max(p.township) AS township, max(p.village) AS village
    FROM unposted AS u
    INNER JOIN standing_payments AS p ON p.county = u.county AND p.payer = u.payer AND p.fee = u.fee AND p.fee_year = u.fee_year
    WHERE u.was_paid AND p.amount_fen > 0
    GROUP BY p.county, p.payer, p.fee, p.fee_year
),
-- one row per such person whose entitlement names another's payment that is not recorded for the other as well, or is under a number a slip away from one that was paid for
met AS (
    SELECT DISTINCT u.county, u.payer, u.fee, u.fee_year
    FROM unposted AS u
    INNER JOIN entitlements AS e ON e.county = u.county AND e.payer = u.payer AND e.fee = u.fee AND e.fee_year = u.fee_year
    INNER JOIN standing_payments AS p ON p.county = e.county AND p.record_id = e.payment_id AND p.fee = e.fee
    LEFT JOIN entitlements AS o
        ON o.county = p.county AND o.payment_id = p.record_id AND o.payer = p.payer AND o.fee = p.fee AND o.reversed_on IS NULL AND o.amount_fen > 0
    WHERE e.reversed_on IS NULL AND NOT u.was_paid AND (o.event_id IS NULL OR p.amount_fen >= e.amount_fen + o.amount_fen)
    UNION
    SELECT n.county, n.payer, n.fee, n.fee_year
    FROM (
        SELECT u.county, u.payer, u.fee, u.fee_year, unnest(e.payer_near) AS number
        FROM unposted AS u
        INNER JOIN entitlements AS e ON e.county = u.county AND e.payer = u.payer AND e.fee = u.fee AND e.fee_year = u.fee_year
        WHERE NOT u.was_paid AND NOT e.payer_valid
    ) AS n
    INNER JOIN paid AS p ON p.county = n.county AND p.payer = n.number AND p.fee = n.fee AND p.fee_year = n.fee_year
    UNION
    SELECT s.county, s.number AS payer, s.fee, s.fee_year
    FROM (
        SELECT p.county, unnest(p.payer_near) AS number, p.fee, p.fee_year FROM standing_payments AS p WHERE NOT p.payer_valid
    ) AS s
),
-- one row per person, fee and year who is recorded without paying: the treasury pays in a sum, or nothing is due
free AS (
    SELECT r.county, r.payer, r.fee, r.fee_year FROM rosters AS r WHERE r.amount_due_fen = 0 OR r.fiscal_share_fen > 0 OR r.category = 'newborn'
    UNION
    SELECT u.county, u.payer, u.fee, u.fee_year
    FROM unposted AS u
    INNER JOIN payer_categories AS c ON c.county = u.county AND c.payer = u.payer AND coalesce(c.fee, u.fee) = u.fee AND coalesce(c.fee_year, u.fee_year) = u.fee_year
    INNER JOIN fiscal_share AS f ON f.county = u.county AND f.fee = u.fee AND f.fee_year = u.fee_year AND f.category = c.category
    UNION
    SELECT u.county, u.payer, u.fee, u.fee_year
    FROM unposted AS u
    INNER JOIN status_changes AS s ON s.county = u.county AND s.payer = u.payer AND s.change IN ('born', 'moved-in')
    WHERE s.effective_on >= make_date(u.fee_year - 1, 1, 1)
),
-- one row per person, fee and year with a refund: an entitlement that it left standing is D03's
refunded AS (
    SELECT DISTINCT r.county, r.payer, r.fee, r.fee_year FROM refunds AS r
),
-- one row per standing payment and entitlement of its person, fee and year that names it: whether the amounts differ
named AS (
    SELECT
        p.county, p.event_id, p.record_id, p.payer, p.fee, p.fee_year, p.amount_fen, p.township, p.village, e.recorded_on, e.amount_fen <> p.amount_fen AS differs
    FROM entitlements AS e
    INNER JOIN standing_payments AS p ON p.county = e.county AND p.record_id = e.payment_id AND p.payer = e.payer AND p.fee = e.fee AND p.fee_year = e.fee_year
    WHERE e.reversed_on IS NULL AND e.amount_fen > 0 AND p.amount_fen > 0
),
-- one row per fee and year in which what is recorded is as a habit what was paid, no subsidy with it
even AS (
    SELECT n.county, n.fee, n.fee_year
    FROM named AS n
    GROUP BY n.county, n.fee, n.fee_year
    HAVING count(*) >= $even_payments AND count(*) FILTER (WHERE NOT n.differs) * 100 >= count(*) * $even_percent
),
-- one row per payment of these for which all entitlements that name it are together another amount
differing AS (
    SELECT
        d.county, d.event_id, d.record_id, d.payer, d.fee, d.fee_year, d.amount_fen AS paid_fen, d.township, d.village,
        CAST(sum(e.amount_fen) AS BIGINT) AS recorded_fen, max(e.recorded_on) AS recorded_on
    FROM (
        SELECT DISTINCT n.county, n.event_id, n.record_id, n.payer, n.fee, n.fee_year, n.amount_fen, n.township, n.village
        FROM even AS v
        INNER JOIN named AS n ON n.county = v.county AND n.fee = v.fee AND n.fee_year = v.fee_year
        WHERE n.differs
    ) AS d
    INNER JOIN entitlements AS e
        ON e.county = d.county AND e.payment_id = d.record_id AND e.payer = d.payer AND e.fee = d.fee AND e.fee_year = d.fee_year
    WHERE e.reversed_on IS NULL AND e.amount_fen > 0
    GROUP BY d.county, d.event_id, d.record_id, d.payer, d.fee, d.fee_year, d.amount_fen, d.township, d.village
),
-- one row per such payment whose person is credited, all in all, with more or less than was paid for the year, which neither the treasury's part nor a refund explains
uneven AS (
    SELECT
        d.county, d.event_id, d.record_id, d.payer, d.fee, d.fee_year, d.township, d.village, d.recorded_on,
        least(abs(d.recorded_fen - d.paid_fen), abs(r.amount_fen - p.paid_fen)) AS amount_fen,
        CASE WHEN d.recorded_fen > d.paid_fen THEN 'more' ELSE 'less' END AS difference,
        CASE WHEN count(*) OVER (PARTITION BY d.county, d.fee, d.recorded_on) >= $batch_persons THEN concat('amounts ', CAST(d.recorded_on AS VARCHAR)) ELSE '' END AS batch
    FROM differing AS d
    INNER JOIN recorded AS r ON r.county = d.county AND r.payer = d.payer AND r.fee = d.fee AND r.fee_year = d.fee_year
    INNER JOIN paid AS p ON p.county = d.county AND p.payer = d.payer AND p.fee = d.fee AND p.fee_year = d.fee_year
    LEFT JOIN free AS f ON f.county = d.county AND f.payer = d.payer AND f.fee = d.fee AND f.fee_year = d.fee_year
    LEFT JOIN refunded AS b ON b.county = d.county AND b.payer = d.payer AND b.fee = d.fee AND b.fee_year = d.fee_year
    WHERE b.payer IS NULL
        AND ((d.recorded_fen > d.paid_fen AND r.amount_fen > p.paid_fen AND f.payer IS NULL) OR (d.recorded_fen < d.paid_fen AND r.amount_fen < p.paid_fen))
),
-- one row per event that shows such a difference: the payment, with the amount, and the entitlements that name it
uneven_events AS (
    SELECT u.county, u.payer, u.fee, u.fee_year, u.amount_fen, u.recorded_on, u.township, u.village, u.difference, u.batch, u.event_id
    FROM uneven AS u
    UNION ALL
    SELECT u.county, u.payer, u.fee, u.fee_year, CAST(0 AS BIGINT) AS amount_fen, u.recorded_on, u.township, u.village, u.difference, u.batch, e.event_id
    FROM uneven AS u
    INNER JOIN entitlements AS e
        ON e.county = u.county AND e.payment_id = u.record_id AND e.payer = u.payer AND e.fee = u.fee AND e.fee_year = u.fee_year
    WHERE e.reversed_on IS NULL AND e.amount_fen > 0
),
-- one row per person, fee and year recorded and not posted that nothing explains
unexplained AS (
    SELECT
        u.county, u.payer, u.fee, u.fee_year, u.recorded_on, u.amount_fen, u.was_paid, l.township, l.village,
        CASE WHEN u.fee IN ('resident-medical', 'flexible-medical') THEN 'medical-insurance' ELSE 'human-resources' END AS office
    FROM unposted AS u
    LEFT JOIN met AS m ON m.county = u.county AND m.payer = u.payer AND m.fee = u.fee AND m.fee_year = u.fee_year
    LEFT JOIN free AS f ON f.county = u.county AND f.payer = u.payer AND f.fee = u.fee AND f.fee_year = u.fee_year
    LEFT JOIN refunded AS r ON r.county = u.county AND r.payer = u.payer AND r.fee = u.fee AND r.fee_year = u.fee_year
    LEFT JOIN places AS l ON l.county = u.county AND l.payer = u.payer AND l.fee = u.fee AND l.fee_year = u.fee_year
    WHERE r.payer IS NULL AND (u.was_paid OR (m.payer IS NULL AND f.payer IS NULL AND NOT u.newborn))
),
-- one row per such person with the batch of which the entitlement is, if many were recorded that day or are without money that year
batched AS (
    SELECT
        u.county, u.payer, u.fee, u.fee_year, CASE WHEN u.was_paid THEN 'tax' ELSE u.office END AS office, u.amount_fen, u.recorded_on, u.township, u.village,
        CASE WHEN u.was_paid THEN 'unposted' ELSE 'unpaid' END AS difference,
        CASE
            WHEN count(*) OVER (PARTITION BY u.county, u.fee, u.was_paid, u.recorded_on) >= $batch_persons THEN concat('day ', CAST(u.recorded_on AS VARCHAR))
            WHEN count(*) OVER (PARTITION BY u.county, u.fee, u.fee_year, u.was_paid) >= $batch_persons
                AND count(*) OVER (PARTITION BY u.county, u.fee, u.fee_year, u.was_paid) * 100 > k.persons * $many_percent
                THEN concat('year ', CAST(u.fee_year AS VARCHAR))
            ELSE ''
        END AS batch
    FROM unexplained AS u
    INNER JOIN known AS k ON k.county = u.county AND k.fee = u.fee AND k.fee_year = u.fee_year
),
-- one row per county: the first day of which a source has not sent all payments yet, and how many the sources still owe
withheld AS (
    SELECT w.county, min(w.day) AS first_on, CAST(sum(w.missing) AS BIGINT) AS missing
    FROM withheld_payments AS w
    GROUP BY w.county
),
-- one row per county in which no more persons are recorded without money since those days than payments are owed
awaited AS (
    SELECT w.county, w.first_on
    FROM withheld AS w
    INNER JOIN unexplained AS u ON u.county = w.county
    WHERE NOT u.was_paid AND u.recorded_on >= w.first_on
    GROUP BY w.county, w.first_on, w.missing
    HAVING count(*) <= w.missing
),
-- one row per record that shows a difference: the payment that is not recorded, that is recorded in another amount, or the entitlement whose money is not there (its amount with the first of a person's only)
shown AS (
    SELECT
        u.county, u.payer, u.fee, u.fee_year, u.office, u.amount_fen, u.since, u.township, u.village, u.difference, u.batch, u.collector_id, u.doubtful, u.event_id
    FROM unrecorded AS u
    UNION ALL
    SELECT
        u.county, u.payer, u.fee, u.fee_year, CASE WHEN u.fee IN ('resident-medical', 'flexible-medical') THEN 'medical-insurance' ELSE 'human-resources' END AS office,
        u.amount_fen, u.recorded_on AS since, u.township, u.village, u.difference, u.batch, CAST(NULL AS VARCHAR) AS collector_id, false AS doubtful, u.event_id
    FROM uneven_events AS u
    UNION ALL
    SELECT
        e.county, e.payer, e.fee, e.fee_year, e.office,
        CASE WHEN row_number() OVER (PARTITION BY e.county, e.payer, e.fee, e.fee_year ORDER BY e.event_id) = 1 THEN e.amount_fen ELSE 0 END AS amount_fen,
        e.recorded_on AS since, e.township, e.village, e.difference, e.batch, CAST(NULL AS VARCHAR) AS collector_id, e.awaited AS doubtful,
        e.event_id
    FROM (
        SELECT
            b.county, b.payer, b.fee, b.fee_year, b.office, b.amount_fen, b.recorded_on, b.township, b.village, b.difference,
            CASE WHEN a.county IS NULL THEN b.batch ELSE '' END AS batch, a.county IS NOT NULL AS awaited, r.event_id
        FROM batched AS b
        LEFT JOIN awaited AS a
            ON a.county = b.county AND b.difference = 'unpaid' AND b.recorded_on >= a.first_on
        INNER JOIN entitlements AS r ON r.county = b.county AND r.payer = b.payer AND r.fee = b.fee AND r.fee_year = b.fee_year
        WHERE r.reversed_on IS NULL AND r.amount_fen > 0
    ) AS e
),
-- one row per such record of which more than a day has gone by, with the working days that are over
aged AS (
    SELECT
        s.county, s.payer, s.fee, s.fee_year, s.office, s.amount_fen, s.since, s.township, s.village, s.difference, s.batch, s.doubtful, s.event_id,
        CASE WHEN s.batch = '' THEN 'payer' WHEN s.collector_id IS NOT NULL THEN 'collector' ELSE 'office' END AS subject_type,
        CASE WHEN s.batch = '' THEN s.payer ELSE coalesce(s.collector_id, s.office) END AS subject_id, t.ordinal - w.ordinal AS wd
    FROM shown AS s
    INNER JOIN today AS t ON t.county = s.county
    INNER JOIN working_day AS w ON w.county = s.county AND w.day = s.since
    WHERE datediff('day', s.since, $as_of) > $watch_days
),
-- one row per person, fee and year, or office, fee and batch: the difference
totals AS (
    SELECT
        a.county, a.subject_type, a.subject_id, a.batch, a.difference, a.office, a.fee,
        CASE WHEN min(a.fee_year) = max(a.fee_year) THEN min(a.fee_year) END AS fee_year,
        CASE WHEN min(a.township) = max(a.township) THEN min(a.township) END AS township,
        CASE WHEN min(a.village) = max(a.village) THEN min(a.village) END AS village,
        count(DISTINCT a.payer) AS persons, CAST(sum(a.amount_fen) AS BIGINT) AS fen, max(a.wd) AS wd, min(a.since) AS first_on,
        bool_and(a.doubtful) AS doubtful, list_sort(list(DISTINCT a.event_id)) AS events
    FROM aged AS a
    GROUP BY
        a.county, a.subject_type, a.subject_id, a.batch, a.difference, a.office, a.fee, CASE WHEN a.subject_type <> 'office' THEN a.fee_year END
)
SELECT
    t.county,
    CASE
        WHEN (t.batch = '' AND t.doubtful) OR t.wd < $open_wd THEN 'watch'
        WHEN t.subject_type = 'office' OR t.fen >= $medium_fen THEN 'medium'
        ELSE 'low'
    END AS severity,
    t.subject_type, t.subject_id, t.township, t.village, t.fee, t.fee_year,
    t.fen AS amount_at_risk_fen, CAST(t.wd AS DOUBLE) AS measure, CAST($open_wd AS DOUBLE) AS threshold, t.first_on AS occurred_on, t.events AS evidence,
    struct_pack(
        addressee := t.office, persons := t.persons, wd := t.wd, difference := t.difference, batch := t.batch,
        years_zh := CASE WHEN t.fee_year IS NULL THEN '几个年度' ELSE concat(CAST(t.fee_year AS VARCHAR), ' 年度') END,
        years_en := CASE WHEN t.fee_year IS NULL THEN 'of several years' ELSE CAST(t.fee_year AS VARCHAR) END,
        what_zh := CASE
            WHEN t.batch = 'numbers' THEN '已入库而未记录权益，缴费所用证件号码校验不通过'
            WHEN t.difference = 'more' THEN '记录的权益多于实缴' WHEN t.difference = 'less' THEN '记录的权益少于实缴'
            WHEN t.difference = 'unrecorded' THEN '已入库而未记录权益' WHEN t.difference = 'unposted' THEN '已记录权益而缴费未入库' ELSE '已记录权益而无缴费' END,
        what_en := CASE
            WHEN t.batch = 'numbers' THEN 'posted and not recorded, the numbers paid under failing their check'
            WHEN t.difference = 'more' THEN 'recorded in a larger amount than was paid' WHEN t.difference = 'less' THEN 'recorded in a smaller amount than was paid'
            WHEN t.difference = 'unrecorded' THEN 'posted and not recorded' WHEN t.difference = 'unposted' THEN 'recorded while the payment is not posted' ELSE 'recorded without a payment' END
    ) AS details
FROM totals AS t
