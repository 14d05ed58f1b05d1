-- one row per person, fee and fee year on the roster of a village with something of their own to pay in a window, with whether anything shows that it was collected; who died, left, is insured otherwise or past the age is not among them
WITH
-- one row per person, fee and year of a window on the roster: the row listed last
listed AS (
    SELECT r.county, r.event_id, r.payer, r.payer_born, r.fee, r.fee_year, r.township, r.village, r.amount_due_fen
    FROM current_roster AS r
    INNER JOIN window_period AS w ON w.county = r.county AND w.fee = r.fee AND w.fee_year = r.fee_year
    WHERE r.payer IS NOT NULL
),
-- one row per person with a reason not to pay that a register shows, and the first day of it
gone AS (
    SELECT s.county, s.payer, min(s.effective_on) AS gone_on
    FROM status_changes AS s
    WHERE s.change IN ('died', 'registration-cancelled', 'moved-out', 'enrolled', 'enlisted', 'insured-elsewhere', 'imprisoned')
        OR (s.change = 'category-granted' AND s.category IN ('extreme-poverty', 'orphan'))
    GROUP BY s.county, s.payer
),
-- one row per person and year insured as a flexible worker, by kind of insurance
flexible AS (
    SELECT DISTINCT p.county, p.payer, p.fee_year, CASE WHEN p.fee = 'flexible-medical' THEN 'medical' ELSE 'pension' END AS kind
    FROM standing_payments AS p
    WHERE p.fee IN ('flexible-medical', 'flexible-pension')
),
-- one row per person, fee and year for whom a payment stands, cash was taken or an entitlement is recorded, under the number or one a slip away
collected AS (
    SELECT p.county, p.payer, p.fee, p.fee_year FROM standing_payments AS p
    UNION
    SELECT p.county, unnest(p.payer_near) AS payer, p.fee, p.fee_year FROM standing_payments AS p WHERE NOT p.payer_valid
    UNION
    SELECT c.county, c.payer, c.fee, c.fee_year FROM cash_receipts AS c
    UNION
    SELECT e.county, e.payer, e.fee, e.fee_year FROM entitlements AS e WHERE e.reversed_on IS NULL
),
-- one row per person due
due AS (
    SELECT l.county, l.event_id, l.payer, l.fee, l.fee_year, l.township, l.village, l.amount_due_fen, c.payer IS NOT NULL AS is_collected
    FROM listed AS l
    LEFT JOIN gone AS g ON g.county = l.county AND g.payer = l.payer AND year(g.gone_on) <= l.fee_year
    LEFT JOIN flexible AS f
        ON f.county = l.county AND f.payer = l.payer AND f.fee_year = l.fee_year AND f.kind = CASE WHEN l.fee = 'resident-medical' THEN 'medical' ELSE 'pension' END
    LEFT JOIN collected AS c ON c.county = l.county AND c.payer = l.payer AND c.fee = l.fee AND c.fee_year = l.fee_year
    WHERE l.amount_due_fen > 0 AND l.village IS NOT NULL AND g.payer IS NULL AND f.payer IS NULL
        AND (l.fee = 'resident-medical' OR l.payer_born IS NULL OR l.fee_year - l.payer_born < 60)
),
-- one row per person still open for whom a payment stands under the same name and birth date
renumbered AS (
    SELECT DISTINCT d.county, d.event_id
    FROM due AS d
    INNER JOIN rosters AS r ON r.county = d.county AND r.event_id = d.event_id
    INNER JOIN standing_payments AS p
        ON p.county = r.county AND p.payer_name_birth = r.payer_name_birth AND p.fee = d.fee AND p.fee_year = d.fee_year
    WHERE NOT d.is_collected
)
SELECT d.county, d.event_id, d.payer, d.fee, d.fee_year, d.township, d.village, d.amount_due_fen, NOT d.is_collected AND n.event_id IS NULL AS is_open
FROM due AS d
LEFT JOIN renumbered AS n ON n.county = d.county AND n.event_id = d.event_id
