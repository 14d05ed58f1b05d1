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
-- one row per collector and account that is listed as the collector's own
listed_accounts AS (
    SELECT DISTINCT l.county, l.collector_id, l.account
    FROM (SELECT c.county, c.record_id AS collector_id, unnest(c.own_accounts) AS account FROM collectors AS c) AS l
),
-- one row per collector and household in which the collector is, with its days
own_households AS (
    SELECT DISTINCT c.county, c.record_id AS collector_id, h.household_no, h.valid_from, h.valid_to
    FROM collectors AS c
    INNER JOIN households AS h ON h.county = c.county AND h.payer = c.person
),
-- one row per payment with a collector's hand, of a register that came in, for a person outside the collector's household, without any line
unlisted AS (
    SELECT h.county, h.collector_id, h.event_id, h.payer, h.fee, h.fee_year, h.amount_fen, h.paid_on, h.township, h.village, h.hand, h.channel
    FROM collector_hands AS h
    INNER JOIN registers_in AS i ON i.county = h.county AND i.township = h.township AND i.fee = h.fee AND i.fee_year = h.fee_year
    LEFT JOIN registered AS r ON r.county = h.county AND r.payer = h.payer AND r.fee = h.fee AND r.fee_year = h.fee_year
    LEFT JOIN family_lines AS f ON f.county = h.county AND f.household = h.household AND f.fee = h.fee AND f.fee_year = h.fee_year
    LEFT JOIN settling AS s ON s.county = h.county AND s.payment = h.event_id
    LEFT JOIN own_households AS o
        ON o.county = h.county AND o.collector_id = h.collector_id AND o.household_no = h.household
        AND (o.valid_from IS NULL OR o.valid_from <= h.paid_on) AND (o.valid_to IS NULL OR o.valid_to >= h.paid_on)
    WHERE NOT h.group_payer AND h.amount_fen > 0
        AND r.payer IS NULL AND f.household IS NULL AND s.payment IS NULL AND o.household_no IS NULL
),
-- one row per collector, fee and year with as many persons as may be found
busy AS (
    SELECT u.county, u.collector_id, u.fee, u.fee_year
    FROM unlisted AS u
    GROUP BY u.county, u.collector_id, u.fee, u.fee_year
    HAVING count(DISTINCT u.payer) >= least($season_persons, $day_persons)
),
-- one row per such payment of such a collector, with the account that paid it and who
many AS (
    SELECT
        u.county, u.collector_id, u.event_id, u.payer, u.fee, u.fee_year, u.amount_fen, u.paid_on, u.township, u.village, u.hand, u.channel,
        p.payer_account, p.paid_by
    FROM busy AS b
    INNER JOIN unlisted AS u ON u.county = b.county AND u.collector_id = b.collector_id AND u.fee = b.fee AND u.fee_year = b.fee_year
    INNER JOIN standing_payments AS p ON p.county = u.county AND p.event_id = u.event_id
),
-- one row per account of these that paid for at least three households: nobody's own
shared_accounts AS (
    SELECT p.county, p.payer_account
    FROM (SELECT DISTINCT m.county, m.payer_account FROM many AS m WHERE m.hand = 'named') AS m
    INNER JOIN standing_payments AS p ON p.county = m.county AND p.payer_account = m.payer_account
    GROUP BY p.county, p.payer_account
    HAVING count(DISTINCT p.household) >= 3
),
-- one row per such payment that the collector's money or hand made: known to be so, or named on it with nothing to show that the payer paid
undeclared AS (
    SELECT m.county, m.collector_id, m.event_id, m.payer, m.fee, m.fee_year, m.amount_fen, m.paid_on, m.township, m.village
    FROM many AS m
    LEFT JOIN shared_accounts AS s ON s.county = m.county AND s.payer_account = m.payer_account
    LEFT JOIN listed_accounts AS a ON a.county = m.county AND a.collector_id = m.collector_id AND a.account = m.payer_account
    WHERE m.hand IN ('account', 'person', 'card')
        OR a.account IS NOT NULL
        OR (
            m.hand = 'named' AND m.channel IN ('wechat', 'alipay', 'e-tax', 'client', 'cash', 'other')
            AND m.paid_by IS NULL AND (m.payer_account IS NULL OR s.payer_account IS NOT NULL)
        )
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
