-- one row per payment that was not voided and that no other system tells already, with what only another telling of it says, and the payer's household that day (a person in none is a household of one)
WITH
-- one row per person of the household register: how many rows, and the one row where there is one
persons AS (
    SELECT
        h.county, h.payer, count(*) AS stretches, min(h.household_no) AS household_no, min(h.valid_from) AS valid_from, min(h.valid_to) AS valid_to
    FROM households AS h
    GROUP BY h.county, h.payer
),
-- one row per person of several rows and day's stretch in a household
stays AS (
    SELECT h.county, h.payer, h.household_no, h.valid_from, h.valid_to
    FROM persons AS n
    INNER JOIN households AS h ON h.county = n.county AND h.payer = n.payer
    WHERE n.stretches > 1
    GROUP BY h.county, h.payer, h.household_no, h.valid_from, h.valid_to
),
-- one row per payment of such a person who is in a household that day
housed AS (
    SELECT p.county, p.event_id, min(t.household_no) AS household_no
    FROM stays AS t
    INNER JOIN payments AS p
        ON p.county = t.county AND p.payer = t.payer
        AND (t.valid_from IS NULL OR t.valid_from <= p.paid_on)
        AND (t.valid_to IS NULL OR t.valid_to >= p.paid_on)
    GROUP BY p.county, p.event_id
),
-- one row per payment that other systems tell too, with what they say of it
told_again AS (
    SELECT
        t.county, t.kept_event_id AS event_id, max(p.tier_fen) AS tier_fen, max(p.posted_on) AS posted_on, max(p.collector_id) AS collector_id,
        max(p.terminal_id) AS terminal_id, max(p.pos_reference) AS pos_reference, max(p.receipt_no) AS receipt_no, max(p.payer_account) AS payer_account,
        max(p.payer_account_weak) AS payer_account_weak, bool_or(p.payer_account_masked) AS payer_account_masked, max(p.paid_by) AS paid_by
    FROM retold_payments AS t
    INNER JOIN payments AS p ON p.county = t.county AND p.event_id = t.event_id
    GROUP BY t.county, t.kept_event_id
)
SELECT
    p.county, p.event_id, p.source, p.record_id, p.township, p.village, p.division,
    p.payer_id_type, p.payer, p.payer_valid, p.payer_born, p.payer_name_birth, p.payer_near, p.payer_name,
    p.fee, p.fee_year, coalesce(p.tier_fen, a.tier_fen) AS tier_fen, p.amount_fen, p.channel, p.paid_at, p.paid_on, p.timed,
    coalesce(p.posted_on, a.posted_on) AS posted_on, coalesce(p.collector_id, a.collector_id) AS collector_id,
    coalesce(p.terminal_id, a.terminal_id) AS terminal_id, coalesce(p.pos_reference, a.pos_reference) AS pos_reference,
    coalesce(p.receipt_no, a.receipt_no) AS receipt_no, coalesce(p.payer_account, a.payer_account) AS payer_account,
    CASE WHEN p.payer_account IS NULL THEN a.payer_account_weak ELSE p.payer_account_weak END AS payer_account_weak,
    CASE WHEN p.payer_account IS NULL THEN a.payer_account_masked ELSE p.payer_account_masked END AS payer_account_masked,
    coalesce(p.paid_by, a.paid_by) AS paid_by,
    coalesce(m.household_no, h.household_no, concat('person:', p.payer)) AS household
FROM payments AS p
LEFT JOIN voided_payments AS v ON v.county = p.county AND v.event_id = p.event_id
LEFT JOIN retold_payments AS t ON t.county = p.county AND t.event_id = p.event_id
LEFT JOIN told_again AS a ON a.county = p.county AND a.event_id = p.event_id
LEFT JOIN housed AS m ON m.county = p.county AND m.event_id = p.event_id
LEFT JOIN persons AS h
    ON h.county = p.county AND h.payer = p.payer AND h.stretches = 1
    AND (h.valid_from IS NULL OR h.valid_from <= p.paid_on)
    AND (h.valid_to IS NULL OR h.valid_to >= p.paid_on)
WHERE v.event_id IS NULL AND t.event_id IS NULL
