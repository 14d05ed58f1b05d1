-- one row per refund that moved money (told of by several sources: once), with the office that owes its list, whose account took it (payer, family, collector, unit, other; NULL: not known), whether it only hands on what such an account took, whether it gives back cash that was never paid in, and the payer's place
WITH
-- one row per refund, numbered among its likes of one source
reported AS (
    SELECT
        r.county, r.event_id, r.source, r.record_id, r.payment_id, r.payer, r.payer_near, r.payer_name_birth, r.fee, r.fee_year, r.amount_fen,
        r.reason, r.refunded_at, r.refunded_on, r.timed, r.listed_on, r.refund_account, r.refund_account_weak, r.refund_account_masked, r.account_holder, r.account_holder_born,
        r.account_holder_near, r.account_holder_name_birth, r.collector_id,
        row_number() OVER (
            PARTITION BY r.county, r.source, r.payer, r.fee, r.fee_year, r.amount_fen, r.refunded_on
            ORDER BY r.payment_id NULLS LAST, r.listed_on NULLS LAST, r.event_id
        ) AS nth
    FROM refunds AS r
    WHERE r.amount_fen > 0 AND r.payer IS NOT NULL
),
-- one row per refund, a second source's report of it left out
once AS (
    SELECT
        r.county, r.event_id, r.source, r.record_id, r.payment_id, r.payer, r.payer_near, r.payer_name_birth, r.fee, r.fee_year, r.amount_fen,
        r.reason, r.refunded_at, r.refunded_on, r.timed, r.listed_on, r.refund_account, r.refund_account_weak, r.refund_account_masked, r.account_holder, r.account_holder_born,
        r.account_holder_near, r.account_holder_name_birth, r.collector_id,
        ltrim(upper(replace(r.payment_id, ' ', '')), '0') AS reference
    FROM reported AS r
    QUALIFY row_number() OVER (
        PARTITION BY r.county, r.payer, r.fee, r.fee_year, r.amount_fen, r.refunded_on, r.nth
        ORDER BY r.listed_on NULLS LAST, r.payment_id NULLS LAST, r.event_id
    ) = 1
),
-- one row per account whose holder the refunds name without contradiction
holders AS (
    SELECT r.county, r.refund_account, min(r.account_holder) AS holder, min(r.account_holder_born) AS born
    FROM refunds AS r
    WHERE r.refund_account IS NOT NULL AND r.account_holder IS NOT NULL
    GROUP BY r.county, r.refund_account
    HAVING count(DISTINCT r.account_holder) = 1
),
-- one row per refund with its account's holder
held AS (
    SELECT
        o.county, o.event_id, o.source, o.payer, o.payer_near, o.payer_name_birth, o.refund_account, o.account_holder_near, o.account_holder_name_birth,
        coalesce(o.account_holder, h.holder) AS holder,
        CASE WHEN o.account_holder IS NULL THEN h.born ELSE o.account_holder_born END AS holder_born
    FROM once AS o
    LEFT JOIN holders AS h ON h.county = o.county AND h.refund_account = o.refund_account
),
-- one row per source whose holders' numbers cannot be read as residents' (masked, or cut off): no holder of it is known to be a unit
unreadable AS (
    SELECT o.county, o.source
    FROM once AS o
    WHERE o.account_holder IS NOT NULL
    GROUP BY o.county, o.source
    HAVING
        count(DISTINCT CASE WHEN o.account_holder_born IS NULL THEN o.account_holder END) >= 5
        AND 2 * count(DISTINCT CASE WHEN o.account_holder_born IS NULL THEN o.account_holder END) > count(DISTINCT o.account_holder)
),
-- one row per account or person of a collector, with whether it is a unit's or school's that pays for its people
of_collectors AS (
    SELECT t.county, t.token, bool_and(t.group_payer) AS group_payer
    FROM (
        SELECT c.county, a.token, c.role = 'group-payer' AS group_payer FROM collectors AS c, unnest(c.own_accounts) AS a(token)
        UNION ALL
        SELECT c.county, c.person AS token, c.role = 'group-payer' AS group_payer FROM collectors AS c
    ) AS t
    WHERE t.token IS NOT NULL
    GROUP BY t.county, t.token
),
-- one row per refund to the payer's own account
to_payer AS (
    SELECT h.county, h.event_id
    FROM held AS h
    WHERE
        h.holder = h.payer OR list_contains(h.payer_near, h.holder) OR list_contains(h.account_holder_near, h.payer)
        OR h.payer_name_birth = h.account_holder_name_birth
),
-- one row per refund to the account of a member of the payer's household, now or once
to_family AS (
    SELECT DISTINCT h.county, h.event_id
    FROM held AS h
    INNER JOIN households AS a ON a.county = h.county AND a.payer = h.payer
    INNER JOIN households AS b ON b.county = a.county AND b.household_no = a.household_no AND b.payer = h.holder
    WHERE h.holder <> h.payer
),
-- one row per refund with whose account took it
taken AS (
    SELECT
        h.county, h.event_id, h.holder,
        CASE
            WHEN p.event_id IS NOT NULL THEN 'payer'
            WHEN f.event_id IS NOT NULL THEN 'family'
            WHEN NOT a.group_payer OR NOT c.group_payer THEN 'collector'
            WHEN a.group_payer OR c.group_payer THEN 'unit'
            WHEN h.holder_born IS NOT NULL OR array_length(h.account_holder_near) > 0 THEN 'other'
            WHEN h.holder IS NOT NULL AND u.source IS NULL THEN 'unit'
        END AS taken_by
    FROM held AS h
    LEFT JOIN to_payer AS p ON p.county = h.county AND p.event_id = h.event_id
    LEFT JOIN to_family AS f ON f.county = h.county AND f.event_id = h.event_id
    LEFT JOIN of_collectors AS a ON a.county = h.county AND a.token = h.refund_account
    LEFT JOIN of_collectors AS c ON c.county = h.county AND c.token = h.holder
    LEFT JOIN unreadable AS u ON u.county = h.county AND u.source = h.source
),
-- one row per refund that a collector's or unit's account took, numbered among the payer's of the amount
in_between AS (
    SELECT
        o.county, o.event_id, o.payer, o.fee, o.fee_year, o.amount_fen, o.refunded_on,
        row_number() OVER (PARTITION BY o.county, o.payer, o.fee, o.fee_year, o.amount_fen ORDER BY o.refunded_on, o.event_id) AS nth
    FROM once AS o
    INNER JOIN taken AS t ON t.county = o.county AND t.event_id = o.event_id
    WHERE t.taken_by IN ('collector', 'unit')
),
-- one row per other refund of such a payer, numbered likewise
to_persons AS (
    SELECT
        o.county, o.event_id, o.payer, o.fee, o.fee_year, o.amount_fen, o.refunded_on,
        row_number() OVER (PARTITION BY o.county, o.payer, o.fee, o.fee_year, o.amount_fen ORDER BY o.refunded_on, o.event_id) AS nth
    FROM once AS o
    INNER JOIN taken AS t ON t.county = o.county AND t.event_id = o.event_id
    INNER JOIN (
        SELECT b.county, b.payer, b.fee, b.fee_year, b.amount_fen, min(b.refunded_on) AS first_on
        FROM in_between AS b
        GROUP BY b.county, b.payer, b.fee, b.fee_year, b.amount_fen
    ) AS f
        ON f.county = o.county AND f.payer = o.payer AND f.fee = o.fee AND f.fee_year = o.fee_year AND f.amount_fen = o.amount_fen
        AND f.first_on <= o.refunded_on
    WHERE coalesce(t.taken_by, 'payer') IN ('payer', 'family')
),
-- one row per refund to such an account and the one by which it was handed on
handed_on AS (
    SELECT b.county, b.event_id, p.event_id AS onward_event_id, p.refunded_on AS handed_on
    FROM in_between AS b
    INNER JOIN to_persons AS p
        ON p.county = b.county AND p.payer = b.payer AND p.fee = b.fee AND p.fee_year = b.fee_year AND p.amount_fen = b.amount_fen AND p.nth = b.nth
),
-- one row per reference and fee of a line of the cash register
cash_lines AS (
    SELECT DISTINCT s.county, s.fee, ltrim(upper(replace(s.record_id, ' ', '')), '0') AS reference
    FROM settlement AS s
),
-- one row per reference and fee of a payment of a person refunded: the two systems may count their numbers alike
own_payments AS (
    SELECT DISTINCT p.county, p.payer, p.fee, ltrim(upper(replace(p.record_id, ' ', '')), '0') AS reference
    FROM payments AS p
    INNER JOIN (SELECT DISTINCT o.county, o.payer FROM once AS o) AS o ON o.county = p.county AND o.payer = p.payer
),
-- one row per person, fee and year with cash that was not paid in, though the fee was or the cash came back
cash_beside AS (
    SELECT DISTINCT s.county, s.payer, s.fee, s.fee_year
    FROM settlement AS s
    WHERE s.state IN ('returned', 'otherwise')
),
-- one row per person refunded with the place of the last payment
paid_places AS (
    SELECT p.county, p.payer, p.township, p.village
    FROM standing_payments AS p
    INNER JOIN (SELECT DISTINCT o.county, o.payer FROM once AS o) AS o ON o.county = p.county AND o.payer = p.payer
    WHERE p.township IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY p.county, p.payer ORDER BY p.paid_on DESC NULLS LAST, p.event_id) = 1
),
-- one row per person refunded with the place of the last roster row
listed_places AS (
    SELECT l.county, l.payer, l.township, l.village
    FROM rosters AS l
    INNER JOIN (SELECT DISTINCT o.county, o.payer FROM once AS o) AS o ON o.county = l.county AND o.payer = l.payer
    WHERE l.township IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY l.county, l.payer ORDER BY l.listed_on DESC NULLS LAST, l.fee_year DESC NULLS LAST, l.event_id) = 1
)
SELECT
    o.county, o.event_id, o.source, o.record_id, o.payment_id, o.reference, o.payer, o.payer_near, o.payer_name_birth, o.fee, o.fee_year, o.amount_fen,
    o.reason, o.refunded_at, o.refunded_on, o.timed, w.ordinal AS refunded_ordinal, o.listed_on,
    o.refund_account, o.refund_account_weak, o.refund_account_masked, t.holder, o.collector_id,
    CASE
        WHEN o.fee IN ('resident-medical', 'flexible-medical') THEN 'medical-insurance'
        WHEN o.fee IN ('resident-pension', 'resident-pension-supplementary', 'flexible-pension') THEN 'human-resources'
    END AS office,
    t.taken_by, n.handed_on, n.onward_event_id, d.onward_event_id IS NOT NULL AS hands_on,
    (c.reference IS NOT NULL AND a.reference IS NULL) OR (b.payer IS NOT NULL AND o.payment_id IS NULL) AS of_cash,
    coalesce(p.township, l.township) AS township,
    CASE WHEN p.payer IS NULL THEN l.village ELSE p.village END AS village
FROM once AS o
INNER JOIN taken AS t ON t.county = o.county AND t.event_id = o.event_id
LEFT JOIN working_day AS w ON w.county = o.county AND w.day = o.refunded_on
LEFT JOIN handed_on AS n ON n.county = o.county AND n.event_id = o.event_id
LEFT JOIN (SELECT h.county, h.onward_event_id FROM handed_on AS h) AS d ON d.county = o.county AND d.onward_event_id = o.event_id
LEFT JOIN cash_lines AS c ON c.county = o.county AND c.fee = o.fee AND c.reference = o.reference
LEFT JOIN own_payments AS a ON a.county = o.county AND a.payer = o.payer AND a.fee = o.fee AND a.reference = o.reference
LEFT JOIN cash_beside AS b ON b.county = o.county AND b.payer = o.payer AND b.fee = o.fee AND b.fee_year = o.fee_year
LEFT JOIN paid_places AS p ON p.county = o.county AND p.payer = o.payer
LEFT JOIN listed_places AS l ON l.county = o.county AND l.payer = o.payer
