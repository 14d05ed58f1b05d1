-- one row per collector, fee and fee year (payer where no collector is named) with amounts above the tariff that nothing lawful explains
WITH
-- one row per fee and fee year with a tariff
priced AS (
    SELECT t.county, t.fee, t.fee_year, max(t.kind) AS kind FROM tariff AS t GROUP BY t.county, t.fee, t.fee_year
),
-- one row per county that has a household register
registered AS (
    SELECT DISTINCT h.county FROM households AS h
),
-- one row per collector and receipt: its payers
receipts AS (
    SELECT c.county, c.collector_id, c.receipt_no, count(DISTINCT c.payer) AS payers
    FROM register_lines AS c WHERE c.receipt_no IS NOT NULL
    GROUP BY c.county, c.collector_id, c.receipt_no
),
-- one row per amount charged: a register line, or a payment out of the payer's pocket
charges AS (
    SELECT
        c.county, c.event_id, c.payer, c.fee, c.fee_year, c.amount_fen, c.received_on AS charged_on, c.township, c.village, c.collector_id,
        'line' AS kind, FALSE AS own, c.persons, coalesce(r.payers, 1) AS receipt_payers
    FROM register_lines AS c
    LEFT JOIN receipts AS r ON r.county = c.county AND r.collector_id = c.collector_id AND r.receipt_no = c.receipt_no
    UNION ALL
    SELECT
        p.county, p.event_id, p.payer, p.fee, p.fee_year, p.amount_fen, p.paid_on AS charged_on, p.township, p.village,
        CAST(NULL AS VARCHAR) AS collector_id, 'payment' AS kind,
        p.terminal_id IS NULL AND p.channel NOT IN ('cash', 'pos', 'other') AS own,
        1 AS persons, 1 AS receipt_payers
    FROM standing_payments AS p
    WHERE p.channel <> 'fiscal'
),
-- one row per amount that the county takes in practice: its tariff is not the one in the policy
practised AS (
    SELECT DISTINCT a.county, a.fee, a.fee_year, a.amount_fen
    FROM amount_practice AS a
    WHERE (a.own_payers >= $practice_payers AND a.own_payers * 100 >= a.own_payers_of_all * $practice_percent)
        OR (a.payers >= $practice_payers AND a.payers * 100 >= a.payers_of_all * $common_percent)
),
-- one row per charge that is not practised
unusual AS (
    SELECT
        c.county, c.event_id, c.payer, c.fee, c.fee_year, c.amount_fen, c.charged_on, c.township, c.village, c.collector_id, c.kind, c.own,
        c.persons, c.receipt_payers
    FROM charges AS c
    LEFT JOIN practised AS a ON a.county = c.county AND a.fee = c.fee AND a.fee_year = c.fee_year AND a.amount_fen = c.amount_fen
    WHERE a.fee IS NULL AND c.persons <= $max_persons
),
-- one row per person, fee and year of such a charge, and legal amount
amounts AS (
    SELECT g.county, g.payer, g.fee, g.fee_year, g.amount_fen
    FROM (SELECT DISTINCT u.county, u.payer, u.fee, u.fee_year FROM unusual AS u) AS u
    INNER JOIN legal_amounts AS g ON g.county = u.county AND g.payer = u.payer AND g.fee = u.fee AND g.fee_year = u.fee_year
),
-- one row per charge that is neither practised nor legal for the person
strange AS (
    SELECT
        c.county, c.event_id, c.payer, c.fee, c.fee_year, c.amount_fen, c.charged_on, c.township, c.village, c.collector_id, c.kind, c.own,
        c.persons, c.receipt_payers
    FROM unusual AS c
    LEFT JOIN amounts AS g
        ON g.county = c.county AND g.payer = c.payer AND g.fee = c.fee AND g.fee_year = c.fee_year AND g.amount_fen = c.amount_fen
    WHERE g.payer IS NULL
),
-- one row per person, fee and year of a charge that is not practised: the least that the person pays
least_due AS (
    SELECT g.county, g.payer, g.fee, g.fee_year, min(g.amount_fen) AS due_fen
    FROM amounts AS g
    WHERE g.amount_fen > 0
    GROUP BY g.county, g.payer, g.fee, g.fee_year
),
-- one row per person of such a charge: the size of the largest household that the person is in
homes AS (
    SELECT s.county, s.payer, max(s.members) AS members
    FROM (
        SELECT m.county, m.payer, m.household_no, count(DISTINCT h.payer) AS members
        FROM (SELECT DISTINCT c.county, c.payer FROM strange AS c) AS i
        INNER JOIN households AS m ON m.county = i.county AND m.payer = i.payer
        INNER JOIN households AS h ON h.county = m.county AND h.household_no = m.household_no
        GROUP BY m.county, m.payer, m.household_no
    ) AS s
    GROUP BY s.county, s.payer
),
-- one row per payment for such a person with a collector's hand: whose
hands AS (
    SELECT h.county, h.event_id, min(h.collector_id) AS collector_id
    FROM (SELECT DISTINCT c.county, c.payer FROM strange AS c) AS c
    INNER JOIN collector_hands AS h ON h.county = c.county AND h.payer = c.payer
    GROUP BY h.county, h.event_id
),
-- one row per person, fee and year with a register line: who took the money
takers AS (
    SELECT c.county, c.payer, c.fee, c.fee_year, max(c.collector_id) AS collector_id
    FROM register_lines AS c GROUP BY c.county, c.payer, c.fee, c.fee_year
),
-- one row per such charge above the least due
off AS (
    SELECT
        c.county, c.event_id, c.payer, c.fee, c.fee_year, c.amount_fen, c.charged_on, c.township, c.village,
        CASE WHEN c.kind = 'line' THEN c.collector_id ELSE coalesce(k.collector_id, b.collector_id) END AS collector_id, c.kind,
        c.own AND coalesce(k.collector_id, b.collector_id) IS NULL AS own, q.kind AS tariff_kind,
        CASE
            WHEN r.county IS NULL THEN $max_persons
            ELSE least($max_persons, greatest(c.persons, c.receipt_payers, coalesce(h.members, 1)))
        END AS persons
    FROM strange AS c
    INNER JOIN priced AS q ON q.county = c.county AND q.fee = c.fee AND q.fee_year = c.fee_year
    INNER JOIN least_due AS d ON d.county = c.county AND d.payer = c.payer AND d.fee = c.fee AND d.fee_year = c.fee_year
    LEFT JOIN registered AS r ON r.county = c.county
    LEFT JOIN homes AS h ON h.county = c.county AND h.payer = c.payer
    LEFT JOIN hands AS b ON b.county = c.county AND b.event_id = c.event_id
    LEFT JOIN takers AS k ON k.county = c.county AND k.payer = c.payer AND k.fee = c.fee AND k.fee_year = c.fee_year
    WHERE c.amount_fen >= d.due_fen + $from_fen
),
-- one row per amount that one person may owe of a fee and year, nothing included
units AS (
    SELECT t.county, t.fee, t.fee_year, t.amount_fen FROM tariff AS t
    UNION
    SELECT
        t.county, t.fee, t.fee_year,
        greatest(0, t.amount_fen - coalesce(f.amount_fen, t.amount_fen * f.percent // 100)) AS amount_fen
    FROM tariff AS t
    INNER JOIN fiscal_share AS f ON f.county = t.county AND f.fee = t.fee AND f.fee_year = t.fee_year
    WHERE coalesce(f.amount_fen, f.percent) IS NOT NULL
    UNION
    SELECT p.county, p.fee, p.fee_year, p.amount_fen FROM practised AS p
    UNION
    SELECT g.county, g.fee, g.fee_year, g.amount_fen
    FROM legal_amounts AS g WHERE g.origin = 'roster'
    GROUP BY g.county, g.fee, g.fee_year, g.amount_fen
    HAVING count(*) >= $practice_payers
    UNION
    SELECT q.county, q.fee, q.fee_year, 0 AS amount_fen FROM priced AS q
),
-- one row per fee and year that a charge off the tariff may concern, the payer's other insurances of the same or a neighbouring year included
concerned AS (
    SELECT DISTINCT o.county, q.fee, q.fee_year
    FROM off AS o
    INNER JOIN priced AS q ON q.county = o.county AND q.fee_year BETWEEN o.fee_year - 1 AND o.fee_year + 1
),
-- one row per sum that one person may owe
one AS (
    SELECT u.county, u.fee, u.fee_year, u.amount_fen
    FROM units AS u
    INNER JOIN concerned AS c ON c.county = u.county AND c.fee = u.fee AND c.fee_year = u.fee_year
),
-- one row per sum for up to two persons
two AS (
    SELECT DISTINCT a.county, a.fee, a.fee_year, a.amount_fen + b.amount_fen AS amount_fen
    FROM one AS a
    INNER JOIN one AS b ON b.county = a.county AND b.fee = a.fee AND b.fee_year = a.fee_year
),
-- one row per sum for up to four persons
four AS (
    SELECT DISTINCT a.county, a.fee, a.fee_year, a.amount_fen + b.amount_fen AS amount_fen
    FROM two AS a
    INNER JOIN two AS b ON b.county = a.county AND b.fee = a.fee AND b.fee_year = a.fee_year
),
-- one row per sum for up to eight persons
eight AS (
    SELECT DISTINCT a.county, a.fee, a.fee_year, a.amount_fen + b.amount_fen AS amount_fen
    FROM four AS a
    INNER JOIN four AS b ON b.county = a.county AND b.fee = a.fee AND b.fee_year = a.fee_year
),
-- one row per sum with the number of persons that is enough for it (1, 2, 4 or 8)
sums AS (
    SELECT s.county, s.fee, s.fee_year, s.amount_fen, min(s.persons) AS persons
    FROM (
        SELECT o.county, o.fee, o.fee_year, o.amount_fen, 1 AS persons FROM one AS o
        UNION ALL
        SELECT t.county, t.fee, t.fee_year, t.amount_fen, 2 AS persons FROM two AS t
        UNION ALL
        SELECT f.county, f.fee, f.fee_year, f.amount_fen, 3 AS persons FROM four AS f
        UNION ALL
        SELECT e.county, e.fee, e.fee_year, e.amount_fen, 5 AS persons FROM eight AS e
    ) AS s
    GROUP BY s.county, s.fee, s.fee_year, s.amount_fen
),
-- one row per charge that is a sum for the persons of its household or receipt
family AS (
    SELECT o.county, o.event_id
    FROM off AS o
    INNER JOIN sums AS s
        ON s.county = o.county AND s.fee = o.fee AND s.fee_year = o.fee_year AND s.amount_fen = o.amount_fen AND s.persons <= o.persons
),
-- one row per charge, other insurance that its payer has in the same or a neighbouring year, and rest that a sum of its own fee leaves for that
rests AS (
    SELECT DISTINCT o.county, o.event_id, o.persons, g.fee, g.fee_year, o.amount_fen - s.amount_fen AS rest_fen
    FROM off AS o
    INNER JOIN sums AS s
        ON s.county = o.county AND s.fee = o.fee AND s.fee_year = o.fee_year AND s.persons <= o.persons AND s.amount_fen < o.amount_fen
    INNER JOIN (
        SELECT DISTINCT f.county, f.event_id, l.fee, l.fee_year
        FROM off AS f
        INNER JOIN legal_amounts AS l
            ON l.county = f.county AND l.payer = f.payer AND l.fee <> f.fee AND l.fee_year BETWEEN f.fee_year - 1 AND f.fee_year + 1
    ) AS g ON g.county = o.county AND g.event_id = o.event_id
    WHERE s.amount_fen > 0
),
-- one row per charge whose rest is a sum of that other insurance
bundle AS (
    SELECT DISTINCT r.county, r.event_id
    FROM rests AS r
    INNER JOIN sums AS t
        ON t.county = r.county AND t.fee = r.fee AND t.fee_year = r.fee_year AND t.amount_fen = r.rest_fen AND t.persons <= r.persons
),
-- one row per charge that pays several years at once, or an earlier year late at a later year's tariff
back AS (
    SELECT DISTINCT o.county, o.event_id
    FROM off AS o
    INNER JOIN tariff AS t ON t.county = o.county AND t.fee = o.fee AND t.fee_year = o.fee_year
    WHERE o.tariff_kind = 'tiers' AND o.amount_fen % t.amount_fen = 0 AND o.amount_fen <= t.amount_fen * $back_years
    UNION
    SELECT o.county, o.event_id
    FROM off AS o
    INNER JOIN tariff AS y
        ON y.county = o.county AND y.fee = o.fee AND y.category = 'all' AND y.fee_year BETWEEN o.fee_year - $back_years AND o.fee_year - 1
    INNER JOIN tariff AS z
        ON z.county = o.county AND z.fee = o.fee AND z.category = 'all' AND z.fee_year BETWEEN y.fee_year AND o.fee_year
    WHERE o.tariff_kind = 'fixed'
    GROUP BY o.county, o.event_id, o.amount_fen, y.fee_year
    HAVING sum(z.amount_fen) = o.amount_fen
    UNION
    SELECT o.county, o.event_id
    FROM off AS o
    INNER JOIN tariff AS t
        ON t.county = o.county AND t.fee = o.fee AND t.amount_fen = o.amount_fen
        AND t.fee_year > o.fee_year AND t.fee_year <= year(o.charged_on) + 1
    INNER JOIN window_period AS w ON w.county = o.county AND w.fee = o.fee AND w.fee_year = o.fee_year
    WHERE o.charged_on > w.last_on
),
-- one row per person, fee and year with a charge off the tariff: what was given back
given_back AS (
    SELECT r.county, r.payer, r.fee, r.fee_year, CAST(sum(r.amount_fen) AS BIGINT) AS back_fen
    FROM refunds AS r GROUP BY r.county, r.payer, r.fee, r.fee_year
),
-- one row per person, fee and year: everything paid, the treasury's part included, less what was given back
paid_in_all AS (
    SELECT p.county, p.payer, p.fee, p.fee_year, CAST(sum(p.amount_fen) AS BIGINT) - coalesce(max(g.back_fen), 0) AS total_fen
    FROM (SELECT DISTINCT o.county, o.payer, o.fee, o.fee_year FROM off AS o) AS o
    INNER JOIN standing_payments AS p ON p.county = o.county AND p.payer = o.payer AND p.fee = o.fee AND p.fee_year = o.fee_year
    LEFT JOIN given_back AS g ON g.county = p.county AND g.payer = p.payer AND g.fee = p.fee AND g.fee_year = p.fee_year
    GROUP BY p.county, p.payer, p.fee, p.fee_year
),
-- one row per person, fee and year: all register lines together
taken_in_all AS (
    SELECT c.county, c.payer, c.fee, c.fee_year, CAST(sum(c.amount_fen) AS BIGINT) AS total_fen
    FROM (SELECT DISTINCT o.county, o.payer, o.fee, o.fee_year FROM off AS o) AS o
    INNER JOIN register_lines AS c ON c.county = o.county AND c.payer = o.payer AND c.fee = o.fee AND c.fee_year = o.fee_year
    GROUP BY c.county, c.payer, c.fee, c.fee_year
),
-- one row per charge whose person has paid a legal amount in all (instalments, a top-up, the difference to a higher tier, a surplus returned)
completed AS (
    SELECT DISTINCT o.county, o.event_id
    FROM off AS o
    INNER JOIN paid_in_all AS t ON t.county = o.county AND t.payer = o.payer AND t.fee = o.fee AND t.fee_year = o.fee_year
    INNER JOIN amounts AS g
        ON g.county = o.county AND g.payer = o.payer AND g.fee = o.fee AND g.fee_year = o.fee_year AND g.amount_fen = t.total_fen
    LEFT JOIN standing_payments AS p
        ON p.county = o.county AND p.payer = o.payer AND p.fee = o.fee AND p.fee_year = o.fee_year AND p.amount_fen = o.amount_fen
    WHERE o.kind = 'payment' OR p.event_id IS NOT NULL
    UNION
    SELECT o.county, o.event_id
    FROM off AS o
    INNER JOIN taken_in_all AS t ON t.county = o.county AND t.payer = o.payer AND t.fee = o.fee AND t.fee_year = o.fee_year
    INNER JOIN amounts AS g
        ON g.county = o.county AND g.payer = o.payer AND g.fee = o.fee AND g.fee_year = o.fee_year AND g.amount_fen = t.total_fen
    WHERE o.kind = 'line'
),
-- one row per line off the tariff and receipt of several payers that it stands on, with all the receipt's lines of the fee and year together
on_receipts AS (
    SELECT o.county, o.event_id, o.fee, o.fee_year, least($max_persons, count(DISTINCT c.payer)) AS persons, CAST(sum(c.amount_fen) AS BIGINT) AS total_fen
    FROM off AS o
    INNER JOIN register_lines AS l ON l.county = o.county AND l.event_id = o.event_id
    INNER JOIN register_lines AS c
        ON c.county = l.county AND c.collector_id = l.collector_id AND c.receipt_no = l.receipt_no AND c.fee = l.fee AND c.fee_year = l.fee_year
    WHERE o.kind = 'line' AND c.received_on = l.received_on
    GROUP BY o.county, o.event_id, o.fee, o.fee_year
    HAVING count(DISTINCT c.payer) > 1
),
-- one row per such line whose receipt together is a sum for its payers: a family's money written unevenly on their lines
evened AS (
    SELECT r.county, r.event_id
    FROM on_receipts AS r
    INNER JOIN sums AS s ON s.county = r.county AND s.fee = r.fee AND s.fee_year = r.fee_year AND s.amount_fen = r.total_fen AND s.persons <= r.persons
),
-- one row per charge that something lawful explains
explained AS (
    SELECT f.county, f.event_id FROM family AS f
    UNION
    SELECT v.county, v.event_id FROM evened AS v
    UNION
    SELECT b.county, b.event_id FROM bundle AS b
    UNION
    SELECT b.county, b.event_id FROM back AS b
    UNION
    SELECT c.county, c.event_id FROM completed AS c
),
-- one row per charge that nothing explains, with what is above the nearest legal sum below it
unexplained AS (
    SELECT
        o.county, o.event_id, o.payer, o.fee, o.fee_year, o.amount_fen, o.charged_on, o.township, o.village, o.collector_id, o.own,
        o.amount_fen - max(s.amount_fen) AS surplus_fen
    FROM off AS o
    LEFT JOIN explained AS e ON e.county = o.county AND e.event_id = o.event_id
    INNER JOIN sums AS s
        ON s.county = o.county AND s.fee = o.fee AND s.fee_year = o.fee_year AND s.amount_fen < o.amount_fen AND s.persons <= o.persons
    WHERE e.event_id IS NULL
    GROUP BY
        o.county, o.event_id, o.payer, o.fee, o.fee_year, o.amount_fen, o.charged_on, o.township, o.village, o.collector_id, o.own
),
-- one row per person, fee and year and subject: a register line and its payment are the same surplus, less what was given back
persons AS (
    SELECT
        u.county, CASE WHEN u.collector_id IS NULL THEN 'payer' ELSE 'collector' END AS subject_type,
        coalesce(u.collector_id, u.payer) AS subject_id, u.payer, u.fee, u.fee_year,
        max(u.surplus_fen) - coalesce(max(g.back_fen), 0) AS surplus_fen, max(u.amount_fen) AS amount_fen, min(u.charged_on) AS first_on,
        min(u.township) AS township, min(u.village) AS village, min(CASE WHEN u.own THEN 1 ELSE 0 END) AS own
    FROM unexplained AS u
    LEFT JOIN given_back AS g ON g.county = u.county AND g.payer = u.payer AND g.fee = u.fee AND g.fee_year = u.fee_year
    GROUP BY u.county, CASE WHEN u.collector_id IS NULL THEN 'payer' ELSE 'collector' END, coalesce(u.collector_id, u.payer), u.payer, u.fee, u.fee_year
    HAVING max(u.surplus_fen) - coalesce(max(g.back_fen), 0) >= $from_fen
),
-- one row per subject, fee and fee year: the events
evidence AS (
    SELECT p.county, p.subject_type, p.subject_id, p.fee, p.fee_year, list_sort(list(DISTINCT u.event_id)) AS events
    FROM persons AS p
    INNER JOIN unexplained AS u
        ON u.county = p.county AND u.payer = p.payer AND u.fee = p.fee AND u.fee_year = p.fee_year
        AND coalesce(u.collector_id, u.payer) = p.subject_id
    GROUP BY p.county, p.subject_type, p.subject_id, p.fee, p.fee_year
),
-- one row per subject, fee and fee year: counts and amounts
totals AS (
    SELECT
        p.county, p.subject_type, p.subject_id, p.fee, p.fee_year,
        CASE WHEN min(p.township) = max(p.township) THEN min(p.township) END AS township,
        CASE WHEN min(p.village) = max(p.village) THEN min(p.village) END AS village,
        count(*) AS persons, CAST(sum(p.surplus_fen) AS BIGINT) AS surplus_fen, max(p.surplus_fen) AS largest_fen,
        max(p.amount_fen) AS amount_fen, min(p.first_on) AS first_on, min(p.own) AS own
    FROM persons AS p
    GROUP BY p.county, p.subject_type, p.subject_id, p.fee, p.fee_year
)
SELECT
    t.county,
    CASE
        WHEN t.own = 1 THEN 'watch'
        WHEN t.surplus_fen >= $critical_fen THEN 'critical'
        WHEN t.persons >= $high_persons THEN 'high'
        WHEN t.persons >= $medium_persons OR t.surplus_fen >= $medium_fen THEN 'medium'
        ELSE 'low'
    END AS severity,
    t.subject_type, t.subject_id, t.township, t.village, t.fee, t.fee_year,
    t.surplus_fen AS amount_at_risk_fen, CAST(t.largest_fen AS DOUBLE) AS measure, CAST($from_fen AS DOUBLE) AS threshold,
    t.first_on AS occurred_on, e.events AS evidence,
    struct_pack(
        persons := t.persons, amount_fen := t.amount_fen, largest_fen := t.largest_fen, first_on := t.first_on,
        addressee := CASE
            WHEN t.own = 0 THEN 'township'
            WHEN t.fee IN ('resident-medical', 'flexible-medical') THEN 'medical-insurance'
            WHEN t.fee IN ('resident-pension', 'resident-pension-supplementary', 'flexible-pension') THEN 'human-resources'
            ELSE 'tax'
        END
    ) AS details
FROM totals AS t
INNER JOIN evidence AS e
    ON e.county = t.county AND e.subject_type = t.subject_type AND e.subject_id = t.subject_id AND e.fee = t.fee AND e.fee_year = t.fee_year
