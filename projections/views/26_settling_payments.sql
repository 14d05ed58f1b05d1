-- one row per line of the cash register and payment whose money settles it, with the part, the person paid for and the moment: what is allotted, and what stands in for it
WITH
-- one row per line without any money so far
bare AS (
    SELECT
        l.county, l.event_id, l.payer, l.payer_name_birth, l.payer_near, l.household, l.fee, l.fee_year, l.amount_fen, l.received_on,
        l.township, l.village, l.receipt_no, l.payment_id, l.persons, l.collector_id
    FROM register_lines AS l
    LEFT JOIN allotted_payments AS a ON a.county = l.county AND a.event_id = l.event_id
    WHERE a.event_id IS NULL
),
-- one row per usable payment that settled nothing so far
spare AS (
    SELECT
        u.county, u.event_id, u.record_id, u.payer, u.payer_name_birth, u.payer_near, u.household, u.fee, u.fee_year, u.amount_fen, u.paid_at, u.paid_on,
        u.timed, u.receipt_no, u.collector_id, u.township, u.village, u.is_reserved
    FROM usable_payments AS u
    LEFT JOIN allotted_payments AS a ON a.county = u.county AND a.payment = u.event_id
    WHERE a.payment IS NULL AND NOT u.is_collective
),
-- one row per such payment that no line of its own person, fee and year claims
unclaimed AS (
    SELECT
        s.county, s.event_id, s.payer, s.payer_name_birth, s.payer_near, s.household, s.fee, s.fee_year, s.amount_fen, s.paid_at, s.paid_on, s.timed,
        s.receipt_no, s.township, s.village
    FROM spare AS s
    WHERE NOT s.is_reserved
),
-- one row per bare line and number one slip away from the one written, or the number itself
line_numbers AS (
    SELECT b.county, b.event_id, b.fee, b.fee_year, b.amount_fen, b.payment_id, b.receipt_no, unnest(b.payer_near) AS number FROM bare AS b
),
-- one row per unclaimed payment and number one slip away
payment_numbers AS (
    SELECT u.county, u.event_id, u.fee, u.fee_year, u.amount_fen, unnest(u.payer_near) AS number FROM unclaimed AS u
),
-- one row per bare line and unclaimed payment of the same amount, name and birthday under another number, unless the roster of the fee and year holds both numbers: two persons of one name
alike AS (
    SELECT DISTINCT b.county, b.event_id, u.event_id AS payment
    FROM bare AS b
    INNER JOIN unclaimed AS u
        ON u.county = b.county AND u.payer_name_birth = b.payer_name_birth AND u.fee = b.fee AND u.fee_year = b.fee_year
        AND u.amount_fen = b.amount_fen AND u.payer <> b.payer
    LEFT JOIN rosters AS x ON x.county = b.county AND x.payer = b.payer AND x.fee = b.fee AND x.fee_year = b.fee_year
    LEFT JOIN rosters AS y ON y.county = u.county AND y.payer = u.payer AND y.fee = u.fee AND y.fee_year = u.fee_year
    WHERE x.payer IS NULL OR y.payer IS NULL
),
-- one row per bare line and unclaimed payment of the same amount under a near ID: one slip away, or of the same name and birthday
near AS (
    SELECT n.county, n.event_id, u.event_id AS payment, TRUE AS is_slip
    FROM line_numbers AS n
    INNER JOIN spare AS u
        ON u.county = n.county AND u.payer = n.number AND u.fee = n.fee AND u.fee_year = n.fee_year AND u.amount_fen = n.amount_fen
    WHERE NOT u.is_reserved OR u.record_id = n.payment_id OR u.receipt_no = n.receipt_no
    UNION
    SELECT b.county, b.event_id, n.event_id AS payment, TRUE AS is_slip
    FROM bare AS b
    INNER JOIN payment_numbers AS n
        ON n.county = b.county AND n.number = b.payer AND n.fee = b.fee AND n.fee_year = b.fee_year AND n.amount_fen = b.amount_fen
    UNION
    SELECT a.county, a.event_id, a.payment, FALSE AS is_slip FROM alike AS a
),
-- one row per bare line and payment of the same receipt and amount under another's ID
same_receipt AS (
    SELECT b.county, b.event_id, u.event_id AS payment
    FROM bare AS b
    INNER JOIN unclaimed AS u
        ON u.county = b.county AND u.receipt_no = b.receipt_no AND u.fee = b.fee AND u.fee_year = b.fee_year AND u.amount_fen = b.amount_fen
),
-- one row per bare line of a year whose window was over and payment of the same amount for the same person in the year being collected: a slip of the year
other_year AS (
    SELECT b.county, b.event_id, u.event_id AS payment
    FROM bare AS b
    INNER JOIN unclaimed AS u ON u.county = b.county AND u.payer = b.payer AND u.fee = b.fee AND u.amount_fen = b.amount_fen
    INNER JOIN window_period AS w ON w.county = u.county AND w.fee = u.fee AND w.fee_year = u.fee_year
    INNER JOIN window_period AS x ON x.county = b.county AND x.fee = b.fee AND x.fee_year = b.fee_year
    WHERE u.fee_year = b.fee_year + 1 AND b.received_on BETWEEN w.first_on AND w.last_on AND b.received_on > x.last_on
),
-- one row per bare line outside its insurance's window and payment of the same amount for the same person in the insurance being collected then: typed in the other column
other_fee AS (
    SELECT b.county, b.event_id, u.event_id AS payment
    FROM bare AS b
    INNER JOIN unclaimed AS u ON u.county = b.county AND u.payer = b.payer AND u.amount_fen = b.amount_fen AND u.fee <> b.fee
    INNER JOIN window_period AS w ON w.county = u.county AND w.fee = u.fee AND w.fee_year = u.fee_year
    INNER JOIN window_period AS x ON x.county = b.county AND x.fee = b.fee AND x.fee_year = b.fee_year
    WHERE b.received_on BETWEEN w.first_on AND w.last_on AND b.received_on NOT BETWEEN x.first_on AND x.last_on
),
-- one row per bare line and payment that stands in for it, in the same place (of a number one slip away in the same township, or by the same collector or receipt: townships merge); a slip within 3 days
stand_ins AS (
    SELECT b.county, b.event_id, u.event_id AS payment, 'near-id' AS how, u.paid_on, b.amount_fen, datediff('day', b.received_on, u.paid_on) AS days
    FROM near AS n
    INNER JOIN bare AS b ON b.county = n.county AND b.event_id = n.event_id
    INNER JOIN spare AS u ON u.county = n.county AND u.event_id = n.payment
    WHERE (n.is_slip OR coalesce(u.village, b.village, '') = coalesce(b.village, u.village, ''))
        AND (
            coalesce(u.township, b.township, '') = coalesce(b.township, u.township, '')
            OR u.collector_id = b.collector_id OR u.receipt_no = b.receipt_no OR u.record_id = b.payment_id
        )
        AND u.paid_on >= b.received_on AND datediff('day', b.received_on, u.paid_on) <= 3
    UNION ALL
    SELECT b.county, b.event_id, u.event_id AS payment, 'year-slip' AS how, u.paid_on, b.amount_fen, datediff('day', b.received_on, u.paid_on) AS days
    FROM other_year AS n
    INNER JOIN bare AS b ON b.county = n.county AND b.event_id = n.event_id
    INNER JOIN unclaimed AS u ON u.county = n.county AND u.event_id = n.payment
    WHERE u.paid_on >= b.received_on AND datediff('day', b.received_on, u.paid_on) <= 3
    UNION ALL
    SELECT b.county, b.event_id, u.event_id AS payment, 'fee-slip' AS how, u.paid_on, b.amount_fen, datediff('day', b.received_on, u.paid_on) AS days
    FROM other_fee AS n
    INNER JOIN bare AS b ON b.county = n.county AND b.event_id = n.event_id
    INNER JOIN unclaimed AS u ON u.county = n.county AND u.event_id = n.payment
    WHERE u.paid_on >= b.received_on AND datediff('day', b.received_on, u.paid_on) <= 3
    UNION ALL
    SELECT b.county, b.event_id, u.event_id AS payment, 'receipt' AS how, u.paid_on, b.amount_fen, datediff('day', b.received_on, u.paid_on) AS days
    FROM same_receipt AS n
    INNER JOIN bare AS b ON b.county = n.county AND b.event_id = n.event_id
    INNER JOIN unclaimed AS u ON u.county = n.county AND u.event_id = n.payment
    WHERE coalesce(u.village, b.village, '') = coalesce(b.village, u.village, '') AND coalesce(u.township, b.township, '') = coalesce(b.township, u.township, '')
        AND u.paid_on >= b.received_on
),
-- one row per line that has a stand-in which is no other line's nearer one
stood_in AS (
    SELECT f.county, f.event_id, f.payment, f.how, f.paid_on, f.amount_fen
    FROM (
        SELECT
            s.county, s.event_id, s.payment, s.how, s.paid_on, s.amount_fen, s.days,
            row_number() OVER (PARTITION BY s.county, s.payment ORDER BY s.days, s.how, s.event_id) AS of_payment
        FROM stand_ins AS s
    ) AS f
    WHERE f.of_payment = 1
    QUALIFY row_number() OVER (PARTITION BY f.county, f.event_id ORDER BY f.days, f.how, f.payment) = 1
),
-- one row per bare line of one person and unclaimed payment by a collector for the household within 3 days: the head's name on a family's money
for_household AS (
    SELECT DISTINCT b.county, b.event_id, u.event_id AS payment, u.paid_on, u.amount_fen AS settled_fen, b.amount_fen
    FROM bare AS b
    INNER JOIN unclaimed AS u ON u.county = b.county AND u.household = b.household AND u.fee = b.fee AND u.fee_year = b.fee_year
    INNER JOIN collector_hands AS h ON h.county = u.county AND h.event_id = u.event_id
    LEFT JOIN stood_in AS s ON s.county = b.county AND s.event_id = b.event_id
    LEFT JOIN stood_in AS t ON t.county = u.county AND t.payment = u.event_id
    WHERE b.persons <= 1 AND s.event_id IS NULL AND t.payment IS NULL
        AND u.paid_on >= b.received_on AND datediff('day', b.received_on, u.paid_on) <= 3
    QUALIFY min(b.event_id) OVER (PARTITION BY b.county, u.event_id) = b.event_id
),
-- one row per family line whose money is short, with what is missing
short_families AS (
    SELECT
        l.county, l.event_id, l.household, l.fee, l.fee_year, l.received_on, l.township, l.village,
        l.amount_fen - CAST(sum(a.settled_fen) AS BIGINT) AS missing_fen
    FROM register_lines AS l
    INNER JOIN allotted_payments AS a ON a.county = l.county AND a.event_id = l.event_id
    WHERE l.persons > 1
    GROUP BY l.county, l.event_id, l.household, l.fee, l.fee_year, l.received_on, l.township, l.village, l.amount_fen
    HAVING l.amount_fen > CAST(sum(a.settled_fen) AS BIGINT)
),
-- one row per such line and member of the household for whom nothing was paid, with the names under which rosters know the member
unpaid_members AS (
    SELECT DISTINCT f.county, f.event_id, m.payer, r.payer_name_birth
    FROM short_families AS f
    INNER JOIN households AS m
        ON m.county = f.county AND m.household_no = f.household
        AND (m.valid_from IS NULL OR m.valid_from <= f.received_on) AND (m.valid_to IS NULL OR m.valid_to >= f.received_on)
    LEFT JOIN usable_payments AS p ON p.county = f.county AND p.payer = m.payer AND p.fee = f.fee AND p.fee_year = f.fee_year
    LEFT JOIN rosters AS r ON r.county = m.county AND r.payer = m.payer
    WHERE p.payer IS NULL
),
-- one row per such line, member and unclaimed payment under a near ID of the member, or a number that the roster does not hold of the same name and birth date
near_members AS (
    SELECT m.county, m.event_id, m.payer, n.event_id AS payment
    FROM unpaid_members AS m
    INNER JOIN payment_numbers AS n ON n.county = m.county AND n.number = m.payer
    UNION
    SELECT m.county, m.event_id, m.payer, u.event_id AS payment
    FROM unpaid_members AS m
    INNER JOIN unclaimed AS u ON u.county = m.county AND u.payer_name_birth = m.payer_name_birth
    LEFT JOIN rosters AS o ON o.county = u.county AND o.payer = u.payer AND o.fee = u.fee AND o.fee_year = u.fee_year
    WHERE u.payer <> m.payer AND o.payer IS NULL
),
-- one row per such line and payment in its place within 3 days, for one member each, as far as the missing money goes
for_members AS (
    SELECT c.county, c.event_id, c.payment, c.paid_on, c.amount_fen
    FROM (
        SELECT
            n.county, n.event_id, n.payment, u.paid_on, u.amount_fen, f.missing_fen,
            row_number() OVER (PARTITION BY n.county, n.payment ORDER BY u.paid_on, n.event_id, n.payer) AS of_payment,
            row_number() OVER (PARTITION BY n.county, n.event_id, n.payer ORDER BY u.paid_on, n.payment) AS of_member
        FROM near_members AS n
        INNER JOIN short_families AS f ON f.county = n.county AND f.event_id = n.event_id
        INNER JOIN unclaimed AS u ON u.county = n.county AND u.event_id = n.payment AND u.fee = f.fee AND u.fee_year = f.fee_year
        LEFT JOIN stood_in AS t ON t.county = n.county AND t.payment = n.payment
        LEFT JOIN for_household AS h ON h.county = n.county AND h.payment = n.payment
        WHERE t.payment IS NULL AND h.payment IS NULL AND u.household <> f.household
            AND coalesce(u.village, f.village, '') = coalesce(f.village, u.village, '')
            AND coalesce(u.township, f.township, '') = coalesce(f.township, u.township, '')
            AND u.paid_on >= f.received_on AND datediff('day', f.received_on, u.paid_on) <= 3
    ) AS c
    WHERE c.of_payment = 1 AND c.of_member = 1
    QUALIFY sum(c.amount_fen) OVER (
        PARTITION BY c.county, c.event_id ORDER BY c.paid_on, c.payment ROWS UNBOUNDED PRECEDING
    ) <= min(c.missing_fen) OVER (PARTITION BY c.county, c.event_id)
),
-- one row per line and payment that settles it
settling AS (
    SELECT a.county, a.event_id, a.payment, a.how, a.paid_on, a.settled_fen, a.paid_for, a.paid_at, a.timed
    FROM allotted_payments AS a
    UNION ALL
    SELECT i.county, i.event_id, i.payment, i.how, i.paid_on, i.settled_fen, u.payer AS paid_for, u.paid_at, u.timed
    FROM (
        SELECT m.county, m.event_id, m.payment, 'near-id' AS how, m.paid_on, m.amount_fen AS settled_fen
        FROM for_members AS m
        UNION ALL
        SELECT s.county, s.event_id, s.payment, s.how, s.paid_on, s.amount_fen AS settled_fen
        FROM stood_in AS s
        UNION ALL
        SELECT f.county, f.event_id, f.payment, 'household' AS how, f.paid_on, f.settled_fen
        FROM for_household AS f
        QUALIFY sum(f.settled_fen) OVER (PARTITION BY f.county, f.event_id) = f.amount_fen
    ) AS i
    INNER JOIN spare AS u ON u.county = i.county AND u.event_id = i.payment
),
-- one row per county in which payments are posted days after they are made
posting_later AS (
    SELECT p.county
    FROM standing_payments AS p
    WHERE p.posted_on > p.paid_on AND p.channel <> 'fiscal'
    GROUP BY p.county
    HAVING count(*) >= 20
),
-- one row per source there that gives every payment the day of its posting, without an hour
dated_by_posting AS (
    SELECT p.county, p.source
    FROM posting_later AS c
    INNER JOIN standing_payments AS p ON p.county = c.county
    WHERE p.posted_on IS NOT NULL AND p.channel <> 'fiscal'
    GROUP BY p.county, p.source
    HAVING count(*) >= 20 AND bool_and(NOT p.timed AND p.paid_on = p.posted_on)
),
-- one row per line and payment of such a source no further from it than posting may take: as if paid on the line's day, for nothing shows otherwise
redated AS (
    SELECT s.county, s.event_id, s.payment, l.started_on AS paid_on
    FROM dated_by_posting AS d
    INNER JOIN usable_payments AS u ON u.county = d.county AND u.source = d.source
    INNER JOIN settling AS s ON s.county = u.county AND s.payment = u.event_id
    INNER JOIN register_lines AS l ON l.county = s.county AND l.event_id = s.event_id
    WHERE s.paid_on > l.started_on AND datediff('day', l.started_on, s.paid_on) <= 7
)
SELECT s.county, s.event_id, s.payment, s.how, coalesce(r.paid_on, s.paid_on) AS paid_on, s.settled_fen, s.paid_for, s.paid_at, s.timed
FROM settling AS s
LEFT JOIN redated AS r ON r.county = s.county AND r.event_id = s.event_id AND r.payment = s.payment
