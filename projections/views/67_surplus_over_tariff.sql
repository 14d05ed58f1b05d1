-- one row per register line, or payment by a collector's hand of a person without a line, above the legal sums nearest below it: for the persons of its household or receipt, or with one other insurance of its payer; lawful amounts, back payments and what the county takes in practice left out
WITH
-- one row per fee and fee year with a tariff
priced AS (
    SELECT t.county, t.fee, t.fee_year, max(t.kind) AS kind FROM tariff AS t GROUP BY t.county, t.fee, t.fee_year
),
-- one row per amount that the county takes in practice: its tariff is not the one in the policy
practised AS (
    SELECT DISTINCT a.county, a.fee, a.fee_year, a.amount_fen
    FROM amount_practice AS a
    WHERE (a.own_payers >= 5 AND a.own_payers * 100 >= a.own_payers_of_all * 5)
        OR (a.payers >= 5 AND a.payers * 100 >= a.payers_of_all * 30)
),
-- one row per amount that one person may owe of a fee and year
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
    HAVING count(*) >= 5
),
-- one row per person, fee and year with a line
lined AS (
    SELECT l.county, l.payer, l.fee, l.fee_year, CAST(sum(l.amount_fen) AS BIGINT) AS taken_fen
    FROM register_lines AS l GROUP BY l.county, l.payer, l.fee, l.fee_year
),
-- one row per household line of a family, fee and year
family_lines AS (
    SELECT DISTINCT l.county, l.household, l.fee, l.fee_year FROM register_lines AS l WHERE l.persons > 1
),
-- one row per payment by a collector's hand whose amount nobody owes: whose
hands AS (
    SELECT h.county, h.event_id, min(h.collector_id) AS collector_id
    FROM collector_hands AS h
    LEFT JOIN units AS u ON u.county = h.county AND u.fee = h.fee AND u.fee_year = h.fee_year AND u.amount_fen = h.amount_fen
    WHERE NOT h.group_payer AND h.channel <> 'fiscal' AND u.fee IS NULL
    GROUP BY h.county, h.event_id
),
-- one row per amount charged: a register line, or such a payment without one
charges AS (
    SELECT
        l.county, l.event_id, l.collector_id, l.payer, l.household, l.fee, l.fee_year, l.amount_fen, l.received_on AS charged_on,
        l.township, l.village, l.receipt_no, l.persons, 'line' AS kind
    FROM register_lines AS l
    UNION ALL
    SELECT
        p.county, p.event_id, h.collector_id, p.payer, p.household, p.fee, p.fee_year, p.amount_fen, p.paid_on AS charged_on,
        p.township, p.village, p.receipt_no, 1 AS persons, 'payment' AS kind
    FROM hands AS h
    INNER JOIN standing_payments AS p ON p.county = h.county AND p.event_id = h.event_id
    LEFT JOIN lined AS l ON l.county = p.county AND l.payer = p.payer AND l.fee = p.fee AND l.fee_year = p.fee_year
    LEFT JOIN family_lines AS f ON f.county = p.county AND f.household = p.household AND f.fee = p.fee AND f.fee_year = p.fee_year
    WHERE l.payer IS NULL AND f.household IS NULL
),
-- one row per charge with a tariff whose amount is not what its person's roster row says is due
off_roster AS (
    SELECT c.county, c.event_id, c.payer, c.fee, c.fee_year, c.amount_fen, q.kind AS tariff_kind
    FROM charges AS c
    INNER JOIN priced AS q ON q.county = c.county AND q.fee = c.fee AND q.fee_year = c.fee_year
    LEFT JOIN current_roster AS r
        ON r.county = c.county AND r.payer = c.payer AND r.fee = c.fee AND r.fee_year = c.fee_year AND r.amount_due_fen = c.amount_fen
    WHERE r.payer IS NULL
),
-- one row per person of such a charge, fee, year and legal amount
legal AS (
    SELECT g.county, g.payer, g.fee, g.fee_year, g.amount_fen
    FROM (SELECT DISTINCT o.county, o.payer FROM off_roster AS o) AS w
    INNER JOIN legal_amounts AS g ON g.county = w.county AND g.payer = w.payer
),
-- one row per such charge whose amount is not legal for its person
unlawful AS (
    SELECT o.county, o.event_id, o.payer, o.fee, o.fee_year, o.amount_fen, o.tariff_kind
    FROM off_roster AS o
    LEFT JOIN legal AS g
        ON g.county = o.county AND g.payer = o.payer AND g.fee = o.fee AND g.fee_year = o.fee_year AND g.amount_fen = o.amount_fen
    WHERE g.payer IS NULL
),
-- one row per such charge with what its person owes at least
judged AS (
    SELECT u.county, u.event_id, u.tariff_kind, min(g.amount_fen) AS due_fen
    FROM unlawful AS u
    INNER JOIN legal AS g ON g.county = u.county AND g.payer = u.payer AND g.fee = u.fee AND g.fee_year = u.fee_year
    WHERE g.amount_fen > 0
    GROUP BY u.county, u.event_id, u.tariff_kind
),
-- one row per county that has a household register
registered AS (
    SELECT DISTINCT h.county FROM households AS h
),
-- one row per such charge above the least due that is not practised either
above AS (
    SELECT
        c.county, c.event_id, c.collector_id, c.payer, c.household, c.fee, c.fee_year, c.amount_fen, c.charged_on, c.township, c.village,
        c.receipt_no, c.persons, c.kind, j.tariff_kind, j.due_fen
    FROM judged AS j
    INNER JOIN charges AS c ON c.county = j.county AND c.event_id = j.event_id
    LEFT JOIN practised AS a ON a.county = c.county AND a.fee = c.fee AND a.fee_year = c.fee_year AND a.amount_fen = c.amount_fen
    WHERE a.fee IS NULL AND c.amount_fen > j.due_fen AND c.persons <= 8
),
-- one row per charge: the persons of the largest household that its payer is in
homes AS (
    SELECT s.county, s.payer, max(s.members) AS members
    FROM (
        SELECT m.county, m.payer, m.household_no, count(DISTINCT h.payer) AS members
        FROM (SELECT DISTINCT a.county, a.payer FROM above AS a) AS w
        INNER JOIN households AS m ON m.county = w.county AND m.payer = w.payer
        INNER JOIN households AS h ON h.county = m.county AND h.household_no = m.household_no
        GROUP BY m.county, m.payer, m.household_no
    ) AS s
    GROUP BY s.county, s.payer
),
-- one row per collector and receipt: its payers
receipts AS (
    SELECT l.county, l.collector_id, l.receipt_no, count(DISTINCT l.payer) AS payers
    FROM register_lines AS l WHERE l.receipt_no IS NOT NULL
    GROUP BY l.county, l.collector_id, l.receipt_no
),
-- one row per charge with the number of persons whose legal amounts it may add up; a county without households is given eight
off AS (
    SELECT
        a.county, a.event_id, a.collector_id, a.payer, a.fee, a.fee_year, a.amount_fen, a.charged_on, a.township, a.village, a.receipt_no,
        a.kind, a.tariff_kind, a.due_fen, a.persons AS own_persons,
        CASE
            WHEN a.persons > 1 THEN a.persons
            WHEN r.county IS NULL THEN 8
            ELSE least(8, greatest(coalesce(q.payers, 1), coalesce(h.members, 1)))
        END AS persons
    FROM above AS a
    LEFT JOIN registered AS r ON r.county = a.county
    LEFT JOIN receipts AS q ON q.county = a.county AND q.collector_id = a.collector_id AND q.receipt_no = a.receipt_no
    LEFT JOIN homes AS h ON h.county = a.county AND h.payer = a.payer
),
-- one row per fee and year that a charge off the tariff may concern, the payer's other insurances of the same or a neighbouring year included
concerned AS (
    SELECT DISTINCT o.county, q.fee, q.fee_year
    FROM off AS o
    INNER JOIN priced AS q ON q.county = o.county AND q.fee_year BETWEEN o.fee_year - 1 AND o.fee_year + 1
),
-- one row per sum that one person may owe, nothing included
one AS (
    SELECT u.county, u.fee, u.fee_year, u.amount_fen
    FROM units AS u
    INNER JOIN concerned AS c ON c.county = u.county AND c.fee = u.fee AND c.fee_year = u.fee_year
    UNION
    SELECT c.county, c.fee, c.fee_year, 0 AS amount_fen FROM concerned AS c
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
-- one row per sum with the number of persons from which it is tried (three for four, five for eight)
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
-- one row per charge, other insurance that its payer has in the same or a neighbouring year without a line of its own, and legal amount of it
others AS (
    SELECT DISTINCT o.county, o.event_id, g.fee, g.fee_year, g.amount_fen
    FROM off AS o
    INNER JOIN legal AS g
        ON g.county = o.county AND g.payer = o.payer AND g.fee <> o.fee AND g.fee_year BETWEEN o.fee_year - 1 AND o.fee_year + 1
    LEFT JOIN lined AS l ON l.county = g.county AND l.payer = g.payer AND l.fee = g.fee AND l.fee_year = g.fee_year
    WHERE o.kind = 'line' AND l.payer IS NULL AND g.amount_fen > 0 AND g.amount_fen < o.amount_fen
),
-- one row per charge and rest that a sum of its own fee leaves for the other insurance
rests AS (
    SELECT DISTINCT o.county, o.event_id, o.persons, w.fee, w.fee_year, o.amount_fen - s.amount_fen AS rest_fen
    FROM off AS o
    INNER JOIN sums AS s
        ON s.county = o.county AND s.fee = o.fee AND s.fee_year = o.fee_year AND s.persons <= o.persons AND s.amount_fen < o.amount_fen
    INNER JOIN (SELECT DISTINCT t.county, t.event_id, t.fee, t.fee_year FROM others AS t) AS w ON w.county = o.county AND w.event_id = o.event_id
    WHERE s.amount_fen > 0
),
-- one row per charge that pays several years at once, or an earlier year late at a later year's tariff
back AS (
    SELECT DISTINCT o.county, o.event_id
    FROM off AS o
    INNER JOIN tariff AS t ON t.county = o.county AND t.fee = o.fee AND t.fee_year = o.fee_year
    WHERE o.tariff_kind = 'tiers' AND o.amount_fen % t.amount_fen = 0 AND o.amount_fen <= t.amount_fen * 15
    UNION
    SELECT o.county, o.event_id
    FROM off AS o
    INNER JOIN tariff AS y
        ON y.county = o.county AND y.fee = o.fee AND y.category = 'all' AND y.fee_year BETWEEN o.fee_year - 15 AND o.fee_year - 1
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
-- one row per charge that something lawful explains to the fen
explained AS (
    SELECT o.county, o.event_id
    FROM off AS o
    INNER JOIN sums AS s
        ON s.county = o.county AND s.fee = o.fee AND s.fee_year = o.fee_year AND s.amount_fen = o.amount_fen AND s.persons <= o.persons
    UNION
    SELECT r.county, r.event_id
    FROM rests AS r
    INNER JOIN sums AS s
        ON s.county = r.county AND s.fee = r.fee AND s.fee_year = r.fee_year AND s.amount_fen = r.rest_fen AND s.persons <= r.persons
    UNION
    SELECT b.county, b.event_id FROM back AS b
    UNION
    SELECT o.county, o.event_id
    FROM off AS o
    INNER JOIN lined AS l ON l.county = o.county AND l.payer = o.payer AND l.fee = o.fee AND l.fee_year = o.fee_year
    INNER JOIN legal AS g
        ON g.county = o.county AND g.payer = o.payer AND g.fee = o.fee AND g.fee_year = o.fee_year AND g.amount_fen = l.taken_fen
    WHERE o.kind = 'line'
),
-- one row per charge that nothing explains
unexplained AS (
    SELECT o.county, o.event_id, o.fee, o.fee_year, o.payer, o.collector_id, o.receipt_no, o.amount_fen, o.persons
    FROM off AS o
    LEFT JOIN explained AS e ON e.county = o.county AND e.event_id = o.event_id
    WHERE e.event_id IS NULL
),
-- one row per charge that nothing explains and legal sum below it: of its own fee, or of one person's two insurances
below AS (
    SELECT u.county, u.event_id, u.amount_fen, s.amount_fen AS legal_fen
    FROM unexplained AS u
    INNER JOIN sums AS s
        ON s.county = u.county AND s.fee = u.fee AND s.fee_year = u.fee_year AND s.amount_fen < u.amount_fen AND s.persons <= u.persons
    UNION ALL
    SELECT u.county, u.event_id, u.amount_fen, g.amount_fen + o.amount_fen AS legal_fen
    FROM unexplained AS u
    INNER JOIN others AS o ON o.county = u.county AND o.event_id = u.event_id
    INNER JOIN legal AS g
        ON g.county = u.county AND g.payer = u.payer AND g.fee = u.fee AND g.fee_year = u.fee_year AND g.amount_fen + o.amount_fen <= u.amount_fen
),
-- one row per charge with what is above the nearest legal sum below it
measured AS (
    SELECT b.county, b.event_id, b.amount_fen - max(b.legal_fen) AS surplus_fen
    FROM below AS b
    GROUP BY b.county, b.event_id, b.amount_fen
),
-- one row per collector and receipt with lines below what is due: how much
short_receipts AS (
    SELECT l.county, l.collector_id, l.receipt_no, CAST(sum(j.due_fen - l.amount_fen) AS BIGINT) AS short_fen
    FROM judged AS j
    INNER JOIN register_lines AS l ON l.county = j.county AND l.event_id = j.event_id
    WHERE l.receipt_no IS NOT NULL AND l.amount_fen < j.due_fen
    GROUP BY l.county, l.collector_id, l.receipt_no
)
SELECT
    o.county, o.event_id, o.kind, o.collector_id, o.payer, o.fee, o.fee_year, o.own_persons AS persons, o.amount_fen, o.charged_on,
    o.township, o.village, m.surplus_fen
FROM measured AS m
INNER JOIN off AS o ON o.county = m.county AND o.event_id = m.event_id
LEFT JOIN short_receipts AS s ON s.county = o.county AND s.collector_id = o.collector_id AND s.receipt_no = o.receipt_no
WHERE coalesce(s.short_fen, 0) < m.surplus_fen
