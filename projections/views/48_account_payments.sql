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
-- one row per person, fee and year with a line on the cash register
registered AS (
    SELECT DISTINCT l.county, l.payer, l.fee, l.fee_year FROM register_lines AS l
),
-- one row per household, fee and year with a line for the family
family_lines AS (
    SELECT DISTINCT l.county, l.household, l.fee, l.fee_year FROM register_lines AS l WHERE l.persons > 1
),
-- one row per payment whose money settles a line, whoever it names
settling AS (
    SELECT DISTINCT s.county, s.payment FROM settling_payments AS s
)
SELECT
    p.county, p.event_id, coalesce(p.payer_account, s.card) AS account,
    CASE WHEN p.payer_account IS NULL THEN s.masked ELSE coalesce(p.payer_account_masked, FALSE) END AS masked,
    p.payer, p.household, p.fee, p.fee_year, p.amount_fen, p.channel, p.paid_at, p.paid_on, p.timed, p.township, p.village,
    r.payer IS NOT NULL OR f.household IS NOT NULL OR t.payment IS NOT NULL AS has_line, p.channel IN ('tax-hall', 'bank-counter') AS at_counter
FROM standing_payments AS p
LEFT JOIN swiped AS s ON s.county = p.county AND s.event_id = p.event_id
LEFT JOIN handled AS h ON h.county = p.county AND h.event_id = p.event_id
LEFT JOIN registered AS r ON r.county = p.county AND r.payer = p.payer AND r.fee = p.fee AND r.fee_year = p.fee_year
LEFT JOIN family_lines AS f ON f.county = p.county AND f.household = p.household AND f.fee = p.fee AND f.fee_year = p.fee_year
LEFT JOIN settling AS t ON t.county = p.county AND t.payment = p.event_id
WHERE coalesce(p.payer_account, s.card) IS NOT NULL AND h.event_id IS NULL
    AND p.channel NOT IN ('fiscal', 'bank-batch', 'treasury-link', 'client')
    AND p.amount_fen > 0 AND (p.paid_by IS NULL OR p.paid_by <> p.payer)
