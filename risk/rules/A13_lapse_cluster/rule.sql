-- one row per collector and fee under whom payers of three years running stopped in the last season, far more than in the township
WITH
-- one row per fee: the latest fee year whose window is over and for which payments are there
seasons AS (
    SELECT w.county, w.fee, w.fee_year, w.first_on, w.last_on
    FROM window_period AS w
    INNER JOIN (SELECT DISTINCT p.county, p.fee, p.fee_year FROM standing_payments AS p) AS s
        ON s.county = w.county AND s.fee = w.fee AND s.fee_year = w.fee_year
    WHERE w.last_on < $as_of
    QUALIFY row_number() OVER (PARTITION BY w.county, w.fee ORDER BY w.fee_year DESC) = 1
),
-- one row per person, fee and year, of those before the season, out of whose pocket something was paid
paid_years AS (
    SELECT p.county, p.payer, p.fee, p.fee_year, max(s.fee_year) AS season
    FROM seasons AS s
    INNER JOIN standing_payments AS p ON p.county = s.county AND p.fee = s.fee
    WHERE p.channel <> 'fiscal' AND p.fee_year < s.fee_year AND p.fee_year >= s.fee_year - $years
    GROUP BY p.county, p.payer, p.fee, p.fee_year
),
-- one row per person and fee paid in each of the years before the season's
faithful AS (
    SELECT y.county, y.payer, y.fee, max(y.season) AS fee_year
    FROM paid_years AS y
    GROUP BY y.county, y.payer, y.fee
    HAVING count(*) = $years
),
-- one row per such person: the last payment of the year before
last_paid AS (
    SELECT
        f.county, f.payer, f.fee, f.fee_year, p.event_id, p.household, p.township, p.village, p.amount_fen, p.payer_born, p.payer_name_birth
    FROM faithful AS f
    INNER JOIN standing_payments AS p
        ON p.county = f.county AND p.payer = f.payer AND p.fee = f.fee AND p.fee_year = f.fee_year - 1
    WHERE p.channel <> 'fiscal'
    QUALIFY row_number() OVER (PARTITION BY f.county, f.payer, f.fee ORDER BY p.paid_on DESC, p.event_id) = 1
),
-- one row per payment of the season with the numbers one slip away from its own
slips AS (
    SELECT p.county, p.fee, p.fee_year, unnest(p.payer_near) AS number
    FROM standing_payments AS p
    INNER JOIN seasons AS s ON s.county = p.county AND s.fee = p.fee AND s.fee_year = p.fee_year
    WHERE p.payer_near IS NOT NULL
),
-- one row per such person and fee paid for in the season, by whomever
paid_again AS (
    SELECT DISTINCT l.county, l.payer, l.fee, l.fee_year
    FROM last_paid AS l
    INNER JOIN standing_payments AS p ON p.county = l.county AND p.payer = l.payer AND p.fee = l.fee AND p.fee_year = l.fee_year
),
-- one row per such person and fee not paid for
resting AS (
    SELECT l.county, l.payer, l.fee, l.fee_year, l.payer_name_birth
    FROM last_paid AS l
    LEFT JOIN paid_again AS a ON a.county = l.county AND a.payer = l.payer AND a.fee = l.fee AND a.fee_year = l.fee_year
    WHERE a.payer IS NULL
),
-- one row per person and fee who went on in the season: paid by whomever, under a near ID or a new number of the same name and birth date (a namesake paid the year before too), or took up another insurance of the kind
going_on AS (
    SELECT a.county, a.payer, a.fee, a.fee_year FROM paid_again AS a
    UNION
    SELECT n.county, n.number AS payer, n.fee, n.fee_year FROM slips AS n
    UNION
    SELECT l.county, l.payer, l.fee, l.fee_year
    FROM resting AS l
    INNER JOIN standing_payments AS p
        ON p.county = l.county AND p.payer_name_birth = l.payer_name_birth AND p.fee = l.fee AND p.fee_year = l.fee_year
    LEFT JOIN standing_payments AS b ON b.county = p.county AND b.payer = p.payer AND b.fee = p.fee AND b.fee_year = p.fee_year - 1
    WHERE b.payer IS NULL
    UNION
    SELECT l.county, l.payer, l.fee, l.fee_year
    FROM resting AS l
    INNER JOIN cash_receipts AS c ON c.county = l.county AND c.payer = l.payer AND c.fee = l.fee AND c.fee_year = l.fee_year
    UNION
    SELECT l.county, l.payer, l.fee, l.fee_year
    FROM resting AS l
    INNER JOIN standing_payments AS p ON p.county = l.county AND p.payer = l.payer AND p.fee_year >= l.fee_year
    WHERE (l.fee = 'resident-medical' AND p.fee = 'flexible-medical') OR (l.fee <> 'resident-medical' AND p.fee = 'flexible-pension')
),
-- one row per person with a reason to stop that a register shows
gone AS (
    SELECT DISTINCT l.county, l.payer, l.fee
    FROM last_paid AS l
    INNER JOIN status_changes AS s ON s.county = l.county AND s.payer = l.payer
    WHERE s.change IN ('died', 'registration-cancelled', 'moved-out', 'enrolled', 'enlisted', 'insured-elsewhere', 'imprisoned')
        OR (s.change = 'category-granted' AND s.category IN ('extreme-poverty', 'orphan'))
),
-- one row per township, fee and year with a roster
rosters_in AS (
    SELECT DISTINCT r.county, r.township, r.fee, r.fee_year
    FROM rosters AS r
),
-- one row per such person, fee and year on a roster
listed AS (
    SELECT DISTINCT l.county, l.payer, l.fee, l.fee_year
    FROM last_paid AS l
    INNER JOIN rosters AS r ON r.county = l.county AND r.payer = l.payer AND r.fee = l.fee AND r.fee_year = l.fee_year
),
-- one row per person and fee still expected to pay, with whether he did
expected AS (
    SELECT
        l.county, l.payer, l.fee, l.fee_year, l.event_id, l.household, l.township, l.village, l.amount_fen, g.payer IS NULL AS lapsed
    FROM last_paid AS l
    LEFT JOIN gone AS x ON x.county = l.county AND x.payer = l.payer AND x.fee = l.fee
    LEFT JOIN rosters_in AS i ON i.county = l.county AND i.township = l.township AND i.fee = l.fee AND i.fee_year = l.fee_year
    LEFT JOIN listed AS r ON r.county = l.county AND r.payer = l.payer AND r.fee = l.fee AND r.fee_year = l.fee_year
    LEFT JOIN going_on AS g ON g.county = l.county AND g.payer = l.payer AND g.fee = l.fee AND g.fee_year = l.fee_year
    WHERE x.payer IS NULL AND (i.county IS NULL OR r.payer IS NOT NULL)
        AND (l.fee = 'resident-medical' OR l.payer_born IS NULL OR l.fee_year - l.payer_born < $pension_age)
),
-- one row per collector and village that was his in the season
places AS (
    SELECT DISTINCT s.county, s.fee, c.collector_id, c.village
    FROM (SELECT k.county, k.record_id AS collector_id, k.appointed_on, k.relieved_on, unnest(k.division) AS village FROM collectors AS k) AS c
    INNER JOIN seasons AS s ON s.county = c.county
    WHERE length(c.village) = 12 AND c.appointed_on <= s.last_on AND (c.relieved_on IS NULL OR c.relieved_on >= s.first_on)
),
-- one row per village with one collector alone
sole AS (
    SELECT p.county, p.fee, p.village, min(p.collector_id) AS collector_id
    FROM places AS p
    GROUP BY p.county, p.fee, p.village
    HAVING count(*) = 1
),
-- one row per payment of the year before with the one collector who made it
made AS (
    SELECT h.county, h.event_id, min(h.collector_id) AS collector_id
    FROM last_paid AS l
    INNER JOIN collector_hands AS h ON h.county = l.county AND h.event_id = l.event_id
    WHERE NOT h.group_payer
    GROUP BY h.county, h.event_id
    HAVING count(*) = 1
),
-- one row per collector who worked in the season
serving AS (
    SELECT DISTINCT s.county, s.fee, k.record_id AS collector_id
    FROM collectors AS k
    INNER JOIN seasons AS s ON s.county = k.county
    WHERE k.appointed_on <= s.last_on AND (k.relieved_on IS NULL OR k.relieved_on >= s.first_on)
),
-- one row per person expected to pay with his collector: who paid for him the year before and still serves, else the only one of his village
gathered AS (
    SELECT
        e.county, e.payer, e.fee, e.fee_year, e.event_id, e.household, e.township, e.village, e.amount_fen, e.lapsed,
        coalesce(v.collector_id, CASE WHEN o.event_id IS NULL THEN s.collector_id END) AS collector_id
    FROM expected AS e
    LEFT JOIN made AS m ON m.county = e.county AND m.event_id = e.event_id
    LEFT JOIN serving AS v ON v.county = e.county AND v.fee = e.fee AND v.collector_id = m.collector_id
    LEFT JOIN paid_otherwise AS o ON o.county = e.county AND o.event_id = e.event_id
    LEFT JOIN sole AS s ON s.county = e.county AND s.fee = e.fee AND s.village = e.village
),
-- one row per township and fee: of how many how many stopped
townships AS (
    SELECT
        g.county, g.township, g.fee, count(*) AS payers, count(*) FILTER (WHERE g.lapsed) AS lapsed,
        count(DISTINCT g.household) AS homes, count(DISTINCT CASE WHEN g.lapsed THEN g.household END) AS lapsed_homes
    FROM gathered AS g
    GROUP BY g.county, g.township, g.fee
),
-- one row per collector, township and fee: the same
clusters AS (
    SELECT
        g.county, g.collector_id, g.township, g.fee, g.fee_year, count(*) AS payers, count(*) FILTER (WHERE g.lapsed) AS lapsed,
        count(DISTINCT g.household) AS homes, count(DISTINCT CASE WHEN g.lapsed THEN g.household END) AS lapsed_homes,
        CASE WHEN min(g.village) = max(g.village) THEN min(g.village) END AS village,
        CAST(sum(CASE WHEN g.lapsed THEN g.amount_fen ELSE 0 END) AS BIGINT) AS fen
    FROM gathered AS g
    WHERE g.collector_id IS NOT NULL
    GROUP BY g.county, g.collector_id, g.township, g.fee, g.fee_year
),
-- one row per collector, township and fee: the payments of the year before of those who stopped
evidence AS (
    SELECT g.county, g.collector_id, g.township, g.fee, list_sort(list(DISTINCT g.event_id)) AS events
    FROM gathered AS g
    WHERE g.lapsed AND g.collector_id IS NOT NULL
    GROUP BY g.county, g.collector_id, g.township, g.fee
),
-- one row per fee: how much of the deviations' square (in per cent) makes less than one in two such lines by chance, with so many collectors
chances AS (
    SELECT s.county, s.fee, CASE WHEN count(*) < 60 THEN 55 WHEN count(*) < 200 THEN 75 ELSE 100 END AS percent
    FROM serving AS s
    GROUP BY s.county, s.fee
),
-- one row per collector, township and fee whose share of those who stopped stands out; excess is how many households (families stop together) lie above the share of the township's others (of whom one at least is taken to have stopped), times the others' households; few_excess is four times that less the deviations' square, times a hundred: where few are expected, chance makes many, deviations are told of square roots, and the more collectors there are, the more of them it takes
outstanding AS (
    SELECT
        c.county, c.collector_id, c.township, c.village, c.fee, c.fee_year, s.last_on, c.payers, c.lapsed, c.fen,
        t.payers AS all_payers, t.lapsed AS all_lapsed,
        c.lapsed_homes, c.homes, t.homes - c.homes AS other_homes, greatest(t.lapsed_homes - c.lapsed_homes, 1) AS other_lapsed_homes,
        c.lapsed_homes * (t.homes - c.homes) - greatest(t.lapsed_homes - c.lapsed_homes, 1) * c.homes AS excess,
        400 * (c.lapsed_homes * (t.homes - c.homes) - greatest(t.lapsed_homes - c.lapsed_homes, 1) * c.homes)
        - $sure_deviations * $sure_deviations * m.percent * (t.homes - c.homes) AS few_excess, m.percent
    FROM clusters AS c
    INNER JOIN chances AS m ON m.county = c.county AND m.fee = c.fee
    INNER JOIN townships AS t ON t.county = c.county AND t.township = c.township AND t.fee = c.fee
    INNER JOIN seasons AS s ON s.county = c.county AND s.fee = c.fee
    WHERE c.lapsed >= $min_lapsed AND c.lapsed * t.payers >= $min_ratio * t.lapsed * c.payers
)
SELECT
    o.county,
    CASE
        WHEN o.lapsed_homes < $min_households OR o.excess <= 0 THEN 'watch'
        WHEN o.excess * o.excess < $sure_deviations * $sure_deviations * o.other_lapsed_homes * o.homes * o.other_homes THEN 'watch'
        WHEN o.lapsed < $medium_lapsed
            AND (
                o.few_excess <= 0
                OR o.few_excess * o.few_excess
                < 1600 * $sure_deviations * $sure_deviations * o.percent * o.other_lapsed_homes * o.homes * o.other_homes
            ) THEN 'watch'
        WHEN o.lapsed >= $high_lapsed THEN CASE WHEN n.county IS NULL THEN 'high' ELSE 'medium' END
        WHEN o.lapsed >= $medium_lapsed AND n.county IS NULL THEN 'medium'
        ELSE 'low'
    END AS severity,
    'collector' AS subject_type, o.collector_id AS subject_id, o.township, o.village, o.fee, o.fee_year,
    o.fen AS amount_at_risk_fen, CAST(o.lapsed AS DOUBLE) AS measure, CAST($min_lapsed AS DOUBLE) AS threshold,
    o.last_on AS occurred_on, e.events AS evidence,
    struct_pack(lapsed := o.lapsed, payers := o.payers, township_lapsed := o.all_lapsed, township_payers := o.all_payers, years := CAST($years AS BIGINT)) AS details
FROM outstanding AS o
LEFT JOIN changes_not_in AS n ON n.county = o.county
INNER JOIN evidence AS e ON e.county = o.county AND e.collector_id = o.collector_id AND e.township = o.township AND e.fee = o.fee
