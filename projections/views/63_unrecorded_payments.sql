-- one row per standing payment of a person's insurance without a standing entitlement (under the payment's number, the person's or one a slip away), in fee years of which entitlements came in at all; with what explains it and how many others lack theirs too (of those paid before the first entitlement of the year as well: what was handed in may begin later)
WITH
-- one row per fee and year of which entitlements came in: the day of the first
recorded_years AS (
    SELECT e.county, e.fee, e.fee_year, min(e.recorded_on) AS begins_on
    FROM entitlements AS e
    WHERE e.fee IN ('resident-pension', 'resident-pension-supplementary', 'resident-medical', 'flexible-pension', 'flexible-medical')
    GROUP BY e.county, e.fee, e.fee_year
),
-- one row per person, fee and year under whose number a standing entitlement for a wrong number, one slip away, may belong
slipped AS (
    SELECT e.county, unnest(e.payer_near) AS payer, e.fee, e.fee_year
    FROM entitlements AS e
    WHERE e.reversed_on IS NULL AND NOT e.payer_valid
),
-- one row per person and year of a fee paid by the month whose entitlements name their payments and come to less than was paid: by how much
short_months AS (
    SELECT p.county, p.payer, p.fee, p.fee_year, p.paid_fen - e.recorded_fen AS short_fen
    FROM (
        SELECT q.county, q.payer, q.fee, q.fee_year, sum(q.amount_fen) AS paid_fen
        FROM standing_payments AS q
        WHERE q.fee IN ('flexible-pension', 'flexible-medical')
        GROUP BY q.county, q.payer, q.fee, q.fee_year
    ) AS p
    INNER JOIN (
        SELECT n.county, n.payer, n.fee, n.fee_year, sum(n.amount_fen) AS recorded_fen
        FROM entitlements AS n
        WHERE n.reversed_on IS NULL AND n.fee IN ('flexible-pension', 'flexible-medical')
        GROUP BY n.county, n.payer, n.fee, n.fee_year
        HAVING count(*) = count(n.payment_id)
    ) AS e ON e.county = p.county AND e.payer = p.payer AND e.fee = p.fee AND e.fee_year = p.fee_year
    WHERE p.paid_fen > e.recorded_fen
),
-- one row per standing payment of such a fee and year for a person without a standing entitlement, or with months that are lacking
uncovered AS (
    SELECT
        p.county, p.event_id, p.record_id, p.payer, p.payer_valid, CASE WHEN NOT p.payer_valid THEN p.payer_near END AS near_numbers, p.fee, p.fee_year,
        p.amount_fen, CASE WHEN p.channel = 'fiscal' THEN 'fiscal' ELSE 'own' END AS share, p.paid_on, p.posted_on, p.township, p.village,
        coalesce(p.paid_on < y.begins_on, FALSE) AS before_first
    FROM standing_payments AS p
    INNER JOIN recorded_years AS y ON y.county = p.county AND y.fee = p.fee AND y.fee_year = p.fee_year
    LEFT JOIN short_months AS m ON m.county = p.county AND m.payer = p.payer AND m.fee = p.fee AND m.fee_year = p.fee_year AND m.short_fen >= p.amount_fen
    LEFT JOIN (
        SELECT r.county, r.payer, r.fee, r.fee_year FROM entitlements AS r WHERE r.reversed_on IS NULL
        UNION ALL
        SELECT s.county, s.payer, s.fee, s.fee_year FROM slipped AS s
    ) AS e ON e.county = p.county AND e.payer = p.payer AND e.fee = p.fee AND e.fee_year = p.fee_year AND m.payer IS NULL
    WHERE p.amount_fen > 0 AND coalesce(p.payer_id_type, 'resident-id') <> 'uscc' AND e.payer IS NULL
),
-- one row per number of such a person: the payment's, and where it fails its check those one slip away
numbers AS (
    SELECT u.county, u.payer AS number FROM uncovered AS u
    UNION
    SELECT u.county, unnest(u.near_numbers) AS number FROM uncovered AS u WHERE NOT u.payer_valid
),
-- one row per standing entitlement under one of these
covered AS (
    SELECT e.county, e.payer, e.fee, e.fee_year
    FROM numbers AS n
    INNER JOIN entitlements AS e ON e.county = n.county AND e.payer = n.number
    WHERE e.reversed_on IS NULL
    UNION ALL
    SELECT s.county, s.payer, s.fee, s.fee_year
    FROM numbers AS n
    INNER JOIN slipped AS s ON s.county = n.county AND s.payer = n.number
),
-- one row per payment that an entitlement meets in another way: one that stands names its number, which is not another source's payment under that number, and is not credited to another year that the person paid for as well, or stands under a number a slip away from the payment's wrong one
met AS (
    SELECT i.county, i.event_id
    FROM uncovered AS i
    INNER JOIN entitlements AS e ON e.county = i.county AND e.payment_id = i.record_id AND e.fee = i.fee
    LEFT JOIN payments AS o ON o.county = e.county AND o.record_id = e.payment_id AND o.fee = e.fee AND o.payer = e.payer AND o.event_id <> i.event_id
    LEFT JOIN standing_payments AS y
        ON y.county = i.county AND y.payer = i.payer AND y.fee = e.fee AND y.fee_year = e.fee_year AND y.fee_year <> i.fee_year
    WHERE e.reversed_on IS NULL AND o.event_id IS NULL AND y.event_id IS NULL
    UNION
    SELECT n.county, n.event_id
    FROM (
        SELECT i.county, i.event_id, i.fee, i.fee_year, unnest(i.near_numbers) AS number
        FROM uncovered AS i
        WHERE NOT i.payer_valid
    ) AS n
    INNER JOIN covered AS c ON c.county = n.county AND c.payer = n.number AND c.fee = n.fee AND c.fee_year = n.fee_year
),
-- one row per payment that is not missing: met, or of a person, fee and year of which all that was paid and not met was given back
settled AS (
    SELECT m.county, m.event_id FROM met AS m
    UNION ALL
    SELECT r.county, r.event_id
    FROM (
        SELECT
            u.county, u.event_id, b.refunded_fen, sum(u.amount_fen) OVER (PARTITION BY u.county, u.payer, u.fee, u.fee_year) AS paid_fen
        FROM (
            SELECT g.county, g.payer, g.fee, g.fee_year, sum(g.amount_fen) AS refunded_fen
            FROM refunds AS g
            GROUP BY g.county, g.payer, g.fee, g.fee_year
        ) AS b
        INNER JOIN uncovered AS u ON u.county = b.county AND u.payer = b.payer AND u.fee = b.fee AND u.fee_year = b.fee_year
        LEFT JOIN met AS m ON m.county = u.county AND m.event_id = u.event_id
        WHERE m.event_id IS NULL
    ) AS r
    WHERE r.refunded_fen >= r.paid_fen
),
-- one row per person, fee and year, and sign that explains a missing entitlement: the whitelist (until when), a register by which the person is dead, gone or insured elsewhere, so that the money is to be given back rather than recorded, an entitlement in another fee of the kind of insurance, or one that was reversed
signs AS (
    SELECT
        w.county, w.payer, w.fee, w.fee_year, coalesce(w.valid_until, DATE '9999-12-31') AS explained_until, FALSE AS insured_otherwise, CAST(NULL AS DATE) AS reversed_on
    FROM whitelist AS w
    WHERE coalesce(w.kind, 'entitlement-explained') = 'entitlement-explained'
    UNION ALL
    SELECT u.county, u.payer, u.fee, u.fee_year, CAST(NULL AS DATE) AS explained_until, TRUE AS insured_otherwise, CAST(NULL AS DATE) AS reversed_on
    FROM uncovered AS u
    INNER JOIN status_changes AS s ON s.county = u.county AND s.payer = u.payer
    WHERE s.change IN ('died', 'registration-cancelled', 'moved-out', 'enlisted', 'insured-elsewhere', 'imprisoned')
    UNION ALL
    SELECT u.county, u.payer, u.fee, u.fee_year, CAST(NULL AS DATE) AS explained_until, TRUE AS insured_otherwise, CAST(NULL AS DATE) AS reversed_on
    FROM uncovered AS u
    INNER JOIN covered AS c ON c.county = u.county AND c.payer = u.payer AND c.fee_year = u.fee_year
    WHERE c.fee <> u.fee AND u.fee <> 'resident-pension-supplementary' AND c.fee <> 'resident-pension-supplementary'
        AND (c.fee IN ('resident-medical', 'flexible-medical')) = (u.fee IN ('resident-medical', 'flexible-medical'))
    UNION ALL
    SELECT e.county, e.payer, e.fee, e.fee_year, CAST(NULL AS DATE) AS explained_until, FALSE AS insured_otherwise, e.reversed_on
    FROM entitlements AS e
    WHERE e.reversed_on IS NOT NULL
),
-- one row per such person, fee and year: until when the whitelist explains it, whether the person is insured otherwise, and the last day on which an entitlement was reversed
known AS (
    SELECT
        s.county, s.payer, s.fee, s.fee_year, max(s.explained_until) AS explained_until, bool_or(s.insured_otherwise) AS insured_otherwise,
        max(s.reversed_on) AS reversed_on
    FROM signs AS s
    GROUP BY s.county, s.payer, s.fee, s.fee_year
),
-- one row per payment that is missing, with what explains it
missing AS (
    SELECT
        u.county, u.event_id, u.record_id, u.payer, u.payer_valid, u.fee, u.fee_year, u.amount_fen, u.share, u.paid_on, u.posted_on, u.township, u.village, u.before_first,
        k.explained_until, coalesce(k.insured_otherwise, FALSE) AS insured_otherwise, k.reversed_on
    FROM uncovered AS u
    LEFT JOIN known AS k ON k.county = u.county AND k.payer = u.payer AND k.fee = u.fee AND k.fee_year = u.fee_year
    LEFT JOIN settled AS s ON s.county = u.county AND s.event_id = u.event_id
    WHERE s.event_id IS NULL
),
-- one row per fee and day of payment: persons missing without an explanation
paid_days AS (
    SELECT m.county, m.fee, m.paid_on, count(DISTINCT m.payer) AS missing
    FROM missing AS m
    WHERE m.explained_until IS NULL AND NOT m.insured_otherwise
    GROUP BY m.county, m.fee, m.paid_on
),
-- one row per fee and day of posting: persons missing without an explanation
posted_days AS (
    SELECT m.county, m.fee, m.posted_on, count(DISTINCT m.payer) AS missing
    FROM missing AS m
    WHERE m.posted_on IS NOT NULL AND m.explained_until IS NULL AND NOT m.insured_otherwise
    GROUP BY m.county, m.fee, m.posted_on
),
-- one row per fee, year, share and township: payments missing without an explanation, and those of before the first entitlement among them
missing_places AS (
    SELECT
        m.county, m.fee, m.fee_year, m.share, coalesce(m.township, '') AS township, count(*) AS missing,
        count(CASE WHEN m.before_first THEN m.event_id END) AS missing_before
    FROM missing AS m
    WHERE m.explained_until IS NULL AND NOT m.insured_otherwise
    GROUP BY m.county, m.fee, m.fee_year, m.share, coalesce(m.township, '')
),
-- one row per person, fee and year with a standing entitlement: the last day on which one was recorded
recorded AS (
    SELECT e.county, e.payer, e.fee, e.fee_year, max(e.recorded_on) AS recorded_on
    FROM entitlements AS e
    WHERE e.reversed_on IS NULL
    GROUP BY e.county, e.payer, e.fee, e.fee_year
),
-- one row per fee, year, share, township, day of payment, of posting and of recording: all payments there, and those recorded
taken AS (
    SELECT
        p.county, p.fee, p.fee_year, CASE WHEN p.channel = 'fiscal' THEN 'fiscal' ELSE 'own' END AS share, coalesce(p.township, '') AS township,
        p.paid_on, p.posted_on, r.recorded_on, count(*) AS payments, count(r.payer) AS recorded
    FROM standing_payments AS p
    INNER JOIN recorded_years AS y ON y.county = p.county AND y.fee = p.fee AND y.fee_year = p.fee_year
    LEFT JOIN recorded AS r ON r.county = p.county AND r.payer = p.payer AND r.fee = p.fee AND r.fee_year = p.fee_year
    WHERE p.amount_fen > 0 AND coalesce(p.payer_id_type, 'resident-id') <> 'uscc'
    GROUP BY
        p.county, p.fee, p.fee_year, CASE WHEN p.channel = 'fiscal' THEN 'fiscal' ELSE 'own' END, coalesce(p.township, ''),
        p.paid_on, p.posted_on, r.recorded_on
),
-- one row of these that says whether payments were recorded: what was recorded before a payment, for an earlier one of the person, says nothing of it
recorded_since AS (
    SELECT t.county, t.fee, t.township, t.paid_on, t.posted_on, t.recorded_on, t.payments, t.recorded
    FROM taken AS t
    WHERE t.recorded_on IS NULL OR t.recorded_on >= t.paid_on
),
-- one row per fee and township: the last day of payment of which at least half are recorded (offices that record in batches may take township by township)
recorded_paid AS (
    SELECT d.county, d.fee, d.township, max(d.paid_on) AS until_on
    FROM (
        SELECT s.county, s.fee, s.township, s.paid_on
        FROM recorded_since AS s
        GROUP BY s.county, s.fee, s.township, s.paid_on
        HAVING sum(s.recorded) * 2 >= sum(s.payments)
    ) AS d
    GROUP BY d.county, d.fee, d.township
),
-- one row per fee and township: the last day of posting of which at least half are recorded (a batch takes what was posted by some day)
recorded_posted AS (
    SELECT d.county, d.fee, d.township, max(d.posted_on) AS until_on
    FROM (
        SELECT s.county, s.fee, s.township, s.posted_on
        FROM recorded_since AS s
        WHERE s.posted_on IS NOT NULL
        GROUP BY s.county, s.fee, s.township, s.posted_on
        HAVING sum(s.recorded) * 2 >= sum(s.payments)
    ) AS d
    GROUP BY d.county, d.fee, d.township
),
-- one row per fee, year, share and township: payments there, and those of before the first entitlement among them
places AS (
    SELECT
        t.county, t.fee, t.fee_year, t.share, t.township, CAST(sum(t.payments) AS BIGINT) AS payments,
        CAST(sum(CASE WHEN t.paid_on < y.begins_on THEN t.payments ELSE 0 END) AS BIGINT) AS payments_before
    FROM taken AS t
    INNER JOIN recorded_years AS y ON y.county = t.county AND y.fee = t.fee AND y.fee_year = t.fee_year
    GROUP BY t.county, t.fee, t.fee_year, t.share, t.township
),
-- one row per fee and township of which entitlements were recorded on more than one day: the last but one (of the last, a batch, nobody knows up to when it took payments)
recorded_until AS (
    SELECT r.county, r.fee, r.township, r.recorded_on AS until_on
    FROM (SELECT DISTINCT s.county, s.fee, s.township, s.recorded_on FROM recorded_since AS s WHERE s.recorded_on IS NOT NULL) AS r
    QUALIFY row_number() OVER (PARTITION BY r.county, r.fee, r.township ORDER BY r.recorded_on DESC) = 2
),
-- one row per fee, year, share and township: payments and those missing there, in the county, and in the county before the first entitlement
compared AS (
    SELECT
        p.county, p.fee, p.fee_year, p.share, p.township, p.payments, coalesce(m.missing, 0) AS missing,
        CAST(sum(p.payments) OVER (PARTITION BY p.county, p.fee, p.fee_year, p.share) AS BIGINT) AS all_payments,
        CAST(sum(coalesce(m.missing, 0)) OVER (PARTITION BY p.county, p.fee, p.fee_year, p.share) AS BIGINT) AS all_missing,
        CAST(sum(p.payments_before) OVER (PARTITION BY p.county, p.fee, p.fee_year) AS BIGINT) AS all_before,
        CAST(sum(coalesce(m.missing_before, 0)) OVER (PARTITION BY p.county, p.fee, p.fee_year) AS BIGINT) AS all_missing_before,
        r.until_on AS recorded_until, q.until_on AS paid_until, z.until_on AS posted_until
    FROM places AS p
    LEFT JOIN recorded_until AS r ON r.county = p.county AND r.fee = p.fee AND r.township = p.township
    LEFT JOIN recorded_paid AS q ON q.county = p.county AND q.fee = p.fee AND q.township = p.township
    LEFT JOIN recorded_posted AS z ON z.county = p.county AND z.fee = p.fee AND z.township = p.township
    LEFT JOIN missing_places AS m
        ON m.county = p.county AND m.fee = p.fee AND m.fee_year = p.fee_year AND m.share = p.share AND m.township = p.township
)
SELECT
    m.county, m.event_id, m.record_id, m.payer, m.payer_valid, m.fee, m.fee_year,
    CASE WHEN m.fee IN ('resident-medical', 'flexible-medical') THEN 'medical-insurance' ELSE 'human-resources' END AS office,
    m.amount_fen, m.share, m.paid_on, m.posted_on,
    m.township, m.village, m.explained_until, m.insured_otherwise, m.reversed_on,
    coalesce(d.missing, 0) AS missing_of_paid_day, coalesce(o.missing, 0) AS missing_of_posted_day,
    c.missing AS missing_of_township, c.payments AS payments_of_township, c.all_missing AS missing_of_year, c.all_payments AS payments_of_year,
    CASE WHEN m.before_first THEN c.all_missing_before ELSE 0 END AS missing_before_first,
    CASE WHEN m.before_first THEN c.all_before ELSE 0 END AS payments_before_first, c.recorded_until,
    coalesce(c.paid_until >= m.paid_on AND coalesce(c.posted_until >= m.posted_on, m.posted_on IS NULL), FALSE) AS overtaken
FROM missing AS m
LEFT JOIN paid_days AS d ON d.county = m.county AND d.fee = m.fee AND d.paid_on = m.paid_on
LEFT JOIN posted_days AS o ON o.county = m.county AND o.fee = m.fee AND o.posted_on = m.posted_on
INNER JOIN compared AS c
    ON c.county = m.county AND c.fee = m.fee AND c.fee_year = m.fee_year AND c.share = m.share AND c.township = coalesce(m.township, '')
