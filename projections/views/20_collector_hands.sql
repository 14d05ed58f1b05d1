-- one row per standing payment and collector by whose hand it was made: named on it, his account, himself, his card, his household, else the terminal he keeps
WITH
-- one row per id that is known to be a collector's: a counter clerk's on a payment is none
collector_ids AS (
    SELECT c.county, c.record_id AS collector_id FROM collectors AS c WHERE c.record_id IS NOT NULL
    UNION
    SELECT r.county, r.collector_id FROM cash_receipts AS r WHERE r.collector_id IS NOT NULL
),
-- one row per collector and person that he is
persons AS (
    SELECT DISTINCT c.county, c.record_id AS collector_id, c.person
    FROM collectors AS c
    WHERE c.record_id IS NOT NULL AND c.person IS NOT NULL
),
-- one row per collector and account or card that is his: listed, used under his own ID, or his by a refund list
accounts AS (
    SELECT l.county, l.collector_id, l.account
    FROM (SELECT c.county, c.record_id AS collector_id, unnest(c.own_accounts) AS account FROM collectors AS c) AS l
    WHERE l.collector_id IS NOT NULL AND l.account IS NOT NULL
    UNION
    SELECT q.county, q.collector_id, p.payer_account AS account
    FROM persons AS q
    INNER JOIN payments AS p ON p.county = q.county AND p.paid_by = q.person
    WHERE p.payer_account IS NOT NULL
    UNION
    SELECT q.county, q.collector_id, t.card AS account
    FROM persons AS q
    INNER JOIN pos_transactions AS t ON t.county = q.county AND t.cardholder = q.person
    WHERE t.card IS NOT NULL
    UNION
    SELECT q.county, q.collector_id, r.refund_account AS account
    FROM persons AS q
    INNER JOIN refunds AS r ON r.county = q.county AND r.account_holder = q.person
    WHERE r.refund_account IS NOT NULL
),
-- one row per person and day's stretch in a household
housed AS (
    SELECT h.county, h.payer, h.household_no, h.valid_from, h.valid_to
    FROM households AS h
    WHERE h.payer IS NOT NULL AND h.household_no IS NOT NULL
),
-- one row per collector and person of his household, with the days on which both were in it
relatives AS (
    SELECT
        q.county, q.collector_id, m.payer AS person,
        CASE WHEN o.valid_from IS NULL OR m.valid_from > o.valid_from THEN m.valid_from ELSE o.valid_from END AS since,
        CASE WHEN o.valid_to IS NULL OR m.valid_to < o.valid_to THEN m.valid_to ELSE o.valid_to END AS until
    FROM persons AS q
    INNER JOIN housed AS o ON o.county = q.county AND o.payer = q.person
    INNER JOIN housed AS m ON m.county = o.county AND m.household_no = o.household_no
    WHERE m.payer <> q.person
),
-- one row per standing payment taken at a terminal, with the card's holder where the acquirer names him
swiped AS (
    SELECT p.county, p.event_id, p.terminal_id, p.paid_on, p.paid_by, min(t.cardholder) AS cardholder
    FROM standing_payments AS p
    LEFT JOIN pos_transactions AS t ON t.county = p.county AND t.record_id = p.pos_reference
    WHERE p.terminal_id IS NOT NULL OR p.pos_reference IS NOT NULL
    GROUP BY p.county, p.event_id, p.terminal_id, p.paid_on, p.paid_by
),
-- one row per payment, collector and sign of his hand, the surest sign having the lowest rank
signs AS (
    SELECT p.county, p.event_id, p.collector_id, 1 AS rank, 'named' AS hand
    FROM collector_ids AS i
    INNER JOIN standing_payments AS p ON p.county = i.county AND p.collector_id = i.collector_id
    UNION ALL
    SELECT p.county, p.event_id, a.collector_id, 2 AS rank, 'account' AS hand
    FROM accounts AS a
    INNER JOIN standing_payments AS p ON p.county = a.county AND p.payer_account = a.account
    UNION ALL
    SELECT p.county, p.event_id, q.collector_id, 3 AS rank, 'person' AS hand
    FROM persons AS q
    INNER JOIN standing_payments AS p ON p.county = q.county AND p.paid_by = q.person
    UNION ALL
    SELECT s.county, s.event_id, q.collector_id, 4 AS rank, 'card' AS hand
    FROM persons AS q
    INNER JOIN swiped AS s ON s.county = q.county AND s.cardholder = q.person
    UNION ALL
    SELECT p.county, p.event_id, r.collector_id, 5 AS rank, 'household' AS hand
    FROM relatives AS r
    INNER JOIN standing_payments AS p ON p.county = r.county AND p.paid_by = r.person
    WHERE (r.since IS NULL OR r.since <= p.paid_on) AND (r.until IS NULL OR r.until >= p.paid_on)
    UNION ALL
    SELECT s.county, s.event_id, t.collector_id, 6 AS rank, 'terminal' AS hand
    FROM swiped AS s
    INNER JOIN terminals AS t ON t.county = s.county AND t.record_id = s.terminal_id
    WHERE t.collector_id IS NOT NULL AND s.cardholder IS NULL AND s.paid_by IS NULL
        AND (t.installed_on IS NULL OR t.installed_on <= s.paid_on)
        AND (t.withdrawn_on IS NULL OR t.withdrawn_on >= s.paid_on)
),
-- one row per payment and collector: the surest sign
surest AS (
    SELECT s.county, s.event_id, s.collector_id, min(s.rank) AS rank
    FROM signs AS s
    GROUP BY s.county, s.event_id, s.collector_id
),
-- one row per collector: whether he pays for a unit or school
roles AS (
    SELECT c.county, c.record_id AS collector_id, bool_and(coalesce(c.role = 'group-payer', false)) AS group_payer
    FROM collectors AS c
    GROUP BY c.county, c.record_id
)
SELECT
    p.county, p.event_id, p.record_id AS payment_id, s.collector_id,
    CASE s.rank WHEN 1 THEN 'named' WHEN 2 THEN 'account' WHEN 3 THEN 'person' WHEN 4 THEN 'card' WHEN 5 THEN 'household' ELSE 'terminal' END AS hand,
    coalesce(r.group_payer, false) AS group_payer,
    p.payer, p.household, p.fee, p.fee_year, p.amount_fen, p.channel, p.paid_at, p.paid_on, p.timed, p.payer_account, p.township, p.village
FROM surest AS s
INNER JOIN standing_payments AS p ON p.county = s.county AND p.event_id = s.event_id
LEFT JOIN roles AS r ON r.county = s.county AND r.collector_id = s.collector_id
