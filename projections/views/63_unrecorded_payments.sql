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
        p.county, p.event_id, p.record_id, p.payer, p.payer_valid, p.payer_near, p.fee, p.fee_year, p.amount_fen,
        CASE WHEN p.channel = 'fiscal' THEN 'fiscal' ELSE 'own' END AS share, p.paid_on, p.posted_on, p.township, p.village,
        coalesce(p.paid_on < y.begins_on, FALSE) AS before_first
    FROM standing_payments AS p
    INNER JOIN recorded_years AS y ON y.county = p.county AND y.fee = p.fee AND y.fee_year = p.fee_year
    LEFT JOIN short_months AS m ON m.county = p.county AND m.payer = p.payer AND m.fee = p.fee AND m.fee_year = p.fee_year AND m.short_fen >= p.amount_fen
    LEFT JOIN entitlements AS e
        ON e.county = p.county AND e.payer = p.payer AND e.fee = p.fee AND e.fee_year = p.fee_year AND e.reversed_on IS NULL AND m.payer IS NULL
    LEFT JOIN slipped AS s ON s.county = p.county AND s.payer = p.payer AND s.fee = p.fee AND s.fee_year = p.fee_year AND m.payer IS NULL
    WHERE p.amount_fen > 0 AND coalesce(p.payer_id_type, 'resident-id') <> 'uscc' AND e.payer IS NULL AND s.payer IS NULL
),
-- one row per number of such a person: the payment's, and where it fails its check those one slip away
numbers AS (
    SELECT u.county, u.payer AS number FROM uncovered AS u
    UNION
    SELECT u.county, unnest(u.payer_near) AS number FROM uncovered AS u WHERE NOT u.payer_valid
),
-- one row per standing entitlement under one of these
covered AS (
    SELECT e.county, e.payer, e.fee, e.fee_year
    FROM numbers AS n
    INNER JOIN entitlements AS e ON e.county = n.county AND e.payer = n.number
    WHERE e.reversed_on IS NULL
    UNION
    SELECT s.county, s.payer, s.fee, s.fee_year
    FROM numbers AS n
    INNER JOIN slipped AS s ON s.county = n.county AND s.payer = n.number
),
-- one row per payment whose number a standing entitlement names that does not belong to another source's payment under that number
named AS (
    SELECT DISTINCT i.county, i.event_id
    FROM uncovered AS i
    INNER JOIN entitlements AS e ON e.county = i.county AND e.payment_id = i.record_id AND e.fee = i.fee
    LEFT JOIN payments AS o ON o.county = e.county AND o.record_id = e.payment_id AND o.fee = e.fee AND o.payer = e.payer AND o.event_id <> i.event_id
    WHERE e.reversed_on IS NULL AND o.event_id IS NULL
),
-- one row per payment under a wrong number for which an entitlement stands under one a slip away
slips AS (
    SELECT DISTINCT n.county, n.event_id
    FROM (
        SELECT i.county, i.event_id, i.fee, i.fee_year, unnest(i.payer_near) AS number
        FROM uncovered AS i
        WHERE NOT i.payer_valid
    ) AS n
    INNER JOIN covered AS c ON c.county = n.county AND c.payer = n.number AND c.fee = n.fee AND c.fee_year = n.fee_year
),
-- one row per payment that no entitlement meets in any of these ways
unmet AS (
    SELECT
        i.county, i.event_id, i.record_id, i.payer, i.payer_valid, i.fee, i.fee_year, i.amount_fen, i.share, i.paid_on, i.posted_on, i.township, i.village,
        i.before_first
    FROM uncovered AS i
    LEFT JOIN named AS n ON n.county = i.county AND n.event_id = i.event_id
    LEFT JOIN slips AS s ON s.county = i.county AND s.event_id = i.event_id
    WHERE n.event_id IS NULL AND s.event_id IS NULL
),
-- one row per person, fee and year with such a payment: what was paid, and whether all of it was given back
given_back AS (
    SELECT u.county, u.payer, u.fee, u.fee_year
    FROM (
        SELECT m.county, m.payer, m.fee, m.fee_year, sum(m.amount_fen) AS paid_fen
        FROM unmet AS m
        GROUP BY m.county, m.payer, m.fee, m.fee_year
    ) AS u
    INNER JOIN (
        SELECT r.county, r.payer, r.fee, r.fee_year, sum(r.amount_fen) AS refunded_fen
        FROM refunds AS r
        GROUP BY r.county, r.payer, r.fee, r.fee_year
    ) AS b ON b.county = u.county AND b.payer = u.payer AND b.fee = u.fee AND b.fee_year = u.fee_year
    WHERE b.refunded_fen >= u.paid_fen
),
-- one row per person, fee and year on the whitelist of explained entitlements: until when
explained AS (
    SELECT w.county, w.payer, w.fee, w.fee_year, max(coalesce(w.valid_until, DATE '9999-12-31')) AS explained_until
    FROM whitelist AS w
    WHERE coalesce(w.kind, 'entitlement-explained') = 'entitlement-explained'
    GROUP BY w.county, w.payer, w.fee, w.fee_year
),
-- one row per person and fee who by a register is dead, gone or insured elsewhere, so that the money is to be given back rather than recorded
gone AS (
    SELECT DISTINCT s.county, s.payer
    FROM status_changes AS s
    WHERE s.change IN ('died', 'registration-cancelled', 'moved-out', 'enlisted', 'insured-elsewhere', 'imprisoned')
),
-- one row per such payment for whose person, year and kind of insurance an entitlement stands in any fee of the kind
insured_in_kind AS (
    SELECT DISTINCT u.county, u.event_id
    FROM unmet AS u
    INNER JOIN covered AS c ON c.county = u.county AND c.payer = u.payer AND c.fee_year = u.fee_year
    WHERE c.fee <> u.fee AND u.fee <> 'resident-pension-supplementary' AND c.fee <> 'resident-pension-supplementary'
        AND (c.fee IN ('resident-medical', 'flexible-medical')) = (u.fee IN ('resident-medical', 'flexible-medical'))
),
-- one row per person, fee and year whose entitlement was reversed: the last such day
reversed AS (
    SELECT e.county, e.payer, e.fee, e.fee_year, max(e.reversed_on) AS reversed_on
    FROM entitlements AS e
    WHERE e.reversed_on IS NOT NULL
    GROUP BY e.county, e.payer, e.fee, e.fee_year
),
-- one row per payment that is missing, with what explains it
missing AS (
    SELECT
        u.county, u.event_id, u.record_id, u.payer, u.payer_valid, u.fee, u.fee_year, u.amount_fen, u.share, u.paid_on, u.posted_on, u.township, u.village, u.before_first,
        CASE WHEN u.fee IN ('resident-medical', 'flexible-medical') THEN 'medical-insurance' ELSE 'human-resources' END AS office,
        e.explained_until, g.payer IS NOT NULL OR k.event_id IS NOT NULL AS insured_otherwise, r.reversed_on
    FROM unmet AS u
    LEFT JOIN given_back AS b ON b.county = u.county AND b.payer = u.payer AND b.fee = u.fee AND b.fee_year = u.fee_year
    LEFT JOIN explained AS e ON e.county = u.county AND e.payer = u.payer AND e.fee = u.fee AND e.fee_year = u.fee_year
    LEFT JOIN gone AS g ON g.county = u.county AND g.payer = u.payer
    LEFT JOIN insured_in_kind AS k ON k.county = u.county AND k.event_id = u.event_id
    LEFT JOIN reversed AS r ON r.county = u.county AND r.payer = u.payer AND r.fee = u.fee AND r.fee_year = u.fee_year
    WHERE b.payer IS NULL
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
-- one row per fee, year, share and township: payments missing without an explanation
missing_places AS (
    SELECT m.county, m.fee, m.fee_year, m.share, coalesce(m.township, '') AS township, count(*) AS missing
    FROM missing AS m
    WHERE m.explained_until IS NULL AND NOT m.insured_otherwise
    GROUP BY m.county, m.fee, m.fee_year, m.share, coalesce(m.township, '')
),
-- one row per fee, year, share, township and day of payment: all payments there
days AS (
    SELECT p.county, p.fee, p.fee_year, p.channel = 'fiscal' AS fiscal, p.township, p.paid_on, count(*) AS payments
    FROM standing_payments AS p
    INNER JOIN recorded_years AS y ON y.county = p.county AND y.fee = p.fee AND y.fee_year = p.fee_year
    WHERE p.amount_fen > 0 AND coalesce(p.payer_id_type, 'resident-id') <> 'uscc'
    GROUP BY p.county, p.fee, p.fee_year, p.channel = 'fiscal', p.township, p.paid_on
),
-- one row per fee and day of payment: how many are without a standing entitlement
uncovered_days AS (
    SELECT u.county, u.fee, u.paid_on, count(*) AS payments
    FROM uncovered AS u
    GROUP BY u.county, u.fee, u.paid_on
),
-- one row per fee: up to which day of payment some have one
recorded_paid AS (
    SELECT d.county, d.fee, max(d.paid_on) AS recorded_paid_until
    FROM (
        SELECT a.county, a.fee, a.paid_on, sum(a.payments) AS payments
        FROM days AS a
        GROUP BY a.county, a.fee, a.paid_on
    ) AS d
    LEFT JOIN uncovered_days AS u ON u.county = d.county AND u.fee = d.fee AND u.paid_on = d.paid_on
    WHERE d.payments > coalesce(u.payments, 0)
    GROUP BY d.county, d.fee
),
-- one row per fee, year, share and township: payments there
places AS (
    SELECT
        d.county, d.fee, d.fee_year, CASE WHEN d.fiscal THEN 'fiscal' ELSE 'own' END AS share, coalesce(d.township, '') AS township,
        CAST(sum(d.payments) AS BIGINT) AS payments
    FROM days AS d
    GROUP BY d.county, d.fee, d.fee_year, CASE WHEN d.fiscal THEN 'fiscal' ELSE 'own' END, coalesce(d.township, '')
),
-- one row per fee, year, share and township: payments and those missing there and in the county
compared AS (
    SELECT
        p.county, p.fee, p.fee_year, p.share, p.township, p.payments, coalesce(m.missing, 0) AS missing,
        CAST(sum(p.payments) OVER (PARTITION BY p.county, p.fee, p.fee_year, p.share) AS BIGINT) AS all_payments,
        CAST(sum(coalesce(m.missing, 0)) OVER (PARTITION BY p.county, p.fee, p.fee_year, p.share) AS BIGINT) AS all_missing
    FROM places AS p
    LEFT JOIN missing_places AS m
        ON m.county = p.county AND m.fee = p.fee AND m.fee_year = p.fee_year AND m.share = p.share AND m.township = p.township
),
-- one row per fee and year: payments of before the day of its first entitlement that are missing without an explanation
missing_before AS (
    SELECT m.county, m.fee, m.fee_year, count(*) AS missing
    FROM missing AS m
    WHERE m.before_first AND m.explained_until IS NULL AND NOT m.insured_otherwise
    GROUP BY m.county, m.fee, m.fee_year
),
-- one row per fee and year: all payments of before that day, and those missing
before_first AS (
    SELECT d.county, d.fee, d.fee_year, CAST(sum(d.payments) AS BIGINT) AS payments, coalesce(min(b.missing), 0) AS missing
    FROM days AS d
    INNER JOIN recorded_years AS y ON y.county = d.county AND y.fee = d.fee AND y.fee_year = d.fee_year
    LEFT JOIN missing_before AS b ON b.county = d.county AND b.fee = d.fee AND b.fee_year = d.fee_year
    WHERE d.paid_on < y.begins_on
    GROUP BY d.county, d.fee, d.fee_year
),
-- one row per fee: the last day on which an entitlement was recorded
recorded_until AS (
    SELECT e.county, e.fee, max(e.recorded_on) AS recorded_until
    FROM entitlements AS e
    GROUP BY e.county, e.fee
)
SELECT
    m.county, m.event_id, m.record_id, m.payer, m.payer_valid, m.fee, m.fee_year, m.office, m.amount_fen, m.share, m.paid_on, m.posted_on,
    m.township, m.village, m.explained_until, m.insured_otherwise, m.reversed_on,
    coalesce(d.missing, 0) AS missing_of_paid_day, coalesce(o.missing, 0) AS missing_of_posted_day,
    c.missing AS missing_of_township, c.payments AS payments_of_township, c.all_missing AS missing_of_year, c.all_payments AS payments_of_year,
    coalesce(b.missing, 0) AS missing_before_first, coalesce(b.payments, 0) AS payments_before_first, r.recorded_until, q.recorded_paid_until
FROM missing AS m
LEFT JOIN paid_days AS d ON d.county = m.county AND d.fee = m.fee AND d.paid_on = m.paid_on
LEFT JOIN posted_days AS o ON o.county = m.county AND o.fee = m.fee AND o.posted_on = m.posted_on
INNER JOIN compared AS c
    ON c.county = m.county AND c.fee = m.fee AND c.fee_year = m.fee_year AND c.share = m.share AND c.township = coalesce(m.township, '')
INNER JOIN recorded_until AS r ON r.county = m.county AND r.fee = m.fee
LEFT JOIN recorded_paid AS q ON q.county = m.county AND q.fee = m.fee
LEFT JOIN before_first AS b ON b.county = m.county AND b.fee = m.fee AND b.fee_year = m.fee_year AND m.before_first
