-- one row per collector, fee and fee year in which cash taken exceeds what was paid for the same persons
WITH RECURSIVE
-- one row per settled register line with its claim: all lines of one person, fee and year, or one line for a family by itself
claimed AS (
    SELECT
        l.county, l.event_id, l.payer, l.fee, l.fee_year, l.amount_fen, l.surplus_fen, l.received_at, l.received_on, l.collector_id, l.township, l.village,
        l.receipt_no, l.persons, l.household,
        CASE WHEN l.persons > 1 THEN l.event_id ELSE concat('person:', l.payer, ':', l.fee, ':', CAST(l.fee_year AS VARCHAR)) END AS claim
    FROM settlement AS l
    WHERE l.state = 'settled'
),
-- one row per claim: what was taken, and what of it no payment settled
claims AS (
    SELECT
        c.county, c.claim, c.payer, c.fee, c.fee_year, max(c.persons) AS persons,
        CAST(sum(c.amount_fen) AS BIGINT) AS cash_fen, CAST(sum(c.surplus_fen) AS BIGINT) AS surplus_fen,
        min(c.received_on) AS first_on, max(c.received_on) AS last_on,
        max(c.household) AS household
    FROM claimed AS c
    GROUP BY c.county, c.claim, c.payer, c.fee, c.fee_year
),
-- one row per claim above what settled it, with the collector and place of its last line
above AS (
    SELECT
        c.county, c.claim, c.payer, c.fee, c.fee_year, c.persons, c.cash_fen, c.first_on, c.last_on, l.collector_id, l.township, l.village,
        c.household, c.surplus_fen
    FROM claims AS c
    INNER JOIN claimed AS l ON l.county = c.county AND l.claim = c.claim
    WHERE c.surplus_fen >= $from_fen
    QUALIFY row_number() OVER (PARTITION BY c.county, c.claim ORDER BY l.received_at DESC NULLS LAST, l.event_id DESC NULLS LAST) = 1
),
-- one row per such claim and other claim of the same payer, or on the same receipt
beside AS (
    SELECT a.county, a.claim, o.claim AS other, o.payer, o.fee, o.fee_year, o.cash_fen, a.surplus_fen
    FROM above AS a
    INNER JOIN claims AS o ON o.county = a.county AND o.payer = a.payer
    WHERE o.persons <= 1 AND abs(datediff('day', a.last_on, o.last_on)) <= $bundle_days
    UNION
    SELECT a.county, a.claim, o.claim AS other, o.payer, o.fee, o.fee_year, o.cash_fen, a.surplus_fen
    FROM above AS a
    INNER JOIN claimed AS c ON c.county = a.county AND c.claim = a.claim
    INNER JOIN claimed AS d ON d.county = c.county AND d.receipt_no = c.receipt_no AND d.collector_id = c.collector_id
    INNER JOIN claims AS o ON o.county = d.county AND o.claim = d.claim
    WHERE o.persons <= 1
),
-- one row per standing payment that may be cash paid in, neither the treasury's nor shown to be another's own, for the payer of such claims, the household, or on the receipt
money AS (
    SELECT p.county, p.event_id, p.payer, p.fee, p.fee_year, p.amount_fen, p.paid_on, p.receipt_no, p.household
    FROM (
        SELECT p.county, p.event_id, p.payer, p.fee, p.fee_year, p.amount_fen, p.paid_on, p.receipt_no, p.household, p.channel
        FROM (
            SELECT a.county, a.payer FROM above AS a
            UNION
            SELECT b.county, b.payer FROM beside AS b
        ) AS k
        INNER JOIN standing_payments AS p ON p.county = k.county AND p.payer = k.payer
        UNION
        SELECT p.county, p.event_id, p.payer, p.fee, p.fee_year, p.amount_fen, p.paid_on, p.receipt_no, p.household, p.channel
        FROM above AS a
        INNER JOIN standing_payments AS p ON p.county = a.county AND p.household = a.household
        UNION
        SELECT p.county, p.event_id, p.payer, p.fee, p.fee_year, p.amount_fen, p.paid_on, p.receipt_no, p.household, p.channel
        FROM above AS a
        INNER JOIN claimed AS c ON c.county = a.county AND c.claim = a.claim
        INNER JOIN standing_payments AS p ON p.county = c.county AND p.receipt_no = c.receipt_no
    ) AS p
    LEFT JOIN paid_otherwise AS o ON o.county = p.county AND o.event_id = p.event_id
    WHERE p.channel <> 'fiscal' AND p.amount_fen > 0 AND coalesce(o.paid_by, 'collective') = 'collective'
),
-- one row per person, fee and year: what was paid
paid AS (
    SELECT m.county, m.payer, m.fee, m.fee_year, CAST(sum(m.amount_fen) AS BIGINT) AS paid_fen
    FROM money AS m
    GROUP BY m.county, m.payer, m.fee, m.fee_year
),
-- one row per payment that no line of its own person, fee and year answers for and that settles none
unclaimed AS (
    SELECT m.county, m.event_id, m.payer, m.amount_fen, m.paid_on, m.receipt_no, m.household
    FROM money AS m
    LEFT JOIN register_lines AS l
        ON l.county = m.county AND l.payer = m.payer AND l.fee = m.fee AND l.fee_year = m.fee_year AND l.persons <= 1
    LEFT JOIN settling_payments AS s ON s.county = m.county AND s.payment = m.event_id
    WHERE l.event_id IS NULL AND s.payment IS NULL
),
-- one row per claim and payment that the same money may have paid: the payer's other insurance or year, the household's, the receipt's
near AS (
    SELECT a.county, a.claim, u.event_id, u.amount_fen, u.paid_on, a.first_on, a.last_on
    FROM above AS a
    INNER JOIN unclaimed AS u ON u.county = a.county AND u.payer = a.payer
    UNION
    SELECT a.county, a.claim, u.event_id, u.amount_fen, u.paid_on, a.first_on, a.last_on
    FROM above AS a
    INNER JOIN unclaimed AS u ON u.county = a.county AND u.household = a.household
    UNION
    SELECT a.county, a.claim, u.event_id, u.amount_fen, u.paid_on, a.first_on, a.last_on
    FROM above AS a
    INNER JOIN claimed AS c ON c.county = a.county AND c.claim = a.claim
    INNER JOIN unclaimed AS u ON u.county = c.county AND u.receipt_no = c.receipt_no
),
-- one row per claim and other such claim that was paid above its cash
under AS (
    SELECT b.county, b.claim, b.other, coalesce(p.paid_fen, 0) - b.cash_fen AS amount_fen, b.surplus_fen
    FROM beside AS b
    LEFT JOIN paid AS p ON p.county = b.county AND p.payer = b.payer AND p.fee = b.fee AND p.fee_year = b.fee_year
    WHERE coalesce(p.paid_fen, 0) > b.cash_fen
),
-- one row per claim and amount that may explain its surplus, the nearest in time first
items AS (
    SELECT
        i.county, i.claim, i.item, i.amount_fen,
        row_number() OVER (PARTITION BY i.county, i.claim ORDER BY i.days, i.amount_fen DESC, i.item) AS n
    FROM (
        SELECT
            w.county, w.claim, w.event_id AS item, w.amount_fen,
            greatest(0, datediff('day', w.paid_on, w.first_on), datediff('day', w.last_on, w.paid_on)) AS days
        FROM near AS w
        UNION ALL
        SELECT u.county, u.claim, u.other AS item, least(u.amount_fen, u.surplus_fen) AS amount_fen, 0 AS days
        FROM under AS u
    ) AS i
    WHERE i.days <= $bundle_days
    QUALIFY row_number() OVER (PARTITION BY i.county, i.claim ORDER BY i.days, i.amount_fen DESC, i.item) <= $bundle_items
),
-- one row per collector, village, fee, year and day: the surpluses of claims of that one day
day_surpluses AS (
    SELECT a.county, a.collector_id, a.village, a.fee, a.fee_year, a.last_on, sum(a.surplus_fen) AS surplus_fen
    FROM above AS a
    WHERE a.first_on = a.last_on
    GROUP BY a.county, a.collector_id, a.village, a.fee, a.fee_year, a.last_on
),
-- one row per such day on which the collector paid in just that for villagers without a line: a family's money on one line that does not say so
balanced AS (
    SELECT t.county, t.collector_id, t.village, t.fee, t.fee_year, t.last_on
    FROM day_surpluses AS t
    INNER JOIN standing_payments AS p
        ON p.county = t.county AND p.village = t.village AND p.fee = t.fee AND p.fee_year = t.fee_year AND p.paid_on = t.last_on
    INNER JOIN (SELECT DISTINCT k.county, k.event_id, k.collector_id FROM collector_hands AS k) AS h
        ON h.county = p.county AND h.event_id = p.event_id AND h.collector_id = t.collector_id
    LEFT JOIN paid_otherwise AS o ON o.county = p.county AND o.event_id = p.event_id
    LEFT JOIN register_lines AS l
        ON l.county = p.county AND l.payer = p.payer AND l.fee = p.fee AND l.fee_year = p.fee_year AND l.persons <= 1
    LEFT JOIN settling_payments AS s ON s.county = p.county AND s.payment = p.event_id
    WHERE p.channel <> 'fiscal' AND p.amount_fen > 0 AND coalesce(o.paid_by, 'collective') = 'collective'
        AND l.event_id IS NULL AND s.payment IS NULL
    GROUP BY t.county, t.collector_id, t.village, t.fee, t.fee_year, t.last_on, t.surplus_fen
    HAVING sum(p.amount_fen) = t.surplus_fen
),
-- one row per claim that all its items together do not explain to the fen, nor its collector's day
open_claims AS (
    SELECT a.county, a.claim, a.surplus_fen
    FROM above AS a
    LEFT JOIN items AS i ON i.county = a.county AND i.claim = a.claim
    LEFT JOIN balanced AS d
        ON d.county = a.county AND d.collector_id = a.collector_id AND d.village = a.village AND d.fee = a.fee AND d.fee_year = a.fee_year
        AND d.last_on = a.last_on AND a.first_on = a.last_on
    WHERE d.county IS NULL
    GROUP BY a.county, a.claim, a.surplus_fen
    HAVING coalesce(sum(i.amount_fen), 0) <> a.surplus_fen
),
-- one row per open claim and choice among its first n items that does not exceed the surplus
choices AS (
    SELECT o.county, o.claim, o.surplus_fen, CAST(0 AS BIGINT) AS n, CAST(0 AS BIGINT) AS total_fen
    FROM open_claims AS o
    UNION ALL
    SELECT c.county, c.claim, c.surplus_fen, i.n, c.total_fen + i.amount_fen * t.taken AS total_fen
    FROM choices AS c
    INNER JOIN items AS i ON i.county = c.county AND i.claim = c.claim AND i.n = c.n + 1
    INNER JOIN (SELECT 0 AS taken UNION ALL SELECT 1 AS taken) AS t ON c.total_fen + i.amount_fen * t.taken <= c.surplus_fen
),
-- one row per open claim: the most that bundling explains
bundled AS (
    SELECT c.county, c.claim, max(c.total_fen) AS explained_fen
    FROM choices AS c
    GROUP BY c.county, c.claim
),
-- one row per person, fee and year: what was given back
given_back AS (
    SELECT r.county, r.payer, r.fee, r.fee_year, CAST(sum(r.amount_fen) AS BIGINT) AS back_fen
    FROM refunds AS r
    GROUP BY r.county, r.payer, r.fee, r.fee_year
),
-- one row per such claim whose payer has a legal amount: the least
least_due AS (
    SELECT a.county, a.claim, min(g.amount_fen) AS due_fen
    FROM above AS a
    INNER JOIN legal_amounts AS g ON g.county = a.county AND g.payer = a.payer AND g.fee = a.fee AND g.fee_year = a.fee_year
    WHERE g.amount_fen > 0
    GROUP BY a.county, a.claim
),
-- one row per line for a family: for how many persons payments settle it
families_paid AS (
    SELECT s.county, s.event_id, count(DISTINCT p.payer) AS payers
    FROM settling_payments AS s
    INNER JOIN standing_payments AS p ON p.county = s.county AND p.event_id = s.payment
    INNER JOIN register_lines AS l ON l.county = s.county AND l.event_id = s.event_id
    WHERE l.persons > 1
    GROUP BY s.county, s.event_id
),
-- one row per claim whose surplus stands; in a family line a whole person's amount missing is an unpaid person, not a surplus
kept AS (
    SELECT
        a.county, a.claim, a.payer, a.fee, a.fee_year, a.first_on, a.collector_id, a.township, a.village, a.cash_fen,
        CASE
            WHEN g.back_fen <= a.surplus_fen - b.explained_fen THEN a.surplus_fen - b.explained_fen - g.back_fen
            ELSE a.surplus_fen - b.explained_fen
        END AS kept_fen,
        a.persons, coalesce(y.payers, 0) AS payers, d.due_fen
    FROM above AS a
    LEFT JOIN families_paid AS y ON y.county = a.county AND y.event_id = a.claim
    INNER JOIN bundled AS b ON b.county = a.county AND b.claim = a.claim
    LEFT JOIN given_back AS g ON g.county = a.county AND g.payer = a.payer AND g.fee = a.fee AND g.fee_year = a.fee_year
    LEFT JOIN least_due AS d ON d.county = a.county AND d.claim = a.claim
),
-- one row per claim that is found; a family line only where payments for all its persons are known
found AS (
    SELECT k.county, k.claim, k.payer, k.fee, k.fee_year, k.first_on, k.collector_id, k.township, k.village, k.cash_fen, k.kept_fen
    FROM kept AS k
    WHERE k.kept_fen >= $from_fen AND (k.persons <= 1 OR (k.payers >= k.persons AND k.kept_fen < k.due_fen))
),
-- one row per found claim and event that shows it: its lines, and the payments of its person or bundle
shown AS (
    SELECT f.county, f.claim, c.event_id
    FROM found AS f
    INNER JOIN claimed AS c ON c.county = f.county AND c.claim = f.claim
    UNION
    SELECT f.county, f.claim, m.event_id
    FROM found AS f
    INNER JOIN money AS m ON m.county = f.county AND m.payer = f.payer AND m.fee = f.fee AND m.fee_year = f.fee_year
),
-- one row per collector, fee and fee year: the events
evidence AS (
    SELECT f.county, f.collector_id, f.fee, f.fee_year, list_sort(list(DISTINCT s.event_id)) AS events
    FROM found AS f
    INNER JOIN shown AS s ON s.county = f.county AND s.claim = f.claim
    GROUP BY f.county, f.collector_id, f.fee, f.fee_year
),
-- one row per collector, fee and fee year: counts and amounts
totals AS (
    SELECT
        f.county, f.collector_id, f.fee, f.fee_year,
        CASE WHEN min(f.township) = max(f.township) THEN min(f.township) END AS township,
        CASE WHEN min(f.village) = max(f.village) THEN min(f.village) END AS village,
        count(*) AS lines, CAST(sum(f.kept_fen) AS BIGINT) AS kept_fen, CAST(sum(f.cash_fen) AS BIGINT) AS cash_fen,
        max(f.kept_fen) AS largest_fen, min(f.first_on) AS first_on
    FROM found AS f
    GROUP BY f.county, f.collector_id, f.fee, f.fee_year
)
SELECT
    t.county,
    CASE
        WHEN t.kept_fen >= $critical_fen THEN 'critical'
        WHEN t.lines >= $high_lines THEN 'high'
        WHEN t.lines >= $medium_lines OR t.kept_fen >= $medium_fen THEN 'medium'
        ELSE 'low'
    END AS severity,
    'collector' AS subject_type, t.collector_id AS subject_id, t.township, t.village, t.fee, t.fee_year,
    t.kept_fen AS amount_at_risk_fen, CAST(t.largest_fen AS DOUBLE) AS measure, CAST($from_fen AS DOUBLE) AS threshold,
    t.first_on AS occurred_on, e.events AS evidence,
    struct_pack(lines := t.lines, cash_fen := t.cash_fen, largest_fen := t.largest_fen, first_on := t.first_on) AS details
FROM totals AS t
INNER JOIN evidence AS e
    ON e.county = t.county AND e.collector_id = t.collector_id AND e.fee = t.fee AND e.fee_year = t.fee_year
