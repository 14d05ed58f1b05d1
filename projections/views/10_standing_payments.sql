-- one row per payment that was not voided and that no other system tells already, with the payer's household that day (a person in none is a household of one)
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
)
SELECT
    p.county, p.event_id, p.source, p.record_id, p.township, p.village, p.division,
    p.payer_id_type, p.payer, p.payer_valid, p.payer_born, p.payer_name_birth, p.payer_near, p.payer_name,
    p.fee, p.fee_year, p.tier_fen, p.amount_fen, p.channel, p.paid_at, p.paid_on, p.timed, p.posted_on,
    p.collector_id, p.terminal_id, p.pos_reference, p.receipt_no,
    p.payer_account, p.payer_account_weak, p.payer_account_masked, p.paid_by,
    coalesce(m.household_no, h.household_no, concat('person:', p.payer)) AS household
FROM payments AS p
LEFT JOIN voided_payments AS v ON v.county = p.county AND v.event_id = p.event_id
LEFT JOIN retold_payments AS t ON t.county = p.county AND t.event_id = p.event_id
LEFT JOIN housed AS m ON m.county = p.county AND m.event_id = p.event_id
LEFT JOIN persons AS h
    ON h.county = p.county AND h.payer = p.payer AND h.stretches = 1
    AND (h.valid_from IS NULL OR h.valid_from <= p.paid_on)
    AND (h.valid_to IS NULL OR h.valid_to >= p.paid_on)
WHERE v.event_id IS NULL AND t.event_id IS NULL
