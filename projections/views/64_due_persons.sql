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
    SELECT DISTINCT p.county, p.payer, p.fee_year, p.fee = 'flexible-medical' AS medical
    FROM standing_payments AS p
    WHERE p.fee IN ('flexible-medical', 'flexible-pension')
),
-- one row per person due
due AS (
    SELECT l.county, l.event_id, l.payer, l.fee, l.fee_year, l.township, l.village, l.amount_due_fen
    FROM listed AS l
    LEFT JOIN gone AS g ON g.county = l.county AND g.payer = l.payer AND year(g.gone_on) <= l.fee_year
    LEFT JOIN flexible AS f ON f.county = l.county AND f.payer = l.payer AND f.fee_year = l.fee_year AND f.medical = (l.fee = 'resident-medical')
    WHERE l.amount_due_fen > 0 AND l.village IS NOT NULL AND g.payer IS NULL AND f.payer IS NULL
        AND (l.fee = 'resident-medical' OR l.payer_born IS NULL OR l.fee_year - l.payer_born < 60)
),
-- one row per person due for whom no payment stands under the number
unpaid AS (
    SELECT d.county, d.event_id, d.payer, d.fee, d.fee_year
    FROM due AS d
    LEFT JOIN standing_payments AS p ON p.county = d.county AND p.payer = d.payer AND p.fee = d.fee AND p.fee_year = d.fee_year
    WHERE p.payer IS NULL
),
-- one row per such person from whom cash was taken, of whom an entitlement is recorded, or for whom a payment stands under a number one slip away
collected AS (
    SELECT u.county, u.event_id
    FROM unpaid AS u
    INNER JOIN cash_receipts AS c ON c.county = u.county AND c.payer = u.payer AND c.fee = u.fee AND c.fee_year = u.fee_year
    UNION
    SELECT u.county, u.event_id
    FROM unpaid AS u
    INNER JOIN entitlements AS e ON e.county = u.county AND e.payer = u.payer AND e.fee = u.fee AND e.fee_year = u.fee_year
    WHERE e.reversed_on IS NULL
    UNION
    SELECT u.county, u.event_id
    FROM unpaid AS u
    INNER JOIN (
        SELECT p.county, unnest(p.payer_near) AS payer, p.fee, p.fee_year FROM standing_payments AS p WHERE NOT p.payer_valid
    ) AS n ON n.county = u.county AND n.payer = u.payer AND n.fee = u.fee AND n.fee_year = u.fee_year
),
-- one row per person still open
uncollected AS (
    SELECT u.county, u.event_id, u.fee, u.fee_year
    FROM unpaid AS u
    LEFT JOIN collected AS c ON c.county = u.county AND c.event_id = u.event_id
    WHERE c.event_id IS NULL
),
-- one row per person still open for whom a payment stands under the same name and birth date and a number that the roster does not hold (one that it holds is a namesake's)
renumbered AS (
    SELECT u.county, u.event_id
    FROM uncollected AS u
    INNER JOIN rosters AS r ON r.county = u.county AND r.event_id = u.event_id
    INNER JOIN standing_payments AS p
        ON p.county = r.county AND p.payer_name_birth = r.payer_name_birth AND p.fee = u.fee AND p.fee_year = u.fee_year
    LEFT JOIN rosters AS o ON o.county = p.county AND o.payer = p.payer AND o.fee = p.fee AND o.fee_year = p.fee_year
    WHERE o.payer IS NULL
),
-- one row per person of whom nothing shows that it was collected
outstanding AS (
    SELECT u.county, u.event_id
    FROM uncollected AS u
    LEFT JOIN renumbered AS n ON n.county = u.county AND n.event_id = u.event_id
    WHERE n.event_id IS NULL
)
SELECT d.county, d.event_id, d.payer, d.fee, d.fee_year, d.township, d.village, d.amount_due_fen, o.event_id IS NOT NULL AS is_open
FROM due AS d
LEFT JOIN outstanding AS o ON o.county = d.county AND o.event_id = d.event_id
