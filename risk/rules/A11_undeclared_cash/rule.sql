-- one row per collector, fee and fee year who paid for many people outside the own household though the register shows no cash of theirs
WITH
-- one row per township, fee and year whose register came in: without it nothing can be missing from it
registers_in AS (
    SELECT DISTINCT l.county, l.township, l.fee, l.fee_year
    FROM register_lines AS l
),
-- one row per person, fee and year on the register
registered AS (
    SELECT DISTINCT l.county, l.payer, l.fee, l.fee_year
    FROM register_lines AS l
),
-- one row per household, fee and year with a line for the family
family_lines AS (
    SELECT DISTINCT l.county, l.household, l.fee, l.fee_year
    FROM register_lines AS l
    WHERE l.persons > 1
),
-- one row per payment whose money settles a line
settling AS (
    SELECT DISTINCT s.county, s.payment
    FROM settling_payments AS s
),
-- one row per account that paid for at least three households: nobody's own
shared_accounts AS (
    SELECT p.county, p.payer_account
    FROM standing_payments AS p
    WHERE p.payer_account IS NOT NULL
    GROUP BY p.county, p.payer_account
    HAVING count(DISTINCT p.household) >= 3
),
-- one row per collector and account that is listed as the collector's own
listed_accounts AS (
    SELECT l.county, l.collector_id, l.account
    FROM (SELECT c.county, c.record_id AS collector_id, unnest(c.own_accounts) AS account FROM collectors AS c) AS l
),
-- one row per collector and household in which the collector is, with its days
own_households AS (
    SELECT DISTINCT c.county, c.record_id AS collector_id, h.household_no, h.valid_from, h.valid_to
    FROM collectors AS c
    INNER JOIN households AS h ON h.county = c.county AND h.payer = c.person
),
-- one row per payment and collector whose money or hand made it: known to be so, or named on it with nothing to show that the payer paid
by_hand AS (
    SELECT
        h.county, h.collector_id, h.event_id, h.payer, h.household, h.fee, h.fee_year, h.amount_fen, h.paid_on, h.township, h.village
    FROM collector_hands AS h
    INNER JOIN standing_payments AS p ON p.county = h.county AND p.event_id = h.event_id
    LEFT JOIN shared_accounts AS s ON s.county = p.county AND s.payer_account = p.payer_account
    LEFT JOIN listed_accounts AS a ON a.county = h.county AND a.collector_id = h.collector_id AND a.account = p.payer_account
    WHERE NOT h.group_payer AND h.amount_fen > 0
        AND (
            h.hand IN ('account', 'person', 'card')
            OR a.account IS NOT NULL
            OR (
                h.hand = 'named' AND h.channel IN ('wechat', 'alipay', 'e-tax', 'client', 'cash', 'other')
                AND p.paid_by IS NULL AND (p.payer_account IS NULL OR s.payer_account IS NOT NULL)
            )
        )
),
-- one row per such payment for a person outside the collector's household, without any line
undeclared AS (
    SELECT DISTINCT b.county, b.collector_id, b.event_id, b.payer, b.fee, b.fee_year, b.amount_fen, b.paid_on, b.township, b.village
    FROM by_hand AS b
    INNER JOIN registers_in AS i ON i.county = b.county AND i.township = b.township AND i.fee = b.fee AND i.fee_year = b.fee_year
    LEFT JOIN registered AS r ON r.county = b.county AND r.payer = b.payer AND r.fee = b.fee AND r.fee_year = b.fee_year
    LEFT JOIN family_lines AS f ON f.county = b.county AND f.household = b.household AND f.fee = b.fee AND f.fee_year = b.fee_year
    LEFT JOIN settling AS s ON s.county = b.county AND s.payment = b.event_id
    LEFT JOIN own_households AS o
        ON o.county = b.county AND o.collector_id = b.collector_id AND o.household_no = b.household
        AND (o.valid_from IS NULL OR o.valid_from <= b.paid_on) AND (o.valid_to IS NULL OR o.valid_to >= b.paid_on)
    WHERE r.payer IS NULL AND f.household IS NULL AND s.payment IS NULL AND o.household_no IS NULL
),
-- one row per collector, fee, year and day: how many persons
on_a_day AS (
    SELECT u.county, u.collector_id, u.fee, u.fee_year, u.paid_on, count(DISTINCT u.payer) AS persons
    FROM undeclared AS u
    GROUP BY u.county, u.collector_id, u.fee, u.fee_year, u.paid_on
),
-- one row per collector, fee and year: the day with most
busiest AS (
    SELECT d.county, d.collector_id, d.fee, d.fee_year, max(d.persons) AS day_persons
    FROM on_a_day AS d
    GROUP BY d.county, d.collector_id, d.fee, d.fee_year
),
-- one row per collector, fee and year: persons, money, events
totals AS (
    SELECT
        u.county, u.collector_id, u.fee, u.fee_year, count(DISTINCT u.payer) AS persons, CAST(sum(u.amount_fen) AS BIGINT) AS fen,
        CASE WHEN min(u.township) = max(u.township) THEN min(u.township) END AS township,
        CASE WHEN min(u.village) = max(u.village) THEN min(u.village) END AS village,
        min(u.paid_on) AS first_on, max(u.paid_on) AS last_on, list_sort(list(DISTINCT u.event_id)) AS events
    FROM undeclared AS u
    GROUP BY u.county, u.collector_id, u.fee, u.fee_year
)
SELECT
    t.county, 'watch' AS severity, 'collector' AS subject_type, t.collector_id AS subject_id, t.township, t.village, t.fee, t.fee_year,
    t.fen AS amount_at_risk_fen, CAST(t.persons AS DOUBLE) AS measure,
    CAST(CASE WHEN t.persons >= $season_persons THEN $season_persons ELSE $day_persons END AS DOUBLE) AS threshold,
    t.first_on AS occurred_on, t.events AS evidence,
    struct_pack(persons := t.persons, most_on_a_day := b.day_persons, first_on := t.first_on, last_on := t.last_on) AS details
FROM totals AS t
INNER JOIN busiest AS b ON b.county = t.county AND b.collector_id = t.collector_id AND b.fee = t.fee AND b.fee_year = t.fee_year
WHERE t.persons >= $season_persons OR b.day_persons >= $day_persons
