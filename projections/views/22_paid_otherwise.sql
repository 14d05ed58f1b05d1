-- one row per standing payment that shows, by something in the records, that no collector made it: by whom (treasury, payer, other, collective)
WITH
-- one row per payment with a collector's hand: whether only schools and units had theirs in it
handled AS (
    SELECT h.county, h.event_id, bool_and(h.group_payer AND coalesce(h.channel <> 'fiscal', TRUE)) AS collective
    FROM collector_hands AS h
    GROUP BY h.county, h.event_id
),
-- one row per account of a payment with a collector's hand
handled_accounts AS (
    SELECT DISTINCT h.county, h.payer_account FROM collector_hands AS h WHERE h.payer_account IS NOT NULL
),
-- one row per person, fee and year on the register
registered AS (
    SELECT DISTINCT c.county, c.payer, c.fee, c.fee_year
    FROM cash_receipts AS c
),
-- one row per account that only ever paid for one household and also where no cash was taken: the household's own
own_accounts AS (
    SELECT p.county, p.payer_account
    FROM standing_payments AS p
    LEFT JOIN handled_accounts AS h ON h.county = p.county AND h.payer_account = p.payer_account
    LEFT JOIN registered AS r ON r.county = p.county AND r.payer = p.payer AND r.fee = p.fee AND r.fee_year = p.fee_year
    WHERE p.payer_account IS NOT NULL AND h.payer_account IS NULL
    GROUP BY p.county, p.payer_account
    HAVING min(p.household) = max(p.household) AND count(*) > count(r.payer)
),
-- one row per payment from such an account that is not the treasury's
own_payments AS (
    SELECT p.county, p.event_id
    FROM own_accounts AS o
    INNER JOIN standing_payments AS p ON p.county = o.county AND p.payer_account = o.payer_account
    WHERE coalesce(p.channel <> 'fiscal', TRUE)
),
-- one row per payment of which it is known that a collector or a household's own account made it
decided AS (
    SELECT h.county, h.event_id FROM handled AS h
    UNION ALL
    SELECT o.county, o.event_id FROM own_payments AS o
),
-- one row per payment that neither the treasury, nor a collector's hand, nor a household's own account made
undecided AS (
    SELECT p.county, p.event_id, p.payer, p.household, p.fee, p.fee_year, p.paid_on, p.paid_by, p.payer_account, p.channel
    FROM standing_payments AS p
    LEFT JOIN decided AS d ON d.county = p.county AND d.event_id = p.event_id
    WHERE coalesce(p.channel <> 'fiscal', TRUE) AND d.event_id IS NULL
),
-- one row per payment with its card's holder where the acquirer names him
swiped AS (
    SELECT p.county, p.event_id, p.payer, p.household, p.fee, p.fee_year, p.paid_on, min(t.cardholder) AS person
    FROM standing_payments AS p
    INNER JOIN pos_transactions AS t ON t.county = p.county AND t.record_id = p.pos_reference
    WHERE t.cardholder IS NOT NULL
    GROUP BY p.county, p.event_id, p.payer, p.household, p.fee, p.fee_year, p.paid_on
),
-- one row per account to which money went back in the name of its holder
held_accounts AS (
    SELECT DISTINCT r.county, r.refund_account AS account, r.account_holder AS person
    FROM refunds AS r
    WHERE r.refund_account IS NOT NULL AND r.account_holder IS NOT NULL
),
-- one row per such payment, person who is known to have paid it, and record that says so
known_payers AS (
    SELECT u.county, u.event_id, u.payer, u.household, u.paid_on, u.paid_by AS person
    FROM undecided AS u
    WHERE u.paid_by IS NOT NULL
    UNION ALL
    SELECT u.county, u.event_id, u.payer, u.household, u.paid_on, s.person
    FROM swiped AS s
    INNER JOIN undecided AS u ON u.county = s.county AND u.event_id = s.event_id
    UNION ALL
    SELECT u.county, u.event_id, u.payer, u.household, u.paid_on, a.person
    FROM held_accounts AS a
    INNER JOIN undecided AS u ON u.county = a.county AND u.payer_account = a.account
),
-- one row per such payment with a known payer: whether he is the person it is for, or of the same household
known AS (
    SELECT k.county, k.event_id, bool_or(k.person = k.payer OR coalesce(h.household_no = k.household, false)) AS own
    FROM known_payers AS k
    LEFT JOIN households AS h
        ON h.county = k.county AND h.payer = k.person AND h.household_no IS NOT NULL
        AND (h.valid_from IS NULL OR h.valid_from <= k.paid_on) AND (h.valid_to IS NULL OR h.valid_to >= k.paid_on)
    GROUP BY k.county, k.event_id
),
-- one row per person who is known to have paid such a payment, for another
payers AS (
    SELECT DISTINCT k.county, k.person FROM known_payers AS k WHERE k.person <> k.payer
),
-- one row per payment that such a person is known to have made, for another, and record that says so
made AS (
    SELECT p.county, p.paid_by AS person, p.payer, p.household, p.fee, p.fee_year, p.paid_on
    FROM payers AS n
    INNER JOIN standing_payments AS p ON p.county = n.county AND p.paid_by = n.person
    UNION ALL
    SELECT s.county, s.person, s.payer, s.household, s.fee, s.fee_year, s.paid_on
    FROM payers AS n
    INNER JOIN swiped AS s ON s.county = n.county AND s.person = n.person
    UNION ALL
    SELECT p.county, a.person, p.payer, p.household, p.fee, p.fee_year, p.paid_on
    FROM payers AS n
    INNER JOIN held_accounts AS a ON a.county = n.county AND a.person = n.person
    INNER JOIN standing_payments AS p ON p.county = a.county AND p.payer_account = a.account
),
-- one row per such person who paid in the cash that one collector took of at least three other households
conduits AS (
    SELECT DISTINCT w.county, w.person
    FROM (
        SELECT m.county, m.person, c.collector_id
        FROM made AS m
        INNER JOIN cash_receipts AS c
            ON c.county = m.county AND c.payer = m.payer AND c.fee = m.fee AND c.fee_year = m.fee_year AND c.received_on <= m.paid_on
        WHERE m.person <> m.payer
        GROUP BY m.county, m.person, c.collector_id
        HAVING count(DISTINCT m.household) >= 3
    ) AS w
),
-- one row per such payment made by one of these
conducted AS (
    SELECT DISTINCT k.county, k.event_id
    FROM known_payers AS k
    INNER JOIN conduits AS c ON c.county = k.county AND c.person = k.person
),
-- one row per such payment made online on a later day than cash was taken of its person, the register line naming neither a payment nor a day of paying in, and collector who took it
unclaimed AS (
    SELECT u.county, u.event_id, u.payer_account, u.fee, u.fee_year, c.collector_id
    FROM cash_receipts AS c
    INNER JOIN undecided AS u ON u.county = c.county AND u.payer = c.payer AND u.fee = c.fee AND u.fee_year = c.fee_year
    WHERE c.payment_id IS NULL AND c.remitted_on IS NULL AND coalesce(c.persons, 1) <= 1 AND c.collector_id IS NOT NULL
        AND u.channel IN ('wechat', 'alipay', 'e-tax', 'client') AND u.payer_account IS NOT NULL AND u.paid_on > c.received_on
),
-- one row per account of these that only ever paid for one household
single_wallets AS (
    SELECT a.county, a.payer_account
    FROM (SELECT DISTINCT u.county, u.payer_account FROM unclaimed AS u) AS a
    INNER JOIN standing_payments AS p ON p.county = a.county AND p.payer_account = a.payer_account
    GROUP BY a.county, a.payer_account
    HAVING min(p.household) = max(p.household)
),
-- one row per such collector, fee and year whose hand shows on nine in ten of the other payments for his lines, ten or more in all and three of them of the fee and year
open_hands AS (
    SELECT k.county, k.collector_id, k.fee, k.fee_year
    FROM (SELECT DISTINCT u.county, u.collector_id, u.fee, u.fee_year FROM unclaimed AS u) AS k
    INNER JOIN cash_receipts AS c ON c.county = k.county AND c.collector_id = k.collector_id
    INNER JOIN standing_payments AS p ON p.county = c.county AND p.payer = c.payer AND p.fee = c.fee AND p.fee_year = c.fee_year
    LEFT JOIN unclaimed AS u ON u.county = p.county AND u.event_id = p.event_id
    LEFT JOIN collector_hands AS h ON h.county = p.county AND h.event_id = p.event_id AND h.collector_id = c.collector_id
    WHERE coalesce(p.channel <> 'fiscal', TRUE) AND u.event_id IS NULL
    GROUP BY k.county, k.collector_id, k.fee, k.fee_year
    HAVING count(DISTINCT p.event_id) >= 10 AND count(DISTINCT h.event_id) * 10 >= count(DISTINCT p.event_id) * 9
        AND count(DISTINCT CASE WHEN c.fee = k.fee AND c.fee_year = k.fee_year THEN p.event_id END) >= 3
        AND count(DISTINCT CASE WHEN c.fee = k.fee AND c.fee_year = k.fee_year THEN h.event_id END) * 10
        >= count(DISTINCT CASE WHEN c.fee = k.fee AND c.fee_year = k.fee_year THEN p.event_id END) * 9
),
-- one row per such payment from a wallet that serves one household, where the collector's own hand shows otherwise and there are two wallets of the kind or more (one may be a helper's): the payer made it
not_his AS (
    SELECT f.county, f.event_id
    FROM (
        SELECT
            u.county, u.event_id, min(u.payer_account) OVER (PARTITION BY u.county, u.collector_id, u.fee, u.fee_year) AS first_wallet,
            max(u.payer_account) OVER (PARTITION BY u.county, u.collector_id, u.fee, u.fee_year) AS last_wallet
        FROM unclaimed AS u
        INNER JOIN single_wallets AS w ON w.county = u.county AND w.payer_account = u.payer_account
        INNER JOIN open_hands AS k ON k.county = u.county AND k.collector_id = u.collector_id AND k.fee = u.fee AND k.fee_year = u.fee_year
    ) AS f
    WHERE f.first_wallet <> f.last_wallet
    GROUP BY f.county, f.event_id
),
-- one row per such payment with what is known of who made it
judged AS (
    SELECT
        u.county, u.event_id,
        CASE
            WHEN k.own THEN 'payer'
            WHEN k.event_id IS NOT NULL AND c.event_id IS NULL THEN 'other'
            WHEN u.channel IN ('bank-batch', 'family-account', 'treasury-link') THEN 'payer'
            WHEN k.event_id IS NULL AND n.event_id IS NOT NULL THEN 'payer'
        END AS paid_by
    FROM undecided AS u
    LEFT JOIN not_his AS n ON n.county = u.county AND n.event_id = u.event_id
    LEFT JOIN known AS k ON k.county = u.county AND k.event_id = u.event_id
    LEFT JOIN conducted AS c ON c.county = u.county AND c.event_id = u.event_id
)
SELECT p.county, p.event_id, 'treasury' AS paid_by
FROM standing_payments AS p
WHERE p.channel = 'fiscal'
UNION ALL
SELECT h.county, h.event_id, 'collective' AS paid_by
FROM handled AS h
WHERE h.collective
UNION ALL
SELECT o.county, o.event_id, 'payer' AS paid_by
FROM own_payments AS o
UNION ALL
SELECT j.county, j.event_id, j.paid_by
FROM judged AS j
WHERE j.paid_by IS NOT NULL
