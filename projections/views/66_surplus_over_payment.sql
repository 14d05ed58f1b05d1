-- one row per settled register line with more cash than was paid for it and than other payments of its payer, household or receipt within 30 days explain (at most 8 of them tried together), the treasury's part of a tier and prices of insurances never handed in left out, what was given back not yet taken off
WITH
-- one row per settled line
settled AS (
    SELECT
        s.county, s.event_id, s.collector_id, s.payer, s.household, s.fee, s.fee_year, s.receipt_no, s.persons, s.received_on, s.amount_fen,
        s.settled_fen, s.surplus_fen
    FROM settlement AS s
    WHERE s.state = 'settled'
),
-- one row per settled line with more cash than its payments
above AS (
    SELECT
        s.county, s.event_id, s.collector_id, s.payer, s.household, s.fee, s.fee_year, s.receipt_no, s.persons, s.received_on, s.amount_fen,
        s.settled_fen, s.surplus_fen
    FROM settled AS s
    WHERE s.surplus_fen > 0
),
-- one row per payer, household or receipt of such a line
sought AS (
    SELECT DISTINCT a.county, a.event_id, a.received_on, 'payer' AS part, a.payer AS name FROM above AS a
    UNION
    SELECT DISTINCT a.county, a.event_id, a.received_on, 'household' AS part, a.household AS name FROM above AS a
    UNION
    SELECT DISTINCT a.county, a.event_id, a.received_on, 'receipt' AS part, a.receipt_no AS name FROM above AS a WHERE a.receipt_no IS NOT NULL
),
-- one row per such line and other payment within 30 days that may be the same money: neither the treasury's nor shown to be another's own
near AS (
    SELECT n.county, n.event_id, n.payment, n.payer, n.payer_account, n.fee, n.fee_year, n.amount_fen, n.days
    FROM (
        SELECT
            s.county, s.event_id, p.event_id AS payment, p.payer, p.payer_account, p.fee, p.fee_year, p.amount_fen,
            abs(datediff('day', s.received_on, p.paid_on)) AS days
        FROM sought AS s
        INNER JOIN standing_payments AS p ON p.county = s.county AND p.payer = s.name
        WHERE s.part = 'payer' AND p.channel <> 'fiscal' AND p.amount_fen > 0 AND abs(datediff('day', s.received_on, p.paid_on)) <= 30
        UNION
        SELECT
            s.county, s.event_id, p.event_id AS payment, p.payer, p.payer_account, p.fee, p.fee_year, p.amount_fen,
            abs(datediff('day', s.received_on, p.paid_on)) AS days
        FROM sought AS s
        INNER JOIN standing_payments AS p ON p.county = s.county AND p.household = s.name
        WHERE s.part = 'household' AND p.channel <> 'fiscal' AND p.amount_fen > 0 AND abs(datediff('day', s.received_on, p.paid_on)) <= 30
        UNION
        SELECT
            s.county, s.event_id, p.event_id AS payment, p.payer, p.payer_account, p.fee, p.fee_year, p.amount_fen,
            abs(datediff('day', s.received_on, p.paid_on)) AS days
        FROM sought AS s
        INNER JOIN standing_payments AS p ON p.county = s.county AND p.receipt_no = s.name
        WHERE s.part = 'receipt' AND p.channel <> 'fiscal' AND p.amount_fen > 0 AND abs(datediff('day', s.received_on, p.paid_on)) <= 30
    ) AS n
    LEFT JOIN paid_otherwise AS o ON o.county = n.county AND o.event_id = n.payment
    WHERE coalesce(o.paid_by, 'collective') = 'collective'
),
-- one row per account of such a payment from which cash of the register, or a collector, ever paid
carriers AS (
    SELECT DISTINCT p.county, p.payer_account
    FROM (SELECT DISTINCT n.county, n.payer_account FROM near AS n WHERE n.payer_account IS NOT NULL) AS a
    INNER JOIN standing_payments AS p ON p.county = a.county AND p.payer_account = a.payer_account
    LEFT JOIN settling_payments AS s ON s.county = p.county AND s.payment = p.event_id
    LEFT JOIN collector_hands AS h ON h.county = p.county AND h.event_id = p.event_id
    WHERE s.payment IS NOT NULL OR h.event_id IS NOT NULL
),
-- one row per such line and payment that no line of its own person, fee and year answers for, that settles none, and whose account, where it is known, also paid
-- cash in: a relative's phone that never did is no collector's
unclaimed AS (
    SELECT n.county, n.event_id, n.payment AS item, n.amount_fen, n.days
    FROM near AS n
    LEFT JOIN register_lines AS l
        ON l.county = n.county AND l.payer = n.payer AND l.fee = n.fee AND l.fee_year = n.fee_year AND l.persons <= 1
    LEFT JOIN settling_payments AS s ON s.county = n.county AND s.payment = n.payment
    LEFT JOIN carriers AS c ON c.county = n.county AND c.payer_account = n.payer_account
    WHERE l.event_id IS NULL AND s.payment IS NULL AND (n.payer_account IS NULL OR c.payer_account IS NOT NULL)
),
-- one row per such line and person whose own lines may have taken less than was paid: its payer, and those on its receipt
beside AS (
    SELECT a.county, a.event_id, a.payer, 'payer' AS how, a.fee, a.fee_year FROM above AS a
    UNION
    SELECT a.county, a.event_id, s.payer, 'receipt' AS how, s.fee, s.fee_year
    FROM above AS a
    INNER JOIN settled AS s ON s.county = a.county AND s.receipt_no = a.receipt_no AND s.collector_id = a.collector_id
    WHERE s.persons <= 1
),
-- one row per such person, fee and year with a line of their own: what was taken
cash AS (
    SELECT s.county, s.payer, s.fee, s.fee_year, CAST(sum(s.amount_fen) AS BIGINT) AS cash_fen, max(s.received_on) AS last_on
    FROM (SELECT DISTINCT b.county, b.payer FROM beside AS b) AS w
    INNER JOIN settled AS s ON s.county = w.county AND s.payer = w.payer
    WHERE s.persons <= 1
    GROUP BY s.county, s.payer, s.fee, s.fee_year
),
-- one row per such person, fee and year that was paid above the cash: by how much
under_lines AS (
    SELECT c.county, c.payer, c.fee, c.fee_year, c.last_on, CAST(sum(p.amount_fen) AS BIGINT) - c.cash_fen AS under_fen
    FROM cash AS c
    INNER JOIN standing_payments AS p ON p.county = c.county AND p.payer = c.payer AND p.fee = c.fee AND p.fee_year = c.fee_year
    LEFT JOIN paid_otherwise AS o ON o.county = p.county AND o.event_id = p.event_id
    WHERE p.channel <> 'fiscal' AND p.amount_fen > 0 AND coalesce(o.paid_by, 'collective') = 'collective'
    GROUP BY c.county, c.payer, c.fee, c.fee_year, c.last_on, c.cash_fen
    HAVING sum(p.amount_fen) > c.cash_fen
),
-- one row per such line and other line of its payer (within 30 days) or receipt that was paid above its cash
under AS (
    SELECT DISTINCT a.county, a.event_id, concat(u.payer, ':', u.fee, ':', CAST(u.fee_year AS VARCHAR)) AS item, least(u.under_fen, a.surplus_fen) AS amount_fen
    FROM above AS a
    INNER JOIN beside AS b ON b.county = a.county AND b.event_id = a.event_id
    INNER JOIN under_lines AS u ON u.county = b.county AND u.payer = b.payer
    WHERE (b.how = 'payer' AND abs(datediff('day', a.received_on, u.last_on)) <= 30)
        OR (b.how = 'receipt' AND u.fee = b.fee AND u.fee_year = b.fee_year)
),
-- one row per such line and amount that may explain its surplus, the nearest in time first, eight at most
items AS (
    SELECT
        i.county, i.event_id, i.amount_fen,
        row_number() OVER (PARTITION BY i.county, i.event_id ORDER BY i.days, i.amount_fen DESC, i.item) AS n
    FROM (
        SELECT u.county, u.event_id, u.item, u.amount_fen, u.days FROM unclaimed AS u
        UNION
        SELECT u.county, u.event_id, u.item, u.amount_fen, 0 AS days FROM under AS u
    ) AS i
    WHERE i.amount_fen > 0
    QUALIFY row_number() OVER (PARTITION BY i.county, i.event_id ORDER BY i.days, i.amount_fen DESC, i.item) <= 8
),
-- one row per such line with its items side by side, and how many choices there are among them
side_by_side AS (
    SELECT
        i.county, i.event_id, max(CASE i.n WHEN 1 THEN 2 WHEN 2 THEN 4 WHEN 3 THEN 8 WHEN 4 THEN 16 WHEN 5 THEN 32 WHEN 6 THEN 64 WHEN 7 THEN 128 ELSE 256 END) AS choices,
        max(CASE WHEN i.n = 1 THEN i.amount_fen ELSE 0 END) AS first_fen, max(CASE WHEN i.n = 2 THEN i.amount_fen ELSE 0 END) AS second_fen,
        max(CASE WHEN i.n = 3 THEN i.amount_fen ELSE 0 END) AS third_fen, max(CASE WHEN i.n = 4 THEN i.amount_fen ELSE 0 END) AS fourth_fen,
        max(CASE WHEN i.n = 5 THEN i.amount_fen ELSE 0 END) AS fifth_fen, max(CASE WHEN i.n = 6 THEN i.amount_fen ELSE 0 END) AS sixth_fen,
        max(CASE WHEN i.n = 7 THEN i.amount_fen ELSE 0 END) AS seventh_fen, max(CASE WHEN i.n = 8 THEN i.amount_fen ELSE 0 END) AS eighth_fen
    FROM items AS i
    GROUP BY i.county, i.event_id
),
-- one row per such line with items: the most that other payments explain without going beyond the surplus; a choice is two numbers whose bits say which of the
-- first and of the last four items it takes
explained AS (
    SELECT t.county, t.event_id, max(t.total_fen) AS explained_fen
    FROM (
        SELECT
            s.county, s.event_id,
            s.first_fen * (f.taken % 2) + s.second_fen * (f.taken // 2 % 2) + s.third_fen * (f.taken // 4 % 2) + s.fourth_fen * (f.taken // 8)
            + s.fifth_fen * (l.taken % 2) + s.sixth_fen * (l.taken // 2 % 2) + s.seventh_fen * (l.taken // 4 % 2) + s.eighth_fen * (l.taken // 8) AS total_fen
        FROM side_by_side AS s
        CROSS JOIN (SELECT unnest([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]) AS taken) AS f
        CROSS JOIN (SELECT unnest([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]) AS taken) AS l
        WHERE l.taken * 16 + f.taken < s.choices
    ) AS t
    INNER JOIN above AS a ON a.county = t.county AND a.event_id = t.event_id
    WHERE t.total_fen <= a.surplus_fen
    GROUP BY t.county, t.event_id
),
-- one row per fee and fee year of which the county handed in payments
paid_fees AS (
    SELECT DISTINCT p.county, p.fee, p.fee_year FROM standing_payments AS p
),
-- one row per such line and legal amount of its payer
legal AS (
    SELECT a.county, a.event_id, a.fee AS line_fee, a.fee_year AS line_year, a.surplus_fen, g.fee, g.fee_year, g.amount_fen
    FROM above AS a
    INNER JOIN legal_amounts AS g ON g.county = a.county AND g.payer = a.payer
),
-- one row per such line whose surplus is what another insurance costs of which the county handed in no payments
unseen AS (
    SELECT DISTINCT g.county, g.event_id
    FROM legal AS g
    LEFT JOIN paid_fees AS p ON p.county = g.county AND p.fee = g.fee AND p.fee_year = g.fee_year
    WHERE g.fee <> g.line_fee AND g.fee_year BETWEEN g.line_year - 1 AND g.line_year + 1 AND g.amount_fen = g.surplus_fen AND p.fee IS NULL
),
-- one row per such line of a tiered fee with what the treasury paid for its payer: the register may state the whole tier
tier_shares AS (
    SELECT a.county, a.event_id, CAST(sum(p.amount_fen) AS BIGINT) AS fiscal_fen
    FROM above AS a
    INNER JOIN (SELECT DISTINCT t.county, t.fee, t.fee_year FROM tariff AS t WHERE t.kind = 'tiers') AS q ON q.county = a.county AND q.fee = a.fee AND q.fee_year = a.fee_year
    INNER JOIN standing_payments AS p ON p.county = a.county AND p.payer = a.payer AND p.fee = a.fee AND p.fee_year = a.fee_year
    WHERE p.channel = 'fiscal'
    GROUP BY a.county, a.event_id
),
-- one row per line for a family: for how many persons payments settle it
families_paid AS (
    SELECT a.county, a.event_id, count(DISTINCT p.payer) AS payers
    FROM above AS a
    INNER JOIN settling_payments AS s ON s.county = a.county AND s.event_id = a.event_id
    INNER JOIN standing_payments AS p ON p.county = s.county AND p.event_id = s.payment
    WHERE a.persons > 1
    GROUP BY a.county, a.event_id
),
-- one row per such line whose payer has a legal amount: the least
least_due AS (
    SELECT g.county, g.event_id, min(g.amount_fen) AS due_fen
    FROM legal AS g
    WHERE g.fee = g.line_fee AND g.fee_year = g.line_year AND g.amount_fen > 0
    GROUP BY g.county, g.event_id
),
-- one row per such line with what stays unexplained; in a family line a whole person's amount missing is an unpaid person, not a surplus
kept AS (
    SELECT
        a.county, a.event_id, a.settled_fen, coalesce(e.explained_fen, 0) AS explained_fen, a.surplus_fen - coalesce(e.explained_fen, 0) AS surplus_fen,
        a.persons, coalesce(f.payers, 0) AS payers, d.due_fen
    FROM above AS a
    LEFT JOIN explained AS e ON e.county = a.county AND e.event_id = a.event_id
    LEFT JOIN unseen AS u ON u.county = a.county AND u.event_id = a.event_id
    LEFT JOIN tier_shares AS t ON t.county = a.county AND t.event_id = a.event_id
    LEFT JOIN families_paid AS f ON f.county = a.county AND f.event_id = a.event_id
    LEFT JOIN least_due AS d ON d.county = a.county AND d.event_id = a.event_id
    WHERE u.event_id IS NULL AND a.surplus_fen > coalesce(e.explained_fen, 0) AND coalesce(t.fiscal_fen, 0) <> a.surplus_fen - coalesce(e.explained_fen, 0)
)
SELECT k.county, k.event_id, k.settled_fen, k.explained_fen, k.surplus_fen
FROM kept AS k
WHERE k.persons <= 1 OR (k.payers >= k.persons AND (k.surplus_fen < k.due_fen OR k.surplus_fen % k.persons = 0))
