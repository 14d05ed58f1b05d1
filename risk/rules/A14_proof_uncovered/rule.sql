-- one row per collector (payer where none is named), fee, fee year and ground: people who hold a proof or receipt, or complained that they paid, and for whom no payment exists
WITH
-- one row per county: working days that were over when the as-of day began
today AS (
    SELECT d.county, d.ordinal - CASE WHEN d.working THEN 1 ELSE 0 END AS ordinal
    FROM working_day AS d
    WHERE d.day = $as_of
),
-- one row per person whose line is open or who complained
asked AS (
    SELECT s.county, s.payer FROM settlement AS s WHERE s.state = 'open'
    UNION
    SELECT c.county, c.payer FROM complaints AS c WHERE c.payer IS NOT NULL
),
-- one row per such person, fee and year for whom a payment stands, under the number or one a slip away, with the first, and the first that was not the treasury's
paid AS (
    SELECT a.county, a.payer, n.fee, n.fee_year, min(n.paid_on) AS paid_on, min(CASE WHEN n.channel <> 'fiscal' THEN n.paid_on END) AS own_paid_on
    FROM asked AS a
    INNER JOIN (
        SELECT p.county, p.payer, p.fee, p.fee_year, p.channel, p.paid_on FROM standing_payments AS p
        UNION ALL
        SELECT p.county, unnest(p.payer_near) AS payer, p.fee, p.fee_year, p.channel, p.paid_on FROM standing_payments AS p WHERE NOT p.payer_valid
    ) AS n ON n.county = a.county AND n.payer = a.payer
    GROUP BY a.county, a.payer, n.fee, n.fee_year
),
-- one row per line that a paper of those days holds up: a query about the person's data, or the person's whitelist entry
on_paper AS (
    SELECT s.county, s.event_id
    FROM settlement AS s
    INNER JOIN data_queries AS q ON q.county = s.county AND q.payer = s.payer AND coalesce(q.fee, s.fee) = s.fee
    WHERE q.raised_on >= s.received_on AND datediff('day', s.received_on, q.raised_on) <= 3
    UNION
    SELECT s.county, s.event_id
    FROM settlement AS s
    INNER JOIN whitelist AS w ON w.county = s.county AND w.payer = s.payer AND w.fee = s.fee AND w.fee_year = s.fee_year
    WHERE w.agreed_on >= s.received_on AND datediff('day', s.received_on, w.agreed_on) <= 3
),
-- one row per line of the register with a proof or a receipt and no payment by anybody, its working days over
unpaid_lines AS (
    SELECT
        s.county, s.event_id, s.collector_id, s.payer, s.fee, s.fee_year, s.township, s.village, s.open_fen AS fen, s.received_on,
        t.ordinal - s.started_ordinal AS wd, coalesce(c.proof_given, false) AS proof
    FROM settlement AS s
    INNER JOIN today AS t ON t.county = s.county
    INNER JOIN cash_receipts AS c ON c.county = s.county AND c.event_id = s.event_id
    LEFT JOIN paid AS p ON p.county = s.county AND p.payer = s.payer AND p.fee = s.fee AND p.fee_year = s.fee_year
    LEFT JOIN outage_days AS o ON o.county = s.county AND o.township = s.township AND o.day = s.started_on
    LEFT JOIN on_paper AS q ON q.county = s.county AND q.event_id = s.event_id
    WHERE s.state = 'open' AND s.settled_fen = 0 AND p.own_paid_on IS NULL AND s.collector_id IS NOT NULL
        AND (coalesce(c.proof_given, false) OR c.receipt_no IS NOT NULL)
        AND t.ordinal - s.started_ordinal >= CASE WHEN o.day IS NOT NULL OR q.event_id IS NOT NULL THEN $excused_wd ELSE $open_wd END
),
-- one row per complaint of a person who says that he paid, the first of several about the same fee and year
complained AS (
    SELECT
        c.county, c.event_id, c.payer, c.fee, c.fee_year, c.collector_id, c.township, c.village, c.amount_fen, c.received_on
    FROM complaints AS c
    WHERE c.about IN ('paid-not-covered', 'no-receipt', 'private-account') AND c.payer IS NOT NULL AND c.received_on < $as_of
    QUALIFY row_number() OVER (
        PARTITION BY c.county, c.payer, c.fee, c.fee_year ORDER BY c.collector_id NULLS LAST, c.received_on, c.event_id
    ) = 1
),
-- one row per complaint and what was paid for the person that it may be about: the fee and year that it names, else any whose payment is of the last months
answered AS (
    SELECT k.county, k.event_id, min(p.paid_on) AS paid_on
    FROM complained AS k
    INNER JOIN paid AS p ON p.county = k.county AND p.payer = k.payer
    WHERE coalesce(k.fee, p.fee) = p.fee
        AND CASE WHEN k.fee_year IS NULL THEN datediff('day', p.paid_on, k.received_on) <= $back_days ELSE k.fee_year = p.fee_year END
    GROUP BY k.county, k.event_id
),
-- one row per person, fee and year with a line on the register: its collector, the first of several
registered AS (
    SELECT l.county, l.payer, l.fee, l.fee_year, min(l.collector_id) AS collector_id, CAST(sum(l.amount_fen) AS BIGINT) AS amount_fen, min(l.event_id) AS event_id
    FROM register_lines AS l
    GROUP BY l.county, l.payer, l.fee, l.fee_year
),
-- one row per person complained of, fee and year: what the person owes by the roster, the least of several
due AS (
    SELECT r.county, r.payer, r.fee, r.fee_year, min(r.amount_due_fen) AS amount_fen, min(r.township) AS township, min(r.village) AS village
    FROM (SELECT DISTINCT k.county, k.payer FROM complained AS k) AS k
    INNER JOIN rosters AS r ON r.county = k.county AND r.payer = k.payer
    GROUP BY r.county, r.payer, r.fee, r.fee_year
),
-- one row per complaint to which no payment answers up to the day on which it was made, with the collector whom it or the register names
unanswered AS (
    SELECT
        k.county, k.event_id, k.payer, k.fee, k.fee_year, coalesce(k.collector_id, r.collector_id) AS collector_id,
        coalesce(k.township, d.township) AS township, coalesce(k.village, d.village) AS village,
        coalesce(k.amount_fen, r.amount_fen, d.amount_fen, 0) AS fen, k.received_on, a.paid_on, r.event_id AS line
    FROM complained AS k
    LEFT JOIN answered AS a ON a.county = k.county AND a.event_id = k.event_id
    LEFT JOIN registered AS r ON r.county = k.county AND r.payer = k.payer AND r.fee = k.fee AND r.fee_year = k.fee_year
    LEFT JOIN due AS d ON d.county = k.county AND d.payer = k.payer AND d.fee = k.fee AND d.fee_year = k.fee_year
    WHERE a.paid_on IS NULL OR a.paid_on > k.received_on
),
-- one row per record that shows it, by its ground: a paper (proof, receipt) or a complaint, and where the payment came after the complaint (late)
grounds AS (
    SELECT
        u.county, 'paper' AS ground, 'collector' AS subject_type, u.collector_id AS subject_id, u.fee, u.fee_year, u.payer, u.township, u.village, u.fen,
        u.received_on, u.wd, u.proof, false AS has_line, u.event_id
    FROM unpaid_lines AS u
    UNION ALL
    SELECT
        k.county, CASE WHEN k.paid_on IS NULL THEN 'complaint' ELSE 'late' END AS ground,
        CASE WHEN k.collector_id IS NULL THEN 'payer' ELSE 'collector' END AS subject_type, coalesce(k.collector_id, k.payer) AS subject_id,
        k.fee, k.fee_year, k.payer, k.township, k.village, k.fen, k.received_on, 0 AS wd, false AS proof, k.line IS NOT NULL AS has_line, k.event_id
    FROM unanswered AS k
),
-- one row per subject, fee, year and ground and event that shows it: the complaints with the register lines of who complained
shown AS (
    SELECT g.county, g.ground, g.subject_type, g.subject_id, g.fee, g.fee_year, g.event_id
    FROM grounds AS g
    UNION
    SELECT g.county, g.ground, g.subject_type, g.subject_id, g.fee, g.fee_year, k.line AS event_id
    FROM grounds AS g
    INNER JOIN unanswered AS k ON k.county = g.county AND k.event_id = g.event_id
    WHERE k.line IS NOT NULL
),
-- one row per subject, fee, year and ground: the events
evidence AS (
    SELECT s.county, s.ground, s.subject_type, s.subject_id, s.fee, s.fee_year, list_sort(list(DISTINCT s.event_id)) AS events
    FROM shown AS s
    GROUP BY s.county, s.ground, s.subject_type, s.subject_id, s.fee, s.fee_year
),
-- one row per subject, fee, year and ground: persons, amount, how long
totals AS (
    SELECT
        g.county, g.ground, g.subject_type, g.subject_id, g.fee, g.fee_year,
        CASE WHEN min(g.township) = max(g.township) THEN min(g.township) END AS township,
        CASE WHEN min(g.village) = max(g.village) THEN min(g.village) END AS village,
        count(DISTINCT g.payer) AS persons, CAST(sum(g.fen) AS BIGINT) AS fen, min(g.received_on) AS first_on, max(g.wd) AS wd,
        bool_or(g.proof AND g.wd >= $high_wd) AS proof_open, bool_or(g.wd >= $high_wd) AS days_open, bool_or(g.has_line) AS has_line
    FROM grounds AS g
    GROUP BY g.county, g.ground, g.subject_type, g.subject_id, g.fee, g.fee_year
)
SELECT
    t.county,
    CASE
        WHEN t.ground = 'late' THEN 'low'
        WHEN t.ground = 'complaint' AND (t.persons >= $high_persons OR t.has_line) THEN 'high'
        WHEN t.ground = 'complaint' THEN 'medium'
        WHEN t.proof_open THEN 'high'
        WHEN t.days_open THEN 'medium'
        ELSE 'watch'
    END AS severity,
    t.subject_type, t.subject_id, t.township, t.village, t.fee, t.fee_year,
    t.fen AS amount_at_risk_fen, CAST(t.persons AS DOUBLE) AS measure, CAST(1 AS DOUBLE) AS threshold, t.first_on AS occurred_on, e.events AS evidence,
    struct_pack(
        addressee := CASE WHEN t.ground = 'paper' THEN 'township' ELSE 'discipline' END,
        category := CASE WHEN t.ground = 'late' THEN 'delayed-remittance' ELSE 'pocketed-cash' END,
        ground := t.ground, persons := t.persons, first_on := t.first_on,
        what_zh := CASE t.ground
            WHEN 'paper' THEN '人持有收据或缴费证明，却没有任何缴费'
            WHEN 'late' THEN '人反映已交钱未到账，反映之后才有缴费'
            ELSE '人反映已交钱，却没有任何缴费' END,
        what_en := CASE t.ground
            WHEN 'paper' THEN 'hold a receipt or proof and no payment exists for them'
            WHEN 'late' THEN 'complained that they had paid; the payment came only afterwards'
            ELSE 'complained that they had paid and no payment exists for them' END
    ) AS details
FROM totals AS t
INNER JOIN evidence AS e
    ON e.county = t.county AND e.ground = t.ground AND e.subject_type = t.subject_type AND e.subject_id = t.subject_id
    AND coalesce(e.fee, '') = coalesce(t.fee, '') AND coalesce(e.fee_year, 0) = coalesce(t.fee_year, 0)
