-- one row per standing payment that shows, by something in the records, that no collector made it: by whom (treasury, payer, other, collective)
WITH
-- one row per payment with a collector's hand: whether only schools and units had theirs in it
handled AS (
    SELECT h.county, h.event_id, bool_and(h.group_payer) AS collective
    FROM collector_hands AS h
    GROUP BY h.county, h.event_id
),
-- one row per payment with its card's holder where the acquirer names him
swiped AS (
    SELECT p.county, p.event_id, min(t.cardholder) AS cardholder
    FROM standing_payments AS p
    INNER JOIN pos_transactions AS t ON t.county = p.county AND t.record_id = p.pos_reference
    WHERE t.cardholder IS NOT NULL
    GROUP BY p.county, p.event_id
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
    LEFT JOIN handled AS h ON h.county = p.county AND h.event_id = p.event_id
    LEFT JOIN registered AS r ON r.county = p.county AND r.payer = p.payer AND r.fee = p.fee AND r.fee_year = p.fee_year
    WHERE p.payer_account IS NOT NULL
    GROUP BY p.county, p.payer_account
    HAVING min(p.household) = max(p.household) AND count(h.event_id) = 0 AND count(*) > count(r.payer)
),
-- one row per account to which money went back in the name of its holder
held_accounts AS (
    SELECT DISTINCT r.county, r.refund_account AS account, r.account_holder AS person
    FROM refunds AS r
    WHERE r.refund_account IS NOT NULL AND r.account_holder IS NOT NULL
),
-- one row per person and day's stretch in a household
housed AS (
    SELECT h.county, h.payer, h.household_no, h.valid_from, h.valid_to
    FROM households AS h
    WHERE h.payer IS NOT NULL AND h.household_no IS NOT NULL
),
-- one row per payment, person who is known to have paid it, and record that says so
known_payers AS (
    SELECT p.county, p.event_id, p.payer, p.household, p.paid_on, p.paid_by AS person
    FROM standing_payments AS p
    WHERE p.paid_by IS NOT NULL
    UNION ALL
    SELECT p.county, p.event_id, p.payer, p.household, p.paid_on, s.cardholder AS person
    FROM swiped AS s
    INNER JOIN standing_payments AS p ON p.county = s.county AND p.event_id = s.event_id
    UNION ALL
    SELECT p.county, p.event_id, p.payer, p.household, p.paid_on, a.person
    FROM held_accounts AS a
    INNER JOIN standing_payments AS p ON p.county = a.county AND p.payer_account = a.account
),
-- one row per payment with a known payer: whether he is the person it is for, or of the same household
known AS (
    SELECT k.county, k.event_id, bool_or(k.person = k.payer OR coalesce(h.household_no = k.household, false)) AS own
    FROM known_payers AS k
    LEFT JOIN housed AS h
        ON h.county = k.county AND h.payer = k.person
        AND (h.valid_from IS NULL OR h.valid_from <= k.paid_on) AND (h.valid_to IS NULL OR h.valid_to >= k.paid_on)
    GROUP BY k.county, k.event_id
),
-- one row per payment whose payer, neither the person nor of the household, paid in the cash that one collector took of at least three households
conduits AS (
    SELECT k.county, k.event_id
    FROM known_payers AS k
    INNER JOIN (
        SELECT n.county, n.person, c.collector_id
        FROM known_payers AS n
        INNER JOIN standing_payments AS p ON p.county = n.county AND p.event_id = n.event_id
        INNER JOIN cash_receipts AS c
            ON c.county = p.county AND c.payer = p.payer AND c.fee = p.fee AND c.fee_year = p.fee_year AND c.received_on <= p.paid_on
        WHERE n.person <> n.payer
        GROUP BY n.county, n.person, c.collector_id
        HAVING count(DISTINCT n.household) >= 3
    ) AS w ON w.county = k.county AND w.person = k.person
    GROUP BY k.county, k.event_id
),
-- one row per standing payment with what is known of who made it
judged AS (
    SELECT
        p.county, p.event_id,
        CASE
            WHEN p.channel = 'fiscal' THEN 'treasury'
            WHEN h.event_id IS NOT NULL AND h.collective THEN 'collective'
            WHEN h.event_id IS NOT NULL THEN NULL
            WHEN k.own OR o.payer_account IS NOT NULL THEN 'payer'
            WHEN k.event_id IS NOT NULL AND d.event_id IS NULL THEN 'other'
            WHEN p.channel IN ('bank-batch', 'family-account', 'treasury-link') THEN 'payer'
        END AS paid_by
    FROM standing_payments AS p
    LEFT JOIN handled AS h ON h.county = p.county AND h.event_id = p.event_id
    LEFT JOIN known AS k ON k.county = p.county AND k.event_id = p.event_id
    LEFT JOIN own_accounts AS o ON o.county = p.county AND o.payer_account = p.payer_account
    LEFT JOIN conduits AS d ON d.county = p.county AND d.event_id = p.event_id
)
SELECT j.county, j.event_id, j.paid_by
FROM judged AS j
WHERE j.paid_by IS NOT NULL
