-- one row per line of the cash register, a line entered twice or told by two systems counting once, with the day its clock starts (the window's first where the cash came up to 62 days too early, the day of handing over within 3 days, else its own) and the household of its payer
WITH
-- one row per line that other systems tell too, with what they say of it
told_again AS (
    SELECT
        r.county, r.kept_event_id AS event_id, max(c.persons) AS persons, max(c.receipt_no) AS receipt_no, max(c.payment_id) AS payment_id,
        max(c.remitted_on) AS remitted_on, max(c.handed_over_on) AS handed_over_on
    FROM retold_lines AS r
    INNER JOIN cash_receipts AS c ON c.county = r.county AND c.event_id = r.event_id
    GROUP BY r.county, r.kept_event_id
),
-- one row per line with money and day that no other system tells already
told AS (
    SELECT
        c.county, c.event_id, c.record_id, c.source, c.township, c.village, c.collector_id, c.payer, c.payer_name, c.payer_name_birth, c.payer_near,
        c.fee, c.fee_year, c.amount_fen, c.received_at, c.received_on, c.timed, greatest(coalesce(c.persons, 1), coalesce(a.persons, 1)) AS persons,
        coalesce(c.receipt_no, a.receipt_no) AS receipt_no, coalesce(c.payment_id, a.payment_id) AS payment_id,
        coalesce(c.remitted_on, a.remitted_on) AS remitted_on, coalesce(c.handed_over_on, a.handed_over_on) AS handed_over_on,
        CASE
            WHEN c.received_on < w.first_on AND datediff('day', c.received_on, w.first_on) <= 62 THEN w.first_on
            WHEN coalesce(c.handed_over_on, a.handed_over_on) > c.received_on
                AND datediff('day', c.received_on, coalesce(c.handed_over_on, a.handed_over_on)) <= 3 THEN coalesce(c.handed_over_on, a.handed_over_on)
            ELSE c.received_on
        END AS started_on
    FROM cash_receipts AS c
    LEFT JOIN retold_lines AS r ON r.county = c.county AND r.event_id = c.event_id
    LEFT JOIN told_again AS a ON a.county = c.county AND a.event_id = c.event_id
    LEFT JOIN window_period AS w ON w.county = c.county AND w.fee = c.fee AND w.fee_year = c.fee_year
    WHERE c.amount_fen > 0 AND c.received_on IS NOT NULL AND r.event_id IS NULL
),
-- one row per person, fee, year, collector, amount and receipt (or day) entered several times
several AS (
    SELECT t.county, t.payer, t.fee, t.fee_year, t.collector_id, t.amount_fen, coalesce(t.receipt_no, CAST(t.received_on AS VARCHAR)) AS receipt
    FROM told AS t
    GROUP BY t.county, t.payer, t.fee, t.fee_year, t.collector_id, t.amount_fen, coalesce(t.receipt_no, CAST(t.received_on AS VARCHAR))
    HAVING count(*) > 1
),
-- one row per line of these but the one entered first
entered_again AS (
    SELECT n.county, n.event_id
    FROM (
        SELECT
            t.county, t.event_id,
            row_number() OVER (
                PARTITION BY s.county, s.payer, s.fee, s.fee_year, s.collector_id, s.amount_fen, s.receipt
                ORDER BY t.received_at NULLS LAST, t.event_id NULLS LAST
            ) AS place
        FROM several AS s
        INNER JOIN told AS t
            ON t.county = s.county AND t.payer IS NOT DISTINCT FROM s.payer AND t.fee IS NOT DISTINCT FROM s.fee
            AND t.fee_year IS NOT DISTINCT FROM s.fee_year AND t.collector_id IS NOT DISTINCT FROM s.collector_id
            AND t.amount_fen = s.amount_fen AND coalesce(t.receipt_no, CAST(t.received_on AS VARCHAR)) = s.receipt
    ) AS n
    WHERE n.place > 1
),
-- one row per line as first entered
entered AS (
    SELECT
        t.county, t.event_id, t.record_id, t.source, t.township, t.village, t.collector_id, t.payer, t.payer_name, t.payer_name_birth, t.payer_near,
        t.fee, t.fee_year, t.amount_fen, t.received_at, t.received_on, t.timed, t.persons, t.receipt_no, t.payment_id, t.remitted_on, t.handed_over_on, t.started_on
    FROM told AS t
    LEFT JOIN entered_again AS a ON a.county = t.county AND a.event_id = t.event_id
    WHERE a.event_id IS NULL
),
-- one row per line whose payer is in a household that day
housed AS (
    SELECT e.county, e.event_id, min(h.household_no) AS household_no
    FROM entered AS e
    INNER JOIN households AS h
        ON h.county = e.county AND h.payer = e.payer
        AND (h.valid_from IS NULL OR h.valid_from <= e.received_on) AND (h.valid_to IS NULL OR h.valid_to >= e.received_on)
    GROUP BY e.county, e.event_id
),
-- one row per family line whose payer is in a household: how many persons it has that day
sized AS (
    SELECT e.county, e.event_id, count(DISTINCT m.payer) AS members
    FROM entered AS e
    INNER JOIN housed AS h ON h.county = e.county AND h.event_id = e.event_id
    INNER JOIN households AS m
        ON m.county = h.county AND m.household_no = h.household_no
        AND (m.valid_from IS NULL OR m.valid_from <= e.received_on) AND (m.valid_to IS NULL OR m.valid_to >= e.received_on)
    WHERE e.persons > 1
    GROUP BY e.county, e.event_id
),
-- one row per county that handed in households
known_counties AS (
    SELECT DISTINCT h.county
    FROM households AS h
),
-- one row per village of which somebody on the register is in a household
known_villages AS (
    SELECT DISTINCT e.county, e.village
    FROM housed AS h
    INNER JOIN entered AS e ON e.county = h.county AND e.event_id = h.event_id
    WHERE e.village IS NOT NULL
)
SELECT
    e.county, e.event_id, e.record_id, e.source, e.township, e.village, e.collector_id, e.payer, e.payer_name, e.payer_name_birth, e.payer_near,
    e.fee, e.fee_year, e.amount_fen, e.received_at, e.received_on, e.timed, e.started_on, w.ordinal AS started_ordinal, e.persons,
    e.receipt_no, e.payment_id, e.remitted_on, e.handed_over_on,
    coalesce(h.household_no, concat('person:', e.payer)) AS household,
    coalesce(s.members, 0) >= e.persons AS family_known,
    k.county IS NOT NULL AND (e.village IS NULL OR v.village IS NOT NULL) AS households_known
FROM entered AS e
LEFT JOIN housed AS h ON h.county = e.county AND h.event_id = e.event_id
LEFT JOIN sized AS s ON s.county = e.county AND s.event_id = e.event_id
LEFT JOIN known_counties AS k ON k.county = e.county
LEFT JOIN known_villages AS v ON v.county = e.county AND v.village = e.village
LEFT JOIN working_day AS w ON w.county = e.county AND w.day = e.started_on
