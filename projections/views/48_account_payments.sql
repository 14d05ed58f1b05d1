-- one row per standing payment made from an account, wallet or card that is not known to be a collector's, an office's or the payer's own: what may be somebody paying for others
WITH
-- one row per payment with a collector's hand, a kept terminal alone being none
handled AS (
    SELECT DISTINCT h.county, h.event_id FROM collector_hands AS h WHERE h.hand <> 'terminal' OR h.group_payer
),
-- one row per payment at a terminal with the card that paid it
swiped AS (
    SELECT p.county, p.event_id, min(t.card) AS card, bool_or(coalesce(t.card_masked, FALSE)) AS masked
    FROM standing_payments AS p
    INNER JOIN pos_transactions AS t ON t.county = p.county AND t.record_id = p.pos_reference
    WHERE p.payer_account IS NULL
    GROUP BY p.county, p.event_id
),
-- one row per payment whose person, or whose family, is on the cash register, or whose money settles a line, whoever it names
lined AS (
    SELECT p.county, p.event_id
    FROM register_lines AS l
    INNER JOIN standing_payments AS p ON p.county = l.county AND p.payer = l.payer AND p.fee = l.fee AND p.fee_year = l.fee_year
    UNION
    SELECT p.county, p.event_id
    FROM register_lines AS l
    INNER JOIN standing_payments AS p ON p.county = l.county AND p.household = l.household AND p.fee = l.fee AND p.fee_year = l.fee_year
    WHERE l.persons > 1
    UNION
    SELECT s.county, s.payment AS event_id FROM settling_payments AS s
),
-- one row per payment with the account, wallet or card that paid it
accounts AS (
    SELECT
        p.county, p.event_id, p.payer_account AS account, coalesce(p.payer_account_masked, FALSE) AS masked,
        p.payer, p.household, p.fee, p.fee_year, p.amount_fen, p.channel, p.paid_at, p.paid_on, p.timed, p.township, p.village
    FROM standing_payments AS p
    WHERE p.payer_account IS NOT NULL AND p.channel NOT IN ('fiscal', 'bank-batch', 'treasury-link', 'client')
        AND p.amount_fen > 0 AND (p.paid_by IS NULL OR p.paid_by <> p.payer)
    UNION ALL
    SELECT
        p.county, p.event_id, s.card AS account, s.masked,
        p.payer, p.household, p.fee, p.fee_year, p.amount_fen, p.channel, p.paid_at, p.paid_on, p.timed, p.township, p.village
    FROM swiped AS s
    INNER JOIN standing_payments AS p ON p.county = s.county AND p.event_id = s.event_id
    WHERE s.card IS NOT NULL AND p.channel NOT IN ('fiscal', 'bank-batch', 'treasury-link', 'client')
        AND p.amount_fen > 0 AND (p.paid_by IS NULL OR p.paid_by <> p.payer)
)
SELECT
    a.county, a.event_id, a.account, a.masked,
    a.payer, a.household, a.fee, a.fee_year, a.amount_fen, a.channel, a.paid_at, a.paid_on, a.timed, a.township, a.village,
    l.event_id IS NOT NULL AS has_line, a.channel IN ('tax-hall', 'bank-counter') AS at_counter
FROM accounts AS a
LEFT JOIN handled AS h ON h.county = a.county AND h.event_id = a.event_id
LEFT JOIN lined AS l ON l.county = a.county AND l.event_id = a.event_id
WHERE h.event_id IS NULL
