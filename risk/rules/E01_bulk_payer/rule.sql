-- one row per account, fee and fee year that paid for many persons of several households and belongs to no collector, office or registered group payer; where the records name who paid and no account, per payer instead
WITH
-- one row per county that has a household register
registered AS (
    SELECT DISTINCT h.county FROM households AS h
),
-- one row per payment that names no account and no card but another person who paid, and that no collector had a hand in
named AS (
    SELECT
        p.county, p.event_id, p.paid_by, p.payer, p.household, p.fee, p.fee_year, p.amount_fen, p.channel, p.paid_on, p.township, p.village
    FROM standing_payments AS p
    LEFT JOIN collector_hands AS h ON h.county = p.county AND h.event_id = p.event_id
    WHERE p.payer_account IS NULL AND p.terminal_id IS NULL AND p.pos_reference IS NULL AND p.paid_by <> p.payer AND h.event_id IS NULL
        AND p.channel NOT IN ('fiscal', 'bank-batch', 'treasury-link', 'client') AND p.amount_fen > 0
),
-- one row per such payment whose person or family is on the cash register, or that settles a line
named_lines AS (
    SELECT n.county, n.event_id
    FROM named AS n
    INNER JOIN register_lines AS l ON l.county = n.county AND l.payer = n.payer AND l.fee = n.fee AND l.fee_year = n.fee_year
    UNION
    SELECT n.county, n.event_id
    FROM named AS n
    INNER JOIN register_lines AS l ON l.county = n.county AND l.household = n.household AND l.fee = n.fee AND l.fee_year = n.fee_year
    WHERE l.persons > 1
    UNION
    SELECT n.county, n.event_id
    FROM named AS n
    INNER JOIN settling_payments AS s ON s.county = n.county AND s.payment = n.event_id
),
-- one row per account with so many payments in all
large AS (
    SELECT q.county, q.account
    FROM (
        SELECT a.county, a.account FROM account_payments AS a
        UNION ALL
        SELECT n.county, n.paid_by AS account FROM named AS n
    ) AS q
    GROUP BY q.county, q.account
    HAVING count(*) >= $from_persons
),
-- one row per payment of these with the account that paid it, else the person
payments_by AS (
    SELECT
        a.county, a.event_id, 'account' AS subject_type, a.account, a.masked, a.payer, a.household, a.fee, a.fee_year, a.amount_fen, a.paid_on,
        a.township, a.village, a.has_line, a.at_counter
    FROM large AS g
    INNER JOIN account_payments AS a ON a.county = g.county AND a.account = g.account
    UNION ALL
    SELECT
        n.county, n.event_id, 'payer' AS subject_type, n.paid_by AS account, FALSE AS masked, n.payer, n.household, n.fee, n.fee_year, n.amount_fen, n.paid_on,
        n.township, n.village, l.event_id IS NOT NULL AS has_line, n.channel IN ('tax-hall', 'bank-counter') AS at_counter
    FROM large AS g
    INNER JOIN named AS n ON n.county = g.county AND n.paid_by = g.account
    LEFT JOIN named_lines AS l ON l.county = n.county AND l.event_id = n.event_id
),
-- one row per account with so many payments of some fee and year that it may have paid for too many persons
busy AS (
    SELECT DISTINCT q.county, q.account
    FROM (
        SELECT b.county, b.account
        FROM payments_by AS b
        GROUP BY b.county, b.account, b.fee, b.fee_year
        HAVING count(*) >= $from_persons
    ) AS q
),
-- one row per such account whose known payers are all of one household: the family's own money
own_homes AS (
    SELECT b.county, b.account, min(h.household_no) AS household_no
    FROM busy AS a
    INNER JOIN payments_by AS b ON b.county = a.county AND b.account = a.account
    INNER JOIN standing_payments AS s ON s.county = b.county AND s.event_id = b.event_id
    INNER JOIN households AS h ON h.county = s.county AND h.payer = s.paid_by
    GROUP BY b.county, b.account
    HAVING min(h.household_no) = max(h.household_no)
),
-- one row per payment for another household, with the group in which it counts: all of a whole account, only those of one village and day of a masked one, whose token may collide
paid AS (
    SELECT
        b.county, b.event_id, b.subject_type, b.account, b.masked, b.payer, b.household, b.fee, b.fee_year, b.amount_fen, b.paid_on, b.township, b.village,
        b.has_line, b.at_counter, coalesce(b.fee_year - s.payer_born <= $pupil_age, FALSE) AS pupil,
        CASE WHEN b.masked THEN concat(b.village, ':', CAST(b.paid_on AS VARCHAR)) ELSE 'all' END AS unit
    FROM busy AS a
    INNER JOIN payments_by AS b ON b.county = a.county AND b.account = a.account
    INNER JOIN registered AS r ON r.county = b.county
    INNER JOIN standing_payments AS s ON s.county = b.county AND s.event_id = b.event_id
    LEFT JOIN own_homes AS o ON o.county = b.county AND o.account = b.account AND o.household_no = b.household
    WHERE o.account IS NULL
),
-- one row per account, fee, fee year and group, and person, household and village there
persons AS (
    SELECT
        p.county, p.subject_type, p.account, p.masked, p.fee, p.fee_year, p.unit, p.payer, p.household, p.township, p.village,
        bool_or(p.has_line) AS has_line, bool_or(p.pupil) AS pupil, bool_and(p.at_counter) AS at_counter,
        sum(p.amount_fen) AS paid_fen, min(p.paid_on) AS first_on, max(p.paid_on) AS last_on
    FROM paid AS p
    GROUP BY p.county, p.subject_type, p.account, p.masked, p.fee, p.fee_year, p.unit, p.payer, p.household, p.township, p.village
),
-- one row per account, fee, fee year and group: persons, households, and what speaks for a collector or an office
units AS (
    SELECT
        p.county, p.subject_type, p.account, p.masked, p.fee, p.fee_year, p.unit,
        count(DISTINCT p.payer) AS persons, count(DISTINCT p.household) AS households, count(DISTINCT p.township) AS townships,
        count(DISTINCT CASE WHEN p.has_line THEN p.payer END) AS lined, count(DISTINCT CASE WHEN p.pupil THEN p.payer END) AS pupils, bool_and(p.at_counter) AS at_counter,
        CAST(sum(p.paid_fen) AS BIGINT) AS paid_fen, min(p.first_on) AS first_on, max(p.last_on) AS last_on,
        min(p.township) AS first_township, max(p.township) AS last_township, min(p.village) AS first_village, max(p.village) AS last_village
    FROM persons AS p
    GROUP BY p.county, p.subject_type, p.account, p.masked, p.fee, p.fee_year, p.unit
),
-- one row per account that in some fee and year paid mostly for persons on the cash register: a collector's, whatever the other years' registers say
lined_accounts AS (
    SELECT DISTINCT u.county, u.account
    FROM units AS u
    WHERE u.persons >= $from_persons AND u.lined * 100 >= u.persons * $register_percent
),
-- one row per county, fee and year with a cash register
kept AS (
    SELECT DISTINCT l.county, l.fee, l.fee_year FROM register_lines AS l
),
-- one row per county with a cash register of some year
keeping AS (
    SELECT DISTINCT k.county FROM kept AS k
),
-- one row per group of too many persons; where cash lines exist for most of them it is a collector's account, where a counter serves several townships an office's
bulky AS (
    SELECT
        u.county, u.subject_type, u.account, u.masked, u.fee, u.fee_year, u.unit, u.persons, u.households, u.townships, u.pupils, u.paid_fen, u.first_on, u.last_on,
        CASE WHEN u.first_township = u.last_township THEN u.first_township END AS township,
        CASE WHEN u.first_village = u.last_village THEN u.first_village END AS village
    FROM units AS u
    LEFT JOIN lined_accounts AS c ON c.county = u.county AND c.account = u.account
    LEFT JOIN keeping AS g ON g.county = u.county
    LEFT JOIN kept AS k ON k.county = u.county AND k.fee = u.fee AND k.fee_year = u.fee_year
    WHERE u.persons >= $from_persons AND u.households >= $from_households
        AND c.account IS NULL AND (g.county IS NULL OR k.county IS NOT NULL)
        AND NOT (u.at_counter AND u.townships >= $office_townships)
),
-- one row per account, fee and fee year: its largest group
largest AS (
    SELECT
        b.county, b.subject_type, b.account, b.masked, b.fee, b.fee_year, b.unit, b.persons, b.households, b.pupils, b.paid_fen, b.first_on, b.last_on, b.township, b.village
    FROM bulky AS b
    QUALIFY row_number() OVER (PARTITION BY b.county, b.account, b.fee, b.fee_year ORDER BY b.persons DESC, b.unit) = 1
),
-- one row per such group and the village in which most of its persons are
homes AS (
    SELECT p.county, p.account, p.masked, p.fee, p.fee_year, p.unit, p.village, count(DISTINCT p.payer) AS persons
    FROM largest AS l
    INNER JOIN persons AS p
        ON p.county = l.county AND p.account = l.account AND p.masked = l.masked AND p.fee = l.fee AND p.fee_year = l.fee_year AND p.unit = l.unit
    WHERE p.village IS NOT NULL
    GROUP BY p.county, p.account, p.masked, p.fee, p.fee_year, p.unit, p.village
    QUALIFY row_number() OVER (PARTITION BY p.county, p.account, p.masked, p.fee, p.fee_year ORDER BY count(DISTINCT p.payer) DESC, p.village) = 1
),
-- one row per village and collector of it on the list who is no group payer, with whether an account of his is known, by the list or by a payment, and whether his own number is
village_collectors AS (
    SELECT
        c.county, c.village, c.collector_id, c.person IS NOT NULL AS person_known,
        coalesce(array_length(c.own_accounts), 0) > 0 OR h.collector_id IS NOT NULL AS account_known
    FROM (
        SELECT k.county, k.record_id AS collector_id, k.person, k.own_accounts, unnest(k.division) AS village
        FROM collectors AS k WHERE k.role <> 'group-payer'
    ) AS c
    LEFT JOIN (
        SELECT DISTINCT h.county, h.collector_id FROM collector_hands AS h WHERE h.payer_account IS NOT NULL AND h.hand IN ('named', 'account', 'person')
    ) AS h ON h.county = c.county AND h.collector_id = c.collector_id
    WHERE length(c.village) = 12
),
-- one row per such group nearly all of whose persons are of one village with a collector whom nothing in the records could tell from the account or person that paid
perhaps_collectors AS (
    SELECT DISTINCT l.county, l.account, l.fee, l.fee_year
    FROM largest AS l
    INNER JOIN homes AS h ON h.county = l.county AND h.account = l.account AND h.masked = l.masked AND h.fee = l.fee AND h.fee_year = l.fee_year
    INNER JOIN village_collectors AS c ON c.county = h.county AND c.village = h.village
    WHERE h.persons * 100 >= l.persons * $home_percent
        AND ((l.subject_type = 'account' AND NOT c.account_known) OR (l.subject_type = 'payer' AND NOT c.person_known))
),
-- one row per village, fee and fee year of such a group: persons paid for by whomever
villages AS (
    SELECT w.county, w.village, w.fee, w.fee_year, count(DISTINCT p.payer) AS payers
    FROM (SELECT DISTINCT l.county, l.village, l.fee, l.fee_year FROM largest AS l) AS w
    INNER JOIN standing_payments AS p ON p.county = w.county AND p.village = w.village AND p.fee = w.fee AND p.fee_year = w.fee_year
    WHERE p.channel <> 'fiscal'
    GROUP BY w.county, w.village, w.fee, w.fee_year
),
-- one row per account, fee and fee year: the payments
evidence AS (
    SELECT l.county, l.account, l.fee, l.fee_year, list_sort(list(DISTINCT p.event_id)) AS events
    FROM largest AS l
    INNER JOIN paid AS p
        ON p.county = l.county AND p.account = l.account AND p.masked = l.masked AND p.fee = l.fee AND p.fee_year = l.fee_year AND p.unit = l.unit
    GROUP BY l.county, l.account, l.fee, l.fee_year
)
SELECT
    l.county,
    CASE
        WHEN c.account IS NOT NULL THEN 'watch'
        WHEN l.masked THEN 'low'
        WHEN l.pupils * 100 >= l.persons * $pupil_percent THEN 'low'
        WHEN l.persons * 100 >= v.payers * $village_percent THEN 'low'
        WHEN l.persons >= $high_persons AND l.village IS NULL THEN 'high'
        WHEN l.persons >= $medium_persons THEN 'medium'
        ELSE 'low'
    END AS severity,
    l.subject_type, l.account AS subject_id, l.township, l.village, l.fee, l.fee_year,
    l.paid_fen AS amount_at_risk_fen, CAST(l.persons AS DOUBLE) AS measure, CAST($from_persons AS DOUBLE) AS threshold,
    l.first_on AS occurred_on, e.events AS evidence,
    struct_pack(
        who_zh := CASE WHEN l.subject_type = 'payer' THEN '一人' ELSE '一个账户' END,
        who_en := CASE WHEN l.subject_type = 'payer' THEN 'one person' ELSE 'one account' END,
        persons := l.persons, households := l.households, first_on := l.first_on, last_on := l.last_on, masked := l.masked
    ) AS details
FROM largest AS l
LEFT JOIN perhaps_collectors AS c ON c.county = l.county AND c.account = l.account AND c.fee = l.fee AND c.fee_year = l.fee_year
LEFT JOIN villages AS v ON v.county = l.county AND v.village = l.village AND v.fee = l.fee AND v.fee_year = l.fee_year
INNER JOIN evidence AS e ON e.county = l.county AND e.account = l.account AND e.fee = l.fee AND e.fee_year = l.fee_year
